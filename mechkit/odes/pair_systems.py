"""(a + ib) I - J, factored and solved in real numbers, full or banded: the complex system of a step of Radau IIA.

J, bands : see shifted_systems.py. LU (2, n, n) holds the real and the imaginary parts, with one over each pivot on the
diagonal; z (2n,) holds them in turn. For a band LU is (1, 1, 2n (2l + u + 1)), what `eliminate_complex_band` takes as
pairs.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import float64, int32, int64, void

from mechkit.counting import by_address, kernel
from mechkit.linear_systems.flags import ANY_ORDER, FUSED
from mechkit.odes.band_substitution import substitute

#: What the kernels are compiled for: a, b, J, LU, piv, bands; and LU, piv, bands, z.
FACTOR_PAIR = int64(float64, float64, float64[:, ::1], float64[:, :, ::1], int32[::1], int64[::1])
SOLVE_PAIR = void(float64[:, :, ::1], int32[::1], int64[::1], float64[::1])


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_pair(a, b, J, LU, piv, bands):
    """LU = the factors of (a + ib) I - J. Returns the number of pivots that are not zero.

    >>> from mechkit import law
    >>> law(factor_pair, n=range(2, 8)).flops
    Polynomial('8n^3/3 - n^2/2 + 29n/6')
    """
    # Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., code RADAU5, DECC
    n = piv.size
    real, imaginary = LU[0], LU[1]
    for i in range(n):
        for j in range(n):
            real[i, j] = -J[i, j]
            imaginary[i, j] = 0.0
        real[i, i] = real[i, i] + a
        imaginary[i, i] = b
    for k in range(n):
        p = k  # 1  find the pivot
        largest = abs(real[k, k]) + abs(imaginary[k, k])
        for i in range(k + 1, n):
            size = abs(real[i, k]) + abs(imaginary[i, k])
            if size > largest:
                p, largest = i, size
        piv[k] = p
        if largest == 0.0:
            return k

        x, y = real[k], imaginary[k]
        there_x, there_y = real[p], imaginary[p]
        for j in range(n):  # 2  interchange rows
            x[j], there_x[j] = there_x[j], x[j]
            y[j], there_y[j] = there_y[j], y[j]

        if abs(x[k]) >= abs(y[k]):  # 3  one over the pivot, without its square, which may be too large
            ratio = y[k] / x[k]
            x[k] = 1.0 / (x[k] + y[k] * ratio)
            y[k] = -ratio * x[k]
        else:
            ratio = x[k] / y[k]
            y[k] = -1.0 / (x[k] * ratio + y[k])
            x[k] = -ratio * y[k]

        right_x, right_y = x[k + 1 :], y[k + 1 :]
        for i in range(k + 1, n):  # 4  eliminate below the pivot
            m = real[i, k] * x[k] - imaginary[i, k] * y[k]
            w = real[i, k] * y[k] + imaginary[i, k] * x[k]
            real[i, k], imaginary[i, k] = m, w
            u, v = real[i, k + 1 :], imaginary[i, k + 1 :]
            for j in range(u.size):
                u[j] = u[j] - (m * right_x[j] - w * right_y[j])
                v[j] = v[j] - (m * right_y[j] + w * right_x[j])
    return n


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def solve_pair(LU, piv, bands, z):
    """Solve with the factors of `factor_pair`, in place of z.

    >>> from mechkit import law
    >>> law(solve_pair, n=range(1, 6)).flops
    Polynomial('8n^2 - 2n')
    """
    n = piv.size
    real, imaginary = LU[0], LU[1]
    for k in range(n):  # 1  interchange
        p = piv[k]
        z[2 * k], z[2 * p] = z[2 * p], z[2 * k]
        z[2 * k + 1], z[2 * p + 1] = z[2 * p + 1], z[2 * k + 1]
    for i in range(n):  # 2  forward
        x, y = real[i], imaginary[i]
        r, s = z[2 * i], z[2 * i + 1]
        for j in range(i):
            r = r - (x[j] * z[2 * j] - y[j] * z[2 * j + 1])
            s = s - (x[j] * z[2 * j + 1] + y[j] * z[2 * j])
        z[2 * i], z[2 * i + 1] = r, s
    for k in range(n):  # 3  back
        i = n - 1 - k
        x, y, known = real[i, i + 1 :], imaginary[i, i + 1 :], z[2 * i + 2 :]
        r, s = z[2 * i], z[2 * i + 1]
        for j in range(x.size):
            r = r - (x[j] * known[2 * j] - y[j] * known[2 * j + 1])
            s = s - (x[j] * known[2 * j + 1] + y[j] * known[2 * j])
        z[2 * i] = r * real[i, i] - s * imaginary[i, i]
        z[2 * i + 1] = r * imaginary[i, i] + s * real[i, i]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def eliminate_complex_band(C, l, u, piv):
    """`linear_systems.banded.eliminate_band` for complex numbers, with one over each pivot in its place.

    The size of a number is |x| + |y|, which takes no root. Here with l = 2, u = 1, and no interchange:

    >>> from mechkit import law
    >>> law(eliminate_complex_band, n=range(4, 9)).flops
    Polynomial('42n - 45')
    """
    # Hairer and Wanner, code RADAU5, DECBC; a[i, j] is C[l + u + i + j (2l + u)]
    n, right, diagonal = piv.size, 2 * l + u, l + u
    reach = 0  # the last column in which a row so far is not zero
    for k in range(n):
        here, below = k * (right + 1) + diagonal, min(l, n - 1 - k)
        p = 0  # 1  find the pivot
        largest = abs(C[here].real) + abs(C[here].imag)
        for i in range(1, below + 1):
            size = abs(C[here + i].real) + abs(C[here + i].imag)
            if size > largest:
                p, largest = i, size
        piv[k] = k + p
        if largest == 0.0:
            return k
        reach = max(reach, min(k + p + u, n - 1))

        if p > 0:  # 2  interchange rows
            for j in range(reach - k + 1):
                there = here + j * right
                C[there], C[there + p] = C[there + p], C[there]

        inverse = 1.0 / C[here]  # 3  eliminate below the pivot, a column at a time
        C[here] = inverse
        for i in range(1, below + 1):
            C[here + i] = C[here + i] * inverse
        for j in range(1, reach - k + 1):
            there = here + j * right
            m = C[there]
            for i in range(1, below + 1):
                C[there + i] = C[there + i] - m * C[here + i]
    return n


@kernel(cache=True, error_model="numpy")
def factor_pair_band(a, b, J, LU, piv, bands):
    """`factor_pair` within a band; here with l = 2, u = 1, and no interchange:

    >>> from mechkit import law
    >>> law(factor_pair_band, n=range(4, 9)).flops
    Polynomial('44n - 45')
    """
    l, u = bands[0], bands[1]
    columns, width = LU[0, 0].view(np.complex128), J.shape[1]
    for i in range(J.shape[0]):
        for j in range(width):
            columns[i * width + j] = complex(-J[i, j], 0.0)
    for j in range(piv.size):
        columns[j * width + l + u] = columns[j * width + l + u] + complex(a, b)
    return eliminate_complex_band(columns, l, u, piv)


@kernel(cache=True, error_model="numpy")
def solve_pair_band(LU, piv, bands, z):
    """Solve with the factors of `factor_pair_band`, in place of z; here with l = 2, u = 1:

    >>> from mechkit import law
    >>> law(solve_pair_band, n=range(5, 10)).flops
    Polynomial('46n - 72')
    """
    substitute(LU[0, 0].view(np.complex128), bands[0], bands[1], piv, z.view(np.complex128))


@cache
def pair_system(banded: bool) -> tuple[Any, Any]:
    """The kernels that factor and solve, by address.

    >>> factor, solve = pair_system(banded=False)
    >>> J, LU, piv, bands = np.zeros((1, 1)), np.zeros((2, 1, 1)), np.zeros(1, np.int32), np.zeros(2, np.int64)
    >>> z = np.ones(2)
    >>> done = factor(0.0, 2.0, J, LU, piv, bands)
    >>> solve(LU, piv, bands, z)
    >>> z  # (1 + i) / 2i
    array([ 0.5, -0.5])
    """
    factor, solve = (factor_pair_band, solve_pair_band) if banded else (factor_pair, solve_pair)
    return by_address(factor, FACTOR_PAIR), by_address(solve, SOLVE_PAIR)


def pair_memory(n: int, width: int, banded: bool) -> tuple[np.ndarray, np.ndarray, Any, Any]:
    """LU and piv for n unknowns, and the kernels that factor and solve; width : 2l + u + 1 of a band.

    >>> pair_memory(100, 0, banded=False)[0].shape
    (2, 100, 100)
    """
    shape = (1, 1, 2 * n * width) if banded else (2, n, n)
    return np.zeros(shape), np.zeros(n, np.int32), *pair_system(banded)


@factor_pair.example
def _(n):
    J = np.diag(np.full(n, -1.0)) + 0.1 / n
    return np.float64(2.0), np.float64(1.0), J, np.zeros((2, n, n)), np.zeros(n, np.int32), np.zeros(2, np.int64)


@solve_pair.example
def _(n):
    LU = np.array([np.eye(n), np.zeros((n, n))])
    return LU, np.arange(n, dtype=np.int32), np.zeros(2, np.int64), np.ones(2 * n)


@eliminate_complex_band.example
def _(n):
    C = np.full((n, 6), complex(-0.1, 0.1))
    C[:, :2] = 0.0
    C[:, 3] = complex(2.0, 1.0)
    return C.ravel(), 2, 1, np.zeros(n, np.int32)


@factor_pair_band.example
def _(n):
    J = np.full((n, 6), -0.1)
    J[:, :2] = 0.0
    return np.float64(2.0), np.float64(1.0), J, np.zeros((1, 1, 12 * n)), np.zeros(n, np.int32), np.array([2, 1])


@solve_pair_band.example
def _(n):
    return np.full((1, 1, 12 * n), 0.1), np.arange(n, dtype=np.int32), np.array([2, 1]), np.ones(2 * n)
