"""Convex quadratic programs: the driver. The iteration is in quadratic_interior_point.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mechkit.checking import finite, options_among, positive, whole
from mechkit.optimization.programs.active_rows import by_active_rows
from mechkit.optimization.programs.certificates import infeasible, unbounded
from mechkit.optimization.programs.convexity import require_convex
from mechkit.optimization.programs.quadratic_attempt import attempt
from mechkit.optimization.programs.quadratic_check import TINIEST, errors_of
from mechkit.optimization.programs.quadratic_input import Program, program
from mechkit.optimization.programs.quadratic_interior_point import LIMIT, SOLVED, STALLED
from mechkit.optimization.programs.quadratic_preparation import INFINITE
from mechkit.optimization.programs.quadratic_run import ROUNDED, Attempt, is_sparse_faster
from mechkit.optimization.programs.sparse_interior_point import SHARE
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.scipy_names import with_keywords

INFEASIBLE, UNBOUNDED = 2, 3
#: A limit so many times as far as the middle one may be out of reach: first it is left out.
FAR = 1e6
#: Hardly any program takes more iterations than this.
USUAL = 40
#: The last try goes a smaller share of the way to the boundary.
CAREFUL = 0.9


@dataclass(frozen=True, repr=False)
class QuadraticResult(OptimizeResult):
    """An `OptimizeResult` with y : (m,), the multipliers of the rows of A: positive where u holds x, negative where l.

    certificate : None; where the program is infeasible, weights of the rows that prove it; where it is unbounded, a
    direction in which to go for ever (see `quadratic_program`).
    """

    y: Any = None
    certificate: Any = None


def quadratic_program(
    P: Any,
    q: Any,
    A: Any = None,
    l: Any = None,
    u: Any = None,
    r: float = 0.0,
    options: Mapping[str, Any] | None = None,
    *,
    tol: float | None = None,
    maxiter: int | None = None,
) -> QuadraticResult:
    """Minimize x'Px/2 + q'x + r subject to l <= Ax <= u, by a primal-dual interior point method.

    A negative eigenvalue of P that rounding explains is taken as zero: n eps |P|, or half of the last of its few
    decimals. A number that is alone in its row is taken as it is. A program of more than 200 unknowns with few nonzeros
    is solved by sparse factors, in the order of minimum degree: n = 1400 with 2400 rows takes seconds. They are made
    row by row; where they fill up, that takes a few times what a code that works in blocks would.

    Parameters
    ----------
    P : matrix
        (n, n), symmetric positive semidefinite, both triangles of it; zeros for a linear program.
    q : array
        (n,).
    A : matrix or None
        (m, n); None where l and u bound x itself. P and A are dense, or sparse ones of SciPy in any format.
    l, u : arrays or None
        (m,), equal for an equation, infinite (or at least 1e20) for no limit, None for none at all.
    r : number
        A number that is added to the objective.
    options : dict, optional
        "tol" (1e-8), see status 0; "maxiter" (100), the limit of the iterations. 5 to 40 are usual, whatever n.
    tol, maxiter
        as in options.

    Returns
    -------
    QuadraticResult
        x, fun, success, status, message, nit, and y, (m,), with Px + q + A'y = 0.

        Status 0: solved, and checked in the numbers as they were given. No row breaks its limit by more than tol times
        |limit| + |A||x| of this row. No component of the gradient is more than tol times |P||x| + |q| + |A'||y| of this
        component. The duality gap is at most tol |fun|. No row has both room and a multiplier that count beside its own
        terms. Where rounding errors allow no better, what is below 1e-4 of the largest of its kind, in scaled units, is
        judged beside this.

        Status 1: the limit of iterations. Status 2: infeasible; then certificate is y with A'y = 0, and
        l <= Ax <= u is impossible for y'Ax. Status 3: unbounded; then it is d with Pd = 0, q'd < 0 and no bound in its
        way. Status 4: no further progress; the message names the row or component that is off.

        history : "fun", and the errors "primal" (of the rows), "dual" (of the gradient) and "gap", relative as above,
        at the start and each iteration.

    Raises
    ------
    LinAlgError
        where P is not positive semidefinite by more than rounding, with its smallest eigenvalue.
    ValueError, TypeError
        for arrays that do not fit or are not finite, P not symmetric, l above u.

    Operation count: an iteration factors a matrix of order n + (number of equalities), n^3/3 flops without these, and
    solves with it twice, or more often where refinement asks for it. The matrix of a sparse program is of order n + m,
    and its factorization takes the squares of the numbers of nonzeros in the columns of the factor. How many iterations
    there are depends on the numbers. Here four iterations, the start, and the look whether P is semidefinite are six
    factorizations:

    >>> from mechkit import law
    >>> law(lambda n: quadratic_program(np.eye(n), -np.ones(n), l=-np.ones(n)), n=range(2, 9)).flops
    Polynomial('2n^3 + 71n^2 + 622n + 85')

    References: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 16.4; Mehrotra, SIAM J. Optim. 2 (1992);
    Gertz and Wright, Object-oriented software for quadratic programming, ACM TOMS 29 (2003); Wright, Primal-Dual
    Interior-Point Methods (1997); Davis, Direct Methods for Sparse Linear Systems (2006), chapters 4 and 7.

    Examples
    --------
    >>> found = quadratic_program(np.eye(2), [-1.0, -1.0], [[1.0, 1.0]], u=[1.0])
    >>> found.x.round(6), round(found.fun, 6), found.y.round(6)
    (array([0.5, 0.5]), -0.75, array([0.5]))
    >>> quadratic_program(np.zeros((1, 1)), [1.0]).message
    'unbounded: the objective falls for ever in the direction of the certificate'
    """
    given = program(P, q, A, l, u)
    settings = with_keywords(options_among(options, ("tol", "maxiter")), tol=tol, maxiter=maxiter)
    most, enough = whole("maxiter", settings.get("maxiter", 100), 0), positive("tol", settings.get("tol", 1e-8))
    r = finite("r", r)
    with np.errstate(all="ignore"):
        found, status, certificate, of = _solve(given, enough, most)
    fun = found.errors.fun
    if of.P is not given.P:
        fun = float(found.x @ (given.P @ found.x) / 2 + given.q @ found.x)
    return QuadraticResult(
        found.x,
        fun + r,
        status == SOLVED,
        status,
        _message(given, status, found, enough, most),
        len(found.history) - 1,
        0,
        history={
            "fun": found.history[:, 0] + r,
            "primal": found.history[:, 1],
            "dual": found.history[:, 2],
            "gap": found.history[:, 3],
        },
        y=found.y,
        certificate=certificate,
    )


MESSAGES = {
    SOLVED: "solved to the tolerance",
    LIMIT: "maxiter = {maxiter} iterations were not enough; ",
    INFEASIBLE: "infeasible: no x keeps all bounds, as the certificate proves",
    UNBOUNDED: "unbounded: the objective falls for ever in the direction of the certificate",
    STALLED: "no further progress was made, and more iterations would not help; ",
}


def _message(given: Program, status: int, found: Attempt, tol: float, maxiter: int) -> str:
    if status not in (LIMIT, STALLED):
        return MESSAGES[status]
    return MESSAGES[status].format(maxiter=maxiter) + found.errors.words(given, tol)


def _solve(given: Program, tol: float, maxiter: int) -> tuple[Attempt, int, np.ndarray | None, Program]:
    """The best attempt, the status, the certificate, and the program solved: with P made convex, if need be.

    What the first attempt does not settle is tried without limits that are far away. Then proofs are looked for that a
    solution is missing. The rows that seem to hold x are solved for as equations. Last, the sparse method goes more
    carefully.
    """
    of, sparse = _with_convex(given), is_sparse_faster(given)
    first = attempt(of, tol, maxiter, sparse)
    if first.status == SOLVED or maxiter == 0:
        return first, first.status, None, of
    best = first
    nearer = _without_far_limits(of)
    if nearer is not None:
        best = _better(best, _judged(of, attempt(nearer, tol, maxiter, sparse), tol))
    if best.status == SOLVED:
        return best, SOLVED, None, of
    for proof, status in ((infeasible(of), INFEASIBLE), (unbounded(of, first.d, _added(of, given)), UNBOUNDED)):
        if proof is not None:
            return best, status, proof, of
    exact = by_active_rows(of, best, tol, sparse) if first.status != LIMIT or maxiter > USUAL else None
    if exact is not None:
        return exact, SOLVED, None, of
    if first.status == LIMIT:
        return best, LIMIT, None, of
    for variant, share in ((of, SHARE), (nearer, SHARE), (of, CAREFUL)):
        if variant is not None and not (sparse and share == SHARE):
            best = _better(best, _judged(of, attempt(variant, tol, maxiter, True, share), tol))
            if best.status == SOLVED:
                return best, SOLVED, None, of
    return best, STALLED, None, of


def _with_convex(of: Program) -> Program:
    P = require_convex(of.P)
    return of if P is of.P else replace(of, P=P)


def _added(of: Program, given: Program) -> float:
    """Twice what was added to the diagonal of P."""
    return 0.0 if of.P is given.P else 2.0 * float((of.P.diagonal() - given.P.diagonal()).max())


def _better(one: Attempt, other: Attempt) -> Attempt:
    return other if other.errors.largest < one.errors.largest else one


def _judged(of: Program, found: Attempt, tol: float) -> Attempt:
    """An attempt on a program with fewer limits, judged by all of them."""
    e = np.where(found.e > 0.0, found.e, 1.0 / np.maximum(of.matrices[3] @ found.d, TINIEST))
    errors = errors_of(of, found.x, found.y, found.d, e)
    solved = errors.largest <= tol * ROUNDED and (errors.both < 0 or errors.hidden)
    return found._replace(status=SOLVED if solved else STALLED, errors=errors, e=e)


def _without_far_limits(of: Program) -> Program | None:
    """The program without the limits that are much farther than the others, or None where there are none."""
    _, A = of.sparse()
    length = abs(A).max(axis=1).toarray().ravel()
    length[length == 0] = 1.0
    l, u = np.abs(of.l) / length, np.abs(of.u) / length
    near = np.concatenate([l, u])
    near = near[(near > 0) & (near < INFINITE)]
    if near.size == 0:
        return None
    slope, curvature = np.abs(of.q).max(), abs(of.P).max()
    middle = min(np.median(near), slope / curvature if slope * curvature > 0 else np.inf)
    far_l, far_u = (l > FAR * middle) & (of.l != of.u), (u > FAR * middle) & (of.l != of.u)
    far_l, far_u = far_l & (of.l > -INFINITE), far_u & (of.u < INFINITE)
    if not (far_l | far_u).any():
        return None
    return of.within(np.where(far_l, -np.inf, of.l), np.where(far_u, np.inf, of.u))
