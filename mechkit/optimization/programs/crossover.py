"""The methods of linear programs, each checked: the interior point, and the simplex method from where it ended."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mechkit.optimization.programs.embedding import Ended, by_interior_point
from mechkit.optimization.programs.path_arrays import DIFFICULT, INFEASIBLE, LIMIT, OPTIMAL, UNBOUNDED
from mechkit.optimization.programs.standard_form import LinearProgram
from mechkit.optimization.programs.tableau import Tableau
from mechkit.optimization.programs.verdict import SPOILT, Off, proof_of, what_is_off

#: The interior point's tolerance, of residuals and gap; the simplex method's is in tableau.py.
TIGHT = 1e-10
#: Iterations of the interior point are 10 to 60, so these are enough.
ENOUGH = 200
#: An answer that is off by no more than so many times what it may be is slightly off.
SLIGHTLY = 30.0
#: Rows times rows times columns of programs that go on to a vertex where the answer is slightly off: in a second.
OFTEN = 10**8
#: Where it is off by more.
SELDOM = 10**9
#: Where it is no answer: this may take minutes.
AT_LAST = 4 * 10**9


class Outcome(NamedTuple):
    """What a method came to.

    x, y : the point and the multipliers of the rows, None where there are none; proof : that there is no solution;
    off : what is wrong with the answer, in words; how : how it was found.
    """

    status: int
    nit: int
    history: dict[str, np.ndarray]
    x: np.ndarray | None = None
    y: np.ndarray | None = None
    proof: np.ndarray | None = None
    off: str | None = None
    how: str = ""


def usual_exchanges(p: LinearProgram) -> int:
    """Far more exchanges than the simplex method usually takes: where it takes these, it goes round in circles."""
    return 1000 + 50 * sum(p.A.shape)


def interior_point(p: LinearProgram, maxiter: int, tol: float) -> Outcome:
    """The interior point; where its answer is off, the simplex method goes on from there."""
    ended = by_interior_point(p, maxiter, tol)
    status, nit, history = ended.status, ended.nit, ended.history
    if status == LIMIT and maxiter < ENOUGH:
        return Outcome(status, nit, history, ended.x)
    off: Off | None = Off(0.0, 0.0, SPOILT)
    if status in (INFEASIBLE, UNBOUNDED):
        proof = proof_of(p, ended.proof, status == INFEASIBLE, ended.scales)
        if proof is not None:
            return Outcome(status, nit, history, proof=proof)
        status = DIFFICULT
    else:  # at the best point, where it is a standstill
        off = what_is_off(p, ended.x, ended.y, ended.scales)
        status = OPTIMAL if off is None or off.rough else DIFFICULT
    most = 0
    if status != OPTIMAL:
        most = AT_LAST
    elif off is not None or ended.error > tol:
        most = SELDOM if ended.error > tol or (off is not None and off.excess > SLIGHTLY) else OFTEN
    if p.A.shape[0] ** 2 * p.A.shape[1] <= most:
        vertex = cross_over(p, ended)
        if vertex.status == OPTIMAL or (status != OPTIMAL and vertex.status in (INFEASIBLE, UNBOUNDED)):
            return vertex
    x = ended.x if ended.x.size else None
    if off is not None and status != OPTIMAL:
        return Outcome(DIFFICULT, nit, history, x, off=off.words)
    how = f": its relative residuals and gap are at most {ended.error:.0e}"
    return Outcome(status, nit, history, x, ended.y, how=how)


def cross_over(p: LinearProgram, ended: Ended) -> Outcome:
    """The vertex that the simplex method finds from a basis of the variables of x farthest from their bounds.

    References: Bixby and Saltzman, Recovering an optimal LP basis from an interior point solution, Oper. Res. Lett. 15
    (1994).
    """
    tableau = Tableau(p, ended.x if ended.x.size else None)
    status, exchanges, _, off = tableau.solve_in_rounds(p, usual_exchanges(p))
    if status in (LIMIT, DIFFICULT) and ended.x.size:  # that basis was no good one: the slacks are
        tableau = Tableau(p)
        status, more, _, off = tableau.solve_in_rounds(p, usual_exchanges(p))
        exchanges += more
    where = f"from where rounding errors of {ended.error:.0e} stopped the interior point"
    how = f", at the vertex {exchanges} exchanges {where}"
    return _at_vertex(p, tableau, status, off, Outcome(status, ended.nit, ended.history, how=how))


def simplex(p: LinearProgram, maxiter: int, tol: float) -> Outcome:
    """The simplex method; where rounding errors lead it nowhere, the interior point."""
    tableau = Tableau(p, tol=tol)
    status, nit, table, off = tableau.solve_in_rounds(p, maxiter)
    history = {"primal": table[:, 0], "fun": table[:, 1]}
    found = _at_vertex(p, tableau, status, off, Outcome(status, nit, history))
    in_circles = found.status == LIMIT and maxiter >= usual_exchanges(p)
    if (found.status == DIFFICULT or in_circles) and p.A.shape[0] ** 2 * p.A.shape[1] <= AT_LAST:
        inside = interior_point(p, ENOUGH, TIGHT)
        if inside.status in (OPTIMAL, INFEASIBLE, UNBOUNDED):
            how = ", found by the interior point where rounding errors stopped the simplex method"
            return inside._replace(nit=nit, history=history, how=how)
    return found


def _at_vertex(p: LinearProgram, tableau: Tableau, status: int, off: Off | None, begun: Outcome) -> Outcome:
    """The outcome where the simplex method ended."""
    x = np.clip(tableau.x, p.lower, p.upper)
    if off is not None:
        return begun._replace(status=DIFFICULT, x=x, off=off.words)
    if status in (INFEASIBLE, UNBOUNDED):
        return begun._replace(proof=tableau.proof(p, status))
    return begun._replace(status=status, x=x, y=tableau.y if status == OPTIMAL else None)


METHODS = {"interior-point": interior_point, "simplex": simplex}
