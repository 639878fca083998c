"""What the kernels for F(x) = 0 are given, in bundles: each kernel unpacks them in its first lines.

Functions are given one by one: to find the type of a bundle that holds one takes longer than a small system.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import float64, int32, int64

from mechkit.counting import by_address
from mechkit.optimization.roots.steps import factor, factor_by_columns

#: What a factorization is compiled for: J, LU and the interchanges, to the number of pivots that are not zero.
FACTOR = int64(float64[:, ::1], float64[:, ::1], int32[::1])
#: Up to this order a matrix is factored column by column: blocks take a tenth longer there, and much longer to compile.
SMALL_ORDER = 80


class Differences(NamedTuple):
    """How the Jacobian is found, and the sizes of the unknowns (n,): as for `proportional_jacobian`."""

    how: int
    sizes: np.ndarray


class Trace(NamedTuple):
    """The iterates (limit + 1, n), F there (limit + 1, n), and the sums of squares of F (limit + 1,).

    The first row is given.
    """

    points: np.ndarray
    values: np.ndarray
    squares: np.ndarray


class Work(NamedTuple):
    """Memory to work in: the Jacobian and its factors (n, n), the interchanges (n,), and the step (n,)."""

    J: np.ndarray
    LU: np.ndarray
    piv: np.ndarray
    s: np.ndarray


class Corrections(NamedTuple):
    """Broyden's corrections, rows of U and V (steps, n), and d (n,), the next step: kept from call to call.

    state, at first zeros : the number of corrections, and whether the Jacobian is an old one.
    """

    U: np.ndarray
    V: np.ndarray
    d: np.ndarray
    state: np.ndarray


class Stop(NamedTuple):
    """When to stop: where the norm of F, or a step relative to x, is small, or after so many iterations.

    decrease : the part of the promised decrease that a step must achieve, or -inf to take every step.
    """

    decrease: float
    ftol: float
    xtol: float
    limit: int


@cache
def factorization(small: bool) -> Any:
    """The kernel that factors small matrices, or larger ones, by address.

    >>> J, LU, piv = np.eye(2), np.empty((2, 2)), np.empty(2, np.int32)
    >>> factorization(small=True)(J, LU, piv)
    2
    """
    return by_address(factor_by_columns if small else factor, FACTOR)


def work(n: int) -> Work:
    """Memory to work in, for n unknowns."""
    return Work(np.empty((n, n)), np.empty((n, n)), np.empty(n, np.int32), np.empty(n))
