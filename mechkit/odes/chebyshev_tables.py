"""The numbers of Runge-Kutta-Chebyshev methods of order 1 and 2, by the number of stages.

All are rows mu, nu, mu~, gamma~ and c, each (s + 1,), of one recursion; see `chebyshev_steps.chebyshev_step`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

#: Damping of order 2: the factor is at most 1 - 1/3 of this inside, so that the region has some width.
DAMPING = 2.0 / 13.0
#: Damping of order 1: the factor is at most 1 less this inside.
FIRST_DAMPING = 0.05
#: The errors of the steps of order 1 add up, as there are many: each may be this part of the tolerance.
ERRORS_ADD_UP = 0.03


@dataclass(frozen=True)
class Chebyshev:
    """A method for every number of stages.

    order : of the method; coefficients(s) : its numbers.

    reach(s) : how far it is stable along the negative real axis.

    weights(s) : of y - y_new, of h f at the start and of h f at the end, in the estimate of the error.

    part : what the error of a step may be, of the tolerance.
    """

    order: int
    coefficients: Callable[[int], np.ndarray]
    reach: Callable[[int], float]
    weights: Callable[[int], tuple[float, float, float]]
    part: float = 1.0

    def stages(self, reach: float) -> int:
        """The smallest number of stages that reach so far.

        >>> RKC1.stages(193.0), RKC2.stages(193.0)
        (10, 18)
        """
        s = max(2, math.ceil(math.sqrt(reach / self.reach(1000)) * 1000) - 1)
        while self.reach(s) < reach:
            s += 1
        return s


def first_order(s: int) -> np.ndarray:
    """The numbers of the method of order 1 and s stages, whose factor is T_s(w0 + w1 z) / T_s(w0).

    >>> first_order(2)[4].round(4).tolist()
    [0.0, 0.2561, 1.0]
    """
    # Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., (IV.2.10) to (IV.2.17)
    w0 = 1.0 + FIRST_DAMPING / (s * s)
    T, dT = chebyshev_values(s, w0)
    w1 = T[s] / dT[s]
    mu, nu, mu_f, gamma_f, c = np.zeros((5, s + 1))
    mu_f[1] = w1 / w0
    c[1:] = w1 * dT[1:] / T[1:]
    for j in range(2, s + 1):
        mu[j], nu[j], mu_f[j] = 2.0 * w0 * T[j - 1] / T[j], -T[j - 2] / T[j], 2.0 * w1 * T[j - 1] / T[j]
    return np.array([mu, nu, mu_f, gamma_f, c])


def chebyshev_values(s: int, x: float) -> tuple[np.ndarray, np.ndarray]:
    """Chebyshev's polynomials of degree 0 to s at x, and their derivatives.

    >>> chebyshev_values(2, 1.0)
    (array([1., 1., 1.]), array([0., 1., 4.]))
    """
    T, dT = np.zeros((2, s + 1))
    T[0], T[1], dT[1] = 1.0, x, 1.0
    for j in range(2, s + 1):
        T[j] = 2.0 * x * T[j - 1] - T[j - 2]
        dT[j] = 2.0 * T[j - 1] + 2.0 * x * dT[j - 1] - dT[j - 2]
    return T, dT


@cache
def first_reach(s: int) -> float:
    """How far s stages of order 1 are stable along the negative real axis: nearly 2 s^2, less the damping.

    >>> [round(first_reach(s), 1) for s in (2, 10, 100)]
    [7.8, 193.6, 19359.0]
    """
    # Hairer and Wanner, section IV.2: where w0 + w1 z is -1
    w0 = 1.0 + FIRST_DAMPING / (s * s)
    T, dT = chebyshev_values(s, w0)
    return float((1.0 + w0) * dT[s] / T[s])


def first_weights(s: int) -> tuple[float, float, float]:
    """The error of a step, h^2 y'' times what the factor has too little of z^2 / 2, by the change of f.

    >>> [round(weight, 4) for weight in first_weights(10)]
    [0.0, -0.3307, 0.3307]
    """
    w0 = 1.0 + FIRST_DAMPING / (s * s)
    T, dT = chebyshev_values(s, w0)
    second = (w0 * dT[s] - s * s * T[s]) / (1.0 - w0 * w0)  # Chebyshev's differential equation
    part = float(0.5 - 0.5 * second * T[s] / dT[s] ** 2)
    return 0.0, -part, part


def second_order(s: int) -> np.ndarray:
    """The numbers of a step of s stages, rows mu, nu, mu~, gamma~ and c, each (s + 1,), by the recursion of Chebyshev.

    >>> second_order(2)[4].round(4).tolist()
    [0.0, 0.2407, 1.0]
    """
    # Sommeijer, Shampine and Verwer, RKC: an explicit solver for parabolic PDEs, 1998, section 2.1
    w0 = 1.0 + DAMPING / (s * s)
    T, dT, d2T = np.zeros((3, s + 1))
    T[0], T[1], dT[1] = 1.0, w0, 1.0
    for j in range(2, s + 1):
        T[j] = 2.0 * w0 * T[j - 1] - T[j - 2]
        dT[j] = 2.0 * T[j - 1] + 2.0 * w0 * dT[j - 1] - dT[j - 2]
        d2T[j] = 4.0 * dT[j - 1] + 2.0 * w0 * d2T[j - 1] - d2T[j - 2]
    w1 = dT[s] / d2T[s]
    b = np.empty(s + 1)
    b[2:] = d2T[2:] / dT[2:] ** 2
    b[0] = b[1] = b[2]
    mu, nu, mu_f, gamma_f, c = np.zeros((5, s + 1))
    mu_f[1] = b[1] * w1
    c[2:] = w1 * d2T[2:] / dT[2:]
    c[1] = c[2] / dT[2]
    for j in range(2, s + 1):
        mu[j], nu[j], mu_f[j] = 2.0 * b[j] * w0 / b[j - 1], -b[j] / b[j - 2], 2.0 * b[j] * w1 / b[j - 1]
        gamma_f[j] = -(1.0 - b[j - 1] * T[j - 1]) * mu_f[j]
    return np.array([mu, nu, mu_f, gamma_f, c])


def second_reach(s: int) -> float:
    """How far s stages are stable along the negative real axis.

    >>> [round(second_reach(s), 1) for s in (2, 10, 100)]
    [2.0, 64.6, 6529.3]
    """
    # Sommeijer, Shampine and Verwer, section 2.1
    return 2.0 / 3.0 * (s * s - 1.0) * (1.0 - 2.0 / 15.0 * DAMPING)


def second_weights(s: int) -> tuple[float, float, float]:
    """Of the estimate of the error of order 2, for any number of stages.

    >>> second_weights(9)
    (0.8, 0.4, 0.4)
    """
    # Sommeijer, Shampine and Verwer, (2.8)
    return 0.8, 0.4, 0.4


#: The methods: the reach of the first grows with 1.93 s^2, that of the second with 0.65 s^2.
RKC1 = Chebyshev(1, first_order, first_reach, first_weights, part=ERRORS_ADD_UP)
RKC2 = Chebyshev(2, second_order, second_reach, second_weights)
