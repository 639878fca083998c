"""Whether a quadratic program is convex: P positive semidefinite, but for the rounding that its numbers carry."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from numpy.linalg import LinAlgError

from mechkit.checking import is_sparse
from mechkit.optimization.programs.quadratic_preparation import ROUNDING, scale_to_ones
from mechkit.optimization.programs.quasidefinite import factorization
from mechkit.optimization.programs.sparse_interior_point import pattern
from mechkit.optimization.programs.sparse_quasidefinite import factor_ldl

#: Numbers of so many digits may be rounded ones; of fewer, they are taken as exact.
DIGITS = 6
#: Eigenvalues of a sparse matrix with so many rows are those of the dense one.
DENSE = 2000


def require_convex(P: Any) -> Any:
    """P, or P with so much added to its diagonal that a negative eigenvalue which is rounding is none.

    Raises LinAlgError, with the curvature, where P is not positive semidefinite.

    >>> require_convex(np.array([[1.0, 1.0], [1.0, 1.0 - 1e-15]])) >= 0.0
    array([[ True,  True],
           [ True,  True]])
    >>> require_convex(np.array([[1.0, 0.0], [0.0, -1e-3]]))
    Traceback (most recent call last):
    numpy.linalg.LinAlgError: P is not positive semidefinite: ...
    """
    if is_sparse(P) and (_sparse_is_semidefinite(P)):
        return P
    if not is_sparse(P) and _is_semidefinite(P):
        return P
    least, diagonal = _least_eigenvalue(P), P.diagonal()
    rounding = rounding_of(P)
    if -least <= rounding:  # a number alone in its row is an eigenvalue, and the others did not round it
        alone = abs(P) @ np.ones(P.shape[0]) == np.abs(diagonal)
        exact = float(diagonal.min(initial=0.0, where=alone))
        least, rounding = (exact, 0.0) if exact < 0.0 else (least, rounding)
    if least >= 0.0:
        return P
    if -least > rounding:
        raise LinAlgError(
            f"P is not positive semidefinite: its smallest eigenvalue is {least:.6g}, so the program is not convex"
        )
    n = P.shape[0]
    added = 2.0 * (n * np.finfo(float).eps * abs(P).max() - least)
    return P + added * (scipy.sparse.eye_array(n, format="csr") if is_sparse(P) else np.eye(n))


def rounding_of(P: Any) -> float:
    """How far below zero rounding can have moved the eigenvalues of P.

    At least the rounding of its making, n eps |P|. Where all numbers of P are of single precision or have few decimals,
    but at least DIGITS digits of the largest, it is half of the last place.
    """
    entries = P.data if is_sparse(P) else P
    norm = float(np.sqrt((entries.astype(float) ** 2).sum()))
    largest = float(np.abs(entries).max(initial=0.0))
    rounding = 2.0 * P.shape[0] * np.finfo(float).eps * norm
    if (entries.astype(np.float32) == entries).all() and not (entries == np.round(entries)).all():
        rounding = max(rounding, np.finfo(np.float32).eps / 2 * norm)
    decimals = next((k for k in range(16) if (np.round(entries, k) == entries).all()), 0)
    if decimals > 0 and 10.0 ** (DIGITS - decimals) <= largest:
        rounding = max(rounding, 0.5 * 10.0**-decimals * np.sqrt(np.count_nonzero(entries)))
    return rounding


def _least_eigenvalue(P: Any) -> float:
    if not is_sparse(P):
        return float(np.linalg.eigvalsh(P)[0])
    if P.shape[0] <= DENSE:
        return float(np.linalg.eigvalsh(P.toarray())[0])
    return float(scipy.sparse.linalg.eigsh(P, 1, which="SA", v0=np.ones(P.shape[0]), return_eigenvectors=False)[0])


def _is_semidefinite(P: np.ndarray) -> bool:
    """Whether P is positive semidefinite up to rounding, by Cholesky's method on P scaled to ones on its diagonal."""
    C, n = np.empty_like(P), len(P)
    if not scale_to_ones(P, C):
        return False
    return bool(factorization(n)(C, n) == n)


def _sparse_is_semidefinite(P: scipy.sparse.csr_array) -> bool:
    """Whether the factors of P, scaled to ones on its diagonal and with a little added, have positive pivots."""
    diagonal = P.diagonal()
    rows = np.repeat(np.arange(P.shape[0]), np.diff(P.indptr))
    if (diagonal < 0).any() or (P.data[(diagonal[rows] == 0) | (diagonal[P.indices] == 0)] != 0).any():
        return False
    used = diagonal > 0
    D = scipy.sparse.diags_array(1.0 / np.sqrt(diagonal[used]))
    inside = scipy.sparse.csr_array(D @ P[used][:, used] @ D)
    n = inside.shape[0]
    of = pattern(inside, n)
    starts = np.append(0, np.cumsum(of.counts))
    factors = starts.astype(np.uint32), np.zeros(starts[-1], np.uint32), np.zeros(starts[-1]), np.zeros(n)
    diagonal = np.full(n, 1.0 + float(ROUNDING))
    return factor_ldl(of.values, of.indices, of.starts, diagonal, of.signs, of.parent, *factors) == 0
