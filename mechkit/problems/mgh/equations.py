"""Problems 28 to 35 of More, Garbow and Hillstrom: systems of equations of any size, and linear ones."""

from __future__ import annotations

import numpy as np

from mechkit.problems.mgh.problem import Family


def discrete_boundary_value(x):
    """2 x_i - x_(i-1) - x_(i+1) + h^2 (x_i + t_i + 1)^3 / 2, t_i = i h, h = 1 / (n + 1)."""
    n = x.size
    r = np.empty(n)
    h = 1.0 / float(n + 1)
    for i in range(n):
        r[i] = 2.0 * x[i] + 0.5 * h**2 * (x[i] + float(i + 1) * h + 1.0) ** 3
        if i > 0:
            r[i] -= x[i - 1]
        if i < n - 1:
            r[i] -= x[i + 1]
    return r


def discrete_boundary_value_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.zeros((n, n))
    h = 1.0 / float(n + 1)
    for i in range(n):
        J[i, i] = 2.0 + 1.5 * h**2 * (x[i] + float(i + 1) * h + 1.0) ** 2
        if i > 0:
            J[i, i - 1] = -1.0
            J[i - 1, i] = -1.0
    return J


def discrete_integral_equation(x):
    """x_i + h/2 ((1 - t_i) sum_(j<=i) t_j (x_j + t_j + 1)^3 + t_i sum_(j>i) (1 - t_j) (x_j + t_j + 1)^3)."""
    n = x.size
    r = np.empty(n)
    h = 1.0 / float(n + 1)
    for i in range(n):
        t, before, after = float(i + 1) * h, 0.0, 0.0
        for j in range(n):
            u = float(j + 1) * h
            cube = (x[j] + u + 1.0) ** 3
            if j <= i:
                before += u * cube
            else:
                after += (1.0 - u) * cube
        r[i] = x[i] + 0.5 * h * ((1.0 - t) * before + t * after)
    return r


def discrete_integral_equation_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.empty((n, n))
    h = 1.0 / float(n + 1)
    for i in range(n):
        t = float(i + 1) * h
        for j in range(n):
            u = float(j + 1) * h
            slope = 1.5 * h * (x[j] + u + 1.0) ** 2
            J[i, j] = slope * (1.0 - t) * u if j <= i else slope * t * (1.0 - u)
        J[i, i] += 1.0
    return J


def broyden_tridiagonal(x):
    """(3 - 2 x_i) x_i - x_(i-1) - 2 x_(i+1) + 1."""
    n = x.size
    r = np.empty(n)
    for i in range(n):
        r[i] = (3.0 - 2.0 * x[i]) * x[i] + 1.0
        if i > 0:
            r[i] -= x[i - 1]
        if i < n - 1:
            r[i] -= 2.0 * x[i + 1]
    return r


def broyden_tridiagonal_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.zeros((n, n))
    for i in range(n):
        J[i, i] = 3.0 - 4.0 * x[i]
        if i > 0:
            J[i, i - 1] = -1.0
            J[i - 1, i] = -2.0
    return J


def broyden_banded(x):
    """x_i (2 + 5 x_i^2) + 1 - the sum of x_j (1 + x_j) over five neighbors before and one after."""
    n = x.size
    r = np.empty(n)
    for i in range(n):
        r[i] = x[i] * (2.0 + 5.0 * x[i] ** 2) + 1.0
        for j in range(max(0, i - 5), min(n, i + 2)):
            if j != i:
                r[i] -= x[j] * (1.0 + x[j])
    return r


def broyden_banded_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(max(0, i - 5), min(n, i + 2)):
            J[i, j] = -1.0 - 2.0 * x[j]
        J[i, i] = 2.0 + 15.0 * x[i] ** 2
    return J


def linear_full_rank(x):
    """x_i - 2/m times the sum of all - 1, and as many rows again without the x_i; m = 2n."""
    n = x.size
    r = np.empty(2 * n)
    s = 0.0
    for i in range(n):
        s += x[i]
    mean = s / float(n)
    for i in range(n):
        r[i] = x[i] - mean - 1.0
        r[n + i] = -mean - 1.0
    return r


def linear_full_rank_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.full((2 * n, n), -1.0 / float(n))
    for i in range(n):
        J[i, i] += 1.0
    return J


def linear_rank1(x):
    """i times the sum of j x_j, - 1; m = 2n."""
    n = x.size
    r = np.empty(2 * n)
    s = 0.0
    for j in range(n):
        s += float(j + 1) * x[j]
    for i in range(2 * n):
        r[i] = float(i + 1) * s - 1.0
    return r


def linear_rank1_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.empty((2 * n, n))
    for i in range(2 * n):
        for j in range(n):
            J[i, j] = float(i + 1) * float(j + 1)
    return J


def linear_rank1_zeros(x):
    """(i - 1) times the sum of j x_j without the first and the last, - 1; the first and the last row -1; m = 2n."""
    n = x.size
    r = np.full(2 * n, -1.0)
    s = 0.0
    for j in range(1, n - 1):
        s += float(j + 1) * x[j]
    for i in range(1, 2 * n - 1):
        r[i] += float(i) * s
    return r


def linear_rank1_zeros_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.zeros((2 * n, n))
    for i in range(1, 2 * n - 1):
        for j in range(1, n - 1):
            J[i, j] = float(i) * float(j + 1)
    return J


def chebyquad(x):
    """The mean of the shifted Chebyshev polynomial T_i over the points x, less its integral from 0 to 1."""
    n = x.size
    r = np.zeros(n)
    for j in range(n):
        y = 2.0 * x[j] - 1.0
        before, t = 1.0, y
        for i in range(n):
            r[i] += t
            before, t = t, 2.0 * y * t - before
    for i in range(n):
        r[i] = r[i] / float(n)
        if i % 2 == 1:
            r[i] += 1.0 / (float(i + 1) ** 2 - 1.0)
    return r


def chebyquad_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.empty((n, n))
    for j in range(n):
        y = 2.0 * x[j] - 1.0
        before, t, slope_before, slope = 1.0, y, 0.0, 2.0
        for i in range(n):
            J[i, j] = slope / float(n)
            slope_before, slope = slope, 4.0 * t + 2.0 * y * slope - slope_before
            before, t = t, 2.0 * y * t - before
    return J


def _same(n: int) -> int:
    return n


def _double(n: int) -> int:
    return 2 * n


def _grid(n: int) -> np.ndarray:
    return np.arange(1, n + 1) / (n + 1)


def _parabola(n: int) -> np.ndarray:
    return _grid(n) * (_grid(n) - 1.0)


def _ones(n: int) -> np.ndarray:
    return -np.ones(n)


def _full_rank(n: int) -> tuple[float]:
    return (float(n),)


def _rank1(n: int) -> tuple[float]:
    return (n * (2 * n - 1) / (4 * n + 1),)


def _zeros(n: int) -> tuple[float]:
    return ((2 * n * n + 3 * n - 3) / (4 * n - 3),)


FAMILIES = (
    Family(
        28,
        "Discrete boundary value",
        discrete_boundary_value,
        discrete_boundary_value_jacobian,
        _same,
        _parabola,
        (0.0,),
        n=10,
    ),
    Family(
        29,
        "Discrete integral equation",
        discrete_integral_equation,
        discrete_integral_equation_jacobian,
        _same,
        _parabola,
        (0.0,),
        n=10,
    ),
    Family(30, "Broyden tridiagonal", broyden_tridiagonal, broyden_tridiagonal_jacobian, _same, _ones, (0.0,), n=10),
    Family(31, "Broyden banded", broyden_banded, broyden_banded_jacobian, _same, _ones, (0.0,), n=10),
    Family(
        32, "Linear, full rank", linear_full_rank, linear_full_rank_jacobian, _double, np.ones, _full_rank, _ones, n=5
    ),
    Family(33, "Linear, rank 1", linear_rank1, linear_rank1_jacobian, _double, np.ones, _rank1, n=5),
    Family(
        34,
        "Linear, rank 1, zeros",
        linear_rank1_zeros,
        linear_rank1_zeros_jacobian,
        _double,
        np.ones,
        _zeros,
        n=5,
        least=3,
    ),
    Family(
        35,
        "Chebyquad",
        chebyquad,
        chebyquad_jacobian,
        _same,
        _grid,
        {**dict.fromkeys((1, 2, 3, 4, 5, 6, 7, 9), (0.0,)), 8: (3.51687e-3,), 10: (4.77271e-3, 6.50395e-3)},
        n=8,
    ),
)
