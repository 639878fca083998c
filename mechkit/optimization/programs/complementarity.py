"""Whether each row of a quadratic program either is at its limit or has no multiplier: one large row hides no other."""

from __future__ import annotations

import numpy as np

from mechkit.optimization.programs.quadratic_input import Program

#: Room, beside the terms of its row, or a multiplier, beside the terms of its columns, is none where it is so small.
#: That is ten times the root of the usual tolerance: both may be as large as the root where neither need be zero.
NOTHING = 1e-3
#: Rows are judged beside such a share of the largest too, and multipliers.
OF_ROWS, OF_COLUMNS = 1e-4, 1e-8


def not_complementary(of: Program, x: np.ndarray, y: np.ndarray, d: np.ndarray, e: np.ndarray) -> int | None:
    """The row that has both room and a multiplier most, or None where no row has; d, e : the scales of x and the rows.

    >>> from mechkit.optimization.programs.quadratic_input import program
    >>> of, ones = program(np.eye(2), [-5.0, -1e5], None, [0, 0], None), np.ones(2)
    >>> not_complementary(of, np.array([8.84, 1e5]), np.array([-3.84, 0.0]), ones, ones)
    0
    >>> not_complementary(of, np.array([5.0, 1e5]), np.array([0.0, 0.0]), ones, ones) is None
    True
    """
    P, A = of.sparse()
    if not y.any() or not np.isfinite(x.sum() + y.sum()):
        return None
    P, sizes = abs(P), abs(A)
    weight = max((np.abs(of.q) * d).max(), (d * (P @ d)).max())
    columns = P @ np.abs(x) + np.abs(of.q) + sizes.T @ np.abs(y)
    columns += OF_COLUMNS * ((columns * d).max() + weight) / d
    limit = np.where(y > 0.0, of.u, of.l)
    rows = sizes @ np.abs(x)
    room = np.where(y != 0.0, np.abs(limit - A @ x), 0.0)
    rows += np.where(y != 0.0, np.abs(limit), 0.0) + OF_ROWS * ((rows * e).max() + 1.0) / e
    share = np.minimum(room / rows, np.abs(y) * (sizes @ (1.0 / columns)))
    i = int(share.argmax())
    return i if share[i] > NOTHING else None
