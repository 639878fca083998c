"""Linear programs: by an interior point, in few iterations of much work, or by the simplex method, many of little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mechkit.checking import one_of, options_among, positive, whole
from mechkit.optimization.programs.crossover import ENOUGH, METHODS, TIGHT, Outcome, usual_exchanges
from mechkit.optimization.programs.lone_columns import settled
from mechkit.optimization.programs.path_arrays import DIFFICULT, INFEASIBLE, LIMIT, OPTIMAL, UNBOUNDED
from mechkit.optimization.programs.standard_form import LinearProgram, contradiction, linear_program, scaled_columns
from mechkit.optimization.programs.tableau import TOLERANCE
from mechkit.optimization.programs.verdict import Scales, proof_of, row_off
from mechkit.optimization.programs.views import View, views
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.scipy_names import with_keywords
from mechkit.result_access import ByName

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
class Marginals(ByName):
    """Of constraints of one kind: how far x is from their limits, and how fun changes with these.

    residual : what is left to each limit; marginals : the derivative of fun with respect to each limit, None where
    there is no solution.
    """

    residual: np.ndarray | None = None
    marginals: np.ndarray | None = None


@dataclass(frozen=True, repr=False)
class LinprogResult(OptimizeResult):
    """The solution of a linear program, or the proof that there is none; SciPy's names.

    Attributes
    ----------
    x, fun : array and number, or None
        The best point and c'x; None where there is no solution.
    success : bool
        Whether x is optimal.
    status : int
        0 optimal, 1 the iteration limit, 2 infeasible, 3 unbounded, 4 numerical difficulties.
    message : str
        The same in one sentence.
    nit : int
        Iterations.
    history : dict of arrays
        One entry for the start and one for each iteration: "fun" and "primal", how far x is from the constraints. The
        interior point has "dual", "gap", "mu" and "step" besides. All but "fun" are in scaled units.
    slack, con : arrays or None
        b_ub - A_ub x and b_eq - A_eq x; None where there is no solution.
    ineqlin, eqlin, lower, upper : `Marginals`
        `Marginals` of A_ub x <= b_ub, A_eq x = b_eq and the two bounds of x, with SciPy's signs.
    certificate : array or None
        With status 2 the multipliers y of the rows of A_ub and A_eq, y >= 0 for rows of A_ub. They prove that no x
        fits: y'A x > y'b for all x within the bounds. None where bounds alone contradict each other. With status 3 a
        direction in which one can go for ever, and c'x falls.

    >>> LinprogResult(None, None, False, 2, "no x meets all constraints", 5).slack is None
    True
    """

    nfev: int = 0
    slack: np.ndarray | None = None
    con: np.ndarray | None = None
    ineqlin: Marginals = field(default_factory=Marginals)
    eqlin: Marginals = field(default_factory=Marginals)
    lower: Marginals = field(default_factory=Marginals)
    upper: Marginals = field(default_factory=Marginals)
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
    *,
    maxiter: int | None = None,
    tol: float | None = None,
) -> LinprogResult:
    """Minimize c'x where A_ub x <= b_ub, A_eq x = b_eq, and x is within its bounds.

    The answer is checked in the units given. Where it is off, the simplex method goes on from a basis near the interior
    point, with sharper tolerances. Where bounds are far from zero, or limits far beyond all others, the program is
    first solved as seen from near its bounds, without those limits. A program of 1000 rows and more may be too large
    for the simplex method; columns with a nonzero in most rows make A D A' dense.

    Parameters
    ----------
    c : array
        (n,), the costs.
    A_ub, b_ub : arrays
        (m, n) and (m,); an infinite limit is none.
    A_eq, b_eq : arrays
        (k, n) and (k,). Matrices may be sparse ones of SciPy.
    bounds : pair or pairs
        A pair (lowest, highest) for all variables or one for each; None, or 1e20 and more, is no bound.
    method : str
        "interior-point" (the homogeneous self-dual embedding, predictor and corrector) or "simplex" (two phases,
        bounded variables, Devex pricing).
    callback, x0, integrality : None
        SciPy's, and refused: `branch_and_bound` finds whole numbers.
    options : dict
        "maxiter"; "tol", relative to the size of the program, where the iterations end at first (1e-10 for the interior
        point, 1e-9 for the simplex method); "disp": True prints how the method ended.
    maxiter, tol
        as in options.

    Returns
    -------
    LinprogResult
        Its status is 0 where x is optimal. Then no row is off by more than 1e-12 of its terms, |b_i| and |a_ij x_j|.
        Where rounding errors allow no better, that is 1e-9, and as much of the least size that b or a bound names. The
        multipliers show by the reduced costs, each beside its column, and by the gap that no x is better. Proofs of
        status 2 and 3 are checked alike. Where the checks fail, the status is 4 and the message says what is off.

    Raises
    ------
    ValueError, TypeError
        for input that is no linear program; one without solution is no error, but a status.

    Operation count: an iteration of the interior point forms and factors A D A'. That is m^2 n + m^3 / 3 flops and
    lower terms where A is dense, m by n with its slacks, and fewer where it is not. One of the simplex method exchanges
    two variables, 2mn flops and lower terms. All of that is counted, and scaling. Checks, and slack, con and fun, are
    not.

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
    given = with_keywords(options_among(options, ("maxiter", "tol", "disp")), maxiter=maxiter, tol=tol)
    most, tolerance, disp = _settings(given, method, p)
    result = _result_of(p, method, most, tolerance)
    if disp:
        print(f"{result.message}; {result.nit} iterations; fun is {result.fun}")
    return result


def _result_of(p: LinearProgram, method: str, maxiter: int, tol: float) -> LinprogResult:
    wrong = contradiction(p)
    if wrong is not None:
        return LinprogResult(None, None, False, INFEASIBLE, f"bounds contradict each other: {wrong}", 0)
    q, fall = settled(p)
    found = _solve(q, method, maxiter, tol)
    if fall is not None and found.status == OPTIMAL:
        found = found._replace(status=UNBOUNDED, x=None, y=None, proof=fall)
    elif found.status == UNBOUNDED:  # the ray does not say that there is a feasible point
        feasible = _solve(replace(q, c=np.zeros_like(p.c)), method, maxiter, tol)
        if feasible.status != OPTIMAL:
            found = feasible
    return _result(p, found)


def _solve(p: LinearProgram, method: str, maxiter: int, tol: float) -> Outcome:
    """The outcome of the first view of the program that holds for the program as it is given."""
    scales: Scales | None = None
    contradicted = False
    for view in views(p):
        found = METHODS[method](view.program, maxiter, tol)
        if view.as_given:
            break
        if scales is None:
            *_, of_rows, of_columns = scaled_columns(p)
            scales = of_rows, of_columns
        mapped = _as_given(p, view, found, scales)
        if mapped is not None:
            return mapped
        contradicted = contradicted or (found.status == INFEASIBLE and bool(view.shift.any()))
    if contradicted and found.status == OPTIMAL and found.x is not None and scales is not None:
        row = row_off(p, found.x, scales, exact=True)
        if row is not None:  # what moves is less than the least size that the bounds name
            return found._replace(status=DIFFICULT, off=row)
    return found


def _as_given(p: LinearProgram, view: View, found: Outcome, scales: Scales) -> Outcome | None:
    """What was found for a view in the numbers of the program itself; None where it does not hold there."""
    if found.status == INFEASIBLE and found.proof is not None:
        proof = np.zeros(p.b.size)
        proof[view.kept] = found.proof
        return found._replace(proof=proof) if proof_of(p, proof, True, scales) is not None else None
    if found.status == UNBOUNDED and found.proof is not None:
        return found if proof_of(p, found.proof, False, scales) is not None else None
    if found.x is None or found.status not in (OPTIMAL, LIMIT):
        return None
    x, y = view.shift + found.x, None
    within = np.clip(x, p.lower, p.upper)
    if view.without_limits and (found.status == LIMIT or (x != within).any() or row_off(p, x, scales) is not None):
        return None
    if found.y is not None:
        y = np.zeros(p.b.size)
        y[view.kept] = found.y
    moved = float(p.c @ view.shift)
    history = {name: h + moved if name == "fun" else h for name, h in found.history.items()}
    return found._replace(x=within, y=y, history=history)


def _method(method: Any) -> str:
    ours = OF_SCIPY.get(method.lower()) if isinstance(method, str) else None
    if ours is not None:
        names = ", ".join(METHODS)
        raise ValueError(
            f"method is {method!r}; it must be one of {names}: {ours} is the nearest to SciPy's {method!r}"
        )
    return one_of("method", method, METHODS)


def _settings(given: dict[str, Any], method: str, p: LinearProgram) -> tuple[int, float, bool]:
    interior = method == "interior-point"
    maxiter = given.get("maxiter")
    if maxiter is None:
        maxiter = ENOUGH if interior else usual_exchanges(p)
    tol = positive("tol", given.get("tol", TIGHT if interior else TOLERANCE))
    return min(whole("maxiter", maxiter, 0), MOST), tol, bool(given.get("disp", False))


def _result(p: LinearProgram, found: Outcome) -> LinprogResult:
    """The result, in the words and the signs of SciPy."""
    status, x = found.status, found.x
    message = "x is optimal" + found.how
    if status == LIMIT:
        message = f"the limit of {found.nit} iterations was reached before x was optimal; raise maxiter"
    elif status == INFEASIBLE:
        message = "no x meets all constraints and bounds: certificate holds multipliers of the rows that prove it"
    elif status == UNBOUNDED:
        message = "the cost has no lower limit: certificate holds a direction in which it falls for ever"
    elif status == DIFFICULT and x is None:
        message = f"{found.off}; try the other method, or scale the program"
    elif status == DIFFICULT:
        message = f"rounding errors stopped the iterations before x was optimal: {found.off}; try the other method"
    ending = status == OPTIMAL, status, message, found.nit
    if x is None:
        return LinprogResult(None, None, *ending, history=found.history, certificate=found.proof)
    k, residual = p.inequalities, p.b - p.A @ x
    if p.unlimited is not None:
        residual[p.unlimited] = np.inf
    slack, con = residual[:k], residual[k:]
    y, d = found.y, None if found.y is None else p.c - found.y @ p.A
    return LinprogResult(
        x,
        float(p.c @ x),
        *ending,
        history=found.history,
        slack=slack,
        con=con,
        ineqlin=Marginals(slack, None if y is None else np.minimum(y[:k], 0.0)),
        eqlin=Marginals(con, None if y is None else y[k:]),
        lower=Marginals(x - p.lower, None if d is None else np.maximum(d, 0.0)),
        upper=Marginals(p.upper - x, None if d is None else np.minimum(d, 0.0)),
    )
