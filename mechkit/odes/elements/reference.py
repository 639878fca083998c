"""A reference element: its nodes and its polynomials are data, and the shape functions follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Element:
    """Polynomials on a reference cell, with a degree of freedom at each node.

    name : as drivers know it; degree : p, of the polynomials that the element holds completely; nodes : (k, d) places
    of the degrees of freedom; powers : (k, d), exponents of the monomials that span the polynomials; orders : (k,), 0
    where a degree of freedom is the value at its node, 1 where it is the slope (on a line); step : by how much the
    numbers of the degrees of freedom move from one element of a line to the next.

    The shape function of one degree of freedom is 1 there, and 0 at all others:

    >>> from mechkit.odes.elements.lines import LINEAR
    >>> values, slopes = LINEAR.tabulate([[0.0], [0.25], [1.0]])
    >>> values
    array([[1.  , 0.  ],
           [0.75, 0.25],
           [0.  , 1.  ]])
    >>> slopes[:, :, 0]
    array([[-1.,  1.],
           [-1.,  1.],
           [-1.,  1.]])
    """

    name: str
    degree: int
    nodes: Sequence[Sequence[float]]
    powers: Sequence[Sequence[int]]
    orders: Sequence[int] = ()
    step: int = 1

    @property
    def dimension(self) -> int:
        """Of the cell: 1 for a line, 2 for a triangle, 3 for a tetrahedron."""
        return len(self.powers[0])

    @property
    def size(self) -> int:
        """How many shape functions there are, k."""
        return len(self.powers)

    @cached_property
    def coefficients(self) -> np.ndarray:
        """(k, k): column i has the coefficients of shape function i in the monomials."""
        monomials, slopes = _monomials(np.asarray(self.powers), np.asarray(self.nodes))
        if self.orders:
            monomials = np.where(np.asarray(self.orders)[:, np.newaxis] == 0, monomials, slopes[:, :, 0])
        return np.linalg.inv(monomials).round(12) + 0.0

    def tabulate(self, points: Sequence[Sequence[float]] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The shape functions (q, k) and their gradients (q, k, d) at points (q, d) of the reference cell."""
        monomials, slopes = _monomials(np.asarray(self.powers), np.asarray(points, float))
        values = monomials @ self.coefficients
        gradients = np.einsum("qmd,mk->qkd", slopes, self.coefficients)
        return np.ascontiguousarray(values), np.ascontiguousarray(gradients)


def _monomials(powers: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The monomials (q, k) and their gradients (q, k, d) at points (q, d)."""
    factors = points[:, np.newaxis, :] ** powers
    lowered = powers * points[:, np.newaxis, :] ** np.maximum(powers - 1, 0)
    gradients = np.empty(factors.shape)
    for axis in range(powers.shape[1]):
        parts = factors.copy()
        parts[:, :, axis] = lowered[:, :, axis]
        gradients[:, :, axis] = parts.prod(axis=2)
    return factors.prod(axis=2), gradients
