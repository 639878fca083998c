"""Mixed-integer linear programs by branch and bound: the best relaxation first, solved by the simplex method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from time import monotonic
from typing import Any

import numpy as np

from mechkit.checking import float_array, not_negative, options_among, whole
from mechkit.optimization.programs.lone_columns import settled
from mechkit.optimization.programs.path_arrays import DIFFICULT, INFEASIBLE, LIMIT, OPTIMAL, UNBOUNDED
from mechkit.optimization.programs.standard_form import contradiction, linear_program
from mechkit.optimization.programs.tableau import SHARPER, TOLERANCE, Tableau
from mechkit.optimization.programs.verdict import row_off
from mechkit.optimization.programs.whole_rows import (
    OF_LIMIT,
    WholeRows,
    breaks_rest,
    breaks_whole_row,
    in_whole_units,
    without_whole,
)
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.scipy_names import with_keywords

#: Numbers so close to whole ones are rounded, and the rows looked at again.
WHOLE = 1e-6
#: Rounding errors of a sum, as a share of its terms.
ROUNDING = 1e-12
#: What is infeasible by so many tolerances only needs a proof.
NARROWLY = 1e6
#: So often the tolerances are made sharper where relaxations are off by more than rounding errors.
SHARPENED = 3
#: The message of an endless fall.
FALLS = "the cost of the relaxation has no lower limit; give the variables bounds"


@dataclass(frozen=True, repr=False)
class MilpResult(OptimizeResult):
    """The solution of a mixed-integer linear program; SciPy's names.

    Attributes
    ----------
    x, fun : array and number, or None
        The best point found and c'x there; None where there is none.
    success : bool
        Whether x is optimal.
    status : int
        0 optimal, 1 a limit of nodes or time, 2 infeasible, 3 unbounded, 4 numerical difficulties.
    message : str
        The same in one sentence.
    nit : int
        Iterations of the simplex method in all nodes.
    history : dict of arrays
        "fun", "mip_node_count" and "mip_dual_bound" at each better point.
    mip_node_count : int
        Relaxations solved.
    mip_dual_bound : number
        No point has a cost below this.
    mip_gap : number
        How far fun is from that, relative to fun; 0 where x is proven optimal.

    >>> MilpResult(None, None, False, 2, "no point meets all constraints", 5).mip_gap
    inf
    """

    nfev: int = 0
    mip_node_count: int = 0
    mip_dual_bound: float = np.inf
    mip_gap: float = np.inf


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
    node_limit: int | None = None,
    time_limit: float | None = None,
    mip_rel_gap: float | None = None,
) -> MilpResult:
    """Minimize c'x where A_ub x <= b_ub, A_eq x = b_eq, x is within its bounds, and some of x are whole numbers.

    A node is the program with narrower bounds. The node of least bound is next (of equals, the deepest). Its relaxation
    starts from the basis where the last one ended, and it is branched at the variable farthest from a whole number.
    Where all are near whole numbers, these are fixed, the others are solved for, and the rows are looked at again in
    the units given. Rows of whole unknowns are looked at exactly, without rounding errors.

    Parameters
    ----------
    c : array
        (n,), the costs.
    integrality : number or array
        One number for all variables or (n,): 1 for a whole number, 0 for any number (the default).
    bounds, A_ub, b_ub, A_eq, b_eq : as `linprog` takes them
        The rows and the bounds.
    options : dict
        "node_limit" (100000), the most relaxations to solve; "time_limit", seconds after which no further relaxation is
        begun; "mip_rel_gap" (0), the gap that is good enough; "disp": True prints how the search ended.
    node_limit, time_limit, mip_rel_gap
        as in options.

    Returns
    -------
    MilpResult
        its status is 0 where x is optimal: its rows are right by `linprog`'s measure, and no node left is better.

    Raises
    ------
    ValueError, TypeError
        for input that is no program of this kind; a program without solution is no error, but a status.

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
    given = with_keywords(
        options_among(options, ("node_limit", "time_limit", "mip_rel_gap", "disp")),
        node_limit=node_limit,
        time_limit=time_limit,
        mip_rel_gap=mip_rel_gap,
    )
    most, seconds, enough, disp = _settings(given)
    lower, upper = (
        np.where(integers, np.ceil(p.lower - OF_LIMIT * np.abs(p.lower)), p.lower),
        np.where(integers, np.floor(p.upper + OF_LIMIT * np.abs(p.upper)), p.upper),
    )
    held, fall = settled(replace(p, lower=lower, upper=upper))
    rows = in_whole_units(held, integers)
    wrong = contradiction(rows.program)
    if wrong is not None or rows.wrong is not None:
        message = f"bounds contradict each other: {wrong}" if wrong else f"no whole numbers fit: {rows.wrong}"
        result = MilpResult(None, None, False, INFEASIBLE, message, 0)
    else:
        result = _search(rows, integers, most, seconds, enough)
        if fall is not None and result.status == OPTIMAL:
            result = replace(
                result,
                x=None,
                fun=None,
                success=False,
                status=UNBOUNDED,
                message=FALLS,
                mip_dual_bound=-np.inf,
                mip_gap=np.inf,
            )
    if disp:
        print(f"{result.message}; {result.mip_node_count} nodes, {result.nit} iterations; fun is {result.fun}")
    return result


def _integers(integrality: Any, n: int) -> np.ndarray:
    kinds = float_array("integrality", [0] if integrality is None else np.atleast_1d(integrality), (1,))
    if kinds.size not in (1, n):
        raise ValueError(f"integrality has shape {kinds.shape}; it needs {n} elements, one for each element of c")
    if not np.isin(kinds, (0, 1)).all():
        i = int(np.argmin(np.isin(kinds, (0, 1))))
        raise ValueError(f"integrality[{i}] is {kinds[i]:g}; it must be 1 for a whole number, or 0")
    return np.broadcast_to(kinds == 1.0, n)


def _settings(given: dict[str, Any]) -> tuple[int, float, float, bool]:
    time_limit = given.get("time_limit", np.inf)
    return (
        whole("node_limit", given.get("node_limit", 100_000)),
        np.inf if time_limit == np.inf else not_negative("time_limit", time_limit),
        not_negative("mip_rel_gap", given.get("mip_rel_gap", 0.0)),
        bool(given.get("disp", False)),
    )


def _search(rows: WholeRows, integers: np.ndarray, node_limit: int, time_limit: float, enough: float) -> MilpResult:
    until = monotonic() + time_limit
    search, p = _Search(rows, integers, enough), rows.program
    queue = search.queue
    while queue and not search.hopeless(queue[0][0]):
        if search.nodes == node_limit:
            return search.result(LIMIT, f"the limit of {node_limit} nodes was reached; raise node_limit")
        if monotonic() > until:
            return search.result(LIMIT, f"the limit of {time_limit:g} seconds was reached; raise time_limit")
        node = bound, depth, _, lower, upper = heappop(queue)
        status = search.relax(lower, upper)
        if status == INFEASIBLE:
            continue
        if status == UNBOUNDED:
            return search.result(UNBOUNDED, FALLS)
        if status != OPTIMAL:
            heappush(queue, node)
            return search.result(status, "the simplex method did not solve a relaxation; scale the program")
        x = np.clip(search.tableau.x, lower, upper)
        bound = max(bound, float(p.c @ x))
        distance = np.where(integers, np.abs(x - np.rint(x)), 0.0)
        j = int(distance.argmax())
        if distance[j] <= WHOLE and not search.hopeless(bound):
            point, is_off = search.whole_point(x, lower, upper)
            if is_off and search.sharpened < SHARPENED:
                search.sharpen()
                heappush(queue, node)
                continue
            if point is None and distance[j] == 0.0:
                undecided = np.where(integers, upper - lower, 0.0)
                j = int(undecided.argmax())
                if undecided[j] > 0.0:  # no others go with these whole numbers: this one, or less, or more
                    search.branch(bound, depth, lower, upper, (j, x[j], x[j]))
                    search.branch(bound, depth, lower, upper, (j, lower[j], x[j] - 1.0))
                    search.branch(bound, depth, lower, upper, (j, x[j] + 1.0, upper[j]))
                    continue
                if search.impossible:
                    continue
                heappush(queue, node)
                return search.result(
                    DIFFICULT, "rounding errors hide whether a point meets the rows; scale the program"
                )
            if point is not None:
                search.keep(point, bound)
        if search.hopeless(bound) or distance[j] == 0.0:
            search.left_out = min(search.left_out, bound)
            continue
        search.branch(bound, depth, lower, upper, (j, lower[j], np.floor(x[j])))
        search.branch(bound, depth, lower, upper, (j, np.ceil(x[j]), upper[j]))
    if search.best is None:
        return search.result(
            INFEASIBLE, "no point meets all constraints and bounds, with whole numbers where they are wanted"
        )
    return search.result(OPTIMAL, "x is optimal")


class _Search:
    """Where a search is: its open nodes (bound, depth, number, lower, upper), and the best point that it has found."""

    def __init__(self, rows: WholeRows, integers: np.ndarray, enough: float) -> None:
        self.p, self.whole = p, _ = rows.program, rows.whole
        self.integers, self.enough = integers, enough
        self.tableau = Tableau(p)
        self.scales = self.tableau.row_scale, self.tableau.column_scale
        self.maxiter = 1000 + 50 * sum(p.A.shape)
        # where every cost is a whole number, so is that of a solution, and a better one is better by 1
        self.whole_costs = bool((integers | (p.c == 0.0)).all() and (p.c == np.rint(p.c)).all())
        self.queue: list[tuple] = [(-np.inf, 0, 0, p.lower, p.upper)]
        self.best: np.ndarray | None = None
        self.least, self.margin, self.left_out = np.inf, 0.0, np.inf
        self.nodes, self.exchanges, self.sharpened, self.made = 0, 0, 0, 0
        self.impossible = False  # whether no others go with the last whole numbers that were looked at
        self.record: list[tuple[float, ...]] = []

    def branch(
        self, bound: float, depth: int, lower: np.ndarray, upper: np.ndarray, limits: tuple[int, float, float]
    ) -> None:
        """Add a node whose variable j is within these limits: (j, lowest, highest)."""
        j, lowest, highest = limits
        if lowest > highest:
            return
        lower, upper = lower.copy(), upper.copy()
        lower[j], upper[j] = lowest, highest
        self.made += 1
        heappush(self.queue, (bound, depth - 1, self.made, lower, upper))

    def hopeless(self, bound: float) -> bool:
        """Whether nothing above this bound is better than the best point."""
        return self.best is not None and bound >= self.least - self.margin

    def relax(self, lower: np.ndarray, upper: np.ndarray) -> int:
        """Solve the relaxation of a node. Returns its status."""
        self.nodes += 1
        if self.nodes == 1:  # which finds the tolerances that the rows and columns need
            status, nit, *_ = self.tableau.solve_in_rounds(self.p, self.maxiter)
            self.exchanges += nit
            return status
        status, nit, history = self.tableau.solve(lower, upper, self.maxiter)
        self.exchanges += nit
        lack = history[-1, 0] / self.tableau.of_x
        if status == OPTIMAL or (status == INFEASIBLE and lack > NARROWLY * self.tableau.of_bounds):
            return status
        return self.solve_again(lower, upper)

    def solve_again(self, lower: np.ndarray, upper: np.ndarray) -> int:
        """Solve with these bounds until the answer is right by row and by column; the tolerances stay what they are."""
        tableau = self.tableau
        before = tableau.of_bounds, tableau.of_costs, tableau.tolerances.copy()
        status, nit, *_ = tableau.solve_in_rounds(replace(self.p, lower=lower, upper=upper), self.maxiter)
        tableau.of_bounds, tableau.of_costs, tableau.tolerances = before
        self.exchanges += nit
        return status

    def sharpen(self) -> None:
        """Lessen the tolerance of bounds: a relaxation was off by more than rounding errors."""
        self.sharpened += 1
        self.tableau.sharpen(SHARPER, 1.0)

    def meets_rows(self, point: np.ndarray) -> bool:
        """Whether a point with whole numbers is right by every row; without rounding errors, where none are made."""
        if breaks_whole_row(self.p, point, self.whole) or breaks_rest(self.p, point, self.integers):
            return False
        return row_off(self.p, point, self.scales, exact=True) is None

    def whole_point(self, x: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray | None, bool]:
        """The point with the whole numbers that x is near to, if it meets the rows; and whether x itself does not."""
        point, self.impossible = np.where(self.integers, np.rint(x), x), False
        if self.meets_rows(point):
            return point, False
        if breaks_whole_row(self.p, point, self.whole):
            self.impossible = True
            return None, row_off(self.p, x, self.scales, exact=True) is not None
        lower, upper = np.where(self.integers, point, lower), np.where(self.integers, point, upper)
        status = self.solve_again(lower, upper)  # for the others
        point = np.clip(self.tableau.x, lower, upper)
        if self.meets_rows(point):
            return (point if status == OPTIMAL else None), False
        is_off = row_off(self.p, x, self.scales, exact=True) is not None
        if breaks_rest(self.p, point, self.integers):  # the whole numbers are large enough to hide the others
            rest = without_whole(replace(self.p, lower=lower, upper=upper), point, self.integers)
            tableau = Tableau(rest)
            status, nit, *_ = tableau.solve_in_rounds(rest, self.maxiter)
            self.exchanges += nit
            self.impossible = status == INFEASIBLE
            point = np.where(self.integers, point, np.clip(tableau.x, lower, upper))
            if status == INFEASIBLE or breaks_rest(self.p, point, self.integers):
                return None, is_off
        rounding_errors = is_off and not self.integers.all()
        return (point if status == OPTIMAL and rounding_errors else None), is_off

    def keep(self, point: np.ndarray, bound: float) -> None:
        """The point is the best, if it is better than the last; bound : of its node."""
        cost = float(self.p.c @ point)
        if cost >= self.least:
            return
        self.best, self.least = point, cost
        noise = ROUNDING * float(np.abs(self.p.c) @ np.abs(point))
        self.margin = 1.0 - max(WHOLE, noise) if self.whole_costs else TOLERANCE * abs(cost) + noise
        self.margin = max(self.margin, self.enough * abs(cost), 0.0)
        self.record.append((self.nodes, cost, min(bound, self.queue[0][0]) if self.queue else bound))

    def result(self, status: int, message: str) -> MilpResult:
        """The result if the search ends here."""
        least, bound, gap = self.least, self.least, np.inf
        if status != OPTIMAL or self.enough > 0.0:
            bound = min(least, self.left_out, self.queue[0][0] if self.queue else np.inf)
            if self.whole_costs and np.isfinite(bound):
                bound = min(least, float(np.ceil(bound - max(WHOLE, ROUNDING * abs(bound)))))
        if self.best is not None and (bound == least or least != 0.0):
            gap = 0.0 if bound == least else abs(least - bound) / abs(least)
        history = dict(
            zip(("mip_node_count", "fun", "mip_dual_bound"), np.array(self.record).reshape(-1, 3).T, strict=True)
        )
        fun = None if self.best is None else least
        return MilpResult(
            self.best,
            fun,
            status == OPTIMAL,
            status,
            message,
            self.exchanges,
            history=history,
            mip_node_count=self.nodes,
            mip_dual_bound=bound,
            mip_gap=gap,
        )
