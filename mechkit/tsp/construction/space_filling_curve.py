"""The order of a space-filling curve: near on the curve is near in the plane, and a sort makes the tour."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import cities_of, length_of
from mechkit.tsp.result import TourResult, constructed

#: Coordinates are whole numbers up to 2^LEVELS; twice as many bits say where on the curve a point is.
LEVELS = 28


@kernel(cache=True, error_model="numpy")
def sierpinski(x, y, levels, along):
    """How far along Sierpinski's closed curve points are, whose coordinates are 0, ..., 2^levels.

    >>> from mechkit import law
    >>> x, y, along = np.array([0, 0, 2, 2]), np.array([0, 2, 2, 0]), np.zeros(4, np.int64)
    >>> sierpinski(x, y, 1, along)
    >>> along.argsort()
    array([0, 1, 2, 3])
    >>> def at_the_corner(n):
    ...     sierpinski(np.zeros(n, np.int64), np.zeros(n, np.int64), 4, np.zeros(n, np.int64))
    >>> law(at_the_corner, n=range(1, 6))["int"]["stores"]
    Polynomial('n')
    """
    # Platzman and Bartholdi, J. ACM 36 (1989): the square is two triangles, and each triangle is halved again and again
    whole = 1 << levels
    for i in range(x.size):
        a = x[i]
        b = y[i]
        d = 0
        if a > b:
            d = 1
            a = whole - a
            b = whole - b
        for _ in range(levels + 1):
            # 1  the half beyond the diagonal comes later, and is turned upon the first one
            d = 2 * d
            if a + b > whole:
                d += 1
                c = a
                a = whole - b
                b = c
            # 2  twice as large, and halved again across
            a = 2 * a
            b = 2 * b
            d = 2 * d
            if b > whole:
                d += 1
                c = a
                a = b - whole
                b = whole - c
        along[i] = d


@sierpinski.example
def _(n):
    return np.arange(n), np.arange(n)[::-1].copy(), 8, np.zeros(n, np.int64)


def space_filling_curve(cities: Any) -> TourResult:
    """A tour in the order in which Sierpinski's closed curve visits the cities.

    Parameters
    ----------
    cities : (n, 2) points, or a problem with points from `mechkit.problems.read_tsplib`.

    Returns
    -------
    TourResult
        On random uniform cities about a third longer than the shortest tour, and the fastest of all constructions.

    Raises
    ------
    ValueError, TypeError
        for other shapes, NaN and infinity, and distances without points.

    Operation count
    ---------------
    Of order n, besides the sort; a few integer operations for each of 28 levels.

    >>> from mechkit import law
    >>> law(lambda n: space_filling_curve(np.ones((n, 2))), n=range(1, 6)).flops
    Polynomial('7n - 1')

    References
    ----------
    Platzman and Bartholdi, J. ACM 36 (1989).

    Examples
    --------
    >>> space_filling_curve([[0, 0], [4, 0], [4, 4], [0, 4], [1, 2]]).tour
    array([0, 4, 3, 2, 1])
    """
    points = getattr(cities, "points", None)
    checked = cities_of(cities)
    plane = checked.data if checked.data.ndim == 2 else points
    if plane is None:
        raise ValueError("cities holds distances; a space-filling curve needs points: give an (n, 2) array")
    order = curve_order(plane)
    return constructed(order, length_of(checked, order), "a space-filling curve")


def curve_order(points: np.ndarray) -> np.ndarray:
    """The order of points (n, 2) along Sierpinski's curve; equal ones stay as they are."""
    extent = float(np.ptp(points, axis=0).max(initial=0.0)) or 1.0
    cells = ((points - points.min(axis=0)) / extent * 2**LEVELS).astype(np.int64)
    along = np.empty(len(points), np.int64)
    sierpinski(np.ascontiguousarray(cells[:, 0]), np.ascontiguousarray(cells[:, 1]), LEVELS, along)
    return np.argsort(along, kind="stable")
