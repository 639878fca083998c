"""Neighbors that lead out of clusters: the nearest cities alone are all in the same one."""

from __future__ import annotations

import numpy as np

from mechkit.tsp.cities import Cities
from mechkit.tsp.grid import nearest_neighbors

#: So many neighbors of each city lie in other clusters.
OUTSIDE = 2
#: With fewer neighbors, random cities without clusters fall into parts as well.
FEWEST = 8
#: From each city the search for the next cluster looks through its own, which takes long in a larger one.
LARGEST = 2_000
#: With more cities, the clusters themselves take long to find.
MOST = 200_000


def neighbors_across(cities: Cities, k: int) -> np.ndarray:
    """The k nearest neighbors of each city (n, k); where there are clusters, the last two are the nearest outside.

    A cluster is a connected part of the graph of nearest neighbors.

    >>> points = np.concatenate([np.random.default_rng(0).random((20, 2)), [[5.0, 0.0], [5.0, 1.0]] * 10])
    >>> nearest = nearest_neighbors(Cities(points, 0), 9)
    >>> bool((nearest[:20] < 20).all()), bool((neighbors_across(Cities(points, 0), 9)[:20, -2:] >= 20).all())
    (True, True)
    """
    n = len(cities.data)
    near = nearest_neighbors(cities, k)
    if near.shape[1] < FEWEST or n > MOST:
        return near
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    ends = np.arange(0, near.size + 1, near.shape[1])
    parts, part = connected_components(csr_matrix((np.ones(near.size), near.ravel(), ends), (n, n)), directed=False)
    if parts == 1 or np.bincount(part).max() > LARGEST:
        return near
    outside = nearest_neighbors(cities, OUTSIDE, part.astype(np.int64))
    near[:, -OUTSIDE:] = np.where(outside < 0, near[:, -OUTSIDE:], outside)
    return near
