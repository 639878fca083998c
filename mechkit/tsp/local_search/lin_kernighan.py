"""Local search by chains of exchanges of two and three edges, as Lin and Kernighan do it."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.tsp.cities import neighbors_wanted
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.local_search.queue import improve, queue_for, refill, tour_for
from mechkit.tsp.result import DONE, LIMIT, TourResult
from mechkit.tsp.search import Start, Watch

#: Cities that one call of the kernel looks at, so that Ctrl-C is heard soon.
AT_ONCE = 20_000
#: A tour of so many cities, or fewer, cannot be changed.
FIXED = 3
#: Cities farther apart on the tour are joined in a second round only: reversals of long paths take long.
REACH = 50_000


def lin_kernighan(
    cities: Any,
    tour: Any = None,
    *,
    rng: Any = None,
    neighbors: int = 10,
    depth: int = 3,
    callback: Any = None,
    progress: bool = False,
) -> TourResult:
    """Shorten a tour by chains of exchanges, each of up to three edges, until none of them helps.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    tour : (n,) where to start; the greedy tour if left out.
    rng : accepted as by all searches; nothing here is random.
    neighbors : new edges lead to so many nearest neighbors of a city.
    depth : the most exchanges in a chain; 1 exchanges three edges, 3 exchanges up to nine.
    callback : called with a `TourResult` from time to time; it ends the search by raising StopIteration.
    progress : whether progress is shown on standard error.

    Returns
    -------
    TourResult
        On random uniform cities about 2 % longer than the shortest tour. status : 0 no chain helps, 2 Ctrl-C, 99 the
        callback ended it; history : "length" from time to time.

    Raises
    ------
    ValueError, TypeError
        for wrong cities, a tour that is no permutation, and numbers that are not positive.

    Operation count
    ---------------
    A little more than proportional to n.

    >>> from mechkit import growth
    >>> points = np.random.default_rng(0).random((800, 2))
    >>> 0.8 < growth(lambda n: lin_kernighan(points[:n]), n=[100, 200, 400, 800]).exponent < 1.5
    True

    References
    ----------
    Lin and Kernighan, Operations Research 21 (1973); Helsgaun, European J. Operational Research 126 (2000).

    Examples
    --------
    >>> lin_kernighan([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1]], [0, 2, 1, 3, 4]).length
    14.47213595499958
    """
    start = Start(cities, tour)
    wanted = neighbors_wanted(neighbors, len(start.names))
    watch = Watch(callback, progress)
    search = Search(start, wanted, whole("depth", depth), watch)
    with watch.listening():
        search.descend()
    watch.close()
    return search.result(DONE, "no chain of exchanges makes the tour shorter", True)


class Search:
    """A tour on its way: its state for the kernels, and its history.

    start, watch : of the search; tour, near, queue : for the kernels; length : of the tour; made : cities looked at, or
    kicks.
    """

    def __init__(self, start: Start, neighbors: int, depth: int, watch: Watch) -> None:
        n = len(start.names)
        self.start = start
        self.watch = watch
        self.depth = depth
        self.tour = tour_for(np.arange(n))
        self.queue = queue_for(self.tour.order, depth)
        self.near = np.empty((0, 0), np.int64)
        self.neighbors = neighbors
        self.length = start.length
        self.made = 0
        self._history = [(start.length, 0)]

    def descend(self) -> None:
        """Look at all cities until no chain of exchanges makes the tour shorter."""
        n = len(self.start.names)
        self.near = nearest_neighbors(self.start.cities, self.neighbors)
        # 1  short reversals first: they leave few long ones to do
        for reach in (REACH, n):
            self.queue.move[8] = reach
            refill(self.queue)
            while n > FIXED and self.queue.ends[1] > 0:
                gain = improve(
                    self.start.cities, self.tour, self.near, self.queue, self.depth, self.start.tiny, AT_ONCE
                )
                self.tour.log[0, 0] = 0
                self.record(gain, 0)
                self.watch.tell(self.so_far, 1.0 - self.queue.ends[1] / n)
            if n <= 2 * REACH:
                break

    def record(self, gain: float, made: int) -> None:
        """Note what has been gained by so many kicks."""
        self.made += made
        if gain != 0.0:
            self.length -= gain
            self._history.append((self.length, self.made))

    def so_far(self) -> TourResult:
        """The result at this time."""
        return self.result(LIMIT, "the search goes on", False)

    def result(self, status: int, message: str, success: bool) -> TourResult:
        """The result, unless Ctrl-C or the callback has ended the search, with another reason."""
        length, made = (np.array(column) for column in zip(*self._history, strict=True))
        ended = self.watch.status != DONE
        return self.start.result(
            self.tour.order,
            success and not ended,
            self.watch.status if ended else status,
            self.watch.reason(message),
            nit=self.made,
            history={"length": length, "nit": made},
        )
