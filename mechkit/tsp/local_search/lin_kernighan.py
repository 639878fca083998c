"""Local search by chains of exchanges of two and three edges, as Lin and Kernighan do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mechkit.checking import whole
from mechkit.tsp.cities import neighbors_wanted
from mechkit.tsp.clusters import neighbors_across
from mechkit.tsp.local_search.chains import AT_ONCE, DEEPEST, Search
from mechkit.tsp.local_search.queue import improve
from mechkit.tsp.result import DONE, TourResult
from mechkit.tsp.search import Start, Watch


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
    neighbors : new edges lead to so many nearest neighbors of a city; in clusters, two of them lie outside.
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
    search = Search(start, wanted, by_chains(depth), watch, neighbors_across)
    with watch.listening():
        search.descend()
    watch.close()
    return search.result(DONE, "no chain of exchanges makes the tour shorter", True)


def by_chains(depth: Any) -> Callable[[Search], float]:
    """Looks at cities of the queue for chains of so many exchanges."""
    levels = whole("depth", depth)
    if levels > DEEPEST:
        raise ValueError(f"depth is {levels}; it must be at most {DEEPEST}")

    def look(search: Search) -> float:
        return improve(
            search.start.distances, search.tour, search.near, search.queue, levels, search.start.tiny, AT_ONCE
        )

    return look
