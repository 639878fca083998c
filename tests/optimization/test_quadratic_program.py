"""Convex quadratic programs: published optima, optimality conditions, certificates, refusals."""

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError

import mechkit as mk
from mechkit.optimization.programs.quadratic_program import quadratic_program
from mechkit.optimization.programs.quasidefinite import (
    NARROW,
    factor_few_rows,
    factor_quasidefinite,
    factorization,
)
from mechkit.problems.quadratic_programs import read_quadratic_program

OPTIMA = {
    "HS21": -99.96,
    "HS35": 1 / 9,
    "HS51": 0.0,
    "HS76": -4.6818182,
    "HS118": 664.82045,
    "DUAL4": 0.74609084,
    "QAFIRO": -1.5907818,
}


def assert_optimal(found, P, q, A, l, u, tol=1e-6):
    """The conditions of Karush, Kuhn and Tucker, which are sufficient, each relative to its terms."""
    assert found.success, found.message
    x, y, v = found.x, found.y, A @ found.x
    size = max(1.0, np.abs(v).max())
    assert (v >= l - tol * size).all()
    assert (v <= u + tol * size).all()
    terms = P @ x, A.T @ y, q
    assert np.abs(sum(terms)).max() <= tol * max(1.0, *(np.abs(t).max() for t in terms))
    assert (y[np.isinf(u)] <= 0).all()
    assert (y[np.isinf(l)] >= 0).all()
    dual = -x @ (P @ x) / 2 - sum(y[k] * (u[k] if y[k] > 0 else l[k]) for k in np.flatnonzero(y))
    assert abs(found.fun - dual) <= tol * max(1.0, abs(found.fun))


LARGE = {"HS118", "DUAL4", "QAFIRO"}


@pytest.mark.parametrize("name", [pytest.param(k, marks=pytest.mark.slow) if k in LARGE else k for k in OPTIMA])
def test_published_optima(published, name):
    program = read_quadratic_program(published("qp") / f"{name}.mat")
    P, q, A, l, u, r = (getattr(program, field) for field in "PqAlur")
    found = quadratic_program(P, q, A, l, u, r)
    assert found.fun == pytest.approx(OPTIMA[name], rel=1e-6, abs=1e-6)
    assert found.nit <= 25
    assert all(len(values) == found.nit + 1 for values in found.history.values())
    dense = quadratic_program(P.toarray(), q, A.toarray(), l, u)
    assert dense.fun + r == pytest.approx(found.fun, rel=1e-12)
    assert_optimal(dense, P, q, A, l, u)


@pytest.mark.slow
def test_linear_programs_are_those_of_scipy(published):
    names = ("AFIRO", "SC50A", "BLEND", "infeasible_itest2", "infeasible_itest6")
    for name in names:
        with np.load(published("netlib_lp") / f"{name}.npz", allow_pickle=True) as z:
            c, n = z["c"], z["c"].size
            A_ub, A_eq = z["A_ub"].reshape(-1, n), z["A_eq"].reshape(-1, n)
            bounds = z["bounds"].reshape(-1, 2).astype(float) if z["bounds"].size else np.tile([0, np.inf], (n, 1))
            l = np.concatenate([np.full(len(A_ub), -np.inf), z["b_eq"], bounds[:, 0]])
            u = np.concatenate([z["b_ub"], z["b_eq"], bounds[:, 1]])
        found = quadratic_program(np.zeros((n, n)), c, np.vstack([A_ub, A_eq, np.eye(n)]), l, u)
        assert found.status == (2 if "infeasible" in name else 0)
        if found.success:
            rows = slice(len(A_ub)), slice(len(A_ub), len(A_ub) + len(A_eq))
            expected = scipy.optimize.linprog(c, A_ub, u[rows[0]], A_eq, u[rows[1]], bounds)
            assert found.fun == pytest.approx(expected.fun, rel=1e-7)


def random_program(seed, n, m, rank):
    """A program with a known feasible point and a bounded objective; rows of all kinds, some of them redundant."""
    rng = np.random.default_rng(seed)
    B = rng.standard_normal((rank, n))
    A = rng.standard_normal((m, n))
    v, kind = A @ rng.standard_normal(n), rng.integers(0, 5, m)
    l = np.select([kind == 0, kind == 1, kind == 2], [v, -np.inf, v - 1.0], v - rng.random(m))
    u = np.select([kind == 0, kind == 1, kind == 2], [v, v + 1.0, np.inf], v + rng.random(m))
    A, l, u = np.vstack([A, 3 * A[:2]]), np.append(l, 3 * l[:2]), np.append(u, 3 * u[:2])
    y = rng.standard_normal(len(l))
    y = np.select([np.isinf(l), np.isinf(u)], [np.abs(y), -np.abs(y)], y)
    P = B.T @ B
    return P, -P @ rng.standard_normal(n) - A.T @ y, A, l, u


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 15), m=st.integers(1, 12), share=st.floats(0, 1))
def test_random_programs_are_solved_to_optimality(seed, n, m, share):
    program = random_program(seed, n, m, int(share * n))
    assert_optimal(quadratic_program(*program), *program)


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), scale=st.integers(-12, 12))
def test_units_do_not_matter(seed, scale):
    P, q, A, l, u = random_program(seed, 6, 5, 6)
    here, there = (
        quadratic_program(P, q, A, l, u),
        quadratic_program(P, q, A * 2.0**scale, l * 2.0**scale, u * 2.0**scale),
    )
    assert there.success
    assert there.fun == pytest.approx(here.fun, rel=1e-6, abs=1e-6)


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 8))
def test_infeasible_programs_are_proved_to_be(seed, n):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, n))
    A, l, u = np.array([a, b, a + b]), np.array([1.0, 1.0, -np.inf]), np.array([np.inf, np.inf, 1.9])
    found = quadratic_program(np.eye(n), np.ones(n), A, l, u)
    y = found.certificate
    assert found.status == 2
    assert not found.success
    assert np.abs(A.T @ y).max() <= 1e-6 * np.abs(y).max()
    assert y @ np.where(y > 0, np.nan_to_num(u), np.nan_to_num(l)) < 0


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 8))
@example(seed=286, n=8)  # the rows of P depend on each other, and the search ends close to a direction
def test_unbounded_programs_have_a_direction(seed, n):
    rng = np.random.default_rng(seed)
    B, q = rng.standard_normal((n - 1, n)), rng.standard_normal(n)
    down = np.linalg.svd(B)[2][-1]
    down = -down if q @ down > 0 else down
    q = q - 0.5 * down
    A, l = down[None, :], np.array([-1.0])
    found = quadratic_program(B.T @ B, q, A, l)
    d = found.certificate
    assert found.status == 3
    assert np.abs(B.T @ B @ d).max() <= 1e-5
    assert q @ d < 0
    assert A @ d >= -1e-6


def test_parts_may_be_missing():
    P, q = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([-1.0, 2.0])
    free = quadratic_program(P, q)
    np.testing.assert_allclose(free.x, np.linalg.solve(P, -q), rtol=1e-7)
    boxed = quadratic_program(P, q, l=[0.0, 0.0])
    np.testing.assert_allclose(boxed.x, [0.5, 0.0], atol=1e-7)
    assert quadratic_program(P, q, r=5.0).fun == pytest.approx(free.fun + 5.0)
    assert quadratic_program([[0.0]], [0.0]).success
    assert quadratic_program([[1.0]], [1.0], [[0.0]], [-1.0], [1.0]).x == pytest.approx([-1.0])
    zero_row = quadratic_program([[1.0]], [1.0], [[0.0]], [1.0], [2.0])
    assert (zero_row.status, zero_row.certificate[0] < 0) == (2, True)


def test_any_kind_of_array_is_taken_and_left_unchanged():
    P, q, A, l, u = random_program(1, 5, 4, 5)
    expected = quadratic_program(P, q, A, l, u).x
    copies = [x.copy() for x in (P, q, A, l, u)]
    for x in (P, q, A, l, u):
        x.setflags(write=False)
    for matrix in (np.asfortranarray, scipy.sparse.csc_array, scipy.sparse.coo_matrix, lambda a: a.tolist()):
        np.testing.assert_allclose(quadratic_program(matrix(P), q, matrix(A), l, u).x, expected, rtol=1e-6, atol=1e-8)
    for x, copy in zip((P, q, A, l, u), copies, strict=True):
        np.testing.assert_array_equal(x, copy)
    twice = scipy.sparse.csr_array((np.ones(2), [0, 0], [0, 2]), shape=(1, 1))
    assert quadratic_program([[1.0]], [0.0], twice, [4.0]).x == pytest.approx([2.0])
    assert twice.nnz == 2
    assert quadratic_program(np.eye(2, dtype=np.float32), np.ones(2, int)).x.dtype == np.float64


@pytest.mark.parametrize(("n", "p"), [(3, 2), (NARROW, 7), (50, 0), (61, 22), (45, 44)])
def test_quasidefinite_factors_give_the_matrix_back(n, p):
    rng = np.random.default_rng(n)
    B = rng.standard_normal((n + p, n + p))
    K = B @ B.T + np.eye(n + p)
    K[n:, n:] *= -1.0
    K[:n, n:], K[n:, :n] = B[:n, n:], B[:n, n:].T
    U = K.copy()
    assert factorization(n + p)(U, n) == n + p
    U, D = np.triu(U), np.diag(np.append(np.ones(n), -np.ones(p)))
    np.testing.assert_allclose(U.T @ D @ U, K, atol=1e-9 * np.abs(K).max())


def test_blocks_change_no_count():
    def counts(factor, n, p):
        K = np.eye(n + p) + 1.0
        K[n:, n:] -= 3.0 * np.eye(p)
        with mk.count() as ops:
            assert factor(K, n) == n + p
        return ops.flops, ops.sqrt, ops.neg

    for n, p in ((NARROW, 0), (NARROW + 1, 0), (57, 3)):
        assert counts(factor_quasidefinite, n, p) == counts(factor_few_rows, n, p)


def test_factoring_stops_at_a_pivot_that_is_not_positive():
    for factor in (factor_few_rows, factor_quasidefinite):
        assert factor(np.diag([1.0, 0.0, -1.0]), 2) == 1
        assert factor(np.diag([1.0, 1.0, 1.0]), 2) == 2
        assert factor(np.full((3, 3), np.nan), 3) == 0


def test_the_limit_keeps_the_best_point_and_says_so():
    program = random_program(3, 8, 8, 4)
    found = quadratic_program(*program, maxiter=2)
    assert (found.status, found.nit, found.success) == (1, 2, False)
    assert "maxiter = 2" in found.message
    assert np.isfinite(found.x).all()


def test_overflow_is_no_solution():
    found = quadratic_program([[1e200]], [1e300], [[1.0]], [-1e19], [1e19])
    assert found.success or found.status == 4
    assert np.isfinite(found.x).all()


I2 = np.eye(2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: quadratic_program(-I2, [1, 1]), LinAlgError, "not positive semidefinite.*eigenvalue is -1"),
        (lambda: quadratic_program([[0, 1], [1, 0]], [1, 1]), LinAlgError, "not positive semidefinite.*is -1"),
        (lambda: quadratic_program([[1, 2], [2, 1]], [1, 1]), LinAlgError, "not positive semidefinite.*is -1"),
        (lambda: quadratic_program(I2, [1, 1, 1]), ValueError, r"P has shape \(2, 2\); it must be \(3, 3\)"),
        (lambda: quadratic_program([[1, 2], [0, 1]], [1, 1]), ValueError, r"P is not symmetric: P\[0, 1\] is 2.0"),
        (lambda: quadratic_program(I2, [1, np.nan]), ValueError, r"q\[1\] is nan"),
        (lambda: quadratic_program(I2, []), ValueError, "q is empty"),
        (lambda: quadratic_program(I2 * 1j, [1, 1]), TypeError, "P is complex"),
        (lambda: quadratic_program(I2, ["a", "b"]), TypeError, "q holds"),
        (lambda: quadratic_program([[np.inf, 0], [0, 1]], [1, 1]), ValueError, r"P\[0, 0\] is inf"),
        (
            lambda: quadratic_program(I2, [1, 1], np.ones((2, 3)), [0, 0]),
            ValueError,
            r"A has shape \(2, 3\); it needs 2",
        ),
        (lambda: quadratic_program(I2, [1, 1], [[1, np.nan]], [0]), ValueError, "A.data.* is nan"),
        (lambda: quadratic_program(I2, [1, 1], I2, [0, 0, 0]), ValueError, r"l has shape \(3,\); it needs 2"),
        (lambda: quadratic_program(I2, [1, 1], I2, [0, 2], [1, 1]), ValueError, r"row 1 contradict.*l\[1\] is 2.0"),
        (lambda: quadratic_program(I2, [1, 1], I2, [0, np.inf]), ValueError, "row 1 contradict.*inf"),
        (lambda: quadratic_program(I2, [1, 1], I2, [0, np.nan]), ValueError, "row 1 contradict.*nan"),
        (lambda: quadratic_program(I2, [1, 1], tol=0.0), ValueError, "tol is 0.0; it must be a finite number above 0"),
        (lambda: quadratic_program(I2, [1, 1], maxiter=-1), ValueError, "maxiter is -1; it must be a whole number"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("P", "q", "l", "u", "x"),
    [
        (I2, [-5.0, -1e6], [0, 0], None, [5.0, 1e6]),
        (I2, [-5.0, -1e5], [0, 0], None, [5.0, 1e5]),
        (I2, [5.0, -1e6], [0, 0], None, [0.0, 1e6]),
        (I2, [0.0, 0.0], [1, 1e8], None, [1.0, 1e8]),
        (I2, [0.0, 0.0], None, [-1e4, -1], [-1e4, -1.0]),
        (np.diag([1.0, 1e6]), [-5.0, -1e10], [0, 0], None, [5.0, 1e4]),
    ],
)
def test_a_large_row_hides_no_other_in_the_gap(P, q, l, u, x):
    found = quadratic_program(P, q, I2, l, u)
    assert found.success, found.message
    np.testing.assert_allclose(found.x, x, rtol=1e-4, atol=1e-4)
    assert found.nit == len(found.history["fun"]) - 1
    assert found.history["fun"][-1] == pytest.approx(found.fun, rel=1e-6)
