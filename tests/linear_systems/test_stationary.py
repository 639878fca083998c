"""Jacobi, Gauss-Seidel, SOR: what they compute, how many steps they need, what they cost, what they refuse."""

import math

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError

import mechkit as mk
from mechkit.linear_systems.conjugate_gradients import cg
from mechkit.linear_systems.stationary import gauss_seidel, jacobi, optimal_omega, sor
from mechkit.problems import poisson_1d, poisson_2d

METHODS = {"jacobi": jacobi, "gauss_seidel": gauss_seidel, "sor": lambda *args, **kw: sor(*args, omega=1.3, **kw)}


def dominant(n, seed=0):
    a = np.random.default_rng(seed).uniform(-1.0, 1.0, (n, n))
    return a + 2.0 * n * np.eye(n)


def one_step_by_the_book(name, a, b, x):
    """From the splitting A = D + L + U of the books, by dense solves."""
    D, L, U = np.diag(np.diagonal(a)), np.tril(a, -1), np.triu(a, 1)
    if name == "jacobi":
        return np.linalg.solve(D, b - (L + U) @ x)
    omega = 1.3 if name == "sor" else 1.0
    return np.linalg.solve(D + omega * L, omega * b - (omega * U + (omega - 1.0) * D) @ x)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_steps_are_those_of_the_book(name, steps):
    a, b, x = dominant(7), np.arange(7.0), np.linspace(0.0, 1.0, 7)
    found = METHODS[name](a, b, x, rtol=0.0, maxiter=steps)
    norms = [np.linalg.norm(b - a @ x)]
    for _ in range(steps):
        x = one_step_by_the_book(name, a, b, x)
        norms.append(np.linalg.norm(b - a @ x))
    np.testing.assert_allclose(found.x, x, rtol=1e-12)
    np.testing.assert_allclose(found.history, norms, rtol=1e-10)
    assert (found.nit, found.status, found.success) == (steps, steps, False)


@pytest.mark.parametrize("name", METHODS)
@given(n=st.integers(1, 10), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=15)
def test_dominant_systems_are_solved(name, n, seed):
    a = dominant(n, seed)
    b = a @ np.ones(n)
    x, info = METHODS[name](a, b, rtol=1e-12, maxiter=500)
    assert info == 0
    assert np.linalg.norm(b - a @ x) <= 1.0001e-12 * np.linalg.norm(b)


@pytest.mark.parametrize("name", METHODS)
def test_sparse_and_dense_are_the_same_and_nothing_is_changed(name):
    a = scipy.sparse.csc_array(poisson_2d(4))
    b, x0 = np.arange(16.0), np.ones(16)
    results = [METHODS[name](matrix, b, x0, maxiter=50) for matrix in (a, a.toarray(), a.toarray().tolist())]
    for found in results[1:]:
        np.testing.assert_array_equal(found.x, results[0].x)
    np.testing.assert_array_equal(x0, np.ones(16))
    np.testing.assert_array_equal(b, np.arange(16.0))


@pytest.mark.parametrize("name", METHODS)
def test_single_precision_stays_single(name):
    a, b = dominant(6).astype(np.float32), np.ones(6, np.float32)
    with mk.count() as ops:
        assert METHODS[name](a, b).x.dtype == np.float32
    assert ops["float64"].flops == 0
    assert METHODS[name](a, b.astype(float)).x.dtype == np.float64


# -- how many steps ----------------------------------------------------------------------------------------------------


def steps(method, n):
    return method(poisson_2d(n), np.ones(n * n), maxiter=10**6).nit


def relaxed(a, b, maxiter):
    omega = optimal_omega(math.cos(math.pi / (math.isqrt(b.size) + 1)))
    return sor(a, b, omega=omega, maxiter=maxiter)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "exponent", "largest"), [(jacobi, 2, 64), (gauss_seidel, 2, 64), (relaxed, 1, 128), (cg, 1, 128)]
)
def test_steps_on_the_poisson_equation_grow_as_the_theory_says(method, exponent, largest):
    # in the number of intervals n + 1, which is what the spectral radius depends on
    found = mk.growth({n: steps(method, n - 1) for n in (8, 16, 32, 64, 128) if n <= largest})
    assert abs(found.exponent - exponent) < 0.1


def test_gauss_seidel_halves_the_steps_of_jacobi_and_sor_beats_both():
    few, half, many = (steps(method, 15) for method in (relaxed, gauss_seidel, jacobi))
    assert abs(many / half - 2.0) < 0.05
    assert few * 5 < half


def test_the_rate_is_the_spectral_radius():
    n = 20
    found = jacobi(poisson_1d(n), np.ones(n), maxiter=2000)
    rate = (found.history[-1] / found.history[-101]) ** 0.01
    assert abs(rate - math.cos(math.pi / (n + 1))) < 1e-3
    found = gauss_seidel(poisson_1d(n), np.ones(n), maxiter=2000)
    rate = (found.history[-1] / found.history[-101]) ** 0.01
    assert abs(rate - math.cos(math.pi / (n + 1)) ** 2) < 1e-3


def test_the_optimal_omega_is_optimal():
    n = 20
    best = optimal_omega(math.cos(math.pi / (n + 1)))
    counts = {d: sor(poisson_1d(n), np.ones(n), omega=best + d, rtol=1e-10, maxiter=9999).nit for d in (-0.1, 0, 0.1)}
    assert counts[0] < counts[-0.1]
    assert counts[0] < counts[0.1]
    assert optimal_omega(0.0) == 1.0


@pytest.mark.parametrize("name", METHODS)
def test_all_methods_cost_the_same_a_step(name):
    def run(n, s):
        METHODS[name](poisson_1d(n), np.ones(n), rtol=0.0, maxiter=s)

    # 2z + 2n for the sweep, as much for the residual, z = 3n - 2 nonzeros; 2n for b'b and n divisions before
    assert mk.law(run, n=range(3, 8), s=range(1, 5)).flops == "16ns - 8s + 3n"


# -- the end -----------------------------------------------------------------------------------------------------------


def test_what_is_solved_already_takes_no_step():
    a = dominant(4)
    assert jacobi(a, a @ np.ones(4), np.ones(4)).nit == 0
    zero = jacobi(a, np.zeros(4), np.ones(4))
    assert (zero.success, zero.nit, zero.x.tolist()) == (True, 0, [0.0] * 4)


@pytest.mark.parametrize("name", METHODS)
def test_divergence_stops_and_is_said(name):
    found = METHODS[name]([[1.0, 2.0], [3.0, 1.0]], [1.0, 1.0], maxiter=10**6)
    assert (found.success, found.status) == (False, -1)
    assert found.nit < 100
    assert "the iteration diverges, or errors grow for many steps first; use cg" in found.message
    assert found.history.size == found.nit + 1


def test_divergence_beyond_single_precision_is_said():
    a = np.array([[1.0, 2e30], [3e30, 1.0]], np.float32)
    found = jacobi(a, np.ones(2, np.float32))
    assert (found.success, found.status) == (False, -1)
    assert "grown beyond all numbers in 1 steps: the iteration diverges" in found.message


def test_running_out_of_steps_is_said():
    found = gauss_seidel(poisson_1d(50), np.ones(50), maxiter=10)
    assert (found.success, found.status, found.nit) == (False, 10, 10)
    assert "after 10 steps the residual is" in found.message
    assert "raise maxiter" in found.message
    grown = jacobi([[1.0, 2.0], [3.0, 1.0]], [1.0, 1.0], maxiter=5)
    assert grown.status == 5
    assert "larger than at the start: perhaps the iteration diverges" in grown.message


@pytest.mark.parametrize("name", METHODS)
def test_refusals(name):
    method = METHODS[name]
    with pytest.raises(
        LinAlgError, match=r"^A\[1, 1\] is 0, so there is no way to divide by the diagonal; order the equations"
    ):
        method([[1.0, 2.0], [3.0, 0.0]], [1.0, 1.0])
    with pytest.raises(ValueError, match=r"b has shape \(3,\); it needs 2 rows"):
        method(np.eye(2), np.ones(3))
    with pytest.raises(ValueError, match=r"x0 has shape \(3,\); it needs 2 rows"):
        method(np.eye(2), np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="rtol is -1; it must be a finite number that is not negative"):
        method(np.eye(2), np.ones(2), rtol=-1)
    with pytest.raises(ValueError, match="atol is nan"):
        method(np.eye(2), np.ones(2), atol=math.nan)
    with pytest.raises(ValueError, match="maxiter is 0; it must be a whole number, at least 1"):
        method(np.eye(2), np.ones(2), maxiter=0)
    with pytest.raises(TypeError, match="maxiter is 2.5; it must be a whole number"):
        method(np.eye(2), np.ones(2), maxiter=2.5)


@pytest.mark.parametrize("omega", [0, 2, -1.0, 2.5, math.nan, "1", None])
def test_an_omega_that_cannot_converge_is_refused(omega):
    with pytest.raises(ValueError, match="omega is .* must lie between 0 and 2"):
        sor(np.eye(2), np.ones(2), omega=omega)


@pytest.mark.parametrize("rho", [-0.1, 1.0, math.nan, "0"])
def test_a_spectral_radius_that_does_not_converge_is_refused(rho):
    with pytest.raises(ValueError, match="rho is"):
        optimal_omega(rho)


@pytest.mark.parametrize(
    "a", [np.ones((2, 2)), [[0.5, 0.5], [-0.5, 0.5]], [[3.0, 0.0, 7.0], [0.0, 1.0, 0.0], [3.0, 0.0, 7.0]]]
)
def test_an_iteration_that_oscillates_is_not_told_to_take_more_steps(a):
    found = mk.linear_systems.jacobi(a, np.ones(len(a)))
    assert not found.success
    assert "no smaller than after" in found.message
    assert "raise maxiter" not in found.message
    np.testing.assert_allclose(found.history[-1], found.history[len(found.history) // 2], rtol=1e-9)


def test_slow_convergence_is_still_told_to_take_more_steps():
    assert "raise maxiter" in mk.linear_systems.jacobi(poisson_1d(100), np.ones(100), maxiter=20).message
