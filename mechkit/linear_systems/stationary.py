"""Stationary iterations: Jacobi, Gauss-Seidel and successive over-relaxation, one sweep with two arguments apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FUSED
from mechkit.linear_systems.iteration import BLOCK, QUIET, joined, not_finite, smallest, system, told
from mechkit.linear_systems.result import IterativeResult
from mechkit.linear_systems.sparse import csr, csr_arrays
from mechkit.linear_systems.triangular import require_diagonal

#: An iteration whose residual has grown by this factor diverges.
GROWN = 1e10
INSTEAD = "use cg for a symmetric positive definite matrix, else gmres or a direct solver"
DIVERGES = f"the iteration diverges, or errors grow for many steps first; {INSTEAD}"


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def sweep(data, indices, indptr, w, b, x, y):
    """y = x + w (b - Ax), row by row, with x and y two vectors (Jacobi) or one and the same (Gauss-Seidel).

    The tridiagonal matrix, 3n - 2 nonzeros:

    >>> from mechkit import law
    >>> law(sweep, n=range(2, 7)).flops
    Polynomial('8n - 4')
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section 4.1
    for i in range(b.size):
        s = b[i]
        for k in range(indptr[i], indptr[i + 1]):
            s = s - data[k] * x[indices[k]]
        y[i] = x[i] + w[i] * s


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def squared_residual(data, indices, indptr, b, x):
    """r'r for r = b - Ax.

    >>> from mechkit import law
    >>> law(squared_residual, n=range(2, 7)).flops  # 3n - 2 nonzeros
    Polynomial('8n - 4')
    """
    rr = ZERO
    for i in range(b.size):
        s = b[i]
        for k in range(indptr[i], indptr[i + 1]):
            s = s - data[k] * x[indices[k]]
        rr = rr + s * s
    return rr


@kernel(cache=True, error_model="numpy")
def iterate(data, indices, indptr, w, b, x, y, bound, limit, history):
    """Sweeps from x to y, from there to x and so on, with the squared norm of the residual after each in history.

    Stops where that is not above bound, or not at most limit. Returns the number of sweeps. The tridiagonal matrix,
    three sweeps:

    >>> from mechkit import law
    >>> law(iterate, n=range(3, 8)).flops
    Polynomial('48n - 24')
    """
    for k in range(history.size):
        sweep(data, indices, indptr, w, b, x, y)
        x, y = y, x
        rr = squared_residual(data, indices, indptr, b, x)
        history[k] = rr
        if not (rr > bound and rr <= limit):
            return k + 1
    return history.size


@kernel(cache=True, error_model="numpy")
def weights(omega, d, w):
    """w = omega / d.

    >>> from mechkit import law
    >>> law(weights, n=range(1, 6)).flops
    Polynomial('n')
    """
    for i in range(w.size):
        w[i] = omega / d[i]


def _example(n: int) -> tuple[Any, ...]:
    A = csr("A", 2.5 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1))
    return (*csr_arrays(A), np.full(n, 0.4), np.arange(1.0, n + 1), np.zeros(n))


@sweep.example
def _(n):
    return *_example(n), np.zeros(n)


@squared_residual.example
def _(n):
    data, indices, indptr, _, b, x = _example(n)
    return data, indices, indptr, b, x


@iterate.example
def _(n):
    return *_example(n), np.zeros(n), -1.0, 1e30, np.zeros(3)


@weights.example
def _(n):
    return np.float32(1.5), np.full(n, 2.5), np.zeros(n)


def jacobi(
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: float = 1e-5,
    atol: float = 0.0,
    maxiter: int | None = None,
    callback: Any = None,
) -> IterativeResult:
    """Solve a system by Jacobi's iteration: each equation for its own unknown, from the unknowns of the step before.

    Parameters
    ----------
    A : (n, n), sparse or dense, without zeros on its diagonal
    b : (n,) or (n, 1)
    x0 : like b, where to start, zero by default
    rtol, atol : stop where the norm of the residual is at most max(rtol * norm(b), atol)
    maxiter : most steps, 10n by default
    callback : called as callback(x) after each step

    It converges where the iteration's spectral radius is below 1, as for diagonally dominant matrices.

    Returns
    -------
    IterativeResult
        its history has the norms of the residuals b - Ax, each computed from x. The message reports divergence, and
        that the steps ran out.

    Raises
    ------
    LinAlgError
        where there is a zero on the diagonal, naming its row.
    ValueError, TypeError
        for input of the wrong shape or type.

    Operation count, exact, with z nonzeros and N unknowns: a step costs 2z + 2N flops for the sweep, and as many for
    the residual that says when to stop. (Jacobi's sweep could have that of the step before for 2N; here all methods pay
    the same.) Before the first step it is 3N. The five-point star, N = n^2 and z = 5n^2 - 4n, s steps:

    >>> from mechkit import law
    >>> from mechkit.problems import poisson_2d
    >>> law(lambda n, s: jacobi(poisson_2d(n), np.ones(n * n), rtol=0.0, maxiter=s), n=range(3, 8), s=range(1, 5)).flops
    Polynomial('24n^2s + 3n^2 - 16ns')

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 11.2.2; Saad, section 4.1.

    Examples
    --------
    >>> found = jacobi([[4.0, 1.0], [1.0, 3.0]], [1.0, 2.0])
    >>> found.x, found.nit
    (array([0.09090873, 0.63636108]), 10)
    """
    return _solve(A, b, x0, rtol, atol, maxiter, callback, 1.0, in_place=False)


def gauss_seidel(
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: float = 1e-5,
    atol: float = 0.0,
    maxiter: int | None = None,
    callback: Any = None,
) -> IterativeResult:
    """Solve a system by the Gauss-Seidel iteration: `jacobi` in place, so each equation uses the newest unknowns.

    For many matrices it needs half the steps of `jacobi`. It converges for all symmetric positive definite ones.

    Parameters
    ----------
    A, b, x0, rtol, atol, maxiter, callback : those of `jacobi`, and so are the result, the errors and the count

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 11.2.3.

    >>> from mechkit.problems import poisson_1d
    >>> A, b = poisson_1d(20), np.ones(20)
    >>> jacobi(A, b, maxiter=2000).nit, gauss_seidel(A, b, maxiter=2000).nit
    (1018, 510)
    """
    return _solve(A, b, x0, rtol, atol, maxiter, callback, 1.0, in_place=True)


def sor(
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    omega: float,
    rtol: float = 1e-5,
    atol: float = 0.0,
    maxiter: int | None = None,
    callback: Any = None,
) -> IterativeResult:
    """Solve a system by successive over-relaxation: `gauss_seidel`, each change taken omega times.

    Parameters
    ----------
    omega : between 0 and 2; 1 is Gauss-Seidel, `optimal_omega` tells the best; the other arguments, the result, the
        errors and the operation count are those of `jacobi`

    It converges for all symmetric positive definite matrices.

    References: Young, Iterative Solution of Large Linear Systems, 1971; Golub and Van Loan, Matrix Computations,
    4th ed., section 11.2.7.

    >>> from mechkit.problems import poisson_1d
    >>> A, b, best = poisson_1d(20), np.ones(20), optimal_omega(math.cos(math.pi / 21))
    >>> gauss_seidel(A, b, maxiter=2000).nit, sor(A, b, omega=best).nit
    (510, 53)
    """
    if not isinstance(omega, int | float | np.number) or not 0 < omega < 2:
        raise ValueError(f"omega is {omega!r}; it must lie between 0 and 2, elsewhere no matrix lets SOR converge")
    return _solve(A, b, x0, rtol, atol, maxiter, callback, float(omega), in_place=True)


def optimal_omega(rho: float) -> float:
    """The omega with which `sor` needs the fewest steps, for consistently ordered matrices such as Poisson's.

    Parameters
    ----------
    rho : the spectral radius of Jacobi's iteration, at least 0 and below 1

    For the Poisson equation rho is cos(pi / (n + 1)), on a line of n or a square of n x n inner points. Raises
    ValueError for other values.

    References: Young, Trans. Amer. Math. Soc. 76 (1954) 92-111; Golub and Van Loan, section 11.2.7.

    >>> round(optimal_omega(math.cos(math.pi / 100)), 4)
    1.9391
    """
    if not isinstance(rho, int | float | np.number) or not 0 <= rho < 1:
        raise ValueError(f"rho is {rho!r}; the spectral radius of a convergent Jacobi iteration is at least 0, below 1")
    return 2.0 / (1.0 + math.sqrt(1.0 - rho * rho))


@QUIET
def _solve(
    A: Any,
    b: Any,
    x0: Any,
    rtol: float,
    atol: float,
    maxiter: int | None,
    callback: Any,
    omega: float,
    in_place: bool,
) -> IterativeResult:
    matrix = csr("A", A)
    s = system(b, x0, matrix.shape[0], matrix.dtype, rtol, atol, maxiter)
    diagonal = matrix.diagonal().astype(s.b.dtype)
    require_diagonal(diagonal, "divide by the diagonal")
    tell = told(callback)
    most = 1 if callback else BLOCK
    arrays = csr_arrays(matrix, s.b.dtype)
    w = np.empty_like(s.b)
    weights(w.dtype.type(omega), diagonal, w)
    x = s.x
    y = s.x if in_place else np.empty_like(s.x)

    rr = squared_residual(*arrays, s.b, x) if s.start_given else s.square
    squares = [rr]
    nit = 0
    limit = min(GROWN**2 * float(rr), float(np.finfo(w.dtype).max))
    while rr > s.bound and nit < s.maxiter and rr <= limit:
        block = np.empty(min(most, s.maxiter - nit), w.dtype)
        steps = iterate(*arrays, w, s.b, x, y, s.bound, w.dtype.type(limit), block)
        squares.append(block[:steps])
        nit, rr = nit + steps, block[steps - 1]
        if steps % 2:
            x, y = y, x
        if tell:
            tell(s.unscaled(x))
    s.x[:] = x
    if rr <= s.bound:
        return s.met(squares)
    if not nit:
        return s.end(squares, -1, not_finite(nit))
    if not rr <= limit:
        grown = f"{math.sqrt(rr / squares[0]):.1g} times" if np.isfinite(rr) else "beyond all numbers"
        return s.end(squares, -1, f"the residual has grown {grown} in {nit} steps: {DIVERGES}")
    if limit_of_rounding := s.limit(rr, f"{nit} steps", matrix.astype(w.dtype, copy=False)):
        return s.end(squares, nit, limit_of_rounding)
    if rr > squares[0]:
        return s.end(squares, nit, f"after {nit} steps the residual is larger than at the start: perhaps {DIVERGES}")
    best = smallest(joined(squares))
    if 2 * best <= nit:
        why = f"{s.above(rr, f'{nit} steps')}, and no smaller than after {best}: the iteration does not converge"
        return s.end(squares, nit, f"{why}, or too slowly; {INSTEAD}")
    return s.end(
        squares, nit, s.ran_out(rr, f"{nit} steps", "take a method that needs fewer steps, such as cg or gmres")
    )
