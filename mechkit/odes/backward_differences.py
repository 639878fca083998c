"""Backward differences D[j] of a solution at points of equal distance: predicted, rescaled, and brought up to date.

D : (8, n), D[0] the solution at the last point, D[j] its j-th difference.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel

#: The highest order, beyond which the regions of stability leave out too much.
MAX_ORDER = 5
#: gamma_k = 1 + 1/2 + ... + 1/k.
GAMMA = np.array([0.0, *np.cumsum(1.0 / np.arange(1, MAX_ORDER + 1))])


@kernel(cache=True, error_model="numpy")
def predict(D, order, alpha, y, psi):
    """y = the polynomial through the last points, one step on; psi = the sum of gamma_j D[j] / alpha.

    Here of order 2:

    >>> from mechkit import law
    >>> law(predict, n=range(1, 5)).flops
    Polynomial('5n + 1')
    """
    # Shampine and Reichelt, The Matlab ODE suite, 1997, (3) and section 2.1
    for i in range(y.size):
        y[i] = D[0, i] + D[1, i]
        psi[i] = D[1, i] / alpha
    for j in range(2, order + 1):
        row, share = D[j], GAMMA[j] / alpha
        for i in range(y.size):
            y[i] = y[i] + row[i]
            psi[i] = psi[i] + share * row[i]


@kernel(cache=True, error_model="numpy")
def rescaling(ratio, order, M):
    """M[j, i], i >= j: the share of D[i] in the new D[j], where points lie `ratio` times as far apart.

    The polynomial is the same; its j-th difference takes nothing from differences below j. Here of order n:

    >>> from mechkit import law
    >>> law(rescaling, n=range(1, 8)).flops
    Polynomial('n^3/3 + 7n^2/2 + 25n/6 + 1')
    """
    # Shampine and Reichelt, section 2.1, D U(r)
    for i in range(order + 1):  # 1  what D[j] gives to the value at point -i
        x = -i * ratio
        M[i, 0] = 1.0
        for j in range(order):
            M[i, j + 1] = M[i, j] * (x + j) / (j + 1)
    for j in range(1, order + 1):  # 2  differences of these
        for p in range(order + 1 - j):
            i = order - p
            for k in range(j, order + 1):
                M[i, k] = M[i - 1, k] - M[i, k]


@kernel(cache=True, error_model="numpy")
def rescale(D, order, ratio, M):
    """D for steps `ratio` times as long, in place; here of order 2, beside `rescaling`:

    >>> from mechkit import law
    >>> def run(n):
    ...     rescale(np.ones((8, n)), 2, 0.5, np.zeros((6, 6)))
    >>> law(run, n=range(1, 5)).flops
    Polynomial('4n + 26')
    """
    rescaling(ratio, order, M)
    for j in range(1, order + 1):
        row, share = D[j], M[j, j]
        for i in range(row.size):
            row[i] = share * row[i]
        for k in range(j + 1, order + 1):
            higher, share = D[k], M[j, k]
            for i in range(row.size):
                row[i] = row[i] + share * higher[i]


@kernel(cache=True, error_model="numpy")
def advance(D, order, d):
    """D at the new point, where d is what the solution differs by from the prediction; here of order 2:

    >>> from mechkit import law
    >>> law(advance, n=range(1, 5)).flops
    Polynomial('4n')
    """
    for i in range(d.size):
        D[order + 2, i] = d[i] - D[order + 1, i]
        D[order + 1, i] = d[i]
    for p in range(order + 1):
        j = order - p
        row, higher = D[j], D[j + 1]
        for i in range(row.size):
            row[i] = row[i] + higher[i]


@predict.example
def _(n):
    return np.ones((8, n)), 2, np.float64(1.5), np.zeros(n), np.zeros(n)


@rescaling.example
def _(n):
    return np.float64(0.5), n, np.zeros((n + 1, n + 1))


@rescale.example
def _(n):
    return np.ones((8, n)), min(n, 5), np.float64(0.5), np.zeros((6, 6))


@advance.example
def _(n):
    return np.ones((8, n)), 2, np.ones(n)
