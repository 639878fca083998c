"""Adams methods with equal steps: a polynomial through the derivatives of the last steps is integrated.

Adams-Bashforth extrapolates it, with one call of fun a step whatever the order. Adams-Bashforth-Moulton predicts so,
then corrects with the derivative there: two calls, a smaller error, and a longer reach of stability.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel
from mechkit.odes.result import OdeResult
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.odes.steps_run import equal_steps

#: The highest order.
HIGHEST = 5
#: Weights of f at the last points, the latest first, by order. Hairer, Norsett and Wanner, (III.1.5).
BASHFORTH = {
    1: (1.0,),
    2: (3 / 2, -1 / 2),
    3: (23 / 12, -16 / 12, 5 / 12),
    4: (55 / 24, -59 / 24, 37 / 24, -9 / 24),
    5: (1901 / 720, -2774 / 720, 2616 / 720, -1274 / 720, 251 / 720),
}
#: The same where the new point is the first; the order is the number of weights. (III.1.9)
MOULTON = {
    1: (1.0,),
    2: (1 / 2, 1 / 2),
    3: (5 / 12, 8 / 12, -1 / 12),
    4: (9 / 24, 19 / 24, -5 / 24, 1 / 24),
    5: (251 / 720, 646 / 720, -264 / 720, 106 / 720, -19 / 720),
}


@kernel(cache=True, error_model="numpy")
def adams_steps(f, t, y, predict, correct, F, work):
    """Rows 1, 2, ... of y (m + 1, n) at equal times t, from row 0; the first steps are those of Runge-Kutta methods.

    predict (p,), correct (q,) : weights, correct empty for no corrector; F (p, n) : derivatives at the last points, the
    latest in row m % p; work (5, n). A corrector has as many weights as the predictor. Here p = 2, two steps, and f has
    n flops:

    >>> from mechkit import law
    >>> law(adams_steps, n=range(1, 6)).flops
    Polynomial('32n + 8')
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., section III.1
    p, z = predict.size, work[4]
    f(t[0], y[0], F[0])
    for m in range(t.size - 1):
        h, here, there = t[m + 1] - t[m], y[m], y[m + 1]
        if m + 1 < p:
            start(f, t[m], h, here, F[m], work, there)
        else:
            for i in range(here.size):  # 1  predict
                s = predict[0] * F[m % p, i]
                for j in range(1, p):
                    s = s + predict[j] * F[(m - j) % p, i]
                there[i] = here[i] + h * s
            if correct.size > 0:
                f(t[m + 1], there, z)  # 2  evaluate
                for i in range(here.size):  # 3  correct
                    s = correct[0] * z[i]
                    for j in range(1, correct.size):
                        s = s + correct[j] * F[(m + 1 - j) % p, i]
                    there[i] = here[i] + h * s
        if m + 2 < t.size:
            f(t[m + 1], there, F[(m + 1) % p])  # 4  evaluate


@kernel(cache=True, error_model="numpy")
def start(f, t, h, y, k1, work, out):
    """out = a step of Kutta's method of order 4 from y, with k1 = f(t, y): the error of a few is of order 5.

    >>> from mechkit import law
    >>> law(start, n=range(1, 6)).flops
    Polynomial('12n + 5')
    """
    k2, k3, k4, z = work[0], work[1], work[2], work[3]
    half, sixth = 0.5 * h, h / 6.0
    for i in range(y.size):
        z[i] = y[i] + half * k1[i]
    f(t + half, z, k2)
    for i in range(y.size):
        z[i] = y[i] + half * k2[i]
    f(t + half, z, k3)
    for i in range(y.size):
        z[i] = y[i] + h * k3[i]
    f(t + h, z, k4)
    for i in range(y.size):
        out[i] = y[i] + sixth * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i])


def adams_bashforth(fun: Any, t_span: Any, y0: Any, steps: int, order: int = 4, args: Any = None) -> OdeResult:
    """Integrate y' = fun(t, y) by the Adams-Bashforth method of an order from 1 to 5: one call of fun a step.

    Parameters
    ----------
    fun, t_span, y0, args : as for `solve_ivp`
    steps : the number of equal steps
    order : of the method; order - 1 first steps are taken by Kutta's method of order 4

    Returns
    -------
    OdeResult
        t (steps + 1,), y (n, steps + 1): all of the history.

    Raises
    ------
    TypeError, ValueError
        where an argument is not what is described above.

    Operation count: (2 order + 1) n flops a step beside the call of fun; see `adams_steps`.

    References: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., section III.1.

    Examples
    --------
    >>> r = adams_bashforth(lambda t, y: [y[1], -y[0]], (0, 10), [1.0, 0.0], 400)
    >>> bool(abs(r.y[0, -1] - np.cos(10.0)) < 1e-5), r.nfev
    (True, 409)
    """
    __tracebackhide__ = True
    return _adams(fun, t_span, y0, steps, order, args, False)


def adams_bashforth_moulton(fun: Any, t_span: Any, y0: Any, steps: int, order: int = 4, args: Any = None) -> OdeResult:
    """Integrate by predicting with Adams-Bashforth and correcting once with Adams-Moulton: two calls of fun a step.

    order : of both, from 1 to 5. The rest is as for `adams_bashforth`.

    >>> r = adams_bashforth_moulton(lambda t, y: [y[1], -y[0]], (0, 10), [1.0, 0.0], 400)
    >>> bool(abs(r.y[0, -1] - np.cos(10.0)) < 1e-6), r.nfev
    (True, 806)
    """
    __tracebackhide__ = True
    return _adams(fun, t_span, y0, steps, order, args, True)


def _adams(fun: Any, t_span: Any, y0: Any, steps: int, order: int, args: Any, corrects: bool) -> OdeResult:
    __tracebackhide__ = True
    p = whole("order", order)
    if p > HIGHEST:
        raise ValueError(f"order is {p}; it must be from 1 to {HIGHEST}")
    predict, correct = np.array(BASHFORTH[p]), np.array(MOULTON[p] if corrects else ())

    def fill(f: Any, t: Any, y: Any, carried: Any, work: Any) -> None:
        adams_steps(f, t, y, predict, correct, np.empty((p, y.shape[1])), work[:5])

    return equal_steps(fill, fun, t_span, y0, steps, args, False, np.float64)


def _rate(t, y, out):
    for i in range(y.size):
        out[i] = -y[i]


@adams_steps.example
def _(n):
    y = np.ones((4, n))
    f, F = right_hand_side(_rate, 0.0, y[0]), np.zeros((2, n))
    predict, correct = np.array(BASHFORTH[2]), np.array(MOULTON[2])
    return f, np.array([0.0, 0.1, 0.2, 0.3]), y, predict, correct, F, np.empty((5, n))


@start.example
def _(n):
    y = np.ones(n)
    return right_hand_side(_rate, 0.0, y), 0.0, 0.1, y, -y, np.empty((5, n)), np.empty(n)
