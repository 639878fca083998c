"""The nearest neighbor tour: from each city to the nearest one that is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel
from mechkit.tsp.cities import cities_of, length_of
from mechkit.tsp.grid import grid_of
from mechkit.tsp.result import TourResult, constructed

#: The grid is made anew over the cities that are left when so many of them have been visited.
RENEWED = 0.5


@kernel(cache=True, error_model="numpy")
def walk_on_grid(points, grid, place, tour, first, last):
    """Go on from tour[first - 1] to the nearest city in the grid, and take it out, until tour[last - 1] is known.

    place : (n,) where each city of the grid stands in its members.

    Of order n for points spread evenly:

    >>> from mechkit import growth
    >>> found = growth(lambda n: walk_on_grid(*walk_on_grid.example_arguments(n)), n=[200, 400, 800, 1600])
    >>> round(found.exponent)
    1
    """
    members, starts, ends, x, y, side, columns, rows = grid
    for t in range(first, last):
        px = points[tour[t - 1], 0]
        py = points[tour[t - 1], 1]
        column = min(max(int((px - x) / side), 0), columns - 1)
        row = min(max(int((py - y) / side), 0), rows - 1)
        # 1  rings of cells around it, until the next ring cannot hold a nearer city
        best = -1
        least = np.inf
        home = 0
        for ring in range(max(columns, rows) + 1):
            reach = (ring - 1) * side
            if best >= 0 and ring > 0 and least <= reach * reach:
                break
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                step = 1
                if r != row - ring and r != row + ring:
                    step = 2 * ring
                for c in range(column - ring, column + ring + 1, max(step, 1)):
                    if c < 0 or c >= columns:
                        continue
                    for p in range(starts[r * columns + c], ends[r * columns + c]):
                        j = members[p]
                        dx = px - points[j, 0]
                        dy = py - points[j, 1]
                        square = dx * dx + dy * dy
                        if square < least or (square == least and j < best):
                            least = square
                            best = j
                            home = r * columns + c
        # 2  the last member of its cell takes its place
        tour[t] = best
        ends[home] -= 1
        other = members[ends[home]]
        members[place[best]] = other
        place[other] = place[best]


@walk_on_grid.example
def _(n):
    points = np.random.default_rng(0).random((n + 1, 2))
    grid, place = _without(points, np.arange(1, n + 1))
    return points, grid, place, np.zeros(n + 1, np.int64), 1, n + 1


@kernel(cache=True, error_model="numpy")
def walk_on_matrix(D, left, tour):
    """Go from tour[0] always to the nearest city that is left, by distances (n, n, 1).

    left : (n - 1,) all others, changed.

    >>> from mechkit import law
    >>> law(lambda n: walk_on_matrix(np.ones((n, n, 1)), np.arange(1, n), np.zeros(n, np.int64)), n=range(2, 8)).compare
    Polynomial('n^2/2 - n/2')
    """
    n = tour.size
    for t in range(1, n):
        row = D[tour[t - 1]]
        best = 0
        for p in range(n - t):
            if row[left[p], 0] < row[left[best], 0]:
                best = p
        tour[t] = left[best]
        left[best] = left[n - t - 1]


@walk_on_matrix.example
def _(n):
    return np.random.default_rng(0).random((n, n, 1)), np.arange(1, n), np.zeros(n, np.int64)


def nearest_neighbor(cities: Any, *, start: int = 0) -> TourResult:
    """A tour that always goes on to the nearest city that is left.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    start : the first city.

    Returns
    -------
    TourResult
        On random uniform cities about 25 % longer than the shortest tour.

    Raises
    ------
    ValueError, TypeError
        for other shapes, NaN and infinity, negative distances, a matrix that is not symmetric, and a start that is no
        city.

    Operation count
    ---------------
    Of order n for points, where a grid finds the nearest one; n^2/2 comparisons with a matrix.

    >>> from mechkit import growth, law
    >>> points = np.random.default_rng(0).random((1600, 2))
    >>> round(growth(lambda n: nearest_neighbor(points[:n]), n=[200, 400, 800, 1600]).exponent)
    1

    References
    ----------
    Rosenkrantz, Stearns, Lewis, SIAM J. Comput. 6 (1977); Johnson and McGeoch, in: Local Search in Combinatorial
    Optimization (1997), section 2.1.

    Examples
    --------
    >>> found = nearest_neighbor([[0, 0], [1, 0], [3, 0], [-2, 0]])
    >>> found.tour, found.length
    (array([0, 1, 2, 3]), 10.0)
    """
    checked = cities_of(cities)
    n = len(checked.data)
    start = whole("start", start, 0)
    if start >= n:
        raise ValueError(f"start is {start}; the cities are 0 to {n - 1}")
    tour = np.full(n, start, np.int64)
    left = np.delete(np.arange(n), start)
    if checked.data.ndim == 3:
        walk_on_matrix(checked.data, left, tour)
        return constructed(tour, length_of(checked, tour), "nearest neighbor")
    done = 1
    while done < n:
        last = done + max(int(RENEWED * left.size), min(left.size, 100))
        grid, place = _without(checked.data, left)
        walk_on_grid(checked.data, grid, place, tour, done, last)
        visited = np.zeros(n, bool)
        visited[tour[:last]] = True
        left = left[~visited[left]]
        done = last
    return constructed(tour, length_of(checked, tour), "nearest neighbor")


def _without(points: np.ndarray, left: np.ndarray) -> tuple[Any, np.ndarray]:
    """A grid over the cities that are left, and where each of them stands in it."""
    grid, _ = grid_of(points[left])
    members = left[grid.members]
    place = np.zeros(len(points), np.int64)
    place[members] = np.arange(members.size)
    return grid._replace(members=members), place
