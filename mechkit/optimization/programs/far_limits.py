"""Limits so far away that they rarely matter: a program is first solved without them, in better-scaled numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mechkit.optimization.programs.standard_form import LinearProgram, scaled_columns
from mechkit.optimization.programs.verdict import Scales, typical_size

#: A limit is far away if it is so many times the median of all that the program names.
FAR = 1e7


def without_far_limits(p: LinearProgram) -> tuple[LinearProgram, np.ndarray, Scales] | None:
    """The program without limits that are far away, which rows it keeps, and the scales of all rows and columns.

    None where there are no such limits.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> near, kept, _ = without_far_limits(linear_program([1, 1], [[-1, 0], [0, 1]], [-1, 1e9], None, None, (1, 1e12)))
    >>> near.b, near.upper, kept
    (array([-1.]), array([inf, inf]), array([0]))
    """
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
    unlimited = None if p.unlimited is None else np.flatnonzero(np.isin(kept, p.unlimited))
    near = replace(
        p,
        A=p.A[kept],
        b=p.b[kept],
        inequalities=p.inequalities - int(row_is_far.sum()),
        lower=np.where(far_below, -np.inf, p.lower),
        upper=np.where(far_above, np.inf, p.upper),
        unlimited=unlimited,
    )
    return near, kept, (of_rows, of_columns)
