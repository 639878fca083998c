"""Quadratic programs of awkward scales, limits and curvatures, and sparse ones; other code checks the answers."""

import numpy as np
import pytest
import scipy.sparse
from numpy.linalg import LinAlgError

import mechkit as mk
from mechkit.optimization import quadratic_program
from mechkit.optimization.programs.convexity import rounding_of
from mechkit.optimization.programs.minimum_degree import minimum_degree
from mechkit.optimization.programs.quadratic_attempt import attempt
from mechkit.optimization.programs.quadratic_check import errors_of
from mechkit.optimization.programs.quadratic_input import program
from mechkit.optimization.programs.quadratic_run import is_sparse_faster
from mechkit.optimization.programs.sparse_interior_point import pattern, sparse_interior_point
from mechkit.optimization.programs.sparse_quasidefinite import factor_ldl

INF, I2 = np.inf, np.eye(2)


def errors(P, q, A, l, u, found, X=1.0):
    """The conditions of Karush, Kuhn and Tucker: rows, gradient, complementarity, each beside the terms of its own sum.

    X : sizes of x; a millionth of these counts as x where x is smaller.
    """
    x, y, P, A = found.x, found.y, scipy.sparse.csr_array(P), scipy.sparse.csr_array(A)
    v, size = A @ x, abs(A) @ (np.abs(x) + 1e-6 * X) + 1e-300
    low, high = l > -1e20, u < 1e20
    below = ((l - v)[low] / (np.abs(l) + size)[low]).max(initial=0.0)
    above = ((v - u)[high] / (np.abs(u) + size)[high]).max(initial=0.0)
    terms = abs(P) @ np.abs(x) + np.abs(q) + abs(A.T) @ np.abs(y)
    gradient = np.abs(P @ x + q + A.T @ y) / (terms + 1e-6 * terms.max())
    assert (y[u >= 1e20] <= 0).all()
    assert (y[l <= -1e20] >= 0).all()
    held = sum(abs(y[k] * (v[k] - (u[k] if y[k] > 0 else l[k]))) for k in np.flatnonzero(y))
    fun = x @ (P @ x) / 2 + q @ x
    assert found.fun == pytest.approx(fun, rel=1e-9)
    return max(below, above, gradient.max(), held / abs(fun))


@pytest.mark.parametrize("limit", [1e8, 1e15, 1e18, 9.9e19, 1e20, 1e25, INF])
def test_limits_out_of_reach_change_nothing(limit):
    found = quadratic_program(I2, [-3.0, -4.0], [[1.0, 1.0]], [-INF], [limit])
    assert found.success, found.message
    np.testing.assert_allclose(found.x, [3.0, 4.0], rtol=1e-7)
    both = quadratic_program(I2, [-3.0, -4.0], [[1.0, 1.0], [1.0, 0.0]], [-limit, -1.0], [4.5, 1.0])
    np.testing.assert_allclose(both.x, [1.0, 3.5], rtol=1e-6)


def test_limits_far_away_are_kept_where_they_hold_x():
    found = quadratic_program(np.zeros((2, 2)), [-1.0, -1.0], I2, [0.0, 0.0], [1e8, 3.0])
    assert found.success, found.message
    assert found.fun == pytest.approx(-1e8 - 3.0, rel=1e-8)
    assert found.x[0] == pytest.approx(1e8, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-10, 1e-8, 1e-3, 1e5, 1e10])
def test_scales_of_objective_rows_and_unknowns_do_not_matter(scale):
    P, q, A = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([-6.0, -9.0]), np.array([[1.0, 1.0], [1.0, 0.0]])
    l, u, x = np.array([-INF, 0.0]), np.array([3.0, 5.0]), np.array([1.0, 2.0])
    s = np.array([1.0, scale])
    S = np.diag(s)
    for found, unit in (
        (quadratic_program(scale * P, scale * q, A, l, u), 1.0),
        (quadratic_program(P, q, scale * A, scale * l, scale * u), 1.0),
        (quadratic_program(P, q, S @ A, s * l, s * u), 1.0),
        (quadratic_program(P, scale * q, A, scale * l, scale * u), scale),
        (quadratic_program(S @ P @ S, S @ q, A @ S, l, u), 1.0 / s),
    ):
        assert found.success, found.message
        np.testing.assert_allclose(found.x / unit, x, rtol=1e-6)


@pytest.mark.parametrize(
    ("P", "q", "A", "l", "u", "x"),
    [
        (I2, [-5.0, -1e10], None, [0, 0], None, [5.0, 1e10]),
        (I2, [-5e-10, -1.0], None, [0, 0], None, [5e-10, 1.0]),
        (I2, [-5.0, -1e10], I2, [0, 0], [10, 2e10], [5.0, 1e10]),
        (np.eye(3), [-5.0, -1e10, 3.0], None, [0, 0, -1e3], None, [5.0, 1e10, -3.0]),
        (np.eye(3), [-5.0, -1e10, 3.0], None, [0, 0, 0], None, [5.0, 1e10, 0.0]),
        (np.eye(3), [-5.0, -1e10, 3.0], [[1, 0, 1]], [0], [1], [4.5, 1e10, -3.5]),
        (np.diag([1e10, 1e-10]), [-1e10, -1e-5], None, None, None, [1.0, 1e5]),
        (np.diag([1e10, 1e-10]), [-1e10, -1e-5], None, [0, 0], None, [1.0, 1e5]),
        (np.diag([1e8, 1e-8]), [-1e8, -1e-3], I2, [-INF, -INF], [INF, INF], [1.0, 1e5]),
        (np.array([[1e10, 1.0], [1.0, 1e-9]]), [-1e10, -1e-5], None, None, None, [10 / 9 + 1e-6, -1.1111e9 - 0.0]),
        (np.diag([1.0, 1e-6, 1e4]), [-2.0, -1e3, 1.0], None, [3.0, 0, 0], None, [3.0, 1e9, 0.0]),
    ],
)
def test_large_numbers_do_not_hide_small_unknowns(P, q, A, l, u, x):
    found = quadratic_program(P, q, A, l, u)
    assert found.success, found.message
    np.testing.assert_allclose(found.x, x, rtol=1e-5, atol=1e-9 * min(np.abs(x)[np.array(x) != 0]))


@pytest.mark.parametrize("excess", [1e-3, 1e-6, 1e-7])
def test_a_little_infeasible_is_proved(excess):
    A, l, u = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]]), [1.0 + excess, -INF, 0.0], [INF, 1.0, INF]
    for P in (I2, np.zeros((2, 2))):
        found = quadratic_program(P, [-1.0, -1.0], A, l, u)
        y = found.certificate
        assert found.status == 2, found.message
        assert np.abs(A.T @ y).max() <= 1e-12 * np.abs(y).max()
        assert y[0] * l[0] + y[1] * u[1] < 0
        assert y[0] < 0 < y[1]


def test_within_the_tolerance_is_solved():
    found = quadratic_program(I2, [-1.0, -1.0], [[1.0, 1.0], [1.0, 1.0]], [1.0 + 1e-10, -INF], [INF, 1.0])
    assert found.success
    np.testing.assert_allclose(found.x, 0.5, rtol=1e-6)


def test_eigenvalues_that_are_rounding_are_zero():
    rng = np.random.default_rng(0)
    for n, rank in ((5, 2), (30, 10)):
        V = np.linalg.qr(rng.standard_normal((n, n)))[0]
        P = (V * np.append(rng.random(rank), np.zeros(n - rank))) @ V.T
        P = (P + P.T) / 2
        for given in (P, P.astype(np.float32).astype(float), np.round(P, 8), scipy.sparse.csc_array(P)):
            q = given @ rng.standard_normal(n)
            found = quadratic_program(given, q, np.eye(n), -np.ones(n), np.ones(n))
            assert found.success, found.message


@pytest.mark.parametrize("make", [np.array, scipy.sparse.csc_array])
def test_a_negative_number_alone_in_its_row_is_no_rounding(make):
    for P, least in (
        (np.diag([1e10, -1e-10]), "-1e-10"),
        (np.diag([1.0, -1e-17]), "-1e-17"),
        ([[1e10, 1e10, 0.0], [1e10, 1e10, 0.0], [0.0, 0.0, -1e-8]], "-1e-08"),
    ):
        with pytest.raises(LinAlgError, match=f"smallest eigenvalue is {least}"):
            quadratic_program(make(P), np.ones(len(P)), l=np.zeros(len(P)))
    assert quadratic_program(make(np.diag([1e10, 0.0])), [1.0, 1.0]).status == 3


@pytest.mark.parametrize("negative", [-1.0, -1e-3, -1e-6, -1e-9])
def test_true_negative_curvature_is_refused_with_its_value(negative):
    rotation = np.array([[0.6, 0.8], [-0.8, 0.6]])
    for P in (np.diag([1.0, negative]), rotation @ np.diag([1.0, negative]) @ rotation.T):
        with pytest.raises(LinAlgError, match=f"smallest eigenvalue is {negative:.6g}"):
            quadratic_program((P + P.T) / 2, [1.0, 1.0], I2, [-1.0, -1.0], [1.0, 1.0])


def test_few_digits_are_only_many_enough_ones():
    assert rounding_of(np.array([[0.123456, 0.0], [0.0, 1.0]])) > 4e-7
    assert rounding_of(np.array([[0.12, 0.0], [0.0, 1.0]])) < 1e-7
    assert rounding_of(np.array([[1.0, 2.0], [2.0, 1.0]])) < 1e-14


def sparse_program(seed, n, m):
    """A sparse program with equalities, rows with one and two limits, bounds, and P of half the rank."""
    rng = np.random.default_rng(seed)
    A = scipy.sparse.random_array((m, n), density=4 / n, rng=rng, data_sampler=rng.standard_normal, format="csr")
    B = scipy.sparse.random_array((n // 2, n), density=3 / n, rng=rng, data_sampler=rng.standard_normal, format="csr")
    x, kind = rng.random(n) * (rng.random(n) < 0.5), rng.integers(0, 4, m)
    v = A @ x
    l = np.select([kind == 0, kind == 1], [v, -INF], v - rng.random(m))
    u = np.select([kind == 0, kind == 2], [v, INF], v + rng.random(m))
    A = scipy.sparse.vstack([A, scipy.sparse.eye_array(n)], format="csr")
    P, y = scipy.sparse.csr_array(B.T @ B), rng.standard_normal(m) * (kind == 0)
    q = -P @ x - A[:m].T @ y + rng.random(n)
    return P, q, A, np.append(l, np.zeros(n)), np.append(u, np.full(n, INF))


@pytest.mark.slow
def test_sparse_and_dense_factors_give_the_same_answer():
    P, q, A, l, u = sparse_program(0, 60, 40)
    given = program(P, q, A, l, u)
    dense, sparse = (attempt(given, 1e-8, 100, sparse=which) for which in (False, True))
    assert dense.status == sparse.status == 0
    assert sparse.errors.fun == pytest.approx(dense.errors.fun, rel=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_large_sparse_programs_are_solved_by_sparse_factors(seed):
    P, q, A, l, u = sparse_program(seed, 600, 400)
    given = program(P, q, A, l, u)
    assert is_sparse_faster(given)
    with mk.count() as ops:
        found = quadratic_program(P, q, A, l, u)
    assert found.success, found.message
    assert errors(P, q, A, l, u, found) < 1e-6
    assert 0 < ops.flops < 600**3 / 3 * (found.nit + 1)
    K = scipy.sparse.block_array([[P, A.T], [A, None]], format="csr")
    assert ops.flops > 0.5 * pattern(K, 600).flops * found.nit
    again = quadratic_program(P.toarray(), q, A.tocoo(), l, u)
    assert again.fun == pytest.approx(found.fun, rel=1e-12)


@pytest.mark.slow
def test_scaled_rows_and_columns_of_a_sparse_program_do_not_matter():
    P, q, A, l, u = sparse_program(5, 300, 200)
    rng = np.random.default_rng(5)
    D, E = (scipy.sparse.diags_array(10.0 ** rng.uniform(-4, 4, k)) for k in A.shape[::-1])
    scaled = D @ P @ D, D @ q, E @ A @ D, E.diagonal() * l, E.diagonal() * u
    here, there = quadratic_program(P, q, A, l, u), quadratic_program(*scaled)
    assert there.success, there.message
    assert there.fun == pytest.approx(here.fun, rel=1e-6)
    assert errors(*scaled, there, X=1.0 / D.diagonal()) < 1e-6


@pytest.mark.slow
def test_a_sparse_program_that_has_no_solution():
    n = 250
    I = scipy.sparse.eye_array(n, format="csr")
    A = scipy.sparse.vstack([I, scipy.sparse.csr_array(np.ones((1, n)))], format="csr")
    low = quadratic_program(I, np.ones(n), A, np.append(np.ones(n), -INF), np.append(np.full(n, INF), n - 1.0))
    assert low.status == 2
    assert np.abs(A.T @ low.certificate).max() < 1e-9
    falls = quadratic_program(scipy.sparse.csr_array((n, n)), -np.ones(n), A[:n], np.zeros(n))
    assert falls.status == 3
    assert (falls.certificate >= -1e-9).all()
    D = scipy.sparse.diags_array(np.append(np.ones(n - 1), -0.5))
    with pytest.raises(LinAlgError, match="eigenvalue is -0.5"):
        quadratic_program(D, np.ones(n), A[:n], np.zeros(n), np.ones(n))


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_the_order_is_a_permutation_of_little_fill(n):
    rng = np.random.default_rng(n)
    pairs = rng.integers(0, n, (2, 2 * n))
    K = scipy.sparse.coo_array((np.ones(2 * n), pairs), shape=(n, n)).toarray()
    K = ((K + K.T) > 0) * (1.0 - np.eye(n))
    csr = scipy.sparse.csr_array(K)
    order = np.zeros(n, np.int64)
    room = np.zeros(2 * csr.nnz + 2 * n + 2, np.int64)
    minimum_degree(csr.indices.astype(np.int64), csr.indptr.astype(np.int64), room, order)
    assert sorted(order) == list(range(n))

    def fill(order):
        left, total = K[np.ix_(order, order)].astype(bool), 0
        for k in range(n):
            beside = k + 1 + np.flatnonzero(left[k, k + 1 :])
            total += beside.size
            left[np.ix_(beside, beside)] = True
        return total

    assert fill(order) <= min(fill(np.arange(n)), fill(rng.permutation(n)))


def test_a_chain_has_no_fill():
    n = 50
    diagonals = np.ones(n - 1), np.ones(n), np.ones(n - 1)
    K = scipy.sparse.diags_array(diagonals, offsets=[-1, 0, 1], format="csr")
    assert pattern(K, n).counts.sum() == n - 1


def test_a_pivot_without_its_sign_is_raised_and_told():
    of = pattern(scipy.sparse.csr_array(np.array([[1.0, 1.0], [1.0, 1.0]])), 2)
    starts = np.append(0, np.cumsum(of.counts)).astype(np.uint32)
    D = np.zeros(2)
    factors = starts, np.zeros(1, np.uint32), np.zeros(1), D
    assert factor_ldl(of.values, of.indices, of.starts, np.ones(2), of.signs, of.parent, *factors) == 1
    assert (D > 0).all()


def test_the_limit_of_iterations_keeps_the_best_sparse_point():
    P, q, A, l, u = sparse_program(1, 30, 20)
    *_, history, status, best = sparse_interior_point(P, A, q, l, u, 1e-8, 2)
    assert (status, len(history)) == (1, 3)
    assert history[best, 1:].max() == history[:, 1:].max(axis=1).min()


@pytest.mark.parametrize("name", ["csr", "csc", "coo", "lil", "dok", "dia", "bsr"])
@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csr_matrix])
def test_every_sparse_format_is_taken(name, kind):
    P, A = np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([[1.0, 1.0], [0.0, 1.0]])
    found = quadratic_program(kind(P).asformat(name), [-2.0, -8.0], kind(A).asformat(name), [-INF, 0], [2.0, INF])
    np.testing.assert_allclose(found.x, [1 / 3, 5 / 3], rtol=1e-6)


def test_rows_with_one_limit_fixed_unknowns_and_none_at_all():
    P, q = np.diag([1.0, 1.0, 0.0]), [1.0, -1.0, 1.0]
    found = quadratic_program(P, q, l=[-INF, 2.0, -3.0], u=[INF, 2.0, INF])
    np.testing.assert_allclose(found.x, [-1.0, 2.0, -3.0], rtol=1e-6)
    lists = quadratic_program(P.tolist(), q, None, [-INF, 2.0, -3.0], None)
    assert lists.x == pytest.approx([-1.0, 2.0, -3.0], rel=1e-6)
    assert quadratic_program(np.zeros((1, 1)), [0.0], [[1.0]], [-1e30], [1e30]).success


def test_the_result_answers_by_name():
    found = quadratic_program(I2, [1.0, 1.0])
    assert found["x"] is found.x
    assert "y" in found
    assert "z" not in found
    assert {"x", "fun", "y", "certificate", "status"} <= set(found.keys())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: quadratic_program(I2, np.ones((2, 1))), ValueError, r"q has shape \(2, 1\); .*give q.ravel\(\)"),
        (lambda: quadratic_program(I2, [1, 1], I2, np.zeros((2, 1))), ValueError, r"l has shape \(2, 1\)"),
        (lambda: quadratic_program(I2, scipy.sparse.csr_array(I2)[[0]]), TypeError, "q is a sparse matrix"),
        (lambda: quadratic_program(I2, [1, 1], [1.0, 1.0]), ValueError, r"A has shape \(2,\)"),
        (lambda: quadratic_program(I2, [1, 1], I2, [3, 0], [1, 1]), ValueError, r"l\[0\] is 3.0 and u\[0\] is 1.0"),
        (lambda: quadratic_program(I2, [1, 1], I2, [0, 1e20]), ValueError, r"l\[1\] is 1e\+20 .*1e20 or more counts"),
        (lambda: quadratic_program(scipy.sparse.eye_array(3), [1, 1]), ValueError, r"P has shape \(3, 3\)"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_value(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_what_is_off_is_said():
    P, q, A, l, u = sparse_program(2, 20, 12)
    found = quadratic_program(P, q, A, l, u, tol=1e-30)
    assert found.status == 4
    assert "more iterations would not help" in found.message
    assert "component" in found.message
    assert found.fun == pytest.approx(quadratic_program(P, q, A, l, u).fun, rel=1e-6)


def test_a_row_with_room_and_a_multiplier_is_named():
    ones, given = np.ones(2), program(I2, [-5.0, -1e10], None, [0, 0], None)
    assert errors_of(given, np.array([38.7, 1e10]), np.array([-33.7, 0.0]), ones, ones).words(given, 1e-8) == (
        "at x, x[0] has room of 3.9e+01 and a multiplier of -3.4e+01: one must be zero"
    )
    given = program(I2, [-5.0, -1e10], I2, [0, 0], None)
    found = errors_of(given, np.array([38.7, 1e10]), np.array([-33.7, 0.0]), ones, ones)
    assert "row 0 has room" in found.words(given, 1e-8)


def test_rows_are_not_named_where_there_are_none():
    found = quadratic_program(I2 + 1.0, [-1.0, 1e3], tol=1e-30)
    assert found.status in (0, 4)
    assert "row" not in found.message
    found = quadratic_program(np.array([[2.0, 1.0], [1.0, 3.0]]), [-1.0, 1.0], l=[1, 1], maxiter=2)
    assert found.status == 1
    assert "row" not in found.message
