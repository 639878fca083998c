"""Polynomials that span the whole interval: integrals of Legendre's, as one element of a high degree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import legvander


@dataclass(frozen=True, eq=False)
class LegendreBasis:
    """The two straight lines that are 1 at one end, and integrals of Legendre polynomials, which are 0 at both ends.

    It is tabulated like an `Element` on the interval from 0 to 1. Function j, from 2 on, has the degree j. Its slope is
    the Legendre polynomial of degree j - 1 with the norm 1.

    >>> LegendreBasis(2).tabulate([[0.0], [0.5], [1.0]])[0].round(6) + 0.0
    array([[ 1.      ,  0.      ,  0.      ],
           [ 0.5     ,  0.5     , -0.433013],
           [ 0.      ,  1.      ,  0.      ]])
    """

    degree: int
    name: str = "legendre"
    orders: tuple[int, ...] = ()
    step: int = 0

    @property
    def size(self) -> int:
        """How many functions there are."""
        return self.degree + 1

    def tabulate(self, points: Sequence[Sequence[float]] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The functions (q, k) and their slopes (q, k, 1) at points (q, 1)."""
        t = np.asarray(points, float)[:, 0]
        P = legvander(2.0 * t - 1.0, self.degree)
        j = np.arange(2, self.size)
        values, slopes = np.empty((t.size, self.size)), np.empty((t.size, self.size))
        values[:, :2] = np.column_stack([1.0 - t, t])
        slopes[:, :2] = [-1.0, 1.0]
        values[:, 2:] = (P[:, j] - P[:, j - 2]) / (2.0 * np.sqrt(2.0 * j - 1.0))
        slopes[:, 2:] = np.sqrt(2.0 * j - 1.0) * P[:, j - 1]
        return values, slopes[:, :, np.newaxis]
