"""The search for a law in a table of counts: everywhere, from some size on, for even and odd sizes apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from fractions import Fraction

from mechkit.counting.kinds import MEMORY
from mechkit.measurement.laws.conditions import (
    ALWAYS,
    Condition,
    OfParity,
    begins,
    families,
    is_a_step,
)
from mechkit.measurement.laws.exact_law import Law, LawError, spelled
from mechkit.measurement.laws.interpolation import CHECKS, HIGHEST, Key, Mismatch, Point, fit, terms_of

#: So many sizes tell a law of any degree from none, for even and for odd ones apart.
MANY = 2 * (HIGHEST + 1 + CHECKS)

#: Of the points outside of where a law holds, at most one in so many may follow it.
FEW = 8


def may_lack_a_law(key: Key) -> bool:
    """Whether a kind of operation, by column, may go without a law where the others have theirs.

    Memory traffic and index arithmetic depend on how the work is cut into blocks; the work itself does not.

    >>> may_lack_a_law(("float64", "loads")), may_lack_a_law(("float64", "mul"))
    (True, False)
    """
    return key[0] == "int" or key[1] in MEMORY


def law_of_tables(variables: tuple[str, ...], points: Sequence[Point], tables: Mapping[Key, Sequence[int]]) -> Law:
    """The law on all points; else on those from some size on; else for even and odd apart.

    It is looked for in the work; the kinds that `may_lack_a_law` have theirs where it holds, or are left open.

    What is taken as evidence: at least two points beyond those that determine the polynomial, in several variables
    as many again. Each variable has a size to spare for its power. Where the law begins at n = k, or n = 2p, it is
    what `doubt` asks for.

    >>> law_of_tables(("n",), [(n,) for n in range(1, 12)], {("float64", "add"): [max(9, n * n) for n in range(1, 12)]})
    add    n^2
    flops  n^2
    for n >= 3
    """
    __tracebackhide__ = True
    work = {key: table for key, table in tables.items() if not may_lack_a_law(key)} or tables
    found = _search(variables, points, work)
    open_kinds: set[Key] = set()
    for case in found.cases or (found,):
        kept = [i for i, point in enumerate(points) if found.holds(point) and case.holds(point)]
        for key in tables.keys() - work.keys():
            known = [case.polynomials[work_key] for work_key in work]
            fitted = fit(variables, *_part(points, {key: tables[key]}, kept), len(kept) < len(points), known)
            if isinstance(fitted, Mismatch):
                open_kinds.add(key)
            else:
                case.polynomials.update(fitted)
    return found.with_unknown(open_kinds) if open_kinds else found


def _search(variables: tuple[str, ...], points: Sequence[Point], tables: Mapping[Key, Sequence[int]]) -> Law:
    found = fit(variables, points, tables, strict=False)
    if not isinstance(found, Mismatch):
        return Law(variables, found)
    everywhere = _law_where(ALWAYS, variables, points, tables)
    if everywhere is not None:
        return everywhere
    begun = [_begin(family, variables, points, tables) for family in families(variables, points)]
    laws = sorted((law for law in begun if law is not None), key=lambda law: -sum(map(law.holds, points)))
    doubts = [doubt(law, points, tables) for law in laws]
    for law, doubtful in zip(laws, doubts, strict=True):
        if doubtful is None:
            return law
    raise LawError(doubts[0] if doubts else _no_law(variables, points, found))


def _begin(
    family: Sequence[Condition],
    variables: tuple[str, ...],
    points: Sequence[Point],
    tables: Mapping[Key, Sequence[int]],
) -> Law | None:
    """The law under the weakest condition of a family under which there is one."""

    def law(condition: Condition) -> Law | None:
        return _law_where(condition, variables, points, tables)

    if len(variables) == 1 and sum(map(family[-1].holds, points)) >= MANY:
        # What holds under one condition holds under all that are stricter, and the points tell.
        first = bisect_left(family, True, key=lambda condition: law(condition) is not None)
        return law(family[first]) if first < len(family) else None
    return next((found for condition in family if (found := law(condition)) is not None), None)


def doubt(law: Law, points: Sequence[Point], tables: Mapping[Key, Sequence[int]]) -> str | None:
    """Why a law that begins at n = k may be only a step of a staircase, and what to do; None if there is no doubt.

    It must be seen beyond n = 2k: a method that halves its problem, or that tries n^(1/2) divisors, has laws that end
    sooner. Each size that it leaves out must be made up for by one more check. Where it is constant, no other constant
    may have come before. And a law that begins at n = 2p must end there: points before it that follow it too are few.

    >>> from mechkit.measurement.laws.conditions import AtLeast
    >>> from mechkit.measurement.laws.polynomial import Polynomial
    >>> points, halvings = [(n,) for n in range(10, 25)], [n * (3 + (n >= 16)) for n in range(10, 25)]
    >>> found = {("float64", "add"): Polynomial(("n",), {(1,): 4})}
    >>> sixteen = Law(("n",), found, Condition("n >= 16", AtLeast(0, 16)))
    >>> print(doubt(sixteen, points, {("float64", "add"): halvings}))
    no polynomial fits the counts at all sizes, and the one for n >= 16 may be a step of a staircase; give sizes up to
    n = 33 or more to tell
    """
    before = [k for k, point in enumerate(points) if not law.where.holds(point)]
    follow = sum(all(_at(law, points[k], key) == table[k] for key, table in tables.items()) for k in before)
    if FEW * follow > len(before):
        return (
            f"no polynomial fits the counts at all sizes: the one for {law.condition} fits {follow} of the "
            f"{len(before)} points outside too, so that it holds by chance; use growth for a fitted exponent"
        )
    i, least = begins(law.where)
    if i < 0:
        return None
    cases = law.cases or (law,)
    parts = [_part(points, tables, [k for k, p in enumerate(points) if case.holds(p) or case is law]) for case in cases]
    if any(is_a_step(law.where, *part, case.polynomials) for part, case in zip(parts, cases, strict=True)):
        return (
            f"no polynomial fits the counts at all sizes: for {law.condition} they stand still, but they did so before "
            "on another level, as a staircase does; use growth for a fitted exponent"
        )
    kept = sum(map(law.holds, points))
    terms = sum(max(map(terms_of, case.polynomials.values()), default=1) for case in cases)
    missing = (len(points) - kept + CHECKS) - (kept - terms)
    largest = max(point[i] for point in points)
    if largest > 2 * least and missing <= 0:
        return None
    return (
        f"no polynomial fits the counts at all sizes, and the one for {law.condition} may be a step of a staircase; "
        f"give sizes up to {law.variables[i]} = {max(2 * least + 1, largest + missing)} or more to tell"
    )


def _at(law: Law, point: Point, key: Key) -> Fraction:
    """What the polynomials give for a kind, also outside of where the law holds."""
    case = next((case for case in law.cases if case.holds(point)), law)
    return case.polynomials[key]._at(point)


def _law_where(
    condition: Condition, variables: tuple[str, ...], points: Sequence[Point], tables: Mapping[Key, Sequence[int]]
) -> Law | None:
    """The law of the points where a condition holds: one for all, or one for even and one for odd sizes."""
    kept = [i for i, point in enumerate(points) if condition.holds(point)]
    where, pieces = _part(points, tables, kept)
    found = fit(variables, where, pieces)
    if not isinstance(found, Mismatch):
        return Law(variables, found, condition)
    for i, variable in enumerate(variables):
        cases = []
        for parity, word in enumerate(("even", "odd")):
            case = Condition(f"{variable} {word}", OfParity(i, parity))
            part = fit(variables, *_part(points, tables, [k for k in kept if case.holds(points[k])]))
            if isinstance(part, Mismatch):
                break
            cases.append(Law(variables, part, case))
        if len(cases) == 2:
            return Law(variables, {}, condition, tuple(cases))
    return None


def _part(
    points: Sequence[Point], tables: Mapping[Key, Sequence[int]], chosen: Sequence[int]
) -> tuple[list[Point], dict[Key, list[int]]]:
    return [points[i] for i in chosen], {key: [table[i] for i in chosen] for key, table in tables.items()}


# -- the sentences for counts without a law ----------------------------------------------------------------------------


def _no_law(variables: tuple[str, ...], points: Sequence[Point], mismatch: Mismatch) -> str:
    if mismatch.unchecked is not None:
        given = len({point[variables.index(mismatch.unchecked)] for point in points})
        return (
            f"{given} size(s) of {mismatch.unchecked} are too few to check a law: a polynomial of degree {given - 1} "
            f"goes through any {given} counts; give at least {given + 2} sizes of {mismatch.unchecked}"
        )
    if mismatch.key is None or mismatch.polynomial is None:
        return f"{len(points)} size(s) are too few to find a law and check it; give at least {1 + CHECKS}"
    column, kind = mismatch.key
    return (
        f"no polynomial fits the {column} {kind} counts exactly: {mismatch.polynomial} gives "
        f"{mismatch.polynomial(*mismatch.point)} at {spelled(variables, mismatch.point)}, the count is "
        f"{mismatch.value}; give more sizes if the degree is higher (up to {HIGHEST}), or use growth for a fitted "
        "exponent"
    )
