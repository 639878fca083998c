"""Quadratic programs by the rows that hold x: these are solved for as equations, and changed where that is wrong.

One number far larger than the others hides them from a gap; a system of equations has no gap.
"""

from __future__ import annotations

import numpy as np

from mechkit.optimization.programs.quadratic_check import TINIEST, errors_of
from mechkit.optimization.programs.quadratic_input import Program
from mechkit.optimization.programs.quadratic_interior_point import SOLVED
from mechkit.optimization.programs.quadratic_run import ROUNDED, Attempt, run

#: So often the rows that hold x are changed, and so often x is corrected for rounding errors.
CHANGES, CORRECTIONS = 12, 2
#: Iterations for a system of equations; one would do without rounding errors.
ITERATIONS = 10
#: What is off by such a share of its terms is rounding.
ROUNDING = 1e-10


def by_active_rows(program: Program, found: Attempt, tol: float, sparse: bool) -> Attempt | None:
    """The solution whose rows are at the limits where an attempt seems to have them; None where there is none.

    A row that x breaks is added, and a row whose multiplier has the wrong sign is left out, until there are none. The
    second start is without any row.
    """
    # Hintermueller, Ito and Kunisch, The primal-dual active set strategy as a semismooth Newton method, SIAM J. Optim.
    # 13 (2002)
    equations = program.l == program.u
    for start in (_seem_to_hold(program, found), np.zeros(program.l.size)):
        holds, seen = np.where(equations, 1.0, start), set()
        for _ in range(CHANGES):
            if holds.tobytes() in seen:
                break
            seen.add(holds.tobytes())
            solved = _as_equations(program, holds, tol, sparse)
            if solved is None:
                break
            x, y = solved
            before, holds = holds, np.where(equations, 1.0, _changed(program, holds, x, y))
            if (holds == before).all():
                y = np.where(equations | (holds * y > 0.0), y, 0.0)
                errors = errors_of(program, x, y, found.d, found.e)
                if errors.largest <= tol * ROUNDED and errors.both < 0:
                    return found._replace(x=x, y=y, status=SOLVED, errors=errors)
                break
    return None


def _seem_to_hold(program: Program, found: Attempt) -> np.ndarray:
    """1 for each row that seems to be at its upper limit, -1 at its lower, 0 for others."""
    _, A, of_P, of_A = program.matrices
    x, y = found.x, found.y
    limit = np.where(y > 0.0, program.u, np.where(y < 0.0, program.l, np.inf))
    rows, sizes = A @ x, of_A @ np.abs(x)
    columns = of_P @ np.abs(x) + np.abs(program.q) + np.abs(y) @ of_A
    finite = np.isfinite(limit)
    way = np.abs(np.where(finite, limit, 0.0) - rows) / (sizes + np.where(finite, np.abs(limit), 0.0) + TINIEST)
    holds = finite & (way < np.abs(y) * (of_A @ (1.0 / (columns + TINIEST))))
    return np.where(holds, np.sign(y), 0.0)


def _as_equations(
    program: Program, holds: np.ndarray, tol: float, sparse: bool
) -> tuple[np.ndarray, np.ndarray] | None:
    """x and y where the rows that hold x are equations and there are no others."""
    used = holds != 0.0
    limit = np.where(holds > 0.0, program.u, program.l)
    of = program.within(limit, limit).with_rows(used)
    P, A, *_ = of.matrices
    x, y = np.zeros(of.q.size), np.zeros(program.l.size)
    for _ in range(1 + CORRECTIONS):
        left = of.l - A @ x
        rest = Program(of.P, of.q + P @ x, of.A, left, left)
        step = run(rest, tol, ITERATIONS, sparse)
        if not np.isfinite(step.x).all() or not np.isfinite(step.y).all():
            return None
        x = x + step.x
    y[used] = step.y
    return x, y


def _changed(program: Program, holds: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which rows hold x after those that x breaks were added, and those that pull x to their limit left out."""
    _, A, of_P, of_A = program.matrices
    rows, sizes = A @ x, ROUNDING * (of_A @ np.abs(x))
    columns = of_P @ np.abs(x) + np.abs(program.q) + np.abs(y) @ of_A
    weight = y * (of_A @ (1.0 / (columns + TINIEST)))
    holds = np.where(holds * weight < -ROUNDING, 0.0, holds)
    holds = np.where(rows > program.u + sizes + ROUNDING * np.abs(program.u), 1.0, holds)
    return np.where(rows < program.l - sizes - ROUNDING * np.abs(program.l), -1.0, holds)
