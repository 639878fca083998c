"""Banded and iterative solves allocate no more than twice the arrays that they are given."""

import tracemalloc

import numpy as np
import pytest

from mechkit import linear_systems as ls
from mechkit.problems import poisson_2d

N = 20_000


def band(l, u):
    ab = np.random.default_rng(0).random((l + u + 1, N))
    ab[u] += l + u + 1
    return ab


def grid(m=150):
    A = poisson_2d(m)
    return A, np.ones(m * m), A.data.nbytes + A.indices.nbytes + A.indptr.nbytes + 8 * m * m


def cases():
    b = np.ones(N)
    for l, u in ((1, 1), (5, 5), (2, 9), (9, 2)):
        ab = band(l, u)
        yield f"solve_banded({l}, {u})", lambda l=l, u=u, ab=ab: ls.solve_banded((l, u), ab, b), ab.nbytes + b.nbytes
    ab = band(0, 10)
    yield "solveh_banded", lambda: ls.solveh_banded(ab, b), ab.nbytes + b.nbytes
    dl, d, du = np.ones(N - 1), np.full(N, 4.0), np.ones(N - 1)
    yield "solve_tridiagonal", lambda: ls.solve_tridiagonal(dl, d, du, b), 4 * b.nbytes
    A, right, given = grid()
    for name in ("jacobi", "gauss_seidel", "cg", "steepest_descent", "gmres"):
        options = {"maxiter": 30} if name != "gmres" else {"maxiter": 3, "restart": 5}
        yield name, lambda name=name, options=options: getattr(ls, name)(A, right, **options), given
    yield "cg with IC(0)", lambda: ls.cg(A, right, M=ls.ic0_preconditioner(A)), given
    f = np.ones((127, 127))
    yield "full_multigrid", lambda: ls.full_multigrid(f), f.nbytes


CASES = {name: (run, given) for name, run, given in cases()}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_peak(name):
    run, given = CASES[name]
    run()  # compiles
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        result = run()
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert result is not None
    assert peak <= 2 * given, f"{peak / given:.2f} times the arrays given"
