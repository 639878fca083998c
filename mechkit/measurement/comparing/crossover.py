"""Where one law overtakes another: an exact search over all whole numbers from a size on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from mechkit.counting.costs import COST_MODELS, CostModel
from mechkit.counting.kinds import CALLS
from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.laws.conditions import ALWAYS, AtLeast, Condition
from mechkit.measurement.laws.exact_law import Law, LawError
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.measurement.laws.search import doubt, law_of_tables
from mechkit.measurement.runs import is_counted, unknown_cost
from mechkit.measurement.sizes import exact, whole_number

#: A law is looked for on so many of the largest sizes, and checked on all others.
LOOKED_AT = 10


def law_of_counts(counts: Mapping[int, OpCounts]) -> Law:
    """The exact law of counts that are known already, by size, where at least half of the sizes follow it.

    Raises LawError where there is none. Where smaller sizes do not follow it, its ``condition`` says from where on.

    >>> ops = {n: OpCounts({("float64", "mul"): max(9, n * n)}) for n in range(1, 12)}
    >>> law_of_counts(ops)
    mul    n^2
    flops  n^2
    for n >= 3
    """
    counts = {whole_number(n, "size", 0): ops for n, ops in counts.items()}
    sizes = sorted(counts)
    largest = sizes[-LOOKED_AT:]
    keys = sorted({key for n in largest for key in counts[n].nonzero()})
    tables = {key: [counts[n].nonzero().get(key, 0) for n in largest] for key in keys}
    found = law_of_tables(("n",), [(n,) for n in largest], tables)
    start = next((i for i in range(len(sizes), 0, -1) if not _follows(found, sizes[i - 1], counts)), 0)
    if 2 * (len(sizes) - start) < len(sizes):
        raise LawError(
            f"no polynomial fits the counts at more than the {len(sizes) - start} largest of {len(sizes)} sizes"
        )
    least = sizes[start]
    condition = Condition(f"n >= {least}", AtLeast(0, least)) if start else ALWAYS
    points = [(n,) for n in sizes]
    kinds = {key for case in found.cases or (found,) for key in case.polynomials}
    every = {key: [counts[n].nonzero().get(key, 0) for n in sizes] for key in kinds}
    law = Law(found.variables, found.polynomials, condition, found.cases, found.unknown)
    doubtful = doubt(law, points, every)
    if doubtful is not None:
        raise LawError(doubtful)
    return law


def _follows(law: Law, n: int, counts: Mapping[int, OpCounts]) -> bool:
    try:
        return law.predicts(counts[n], n)
    except ValueError:  # outside the law's range
        return False


def polynomial_of(law: Law, cost: CostModel | str = "flops") -> Polynomial:
    """What a law costs: the polynomial of a kind or of a cost model, whose weights are taken as exact.

    Raises LawError where even and odd sizes have laws of their own, ValueError for an unknown cost.

    >>> law = law_of_counts({n: OpCounts({("float64", "sqrt"): n}) for n in range(2, 9)})
    >>> polynomial_of(law, "rand")
    Polynomial('5n')
    """
    if isinstance(cost, str) and not is_counted(cost):
        raise ValueError(unknown_cost(cost))
    if cost == "calls" or cost in CALLS:
        return sum((n for role, n in law.calls.items() if cost in ("calls", role)), Polynomial(law.variables, {}))
    if cost == "flops" or (isinstance(cost, str) and cost not in COST_MODELS):
        return getattr(law, cost)  # type: ignore[no-any-return]
    model = COST_MODELS[cost] if isinstance(cost, str) else cost
    weighed = [
        exact(weight) * law[column][kind]
        for column, kinds in model.weights.items()
        for kind, weight in kinds.items()
        if weight
    ]
    return sum(weighed, Polynomial(law.variables, {}))


@dataclass(frozen=True)
class Crossover:
    """Which of two algorithms is cheaper, and from which size on for good.

    pieces : (size, name) pairs: from that size on, up to the next, the named one is cheaper; None where they cost the
    same. ``n`` is the last size at which it changes, None where one is cheaper at every size from the first on.
    ``before`` and ``after`` are the cheaper ones before it and from it on.
    """

    a: str
    b: str
    cost: str
    pieces: tuple[tuple[int, str | None], ...]

    @property
    def n(self) -> int | None:
        """The size from which on ``after`` is cheaper for good; None where there is no other before it."""
        return self.pieces[-1][0] if len(self.pieces) > 1 else None

    @property
    def before(self) -> str | None:
        """The cheaper one before ``n``; None where they cost the same."""
        return self.pieces[-2][1] if len(self.pieces) > 1 else self.pieces[-1][1]

    @property
    def after(self) -> str | None:
        """The cheaper one from ``n`` on; None where they cost the same."""
        return self.pieces[-1][1]

    def __str__(self) -> str:
        first, costs = self.pieces[0][0], f"{self.a} and {self.b} cost the same {self.cost}"
        if self.n is None:
            where = f"at every size from {first} on"
            return f"{costs} {where}" if self.after is None else f"{self.after} costs fewer {self.cost} {where}"
        parts = []
        for (start, cheaper), (end, _) in zip(self.pieces, (*self.pieces[1:], (0, None)), strict=True):
            if not end:
                where = f"from n = {start} on"
            elif end == start + 1:
                where = f"at n = {start}"
            else:
                where = f"up to n = {end - 1}"
            parts.append(f"{cheaper} costs fewer {self.cost} {where}" if cheaper else f"they cost the same {where}")
        return ", ".join(parts)

    __repr__ = __str__


def cross(a: str, law_a: Law, b: str, law_b: Law, sizes: Sequence[int], cost: CostModel | str = "flops") -> Crossover:
    """Where the laws of two algorithms cross, from the first of the sizes at which both hold.

    Raises LawError where even and odd sizes have laws of their own.

    >>> cheap = law_of_counts({n: OpCounts({("float64", "add"): 100 * n}) for n in range(1, 6)})
    >>> square = law_of_counts({n: OpCounts({("float64", "add"): n * n}) for n in range(1, 6)})
    >>> found = cross("linear", cheap, "square", square, sizes=range(1, 6))
    >>> print(found)
    square costs fewer flops up to n = 99, they cost the same at n = 100, linear costs fewer flops from n = 101 on
    >>> found.n, found.before, found.after
    (101, None, 'linear')
    """
    difference = polynomial_of(law_a, cost) - polynomial_of(law_b, cost)
    start = next(whole_number(n, "size", 0) for n in sizes if law_a.holds((n,)) and law_b.holds((n,)))
    named = {1: b, -1: a, 0: None}
    name = cost if isinstance(cost, str) else cost.name
    return Crossover(a, b, name, tuple((n, named[sign]) for n, sign in signs(difference, start)))


def signs(polynomial: Polynomial, start: int) -> list[tuple[int, int]]:
    """The sign, 1, 0 or -1, of a polynomial in one variable at all whole numbers from start on.

    Returns (size, sign) pairs: the sign holds from that size up to the next pair's. This is exact. Between two sign
    changes of its forward difference p(n+1) - p(n), which has one degree less, a polynomial is monotonic on the whole
    numbers. Beyond the Cauchy bound on its roots its sign stays.

    >>> signs(Polynomial.parse("(n - 10)(n - 1000000)", ("n",)), 1)
    [(1, 1), (10, 0), (11, -1), (1000000, 0), (1000001, 1)]
    """
    by_power = {power: coefficient for (power,), coefficient in polynomial.terms.items()}
    coefficients = [by_power.get(k, Fraction(0)) for k in range(polynomial.degree + 1)]
    return _signs(coefficients, whole_number(start, "size", 0))


def _signs(p: list[Fraction], start: int) -> list[tuple[int, int]]:
    if len(p) == 1:
        return [(start, _sign(p[0]))]
    end = max(start, 1 + ceil(max(abs(c / p[-1]) for c in p)))
    # On each piece of the difference p is monotonic, so that its sign changes at most twice: through zero.
    starts = [n for n, _ in _signs(_difference(p), start) if n <= end]
    found: list[tuple[int, int]] = []
    for low, high in zip(starts, [*starts[1:], end + 1], strict=True):
        n = low
        while n < high:
            sign = _sign(_value(p, n))
            if not found or found[-1][1] != sign:
                found.append((n, sign))
            n = _first_other(p, n, high, sign)
    return found


def _first_other(p: list[Fraction], low: int, high: int, sign: int) -> int:
    """The first n in [low, high) at which a monotonic p has another sign than at low; high where there is none."""
    if _sign(_value(p, high - 1)) == sign:
        return high
    same, other = low, high - 1
    while other - same > 1:
        middle = (same + other) // 2
        if _sign(_value(p, middle)) == sign:
            same = middle
        else:
            other = middle
    return other


def _difference(p: list[Fraction]) -> list[Fraction]:
    """The coefficients of p(n+1) - p(n): the binomial theorem."""
    shifted = [Fraction(0)] * (len(p) - 1)
    for power, coefficient in enumerate(p):
        choose = 1
        for k in range(power):
            shifted[k] += choose * coefficient
            choose = choose * (power - k) // (k + 1)
    return shifted


def _value(p: list[Fraction], n: int) -> Fraction:
    value = Fraction(0)
    for coefficient in reversed(p):
        value = value * n + coefficient
    return value


def _sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)
