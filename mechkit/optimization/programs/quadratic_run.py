"""One run of an interior point method on a quadratic program, dense or sparse, and how far its answer is off."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import scipy.sparse

from mechkit.optimization.programs.quadratic_check import Errors, errors_of
from mechkit.optimization.programs.quadratic_input import MANY, Program
from mechkit.optimization.programs.quadratic_interior_point import SOLVED, STALLED, interior_point
from mechkit.optimization.programs.quadratic_preparation import equilibrate, sides
from mechkit.optimization.programs.quasidefinite import factorization
from mechkit.optimization.programs.sparse_interior_point import SHARE, pattern, sparse_interior_point

#: A flop of the sparse factorization takes so many times the time of one in blocks of a dense matrix.
SLOWER = 3.0
#: The check rounds in other places than the iteration did.
ROUNDED = 1.0 + 1e-6


class Attempt(NamedTuple):
    """What a run came to. status : SOLVED only where the check agrees; errors : of x and y.

    history : (nit + 1, 4) the objective and the errors of bounds, gradient and gap; d, e : units of x, scales of rows.
    """

    x: np.ndarray
    y: np.ndarray
    history: np.ndarray
    status: int
    errors: Errors
    d: np.ndarray
    e: np.ndarray


def run(program: Program, tol: float, maxiter: int, sparse: bool, share: float = SHARE) -> Attempt:
    """Solve a program by dense or by sparse factors, and measure the answer."""
    if sparse:
        x, y, d, e, history, status, _ = sparse_interior_point(
            *program.sparse(), program.q, program.l, program.u, tol, maxiter, share
        )
    else:
        x, y, d, e, history, status = dense_interior_point(program, tol, maxiter)
    errors = errors_of(program, x, y, d, e)
    if status == SOLVED and not errors.largest <= tol * ROUNDED:
        status = STALLED
    return Attempt(x, y, history, status, errors, d, e)


def dense_interior_point(program: Program, tol: float, maxiter: int) -> tuple[Any, ...]:
    """The best x and y, the scales d and e, the history, and the status of `interior_point`."""
    n, m, (data, indices, indptr) = program.q.size, program.l.size, program.A
    P = program.P.copy() if isinstance(program.P, np.ndarray) else program.P.toarray()
    data, X, Y = data.copy(), np.ones((5, n)), np.ones((9, m))
    X[2], Y[5], Y[6] = program.q, program.l, program.u
    c = equilibrate(P, data, indices, indptr, X, Y)
    equality, of, room = np.empty(m, np.int64), np.empty(2 * m, np.int64), np.empty((2, 2 * m))
    equations, number = sides(Y[5], Y[6], Y[7], equality, Y[0], of, *room)
    order = n + equations
    S, V, K = np.empty((8, number)), np.empty((5, order + number)), np.empty((order, order))
    S[:2], X[4], Y[8] = room[:, :number], 0.0, 0.0
    given, history = (P, data, indices, indptr, c, equality, of[:number]), np.full((maxiter + 1, 4), np.inf)
    status, nit, _ = interior_point(*given, X, Y, S, V, K, factorization(order), tol, maxiter, history)
    return X[4], Y[8], X[3], Y[7], history[: nit + 1], status


def is_sparse_faster(program: Program) -> bool:
    """Whether the factors of [P, A'; A, 0] take less time with their zeros left out."""
    n, m = program.q.size, program.l.size
    if n <= MANY or isinstance(program.P, np.ndarray):
        return False
    length = np.diff(program.A[2].astype(np.int64)).astype(float)
    equal = int((program.l == program.u).sum())
    dense = (n + equal) ** 3 / 3.0 + (length[program.l != program.u] ** 2).sum()
    if n + m > 20 * MANY:  # the dense matrix would not fit, or the order would take longer than either
        return True
    P, A = program.sparse()
    return SLOWER * pattern(scipy.sparse.block_array([[P, A.T], [A, None]], format="csr"), n).flops < dense
