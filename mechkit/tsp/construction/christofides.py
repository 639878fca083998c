"""The tour of Christofides: a spanning tree, and pairs of the cities where an odd number of its edges meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import enough_memory, one_of
from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, cities_of, distance, length_of, size_of
from mechkit.tsp.construction.matching import (
    exact_matching,
    exchanged_matching,
    greedy_matching,
    windows_matching,
)
from mechkit.tsp.exact.one_tree import spanning_tree, tree_of
from mechkit.tsp.result import TourResult, constructed

MATCHINGS = {
    "greedy": greedy_matching,
    "exchanges": exchanged_matching,
    "windows": windows_matching,
    "exact": exact_matching,
}
#: What a message calls them.
DESCRIBED = {
    "greedy": "a greedy matching",
    "exchanges": "a matching by exchanges",
    "windows": "a matching by windows",
    "exact": "an exact matching",
}
#: The most cities of a matching by dynamic programming: 400 MB.
MOST = 24


@kernel(cache=True, error_model="numpy")
def cut_short(cities, walk, visits, before, after):
    """Leave all visits of a walk out but one to each city: of two the one whose way round costs more.

    walk : (m,) the cities of a closed walk; visits : (m,) its positions, those of a city together; before, after :
    (m,) the positions of the neighbors, changed. A position that is left out becomes its own neighbor.

    >>> from mechkit import law
    >>> law(cut_short, n=range(2, 8)).flops
    Polynomial('40n + 40')
    """
    data, rounding = cities
    first = 0
    while first < visits.size:
        city = walk[visits[first]]
        last = first
        while last + 1 < visits.size and walk[visits[last + 1]] == city:
            last += 1
        for _ in range(last - first):
            # The visit that saves most is left out.
            most = -np.inf
            leave = -1
            for q in range(first, last + 1):
                p = visits[q]
                if after[p] == p:
                    continue
                a = walk[before[p]]
                b = walk[after[p]]
                saved = distance(data, rounding, a, city) + distance(data, rounding, city, b)
                saved = saved - distance(data, rounding, a, b)
                if saved > most:
                    most = saved
                    leave = p
            after[before[leave]] = after[leave]
            before[after[leave]] = before[leave]
            after[leave] = leave
            before[leave] = leave
        first = last + 1


@cut_short.example
def _(n):
    around = np.arange(2 * n + 2)
    walk = around % (n + 1)
    points = np.random.default_rng(0).random((n + 1, 2))
    return Cities(points, 0), walk, np.argsort(walk, kind="stable"), np.roll(around, 1), np.roll(around, -1)


def christofides(cities: Any, *, matching: str = "windows") -> TourResult:
    """The tour of Christofides: a walk along a shortest spanning tree and a matching, cut short.

    In a spanning tree an even number of cities have an odd number of edges. A pair of edges more for each of these
    makes all numbers even, so that one walk takes each edge once. Of several visits to a city one is kept.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    matching : how cities with an odd number of edges are paired. "greedy" takes the nearest pair first. "exchanges"
        improves this as long as two or three pairs can change partners. "windows" goes on as long as six near pairs
        have a better matching, by dynamic programming. "exact" has the least sum of all, by the same program for
        at most 24 such cities.

    Returns
    -------
    TourResult
        On random uniform cities about 10 % longer than the shortest tour. With an exact matching, and distances that
        obey the triangle inequality, at most 50 %. The message says which matching was used.

    Raises
    ------
    ValueError, TypeError
        for other shapes, NaN and infinity, negative distances, a matrix that is not symmetric, an unknown matching, and
        too many cities for an exact one.

    Operation count
    ---------------
    Of order n^2, for the spanning tree; windows add about 5,000 flops for each city.

    >>> from mechkit import growth
    >>> points = np.random.default_rng(0).random((1600, 2))
    >>> 1.7 < growth(lambda n: christofides(points[:n], matching="exchanges"), n=[400, 800, 1600]).exponent < 2.1
    True

    References
    ----------
    Christofides, Worst-case analysis of a new heuristic (1976); Johnson and McGeoch, in: Local Search in Combinatorial
    Optimization (1997), section 2.1.

    Examples
    --------
    >>> found = christofides([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1]])
    >>> found.length, found.message
    (14.47213595499958, 'the tour was constructed by Christofides with a matching by windows')
    """
    checked = cities_of(cities)
    n = size_of(checked)
    method = one_of("matching", matching, MATCHINGS)
    tree = tree_of(n)
    spanning_tree(checked, np.zeros(n), 0, tree)
    odd = np.flatnonzero(tree.degree % 2 == 1)
    if method == "exact":
        if odd.size > MOST:
            raise ValueError(
                f"an exact matching of {odd.size} cities takes too long, and {MOST} are the most; "
                "matching='windows' has no limit"
            )
        enough_memory(f"the matchings of all sets of {odd.size} cities", 24.0 * 2.0**odd.size)
    data = checked.data[odd]
    part = Cities(np.ascontiguousarray(data[:, odd] if data.ndim == 3 else data), checked.rounding)
    mate = odd[MATCHINGS[method](part)]
    edges = np.concatenate(
        [np.column_stack([np.arange(1, n), tree.parent[1:]]), np.column_stack([odd, mate])[odd < mate]]
    )
    walk = _round_walk(edges, n)
    around = np.arange(walk.size)
    before, after = np.roll(around, 1), np.roll(around, -1)
    cut_short(checked, walk, np.argsort(walk, kind="stable"), before, after)
    left = np.zeros(n, np.int64)
    p = int(np.argmax(after != around))
    for t in range(n):
        left[t] = p
        p = int(after[p])
    tour = walk[left]
    return constructed(tour, length_of(checked, tour), f"Christofides with {DESCRIBED[method]}")


def _round_walk(edges: np.ndarray, n: int) -> np.ndarray:
    """A closed walk that takes each edge once, from Hierholzer's way: it goes back where it can go no farther.

    >>> _round_walk(np.array([[0, 1], [1, 2], [2, 0]]), 3)
    array([0, 1, 2])
    """
    beside: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for e, (a, b) in enumerate(edges.tolist()):
        beside[a].append((b, e))
        beside[b].append((a, e))
    taken = [False] * len(edges)
    way = [0]
    walk = []
    while way:
        here = way[-1]
        while beside[here] and taken[beside[here][-1][1]]:
            beside[here].pop()
        if beside[here]:
            there, e = beside[here].pop()
            taken[e] = True
            way.append(there)
        else:
            walk.append(way.pop())
    return np.array(walk[: max(len(edges), 1)], np.int64)
