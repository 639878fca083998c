"""Recovery of a polynomial from exact values: its degree along lines of points, then its coefficients from few points.

The work is bounded: a degree is looked for on a few lines, with a few points each, and the coefficients come from as
many points as there are terms. All other points only check the polynomial.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, product
from math import factorial, gcd, lcm

from mechkit.measurement.laws.polynomial import Exponents, Polynomial, first_mismatch, monomial

Point = tuple[int, ...]
Key = tuple[str, str]

#: At least so many points must be left over to check a polynomial on; in several variables, as many as it has terms.
CHECKS = 2
#: Of so many sizes or more, the largest so many times the smallest, one is enough for a law of simple fractions: it is
#: far away from the others.
DOUBLINGS, FAR = 5, 8
#: The highest degree in one variable that is looked for: no law of a method in a textbook comes near.
HIGHEST = 10
#: A degree is looked for on so many points of a line, and on so many lines for each variable.
ON_A_LINE, LINES = HIGHEST + 1 + CHECKS, 8
#: The most terms that are solved for, in rational arithmetic.
TERMS = 64
#: The degree of the polynomial that a message shows where none fits.
SHOWN_DEGREE = 3


@dataclass(frozen=True)
class Mismatch:
    """Why no polynomial fits: the closest one and the point that it misses, or the variable with too few sizes.

    All are None where the points are too few to tell.
    """

    key: Key | None = None
    polynomial: Polynomial | None = None
    point: Point = ()
    value: int = 0
    unchecked: str | None = None


def fit(
    variables: tuple[str, ...],
    points: Sequence[Point],
    tables: Mapping[Key, Sequence[int]],
    strict: bool = True,
    others: Collection[Polynomial] = (),
) -> dict[Key, Polynomial] | Mismatch:
    """The polynomial of lowest degree through each table, checked on the points it was not made from.

    strict : no variable may have so few sizes that any counts fit. Without it one variable may, where other terms tell
    of its power; and where no polynomial fits, the closest one is looked for. others : what is known of other kinds.

    >>> fit(("n",), [(1,), (2,), (3,), (4,)], {("float64", "mul"): [1, 3, 5, 7]})
    {('float64', 'mul'): Polynomial('2n - 1')}
    """
    if len(points) < 1 + CHECKS:
        return Mismatch()
    lattice = Lattice(points, CHECKS if strict else _checks(points))
    found: dict[Key, Polynomial] = {}
    for key, table in tables.items():
        fitted = _fit(variables, lattice, table, strict)
        if fitted is None:
            return replace(Mismatch() if strict else _closest(variables, lattice, table), key=key)
        found[key] = fitted
    for key, polynomial in found.items():
        for i, variable in enumerate(variables):
            if not lattice.checks(polynomial, i, [*found.values(), *others]):
                return Mismatch(key, unchecked=variable)
    return found


def _fit(variables: tuple[str, ...], lattice: Lattice, table: Sequence[int], strict: bool) -> Polynomial | None:
    degrees = lattice.degrees(table)
    free = [i for i, degree in enumerate(degrees) if degree > lattice.spare[i] + 1]  # any counts of so few sizes fit
    if max(degrees) > HIGHEST or len(free) > (0 if strict else 1):
        return None
    for total in range(max(degrees), sum(degrees) + 1):
        interpolation = lattice.interpolation(degrees, total)
        if interpolation is None:
            return None
        polynomial = interpolation.polynomial(variables, table)
        if first_mismatch(polynomial, lattice.points, table) is None:
            checked = len(lattice.points) - len(interpolation.monomials) >= CHECKS
            return polynomial if checked or _has_simple_fractions(polynomial) else None
    return None


def _checks(points: Sequence[Point]) -> int:
    """How many points are to be left over: one where there are few sizes, each about twice the one before."""
    sizes = [point[0] for point in points]
    return 1 if len(points[0]) == 1 and len(sizes) >= DOUBLINGS and max(sizes) >= FAR * max(1, min(sizes)) else CHECKS


def _has_simple_fractions(polynomial: Polynomial) -> bool:
    """Whether the coefficients may be those of a law of even sizes: polynomials of n and n / 2 with whole values."""
    d = polynomial.degree
    return all((factorial(d) * 2**d) % Fraction(c).denominator == 0 for c in polynomial.terms.values())


def _closest(variables: tuple[str, ...], lattice: Lattice, table: Sequence[int]) -> Mismatch:
    """A polynomial of a low degree through the smallest points, and the first point that it misses."""
    degrees = lattice.degrees(table)
    for total in range(SHOWN_DEGREE, -1, -1):
        interpolation = lattice.interpolation([min(degree, total) for degree in degrees], total)
        if interpolation is not None:
            polynomial = interpolation.polynomial(variables, table)
            wrong = first_mismatch(polynomial, lattice.points, table)
            if wrong is not None:
                return Mismatch(None, polynomial, lattice.points[wrong], table[wrong])
    return Mismatch()


class Lattice:
    """Points as lines along each variable, and the interpolations on them, each built once."""

    def __init__(self, points: Sequence[Point], checks: int = CHECKS) -> None:
        self.points, self._checks = points, checks
        self._lines = [_lines(points, i) for i in range(len(points[0]))]
        self._built: dict[tuple[tuple[int, ...], int], Interpolation | None] = {}

    def degrees(self, table: Sequence[int]) -> list[int]:
        """The degree of the values in each variable: the highest on any of a few lines along it."""
        return [
            max(degree_along([self.points[k][i] for k in line], [table[k] for k in line]) for line in lines)
            for i, lines in enumerate(self._lines)
        ]

    @cached_property
    def spare(self) -> list[int]:
        """The highest degree in each variable that its sizes check: one of degree d goes through any d + 1 values."""
        return [max(map(len, lines)) - 1 - self._checks for lines in self._lines]

    def checks(self, polynomial: Polynomial, i: int, told: Collection[Polynomial]) -> bool:
        """Whether the power of the i-th variable is checked by its sizes, or told of by a term of any kind.

        Such a term has the same total degree or more, its variable is in it, and all its powers are checked: that u^3
        is no accident is told by nlu.
        """
        if max((e[i] for e in polynomial.terms), default=0) <= self.spare[i]:
            return True
        top = [e for each in told for e in each.terms if sum(e) >= polynomial.degree and e[i]]
        return any(all(power <= most for power, most in zip(e, self.spare, strict=True)) for e in top)

    def interpolation(self, degrees: Sequence[int], total: int) -> Interpolation | None:
        """That of some degree in each variable and in total; None where the points do not determine and check it."""
        key = tuple(degrees), total
        if key not in self._built:
            terms = monomials(degrees, total)
            checks = self._checks if len(degrees) == 1 else max(CHECKS, len(terms))
            enough = len(terms) <= TERMS and len(self.points) >= len(terms) + checks
            built = Interpolation(self.points, terms) if enough else None
            self._built[key] = built if built is not None and built.determined else None
        return self._built[key]


def _lines(points: Sequence[Point], i: int) -> list[list[int]]:
    """A few of the long lines along a variable, each as a few of its points, by index and ascending."""
    by_rest: dict[Point, list[int]] = {}
    for k, point in enumerate(points):
        by_rest.setdefault(point[:i] + point[i + 1 :], []).append(k)
    longest = max(map(len, by_rest.values()))
    long = [sorted(line, key=lambda k: points[k][i]) for line in by_rest.values() if 2 * len(line) >= longest]
    return [_spread(line, ON_A_LINE) for line in _spread(long, LINES)]


def _spread(items: list, most: int) -> list:
    """At most so many of the items, from the first to the last.

    >>> _spread(list(range(10)), 4)
    [0, 3, 6, 9]
    """
    if len(items) <= most:
        return items
    return [items[k * (len(items) - 1) // (most - 1)] for k in range(most)]


def degree_along(x: Sequence[int], y: Sequence[int]) -> int:
    """The lowest degree of a polynomial through the values at ascending places, by divided differences.

    >>> degree_along([1, 2, 4, 8], [1, 4, 16, 64]), degree_along([1, 2, 3], [7, 7, 7])
    (2, 0)
    """
    differences = list(y)  # times a common factor, which keeps them whole
    order = 0
    while any(differences):
        order += 1
        apart = [x[k + order] - x[k] for k in range(len(differences) - 1)]
        factor = lcm(*apart)
        steps = zip(pairwise(differences), apart, strict=True)
        differences = [(high - low) * (factor // width) for (low, high), width in steps]
    return max(order - 1, 0)


def monomials(degrees: Sequence[int], total: int) -> list[Exponents]:
    """The exponents of all monomials of at most some degree in each variable and in total, lowest first.

    >>> monomials((2, 1), 2)
    [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]
    """
    powers = [e for e in product(*(range(degree + 1) for degree in degrees)) if sum(e) <= total]
    return sorted(powers, key=lambda e: (sum(e), e))


def terms_of(polynomial: Polynomial) -> int:
    """How many coefficients a polynomial of its degrees has: so many points determine it.

    >>> terms_of(Polynomial.parse("n^2 - 1", ("n",)))
    3
    """
    degrees = [max((e[i] for e in polynomial.terms), default=0) for i in range(len(polynomial.variables))]
    return len(monomials(degrees, polynomial.degree))


class Interpolation:
    """Which points determine a polynomial with some monomials, and the polynomial through given values there.

    Built once for a set of points, then solved for each kind: elimination in whole numbers, hence exact. The points
    nearest to the corner of the smallest sizes come first: on a grid these are nearly all independent.

    >>> line = Interpolation([(1,), (2,), (3,)], monomials([1], 1))
    >>> line.chosen, line.polynomial(("n",), [3, 5, 7])
    ([0, 1], Polynomial('2n + 1'))
    """

    def __init__(self, points: Sequence[Point], terms: Sequence[Exponents]) -> None:
        self.monomials = terms
        self.chosen: list[int] = []
        self._rows: list[tuple[int, list[int], dict[int, int]]] = []  # pivot, row, its mix of the points
        for i in _from_the_corner(points):
            if self.determined:
                break
            self._add(i, points[i])

    def _add(self, i: int, point: Point) -> None:
        row, mix = [monomial(e, point) for e in self.monomials], {i: 1}
        for pivot, other, other_mix in self._rows:
            if row[pivot]:
                mine, theirs = other[pivot], row[pivot]
                row = [mine * a - theirs * b for a, b in zip(row, other, strict=True)]
                mix = {j: mine * mix.get(j, 0) - theirs * other_mix.get(j, 0) for j in {**mix, **other_mix}}
                common = gcd(*row, *mix.values())
                row, mix = [a // common for a in row], {j: m // common for j, m in mix.items()}
        pivot = next((j for j, a in enumerate(row) if a), -1)
        if pivot >= 0:
            self._rows.append((pivot, row, mix))
            self.chosen.append(i)

    @property
    def determined(self) -> bool:
        """Whether the points are enough, and lie well enough, for the monomials."""
        return len(self.chosen) == len(self.monomials)

    def polynomial(self, variables: tuple[str, ...], values: Sequence[int]) -> Polynomial:
        """The polynomial that takes the values at the chosen points."""
        coefficients = [Fraction(0)] * len(self.monomials)
        for pivot, row, mix in reversed(self._rows):
            known = sum(a * c for a, c in zip(row, coefficients, strict=True) if a and c)
            coefficients[pivot] = Fraction(sum(m * values[i] for i, m in mix.items()) - known) / row[pivot]
        return Polynomial(variables, dict(zip(self.monomials, coefficients, strict=True)))


def _from_the_corner(points: Sequence[Point]) -> list[int]:
    """The points by how many steps they are away from the smallest value of each variable, all variables together."""
    ranks = [{x: rank for rank, x in enumerate(sorted(set(values)))} for values in zip(*points, strict=True)]
    steps = [[rank[x] for rank, x in zip(ranks, point, strict=True)] for point in points]
    return sorted(range(len(points)), key=lambda i: (sum(steps[i]), steps[i]))
