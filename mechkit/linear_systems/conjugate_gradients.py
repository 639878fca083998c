"""Conjugate gradients and steepest descent: one line apart, and the square root of the condition number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.linear_systems.conjugate_gradient_steps import (
    conjugate_gradients,
    descend_steepest,
    first_direction,
    preconditioned_conjugate_gradients,
)
from mechkit.linear_systems.iteration import (
    BLOCK,
    QUIET,
    SAME,
    asymmetry,
    in_steps,
    joined,
    not_finite,
    residual,
    system,
    told,
)
from mechkit.linear_systems.operators import as_operator
from mechkit.linear_systems.result import IterativeResult

#: Where the residual of the recursion and the true one differ by this share of b, rounding errors are as large as b.
LOST = 0.5
SINGULAR = "A is singular, or not positive definite; use lstsq or gmres"


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

    Parameters
    ----------
    A, b, x0, rtol, atol, maxiter, callback : those of `cg`, and so are the result and the errors

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

    Parameters
    ----------
    A : (n, n), sparse or dense; or a function ``A(x, y)`` that writes y = Ax into y, a kernel or to be compiled as one;
        or an `Operator`
    b : (n,) or (n, 1)
    x0 : like b, where to start, zero by default
    rtol, atol : stop where the norm of the residual is at most max(rtol * norm(b), atol)
    maxiter : most steps, 10n by default
    M : an approximate inverse of A, symmetric positive definite, given like A: see `jacobi_preconditioner` and
        `ic0_preconditioner`
    callback : called as callback(x) after each step

    Returns
    -------
    IterativeResult
        its history has the norms of the residuals as the recursion gives them; the last one is computed anew from x.
        Where that one does not meet the tolerance, the iteration starts again from x, as long as this helps. It also
        starts again where the recursion has fallen below the rounding of the start. The message reports a breakdown:
        the matrix or the preconditioner is not positive definite, or numbers are not finite. It also reports that
        the steps ran out, that more steps would hardly help, or that rounding keeps the residual above the tolerance.
        Where rounding errors have grown as large as b, the steps are taken again, with a look at the residual of
        each. Then x, nit and history are those of the smallest one.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type.

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
    >>> from mechkit.linear_systems.operators import Operator, five_point_star
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
    again: bool = False,
) -> IterativeResult:
    """again : whether this is done over only for the callback, so that what is returned does not matter."""
    operator, dtype = as_operator("A", A)
    s = system(b, x0, operator.n, dtype, rtol, atol, maxiter)
    apply, data = operator.bound(s.b.dtype)
    r, p, q = np.empty((3, s.b.size), s.b.dtype)
    state = np.ones(2, s.b.dtype)
    preconditioner: tuple[Any, ...] = ()
    if M is not None:
        preconditioner = (*as_operator("M", M, s.b.size)[0].bound(s.b.dtype), np.empty_like(r))
    tell = told(callback)
    most = 1 if callback else BLOCK
    square_of_eps = np.square(np.finfo(r.dtype).eps)

    def failed(status: int, why: str | None = None) -> IterativeResult:
        if again:
            return s.end(squares, status, "")
        matrix = operator.matrix(r.dtype)
        drift = 0.0
        if nit and np.isfinite(s.x).all():
            true = s.residual_of(matrix, apply, data, r)
            if true <= s.bound:
                squares[-1][-1:] = true
                return s.met(squares)
            drift = abs(math.sqrt(true) - math.sqrt(squares[-1][-1]))
            squares[-1][-1:] = true
        rr = float(squares[-1][-1] if nit else squares[-1])
        lost = drift > LOST * math.sqrt(max(squares[0], s.square))
        done = in_steps(nit)
        limit = s.limit(rr, done, matrix)
        unlike = asymmetry(matrix)
        if lost or ((why or limit) and not rr <= squares[0]):
            return best_met(unlike or why or SINGULAR)
        if limit:
            return s.end(squares, status, limit)
        if unlike:
            return s.end(squares, status, f"{s.above(rr, done)}; {unlike}; use gmres")
        if why:
            return s.end(squares, status, why)
        steepest = method is descend_steepest
        advice = "use cg" if steepest else "precondition the system by M"
        if (steepest or nit >= 2 * r.size) and (slow := s.too_slow(squares)):
            why = f"{slow}; {advice}, or lstsq if A is singular"
            return best_met(why) if rr > 2.0 * joined(squares).min() else s.end(squares, status, why)
        if matrix is None:
            advice += ", or use gmres if A is not symmetric"
        return s.end(squares, status, s.ran_out(rr, done, advice))

    def best_met(why: str) -> IterativeResult:
        """Where rounding errors have grown: the steps again, with a look at the residual of each."""
        matrix = operator.matrix(r.dtype)
        start = system(b, x0, operator.n, dtype, rtol, atol, maxiter).x
        best: list[Any] = [0, squares[0], start]
        steps = 0

        def look(x: np.ndarray) -> None:
            nonlocal steps
            steps += 1
            s.x[:] = s.scaled(x)
            square = s.residual_of(matrix, apply, data, r)
            if square < best[1] * (1.0 - SAME):
                best[:] = [steps, square, s.x.copy()]

        _solve(method, A, b, x0, rtol, atol, nit, M, look, again=True)
        step, square, s.x[:] = best
        history = joined(squares)[: step + 1]
        history[step] = square
        norm = float(s.unscaled(math.sqrt(square)))
        return s.end([history], -1, f"{why}; x is that of step {step}, with the smallest residual, {norm:.2g}")

    def broken_down() -> str | None:
        """Why there can be no further step."""
        rz, curvature = state
        if not np.isfinite([rr, rz, curvature]).all():
            return not_finite(nit)
        if not curvature > 0:
            w = np.random.default_rng(0).standard_normal(p.size).astype(p.dtype)
            largest = max(_growth(p, q), _growth(w, s.product(operator.matrix(p.dtype), apply, data, w)))
            ratio = curvature / np.dot(p, p)
            if abs(ratio) <= p.size * np.finfo(p.dtype).eps * largest:
                found = f"p'Ap is 0 but for rounding in step {nit + 1}: A is not positive definite"
                return f"{found}, as far as can be computed; use gmres, or lstsq if A is singular"
            return f"p'Ap is {ratio:.2g} p'p in step {nit + 1}: A is not positive definite; solve the system with gmres"
        if not rz > 0:
            found = f"r'Mr is not positive after {nit} steps, but {rz:.2g}"
            return f"{found}: the preconditioner M is not positive definite"
        return None

    rr = s.first_residual(apply, data, r)
    last = math.inf
    nit = 0
    squares = [rr]
    while not rr <= s.bound:
        if not np.isfinite(rr):
            return failed(-1, not_finite(nit)) if nit else s.end(squares, -1, not_finite(nit))
        if rr > last / 4:
            if rr > LOST**2 * s.square and not again:
                return best_met(asymmetry(operator.matrix(r.dtype)) or SINGULAR)
            norm = s.unscaled(math.sqrt(rr))
            return s.end(squares, -1, f"the residual stays at {norm:.2g} after {nit} steps: so much is rounding")
        last = rr
        if M is None:
            p[:] = r
            state[0] = rr
        else:
            solve, inverse, z = preconditioner
            state[0] = first_direction(solve, inverse, r, z, p)
        bound = max(s.bound, rr * square_of_eps)  # below it the recursion says nothing of b - Ax
        while not rr <= bound:
            if wrong := broken_down():
                return failed(-1, wrong)
            if nit == s.maxiter:
                return failed(nit)
            block = np.empty(min(most, s.maxiter - nit), r.dtype)
            taken = method(apply, data, s.x, r, p, q, state, bound, block, *preconditioner)
            if taken:
                squares.append(block[:taken])
                nit += taken
                rr = block[taken - 1]
                if tell:
                    tell(s.unscaled(s.x))
        rr = squares[-1][-1] = residual(apply, data, s.x, s.b, r)
    return s.met(squares)


def _growth(x: np.ndarray, y: np.ndarray) -> float:
    """By how much the vector y = Ax is longer than x: at most the largest eigenvalue of a symmetric A."""
    return float(np.linalg.norm(y) / np.linalg.norm(x))
