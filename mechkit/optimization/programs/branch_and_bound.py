"""Mixed-integer linear programs by branch and bound: the best relaxation first, solved by the simplex method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from time import monotonic
from typing import Any

import numpy as np

from mechkit.checking import float_array, not_negative, options_among, whole
from mechkit.optimization.programs.interior_point import DIFFICULT, INFEASIBLE, LIMIT, OPTIMAL, UNBOUNDED
from mechkit.optimization.programs.standard_form import LinearProgram, contradiction, linear_program
from mechkit.optimization.programs.tableau import SHARPER, TOLERANCE, Tableau
from mechkit.optimization.programs.verdict import row_off
from mechkit.result_access import ByName

#: Numbers so close to whole ones are rounded, and the rows looked at again.
WHOLE = 1e-6
#: Rounding errors of a sum, as a share of its terms; and of a bound.
ROUNDING, OF_BOUND = 1e-12, 1e-12
#: What is infeasible by so many tolerances only needs a proof.
NARROWLY = 1e6
#: So often the tolerances are made sharper where relaxations are off by more than rounding errors.
SHARPENED = 3


@dataclass(frozen=True)
class MilpResult(ByName):
    """The solution of a mixed-integer linear program; SciPy's names.

    x, fun : the best point found and c'x there (None where there is none); success : whether it is optimal; status : 0
    optimal, 1 a limit of nodes or time, 2 infeasible, 3 unbounded, 4 numerical difficulties; message : the same in one
    sentence; nit : iterations of the simplex method in all nodes; mip_node_count : relaxations solved; mip_dual_bound :
    what no point can be below; mip_gap : how far fun is from that, relative to fun; history : "nodes", "fun" and
    "bound" at each better point.

    >>> MilpResult(None, None, False, 2, "no point meets all constraints", 5, 1, np.inf, np.inf).x is None
    True
    """

    x: np.ndarray | None
    fun: float | None
    success: bool
    status: int
    message: str
    nit: int
    mip_node_count: int
    mip_dual_bound: float
    mip_gap: float
    history: dict[str, np.ndarray] = field(default_factory=dict)


def branch_and_bound(
    c: Any,
    *,
    integrality: Any = None,
    bounds: Any = None,
    A_ub: Any = None,
    b_ub: Any = None,
    A_eq: Any = None,
    b_eq: Any = None,
    options: Mapping[str, Any] | None = None,
) -> MilpResult:
    """Minimise c'x where A_ub x <= b_ub, A_eq x = b_eq, x is within its bounds, and some of x are whole numbers.

    c : (n,); integrality : one number for all variables or (n,), 1 for a whole number, 0 for any (the default); bounds,
    A_ub, b_ub, A_eq, b_eq : as linprog takes them. options : "node_limit" (100000), the most relaxations to solve;
    "time_limit", seconds after which no further one is begun; "mip_rel_gap" (0), the gap that is good enough.

    A node is the program with narrower bounds. The node of least bound is next (of equals, the deepest), its relaxation
    starts from the basis where the last one ended, and it is branched at the variable farthest from a whole number.

    Returns
    -------
    MilpResult
        its status is 0 where x is optimal.

    Raises
    ------
    ValueError, TypeError
        for input that is no such program; one without solution is no error, but a status.

    Operation count: that of the exchanges, 2mn flops each for m constraints and n variables; no polynomial in n bounds
    the number of nodes. Choosing nodes and variables is not counted.

    >>> def all_odd(n):  # n numbers 2 cannot add up to n, an odd number: every one of these nodes is looked at
    ...     return branch_and_bound(np.zeros(n), integrality=1, bounds=(0, 1), A_eq=np.full((1, n), 2), b_eq=n)
    >>> [all_odd(n).mip_node_count for n in (3, 5, 7, 9)]
    [11, 39, 139, 503]

    References: Land and Doig, An automatic method of solving discrete programming problems, Econometrica 28 (1960);
    Wolsey, Integer Programming, chapter 7.

    Examples
    --------
    >>> res = branch_and_bound([-8, -11, -6, -4], integrality=1, bounds=(0, 1), A_ub=[[5, 7, 4, 3]], b_ub=[14])
    >>> res.x, res.fun, res.mip_node_count
    (array([0., 1., 1., 1.]), -21.0, 6)
    """
    p = linear_program(c, A_ub, b_ub, A_eq, b_eq, bounds)
    integers = _integers(integrality, p.c.size)
    node_limit, time_limit, enough = _options(options)
    lower, upper = (
        np.where(integers, np.ceil(p.lower - OF_BOUND * np.abs(p.lower)), p.lower),
        np.where(integers, np.floor(p.upper + OF_BOUND * np.abs(p.upper)), p.upper),
    )
    p = LinearProgram(p.c, p.A, p.b, p.inequalities, lower, upper)
    wrong = contradiction(p)
    if wrong is not None:
        return MilpResult(None, None, False, INFEASIBLE, f"bounds contradict each other: {wrong}", 0, 0, np.inf, np.inf)
    return _search(p, integers, node_limit, time_limit, enough)


def _integers(integrality: Any, n: int) -> np.ndarray:
    kinds = float_array("integrality", [0] if integrality is None else np.atleast_1d(integrality), (1,))
    if kinds.size not in (1, n):
        raise ValueError(f"integrality has shape {kinds.shape}; it needs {n} elements, one for each element of c")
    if not np.isin(kinds, (0, 1)).all():
        i = int(np.argmin(np.isin(kinds, (0, 1))))
        raise ValueError(f"integrality[{i}] is {kinds[i]:g}; it must be 1 for a whole number, or 0")
    return np.broadcast_to(kinds == 1.0, n)


def _options(options: Any) -> tuple[int, float, float]:
    given = options_among(options, ("node_limit", "time_limit", "mip_rel_gap"))
    time_limit = given.get("time_limit", np.inf)
    return (
        whole("node_limit", given.get("node_limit", 100_000)),
        np.inf if time_limit == np.inf else not_negative("time_limit", time_limit),
        not_negative("mip_rel_gap", given.get("mip_rel_gap", 0.0)),
    )


def _search(p: LinearProgram, integers: np.ndarray, node_limit: int, time_limit: float, enough: float) -> MilpResult:
    until = monotonic() + time_limit
    tableau = Tableau(p)
    scales = tableau.row_scale, tableau.column_scale
    maxiter = 1000 + 50 * sum(p.A.shape)
    # where every cost is a whole number, so is that of a solution, and a better one is better by 1
    whole_costs = bool((integers | (p.c == 0.0)).all() and (p.c == np.rint(p.c)).all())
    best, least, margin, left_out, nodes, exchanges, sharpened = None, np.inf, 0.0, np.inf, 0, 0, 0
    record: list[tuple[float, ...]] = []
    queue: list[tuple] = [(-np.inf, 0, 0, p.lower, p.upper)]

    def hopeless(bound: float) -> bool:
        return best is not None and bound >= least - margin

    def result(status: int, message: str) -> MilpResult:
        bound = least
        if status != OPTIMAL or enough > 0.0:
            bound = min(least, left_out, queue[0][0] if queue else np.inf)
            if whole_costs and np.isfinite(bound):
                bound = min(least, np.ceil(bound - WHOLE * max(1.0, abs(bound) * WHOLE)))
        gap = np.inf
        if best is not None and (bound == least or least != 0.0):
            gap = 0.0 if bound == least else abs(least - bound) / abs(least)
        history = dict(zip(("nodes", "fun", "bound"), np.array(record).reshape(-1, 3).T, strict=True))
        fun = None if best is None else least
        return MilpResult(best, fun, status == OPTIMAL, status, message, exchanges, nodes, bound, gap, history)

    while queue and not hopeless(queue[0][0]):
        if nodes == node_limit:
            return result(LIMIT, f"the limit of {nodes} nodes was reached; raise options={{'node_limit': ...}}")
        if monotonic() > until:
            return result(
                LIMIT, f"the limit of {time_limit:g} seconds was reached; raise options={{'time_limit': ...}}"
            )
        node = bound, depth, _, lower, upper = heappop(queue)
        nodes += 1
        if nodes == 1:  # which finds the tolerances that the rows and columns need
            status, nit, _, _ = tableau.solve_in_rounds(p, maxiter)
        else:
            status, nit, history = tableau.solve(lower, upper, maxiter)
            lack = history[-1, 0] / tableau.of_x
            if status not in (OPTIMAL, INFEASIBLE) or (status == INFEASIBLE and lack < NARROWLY * tableau.of_bounds):
                status, more = _solve_again(tableau, replace(p, lower=lower, upper=upper), maxiter)
                nit += more
        exchanges += nit
        if status == INFEASIBLE:
            continue
        if status == UNBOUNDED:
            return result(UNBOUNDED, "the cost of the relaxation has no lower limit; give the variables bounds")
        if status != OPTIMAL:
            heappush(queue, node)
            return result(status, "the simplex method did not solve a relaxation; scale the program")
        x = np.clip(tableau.x, lower, upper)
        bound = max(bound, float(p.c @ x))
        distance = np.where(integers, np.abs(x - np.rint(x)), 0.0)
        j = int(distance.argmax())
        if distance[j] <= WHOLE and not hopeless(bound):
            point = np.where(integers, np.rint(x), x)
            if row_off(p, point, scales, exact=True) is not None:  # 1  the rest, with these whole numbers
                fixed = np.where(integers, point, lower), np.where(integers, point, upper)
                status, nit = _solve_again(tableau, replace(p, lower=fixed[0], upper=fixed[1]), maxiter)
                exchanges += nit
                point = np.clip(tableau.x, *fixed)
                if row_off(p, point, scales, exact=True) is not None:
                    relaxed_is_off = row_off(p, x, scales, exact=True) is not None
                    if relaxed_is_off and sharpened < SHARPENED:
                        sharpened += 1
                        tableau.sharpen(SHARPER, 1.0)
                        heappush(queue, node)
                        continue
                    if integers.all() or not relaxed_is_off:  # these are no rounding errors
                        status = INFEASIBLE
                if status != OPTIMAL and distance[j] == 0.0:
                    heappush(queue, node)
                    return result(DIFFICULT, "rounding errors hide whether a point meets the rows; scale the program")
            if status == OPTIMAL and float(p.c @ point) < least:  # 2  a better point
                best, least = point, float(p.c @ point)
                terms = float(np.abs(p.c) @ np.abs(best))
                margin = (
                    1.0 - max(WHOLE, ROUNDING * terms) if whole_costs else TOLERANCE * abs(least) + ROUNDING * terms
                )
                margin = max(margin, enough * abs(least), 0.0)
                record.append((nodes, least, min(bound, queue[0][0]) if queue else bound))
        if hopeless(bound) or distance[j] == 0.0:
            left_out = min(left_out, bound)
            continue
        below, above = upper.copy(), lower.copy()
        below[j], above[j] = np.floor(x[j]), np.ceil(x[j])
        heappush(queue, (bound, depth - 1, 2 * nodes, lower, below))
        heappush(queue, (bound, depth - 1, 2 * nodes + 1, above, upper))
    if best is None:
        return result(INFEASIBLE, "no point meets all constraints and bounds, with whole numbers where they are wanted")
    return result(OPTIMAL, "x is optimal")


def _solve_again(tableau: Tableau, p: LinearProgram, maxiter: int) -> tuple[int, int]:
    """Solve p until its answer is right by row and by column, and leave the tolerances as they were."""
    before = tableau.of_bounds, tableau.of_costs, tableau.tolerances.copy()
    status, nit, _, _ = tableau.solve_in_rounds(p, maxiter)
    tableau.of_bounds, tableau.of_costs, tableau.tolerances = before
    return status, nit
