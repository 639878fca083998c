"""What a boundary value problem returns: SciPy's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.result_access import ByName


@dataclass(frozen=True, repr=False)
class BVPResult(ByName):
    """The solution, and whether it is right.

    sol : the solution as a function of x; p : (k,) parameters, or None; x : (m,) nodes; y, yp : (n, m) the states and
    their slopes there; rms_residuals : (m - 1,) the relative residual of each interval, or None by shooting; niter :
    rounds of refining the mesh, or steps of Newton's method by shooting; nfev : calls of fun; status : 0 for success;
    message : the reason for the end in one sentence; success : whether the residuals and the boundary conditions are
    within their tolerances.

    >>> BVPResult(None, None, np.zeros(2), np.zeros((1, 2)), np.zeros((1, 2)), None, 1, 5, 0, "solved", True).niter
    1
    """

    sol: Any
    p: np.ndarray | None
    x: np.ndarray
    y: np.ndarray
    yp: np.ndarray
    rms_residuals: np.ndarray | None
    niter: int
    nfev: int
    status: int
    message: str
    success: bool
