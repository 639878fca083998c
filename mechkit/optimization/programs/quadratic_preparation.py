"""What comes before the iterations of a quadratic program: rows, scales, sides, and whether it is convex."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ONE as NEXT
from mechkit.linear_systems.constants import ZERO
from mechkit.optimization.programs.quasidefinite import full_rows

# Constants that leave float32 what it is.
NONE, ONE, HALF, INFINITY = np.uint32(0), np.float32(1), np.float32(0.5), np.float32(np.inf)
#: How often rows and columns are scaled.
SWEEPS = 5
#: Limits of another size than these call for another unit of x.
USUAL = np.float32(1e-4), np.float32(1e5)
#: Bounds so close, relatively, are an equality; bounds so large are none; differences so small are rounding.
EQUAL, INFINITE, ROUNDING = np.float32(1e-10), 1e20, np.float32(1e-11)


@kernel(cache=True, error_model="numpy")
def compress(A, data, indices, indptr):
    """The nonzeros of A by rows (CSR), in arrays that are long enough. Returns their number.

    >>> from mechkit import law
    >>> found = law(compress, n=range(1, 6))
    >>> found.compare, found.flops == 0
    (Polynomial('n^2'), True)
    """
    found = NONE
    indptr[0] = found
    for i in range(A.shape[0]):
        row = A[i]
        for j in range(row.size):
            if row[j] != ZERO:
                data[found], indices[found] = row[j], j
                found += NEXT
        indptr[i + 1] = found
    return found


@compress.example
def _(n):
    return np.ones((n, n)), np.zeros(n * n), np.zeros(n * n, np.uint32), np.zeros(n + 1, np.uint32)


@kernel(cache=True, error_model="numpy")
def fault(P, q, data, l, u):
    """What is wrong with a program: 0 nothing, 1 a number that is not finite, 2 P not symmetric, 3 bounds.

    >>> from mechkit import law
    >>> law(fault, n=range(2, 9)).flops
    Polynomial('n^2 + n')
    """
    for i in range(q.size):
        if not abs(q[i]) < INFINITY:
            return 1
        for j in range(i + 1):
            if not (abs(P[i, j]) < INFINITY and abs(P[j, i]) < INFINITY):
                return 1
            if abs(P[i, j] - P[j, i]) > EQUAL * max(abs(P[i, j]), abs(P[j, i])):
                return 2
    for k in range(data.size):
        if not abs(data[k]) < INFINITY:
            return 1
    for i in range(l.size):
        if not (l[i] <= u[i] and l[i] < INFINITE and u[i] > -INFINITE):
            return 3
    return 0


@fault.example
def _(n):
    return np.eye(n) + 1.0, *np.ones((4, n))


@kernel(cache=True, error_model="numpy")
def equilibrate(P, data, indices, indptr, X, Y):
    """Scale P = DPD/c, q = Dq/c, A = EAD in place, so that the largest element of each row of [P A'; A 0] is about 1.

    X, Y : as in quadratic_interior_point.py. d and e, ones before, take the diagonals of D and E. Returns c, which
    makes P or q about 1. Where the limits are then far from 1, another unit of x brings them there: a factor of D and
    a divisor of E.

    Here with n full rows:

    >>> from mechkit import law
    >>> law(equilibrate, n=range(2, 9)).flops
    Polynomial('21n^2 + 40n + 6')
    """
    # Ruiz, A scaling algorithm to equilibrate both rows and columns norms in matrices, RAL-TR-2001-034;
    # c as in Stellato et al., OSQP, Math. Prog. Comp. 12 (2020), algorithm 2
    column, q, d = X[0], X[2], X[3]
    row, l, u = Y[1], Y[5], Y[6]
    e = Y[7]
    n, m = d.size, e.size
    for _ in range(SWEEPS):
        for i in range(n):  # 1  the largest elements
            largest, values = ZERO, P[i]
            for j in range(n):
                largest = max(largest, abs(values[j]))
            column[i] = largest
        for i in range(m):
            largest = ZERO
            for k in range(indptr[i], indptr[i + 1]):
                j, size = indices[k], abs(data[k])
                largest = max(largest, size)
                column[j] = max(column[j], size)
            row[i] = ONE / np.sqrt(largest) if largest > ZERO else ONE
        for j in range(n):
            column[j] = ONE / np.sqrt(column[j]) if column[j] > ZERO else ONE
        for i in range(n):  # 2  divide by their roots
            scale, values = column[i], P[i]
            for j in range(n):
                values[j] = values[j] * (scale * column[j])
            d[i] *= scale
        for i in range(m):
            for k in range(indptr[i], indptr[i + 1]):
                data[k] = data[k] * (row[i] * column[indices[k]])
            e[i] *= row[i]
    slope, curvature, c = ZERO, ZERO, ZERO
    mean = ZERO
    for i in range(n):  # 3  the unit of x, from the limits, and from where the objective has its least value
        slope = max(slope, abs(d[i] * q[i]))
        largest, values = ZERO, P[i]
        for j in range(n):
            largest = max(largest, abs(values[j]))
        curvature = max(curvature, largest)
        mean += largest
    least = slope / curvature if slope > ZERO and curvature > ZERO else INFINITY
    most = least if least < INFINITY else ZERO
    for i in range(m):
        for limit in (abs(e[i] * l[i]), abs(e[i] * u[i])):
            if ZERO < limit < INFINITE * e[i]:
                least, most = min(least, limit), max(most, limit)
    unit = ONE if most == ZERO or (most > USUAL[0] and least < USUAL[1]) else np.sqrt(least) * np.sqrt(most)
    for i in range(n):  # 4  the objective
        d[i] *= unit
        q[i] *= d[i]
        c = max(c, abs(q[i]))
    for i in range(m):
        e[i] /= unit
    c = max(c, mean / np.float32(n) * unit * unit)
    if c == ZERO:
        return ONE + c
    factor = unit / c * unit
    for i in range(n):
        q[i] /= c
        values = P[i]
        for j in range(n):
            values[j] *= factor
    return c


@equilibrate.example
def _(n):
    Y = np.ones((9, n))
    Y[5] = -1.0
    return np.eye(n) + 1.0, *full_rows(n), np.ones((5, n)), Y


@kernel(cache=True, error_model="numpy")
def scale_to_ones(P, C):
    """P scaled to ones on its diagonal, and a little more, in the upper triangle of C.

    Returns whether it may be positive semidefinite: no number of the diagonal is negative, and beside a zero are zeros.

    >>> from mechkit import law
    >>> law(scale_to_ones, n=range(2, 9)).flops
    Polynomial('n^2 + n')
    """
    n = P.shape[0]
    for i in range(n):
        C[i, i] = P[i, i]
        if P[i, i] < ZERO:
            return False
        root = math.sqrt(P[i, i])
        for j in range(i):
            if P[i, j] == ZERO:
                C[j, i] = ZERO
            elif root > ZERO and C[j, j] > ZERO:
                C[j, i] = P[i, j] / (root * C[j, j])
            else:
                return False
        C[i, i] = root
    for i in range(n):
        C[i, i] = ONE
        C[i, i] += ROUNDING
    return True


@scale_to_ones.example
def _(n):
    return np.eye(n) + 1.0, np.zeros((n, n))


@kernel(cache=True, error_model="numpy")
def sides(l, u, e, equality, y, of, sign, h):
    """Sort the bounds: equality[i] numbers the rows with l = u, and y[i] is then their value; the rest are sides.

    e : the rows' scales. Returns the numbers of equalities and sides.

    >>> from mechkit import law
    >>> law(sides, n=range(1, 6)).flops
    Polynomial('4n')
    """
    equalities, found = 0, 0
    for i in range(l.size):
        equality[i] = -1
        above, below = u[i] < INFINITE, l[i] > -INFINITE
        upper, lower = e[i] * u[i], e[i] * l[i]
        if above and below and upper - lower <= EQUAL * max(abs(lower), abs(upper)):
            equality[i] = equalities
            equalities += 1
            y[i] = lower + (upper - lower) * HALF
        else:
            if above:
                of[found], sign[found], h[found] = i, ONE, upper
                found += 1
            if below:
                of[found], sign[found], h[found] = i, -ONE, -lower
                found += 1
    return equalities, found


@sides.example
def _(n):
    return (
        -np.ones(n),
        np.ones(n),
        np.ones(n),
        np.zeros(n, int),
        np.zeros(n),
        np.zeros(2 * n, int),
        *np.zeros((2, 2 * n)),
    )
