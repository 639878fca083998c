"""What a solver of this family returns: SciPy's names, and the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mechkit.result_access import ByName

#: What a history may hold, by name: each is an array with an entry for the start and one for each iteration. That of
#: log_barrier has one for each center, and that of branch_and_bound one for each better point.
HISTORY = {
    "x": "the point",
    "fun": "what the function is there: a number, or a row of them",
    "best": "the least value of the function so far",
    "norm": "the 2-norm of the vector that the function returns",
    "cost": "half the sum of its squares",
    "gradient": "the largest element of the gradient, by its absolute value",
    "step": "the length of the step that led there, as a part of the whole one",
    "damping": "the damping of Levenberg and Marquardt",
    "size": "of a simplex: how far its farthest vertex is from the best",
    "temperature": "of simulated annealing",
    "accepted": "the share of steps that were accepted at a temperature",
    "start": "where each of many searches began",
    "nfev": "the calls of the function so far",
    "nit": "the iterations so far",
    "primal": "how far x is from the constraints: the largest error, or for the simplex method their sum",
    "dual": "the largest error of the gradient with its multipliers",
    "gap": "the duality gap: relative to fun, but for log_barrier as it is",
    "mu": "the mean product of a variable and its multiplier",
    "t": "the weight of the objective against the barrier",
    "mip_node_count": "the relaxations solved so far",
    "mip_dual_bound": "no point has a lower cost",
}


@dataclass(frozen=True, repr=False)
class OptimizeResult(ByName):
    """The best point found, why the search ended, what it called, and how it went.

    x : the point; fun : the function there; success : whether the tolerance was met; status : 0 if it was, else a
    number that stands for the reason; message : the reason in one sentence; nit : iterations; nfev, njev, nhev : calls
    of the function, its first and its second derivatives, never added together; jac, hess : the derivatives at x where
    the method has them, else None; history : one entry for the start and one for each iteration, by the names in
    `HISTORY`; hess_inv : what BFGS has learned of the inverse Hessian, else None.

    >>> OptimizeResult(np.zeros(1), 0.0, True, 0, "the gradient is zero", 1, 2, 2).nhev
    0
    """

    x: Any
    fun: Any
    success: bool
    status: int
    message: str
    nit: int
    nfev: int
    njev: int = 0
    nhev: int = 0
    jac: Any = None
    hess: Any = None
    history: dict[str, np.ndarray] = field(default_factory=dict)
    hess_inv: Any = None
