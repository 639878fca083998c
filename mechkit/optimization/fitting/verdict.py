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
    SADDLE,
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
#: And how far, to see whether one that has none near x has one at all; and random changes of all such at once.
FAR_AWAY, RANDOM = (-1.0, 1.0, -10.0, 10.0), 20
#: How far from x, as parts of it, the sum of squares is looked at along a parameter with a derivative of zero.
NEAR = (1e-3, 1e-4)
#: What is reported of a plateau that steps have led to, and of one on which the search has begun.
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
        for j in np.flatnonzero(nothing & moved & (columns <= UNCHANGED * self.largest)).tolist():
            if self._is_level(j):
                return PLATEAU, {"j": j, "elsewhere": BEYOND}
        still = np.flatnonzero(nothing & ~moved).tolist()
        level = [j for j in still if self._is_level(j)]
        if level and self._matter_far_away(level):
            return PLATEAU, {"j": level[0], "elsewhere": AT_START}
        if self.how == GIVEN:
            if not self._last_step_kept_its_promise() and (off := self._off()):
                return WRONG_JACOBIAN, {"off": off}
        else:
            for j in self._columns_of_rounding():
                return HIDDEN, {"j": j}
        for j in still:
            if j not in level and self._is_lower_beside(j):
                return SADDLE, {"j": j}
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

    def _beside(self, j: int, change: float) -> np.ndarray:
        """The residuals where one parameter is changed."""
        x = self.x.copy()
        x[j] += change
        return np.array(self.f(x))

    def _is_level(self, j: int) -> bool:
        """Whether fun stays exactly as it is where a parameter is changed by a part of itself: one call."""
        return np.array_equal(self._beside(j, FAR * self._lengths()[j]), self.r)

    def _is_lower_beside(self, j: int) -> bool:
        """Whether the sum of squares is lower, on one side, where a parameter is changed by small parts of its size.

        Its derivative is zero at x, so that x is then a maximum along this parameter. Up to four calls.
        """
        limit = (1.0 - ROUNDING) * (self.r @ self.r)
        for side in (-self.sizes[j], self.sizes[j]):
            values = (self._beside(j, part * side) for part in NEAR)
            if all(r @ r < limit for r in values):
                return True
        return False

    def _matter_far_away(self, parameters: list[int]) -> bool:
        """Whether fun changes where parameters that have no effect here are other by their own size or more.

        Each is changed alone, then all together by the same part, and by random parts: the center of a peak has an
        effect only where its height is not zero.
        """
        lengths = np.maximum(np.abs(self.x), self.sizes)
        alone = [times * np.eye(len(parameters))[k] for k in range(len(parameters)) for times in FAR_AWAY]
        together = [np.full(len(parameters), times) for times in FAR_AWAY]
        rng = np.random.default_rng(0)
        at_random = list(rng.uniform(-2.0, 2.0, (RANDOM, len(parameters)))) if len(parameters) > 1 else []
        for parts in (*alone, *together, *at_random):
            x = self.x.copy()
            x[parameters] += parts * lengths[parameters]
            r = np.array(self.f(x))
            if np.isfinite(r).all() and not np.array_equal(r, self.r):
                return True
        return False
