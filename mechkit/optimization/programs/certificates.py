"""Proofs that a quadratic program has no solution: no point keeps its bounds, or its objective falls for ever."""

from __future__ import annotations

import numpy as np
import scipy.sparse

from mechkit.optimization.programs.quadratic_attempt import attempt
from mechkit.optimization.programs.quadratic_input import Program, program
from mechkit.optimization.programs.quadratic_preparation import INFINITE
from mechkit.optimization.programs.quadratic_run import Attempt

#: A proof must be so clear, relative to the bounds or the objective it speaks of; and so much clearer than its error.
CLEAR, CLEARER = 1e-9, 1e3
#: The tolerance of the linear programs; weights below this are none; so large a matrix is not corrected.
TOLERANCE, NO_WEIGHT, LARGE = 1e-9, 1e-7, 4e6


def infeasible(of: Program) -> np.ndarray | None:
    """Weights y of the rows, where there are any, with A'y = 0 though y'Ax < 0 for all x with l <= Ax <= u.

    They are the multipliers of a program that has a solution: the least t >= 0 by which all bounds must be moved, each
    in its own unit.
    """
    _, A = of.sparse()
    length = abs(A).max(axis=1).toarray().ravel()
    length[length == 0] = 1.0
    l, u = np.where(of.l > -INFINITE, of.l / length, -np.inf), np.where(of.u < INFINITE, of.u / length, np.inf)
    sizes = np.fmax(np.where(np.isfinite(l), np.abs(l), 0.0), np.where(np.isfinite(u), np.abs(u), 0.0))
    unit = np.median(sizes[sizes > 0]) if (sizes > 0).any() else 1.0
    length, l, u, sizes = length * unit, l / unit, u / unit, np.maximum(sizes / unit, 1.0)
    A = scipy.sparse.csr_array(scipy.sparse.diags_array(1.0 / length) @ A)
    t, none = sizes[:, None], np.full(l.size, np.inf)
    rows = scipy.sparse.block_array([[A, -t], [A, t], [None, np.ones((1, 1))]], format="csr")
    bounds = np.concatenate([-none, l, [0.0]]), np.concatenate([u, none, [np.inf]])
    found = _linear(np.append(np.zeros(A.shape[1]), 1.0), rows, *bounds)
    if found is None:
        return None
    y = found.y[: l.size] + found.y[l.size : -1]
    y[np.abs(y) * sizes <= NO_WEIGHT * np.abs(y * sizes).max()] = 0.0
    y = _corrected(A, y)
    y[(y > 0) & np.isinf(u) | (y < 0) & np.isinf(l)] = 0.0
    used = np.flatnonzero(y)
    if used.size == 0:
        return None
    y = y / (np.abs(y) * sizes).sum()
    least = -sum(y[k] * (u[k] if y[k] > 0 else l[k]) for k in used)
    left = np.abs(A.T @ y) @ np.maximum(np.abs(found.x[:-1]), 1.0 / (abs(A).max(axis=0).toarray().ravel() + 1e-300))
    return y / length if least > max(CLEAR, CLEARER * left) else None


def _corrected(A: scipy.sparse.csr_array, y: np.ndarray) -> np.ndarray:
    """The nearest weights on the same rows with A'y = 0, where that makes them no others."""
    used = np.flatnonzero(y)
    if used.size == 0 or used.size * A.shape[1] > LARGE:
        return y
    rows = A[used].toarray().T
    rows = rows[np.abs(rows).max(axis=1) > 0]
    better = y.copy()
    better[used] = _projected(rows, y[used])
    return better if (better * y >= 0).all() else y


def unbounded(of: Program, d: np.ndarray, flat: float = 0.0) -> np.ndarray | None:
    """A direction, where there is one, with no curvature, downhill, and no bound in its way.

    It is the best with no component above that of d, which are units of x; rows of P that are not above flat are zero.
    """
    P, A = of.sparse()
    P = P[abs(P).max(axis=1).toarray().ravel() > flat]
    P, A, q = _unit_rows(P, d), _unit_rows(A, d), of.q * d
    q = q / max(np.abs(q).max(), 1e-300)
    rows = scipy.sparse.vstack([A, P, scipy.sparse.eye_array(q.size)], format="csr")
    box, zero, level = np.ones(q.size), np.zeros(of.l.size), np.zeros(P.shape[0])
    lower = np.concatenate([np.where(of.l > -INFINITE, zero, -np.inf), level, -box])
    upper = np.concatenate([np.where(of.u < INFINITE, zero, np.inf), level, box])
    found = _linear(q, rows, lower, upper)
    if found is None:
        return None
    candidates = [found.x]
    if P.shape[0] * P.shape[1] <= LARGE:  # rows that depend on each other, but for their rounding, leave an error in x
        candidates.append(_projected(P.toarray(), found.x))
    for x in candidates:
        v = A @ x
        wrong = np.maximum(np.where(of.l > -INFINITE, -v, 0.0), np.where(of.u < INFINITE, v, 0.0)).max(initial=0.0)
        wrong = max(wrong, np.abs(P @ x).max(initial=0.0))
        if -(q @ x) > max(CLEAR, CLEARER * wrong):
            return x * d
    return None


def _projected(M: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The nearest v with Mv = 0."""
    return v - np.linalg.lstsq(M, M @ v, rcond=1e-12)[0]


def _unit_rows(A: scipy.sparse.csr_array, d: np.ndarray) -> scipy.sparse.csr_array:
    """A in the units d of x, its rows divided by their largest elements."""
    A = scipy.sparse.csr_array(A @ scipy.sparse.diags_array(d))
    length = abs(A).max(axis=1).toarray().ravel()
    length[length == 0] = 1.0
    return scipy.sparse.csr_array(scipy.sparse.diags_array(1.0 / length) @ A)


def _linear(q: np.ndarray, A: scipy.sparse.csr_array, l: np.ndarray, u: np.ndarray) -> Attempt | None:
    """The best attempt at a linear program, solved or not: a proof is checked as it stands. None : no finite one."""
    if not (np.isfinite(q).all() and np.isfinite(A.data).all() and not np.isnan(l).any() and not np.isnan(u).any()):
        return None  # the user's numbers are too large: their scales are not finite
    found = attempt(program(scipy.sparse.csr_array((q.size, q.size)), q, A, l, u), TOLERANCE, 200)
    return found if np.isfinite(found.x).all() and np.isfinite(found.y).all() else None
