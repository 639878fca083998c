"""What a search for a tour returns: the names of the house, and how it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mechkit.result_access import ByName

#: Why a search ended: it had nothing left to do, it met a limit, or Ctrl-C ended it.
DONE, LIMIT, INTERRUPTED = 0, 1, 2
#: SciPy's status of a search that its callback has ended.
STOPPED = 99

#: What a history may hold, by name: each is an array.
HISTORY = {
    "length": "of the tour at the time",
    "best": "the least length so far",
    "nit": "the moves, kicks or steps so far",
    "flops": "floating-point operations so far",
    "temperature": "of simulated annealing",
    "accepted": "the share of proposals that were accepted at a temperature",
    "swapped": "the share of proposed swaps that were accepted in a round",
    "bound": "no tour is shorter",
}


@dataclass(frozen=True, repr=False)
class TourResult(ByName):
    """The best tour found, why the search ended, and how it went.

    tour : (n,) the cities in the order of their visits; length : of the closed tour; success : whether the search did
    all that it was asked to do; status : 0 if it did, 1 for a limit, 2 for Ctrl-C, 99 for a callback; message : the
    reason in one sentence; nit : moves, kicks or steps; history : arrays by the names in `HISTORY`; bound : no tour is
    shorter, None where unknown.

    >>> TourResult(np.arange(3), 12.0, True, 0, "done", bound=10.0).gap
    0.2
    """

    tour: np.ndarray
    length: float
    success: bool
    status: int
    message: str
    nit: int = 0
    history: dict[str, np.ndarray] = field(default_factory=dict)
    bound: float | None = None
    gap: float | None = None

    def __post_init__(self) -> None:
        if self.bound is not None and self.gap is None:
            object.__setattr__(self, "gap", gap_to(self.length, self.bound))


def gap_to(length: float, bound: float) -> float:
    """How much longer a tour is than a bound, as a part of the bound.

    >>> gap_to(11.0, 10.0), gap_to(0.0, 0.0)
    (0.1, 0.0)
    """
    if bound > 0.0:
        return (length - bound) / bound
    return 0.0 if length <= bound else float("inf")


def constructed(tour: Any, length: float, method: str, nit: int = 0) -> TourResult:
    """The result of a construction, which always succeeds."""
    return TourResult(tour, float(length), True, DONE, f"the tour was constructed by {method}", nit)
