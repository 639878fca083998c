"""The order of a Runge-Kutta method, from its table: one condition for each rooted tree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from mechkit.checking import float_array

#: A rooted tree is the tuple of the trees that hang from its root, in order.
Tree = tuple[Any, ...]


@lru_cache(maxsize=32)
def rooted_trees(vertices: int) -> tuple[Tree, ...]:
    """All rooted trees with so many vertices.

    >>> [len(rooted_trees(n)) for n in range(1, 9)]
    [1, 1, 2, 4, 9, 20, 48, 115]
    >>> rooted_trees(3)
    (((), ()), (((),),))
    """
    return tuple(sorted(set(_forests(vertices - 1, vertices - 1)), key=lambda tree: (-len(tree), repr(tree))))


def _forests(vertices: int, largest: int) -> Iterator[Tree]:
    """Multisets of trees of at most `largest` vertices, with so many vertices in all."""
    if vertices == 0:
        yield ()
        return
    for size in range(min(vertices, largest), 0, -1):
        for copies in range(1, vertices // size + 1):
            for rest in _forests(vertices - copies * size, size - 1):
                for chosen in combinations_with_replacement(rooted_trees(size), copies):
                    yield tuple(sorted((*chosen, *rest), key=repr))


def density(tree: Tree) -> int:
    """The product, over all vertices, of the number of vertices that hang from each, itself among them.

    >>> density(((), ())), density((((),),))
    (3, 6)
    """
    return _vertices(tree) * math.prod(map(density, tree))


def _vertices(tree: Tree) -> int:
    return 1 + sum(map(_vertices, tree))


def _weights(tree: Tree, A: np.ndarray) -> np.ndarray:
    """The product of what each branch gives at each stage."""
    found = np.ones(A.shape[0])
    for branch in tree:
        found = found * (A @ _weights(branch, A))
    return found


def residual(A: np.ndarray, b: np.ndarray, order: int) -> float:
    """The largest error of the conditions of exactly one order: b'w = 1 / density, for each tree.

    >>> A = np.array([[0.0, 0.0], [0.5, 0.0]])
    >>> residual(A, np.array([0.0, 1.0]), 2)
    0.0
    """
    return max(abs(float(b @ _weights(tree, A)) - 1.0 / density(tree)) for tree in rooted_trees(order))


def order_of(A: Any, b: Any, tolerance: float = 1e-12, highest: int = 10) -> int:
    """The order of the Runge-Kutta method with a matrix A (s, s) and weights b (s,).

    Returns
    -------
    int
        the order up to which all conditions hold, within a tolerance; `highest` at most.

    Raises
    ------
    ValueError, TypeError
        where A and b are not finite real numbers in these shapes.

    References: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., theorem II.2.13.

    Examples
    --------
    >>> from mechkit.odes.tableaus import RK4
    >>> order_of(RK4.A, RK4.b)
    4
    """
    A, b = float_array("A", A, (2,)), float_array("b", b, (1,))
    if A.shape != (b.size, b.size):
        raise ValueError(f"A has shape {A.shape}; with {b.size} weights in b it must be {(b.size, b.size)}")
    for order in range(1, highest + 1):
        if not residual(A, b, order) <= tolerance:
            return order - 1
    return highest
