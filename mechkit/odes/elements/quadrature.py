"""Rules of quadrature on reference cells: points (q, d) and weights (q,) that are exact to a degree."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import leggauss


@lru_cache(maxsize=64)
def simplex_rule(dimension: int, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """The rule of a line, a triangle or a tetrahedron of side 1 that is exact for polynomials of a degree.

    Gauss's rule on a line. The rules with the fewest points are used on triangles to degree 2, and on tetrahedra to
    degree 1. All others are Gauss's rule in each direction of a cube, of which one side is drawn together to a point.

    References: Strang and Fix, An Analysis of the Finite Element Method, section 4.3; Stroud, Approximate Calculation
    of Multiple Integrals (1971), section 2.4.

    >>> points, weights = simplex_rule(2, 4)
    >>> x, y = points.T
    >>> round(float(weights @ (x**2 * y**2)), 15) == round(1 / 180, 15)
    True
    """
    if degree <= 1:
        sides = np.full((1, dimension), 1.0 / (dimension + 1.0))
        volume = 1.0 / np.prod(np.arange(1.0, dimension + 1.0))
        return sides, np.full(1, volume)
    if dimension == 2 and degree == 2:
        return np.array([[1.0, 1.0], [4.0, 1.0], [1.0, 4.0]]) / 6.0, np.full(3, 1.0 / 6.0)
    # A direction that is drawn together brings the factor 1 - t, one degree for each such direction.
    nodes, weights = leggauss((degree + dimension - 1) // 2 + 1)
    t, w = (nodes + 1.0) / 2.0, weights / 2.0
    points, rule = t[:, np.newaxis], w
    for below in range(1, dimension):
        shrunk = [np.column_stack([np.full(len(points), s), (1.0 - s) * points]) for s in t]
        points = np.concatenate(shrunk)
        rule = np.concatenate([v * (1.0 - s) ** below * rule for s, v in zip(t, w, strict=True)])
    return np.ascontiguousarray(points), rule
