"""Iterated local search: random kicks, each repaired where it was, and taken back where the tour became longer."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from mechkit.checking import finite, not_negative, whole
from mechkit.tsp.cities import cities_of, neighbors_wanted
from mechkit.tsp.clusters import neighbors_across
from mechkit.tsp.local_search.chains import Search
from mechkit.tsp.local_search.kicks import kick
from mechkit.tsp.local_search.lin_kernighan import by_chains
from mechkit.tsp.result import DONE, LIMIT, TourResult
from mechkit.tsp.search import Start, Watch

#: Steps of the random walks that choose where a kick cuts, and the longest path that it may turn.
STEPS, LONGEST = 50, 100
#: The distances of so many cities are stored: to look one up is faster than a root.
STORED = 1000
#: With fewer cities, local search alone finds the shortest tour.
KICKED = 8
#: Kicks of one call of the kernel: few enough that Ctrl-C and a limit of time are heard soon.
AT_ONCE = 200
#: Kicks for each city, where their number is left out.
PER_CITY = 30
#: Kicks for each city without success, after which the search begins again with another tour.
STALE = 7


def iterated_local_search(
    cities: Any,
    tour: Any = None,
    *,
    rng: Any = None,
    kicks: int | None = None,
    time_limit: float | None = None,
    target: float | None = None,
    neighbors: int = 10,
    depth: int = 2,
    callback: Any = None,
    progress: bool = False,
) -> TourResult:
    """Shorten a tour by local search, then by many random kicks, each repaired by local search where it was.

    A kick cuts the tour at four cities near each other, and turns its parts A B C D into A D C B. Chains of exchanges
    do not easily take this back. Only the eight ends of its edges are looked at again, so a kick costs about the
    same for any number of cities. A kick that has made the tour longer is taken back. After seven kicks for each city
    without success, the search begins again with a random tour. The best tour is kept.

    New edges lead to near cities, and from clusters to the nearest ones outside.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    tour : (n,) where to start; the greedy tour if left out.
    rng : a seed or a `numpy.random.Generator`, for the places of the kicks. The same seed gives the same tour.
    kicks : how many; 30 for each city if left out, and no limit where there is a time_limit.
    time_limit : seconds after which no more kicks begin. The tour then depends on the speed of the machine.
    target : a length at which the search ends, such as a known optimum.
    neighbors, depth : as for `lin_kernighan`.
    callback : called with a `TourResult` from time to time; it ends the search by raising StopIteration.
    progress : whether progress is shown on standard error.

    Returns
    -------
    TourResult
        status : 0 all kicks were made, or the target was met; 1 the time was over; 2 Ctrl-C, 99 the callback ended it.
        success : whether status is 0, and the target was met where there is one; nit : kicks; history : "length",
        "best" and "nit" each time when the tour had become shorter.

    Raises
    ------
    ValueError, TypeError
        for wrong cities, a tour that is no permutation, and negative limits.

    Operation count
    ---------------
    A kick and its repair cost about the same for all n.

    >>> from mechkit import count
    >>> points = np.random.default_rng(0).random((800, 2))
    >>> def flops(n, kicks):
    ...     with count() as ops:
    ...         iterated_local_search(points[:n], rng=0, kicks=kicks)
    ...     return ops.flops
    >>> few, many = (flops(n, 2000) - flops(n, 0) for n in (200, 800))
    >>> 0.5 < many / few < 2.0
    True

    References
    ----------
    Lourenco, Martin, Stuetzle, Iterated Local Search (2003); Applegate, Cook, Rohe, INFORMS J. Computing 15 (2003).

    Examples
    --------
    >>> points = np.random.default_rng(0).random((50, 2))
    >>> found = iterated_local_search(points, rng=0, kicks=500)
    >>> found.message, found.nit, round(found.length, 3)
    ('all 500 kicks were made', 500, 5.791)
    """
    given = cities_of(cities)
    n = len(given.data)
    start = Start(given, tour, stored=n <= STORED)
    generator = np.random.default_rng(rng)
    wanted = neighbors_wanted(neighbors, n)
    look = by_chains(depth)
    seconds = np.inf if time_limit is None else not_negative("time_limit", time_limit)
    aim = -np.inf if target is None else finite("target", target)
    unlimited = kicks is None and time_limit is not None
    most = PER_CITY * n if kicks is None else whole("kicks", kicks, 0)
    watch = Watch(callback, progress)
    search = Search(start, wanted, look, watch, neighbors_across)
    end = time.monotonic() + seconds
    limits = (int(depth), start.tiny, STEPS, LONGEST)
    with watch.listening():
        search.descend()
        while n >= KICKED and (unlimited or search.made < most):
            if search.best() - start.tiny <= aim or time.monotonic() >= end:
                break
            if search.made - search.improved >= STALE * n:
                search.restart(generator.permutation(n))
            now = AT_ONCE if unlimited else min(AT_ONCE, most - search.made)
            gain = kick(search.start.distances, search.tour, search.near, search.queue, generator, limits, now)
            search.record(gain, now)
            done = (time.monotonic() - end + seconds) / seconds if unlimited else search.made / most
            watch.tell(search.so_far, done)
    watch.close()
    met = search.best() - start.tiny <= aim
    late = not met and n >= KICKED and (unlimited or search.made < most)
    return search.result(LIMIT if late else DONE, _ending(search.made, met, late, n), met or target is None)


def _ending(made: int, met: bool, late: bool, n: int) -> str:
    """Why the kicks ended."""
    if met:
        return f"the target was met after {made} kicks"
    if late:
        return f"the time was over after {made} kicks"
    if n < KICKED:
        return "so few cities need no kicks"
    return f"all {made} kicks were made"
