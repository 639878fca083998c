"""Boundary value problems by shooting: initial value problems whose start is corrected until the far end is met."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, positive, whole
from mechkit.odes.boundary_values.functions import conditions_of
from mechkit.odes.boundary_values.result import BVPResult
from mechkit.odes.result import OdeResult
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.odes.shifted_systems import dense_system
from mechkit.odes.solve_ivp import solve_ivp

#: A step is halved so often before Newton's method is given up.
HALVINGS = 12
#: A step must reduce what bc leaves by this share of its length (Armijo).
DECREASE = 1e-4
#: An error of the integration within its tolerance may change the start by at most this part of its size.
MOST_CHANGE = 0.1
#: The absolute tolerance of an integration, relative to the size of each unknown and to rtol.
SMALL = 1e-3
SOLVED, NOT_SOLVED, TOO_MANY_STEPS = range(3)


def shooting(
    fun: Any,
    bc: Any,
    t_span: Any,
    ya: Any,
    *,
    method: str = "RK45",
    rtol: float = 1e-8,
    tol: float = 1e-6,
    maxiter: int = 50,
) -> BVPResult:
    """Solve y' = fun(x, y) with conditions on both ends, by shooting from one end.

    Each shot is an initial value problem. Newton's method corrects the start ya until bc(ya, yb) is 0. Its derivatives
    come from n more shots. Where solutions grow by a factor g over the interval, rounding errors of the start do too:
    shooting fails where g is near 1e16, and `solve_bvp` does not.

    Parameters
    ----------
    fun : fun(x, y): it returns n slopes, as np.array([...])
    bc : bc(ya, yb): n numbers that are 0 where the conditions hold
    t_span : the two ends; it shoots from the first to the second
    ya : (n,), a guess of the state at the first end
    method, rtol : of `solve_ivp`
    tol : what bc may leave, relative to the terms that it is a sum of
    maxiter : the most steps of Newton's method

    Returns
    -------
    BVPResult
        x and y are those of the last shot, and sol is its dense output. The message reports where the conditions are
        not met, and what to do.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type, and for functions that cannot be compiled.

    Operation count: n + 1 initial value problems for each step of Newton's method, and one for each halving of a step.

    >>> from mechkit import count
    >>> def fun(x, y):
    ...     return np.array([y[1], -y[0]])
    >>> def bc(ya, yb):
    ...     return np.array([ya[0], yb[0] - 1.0])
    >>> with count() as ops:
    ...     found = shooting(fun, bc, (0.0, 1.0), [0.0, 0.0])
    >>> found.niter, ops.flops // found.nfev < 30
    (1, True)

    References: Stoer and Bulirsch, Introduction to Numerical Analysis, 3rd ed., section 7.3; Ascher, Mattheij and
    Russell, Numerical Solution of Boundary Value Problems for Ordinary Differential Equations, chapter 4.

    Examples
    --------
    Blasius' flow along a plate, with the far end at 10:

    >>> def plate(x, y):
    ...     return np.array([y[1], y[2], -0.5 * y[0] * y[2]])
    >>> def at_both_ends(ya, yb):
    ...     return np.array([ya[0], ya[1], yb[1] - 1.0])
    >>> found = shooting(plate, at_both_ends, (0.0, 10.0), [0.0, 0.0, 0.5])
    >>> found.success, found.y[2, 0].round(6)
    (True, np.float64(0.332057))
    """
    __tracebackhide__ = True
    start = float_array("ya", ya, (1,)).astype(np.float64)
    tol, most = positive("tol", tol), whole("maxiter", maxiter)
    if np.ndim(t_span) == 1 and len(t_span) == 2 and t_span[0] == t_span[1]:
        raise ValueError(f"t_span is {t_span!r}; its ends must differ")
    g = conditions_of(bc, start, start, np.empty(0))
    shots = _Shots(fun, g, t_span, method, positive("rtol", rtol), start)
    last = shots.shoot(start)
    if not last.success:
        return shots.end(last, 0, NOT_SOLVED, f"the first shot fails: {last.message}; give another start")
    for steps in range(most + 1):
        G = shots.conditions(start, last)
        D, reach, sizes = shots.derivatives(start, last, G)
        share = float((np.abs(G) / reach).max()) if reach.all() else np.inf
        if share <= tol and not shots.is_sure(D * sizes, reach):
            why = (
                "the problem is nearly singular: errors of the integration may change the start by as much as its size"
            )
            return shots.end(last, steps, NOT_SOLVED, f"{why}; give a smaller rtol, or use solve_bvp")
        if share <= tol:
            return shots.end(last, steps, SOLVED, f"solved: bc leaves {share:.2g} of its terms after {steps} steps")
        if steps == most:
            break
        step = _solved(D * sizes, G)  # whether it helps is seen on bc
        if step is None:
            return shots.end(last, steps, NOT_SOLVED, "the conditions do not depend on the start: bc is singular")
        new = shots.descend(start, sizes * step, G, reach)
        if new is None:
            why = f"bc leaves {share:.2g} of its terms, and no step reduces it: give a better start, or use solve_bvp"
            return shots.end(last, steps, NOT_SOLVED, why)
        start, last = new
    why = f"bc leaves {share:.2g} of its terms after {most} steps: give a better start, or use solve_bvp"
    return shots.end(last, most, TOO_MANY_STEPS, why)


def _solved(A: np.ndarray, b: np.ndarray) -> np.ndarray | None:
    """x of Ax = b, or None where A is singular or not finite."""
    factor, solve = dense_system(small=True)
    x, LU, piv, bands = b.copy(), np.empty_like(A), np.empty(b.size, np.int32), np.zeros(2, np.int64)
    if not np.isfinite(A).all() or factor(0.0, -A, LU, piv, bands) < b.size:
        return None
    solve(LU, piv, bands, x)
    return x


class _Shots:
    """Initial value problems from one end, and what the conditions make of them."""

    def __init__(self, fun: Any, g: Any, t_span: Any, method: str, rtol: float, start: np.ndarray) -> None:
        self.fun, self.g, self.t_span, self.method, self.rtol = fun, g, t_span, method, rtol
        self.nfev = 0
        largest = np.abs(start).max()
        self.sizes = np.where(start != 0.0, np.abs(start), largest or 1.0)

    def shoot(self, start: np.ndarray, dense_output: bool = False) -> OdeResult:
        """The initial value problem from a start."""
        atol = SMALL * self.rtol * self.sizes
        shot = solve_ivp(
            self.fun, self.t_span, start, self.method, rtol=self.rtol, atol=atol, dense_output=dense_output
        )
        self.nfev += shot.nfev
        return shot

    def conditions(self, start: np.ndarray, shot: OdeResult) -> np.ndarray:
        """What bc leaves."""
        G = np.empty(start.size)
        self.g(0.0, np.concatenate([start, shot.y[:, -1]]), G)
        return G

    def derivatives(
        self, start: np.ndarray, shot: OdeResult, G: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of what bc leaves by the start (n, n); the size of its terms (n,); and that of each unknown (n,)."""
        size = np.abs(shot.y).max(axis=1)
        size = np.where(size > 0.0, size, size.max() or np.abs(G).max() or 1.0)
        self.sizes = size
        ends = np.concatenate([start, shot.y[:, -1]])
        moved = np.empty_like(G)
        reach = np.zeros(G.size)
        step = np.sqrt(self.rtol)  # so small a change is still above the error of the integration
        for j in range(ends.size):
            other = ends.copy()
            other[j] += step * size[j % size.size]
            self.g(0.0, other, moved)
            reach = reach + np.abs(moved - G) / step
        D = np.empty((G.size, G.size))
        for j in range(start.size):
            other = start.copy()
            other[j] += step * size[j]
            D[:, j] = (self.conditions(other, self.shoot(other)) - G) / (step * size[j])
        return D, reach, size

    def is_sure(self, D: np.ndarray, reach: np.ndarray) -> bool:
        """Whether an error of the integration changes the start, in units of its size, by little."""
        try:
            change = np.linalg.inv(D) @ np.diag(self.rtol * reach)
        except LinAlgError:
            return False
        return bool(np.abs(change).sum(axis=1).max() <= MOST_CHANGE)

    def descend(
        self, start: np.ndarray, step: np.ndarray, G: np.ndarray, reach: np.ndarray
    ) -> tuple[np.ndarray, OdeResult] | None:
        """The start less the step, or half of it, and so on, to where bc leaves less; None where it does not."""
        before = np.linalg.norm(G / reach)
        part = 1.0
        for _ in range(HALVINGS):
            other = start - part * step
            if np.isfinite(other).all():
                shot = self.shoot(other)
                left = np.linalg.norm(self.conditions(other, shot) / reach)
                if shot.success and left <= (1.0 - DECREASE * part) * before:
                    return other, shot
            part /= 2.0
        return None

    def end(self, shot: OdeResult, steps: int, status: int, message: str) -> BVPResult:
        """The result, with the dense output of the last shot."""
        again = self.shoot(shot.y[:, 0], dense_output=True)
        states = np.ascontiguousarray(again.y.T)
        F = np.empty_like(states)
        f = right_hand_side(self.fun, float(again.t[0]), states[0].copy())
        for t, y, slope in zip(again.t, states, F, strict=True):
            f(float(t), y, slope)
        return BVPResult(
            sol=again.sol,
            p=None,
            x=again.t,
            y=again.y,
            yp=F.T.copy(),
            rms_residuals=None,
            niter=steps,
            nfev=self.nfev,
            status=status,
            message=message,
            success=status == SOLVED,
        )
