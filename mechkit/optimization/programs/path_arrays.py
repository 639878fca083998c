"""What the interior point for linear programs works with, in bundles.

The kernels take them as tuples without names, which Numba takes apart in less time, and name the parts in their first
lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Standard(NamedTuple):
    """A program in standard form: A by columns, b, c, the upper bounds u of the last x, and how many x are free."""

    values: np.ndarray
    rows: np.ndarray
    starts: np.ndarray
    b: np.ndarray
    c: np.ndarray
    u: np.ndarray
    free: int


class Factor(NamedTuple):
    """The factor of the normal equations and where its nonzeros are, as in normal_equations.py."""

    fill_starts: np.ndarray
    fill: np.ndarray
    S: np.ndarray


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
    """X, W and Y of ones, for m rows, n columns and k upper bounds: what an iteration works with.

    The kernels name their rows in the first lines. These are, in this order:

    X, for each column : x; z; rd, the residual of A'y + z - v; d, the weights of the normal equations.
    Then c_hat, a right-hand side; qx, what b and c alone bring about; f, a right-hand side; the step dx, dz.
    Then rxz, the residual of x z; px, what the residuals bring about; best, the best x; zeros; more, work.
    W, for each upper bound : w; v; ru, the residual of x + w; the step dw, dv; rwv, the residual of w v.
    Y, for each row : y; rp, the residual of Ax; qy, py, dy as qx, px, dx.
    Then left and more_y, work; best_y, the best y.
    """
    return np.ones((14, n)), np.ones((6, k)), np.ones((8, m))
