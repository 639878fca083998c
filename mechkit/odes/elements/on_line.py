"""Poisson's equation and its relatives on a line, by finite elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import one_of
from mechkit.linear_systems import solveh_banded
from mechkit.odes.elements.assembly import assemble_band, assemble_loads
from mechkit.odes.elements.conditions import Dirichlet
from mechkit.odes.elements.element_matrices import scale_elements
from mechkit.odes.elements.line_problem import add_end, checked_line, line_integrals, require_held
from mechkit.odes.elements.lines import LINES
from mechkit.odes.elements.solution import SYMMETRIES, LineSolution
from mechkit.odes.elements.verdict import energy_of, judged, require_level, rows_of_band


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
    nodes, ends = checked_line(x, left, right, symmetry)
    require_held(ends, c, nodes)
    power = SYMMETRIES[symmetry][0]
    cells = np.column_stack([np.arange(nodes.size - 1), np.arange(1, nodes.size)])
    k = shape.size
    dofs = shape.step * cells[:, :1] + np.arange(k)
    E, F = line_integrals(shape, nodes, cells, power, f, a, c)
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
        add_end(end, corner, place**power, number, ab, b)

    if free.all():
        require_level(rows_of_band(ab), np.where(np.arange(total) % 2, 0.0, 1.0) if shape.orders else np.ones(total))
    freedom = given
    if b.size:
        freedom[free] = solveh_banded(ab, b, lower=True)
    success, message = judged(ab, b, freedom[free])
    energy = SYMMETRIES[symmetry][1] * energy_of(E, freedom[dofs])
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
