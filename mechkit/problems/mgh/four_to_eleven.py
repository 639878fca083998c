"""Problems 13 to 19 of More, Garbow and Hillstrom: four to eleven unknowns."""

from __future__ import annotations

import math

import numpy as np

from mechkit.problems.mgh.problem import Family

ROOT5, ROOT10, ROOT90 = math.sqrt(5.0), math.sqrt(10.0), math.sqrt(90.0)


def powell_singular(x):
    """Four quadratics and lines whose Jacobian is singular at the solution."""
    r = np.empty(4)
    r[0] = x[0] + 10.0 * x[1]
    r[1] = ROOT5 * (x[2] - x[3])
    r[2] = (x[1] - 2.0 * x[2]) ** 2
    r[3] = ROOT10 * (x[0] - x[3]) ** 2
    return r


def powell_singular_jacobian(x):
    """Its derivatives."""
    J = np.zeros((4, 4))
    a, b = 2.0 * (x[1] - 2.0 * x[2]), 2.0 * ROOT10 * (x[0] - x[3])
    J[0, 0], J[0, 1] = 1.0, 10.0
    J[1, 2], J[1, 3] = ROOT5, -ROOT5
    J[2, 1], J[2, 2] = a, -2.0 * a
    J[3, 0], J[3, 3] = b, -b
    return J


def wood(x):
    """Two of Rosenbrock's valleys, coupled."""
    r = np.empty(6)
    r[0] = 10.0 * (x[1] - x[0] ** 2)
    r[1] = 1.0 - x[0]
    r[2] = ROOT90 * (x[3] - x[2] ** 2)
    r[3] = 1.0 - x[2]
    r[4] = ROOT10 * (x[1] + x[3] - 2.0)
    r[5] = (x[1] - x[3]) / ROOT10
    return r


def wood_jacobian(x):
    """Its derivatives."""
    J = np.zeros((6, 4))
    J[0, 0], J[0, 1] = -20.0 * x[0], 10.0
    J[1, 0] = -1.0
    J[2, 2], J[2, 3] = -2.0 * ROOT90 * x[2], ROOT90
    J[3, 2] = -1.0
    J[4, 1], J[4, 3] = ROOT10, ROOT10
    J[5, 1], J[5, 3] = 1.0 / ROOT10, -1.0 / ROOT10
    return J


KOWALIK_Y = np.array([0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246])
KOWALIK_U = np.array([4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])


def kowalik_osborne(x):
    """y_i - x1 (u^2 + u x2) / (u^2 + u x3 + x4)."""
    r = np.empty(11)
    for i in range(11):
        u = KOWALIK_U[i]
        r[i] = KOWALIK_Y[i] - x[0] * (u * (u + x[1])) / (u * (u + x[2]) + x[3])
    return r


def kowalik_osborne_jacobian(x):
    """Its derivatives."""
    J = np.empty((11, 4))
    for i in range(11):
        u = KOWALIK_U[i]
        below = u * (u + x[2]) + x[3]
        a, b = u * (u + x[1]) / below, x[0] / below
        J[i, 0], J[i, 1], J[i, 2], J[i, 3] = -a, -b * u, a * b * u, a * b
    return J


def brown_dennis(x):
    """(x1 + t x2 - exp(t))^2 + (x3 + x4 sin(t) - cos(t))^2, t = i / 5."""
    r = np.empty(20)
    for i in range(20):
        t = 0.2 * float(i + 1)
        r[i] = (x[0] + t * x[1] - math.exp(t)) ** 2 + (x[2] + x[3] * math.sin(t) - math.cos(t)) ** 2
    return r


def brown_dennis_jacobian(x):
    """Its derivatives."""
    J = np.empty((20, 4))
    for i in range(20):
        t = 0.2 * float(i + 1)
        a = 2.0 * (x[0] + t * x[1] - math.exp(t))
        b = 2.0 * (x[2] + x[3] * math.sin(t) - math.cos(t))
        J[i, 0], J[i, 1], J[i, 2], J[i, 3] = a, a * t, b, b * math.sin(t)
    return J


# fmt: off
OSBORNE1_Y = np.array([
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603,
    0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411,
    0.406,
])
OSBORNE2_Y = np.array([
    1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616, 0.606,
    0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.500, 0.423,
    0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668,
    0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098,
    0.054,
])
# fmt: on


def osborne1(x):
    """y_i - (x1 + x2 exp(-t x4) + x3 exp(-t x5)), t = 10 (i - 1)."""
    r = np.empty(33)
    for i in range(33):
        t = 10.0 * float(i)
        r[i] = OSBORNE1_Y[i] - (x[0] + x[1] * math.exp(-t * x[3]) + x[2] * math.exp(-t * x[4]))
    return r


def osborne1_jacobian(x):
    """Its derivatives."""
    J = np.empty((33, 5))
    for i in range(33):
        t = 10.0 * float(i)
        a, b = math.exp(-t * x[3]), math.exp(-t * x[4])
        J[i, 0], J[i, 1], J[i, 2], J[i, 3], J[i, 4] = -1.0, -a, -b, t * x[1] * a, t * x[2] * b
    return J


def biggs(x):
    """x3 exp(-t x1) - x4 exp(-t x2) + x6 exp(-t x5) - (exp(-t) - 5 exp(-10 t) + 3 exp(-4 t)), t = i / 10."""
    r = np.empty(13)
    for i in range(13):
        t = 0.1 * float(i + 1)
        y = math.exp(-t) - 5.0 * math.exp(-10.0 * t) + 3.0 * math.exp(-4.0 * t)
        r[i] = x[2] * math.exp(-t * x[0]) - x[3] * math.exp(-t * x[1]) + x[5] * math.exp(-t * x[4]) - y
    return r


def biggs_jacobian(x):
    """Its derivatives."""
    J = np.empty((13, 6))
    for i in range(13):
        t = 0.1 * float(i + 1)
        a, b, c = math.exp(-t * x[0]), math.exp(-t * x[1]), math.exp(-t * x[4])
        J[i, 0], J[i, 1], J[i, 2] = -t * x[2] * a, t * x[3] * b, a
        J[i, 3], J[i, 4], J[i, 5] = -b, -t * x[5] * c, c
    return J


def osborne2(x):
    """y_i - x1 exp(-t x5) - the sum of three bells x_k exp(-(t - x_(7+k))^2 x_(4+k)), k = 2 ... 4, t = (i - 1) / 10."""
    r = np.empty(65)
    for i in range(65):
        t = 0.1 * float(i)
        s = x[0] * math.exp(-t * x[4])
        for k in range(1, 4):
            s += x[k] * math.exp(-((t - x[7 + k]) ** 2) * x[4 + k])
        r[i] = OSBORNE2_Y[i] - s
    return r


def osborne2_jacobian(x):
    """Its derivatives."""
    J = np.empty((65, 11))
    for i in range(65):
        t = 0.1 * float(i)
        e = math.exp(-t * x[4])
        J[i, 0], J[i, 4] = -e, t * x[0] * e
        for k in range(1, 4):
            d = t - x[7 + k]
            e = math.exp(-(d**2) * x[4 + k])
            J[i, k] = -e
            J[i, 4 + k] = x[k] * d**2 * e
            J[i, 7 + k] = -2.0 * x[k] * x[4 + k] * d * e
    return J


FAMILIES = (
    Family(
        13, "Powell singular", powell_singular, powell_singular_jacobian, 4, (3.0, -1.0, 0.0, 1.0), (0.0,), (0.0,) * 4
    ),
    Family(14, "Wood", wood, wood_jacobian, 6, (-3.0, -1.0, -3.0, -1.0), (0.0,), (1.0,) * 4),
    Family(
        15,
        "Kowalik and Osborne",
        kowalik_osborne,
        kowalik_osborne_jacobian,
        11,
        (0.25, 0.39, 0.415, 0.39),
        (3.07505e-4, 1.02734e-3),
    ),
    Family(16, "Brown and Dennis", brown_dennis, brown_dennis_jacobian, 20, (25.0, 5.0, -5.0, -1.0), (85822.2,)),
    Family(17, "Osborne 1", osborne1, osborne1_jacobian, 33, (0.5, 1.5, -1.0, 0.01, 0.02), (5.46489e-5,)),
    Family(
        18,
        "Biggs EXP6",
        biggs,
        biggs_jacobian,
        13,
        (1.0, 2.0, 1.0, 1.0, 1.0, 1.0),
        (0.0, 5.65565e-3),
        (1.0, 10.0, 1.0, 5.0, 4.0, 3.0),
    ),
    Family(
        19,
        "Osborne 2",
        osborne2,
        osborne2_jacobian,
        65,
        (1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5),
        (4.01377e-2,),
    ),
)
