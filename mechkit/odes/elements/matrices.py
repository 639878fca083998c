"""The matrices of stiffness and mass by themselves: for vibrations, and for equations in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from mechkit.checking import one_of
from mechkit.odes.elements.assembly import assemble_band, assemble_rows
from mechkit.odes.elements.element_matrices import scale_elements
from mechkit.odes.elements.line_problem import checked_line, line_integrals
from mechkit.odes.elements.lines import LINES
from mechkit.odes.elements.meshes import Mesh
from mechkit.odes.elements.on_simplices import mesh_integrals, numbered, pattern_of, rows_of
from mechkit.odes.elements.simplices import TRIANGLES


def stiffness_and_mass(domain: Any, element: str | None = None, *, a: Any = 1.0, c: Any = 1.0) -> tuple[Any, Any]:
    """The matrices of the integrals of a grad u . grad v and of c u v, over all nodes, without conditions.

    Parameters
    ----------
    domain : (m,), where the elements of a line meet, ascending; or a mesh of triangles
    element : of `poisson_1d` or `poisson_2d`; the one of degree 1 where left out
    a, c : a number or a function of the place; a is positive, c is not negative

    Returns
    -------
    K, M
        on a line the lower triangles of two bands (p + 1, n), as `solveh_banded` takes them with lower=True; on a mesh
        two csr_arrays.

    Raises
    ------
    ValueError, TypeError
        as `poisson_1d` and `poisson_2d` do.

    Operation count, exact, for n linear elements on a line and numbers a and c:

    >>> from mechkit import law
    >>> law(lambda n: stiffness_and_mass(np.linspace(0.0, 1.0, n + 1)), n=range(2, 8)).flops
    Polynomial('70n')

    References: Strang and Fix, An Analysis of the Finite Element Method, sections 1.8 and 6.1.

    Examples
    --------
    >>> K, M = stiffness_and_mass([0.0, 1.0, 2.0])
    >>> K
    array([[ 1.,  2.,  1.],
           [-1., -1.,  0.]])
    >>> M.round(4)
    array([[0.3333, 0.6667, 0.3333],
           [0.1667, 0.1667, 0.    ]])
    """
    __tracebackhide__ = True
    if isinstance(domain, Mesh):
        return _on_mesh(domain, element or "P1", a, c)
    shape = LINES[one_of("element", element or "linear", LINES)]
    x, _ = checked_line(domain, 0.0, 0.0, None, "domain")
    cells = np.column_stack([np.arange(x.size - 1), np.arange(1, x.size)])
    dofs = shape.step * cells[:, :1] + np.arange(shape.size)
    number = np.arange(int(dofs[-1, -1]) + 1)
    found = []
    for stiffness, mass in ((a, 0.0), (None, c)):
        E, F = line_integrals(shape, x, cells, 0, 0.0, stiffness, mass)
        if shape.orders:  # the slopes are unknowns as they are
            scale_elements(np.diff(x)[:, np.newaxis] ** np.asarray(shape.orders), E, F)
        ab = np.zeros((shape.size, number.size))
        assemble_band(E, dofs, number, ab)
        found.append(ab)
    return found[0], found[1]


def _on_mesh(mesh: Mesh, element: str, a: Any, c: Any) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
    if mesh.dimension != 2:
        raise TypeError(f"domain is a {mesh!r}; give a mesh of triangles, or the points of a line")
    shape = TRIANGLES[one_of("element", element, TRIANGLES)]
    dofs, nodes = numbered(shape, mesh)
    number = np.arange(len(nodes))
    pattern = pattern_of(dofs, number, number.size)
    found = []
    for stiffness, mass in ((a, 0.0), (None, c)):
        E, _ = mesh_integrals(shape, mesh, 0, 0.0, stiffness, mass)
        data = np.zeros(pattern[1].size)
        assemble_rows(E, dofs, number, *pattern, data)
        found.append(rows_of(pattern, data))
    return found[0], found[1]
