"""From the reference cell to each cell of a mesh: derivatives of the map, sizes, and the points of quadrature."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED

# Each kernel fills inverse (t, d, d), where inverse[t, a, b] is the derivative of reference coordinate a in direction
# b, and size (t,), by which the map enlarges a volume.


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def map_lines(points, cells, inverse, size):
    """The maps to the intervals with ends points[cells], cells (t, 2): a difference and a division each.

    >>> from mechkit import law
    >>> law(map_lines, n=range(1, 6)).flops
    Polynomial('2n')
    """
    for t in range(size.size):
        h = points[cells[t, 1], 0] - points[cells[t, 0], 0]
        size[t] = h
        inverse[t, 0, 0] = np.float32(1.0) / h


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def map_triangles(points, cells, inverse, size):
    """The maps to the triangles with corners points[cells], cells (t, 3), numbered counterclockwise.

    >>> from mechkit import law
    >>> found = law(map_triangles, n=range(1, 6))
    >>> found.flops, found.div
    (Polynomial('11n'), Polynomial('4n'))
    """
    for t in range(size.size):
        corner = points[cells[t, 0]]
        second = points[cells[t, 1]]
        third = points[cells[t, 2]]
        ax = second[0] - corner[0]  # 1  the sides from the first corner, the columns of the Jacobian
        ay = second[1] - corner[1]
        bx = third[0] - corner[0]
        by = third[1] - corner[1]

        area = ax * by - ay * bx  # 2  its determinant, twice the area, and its inverse
        size[t] = area
        inverse[t, 0, 0] = by / area
        inverse[t, 0, 1] = -bx / area
        inverse[t, 1, 0] = -ay / area
        inverse[t, 1, 1] = ax / area


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def map_tetrahedra(points, cells, inverse, size):
    """The maps to the tetrahedra with corners points[cells], cells (t, 4).

    >>> from mechkit import law
    >>> law(map_tetrahedra, n=range(1, 6)).flops
    Polynomial('50n')
    """
    for t in range(size.size):
        corner = points[cells[t, 0]]
        A = inverse[t]
        for j in range(3):  # 1  the sides from the first corner, as rows
            for i in range(3):
                A[j, i] = points[cells[t, j + 1], i] - corner[i]
        ax, ay, az = A[0, 0], A[0, 1], A[0, 2]
        bx, by, bz = A[1, 0], A[1, 1], A[1, 2]
        cx, cy, cz = A[2, 0], A[2, 1], A[2, 2]

        ux = by * cz - bz * cy  # 2  a x (b x c), six times the volume
        uy = bz * cx - bx * cz
        uz = bx * cy - by * cx
        volume = ax * ux + ay * uy + az * uz
        size[t] = volume

        A[0, 0] = ux / volume  # 3  cross products over the volume: the inverse
        A[0, 1] = uy / volume
        A[0, 2] = uz / volume
        A[1, 0] = (cy * az - cz * ay) / volume
        A[1, 1] = (cz * ax - cx * az) / volume
        A[1, 2] = (cx * ay - cy * ax) / volume
        A[2, 0] = (ay * bz - az * by) / volume
        A[2, 1] = (az * bx - ax * bz) / volume
        A[2, 2] = (ax * by - ay * bx) / volume


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def measure_sides(points, sides, size):
    """size (m,) = the lengths of sides (m, 2) in a plane.

    >>> from mechkit import law
    >>> found = law(measure_sides, n=range(1, 6))
    >>> found.sub, found.mul, found.add, found.sqrt
    (Polynomial('2n'), Polynomial('2n'), Polynomial('n'), Polynomial('n'))
    """
    for m in range(size.size):
        x = points[sides[m, 1], 0] - points[sides[m, 0], 0]
        y = points[sides[m, 1], 1] - points[sides[m, 0], 1]
        size[m] = math.sqrt(x * x + y * y)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def place_points(points, cells, shares, X):
    """X (tq, d) = the points of quadrature of all cells; shares (q, k) : the share of each corner in each of them.

    Two points on each of n lines:

    >>> from mechkit import law
    >>> law(place_points, n=range(1, 6)).flops
    Polynomial('6n')
    """
    q = shares.shape[0]
    for t in range(cells.shape[0]):
        for m in range(q):
            for i in range(X.shape[1]):
                s = shares[m, 0] * points[cells[t, 0], i]
                for j in range(1, cells.shape[1]):
                    s = s + shares[m, j] * points[cells[t, j], i]
                X[t * q + m, i] = s


def _fan(n):
    """n equal triangles about the origin, which overlap where n is large."""
    angles = np.arange(n + 1.0)
    points = np.vstack([np.zeros((1, 2)), np.column_stack([np.cos(angles), np.sin(angles)])])
    return points, np.array([[0, i + 1, i + 2] for i in range(n)])


def _line(n):
    return np.linspace(0.0, 1.0, n + 1).reshape(-1, 1), np.array([[i, i + 1] for i in range(n)])


@map_lines.example
def _(n):
    return *_line(n), np.zeros((n, 1, 1)), np.zeros(n)


@map_triangles.example
def _(n):
    return *_fan(n), np.zeros((n, 2, 2)), np.zeros(n)


@map_tetrahedra.example
def _(n):
    points = np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.5], [0.0, 1.0, 0.0], [0.5, 0.0, 3.0]])
    return points, np.array([[0, 1, 2, 3]] * n), np.zeros((n, 3, 3)), np.zeros(n)


@measure_sides.example
def _(n):
    points, cells = _fan(n)
    return points, cells[:, :2].copy(), np.zeros(n)


@place_points.example
def _(n):
    return *_line(n), np.array([[0.75, 0.25], [0.25, 0.75]]), np.zeros((2 * n, 1))


#: Dimension of the cells -> the kernel that maps to them.
MAPS = {1: map_lines, 2: map_triangles, 3: map_tetrahedra}
