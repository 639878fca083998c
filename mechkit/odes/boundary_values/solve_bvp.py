"""Boundary value problems by collocation: all nodes at once, on a mesh that is refined where the residual is large."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array, positive, whole
from mechkit.odes.boundary_values.collocation import add_squares, between
from mechkit.odes.boundary_values.functions import conditions_of, slopes_of
from mechkit.odes.boundary_values.mesh_newton import Collocation, newton, sensitivity
from mechkit.odes.boundary_values.result import BVPResult
from mechkit.odes.dense_output import DenseOutput
from mechkit.optimization.functions import counted_calls

#: Rounds of refining the mesh.
MOST_ROUNDS = 20
#: A tolerance below this cannot be met: slopes of cubics lose so much to rounding.
LEAST_TOL = 100.0 * float(np.finfo(float).eps)
#: From this multiple of the tolerance on an interval is cut in three, below it in two.
MUCH = 100.0
#: A residual within the tolerance may change the solution by at most this part of it.
MOST_CHANGE = 0.5
#: Lobatto's rule with five points: the middle, and two at this distance from it; the residual is 0 at both ends.
ASIDE = 0.5 * (3.0 / 7.0) ** 0.5
LOBATTO = ((0.5, 32.0 / 45.0), (0.5 - ASIDE, 49.0 / 90.0), (0.5 + ASIDE, 49.0 / 90.0))
SOLVED, TOO_MANY_NODES, NOT_SOLVED, TOO_MANY_ROUNDS = range(4)


def solve_bvp(
    fun: Any,
    bc: Any,
    x: Any,
    y: Any,
    p: Any = None,
    *,
    tol: float = 1e-3,
    max_nodes: int = 1000,
    bc_tol: float | None = None,
    verbose: int = 0,
) -> BVPResult:
    """Solve y' = fun(x, y) with conditions on both ends, by collocation of order 4.

    Parameters
    ----------
    fun : fun(x, y), or fun(x, y, p), at one place: it returns n slopes, as np.array([...])
    bc : bc(ya, yb), or bc(ya, yb, p): n + k numbers that are 0 where the conditions hold
    x : (m,), the nodes of a first mesh, ascending
    y : (n, m), a guess of the states there
    p : (k,), a guess of unknown parameters, or None
    tol : the relative residual of the differential equations that is allowed: of the difference of slopes, over their
        size, in each interval
    max_nodes : the most nodes
    bc_tol : what bc may leave, relative to the terms that it is a sum of; tol where left out
    verbose : accepted for SciPy's sake and ignored

    Returns
    -------
    BVPResult
        with SciPy's names. Its message reports where the residual stays above the tolerance, and what to do.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type, and for functions that cannot be compiled.

    Operation count: each step of Newton's method evaluates fun at 2m - 1 points, (n + 1) times there, and solves a band
    of nm equations. So a step costs in proportion to m where each condition is at one end:

    >>> from mechkit import count
    >>> def fun(x, y):
    ...     return np.array([y[1], -y[0]])
    >>> def bc(ya, yb):
    ...     return np.array([ya[0], yb[0] - 1.0])
    >>> for m in (50, 100, 200):
    ...     with count() as ops:
    ...         found = solve_bvp(fun, bc, np.linspace(0.0, 1.0, m), np.zeros((2, m)))
    ...     print(m, found.nfev, round(ops.flops / m))
    50 939 609
    100 1889 615
    200 3789 618

    References: Kierzenka and Shampine, ACM Trans. Math. Softw. 27 (2001) 299-316; Ascher, Mattheij and Russell,
    Numerical Solution of Boundary Value Problems for Ordinary Differential Equations, section 5.4.

    Examples
    --------
    Bratu's problem y'' + exp(y) = 0, y(0) = y(1) = 0, has two solutions; the guess decides which is found.

    >>> def fun(x, y):
    ...     return np.array([y[1], -np.exp(y[0])])
    >>> def bc(ya, yb):
    ...     return np.array([ya[0], yb[0]])
    >>> x = np.linspace(0.0, 1.0, 5)
    >>> for level in (0.0, 3.0):
    ...     guess = np.zeros((2, 5))
    ...     guess[0] = level
    ...     found = solve_bvp(fun, bc, x, guess)
    ...     print(found.success, found.sol(0.5)[0].round(3))
    True 0.141
    True 4.091
    """
    __tracebackhide__ = True
    nodes, states, parameters = _checked(x, y, p)
    n = len(states)
    tol, most = positive("tol", tol), whole("max_nodes", max_nodes)
    if tol < LEAST_TOL:
        raise ValueError(f"tol is {tol}; it must be at least {LEAST_TOL:.2g}, below which there is only rounding")
    bc_tol = tol if bc_tol is None else positive("bc_tol", bc_tol)
    f = slopes_of(fun, float(nodes[0]), states[:, 0].copy(), parameters)
    g = conditions_of(bc, states[:, 0].copy(), states[:, -1].copy(), parameters)
    Y = np.ascontiguousarray(np.column_stack([states.T, np.tile(parameters, (nodes.size, 1))]))
    with counted_calls() as made, np.errstate(all="ignore"):
        system, residuals, rounds, status, message = _refined(f, g, nodes, Y, tol, bc_tol, most)
    return BVPResult(
        sol=interpolated(system.x, system.Y[:, :n], system.F[:, :n]),
        p=system.Y[0, n:].copy() if parameters.size else None,
        x=system.x,
        y=system.Y[:, :n].T.copy(),
        yp=system.F[:, :n].T.copy(),
        rms_residuals=residuals,
        niter=rounds,
        nfev=made.f,
        status=status,
        message=message,
        success=status == SOLVED,
    )


def _refined(
    f: Any, g: Any, x: np.ndarray, Y: np.ndarray, tol: float, bc_tol: float, most: int
) -> tuple[Collocation, np.ndarray, int, int, str]:
    """Solve on the mesh, and on finer ones until the residual is small: the system, its residuals, and how it ended."""
    for rounds in range(1, MOST_ROUNDS + 1):
        system = Collocation(f, g, x, Y)
        why = newton(system, tol, bc_tol)
        residuals = residuals_of(system)
        worst = float(residuals.max())
        if why is None and worst <= tol:
            change = sensitivity(system, residuals)
            if change <= MOST_CHANGE:
                return system, residuals, rounds, SOLVED, f"solved, with a relative residual of {worst:.2g} at most"
            why = "the problem is singular: the conditions do not fix the solution"
            if np.isfinite(change):
                why = f"the problem is nearly singular: a residual of {worst:.2g} changes y by {change:.2g} of its size"
            return system, residuals, rounds, NOT_SOLVED, why
        if not np.isfinite(worst):
            return system, residuals, rounds, NOT_SOLVED, why or "the residual is not finite"
        if why is not None and rounds > 1 and worst <= tol:
            return system, residuals, rounds, NOT_SOLVED, why

        finer = _cut(x, residuals, tol, all_of_them=why is not None)  # a finer mesh may also help Newton's method
        if finer.size > most:
            message = f"the residual is {worst:.2g} with {x.size} nodes, and more than max_nodes = {most} are needed"
            return system, residuals, rounds, TOO_MANY_NODES if why is None else NOT_SOLVED, why or message
        if not (np.diff(finer) > 0.0).all():
            message = f"the residual stays at {worst:.2g} in an interval that cannot be cut"
            return system, residuals, rounds, NOT_SOLVED, why or message
        Y = np.ascontiguousarray(interpolated(x, system.Y, system.F)(finer).T)
        x = finer
    message = f"the residual is {worst:.2g} after {MOST_ROUNDS} rounds of refining the mesh"
    return system, residuals, MOST_ROUNDS, TOO_MANY_ROUNDS, why or message


def _cut(x: np.ndarray, residuals: np.ndarray, tol: float, all_of_them: bool) -> np.ndarray:
    """A finer mesh: intervals are cut in two or three where the residual is large, or all of them."""
    parts = np.where(residuals > MUCH * tol, 3, np.where((residuals > tol) | all_of_them, 2, 1))
    first = np.cumsum(parts) - parts
    share = (np.arange(parts.sum()) - np.repeat(first, parts)) / np.repeat(parts, parts)
    return np.append(np.repeat(x[:-1], parts) + share * np.repeat(np.diff(x), parts), x[-1])


def residuals_of(system: Collocation) -> np.ndarray:
    """(m - 1,), the root mean square of the relative residual in each interval."""
    total = np.zeros(system.x.size - 1)
    P, FP, S = np.empty((3, *system.R.shape))
    for part, weight in LOBATTO:
        between(system.f, system.x, system.Y, system.F, part, P, FP, S)
        add_squares(S, FP, system.slope_sizes, weight / 2.0, total)
    return np.sqrt(total)


def interpolated(x: np.ndarray, Y: np.ndarray, F: np.ndarray) -> DenseOutput:
    """The cubics with the states Y and slopes F (m, n) at the nodes."""
    h = np.diff(x)[:, np.newaxis]
    change = np.diff(Y, axis=0)
    a = h * F[:-1] - change
    coefficients = np.stack([change, a, change - h * F[1:] - a], axis=1)
    return DenseOutput(x, np.ascontiguousarray(Y), h[:, 0].copy(), coefficients, "x")


def _checked(x: Any, y: Any, p: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    nodes = float_array("x", x, (1,)).astype(np.float64)
    if nodes.size < 2:
        raise ValueError(f"x has {nodes.size} node; give both ends at least")
    lengths = np.diff(nodes)
    if not (lengths > 0.0).all():
        i = int(np.argmin(lengths > 0.0))
        raise ValueError(f"x[{i}] is {nodes[i]} and x[{i + 1}] is {nodes[i + 1]}; the nodes must be in ascending order")
    states = float_array("y", y, (2,)).astype(np.float64)
    if states.shape[1] != nodes.size:
        raise ValueError(f"y has shape {states.shape}; it needs {nodes.size} columns, one a node")
    parameters = np.empty(0) if p is None else float_array("p", np.atleast_1d(p), (1,)).astype(np.float64)
    return nodes, states, parameters
