"""Problems 1 to 12 of More, Garbow and Hillstrom: two and three unknowns."""

from __future__ import annotations

import math

import numpy as np

from mechkit.problems.mgh.problem import Family


def rosenbrock(x):
    """10 (x2 - x1^2), 1 - x1: a curved valley."""
    r = np.empty(2)
    r[0] = 10.0 * (x[1] - x[0] ** 2)
    r[1] = 1.0 - x[0]
    return r


def rosenbrock_jacobian(x):
    """Its derivatives."""
    J = np.empty((2, 2))
    J[0, 0], J[0, 1] = -20.0 * x[0], 10.0
    J[1, 0], J[1, 1] = -1.0, 0.0
    return J


def freudenstein_roth(x):
    """Two cubics in x2: a local minimum beside the root."""
    r = np.empty(2)
    r[0] = -13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1]
    r[1] = -29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1]
    return r


def freudenstein_roth_jacobian(x):
    """Its derivatives."""
    J = np.empty((2, 2))
    J[0, 0], J[0, 1] = 1.0, (10.0 - 3.0 * x[1]) * x[1] - 2.0
    J[1, 0], J[1, 1] = 1.0, (3.0 * x[1] + 2.0) * x[1] - 14.0
    return J


def powell_badly_scaled(x):
    """10^4 x1 x2 - 1, exp(-x1) + exp(-x2) - 1.0001."""
    r = np.empty(2)
    r[0] = 1e4 * x[0] * x[1] - 1.0
    r[1] = math.exp(-x[0]) + math.exp(-x[1]) - 1.0001
    return r


def powell_badly_scaled_jacobian(x):
    """Its derivatives."""
    J = np.empty((2, 2))
    J[0, 0], J[0, 1] = 1e4 * x[1], 1e4 * x[0]
    J[1, 0], J[1, 1] = -math.exp(-x[0]), -math.exp(-x[1])
    return J


def brown_badly_scaled(x):
    """x1 - 10^6, x2 - 2 10^-6, x1 x2 - 2."""
    r = np.empty(3)
    r[0] = x[0] - 1e6
    r[1] = x[1] - 2e-6
    r[2] = x[0] * x[1] - 2.0
    return r


def brown_badly_scaled_jacobian(x):
    """Its derivatives."""
    J = np.empty((3, 2))
    J[0, 0], J[0, 1] = 1.0, 0.0
    J[1, 0], J[1, 1] = 0.0, 1.0
    J[2, 0], J[2, 1] = x[1], x[0]
    return J


def beale(x):
    """y_i - x1 (1 - x2^i)."""
    r = np.empty(3)
    r[0] = 1.5 - x[0] * (1.0 - x[1])
    r[1] = 2.25 - x[0] * (1.0 - x[1] ** 2)
    r[2] = 2.625 - x[0] * (1.0 - x[1] ** 3)
    return r


def beale_jacobian(x):
    """Its derivatives."""
    J = np.empty((3, 2))
    J[0, 0], J[0, 1] = x[1] - 1.0, x[0]
    J[1, 0], J[1, 1] = x[1] ** 2 - 1.0, 2.0 * x[0] * x[1]
    J[2, 0], J[2, 1] = x[1] ** 3 - 1.0, 3.0 * x[0] * x[1] ** 2
    return J


def jennrich_sampson(x):
    """2 + 2i - (exp(i x1) + exp(i x2))."""
    r = np.empty(10)
    for i in range(10):
        k = float(i + 1)
        r[i] = 2.0 + 2.0 * k - (math.exp(k * x[0]) + math.exp(k * x[1]))
    return r


def jennrich_sampson_jacobian(x):
    """Its derivatives."""
    J = np.empty((10, 2))
    for i in range(10):
        k = float(i + 1)
        J[i, 0] = -k * math.exp(k * x[0])
        J[i, 1] = -k * math.exp(k * x[1])
    return J


def helical_valley(x):
    """The angle of (x1, x2) against x3, their radius against 1, and x3."""
    r = np.empty(3)
    if x[0] == 0.0:
        turns = math.copysign(0.25, x[1])
    else:
        turns = math.atan(x[1] / x[0]) / (2.0 * math.pi)
        if x[0] < 0.0:
            turns = turns + 0.5
    r[0] = 10.0 * (x[2] - 10.0 * turns)
    r[1] = 10.0 * (math.sqrt(x[0] ** 2 + x[1] ** 2) - 1.0)
    r[2] = x[2]
    return r


def helical_valley_jacobian(x):
    """Its derivatives."""
    J = np.zeros((3, 3))
    square = x[0] ** 2 + x[1] ** 2
    angular = 100.0 / (2.0 * math.pi * square)
    radial = 10.0 / math.sqrt(square)
    J[0, 0], J[0, 1], J[0, 2] = angular * x[1], -angular * x[0], 10.0
    J[1, 0], J[1, 1] = radial * x[0], radial * x[1]
    J[2, 2] = 1.0
    return J


BARD_Y = np.array([0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39])


def bard(x):
    """y_i - (x1 + u / (v x2 + w x3)), u = i, v = 16 - i, w = min(u, v)."""
    r = np.empty(15)
    for i in range(15):
        u, v = float(i + 1), float(15 - i)
        r[i] = BARD_Y[i] - (x[0] + u / (v * x[1] + min(u, v) * x[2]))
    return r


def bard_jacobian(x):
    """Its derivatives."""
    J = np.empty((15, 3))
    for i in range(15):
        u, v = float(i + 1), float(15 - i)
        w = min(u, v)
        slope = u / (v * x[1] + w * x[2]) ** 2
        J[i, 0], J[i, 1], J[i, 2] = -1.0, slope * v, slope * w
    return J


_HALF_BELL = [0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521]
GAUSSIAN_Y = np.array([*_HALF_BELL, 0.3989, *_HALF_BELL[::-1]])


def gaussian(x):
    """x1 exp(-x2 (t_i - x3)^2 / 2) - y_i, t_i = (8 - i) / 2."""
    r = np.empty(15)
    for i in range(15):
        t = 0.5 * float(7 - i)
        r[i] = x[0] * math.exp(-0.5 * x[1] * (t - x[2]) ** 2) - GAUSSIAN_Y[i]
    return r


def gaussian_jacobian(x):
    """Its derivatives."""
    J = np.empty((15, 3))
    for i in range(15):
        d = 0.5 * float(7 - i) - x[2]
        e = math.exp(-0.5 * x[1] * d**2)
        J[i, 0], J[i, 1], J[i, 2] = e, -0.5 * d**2 * x[0] * e, x[0] * x[1] * d * e
    return J


MEYER_Y = np.array(
    [34780.0, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872]
)


def meyer(x):
    """x1 exp(x2 / (t_i + x3)) - y_i, t_i = 45 + 5i."""
    r = np.empty(16)
    for i in range(16):
        t = 50.0 + 5.0 * float(i)
        r[i] = x[0] * math.exp(x[1] / (t + x[2])) - MEYER_Y[i]
    return r


def meyer_jacobian(x):
    """Its derivatives."""
    J = np.empty((16, 3))
    for i in range(16):
        d = 50.0 + 5.0 * float(i) + x[2]
        e = math.exp(x[1] / d)
        slope = x[0] * e / d
        J[i, 0], J[i, 1], J[i, 2] = e, slope, -slope * x[1] / d
    return J


GULF_T = np.arange(1, 100) / 100.0
GULF_Y = 25.0 + (-50.0 * np.log(GULF_T)) ** (2.0 / 3.0)


def gulf(x):
    """exp(-|y_i - x2|^x3 / x1) - t_i, t_i = i / 100, y_i = 25 + (-50 log t_i)^(2/3)."""
    r = np.empty(99)
    for i in range(99):
        r[i] = math.exp(-(abs(GULF_Y[i] - x[1]) ** x[2]) / x[0]) - GULF_T[i]
    return r


def gulf_jacobian(x):
    """Its derivatives."""
    J = np.empty((99, 3))
    for i in range(99):
        d = GULF_Y[i] - x[1]
        p = abs(d) ** x[2] / x[0]
        slope = p * math.exp(-p)
        J[i, 0], J[i, 1], J[i, 2] = slope / x[0], slope * x[2] / d, -slope * math.log(abs(d))
    return J


def box(x):
    """exp(-t x1) - exp(-t x2) - x3 (exp(-t) - exp(-10 t)), t = i / 10."""
    r = np.empty(10)
    for i in range(10):
        t = 0.1 * float(i + 1)
        r[i] = math.exp(-t * x[0]) - math.exp(-t * x[1]) - x[2] * (math.exp(-t) - math.exp(-10.0 * t))
    return r


def box_jacobian(x):
    """Its derivatives."""
    J = np.empty((10, 3))
    for i in range(10):
        t = 0.1 * float(i + 1)
        J[i, 0] = -t * math.exp(-t * x[0])
        J[i, 1] = t * math.exp(-t * x[1])
        J[i, 2] = math.exp(-10.0 * t) - math.exp(-t)
    return J


FAMILIES = (
    Family(1, "Rosenbrock", rosenbrock, rosenbrock_jacobian, 2, (-1.2, 1.0), (0.0,), (1.0, 1.0)),
    Family(
        2,
        "Freudenstein and Roth",
        freudenstein_roth,
        freudenstein_roth_jacobian,
        2,
        (0.5, -2.0),
        (0.0, 48.98425368),
        (5.0, 4.0),
    ),
    Family(3, "Powell badly scaled", powell_badly_scaled, powell_badly_scaled_jacobian, 2, (0.0, 1.0), (0.0,)),
    Family(
        4, "Brown badly scaled", brown_badly_scaled, brown_badly_scaled_jacobian, 3, (1.0, 1.0), (0.0,), (1e6, 2e-6)
    ),
    Family(5, "Beale", beale, beale_jacobian, 3, (1.0, 1.0), (0.0,), (3.0, 0.5)),
    Family(6, "Jennrich and Sampson", jennrich_sampson, jennrich_sampson_jacobian, 10, (0.3, 0.4), (124.362,)),
    Family(7, "Helical valley", helical_valley, helical_valley_jacobian, 3, (-1.0, 0.0, 0.0), (0.0,), (1.0, 0.0, 0.0)),
    Family(8, "Bard", bard, bard_jacobian, 15, (1.0, 1.0, 1.0), (8.21487e-3, 17.4286)),
    Family(9, "Gaussian", gaussian, gaussian_jacobian, 15, (0.4, 1.0, 0.0), (1.12793e-8,)),
    Family(10, "Meyer", meyer, meyer_jacobian, 16, (0.02, 4000.0, 250.0), (87.9458,)),
    Family(11, "Gulf research and development", gulf, gulf_jacobian, 99, (5.0, 2.5, 0.15), (0.0,), (50.0, 25.0, 1.5)),
    Family(12, "Box three-dimensional", box, box_jacobian, 10, (0.0, 10.0, 20.0), (0.0,), (1.0, 10.0, 1.0)),
)
