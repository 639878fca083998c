"""A minimization as the methods see it, and how they are run: by blocks of steps, with their history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.optimization.minimization.endings import CONVERGED, MAXITER, RUNNING

Ended = tuple[int, dict[str, np.ndarray]]

#: History is kept in blocks of so many steps, so that maxiter may be large and costs nothing.
BLOCK = 1000
#: The iterates are kept as well where n times maxiter is at most this.
KEPT = 10**6


@dataclass
class Problem:
    """What a method is given, and where it leaves what it found: x, g, fx. The functions are as kernels take them."""

    f: Any
    jac: Any
    how: int
    hess: Any
    how_hess: int
    x: np.ndarray
    g: np.ndarray
    fx: float
    maxiter: int
    H: np.ndarray | None = None
    hess_inv: np.ndarray | None = None

    def run(self, steps: Callable[..., tuple[int, int]], second: str = "gradient") -> Ended:
        """Call steps(taken, fun, norms, xs) for a block of steps at a time. Returns how it ended, and the history."""
        n, taken, ending = self.x.size, 0, RUNNING
        blocks: list[tuple[np.ndarray, ...]] = []
        fun, norm = self.fx, np.abs(self.g).max()
        while ending == RUNNING:
            size = min(self.maxiter - taken, BLOCK) + 1
            kept = np.empty((size if n * self.maxiter <= KEPT else 0, n)), np.empty(size), np.empty(size)
            xs, funs, norms = kept
            xs[:1], funs[0], norms[0] = self.x, fun, norm
            with np.errstate(all="ignore"):
                made, ending = steps(taken, funs, norms, xs)
            # the last entry of a block is the first of the next
            going_on = ending == RUNNING and taken + made < self.maxiter
            blocks.append(tuple(part[: made + (not going_on)] for part in kept))
            fun, norm, taken = funs[made], norms[made], taken + made
            if not going_on and ending == RUNNING:
                ending = MAXITER
        self.fx = float(fun)
        history = {name: np.concatenate([b[i] for b in blocks]) for i, name in ((1, "fun"), (2, second), (0, "x"))}
        if n * self.maxiter > KEPT:
            del history["x"]
        return ending, history

    def keep_best(self, ending: int, least: float, best: np.ndarray, best_g: np.ndarray) -> None:
        """Methods that also go uphill return the best point, where they have not converged."""
        if ending != CONVERGED:
            self.x, self.g, self.fx = best, best_g, float(least)
