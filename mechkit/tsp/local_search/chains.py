"""A local search on its way: what the drivers share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mechkit.tsp.cities import Cities
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.local_search.queue import queue_for, refill, tour_for
from mechkit.tsp.result import DONE, LIMIT, TourResult
from mechkit.tsp.search import Start, Watch

#: Cities that one call of the kernel looks at, so that Ctrl-C is heard soon.
AT_ONCE = 20_000
#: The most exchanges in a chain.
DEEPEST = 50
#: A tour of so many cities, or fewer, cannot be changed.
FIXED = 3
#: Cities farther apart on the tour are joined in a second round only: reversals of long paths take long.
REACH = 50_000


class Search:
    """A tour on its way: its state for the kernels, and its history.

    start, watch : of the search; look : looks at cities of the queue, and returns the gain; tour, near, queue : for the
    kernels; length : of the tour; made : kicks so far; improved : the kicks made when the tour last became shorter.
    """

    def __init__(
        self,
        start: Start,
        neighbors: int,
        look: Callable[[Search], float],
        watch: Watch,
        lists: Callable[[Cities, int], np.ndarray] = nearest_neighbors,
    ) -> None:
        self.watch = watch
        self._look = look
        self._neighbors = neighbors
        self._lists = lists
        self.made = 0
        self._history: list[tuple[float, int]] = []
        self._best: tuple[float, np.ndarray] | None = None
        self._begin(start)

    def _begin(self, start: Start) -> None:
        n = len(start.names)
        self.start = start
        self.tour = tour_for(np.arange(n))
        self.queue = queue_for(self.tour.order, DEEPEST)
        self.near = np.empty((0, 0), np.int64)
        self.length = start.length
        self.improved = self.made
        self._history.append((self.length, self.made))

    def restart(self, tour: np.ndarray) -> None:
        """Keep the best tour so far, and begin again with another one."""
        self._best = self._best_so_far()
        self._begin(Start(self.start.given, tour, self.start.distances is not self.start.cities))
        self.descend()

    def descend(self) -> None:
        """Look at all cities until no exchange makes the tour shorter."""
        n = len(self.start.names)
        self.near = self._lists(self.start.cities, self._neighbors)
        # Short reversals first: they leave few long ones to do.
        for reach in (REACH, n) if n > 2 * REACH else (n,):
            self.queue.move[8] = reach
            refill(self.queue)
            while n > FIXED and self.queue.ends[1] > 0:
                gain = self._look(self)
                self.tour.log[0, 0] = 0
                self.record(gain, 0)
                self.watch.tell(self.so_far, 1.0 - self.queue.ends[1] / n)

    def record(self, gain: float, made: int) -> None:
        """Note what has been gained by so many kicks."""
        self.made += made
        self.length -= gain
        if gain > self.start.tiny:
            self.improved = self.made
            self._history.append((self.length, self.made))

    def best(self) -> float:
        """The least length so far."""
        return self.length if self._best is None else min(self.length, self._best[0])

    def so_far(self) -> TourResult:
        """The result at this time."""
        return self.result(LIMIT, "the search goes on", False)

    def result(self, status: int, message: str, success: bool) -> TourResult:
        """The result, unless Ctrl-C or the callback has ended the search, with another reason."""
        length, made = (np.array(column) for column in zip(*self._history, strict=True))
        ended = self.watch.status != DONE
        return self.start.result(
            self._best_so_far()[1],
            success and not ended,
            self.watch.status if ended else status,
            self.watch.reason(message),
            nit=self.made,
            history={"length": length, "best": np.minimum.accumulate(length), "nit": made},
        )

    def _best_so_far(self) -> tuple[float, np.ndarray]:
        if self._best is not None and self._best[0] <= self.length:
            return self._best
        return self.length, self.start.names[self.tour.order]
