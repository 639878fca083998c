"""What an integration returns: SciPy's names, and the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mechkit.result_access import ByName

#: What a history holds, by name: each is an array with an entry for each step that was taken.
HISTORY = {
    "t": "where the step ends",
    "step": "how long it is, negative backwards",
}


@dataclass(frozen=True, repr=False)
class OdeResult(ByName):
    """The solution, why the integration ended, what it called, and how it went.

    t : (k,) times; y : (n, k) states at them; sol : the dense output, a function of t, or None; t_events, y_events :
    for each event the times, and the states as rows, or None; nfev, njev : calls of fun, and Jacobians; nfev_jac :
    calls of fun for differences, which nfev does not hold; nlu : factorizations; status : 0 for the end reached, 1 for
    a terminal event, else a negative number that stands for the reason; message : the reason in one sentence; success :
    whether status is 0 or 1; nit : steps taken; rejected : steps tried and not taken; history : an entry for each step,
    by the names in `HISTORY`.

    >>> OdeResult(np.zeros(1), np.zeros((2, 1))).y.shape
    (2, 1)
    """

    t: np.ndarray
    y: np.ndarray
    sol: Any = None
    t_events: list[np.ndarray] | None = None
    y_events: list[np.ndarray] | None = None
    nfev: int = 0
    njev: int = 0
    nfev_jac: int = 0
    nlu: int = 0
    status: int = 0
    message: str = ""
    success: bool = True
    nit: int = 0
    rejected: int = 0
    history: dict[str, np.ndarray] = field(default_factory=dict)
