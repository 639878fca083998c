"""A search for a root of F, in rounds: what a method's kernel calls converged is looked at, and may have to go on.

|F| within a tolerance says little where F, or an unknown, is small or large. A point is a root to a precision `reach`
where each element of F changes by as much as its value when each unknown changes by no more than reach of itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.optimization.callbacks import STOPPED, asks_to_stop
from mechkit.optimization.roots.broyden import broyden
from mechkit.optimization.roots.bundles import SMALL_ORDER, Corrections, Differences, Stop, Trace, factorization, work
from mechkit.optimization.roots.newton_systems import newton_in_trust_region, newton_with_line_search
from mechkit.optimization.roots.steps import CONVERGED, DECREASE, MAXITER, NO_DECREASE, NO_ROOT, SMALL_STEP

#: The norm of F at which it is looked at first whether x is a root.
DEFAULT_NORM = 1e-10
#: How near to a root x must be, relative to each unknown, if xtol is no larger; and the part of the start below which
#: an unknown is zero.
REACH, NOTHING = 1e-9, 1e-6
#: The part of what F changes within reach that is rounding.
ROUNDING = 1e-6
#: The part of the norm at the start below which it shows that the steps lead somewhere.
FALLEN = 1e-3
#: Directions in which F is looked at around a point, and steps in full length that may be taken at the end.
DIRECTIONS, LAST_STEPS = 3, 8


def reach(xtol: float) -> float:
    """How near to a root x must be, relative to each unknown.

    >>> reach(1e-12), reach(1e-3)
    (1e-09, 0.002)
    """
    return max(REACH, 2.0 * xtol)


@dataclass
class Search:
    """F and its Jacobian as kernels take them, how to search, and what was found: a row for the start and each step."""

    f: Any
    jac: Any
    how: int
    sizes: np.ndarray
    method: str
    globalization: str | None
    xtol: float
    limit: int
    points: np.ndarray
    values: np.ndarray
    squares: np.ndarray
    callback: Callable[[np.ndarray, np.ndarray], Any] | None = None
    nit: int = 0

    def __post_init__(self) -> None:
        n = self.sizes.size
        self._functions = self.f, self.jac, factorization(n <= SMALL_ORDER), Differences(self.how, self.sizes)
        self._work, self._state = work(n), np.zeros(2, np.int64)
        if self.method.startswith("broyden"):
            U, V = np.empty((2, self.limit, n))
            self._corrections = Corrections(U, V, np.empty(n), self._state)
        self._radius = np.array([100.0 * max(1.0, math.hypot(*self.points[0]))])

    def run(self, ftol: float | None) -> int:
        """Search from the start; ftol : the norm of F to reach, or None where its scale decides. Returns the ending."""
        status = self._steps(DEFAULT_NORM if ftol is None else ftol, self.xtol)  # 1
        if status == CONVERGED and ftol is not None:
            # the square of a small norm is rounded to 0
            within = self.norm(self.nit) <= ftol or (self._is_root_at_zero() and self.norm(self.nit) <= ftol)
            return CONVERGED if within else NO_ROOT
        if status == CONVERGED and self._is_plain():
            return status
        if not self._is_open(status):
            return self._found(status)
        while status == CONVERGED and self.squares[self.nit] > 0.0:  # 2  to ever smaller norms
            if self.method == "chord":
                self._state[:] = 0  # a Jacobian from nearer by
            status = self._steps(FALLEN * math.sqrt(self.squares[self.nit]), self.xtol)
            if not self._is_open(status):
                return self._found(status)
        if status == NO_DECREASE and not self._has_fallen():
            return status
        self._state[:] = 0  # 3  rounding in the large elements of F may hide the small ones: a few full steps
        self.method, self.globalization, kept = "newton", None, self.nit
        self.limit = min(self.limit, self.nit + LAST_STEPS)
        last = self._steps(0.0, 0.0)
        for k in range(self.nit, kept, -1):
            if self.is_root(k):
                self.nit = k
                return STOPPED if last == STOPPED else self._found(SMALL_STEP)
        self.nit = kept
        if last != STOPPED and self._is_root_at_zero():  # 4
            return self._found(SMALL_STEP)
        if last == STOPPED:
            return STOPPED
        return NO_ROOT if status <= CONVERGED else status

    def norm(self, k: int) -> float:
        """The norm of F in row k, also where its square is too small for a number."""
        return math.sqrt(self.squares[k]) or math.hypot(*self.values[k])

    def _is_root_at_zero(self) -> bool:
        """Whether the unknowns that are zero beside their start lead to a root as they are set to it, a last step.

        Steps to a root of many equal ones become small beside the start, but not beside x, where that is zero.
        """
        k, last = self.nit, min(self.nit + 1, self.limit)
        x = np.where(np.abs(self.points[k]) <= NOTHING * self.sizes, 0.0, self.points[k])
        if (x == self.points[k]).all():
            return False
        F = np.array(self.f(x.copy()))
        if not (np.abs(F) <= np.abs(self.values[k])).all():
            return False
        kept = self.points[last].copy(), self.values[last].copy(), self.squares[last]
        self.points[last], self.values[last], self.squares[last] = x, F, F @ F
        if not self.is_root(last):
            self.points[last], self.values[last], self.squares[last] = kept
            return False
        self.nit = last
        if self.callback is not None:
            asks_to_stop(self.callback, x, F)
        return True

    def _is_open(self, status: int) -> bool:
        """Whether the search came to rest, but not at a root."""
        return status in (CONVERGED, SMALL_STEP, NO_DECREASE) and not self.is_root(self.nit)

    def _found(self, status: int) -> int:
        """How a search has ended that is not open: at a root, or broken off."""
        if status not in (CONVERGED, SMALL_STEP, NO_DECREASE):
            return status
        return SMALL_STEP if self.values[self.nit].any() else CONVERGED

    def _has_fallen(self) -> bool:
        return bool(self.squares[self.nit] <= FALLEN**2 * self.squares[0])

    def _steps(self, ftol: float, xtol: float) -> int:
        """Steps of the method from the last row on, all at once or, for a callback, one at a time."""
        while True:
            size = self.limit - self.nit if self.callback is None else min(1, self.limit - self.nit)
            made, status = self._kernel(ftol, xtol, size)
            self.nit += made
            row = self.points[self.nit], self.values[self.nit]
            if made and self.callback is not None and asks_to_stop(self.callback, *map(np.copy, row)):
                return STOPPED
            if status != MAXITER or self.nit == self.limit:
                return status

    def _kernel(self, ftol: float, xtol: float, limit: int) -> tuple[int, int]:
        k = self.nit
        given = *self._functions, Trace(self.points[k:], self.values[k:], self.squares[k:]), self._work
        stop = Stop(-math.inf if self.globalization is None else DECREASE, ftol, xtol, limit)
        if self.globalization == "trust-region":
            return newton_in_trust_region(*given, *np.empty((2, self.sizes.size)), self._radius, stop)
        if self.method in ("newton", "chord"):
            keep = 1 if self.method == "newton" else self.limit + 1
            return newton_with_line_search(*given, self._state, keep, stop)
        return broyden(*given, self._corrections, self.method == "broyden1", stop)

    def _is_plain(self) -> bool:
        """Whether the steps show that they have led to a root, so that F need not be called: F has fallen far, and is
        small beside what the last step, as a part of x, has changed of each element.
        """
        k, F = self.nit, self.values[self.nit]
        if not F.any():
            return True
        if k == 0 or not self._has_fallen():
            return False
        part = (np.abs(self.points[k] - self.points[k - 1]) / self._lengths(k)).max()
        return bool((np.abs(F) * part <= reach(self.xtol) * np.abs(F - self.values[k - 1])).all())

    def _lengths(self, k: int) -> np.ndarray:
        """What the changes of the unknowns in row k are measured by."""
        return np.maximum(np.abs(self.points[k]), NOTHING * self.sizes)

    def is_root(self, k: int) -> bool:
        """Whether each element of F changes by its own size within reach of row k.

        Unknowns that are nothing beside their start are also taken for zero: then F must stay as small without them.
        """
        x, F = self.points[k], self.values[k]
        if not np.isfinite(F).all():
            return False
        own = np.where(x == 0.0, NOTHING * self.sizes, np.abs(x))
        if (np.abs(F) <= self._change(k, own)).all():
            return True
        nothing = own < NOTHING * self.sizes
        if not nothing.any():
            return False
        changed = self._change(k, self._lengths(k))
        if not (np.abs(F) <= changed).all():
            return False
        without = np.abs(np.array(self.f(np.where(nothing, 0.0, x))))
        return bool((without <= np.maximum(np.abs(F), ROUNDING * changed)).all())

    def _change(self, k: int, lengths: np.ndarray) -> np.ndarray:
        """By how much each element of F changes within reach of row k: up to `DIRECTIONS` calls of F."""
        x, F = self.points[k], self.values[k]
        rng, changed = np.random.default_rng(0), np.zeros(F.size)
        for _ in range(DIRECTIONS):
            if (np.abs(F) <= changed).all():
                break
            part = rng.choice((-1.0, 1.0), x.size) * rng.uniform(0.5, 1.0, x.size)
            near = np.array(self.f(x + reach(self.xtol) * part * lengths))
            changed = np.fmax(changed, np.abs(near - F))
        return changed
