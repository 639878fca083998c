"""Tridiagonal systems by elimination from one end, from both ends at once, and with interchanges of rows.

Each step of an elimination waits for the division of the step before. From both ends there are two such chains, which
a processor follows at the same time: the same operations in little more than half the time.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, in_shape_of, is_finite, right_hand_sides
from mechkit.counting import kernel
from mechkit.linear_systems.conditioning import bound_by_extremes, is_certain
from mechkit.linear_systems.diagonals import check_band, tridiagonal_inverse
from mechkit.linear_systems.flags import FUSED

#: So many elements are looked at at a time, so that they stay in the cache.
PIECE = 2**16


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def eliminate_from_one_end(dl, d, du, g, x):
    """Solve in place of x (n,). Returns the row in which there is no pivot, or n.

    dl (n - 1,), d (n,), du (n - 1,) : the diagonals below, on and above; g (n,) takes the diagonal above the ones of U.

    >>> from mechkit import law
    >>> law(eliminate_from_one_end, n=range(1, 6)).flops
    Polynomial('8n - 7')
    """
    # Thomas, Elliptic problems in linear difference equations over a network, 1949
    n = d.size
    pivot, y = d[0], x[0]
    for i in range(n - 1):  # 1  divide row i by its pivot, and eliminate below it
        if pivot == 0.0:
            return i
        above, y = du[i] / pivot, y / pivot
        g[i], x[i] = above, y
        pivot, y = d[i + 1] - dl[i] * above, x[i + 1] - dl[i] * y
    if pivot == 0.0:
        return n - 1
    y = y / pivot
    x[n - 1] = y

    for k in range(1, n):  # 2  substitute back
        i = n - 1 - k
        y = x[i] - g[i] * y
        x[i] = y
    return n


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def eliminate_from_both_ends(dl, d, du, g, x):
    """Like `eliminate_from_one_end`, from the first row down and from the last row up, until two rows are left; n > 1.

    >>> from mechkit import law
    >>> def run(n):
    ...     off, on = np.ones(n - 1), np.full(n, 4.0)
    ...     eliminate_from_both_ends(off, on, off, on.copy(), on.copy())
    >>> law(run, n=range(2, 9)).flops
    Polynomial('8n - 7')
    """
    # van der Vorst, Large tridiagonal and block tridiagonal linear systems on vector and parallel computers,
    # Parallel Computing 5 (1987): the twisted factorization
    n = d.size
    last = n - 1
    up, z = d[last], x[last]
    if n % 2 == 1:  # one step up, so that the ways down and up are equally long
        if up == 0.0:
            return last
        below, z = dl[last - 1] / up, z / up
        g[last], x[last] = below, z
        last -= 1
        up, z = d[last] - du[last] * below, x[last] - du[last] * z
    middle = last // 2
    down, y = d[0], x[0]
    for i in range(middle):  # 1  divide rows i and j by their pivots; eliminate below the one and above the other
        j = last - i
        if down == 0.0:
            return i
        if up == 0.0:
            return j
        above, y = du[i] / down, y / down
        below, z = dl[j - 1] / up, z / up
        g[i], x[i], g[j], x[j] = above, y, below, z
        down, y = d[i + 1] - dl[i] * above, x[i + 1] - dl[i] * y
        up, z = d[j - 1] - du[j - 1] * below, x[j - 1] - du[j - 1] * z

    if down == 0.0:  # 2  the two rows in the middle
        return middle
    above, y = du[middle] / down, y / down
    up = up - dl[middle] * above
    if up == 0.0:
        return middle + 1
    z = (z - dl[middle] * y) / up
    y = y - above * z
    x[middle], x[middle + 1] = y, z

    for k in range(1, middle + 1):  # 3  substitute back, outwards
        i, j = middle - k, middle + 1 + k
        y, z = x[i] - g[i] * y, x[j] - g[j] * z
        x[i], x[j] = y, z
    if last < n - 1:
        x[n - 1] = x[n - 1] - g[n - 1] * z
    return n


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def eliminate_unknown(pivot, right, rhs, below, d, du, b, i, g, h, x):
    """Eliminate unknown i from two rows: pivot x_i + right x_k = rhs, and below x_i + d x_k + du x_l = b.

    Keeps the row with the larger pivot, divided by it, x_i + g[i] x_k + h[i] x_l = x[i]; returns the rest of the other.

    >>> from mechkit import law
    >>> law(eliminate_unknown, n=range(1, 5)).flops  # without an interchange of the rows
    Polynomial('6')
    """
    if abs(pivot) >= abs(below):
        near, y = right / pivot, rhs / pivot
        g[i], h[i], x[i] = near, 0.0, y
        return d - below * near, du, b - below * y
    near, far, y = d / below, du / below, b / below
    g[i], h[i], x[i] = near, far, y
    return right - pivot * near, -pivot * far, rhs - pivot * y


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def eliminate_with_interchanges(dl, d, du, g, h, x):
    """Like `eliminate_from_both_ends`, with the larger pivot of each two rows; h (n,) takes what then fills in; n > 1.

    >>> from mechkit import law
    >>> def run(n):
    ...     off, on = np.ones(n - 1), np.full(n, 4.0)
    ...     eliminate_with_interchanges(off, on, off, on.copy(), on.copy(), on.copy())
    >>> law(run, n=range(2, 9)).flops  # where no rows are interchanged
    Polynomial('10n - 11')
    """
    # elimination with interchanges of neighboring rows, as in LAPACK's dgtsv, but from both ends
    n = d.size
    last = n - 1
    up, left, z = d[last], dl[last - 1], x[last]  # up x_j + left x_(j-1) = z
    if n % 2 == 1:
        if up == 0.0 and du[last - 1] == 0.0:
            return last
        j = last
        up, left, z = eliminate_unknown(up, left, z, du[j - 1], d[j - 1], dl[j - 2], x[j - 1], j, g, h, x)
        last -= 1
    middle = last // 2
    down, right, y = d[0], du[0], x[0]  # down x_i + right x_(i+1) = y
    for i in range(middle):  # 1  the unknowns from both ends
        j = last - i
        if down == 0.0 and dl[i] == 0.0:
            return i
        if up == 0.0 and du[j - 1] == 0.0:
            return j
        down, right, y = eliminate_unknown(down, right, y, dl[i], d[i + 1], du[i + 1], x[i + 1], i, g, h, x)
        up, left, z = eliminate_unknown(up, left, z, du[j - 1], d[j - 1], dl[j - 2], x[j - 1], j, g, h, x)

    if abs(down) < abs(left):  # 2  the two unknowns in the middle
        down, right, y, left, up, z = left, up, z, down, right, y
    if down == 0.0:
        return middle
    m = left / down
    up = up - m * right
    if up == 0.0:
        return middle + 1
    z = (z - m * y) / up
    y = (y - right * z) / down
    x[middle], x[middle + 1] = y, z
    above, below = z, y

    for k in range(1, middle + 1):  # 3  substitute back, outwards
        i, j = middle - k, middle + 1 + k
        y, above = x[i] - g[i] * y - h[i] * above, y
        z, below = x[j] - g[j] * z - h[j] * below, z
        x[i], x[j] = y, z
    if last < n - 1:
        x[n - 1] = x[n - 1] - g[n - 1] * z - h[n - 1] * below
    return n


@eliminate_from_one_end.example
def _(n):
    rng = np.random.default_rng(0)
    return rng.random(n - 1), rng.random(n) + 2.0, rng.random(n - 1), np.zeros(n), np.ones(n)


@eliminate_from_both_ends.example
def _(n):
    return eliminate_from_one_end.example_arguments(n + 1)


@eliminate_unknown.example
def _(n):
    one = np.ones(1)[0]
    return 4.0 * one, one, one, one, one, one, one, n - 1, np.zeros(n), np.zeros(n), np.zeros(n)


@eliminate_with_interchanges.example
def _(n):
    dl, du = np.random.default_rng(0).standard_normal((2, n))
    d, x = np.random.default_rng(1).standard_normal((2, n + 1))
    return dl, d, du, np.zeros(n + 1), np.zeros(n + 1), x


def solve_tridiagonal(dl: Any, d: Any, du: Any, b: Any, twisted: bool = True, check_finite: bool = True) -> np.ndarray:
    """Solve a tridiagonal system by elimination without interchanges.

    Parameters
    ----------
    dl, d, du : (n - 1,), (n,), (n - 1,), the diagonals below, on and above the main one
    b : (n,) or (n, k)
    twisted : eliminate from both ends, which takes the same operations and less time, or from the first row down
    check_finite : look for NaN and infinity first

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where a pivot is zero, naming its row: solve_banded interchanges rows.
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the matrix is ill-conditioned. Also where x does not satisfy the
        equations, because a small pivot has let elements grow; see `solve`.

    Operation count, exact, for each right-hand side, from one end and from both:

    >>> from mechkit import law
    >>> def run(n, twisted=True):
    ...     return solve_tridiagonal(np.ones(n - 1), np.full(n, 4.0), np.ones(n - 1), np.ones(n), twisted)
    >>> law(run, n=range(2, 9))
    sub      3n - 3
    mul      3n - 3
    div      2n - 1
    compare  n
    flops    8n - 7
    >>> law(lambda n: run(n, twisted=False), n=range(2, 9)).flops
    Polynomial('8n - 7')

    References: Thomas, Elliptic problems in linear difference equations over a network (1949); van der Vorst, Parallel
    Computing 5 (1987) 45-54; Golub and Van Loan, Matrix Computations, 4th ed., section 4.3.6.

    Examples
    --------
    >>> solve_tridiagonal([-1.0, -1.0], [2.0, 2.0, 2.0], [-1.0, -1.0], [1.0, 0.0, 1.0])
    array([1., 1., 1.])
    """
    diagonal = float_array("d", d, (1,), check_finite=False)
    n = diagonal.size
    below, above = (_off_diagonal(name, off, n) for name, off in (("dl", dl), ("du", du)))
    lowest, highest = np.array([_extremes(values) for values in (above, diagonal, below)]).T
    norm, bound = bound_by_extremes(lowest, highest, 1, n)
    if check_finite and not math.isfinite(norm):
        for name, given in (("dl", below), ("d", diagonal), ("du", above)):
            float_array(name, given, (1,), may_be_empty=True)
    dtype = np.result_type(diagonal, below, above)
    x = right_hand_sides(b, n, dtype, check_finite)
    below, diagonal, above = (array.astype(x.dtype, copy=False) for array in (below, diagonal, above))
    g = np.empty(n, x.dtype)
    eliminate = eliminate_from_both_ends if twisted and n > 1 else eliminate_from_one_end
    for column in x:
        done = eliminate(below, diagonal, above, g, column)
        if done < n:
            raise LinAlgError(f"the pivot in row {done} is zero; use solve_banded, which interchanges rows")
    finite = is_finite(x)
    if x.size and not (is_certain(bound, x.dtype) and finite) and (check_finite or finite):
        inverse = tridiagonal_inverse(below, diagonal, above)
        right = right_hand_sides(b, n, x.dtype, check_finite=False)
        advice = "use solve_banded, which interchanges rows"
        check_band({-1: above, 0: diagonal, 1: below}, norm, inverse, right, x, advice)
    return in_shape_of(b, x)


def _off_diagonal(name: str, off: Any, n: int) -> np.ndarray:
    if np.shape(off) != (n - 1,):
        raise ValueError(f"{name} has shape {np.shape(off)}; beside a diagonal of {n} it must be ({n - 1},)")
    return float_array(name, off, (1,), check_finite=False) if n > 1 else np.empty(0, np.float32)


def _extremes(values: np.ndarray) -> tuple[float, float]:
    """The lowest and the highest element, 0 where there is none."""
    if values.size > PIECE:
        ends = np.array([_extremes(values[first : first + PIECE]) for first in range(0, values.size, PIECE)])
        return float(ends[:, 0].min()), float(ends[:, 1].max())
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
