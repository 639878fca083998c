"""Two exchanges of edges, and Or's moves of a few cities: descent by small moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mechkit.checking import one_of, whole
from mechkit.tsp.cities import neighbors_wanted
from mechkit.tsp.local_search.chains import AT_ONCE, FIXED, Search
from mechkit.tsp.local_search.small_moves import descend
from mechkit.tsp.local_search.sweeps import sweep_by_difference, sweep_by_recomputation
from mechkit.tsp.result import DONE, TourResult
from mechkit.tsp.search import Start, Watch

SWEEPS = {"difference": sweep_by_difference, "recomputation": sweep_by_recomputation}


def two_opt(
    cities: Any,
    tour: Any = None,
    *,
    rng: Any = None,
    method: str = "neighbors",
    neighbors: int = 16,
    callback: Any = None,
    progress: bool = False,
) -> TourResult:
    """Shorten a tour by exchanges of two edges until none of them helps.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    tour : (n,) where to start; the greedy tour if left out.
    rng : accepted as by all searches; nothing here is random.
    method : "neighbors" tries new edges to the nearest neighbors of a city, and looks again only at cities whose edges
        have changed. The two others try all pairs of edges: "difference" compares the two old edges with the two new
        ones, "recomputation" the lengths of the whole tours. They make the same moves, and differ in what they cost.
    neighbors : the number of nearest neighbors.
    callback : called with a `TourResult` from time to time; it ends the search by raising StopIteration.
    progress : whether progress is shown on standard error.

    Returns
    -------
    TourResult
        On random uniform cities about 5 % longer than the shortest tour. status : 0 no exchange helps, 2 Ctrl-C, 99 the
        callback ended it; history : "length" from time to time.

    Raises
    ------
    ValueError, TypeError
        for wrong cities, a tour that is no permutation, an unknown method, and numbers that are not positive.

    Operation count
    ---------------
    A look at all pairs takes 2n^2 - 2n distances by differences, and n^3/2 by recomputation, for the same moves:

    >>> from mechkit import count
    >>> points = np.random.default_rng(0).random((50, 2))
    >>> def distances(method):
    ...     with count() as ops:
    ...         length = two_opt(points, np.arange(50), method=method).length
    ...     return round(length, 3), ops.sqrt
    >>> [distances(method) for method in ("neighbors", "difference", "recomputation")]
    [(6.043, 3087), (6.139, 29500), (6.139, 367900)]

    References
    ----------
    Croes, Operations Research 6 (1958); Bentley, ORSA J. Computing 4 (1992); Johnson and McGeoch, in: Local Search in
    Combinatorial Optimization (1997), section 3.

    Examples
    --------
    >>> two_opt([[0, 0], [4, 0], [4, 3], [0, 3]], [0, 2, 1, 3]).length
    14.0
    """
    start = Start(cities, tour)
    method = one_of("method", method, ("neighbors", *SWEEPS))
    wanted = neighbors_wanted(neighbors, len(start.names))
    watch = Watch(callback, progress)
    search = Search(start, wanted, by_small_moves(0), watch)
    with watch.listening():
        if method == "neighbors":
            search.descend()
        else:
            _sweep(search, SWEEPS[method])
    watch.close()
    return search.result(DONE, "no exchange of two edges makes the tour shorter", True)


def or_opt(
    cities: Any,
    tour: Any = None,
    *,
    rng: Any = None,
    segment: int = 3,
    neighbors: int = 16,
    callback: Any = None,
    progress: bool = False,
) -> TourResult:
    """Shorten a tour by exchanges of two edges, and by moves of a few cities to another place, until none helps.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    tour : (n,) where to start; the greedy tour if left out.
    rng : accepted as by all searches; nothing here is random.
    segment : the most cities that move together, in either direction.
    neighbors : new edges lead to so many nearest neighbors of a city.
    callback : called with a `TourResult` from time to time; it ends the search by raising StopIteration.
    progress : whether progress is shown on standard error.

    Returns
    -------
    TourResult
        On random uniform cities about 4 % longer than the shortest tour. status : 0 no move helps, 2 Ctrl-C, 99 the
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
    >>> 0.8 < growth(lambda n: or_opt(points[:n]), n=[100, 200, 400, 800]).exponent < 1.5
    True

    References
    ----------
    Or, thesis, Northwestern University (1976); Bentley, ORSA J. Computing 4 (1992).

    Examples
    --------
    >>> or_opt([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1]], [0, 2, 1, 3, 4]).length
    14.47213595499958
    """
    start = Start(cities, tour)
    wanted = neighbors_wanted(neighbors, len(start.names))
    watch = Watch(callback, progress)
    search = Search(start, wanted, by_small_moves(whole("segment", segment)), watch)
    with watch.listening():
        search.descend()
    watch.close()
    return search.result(DONE, "no move makes the tour shorter", True)


def by_small_moves(segment: int) -> Callable[[Search], float]:
    """Looks at cities of the queue for exchanges of two edges, and moves of up to so many cities."""

    def look(search: Search) -> float:
        limits = (segment, search.start.tiny)
        return descend(search.start.cities, search.tour, search.near, search.queue, limits, AT_ONCE)

    return look


def _sweep(search: Search, sweep: Callable[..., float]) -> None:
    """Look at all pairs of edges until none of them helps."""
    order = search.tour.order
    while order.size > FIXED:
        gain = sweep(search.start.cities, order, search.start.tiny)
        search.record(gain, 0)
        if gain <= 0.0:
            break
        search.watch.tell(search.so_far, 0.0)
