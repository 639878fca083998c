"""Conjugate gradients and steepest descent: one line apart, and the square root of the condition number."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.iteration import BLOCK, CHUNK, QUIET, asymmetry, dot, not_finite, residual, system, told
from mechkit.linear_systems.operators import FAST, as_operator, five_point_star
from mechkit.linear_systems.result import IterativeResult
from mechkit.linear_systems.sparse import ZERO


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def reduce(alpha, q, r):
    """r = r - alpha q. Returns r'r.

    >>> from mechkit import law
    >>> law(reduce, n=range(1, 6)).flops
    Polynomial('4n')
    """
    rr = ZERO
    for i in range(r.size):
        r[i] = r[i] - alpha * q[i]
        rr = rr + r[i] * r[i]
    return rr


@reduce.example
def _(n):
    return np.float32(0.5), np.arange(float(n)), np.ones(n)


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def advance(alpha, beta, z, x, p):
    """x = x + alpha p, then p = z + beta p, from the last chunk to the first.

    >>> from mechkit import law
    >>> law(advance, n=range(1, 6)).flops
    Polynomial('4n')
    """
    for c in range((p.size - 1) // CHUNK * CHUNK, -1, -CHUNK):
        here, direction, following = x[c : c + CHUNK], p[c : c + CHUNK], z[c : c + CHUNK]
        for i in range(here.size):
            here[i] = here[i] + alpha * direction[i]
            direction[i] = following[i] + beta * direction[i]


@advance.example
def _(n):
    return np.float32(0.5), np.float32(0.25), np.arange(float(n)), np.ones(n), np.full(n, 3.0)


# Each kernel takes a step for each element of history, which gets the squared norms of the residuals. It stops where
# one is not above bound, or not a number, and where p'Ap or r'z is not positive, and returns the number of steps. What
# the next step needs stays in x, r, p and state, the numbers r'z and p'Ap. A vector passes through the cache once a
# loop, so x is updated with p, after r.


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def descend_steepest(apply, data, x, r, p, q, state, bound, history):
    """Steps of steepest descent, from p = r.

    n x n points of the five-point star, three steps of 5n^2 - 2n for Ap and 8n^2 for four vectors:

    >>> from mechkit import law
    >>> law(descend_steepest, n=range(3, 8)).flops
    Polynomial('39n^2 - 6n + 3')
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., algorithm 5.2
    rr = state[0]
    for k in range(history.size):
        apply(*data, p, q)
        state[1] = curvature = dot(p, q)
        if not curvature > ZERO:
            return k
        alpha = rr / curvature  # 3
        rr = reduce(alpha, q, r)  # 5
        for i in range(p.size):  # 4, and the next direction is the residual
            x[i] = x[i] + alpha * p[i]
            p[i] = r[i]
        state[0] = history[k] = rr
        if not rr > bound:
            return k + 1
    return history.size


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def conjugate_gradients(apply, data, x, r, p, q, state, bound, history):
    """Steps of the conjugate gradient method, from p = r at first.

    n x n points of the five-point star, three steps of 5n^2 - 2n for Ap and 10n^2 for five vectors:

    >>> from mechkit import law
    >>> law(conjugate_gradients, n=range(3, 8)).flops
    Polynomial('45n^2 - 6n + 6')
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., algorithm 6.18
    rr = state[0]
    for k in range(history.size):
        apply(*data, p, q)
        state[1] = curvature = dot(p, q)
        if not curvature > ZERO:
            return k
        alpha = rr / curvature  # 3
        before, rr = rr, reduce(alpha, q, r)  # 5
        beta = rr / before  # 6
        advance(alpha, beta, r, x, p)  # 4, 7
        state[0] = history[k] = rr
        if not rr > bound:
            return k + 1
    return history.size


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def preconditioned_conjugate_gradients(apply, data, x, r, p, q, state, bound, history, solve, inverse, z):
    """Steps of the preconditioned conjugate gradient method, from p = z = Mr at first.

    n x n points of the five-point star, three steps of 5n^2 - 2n for Ap, here as much for Mr, and 12n^2:

    >>> from mechkit import law
    >>> law(preconditioned_conjugate_gradients, n=range(3, 8)).flops
    Polynomial('66n^2 - 12n + 6')
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., algorithm 9.1
    rz = state[0]
    for k in range(history.size):
        apply(*data, p, q)
        state[1] = curvature = dot(p, q)
        if not curvature > ZERO:
            return k
        alpha = rz / curvature  # 3
        rr = reduce(alpha, q, r)  # 5
        solve(*inverse, r, z)  # 6
        before, rz = rz, dot(r, z)
        beta = rz / before  # 7
        advance(alpha, beta, z, x, p)  # 4, 8
        state[0], history[k] = rz, rr
        if not (rr > bound and rz > ZERO):
            return k + 1
    return history.size


@descend_steepest.example
@conjugate_gradients.example
def _(n):
    x, q = np.zeros((2, n * n))
    r = np.random.default_rng(0).standard_normal(n * n)
    state = np.array([dot(r, r), 0.0])
    return five_point_star, (n,), x, r, r.copy(), q, state, 0.0, np.zeros(3)


@preconditioned_conjugate_gradients.example
def _(n):
    apply, data, x, r, _, q, state, bound, history = conjugate_gradients.example_arguments(n)
    z = r / 4.0
    state[0] /= 4.0
    return apply, data, x, r, z.copy(), q, state, bound, history, five_point_star, (n,), z


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def first_direction(solve, inverse, r, z, p):
    """p = z = Mr. Returns r'z.

    >>> from mechkit import law
    >>> law(first_direction, n=range(2, 7)).flops  # 5n^2 - 2n for Mr
    Polynomial('7n^2 - 2n')
    """
    solve(*inverse, r, z)
    rz = ZERO
    for i in range(r.size):
        p[i] = z[i]
        rz = rz + r[i] * z[i]
    return rz


@first_direction.example
def _(n):
    return five_point_star, (n,), np.arange(float(n * n)), *np.zeros((2, n * n))


def steepest_descent(
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: float = 1e-5,
    atol: float = 0.0,
    maxiter: int | None = None,
    callback: Any = None,
) -> IterativeResult:
    """Solve a symmetric positive definite system by steepest descent: `cg` without conjugate directions.

    The arguments, result and errors are those of `cg`, without a preconditioner.

    Operation count, exact: each step costs 8N flops, N the number of unknowns, a division, and a product Ap; here
    N = n^2, with 5n^2 - 4n nonzeros, in s steps:

    >>> from mechkit import law
    >>> from mechkit.problems import poisson_2d
    >>> def run(n, s):
    ...     b = np.random.default_rng(0).standard_normal(n * n)
    ...     steepest_descent(poisson_2d(n), b, rtol=0.0, maxiter=s)
    >>> law(run, n=range(3, 8), s=range(1, 5)).flops
    Polynomial('18n^2s + 2n^2 - 8ns + s')

    References: Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section 5.3.1.

    Examples
    --------
    Its steps grow with the condition number, those of conjugate gradients with its square root:

    >>> A, b = np.diag(np.linspace(1.0, 100.0, 10)), np.ones(10)
    >>> steepest_descent(A, b, maxiter=999).nit, cg(A, b).nit
    (536, 10)
    """
    return _solve(descend_steepest, A, b, x0, rtol, atol, maxiter, None, callback)


def cg(
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: float = 1e-5,
    atol: float = 0.0,
    maxiter: int | None = None,
    M: Any = None,
    callback: Any = None,
) -> IterativeResult:
    """Solve a symmetric positive definite system by the method of conjugate gradients.

    A : (n, n), sparse or dense; or a function ``A(x, y)`` that writes y = Ax into y, a kernel or to be compiled as one;
    or an `Operator`; b : (n,) or (n, 1); x0 : like b, where to start, zero by default; rtol, atol : stop where the norm
    of the residual is at most max(rtol * norm(b), atol); maxiter : most steps, 10n by default; M : an approximate
    inverse of A, symmetric positive definite, given like A: see `jacobi_preconditioner` and `ic0_preconditioner`;
    callback : called as callback(x) after each step.

    Returns
    -------
    IterativeResult
        its history are the norms of the residuals that the recursion gives, the last one computed anew from x. Where
        that does not meet the tolerance, the iteration starts again from there, as long as this helps; so it does
        where the recursion has come below the rounding of the start, and says no more of x. Breakdown (a matrix or
        preconditioner that is not positive definite, numbers that are not finite), running out of steps, and a
        residual that rounding keeps above the tolerance are said in its message. Where the residual has grown before
        a breakdown, the steps are taken again up to the smallest one, and x, nit and history are of that.

    Raises
    ------
    ValueError, TypeError
        for input that is no such system.

    Operation count, exact: each step costs 10N flops, N the number of unknowns, two divisions, and a product Ap; here N
    = n^2, with 5n^2 - 4n nonzeros, in s steps. A preconditioner adds 2N and its own. The last residual of a failure is
    a check, and not counted, but for the product of a function.

    >>> from mechkit import law
    >>> from mechkit.problems import poisson_2d
    >>> def run(n, s):
    ...     b = np.random.default_rng(0).standard_normal(n * n)
    ...     cg(poisson_2d(n), b, rtol=0.0, maxiter=s)
    >>> law(run, n=range(3, 8), s=range(1, 5)).flops
    Polynomial('20n^2s + 2n^2 - 8ns + 2s')

    References: Hestenes and Stiefel, J. Res. Nat. Bur. Standards 49 (1952) 409-436; Saad, Iterative Methods for Sparse
    Linear Systems, 2nd ed., algorithms 6.18 and 9.1; Golub and Van Loan, Matrix Computations, 4th ed., section 11.3.

    Examples
    --------
    >>> x, info = cg([[4.0, 1.0], [1.0, 3.0]], [1.0, 2.0])
    >>> x, info
    (array([0.09090909, 0.63636364]), 0)

    Without a matrix, by a function of your own, here the second difference on a line:

    >>> from mechkit import kernel
    >>> from mechkit.linear_systems.operators import Operator
    >>> @kernel
    ... def second_difference(x, y):
    ...     n = x.size
    ...     for i in range(n):
    ...         y[i] = 2.0 * x[i]
    ...     for i in range(n - 1):
    ...         y[i] = y[i] - x[i + 1]
    ...         y[i + 1] = y[i + 1] - x[i]
    >>> cg(second_difference, np.ones(4)).x
    array([2., 3., 3., 2.])

    On a grid of 30 columns, by the star that this package has; operators.py shows how it is written:

    >>> found = cg(Operator(five_point_star, (30,)), np.ones(900), rtol=1e-8)
    >>> found.success, found.message
    (True, 'the tolerance is met after 55 steps')
    """
    method = conjugate_gradients if M is None else preconditioned_conjugate_gradients
    return _solve(method, A, b, x0, rtol, atol, maxiter, M, callback)


@QUIET
def _solve(
    method: Any,
    A: Any,
    b: Any,
    x0: Any,
    rtol: float,
    atol: float,
    maxiter: int | None,
    M: Any,
    callback: Any,
) -> IterativeResult:
    operator, dtype = as_operator("A", A)
    s = system(b, x0, operator.n, dtype, rtol, atol, maxiter)
    apply, data = operator.bound(s.b.dtype)
    r, p, q = np.empty((3, s.b.size), s.b.dtype)
    state = np.ones(2, s.b.dtype)
    preconditioner: tuple[Any, ...] = ()
    if M is not None:
        preconditioner = (*as_operator("M", M, s.b.size)[0].bound(s.b.dtype), np.empty_like(r))
    tell, most = told(callback), 1 if callback else BLOCK
    square_of_eps = np.square(np.finfo(r.dtype).eps)

    def failed(status: int, why: str | None = None) -> IterativeResult:
        matrix = operator.matrix(r.dtype)
        if nit and np.isfinite(s.x).all():
            squares[-1][-1:] = s.residual_of(matrix, apply, data, r)
            if squares[-1][-1] <= s.bound:
                return s.met(squares)
        true = float(squares[-1][-1] if nit else squares[-1])
        steps = f"{nit} step{'s' * (nit != 1)}"
        limit, unlike = s.limit(true, steps, matrix), asymmetry(matrix)
        if (why or limit) and not true <= squares[0]:
            return best_met(unlike or why or "A is singular, or not positive definite; use lstsq or gmres")
        if limit:
            return s.end(squares, status, limit)
        if unlike:
            return s.end(squares, status, f"{s.above(true, steps)}; {unlike}; use gmres")
        advice = "use cg" if method is descend_steepest else "precondition the system by M"
        if matrix is None:
            advice += ", or use gmres if A is not symmetric"
        return s.end(squares, status, why or s.ran_out(true, steps, advice))

    def best_met(why: str) -> IterativeResult:
        """Where the residual has grown: the steps again, up to the one with the smallest."""
        if best := int(np.nanargmin(np.concatenate([np.atleast_1d(part) for part in squares]))):
            found = _solve(method, A, b, x0, 0.0, 0.0, best, M, None)
        else:
            s.x[:] = system(b, x0, operator.n, dtype, rtol, atol, maxiter).x
            found = s.end(squares[:1], -1, "")
        step = f"x is that of step {best}, with the smallest residual, {found.history[-1]:.2g}"
        return replace(found, success=False, status=-1, message=f"{why}; {step}")

    rr, nit, last = s.first_residual(apply, data, r), 0, math.inf
    squares = [rr]
    while not rr <= s.bound:
        if not np.isfinite(rr):
            return failed(-1, not_finite(nit)) if nit else s.end(squares, -1, not_finite(nit))
        if rr > last / 4:
            norm = s.unscaled(math.sqrt(rr))
            return s.end(squares, -1, f"the residual stays at {norm:.2g} after {nit} steps: so much is rounding")
        last = rr
        if M is None:
            p[:], state[0] = r, rr
        else:
            solve, inverse, z = preconditioner
            state[0] = first_direction(solve, inverse, r, z, p)
        bound = max(s.bound, rr * square_of_eps)  # below it the recursion says nothing of b - Ax
        while not rr <= bound:
            if wrong := _breakdown(rr, state, p, q, nit):
                return failed(-1, wrong)
            if nit == s.maxiter:
                return failed(nit)
            block = np.empty(min(most, s.maxiter - nit), r.dtype)
            taken = method(apply, data, s.x, r, p, q, state, bound, block, *preconditioner)
            if taken:
                squares.append(block[:taken])
                nit, rr = nit + taken, block[taken - 1]
                if tell:
                    tell(s.unscaled(s.x))
        rr = squares[-1][-1] = residual(apply, data, s.x, s.b, r)
    return s.met(squares)


def _breakdown(rr: Any, state: np.ndarray, p: np.ndarray, q: np.ndarray, nit: int) -> str | None:
    """Why there can be no further step."""
    rz, curvature = state
    if not np.isfinite([rr, rz, curvature]).all():
        return not_finite(nit)
    if not curvature > 0:
        if abs(curvature) <= p.size * np.finfo(p.dtype).eps * np.linalg.norm(p) * np.linalg.norm(q):
            return f"p'Ap is 0 but for rounding in step {nit + 1}: A is singular, or nearly so; use lstsq or gmres"
        ratio = curvature / np.dot(p, p)
        return f"p'Ap is {ratio:.2g} p'p in step {nit + 1}: A is not positive definite; solve the system with gmres"
    if not rz > 0:
        return f"r'Mr is not positive after {nit} steps, but {rz:.2g}: the preconditioner M is not positive definite"
    return None
