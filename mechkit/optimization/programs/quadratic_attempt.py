"""One run of an interior point method on a quadratic program, dense or sparse, and the check of its answer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse

from mechkit.optimization.programs.complementarity import not_complementary
from mechkit.optimization.programs.quadratic_check import answer_errors
from mechkit.optimization.programs.quadratic_input import MANY, Program
from mechkit.optimization.programs.quadratic_interior_point import SOLVED, STALLED, interior_point
from mechkit.optimization.programs.quadratic_preparation import INFINITE
from mechkit.optimization.programs.sparse_interior_point import SHARE, pattern, sparse_interior_point

#: A flop of the sparse factorization takes so many times the time of one in blocks of a dense matrix.
SLOWER = 3.0
#: The check rounds in other places than the iteration did.
ROUNDED = 1.0 + 1e-6
#: So often the program is solved for the rest of x, where a row has both room and a multiplier.
REFINEMENTS = 6


class Attempt(NamedTuple):
    """What a run came to. status : SOLVED only where the check agrees; errors : what `answer_errors` says of x and y,
    and error, the largest.

    history : (nit + 1, 4) the objective and the errors of bounds, gradient and gap; best : the iteration of x and y;
    d, e : the scales.
    """

    x: np.ndarray
    y: np.ndarray
    history: np.ndarray
    status: int
    best: int
    errors: np.ndarray
    d: np.ndarray
    e: np.ndarray
    error: float


def attempt(program: Program, tol: float, maxiter: int, sparse: bool | None = None, share: float = SHARE) -> Attempt:
    """Solve a program and check the answer; sparse : whether by sparse factors, or None for what is faster."""
    found = _attempt(program, tol, maxiter, sparse, share)
    if found.status != SOLVED or not_complementary(program, found.x, found.y, found.d, found.e) is None:
        return found
    best, (P, A) = found, program.sparse()
    for _ in range(REFINEMENTS):  # one large row hides the others in the gap: look at what is left of the program
        rows, left = A @ best.x, maxiter + 1 - len(best.history)
        l = np.where(program.l > -INFINITE, program.l - rows, program.l)
        u = np.where(program.u < INFINITE, program.u - rows, program.u)
        step = _attempt(Program(program.P, program.q + P @ best.x, program.A, l, u), tol, left, sparse, share)
        step.history[:, 0] += best.errors[0]
        history, at = np.concatenate((best.history, step.history[1:])), len(best.history) - 1 + step.best
        best = step._replace(x=best.x + step.x, history=history, best=at)
        error = check(program, best.x, best.y, best.d, best.e, best.errors)
        if error <= tol * ROUNDED and not_complementary(program, best.x, best.y, best.d, best.e) is None:
            return best._replace(status=SOLVED, error=error)
    return found._replace(status=STALLED)


def _attempt(program: Program, tol: float, maxiter: int, sparse: bool | None, share: float) -> Attempt:
    if is_sparse_faster(program) if sparse is None else sparse:
        x, y, d, e, history, status, best = sparse_interior_point(
            *program.sparse(), program.q, program.l, program.u, tol, maxiter, share
        )
    else:
        n, m = program.q.size, program.l.size
        P = program.P.copy() if isinstance(program.P, np.ndarray) else program.P.toarray()
        data, indices, indptr = program.A
        l, u, x, y, d, e = program.l, program.u, np.zeros(n), np.zeros(m), np.empty(n), np.empty(m)
        history = np.empty((maxiter + 1, 4))
        status, nit, best = interior_point(
            P, program.q.copy(), data.copy(), indices, indptr, l, u, tol, maxiter, x, y, d, e, history
        )
        history = history[: nit + 1]
    errors = np.empty(7)
    error = check(program, x, y, d, e, errors)
    if status == SOLVED and not error <= tol * ROUNDED:
        status = STALLED
    return Attempt(x, y, history, status, best, errors, d, e, error)


def check(program: Program, x: np.ndarray, y: np.ndarray, d: np.ndarray, e: np.ndarray, errors: np.ndarray) -> float:
    """Put x onto the bounds that rounding has made it miss, and fill in the errors of the answer; the largest."""
    work = np.empty((6, max(x.size, y.size)))
    return answer_errors(*program.P_rows, program.q, *program.A, program.l, program.u, x, y, d, e, work, errors)


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
