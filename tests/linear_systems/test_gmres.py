"""GMRES: the smallest residuals of Krylov spaces, restarts, breakdown and stagnation."""

import math

import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.linear_systems.gmres import gmres
from mechkit.linear_systems.operators import Operator, five_point_star, ic0_preconditioner, jacobi_preconditioner
from mechkit.problems import poisson_2d, read_matrix_market


def general(n, seed=0):
    return np.random.default_rng(seed).standard_normal((n, n)) + 2.0 * math.sqrt(n) * np.eye(n)


def shift(n):
    return np.roll(np.eye(n), 1, axis=0)


@mk.kernel
def gives_nan(x, y):
    for i in range(x.size):
        y[i] = math.nan


def smallest_residuals(a, b, steps):
    """By least squares on the Krylov matrix itself."""
    basis, norms = [b / np.linalg.norm(b)], [np.linalg.norm(b)]
    for _ in range(steps):
        image = a @ np.column_stack(basis)
        norms.append(np.linalg.norm(b - image @ np.linalg.lstsq(image, b, rcond=None)[0]))
        v = image[:, -1]
        basis.append(np.linalg.qr(np.column_stack([*basis, v]))[0][:, -1])
    return norms


def test_the_residuals_are_the_smallest_there_are():
    a, b = general(12), np.arange(1.0, 13.0)
    found = gmres(a, b, rtol=1e-12, restart=12)
    np.testing.assert_allclose(found.history[:9], smallest_residuals(a, b, 8), rtol=1e-8)
    assert (np.diff(found.history) <= 1e-12).all()


@pytest.mark.parametrize("restart", [None, 5, 50])
def test_solutions_agree_with_scipy(restart):
    a, b = general(40), np.random.default_rng(1).standard_normal(40)
    x, info = gmres(a, b, rtol=1e-10, restart=restart)
    theirs, _ = scipy.sparse.linalg.gmres(a, b, rtol=1e-10, restart=restart)
    assert info == 0
    np.testing.assert_allclose(x, theirs, rtol=1e-7)


@given(n=st.integers(1, 15), seed=st.integers(0, 1000), exponent=st.integers(-300, 300))
@settings(deadline=None, max_examples=25)
def test_n_steps_solve_any_system(n, seed, exponent):
    a = general(n, seed)
    b = a @ np.random.default_rng(seed).standard_normal(n) * 2.0**exponent
    found = gmres(a, b, rtol=1e-10, restart=n)
    assert found.success
    assert found.nit <= n
    assert np.linalg.norm(b - a @ found.x) <= 1.001e-10 * np.linalg.norm(b)


@pytest.mark.parametrize("name", ["west0067.mtx", "fs_183_1.mtx", "bcsstk01.mtx"])
def test_published_matrices(name, published):
    a = read_matrix_market(published("matrices") / name).array
    n = a.shape[0]
    b = a @ np.ones(n)
    found = gmres(a, b, rtol=1e-10, restart=n)
    assert found.success
    assert np.linalg.norm(b - a @ found.x) <= 1.001e-10 * np.linalg.norm(b)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_k_different_eigenvalues_take_k_steps(k):
    rng = np.random.default_rng(0)
    s = rng.standard_normal((20, 20)) + 6.0 * np.eye(20)
    a = s @ np.diag(np.resize(np.arange(1.0, k + 1), 20)) @ np.linalg.inv(s)
    found = gmres(a, rng.standard_normal(20), rtol=1e-11, restart=20)
    assert found.success
    assert found.nit == k


def test_every_kind_of_operator_gives_the_same():
    a, b = poisson_2d(6), np.arange(36.0)
    results = [gmres(kind, b) for kind in (a, a.toarray(), Operator(five_point_star, (6,)))]
    for found in results:
        np.testing.assert_allclose(found.x, results[0].x, rtol=1e-9)
        assert found.nit == results[0].nit


@pytest.mark.slow
def test_preconditioners_save_steps_and_norms_stay_those_of_the_residual():
    a, b = poisson_2d(20), np.ones(400)
    plain = gmres(a, b)
    for inverse in (ic0_preconditioner(a), np.linalg.inv(a.toarray())):
        found = gmres(a, b, M=inverse)
        assert found.success
        assert 3 * found.nit < plain.nit
        np.testing.assert_allclose(found.history[0], np.linalg.norm(b))
        np.testing.assert_allclose(found.history[-1], np.linalg.norm(b - a @ found.x), rtol=1e-6, atol=1e-12)
    rows = np.logspace(0, 6, 400)
    uneven = scipy.sparse.csr_array(a * rows)
    assert 3 * gmres(uneven, b, M=jacobi_preconditioner(uneven)).nit < gmres(uneven, b, maxiter=200).nit


def test_single_precision_stays_single_and_nothing_is_changed():
    a, b, x0 = general(9).astype(np.float32), np.ones(9, np.float32), np.zeros(9, np.float32)
    copy = a.copy()
    with mk.count() as ops:
        found = gmres(a, b, x0)
    assert found.success
    assert found.x.dtype == np.float32
    assert ops["float64"].flops == 0
    np.testing.assert_array_equal(a, copy)
    np.testing.assert_array_equal(x0, 0.0)
    assert gmres(a, b.astype(float)).x.dtype == np.float64


def test_maxiter_counts_cycles_and_history_steps():
    found = gmres(poisson_2d(20), np.ones(400), restart=10, maxiter=3)
    assert (found.success, found.status, found.nit, found.history.size) == (False, 30, 30, 31)
    assert "after 30 steps in cycles of 10 the residual is" in found.message
    assert (np.diff(found.history) <= 1e-12).all()


# -- the end -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 5, 10])
def test_the_shift_needs_all_n_steps_and_stagnates_when_restarted(n):
    b = np.eye(n)[0]
    whole = gmres(shift(n), b, restart=n)
    assert (whole.success, whole.nit) == (True, n)
    np.testing.assert_allclose(whole.history[:-1], 1.0)
    np.testing.assert_allclose(whole.x, np.eye(n)[n - 1], atol=1e-14)
    found = gmres(shift(n), b, restart=n - 1)
    assert (found.success, found.status, found.nit) == (False, -1, n - 1)
    assert f"a cycle of {n - 1} steps does not reduce the residual, 1; raise restart" in found.message


def test_a_space_that_holds_the_solution_ends_the_iteration():
    found = gmres(np.diag([1.0, 1.0, 2.0]), [1.0, 1.0, 0.0], rtol=1e-15)
    assert (found.success, found.nit) == (True, 1)


def test_a_singular_matrix_is_said():
    consistent = gmres(np.diag([1.0, 2.0, 0.0]), [1.0, 1.0, 0.0])
    assert consistent.success
    for a, b in ((np.diag([1.0, 2.0, 0.0]), [1.0, 1.0, 1.0]), ([[0.0, 1.0], [0.0, 0.0]], [1.0, 0.0])):
        found = gmres(a, b)
        assert (found.success, found.status) == (False, -1)
        assert "the Krylov space is exhausted with the residual at 1: A is singular" in found.message
        assert np.abs(found.x).max() < 10.0


def test_what_is_solved_already_takes_no_step():
    a = general(6)
    assert gmres(a, a @ np.ones(6), np.ones(6)).nit == 0
    zero = gmres(a, np.zeros(6), np.ones(6))
    assert (zero.success, zero.nit, zero.x.tolist()) == (True, 0, [0.0] * 6)


def test_more_than_the_precision_allows_is_said():
    found = gmres(poisson_2d(15), np.ones(225), rtol=0.0, restart=60)
    assert (found.success, found.status) == (False, -1)
    assert found.history[-1] < 1e-10


@pytest.mark.parametrize("x0", [None, [1.0, 1.0]])
def test_nan_is_said(x0):
    found = gmres(gives_nan, [1.0, 2.0], x0)
    assert (found.success, found.status) == (False, -1)
    assert "the numbers are no longer finite" in found.message
    assert np.isfinite(found.x).all()


def test_refusals():
    b = np.ones(2)
    with pytest.raises(ValueError, match="restart is 0; it must be a whole number, at least 1"):
        gmres(np.eye(2), b, restart=0)
    with pytest.raises(TypeError, match="restart is 1.5"):
        gmres(np.eye(2), b, restart=1.5)
    with pytest.raises(ValueError, match="maxiter is 0"):
        gmres(np.eye(2), b, maxiter=0)
    with pytest.raises(ValueError, match=r"A has shape \(2, 3\); it must be square"):
        gmres(np.ones((2, 3)), b)
    with pytest.raises(ValueError, match=r"b has shape \(2,\); it needs 3 rows"):
        gmres(np.eye(3), b)
    with pytest.raises(ValueError, match="M is of order 3; it must be of order 2, like A"):
        gmres(np.eye(2), b, M=np.eye(3))


@pytest.mark.parametrize("kind", [np.array, scipy.sparse.csr_array])
@pytest.mark.parametrize(("of_a", "of_b"), [(1e200, 1e200), (1e-200, 1e-200), (1e200, 1.0), (1e-200, 1.0)])
def test_the_size_of_the_matrix_does_not_matter(kind, of_a, of_b):
    a, b = of_a * np.array([[4.0, 1.0], [1.0, 3.0]]), of_b * np.array([1.0, 2.0])
    seen = []
    found = mk.linear_systems.gmres(kind(a), b, rtol=1e-12, callback=seen.append, callback_type="x")
    assert found.success, found.message
    np.testing.assert_allclose(found.x, np.array([1.0, 7.0]) / 11 * (of_b / of_a), rtol=1e-12)
    np.testing.assert_array_equal(seen[-1], found.x)
    again = mk.linear_systems.gmres(kind(a), b, found.x, rtol=1e-10)
    assert (again.success, again.nit) == (True, 0)


@pytest.mark.parametrize("M", [np.zeros((2, 2)), np.diag([1.0, 0.0])])
def test_a_singular_preconditioner_is_not_blamed_on_the_matrix(M):
    found = mk.linear_systems.gmres([[4.0, 1.0], [1.0, 3.0]], [1.0, 2.0], M=M)
    assert not found.success
    assert "A or M is singular" in found.message


def test_numbers_that_overflow_are_not_told_as_a_singular_matrix():
    found = mk.linear_systems.gmres([[4.0, 1.0], [1.0, 3.0]], [1.0, 2.0], M=1e200 * np.eye(2))
    assert "no longer finite" in found.message
    found = mk.linear_systems.gmres(1e-300 * np.eye(2), [1e100, 1e100])
    assert (found.success, found.message[:11]) == (False, "x overflows")
