"""Whether a solution satisfies its equations, judged on the solution itself."""

from __future__ import annotations

import numpy as np
import scipy.sparse

#: The largest residual, as a share of the terms that it is a sum of, that counts as rounding: about 1e4 eps.
ROUNDING = 1e-12
#: What fixes the level of u must add more to the matrix than this share of its elements: a few roundings.
LEVEL = 4.0 * float(np.finfo(float).eps)


def judged(ab: np.ndarray, b: np.ndarray, x: np.ndarray) -> tuple[bool, str]:
    """Whether a symmetric band, its lower triangle in ab, and b are satisfied by x; and a sentence on that.

    >>> judged(np.array([[2.0, 2.0], [-1.0, 0.0]]), np.ones(2), np.ones(2))
    (True, 'the equations hold, with a residual of 0 of their terms')
    """
    return judged_rows(rows_of_band(ab), b, x, ROUNDING)


def rows_of_band(ab: np.ndarray) -> scipy.sparse.csr_array:
    """The symmetric matrix by rows whose lower triangle is in ab, as `solveh_banded` takes it.

    >>> rows_of_band(np.array([[2.0, 2.0], [-1.0, 0.0]])).toarray()
    array([[ 2., -1.],
           [-1.,  2.]])
    """
    n = ab.shape[1]
    lower = scipy.sparse.dia_array((ab, -np.arange(len(ab))), shape=(n, n)).tocsr()
    return lower + scipy.sparse.tril(lower, -1).T


def judged_rows(A: scipy.sparse.csr_array, b: np.ndarray, x: np.ndarray, tolerance: float) -> tuple[bool, str]:
    """As `judged`, for a matrix by rows: the norm of the residual over that of its terms must be within a tolerance."""
    if not b.size:
        return True, "every value is given: there is no unknown"
    with np.errstate(all="ignore"):
        residual = np.abs(b - A @ x).max()
        terms = (abs(A) @ np.abs(x) + np.abs(b)).max()
    share = float(residual / terms) if terms > 0.0 else 0.0
    if share <= tolerance:
        return True, f"the equations hold, with a residual of {share:.1g} of their terms"
    return False, f"the residual is {share:.1g} of its terms, and the solution is not confirmed"


def require_level(A: scipy.sparse.csr_array, constant: np.ndarray, part: np.ndarray | None = None) -> None:
    """Raise ValueError where the matrix does not tell a constant from 0, but for rounding.

    constant : the values of the unknowns of a constant function; part : the connected part of each unknown.

    >>> require_level(scipy.sparse.csr_array([[1.0, -1.0], [-1.0, 1.0 + 1e-17]]), np.ones(2))
    Traceback (most recent call last):
    ValueError: c and beta are too small: rounding errors are as large as what they add, so the system is singular
    """
    parts = np.zeros(constant.size, int) if part is None else part
    with np.errstate(all="ignore"):
        left, terms = np.zeros((2, int(parts.max()) + 1))
        np.maximum.at(left, parts, np.abs(A @ constant))
        np.maximum.at(terms, parts, abs(A) @ np.abs(constant))
    if (left <= LEVEL * terms).any():
        raise ValueError(
            "c and beta are too small: rounding errors are as large as what they add, so the system is singular"
        )


def energy_of(E: np.ndarray, U: np.ndarray) -> float:
    """Half of the sum of U E U over all elements, infinite where it is too large for a number.

    >>> energy_of(np.ones((1, 1, 1)), np.full((1, 1), 3.0))
    4.5
    """
    size = float(np.abs(U).max()) or 1.0
    scaled = U / size
    return 0.5 * float(np.einsum("ti,tij,tj->", scaled, E, scaled, optimize=True)) * size * size
