"""Poisson's equation and its relatives on a line, by finite elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import finite, float_array, not_negative, one_of
from mechkit.linear_systems import solveh_banded
from mechkit.odes.elements.assembly import assemble_band, assemble_loads
from mechkit.odes.elements.coefficients import at_points, require, weigh_by_radius
from mechkit.odes.elements.conditions import Dirichlet, Neumann, Robin, condition
from mechkit.odes.elements.element_matrices import add_loads, add_mass, add_stiffness, scale_elements
from mechkit.odes.elements.geometry import map_lines, place_points
from mechkit.odes.elements.lines import LINES
from mechkit.odes.elements.quadrature import simplex_rule
from mechkit.odes.elements.reference import Element
from mechkit.odes.elements.solution import SYMMETRIES, LineSolution
from mechkit.odes.elements.verdict import judged

#: Degree of the quadrature of functions, beyond twice that of the element: nodes keep their higher order.
BEYOND = 3


def poisson_1d(
    f: Any,
    x: Any,
    *,
    a: Any = 1.0,
    c: Any = 0.0,
    left: Any = None,
    right: Any = 0.0,
    element: str = "linear",
    symmetry: str | None = None,
) -> LineSolution:
    """Solve -(a u')' + c u = f between x[0] and x[-1] by finite elements.

    Parameters
    ----------
    f : the load, a number or a function of x
    x : (m,), where the elements meet, ascending
    a, c : a number or a function of x; a is positive, c is not negative
    left, right : what is known at the ends: the value of u as a number, or `Dirichlet`, `Neumann` or `Robin`. It is 0
        where left out; the center of a symmetric problem has no condition
    element : "linear" (hat functions), "quadratic", or "hermite" (cubics with a continuous slope)
    symmetry : None; "axial", where x is the distance r from an axis; "radial", where it is that from a point. The
        equation is -(r^k a u')' / r^k + c u = f then, with k = 1 or 2

    Returns
    -------
    LineSolution
        callable at points, with `nodes`, `values`, `gradient`, `energy`, `integral` and errors.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type, and for coefficients that are not finite or have the wrong sign. Also
        where no value of u is fixed, so that the system is singular.
    LinAlgError
        where the matrix is not positive definite in floating-point numbers.

    Warns
    -----
    LinAlgWarning
        where u may have no correct digit, because the matrix is ill-conditioned.

    Operation count, exact, for n linear elements and numbers a and f: assembly, and a band that is solved in linear
    time:

    >>> from mechkit import law
    >>> law(lambda n: poisson_1d(1.0, np.linspace(0.0, 1.0, n + 1)), n=range(2, 8)).flops
    Polynomial('42n - 19')

    References: Strang and Fix, An Analysis of the Finite Element Method, chapter 1; Johnson, Numerical Solution of
    Partial Differential Equations by the Finite Element Method, chapter 1.

    Examples
    --------
    >>> u = poisson_1d(1.0, np.linspace(0.0, 1.0, 5))
    >>> u.nodes, u.values  # x (1 - x) / 2, exact at the nodes
    (array([0.  , 0.25, 0.5 , 0.75, 1.  ]), array([0.     , 0.09375, 0.125  , 0.09375, 0.     ]))
    >>> round(u(0.4), 12), u.gradient(0.1)  # a straight line between the nodes
    (0.1125, 0.375)

    A ball with a source of 1, by its radius alone: (1 - r^2) / 6.

    >>> ball = poisson_1d(1.0, [0.0, 0.5, 1.0], symmetry="radial", element="quadratic")
    >>> round(ball(0.0), 12) == round(1 / 6, 12)
    True
    """
    __tracebackhide__ = True
    shape = LINES[one_of("element", element, LINES)]
    nodes, ends = _checked(x, left, right, symmetry)
    power = SYMMETRIES[symmetry][0]
    cells = np.column_stack([np.arange(nodes.size - 1), np.arange(1, nodes.size)])
    k = len(shape.powers)
    dofs = shape.step * cells[:, :1] + np.arange(k)
    E, F = _integrals(shape, nodes, cells, power, f, a, c)
    scale = 1.0
    if shape.orders:  # slopes in units of a length of this mesh, so that the matrix is not badly scaled
        scale = float(nodes[-1] - nodes[0]) / len(cells)
        sizes = (np.diff(nodes) / scale)[:, np.newaxis] ** np.asarray(shape.orders)
        scale_elements(sizes, E, F)

    total = int(dofs[-1, -1]) + 1
    corners = (0, total - 1 - bool(shape.orders))
    given = np.zeros(total)
    free = np.ones(total, bool)
    for corner, end in zip(corners, ends, strict=True):
        if isinstance(end, Dirichlet):
            given[corner] = end.value
            free[corner] = False
    number = np.where(free, np.cumsum(free) - 1, -1)
    ab = np.zeros((k, int(free.sum())))
    b = np.zeros(ab.shape[1])
    assemble_band(E, dofs, number, ab)
    assemble_loads(E, F, dofs, number, given, b)
    for corner, end, place in zip(corners, ends, nodes[[0, -1]], strict=True):
        _add_end(end, corner, place**power, number, ab, b)
    if not any(isinstance(end, Dirichlet) or (isinstance(end, Robin) and end.beta > 0) for end in ends) and not _reacts(
        c, nodes
    ):
        raise ValueError(
            "u is fixed at neither end and c is 0, so the system is singular: give a value of u or a Robin"
        )

    freedom = given
    if b.size:
        freedom[free] = solveh_banded(ab, b, lower=True)
    success, message = judged(ab, b, freedom[free])
    energy = 0.5 * SYMMETRIES[symmetry][1] * float(np.einsum("ti,tij,tj->", freedom[dofs], E, freedom[dofs]))
    if shape.orders:
        freedom[1::2] /= scale
    values = freedom[::2] if shape.orders else freedom
    where = nodes if shape.degree != 2 else np.insert(nodes, range(1, nodes.size), (nodes[1:] + nodes[:-1]) / 2.0)
    return LineSolution(
        nodes=where,
        values=values.copy(),
        success=success,
        message=message,
        unknowns=b.size,
        nonzeros=int(np.count_nonzero(ab[0]) + 2 * np.count_nonzero(ab[1:])),
        energy=energy,
        x=nodes,
        freedom=freedom,
        element=shape,
        symmetry=symmetry,
    )


def _integrals(
    shape: Element, nodes: np.ndarray, cells: np.ndarray, power: int, f: Any, a: Any, c: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The matrices and loads of all elements."""
    t, k, p = len(cells), len(shape.powers), shape.degree
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


def _add_end(end: Any, corner: int, area: float, number: np.ndarray, ab: np.ndarray, b: np.ndarray) -> None:
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


def _checked(x: Any, left: Any, right: Any, symmetry: str | None) -> tuple[np.ndarray, list[Any]]:
    """The nodes and the conditions at both ends."""
    nodes = float_array("x", x, (1,)).astype(np.float64)
    if nodes.size < 2:
        raise ValueError(f"x has {nodes.size} point; an element needs two: give np.linspace(0.0, 1.0, n + 1)")
    lengths = np.diff(nodes)
    if not (lengths > 0.0).all():
        i = int(np.argmin(lengths > 0.0))
        raise ValueError(
            f"x[{i}] is {nodes[i]} and x[{i + 1}] is {nodes[i + 1]}; the points must be in ascending order"
        )
    if symmetry not in SYMMETRIES:
        raise ValueError(f"symmetry is {symmetry!r}; it must be None, 'axial' or 'radial'")
    if symmetry and nodes[0] < 0.0:
        raise ValueError(f"x[0] is {nodes[0]}; under symmetry x is a radius, and must not be negative")
    at_center = bool(symmetry) and nodes[0] == 0.0
    if at_center and left is not None:
        raise ValueError("left is a condition at the center r = 0, where there is no boundary; leave it out")
    first = Neumann() if at_center else condition("left", 0.0 if left is None else left)
    ends = [first, condition("right", right)]
    for name, end in zip(("left", "right"), ends, strict=True):
        _require_numbers(name, end)
    return nodes, ends


def _require_numbers(name: str, end: Any) -> None:
    for field, value in vars(end).items():
        if field == "beta":
            not_negative(f"{name}.beta", value)
        else:
            finite(f"{name}.{field}", value)
