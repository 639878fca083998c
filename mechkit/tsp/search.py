"""What all searches share: where they start, how they are watched and stopped, and what they return."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from mechkit.tsp.cities import EXACT, Cities, cities_of, distance_matrix, length_of, tour_of
from mechkit.tsp.construction.fragments import greedy
from mechkit.tsp.result import DONE, INTERRUPTED, STOPPED, TourResult

#: A part of the length of the tour that is more than the rounding of a sum of a few distances.
ROUNDING = 1e-14
#: Seconds between two lines of progress.
PERIOD = 0.5


class Start:
    """Where a search starts: cities renumbered along the first tour, so that near cities are near in memory.

    cities : renumbered, so that the first tour is 0, ..., n - 1; distances : the same, or all of their distances where
    they are stored; names : (n,) the numbers that the user knows; length : of the first tour; tiny : what an exchange
    must gain at least.
    """

    def __init__(self, cities: Any, tour: Any = None, stored: bool = False) -> None:
        self.given = cities_of(cities)
        n = len(self.given.data)
        self.names = greedy(self.given).tour if tour is None else tour_of(tour, n)
        data = self.given.data[self.names]
        if data.ndim == 3:
            data = data[:, self.names]
        self.cities = Cities(np.ascontiguousarray(data), self.given.rounding)
        self.length = float(length_of(self.cities, np.arange(n)))
        self.tiny = ROUNDING * self.length
        self.distances = self.cities
        if stored and data.ndim == 2:
            self.distances = Cities(distance_matrix(self.cities)[:, :, np.newaxis], EXACT)

    def result(self, tour: np.ndarray, success: bool, status: int, message: str, **more: Any) -> TourResult:
        """The result for a tour of the numbers that the user knows."""
        return TourResult(tour, float(length_of(self.given, tour)), success, status, message, **more)


class Watch:
    """Hears Ctrl-C between the calls of kernels, tells the callback, and shows progress on a terminal.

    status : DONE while the search may go on, then INTERRUPTED or STOPPED.
    """

    def __init__(self, callback: Any = None, progress: bool = False) -> None:
        if callback is not None and not callable(callback):
            raise TypeError(f"callback is {callback!r}; it must be a function, or None")
        self.status = DONE
        self._callback = callback
        self._shown = progress and sys.stderr is not None
        self._last = time.monotonic()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Ctrl-C and StopIteration in here end the search, and keep its tour."""
        try:
            yield
        except KeyboardInterrupt:
            self.status = INTERRUPTED
        except StopIteration:
            self.status = STOPPED

    def tell(self, result: Callable[[], TourResult], share: float) -> None:
        """Call the callback with a result, and show how much has been done."""
        if self._callback is not None:
            self._callback(result())
        if self._shown and time.monotonic() - self._last > PERIOD:
            self._last = time.monotonic()
            sys.stderr.write(f"\r{100 * share:3.0f} %  length {result().length:.10g} ")
            sys.stderr.flush()

    def close(self) -> None:
        """End the line of progress."""
        if self._shown:
            sys.stderr.write("\n")

    def reason(self, otherwise: str) -> str:
        """Why the search ended, for its message."""
        if self.status == INTERRUPTED:
            return "Ctrl-C ended the search; the tour is the best one so far"
        if self.status == STOPPED:
            return "the callback ended the search; the tour is the best one so far"
        return otherwise
