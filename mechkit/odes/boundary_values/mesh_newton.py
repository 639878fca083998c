"""Newton's method for the equations of collocation on one mesh."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy.sparse
from numpy.linalg import LinAlgError
from scipy.linalg import LinAlgWarning

from mechkit.linear_systems import solve_banded, spsolve
from mechkit.odes.boundary_values.collocation import blocks, collocate, jacobians, slopes

#: Steps of Newton's method on one mesh.
MOST_STEPS = 40
#: A step is halved so often before Newton's method is given up.
HALVINGS = 12
#: A step must reduce the residual by this share of its length (Armijo).
DECREASE = 1e-4
#: Collocation is solved to this share of the tolerance, so that the residual between the nodes is that of the mesh.
SHARE = 0.05
#: The step of a difference, relative to the size of the unknown.
DIFFERENCE = float(np.sqrt(np.finfo(float).eps))


class Collocation:
    """The equations on one mesh: states Y (m, n), slopes F, residuals R (m - 1, n), and those of the conditions, G.

    f, g : kernels by address, from `functions`.
    """

    def __init__(self, f: Any, g: Any, x: np.ndarray, Y: np.ndarray) -> None:
        self.f, self.g, self.x = f, g, x
        m, n = Y.shape
        self.middles = (x[1:] + x[:-1]) / 2.0
        self.F, self.G = np.empty((m, n)), np.empty(n)
        self.M, self.FM, self.R = np.empty((3, m - 1, n))
        self.evaluate(Y)

    def evaluate(self, Y: np.ndarray) -> None:
        """All residuals at the states Y."""
        self.Y = Y
        slopes(self.f, self.x, Y, self.F)
        collocate(self.f, self.x, Y, self.F, self.M, self.FM, self.R)
        self.g(0.0, np.concatenate([Y[0], Y[-1]]), self.G)

    @property
    def is_finite(self) -> bool:
        """Whether all residuals are finite."""
        return bool(np.isfinite(self.R).all() and np.isfinite(self.G).all())

    @property
    def sizes(self) -> np.ndarray:
        """(n,), how large each unknown is on this mesh, never 0."""
        length = self.x[-1] - self.x[0]
        size = np.maximum(np.abs(self.Y).max(axis=0), length * np.abs(self.F).max(axis=0))
        return np.where(size > 0.0, size, size.max() or np.abs(self.G).max() or 1.0)

    @property
    def slope_sizes(self) -> np.ndarray:
        """(n,), how large each slope is on average, never 0 but for a constant unknown."""
        average = np.abs(self.FM).T @ np.diff(self.x) / (self.x[-1] - self.x[0])
        return np.where(average > 0.0, average, self.sizes / (self.x[-1] - self.x[0]))

    def derivatives(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """By the states at the left and at the right of each interval, and of the conditions by those at both ends."""
        m, n = self.Y.shape
        steps = DIFFERENCE * self.sizes
        trial, out = np.empty((2, n))
        J, JM = np.empty((m, n, n)), np.empty((m - 1, n, n))
        jacobians(self.f, self.x, self.Y, self.F, steps, trial, out, J)
        jacobians(self.f, self.middles, self.M, self.FM, steps, trial, out, JM)
        left, right = np.empty((2, m - 1, n, n))
        blocks(self.x, J, JM, left, right)
        ends = np.concatenate([self.Y[0], self.Y[-1]])
        D = np.empty((n, 2 * n))
        for j, step in enumerate(np.concatenate([steps, steps])):
            moved = ends.copy()
            moved[j] += step
            self.g(0.0, moved, out)
            D[:, j] = (out - self.G) / step
        return left, right, D[:, :n], D[:, n:]


def newton(system: Collocation, tol: float, bc_tol: float) -> str | None:
    """Solve the equations from the states that the system holds. Returns why it failed, None where it did not."""
    for _ in range(MOST_STEPS):
        if not system.is_finite:
            return _not_finite(system)
        left, right, at_a, at_b = system.derivatives()
        sizes = system.sizes
        close = 2.0 / 3.0 * SHARE * tol * np.diff(system.x)[:, np.newaxis] * (system.slope_sizes + np.abs(system.FM))
        reach = np.abs(at_a) @ sizes + np.abs(at_b) @ sizes
        if not reach.all():
            return f"condition {int(np.argmin(reach))} of bc depends on no unknown, so the problem is singular"
        in_units = system.Y.any() or not (system.G.any() or system.R.any())  # a guess of 0 does not tell the units
        if in_units and (np.abs(system.R) <= close).all() and (np.abs(system.G) <= SHARE * bc_tol * reach).all():
            return None
        step, rows = _step(system, left, right, at_a, at_b, system.R, system.G)
        if step is None:
            return "the Jacobian is singular: another guess may help"
        if not _descend(system, step, sizes, rows):
            near = (np.abs(system.R) <= close / SHARE).all() and (np.abs(system.G) <= bc_tol * reach).all()
            return None if near else "Newton's method finds no smaller residual: give a better guess or mesh"
    return f"Newton's method does not converge in {MOST_STEPS} steps: give a better guess or mesh"


def sensitivity(system: Collocation, residuals: np.ndarray) -> float:
    """By how much a residual (m - 1,) of this size changes the solution, relative to it; infinite where singular."""
    defect = (np.diff(system.x) * residuals)[:, np.newaxis] * (system.slope_sizes + np.abs(system.FM))
    left, right, at_a, at_b = system.derivatives()
    step, _ = _step(system, left, right, at_a, at_b, defect, np.zeros_like(system.G))
    return float((np.abs(step) / system.sizes).max()) if step is not None else np.inf


def _descend(system: Collocation, step: np.ndarray, sizes: np.ndarray, rows: np.ndarray) -> bool:
    """Take the step, or half of it, and so on, to where the residuals are smaller."""
    start, before = system.Y, _merit(system, sizes, rows)
    part = 1.0
    for _ in range(HALVINGS):
        system.evaluate(start - part * step)
        if system.is_finite and _merit(system, sizes, rows) <= (1.0 - DECREASE * part) * before:
            return True
        part /= 2.0
    system.evaluate(start)
    return False


def _merit(system: Collocation, sizes: np.ndarray, rows: np.ndarray) -> float:
    """The norm of all residuals, each relative to the terms that it is a sum of."""
    return float(np.linalg.norm(np.concatenate([(system.R / sizes).ravel(), system.G / rows])))


def _step(
    system: Collocation,
    left: np.ndarray,
    right: np.ndarray,
    at_a: np.ndarray,
    at_b: np.ndarray,
    R: np.ndarray,
    G: np.ndarray,
) -> tuple[np.ndarray | None, np.ndarray]:
    """What changes the residuals by R and G: Newton's step (m, n); and the size of each condition.

    Conditions at the left end come first and those at the right end last, so that the matrix is a band where each
    condition is at one end.
    """
    m, n = system.Y.shape
    sizes = system.sizes
    rows = np.abs(at_a) @ sizes + np.abs(at_b) @ sizes
    first = np.flatnonzero(~at_b.any(axis=1))
    last = np.flatnonzero(at_b.any(axis=1))
    q = first.size
    own = np.arange(n)
    equation = (q + n * np.arange(m - 1)[:, np.newaxis, np.newaxis] + own[:, np.newaxis]) + 0 * own
    unknown = n * np.arange(m - 1)[:, np.newaxis, np.newaxis] + own + 0 * own[:, np.newaxis]
    places = [(equation, unknown, left / sizes[:, np.newaxis]), (equation, unknown + n, right / sizes[:, np.newaxis])]
    for chosen, start in ((first, 0), (last, q + n * (m - 1))):
        place = start + np.arange(chosen.size)[:, np.newaxis] + 0 * own
        for derivative, column in ((at_a, own), (at_b, n * (m - 1) + own)):
            places.append((place, column + 0 * place, derivative[chosen] / rows[chosen, np.newaxis]))
    i, j, values = (np.concatenate([part[k].ravel() for part in places]) for k in range(3))
    values = values * sizes[j % n]  # unknowns in units of their sizes
    residual = np.concatenate([G[first] / rows[first], (R / sizes).ravel(), G[last] / rows[last]])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LinAlgWarning)  # whether the step helps is seen on the residuals
            step = _solution(i, j, values, residual, at_a[last].any())
    except LinAlgError:
        return None, rows
    if not np.isfinite(step).all():
        return None, rows
    return step.reshape(m, n) * sizes, rows


def _solution(i: np.ndarray, j: np.ndarray, values: np.ndarray, b: np.ndarray, are_joined: Any) -> np.ndarray:
    """Solve with the matrix whose elements (i, j) are values: in a band, if no condition joins both ends."""
    kept = values != 0.0
    i, j, values = i[kept], j[kept], values[kept]
    if are_joined:
        return spsolve(scipy.sparse.coo_array((values, (i, j)), shape=(b.size, b.size)).tocsr(), b)
    below, above = int(max((i - j).max(), 0)), int(max((j - i).max(), 0))
    ab = np.zeros((below + above + 1, b.size))
    ab[above + i - j, j] = values
    return solve_banded((below, above), ab, b)


def _not_finite(system: Collocation) -> str:
    for places, values in ((system.x, system.F), (system.middles, system.FM)):
        bad = ~np.isfinite(values).all(axis=1)
        if bad.any():
            return f"fun is not finite at x = {places[bad][0]:.6g}: give another guess or mesh"
    return "bc is not finite: give another guess"
