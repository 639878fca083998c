"""Adaptive refinement: triangles are cut where the residual of the solution is large."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import finite, positive, whole
from mechkit.counting import kernel
from mechkit.odes.elements.coefficients import at_points
from mechkit.odes.elements.meshes import Mesh
from mechkit.odes.elements.on_simplices import poisson_2d
from mechkit.odes.elements.plane_solution import MeshSolution

#: Rounds of refining: each adds a part of the triangles at least.
MOST_ROUNDS = 100


@kernel(cache=True, error_model="numpy")
def add_inner_residuals(size, f, eta):
    """eta (t,) += h^2 times the integral of f^2 in each triangle; size (t,) is h^2, twice the area.

    >>> from mechkit import law
    >>> law(add_inner_residuals, n=range(1, 6)).flops
    Polynomial('5n')
    """
    for t in range(size.size):
        eta[t] = eta[t] + 0.5 * size[t] * size[t] * f[t] * f[t]


@kernel(cache=True, error_model="numpy")
def add_jumps(points, ends, sides, flux, eta):
    """eta (t,) += half of h times the integral of the square of the jump of the flux across each inner side.

    ends (m, 2) : the corners of the sides; sides (m, 2) : the triangles on both sides; flux (t, 2).

    >>> from mechkit import law
    >>> law(add_jumps, n=range(1, 6)).flops
    Polynomial('11n')
    """
    # Verfuerth, A Posteriori Error Estimation Techniques for Finite Element Methods, section 1.4
    for m in range(ends.shape[0]):
        x = points[ends[m, 1], 0] - points[ends[m, 0], 0]
        y = points[ends[m, 1], 1] - points[ends[m, 0], 1]
        i = sides[m, 0]
        j = sides[m, 1]
        jump = (flux[i, 0] - flux[j, 0]) * y - (flux[i, 1] - flux[j, 1]) * x  # along the normal, times the length
        part = 0.5 * jump * jump
        eta[i] = eta[i] + part
        eta[j] = eta[j] + part


def adaptive_poisson_2d(
    f: Any,
    mesh: Mesh,
    *,
    a: float = 1.0,
    boundary: Any = 0.0,
    tol: float | None = None,
    max_nodes: int = 10_000,
    share: float = 0.5,
) -> list[MeshSolution]:
    """Solve -div(a grad u) = f with P1 elements on finer and finer meshes, refined where the residual is large.

    Parameters
    ----------
    f : a number or a function of x, y
    mesh : a coarse mesh of triangles
    a : a positive number
    boundary : as in `poisson_2d`
    tol : stop where the estimate of the energy error is at most this; None to go on to max_nodes
    max_nodes : the last mesh has at most so many nodes
    share : of the squared estimate, in the triangles that are cut in each round (Doerfler's rule)

    Returns
    -------
    list
        the solutions on all meshes, from coarse to fine; `residual_estimates` gives their estimates.

    Raises
    ------
    ValueError, TypeError
        as `poisson_2d` does, and for a share that is not between 0 and 1.

    Operation count: that of `poisson_2d` on each mesh, and 5 flops a triangle and 11 an inner side for the estimate.

    References: Verfuerth, A Posteriori Error Estimation Techniques for Finite Element Methods (2013), section 1.4;
    Doerfler, SIAM J. Numer. Anal. 33 (1996) 1106-1124.

    Examples
    --------
    At a corner that points inwards the gradient is infinite, and the triangles get small there:

    >>> from mechkit.odes.elements.mesh_shapes import l_shape_mesh
    >>> found = adaptive_poisson_2d(1.0, l_shape_mesh(2), max_nodes=400)
    >>> areas = found[-1].mesh.volumes
    >>> round(areas.max() / areas.min())
    16
    """
    __tracebackhide__ = True
    most = whole("max_nodes", max_nodes)
    limit = 0.0 if tol is None else positive("tol", tol)
    if not 0.0 < finite("share", share) <= 1.0:
        raise ValueError(f"share is {share}; it must be above 0 and at most 1")
    positive("a", a)
    found: list[MeshSolution] = []
    for _ in range(MOST_ROUNDS):
        u = poisson_2d(f, mesh, a=a, boundary=boundary)
        found.append(u)
        eta = residual_estimates(u, f, a)
        if np.sqrt(eta.sum()) <= limit:
            break
        order = np.argsort(-eta)
        marked = np.zeros(eta.size, bool)
        marked[order[: 1 + int(np.searchsorted(np.cumsum(eta[order]), share * eta.sum()))]] = True
        mesh = mesh.refine(marked)
        if len(mesh.points) > most:
            break
    return found


def residual_estimates(u: MeshSolution, f: Any, a: float = 1.0) -> np.ndarray:
    """(t,), the square of the estimated energy error in each triangle, of a P1 solution of -div(a grad u) = f.

    >>> from mechkit.odes.elements.meshes import rectangle_mesh
    >>> u = poisson_2d(0.0, rectangle_mesh(3), boundary=lambda x, y: x + 2.0 * y)
    >>> bool(residual_estimates(u, 0.0).max() < 1e-25)  # a plane has no residual
    True
    """
    mesh = u.mesh
    ends, which = mesh.edges
    order = np.argsort(which, axis=None, kind="stable")
    edge, triangle = which.reshape(-1)[order], order // 3
    twice = np.flatnonzero(edge[1:] == edge[:-1])
    sides = np.column_stack([triangle[twice], triangle[twice + 1]])
    eta = np.zeros(len(mesh.cells))
    add_inner_residuals(2.0 * mesh.volumes, at_points("f", f, mesh.points[mesh.cells].mean(axis=1)), eta)
    add_jumps(mesh.points, ends[edge[twice]], sides, np.ascontiguousarray(a * u.gradients), eta)
    return eta / a


@add_inner_residuals.example
def _(n):
    return np.ones(n), np.ones(n), np.zeros(n)


@add_jumps.example
def _(n):
    points = np.column_stack([np.arange(n + 1.0), np.zeros(n + 1)])
    ends = np.array([[i, i + 1] for i in range(n)])
    return points, ends, ends.copy(), np.ones((n + 1, 2)), np.zeros(n + 1)
