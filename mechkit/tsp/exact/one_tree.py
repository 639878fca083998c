"""The shortest 1-tree, which is never longer than a tour, and the ascent that makes the bound better."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance

#: How much of a step goes along the last degrees, and how much along those before: this damps swings.
NOW, BEFORE = 0.7, 0.3


class Tree(NamedTuple):
    """A 1-tree: a spanning tree of the cities 1, ..., n - 1, and two edges from city 0.

    parent : (n,) the edges: (v, parent[v]) for v = 2, 3, ...; (0, parent[0]) and (0, parent[1]) from city 0;
    degree : (n,) of each city; left, key : (n,) memory.
    """

    parent: Any
    degree: Any
    left: Any
    key: Any


@kernel(cache=True, error_model="numpy")
def spanning_tree(cities, potential, first, tree):
    """Find the shortest spanning tree of the cities from first on, with distances as in `one_tree`. Returns its length.

    >>> from mechkit import law
    >>> law(spanning_tree, n=range(2, 9)).flops
    Polynomial('4n^2 + 5n')
    """
    # Prim, Bell System Technical Journal 36 (1957)
    data, rounding = cities
    parent, degree, left, key = tree
    n = degree.size
    total = 0.0
    for v in range(n):
        degree[v] = 0
        key[v] = np.inf
        left[v] = first + 1 + v
    # The nearest city outside the tree joins it.
    new = first
    for many in range(n - 1 - first, 0, -1):
        nearest = 0
        for a in range(many):
            v = left[a]
            d = distance(data, rounding, new, v) + (potential[new] + potential[v])
            if d < key[v]:
                key[v] = d
                parent[v] = new
            if key[v] < key[left[nearest]]:
                nearest = a
        new = left[nearest]
        left[nearest] = left[many - 1]
        total = total + key[new]
        degree[new] += 1
        degree[parent[new]] += 1
    return total


@spanning_tree.example
def _(n):
    size = n + 1
    return Cities(np.arange(2.0 * size).reshape(size, 2), 0), np.zeros(size), 0, tree_of(size)


@kernel(cache=True, error_model="numpy")
def one_tree(cities, potential, tree):
    """Find the shortest 1-tree, where an edge from i to j has the length distance + potential[i] + potential[j].

    Returns its length less twice the potentials: no tour is shorter than this. At least three cities.

    >>> from mechkit import law
    >>> law(one_tree, n=range(2, 9)).flops
    Polynomial('4n^2 + 15n + 14')
    """
    # Held and Karp, Operations Research 18 (1970)
    data, rounding = cities
    parent = tree.parent
    degree = tree.degree
    n = degree.size
    # 1  a spanning tree of the cities 1, ..., n - 1
    total = spanning_tree(cities, potential, 1, tree)
    # 2  the two shortest edges of city 0
    first = np.inf
    second = np.inf
    for v in range(1, n):
        d = distance(data, rounding, 0, v) + (potential[0] + potential[v])
        if d < first:
            second = first
            parent[1] = parent[0]
            first = d
            parent[0] = v
        elif d < second:
            second = d
            parent[1] = v
    degree[0] = 2
    degree[parent[0]] += 1
    degree[parent[1]] += 1
    total = total + (first + second)
    for v in range(n):
        total = total - 2.0 * potential[v]
    return total


@one_tree.example
def _(n):
    size = n + 2
    return Cities(np.arange(2.0 * size).reshape(size, 2), 0), np.zeros(size), tree_of(size)


@kernel(cache=True, error_model="numpy")
def ascend(cities, potential, best, tree, direction, bounds, step, shrink):
    """Change the potentials so that cities with one edge become nearer, and those with many edges farther.

    best : (n,) the potentials of the best bound so far, and where the steps begin; potential, direction : (n,) memory;
    bounds : (m,) filled with the bound at each of m steps; step : the first, in the unit of distances, and shrink the
    factor from one to the next. The last step is where a 1-tree is a tour. Returns the number of steps.

    >>> from mechkit import growth
    >>> found = growth(lambda n: ascend(*ascend.example_arguments(n)), n=[40, 80, 160, 320])
    >>> 1.8 < found.exponent < 2.1
    True
    """
    # Held and Karp, Mathematical Programming 1 (1971); the damping is that of Volgenant and Jonker (1982)
    n = potential.size
    degree = tree.degree
    highest = -np.inf
    for v in range(n):
        potential[v] = best[v]
        direction[v] = 0.0
    for t in range(bounds.size):
        # 1  the bound of these potentials
        bounds[t] = one_tree(cities, potential, tree)
        away = 0
        for v in range(n):
            if degree[v] != 2:
                away += 1
        # 2  it is kept where it is better
        if bounds[t] > highest:
            highest = bounds[t]
            for v in range(n):
                best[v] = potential[v]
        if away == 0:
            return t + 1
        # 3  a step along the subgradient, which is the degrees less two
        for v in range(n):
            direction[v] = NOW * (degree[v] - 2.0) + BEFORE * direction[v]
            potential[v] = potential[v] + step * direction[v]
        step = step * shrink
    return bounds.size


@ascend.example
def _(n):
    size = n + 3
    cities = Cities(np.random.default_rng(0).random((size, 2)), 0)
    return cities, np.zeros(size), np.zeros(size), tree_of(size), np.zeros(size), np.zeros(6), 0.01, 0.9


def tree_of(n: int) -> Tree:
    """Memory for a 1-tree of n cities."""
    return Tree(np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n))


def edges_of(tree: Tree) -> np.ndarray:
    """The edges of a 1-tree (n, 2).

    >>> tree = tree_of(4)
    >>> one_tree(Cities(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]]), 0), np.zeros(4), tree)
    6.0
    >>> edges_of(tree).tolist()
    [[0, 3], [0, 1], [2, 1], [3, 2]]
    """
    ends = np.arange(len(tree.parent))
    ends[1] = 0
    return np.column_stack([ends, tree.parent])


def walk(tree: Tree) -> np.ndarray:
    """The cities in the order in which a walk along the edges of a 1-tree first comes to them.

    >>> tree = tree_of(4)
    >>> _ = one_tree(Cities(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]]), 0), np.zeros(4), tree)
    >>> walk(tree)
    array([0, 1, 2, 3])
    """
    beside: list[list[int]] = [[] for _ in tree.parent]
    for a, b in edges_of(tree).tolist():
        beside[a].append(b)
        beside[b].append(a)
    tour = []
    seen = [False] * len(beside)
    to_do = [0]
    while to_do:
        here = to_do.pop()
        if not seen[here]:
            seen[here] = True
            tour.append(here)
            to_do += beside[here]
    return np.array(tour, np.int64)


def tour_in(tree: Tree) -> np.ndarray | None:
    """The tour that a 1-tree is; None where a city has other than two edges.

    >>> tree = tree_of(4)
    >>> _ = one_tree(Cities(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]]), 0), np.zeros(4), tree)
    >>> tour_in(tree)
    array([0, 1, 2, 3])
    """
    return walk(tree) if (tree.degree == 2).all() else None
