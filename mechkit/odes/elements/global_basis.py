"""Galerkin's method with polynomials that span the whole interval: the dense counterpart of finite elements."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse

from mechkit.checking import enough_memory, whole
from mechkit.linear_systems import cho_factor, cho_solve
from mechkit.odes.elements.conditions import Dirichlet
from mechkit.odes.elements.legendre_basis import LegendreBasis
from mechkit.odes.elements.line_problem import add_end, checked_line, line_integrals, require_held
from mechkit.odes.elements.solution import SYMMETRIES, LineSolution
from mechkit.odes.elements.verdict import ROUNDING, energy_of, judged_rows, require_level

#: An element of the matrix below this share of the diagonal is a rounding error of a zero.
ZERO_SHARE = 1e-13


def legendre_galerkin(
    f: Any,
    degree: int,
    ends: Any = (0.0, 1.0),
    *,
    a: Any = 1.0,
    c: Any = 0.0,
    left: Any = None,
    right: Any = 0.0,
    symmetry: str | None = None,
) -> LineSolution:
    """Solve -(a u')' + c u = f by one polynomial for the whole interval.

    Every function of the basis overlaps every other one, so the matrix is full where a or c varies. For a smooth
    solution the error falls faster than any power of the degree.

    Parameters
    ----------
    f : the load, a number or a function of x
    degree : of the polynomial
    ends : of the interval
    a, c, left, right, symmetry : as in `poisson_1d`, and so are the errors

    Returns
    -------
    LineSolution
        callable at points; its nodes are the extrema of the Chebyshev polynomial of this degree, moved to the interval.

    Operation count, exact, for an even degree n, where a varies: n^3 / 3 for Cholesky's method, and more for the
    integrals of n^2 products at n + 2 points.

    >>> from mechkit import law
    >>> def run(n):
    ...     legendre_galerkin(1.0, n, a=lambda x: 1.0 + x)
    >>> law(run, n=range(4, 16, 2)).flops
    Polynomial('11n^3/6 + 11n^2 + 68n/3 + 31')

    References: Szabo and Babuska, Finite Element Analysis (1991), section 2.3; Canuto, Hussaini, Quarteroni and Zang,
    Spectral Methods: Fundamentals in Single Domains (2006), section 2.3.

    Examples
    --------
    >>> u = legendre_galerkin(1.0, 2)
    >>> round(u(0.5), 15)  # x (1 - x) / 2 is such a polynomial
    0.125
    >>> u = legendre_galerkin(lambda x: np.pi**2 * np.sin(np.pi * x), 14)
    >>> u.unknowns, u.l2_error(lambda x: np.sin(np.pi * x)) < 1e-13
    (13, True)
    """
    __tracebackhide__ = True
    shape = LegendreBasis(whole("degree", degree))
    k = shape.size
    enough_memory(f"a matrix of order {k}", 24.0 * k * k)
    nodes, conditions = checked_line(ends, left, right, symmetry, "ends")
    if nodes.size != 2:
        raise ValueError(f"ends has {nodes.size} numbers; give the two ends of the interval, such as (0.0, 1.0)")
    require_held(conditions, c, nodes)
    power = SYMMETRIES[symmetry][0]
    E, F = line_integrals(shape, nodes, np.array([[0, 1]]), power, f, a, c)
    A, b = E[0].copy(), F[0].copy()
    number = np.arange(k)
    free = np.ones(k, bool)
    freedom = np.zeros(k)
    for corner, (end, place) in enumerate(zip(conditions, nodes, strict=True)):
        if isinstance(end, Dirichlet):
            freedom[corner] = end.value
            free[corner] = False
        add_end(end, corner, place**power, number, A.reshape(1, -1)[:, :: k + 1], b)
    b = (b - A @ freedom)[free]
    A = A[np.ix_(free, free)]
    if free.all():
        require_level(scipy.sparse.csr_array(A), np.where(number < 2, 1.0, 0.0))
    if b.size:
        freedom[free] = cho_solve(cho_factor(A), b)
    success, message = judged_rows(scipy.sparse.csr_array(A), b, freedom[free], ROUNDING)
    size = np.sqrt(np.diagonal(A))
    where = nodes[0] + (nodes[1] - nodes[0]) * (1.0 - np.cos(np.pi * np.arange(k) / shape.degree)) / 2.0
    where[-1] = nodes[1]
    u = LineSolution(
        nodes=where,
        values=np.empty(0),
        success=success,
        message=message,
        unknowns=b.size,
        nonzeros=int((np.abs(A) > ZERO_SHARE * size * size[:, np.newaxis]).sum()),
        energy=SYMMETRIES[symmetry][1] * energy_of(E, freedom[np.newaxis]),
        x=nodes,
        freedom=freedom,
        element=shape,
        symmetry=symmetry,
    )
    return replace(u, values=u(where))
