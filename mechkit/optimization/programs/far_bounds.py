"""Linear programs whose bounds are far from zero and near each other: counted from there, a row shows what moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mechkit.optimization.programs.standard_form import LinearProgram

#: What moves is small where it is such a share of how far the bounds are from zero.
NEAR = 1e-3
#: What the shift leaves of a right-hand side is nothing where it is such a share of the terms: a rounding error.
ROUNDING = 8 * np.finfo(float).eps


def from_near_bounds(p: LinearProgram) -> tuple[LinearProgram, np.ndarray] | None:
    """The program of x - shift, where shift is within the bounds and nearest to zero; None where that helps little.

    No x - shift is larger than x itself, so the shift costs no digit.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> q, shift = from_near_bounds(linear_program([1], [[-1]], [-1e10 - 2], None, None, (1e10 - 1, 1e10 + 1)))
    >>> q.b, q.upper, shift
    (array([-3.]), array([2.]), array([1.e+10]))
    """
    shift = np.clip(0.0, p.lower, p.upper)
    if not shift.any():
        return None
    size, width = np.abs(shift), p.upper - p.lower
    b, taken = p.b - p.A @ shift, abs(p.A) @ size
    b[np.abs(b) <= ROUNDING * (np.abs(p.b) + taken)] = 0.0
    near = (width > 0.0) & (width < NEAR * size)
    if not (near.any() or ((b != 0.0) & (np.abs(b) < NEAR * taken)).any()):
        return None
    return replace(p, b=b, lower=p.lower - shift, upper=p.upper - shift), shift
