"""A linear program as seen from near its bounds, without limits far away: in numbers that hide nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mechkit.optimization.programs.standard_form import LinearProgram, scaled_columns
from mechkit.optimization.programs.verdict import typical_size

#: What moves is small where it is such a share of how far the bounds are from zero.
NEAR = 1e-3
#: What the shift leaves of a right-hand side is nothing where it is such a share of the terms: a rounding error.
ROUNDING = 8 * np.finfo(float).eps
#: A limit is far away if it is this many times the median of all sizes that the program names.
FAR = 1e7


class View(NamedTuple):
    """A program for x - shift, with some of the rows.

    without_limits : whether limits are left out; as_given : whether it is the program itself.
    """

    program: LinearProgram
    shift: np.ndarray
    kept: np.ndarray
    without_limits: bool = False
    as_given: bool = False


def views(p: LinearProgram) -> Iterator[View]:
    """The program from near its bounds without far limits, with them, as it is without far limits, and as it is.

    Views that would be the same are left out; most programs have one.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> near, *_ = views(linear_program([1], [[-1]], [-1e10 - 2], None, None, (1e10 - 1, 1e10 + 1)))
    >>> near.program.b, near.program.upper, near.shift
    (array([-3.]), array([2.]), array([1.e+10]))
    >>> near, given = views(linear_program([1, 1], [[-1, 0], [0, 1]], [-1, 1e9], None, None, (1, 1e12)))
    >>> near.program.b, near.program.upper, near.kept, given.as_given
    (array([-1.]), array([inf, inf]), array([0]), True)
    """
    all_rows, nowhere = np.arange(p.b.size), np.zeros(p.c.size)
    shifted = _from_near_bounds(p)
    for q, shift in [shifted, (p, nowhere)] if shifted is not None else [(p, nowhere)]:
        without = _without_far_limits(q)
        if without is not None:
            yield View(without[0], shift, without[1], without_limits=True)
        yield View(q, shift, all_rows, as_given=q is p)


def _from_near_bounds(p: LinearProgram) -> tuple[LinearProgram, np.ndarray] | None:
    """The program of x - shift, where shift is within the bounds and nearest to zero; None where that helps little.

    No x - shift is larger than x itself, so the shift costs no digit.
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


def _without_far_limits(p: LinearProgram) -> tuple[LinearProgram, np.ndarray] | None:
    """The program without limits that are far away, and which rows it keeps; None where all are near."""
    sizes = np.abs(np.concatenate((p.b, p.lower, p.upper)))
    sizes = sizes[(sizes > 0.0) & (sizes < np.inf)]
    if not sizes.size or sizes.max() <= FAR * sizes.min():  # which is quickly seen of most programs
        return None
    *_, of_rows, of_columns = scaled_columns(p)
    b, lower, upper = p.b * of_rows, p.lower / of_columns, p.upper / of_columns
    far = FAR * typical_size(b, np.concatenate((lower, upper)))
    row_is_far = b > far
    row_is_far[p.inequalities :] = False
    far_below, far_above = (lower < -far) & (lower > -np.inf), (upper > far) & (upper < np.inf)
    if not (row_is_far.any() or far_below.any() or far_above.any()):
        return None
    kept = np.flatnonzero(~row_is_far)
    near = replace(
        p,
        A=p.A[kept],
        b=p.b[kept],
        inequalities=p.inequalities - int(row_is_far.sum()),
        lower=np.where(far_below, -np.inf, p.lower),
        upper=np.where(far_above, np.inf, p.upper),
        unlimited=None,
    )
    return near, kept
