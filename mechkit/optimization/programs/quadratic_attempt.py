"""An attempt at a quadratic program: an interior point, and the rows that hold x as equations, where that is not it."""

from __future__ import annotations

import numpy as np

from mechkit.optimization.programs.active_rows import by_active_rows
from mechkit.optimization.programs.quadratic_input import Program
from mechkit.optimization.programs.quadratic_interior_point import SOLVED, STALLED
from mechkit.optimization.programs.quadratic_run import Attempt, is_sparse_faster, run
from mechkit.optimization.programs.sparse_interior_point import SHARE


def attempt(program: Program, tol: float, maxiter: int, sparse: bool | None = None, share: float = SHARE) -> Attempt:
    """Solve a program and check the answer; sparse : whether by sparse factors, or None for what is faster.

    Where a row has both room and a multiplier, one large number may hide the others from the gap. Then the rows that
    seem to hold x are solved for as equations.
    """
    kept = (program.l > -np.inf) | (program.u < np.inf)
    if not kept.all():  # a row without limits would only spoil the scales
        return _with_all_rows(kept, attempt(program.with_rows(kept), tol, maxiter, sparse, share))
    if sparse is None:
        sparse = is_sparse_faster(program)
    found = run(program, tol, maxiter, sparse, share)
    if found.status != SOLVED or found.errors.both < 0:
        return found
    exact = by_active_rows(program, found, tol, sparse)
    if exact is not None:
        return exact
    return found if found.errors.hidden else found._replace(status=STALLED)


def _with_all_rows(kept: np.ndarray, found: Attempt) -> Attempt:
    """The same for a program some rows of which were left out; their scales are 0."""
    (y, e), at = np.zeros((2, kept.size)), np.flatnonzero(kept)
    y[kept], e[kept] = found.y, found.e
    row, both = found.errors.row, found.errors.both
    if row >= 0:
        row = int(at[row])
    if both >= 0:
        both = int(at[both])
    return found._replace(y=y, e=e, errors=found.errors._replace(row=row, both=both))
