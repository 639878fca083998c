"""What an iterative solver returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.result_access import ByName


@dataclass(frozen=True, repr=False)
class IterativeResult(ByName):
    """The solution an iteration ended with, and how it came to its end.

    The names are those of the results of `mechkit.optimization`, where they mean the same.

    x : the best solution found
    success : whether the tolerance was met
    status : 0 if it was, the number of steps where these ran out, or -1 where the method broke down or diverged; this
        is SciPy's ``info``
    message : the reason for the end, in one sentence
    nit : steps taken
    history : (nit + 1,) norms of the residual, the first before the first step

    It is SciPy's pair ``x, info`` where it is unpacked or indexed by a number, and gives its fields by name.

    >>> x, info = IterativeResult(np.ones(2), True, 0, "the tolerance is met", 1, np.array([1.0, 0.0]))
    >>> x, info
    (array([1., 1.]), 0)
    >>> result = IterativeResult(np.ones(2), True, 0, "the tolerance is met", 1, np.array([1.0, 0.0]))
    >>> result[0], result[1], len(result), result["nit"]
    (array([1., 1.]), 0, 2, 1)
    """

    x: np.ndarray
    success: bool
    status: int
    message: str
    nit: int
    history: np.ndarray

    def __iter__(self) -> Iterator[Any]:
        return iter((self.x, self.status))

    def __len__(self) -> int:
        return 2

    def __getitem__(self, place: Any) -> Any:
        return super().__getitem__(place) if isinstance(place, str) else (self.x, self.status)[place]
