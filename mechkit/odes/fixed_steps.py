"""Explicit Runge-Kutta methods with equal steps, each as a textbook prints it, and all of their history."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import FOUR, HALF, TWO
from mechkit.odes.result import OdeResult
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.odes.steps_run import equal_steps

SIX = np.float32(6.0)


@kernel(cache=True, error_model="numpy")
def add_compensated(y, d, c, out):
    """out = y + d; c (n,) carries what rounding cuts off from one sum into the next.

    >>> from mechkit import law
    >>> law(add_compensated, n=range(1, 6)).flops
    Polynomial('4n')
    """
    # Kahan, Further remarks on reducing truncation errors, 1965
    for i in range(y.size):
        change = d[i] + c[i]
        s = y[i] + change
        c[i] = change - (s - y[i])
        out[i] = s


@kernel(cache=True, error_model="numpy")
def euler_steps(f, t, y, c, work):
    """Rows 1, 2, ... of y (m + 1, n) at the times t (m + 1,), from row 0, by Euler's method; work (6, n).

    Beside a call of f a step, here two steps of n flops:

    >>> from mechkit import law
    >>> law(euler_steps, n=range(1, 6)).flops
    Polynomial('4n + 2')
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., (II.1.2)
    d, k1 = work[0], work[1]
    for m in range(t.size - 1):
        h = t[m + 1] - t[m]
        f(t[m], y[m], k1)
        for i in range(d.size):
            d[i] = h * k1[i]
            y[m + 1, i] = y[m, i] + d[i]
        if c.size > 0:
            add_compensated(y[m], d, c, y[m + 1])


@kernel(cache=True, error_model="numpy")
def midpoint_steps(f, t, y, c, work):
    """Rows of y by the midpoint rule: a half step of Euler's method, then a step with the derivative there.

    >>> from mechkit import law
    >>> law(midpoint_steps, n=range(1, 6)).flops
    Polynomial('8n + 6')
    """
    # Runge (1895); Hairer, Norsett and Wanner, (II.1.3)
    d, k1, k2, z = work[0], work[1], work[2], work[5]
    for m in range(t.size - 1):
        h = t[m + 1] - t[m]
        half, here = HALF * h, y[m]
        f(t[m], here, k1)  # 1
        for i in range(d.size):
            z[i] = here[i] + half * k1[i]
        f(t[m] + half, z, k2)  # 2
        for i in range(d.size):
            d[i] = h * k2[i]
            y[m + 1, i] = here[i] + d[i]
        if c.size > 0:
            add_compensated(here, d, c, y[m + 1])


@kernel(cache=True, error_model="numpy")
def heun_steps(f, t, y, c, work):
    """Rows of y by Heun's method: the mean of the derivatives at both ends of a step of Euler's method.

    >>> from mechkit import law
    >>> law(heun_steps, n=range(1, 6)).flops
    Polynomial('10n + 4')
    """
    d, k1, k2, z = work[0], work[1], work[2], work[5]
    for m in range(t.size - 1):
        h = t[m + 1] - t[m]
        half, here = HALF * h, y[m]
        f(t[m], here, k1)  # 1
        for i in range(d.size):
            z[i] = here[i] + h * k1[i]
        f(t[m + 1], z, k2)  # 2
        for i in range(d.size):
            d[i] = half * (k1[i] + k2[i])
            y[m + 1, i] = here[i] + d[i]
        if c.size > 0:
            add_compensated(here, d, c, y[m + 1])


@kernel(cache=True, error_model="numpy")
def rk3_steps(f, t, y, c, work):
    """Rows of y by Kutta's method of order 3, which is Simpson's rule where f does not depend on y.

    >>> from mechkit import law
    >>> law(rk3_steps, n=range(1, 6)).flops
    Polynomial('22n + 8')
    """
    # Kutta (1901); Butcher, Numerical Methods for Ordinary Differential Equations, 3rd ed., (233d)
    d, k1, k2, k3, z = work[0], work[1], work[2], work[3], work[5]
    for m in range(t.size - 1):
        h = t[m + 1] - t[m]
        half, sixth, here = HALF * h, h / SIX, y[m]
        f(t[m], here, k1)  # 1
        for i in range(d.size):
            z[i] = here[i] + half * k1[i]
        f(t[m] + half, z, k2)  # 2
        for i in range(d.size):
            z[i] = here[i] + h * (TWO * k2[i] - k1[i])
        f(t[m + 1], z, k3)  # 3
        for i in range(d.size):
            d[i] = sixth * (k1[i] + FOUR * k2[i] + k3[i])
            y[m + 1, i] = here[i] + d[i]
        if c.size > 0:
            add_compensated(here, d, c, y[m + 1])


@kernel(cache=True, error_model="numpy")
def rk4_steps(f, t, y, c, work):
    """Rows of y by Kutta's method of order 4.

    >>> from mechkit import law
    >>> law(rk4_steps, n=range(1, 6)).flops
    Polynomial('24n + 8')
    """
    # Kutta (1901); Hairer, Norsett and Wanner, table II.1.2
    d, k1, k2, k3, k4, z = work[0], work[1], work[2], work[3], work[4], work[5]
    for m in range(t.size - 1):
        h = t[m + 1] - t[m]
        half, sixth, here = HALF * h, h / SIX, y[m]
        middle = t[m] + half
        f(t[m], here, k1)  # 1
        for i in range(d.size):
            z[i] = here[i] + half * k1[i]
        f(middle, z, k2)  # 2
        for i in range(d.size):
            z[i] = here[i] + half * k2[i]
        f(middle, z, k3)  # 3
        for i in range(d.size):
            z[i] = here[i] + h * k3[i]
        f(t[m + 1], z, k4)  # 4
        for i in range(d.size):
            d[i] = sixth * (k1[i] + TWO * (k2[i] + k3[i]) + k4[i])
            y[m + 1, i] = here[i] + d[i]
        if c.size > 0:
            add_compensated(here, d, c, y[m + 1])


def euler(
    fun: Any,
    t_span: Any,
    y0: Any,
    steps: int,
    args: Any = None,
    *,
    compensated: bool = False,
    dtype: Any = np.float64,
) -> OdeResult:
    """Integrate y' = fun(t, y) by Euler's method: order 1, one call of fun a step.

    Parameters
    ----------
    fun, t_span, y0, args : as for `solve_ivp`
    steps : the number of equal steps
    compensated : whether each sum y + h k carries its rounding error into the next (Kahan)
    dtype : float64 or float32, in which all is computed that is not computed in fun

    Returns
    -------
    OdeResult
        t (steps + 1,), y (n, steps + 1): all of the history. success tells whether all of it is finite.

    Raises
    ------
    TypeError, ValueError
        where an argument is not what is described above.

    Operation count: 2n + 1 flops a step beside the call of fun; see `euler_steps`.

    References: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., section I.7.

    Examples
    --------
    >>> r = euler(lambda t, y: [-y[0]], (0, 1), [1.0], 4)
    >>> r.y[0]
    array([1.        , 0.75      , 0.5625    , 0.421875  , 0.31640625])
    >>> r.nfev
    4
    """
    __tracebackhide__ = True
    return equal_steps(euler_steps, fun, t_span, y0, steps, args, compensated, dtype)


def midpoint(
    fun: Any, t_span: Any, y0: Any, steps: int, args: Any = None, *, compensated: bool = False, dtype: Any = np.float64
) -> OdeResult:
    """Integrate by the explicit midpoint rule: order 2, two calls of fun a step. The rest is as for `euler`.

    >>> float(midpoint(lambda t, y: [2.0 * t], (0, 3), [0.0], 5).y[0, -1])
    9.0
    """
    __tracebackhide__ = True
    return equal_steps(midpoint_steps, fun, t_span, y0, steps, args, compensated, dtype)


def heun(
    fun: Any, t_span: Any, y0: Any, steps: int, args: Any = None, *, compensated: bool = False, dtype: Any = np.float64
) -> OdeResult:
    """Integrate by Heun's method: order 2, two calls of fun a step. The rest is as for `euler`.

    >>> float(heun(lambda t, y: [2.0 * t], (0, 3), [0.0], 5).y[0, -1])
    9.0
    """
    __tracebackhide__ = True
    return equal_steps(heun_steps, fun, t_span, y0, steps, args, compensated, dtype)


def rk3(
    fun: Any, t_span: Any, y0: Any, steps: int, args: Any = None, *, compensated: bool = False, dtype: Any = np.float64
) -> OdeResult:
    """Integrate by Kutta's method of order 3: three calls of fun a step. The rest is as for `euler`.

    >>> round(float(rk3(lambda t, y: [3.0 * t * t], (0, 2), [0.0], 5).y[0, -1]), 12)
    8.0
    """
    __tracebackhide__ = True
    return equal_steps(rk3_steps, fun, t_span, y0, steps, args, compensated, dtype)


def rk4(
    fun: Any, t_span: Any, y0: Any, steps: int, args: Any = None, *, compensated: bool = False, dtype: Any = np.float64
) -> OdeResult:
    """Integrate by Kutta's method of order 4: four calls of fun a step. The rest is as for `euler`.

    >>> r = rk4(lambda t, y: [y[1], -y[0]], (0, 10), [1.0, 0.0], 100)
    >>> bool(abs(r.y[0, -1] - np.cos(10.0)) < 1e-5), r.nfev
    (True, 400)
    """
    __tracebackhide__ = True
    return equal_steps(rk4_steps, fun, t_span, y0, steps, args, compensated, dtype)


def _halving(t, y, out):
    for i in range(y.size):
        out[i] = -y[i]


def _example(n):
    y = np.ones((3, n))
    f = right_hand_side(_halving, 0.0, y[0])
    return f, np.array([0.0, 0.1, 0.2]), y, np.empty(0), np.empty((6, n))


@add_compensated.example
def _(n):
    return np.ones(n), np.ones(n), np.zeros(n), np.empty(n)


euler_steps.example(_example)
midpoint_steps.example(_example)
heun_steps.example(_example)
rk3_steps.example(_example)
rk4_steps.example(_example)
