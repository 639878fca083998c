"""Multigrid's parts on a line: red-black relaxation of the three-point star, and what goes between two grids.

`multigrid_grids` says how u (n + 2,) and f (n,) are held. Red are the even points, those of the coarse grid.

On a line this is a direct method. Relaxation leaves a residual at the red points only. There full weighting and
interpolation eliminate the black points exactly, as cyclic reduction does.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import HALF, TWO
from mechkit.linear_systems.flags import ANY_ORDER


@kernel(cache=True, error_model="numpy")
def relax(u, f):
    """One sweep of Gauss-Seidel, the red points first; afterwards the residual at the black points is zero.

    >>> from mechkit import law
    >>> law(relax, n=range(1, 12, 2))  # n odd
    add    2n
    mul    n
    flops  3n
    """
    # Briggs, Henson, McCormick, A Multigrid Tutorial, 2nd ed., chapter 2
    m = u.size // 2
    red, black = u[1:m], u[m + 1 :]
    for j in range(red.size):
        red[j] = HALF * (black[j] + black[j + 1] + f[2 * j + 1])
    red = u[: m + 1]
    for j in range(black.size):
        black[j] = HALF * (red[j] + red[j + 1] + f[2 * j])


@kernel(cache=True, error_model="numpy")
def restrict_residual(u, f, coarse):
    """The right-hand side of the coarse grid's equation for the error: full weighting of f - Au, after `relax`.

    >>> from mechkit import law
    >>> law(restrict_residual, n=range(1, 12, 2))  # n odd
    add    n - 1
    sub    n/2 - 1/2
    mul    n - 1
    flops  5n/2 - 5/2
    """
    # Briggs, Henson, McCormick, chapter 3, times 4, as h^2 grows so: the weights 1, 2, 1. The neighbors are black and
    # have no residual.
    m = u.size // 2
    red, black = u[1:m], u[m + 1 :]
    for j in range(coarse.size):
        coarse[j] = TWO * (f[2 * j + 1] + black[j] + black[j + 1] - TWO * red[j])


@kernel(cache=True, error_model="numpy")
def restrict(f, coarse):
    """The right-hand side on the coarse grid: full weighting of f, which carries h^2.

    >>> from mechkit import law
    >>> law(restrict, n=range(1, 12, 2))  # n odd
    add    n - 1
    mul    n/2 - 1/2
    flops  3n/2 - 3/2
    """
    # Briggs, Henson, McCormick, chapter 3, times 4
    for j in range(coarse.size):
        coarse[j] = f[2 * j] + TWO * f[2 * j + 1] + f[2 * j + 2]


@kernel(cache=True, error_model="numpy")
def interpolate(coarse, u):
    """Add the coarse grid's values, interpolated, to u at the black points: the red ones are first in `relax`.

    >>> from mechkit import law
    >>> law(interpolate, n=range(3, 24, 4))  # n + 1 divisible by 4
    add    n + 1
    mul    n/2 + 1/2
    flops  3n/2 + 3/2
    """
    # Briggs, Henson, McCormick, chapter 3
    m = u.size // 2
    half = m // 2
    even, odd, right, black = coarse[:half], coarse[half + 1 :], coarse[1 : half + 1], u[m + 1 :]
    for j in range(half):
        black[2 * j] = black[2 * j] + HALF * (even[j] + odd[j])
        black[2 * j + 1] = black[2 * j + 1] + HALF * (odd[j] + right[j])


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def residual_norm(u, f, scale):
    """The Euclidean norm of f - Au, times scale[0], which keeps its squares from over- and underflowing.

    >>> from mechkit import law
    >>> law(residual_norm, n=range(1, 12, 2))  # n odd
    add    3n
    sub    n
    mul    3n
    sqrt   1
    flops  7n + 1
    """
    m = u.size // 2
    even, odd, s, squares = u[: m + 1], u[m + 1 :], scale[0], u[0]
    for j in range(1, m):
        r = f[2 * j - 1] + odd[j - 1] + odd[j] - TWO * even[j]
        squares = squares + (s * r) ** 2
    for j in range(m):
        r = f[2 * j] + even[j] + even[j + 1] - TWO * odd[j]
        squares = squares + (s * r) ** 2
    return math.sqrt(squares)


def _problem(n):
    """A grid of n points, or the next odd number: u with a zero boundary, and f."""
    n = n | 1
    u = np.random.default_rng(0).standard_normal(n + 2)
    u[0] = u[n // 2 + 1] = 0.0
    return u, np.random.default_rng(1).standard_normal(n)


relax.example(_problem)


@restrict_residual.example
def _(n):
    return *_problem(n), np.zeros(n // 2)


@restrict.example
def _(n):
    return _problem(n)[1], np.zeros(n // 2)


@interpolate.example
def _(n):
    n = n | 3
    return _problem(n // 2)[0], _problem(n)[0]


@residual_norm.example
def _(n):
    return *_problem(n), np.ones(1)
