"""Exact tours by the dynamic programming of Bellman, Held and Karp."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import enough_memory
from mechkit.counting import kernel
from mechkit.tsp.cities import cities_of, distance_matrix, size_of
from mechkit.tsp.result import DONE, INTERRUPTED, TourResult

#: Sets of one call of the kernel: few enough that Ctrl-C is heard soon.
AT_ONCE = 1 << 18


@kernel(cache=True, error_model="numpy")
def shortest_paths(D, cost, members, first, last):
    """The shortest paths from the last city through each set of other cities, first up to last, to each of its cities.

    D : (m + 1, m + 1) distances; cost : (2^m, m), row S for the set whose cities are the ones in the binary digits of
    S, filled; rows of smaller sets are read. members : (m,) memory.

    >>> from mechkit import law, count
    >>> for m in (3, 5, 8):
    ...     with count() as ops:
    ...         shortest_paths(np.ones((m + 1, m + 1)), np.zeros((2**m, m)), np.zeros(m, np.int64), 1, 2**m)
    ...     print(ops.flops, m * (m - 1) * 2**m // 4)
    12 12
    160 160
    3584 3584
    >>> def paths_through_pairs(n):
    ...     shortest_paths(*shortest_paths.example_arguments(n))
    >>> law(paths_through_pairs, n=range(1, 6)).flops
    Polynomial('2')
    """
    # Held and Karp, J. SIAM 10 (1962); Bellman, J. ACM 9 (1962)
    m = cost.shape[1]
    for S in range(first, last):
        # 1  the cities of the set
        size = 0
        for j in range(m):
            if (S >> j) & 1 == 1:
                members[size] = j
                size += 1
        if size == 1:
            cost[S, members[0]] = D[m, members[0]]
            continue
        # 2  the shortest path that ends in j comes from the best city k of the set without j
        for a in range(size):
            j = members[a]
            before = cost[S ^ (1 << j)]
            row = D[j]
            best = np.inf
            for b in range(size):
                k = members[b]
                if k == j:
                    continue
                length = before[k] + row[k]
                if length < best:
                    best = length
            cost[S, j] = best


@shortest_paths.example
def _(n):
    m = n + 1
    return np.ones((m + 1, m + 1)), np.zeros((2**m, m)), np.zeros(m, np.int64), 1, 4


@kernel(cache=True, error_model="numpy")
def best_return(D, paths):
    """The city from which the way back makes a tour shortest; paths : (m,) the lengths of the paths to each city.

    >>> from mechkit import law
    >>> law(best_return, n=range(1, 9)).flops
    Polynomial('n')
    """
    best = 0
    least = np.inf
    for k in range(paths.size):
        length = paths[k] + D[paths.size, k]
        if length < least:
            least = length
            best = k
    return best


@best_return.example
def _(n):
    return np.ones((n + 1, n + 1)), np.ones(n)


def held_karp(cities: Any) -> TourResult:
    """The shortest tour, by dynamic programming over all sets of cities: for up to about 20 cities.

    The shortest path through a set of cities to one of them is the shortest one through the set without this city,
    and one edge more. There are 2^(n-1) sets, not (n - 1)! orders; still the work more than doubles with each city.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.

    Returns
    -------
    TourResult
        The tour is the shortest one, so bound is its length and gap 0. Ctrl-C leaves the tour 0, ..., n - 1, with
        status 2 and without a bound.

    Raises
    ------
    ValueError, TypeError
        for other shapes, NaN and infinity, negative distances, and a matrix that is not symmetric.
    MemoryError
        where (n - 1) 2^(n - 1) numbers do not fit into the memory: 20 cities take 80 MB, 24 take 1.5 GB.

    Operation count
    ---------------
    Exactly (n - 1)(n - 2) 2^(n - 3) + n - 1 additions.

    >>> from mechkit import count
    >>> for n in (5, 10):
    ...     with count() as ops:
    ...         found = held_karp(np.ones((n, n)))
    ...     print(ops.flops, (n - 1) * (n - 2) * 2 ** (n - 3) + n - 1)
    52 52
    9225 9225

    References
    ----------
    Held and Karp, J. SIAM 10 (1962); Bellman, J. ACM 9 (1962).

    Examples
    --------
    >>> held_karp([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1]]).length
    14.47213595499958
    """
    checked = cities_of(cities)
    n = size_of(checked)
    m = n - 1
    enough_memory(f"the shortest paths through all sets of {n} cities", 8.0 * m * 2.0**m)
    D = np.ascontiguousarray(distance_matrix(checked))
    if n == 1:
        return TourResult(np.zeros(1, np.int64), 0.0, True, DONE, "one city has one tour", bound=0.0)
    cost = np.empty((1 << m, m))
    members = np.empty(m, np.int64)
    try:
        for first in range(1, 1 << m, AT_ONCE):
            shortest_paths(D, cost, members, first, min(first + AT_ONCE, 1 << m))
    except KeyboardInterrupt:
        tour = np.arange(n)
        message = "Ctrl-C ended the dynamic program; the tour is 0, ..., n - 1: there is no better one before the end"
        return TourResult(tour, _length(D, tour), False, INTERRUPTED, message)
    tour = _traced(D, cost, int(best_return(D, cost[-1])))
    length = _length(D, tour)
    return TourResult(tour, length, True, DONE, "the tour is the shortest one", nit=1 << m, bound=length)


def _length(D: np.ndarray, tour: np.ndarray) -> float:
    """The length of a tour, added up as `tour_length` does."""
    total = 0.0
    for k in range(len(tour)):
        total += float(D[tour[k - 1], tour[k]])
    return total


def _traced(D: np.ndarray, cost: np.ndarray, last: int) -> np.ndarray:
    """The tour whose last city is given, from the lengths of the shortest paths."""
    m = cost.shape[1]
    tour = [m, last]
    rest = len(cost) - 1
    while rest != 1 << tour[-1]:
        j = tour[-1]
        rest ^= 1 << j
        inside = (rest >> np.arange(m)) & 1 == 1
        through = np.full(m, np.inf)
        through[inside] = cost[rest, inside] + D[j, :m][inside]
        tour.append(int(np.argmin(through)))
    return np.array(tour, np.int64)
