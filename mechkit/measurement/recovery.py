"""Recover a law from counts: the polynomial of lowest degree through some sizes, checked on the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

from mechkit.counting.count import count
from mechkit.counting.example import WithExample
from mechkit.counting.kinds import INDEX, MEMORY
from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.law import ALWAYS, Condition, Key, Law, LawError, Point, spelled
from mechkit.measurement.polynomial import Interpolation, Polynomial, first_mismatch

#: How many sizes at least must be left over to check a law on.
CHECKS = 2


def law(run: Callable[..., Any], **sizes: Iterable[int]) -> Law:
    """Recover the exact law of a computation's operation counts from runs of several sizes.

    run : called with every combination of the sizes, positionally for one variable and by name for several;
        what it does in kernels is counted. A kernel that brings an example is run on its example of that size.
    sizes : for each variable the sizes to run. Some of them find the polynomial, the others check it, so give a few
        more than the degree: ``n=range(2, 8)`` for a cubic. Order and repetition do not matter.

    Returns
    -------
    Law
        Prints the polynomials; see its own text. Where the law holds only from some size on (a band must fit the
        matrix), or differs for even and odd sizes, it says so.

    Raises
    ------
    LawError (a ValueError)
        where no polynomial fits, naming the first size that does not; where the sizes are too few; where two runs
        of the same size count differently.

    Operation count: that of the runs, of which the first is done twice.

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

    A kernel on its own example:

    >>> from mechkit.linear_systems.triangular import forward_substitution
    >>> law(forward_substitution, n=range(1, 6)).flops
    Polynomial('n^2')

    Even and odd:

    >>> law(lambda n: triangle(np.ones(n // 2)), n=range(1, 13))
    n even:
      add    n^2/8 - n/4
      mul    n^2/8 - n/4
      flops  n^2/4 - n/2
    n odd:
      add    n^2/8 - n/2 + 3/8
      mul    n^2/8 - n/2 + 3/8
      flops  n^2/4 - n + 3/4
    """
    variables = tuple(sizes)
    values = {name: _whole(name, given) for name, given in sizes.items()}
    if not variables:
        raise LawError("law needs the sizes of at least one variable, such as n=range(2, 8)")
    points = list(product(*values.values()))
    counts = [_counted(run, variables, point) for point in points]
    _require_repeatable(counts[0], _counted(run, variables, points[0]), spelled(variables, points[0]))
    counted = [key for key in INDEX if any(key in ops.nonzero() for ops in counts)]
    return law_of_tables(variables, points, {key: [ops.nonzero().get(key, 0) for ops in counts] for key in counted})


def _whole(name: str, given: Iterable[int]) -> list[int]:
    values = list(given)
    if not values:
        raise LawError(f"there are no sizes for {name}; give it a few, such as {name}=range(2, 8)")
    if any(n != int(n) for n in values):
        raise LawError(f"the sizes of {name} must be whole numbers, not {values}")
    return sorted({int(n) for n in values})


def _counted(run: Callable[..., Any], variables: tuple[str, ...], point: Point) -> OpCounts:
    arguments: tuple[Any, ...] = point
    if isinstance(run, WithExample) and run.has_example and len(variables) == 1:
        arguments = run.example_arguments(*point)
    with count() as ops:
        if len(variables) == 1:
            run(*arguments)
        else:
            run(**dict(zip(variables, point, strict=True)))
    return ops


def _require_repeatable(first: OpCounts, second: OpCounts, place: str) -> None:
    if first != second:
        raise LawError(
            f"two runs at {place} count differently ({first.flops} and {second.flops} flops); if the run is random, "
            "give it a generator with a fixed seed, numpy.random.default_rng(0), made inside the run"
        )


# -- finding it --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Mismatch:
    """The closest polynomial of a kind, and the point that it misses; None where the points are too few to tell."""

    key: Key | None = None
    polynomial: Polynomial | None = None
    point: Point = ()
    value: int = 0


def may_lack_a_law(key: Key) -> bool:
    """Whether a kind of operation, by column, may go without a law where the others have theirs.

    Memory traffic and index arithmetic depend on how the work is cut into blocks; the work itself does not.

    >>> may_lack_a_law(("float64", "loads")), may_lack_a_law(("float64", "mul"))
    (True, False)
    """
    return key[0] == "int" or key[1] in MEMORY


def law_of_tables(variables: tuple[str, ...], points: list[Point], tables: Mapping[Key, list[int]]) -> Law:
    """The law on all points; else on those from some size on; else for even and odd apart.

    It is looked for in the work; the kinds that `may_lack_a_law` have theirs where it holds, or are left open.
    """
    work = {key: table for key, table in tables.items() if not may_lack_a_law(key)} or tables
    found = _search(variables, points, work)
    open_kinds: set[Key] = set()
    for case in found.cases or (found,):
        kept = [i for i, point in enumerate(points) if found.holds(point) and case.holds(point)]
        for key in tables.keys() - work.keys():
            fitted = _fit(variables, [points[i] for i in kept], {key: [tables[key][i] for i in kept]})
            if isinstance(fitted, _Mismatch):
                open_kinds.add(key)
            else:
                case.polynomials.update(fitted)
    return found.leaving_open(open_kinds) if open_kinds else found


def _search(variables: tuple[str, ...], points: list[Point], tables: Mapping[Key, list[int]]) -> Law:
    found = _fit(variables, points, tables)
    if not isinstance(found, _Mismatch):
        return Law(variables, found)
    for condition in (ALWAYS, *_conditions(variables, points)):
        kept = [i for i, point in enumerate(points) if condition.holds(point)]
        pieces = {key: [table[i] for i in kept] for key, table in tables.items()}
        where = [points[i] for i in kept]
        if condition is not ALWAYS:
            part = _fit(variables, where, pieces)
            if not isinstance(part, _Mismatch):
                return Law(variables, part, condition)
        for position, variable in enumerate(variables):
            cases = _parity(variables, position, variable, where, pieces)
            if cases:
                return Law(variables, {}, condition, cases)
    raise LawError(_no_law(variables, len(points), found))


def _conditions(variables: tuple[str, ...], points: list[Point]) -> list[Condition]:
    """From some size on: candidates of the shape n >= 4 and n >= 2p + 1, those that keep the most points first."""
    candidates: list[Condition] = []
    for i, v in enumerate(variables):
        sampled = sorted({point[i] for point in points})[1:]
        candidates += [Condition(f"{v} >= {k}", _at_least(i, k)) for k in sampled]
    for (i, v), (j, w) in permutations(enumerate(variables), 2):
        for factor, extra in product((1, 2), range(-2, 4)):
            multiple = w if factor == 1 else f"{factor}{w}"
            text = f"{v} >= {multiple}" + (f" {'+' if extra > 0 else '-'} {abs(extra)}" if extra else "")
            candidates.append(Condition(text, _at_least(i, extra, factor, j)))
    kept = [sum(map(c.holds, points)) for c in candidates]
    order = sorted((k for k in range(len(candidates)) if 0 < kept[k] < len(points)), key=lambda k: -kept[k])
    return [candidates[k] for k in order]


def _at_least(i: int, least: int, factor: int = 0, j: int = 0) -> Callable[[Point], bool]:
    return lambda point: point[i] >= factor * point[j] + least


def _of_parity(i: int, parity: int) -> Callable[[Point], bool]:
    return lambda point: point[i] % 2 == parity


def _parity(
    variables: tuple[str, ...], position: int, variable: str, points: list[Point], tables: Mapping[Key, list[int]]
) -> tuple[Law, ...]:
    """One law for even values of a variable and one for odd ones; none where they do not fit."""
    cases = []
    for parity, word in enumerate(("even", "odd")):
        chosen = [i for i, point in enumerate(points) if point[position] % 2 == parity]
        pieces = {key: [table[i] for i in chosen] for key, table in tables.items()}
        part = _fit(variables, [points[i] for i in chosen], pieces)
        if isinstance(part, _Mismatch):
            return ()
        condition = Condition(f"{variable} {word}", _of_parity(position, parity))
        cases.append(Law(variables, part, condition))
    return tuple(cases)


def _fit(
    variables: tuple[str, ...], points: list[Point], tables: Mapping[Key, list[int]]
) -> dict[Key, Polynomial] | _Mismatch:
    """The polynomial of lowest degree through each table, checked on the points it was not made from."""
    found: dict[Key, Polynomial] = {}
    mismatch = _Mismatch()
    for interpolation in _interpolations(points):
        for key, table in tables.items():
            if key not in found:
                polynomial = interpolation.polynomial(variables, table)
                wrong = first_mismatch(polynomial, points, table)
                if wrong is None:
                    found[key] = polynomial
                else:
                    mismatch = _Mismatch(key, polynomial, points[wrong], table[wrong])
        if len(found) == len(tables):
            return found
    return mismatch


def _interpolations(points: list[Point]) -> Iterator[Interpolation]:
    """For degree 0, 1, 2 ... as long as the points determine it and leave some over."""
    degree = 0
    while points:
        interpolation = Interpolation(points, degree)
        if not interpolation.determined or len(points) < len(interpolation.chosen) + CHECKS:
            return
        yield interpolation
        degree += 1


def _no_law(variables: tuple[str, ...], points: int, mismatch: _Mismatch) -> str:
    if mismatch.key is None or mismatch.polynomial is None:
        return f"{points} size(s) are too few to find a law and check it; give at least {1 + CHECKS}"
    column, kind = mismatch.key
    return (
        f"no polynomial fits the {column} {kind} counts exactly: {mismatch.polynomial} gives "
        f"{mismatch.polynomial(*mismatch.point)} at {spelled(variables, mismatch.point)}, "
        f"the count is {mismatch.value}; give more sizes if the degree is higher, or use growth for a fitted exponent"
    )
