"""Whether a fit that came to rest is one: a look at the Jacobian that led there, and at parameters without effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.optimization.differences import GIVEN, TWO_SIDED
from mechkit.optimization.fitting.linearization import (
    HIDDEN,
    LEAST_SIZE,
    NO_DESCENT,
    PLATEAU,
    REDUCTION_HIDDEN,
    WRONG_JACOBIAN,
)

EPS = 2.0**-52
#: How far differences may be from the Jacobian of the user, and the last step from what it promised, as a part.
JACOBIAN, STEP = 1e-2, 0.1
#: A part of the sum of squares that is no more than rounding; and of what a column was, that is nothing.
ROUNDING, UNCHANGED = 1e-12, 1e-10
#: Residuals that have shrunk to this part are zero, whatever has led there.
NOTHING = 1e-10
#: How far from x, as a part of it, a difference is taken.
SHORT = 2.0**-20
#: How far from x, as a part of it, the residuals are called to see whether a parameter has an effect at all.
FAR = 0.1
#: And how far, to see whether one that has none near x has one at all.
FAR_AWAY = (-1.0, 1.0, -10.0, 10.0)
#: What is said of a plateau that steps have led to, and of one on which the search has begun.
BEYOND, AT_START = "which it has at x0; try another x0, or method='lm'", "as at x0; try another x0"


@dataclass
class Fit:
    """Where a search ended: residuals r and their Jacobian J at x, and the sizes of the parameters.

    f : the residuals, as kernels take them; how : as in differences.py; x0, first_length : the start, and how long the
    residuals were there; largest : the norms that the columns of J have
    had; before : the residuals before the last step; step : that step, or None.
    """

    f: Any
    how: int
    x0: np.ndarray
    first_length: float
    sizes: np.ndarray
    x: np.ndarray
    r: np.ndarray
    J: np.ndarray
    largest: np.ndarray
    before: np.ndarray
    step: np.ndarray | None

    def verdict(self, status: int) -> tuple[int, dict[str, Any]]:
        """A status, or another where the first does not hold, and what its message says."""
        length = float(np.linalg.norm(self.r))
        if status == NO_DESCENT:
            if self.how == GIVEN and (off := self._off()):
                return WRONG_JACOBIAN, {"off": off}
            predicted = self._predicted(length)
            return (REDUCTION_HIDDEN, {"predicted": predicted}) if predicted <= ROUNDING else (status, {})
        if status <= 0 or length <= NOTHING * self.first_length:
            return status, {}
        columns = np.linalg.norm(self.J, axis=0)
        nothing, moved = columns * self._lengths() <= UNCHANGED * length, self.x != self.x0
        lost = nothing & moved & (columns <= UNCHANGED * self.largest)
        if lost.any() and self._is_level(lost):
            return PLATEAU, {"j": int(np.argmax(lost)), "elsewhere": BEYOND}
        still = nothing & ~moved
        if still.any() and self._is_level(still) and self._matters_far_away(still):
            return PLATEAU, {"j": int(np.argmax(still)), "elsewhere": AT_START}
        if self.how == GIVEN:
            if not self._last_step_kept_its_promise() and (off := self._off()):
                return WRONG_JACOBIAN, {"off": off}
        else:
            for j in self._columns_of_rounding():
                return HIDDEN, {"j": j}
        return status, {}

    def _predicted(self, length: float) -> float:
        """The part by which the linear model lowers the sum of squares."""
        scaled = self.J / np.maximum(np.linalg.norm(self.J, axis=0), np.finfo(float).tiny)
        p = np.linalg.lstsq(scaled, self.r, rcond=None)[0]
        return float(np.linalg.norm(scaled @ p) / length) ** 2

    def _last_step_kept_its_promise(self) -> bool:
        """Whether the Jacobian explains, without a call, what the last step has done to the residuals: so well that
        each parameter's part would be missed.
        """
        if self.step is None or not self.step.any():
            return False
        off = np.linalg.norm((self.r - self.before) - self.J @ self.step)
        parts = np.linalg.norm(self.J, axis=0) * np.abs(self.step)
        return bool(off <= STEP * parts.min() and parts.min() > 0.0)

    def _off(self) -> str:
        """How the Jacobian disagrees with a difference along a direction in all parameters, or nothing: one call."""
        rng = np.random.default_rng(0)
        signs = rng.choice((-1.0, 1.0), self.x.size) * rng.uniform(0.5, 1.0, self.x.size)
        d = SHORT * signs * self._lengths()
        change = np.array(self.f(self.x + d)) - self.r
        if not np.isfinite(change).all():
            return ""
        given = self.J @ d
        off, size = np.abs(change - given), np.maximum(np.abs(change), np.abs(given))
        allowed = JACOBIAN * size.max() + 16.0 * EPS * np.abs(self.r).max()
        i = int(np.argmax(off))
        return f"residual {i} changes by {change[i]:.4g} and not by {given[i]:.4g}" if off[i] > allowed else ""

    def _lengths(self) -> np.ndarray:
        return np.maximum(np.abs(self.x), LEAST_SIZE * self.sizes)

    def _columns_of_rounding(self) -> list[int]:
        """The parameters whose derivatives by differences are rounding, as longer steps show others."""
        lengths = self._lengths()
        noise = EPS * np.linalg.norm(self.r) / (TWO_SIDED * lengths)
        columns, found = np.linalg.norm(self.J, axis=0), []
        for j in np.flatnonzero(columns <= 8.0 * noise):
            d = np.zeros(self.x.size)
            d[j] = FAR * lengths[j]
            slope = (np.array(self.f(self.x + d)) - np.array(self.f(self.x - d))) / (2.0 * d[j])
            if np.linalg.norm(slope - self.J[:, j]) > 0.5 * columns[j] + EPS * np.linalg.norm(self.r) / d[j]:
                found.append(int(j))
        return found

    def _matters_far_away(self, parameters: np.ndarray) -> bool:
        """Whether fun changes where some parameters, without effect here, are other by their own size or more."""
        lengths = np.where(parameters, np.maximum(np.abs(self.x), self.sizes), 0.0)
        for times in FAR_AWAY:
            r = np.array(self.f(self.x + times * lengths))
            if np.isfinite(r).all() and not np.array_equal(r, self.r):
                return True
        return False

    def _is_level(self, parameters: np.ndarray) -> bool:
        """Whether fun stays exactly as it is where some parameters are changed by a part of themselves: one call."""
        return np.array_equal(np.array(self.f(self.x + np.where(parameters, FAR * self._lengths(), 0.0))), self.r)
