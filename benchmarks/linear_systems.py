"""Linear systems against SciPy and pyamg, one thread, both sides in turn: medians and their ratio.

python benchmarks/linear_systems.py [part of a name ...]

pyamg is needed for the multigrid line: pip install pyamg
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import sys
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse.linalg
from interleaved import Case, run

from mechkit import linear_systems as ls
from mechkit.problems import poisson_2d


def band(n: int, l: int, u: int) -> tuple[np.ndarray, np.ndarray]:
    """A dominant random band and a right-hand side."""
    rng = np.random.default_rng(0)
    ab = rng.random((l + u + 1, n))
    ab[u] += l + u + 1
    return ab, rng.random(n)


def dense(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((n, n)) + n * np.eye(n), rng.random(n)


def tridiagonal() -> dict[str, Case]:
    ab, b = band(10**6, 1, 1)
    dl, d, du = ab[2, :-1].copy(), ab[1], ab[0, 1:].copy()
    theirs = partial(scipy.linalg.solve_banded, (1, 1), ab, b)
    return {
        "tridiagonal, n = 1e6, from both ends": Case("SciPy", 3, lambda: ls.solve_tridiagonal(dl, d, du, b), theirs),
        "tridiagonal, n = 1e6, from one end": Case(
            "SciPy", 0, lambda: ls.solve_tridiagonal(dl, d, du, b, twisted=False), theirs
        ),
        "tridiagonal, n = 1e6, interchanging": Case("SciPy", 3, lambda: ls.solve_banded((1, 1), ab, b), theirs),
    }


def bands() -> dict[str, Case]:
    banded, definite = band(10**5, 5, 5), band(10**5, 0, 20)
    return {
        "band (5, 5), n = 1e5": Case(
            "SciPy",
            1.5,
            lambda: ls.solve_banded((5, 5), *banded),
            lambda: scipy.linalg.solve_banded((5, 5), *banded),
        ),
        "definite band, p = 20, n = 1e5": Case(
            "SciPy", 1, lambda: ls.solveh_banded(*definite), lambda: scipy.linalg.solveh_banded(*definite)
        ),
    }


def dense_systems() -> dict[str, Case]:
    found = {}
    for n, goal in ((100, 1.0), (500, 0.6), (1000, 0.6)):
        a, b = dense(n)
        found[f"dense, n = {n}"] = Case("SciPy", goal, partial(ls.solve, a, b), partial(scipy.linalg.solve, a, b))
    a, b = dense(1000)
    definite, lower = a @ a.T, np.tril(a)
    found["Cholesky, n = 1000"] = Case(
        "SciPy",
        0.6,
        partial(ls.cho_factor, definite),
        partial(scipy.linalg.cho_factor, definite),
        lambda x, y: np.testing.assert_allclose(np.triu(x[0]), np.triu(y[0]), rtol=1e-6),
    )
    found["triangular, n = 1000"] = Case(
        "SciPy",
        1,
        partial(ls.solve_triangular, lower, b, lower=True),
        partial(scipy.linalg.solve_triangular, lower, b, lower=True),
        repeats=101,
    )
    return found


def conjugate_gradients() -> dict[str, Case]:
    m = 500
    A, b = poisson_2d(m), np.random.default_rng(0).standard_normal(m * m)
    star = ls.Operator(ls.five_point_star, (m,))

    def agree(ours: Any, theirs: Any) -> None:
        for x, info in (ours, theirs):
            assert info == 0
            assert np.linalg.norm(b - A @ x) <= 1.01e-8 * np.linalg.norm(b)

    theirs = partial(scipy.sparse.linalg.cg, A, b, rtol=1e-8)
    return {
        "CG, 500 x 500 grid, CSR": Case("SciPy", 1, lambda: ls.cg(A, b, rtol=1e-8), theirs, agree, 5),
        "CG, 500 x 500 grid, matrix-free": Case("SciPy", 3.5, lambda: ls.cg(star, b, rtol=1e-8), theirs, agree, 5),
    }


def multigrid() -> dict[str, Case]:
    try:
        import pyamg
    except ImportError:
        print("pyamg is not installed: the multigrid line is left out", file=sys.stderr)
        return {}
    n = 511
    A, f = poisson_2d(n).tocsr(), np.random.default_rng(0).standard_normal((n, n))

    def agree(ours: Any, theirs: np.ndarray) -> None:
        for x in (ours.x.ravel(), theirs):
            assert np.linalg.norm(f.ravel() - A @ x) <= 1.01e-8 * np.linalg.norm(f)

    found = {}
    for name, build in (
        ("Ruge-Stueben", pyamg.ruge_stuben_solver),
        ("aggregation", pyamg.smoothed_aggregation_solver),
    ):
        solver = build(scipy.sparse.csr_matrix(A))
        found[f"full multigrid, 511 x 511 grid, {name}"] = Case(
            "pyamg + CG",
            2,
            lambda: ls.full_multigrid(f, rtol=1e-8),
            partial(solver.solve, f.ravel(), tol=1e-8, accel="cg"),
            agree,
            5,
        )
    return found


if __name__ == "__main__":
    run((tridiagonal, bands, dense_systems, conjugate_gradients, multigrid), sys.argv[1:])
