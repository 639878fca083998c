"""A solution in one dimension: a function that knows its nodes, gradient, integrals and errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array
from mechkit.odes.elements.legendre_basis import LegendreBasis
from mechkit.odes.elements.quadrature import simplex_rule
from mechkit.odes.elements.reference import Element

#: Symmetry -> the power of the radius in an integral, and the factor before it: of a circle and of a sphere.
SYMMETRIES = {None: (0, 1.0), "axial": (1, 2.0 * math.pi), "radial": (2, 4.0 * math.pi)}
#: Degree of the quadrature of errors, beyond twice that of the element.
EXTRA = 6


@dataclass(frozen=True, eq=False, repr=False)
class LineSolution:
    """The solution of `poisson_1d` or `legendre_galerkin`, callable at points.

    nodes : (m,), where values are unknowns, ascending; values : (m,), u there; success : whether the equations hold but
    for rounding; message : a sentence on that; unknowns : how many; nonzeros : of the matrix; energy : half the
    integral of a u'^2 + c u^2.
    """

    nodes: np.ndarray
    values: np.ndarray
    success: bool
    message: str
    unknowns: int
    nonzeros: int
    energy: float
    x: np.ndarray
    freedom: np.ndarray
    element: Element | LegendreBasis
    symmetry: str | None = None

    def __repr__(self) -> str:
        """What it is, and whether it is right."""
        return f"u on [{self.x[0]:g}, {self.x[-1]:g}], {self.element.name}, {self.unknowns} unknowns: {self.message}"

    def __call__(self, x: Any) -> Any:
        """u at points inside the interval, NaN outside."""
        return self._at(x, 0)

    def gradient(self, x: Any) -> Any:
        """u' at points inside the interval, NaN outside; at a node where it jumps, that of the element on the left."""
        return self._at(x, 1)

    def integral(self) -> float:
        """The integral of u; under symmetry over the circle or ball that the line stands for."""
        return self._sum(lambda r, u, du: u)

    def l2_error(self, exact: Callable[[Any], Any]) -> float:
        """The root of the integral of (u - exact)^2; exact is a function of an array."""
        return math.sqrt(self._sum(lambda r, u, du: (u - exact(r)) ** 2))

    def h1_error(self, slope: Callable[[Any], Any]) -> float:
        """The root of the integral of (u' - slope)^2; slope is the derivative of the exact solution."""
        return math.sqrt(self._sum(lambda r, u, du: (du - slope(r)) ** 2))

    def _at(self, x: Any, order: int) -> Any:
        at = float_array("x", x, (0, 1, 2)).astype(float).reshape(np.shape(x))
        cell = np.clip(np.searchsorted(self.x, at) - 1, 0, self.x.size - 2)
        h = np.diff(self.x)[cell]
        shape = self._shapes(((at - self.x[cell]) / h).reshape(-1), h.reshape(-1))[order]
        found = np.einsum("mk,mk->m", shape, self._freedoms(cell.reshape(-1))).reshape(at.shape)
        found = np.where((at < self.x[0]) | (at > self.x[-1]), np.nan, found)
        return float(found) if found.ndim == 0 else found

    def _freedoms(self, cell: np.ndarray) -> np.ndarray:
        k = self.element.size
        return self.freedom[self.element.step * cell[:, np.newaxis] + np.arange(k)]

    def _shapes(self, t: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The shape functions and their derivatives at places t in elements of lengths h."""
        values, slopes = self.element.tabulate(t[:, np.newaxis])
        scale = h[:, np.newaxis] ** np.asarray(self.element.orders or [0] * values.shape[1])
        return values * scale, slopes[:, :, 0] * scale / h[:, np.newaxis]

    def _sum(self, density: Callable[[Any, Any, Any], Any]) -> float:
        power, factor = SYMMETRIES[self.symmetry]
        points, weights = simplex_rule(1, 2 * self.element.degree + EXTRA)
        h = np.diff(self.x)
        cell = np.repeat(np.arange(h.size), len(weights))
        t = np.tile(points[:, 0], h.size)
        shapes = self._shapes(t, h[cell])
        u, du = (np.einsum("mk,mk->m", shape, self._freedoms(cell)) for shape in shapes)
        r = self.x[cell] + t * h[cell]
        return float(factor * np.sum(np.tile(weights, h.size) * h[cell] * r**power * density(r, u, du)))
