"""Linear programs: by an interior point, in few iterations of much work, or by the simplex method, many of little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mechkit.checking import is_sparse, one_of, options_among, positive, whole
from mechkit.optimization.programs.dependent_rows import dependent_rows
from mechkit.optimization.programs.interior_point import (
    DIFFICULT,
    IN_W,
    IN_X,
    IN_Y,
    INFEASIBLE,
    LIMIT,
    MEASURES,
    OPTIMAL,
    PATIENCE,
    UNBOUNDED,
    follow_path,
)
from mechkit.optimization.programs.normal_equations import link_rows, list_fill, order_by_degree
from mechkit.optimization.programs.simplex import fresh_tableau, solve_tableau
from mechkit.optimization.programs.standard_form import (
    LinearProgram,
    classify,
    contradiction,
    linear_program,
    scaled_columns,
    standardise,
)

#: The simplex method's tolerance, of bounds and reduced costs of the scaled program.
TOLERANCE = 1e-9
#: The interior point's, of residuals and gap; and what is still called optimal where rounding errors allow no better.
TIGHT, LOOSE = 1e-10, 1e-8
#: What is added to the weights of free variables, as a share of mu; to the others and to the normal equations; and to
#: the diagonal of these, as a share of it.
OF_FREE, ADDED, RELATIVE = 0.01, 1e-8, 1e-13
#: Rows times rows times columns of programs small enough to go on from an interior point to a vertex.
CROSSED = 10**9
#: So many iterations are as good as no limit.
MOST = 10**6
#: Elements of a certificate so small, beside the largest, are rounding errors.
NOISE = 1e-14


@dataclass(frozen=True)
class LinprogResult:
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
    options: Mapping[str, Any] | None = None,
) -> LinprogResult:
    """Minimise c'x where A_ub x <= b_ub, A_eq x = b_eq, and x is within its bounds.

    c : (n,); A_ub : (m, n), b_ub : (m,), infinite for no limit; A_eq : (k, n), b_eq : (k,); bounds : a pair (lowest,
    highest) for all variables or one for each, None or anything from 1e20 on for no bound; matrices may be sparse
    ones of SciPy. method : "interior-point" (the homogeneous self-dual embedding, predictor and corrector) or "simplex"
    (two phases, bounded variables, Devex pricing). options : "maxiter"; "tol", relative to the size of the program
    (1e-10 for the interior point, 1e-9 for the simplex method). Where rounding errors stop the interior point short of
    that, the simplex method goes on from a basis near it, unless the program is large.

    Returns
    -------
    LinprogResult
        its status is 0 where x is optimal.

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
    method = one_of("method", method, METHODS)
    p = linear_program(c, A_ub, b_ub, A_eq, b_eq, bounds)
    maxiter, tol = _options(options, method, p)
    wrong = contradiction(p)
    if wrong is not None:
        return LinprogResult(None, None, None, None, False, INFEASIBLE, f"bounds contradict each other: {wrong}", 0)
    result = METHODS[method](p, maxiter, tol)
    if result.status == UNBOUNDED and method == "interior-point":  # the ray does not say that there is a feasible point
        feasible = METHODS[method](replace(p, c=np.zeros_like(p.c)), maxiter, tol)
        if feasible.status == INFEASIBLE:
            return feasible
    return result


def _options(options: Any, method: str, p: LinearProgram) -> tuple[int, float]:
    interior = method == "interior-point"
    given = options_among(options, ("maxiter", "tol"))
    maxiter = given.get("maxiter")
    if maxiter is None:
        maxiter = 200 if interior else 1000 + 50 * sum(p.A.shape)
    tol = positive("tol", given.get("tol", TIGHT if interior else TOLERANCE))
    return min(whole("maxiter", maxiter, 0), MOST), tol


def _interior_point(p: LinearProgram, maxiter: int, tol: float) -> LinprogResult:
    (m, n), slacks = p.A.shape, p.inequalities
    values, rows, starts, row_scale, column_scale = scaled_columns(p)
    linked = np.zeros((m, m), np.uint8)  # an order of the rows in which the factor has few nonzeros
    order, position = np.empty((2, m), np.int64)
    link_rows(rows, starts, linked)
    q, nonzeros = order_by_degree(linked, order, position)
    fill_starts, fill = np.empty(q + 1, np.uint32), np.empty(nonzeros, np.uint32)
    list_fill(linked, order, fill_starts, fill)
    S = np.empty((m, m))
    columns = np.empty(n + slacks, np.int64)  # the standard form
    sign, shift, width = np.empty((3, n))
    moving, free, bounded = classify(p.lower, p.upper, column_scale, slacks, columns, sign, shift, width)
    columns, u, b, c = columns[:moving], width[:bounded], np.empty(m), np.empty(moving)
    nonzeros = values.size + slacks
    A = np.empty(nonzeros), np.empty(nonzeros, np.uint32), np.empty(moving + 1, np.uint32)
    given = values, rows, starts, columns, sign, shift, position, row_scale, column_scale
    of_x, of_cost = standardise(*given, p.b, p.c, u, *A, b, c)
    if slacks < m and moving:
        equations, dependent, Y = np.ones(m, np.uint8), np.empty(m, np.uint8), np.empty((3, m))
        equations[position[:slacks]] = 0
        wrong = dependent_rows(*A, b, equations, fill_starts, fill, S, np.empty((5, moving)), Y, dependent)
        if wrong >= 0:
            return _without_solution(p, INFEASIBLE, -np.sign(Y[0] @ b) * Y[0][position] * row_scale, 0, {})
        if dependent.any():
            return _without_rows(p, dependent[position] == 1, maxiter, tol)
    X, W, Y = np.empty((IN_X, moving)), np.empty((IN_W, bounded)), np.empty((IN_Y, m))
    scalars, history = np.empty(1 + MEASURES), np.empty((maxiter + 1, 5))
    share = 1.0 / (moving - free + bounded + 1)
    work = fill_starts, fill, S, X, W, Y, scalars, history
    offset = float(p.c @ (shift * column_scale)) / (of_x * of_cost)
    with np.errstate(all="ignore"):  # what is no number is no short step, and ends the iterations
        status, nit = follow_path(
            *A, b, c, u, free, offset, share, *work, OF_FREE, ADDED, RELATIVE, tol, max(LOOSE, tol)
        )
    record = dict(zip(("mu", "primal", "dual", "gap", "step"), history[: nit + 1].T, strict=True))
    if status == INFEASIBLE:
        return _without_solution(p, status, -(Y[0][position] * row_scale), nit, record)
    x = np.zeros(n + slacks)
    x[columns] = X[0]
    found = sign * x[:n] * column_scale
    if status == UNBOUNDED:
        return _without_solution(p, status, found, nit, record)
    found = np.clip(found * (of_x / scalars[0]) + shift * column_scale, p.lower, p.upper)
    error = min(map(max, *(record[name][-PATIENCE - 2 :].tolist() for name in ("primal", "dual", "gap"))))
    if (status == DIFFICULT or (status == OPTIMAL and error > tol)) and m * m * n <= CROSSED:
        at_vertex = _cross_over(p, found, error, nit, record)
        if at_vertex.status == OPTIMAL or (status == DIFFICULT and at_vertex.status in (INFEASIBLE, UNBOUNDED)):
            return at_vertex
    return _result(p, status, found, nit, record, f": its relative residuals and gap are at most {error:.0e}")


def _cross_over(
    p: LinearProgram, x: np.ndarray, error: float, nit: int, record: dict[str, np.ndarray]
) -> LinprogResult:
    """The vertex that the simplex method finds from a basis of the variables of x farthest from their bounds.

    References: Bixby and Saltzman, Recovering an optimal LP basis from an interior point solution, Oper. Res. Lett. 15
    (1994).
    """
    tableau = Tableau(p, x)
    status, exchanges, _ = tableau.solve(p.lower, p.upper, 1000 + 50 * sum(p.A.shape), TOLERANCE)
    how = f", at the vertex {exchanges} exchanges from where rounding errors of {error:.0e} stopped the interior point"
    return _at_vertex(p, tableau, status, nit, record, how)


def _without_rows(p: LinearProgram, dependent: np.ndarray, maxiter: int, tol: float) -> LinprogResult:
    """The result for a program some equations of which follow from the others."""
    kept = np.flatnonzero(~dependent)
    found = _interior_point(replace(p, A=p.A[kept], b=p.b[kept]), maxiter, tol)
    if found.status == INFEASIBLE:
        certificate = np.zeros(p.b.size)
        certificate[kept] = found.certificate
        return replace(found, certificate=certificate)
    return found if found.x is None else replace(found, con=(p.b - p.A @ found.x)[p.inequalities :])


def _simplex(p: LinearProgram, maxiter: int, tol: float) -> LinprogResult:
    tableau = Tableau(p)
    status, nit, history = tableau.solve(p.lower, p.upper, maxiter, tol)
    record = {"infeasibility": history[:, 0] * tableau.of_x, "fun": history[:, 1] * tableau.of_x * tableau.of_cost}
    return _at_vertex(p, tableau, status, nit, record)


def _at_vertex(
    p: LinearProgram, tableau: Tableau, status: int, nit: int, record: dict[str, np.ndarray], how: str = ""
) -> LinprogResult:
    """The result for a program where the simplex method ended."""
    if status == INFEASIBLE:
        return _without_solution(p, status, tableau.multipliers(), nit, record)
    if status == UNBOUNDED:
        return _without_solution(p, status, tableau.direction(), nit, record)
    return _result(p, status, np.clip(tableau.x, p.lower, p.upper), nit, record, how)


class Tableau:
    """A linear program for the simplex method, scaled, with the basis where it last was: the start for other bounds.

    The first basis is that of the slacks or, where a point x is given, one that is near it.

    >>> tableau = Tableau(linear_program([-1, -2], [[1, 1]], [3], None, None, (0, 2)))
    >>> tableau.solve(np.zeros(2), np.full(2, 2.0), 100, 1e-9)[:2], tableau.x
    ((0, 3), array([1., 2.]))
    >>> tableau.solve(np.zeros(2), np.ones(2), 100, 1e-9)[:2], tableau.x
    ((0, 2), array([1., 1.]))
    """

    def __init__(self, p: LinearProgram, x: np.ndarray | None = None) -> None:
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

    def solve(self, lower: np.ndarray, upper: np.ndarray, maxiter: int, tol: float) -> tuple[int, int, np.ndarray]:
        """Status, iterations and history for these bounds of x."""
        n, self._tol = self.c.size, tol
        self.lower[:n], self.upper[:n] = lower / self.unit, upper / self.unit
        history = np.empty((maxiter + 1, 2))
        basis = self.T, self.basic, self.nonbasic, self.lower, self.upper
        status, nit, self._q, self._sense = solve_tableau(
            self.A, self.b, self.c, *basis, self.values, self.d, self.weights, self.wanted, history, tol
        )
        return status, nit, history[: nit + 1]

    @property
    def x(self) -> np.ndarray:
        """The variables where it ended."""
        return self.values[: self.c.size] * self.unit

    def multipliers(self) -> np.ndarray:
        """Where the program was found infeasible, the multipliers of its rows that prove it."""
        n = self.c.size
        y = np.zeros(n + self.b.size)
        y[self.nonbasic] = self.d
        basic = self.values[self.basic]
        y[self.basic] = (basic < self.lower[self.basic] - self._tol) * 1.0 - (
            basic > self.upper[self.basic] + self._tol
        )
        return y[n:] * self.row_scale

    def direction(self) -> np.ndarray:
        """Where it was found unbounded, the direction of the last column."""
        x = np.zeros(self.values.size)
        x[self.nonbasic[self._q]] = self._sense
        x[self.basic] = -self._sense * self.T[:-1, self._q]
        return x[: self.c.size] * self.column_scale


METHODS = {"interior-point": _interior_point, "simplex": _simplex}

_MESSAGES = {
    OPTIMAL: "x is optimal",
    LIMIT: "the limit of {nit} iterations was reached before x was optimal; raise options={{'maxiter': ...}}",
    DIFFICULT: "rounding errors stopped the iterations before x was optimal; try the other method",
}


def _result(
    p: LinearProgram, status: int, x: np.ndarray, nit: int, history: dict[str, np.ndarray], how: str = ""
) -> LinprogResult:
    residual = p.b - p.A @ x
    slack, con = residual[: p.inequalities], residual[p.inequalities :]
    if p.unlimited is not None:
        slack[p.unlimited] = np.inf
    message = _MESSAGES[status].format(nit=nit) + (how if status == OPTIMAL else "")
    return LinprogResult(x, float(p.c @ x), slack, con, status == OPTIMAL, status, message, nit, history)


def _without_solution(
    p: LinearProgram, status: int, proof: np.ndarray, nit: int, history: dict[str, np.ndarray]
) -> LinprogResult:
    """The result for a program that is infeasible or unbounded: its proof, of largest element 1."""
    if status == INFEASIBLE:
        np.maximum(proof[: p.inequalities], 0.0, out=proof[: p.inequalities])
        message = "no x meets all constraints and bounds: certificate holds multipliers of the rows that prove it"
    else:
        np.maximum(proof, 0.0, out=proof, where=p.lower > -np.inf)
        np.minimum(proof, 0.0, out=proof, where=p.upper < np.inf)
        message = "the cost has no lower limit: certificate holds a direction in which it falls for ever"
    proof = proof / np.abs(proof).max()
    proof[np.abs(proof) < NOISE] = 0.0
    return LinprogResult(None, None, None, None, False, status, message, nit, history, proof)
