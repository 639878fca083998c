"""Finite elements: the laws and comparisons that can be asked for by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.catalogue.entries import NamedComparison, NamedLaw
from mechkit.odes.elements import legendre_galerkin, poisson_1d, poisson_2d, rectangle_mesh


def conductivity(x: float) -> float:
    """A coefficient that varies."""
    return 1.0 / (2.0 - x)


def linear_elements(n: int) -> Any:
    """A problem on a line with n linear elements."""
    return poisson_1d(1.0, np.linspace(0.0, 1.0, n + 1), a=conductivity)(0.5)


def quadratic_elements(n: int) -> Any:
    """The same with n / 2 quadratic elements, which have as many unknowns."""
    return poisson_1d(1.0, np.linspace(0.0, 1.0, n // 2 + 1), a=conductivity, element="quadratic")(0.5)


def one_polynomial(n: int) -> Any:
    """The same with one polynomial of degree n."""
    return legendre_galerkin(1.0, n, a=conductivity)(0.5)


def triangles(n: int) -> Any:
    """Poisson's equation on n x n squares, each cut into two triangles."""
    return poisson_2d(1.0, rectangle_mesh(n), method="direct")


LAWS = {
    "elements-line": NamedLaw(
        "n linear elements on a line: assembly and solution", linear_elements, {"n": range(2, 8)}, {"n": 60}
    ),
    "elements-plane": NamedLaw(
        "n x n squares of triangles: assembly and direct solution", triangles, {"n": range(4, 11)}, {"n": 20}
    ),
}

COMPARISONS = {
    "bases": NamedComparison(
        "n unknowns on a line by hat functions, by quadratic elements, and by one polynomial",
        {"hat functions": linear_elements, "quadratic": quadratic_elements, "one polynomial": one_polynomial},
        sizes=(4, 8, 16, 32, 64),
        check=lambda a, b: abs(a - b) < 0.01,
    ),
}
