"""GMRES: the smallest residual that a Krylov space holds, for any matrix, at the price of keeping the space."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from mechkit.checking import one_of, whole
from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST
from mechkit.linear_systems.iteration import QUIET, not_finite, residual, system, told
from mechkit.linear_systems.operators import Operator, as_operator, five_point_star
from mechkit.linear_systems.result import IterativeResult
from mechkit.linear_systems.triangular import back_substitution
from mechkit.linear_systems.vectors import dot


@kernel(cache=True, error_model="numpy")
def identity(x, y):
    """y = x: no preconditioner.

    >>> from mechkit import law
    >>> found = law(identity, n=range(1, 6))
    >>> found.loads, found.flops == 0
    (Polynomial('n'), True)
    """
    for i in range(x.size):
        y[i] = x[i]


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def arnoldi_cycle(apply, data, solve, inverse, V, H, c, s, g, z, eps, tolerance, history):
    """Steps of GMRES from the residual V[0], one for each element of history, which gets the norms of the residuals.

    V : (m + 1, n), takes the orthonormal basis by rows; H : (m + 1, m), c, s : (m,), g : (m + 1,), take the Hessenberg
    matrix, made triangular by the rotations (c, s), and its right-hand side; z : (n,). Stops where a residual is not
    above the tolerance, or not a number, and where the space holds no more directions. Returns the number of steps.

    n x n points of the five-point star, three steps:

    >>> from mechkit import law
    >>> law(arnoldi_cycle, n=range(3, 8)).flops
    Polynomial('51n^2 - 6n + 64')
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., algorithms 9.5 (M on the right), 6.9 and section 6.5.3
    n = z.size
    g[0] = math.sqrt(dot(V[0], V[0]))  # 1
    for i in range(n):
        V[0, i] = V[0, i] / g[0]
    for j in range(history.size):
        v, w = V[j], V[j + 1]
        solve(*inverse, v, z)  # 3
        apply(*data, z, w)
        size = ZERO
        for i in range(j + 1):  # 4-7  modified Gram-Schmidt
            u = V[i]
            h = dot(V[i], w)
            for k in range(n):
                w[k] = w[k] - h * u[k]
            H[i, j] = h
            size = size + h * h
        square = dot(w, w)
        norm = math.sqrt(square)
        small = eps * math.sqrt(size + square)
        for i in range(j):  # rotate the new column as those before it
            h = c[i] * H[i, j] + s[i] * H[i + 1, j]
            H[i + 1, j] = c[i] * H[i + 1, j] - s[i] * H[i, j]
            H[i, j] = h
        if norm <= small and abs(H[j, j]) <= small:  # nothing new, and nothing to gain
            return j
        h = math.sqrt(H[j, j] * H[j, j] + square)  # and its last element away
        c[j], s[j] = H[j, j] / h, norm / h
        H[j, j] = h
        g[j + 1] = -s[j] * g[j]
        g[j] = c[j] * g[j]
        history[j] = abs(g[j + 1])
        if not (history[j] > tolerance and norm > small):
            return j + 1
        for k in range(n):  # 8
            w[k] = w[k] / norm
    return history.size


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def correct(solve, inverse, y, V, z, x):
    """x = x + M (y[0] V[0] + y[1] V[1] + ...). Overwrites V[0] and z.

    >>> from mechkit import law
    >>> law(correct, n=range(2, 7)).flops  # two vectors of n^2, and 5n^2 - 2n for M
    Polynomial('9n^2 - 2n')
    """
    # Saad, algorithm 9.5, step 12
    u = V[0]
    for i in range(u.size):
        u[i] = y[0] * u[i]
    for j in range(1, y.size):
        v = V[j]
        for i in range(u.size):
            u[i] = u[i] + y[j] * v[i]
    solve(*inverse, u, z)
    for i in range(x.size):
        x[i] = x[i] + z[i]


@identity.example
def _(n):
    return np.arange(float(n)), np.zeros(n)


@arnoldi_cycle.example
def _(n):
    m, N = 3, n * n
    V = np.zeros((m + 1, N))
    V[0] = np.random.default_rng(0).standard_normal(N)
    c, s, z = np.zeros(m), np.zeros(m), np.zeros(N)
    eps = np.float32(1e-3)  # exhausts the smallest spaces in every precision
    return five_point_star, (n,), identity, (), V, np.zeros((m + 1, m)), c, s, np.zeros(m + 1), z, eps, 0.0, np.zeros(m)


@correct.example
def _(n):
    return five_point_star, (n,), np.ones(2), np.ones((3, n * n)), np.zeros(n * n), np.ones(n * n)


@QUIET
def gmres(
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: float = 1e-5,
    atol: float = 0.0,
    restart: int | None = None,
    maxiter: int | None = None,
    M: Any = None,
    callback: Any = None,
    callback_type: str | None = None,
) -> IterativeResult:
    """Solve a system by the method of generalized minimal residuals, restarted.

    Parameters
    ----------
    A : (n, n), sparse or dense; or a function ``A(x, y)`` that writes y = Ax into y, a kernel or to be compiled as one;
        or an `Operator`
    b : (n,) or (n, 1)
    x0 : like b, where to start, zero by default
    rtol, atol : stop where the norm of the residual is at most max(rtol * norm(b), atol)
    restart : steps of a cycle, whose vectors are all kept, min(20, n) by default
    maxiter : most cycles, 10n by default
    M : an approximate inverse of A, given like A
    callback : called after each cycle
    callback_type : "x" calls callback(x). "pr_norm", the default, calls it for each step of the cycle, with the norm of
        the residual over that of b. "legacy" is "pr_norm" with maxiter in steps

    Returns
    -------
    IterativeResult
        nit and history are of steps, not cycles; the last norm of each cycle is computed anew from x. M is applied from
        the right, so they are norms of b - Ax. The message reports stagnation, and that the cycles ran out.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type.

    Operation count, exact, for one cycle of m steps, N unknowns: about 2Nm^2, and m + 1 products with A. Here N = n^2,
    with 5n^2 - 4n nonzeros:

    >>> from mechkit import law
    >>> from mechkit.problems import poisson_2d
    >>> def run(n, m):
    ...     b = np.random.default_rng(0).standard_normal(n * n)
    ...     gmres(poisson_2d(n), b, rtol=0.0, restart=m, maxiter=1)
    >>> law(run, n=range(3, 8), m=range(1, 6)).flops
    Polynomial('2n^2m^2 + 17n^2m + 18n^2 - 8nm + 5m^2 - 8n + 9m + 1')

    References: Saad and Schultz, SIAM J. Sci. Stat. Comput. 7 (1986) 856-869; Saad, Iterative Methods for Sparse Linear
    Systems, 2nd ed., sections 6.5 and 9.3.2.

    Examples
    --------
    >>> x, info = gmres([[1.0, 2.0], [-2.0, 1.0]], [5.0, 0.0])
    >>> x, info
    (array([1., 2.]), 0)

    Where only the last of n steps reaches the solution, a restart before throws all of them away:

    >>> shift, b = np.roll(np.eye(8), 1, axis=0), np.eye(8)[0]
    >>> gmres(shift, b, restart=8).nit, gmres(shift, b, restart=7).success
    (8, False)
    """
    kind = one_of("callback_type", "pr_norm" if callback_type is None else callback_type, ("x", "pr_norm", "legacy"))
    operator, dtype = as_operator("A", A)
    s = system(b, x0, operator.n, dtype, rtol, atol, maxiter)
    n = s.b.size
    dtype = s.b.dtype
    tell = told(callback)
    if M is None and (exponent := _exponent(operator, dtype)):  # divide A by 2^exponent, and x grows by as much
        scaled = replace(operator, data=(np.ldexp(operator.data[0], -exponent), *operator.data[1:]))
        start = None if x0 is None else np.ldexp(np.asarray(x0, dtype), exponent)
        told_x = (lambda x: tell(np.ldexp(x, -exponent))) if tell and kind == "x" else callback
        cycles: dict[str, Any] = {"restart": restart, "maxiter": maxiter, "callback": told_x, "callback_type": kind}
        found = gmres(scaled, np.asarray(b, dtype), start, rtol=rtol, atol=atol, **cycles)
        x = np.ldexp(found.x, -exponent)
        if np.isfinite(x).all():
            return replace(found, x=x)
        return replace(found, x=x, success=False, status=-1, message=s.overflows())
    m = min(20 if restart is None else whole("restart", restart), n)
    most = s.maxiter if tell and kind == "legacy" else s.maxiter * m
    apply, data = operator.bound(dtype)
    inverse = Operator(identity) if M is None else as_operator("M", M, n)[0]
    preconditioner = inverse.bound(dtype)
    V = np.zeros((m + 1, n), dtype)
    H = np.zeros((m + 1, m), dtype)
    g = np.empty(m + 1, dtype)
    cosines = np.empty(m, dtype)
    sines = np.empty(m, dtype)
    z = np.empty(n, dtype)
    eps = np.finfo(dtype).eps
    work = (V, H, cosines, sines, g, z)
    limits = (10 * eps, dtype.type(math.sqrt(s.bound)))

    rr = s.first_residual(apply, data, V[0])
    nit = 0
    squares = [rr]
    if not np.isfinite(rr):
        return s.end(squares, -1, not_finite(nit))
    for _ in range(s.maxiter):
        if not rr > s.bound or nit >= most:
            break
        norms = np.empty(min(m, most - nit), dtype)
        taken = arnoldi_cycle(apply, data, *preconditioner, *work, *limits, norms)
        nit += taken
        squares.append(np.square(norms[:taken], dtype=np.float64))
        if not np.isfinite(norms[:taken]).all():
            return s.end(squares, -1, not_finite(nit))
        before = rr
        start = s.x.copy()
        if taken:
            y = g[:taken].copy()
            back_substitution(H[:taken, :taken].copy(), y)
            correct(*preconditioner, y, V, z, s.x)
            rr = squares[-1][-1] = residual(apply, data, s.x, s.b, V[0])
        if tell and kind == "x":
            tell(s.unscaled(s.x))
        elif tell:
            for square in squares[-1].tolist():
                tell(math.sqrt(square / float(s.square)))
        if not (rr <= s.bound or rr < before * (1 - 4 * eps)):
            s.x[:] = start
            squares[-1][-1:] = before
            limit = s.limit(before, f"{nit} steps", operator.matrix(dtype)) if M is None else None
            j = min(taken, m - 1)  # the step that found no new direction, if there was one
            if not np.isfinite(np.square(H[: j + 1, j]).sum() + np.square(V[j + 1]).sum()):
                return s.end(squares, -1, not_finite(nit))
            singular = "A is singular" if M is None else "A or M is singular"
            norm = float(s.unscaled(math.sqrt(before)))
            return s.end(squares, -1, limit or _stagnation(norm, taken, m, n, singular))
    if rr <= s.bound:
        return s.met(squares)
    if not np.isfinite(rr):
        return s.end(squares, -1, not_finite(nit))
    done = f"{nit} steps in cycles of {m}"
    advice = "raise restart" if m < n else "precondition the system by M"
    return s.end(squares, nit, s.limit(rr, done, operator.matrix(dtype)) or s.ran_out(rr, done, advice))


def _exponent(operator: Operator, dtype: Any) -> int:
    """The binary exponent of the largest element of a matrix where squares might leave the range, otherwise 0."""
    if operator.matrix(dtype) is None or not operator.data[0].size:
        return 0
    exponent = math.frexp(float(np.abs(operator.data[0]).max()))[1]
    return exponent if abs(exponent) > np.finfo(dtype).maxexp * 3 // 8 else 0


def _stagnation(norm: float, taken: int, m: int, n: int, singular: str) -> str:
    if taken < m:
        return f"the Krylov space is exhausted with the residual at {norm:.2g}: {singular}, or so much is rounding"
    if m == n:
        return f"a cycle of {m} steps, as many as unknowns, leaves the residual at {norm:.2g}: so much is rounding"
    return (
        f"a cycle of {m} steps does not reduce the residual, {norm:.2g}; raise restart (up to the order of A), or "
        "precondition the system by M"
    )
