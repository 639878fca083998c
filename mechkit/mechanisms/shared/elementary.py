"""A square root and a sine made of the four operations alone, to see what they cost in these."""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from mechkit.counting import kernel
from mechkit.interpolation import minimax

#: The first part of pi/2 has so few bits that its products with small whole numbers are exact; the second is the rest.
HALF_PI = (1.5707963267341256, 6.077100506506192e-11)


@kernel(cache=True, error_model="numpy")
def square_root(x, y, steps):
    """The square root of x by Heron's steps, from a first guess y.

    >>> from mechkit import law
    >>> law(square_root, steps=range(1, 6)).flops
    Polynomial('3 steps')
    """
    for _ in range(steps):
        y = 0.5 * (y + x / y)
    return y


@square_root.example
def _(steps):
    return 0.5, 0.7, steps


@kernel(cache=True, error_model="numpy")
def sine(x, high, low, c):
    """The sine of x: x less a multiple k of pi/2, then r + r^3 p(r^2), or 1 - r^2/2 + r^4 q(r^2) where k is odd.

    c (2, n) holds the coefficients of p and of q, the highest first; high + low is pi/2.

    >>> from mechkit import law
    >>> law(sine, n=range(1, 6)).flops
    Polynomial('2n + 7')
    """
    # 1  reduce x to r, at most pi/4
    k = round(x * 0.6366197723675814)
    r = (x - k * high) - k * low
    z = r * r

    # 2  the polynomial in r^2, by Horner's rule
    quadrant = k & 3
    row = c[quadrant & 1]
    p = row[0]
    for j in range(1, row.size):
        p = p * z + row[j]

    # 3  the sine or the cosine of r, with its sign
    y = (1.0 - 0.5 * z) + (z * z) * p if quadrant & 1 else r + (r * z) * p
    return -y if quadrant & 2 else y


@sine.example
def _(n):
    return 0.3, *HALF_PI, np.ones((2, n))


@cache
def coefficients(n: int) -> np.ndarray:
    """The n coefficients of each polynomial of `sine` (2, n), the highest first: the best ones for |r| <= pi/4."""
    z = np.linspace(0.0, (np.pi / 4) ** 2, 200)
    # The remainders of the Taylor series, summed: as differences they would lose their digits near 0.
    series = [[(-1) ** (k + sign) / factorial(2 * k + first) for k in range(12)] for sign, first in ((1, 3), (0, 4))]
    fits = [minimax((z, np.polyval(row[::-1], z)), n - 1) for row in series]
    powers = [
        Chebyshev(fit.coefficients, domain=(z[0], z[-1])).convert(kind=Polynomial, domain=(-1, 1)) for fit in fits
    ]
    return np.array([polynomial.coef[::-1] for polynomial in powers])
