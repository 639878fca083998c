"""Meshes of some shapes: the L, the disk and the ball."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from mechkit.checking import whole
from mechkit.odes.elements.meshes import Mesh, rectangle_mesh, signed_volumes


def l_shape_mesh(n: int) -> Mesh:
    """The square from -1 to 1 without its quarter x > 0, y < 0, whose corner at the origin points inwards.

    n : squares along a side of a quarter

    >>> l_shape_mesh(1)
    mesh of 8 points and 6 triangles
    """
    square = rectangle_mesh(2 * whole("n", n), x=(-1.0, 1.0), y=(-1.0, 1.0))
    x, y = square.points[square.cells].mean(axis=1).T
    return without_lone_points(square.points, square.cells[~((x > 0.0) & (y < 0.0))])


def without_lone_points(points: np.ndarray, cells: np.ndarray) -> Mesh:
    """The mesh of some cells, and of the points that they have.

    >>> without_lone_points(np.eye(4)[:, :2], np.array([[0, 1, 3]])).cells
    array([[0, 1, 2]])
    """
    used, numbers = np.unique(cells, return_inverse=True)
    return Mesh(points[used], numbers.reshape(cells.shape))


def disk_mesh(n: int) -> Mesh:
    """The disk of radius 1: n rings of triangles about the origin, the outer points on the circle.

    >>> disk_mesh(4)
    mesh of 61 points and 96 triangles
    """
    rings = whole("n", n)
    points = [np.zeros((1, 2))]
    cells: list[list[int]] = []
    for ring in range(1, rings + 1):
        angles = np.arange(6 * ring) * (2.0 * np.pi / (6 * ring))
        points.append(ring / rings * np.column_stack([np.cos(angles), np.sin(angles)]))
        inner, outer = 1 + 3 * (ring - 1) * (ring - 2) if ring > 1 else 0, 1 + 3 * ring * (ring - 1)
        around = 6 * (ring - 1)
        for sector in range(6):
            for k in range(ring):
                out = sector * ring + k
                here = inner + (sector * (ring - 1) + k) % around if ring > 1 else 0
                cells.append([here, outer + out, outer + (out + 1) % (6 * ring)])
                if k < ring - 1:
                    ahead = inner + (sector * (ring - 1) + k + 1) % around
                    cells.append([here, outer + (out + 1) % (6 * ring), ahead])
    return Mesh(np.vstack(points), np.array(cells))


def half_disk_mesh(n: int) -> Mesh:
    """The half x >= 0 of the disk of radius 1, which turns into a ball about the axis x = 0: n half rings.

    >>> half_disk_mesh(4)
    mesh of 35 points and 48 triangles
    """
    disk = disk_mesh(n)
    upper = disk.points[disk.cells][:, :, 1].mean(axis=1) > 0.0
    half = without_lone_points(disk.points, disk.cells[upper])
    x, y = half.points.T
    axis = np.abs(y) < 1e-9  # rounding: sin(pi) is not 0
    return Mesh(np.column_stack([np.where(axis, 0.0, y), -x]), half.cells)


def ball_mesh(n: int) -> Mesh:
    """The ball of radius 1: a cube of (2n)^3 small cubes, six tetrahedra each, drawn onto the ball.

    >>> ball_mesh(2)
    mesh of 125 points and 384 tetrahedra
    """
    m = 2 * whole("n", n) + 1
    grid = np.linspace(-1.0, 1.0, m)
    cube = np.stack(np.meshgrid(grid, grid, grid, indexing="ij"), axis=-1).reshape(-1, 3)
    # Each ray from the center is shortened, so that the surface of the cube goes to the sphere.
    length = np.linalg.norm(cube, axis=1)
    largest = np.abs(cube).max(axis=1)
    points = cube * np.divide(largest, length, out=np.ones_like(length), where=length > 0.0)[:, np.newaxis]
    steps = np.array([m * m, m, 1])
    corner = np.arange(m**3).reshape(m, m, m)[:-1, :-1, :-1].reshape(-1)
    middle = cube[corner] + 1.0 / (m - 1)
    cells = []
    for i, j in permutations(range(3), 2):
        # 1  in each octant the diagonal of the cubes goes along the ray from the center
        turned = np.where(middle > 0.0, 1, -1) * steps
        start = corner + np.where(middle > 0.0, 0, 1) @ steps
        path = [start, start + turned[:, i], start + turned[:, i] + turned[:, j], start + turned.sum(axis=1)]
        cells.append(np.column_stack(path))
    found = np.concatenate(cells)
    wrong = signed_volumes(points, found) < 0.0
    found[wrong, 1], found[wrong, 2] = found[wrong, 2], found[wrong, 1].copy()
    return Mesh(points, found)
