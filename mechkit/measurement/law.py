"""The law behind a count: the exact polynomial in the problem's sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from mechkit.counting.count import count
from mechkit.counting.kinds import COLUMNS, FLOPS, INDEX, KINDS, MEMORY
from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.polynomial import Interpolation, Polynomial, first_mismatch

#: How many sizes at least must be left over to check a law on.
CHECKS = 2


class LawError(ValueError):
    """Counts that follow no polynomial, or too few sizes to find it."""


class Law:
    """Exact operation counts as polynomials in the sizes.

    One polynomial a kind: ``law.mul``, ``law.flops``, ``law.loads`` (float totals), ``law["int"]["add"]`` and
    ``law["float32"]["mul"]`` by column. Called with sizes it gives the counts, ``law(n=31).mul``.
    """

    def __init__(self, variables: tuple[str, ...], polynomials: Mapping[tuple[str, str], Polynomial]) -> None:
        self.variables = variables
        self._polynomials = dict(polynomials)
        self._zero = Polynomial(variables, {})

    def __getitem__(self, column: str) -> dict[str, Polynomial]:
        if column not in COLUMNS:
            raise KeyError(f"there is no column {column!r}; the columns are {', '.join(COLUMNS)}")
        return {k: self._polynomials.get((column, k), self._zero) for k in KINDS}

    def __getattr__(self, kind: str) -> Polynomial:
        if kind.startswith("_"):
            raise AttributeError(kind)
        if kind == "flops":
            return sum((getattr(self, k) for k in FLOPS), self._zero)
        if kind not in KINDS:
            raise AttributeError(f"there is no kind of operation called {kind!r}; the kinds are {', '.join(KINDS)}")
        return self["float32"][kind] + self["float64"][kind]

    def __call__(self, *values: int, **named: int) -> OpCounts:
        """The counts at given sizes. Raises ValueError where the law gives no whole number."""
        counts = {}
        for key, polynomial in self._polynomials.items():
            value = polynomial(*values, **named)
            if value.denominator != 1 or value < 0:
                raise ValueError(f"the law of {key[1]} gives {value} at {values or named}: outside its range")
            counts[key] = int(value)
        return OpCounts(counts)

    def to_dict(self) -> dict[str, str]:
        """The float totals that are not zero, by kind, as text, and ``flops``."""
        kinds = [k for k in KINDS if k not in MEMORY]
        return {k: str(p) for k in (*kinds, "flops") if (p := getattr(self, k)) != 0}

    def __str__(self) -> str:
        lines = self.to_dict()
        width = max(map(len, lines), default=0)
        return "\n".join(f"{kind:{width}}  {text}" for kind, text in lines.items()) or "nothing is counted"

    __repr__ = __str__

    def latex(self) -> str:
        """The law as LaTeX: one line a kind of an ``align*`` environment."""
        rows = [f"\\text{{{kind}}} &= {getattr(self, kind).latex()}" for kind in self.to_dict()]
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def law(run: Callable[..., Any], **sizes: Iterable[int]) -> Law:
    """Recover the exact law of a computation's operation counts from runs of several sizes.

    run : called with every combination of the sizes, positionally for one variable and by name for several;
        what it does in kernels is counted.
    sizes : for each variable the sizes to run. Some of them find the polynomial, the others check it, so give a few
        more than the degree: ``n=range(2, 8)`` for a cubic.

    Returns
    -------
    Law
        Prints the polynomials; see its own text.

    Raises
    ------
    LawError (a ValueError)
        where no polynomial fits all sizes, naming the first that does not; where the sizes are too few.

    Operation count: that of the runs.

    Examples
    --------
    >>> from mechkit import kernel
    >>> @kernel
    ... def triangle(x):
    ...     s = 0.0
    ...     for i in range(x.size):
    ...         for j in range(i):
    ...             s += x[i] * x[j]
    ...     return s
    >>> found = law(lambda n: triangle(np.ones(n)), n=range(1, 7))
    >>> found
    add    n^2/2 - n/2
    mul    n^2/2 - n/2
    flops  n^2 - n
    >>> found.mul == "n(n - 1)/2", found(n=100).flops
    (True, 9900)
    """
    variables = tuple(sizes)
    values = {name: sorted({int(n) for n in given}) for name, given in sizes.items()}
    for name, given in values.items():
        if not given:
            raise LawError(f"there are no sizes for {name}; give it a few, such as {name}=range(2, 8)")
    if not variables:
        raise LawError("law needs the sizes of at least one variable, such as n=range(2, 8)")
    points = list(product(*values.values()))
    counts = [_counted(run, variables, point) for point in points]
    tables = {key: [ops._values()[i] for ops in counts] for key, i in INDEX.items()}
    return Law(variables, _fit(variables, points, {key: table for key, table in tables.items() if any(table)}))


def _counted(run: Callable[..., Any], variables: tuple[str, ...], point: tuple[int, ...]) -> OpCounts:
    with count() as ops:
        if len(variables) == 1:
            run(*point)
        else:
            run(**dict(zip(variables, point, strict=True)))
    return ops


def _fit(
    variables: tuple[str, ...], points: list[tuple[int, ...]], tables: Mapping[tuple[str, str], list[int]]
) -> dict[tuple[str, str], Polynomial]:
    """The polynomial of lowest degree through each table, checked on the points it was not made from."""
    found: dict[tuple[str, str], Polynomial] = {}
    degree = 0
    mismatch: dict[tuple[str, str], tuple[Polynomial, int]] = {}
    while len(found) < len(tables):
        interpolation = Interpolation(points, degree)
        if not interpolation.determined or len(points) < len(interpolation.chosen) + CHECKS:
            raise LawError(_no_law(variables, points, tables, {k: m for k, m in mismatch.items() if k not in found}))
        for key, table in tables.items():
            if key not in found:
                polynomial = interpolation.polynomial(variables, table)
                wrong = first_mismatch(polynomial, points, table)
                if wrong is None:
                    found[key] = polynomial
                else:
                    mismatch[key] = (polynomial, wrong)
        degree += 1
    return found


def _no_law(
    variables: tuple[str, ...],
    points: list[tuple[int, ...]],
    tables: Mapping[tuple[str, str], list[int]],
    mismatch: Mapping[tuple[str, str], tuple[Polynomial, int]],
) -> str:
    if not mismatch:
        return f"{len(points)} size(s) are too few to find a law and check it; give at least {1 + CHECKS}"
    (column, kind), (polynomial, i) = next(iter(mismatch.items()))
    at = ", ".join(f"{v} = {x}" for v, x in zip(variables, points[i], strict=True))
    expected: Fraction = polynomial._at(points[i])
    return (
        f"no polynomial fits the {column} {kind} counts exactly: {polynomial} gives {expected} at {at}, "
        f"the count is {tables[column, kind][i]}; give more sizes if the degree is higher, or larger ones if the "
        f"pattern begins later"
    )
