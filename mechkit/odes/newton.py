"""Newton's method for the equations of one implicit step, with the Jacobian and its factors kept from earlier steps."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import ANY_ORDER
from mechkit.odes.implicit_bundles import example_system
from mechkit.odes.jacobians import decay
from mechkit.odes.problem import EPS
from mechkit.odes.shifted_systems import dense_system

#: Iterations after which Newton's method with an old Jacobian gives up: it should gain a digit in each.
MAXITER = 4
#: The convergence of the step before is trusted with this power, as the Jacobian has grown older since then.
CAUTION = 0.8
#: The rows of the memory of a step: where it starts, the new y, what psi and d are in the equations, a vector to work
#: in, and the scale of errors.
START, Y, PSI, D, R, SCALE = range(6)


@kernel(cache=True, error_model="numpy")
def scale_of(y, rtol, atol, scale):
    """scale = atol + rtol |y|, by which errors are divided.

    >>> from mechkit import law
    >>> law(scale_of, n=range(1, 5)).flops
    Polynomial('2n')
    """
    for i in range(y.size):
        scale[i] = atol[i] + rtol * abs(y[i])


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def norm_by_scale(v, scale):
    """The root of the mean of the squares of v / scale: at most 1 where v is within the tolerance.

    >>> from mechkit import law
    >>> law(norm_by_scale, n=range(1, 5)).flops
    Polynomial('3n + 1')
    """
    q = v[0] / scale[0]
    s = q * q
    for i in range(1, v.size):
        q = v[i] / scale[i]
        s = s + q * q
    return math.sqrt(s / v.size)


@kernel(cache=True, error_model="numpy")
def first_not_finite(v):
    """The first element of v that is NaN or infinite, or -1.

    >>> from mechkit import law
    >>> law(first_not_finite, n=range(1, 5)).flops == 0
    True
    """
    for i in range(v.size):
        if not math.isfinite(v[i]):
            return i
    return -1


@kernel(cache=True, error_model="numpy")
def newton_step(f, solve, factors, where, rows):
    """Solve f(t, y) = c (psi + d), y = (the given y) + d, with the factors of cI - J.

    factors : LU, piv, bands; where : t, c, eta and the tolerance; rows : see `START`.

    The number eta, a bound for theta / (1 - theta), comes from the steps before with the same factors, else it is 1.
    The error after an iteration is eta times its length. Returns the iterations, 0 where they fail, eta, and the
    element of f that is not finite, or -1.

    >>> from mechkit import law
    >>> law(newton_step, n=range(2, 7)).flops  # two iterations, f of n flops
    Polynomial('4n^2 + 16n + 11')
    """
    # Hairer and Wanner, section IV.8, (IV.8.10) and (IV.8.11)
    LU, piv, bands = factors
    t, c, eta, tolerance = where
    y, psi, d, r, scale = rows[Y], rows[PSI], rows[D], rows[R], rows[SCALE]
    n, before = y.size, 0.0
    for i in range(n):
        d[i] = 0.0
    for k in range(MAXITER):
        f(t, y, r)
        for i in range(n):
            r[i] = r[i] - c * (psi[i] + d[i])
        solve(LU, piv, bands, r)
        norm = norm_by_scale(r, scale)
        if not math.isfinite(norm):
            f(t, y, r)
            return 0, eta, first_not_finite(r)
        if k > 0:
            theta = norm / before
            if not theta < 1.0 or theta ** float(MAXITER - 1 - k) / (1.0 - theta) * norm > tolerance:
                return 0, eta, -1
            eta = theta / (1.0 - theta)
        for i in range(n):
            d[i] = d[i] + r[i]
            y[i] = y[i] + r[i]
        if eta * norm <= tolerance:
            return k + 1, eta, -1
        before = norm
    return 0, eta, -1


@kernel(cache=True, error_model="numpy")
def solve_step(system, rows, where, kept):
    """Solve f(t, y) = c (psi + d), y = start + d, with the Jacobian and the factors that are kept, or with new ones.

    rows : see `START`; where : t, c and the tolerance; kept : the shift c of the factors or 0, eta, and how many
    Jacobians and factorizations there were. Returns the iterations, 0 where they fail, these four anew, and the element
    of f that is not finite, or -1.

    >>> from mechkit import law
    >>> law(solve_step, n=range(2, 9)).flops  # with a Jacobian, factors, and two iterations
    Polynomial('2n^3/3 + 13n^2/2 + 125n/6 + 12')
    """
    # Hairer and Wanner, section IV.8, simplified Newton iterations
    J, LU, piv, bands, memory, f, jacobian, factor, solve = system
    start, y = rows[START], rows[Y]
    t, c, tolerance = where
    c_kept, eta, njev, nlu = kept
    evaluate, iterations, bad = njev == 0, 0, -1
    while True:
        for i in range(y.size):
            y[i] = start[i]
        if evaluate:
            jacobian(f, t, y, memory, bands, J)
            njev, c_kept = njev + 1, 0.0
        regular = True
        if c != c_kept:
            regular = factor(c, J, LU, piv, bands) == y.size
            nlu, c_kept, eta = nlu + 1, c, 1.0
        if regular:
            point = t, c, max(eta, EPS) ** CAUTION, tolerance
            iterations, eta, bad = newton_step(f, solve, (LU, piv, bands), point, rows)
        else:
            c_kept = 0.0
        if iterations > 0 or evaluate:
            return iterations, c_kept, eta, njev, nlu, bad
        evaluate = True


@scale_of.example
def _(n):
    return np.arange(float(n)), np.float64(1e-3), np.ones(n), np.zeros(n)


@norm_by_scale.example
def _(n):
    return np.ones(n), np.arange(1.0, n + 1.0)


@first_not_finite.example
def _(n):
    return (np.ones(n),)


@newton_step.example
def _(n):
    LU, bands = np.diag(np.full(n, 4.0)), np.zeros(2, np.int64)
    f, solve = decay(), dense_system(small=True)[1]
    return f, solve, (LU, np.arange(n, dtype=np.int32), bands), (0.0, 2.0, 1.0, 1e-3), _example_rows(n, 1.0)


def _example_rows(n, y=0.0):
    rows = np.zeros((6, n))
    rows[START], rows[Y], rows[SCALE] = 1.0, y, 1.0
    return rows


@solve_step.example
def _(n):
    return example_system(n), _example_rows(n), (0.0, 2.0, 1e-3), (0.0, 1.0, 0, 0)
