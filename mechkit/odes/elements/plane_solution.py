"""A solution on triangles or tetrahedra: a function that knows its nodes, gradient, integrals and errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from mechkit.checking import float_array
from mechkit.odes.elements.meshes import Mesh
from mechkit.odes.elements.quadrature import simplex_rule
from mechkit.odes.elements.reference import Element

#: Degree of the quadrature of errors, beyond twice that of the element.
EXTRA = 3
#: A point this far outside a cell, in shares of the cell, is still in it.
ROUNDING = 1e-10
#: So many of the nearest cells are searched for a point before all of them are.
NEAREST = 12


@dataclass(frozen=True, eq=False, repr=False)
class MeshSolution:
    """The solution of `poisson_2d` or `poisson_3d`, callable at points.

    mesh; nodes : (m, d), where the unknowns and the given values are: the corners first; values : (m,), u there;
    success : whether the equations hold within the tolerance; message : a sentence on that; unknowns : how many;
    nonzeros : of the matrix; nit : steps of conjugate gradients, 0 where the system was solved directly; energy : half
    the integral of a |grad u|^2 + c u^2.
    """

    mesh: Mesh
    nodes: np.ndarray
    values: np.ndarray
    success: bool
    message: str
    unknowns: int
    nonzeros: int
    nit: int
    energy: float
    dofs: np.ndarray
    element: Element
    symmetry: str | None = None

    def __repr__(self) -> str:
        """What it is, and whether it is right."""
        return f"u on a {self.mesh!r}, {self.element.name}, {self.unknowns} unknowns: {self.message}"

    def __call__(self, *at: Any) -> Any:
        """u at points x, y (or x, y, z), numbers or arrays; NaN outside the mesh."""
        shape, cell, place = self._find(at)
        values, _ = self.element.tabulate(place)
        found = np.einsum("mk,mk->m", values, self.values[self.dofs[cell]])
        found[cell < 0] = np.nan
        return float(found[0]) if shape == () else found.reshape(shape)

    def gradient(self, *at: Any) -> np.ndarray:
        """The gradient (..., d) at points x, y (or x, y, z); NaN outside the mesh, and one side's value at a jump."""
        shape, cell, place = self._find(at)
        _, slopes = self.element.tabulate(place)
        found = np.einsum("mkc,mk,mcb->mb", slopes, self.values[self.dofs[cell]], self._inverse[cell])
        found[cell < 0] = np.nan
        return found.reshape(*shape, self.mesh.dimension)

    @property
    def gradients(self) -> np.ndarray:
        """(t, d), the gradient in the center of each cell."""
        center = np.full((1, self.mesh.dimension), 1.0 / (self.mesh.dimension + 1))
        slopes = self.element.tabulate(center)[1][0]
        return np.einsum("kc,tk,tcb->tb", slopes, self.values[self.dofs], self._inverse, optimize=True)

    def integral(self) -> float:
        """The integral of u; under symmetry over the body that the triangles turn into."""
        return self._sum(lambda X, u, du: u)

    def l2_error(self, exact: Callable[..., Any]) -> float:
        """The root of the integral of (u - exact)^2; exact is a function of arrays x, y (or x, y, z)."""
        return math.sqrt(self._sum(lambda X, u, du: (u - exact(*X)) ** 2))

    def h1_error(self, gradient: Callable[..., Any]) -> float:
        """The root of the integral of |grad u - gradient|^2; gradient is a function of arrays that returns a pair."""
        return math.sqrt(self._sum(lambda X, u, du: sum((d - g) ** 2 for d, g in zip(du, gradient(*X), strict=True))))

    @cached_property
    def _inverse(self) -> np.ndarray:
        corners = self.mesh.points[self.mesh.cells]
        return np.linalg.inv((corners[:, 1:] - corners[:, :1]).transpose(0, 2, 1))

    @cached_property
    def _centers(self) -> cKDTree:
        return cKDTree(self.mesh.points[self.mesh.cells].mean(axis=1))

    def _find(self, at: tuple[Any, ...]) -> tuple[tuple[int, ...], np.ndarray, np.ndarray]:
        """The shape of the points, the cell of each, -1 outside, and the place on the reference cell."""
        letters = "xyz"[: self.mesh.dimension]
        if len(at) != len(letters):
            raise TypeError(
                f"a point has {len(letters)} coordinates here, given are {len(at)}: u({', '.join(letters)})"
            )
        arrays = [float_array(letter, value, (0, 1, 2)) for letter, value in zip(letters, at, strict=True)]
        shape = np.broadcast_shapes(*map(np.shape, at))
        X = np.column_stack([np.broadcast_to(array, shape or (1,)).astype(float).reshape(-1) for array in arrays])
        cell = np.full(len(X), -1)
        place = np.full(X.shape, 1.0 / 3.0)
        k = min(NEAREST, len(self.mesh.cells))
        near = self._centers.query(X, k)[1].reshape(len(X), k)
        for i, point in enumerate(X):
            if not self._take(near[i], point, i, cell, place):
                self._take(np.arange(len(self.mesh.cells)), point, i, cell, place)
        return shape, cell, place

    def _take(self, candidates: np.ndarray, point: np.ndarray, i: int, cell: np.ndarray, place: np.ndarray) -> bool:
        start = self.mesh.points[self.mesh.cells[candidates, 0]]
        local = np.einsum("tab,tb->ta", self._inverse[candidates], point - start)
        depth = np.minimum(local.min(axis=1), 1.0 - local.sum(axis=1))
        best = int(np.argmax(depth))
        if depth[best] < -ROUNDING:
            return False
        cell[i], place[i] = candidates[best], local[best]
        return True

    def _sum(self, density: Callable[[Any, Any, Any], Any]) -> float:
        points, weights = simplex_rule(self.mesh.dimension, 2 * self.element.degree + EXTRA)
        values, slopes = self.element.tabulate(points)
        U = self.values[self.dofs]
        corners = self.mesh.points[self.mesh.cells]
        shares = np.column_stack([1.0 - points.sum(axis=1), points])
        X = np.einsum("mj,tjd->dtm", shares, corners)
        du = np.einsum("mkc,tk,tcb->btm", slopes, U, self._inverse, optimize=True)
        each = density(X, U @ values.T, du) * weights
        if self.symmetry:
            each = each * (2.0 * math.pi) * X[0]
        volumes = self.mesh.volumes * math.factorial(self.mesh.dimension)
        return float(np.sum(volumes[:, np.newaxis] * each))
