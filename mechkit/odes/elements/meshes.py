"""Meshes of triangles and tetrahedra: made, checked and refined."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np

from mechkit.checking import finite, float_array, whole

#: A cell is flat where its volume is this share, or less, of the cube on its longest side: a few thousand roundings.
FLAT = 1e-12
CELLS = {2: "triangle", 3: "tetrahedron"}
SIDES = {2: "side", 3: "face"}


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles or tetrahedra that share corners: points (n, d) and cells (t, d + 1), counterclockwise.

    Make one by `rectangle_mesh`, `triangle_mesh` and their like, which check it.
    """

    points: np.ndarray
    cells: np.ndarray

    def __repr__(self) -> str:
        """How large the mesh is."""
        kinds = {2: "triangles", 3: "tetrahedra"}
        return f"mesh of {len(self.points):,} points and {len(self.cells):,} {kinds[self.dimension]}"

    @property
    def dimension(self) -> int:
        """2 for triangles, 3 for tetrahedra."""
        return self.points.shape[1]

    @property
    def triangles(self) -> np.ndarray:
        """The cells, by the name that they have in a plane."""
        return self.cells

    @cached_property
    def volumes(self) -> np.ndarray:
        """(t,), the areas of triangles, or the volumes of tetrahedra."""
        return signed_volumes(self.points, self.cells)

    @cached_property
    def boundary(self) -> np.ndarray:
        """(m, d), the sides or faces that belong to one cell only, each by its corners in ascending order."""
        keys = np.sort(_keys(self._facets(), len(self.points)))
        new = np.concatenate([[True], keys[1:] != keys[:-1], [True]])
        alone = keys[new[:-1] & new[1:]]
        corners = []
        for _ in range(self.dimension):
            alone, corner = np.divmod(alone, len(self.points))
            corners.append(corner)
        return np.column_stack(corners[::-1])

    @cached_property
    def edges(self) -> tuple[np.ndarray, np.ndarray]:
        """(m, 2), all sides of the triangles, and (t, 3), which of them are those of each triangle.

        In the order of corners 0 and 1, 1 and 2, 2 and 0.
        """
        ends = np.sort(self.cells[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        keys, which = np.unique(_keys(ends, len(self.points)), return_inverse=True)
        return np.column_stack(np.divmod(keys, len(self.points))), which.reshape(-1, 3)

    def refine(self, marked: Any = None) -> Mesh:
        """Every triangle in four equal ones; or only those that are marked, (t,) of bools, in two or more.

        A marked triangle is cut across its longest side, and so are others, until each side has no point in its middle.

        >>> rectangle_mesh(1).refine()
        mesh of 9 points and 8 triangles
        >>> rectangle_mesh(2).refine([True, *[False] * 7])
        mesh of 10 points and 10 triangles
        """
        if self.dimension != 2:
            raise ValueError(f"refine splits triangles; this mesh has cells of {self.dimension} dimensions")
        if marked is not None:
            return bisected(self, marked)
        ends, which = self.edges
        a, b, c = self.cells.T
        ab, bc, ca = (which + len(self.points)).T
        cells = np.concatenate([np.column_stack(s) for s in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
        return Mesh(np.vstack([self.points, self.points[ends].mean(axis=1)]), cells)

    def _facets(self) -> np.ndarray:
        d = self.dimension
        corners = np.array(list(combinations(range(d + 1), d)))
        facets = self.cells[:, corners].reshape(-1, d)
        if d == 2:
            return np.column_stack([np.minimum(*facets.T), np.maximum(*facets.T)])
        return np.sort(facets, axis=1)


def _keys(rows: np.ndarray, n: int) -> np.ndarray:
    """Each row of whole numbers below n as one number."""
    key = rows[:, 0].astype(np.int64)
    for column in rows.T[1:]:
        key = key * n + column
    return key


def signed_volumes(points: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """(t,), the volumes, negative where a cell is numbered clockwise.

    >>> signed_volumes(np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), np.array([[0, 1, 2], [0, 2, 1]]))
    array([ 1., -1.])
    """
    sides = points[cells[:, 1:]] - points[cells[:, :1]]
    if points.shape[1] == 2:
        return (sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]) / 2.0
    cross = np.cross(sides[:, 1], sides[:, 2])
    return np.einsum("ti,ti->t", sides[:, 0], cross) / factorial(3)


def bisected(mesh: Mesh, marked: Any) -> Mesh:
    """Cut the marked triangles across their longest sides, and others where this leaves a point on a side.

    References: Rivara, Internat. J. Numer. Methods Engrg. 20 (1984) 745-756.

    >>> mesh = rectangle_mesh(1)
    >>> bisected(mesh, [True, False])
    mesh of 5 points and 4 triangles
    """
    chosen = np.asarray(marked)
    if chosen.shape != (len(mesh.cells),) or chosen.dtype != bool:
        raise ValueError(f"marked has shape {chosen.shape} of {chosen.dtype}; give {len(mesh.cells)} bools")
    sides = mesh.points[mesh.cells[:, [1, 2, 0]]] - mesh.points[mesh.cells]
    longest = np.argmax((sides**2).sum(axis=2), axis=1)
    turn = (longest[:, np.newaxis] + np.arange(3)) % 3  # corners 0 and 1 are the ends of the longest side
    cells = np.take_along_axis(mesh.cells, turn, axis=1)
    ends, which = mesh.edges
    which = np.take_along_axis(which, turn, axis=1)

    cut = np.zeros(len(ends), bool)
    cut[which[chosen, 0]] = True
    while True:  # where a side is cut, the longest one is too
        more = cut[which].any(axis=1) & ~cut[which[:, 0]]
        if not more.any():
            break
        cut[which[more, 0]] = True

    middle = np.cumsum(cut) - 1 + len(mesh.points)
    parts = []
    for triangle, side in zip(cells, which, strict=True):
        parts += _halves(triangle.tolist(), [int(middle[s]) if cut[s] else -1 for s in side])
    return Mesh(np.vstack([mesh.points, mesh.points[ends[cut]].mean(axis=1)]), np.array(parts))


def _halves(triangle: list[int], middle: list[int]) -> list[list[int]]:
    """The parts of a triangle: cut across its first side, then each half across its other one if that has a middle."""
    a, b, c = triangle
    m, right, left = middle
    if m < 0:
        return [triangle]
    first = [[c, left, m], [left, a, m]] if left >= 0 else [[c, a, m]]
    second = [[b, right, m], [right, c, m]] if right >= 0 else [[b, c, m]]
    return first + second


def rectangle_mesh(nx: int, ny: int | None = None, x: Any = (0.0, 1.0), y: Any = (0.0, 1.0)) -> Mesh:
    """A rectangle of nx times ny equal rectangles, each cut into two triangles by its diagonal.

    Parameters
    ----------
    nx, ny : rectangles in each direction; ny is nx where left out
    x, y : the ends of the rectangle

    Raises
    ------
    ValueError, TypeError
        for numbers that are not whole, and ends that are not in ascending order.

    Examples
    --------
    >>> rectangle_mesh(2)
    mesh of 9 points and 8 triangles
    >>> rectangle_mesh(1).triangles
    array([[0, 1, 3],
           [0, 3, 2]])
    """
    nx = whole("nx", nx)
    ny = nx if ny is None else whole("ny", ny)
    X, Y = (_side(name, ends, n) for name, ends, n in (("x", x, nx), ("y", y, ny)))
    points = np.empty((ny + 1, nx + 1, 2))
    points[:, :, 0] = X
    points[:, :, 1] = Y[:, np.newaxis]
    corner = (np.arange(nx) + (nx + 1) * np.arange(ny)[:, np.newaxis]).reshape(-1)
    opposite = corner + nx + 2
    cells = np.stack([corner, corner + 1, opposite, corner, opposite, opposite - 1], axis=1)
    return Mesh(points.reshape(-1, 2), cells.reshape(-1, 3))


def _side(name: str, ends: Any, n: int) -> np.ndarray:
    if np.shape(ends) != (2,):
        raise ValueError(f"{name} is {ends!r}; give its two ends, such as (0.0, 1.0)")
    low, high = (finite(f"{name}[{i}]", float(end)) for i, end in enumerate(ends))
    points = np.linspace(low, high, n + 1)
    if not (np.diff(points) > 0.0).all():
        raise ValueError(f"{name} is {ends!r}, in {n} parts; its ends must be in ascending order, and further apart")
    return points


def triangle_mesh(points: Any, triangles: Any) -> Mesh:
    """A mesh from arrays, checked.

    Parameters
    ----------
    points : (n, 2), the corners
    triangles : (t, 3), the numbers of each triangle's corners, from 0, counterclockwise

    Raises
    ------
    ValueError, TypeError
        for a number that no point has, and a flat or clockwise triangle. Also for a side of more than two triangles,
        and a point that belongs to no triangle. The message names the first of them.

    Examples
    --------
    >>> triangle_mesh([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [[0, 1, 2]])
    mesh of 3 points and 1 triangles
    >>> triangle_mesh([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [[0, 2, 1]])
    Traceback (most recent call last):
    ValueError: triangles[0] is clockwise; number its corners counterclockwise: [0, 1, 2]
    """
    return _checked_mesh(points, triangles, 2, "triangles")


def tetrahedron_mesh(points: Any, tetrahedra: Any) -> Mesh:
    """A mesh from arrays, checked: `triangle_mesh` in space.

    Parameters
    ----------
    points : (n, 3), the corners
    tetrahedra : (t, 4), the numbers of each tetrahedron's corners; seen from the last, the others go clockwise

    Raises
    ------
    ValueError, TypeError
        as `triangle_mesh` does.

    Examples
    --------
    >>> tetrahedron_mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 2, 3]])
    mesh of 4 points and 1 tetrahedra
    """
    return _checked_mesh(points, tetrahedra, 3, "tetrahedra")


def _checked_mesh(points: Any, cells: Any, d: int, name: str) -> Mesh:
    places = float_array("points", points, (2,)).astype(np.float64)
    if places.shape[1] != d:
        raise ValueError(f"points has shape {places.shape}; it must be (n, {d})")
    given = np.asarray(cells)
    if given.ndim != 2 or given.shape[1] != d + 1 or not len(given):
        raise ValueError(f"{name} has shape {given.shape}; it must be (t, {d + 1})")
    if given.dtype.kind not in "iu":
        raise TypeError(f"{name} holds {given.dtype} values; give it whole numbers")
    n = len(places)
    for t in np.flatnonzero(((given < 0) | (given >= n)).any(axis=1))[:1]:
        raise ValueError(f"{name}[{t}] is {given[t].tolist()}; its numbers must be from 0 to {n - 1}")
    mesh = Mesh(places, given.astype(np.int64))
    _check_shapes(mesh, name)
    used = np.zeros(n, bool)
    used[mesh.cells] = True
    if not used.all():
        raise ValueError(f"points[{int(np.argmin(used))}] belongs to no {CELLS[d]}; remove it")
    _check_neighbors(mesh)
    return mesh


def _check_shapes(mesh: Mesh, name: str) -> None:
    d = mesh.dimension
    corners = mesh.points[mesh.cells]
    corners = corners - corners[:, :1]  # exact where the cell is small and far from the origin
    longest = np.zeros(len(corners))
    for i, j in combinations(range(d + 1), 2):
        longest = np.maximum(longest, np.abs(corners[:, i] - corners[:, j]).max(axis=1))
    size = longest if longest.all() else np.where(longest == 0.0, 1.0, longest)
    shares = signed_volumes(corners.reshape(-1, d) / np.repeat(size, d + 1)[:, np.newaxis], _own_numbers(mesh.cells))
    for t in np.flatnonzero(np.abs(shares) <= FLAT)[:1]:
        raise ValueError(f"{name}[{t}] is flat: its corners {mesh.cells[t].tolist()} lie on a {_flat(d)}; remove it")
    for t in np.flatnonzero(shares < 0.0)[:1]:
        turned = mesh.cells[t].tolist()
        turned[1:3] = turned[2], turned[1]
        raise ValueError(f"{name}[{t}] is clockwise; number its corners counterclockwise: {turned}")


def _own_numbers(cells: np.ndarray) -> np.ndarray:
    return np.arange(cells.size).reshape(cells.shape)


def _flat(d: int) -> str:
    return {2: "line", 3: "plane"}[d]


def _check_neighbors(mesh: Mesh) -> None:
    """Raise ValueError where more than two cells share a side, or two triangles lie on the same side of one."""
    _, first, times = np.unique(_keys(mesh._facets(), len(mesh.points)), return_index=True, return_counts=True)
    if times.max() > 2:
        facet = mesh._facets()[first[np.argmax(times > 2)]].tolist()
        raise ValueError(
            f"the {SIDES[mesh.dimension]} with the corners {facet} belongs to {times.max()} cells; "
            "cells may not overlap, and two share it at most"
        )
    if mesh.dimension != 2:
        return
    # Neighbors that both go counterclockwise pass their common side in opposite directions.
    passed = mesh.cells[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    _, first, times = np.unique(_keys(passed, len(mesh.points)), return_index=True, return_counts=True)
    if times.max() > 1:
        side = passed[first[np.argmax(times > 1)]]
        both = np.flatnonzero((passed == side).all(axis=1)) // 3
        raise ValueError(f"triangles[{both[0]}] and triangles[{both[1]}] overlap beside the side {side.tolist()}")
    _check_hanging(mesh)


def _check_hanging(mesh: Mesh) -> None:
    """Raise ValueError where a corner of the boundary lies inside a side of the boundary: u would have a gap there.

    The corners near a side are found in the order of their first coordinate, so that most pairs are never looked at.
    """
    sides = mesh.boundary
    corners = np.unique(sides)
    ends = mesh.points[sides]
    axis = int(np.argmax(np.ptp(mesh.points[corners], axis=0)))
    corners = corners[np.argsort(mesh.points[corners, axis], kind="stable")]
    along = mesh.points[corners, axis]
    low = np.searchsorted(along, ends[:, :, axis].min(axis=1), "left")
    high = np.searchsorted(along, ends[:, :, axis].max(axis=1), "right")
    for s in np.flatnonzero(high - low > 2):
        near = corners[low[s] : high[s]]
        near = near[(near != sides[s, 0]) & (near != sides[s, 1])]
        (x, y), (dx, dy) = (mesh.points[near] - ends[s, 0]).T, ends[s, 1] - ends[s, 0]
        size = max(abs(dx), abs(dy))
        share = (x / size * dx + y / size * dy) / (dx / size * dx + dy / size * dy)
        aside = np.abs(x / size * (dy / size) - y / size * (dx / size))
        for k in np.flatnonzero((share > FLAT) & (share < 1.0 - FLAT) & (aside <= FLAT))[:1]:
            raise ValueError(
                f"points[{near[k]}] lies inside the side {sides[s].tolist()} of a triangle that it is no corner of; "
                "divide that triangle there"
            )
