"""What problems on a line share: the checks, the integrals of the elements, and the conditions at the ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import finite, float_array, not_negative
from mechkit.odes.elements.coefficients import at_points, require, weigh_by_radius
from mechkit.odes.elements.conditions import Dirichlet, Neumann, Robin, condition
from mechkit.odes.elements.element_matrices import add_loads, add_mass, add_stiffness
from mechkit.odes.elements.geometry import map_lines, place_points
from mechkit.odes.elements.legendre_basis import LegendreBasis
from mechkit.odes.elements.quadrature import simplex_rule
from mechkit.odes.elements.reference import Element
from mechkit.odes.elements.solution import SYMMETRIES

#: Degree of the quadrature of functions, beyond twice that of the element: nodes keep their higher order.
BEYOND = 3


def line_integrals(
    shape: Element | LegendreBasis, nodes: np.ndarray, cells: np.ndarray, power: int, f: Any, a: Any, c: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The matrices and loads of all elements."""
    t, k, p = len(cells), shape.size, shape.degree
    inverse, size = np.empty((t, 1, 1)), np.empty(t)
    line = nodes.reshape(-1, 1)
    map_lines(line, cells, inverse, size)
    E, F = np.zeros((t, k, k)), np.zeros((t, k))

    def at_quadrature(name: str, value: Any, degree: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Places and weights on the reference cell, places on the line, and the coefficient there, with r^power."""
        points, weights = simplex_rule(1, (degree if not callable(value) else 2 * p + BEYOND) + power)
        X = np.empty((t * len(weights), 1))
        place_points(line, cells, np.hstack([1.0 - points, points]), X)
        return points, weights, X, at_points(name, value, X, "f" if name == "f" else None)

    def weighed(values: np.ndarray, X: np.ndarray) -> np.ndarray:
        weights = values.reshape(t, -1)
        if power:
            weigh_by_radius(X[:, 0], power, weights)
        return weights

    points, weights, X, values = at_quadrature("a", a, 2 * p - 2)
    require("a", values, X, lambda v: v > 0.0, "positive")
    add_stiffness(inverse, size, shape.tabulate(points)[1], weights, weighed(values, X), np.empty((k, 1)), E)
    if callable(c) or c != 0:
        points, weights, X, values = at_quadrature("c", c, 2 * p)
        require("c", values, X, lambda v: v >= 0.0, "at least 0")
        add_mass(size, shape.tabulate(points)[0], weights, weighed(values, X), E)
    points, weights, X, values = at_quadrature("f", f, p)
    add_loads(size, shape.tabulate(points)[0], weights, weighed(values, X), F)
    return E, F


def add_end(end: Any, corner: int, area: float, number: np.ndarray, ab: np.ndarray, b: np.ndarray) -> None:
    """What flows through an end, in the matrix and on the right."""
    i = number[corner]
    if isinstance(end, Neumann):
        b[i] += end.flux * area
    elif isinstance(end, Robin):
        ab[0, i] += end.beta * area
        b[i] += end.value * area


def _reacts(c: Any, nodes: np.ndarray) -> bool:
    """Whether c is positive somewhere."""
    return bool((at_points("c", c, ((nodes[1:] + nodes[:-1]) / 2.0).reshape(-1, 1)) > 0.0).any())


def checked_line(x: Any, left: Any, right: Any, symmetry: str | None, name: str = "x") -> tuple[np.ndarray, list[Any]]:
    """The nodes and the conditions at both ends."""
    nodes = float_array(name, x, (1,)).astype(np.float64)
    if nodes.size < 2:
        raise ValueError(f"{name} has {nodes.size} point; an element needs two: give np.linspace(0.0, 1.0, n + 1)")
    lengths = np.diff(nodes)
    if not (lengths > 0.0).all():
        i = int(np.argmin(lengths > 0.0))
        raise ValueError(
            f"{name}[{i}] is {nodes[i]} and {name}[{i + 1}] is {nodes[i + 1]}; the points must be in ascending order"
        )
    if symmetry not in SYMMETRIES:
        raise ValueError(f"symmetry is {symmetry!r}; it must be None, 'axial' or 'radial'")
    if symmetry and nodes[0] < 0.0:
        raise ValueError(f"{name}[0] is {nodes[0]}; under symmetry x is a radius, and must not be negative")
    at_center = bool(symmetry) and nodes[0] == 0.0
    if at_center and left is not None:
        raise ValueError("left is a condition at the center r = 0, where there is no boundary; leave it out")
    first = Neumann() if at_center else condition("left", 0.0 if left is None else left)
    ends = [first, condition("right", right)]
    for name, end in zip(("left", "right"), ends, strict=True):
        _require_numbers(name, end)
    return nodes, ends


def require_held(ends: list[Any], c: Any, nodes: np.ndarray) -> None:
    """Raise ValueError where nothing fixes u, neither at an end nor by c.

    >>> require_held([Neumann(), Neumann()], 0.0, np.array([0.0, 1.0]))
    Traceback (most recent call last):
    ValueError: u is fixed at neither end and c is 0, so the system is singular: give a value of u or a Robin
    """
    held = any(isinstance(end, Dirichlet) or (isinstance(end, Robin) and end.beta > 0) for end in ends)
    if not held and not _reacts(c, nodes):
        raise ValueError(
            "u is fixed at neither end and c is 0, so the system is singular: give a value of u or a Robin"
        )


def _require_numbers(name: str, end: Any) -> None:
    for field, value in vars(end).items():
        if field == "beta":
            not_negative(f"{name}.beta", value)
        else:
            finite(f"{name}.{field}", value)
