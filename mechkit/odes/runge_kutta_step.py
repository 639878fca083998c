"""One step of an explicit Runge-Kutta method, driven by its table."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import float64, typeof, types, void

from mechkit.counting import by_address, kernel
from mechkit.odes.right_hand_side import RIGHT_HAND_SIDE, right_hand_side
from mechkit.odes.runge_kutta_stages import combine, scaled_norm, weighted
from mechkit.odes.tableaus import RK45, Tableau


class Work(NamedTuple):
    """Room for a step.

    K (s + 1 + extra, n) : the derivatives at the stages, row 0 given; z (n,) : the new state; e (2, n) : its errors.
    """

    K: Any
    z: Any
    e: Any

    @classmethod
    def of(cls, tableau: Tableau, n: int) -> Work:
        """Room for a step of n unknowns."""
        return cls(np.empty((len(tableau.nodes), n)), np.empty(n), np.empty((2, n)))


@kernel(cache=True, error_model="numpy")
def table_step(f, table, t, t_new, y, K, z, e):
    """The stages of a method, the new state z, the derivative there where the error needs it, and the errors e.

    Beside the calls of f, for Dormand and Prince's method with its 26 nonzeros; here f has n flops:

    >>> from mechkit import law
    >>> law(table_step, n=range(1, 6)).flops
    Polynomial('58n + 9')
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., (II.1.8)
    h = t_new - t
    first, columns, values, s = table.first, table.columns, table.values, table.stages
    for i in range(1, s):  # 1  the stages
        combine(y, h, K, columns, values, first[i - 1], first[i], z)
        f(t_new if table.nodes[i] == 1.0 else t + table.nodes[i] * h, z, K[i])
    combine(y, h, K, columns, values, first[s - 1], first[s], z)  # 2  the new state
    if table.early:
        f(t_new, z, K[s])
    for i in range(table.errors):  # 3  the errors
        weighted(h, K, columns, values, first[s + i], first[s + i + 1], e[i])


@kernel(cache=True, error_model="numpy")
def error_norm(errors, e, y, z, atol, rtol):
    """The estimate of a step's error, relative to the tolerance: the step is good enough where it is at most 1.

    errors : how many rows e has; a second one steadies the first.

    >>> from mechkit import law
    >>> law(error_norm, n=range(1, 6)).flops
    Polynomial('10n + 11')
    """
    error = scaled_norm(e[0], y, z, atol, rtol)
    if errors > 1:  # Hairer, Norsett and Wanner, (II.10.17)
        second = scaled_norm(e[1], y, z, atol, rtol)
        if error > 0.0:
            error = error * error / math.sqrt(error * error + 0.01 * (second * second))
    return error


@kernel(cache=True, error_model="numpy")
def interpolant(f, table, t, y, y_new, h, K, F):
    """The coefficients F (w, n) of a step's dense output; K has the derivatives at all stages and at both ends.

    >>> from mechkit import law
    >>> law(interpolant, n=range(1, 6)).flops
    Polynomial('18n')
    """
    row = table.stages + table.errors
    for s in range(table.extra):  # 1  more stages, where the method needs some
        first, last = table.first[row + s], table.first[row + s + 1]
        combine(y, h, K, table.columns, table.values, first, last, F[0])
        here = table.stages + 1 + s
        f(t + table.nodes[here] * h, F[0], K[here])
    start, end = K[0], K[table.stages]
    for i in range(y.size):  # 2  values and slopes at both ends
        F[0, i] = y_new[i] - y[i]
        F[1, i] = h * start[i] - F[0, i]
        F[2, i] = F[0, i] - h * end[i] - F[1, i]
    row += table.extra
    for s in range(table.dense):  # 3  what the stages add
        first, last = table.first[row + s], table.first[row + s + 1]
        weighted(h, K, table.columns, table.values, first, last, F[3 + s])


@kernel(cache=True, error_model="numpy")
def interpolants(f, table, ts, ys, stages, K, steps, dense):
    """The coefficients dense (m, w, n) of the dense output of the first steps, from the derivatives at their stages.

    stages (m, s + 1, n); K (s + 1 + extra, n) : memory. One step:

    >>> from mechkit import law
    >>> law(interpolants, n=range(1, 6)).flops
    Polynomial('18n + 1')
    """
    for k in range(steps):
        of = stages[k]
        for j in range(of.shape[0]):
            for i in range(of.shape[1]):
                K[j, i] = of[j, i]
        interpolant(f, table, ts[k], ys[k], ys[k + 1], ts[k + 1] - ts[k], K, dense[k])


@kernel(cache=True, error_model="numpy")
def not_finite(y, K, rows):
    """The first component where a state, or a derivative among the first rows of K, is NaN or infinite; -1 without one.

    >>> from mechkit import law
    >>> law(not_finite, n=range(1, 6)).flops
    Polynomial('0')
    """
    for i in range(y.size):
        for s in range(rows):
            if not math.isfinite(K[s, i]):
                return i
        if not math.isfinite(y[i]):
            return i
    return -1


def _decay(t, y, out):
    for i in range(y.size):
        out[i] = -y[i]


#: What a kernel of one step is compiled for, so that all methods share the kernel that takes many.
STEP = void(
    types.FunctionType(RIGHT_HAND_SIDE),
    typeof(RK45.table),
    float64,
    float64,
    float64[::1],
    float64[:, ::1],
    float64[::1],
    float64[:, ::1],
)


@cache
def step_at_address(step: Any) -> Any:
    """A kernel of one step as an argument of the kernel that takes many."""
    return by_address(step, STEP)


def example_step(n: int, tableau: Tableau) -> tuple[Any, ...]:
    """Arguments for a kernel of one step."""
    y = np.ones(n)
    work = Work(np.zeros((len(tableau.nodes), n)), np.zeros(n), np.zeros((2, n)))
    work.K[0] = -1.0
    return right_hand_side(_decay, 0.0, y), tableau.table, 0.0, 0.125, y, *work


@table_step.example
def _(n):
    return example_step(n, RK45)


@error_norm.example
def _(n):
    y = np.ones(n)
    return 2, np.ones((2, n)), y, y, np.full(n, 1e-6), 1e-3


@interpolant.example
def _(n):
    f, table, t, _, y, K, z, _ = example_step(n, RK45)
    K[:] = -1.0
    z[:] = 0.9
    return f, table, t, y, z, 0.125, K, np.empty((4, n))


@interpolants.example
def _(n):
    f, table, _, _, y, K, _, _ = example_step(n, RK45)
    ys, stages = np.array([y, 0.9 * y]), np.full((1, 7, n), -1.0)
    return f, table, np.array([0.0, 0.125]), ys, stages, K, 1, np.empty((1, 4, n))


@not_finite.example
def _(n):
    return np.ones(n), np.ones((3, n)), 2
