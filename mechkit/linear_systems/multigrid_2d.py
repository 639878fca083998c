"""Multigrid's parts on a square: red-black relaxation of the five-point star, and what goes between two grids.

`multigrid_grids` says how u (n + 2, n + 2) and f (n, n) are held. Red are the points (i, j) with i + j even, those of
the coarse grid, (2i, 2j), among them.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import FIRST, FOUR, HALF, QUARTER
from mechkit.linear_systems.flags import ANY_ORDER


@kernel(cache=True, error_model="numpy")
def relax_even(u, f, i):
    """Solve each equation of row i, even columns, for its own unknown.

    >>> from mechkit import law
    >>> law(relax_even, n=range(1, 12, 2))  # n odd
    add    2n - 2
    mul    n/2 - 1/2
    flops  5n/2 - 5/2
    """
    m = u.shape[0] // 2
    here, beside, above, below, right = u[i, 1:m], u[i, m + 1 :], u[i - 1, 1:m], u[i + 1, 1:m], f[i - 1]
    for j in range(here.size):
        here[j] = QUARTER * (above[j] + below[j] + beside[j] + beside[j + 1] + right[2 * j + 1])


@kernel(cache=True, error_model="numpy")
def relax_odd(u, f, i):
    """Solve each equation of row i, odd columns, for its own unknown.

    >>> from mechkit import law
    >>> law(relax_odd, n=range(1, 12, 2))  # n odd
    add    2n + 2
    mul    n/2 + 1/2
    flops  5n/2 + 5/2
    """
    m = u.shape[0] // 2
    here, beside, above, below, right = u[i, m + 1 :], u[i, : m + 1], u[i - 1, m + 1 :], u[i + 1, m + 1 :], f[i - 1]
    for j in range(here.size):
        here[j] = QUARTER * (above[j] + below[j] + beside[j] + beside[j + 1] + right[2 * j])


@kernel(cache=True, error_model="numpy")
def relax(u, f):
    """One sweep of Gauss-Seidel, the red points first; afterwards the residual at the black points is zero.

    >>> from mechkit import law
    >>> law(relax, n=range(1, 12, 2))  # n odd
    add    4n^2
    mul    n^2
    flops  5n^2
    """
    # Trottenberg, Oosterlee, Schueller, Multigrid, section 2.1.3. A row's black points follow as soon as the red ones
    # around them are done, while these are in the cache.
    n = f.shape[0]
    relax_odd(u, f, FIRST)
    for i in range(2, n, 2):
        relax_even(u, f, i)  # 1  red

        relax_even(u, f, i - 1)  # 2  black
        relax_odd(u, f, i + 1)  # 1
        relax_odd(u, f, i)  # 2
    relax_even(u, f, n)


@kernel(cache=True, error_model="numpy")
def residual_even(u, f, i, r):
    """r = f - Au in row i, even columns.

    >>> from mechkit import law
    >>> law(residual_even, n=range(1, 12, 2))  # n odd
    add    2n - 2
    sub    n/2 - 1/2
    mul    n/2 - 1/2
    flops  3n - 3
    """
    m = u.shape[0] // 2
    here, beside, above, below, right = u[i, 1:m], u[i, m + 1 :], u[i - 1, 1:m], u[i + 1, 1:m], f[i - 1]
    for j in range(here.size):
        r[j] = right[2 * j + 1] + above[j] + below[j] + beside[j] + beside[j + 1] - FOUR * here[j]


@kernel(cache=True, error_model="numpy")
def residual_odd(u, f, i, r):
    """r = f - Au in row i, odd columns.

    >>> from mechkit import law
    >>> law(residual_odd, n=range(1, 12, 2))  # n odd
    add    2n + 2
    sub    n/2 + 1/2
    mul    n/2 + 1/2
    flops  3n + 3
    """
    m = u.shape[0] // 2
    here, beside, above, below, right = u[i, m + 1 :], u[i, : m + 1], u[i - 1, m + 1 :], u[i + 1, m + 1 :], f[i - 1]
    for j in range(here.size):
        r[j] = right[2 * j] + above[j] + below[j] + beside[j] + beside[j + 1] - FOUR * here[j]


@kernel(cache=True, error_model="numpy")
def restrict_residual(u, f, coarse):
    """The right-hand side of the coarse grid's equation for the error: full weighting of f - Au, after `relax`.

    >>> from mechkit import law
    >>> law(restrict_residual, n=range(1, 12, 2))  # n odd
    add    3n^2 - 2n + 3
    sub    n^2/2 + 1/2
    mul    3n^2/4 - n/2 + 3/4
    flops  17n^2/4 - 5n/2 + 17/4
    """
    # Trottenberg, Oosterlee, Schueller, section 2.3.3, times 4, as h^2 grows so: the weights 4, 2, 1 of the point, its
    # neighbors and the corners, over 4. The neighbors are black, with no residual.
    above = np.empty_like(f[0, : coarse.shape[0] + 1])
    below = np.empty_like(above)
    residual_odd(u, f, FIRST, above)
    for i in range(coarse.shape[0]):
        row = coarse[i]
        residual_even(u, f, 2 * i + 2, row)
        residual_odd(u, f, 2 * i + 3, below)
        for j in range(row.size):
            row[j] = row[j] + QUARTER * (above[j] + above[j + 1] + below[j] + below[j + 1])
        above, below = below, above


@kernel(cache=True, error_model="numpy")
def restrict(f, coarse):
    """The right-hand side on the coarse grid: full weighting of f, which carries h^2.

    >>> from mechkit import law
    >>> law(restrict, n=range(1, 12, 2))  # n odd
    add    2n^2 - 4n + 2
    mul    n^2/2 - n + 1/2
    flops  5n^2/2 - 5n + 5/2
    """
    # Trottenberg, Oosterlee, Schueller, section 2.3.3, times 4
    for i in range(coarse.shape[0]):
        row, above, here, below = coarse[i], f[2 * i], f[2 * i + 1], f[2 * i + 2]
        for j in range(row.size):
            k = 2 * j + 1
            beside = here[k - 1] + here[k + 1] + above[k] + below[k]
            corners = above[k - 1] + above[k + 1] + below[k - 1] + below[k + 1]
            row[j] = here[k] + HALF * beside + QUARTER * corners


@kernel(cache=True, error_model="numpy")
def interpolate(coarse, u):
    """Add the coarse grid's values, interpolated, to u at the black points: the red ones are first in `relax`.

    >>> from mechkit import law
    >>> law(interpolate, n=range(3, 24, 4))  # n + 1 divisible by 4
    add    n^2 + n
    mul    n^2/2 + n/2
    flops  3n^2/2 + 3n/2
    """
    # Trottenberg, Oosterlee, Schueller, section 2.3.4. A black point lies halfway between two points of the coarse
    # grid, side by side where its row is even and above each other where it is odd.
    m = u.shape[0] // 2
    half = m // 2
    for i in range(m):
        even, odd, right = coarse[i, :half], coarse[i, half + 1 :], coarse[i, 1 : half + 1]
        even_below, odd_below = coarse[i + 1, :half], coarse[i + 1, half + 1 :]
        row = u[2 * i + 1, :m]
        for j in range(half):
            row[2 * j] = row[2 * j] + HALF * (even[j] + even_below[j])
            row[2 * j + 1] = row[2 * j + 1] + HALF * (odd[j] + odd_below[j])
        if i > 0:
            row = u[2 * i, m + 1 :]
            for j in range(half):
                row[2 * j] = row[2 * j] + HALF * (even[j] + odd[j])
                row[2 * j + 1] = row[2 * j + 1] + HALF * (odd[j] + right[j])


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def residual_norm(u, f, scale):
    """The Euclidean norm of f - Au, times scale[0], which keeps its squares from over- and underflowing.

    >>> from mechkit import law
    >>> law(residual_norm, n=range(1, 12, 2))  # n odd
    add    5n^2 + n
    sub    n^2
    mul    3n^2
    sqrt   1
    flops  9n^2 + n + 1
    """
    s = scale[0]
    zero = u[0, 0]
    r = np.empty_like(f[0])
    m = r.size // 2
    total = zero
    for i in range(1, f.shape[0] + 1):
        residual_even(u, f, i, r[:m])
        residual_odd(u, f, i, r[m:])
        squares = zero  # a sum for each row, which single precision needs
        for j in range(r.size):
            squares = squares + (s * r[j]) ** 2
        total = total + squares
    return math.sqrt(total)


def _problem(n):
    """A grid of n x n points, or the next odd number: u with a zero boundary, and f."""
    n = n | 1
    u = np.zeros((n + 2, n + 2))
    rng = np.random.default_rng(0)
    u[1:-1, 1 : n // 2 + 1] = rng.standard_normal((n, n // 2))
    u[1:-1, n // 2 + 2 :] = rng.standard_normal((n, n // 2 + 1))
    return u, rng.standard_normal((n, n))


relax.example(_problem)


@relax_even.example
@relax_odd.example
def _(n):
    return *_problem(n), 1


@residual_even.example
def _(n):
    return *_problem(n), 1, np.zeros(n // 2)


@residual_odd.example
def _(n):
    return *_problem(n), 1, np.zeros(n // 2 + 1)


@restrict_residual.example
def _(n):
    u, f = _problem(n)
    return u, f, np.zeros((n // 2, n // 2))


@restrict.example
def _(n):
    return _problem(n)[1], np.zeros((n // 2, n // 2))


@interpolate.example
def _(n):
    n = n | 3
    return _problem(n // 2)[0], _problem(n)[0]


@residual_norm.example
def _(n):
    return *_problem(n), np.ones(1)
