"""What the checks of banded systems need: a matrix by its diagonals. None of this is counted."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from scipy.linalg import lapack

from mechkit.linear_systems.conditioning import Pair, backward_error, check_solution, epsilon, growth_of_a_trial


def exact_diagonals(ab: np.ndarray, l: int, u: int) -> dict[int, np.ndarray]:
    """k -> the elements a[j + k, j], without what fills the corners of ab.

    >>> exact_diagonals(np.array([[9.0, 1.0], [2.0, 3.0]]), 0, 1)
    {-1: array([1.]), 0: array([2., 3.])}
    """
    n = ab.shape[1]
    return {k: ab[u + k, max(0, -k) : n - max(0, k)] for k in range(-u, l + 1)}


def check_band(
    diagonals: dict[int, np.ndarray],
    norm: float,
    inverse: Pair,
    right: np.ndarray,
    x: np.ndarray,
    advice: str,
) -> None:
    """`check_solution` for a matrix by its diagonals; norm : of it."""
    n = x.shape[1]
    A = scipy.sparse.diags_array(list(diagonals.values()), offsets=[-k for k in diagonals], shape=(n, n))
    kappa = growth_of_a_trial(norm, inverse[0], n, x.dtype)
    with np.errstate(all="ignore"):
        rest = right - (A @ x.T).T
    kappa *= 1.0 + backward_error(norm, x, np.ascontiguousarray(rest), right) / epsilon(x.dtype)
    sizes = abs(A)
    absolute = (lambda v: sizes @ v, lambda v: sizes.T @ v)
    check_solution(x, kappa, lambda: (inverse, absolute), rest, advice)


def tridiagonal_inverse(dl: np.ndarray, d: np.ndarray, du: np.ndarray) -> Pair:
    """The solutions with a tridiagonal matrix by LAPACK; infinite where it is singular.

    >>> tridiagonal_inverse(np.ones(2), np.full(3, 2.0), np.ones(2))[0](np.array([3.0, 4.0, 3.0]))
    array([1., 1., 1.])
    """
    single = d.dtype == np.float32
    n = d.size
    if n < 3:  # LAPACK's routine for three diagonals does not take so few unknowns
        A = np.diag(d) + np.diag(dl, -1) + np.diag(du, 1)
        exponent = np.frexp(np.abs(A).max())[1]
        A = np.ldexp(A, -exponent)  # so that no product leaves the range
        determinant = A[0, 0] if n == 1 else A[0, 0] * A[1, 1] - A[1, 0] * A[0, 1]
        if determinant == 0.0:
            return (lambda v: np.full(n, np.inf),) * 2
        B = np.linalg.inv(A)
        return lambda v: np.ldexp(B @ v, -exponent), lambda v: np.ldexp(B.T @ v, -exponent)
    factor, substitute = (lapack.sgttrf, lapack.sgttrs) if single else (lapack.dgttrf, lapack.dgttrs)
    *factors, info = factor(dl, d, du)
    if info:
        return (lambda v: np.full(n, np.inf),) * 2
    return lambda v: substitute(*factors, v)[0], lambda v: substitute(*factors, v, trans="T")[0]
