"""The law behind a count: the exact polynomial in the problem's sizes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from mechkit.counting.kinds import CALLS, COLUMNS, FLOPS, INDEX, KINDS, MEMORY
from mechkit.counting.opcounts import OpCounts, unknown_column, unknown_kind
from mechkit.measurement.laws.conditions import ALWAYS, Condition, both
from mechkit.measurement.laws.interpolation import Key, Point
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.measurement.sizes import by_variable, whole_number
from mechkit.words import columns


class LawError(ValueError):
    """Counts that follow no polynomial, or too few sizes to find it."""


class Law:
    """Exact operation counts as polynomials in the sizes.

    One polynomial a kind: ``law.mul``, ``law.flops``, ``law.loads`` (float totals), ``law["int"]["add"]`` and
    ``law["float32"]["mul"]`` by column. Called with sizes it gives the counts, ``law(n=31).mul``.

    ``condition`` says where it holds, "" for everywhere; ``holds`` asks it of sizes; ``where`` is both in one. Where
    even and odd sizes have laws of their own, ``cases`` has one Law for each, and the polynomials are asked of these:
    ``law.cases[0].mul``. ``unknown`` are the kinds, by column, that were counted but follow no polynomial, as the
    memory traffic of a blocked algorithm: asking for one is a LawError, never a zero.

    Laws in the same sizes are added and subtracted, and multiplied by a number, such as ``dense - 2 * banded``: the
    result holds where both hold, and its counts may be negative.

    >>> law = Law(("n",), {("float64", "mul"): Polynomial(("n",), {(2,): 1})})
    >>> 3 * law - law, (law - 2 * law)(n=5).mul
    (mul    2n^2
    flops  2n^2, -25)
    """

    def __init__(
        self,
        variables: tuple[str, ...],
        polynomials: Mapping[Key, Polynomial],
        condition: Condition = ALWAYS,
        cases: tuple[Law, ...] = (),
        unknown: frozenset[Key] = frozenset(),
        signed: bool = False,
    ) -> None:
        self.variables = variables
        self.cases = cases
        self.polynomials = dict(polynomials)
        self.unknown = unknown
        self.where = condition
        self._signed = signed  # a difference of laws, whose counts may be negative
        self._zero = Polynomial(variables, {})

    @property
    def condition(self) -> str:
        """Where the law holds, in words; "" for everywhere.

        >>> Law(("n",), {}).condition
        ''
        """
        return self.where.text

    def holds(self, point: Sequence[Any]) -> bool:
        """Whether the law holds at given sizes, in the order of the variables.

        >>> Law(("n",), {}).holds((3,))
        True
        """
        return self.where.holds(self._sizes(point))

    def _sizes(self, point: Sequence[Any]) -> Point:
        return tuple(whole_number(x, "size", 0, v) for v, x in zip(self.variables, point, strict=True))

    def __getitem__(self, column: str) -> dict[str, Polynomial]:
        if column not in COLUMNS:
            raise KeyError(unknown_column(column))
        self._require_one_case()
        found = {k: self.polynomials.get((column, k), self._zero) for k in KINDS if (column, k) not in self.unknown}
        return _Polynomials(found)

    def __getattr__(self, kind: str) -> Polynomial:
        if kind.startswith("_"):
            raise AttributeError(kind)
        if kind == "flops":
            return sum((getattr(self, k) for k in FLOPS), self._zero)
        if kind not in KINDS:
            raise AttributeError(unknown_kind(kind))
        return self["float32"][kind] + self["float64"][kind]

    @property
    def calls(self) -> dict[str, Polynomial]:
        """How often functions with a role are called, by role: "f", "jac", "hess".

        >>> Law(("n",), {("calls", "f"): Polynomial(("n",), {(1,): 2})}).calls["f"]
        Polynomial('2n')
        """
        self._require_one_case()
        return {role: self.polynomials.get(("calls", role), self._zero) for role in CALLS}

    def with_unknown(self, kinds: Collection[Key]) -> Law:
        """The same law without some kinds, by (column, kind).

        >>> law = Law(("n",), {("float64", "loads"): Polynomial(("n",), {(1,): 2})})
        >>> law.with_unknown([("float64", "loads")]).loads
        Traceback (most recent call last):
        mechkit.measurement.laws.exact_law.LawError: the loads follow no polynomial, though other kinds do; ...
        """
        return Law(
            self.variables,
            {key: polynomial for key, polynomial in self.polynomials.items() if key not in kinds},
            self.where,
            tuple(case.with_unknown(kinds) for case in self.cases),
            self.unknown.union(kinds),
            self._signed,
        )

    def _each(self, change: Callable[[Polynomial], Polynomial]) -> Law:
        """The law with each polynomial changed."""
        changed = {key: change(polynomial) for key, polynomial in self.polynomials.items()}
        cases = tuple(case._each(change) for case in self.cases)
        return Law(self.variables, changed, self.where, cases, self.unknown, signed=True)

    def __add__(self, other: Any) -> Law:
        if not isinstance(other, Law):
            return self._each(lambda polynomial: polynomial) if other == 0 else NotImplemented  # for sum()
        if self.variables != other.variables:
            mine, theirs = ", ".join(self.variables), ", ".join(other.variables)
            raise ValueError(f"laws in {mine} and in {theirs} cannot be added; recover both in the same sizes")
        condition, unknown = both(self.where, other.where), self.unknown | other.unknown
        if self.cases or other.cases:
            cases = tuple(
                Law(self.variables, (a + b).polynomials, _case(a, b), (), unknown, signed=True)
                for a in self.cases or (self._alone(),)
                for b in other.cases or (other._alone(),)
                if not (self.cases and other.cases) or a.condition == b.condition
            )
            if not cases:
                raise LawError("laws with cases in different sizes cannot be added; add them case by case")
            return Law(self.variables, {}, condition, cases, unknown, signed=True)
        keys = [key for key in {**self.polynomials, **other.polynomials} if key not in unknown]
        zero = self._zero
        total = {key: self.polynomials.get(key, zero) + other.polynomials.get(key, zero) for key in keys}
        return Law(self.variables, total, condition, (), unknown, signed=True)

    __radd__ = __add__

    def _alone(self) -> Law:
        """The law without its condition, as one case among others."""
        return Law(self.variables, self.polynomials, ALWAYS, (), self.unknown, self._signed)

    def __neg__(self) -> Law:
        return self * -1

    def __sub__(self, other: Any) -> Law:
        return self + -other if isinstance(other, Law) else NotImplemented

    def __mul__(self, factor: Any) -> Law:
        if isinstance(factor, Law):
            raise TypeError("a law times a law is no law of counts; multiply their polynomials, such as law.flops")
        return self._each(lambda polynomial: polynomial * factor)

    __rmul__ = __mul__

    __array_ufunc__ = None  # so that np.int64(2) * law is left to the law

    def __eq__(self, other: object) -> bool:
        return self._all() == other._all() if isinstance(other, Law) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.variables, self.condition, self.unknown))

    def _all(self) -> tuple[Any, ...]:
        polynomials = {key: polynomial for key, polynomial in self.polynomials.items() if polynomial.terms}
        return self.variables, polynomials, self.where, self.cases, self.unknown

    def predicts(self, ops: OpCounts, *values: int) -> bool:
        """Whether counts at given sizes are those of the law, in every kind that has one.

        >>> law = Law(("n",), {("float64", "mul"): Polynomial(("n",), {(1,): 2})})
        >>> law.predicts(OpCounts({("float64", "mul"): 6}), 3)
        True
        """
        predicted = self(*values)
        return predicted.nonzero() == {k: n for k, n in ops.nonzero().items() if k not in predicted.unknown}

    def _require_one_case(self) -> None:
        if self.cases:
            conditions = " and for ".join(case.condition for case in self.cases)
            raise LawError(f"this law differs for {conditions}; ask law.cases[0], law.cases[1] for a polynomial")

    def __call__(self, *values: Any, **named: Any) -> OpCounts:
        """The counts at given sizes, by position or by name.

        Raises TypeError for other sizes than the law's, ValueError for what is no size and outside the law's range.
        """
        at = self._sizes(by_variable("the sizes of this law are", self.variables, values, named))
        if not self.where.holds(at):
            raise ValueError(f"the law holds for {self.condition}, not at {spelled(self.variables, at)}")
        for case in self.cases:
            if case.holds(at):
                return case(*at)
        counts = {}
        for key, polynomial in self.polynomials.items():
            value = polynomial._at(at)
            if value.denominator != 1 or (value < 0 and not self._signed):
                place = spelled(self.variables, at)
                raise ValueError(f"the law of {key[1]} gives {value} at {place}: outside its range")
            counts[key] = int(value)
        return OpCounts(counts, self.unknown)

    def to_dict(self) -> dict[str, str]:
        """The float totals that are not zero, by kind, as text, ``flops``, and calls by role; memory is left out.

        Where there is none of these, all else that is counted, by column and kind.

        >>> Law(("n",), {("int", "add"): Polynomial(("n",), {(1,): 2})}).to_dict()
        {'int add': '2n'}
        """
        return {name: str(polynomial) for name, polynomial in self._shown().items()}

    def _shown(self) -> dict[str, Polynomial]:
        kinds = [k for k in (*KINDS, "flops") if k not in MEMORY]
        calls = {f"calls of {role}": polynomial for role, polynomial in self.calls.items()}
        work = {k: p for k, p in ({k: getattr(self, k) for k in kinds} | calls).items() if p != 0}
        others = {" ".join(key): self.polynomials[key] for key in INDEX if self.polynomials.get(key, 0) != 0}
        return work or others

    def __str__(self) -> str:
        if self.cases:
            blocks = [f"{case.condition}:\n" + _indented(case._lines()) for case in self.cases]
            return "\n".join(blocks) + (f"\nfor {self.condition}" if self.condition else "")
        return self._lines() + (f"\nfor {self.condition}" if self.condition else "")

    __repr__ = __str__

    def _lines(self) -> str:
        listed = columns([[kind, text] for kind, text in self.to_dict().items()], left=[0, 1])
        if self._has_float_work():
            return "\n".join(listed)
        left_open = [f"the {column} {kind} follow no polynomial" for column, kind in sorted(self.unknown)]
        if listed or left_open:
            return "\n".join(["no flops", *listed, *left_open])
        return "0 of every kind" if self._signed else "nothing is counted"

    def _has_float_work(self) -> bool:
        """Whether anything but integer work and memory traffic is counted."""
        return any(p != 0 and c != "int" and k not in MEMORY for (c, k), p in self.polynomials.items())

    def latex(self) -> str:
        """The law as LaTeX: one line a kind of an ``align*`` environment."""
        rows = []
        for case in self.cases or (self,):
            where = f" && \\text{{{case.condition}}}" if self.cases else ""
            if not case._has_float_work():
                rows.append(f"\\text{{flops}} &= 0{where}")
            rows += [f"\\text{{{name}}} &= {polynomial.latex()}{where}" for name, polynomial in case._shown().items()]
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"

    def _repr_latex_(self) -> str:
        return self.latex()


class _Polynomials(dict[str, Polynomial]):
    """Polynomials by kind; a missing one is no zero."""

    def __missing__(self, kind: str) -> Polynomial:
        if kind not in KINDS:
            raise KeyError(kind)
        raise LawError(f"the {kind} follow no polynomial, though other kinds do; count them in a run, or use growth")


def _case(a: Law, b: Law) -> Condition:
    return both(a.where, b.where)


def _indented(text: str) -> str:
    return "\n".join("  " + line for line in text.splitlines())


def spelled(variables: tuple[str, ...], point: Point) -> str:
    """Sizes in words.

    >>> spelled(("n", "p"), (9, 2))
    'n = 9, p = 2'
    """
    return ", ".join(f"{v} = {x}" for v, x in zip(variables, point, strict=True))
