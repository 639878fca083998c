"""Symplectic methods for q'' = a(t, q): maps that keep areas of phase space, so that the energy does not drift.

They take the acceleration alone. A step is made of shears, q += c h v and v += d h a(t, q), each of which keeps areas.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import numpy as np

from mechkit.checking import enough_memory
from mechkit.counting import kernel
from mechkit.counting.words import reader_of
from mechkit.odes.result import OdeResult
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.odes.steps_run import equal_times, history_of, state_of
from mechkit.optimization.arguments import checked_values
from mechkit.optimization.functions import counted_calls

#: Factors of h for q and for v, in turn, q first. A last 0 for v is left out: nothing is multiplied by it.
SYMPLECTIC_EULER = np.array([1.0]), np.array([1.0])
_CUBE = 2.0 ** (1.0 / 3.0)
_OUTER, _INNER = 1.0 / (2.0 - _CUBE), -_CUBE / (2.0 - _CUBE)
#: Yoshida, Construction of higher order symplectic integrators, 1990: three leapfrogs, the middle one backwards.
YOSHIDA4 = (
    np.array([0.5 * _OUTER, 0.5 * (_OUTER + _INNER), 0.5 * (_OUTER + _INNER), 0.5 * _OUTER]),
    np.array([_OUTER, _INNER, _OUTER]),
)


@kernel(cache=True, error_model="numpy")
def leapfrog_steps(a, t, q, v, work):
    """Rows of q, v (m + 1, n) at equal times t by leapfrog: half a step of v, a step of q, half a step of v.

    a : kernel a(t, q, out) by address. Beside its m + 1 calls, here two steps and n flops a call:

    >>> from mechkit import law
    >>> law(leapfrog_steps, n=range(1, 6)).flops
    Polynomial('12n + 4')
    """
    # Hairer, Lubich and Wanner, Geometric Numerical Integration, 2nd ed., (I.1.17)
    force = work[0]
    a(t[0], q[0], force)
    for m in range(t.size - 1):
        h = t[m + 1] - t[m]
        half = 0.5 * h
        for i in range(force.size):
            v[m + 1, i] = v[m, i] + half * force[i]  # 1
            q[m + 1, i] = q[m, i] + h * v[m + 1, i]  # 2
        a(t[m + 1], q[m + 1], force)
        for i in range(force.size):  # 3
            v[m + 1, i] = v[m + 1, i] + half * force[i]


@kernel(cache=True, error_model="numpy")
def shear_steps(a, t, q, v, drifts, kicks, work):
    """Rows of q, v by shears: q += drifts[j] h v, v += kicks[j] h a(q), in turn; drifts may have one more at the end.

    Here two steps of two drifts and one kick, n flops a call:

    >>> from mechkit import law
    >>> law(shear_steps, n=range(1, 6)).flops
    Polynomial('12n + 10')
    """
    # Hairer, Lubich and Wanner, section II.5
    force = work[0]
    for m in range(t.size - 1):
        h = t[m + 1] - t[m]
        here, speed, now = q[m + 1], v[m + 1], t[m]
        for i in range(force.size):
            here[i] = q[m, i]
            speed[i] = v[m, i]
        for j in range(kicks.size):
            drift, kick = drifts[j] * h, kicks[j] * h
            for i in range(force.size):
                here[i] = here[i] + drift * speed[i]
            now = t[m + 1] if j + 1 == drifts.size else now + drift
            a(now, here, force)
            for i in range(force.size):
                speed[i] = speed[i] + kick * force[i]
        if drifts.size > kicks.size:
            drift = drifts[kicks.size] * h
            for i in range(force.size):
                here[i] = here[i] + drift * speed[i]


@kernel(cache=True, error_model="numpy")
def nystrom_steps(a, t, q, v, work):
    """Rows of q, v by Nystrom's method of order 4, with three accelerations a step. It is not symplectic.

    Here two steps and n flops a call:

    >>> from mechkit import law
    >>> law(nystrom_steps, n=range(1, 6)).flops
    Polynomial('40n + 12')
    """
    # Nystrom (1925); Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., table II.14.1
    k1, k2, k3, z = work[0], work[1], work[2], work[3]
    for m in range(t.size - 1):
        h = t[m + 1] - t[m]
        half, eighth, sixth = 0.5 * h, h * h / 8.0, h / 6.0
        a(t[m], q[m], k1)  # 1
        for i in range(z.size):
            z[i] = q[m, i] + half * v[m, i] + eighth * k1[i]
        a(t[m] + half, z, k2)  # 2
        for i in range(z.size):
            z[i] = q[m, i] + h * v[m, i] + h * half * k2[i]
        a(t[m + 1], z, k3)  # 3
        for i in range(z.size):
            q[m + 1, i] = q[m, i] + h * (v[m, i] + sixth * (k1[i] + 2.0 * k2[i]))
            v[m + 1, i] = v[m, i] + sixth * (k1[i] + 4.0 * k2[i] + k3[i])


def leapfrog(fun: Any, t_span: Any, q0: Any, v0: Any, steps: int, args: Any = None) -> OdeResult:
    """Integrate q'' = fun(t, q) by leapfrog (Stormer, Verlet): order 2, symplectic, one call a step.

    Parameters
    ----------
    fun : fun(t, q, *args), the acceleration, of any form that `solve_ivp` takes
    t_span : where to start and to end
    q0, v0 : (n,) positions and velocities at the start
    steps : the number of equal steps
    args : what follows in the calls, as for `solve_ivp`

    Returns
    -------
    OdeResult
        t (steps + 1,), y (2n, steps + 1): positions, then velocities; nfev : calls of fun.

    Raises
    ------
    TypeError, ValueError
        where an argument is not what is described above.

    Operation count: 6n + 2 flops a step beside the call; see `leapfrog_steps`.

    References: Hairer, Lubich and Wanner, Geometric Numerical Integration, 2nd ed., section I.1.

    Examples
    --------
    For q'' = -q it keeps v^2 + (1 - h^2 / 4) q^2:

    >>> r = leapfrog(lambda t, q: [-q[0]], (0, 100), [1.0], [0.0], 200)
    >>> kept = r.y[1] ** 2 + (1 - 0.5**2 / 4) * r.y[0] ** 2
    >>> bool(np.ptp(kept) < 1e-13), r.nfev
    (True, 201)
    """
    __tracebackhide__ = True
    return _run(leapfrog_steps, fun, t_span, q0, v0, steps, args)


def symplectic_euler(fun: Any, t_span: Any, q0: Any, v0: Any, steps: int, args: Any = None) -> OdeResult:
    """Integrate q'' = fun(t, q) by Euler's method with the new position: order 1, symplectic, one call a step.

    The rest is as for `leapfrog`.

    >>> r = symplectic_euler(lambda t, q: [-q[0]], (0, 100), [1.0], [0.0], 1000)
    >>> bool(np.ptp(r.y[0] ** 2 + r.y[1] ** 2) < 0.11)
    True
    """
    __tracebackhide__ = True
    return _run(_shears(SYMPLECTIC_EULER), fun, t_span, q0, v0, steps, args)


def yoshida4(fun: Any, t_span: Any, q0: Any, v0: Any, steps: int, args: Any = None) -> OdeResult:
    """Integrate q'' = fun(t, q) by Yoshida's method: order 4, symplectic, three calls a step.

    The rest is as for `leapfrog`.

    >>> r = yoshida4(lambda t, q: [-q[0]], (0, 100), [1.0], [0.0], 500)
    >>> bool(np.ptp(r.y[0] ** 2 + r.y[1] ** 2) < 1e-3), r.nfev
    (True, 1500)
    """
    __tracebackhide__ = True
    return _run(_shears(YOSHIDA4), fun, t_span, q0, v0, steps, args)


def runge_kutta_nystrom(fun: Any, t_span: Any, q0: Any, v0: Any, steps: int, args: Any = None) -> OdeResult:
    """Integrate q'' = fun(t, q) by Nystrom's method: order 4, three calls a step, not symplectic.

    The rest is as for `leapfrog`.

    >>> r = runge_kutta_nystrom(lambda t, q: [-q[0]], (0, 10), [1.0], [0.0], 100)
    >>> bool(abs(r.y[0, -1] - np.cos(10.0)) < 1e-5), r.nfev
    (True, 300)
    """
    __tracebackhide__ = True
    return _run(nystrom_steps, fun, t_span, q0, v0, steps, args)


def _shears(factors: tuple[np.ndarray, np.ndarray]) -> Any:
    def fill(a: Any, t: Any, q: Any, v: Any, work: Any) -> None:
        shear_steps(a, t, q, v, *factors, work)

    return fill


def _run(fill: Any, fun: Any, t_span: Any, q0: Any, v0: Any, steps: int, args: Any) -> OdeResult:
    __tracebackhide__ = True
    start, speed, times = state_of("q0", q0), state_of("v0", v0), equal_times(t_span, steps, np.float64)
    if speed.shape != start.shape:
        raise ValueError(f"v0 has shape {speed.shape}; it must have the shape of q0, {start.shape}")
    n = start.size
    values = checked_values(() if args is None else args)
    enough_memory(f"the history of {steps} steps", 4 * times.size * n * times.itemsize)
    q, v = np.empty((times.size, n)), np.empty((times.size, n))
    q[0], v[0] = start, speed
    with ExitStack() as stack:
        read = stack.enter_context(reader_of(values)) if values else None
        a = right_hand_side(fun, float(times[0]), start, values, read)
        made = stack.enter_context(counted_calls())
        fill(a, times, q, v, np.empty((4, n)))
    return history_of(times, np.hstack([q, v]), made.f)


def _spring(t, q, out):
    for i in range(q.size):
        out[i] = -q[i]


def _example(n):
    q = np.ones((3, n))
    a = right_hand_side(_spring, 0.0, q[0])
    return a, np.array([0.0, 0.1, 0.2]), q, np.zeros((3, n)), np.empty((4, n))


leapfrog_steps.example(_example)
nystrom_steps.example(_example)


@shear_steps.example
def _(n):
    *given, work = _example(n)
    return *given, np.array([0.5, 0.5]), np.array([1.0]), work
