"""A linear program for the simplex method: scaled, solved, and solved again where its answer is not right by row."""

from __future__ import annotations

import numpy as np

from mechkit.checking import is_sparse
from mechkit.optimization.programs.path_arrays import DIFFICULT, INFEASIBLE, LIMIT, OPTIMAL, UNBOUNDED
from mechkit.optimization.programs.simplex import fresh_tableau, solve_tableau
from mechkit.optimization.programs.standard_form import LinearProgram, scaled_columns
from mechkit.optimization.programs.verdict import SPOILT, Off, proof_of, row_off, typical_size, what_is_off

#: The simplex method's tolerance, of bounds and reduced costs of the scaled program.
TOLERANCE = 1e-9
#: Where the answer is off, the next round multiplies the tolerance by this.
SHARPER = 1e-3
#: The most rounds.
ROUNDS = 9
#: So many more rounds are in vain where the answer is nearly right.
IN_VAIN = 2
#: Rounding errors, as a share of the terms of a sum: no tolerance is less.
ROUNDING = 1e-13
#: The most corrections of a solution for rounding errors, and where they end.
CORRECTIONS, EXACT = 3, 1e-14
#: Where the median of all numbers is such a share of the largest, the first tolerance is a share of the median.
SMALL = 1e-4


class Tableau:
    """A linear program for the simplex method, scaled, with the basis where it last was: the start for other bounds.

    The first basis is that of the slacks or, where a point x is given, one that is near it.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> tableau = Tableau(linear_program([-1, -2], [[1, 1]], [3], None, None, (0, 2)))
    >>> tableau.solve(np.zeros(2), np.full(2, 2.0), 100)[:2], tableau.x
    ((0, 3), array([1., 2.]))
    >>> tableau.solve(np.zeros(2), np.ones(2), 100)[:2], tableau.x
    ((0, 2), array([1., 1.]))
    """

    def __init__(self, p: LinearProgram, x: np.ndarray | None = None, tol: float = TOLERANCE) -> None:
        (m, n), slacks = p.A.shape, p.inequalities
        *_, self.row_scale, self.column_scale = scaled_columns(p)
        A = p.A.toarray() if is_sparse(p.A) else p.A
        self.A = A * self.row_scale[:, np.newaxis] * self.column_scale
        self.b, self.c = p.b * self.row_scale, p.c * self.column_scale
        self.of_x, self.of_cost = np.abs(self.b).max(initial=0.0) or 1.0, np.abs(self.c).max() or 1.0
        self.b /= self.of_x
        self.c /= self.of_cost
        self.unit = self.column_scale * self.of_x
        self.lower, self.upper = np.zeros(n + m), np.zeros(n + m)
        self.upper[n : n + slacks] = np.inf
        self.values, self.d, self.weights = np.zeros(n + m), np.empty(n), np.empty(n)
        self.wanted = np.repeat(np.array([0, 1], np.uint8), (n, m))
        if x is not None:  # the m variables with the most room are to be basic
            self.values[:n] = x / self.unit
            self.values[n:] = self.b - self.A @ self.values[:n]
            self.lower[:n], self.upper[:n] = p.lower / self.unit, p.upper / self.unit
            room = np.minimum(self.values - self.lower, self.upper - self.values)
            self.wanted[:] = 0
            self.wanted[np.argsort(room)[n:]] = 1
        self.T, self.basic, self.nonbasic = np.empty((m + 1, n + 1)), np.empty(m, np.int64), np.empty(n, np.int64)
        fresh_tableau(self.A, self.b, self.c, self.wanted, self.T, self.basic, self.nonbasic)
        self.y = np.zeros(m)  # the multipliers at the last look whether x is optimal
        self.of_bounds, self.of_costs = tol, tol
        self.tolerances = np.full((3, n + m), tol)
        bounds = np.concatenate((p.lower, p.upper)) / np.concatenate((self.unit, self.unit))
        sizes = np.abs(np.concatenate((self.b, bounds, self.c)))
        if sizes.min(initial=1.0, where=sizes > 0.0) < SMALL:  # most numbers may be far smaller than the largest
            of_x, of_cost = min(typical_size(self.b, bounds), 1.0), typical_size(self.c)
            if min(of_x, of_cost) < SMALL:
                self.sharpen(of_x, of_cost)

    def solve(self, lower: np.ndarray, upper: np.ndarray, maxiter: int) -> tuple[int, int, np.ndarray]:
        """Status, iterations and history for these bounds of x."""
        n = self.c.size
        self.lower[:n], self.upper[:n] = lower / self.unit, upper / self.unit
        history = np.empty((maxiter + 1, 2))
        basis = self.T, self.basic, self.nonbasic, self.lower, self.upper
        status, nit, self._q, self._sense = solve_tableau(
            self.A, self.b, self.c, *basis, self.values, self.d, self.weights, self.wanted, history, self.tolerances
        )
        history = history[: nit + 1] * (self.of_x, self.of_x * self.of_cost)
        return status, nit, history

    def solve_in_rounds(self, p: LinearProgram, maxiter: int) -> tuple[int, int, np.ndarray, Off | None]:
        """Solve p until its answer is right by row and by column. Status, iterations, history, and what is off.

        The first tolerance is a share of the largest number, which the others may be too small beside. Where this shows
        in the answer, a sharper one goes on from the same basis.
        """
        nit, history, best, found, vain = 0, np.empty((0, 2)), None, (self.values, self.y), 0
        for made in range(ROUNDS):
            status, more, rest = self.solve(p.lower, p.upper, maxiter - nit)
            nit, history = nit + more, np.concatenate((history, rest[min(made, 1) :]))
            if status == LIMIT:  # rounding errors may have led it round in circles where the answer is
                off = self.off(p, OPTIMAL)
                if best is None:
                    return (OPTIMAL if off is None or off.rough else LIMIT), nit, history, None
                break
            off = self.off(p, status)
            if off is not None and status == OPTIMAL:
                self.correct()
                off = self.off(p, status)
            if off is None:
                return status, nit, history, None
            vain += 1
            if status == OPTIMAL and (best is None or off.excess < best.excess):
                best, found, vain = off, (self.values.copy(), self.y), 0
            if best is not None and best.rough and vain == IN_VAIN:
                break
            if status == INFEASIBLE:  # a small pivot may lead on
                self.tolerances[1] = np.maximum(SHARPER * self.tolerances[1], ROUNDING)
            self.sharpen(SHARPER if off.primal > 1.0 else 1.0, SHARPER if off.dual > 1.0 else 1.0)
        if best is None:
            return DIFFICULT, nit, history, off
        self.values[:], self.y = found
        return (OPTIMAL, nit, history, None) if best.rough else (DIFFICULT, nit, history, best)

    def off(self, p: LinearProgram, status: int) -> Off | None:
        """What is wrong with x, or with the proof that there is none, if anything."""
        x, scales = np.clip(self.x, p.lower, p.upper), (self.row_scale, self.column_scale)
        if status == OPTIMAL:
            self.y = self.multipliers
            return what_is_off(p, x, self.y, scales)
        if status in (INFEASIBLE, UNBOUNDED) and self.proof(p, status) is None:
            return Off(0.0, 0.0, SPOILT)
        row = row_off(p, x, scales) if status == UNBOUNDED else None  # there is to be a feasible point
        return None if row is None else Off(np.inf, 0.0, row)

    def correct(self) -> None:
        """Take what rounding has left of Ax + s = b from the basic variables."""
        n, left = self.c.size, np.zeros(self.values.size)
        for _ in range(CORRECTIONS):
            left[n:] = self.b - self.A @ self.values[:n] - self.values[n:]
            if np.abs(left).max() <= EXACT:
                break
            self.values[self.basic] += self.T[:-1, :-1] @ left[self.nonbasic] + left[self.basic]

    def sharpen(self, of_bounds: float, of_costs: float) -> None:
        """Multiply the tolerances of bounds and costs by these; none becomes less than the rounding errors there."""
        n, basic, nonbasic = self.c.size, self.basic, self.nonbasic
        sizes, b, c = np.abs(self.T[:-1, :-1]), np.zeros(self.values.size), np.zeros(self.values.size)
        b[n:], c[:n] = np.abs(self.b), np.abs(self.c)
        self.of_bounds *= of_bounds
        terms = ROUNDING * (sizes @ (np.abs(self.values[nonbasic]) + b[nonbasic]) + b[basic])
        self.tolerances[0] = max(self.of_bounds, terms.max(initial=0.0))
        self.tolerances[0, basic] = np.maximum(self.of_bounds, terms)
        self.of_costs *= of_costs
        terms = ROUNDING * (c[nonbasic] + c[basic] @ sizes)
        self.tolerances[2] = max(self.of_costs, terms.max())
        self.tolerances[2, nonbasic] = np.maximum(self.of_costs, terms)

    @property
    def x(self) -> np.ndarray:
        """The variables where it ended."""
        return self.values[: self.c.size] * self.unit

    @property
    def multipliers(self) -> np.ndarray:
        """Where x is optimal, the multipliers y of the rows: c = A'y + d."""
        n, more = self.c.size, np.zeros(self.values.size)
        more[self.nonbasic] = -self.T[-1, :-1]
        y, costs = more[n:], np.append(self.c, np.zeros(self.b.size))
        for _ in range(CORRECTIONS):  # of what rounding has left of the reduced costs of basic variables
            left = (costs - np.append(y @ self.A, y))[self.basic]
            if np.abs(left).max(initial=0.0) <= EXACT:
                break
            more[self.nonbasic] = left @ self.T[:-1, :-1]
            more[self.basic] = left
            y = y + more[n:]
        return y * self.row_scale * self.of_cost

    def proof(self, p: LinearProgram, status: int) -> np.ndarray | None:
        """Multipliers that prove the program infeasible, or a direction that proves it unbounded; or None."""
        n = self.c.size
        found = np.zeros(self.values.size)
        if status == INFEASIBLE:
            basic = self.values[self.basic]
            room = self.tolerances[0, self.basic]
            found[self.nonbasic] = self.d
            found[self.basic] = (basic < self.lower[self.basic] - room) * 1.0 - (basic > self.upper[self.basic] + room)
            found = found[n:] * self.row_scale
        else:
            found[self.nonbasic[self._q]] = self._sense
            found[self.basic] = -self._sense * self.T[:-1, self._q]
            found = found[:n] * self.column_scale
        return proof_of(p, found, status == INFEASIBLE, (self.row_scale, self.column_scale))
