"""Insertion: a small tour grows by a city at a time, each put where it lengthens the tour least."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import one_of
from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, cities_of, distance, length_of
from mechkit.tsp.result import TourResult, constructed

#: Work of one call of a kernel, in distances, so that Ctrl-C is heard soon.
AT_ONCE = 10_000_000


@kernel(cache=True, error_model="numpy")
def cheapest_place(cities, after, start, city):
    """The city of the tour after which another one lengthens the tour least, and by how much.

    after : (n,) the next city on the tour of each one that is on it; start : one of them.

    >>> from mechkit import law
    >>> law(cheapest_place, n=range(1, 6)).flops
    Polynomial('20n')
    """
    data, rounding = cities
    best = start
    least = np.inf
    here = start
    while True:
        there = after[here]
        more = distance(data, rounding, here, city) + distance(data, rounding, city, there)
        more = more - distance(data, rounding, here, there)
        if more < least:
            least = more
            best = here
        here = there
        if here == start:
            return best, least


@cheapest_place.example
def _(n):
    return Cities(np.arange(2.0 * n + 2).reshape(n + 1, 2), 0), (np.arange(n + 1) + 1) % n, 0, n


@kernel(cache=True, error_model="numpy")
def insert_farthest(cities, after, start, outside, near, steps):
    """Insert so many cities, always the one that is farthest from the tour.

    outside : the cities that are not on the tour, in the first places, changed; near : (n,) their distances to the
    nearest city of the tour.

    Three cities are put on a tour of n:

    >>> from mechkit import law
    >>> law(insert_farthest, n=range(1, 8)).flops
    Polynomial('60n + 78')
    """
    data, rounding = cities
    left = outside.size
    for step in range(steps):
        # 1  the farthest city; the last one outside takes its place
        p = 0
        for q in range(1, left - step):
            if near[outside[q]] > near[outside[p]]:
                p = q
        city = outside[p]
        outside[p] = outside[left - step - 1]
        # 2  where it lengthens the tour least
        place, _ = cheapest_place(cities, after, start, city)
        after[city] = after[place]
        after[place] = city
        # 3  it may be the nearest city of the tour for others
        for q in range(left - step - 1):
            near[outside[q]] = min(near[outside[q]], distance(data, rounding, outside[q], city))


@insert_farthest.example
def _(n):
    size = n + 3
    near = np.linspace(1.0, 2.0, size)
    return Cities(np.arange(2.0 * size).reshape(size, 2), 0), np.arange(1, size + 1) % n, 0, np.arange(n, size), near, 3


@kernel(cache=True, error_model="numpy")
def insert_cheapest(cities, after, start, outside, place, cost, steps):
    """Insert so many cities, always the one that lengthens the tour least.

    place, cost : (n,) for each city outside, where it lengthens the tour least, and by how much.

    Of order n for each city:

    >>> from mechkit import growth
    >>> found = growth(lambda n: insert_cheapest(*insert_cheapest.example_arguments(n)), n=[50, 100, 200, 400])
    >>> round(found.exponent)
    1
    """
    data, rounding = cities
    left = outside.size
    for step in range(steps):
        # 1  the cheapest city; the last one outside takes its place
        p = 0
        for q in range(1, left - step):
            if cost[outside[q]] < cost[outside[p]]:
                p = q
        city = outside[p]
        outside[p] = outside[left - step - 1]
        here = place[city]
        there = after[here]
        after[city] = there
        after[here] = city
        # 2  others may be cheaper on one of the two new edges; who had the old edge looks everywhere
        to_here = distance(data, rounding, here, city)
        to_there = distance(data, rounding, city, there)
        for q in range(left - step - 1):
            other = outside[q]
            if place[other] == here:
                found, least = cheapest_place(cities, after, start, other)
                place[other] = found
                cost[other] = least
                continue
            to_city = distance(data, rounding, other, city)
            more = distance(data, rounding, here, other) + to_city - to_here
            if more < cost[other]:
                cost[other] = more
                place[other] = here
            more = to_city + distance(data, rounding, other, there) - to_there
            if more < cost[other]:
                cost[other] = more
                place[other] = city


@insert_cheapest.example
def _(n):
    size = n + 3
    cities = Cities(np.random.default_rng(0).random((size, 2)), 0)
    after = np.arange(1, size + 1) % n
    place = np.zeros(size, np.int64)
    cost = np.zeros(size)
    for city in range(n, size):
        place[city], cost[city] = cheapest_place(cities, after, 0, city)
    return cities, after, 0, np.arange(n, size), place, cost, 3


def insertion(cities: Any, *, method: str = "farthest") -> TourResult:
    """A tour that grows by a city at a time, each put where it lengthens the tour least.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    method : which city comes next: "farthest", the one whose nearest city of the tour is farthest; "cheapest", the one
        that lengthens the tour least.

    Returns
    -------
    TourResult
        On random uniform cities about 13 % longer than the shortest tour by the farthest city, 16 % by the cheapest.

    Raises
    ------
    ValueError, TypeError
        for other shapes, NaN and infinity, negative distances, a matrix that is not symmetric, and an unknown method.

    Operation count
    ---------------
    Of order n^2 for both.

    >>> from mechkit import growth
    >>> points = np.random.default_rng(0).random((400, 2))
    >>> round(growth(lambda n: insertion(points[:n]), n=[50, 100, 200, 400]).exponent)
    2

    References
    ----------
    Rosenkrantz, Stearns, Lewis, SIAM J. Comput. 6 (1977).

    Examples
    --------
    >>> insertion([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1]]).length
    14.47213595499958
    """
    checked = cities_of(cities)
    method = one_of("method", method, ("farthest", "cheapest"))
    n = len(checked.data)
    after = np.zeros(n, np.int64)
    if n > 1:
        _grow(checked, after, method)
    tour = np.zeros(n, np.int64)
    for t in range(1, n):
        tour[t] = after[tour[t - 1]]
    return constructed(tour, length_of(checked, tour), f"insertion of the {method} city")


def _grow(cities: Cities, after: np.ndarray, method: str) -> None:
    """Insert all cities into the tour of city 0 and the farthest, or the nearest, of the others."""
    n = len(after)
    away = _distances(cities, 0)
    away[0] = -np.inf if method == "farthest" else np.inf
    second = int(np.argmax(away)) if method == "farthest" else int(np.argmin(away))
    after[0], after[second] = second, 0
    outside = np.setdiff1d(np.arange(n), [0, second])
    steps = max(1, AT_ONCE // (4 * n))
    to_second = _distances(cities, second)
    near = np.minimum(away, to_second)
    place = np.zeros(n, np.int64)
    cost = away + to_second - to_second[0]
    while outside.size:
        now = min(steps, outside.size)
        if method == "farthest":
            insert_farthest(cities, after, 0, outside, near, now)
        else:
            insert_cheapest(cities, after, 0, outside, place, cost, now)
        outside = outside[: outside.size - now]


def _distances(cities: Cities, city: int) -> np.ndarray:
    """From a city to all."""
    data = cities.data
    n = len(data)
    return np.array([distance(data, cities.rounding, city, other) for other in range(n)])
