"""A grid of square cells over the cities, and the nearest neighbors of each city found by it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities

#: Cities to a cell, on average: with fewer many cells are empty, with more a cell takes long to look through.
PER_CELL = 2.0
#: Where a cell holds so many times the average, a tree finds neighbors sooner than the grid.
CROWDED = 100


class Grid(NamedTuple):
    """Cells of a grid, row by row.

    members : (n,) the points, cell by cell; starts : (cells,) where a cell's members begin; ends : (cells,) where they
    end; x, y : the lower left corner; side : of a cell; columns, rows : the numbers of cells.
    """

    members: Any
    starts: Any
    ends: Any
    x: Any
    y: Any
    side: Any
    columns: Any
    rows: Any


def grid_of(points: np.ndarray) -> tuple[Grid, np.ndarray]:
    """A grid over points (n, 2), and the cell of each point.

    >>> grid, cell = grid_of(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.1, 0.1]]))
    >>> grid.columns, grid.rows, cell
    (2, 2, array([0, 1, 3, 2, 0]))
    """
    n = len(points)
    lower = points.min(axis=0)
    width, height = np.ptp(points, axis=0).tolist()
    side = max(math.sqrt(width * height * PER_CELL / n), max(width, height) * PER_CELL / n) or 1.0
    shape = [min(int(extent / side) + 1, n) for extent in (width, height)]
    column, row = (np.minimum(((points[:, a] - lower[a]) / side).astype(np.int64), shape[a] - 1) for a in (0, 1))
    cell = row * shape[0] + column
    members = np.argsort(cell, kind="stable")
    ends = np.cumsum(np.bincount(cell, minlength=shape[0] * shape[1]))
    starts = np.concatenate([[0], ends[:-1]])
    return Grid(members, starts, ends, float(lower[0]), float(lower[1]), side, shape[0], shape[1]), cell


@kernel(cache=True, error_model="numpy")
def nearest_in_grid(points, grid, labels, neighbors, squares):
    """The nearest neighbors of each point among those with other labels, the nearest first; -1 where there are too few.

    neighbors : (n, k), filled; squares : (k,) memory for the squares of the distances. Rings of cells around the point
    are looked through until the next ring cannot hold a nearer one.

    Of order n for points spread evenly:

    >>> from mechkit import growth
    >>> found = growth(lambda n: nearest_in_grid(*nearest_in_grid.example_arguments(n)), n=[200, 400, 800, 1600])
    >>> round(found.exponent)
    1
    """
    members, starts, ends, x, y, side, columns, rows = grid
    k = neighbors.shape[1]
    for m in range(members.size):
        i = members[m]
        label = labels[i]
        px = points[i, 0]
        py = points[i, 1]
        column = min(int((px - x) / side), columns - 1)
        row = min(int((py - y) / side), rows - 1)
        found = 0
        last = max(columns, rows)
        for ring in range(last + 1):
            # 1  no point of this ring is nearer than so many sides
            reach = (ring - 1) * side
            if found == k and ring > 0 and squares[k - 1] <= reach * reach:
                break
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                # 2  all of the first and the last row of the ring, the ends of the others
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
                        if labels[j] == label or (found == k and square >= squares[k - 1]):
                            continue
                        # 3  insert it among those found
                        q = found
                        if found == k:
                            q = k - 1
                        else:
                            found += 1
                        while q > 0 and squares[q - 1] > square:
                            squares[q] = squares[q - 1]
                            neighbors[i, q] = neighbors[i, q - 1]
                            q -= 1
                        squares[q] = square
                        neighbors[i, q] = j
        for q in range(found, k):
            neighbors[i, q] = -1


@nearest_in_grid.example
def _(n):
    points = np.random.default_rng(0).random((n, 2))
    return points, grid_of(points)[0], np.arange(n), np.zeros((n, 3), np.int64), np.zeros(3)


@kernel(cache=True, error_model="numpy")
def nearest_in_matrix(D, labels, neighbors):
    """What `nearest_in_grid` finds, from distances (n, n, 1): each row is looked through.

    >>> from mechkit import law
    >>> def looked_at(n):
    ...     nearest_in_matrix(np.ones((n, n, 1)), np.arange(n), np.zeros((n, 1), np.int64))
    >>> law(looked_at, n=range(2, 7)).loads
    Polynomial('2n^2 - 2n')
    """
    k = neighbors.shape[1]
    for i in range(D.shape[0]):
        found = 0
        row = neighbors[i]
        for j in range(D.shape[0]):
            d = D[i, j, 0]
            if labels[j] == labels[i] or (found == k and d >= D[i, row[k - 1], 0]):
                continue
            q = found
            if found == k:
                q = k - 1
            else:
                found += 1
            while q > 0 and D[i, row[q - 1], 0] > d:
                row[q] = row[q - 1]
                q -= 1
            row[q] = j
        for q in range(found, k):
            row[q] = -1


@nearest_in_matrix.example
def _(n):
    return np.random.default_rng(0).random((n, n, 1)), np.arange(n), np.zeros((n, 3), np.int64)


def nearest_neighbors(cities: Cities, k: int, labels: np.ndarray | None = None) -> np.ndarray:
    """The k nearest neighbors of each city (n, k), the nearest first; fewer, where there are fewer cities.

    labels : (n,), where given: cities with the same label are not neighbors, and -1 fills the place of missing ones.

    >>> from mechkit.tsp.cities import cities_of
    >>> nearest_neighbors(cities_of([[0, 0], [1, 0], [3, 0], [7, 0]]), 2)
    array([[1, 2],
           [0, 2],
           [1, 0],
           [2, 1]])
    """
    data = cities.data
    n = len(data)
    k = min(k, n - 1)
    neighbors = np.full((n, max(k, 0)), -1, np.int64)
    if k < 1:
        return neighbors
    apart = np.arange(n) if labels is None else labels
    if data.ndim == 3:
        nearest_in_matrix(data, apart, neighbors)
        return neighbors
    grid, cell = grid_of(data)
    if labels is None and n > CROWDED and np.bincount(cell).max() > CROWDED * PER_CELL:
        return _by_tree(data, k)
    nearest_in_grid(data, grid, apart, neighbors, np.empty(k))
    return neighbors


def _by_tree(points: np.ndarray, k: int) -> np.ndarray:
    """The same for points in clusters, by SciPy's tree."""
    from scipy.spatial import cKDTree

    n = len(points)
    found = cKDTree(points).query(points, k + 1)[1].astype(np.int64)
    # Each city is among its own neighbors, but for cities with many duplicates.
    own = found == np.arange(n)[:, None]
    own[~own.any(axis=1), -1] = True
    return np.ascontiguousarray(found[~own].reshape(n, k))
