"""Finite elements and boundary value problems against scikit-fem and SciPy, one thread, both sides in turn.

python benchmarks/finite_elements.py [part of a name ...]

scikit-fem is needed for the lines of finite elements: pip install --no-deps scikit-fem meshio
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import sys
from functools import partial
from typing import Any

import numpy as np
import scipy.integrate
from interleaved import Case, run

from mechkit import odes


def elements() -> dict[str, Case]:
    try:
        import skfem
        from skfem.models.poisson import laplace, unit_load
    except ImportError:
        print("scikit-fem is not installed: the lines of finite elements are left out", file=sys.stderr)
        return {}

    def solved(mesh: Any, element: Any) -> Any:
        basis = skfem.Basis(mesh, element)
        A, b = laplace.assemble(basis), unit_load.assemble(basis)
        return skfem.solve(*skfem.condense(A, b, D=basis.get_dofs()))

    def refined(times: int, element: Any) -> Any:
        return solved(skfem.MeshTri().refined(times), element)

    def tensor(n: int, element: Any) -> Any:
        return solved(skfem.MeshTri.init_tensor(*2 * [np.linspace(0.0, 1.0, n + 1)]), element)

    def ours(n: int, element: str, method: str = "auto") -> Any:
        return odes.poisson_2d(1.0, odes.rectangle_mesh(n), element=element, method=method)

    def same(u: Any, v: Any) -> None:
        assert u.success
        np.testing.assert_allclose(u.values.max(), v.max(), rtol=1e-8)

    p1, p2 = skfem.ElementTriP1(), skfem.ElementTriP2()
    return {
        "P1, 16641 nodes, mesh of its tutorial": Case(
            "scikit-fem", 3, partial(ours, 128, "P1"), partial(refined, 7, p1), same
        ),
        "P1, 16641 nodes, mesh of a grid": Case(
            "scikit-fem", 0, partial(ours, 128, "P1"), partial(tensor, 128, p1), same
        ),
        "P1, 16641 nodes, both directly": Case(
            "scikit-fem", 0, partial(ours, 128, "P1", "direct"), partial(tensor, 128, p1), same
        ),
        "P2, 16641 nodes": Case("scikit-fem", 0, partial(ours, 64, "P2"), partial(refined, 6, p2), same),
    }


def boundary_values() -> dict[str, Case]:
    x = np.linspace(0.0, 1.0, 5)
    guess = np.zeros((2, 5))
    guess[0] = 3.0

    def ours(x: Any, y: Any) -> Any:
        return np.array([y[1], -np.exp(y[0])])

    def theirs(x: Any, y: Any) -> Any:
        return np.vstack((y[1], -np.exp(y[0])))

    def bc(ya: Any, yb: Any) -> Any:
        return np.array([ya[0], yb[0]])

    def same(u: Any, v: Any) -> None:
        np.testing.assert_allclose(u.sol(0.5)[0], v.sol(0.5)[0], rtol=1e-4)

    return {
        f"Bratu by collocation, tol {tol:g}": Case(
            "SciPy",
            0,
            partial(odes.solve_bvp, ours, bc, x, guess, tol=tol),
            partial(scipy.integrate.solve_bvp, theirs, bc, x, guess, tol=tol),
            same,
        )
        for tol in (1e-3, 1e-6)
    }


if __name__ == "__main__":
    run((elements, boundary_values), sys.argv[1:])
