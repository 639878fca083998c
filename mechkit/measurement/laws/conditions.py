"""Where a law holds, "n >= 4" or "n >= 2p + 1" or "n even", and when to believe that it begins there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from mechkit.measurement.laws.interpolation import Key, Point
from mechkit.measurement.laws.polynomial import Polynomial

#: A law from some size on must hold for one in so many points.
SHARE = 2
#: One that relates two variables, n >= 2p, for one in so many: it holds on a part of a plane.
SHARE_OF_TWO = 4


@dataclass(frozen=True)
class Condition:
    """Where a law holds: in words, and as a predicate of the sizes in their order."""

    text: str
    holds: Callable[[Point], bool]


@dataclass(frozen=True)
class Everywhere:
    """No condition."""

    def __call__(self, point: Point) -> bool:
        """Whether it holds at a point: always."""
        return True


@dataclass(frozen=True)
class AtLeast:
    """The i-th size is at least a number, or at least a multiple of the j-th one and a number.

    >>> AtLeast(0, 1, factor=2, j=1)((5, 2)), AtLeast(0, 4)((3, 9))
    (True, False)
    """

    i: int
    least: int
    factor: int = 0
    j: int = 0

    def __call__(self, point: Point) -> bool:
        """Whether it holds at a point."""
        return point[self.i] >= self.factor * point[self.j] + self.least


@dataclass(frozen=True)
class OfParity:
    """The i-th size is even, 0, or odd, 1."""

    i: int
    parity: int

    def __call__(self, point: Point) -> bool:
        """Whether it holds at a point."""
        return point[self.i] % 2 == self.parity


@dataclass(frozen=True)
class Both:
    """One and the other."""

    one: Callable[[Point], bool]
    other: Callable[[Point], bool]

    def __call__(self, point: Point) -> bool:
        """Whether it holds at a point."""
        return self.one(point) and self.other(point)


ALWAYS = Condition("", Everywhere())


def both(one: Condition, other: Condition) -> Condition:
    """Where two conditions hold.

    >>> both(Condition("n >= 4", AtLeast(0, 4)), Condition("n even", OfParity(0, 0))).text
    'n >= 4 and n even'
    """
    if one == other or other == ALWAYS:
        return one
    return other if one == ALWAYS else Condition(f"{one.text} and {other.text}", Both(one.holds, other.holds))


def families(variables: tuple[str, ...], points: Sequence[Point]) -> list[list[Condition]]:
    """From some size on: candidates such as n >= 4, and such as n >= 2p + 1, in families, each ever stricter.

    A condition that would discard more than a bounded share of the points is not among them.

    >>> [[condition.text for condition in family] for family in families(("n",), [(1,), (2,), (3,), (4,)])]
    [['n >= 2', 'n >= 3']]
    """
    found = []
    for i, v in enumerate(variables):
        sampled = sorted({point[i] for point in points})
        found.append(_kept([Condition(f"{v} >= {k}", AtLeast(i, k)) for k in sampled], points, SHARE))
    for (i, v), (j, w) in permutations(enumerate(variables), 2):
        for factor, multiple in ((1, w), (2, f"2{w}")):
            family = [
                Condition(f"{v} >= {multiple}{_and(extra)}", AtLeast(i, extra, factor, j)) for extra in range(-2, 4)
            ]
            found.append(_kept(family, points, SHARE_OF_TWO))
    return [family for family in found if family]


def _kept(family: list[Condition], points: Sequence[Point], share: int) -> list[Condition]:
    """Those that discard some of the points, but keep one in so many."""
    kept = [sum(map(condition.holds, points)) for condition in family]
    return [c for c, k in zip(family, kept, strict=True) if len(points) <= share * k < share * len(points)]


def _and(extra: int) -> str:
    return f" {'+' if extra > 0 else '-'} {abs(extra)}" if extra else ""


def begins(condition: Condition) -> tuple[int, int]:
    """The variable and the size k of a condition n >= k; (-1, 0) for any other condition.

    >>> begins(Condition("n >= 4", AtLeast(0, 4))), begins(ALWAYS)
    ((0, 4), (-1, 0))
    """
    match condition.holds:
        case AtLeast(i=i, least=least, factor=0):
            return i, least
    return -1, 0


def is_a_step(
    condition: Condition,
    points: Sequence[Point],
    tables: Mapping[Key, Sequence[int]],
    polynomials: Mapping[Key, Polynomial],
) -> bool:
    """Whether a law that is constant from n = k on is only the last step of a staircase.

    It is if counts stood still before it too, on another level. Where other kinds grow, the level zero is none: a
    method that returns at once for small sizes does nothing of a kind there.

    >>> points, sizes, table = [(n,) for n in range(1, 25)], range(1, 25), ("float64", "add")
    >>> eight, constant = Condition("n >= 8", AtLeast(0, 8)), {table: Polynomial(("n",), {(0,): 2})}
    >>> is_a_step(eight, points, {table: [1 + (n >= 8) for n in sizes]}, constant)  # the cube root, rounded down
    True
    >>> is_a_step(eight, points, {table: [min(n, 8) for n in sizes]}, {table: Polynomial(("n",), {(0,): 8})})
    False
    """
    i = begins(condition)[0]
    grow = any(e[i] for polynomial in polynomials.values() for e in polynomial.terms)
    before = sorted((p[:i] + p[i + 1 :], p[i], k) for k, p in enumerate(points) if not condition.holds(p))
    neighbours = [(a, b) for (rest, _, a), (other, _, b) in pairwise(before) if rest == other]
    for key, polynomial in polynomials.items():
        if any(e[i] for e in polynomial.terms):
            continue
        table = tables[key]
        levels = {k: polynomial._at(points[k]) for pair in neighbours for k in pair}
        if any(table[a] == table[b] and table[b] != levels[b] and not (grow and table[b] == 0) for a, b in neighbours):
            return True
    return False
