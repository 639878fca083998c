"""Convex quadratic programs: the driver. The iteration is in quadratic_interior_point.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.linalg import LinAlgError

from mechkit.checking import finite, float_array, is_sparse, positive, whole
from mechkit.optimization.programs.quadratic_interior_point import INDEFINITE, LIMIT, SOLVED, STALLED, interior_point
from mechkit.optimization.programs.quadratic_preparation import INFINITE, compress, fault
from mechkit.optimization.result import OptimizeResult

INFEASIBLE, UNBOUNDED = 2, 3
#: A certificate must be that clear: larger than this, relative to the bounds or the objective it speaks of.
CLEAR = 1e-6


@dataclass(frozen=True)
class QuadraticResult(OptimizeResult):
    """An `OptimizeResult` with y : (m,), the multipliers of the rows of A: positive where u holds x, negative where l.

    certificate : None; where the program is infeasible, weights of the rows that prove it; where it is unbounded, a
    direction in which to go for ever (see `quadratic_program`).
    """

    y: Any = None
    certificate: Any = None


def quadratic_program(
    P: Any,
    q: Any,
    A: Any = None,
    l: Any = None,
    u: Any = None,
    r: float = 0.0,
    *,
    tol: float = 1e-8,
    maxiter: int = 100,
) -> QuadraticResult:
    """Minimise x'Px/2 + q'x + r subject to l <= Ax <= u, by a primal-dual interior point method.

    P : (n, n) symmetric positive semidefinite, both triangles of it, zeros for a linear program; q : (n,); A : (m, n);
    l, u : (m,), equal for an equality, infinite (or at least 1e20) where there is no bound, None for none at all;
    r : number. P and A are dense or scipy.sparse. tol : of the bounds, the gradient and the duality gap, each relative
    to the terms it is the sum of, or to 1; maxiter : limit of the iterations, of which 5 to 30 are usual, whatever n.

    Without A, l and u bound x itself.

    Returns
    -------
    QuadraticResult
        x, fun, success, status, message, nit, and y : (m,) with Px + q + A'y = 0. status : 0 solved; 1 the limit of
        iterations; 2 infeasible: then certificate is y with A'y = 0 and l <= Ax <= u impossible for y'Ax; 3 unbounded:
        then it is d with Pd = 0, q'd < 0 and no bound in its way; 4 rounding errors stopped it. history : "fun",
        "primal", "dual" (the largest errors of the bounds and the gradient) and "gap", at the start and each iteration.

    Raises
    ------
    LinAlgError
        where P is not positive semidefinite, with its smallest eigenvalue.
    ValueError, TypeError
        for arrays that do not fit or are not finite, P not symmetric, l above u.

    Operation count: an iteration factors a matrix of order n + (number of equalities), n^3/3 flops without these, and
    solves with it twice, or more often where refinement asks for it. How many there are depends on the numbers. Here
    four iterations, the start, and the look whether P is semidefinite are six factorizations:

    >>> from mechkit import law
    >>> law(lambda n: quadratic_program(np.eye(n), -np.ones(n), l=-np.ones(n)), n=range(2, 9)).flops
    Polynomial('2n^3 + 61n^2 + 595n + 100')

    References: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 16.4; Mehrotra, SIAM J. Optim. 2 (1992);
    Gertz and Wright, Object-oriented software for quadratic programming, ACM TOMS 29 (2003); Wright, Primal-Dual
    Interior-Point Methods (1997).

    Examples
    --------
    >>> found = quadratic_program(np.eye(2), [-1.0, -1.0], [[1.0, 1.0]], u=[1.0])
    >>> found.x.round(6), round(found.fun, 6), found.y.round(6)
    (array([0.5, 0.5]), -0.75, array([0.5]))
    >>> quadratic_program(np.zeros((1, 1)), [1.0]).message
    'unbounded: the objective falls for ever in the direction of the certificate'
    """
    q = _floats("q", q, 1)
    n = q.size
    P = _floats("P", P.toarray() if is_sparse(P) else P, 2)
    if P.shape != (n, n):
        raise ValueError(f"P has shape {P.shape}; it must be ({n}, {n}), as q has {n} elements")
    data, indices, indptr = _rows(np.eye(n) if A is None else A, n)
    m = indptr.size - 1
    l, u = _bound("l", l, m, -np.inf), _bound("u", u, m, np.inf)
    if fault(P, q, data, l, u):
        _complain(P, q, data, l, u)
    maxiter = whole("maxiter", maxiter, 0)
    r, tol = finite("r", r), positive("tol", tol)
    program = P, q, data, indices, indptr, l, u
    x, y, history, status, best = _solve(program, tol, maxiter)
    certificate, nit = None, len(history) - 1
    if status == INDEFINITE:
        least = np.linalg.eigvalsh(P)[0]
        raise LinAlgError(
            f"P is not positive semidefinite: its smallest eigenvalue is {least:.6g}, so the program is not convex"
        )
    if status != SOLVED:
        certificate = _infeasible(program)
        if certificate is not None:
            status = INFEASIBLE
        else:
            certificate = _unbounded(program)
            status = status if certificate is None else UNBOUNDED
    return QuadraticResult(
        x,
        float(history[best, 0]) + r,
        status == SOLVED,
        status,
        MESSAGES[status] if status == SOLVED else MESSAGES[status].format(*history[best, 1:], maxiter=maxiter),
        nit,
        0,
        history={"fun": history[:, 0] + r, "primal": history[:, 1], "dual": history[:, 2], "gap": history[:, 3]},
        y=y,
        certificate=certificate,
    )


_REACHED = "the errors of the bounds and the gradient are {:.1e} and {:.1e}, the gap {:.1e}"
MESSAGES = {
    SOLVED: "solved to the tolerance",
    LIMIT: "maxiter = {maxiter} iterations were not enough; at the best of them " + _REACHED,
    INFEASIBLE: "infeasible: no x keeps all bounds, as the certificate proves",
    UNBOUNDED: "unbounded: the objective falls for ever in the direction of the certificate",
    STALLED: "rounding errors ended it; at the best iteration " + _REACHED,
}


def _floats(name: str, value: Any, dimensions: int) -> np.ndarray:
    # What needs nothing done costs nothing. Whether the numbers are finite is asked by `fault`, all at once.
    if type(value) is np.ndarray and value.dtype == np.float64 and value.ndim == dimensions and value.size:
        return np.ascontiguousarray(value)
    return float_array(name, value, (dimensions,), check_finite=False).astype(np.float64, copy=False)


def _rows(A: Any, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A by rows, sorted and without duplicates; A is not changed, but may share its memory."""
    sparse = is_sparse(A)
    if not sparse and not (isinstance(A, np.ndarray) and len(A) == 0):
        A = _floats("A", A, 2)
    if A.ndim != 2 or A.shape[1] != n:
        raise ValueError(f"A has shape {A.shape}; it needs {n} columns, one an unknown")
    if sparse:
        A = A.tocsr()
        if not A.has_canonical_format:
            A = A.copy()
            A.sum_duplicates()
        data = _floats("A.data", A.data, 1) if A.nnz else np.empty(0)
        return data, A.indices.astype(np.uint32), A.indptr.astype(np.uint32)
    data, indices, indptr = np.empty(A.size), np.empty(A.size, np.uint32), np.empty(len(A) + 1, np.uint32)
    nonzeros = compress(A, data, indices, indptr)
    return data[:nonzeros], indices[:nonzeros], indptr


def _bound(name: str, value: Any, m: int, missing: float) -> np.ndarray:
    if value is None or m == np.size(value) == 0:
        return np.full(m, missing)
    bound = _floats(name, value, 1)
    if bound.size != m:
        raise ValueError(f"{name} has shape {bound.shape}; it needs {m} elements, one a row of A")
    return bound


def _complain(P: np.ndarray, q: np.ndarray, data: np.ndarray, l: np.ndarray, u: np.ndarray) -> None:
    """Say what `fault` found."""
    for name, array in (("P", P), ("q", q), ("A.data", data)):
        if array.size:
            float_array(name, array, (1, 2))
    different = np.abs(P - P.T) > 1e-10 * np.maximum(np.abs(P), np.abs(P.T))
    if different.any():
        i, j = np.argwhere(different)[0]
        raise ValueError(
            f"P is not symmetric: P[{i}, {j}] is {P[i, j]} and P[{j}, {i}] is {P[j, i]}; give both triangles"
        )
    i = int(np.argmin((l <= u) & (l < INFINITE) & (u > -INFINITE)))
    raise ValueError(f"the bounds of row {i} contradict each other: l[{i}] is {l[i]} and u[{i}] is {u[i]}")


Program = tuple[np.ndarray, ...]


def _solve(program: Program, tol: float, maxiter: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, int]:
    """x, y, the history, the status, and the number of the best iteration."""
    P, q, data, indices, indptr, l, u = program
    x, y, history = np.zeros(q.size), np.zeros(l.size), np.empty((maxiter + 1, 4))
    with np.errstate(all="ignore"):
        status, nit, best = interior_point(
            P.copy(), q.copy(), data.copy(), indices, indptr, l, u, tol, maxiter, x, y, history
        )
    return x, y, history[: nit + 1], status, best


def _linear(q: np.ndarray, A: Any, l: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """x and y of a linear program that has a solution, or None where it was not found."""
    P = np.zeros((q.size, q.size))
    x, y, _, status, _ = _solve((P, q, *_rows(A, q.size), l, u), 1e-9, 200)
    return (x, y) if status == SOLVED else None


def _parts(program: Program) -> tuple[Any, np.ndarray]:
    """A, its rows divided by their largest elements; and these."""
    data, indices, indptr = program[2:5]
    A = scipy.sparse.csr_array(
        (data, indices.astype(np.int32), indptr.astype(np.int32)), shape=(indptr.size - 1, program[1].size)
    )
    size = abs(A).max(axis=1).toarray().ravel()
    size[size == 0] = 1.0
    return scipy.sparse.diags_array(1.0 / size) @ A, size


def _infeasible(program: Program) -> np.ndarray | None:
    """Weights y of the rows, where there are any, with A'y = 0 though y'Ax < 0 for all x with l <= Ax <= u.

    They are the multipliers of a program that has a solution: the least t >= 0 by which all bounds must be moved.
    """
    A, size = _parts(program)
    l, u = program[5] / size, program[6] / size
    l[program[5] <= -INFINITE], u[program[6] >= INFINITE] = -np.inf, np.inf
    unit = max(np.abs(b[np.isfinite(b)]).max(initial=0.0) for b in (l, u)) or 1.0
    t, none = np.ones((l.size, 1)), np.full(l.size, np.inf)
    rows = scipy.sparse.block_array([[A, -t], [A, t], [None, t[:1]]], format="csr")
    bounds = np.concatenate([-none, l / unit, [0.0]]), np.concatenate([u / unit, none, [np.inf]])
    found = _linear(np.append(np.zeros(A.shape[1]), 1.0), rows, *bounds)
    if found is None:
        return None
    y = found[1][: l.size] + found[1][l.size : -1]
    y[(y > 0) & np.isinf(u) | (y < 0) & np.isinf(l)] = 0.0
    least = -sum(y[k] * (u[k] if y[k] > 0 else l[k]) for k in np.flatnonzero(y)) / unit
    return y / size if least > max(CLEAR, 1e3 * np.abs(A.T @ y).max()) else None


def _unbounded(program: Program) -> np.ndarray | None:
    """A direction d, where there is one, with Pd = 0, q'd < 0 and no bound in its way: the best with |d[j]| <= 1."""
    P, q = program[:2]
    A, _ = _parts(program)
    size = np.abs(P).max(axis=1)
    P = P[size > 0] / size[size > 0, None]
    rows = scipy.sparse.vstack([A, scipy.sparse.csr_array(P), scipy.sparse.eye_array(q.size)], format="csr")
    flat, box, zero = np.zeros(len(P)), np.ones(q.size), np.zeros(program[5].size)
    lower = np.concatenate([np.where(program[5] > -INFINITE, zero, -np.inf), flat, -box])
    upper = np.concatenate([np.where(program[6] < INFINITE, zero, np.inf), flat, box])
    found = _linear(q / np.abs(q).max(initial=1e-300), rows, lower, upper)
    if found is None:
        return None
    d = found[0]
    return d if q @ d < -CLEAR * np.abs(q).max() else None
