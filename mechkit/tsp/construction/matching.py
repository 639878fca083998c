"""Pairs of cities with a small sum of distances: greedy ones, better ones by exchanges and windows, and the best."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance, distance_matrix
from mechkit.tsp.construction.fragments import edge_lengths
from mechkit.tsp.grid import nearest_neighbors

#: The nearest cities that are looked at for each city.
NEAR = 8
#: Pairs that are matched anew together, with the least sum: one more takes five times as long.
WINDOW = 6
#: An exchange of pairs must gain more than the rounding of four distances.
ROUNDING = 1e-14


@kernel(cache=True, error_model="numpy")
def match_in_order(first, second, order, mate):
    """Take pairs in their order where both are still free. Returns how many were taken.

    >>> from mechkit import law
    >>> law(match_in_order, n=range(1, 6))["int"]["stores"]
    Polynomial('2n')
    """
    taken = 0
    for e in order:
        i = first[e]
        j = second[e]
        if mate[i] < 0 and mate[j] < 0:
            mate[i] = j
            mate[j] = i
            taken += 1
    return taken


@match_in_order.example
def _(n):
    return np.arange(0, 2 * n, 2), np.arange(1, 2 * n, 2), np.arange(n), np.full(2 * n, -1)


@kernel(cache=True, error_model="numpy")
def exchange_pairs(cities, mate, near, tiny):
    """Change the partners of two or three pairs wherever this makes the sum less: one look at each city.

    near : (n, k) the near cities, with which new pairs are tried; tiny : what an exchange must gain at least.

    Returns how much less the sum is.

    >>> from mechkit import growth
    >>> found = growth(lambda n: exchange_pairs(*exchange_pairs.example_arguments(n)), n=[50, 100, 200])
    >>> round(found.exponent)
    1
    """
    data, rounding = cities
    gained = 0.0
    for a in range(mate.size):
        best = tiny
        first = -1
        second = -1
        b = mate[a]
        without = distance(data, rounding, a, b)
        for p in range(near.shape[1]):
            # 1  instead of a-b and c-d the pairs b-c and d-a
            c = near[b, p]
            d = mate[c]
            if c == a:
                continue
            gain = without - distance(data, rounding, b, c)
            if gain <= 0.0:
                break
            gain = gain + distance(data, rounding, c, d)
            closed = gain - distance(data, rounding, d, a)
            if closed > best:
                best = closed
                first = c
                second = -1
            for q in range(near.shape[1]):
                # 2  instead of d-a, and of e-f, the pairs d-e and f-a
                e = near[d, q]
                f = mate[e]
                open_gain = gain - distance(data, rounding, d, e)
                if open_gain <= best:
                    break
                if (e - a) * (e - b) * (e - c) == 0:
                    continue
                closed = open_gain + (distance(data, rounding, e, f) - distance(data, rounding, f, a))
                if closed > best:
                    best = closed
                    first = c
                    second = e
        # 3  the best exchange of those
        if first >= 0:
            end = mate[first]
            mate[b] = first
            mate[first] = b
            if second >= 0:
                last = mate[second]
                mate[end] = second
                mate[second] = end
                end = last
            mate[end] = a
            mate[a] = end
            gained = gained + best
    return gained


@exchange_pairs.example
def _(n):
    points = np.random.default_rng(0).random((2 * n + 4, 2))
    near = np.argsort(np.square(points[:, None] - points).sum(axis=2), axis=1)[:, 1:5].copy()
    return Cities(points, 0), np.arange(2 * n + 4) ^ 1, near, 1e-14


@kernel(cache=True, error_model="numpy")
def best_matchings(D, cost, partner):
    """The least sums of the matchings of all sets of cities, by dynamic programming.

    D : (k, k) distances; cost, partner : (2^k,) filled for sets of even size: the sum, and the partner of the set's
    last city.

    A set of s cities, s even, takes s - 1 additions. For k cities this makes k 2^(k-2) - 2^(k-1) + 1:

    >>> from mechkit import count, law
    >>> for k in (2, 4, 6):  # there is no law in powers of k
    ...     with count() as ops:
    ...         _ = best_matchings(np.ones((k, k)), np.zeros(2**k), np.zeros(2**k, np.int64))
    ...     print(ops.flops, k * 2 ** (k - 2) - 2 ** (k - 1) + 1)
    1 1
    9 9
    65 65
    >>> law(lambda n: best_matchings(np.ones((4, 4)), np.zeros(16), np.zeros(16, np.int64)), n=range(1, 4)).flops
    Polynomial('9')
    """
    k = D.shape[0]
    cost[0] = 0.0
    last = 0
    size = np.zeros(cost.size, np.int64)
    for S in range(1, cost.size):
        if S >> (last + 1) > 0:
            last += 1
        size[S] = size[S ^ (1 << last)] + 1
        if size[S] % 2 == 1:
            continue
        # The last city goes with the best one of the others.
        rest = S ^ (1 << last)
        best = np.inf
        for j in range(last):
            if (rest >> j) & 1 == 1:
                total = cost[rest ^ (1 << j)] + D[last, j]
                if total < best:
                    best = total
                    partner[S] = j
        cost[S] = best
    return cost[(1 << k) - 1]


@best_matchings.example
def _(n):
    k = n % 6 + 2
    return np.random.default_rng(0).random((k, k)), np.zeros(2**k), np.zeros(2**k, np.int64)


def greedy_matching(cities: Cities) -> np.ndarray:
    """The partner of each city, an even number of them: the nearest two cities are a pair, and so on.

    >>> greedy_matching(Cities(np.array([[0.0, 0.0], [3.0, 0.0], [5.0, 0.0], [9.0, 0.0]]), 0))
    array([3, 2, 1, 0])
    """
    n = len(cities.data)
    mate = np.full(n, -1, np.int64)
    while (free := np.flatnonzero(mate < 0)).size:
        part = _part(cities, free)
        near = nearest_neighbors(part, NEAR)
        first, second = free[np.repeat(np.arange(free.size), near.shape[1])], free[near.ravel()]
        lengths = np.empty(first.size)
        edge_lengths(cities, first, second, lengths)
        # Of a city without a free near one the pair comes in a later round.
        match_in_order(first, second, np.argsort(lengths, kind="stable"), mate)
    return mate


def exchanged_matching(cities: Cities) -> np.ndarray:
    """A greedy matching, improved as long as two or three pairs can change partners with a smaller sum.

    >>> exchanged_matching(Cities(np.array([[0.0, 0.0], [3.0, 0.0], [5.0, 0.0], [9.0, 0.0]]), 0))
    array([1, 0, 3, 2])
    """
    mate = greedy_matching(cities)
    near = nearest_neighbors(cities, NEAR)
    lengths = np.empty(mate.size)
    edge_lengths(cities, np.arange(mate.size), mate, lengths)
    tiny = ROUNDING * float(lengths.max(initial=0.0))
    while exchange_pairs(cities, mate, near, tiny) > 0.0:
        pass
    return mate


def windows_matching(cities: Cities) -> np.ndarray:
    """A matching by exchanges, improved as long as six pairs near each other have a smaller sum with other partners.

    >>> windows_matching(Cities(np.array([[0.0, 0.0], [3.0, 0.0], [5.0, 0.0], [9.0, 0.0]]), 0))
    array([1, 0, 3, 2])
    """
    mate = exchanged_matching(cities)
    near = nearest_neighbors(cities, 2 * WINDOW)
    waiting = np.ones(mate.size, np.bool_)
    while waiting.any():
        for city in np.flatnonzero(waiting):
            if not waiting[city]:
                continue
            waiting[city] = False
            # 1  the pairs of the city and of its nearest ones
            pairs = {min(int(v), int(mate[v])): None for v in (city, *near[city])}
            window = np.array([(v, mate[v]) for v in list(pairs)[:WINDOW]]).ravel()
            part = _part(cities, window)
            # 2  their best matching
            best = exact_matching(part)
            d = distance_matrix(part)
            before = d[np.arange(0, window.size, 2), np.arange(1, window.size, 2)].sum()
            after = d[np.arange(window.size), best].sum() / 2.0
            if after < before * (1.0 - window.size * ROUNDING):
                mate[window] = window[best]
                waiting[window] = True
    return mate


def exact_matching(cities: Cities) -> np.ndarray:
    """The matching with the least sum, by dynamic programming over all sets of up to about 24 cities.

    >>> exact_matching(Cities(np.array([[0.0, 0.0], [3.0, 0.0], [5.0, 0.0], [9.0, 0.0]]), 0))
    array([1, 0, 3, 2])
    """
    n = len(cities.data)
    partner = np.zeros(1 << n, np.int64)
    best_matchings(distance_matrix(cities), np.zeros(1 << n), partner)
    mate = np.zeros(n, np.int64)
    rest = (1 << n) - 1
    while rest:
        i = rest.bit_length() - 1
        j = int(partner[rest])
        mate[[i, j]] = j, i
        rest ^= (1 << i) | (1 << j)
    return mate


def _part(cities: Cities, some: np.ndarray) -> Cities:
    """Some of the cities."""
    data = cities.data[some]
    return Cities(np.ascontiguousarray(data[:, some] if data.ndim == 3 else data), cities.rounding)
