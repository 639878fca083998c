"""Rows of whole coefficients and whole unknowns: their sums are whole numbers too, which allows an exact look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mechkit.optimization.programs.standard_form import LinearProgram

#: The rounding errors of a limit that was computed, as a share of it.
OF_LIMIT = 4 * np.finfo(float).eps
#: Sums of whole numbers are exact below this.
EXACT = 2.0**53


def whole_rows(p: LinearProgram, integers: np.ndarray) -> np.ndarray:
    """For each row whether it has whole coefficients only, and whole unknowns.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p = linear_program([1, 1], [[2, 4], [2, 0.5], [3, 0]], [3, 3, 3], None, None, None)
    >>> whole_rows(p, np.array([True, True])), whole_rows(p, np.array([True, False]))
    (array([ True, False,  True]), array([False, False,  True]))
    """
    sizes = abs(p.A)
    of_others = sizes @ (1.0 - integers)
    if isinstance(sizes, np.ndarray):
        sizes %= 1.0
    else:
        sizes.data %= 1.0
    return sizes @ np.ones(p.c.size) + of_others == 0.0


def with_whole_limits(p: LinearProgram, whole: np.ndarray) -> LinearProgram:
    """The program with the limits of the whole rows of A_ub rounded down to what sums of their terms can be.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p = linear_program([1, 1], [[2, 4], [1, -1]], [5.5, -0.5], None, None, None)
    >>> with_whole_limits(p, np.array([True, True])).b
    array([ 4., -1.])
    """
    b = p.b.copy()
    for i in np.flatnonzero(whole[: p.inequalities]):
        row = p.A[i] if isinstance(p.A, np.ndarray) else p.A[[i]].data
        row = np.abs(row[row != 0.0])
        if row.size and row.max() < EXACT:
            g = float(np.gcd.reduce(row.astype(np.int64)))
            b[i] = np.floor(b[i] / g + OF_LIMIT * abs(b[i] / g)) * g
    return replace(p, b=b)


def breaks_whole_row(p: LinearProgram, point: np.ndarray, whole: np.ndarray) -> bool:
    """Whether a whole row is not met, where its sum is exact.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p = linear_program([1], [[1]], [1e12], None, None, None)
    >>> [breaks_whole_row(p, np.array([x]), np.array([True])) for x in (1e12, 1e12 + 1)]
    [False, True]
    """
    off, k = p.A @ point - p.b, p.inequalities
    off[k:] = np.abs(off[k:])
    exact = whole & (abs(p.A) @ np.abs(point) < EXACT)
    return bool((off[exact] > OF_LIMIT * np.abs(p.b[exact])).any())
