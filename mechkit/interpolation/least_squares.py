"""Least squares: a polynomial close to many values, by orthogonal reflections or by the normal equations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import one_of
from mechkit.counting import kernel
from mechkit.interpolation.bases import BLOCK, LinearFit, in_units_of_the_points, linear_fit
from mechkit.interpolation.data import true_or_false, warn
from mechkit.linear_systems.cholesky import factor
from mechkit.linear_systems.flags import ANY_ORDER, FUSED
from mechkit.linear_systems.triangular import back_substitution, forward_substitution

METHODS = ("auto", "qr", "normal")
#: The normal equations are as good as reflections up to this condition number: its square costs two digits.
WELL_CONDITIONED = 16.0
#: Coefficients may lose so large a share of their digits before a warning.
MANY_DIGITS_LOST = 1e-6


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER | FUSED)
def reduce_columns(V, n):
    """Householder's reflections make the first n of the columns V (n + k, m) triangular, and are applied to all.

    A column is a row of V, so that its elements lie side by side: R[i, j] is V[j, i].

    >>> from mechkit import law
    >>> law(lambda m, n: reduce_columns(np.ones((n + 1, m)) + np.eye(n + 1, m), n), m=range(9, 14), n=range(1, 6)).flops
    Polynomial('2mn^2 - 2n^3/3 + 4mn - n^2/2 + 37n/6')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 5.2.1
    for j in range(n):
        v = V[j, j:]
        s = 0.0
        for i in range(1, v.size):
            s = s + v[i] * v[i]
        if s > 0.0:
            r = math.copysign(math.sqrt(v[0] * v[0] + s), -v[0])  # 1  the reflection that leaves (r, 0 ... 0)
            v[0] = v[0] - r
            beta = 1.0 / (r * v[0])
            for k in range(j + 1, V.shape[0]):  # 2  the other columns
                column = V[k, j:]
                s = 0.0
                for i in range(v.size):
                    s = s + v[i] * column[i]
                s = beta * s
                for i in range(v.size):
                    column[i] = column[i] + s * v[i]
            v[0] = r


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER | FUSED)
def add_products(V, n, G):
    """G (n, n + k) += the products of the first n of the columns V (n + k, m) with those from itself on.

    >>> from mechkit import law
    >>> law(lambda m, n: add_products(np.ones((n + 1, m)), n, np.ones((n, n + 1))), m=range(1, 6), n=range(1, 6)).flops
    Polynomial('mn^2 + 3mn + n^2/2 + 3n/2')
    """
    for i in range(n):
        a = V[i]
        for j in range(i, V.shape[0]):
            b = V[j]
            s = 0.0
            for k in range(a.size):
                s = s + a[k] * b[k]
            G[i, j] = G[i, j] + s


@reduce_columns.example
def _(n):
    return np.random.default_rng(0).standard_normal((n + 1, n + 3)), n


@add_products.example
def _(n):
    return np.random.default_rng(0).standard_normal((n + 1, n + 3)), n, np.zeros((n, n + 1))


def least_squares(
    x: Any,
    y: Any,
    degree: Any,
    basis: str = "chebyshev",
    method: str = "auto",
    domain: tuple[float, float] | None = None,
    extrapolate: bool = True,
) -> Any:
    """The polynomial of a degree with the least sum of squared deviations from values at points.

    Parameters
    ----------
    x : array_like, (m,) or (m, p)
        Points, in any order, repeated ones too; with p variables, a linear function of them is fitted.
    y : array_like, (m,) or (m, ...)
        Real or complex values at the points.
    degree : int
        Less than the number of different points; 1 in several variables.
    basis : {"chebyshev", "legendre", "monomial"}
        What the coefficients belong to.
    method : {"auto", "qr", "normal"}
        Householder's reflections, or the normal equations by Cholesky's method: half the work, and half the digits.
        "auto" takes the normal equations where they lose no digits that matter, otherwise reflections.
    domain : (float, float), optional
        The interval that the variable of the basis maps to [-1, 1]; by default that of the points, and (-1, 1), which
        means powers of x, for the monomial basis.
    extrapolate : bool
        Whether the fit is evaluated outside the points; otherwise the values there are NaN.

    Returns
    -------
    Series
        Callable at points of any shape; with ``coefficients`` of the basis on its ``domain``, ``degree``,
        ``derivative()``, ``integral()``. With several variables a LinearModel, whose coefficients hold the constant
        first.

    Raises
    ------
    ValueError, TypeError
        for a degree that the points do not determine, what is not finite, and shapes that do not fit.
    LinAlgError
        where the normal equations are singular in working precision: take the method "qr".

    Warns
    -----
    LinAlgWarning
        where the basis at the points is ill-conditioned, and many digits of the coefficients are lost.

    Operation count, exact, m points up to 512 on [-1, 1], n coefficients, one value a point: the basis, reflections or
    products, and substitution. More points add n rows to each further 512:

    >>> from mechkit import law
    >>> def run(m, n, method):
    ...     return least_squares(np.linspace(-1.0, 1.0, m), np.arange(m), n - 1, method=method)
    >>> law(lambda m, n: run(m, n, "qr"), m=range(12, 17), n=range(2, 7)).flops.leading
    Polynomial('2mn^2 - 2n^3/3')
    >>> law(lambda m, n: run(m, n, "normal"), m=range(12, 17), n=range(2, 7)).flops.leading
    Polynomial('mn^2 + n^3/3')

    References: Golub and Van Loan, Matrix Computations, 4th ed., sections 5.2 and 5.3; Trefethen, Approximation Theory
    and Approximation Practice, chapter 3.

    Examples
    --------
    >>> fit = least_squares([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.1], 1, basis="monomial")
    >>> fit.coefficients.round(12), fit
    (array([0.98, 2.03]), <polynomial of degree 1 on [0, 3] in powers of t>)
    """
    kind = one_of("method", method, METHODS)
    problem = linear_fit(x, y, degree, basis, domain, true_or_false("extrapolate", extrapolate))
    scale = _powers_of_two(problem)
    R, right = _triangle(problem, scale, kind)
    c = np.empty_like(right)
    for row, solution in zip(right, c, strict=True):
        solution[:] = row
        back_substitution(R, solution)
    return problem.found(in_units_of_the_points(c, scale))


def _triangle(problem: LinearFit, scale: np.ndarray, method: str) -> tuple[np.ndarray, np.ndarray]:
    """R (n, n) and right-hand sides (k, n), by a method; warns of a condition number that costs many digits."""
    if method == "auto":
        if problem.basis in ("chebyshev", "legendre"):
            try:
                R, right = _by_normal_equations(problem, scale)
                if _condition(R) <= WELL_CONDITIONED:
                    return R, right
            except LinAlgError:
                pass
        method = "qr"
    R, right = _by_reflections(problem, scale) if method == "qr" else _by_normal_equations(problem, scale)
    _check_condition(R, problem, method)
    return R, right


def _powers_of_two(problem: LinearFit) -> np.ndarray:
    """Factors (n,) that bring each column near 1, without rounding, so that no square leaves the range."""
    largest = np.zeros(problem.n)
    if problem.basis in ("chebyshev", "legendre"):  # these are near 1 on their domain
        return np.ones(problem.n)
    for _, V in problem.blocks():
        largest = np.maximum(largest, np.abs(V).max(axis=1))
    if not np.isfinite(largest).all():
        raise ValueError("the basis overflows at these points: use basis='chebyshev', or give a domain")
    _, exponents = np.frexp(largest)
    return np.ldexp(1.0, 1 - exponents)


def _by_reflections(problem: LinearFit, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """R (n, n), and Q'y (k, n) for the columns times their scales, block by block."""
    n, rows = problem.n, problem.values.rows
    k = len(rows)
    left = np.empty((n + k, 0))  # what the blocks so far have left: up to n rows of R and of Q'y
    work = left
    for part, V in problem.blocks(max(BLOCK, 4 * n)):
        top = left.shape[1]
        height = top + part.stop - part.start
        if work.shape[1] != height:
            work = np.empty((n + k, height))
        work[:, :top] = left
        np.multiply(V, scale[:, np.newaxis], out=work[:n, top:])
        work[n:, top:] = rows[:, part]
        reduce_columns(work, min(n, height))
        left = work[:, : min(n, height)].copy()
        for j in range(left.shape[1]):
            left[j, j + 1 :] = 0.0
    return np.ascontiguousarray(left[:n].T), np.ascontiguousarray(left[n:])


def _by_normal_equations(problem: LinearFit, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """R (n, n) with R'R = A'A, and inverse of R' times A'y (k, n)."""
    n, rows = problem.n, problem.values.rows
    G = np.zeros((n, n + len(rows)))
    for part, V in problem.blocks(more=len(rows)):
        if (scale != 1.0).any():
            V[:n] *= scale[:, np.newaxis]
        V[n:] = rows[:, part]
        add_products(V, n, G)
    R = np.ascontiguousarray(G[:, :n])
    done = factor(R)
    if done < n:
        raise LinAlgError(
            f"the normal equations are singular in working precision: pivot {done} is not positive; use method='qr'"
        )
    R = np.triu(R)
    right = np.ascontiguousarray(G[:, n:].T)
    for row in right:
        forward_substitution(np.ascontiguousarray(R.T), row)
    return R, right


def _condition(R: np.ndarray) -> float:
    """The condition number of R with columns of length 1; it is not counted."""
    with np.errstate(all="ignore"):
        sizes = np.sqrt((R * R).sum(axis=0))
        return float(np.linalg.cond(R / sizes)) if sizes.all() and np.isfinite(R).all() else math.inf


def _check_condition(R: np.ndarray, problem: LinearFit, method: str) -> None:
    """Warn where rounding errors grow so much that many digits of the coefficients are lost."""
    kappa = _condition(R)
    lost = (kappa if method == "qr" else kappa * kappa) * np.finfo(float).eps
    if lost > MANY_DIGITS_LOST:
        if method == "normal":
            advice = "use method='qr', which does not square it"
        elif problem.basis == "monomial":
            advice = "use basis='chebyshev', or a lower degree"
        elif problem.basis == "variables":
            advice = "the variables depend on each other: leave some out"
        else:
            advice = "use a lower degree, or points closer to the ends of the domain"
        warn(
            f"the basis at these points has condition number {kappa:.1e}: rounding errors of the coefficients grow "
            f"up to {'its square' if method == 'normal' else 'so much'}; {advice}"
        )
