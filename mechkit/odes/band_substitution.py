"""Solve with the factors of a band as steps need it: many times with the same factors, so each pivot is inverted once.

C : columns of a band one after the other, as `linear_systems.banded.eliminate_band` leaves them, real or complex. Rows
near the ends have fewer neighbors, and loops of their own. The number of neighbors of all other rows is the same, and
the compiler needs half the instructions for them.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, error_model="numpy")
def invert_pivots(C, l, u, n):
    """Put one over each pivot in its place. A division takes several times as long as a product.

    >>> from mechkit import law
    >>> law(invert_pivots, n=range(1, 6)).flops
    Polynomial('n')
    """
    width = 2 * l + u + 1
    for j in range(n):
        here = j * width + l + u
        C[here] = 1.0 / C[here]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def substitute(C, l, u, piv, b):
    """Solve in place of b (n,), where C holds one over each pivot; here with l = 2, u = 1:

    >>> from mechkit import law
    >>> law(substitute, n=range(5, 10)).flops
    Polynomial('11n - 18')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 4.3.2
    n, step, diagonal = piv.size, 2 * l + u + 1, l + u
    for j in range(n - l):  # 1  forward, interchanging as elimination did
        p, here = piv[j], j * step + diagonal
        x = b[p]
        b[p] = b[j]
        b[j] = x
        for i in range(1, l + 1):
            b[j + i] = b[j + i] - x * C[here + i]
    for j in range(max(0, n - l), n):  # 2  and the last rows
        p, here = piv[j], j * step + diagonal
        x = b[p]
        b[p] = b[j]
        b[j] = x
        for i in range(1, n - j):
            b[j + i] = b[j + i] - x * C[here + i]

    for k in range(n - diagonal):  # 3  back
        j = n - 1 - k
        here = j * step + diagonal
        x = b[j] * C[here]
        b[j] = x
        for i in range(1, diagonal + 1):
            b[j - i] = b[j - i] - x * C[here - i]
    first = min(n, diagonal)
    for k in range(first):  # 4  and the first rows
        j = first - 1 - k
        here = j * step + diagonal
        x = b[j] * C[here]
        b[j] = x
        for i in range(1, j + 1):
            b[j - i] = b[j - i] - x * C[here - i]


@invert_pivots.example
def _(n):
    return np.full(6 * n, 4.0), 2, 1, n


@substitute.example
def _(n):
    return np.full(6 * n, 0.1), 2, 1, np.arange(n, dtype=np.int32), np.ones(n)
