"""Products and norms of vectors."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST, FUSED

#: Long vectors are gone through backwards, a chunk at a time: the loop before went forwards, and their tails are still
#: in the cache.
CHUNK = 32768


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def dot(x, y):
    """x'y, from the last chunk to the first.

    >>> from mechkit import law
    >>> law(dot, n=range(1, 6)).flops
    Polynomial('2n')
    """
    s = ZERO
    for c in range((x.size - 1) // CHUNK * CHUNK, -1, -CHUNK):
        u, v = x[c : c + CHUNK], y[c : c + CHUNK]
        for i in range(u.size):
            s = s + u[i] * v[i]
    return s


@dot.example
def _(n):
    return np.ones(n), np.arange(float(n))


@kernel(cache=True, fastmath=FUSED)
def sum_of_squares(x):
    """x'x, x not empty: the sum begins with its first product.

    >>> from mechkit import law
    >>> law(sum_of_squares, n=range(1, 6)).flops
    Polynomial('2n - 1')
    """
    s = x[0] * x[0]
    for i in range(1, x.size):
        s = s + x[i] * x[i]
    return s


@sum_of_squares.example
def _(n):
    return (np.arange(1.0, n + 1),)


@kernel(cache=True, error_model="numpy")
def norm(x):
    """The 2-norm of x, not empty; no square overflows, and none that matters underflows.

    >>> from mechkit import law
    >>> law(norm, n=range(1, 6)).flops
    Polynomial('3n + 1')
    """
    largest = abs(x[0])
    for i in range(1, x.size):
        largest = max(largest, abs(x[i]))
    if largest == 0.0:
        return largest
    t = x[0] / largest
    s = t * t
    for i in range(1, x.size):
        t = x[i] / largest
        s = s + t * t
    return largest * math.sqrt(s)


@norm.example
def _(n):
    return (np.random.default_rng(0).standard_normal(n),)
