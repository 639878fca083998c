"""A minimization as the methods see it, and how they are run: by blocks of steps, with their history."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mechkit.optimization.callbacks import STOPPED
from mechkit.optimization.chosen_differences import gradient_kernel, hessian_kernel
from mechkit.optimization.minimization.endings import CONVERGED, MAXITER, RUNNING, UNBOUNDED

#: History is kept in blocks of so many steps, so that maxiter may be large and costs nothing.
BLOCK = 1000
#: The iterates are kept as well where n times maxiter is at most this.
KEPT = 10**6
#: A step that lowers the function by this part of what all steps have done shows that it comes to rest.
SMALL_PART = 1e-3
#: A function that has fallen by so many times what it was, or 1, is unbounded below.
ENDLESS = 1e30


@dataclass
class Problem:
    """What a method is given, and where it leaves what it found: x, g, fx. The functions are as kernels take them.

    told : called with each iterate and f there, it says whether the search is to end; kept : what a method keeps of a
    run for the next; error : of g, where differences were found to be uncertain; slope : of f, where jac is wrong;
    second : the history's other name.
    """

    f: Any
    jac: Any
    how: int
    hess: Any
    how_hess: int
    x: np.ndarray
    g: np.ndarray
    fx: float
    maxiter: int
    told: Callable[[np.ndarray, float], bool] | None = None
    H: np.ndarray | None = None
    hess_inv: np.ndarray | None = None
    error: float = 0.0
    slope: float = 0.0
    second: str = "gradient"
    taken: int = 0
    kept: dict[str, Any] = field(default_factory=dict)
    blocks: list[tuple[np.ndarray, ...]] = field(default_factory=list)

    def run(self, steps: Callable[..., tuple[int, int]]) -> int:
        """Call steps(taken, fun, norms, xs) for a block of steps at a time. Returns how it ended."""
        n, ending = self.x.size, RUNNING
        most = 1 if self.told else BLOCK
        fun, norm = self.fx, np.abs(self.g).max()
        if self.blocks:  # a run after another starts where that has ended
            self.blocks[-1] = tuple(part[:-1] for part in self.blocks[-1])
        while ending == RUNNING:
            size = min(self.maxiter - self.taken, most) + 1
            kept = np.empty((size if n * self.maxiter <= KEPT else 0, n)), np.empty(size), np.empty(size)
            xs, funs, norms = kept
            xs[:1], funs[0], norms[0] = self.x, fun, norm
            with np.errstate(all="ignore"):
                made, ending = steps(self.taken, funs, norms, xs)
            fun, norm, self.taken = funs[made], norms[made], self.taken + made
            if self.told and made and self.told(self.x.copy(), float(fun)):
                ending = STOPPED
            ending = self._looked_at(ending, float(np.fmin.reduce(funs[: made + 1])))
            # the last entry of a block is the first of the next
            self.blocks.append(tuple(part[: made + (ending != RUNNING)] for part in kept))
        self.fx = float(fun)
        return ending

    @property
    def objective(self) -> tuple[Any, Any, int, Any]:
        """f, its gradient, how it is found, and what finds it, as kernels take them."""
        return self.f, self.jac, self.how, gradient_kernel(self.how)

    @property
    def hessian_of(self) -> Any:
        """What finds the Hessian, as kernels take it."""
        return hessian_kernel(self.how, self.how_hess)

    @property
    def lowest(self) -> float:
        """What a function below it, that is still falling, will not come to rest at."""
        first = self.blocks[0][1][0] if self.blocks and self.blocks[0][1].size else self.fx
        return -ENDLESS * max(1.0, abs(float(first)))

    def _looked_at(self, ending: int, least: float) -> int:
        """An ending, or another where the steps are used up, or the function falls without end."""
        if ending != CONVERGED and self.second == "gradient" and least < self.lowest:
            return UNBOUNDED
        return MAXITER if ending == RUNNING and self.taken == self.maxiter else ending

    def hardly_falls(self) -> bool:
        """Whether the last step has lowered the function by a small part of what all have."""
        fun = self.history()["fun"]
        return bool(fun.size < 2 or self.taken == self.maxiter or fun[-2] - fun[-1] <= SMALL_PART * (fun[0] - fun[-1]))

    def history(self) -> dict[str, np.ndarray]:
        """An entry for the start and one for each step, by name."""
        names = ((1, "fun"), (2, self.second), (0, "x"))[: 2 if self.x.size * self.maxiter > KEPT else 3]
        return {name: np.concatenate([b[i] for b in self.blocks]) for i, name in names}

    def keep_best(self, ending: int, least: float, best: np.ndarray, best_g: np.ndarray) -> None:
        """Methods that also go uphill return the best point, where they have not converged."""
        if ending != CONVERGED and not (ending == UNBOUNDED and math.isinf(self.fx)):
            self.x, self.g, self.fx = best, best_g, float(least)
