"""Problems 20 to 27 of More, Garbow and Hillstrom: as many unknowns as one likes."""

from __future__ import annotations

import math

import numpy as np

from mechkit.problems.mgh.problem import Family

ROOT5, ROOT10 = math.sqrt(5.0), math.sqrt(10.0)


def watson(x):
    """y' - y^2 - 1 at 29 points, y the polynomial with coefficients x, then x1, x2 - x1^2 - 1."""
    r = np.empty(31)
    for i in range(29):
        t = float(i + 1) / 29.0
        slope, y, power = 0.0, x[0], 1.0
        for j in range(1, x.size):
            slope += float(j) * x[j] * power
            power = power * t
            y += x[j] * power
        r[i] = slope - y**2 - 1.0
    r[29] = x[0]
    r[30] = x[1] - x[0] ** 2 - 1.0
    return r


def watson_jacobian(x):
    """Its derivatives."""
    J = np.zeros((31, x.size))
    for i in range(29):
        t = float(i + 1) / 29.0
        y, power = x[0], 1.0
        for j in range(1, x.size):
            power = power * t
            y += x[j] * power
        J[i, 0], power = -2.0 * y, 1.0
        for j in range(1, x.size):
            J[i, j] = power * (float(j) - 2.0 * y * t)
            power = power * t
    J[29, 0] = 1.0
    J[30, 0], J[30, 1] = -2.0 * x[0], 1.0
    return J


def extended_rosenbrock(x):
    """Rosenbrock's function of each pair of unknowns."""
    r = np.empty(x.size)
    for i in range(0, x.size, 2):
        r[i] = 10.0 * (x[i + 1] - x[i] ** 2)
        r[i + 1] = 1.0 - x[i]
    return r


def extended_rosenbrock_jacobian(x):
    """Its derivatives."""
    J = np.zeros((x.size, x.size))
    for i in range(0, x.size, 2):
        J[i, i], J[i, i + 1] = -20.0 * x[i], 10.0
        J[i + 1, i] = -1.0
    return J


def extended_powell_singular(x):
    """Powell's singular function of each four unknowns."""
    r = np.empty(x.size)
    for i in range(0, x.size, 4):
        r[i] = x[i] + 10.0 * x[i + 1]
        r[i + 1] = ROOT5 * (x[i + 2] - x[i + 3])
        r[i + 2] = (x[i + 1] - 2.0 * x[i + 2]) ** 2
        r[i + 3] = ROOT10 * (x[i] - x[i + 3]) ** 2
    return r


def extended_powell_singular_jacobian(x):
    """Its derivatives."""
    J = np.zeros((x.size, x.size))
    for i in range(0, x.size, 4):
        a, b = 2.0 * (x[i + 1] - 2.0 * x[i + 2]), 2.0 * ROOT10 * (x[i] - x[i + 3])
        J[i, i], J[i, i + 1] = 1.0, 10.0
        J[i + 1, i + 2], J[i + 1, i + 3] = ROOT5, -ROOT5
        J[i + 2, i + 1], J[i + 2, i + 2] = a, -2.0 * a
        J[i + 3, i], J[i + 3, i + 3] = b, -b
    return J


ROOT_A = math.sqrt(1e-5)


def penalty1(x):
    """10^-5/2 (x_i - 1), and |x|^2 - 1/4."""
    n = x.size
    r = np.empty(n + 1)
    s = -0.25
    for i in range(n):
        r[i] = ROOT_A * (x[i] - 1.0)
        s += x[i] ** 2
    r[n] = s
    return r


def penalty1_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.zeros((n + 1, n))
    for i in range(n):
        J[i, i] = ROOT_A
        J[n, i] = 2.0 * x[i]
    return J


def penalty2(x):
    """x1 - 0.2, differences of exponentials, and the sum of (n - j + 1) x_j^2, less 1."""
    n = x.size
    r = np.empty(2 * n)
    r[0] = x[0] - 0.2
    s = float(n) * x[0] ** 2 - 1.0
    for i in range(1, n):
        y = math.exp(0.1 * float(i + 1)) + math.exp(0.1 * float(i))
        r[i] = ROOT_A * (math.exp(0.1 * x[i]) + math.exp(0.1 * x[i - 1]) - y)
        r[n + i - 1] = ROOT_A * (math.exp(0.1 * x[i]) - math.exp(-0.1))
        s += float(n - i) * x[i] ** 2
    r[2 * n - 1] = s
    return r


def penalty2_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.zeros((2 * n, n))
    J[0, 0] = 1.0
    J[2 * n - 1, 0] = 2.0 * float(n) * x[0]
    for i in range(1, n):
        slope = 0.1 * ROOT_A * math.exp(0.1 * x[i])
        J[i, i], J[i, i - 1] = slope, 0.1 * ROOT_A * math.exp(0.1 * x[i - 1])
        J[n + i - 1, i] = slope
        J[2 * n - 1, i] = 2.0 * float(n - i) * x[i]
    return J


def variably_dimensioned(x):
    """x_i - 1, s = the sum of j (x_j - 1), and s^2."""
    n = x.size
    r = np.empty(n + 2)
    s = 0.0
    for i in range(n):
        r[i] = x[i] - 1.0
        s += float(i + 1) * r[i]
    r[n], r[n + 1] = s, s**2
    return r


def variably_dimensioned_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.zeros((n + 2, n))
    s = 0.0
    for i in range(n):
        s += float(i + 1) * (x[i] - 1.0)
    for i in range(n):
        J[i, i] = 1.0
        J[n, i] = float(i + 1)
        J[n + 1, i] = 2.0 * s * float(i + 1)
    return J


def trigonometric(x):
    """n - the sum of cos x_j + i (1 - cos x_i) - sin x_i."""
    n = x.size
    r = np.empty(n)
    s = float(n)
    for i in range(n):
        s -= math.cos(x[i])
    for i in range(n):
        r[i] = s + float(i + 1) * (1.0 - math.cos(x[i])) - math.sin(x[i])
    return r


def trigonometric_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.empty((n, n))
    for j in range(n):
        sine = math.sin(x[j])
        for i in range(n):
            J[i, j] = sine
        J[j, j] += float(j + 1) * sine - math.cos(x[j])
    return J


def brown_almost_linear(x):
    """x_i + the sum of all - (n + 1), the last the product of all less 1."""
    n = x.size
    r = np.empty(n)
    s, p = -float(n + 1), 1.0
    for i in range(n):
        s += x[i]
        p = p * x[i]
    for i in range(n - 1):
        r[i] = x[i] + s
    r[n - 1] = p - 1.0
    return r


def brown_almost_linear_jacobian(x):
    """Its derivatives."""
    n = x.size
    J = np.ones((n, n))
    for i in range(n - 1):
        J[i, i] = 2.0
    for j in range(n):
        for k in range(n):
            if k != j:
                J[n - 1, j] = J[n - 1, j] * x[k]
    return J


FAMILIES = (
    Family(
        20,
        "Watson",
        watson,
        watson_jacobian,
        31,
        np.zeros,
        {6: (2.28767e-3,), 9: (1.39976e-6,), 12: (4.72238e-10,)},
        n=6,
        least=2,
        most=31,
    ),
    Family(
        21,
        "Extended Rosenbrock",
        extended_rosenbrock,
        extended_rosenbrock_jacobian,
        lambda n: n,
        lambda n: np.tile([-1.2, 1.0], n // 2),
        (0.0,),
        np.ones,
        n=10,
        multiple=2,
        least=2,
    ),
    Family(
        22,
        "Extended Powell singular",
        extended_powell_singular,
        extended_powell_singular_jacobian,
        lambda n: n,
        lambda n: np.tile([3.0, -1.0, 0.0, 1.0], n // 4),
        (0.0,),
        np.zeros,
        n=12,
        multiple=4,
        least=4,
    ),
    Family(
        23,
        "Penalty I",
        penalty1,
        penalty1_jacobian,
        lambda n: n + 1,
        lambda n: np.arange(1, n + 1),
        {4: (2.24997e-5,), 10: (7.08765e-5,)},
        n=10,
    ),
    Family(
        24,
        "Penalty II",
        penalty2,
        penalty2_jacobian,
        lambda n: 2 * n,
        lambda n: np.full(n, 0.5),
        {4: (9.37629e-6,), 10: (2.93660e-4,)},
        n=10,
    ),
    Family(
        25,
        "Variably dimensioned",
        variably_dimensioned,
        variably_dimensioned_jacobian,
        lambda n: n + 2,
        lambda n: 1.0 - np.arange(1, n + 1) / n,
        (0.0,),
        np.ones,
        n=10,
    ),
    Family(
        26,
        "Trigonometric",
        trigonometric,
        trigonometric_jacobian,
        lambda n: n,
        lambda n: np.full(n, 1.0 / n),
        lambda n: (0.0, 2.79506e-5) if n == 10 else (0.0,),
        np.zeros,
        n=10,
    ),
    Family(
        27,
        "Brown almost-linear",
        brown_almost_linear,
        brown_almost_linear_jacobian,
        lambda n: n,
        lambda n: np.full(n, 0.5),
        (0.0, 1.0),
        np.ones,
        n=10,
        least=2,
    ),
)
