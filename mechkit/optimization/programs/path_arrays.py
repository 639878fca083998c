"""What the interior point for linear programs works with, in bundles.

The kernels take them as tuples without names, which Numba takes apart in less time, and name the parts in their first
lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: What ended the iterations, as SciPy numbers it.
OPTIMAL, LIMIT, INFEASIBLE, UNBOUNDED, DIFFICULT = range(5)


class Limits(NamedTuple):
    """How the path is followed.

    offset : what the objective has beyond c'x, for the relative gap.
    share : 1 / (the number of products x z, w v and tau kappa).
    of_free : times mu, what is added to the weights, zero, of free x.
    added : to the other weights, z / x + v / w, and to the normal equations.
    relative : see `normal_matrix`.
    tolerance : of residuals and gap.
    loose : what is enough where rounding errors allow no better, with less of a relative gap.
    """

    offset: float
    share: float
    of_free: float
    added: float
    relative: float
    tolerance: float
    loose: float


def work_of(m: int, n: int, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X, W and Y of ones, for m rows, n columns and k upper bounds: the program's vectors, and what it works with.

    The kernels name their rows in the first lines. These are, in this order:

    X, for each column : x; z; rd, the residual of A'y + z - v; d, the weights of the normal equations.
    Then c_hat, a right-hand side; qx, what b and c alone bring about; f, a right-hand side; the step dx, dz.
    Then rxz, the residual of x z; px, what the residuals bring about; best, the best x; zeros; more, work; c.
    W, for each upper bound : w; v; ru, the residual of x + w; the step dw, dv; rwv, the residual of w v; u.
    Y, for each row : y; rp, the residual of Ax; qy, py, dy as qx, px, dx.
    Then left and more_y, work; best_y, the best y; b.
    """
    return np.ones((15, n)), np.ones((7, k)), np.ones((9, m))


def start_of(m: int, n: int, k: int, free: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same where the path begins: x, z, w and v are ones, but not for the free x, which come first.

    >>> start_of(1, 3, 1, 2)[0][:2]
    array([[0., 0., 1.],
           [0., 0., 1.]])
    """
    X, W, Y = work_of(m, n, k)
    X[:2, :free] = X[7:9] = X[12] = W[3:5] = Y[0] = 0.0
    return X, W, Y
