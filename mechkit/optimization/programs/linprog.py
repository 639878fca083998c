"""Linear programs: by an interior point, in few iterations of much work, or by the simplex method, many of little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mechkit.checking import one_of, options_among, positive, whole
from mechkit.optimization.programs.embedding import Ended, by_interior_point
from mechkit.optimization.programs.far_bounds import from_near_bounds
from mechkit.optimization.programs.far_limits import without_far_limits
from mechkit.optimization.programs.interior_point import DIFFICULT, INFEASIBLE, LIMIT, OPTIMAL, UNBOUNDED
from mechkit.optimization.programs.standard_form import LinearProgram, contradiction, linear_program, scaled_columns
from mechkit.optimization.programs.tableau import TOLERANCE, Tableau
from mechkit.optimization.programs.verdict import SPOILT, Off, proof_of, row_off, what_is_off
from mechkit.result_access import ByName

#: The interior point's tolerance, of residuals and gap; the simplex method's is in tableau.py.
TIGHT = 1e-10
#: Rows times rows times columns of programs that go on from an interior point to a vertex: where it is slightly off
#: (so many times what it may be), in a second; where it is more; and where it is no answer, which may take minutes.
SLIGHTLY, OFTEN, SELDOM, AT_LAST = 30.0, 10**8, 10**9, 4 * 10**9
#: SciPy's methods, and those of ours that are most like them.
OF_SCIPY = {
    "highs": "interior-point",
    "highs-ipm": "interior-point",
    "highs-ds": "simplex",
    "revised simplex": "simplex",
}
#: So many iterations are as good as no limit.
MOST = 10**6


@dataclass(frozen=True, repr=False)
class LinprogResult(ByName):
    """The solution of a linear program, or the proof that there is none; SciPy's names.

    x : the best point; fun : c'x; slack : b_ub - A_ub x; con : b_eq - A_eq x (these four None where there is no
    solution); success : whether x is optimal; status : 0 optimal, 1 the iteration limit, 2 infeasible, 3 unbounded,
    4 numerical difficulties; message : the same in one sentence; nit : iterations; history : by name, one entry for
    the start and one for each iteration; certificate : with status 2 the multipliers y of the rows of A_ub and A_eq,
    y >= 0 for those of A_ub, such that y'A x > y'b for all x within the bounds (None where bounds alone contradict each
    other); with status 3 a
    direction in which one can go for ever, and c'x falls.

    >>> LinprogResult(None, None, None, None, False, 2, "no x meets all constraints", 5).success
    False
    """

    x: np.ndarray | None
    fun: float | None
    slack: np.ndarray | None
    con: np.ndarray | None
    success: bool
    status: int
    message: str
    nit: int
    history: dict[str, np.ndarray] = field(default_factory=dict)
    certificate: np.ndarray | None = None


def linprog(
    c: Any,
    A_ub: Any = None,
    b_ub: Any = None,
    A_eq: Any = None,
    b_eq: Any = None,
    bounds: Any = (0, None),
    method: str = "interior-point",
    callback: None = None,
    options: Mapping[str, Any] | None = None,
    x0: None = None,
    integrality: Any = None,
) -> LinprogResult:
    """Minimise c'x where A_ub x <= b_ub, A_eq x = b_eq, and x is within its bounds.

    c : (n,); A_ub : (m, n), b_ub : (m,), infinite for no limit; A_eq : (k, n), b_eq : (k,); bounds : a pair (lowest,
    highest) for all variables or one for each, None or anything from 1e20 on for no bound; matrices may be sparse
    ones of SciPy. method : "interior-point" (the homogeneous self-dual embedding, predictor and corrector) or "simplex"
    (two phases, bounded variables, Devex pricing). options : "maxiter"; "tol", relative to the size of the program,
    where the iterations end at first (1e-10 for the interior point, 1e-9 for the simplex method); "disp": True
    prints how it ended. callback, x0 and integrality are SciPy's, and refused: `branch_and_bound` finds whole numbers.

    The answer is then checked in the units given. Where it is off, the simplex method goes on, from a basis near the
    interior point, with sharper tolerances; limits far beyond all others are tried without at first. A program of 1000
    rows and more may be too large for that; and columns with a nonzero in most rows make A D A' dense.

    Returns
    -------
    LinprogResult
        its status is 0 where x is optimal: no row is off by more than 1e-12 of its terms, |b_i| and all |a_ij x_j|
        (1e-9 where rounding errors allow no better, and as much of the least size that b or a bound names); and some
        multipliers show by the reduced costs, each beside its column, and by the gap that no x is better. Proofs of
        status 2 and 3 are checked alike. Where the checks fail, the status is 4 and the message says what is off.

    Raises
    ------
    ValueError, TypeError
        for input that is no linear program; one without solution is no error, but a status.

    Operation count: an iteration of the interior point forms and factors A D A', m^2 n + m^3 / 3 flops and lower terms
    where A is dense, m by n with its slacks, and fewer where it is not; one of the simplex method exchanges two
    variables, 2mn flops and lower terms. All of that is counted, and scaling; checks, and slack, con and fun, are not.

    >>> from mechkit import count
    >>> with count() as ops:
    ...     linprog([-3, -5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], method="simplex").nit
    3

    References: Andersen and Andersen, The MOSEK interior point optimizer for linear programming (2000); Wright,
    Primal-Dual Interior-Point Methods, chapters 9 and 10; Nocedal and Wright, Numerical Optimization, 2nd ed., chapters
    13 and 14; Chvatal, Linear Programming, chapters 3 and 8.

    Examples
    --------
    >>> res = linprog([-3, -5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18])
    >>> res.x.round(6), round(res.fun, 6), res.nit
    (array([2., 6.]), -36.0, 5)
    >>> linprog([1], [[1], [-1]], [1, -2]).message
    'no x meets all constraints and bounds: certificate holds multipliers of the rows that prove it'
    """
    method = _method(method)
    for name, value, instead in (
        ("callback", callback, "the iterations are compiled and call nothing; history in the result has them all"),
        ("x0", x0, "both methods choose where they start; leave it out"),
        ("integrality", integrality, "linprog finds no whole numbers; use branch_and_bound(c, integrality=...)"),
    ):
        if value is not None and (name != "integrality" or np.any(value)):
            raise ValueError(f"{name} is given: {instead}")
    p = linear_program(c, A_ub, b_ub, A_eq, b_eq, bounds)
    maxiter, tol, disp = _options(options, method, p)
    result = _result_of(p, method, maxiter, tol)
    if disp:
        print(f"{result.message}; {result.nit} iterations; fun is {result.fun}")
    return result


def _result_of(p: LinearProgram, method: str, maxiter: int, tol: float) -> LinprogResult:
    wrong = contradiction(p)
    if wrong is not None:
        return LinprogResult(None, None, None, None, False, INFEASIBLE, f"bounds contradict each other: {wrong}", 0)
    result = _solve(p, method, maxiter, tol)
    if result.status == UNBOUNDED and method == "interior-point":  # the ray does not say that there is a feasible point
        feasible = _solve(replace(p, c=np.zeros_like(p.c)), method, maxiter, tol)
        if feasible.status != OPTIMAL:
            return feasible
    return result


def _solve(p: LinearProgram, method: str, maxiter: int, tol: float) -> LinprogResult:
    moved = from_near_bounds(p)
    if moved is not None:
        return _from_near_bounds(p, *moved, method, maxiter, tol)
    return _as_given(p, method, maxiter, tol)


def _from_near_bounds(
    p: LinearProgram, q: LinearProgram, shift: np.ndarray, method: str, maxiter: int, tol: float
) -> LinprogResult:
    """The result of a program from that of q, which has x - shift for x; without, where rounding errors hide that."""
    found = _as_given(q, method, maxiter, tol)
    *_, of_rows, of_columns = scaled_columns(p)
    y = found.certificate
    if found.status == INFEASIBLE and y is not None and proof_of(p, y, True, (of_rows, of_columns)) is not None:
        return found
    if found.status in (OPTIMAL, LIMIT) and found.x is not None:
        history = {name: h + p.c @ shift if name == "fun" else h for name, h in found.history.items()}
        x = np.clip(shift + found.x, p.lower, p.upper)
        slack, con = _residuals(p, x)
        return replace(found, x=x, fun=float(p.c @ x), slack=slack, con=con, history=history)
    if found.status == UNBOUNDED:
        return found
    contradicts = found.status == INFEASIBLE
    found = _as_given(p, method, maxiter, tol)
    if contradicts and found.status == OPTIMAL and found.x is not None:
        row = row_off(p, found.x, (of_rows, of_columns), exact=True)
        if row is not None:  # what moves is less than the least size that the bounds name
            return _off(p, found.x, Off(np.inf, 0.0, row), found.nit, found.history)
    return found


def _as_given(p: LinearProgram, method: str, maxiter: int, tol: float) -> LinprogResult:
    """The result of a program as its x is given: without limits that are far away, where that will do."""
    return _without_far_limits(p, method, maxiter, tol) or METHODS[method](p, maxiter, tol)


def _without_far_limits(p: LinearProgram, method: str, maxiter: int, tol: float) -> LinprogResult | None:
    """The result as found without limits that are far away, where it keeps to them all the same; else None."""
    near = without_far_limits(p)
    if near is None:
        return None
    q, kept, scales = near
    found = METHODS[method](q, maxiter, tol)
    if found.status == INFEASIBLE:
        certificate = np.zeros(p.b.size)
        certificate[kept] = found.certificate
        return replace(found, certificate=certificate)
    x = found.x
    if (
        x is None
        or found.status != OPTIMAL
        or (x < p.lower).any()
        or (x > p.upper).any()
        or row_off(p, x, scales) is not None
    ):
        return None
    slack, con = _residuals(p, x)
    return replace(found, slack=slack, con=con)


def _method(method: Any) -> str:
    ours = OF_SCIPY.get(method.lower()) if isinstance(method, str) else None
    if ours is not None:
        names = ", ".join(METHODS)
        raise ValueError(
            f"method is {method!r}; it must be one of {names}: {ours} is the nearest to SciPy's {method!r}"
        )
    return one_of("method", method, METHODS)


def _options(options: Any, method: str, p: LinearProgram) -> tuple[int, float, bool]:
    interior = method == "interior-point"
    given = options_among(options, ("maxiter", "tol", "disp"))
    maxiter = given.get("maxiter")
    if maxiter is None:
        maxiter = 200 if interior else 1000 + 50 * sum(p.A.shape)
    tol = positive("tol", given.get("tol", TIGHT if interior else TOLERANCE))
    return min(whole("maxiter", maxiter, 0), MOST), tol, bool(given.get("disp", False))


def _interior_point(p: LinearProgram, maxiter: int, tol: float) -> LinprogResult:
    ended = by_interior_point(p, maxiter, tol)
    status, nit, record = ended.status, ended.nit, ended.history
    if status == LIMIT:
        return _result(p, status, ended.x, nit, record)
    off: Off | None = Off(0.0, 0.0, SPOILT)
    if status in (INFEASIBLE, UNBOUNDED):
        proof = proof_of(p, ended.proof, status == INFEASIBLE, ended.scales)
        if proof is not None:
            return _without_solution(status, proof, nit, record)
        status = DIFFICULT
    else:
        off = what_is_off(p, ended.x, ended.y, ended.scales)
        status = OPTIMAL if off is None or off.rough else DIFFICULT
    most = 0
    if status != OPTIMAL:
        most = AT_LAST
    elif off is not None or ended.error > tol:
        most = SELDOM if ended.error > tol or (off is not None and off.excess > SLIGHTLY) else OFTEN
    if p.A.shape[0] ** 2 * p.A.shape[1] <= most:
        at_vertex = _cross_over(p, ended)
        if at_vertex.status == OPTIMAL or (status != OPTIMAL and at_vertex.status in (INFEASIBLE, UNBOUNDED)):
            return at_vertex
    if off is not None and status != OPTIMAL:
        return _off(p, ended.x, off, nit, record)
    return _result(p, status, ended.x, nit, record, f": its relative residuals and gap are at most {ended.error:.0e}")


def _cross_over(p: LinearProgram, ended: Ended) -> LinprogResult:
    """The vertex that the simplex method finds from a basis of the variables of x farthest from their bounds.

    References: Bixby and Saltzman, Recovering an optimal LP basis from an interior point solution, Oper. Res. Lett. 15
    (1994).
    """
    maxiter = 1000 + 50 * sum(p.A.shape)
    tableau = Tableau(p, ended.x if ended.x.size else None)
    status, exchanges, _, still_off = tableau.solve_in_rounds(p, maxiter)
    if status in (LIMIT, DIFFICULT) and ended.x.size:  # that basis was no good one: the slacks are
        tableau = Tableau(p)
        status, more, _, still_off = tableau.solve_in_rounds(p, maxiter)
        exchanges += more
    where = f"from where rounding errors of {ended.error:.0e} stopped the interior point"
    how = f", at the vertex {exchanges} exchanges {where}"
    return _at_vertex(p, tableau, status, ended.nit, ended.history, how, still_off)


def _simplex(p: LinearProgram, maxiter: int, tol: float) -> LinprogResult:
    tableau = Tableau(p, tol=tol)
    status, nit, history, off = tableau.solve_in_rounds(p, maxiter)
    return _at_vertex(p, tableau, status, nit, {"infeasibility": history[:, 0], "fun": history[:, 1]}, "", off)


def _at_vertex(
    p: LinearProgram, tableau: Tableau, status: int, nit: int, record: dict[str, np.ndarray], how: str, off: Off | None
) -> LinprogResult:
    """The result for a program where the simplex method ended."""
    x = np.clip(tableau.x, p.lower, p.upper)
    if off is not None:
        return _off(p, x, off, nit, record)
    if status in (INFEASIBLE, UNBOUNDED):
        return _without_solution(status, tableau.proof(p, status), nit, record)
    return _result(p, status, x, nit, record, how)


METHODS = {"interior-point": _interior_point, "simplex": _simplex}


def _residuals(p: LinearProgram, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What x leaves of the rows of A_ub and of A_eq."""
    residual = p.b - p.A @ x
    if p.unlimited is not None:
        residual[p.unlimited] = np.inf
    return residual[: p.inequalities], residual[p.inequalities :]


def _result(
    p: LinearProgram, status: int, x: np.ndarray, nit: int, history: dict[str, np.ndarray], how: str = ""
) -> LinprogResult:
    message = "x is optimal" + how
    if status == LIMIT:
        message = f"the limit of {nit} iterations was reached before x was optimal; raise options={{'maxiter': ...}}"
    elif status == DIFFICULT:
        message = f"rounding errors stopped the iterations before x was optimal{how}; try the other method"
    return LinprogResult(x, float(p.c @ x), *_residuals(p, x), status == OPTIMAL, status, message, nit, history)


def _off(p: LinearProgram, x: np.ndarray, off: Off, nit: int, history: dict[str, np.ndarray]) -> LinprogResult:
    """The result where the answer is not right: x is the best point, if there is any."""
    if x.size:
        return _result(p, DIFFICULT, x, nit, history, f": {off.words}")
    message = f"{off.words}; try the other method, or scale the program"
    return LinprogResult(None, None, None, None, False, DIFFICULT, message, nit, history)


def _without_solution(status: int, proof: np.ndarray | None, nit: int, history: dict[str, np.ndarray]) -> LinprogResult:
    """The result for a program that is infeasible or unbounded."""
    message = (
        "no x meets all constraints and bounds: certificate holds multipliers of the rows that prove it"
        if status == INFEASIBLE
        else "the cost has no lower limit: certificate holds a direction in which it falls for ever"
    )
    return LinprogResult(None, None, None, None, False, status, message, nit, history, proof)
