"""Conjugate gradients and steepest descent, with and without a matrix, preconditioned, and where they cannot go on."""

import math

import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.linear_systems.conjugate_gradients import cg, steepest_descent
from mechkit.linear_systems.operators import Operator, five_point_star, ic0_preconditioner, jacobi_preconditioner
from mechkit.problems import poisson_1d, poisson_2d, read_matrix_market


def definite(n, seed=0):
    a = np.random.default_rng(seed).standard_normal((n, n))
    return a @ a.T + n * np.eye(n)


def with_eigenvalues(values, seed=0):
    q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((len(values), len(values))))
    a = (q * np.asarray(values)) @ q.T
    return (a + a.T) / 2


@mk.kernel
def second_difference(x, y):
    n = x.size
    for i in range(n):
        y[i] = x[i] + x[i]
    for i in range(n - 1):
        y[i] = y[i] - x[i + 1]
        y[i + 1] = y[i + 1] - x[i]


def plain_second_difference(x, y):
    n = x.size
    for i in range(n):
        y[i] = x[i] + x[i]
    for i in range(n - 1):
        y[i] = y[i] - x[i + 1]
        y[i + 1] = y[i + 1] - x[i]


@mk.kernel
def gives_nan(x, y):
    for i in range(x.size):
        y[i] = math.nan


# -- against SciPy -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rtol", [1e-3, 1e-5, 1e-10])
@pytest.mark.parametrize("preconditioned", [False, True])
def test_the_steps_are_those_of_scipy(rtol, preconditioned):
    a, b = poisson_2d(12), np.random.default_rng(0).standard_normal(144)
    a = scipy.sparse.csr_array(a + scipy.sparse.diags_array(np.linspace(0.0, 9.0, 144)))
    inverse = scipy.sparse.diags_array(1.0 / a.diagonal())
    taken = []
    theirs, info = scipy.sparse.linalg.cg(
        a, b, rtol=rtol, M=inverse if preconditioned else None, callback=lambda x: taken.append(x.copy())
    )
    found = cg(a, b, rtol=rtol, M=jacobi_preconditioner(a) if preconditioned else None)
    assert info == found.status == 0
    assert found.nit == len(taken)
    np.testing.assert_allclose(found.x, theirs, rtol=1e-7)
    norms = [np.linalg.norm(b - a @ x) for x in [np.zeros(144), *taken]]
    np.testing.assert_allclose(found.history, norms, rtol=1e-6, atol=1e-12)


@given(n=st.integers(1, 20), seed=st.integers(0, 1000), exponent=st.integers(-300, 300))
@settings(deadline=None, max_examples=25)
def test_definite_systems_of_any_size_of_numbers_are_solved(n, seed, exponent):
    a = definite(n, seed)
    b = a @ np.random.default_rng(seed).standard_normal(n) * 2.0**exponent
    found = cg(a, b, rtol=1e-10)
    assert found.success
    assert np.linalg.norm(b - a @ found.x) <= 1.001e-10 * np.linalg.norm(b)
    np.testing.assert_allclose(found.history[0], np.linalg.norm(b), rtol=1e-12)


@pytest.mark.parametrize("name", ["bcsstk01.mtx", pytest.param("bcsstk16.mtx.gz", marks=pytest.mark.slow)])
def test_published_matrices(name, published):
    a = read_matrix_market(published("matrices") / name).array
    b = a @ np.ones(a.shape[0])
    found = cg(a, b, rtol=1e-10, M=jacobi_preconditioner(a))
    assert found.success
    assert np.linalg.norm(b - a @ found.x) <= 1.001e-10 * np.linalg.norm(b)
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


# -- what a matrix may be ----------------------------------------------------------------------------------------------


def test_every_kind_of_operator_gives_the_same():
    n = 30
    a, b = poisson_1d(n), np.arange(float(n))
    kinds = [a, scipy.sparse.coo_matrix(a), a.toarray(), a.toarray().tolist(), np.asfortranarray(a.toarray())]
    kinds += [second_difference, plain_second_difference, Operator(second_difference)]
    read_only = a.toarray()
    read_only.setflags(write=False)
    results = [cg(kind, b, rtol=1e-10) for kind in [*kinds, read_only]]
    for found in results:
        assert found.success
        np.testing.assert_allclose(found.x, results[0].x, rtol=1e-9)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 4), (4, 1), (2, 3), (5, 5)])
def test_the_star_is_the_poisson_matrix(rows, columns):
    x = np.random.default_rng(0).standard_normal(rows * columns)
    y = np.empty_like(x)
    five_point_star(columns, x, y)
    np.testing.assert_allclose(y, poisson_2d(rows, columns) @ x, rtol=1e-13, atol=1e-13)


def test_without_a_matrix_on_a_grid():
    b = np.random.default_rng(0).standard_normal(20 * 30)
    ours, matrix = cg(Operator(five_point_star, (30,)), b, rtol=1e-9), cg(poisson_2d(20, 30), b, rtol=1e-9)
    assert ours.nit == matrix.nit
    np.testing.assert_allclose(ours.x, matrix.x, rtol=1e-7)


@pytest.mark.parametrize("method", [cg, steepest_descent])
def test_single_precision_stays_single_and_mixing_goes_double(method):
    a, b = definite(8).astype(np.float32), np.ones(8, np.float32)
    for matrix in (a, scipy.sparse.csr_array(a), second_difference):
        with mk.count() as ops:
            found = method(matrix, b, maxiter=500)
        assert found.success
        assert found.x.dtype == np.float32
        assert ops["float64"].flops == 0
    assert method(a, b.astype(float)).x.dtype == np.float64
    for inverse in (jacobi_preconditioner(a), ic0_preconditioner(a.astype(float))):
        with mk.count() as ops:
            assert cg(a, b, M=inverse).x.dtype == np.float32
        assert ops["float64"].flops == 0


def test_nothing_is_changed():
    a, b, x0 = definite(5), np.arange(5.0), np.ones(5)
    copies = a.copy(), b.copy(), x0.copy()
    cg(a, b, x0, M=a)
    for before, after in zip(copies, (a, b, x0), strict=True):
        np.testing.assert_array_equal(before, after)


# -- theory ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6])
def test_k_different_eigenvalues_take_k_steps(k):
    values = np.resize(np.linspace(1.0, 10.0, k) if k > 1 else [3.0], 24)
    found = cg(with_eigenvalues(values), np.random.default_rng(1).standard_normal(24), rtol=1e-12)
    assert found.success
    assert found.nit == k


def test_the_error_obeys_the_bound_of_the_condition_number():
    a = with_eigenvalues(np.linspace(1.0, 100.0, 60))
    solution = np.random.default_rng(2).standard_normal(60)
    b = a @ solution
    q = {cg: (math.sqrt(100.0) - 1) / (math.sqrt(100.0) + 1), steepest_descent: 99.0 / 101.0}
    size = math.sqrt(solution @ b)
    for method, rate in q.items():
        for k in (5, 10, 20):
            error = method(a, b, rtol=0.0, maxiter=k).x - solution
            factor = 2.0 if method is cg else 1.0
            assert math.sqrt(error @ a @ error) <= factor * rate**k * size


def test_steepest_descent_meets_the_bound_of_kantorovich_where_it_is_worst():
    # b in the two extreme eigenvectors: the residual falls by (kappa - 1) / (kappa + 1) in every step
    found = steepest_descent(np.diag([1.0, 9.0]), [9.0, 1.0], [0.0, 0.0], rtol=1e-8, maxiter=1000)
    start = steepest_descent(np.diag([1.0, 9.0]), [0.0, 0.0], [9.0, 1.0])
    assert start.nit == 0  # b = 0 is solved at once
    worst = steepest_descent(np.diag([1.0, 9.0]), [1.0, 1.0], maxiter=1000)
    ratios = worst.history[1:] / worst.history[:-1]
    np.testing.assert_allclose(ratios, 0.8, rtol=1e-6)
    assert found.success


def test_the_first_step_of_both_is_the_same():
    a, b = definite(9), np.arange(9.0)
    np.testing.assert_array_equal(cg(a, b, maxiter=1).x, steepest_descent(a, b, maxiter=1).x)


@pytest.mark.slow
def test_preconditioners_save_steps():
    a, b = poisson_2d(31), np.ones(31 * 31)
    plain, better = cg(a, b, rtol=1e-8).nit, cg(a, b, rtol=1e-8, M=ic0_preconditioner(a)).nit
    assert 1.8 * better < plain
    scaled = scipy.sparse.csr_array(a * np.logspace(0, 4, 961)[:, None] * np.logspace(0, 4, 961))
    assert 5 * cg(scaled, b, M=jacobi_preconditioner(scaled), maxiter=10**5).nit < cg(scaled, b, maxiter=10**5).nit
    assert cg(definite(7), np.ones(7), M=np.linalg.inv(definite(7))).nit == 1
    assert cg(definite(7), np.ones(7), M=ic0_preconditioner(definite(7))).nit == 1


def test_the_law_of_preconditioning():
    def run(n, s):
        b = np.random.default_rng(0).standard_normal(n * n)
        cg(poisson_2d(n), b, rtol=0.0, maxiter=s, M=jacobi_preconditioner(poisson_2d(n)))

    # 10n^2 - 8n for Ap, n^2 for Mr, 12n^2 + 2; before: b'b, and r'z with another Mr
    assert mk.law(run, n=range(3, 8), s=range(1, 5)).flops == "23n^2s - 8ns + 2s + 5n^2"


def test_long_runs_continue_from_block_to_block(monkeypatch):
    a, b = poisson_1d(40), np.random.default_rng(0).standard_normal(40)
    whole = cg(a, b, rtol=1e-10)
    monkeypatch.setattr("mechkit.linear_systems.conjugate_gradients.BLOCK", 7)
    pieces = cg(a, b, rtol=1e-10)
    assert whole.nit > 21
    np.testing.assert_array_equal(whole.history, pieces.history)
    np.testing.assert_array_equal(whole.x, pieces.x)


# -- the end -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [cg, steepest_descent])
def test_what_is_solved_already_takes_no_step(method):
    a = definite(6)
    b = a @ np.ones(6)
    assert method(a, b, np.ones(6)).nit == 0
    zero = method(a, np.zeros(6), np.ones(6))
    assert (zero.success, zero.nit, zero.x.tolist(), zero.history.tolist()) == (True, 0, [0.0] * 6, [0.0])
    assert method(a, b, np.full(6, 1.1)).success
    loose = method(a, b, atol=1e9)
    assert (loose.success, loose.nit) == (True, 0)


@pytest.mark.slow
def test_success_means_the_true_residual():
    # badly conditioned, so that the recursion's residual goes on falling where the true one does not
    a = with_eigenvalues(np.logspace(0, 12, 40))
    b = a @ np.ones(40)
    for rtol in (1e-6, 1e-12, 1e-15, 1e-17, 0.0):
        found = cg(a, b, rtol=rtol, maxiter=10**6)
        assert found.success == (np.linalg.norm(b - a @ found.x) <= 1.001 * rtol * np.linalg.norm(b))
    assert found.status == -1
    assert "so much is rounding" in found.message


@pytest.mark.parametrize("method", [cg, steepest_descent])
def test_a_matrix_that_is_not_definite_is_said(method):
    found = method([[1.0, 2.0], [2.0, 1.0]], [1.0, -1.0])
    assert (found.success, found.status, found.nit) == (False, -1, 0)
    assert found.message == "p'Ap is -1 p'p in step 1: A is not positive definite; solve the system with gmres"
    later = method(np.diag([1.0, 2.0, -3.0]), [1.0, 1.0, 0.1])
    assert later.status == -1
    assert "A is not positive definite" in later.message
    assert np.isfinite(later.x).all()


def test_a_preconditioner_that_is_not_definite_is_said():
    found = cg(definite(3), np.ones(3), M=-np.eye(3))
    assert (found.success, found.status, found.nit) == (False, -1, 0)
    assert "r'Mr is not positive after 0 steps, but -" in found.message
    assert "the preconditioner M is not positive definite" in found.message


@pytest.mark.parametrize("method", [cg, steepest_descent])
@pytest.mark.parametrize("x0", [None, [1.0, 1.0]])
def test_nan_is_said(method, x0):
    found = method(gives_nan, [1.0, 2.0], x0)
    assert (found.success, found.status, found.nit) == (False, -1, 0)
    assert "the numbers are no longer finite after 0 steps" in found.message
    assert np.isfinite(found.x).all()


def test_overflow_is_said():
    found = cg(np.diag(np.float32([1e-30, 2e-30])), np.float32([1e20, 1e20]))
    assert (found.success, found.status) == (False, -1)
    assert "x overflows float32" in found.message


def test_running_out_of_steps_is_said():
    found = cg(poisson_1d(50), np.random.default_rng(0).standard_normal(50), maxiter=3)
    assert (found.success, found.status, found.nit, found.history.size) == (False, 3, 3, 4)
    assert "after 3 steps the residual is" in found.message
    assert "precondition the system by M" in found.message


def test_an_enormous_maxiter_costs_no_memory():
    assert cg(np.eye(3), np.ones(3), maxiter=10**15).nit == 1


@pytest.mark.parametrize("method", [cg, steepest_descent])
def test_refusals(method):
    b = np.ones(2)
    with pytest.raises(ValueError, match=r"A has shape \(2, 3\); it must be square"):
        method(np.ones((2, 3)), b)
    with pytest.raises(ValueError, match=r"b has shape \(3,\); it needs 2 rows, one an unknown"):
        method(np.eye(2), np.ones(3))
    with pytest.raises(ValueError, match="an iteration takes one right-hand side at a time"):
        method(np.eye(2), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"b\[1\] is nan"):
        method(np.eye(2), [1.0, np.nan])
    with pytest.raises(ValueError, match=r"x0 has shape \(3,\)"):
        method(np.eye(2), b, np.ones(3))
    with pytest.raises(TypeError, match="complex"):
        method(np.eye(2) * 1j, b)
    with pytest.raises(ValueError, match="b is empty"):
        method(np.eye(2), [])
    with pytest.raises(TypeError, match="rtol is 'x'; it must be a finite number"):
        method(np.eye(2), b, rtol="x")
    with pytest.raises(ValueError, match="maxiter is -1"):
        method(np.eye(2), b, maxiter=-1)
    with pytest.raises(TypeError, match="maxiter is '1e3'"):
        method(np.eye(2), b, maxiter="1e3")
    with pytest.raises(TypeError, match="which is Python inside, so its work would not be counted; give a function A"):
        method(scipy.sparse.linalg.aslinearoperator(np.eye(2)), b)
    with pytest.raises(TypeError, match="neither a kernel nor a plain function"):
        method(np.sin, b)
    with pytest.raises(ValueError, match="M is of order 3; it must be of order 2, like A"):
        cg(np.eye(2), b, M=np.eye(3))


# -- a system without a solution, and numbers beyond the range ---------------------------------------------------------


@pytest.mark.parametrize("M", [None, np.eye(2)])
def test_the_best_x_is_returned_where_a_singular_matrix_lets_the_residual_grow(M):
    a, b = np.ones((2, 2)), np.array([1.0, 2.0])
    found = cg(a, b, M=M)
    assert not found.success
    assert "A is singular" in found.message
    assert "smallest residual, 0.75" in found.message
    np.testing.assert_allclose(found.x, [5 / 9, 10 / 9], rtol=1e-14)
    assert found.history[-1] == found.history.min() == pytest.approx(np.linalg.norm(a @ found.x - b))
    assert found.nit == 1 == found.history.size - 1


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
@pytest.mark.parametrize(("n", "rank"), [(3, 1), (6, 5), (20, 10)])
def test_a_semidefinite_matrix_is_not_called_indefinite(n, rank, scale):
    rng = np.random.default_rng(0)
    half = rng.standard_normal((n, rank))
    a, b = scale * (half @ half.T), rng.standard_normal(n)
    for A in (a, np.float32(a)):
        found = cg(A, b.astype(A.dtype), rtol=1e-10)
        assert not found.success
        assert "not positive definite; solve" not in found.message
        assert "raise maxiter" not in found.message
        assert "A is singular" in found.message
        assert np.linalg.norm(A @ found.x - b) <= np.linalg.norm(b) * (1 + 1e-6)
        assert found.history[-1] == pytest.approx(np.linalg.norm(A @ found.x - b), rel=1e-4)


def test_rounding_errors_as_large_as_b_are_told_where_they_cancel():
    # in exact numbers the second step divides by 0; b - Ax of the x beyond it is small because 1e30 - 1e30 is 0
    a, b = np.ones((2, 2)), np.array([1.0, 2.0])
    for scale in (1e-10, 1.0, 1e10, 3.0, 0.7):
        found = cg(scale * a, b)
        assert not found.success
        assert "A is singular" in found.message
        np.testing.assert_allclose(scale * found.x, [5 / 9, 10 / 9], rtol=1e-12)


def test_steepest_descent_that_gets_nowhere_does_not_ask_for_more_steps():
    a, b = np.ones((2, 2)), np.array([1.0, 2.0])
    found = steepest_descent(a, b)
    assert not found.success
    assert "raise maxiter" not in found.message
    assert found.message.endswith("x is that of step 1, with the smallest residual, 0.75")
    assert "does not converge, or too slowly; use cg, or lstsq if A is singular" in found.message
    np.testing.assert_allclose(found.x, [5 / 9, 10 / 9], rtol=1e-12)


def test_steepest_descent_asks_for_more_steps_where_they_help_only():
    b = np.random.default_rng(0).standard_normal(10)
    fast, slow = (steepest_descent(np.diag(np.linspace(1.0, kappa, 10)), b, maxiter=50) for kappa in (50.0, 1e7))
    assert not fast.success
    assert "raise maxiter" in fast.message
    assert not slow.success
    assert "too slowly; use cg" in slow.message


@pytest.mark.parametrize(("n", "rank"), [(20, 10), (50, 30)])
def test_no_residual_is_larger_than_at_the_start_where_the_matrix_is_only_semidefinite(n, rank):
    rng = np.random.default_rng(0)
    half, b = rng.standard_normal((n, rank)), rng.standard_normal(n)
    a = half @ half.T
    found = cg(a, b, rtol=1e-10)
    assert not found.success
    assert found.status == -1
    assert "as small as rounding" not in found.message
    assert np.linalg.norm(a @ found.x - b) == pytest.approx(found.history.min())
    assert np.linalg.norm(a @ found.x - b) <= np.linalg.norm(b) * (1 + 1e-14)


@pytest.mark.parametrize("method", [cg, steepest_descent, mk.linear_systems.gmres, mk.linear_systems.jacobi])
def test_a_start_beyond_the_range_is_told_as_such(method):
    found = method(np.array([[4.0, 1.0], [1.0, 3.0]]), [1.0, 2.0], x0=[1e200, 1.0])
    assert not found.success
    assert found.message.startswith("the numbers are no longer finite after 0 steps")
