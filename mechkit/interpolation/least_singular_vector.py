"""The vector that a matrix shortens most: its last right singular vector, by QR and inverse iteration."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.least_squares import reduce_columns
from mechkit.linear_systems.flags import ANY_ORDER, FUSED

#: Steps of inverse iteration; the error of a vector falls by the square of the ratio of the two least singular values.
ITERATIONS = 3
#: A pivot below this share of the largest one is rounding.
LEAST_PIVOT = 1e-3 * float(np.finfo(float).eps)


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER | FUSED)
def reduce_complex_columns(V, n):
    """Householder's reflections make complex columns V (n, m) triangular: R[i, j] is V[j, i], a column is a row of V.

    >>> from mechkit import law
    >>> def run(m, n):
    ...     reduce_complex_columns(np.ones((n, m)) + 1j * np.eye(n, m), n)
    >>> law(run, m=range(9, 14), n=range(1, 6)).flops
    Polynomial('8mn^2 - 8n^3/3 - 4mn + 6n^2 + 26n/3')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 5.1.13
    for j in range(n):
        v = V[j, j:]
        s = 0.0
        for i in range(1, v.size):
            s = s + (v[i].real * v[i].real + v[i].imag * v[i].imag)
        if s > 0.0:
            h = math.sqrt(v[0].real * v[0].real + v[0].imag * v[0].imag)
            r = math.sqrt(h * h + s)
            first = complex(-r, 0.0)  # 1  the reflection that leaves (first, 0 ... 0)
            if h > 0.0:
                first = complex(-r / h * v[0].real, -r / h * v[0].imag)
            v[0] = v[0] - first
            beta = 1.0 / (r * (r + h))

            for k in range(j + 1, n):  # 2  the other columns
                column = V[k, j:]
                dot = v[0].conjugate() * column[0]
                for i in range(1, v.size):
                    dot = dot + v[i].conjugate() * column[i]
                dot = complex(-beta * dot.real, -beta * dot.imag)
                for i in range(v.size):
                    column[i] = column[i] + dot * v[i]
            v[0] = first


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER | FUSED)
def inverse_iteration(L, v):
    """v (n,) = the solution x of R'R x = v, where R' is the conjugate transposed of R and L[j, i] = R[i, j], i <= j.

    >>> from mechkit import law
    >>> law(lambda n: inverse_iteration(np.ones((n, n)), np.ones(n)), n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    n = v.size
    for i in range(n):  # 1  R'y = v, row by row
        row = L[i]
        s = v[i]
        for j in range(i):
            s = s - row[j].conjugate() * v[j]
        v[i] = s / row[i].conjugate()

    for k in range(n):  # 2  Rx = y, column by column
        j = n - 1 - k
        row = L[j]
        v[j] = v[j] / row[j]
        for i in range(j):
            v[i] = v[i] - row[i] * v[j]


@reduce_complex_columns.example
def _(n):
    rng = np.random.default_rng(0)
    return rng.standard_normal((n, n + 5)) + 1j * rng.standard_normal((n, n + 5)), n


@inverse_iteration.example
def _(n):
    return np.eye(n) + 1.0 / n, np.ones(n)


def least_singular_vector(V: np.ndarray) -> np.ndarray:
    """The right singular vector of the least singular value of a matrix with columns V (n, m), m >= n, written over.

    >>> least_singular_vector(np.array([[1.0, 0.0, 0.0], [1.0, 1e-3, 0.0]])).round(2)
    array([ 1., -1.])
    """
    n = len(V)
    (reduce_complex_columns if np.iscomplexobj(V) else reduce_columns)(V, n)
    L = np.ascontiguousarray(V[:, :n])
    pivots = np.abs(np.diagonal(L))
    tiny = float(pivots.max()) * LEAST_PIVOT or 1.0
    for i in np.flatnonzero(pivots <= tiny):
        L[i, i] = tiny
    v = np.cos(np.arange(1.0, n + 1.0)).astype(V.dtype)  # no special direction
    for _ in range(ITERATIONS):
        inverse_iteration(L, v)
        v /= np.abs(v).max()
    return v
