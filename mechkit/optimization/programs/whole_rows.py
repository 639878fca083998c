"""Rows of whole unknowns: their sums are multiples of a unit, which allows an exact look where rounding hides units."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from mechkit.checking import is_sparse
from mechkit.optimization.programs.standard_form import LinearProgram

#: The rounding errors of a number that was computed, as a share of it.
OF_LIMIT = 4 * np.finfo(float).eps
#: Sums of whole numbers are exact below this.
EXACT = 2.0**53
#: Coefficients of more digits than this have no common unit.
MOST_DIGITS = 1e12
#: Units that are tried: coefficients of so many decimals.
DECIMALS = 9
#: Equations of smaller numbers are left to the search: rounding errors hide nothing there.
LARGE = 1e6
#: The share of what is left for the unknowns that need not be whole, by which a row may be off.
OF_REST = 1e-9


class WholeRows(NamedTuple):
    """A program whose whole rows have whole coefficients and limits; which rows these are; and a contradiction."""

    program: LinearProgram
    whole: np.ndarray
    wrong: str | None


def in_whole_units(p: LinearProgram, integers: np.ndarray) -> WholeRows:
    """The program with rows of whole (or fixed) unknowns in their own units, limits rounded down to what sums can be.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p = linear_program([1, 1], [[0.2, 0.4], [1, -1], [2, 3]], [0.55, -0.5, 7], None, None, (0, None))
    >>> found = in_whole_units(p, np.array([True, True]))
    >>> found.program.b, found.program.A[0], found.whole
    (array([ 2., -1.,  7.]), array([1., 2.]), array([ True,  True,  True]))
    >>> in_whole_units(p, np.array([True, False])).whole
    array([False, False, False])
    >>> in_whole_units(linear_program([1], None, None, [[2]], [1e12 + 1], None), np.array([True])).wrong
    'row 0 of A_eq adds up to multiples of 2, and b_eq[0] is 1000000000001'
    """
    fixed = ~integers & (p.lower == p.upper)
    whole = abs(p.A) @ (1.0 * ~(integers | fixed)) == 0.0
    A = p.A.tocsr(copy=True) if is_sparse(p.A) else p.A.copy()
    b, wrong = p.b.copy(), None
    for i in np.flatnonzero(whole):
        row = A[i] if isinstance(A, np.ndarray) else A.data[A.indptr[i] : A.indptr[i + 1]]
        columns = slice(None) if isinstance(A, np.ndarray) else A.indices[A.indptr[i] : A.indptr[i + 1]]
        given = np.where(fixed[columns], row * np.where(fixed, p.lower, 0.0)[columns], 0.0)
        coefficients, unit = _in_units(np.where(integers[columns], row, 0.0))
        limit = (b[i] - given.sum()) / unit
        rounding = OF_LIMIT * (abs(b[i]) + np.abs(given).sum()) / unit
        if not coefficients.any() or 2.0 * rounding > 1.0:
            whole[i] = False
            continue
        step = float(np.gcd.reduce(np.abs(coefficients).astype(np.int64)))
        if i < p.inequalities:
            limit = np.floor((limit + rounding) / step) * step
        elif abs(limit - np.rint(limit / step) * step) <= rounding:
            limit = np.rint(limit / step) * step
        elif abs(limit) > LARGE and wrong is None:
            k = i - p.inequalities
            wrong = f"row {k} of A_eq adds up to multiples of {step * unit:.15g}, and b_eq[{k}] is {b[i]:.16g}"
        row[:], b[i] = coefficients, limit
    return WholeRows(replace(p, A=A.tocsc() if is_sparse(p.A) else A, b=b), whole, wrong)


def _in_units(row: np.ndarray) -> tuple[np.ndarray, float]:
    """The row as whole numbers, in a unit; zeros where it has no common unit.

    >>> _in_units(np.array([0.25, -0.1])), _in_units(np.array([1 / 3, 2 / 3])), _in_units(np.array([1.0, 2**0.5]))[0]
    ((array([ 25., -10.]), 0.01), (array([1., 2.]), 0.3333333333333333), array([0., 0.]))
    """
    sizes = np.abs(row)
    least = float(sizes.min(initial=np.inf, where=sizes > 0.0))
    for unit in (1.0, least, *(10.0**-k for k in range(1, DECIMALS + 1))):
        near = np.rint(row / unit)
        if np.abs(near).max(initial=0.0) < MOST_DIGITS and (np.abs(row / unit - near) <= OF_LIMIT * np.abs(near)).all():
            return near, unit
    return np.zeros_like(row), 1.0


def breaks_whole_row(p: LinearProgram, point: np.ndarray, whole: np.ndarray) -> bool:
    """Whether a point breaks a whole row; p : in whole units.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p = linear_program([1], [[1]], [1e12], None, None, None)
    >>> [breaks_whole_row(p, np.array([x]), np.array([True])) for x in (1e12, 1e12 + 1)]
    [False, True]
    """
    off, k = p.A @ point - p.b, p.inequalities
    for i in np.flatnonzero(whole & (abs(p.A) @ np.abs(point) >= EXACT)):
        row = p.A[i] if isinstance(p.A, np.ndarray) else p.A[[i]].toarray()[0]
        used = np.flatnonzero(row)
        off[i] = sum(int(row[j]) * int(point[j]) for j in used) - Fraction(p.b[i])
    off[k:] = np.abs(off[k:])
    return bool((off[whole] > 0.0).any())


def without_whole(p: LinearProgram, point: np.ndarray, integers: np.ndarray) -> LinearProgram:
    """The program that the whole numbers of a point leave of the other unknowns."""
    left = p.b - p.A @ np.where(integers, point, 0.0)
    lower, upper = np.where(integers, 0.0, p.lower), np.where(integers, 0.0, p.upper)
    return replace(p, b=left, lower=lower, upper=upper)


def breaks_rest(p: LinearProgram, point: np.ndarray, integers: np.ndarray) -> bool:
    """Whether a point breaks a row by more than a small share of what its whole numbers leave, and than rounding.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p = linear_program([1, 1], [[1, 1]], [1e12 + 0.5], None, None, None)
    >>> [breaks_rest(p, np.array([1e12, y]), np.array([True, False])) for y in (0.5, 0.75)]
    [False, True]
    """
    rest = without_whole(p, point, integers)
    others, sizes = np.where(integers, 0.0, point), abs(p.A)
    off, k = p.A @ others - rest.b, p.inequalities
    off[k:] = np.abs(off[k:])
    terms = np.abs(rest.b) + sizes @ np.abs(others)
    return bool((off > OF_REST * terms + OF_LIMIT * (np.abs(p.b) + sizes @ np.abs(point))).any())
