"""Poisson's equation and its relatives on triangles and tetrahedra, by finite elements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse
from numpy.linalg import LinAlgError
from scipy.sparse.csgraph import connected_components

from mechkit.checking import one_of, positive
from mechkit.linear_systems import cg, jacobi_preconditioner, spsolve
from mechkit.odes.elements.assembly import assemble_loads, assemble_rows, find_pattern
from mechkit.odes.elements.boundary import flows, holds_u, parts_of
from mechkit.odes.elements.coefficients import at_points, require, weigh_by_radius
from mechkit.odes.elements.conditions import Dirichlet, Neumann
from mechkit.odes.elements.element_matrices import add_loads, add_mass, add_stiffness
from mechkit.odes.elements.geometry import MAPS, measure_sides, place_points
from mechkit.odes.elements.lines import LINEAR, QUADRATIC
from mechkit.odes.elements.meshes import Mesh
from mechkit.odes.elements.modified_cholesky import modified_preconditioner
from mechkit.odes.elements.plane_solution import MeshSolution
from mechkit.odes.elements.quadrature import simplex_rule
from mechkit.odes.elements.reference import Element
from mechkit.odes.elements.simplices import P1, TETRAHEDRON, TRIANGLES
from mechkit.odes.elements.verdict import ROUNDING, energy_of, judged_rows, require_level

#: Dimension -> up to so many unknowns a band is solved as fast as conjugate gradients come to the same accuracy.
DIRECT = {2: 4000, 3: 500}
METHODS = ("auto", "direct", "cg")


def poisson_2d(
    f: Any,
    mesh: Mesh,
    *,
    a: Any = 1.0,
    c: Any = 0.0,
    boundary: Any = 0.0,
    element: str = "P1",
    symmetry: str | None = None,
    method: str = "auto",
    rtol: float = 1e-10,
) -> MeshSolution:
    """Solve -div(a grad u) + c u = f on a mesh of triangles by finite elements.

    Parameters
    ----------
    f : the load, a number or a function of x, y
    mesh : from `rectangle_mesh`, `triangle_mesh` or their like
    a, c : a number or a function of x, y; a is positive, c is not negative
    boundary : a number or a function of x, y, the value of u all round; or `Dirichlet`, `Neumann` or `Robin`; or a
        list of pairs (where, condition). There, where is a function of the coordinates of a side's middle, true on the
        sides meant, or None for all the rest. On sides that no pair holds, nothing flows.
    element : "P1" or "P2", polynomials of degree 1 or 2
    symmetry : None; or "axial", where x is the distance from an axis and y the place along it
    method : "direct", in a band; "cg", conjugate gradients preconditioned by modified incomplete Cholesky factors;
        "auto" takes the first for small systems
    rtol : what conjugate gradients leave of the right-hand side, relative to it

    Returns
    -------
    MeshSolution
        callable at points, with `nodes`, `values`, `gradient`, `energy`, `integral` and errors. Its message reports
        where the equations do not hold within the tolerance.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type, and for coefficients that are not finite or have the wrong sign. Also
        where a connected part of the mesh has no fixed value of u, so that the system is singular.

    Operation count, exact, for n x n squares, P1, and numbers a and f: assembly, and the direct solution in a band.

    >>> from mechkit import law
    >>> from mechkit.odes.elements.meshes import rectangle_mesh
    >>> law(lambda n: poisson_2d(1.0, rectangle_mesh(n)), n=range(4, 11)).flops
    Polynomial('n^4 + 4n^3/3 + 303n^2/2 - 131n/6 + 2')

    References: Johnson, Numerical Solution of Partial Differential Equations by the Finite Element Method, chapters 1
    and 12; Strang and Fix, An Analysis of the Finite Element Method, chapter 1.

    Examples
    --------
    >>> u = poisson_2d(1.0, rectangle_mesh(16))
    >>> round(u(0.5, 0.5), 4), u.success
    (0.0734, True)
    >>> u
    u on a mesh of 289 points and 512 triangles, P1, 225 unknowns: the equations hold, with a residual of ... terms

    Heat enters on the left, and leaves on the right through an outer layer:

    >>> from mechkit.odes.elements.conditions import Neumann, Robin
    >>> ends = [(lambda x, y: x == 0.0, Neumann(1.0)), (lambda x, y: x == 1.0, Robin(2.0, 0.0))]
    >>> round(poisson_2d(0.0, rectangle_mesh(4), boundary=ends)(0.0, 0.5), 12)
    1.5
    """
    __tracebackhide__ = True
    if not isinstance(mesh, Mesh) or mesh.dimension != 2:
        raise TypeError(f"mesh is {mesh!r}; give a mesh of triangles: triangle_mesh(points, triangles)")
    if symmetry not in (None, "axial"):
        raise ValueError(f"symmetry is {symmetry!r}; it must be None or 'axial'")
    if symmetry and mesh.points[:, 0].min() < 0.0:
        raise ValueError(
            f"a point has x = {mesh.points[:, 0].min()}; under axial symmetry x is a radius, and not negative"
        )
    shape = TRIANGLES[one_of("element", element, TRIANGLES)]
    return _solve(shape, mesh, f, a, c, boundary, symmetry, method, rtol)


def poisson_3d(
    f: Any,
    mesh: Mesh,
    *,
    a: Any = 1.0,
    c: Any = 0.0,
    boundary: Any = 0.0,
    method: str = "auto",
    rtol: float = 1e-10,
) -> MeshSolution:
    """Solve -div(a grad u) + c u = f on a mesh of tetrahedra, with polynomials of degree 1.

    Parameters
    ----------
    f, a, c : numbers or functions of x, y, z
    mesh : from `ball_mesh` or `tetrahedron_mesh`
    boundary : as in `poisson_2d`; values of u can be given, and nothing flows elsewhere
    method, rtol : as in `poisson_2d`, and so are the result and the errors

    Operation count: that of `poisson_2d` in the number of cells and unknowns. The system is solved by conjugate
    gradients or in a band, which is wide in space: n^2 for n points a side.

    >>> from mechkit import count
    >>> from mechkit.odes.elements.mesh_shapes import ball_mesh
    >>> with count() as ops:
    ...     u = poisson_3d(1.0, ball_mesh(3), method="cg")
    >>> u.unknowns, ops.flops > 1000 * u.unknowns
    (125, True)

    References: Strang and Fix, An Analysis of the Finite Element Method, section 1.9.

    Examples
    --------
    >>> abs(poisson_3d(1.0, ball_mesh(4))(0.0, 0.0, 0.0) - 1 / 6) < 0.01
    True
    """
    __tracebackhide__ = True
    if not isinstance(mesh, Mesh) or mesh.dimension != 3:
        raise TypeError(f"mesh is {mesh!r}; give a mesh of tetrahedra: tetrahedron_mesh(points, tetrahedra)")
    return _solve(TETRAHEDRON, mesh, f, a, c, boundary, None, method, rtol)


def _solve(
    shape: Element, mesh: Mesh, f: Any, a: Any, c: Any, boundary: Any, symmetry: str | None, method: str, rtol: float
) -> MeshSolution:
    method = one_of("method", method, METHODS)
    rtol = positive("rtol", rtol)
    if rtol >= 1.0:
        raise ValueError(f"rtol is {rtol:g}; it must be below 1, or zero everywhere meets it")
    power = int(symmetry == "axial")
    facets = mesh.boundary
    if symmetry:  # no boundary on the axis
        facets = facets[(mesh.points[facets, 0] != 0.0).any(axis=1)]
    parts = parts_of(boundary, facets, mesh.points)
    given_sides = sum(len(sides) for condition, sides in parts if isinstance(condition, Dirichlet))
    if given_sides < len(facets):  # where all are given, each connected part has some
        _require_held(mesh, c, holds_u(parts))
    dofs, nodes = numbered(shape, mesh)
    given = np.zeros(len(nodes))
    free = np.ones(len(nodes), bool)
    for condition, sides in reversed(parts):  # the first has the last word
        if isinstance(condition, Dirichlet):
            fixed = np.unique(_on_sides(shape, mesh, sides))
            given[fixed] = at_points("boundary value", condition.value, nodes[fixed])
            free[fixed] = False
    number = np.where(free, np.cumsum(free) - 1, -1)
    n = int(free.sum())

    E, F = mesh_integrals(shape, mesh, power, f, a, c)
    pattern = pattern_of(dofs, number, n)
    data, b = np.zeros(pattern[1].size), np.zeros(n)
    assemble_rows(E, dofs, number, *pattern, data)
    assemble_loads(E, F, dofs, number, given, b)
    for condition, sides in parts:
        if not isinstance(condition, Dirichlet) and len(sides) and condition != Neumann(0.0):
            e, loads, ends = _flow_through(shape, mesh, condition, sides, power)
            assemble_rows(e, ends, number, *pattern, data)
            assemble_loads(e, loads, ends, number, given, b)

    A = rows_of(pattern, data)
    if given_sides < len(facets):
        _require_level(A, number, dofs, free)
    given[free], nit, success, message = _solution(A, b, method, rtol, DIRECT[mesh.dimension])
    return MeshSolution(
        mesh=mesh,
        nodes=nodes,
        values=given,
        success=success,
        message=message,
        unknowns=n,
        nonzeros=int(np.count_nonzero(data)),
        nit=nit,
        energy=energy_of(E, given[dofs]) * (2.0 * math.pi if symmetry else 1.0),
        dofs=dofs,
        element=shape,
        symmetry=symmetry,
    )


def numbered(shape: Element, mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """The degrees of freedom of each cell (t, k), and the places (m, d) of all: corners, then middles of sides."""
    if shape.degree == 1:
        return mesh.cells, mesh.points
    ends, which = mesh.edges
    nodes = np.vstack([mesh.points, mesh.points[ends].mean(axis=1)])
    return np.ascontiguousarray(np.hstack([mesh.cells, which + len(mesh.points)])), nodes


def _on_sides(shape: Element, mesh: Mesh, sides: np.ndarray) -> np.ndarray:
    """The degrees of freedom of sides, in the order of the element of a line."""
    if shape.degree == 1:
        return np.ascontiguousarray(sides)
    ends, _ = mesh.edges
    n = len(mesh.points)
    middles = n + np.searchsorted(ends[:, 0] * n + ends[:, 1], sides[:, 0] * n + sides[:, 1])
    return np.column_stack([sides[:, 0], middles, sides[:, 1]])


def mesh_integrals(shape: Element, mesh: Mesh, power: int, f: Any, a: Any, c: Any) -> tuple[np.ndarray, np.ndarray]:
    """The matrices and loads of all cells; a is None where there is no stiffness."""
    t, k, d = len(mesh.cells), shape.size, mesh.dimension
    p = shape.degree
    inverse, size = np.empty((t, d, d)), np.empty(t)
    MAPS[d](mesh.points, mesh.cells, inverse, size)
    E, F = np.zeros((t, k, k)), np.zeros((t, k))
    if a is not None:
        points, weights, values = _at_quadrature("a", a, mesh.points, mesh.cells, 2 * p - 2, 2 * p, power)
        slopes = shape.tabulate(points)[1]
        add_stiffness(inverse, size, slopes, weights, values, np.empty((k, d)), E)
    if callable(c) or c != 0:
        points, weights, values = _at_quadrature("c", c, mesh.points, mesh.cells, 2 * p, 2 * p, power)
        add_mass(size, shape.tabulate(points)[0], weights, values, E)
    if callable(f) or f != 0:
        points, weights, values = _at_quadrature("f", f, mesh.points, mesh.cells, p, 2 * p, power)
        add_loads(size, shape.tabulate(points)[0], weights, values, F)
    return E, F


#: What coefficients must be, besides finite.
SIGNS = {"a": (lambda v: v > 0.0, "positive"), "c": (lambda v: v >= 0.0, "at least 0")}
SIGNS["beta"] = SIGNS["c"]


def _at_quadrature(
    name: str, value: Any, points: np.ndarray, cells: np.ndarray, least: int, most: int, power: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places and weights on the reference cell, and the coefficient there in all cells (t, q), with r^power.

    The rule is exact to the degree `least` for a number, and to `most` for a function.
    """
    reference, weights = simplex_rule(cells.shape[1] - 1, (most if callable(value) else least) + power)
    if not callable(value) and not power:
        only = at_points(name, value, points[:1])
        require(name, only, points[:1], *SIGNS.get(name, (np.isfinite, "finite")))
        return reference, weights, np.full((len(cells), len(weights)), only[0])
    X = np.empty((len(cells) * len(weights), points.shape[1]))
    place_points(points, cells, np.column_stack([1.0 - reference.sum(axis=1), reference]), X)
    values = at_points(name, value, X, "f" if name == "f" else None)
    require(name, values, X, *SIGNS.get(name, (np.isfinite, "finite")))
    found = values.reshape(len(cells), -1)
    if power:
        weigh_by_radius(X[:, 0].copy(), power, found)
    return reference, weights, found


def _flow_through(
    shape: Element, mesh: Mesh, condition: Any, sides: np.ndarray, power: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The matrices and loads of the sides on which a condition on the flux holds, and their degrees of freedom."""
    if mesh.dimension != 2:
        raise ValueError(f"{condition} is a flux; on tetrahedra only values of u can be given, and no flow elsewhere")
    line = LINEAR if shape is P1 else QUADRATIC
    dofs = _on_sides(shape, mesh, sides)
    beta, load = flows(condition)
    k, p = len(line.powers), line.degree
    size = np.empty(len(sides))
    measure_sides(mesh.points, sides, size)
    E, F = np.zeros((len(sides), k, k)), np.zeros((len(sides), k))
    reference, weights, values = _at_quadrature("beta", beta, mesh.points, sides, 2 * p, 2 * p + 1, power)
    add_mass(size, line.tabulate(reference)[0], weights, values, E)
    reference, weights, values = _at_quadrature("flux", load, mesh.points, sides, p, 2 * p + 1, power)
    add_loads(size, line.tabulate(reference)[0], weights, values, F)
    return E, F, dofs


def pattern_of(dofs: np.ndarray, number: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the rows begin (n + 1,), and the columns of the nonzeros, of the matrix of the unknowns."""
    k = dofs.shape[1]
    room = np.bincount(number[dofs].reshape(-1) + 1, minlength=n + 1)[1:] * k
    start = np.concatenate([[0], np.cumsum(room)])
    length, columns = np.zeros(n, np.int64), np.empty(start[-1], np.int64)
    find_pattern(dofs, number, start, length, columns)
    indptr = np.concatenate([[0], np.cumsum(length)])
    return indptr, columns[np.arange(indptr[-1]) + np.repeat(start[:-1] - indptr[:-1], length)]


def rows_of(pattern: tuple[np.ndarray, np.ndarray], data: np.ndarray) -> scipy.sparse.csr_array:
    """The matrix by rows whose nonzeros are data, at the places that `pattern_of` found."""
    indptr, indices = pattern
    n = indptr.size - 1
    return scipy.sparse.csr_array((data, indices.astype(np.int32), indptr.astype(np.int32)), shape=(n, n))


def _solution(
    A: scipy.sparse.csr_array, b: np.ndarray, method: str, rtol: float, most: int
) -> tuple[np.ndarray, int, bool, str]:
    """The values of the unknowns, the steps of conjugate gradients, and whether the equations hold."""
    if not b.size:
        return b, 0, True, "every value is given: there is no unknown"
    if method == "direct" or (method == "auto" and b.size <= most):
        x = spsolve(A, b)
        return x, 0, *judged_rows(A, b, x, ROUNDING)
    try:
        M = modified_preconditioner(A)
    except LinAlgError:  # no M-matrix, where triangles are obtuse
        M = jacobi_preconditioner(A)
    found = cg(A, b, rtol=rtol, M=M)
    if method == "auto" and not found.success:
        holds, message = judged_rows(A, b, found.x, ROUNDING)
        if holds:  # all that floating-point numbers can do
            return found.x, found.nit, holds, message
        x = spsolve(A, b)
        return x, found.nit, *judged_rows(A, b, x, ROUNDING)
    return found.x, found.nit, found.success, found.message


def _require_level(A: scipy.sparse.csr_array, number: np.ndarray, dofs: np.ndarray, free: np.ndarray) -> None:
    """See that each connected part in which nothing is given has its level fixed, rounding taken into account."""
    if not free.any():
        return
    _, part = connected_components(A, directed=False)
    touched = np.zeros(part.max() + 1, bool)
    beside = number[dofs[(number[dofs] < 0).any(axis=1)]]  # unknowns of cells with a given value
    touched[part[beside[beside >= 0]]] = True
    alone = np.flatnonzero(~touched[part])
    if alone.size:
        require_level(A[alone][:, alone], np.ones(alone.size), part[alone])


def _require_held(mesh: Mesh, c: Any, held: np.ndarray) -> None:
    """Raise ValueError where a connected part of the mesh has nothing that fixes u: the system is singular there."""
    if not callable(c) and c > 0:
        return
    corners = mesh.cells.shape[1]
    links = np.concatenate([mesh.cells[:, [0, j]] for j in range(1, corners)])
    graph = scipy.sparse.coo_array((np.ones(len(links), np.int8), links.T), shape=(len(mesh.points),) * 2)
    parts, part = connected_components(graph, directed=False)
    fixed = np.zeros(parts, bool)
    fixed[part[held]] = True
    if callable(c) and not fixed.all():
        middles = mesh.points[mesh.cells].mean(axis=1)
        fixed[part[mesh.cells[at_points("c", c, middles) > 0.0, 0]]] = True
    if fixed.all():
        return
    where = "u is fixed nowhere"
    if parts > 1:
        where = f"u is fixed nowhere on the part of the mesh that points[{int(np.argmin(fixed[part]))}] belongs to"
    raise ValueError(f"{where} and c is 0, so the system is singular: give a value of u or a Robin on the boundary")
