"""Greedy edges and savings: paths are joined, the best edge first, until one tour is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, cities_of, distance, length_of
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.result import TourResult, constructed

#: Neighbors of each city whose edges are tried first, and of each end of a path in the later rounds.
FIRST, LATER = 10, 6


@kernel(cache=True, error_model="numpy")
def edge_lengths(cities, first, second, lengths):
    """The lengths of edges, from first[e] to second[e].

    >>> from mechkit import law
    >>> law(edge_lengths, n=range(2, 6)).flops
    Polynomial('6n')
    """
    data, rounding = cities
    for e in range(first.size):
        lengths[e] = distance(data, rounding, first[e], second[e])


@edge_lengths.example
def _(n):
    return Cities(np.arange(2.0 * n).reshape(n, 2), 0), np.arange(n), np.arange(n)[::-1].copy(), np.zeros(n)


@kernel(cache=True, error_model="numpy")
def join_fragments(first, second, order, links, parent):
    """Take edges in their order where they join the ends of two paths. Returns how many were taken.

    links : (n, 2) the neighbors of each city on its path, -1 for none; parent : (n,) the trees of a union-find
    structure, a tree for each path.

    >>> from mechkit import law
    >>> law(join_fragments, n=range(2, 8))["int"]["stores"]
    Polynomial('3n - 3')
    """
    taken = 0
    for e in order:
        i = first[e]
        j = second[e]
        # 1  both are ends of paths
        if links[i, 1] >= 0 or links[j, 1] >= 0:
            continue
        # 2  of different paths: the roots of the trees, whose branches are halved on the way
        a = i
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        b = j
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a == b:
            continue
        # 3  join them
        parent[a] = b
        links[i, int(links[i, 0] >= 0)] = j
        links[j, int(links[j, 0] >= 0)] = i
        taken += 1
    return taken


@join_fragments.example
def _(n):
    return np.arange(n - 1), np.arange(1, n), np.arange(n - 1), np.full((n, 2), -1), np.arange(n)


@kernel(cache=True, error_model="numpy")
def follow(links, start, tour):
    """Write down a path from one of its ends.

    >>> from mechkit import law
    >>> law(follow, n=range(2, 6))["int"]["stores"]
    Polynomial('n')
    """
    before = -1
    here = start
    for t in range(tour.size):
        tour[t] = here
        there = links[here, 0]
        if there == before:
            there = links[here, 1]
        before = here
        here = there


@follow.example
def _(n):
    links = np.column_stack([np.arange(-1, n - 1), np.arange(1, n + 1)])
    links[-1, 1] = -1
    links[0] = links[0, ::-1]
    return links, 0, np.zeros(n, np.int64)


def greedy(cities: Any, *, neighbors: int = FIRST) -> TourResult:
    """A tour of the shortest edges: each is taken where it joins the ends of two paths.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    neighbors : the edges to so many nearest neighbors of each city are tried first; later rounds try those of the ends
        of the paths.

    Returns
    -------
    TourResult
        On random uniform cities about 16 % longer than the shortest tour.

    Raises
    ------
    ValueError, TypeError
        for other shapes, NaN and infinity, negative distances, and a matrix that is not symmetric.

    Operation count
    ---------------
    Of order n for points, besides the sort of the edges.

    >>> from mechkit import growth
    >>> points = np.random.default_rng(0).random((1600, 2))
    >>> round(growth(lambda n: greedy(points[:n]), n=[200, 400, 800, 1600]).exponent)
    1

    References
    ----------
    Johnson and McGeoch, in: Local Search in Combinatorial Optimization (1997), section 2.1; Bentley, ORSA J. Computing
    4 (1992).

    Examples
    --------
    >>> found = greedy([[0, 0], [1, 0], [3, 0], [-2, 0]])
    >>> found.tour, found.length
    (array([2, 1, 0, 3]), 10.0)
    """
    checked = cities_of(cities)
    tour = _joined(checked, whole("neighbors", neighbors), None)
    return constructed(tour, length_of(checked, tour), "greedy edges")


def savings(cities: Any, *, hub: int | None = None, neighbors: int = 2 * FIRST) -> TourResult:
    """The tour of Clarke and Wright: all cities hang on a hub, and the join that saves most comes first.

    To go from i to j, and not by way of the hub h, saves d(i, h) + d(h, j) - d(i, j).

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    hub : a city; the one that is nearest to the middle of the points, or has the least sum of distances, if left out.
    neighbors : as for `greedy`.

    Returns
    -------
    TourResult
        On random uniform cities about 12 % longer than the shortest tour.

    Raises
    ------
    ValueError, TypeError
        for cities as `greedy`, and a hub that is no city.

    Operation count
    ---------------
    Of order n for points, besides the sort of the savings.

    >>> from mechkit import growth
    >>> points = np.random.default_rng(0).random((1600, 2))
    >>> round(growth(lambda n: savings(points[:n]), n=[200, 400, 800, 1600]).exponent)
    1

    References
    ----------
    Clarke and Wright, Operations Research 12 (1964); Johnson and McGeoch, in: Local Search in Combinatorial
    Optimization (1997), section 2.1.

    Examples
    --------
    >>> savings([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1]]).length
    14.47213595499958
    """
    checked = cities_of(cities)
    n = len(checked.data)
    if hub is None:
        data = checked.data
        middle = data.mean(axis=0) if data.ndim == 2 else 0.0
        away = np.square(data - middle).sum(axis=1) if data.ndim == 2 else data[:, :, 0].sum(axis=1)
        hub = int(np.argmin(away))
    hub = whole("hub", hub, 0)
    if hub >= n:
        raise ValueError(f"hub is {hub}; the cities are 0 to {n - 1}")
    to_hub = np.empty(n)
    edge_lengths(checked, np.arange(n), np.full(n, hub), to_hub)
    tour = _joined(checked, whole("neighbors", neighbors), to_hub)
    return constructed(tour, length_of(checked, tour), "savings")


def _joined(cities: Cities, neighbors: int, to_hub: np.ndarray | None) -> np.ndarray:
    """The tour by greedy edges, or by savings where the distances to a hub are given."""
    n = len(cities.data)
    links = np.full((n, 2), -1, np.int64)
    parent = np.arange(n)
    paths = n
    ends = np.arange(n)
    k = neighbors
    while paths > 1:
        # Cities of one path are no neighbors of each other.
        part = Cities(
            np.ascontiguousarray(cities.data[ends][:, ends] if cities.data.ndim == 3 else cities.data[ends]), 0
        )
        near = nearest_neighbors(part, k, None if paths == n else _roots(parent)[ends])
        i = np.repeat(np.arange(ends.size), near.shape[1])
        j = near.ravel()
        # Each edge once: where both are neighbors of each other, the smaller city names it.
        mutual = (j >= 0) & ~((j < i) & (near[j] == i[:, None]).any(axis=1))
        first, second = ends[i[mutual]], ends[j[mutual]]
        lengths = np.empty(first.size)
        edge_lengths(cities, first, second, lengths)
        key = lengths if to_hub is None else lengths - to_hub[first] - to_hub[second]
        paths -= join_fragments(first, second, np.argsort(key, kind="stable"), links, parent)
        ends = np.flatnonzero(links[:, 1] < 0)
        k = LATER
    tour = np.empty(n, np.int64)
    follow(links, int(ends[0]) if n > 1 else 0, tour)
    return tour


def _roots(parent: np.ndarray) -> np.ndarray:
    """The root of the tree of each city."""
    roots = parent
    while (roots[roots] != roots).any():
        roots = roots[roots]
    return roots
