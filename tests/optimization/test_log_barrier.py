"""The logarithmic barrier: known minima, multipliers, the gap's promise, the first phase, refusals."""

import numpy as np
import pytest
import scipy.optimize

from mechkit.optimization.programs.barrier_path import newton_direction
from mechkit.optimization.programs.log_barrier import log_barrier, strictly_feasible
from mechkit.optimization.programs.quadratic_program import quadratic_program
from mechkit.optimization.programs.quasidefinite import factorization


def line(x):
    return x[0] + x[1]


def line_jac(x):
    return np.array([1.0, 1.0])


def line_hess(x):
    return np.zeros((2, 2))


def disc(x):
    return np.array([x[0] * x[0] + x[1] * x[1] - 2.0])


def disc_jac(x):
    return np.array([[2.0 * x[0], 2.0 * x[1]]])


def disc_hess(x, w):
    return np.array([[2.0 * w[0], 0.0], [0.0, 2.0 * w[0]]])


@pytest.mark.parametrize(
    "derivatives",
    [
        {},
        {"jac": line_jac},
        {"jac": "3-point", "g_jac": "3-point"},
        {"jac": line_jac, "g_jac": disc_jac},
        {"jac": line_jac, "hess": line_hess, "g_jac": disc_jac, "g_hess": disc_hess},
    ],
)
def test_any_derivative_may_be_left_out(derivatives):
    found = log_barrier(line, disc, [0.5, 0.3], **derivatives)
    assert found.success, found.message
    np.testing.assert_allclose(found.x, [-1.0, -1.0], atol=1e-6)
    np.testing.assert_allclose(found.multipliers, [0.5], rtol=1e-3)
    assert found.nfev > 0
    assert (found.njev > 0) == (callable(derivatives.get("jac")) or callable(derivatives.get("g_jac")))
    assert (found.nhev > 0) == ("hess" in derivatives)


def test_the_gap_is_m_over_t_and_holds_at_every_centre():
    found = log_barrier(line, disc, [0.0, 0.0], line_jac, line_hess, disc_jac, disc_hess)
    h = found.history
    np.testing.assert_allclose(h["gap"] * h["t"], 1.0)
    above = h["fun"] + 2.0
    assert (above <= h["gap"] * (1 + 1e-3) + 1e-12).all()
    assert (above > 0.5 * h["gap"] - 1e-12).all()  # and it is no idle bound: here the gap is what is left
    assert found.gap == pytest.approx(h["gap"][-1])
    assert found.gap <= 1e-8
    assert h["nit"][-1] == found.nit


def test_logarithmic_objectives_keep_inside_their_domain():
    """Analytic centring with a budget: minimise -sum log(x) subject to sum x <= 1, x[0] <= 0.1."""

    def f(x):
        s = 0.0
        for i in range(x.size):
            s -= np.log(x[i])
        return s

    def g(x):
        s = -1.0
        for i in range(x.size):
            s += x[i]
        return np.array([s, x[0] - 0.1])

    found = log_barrier(f, g, [0.05] * 4, g_hess="linear")
    assert found.success
    np.testing.assert_allclose(found.x, [0.1, 0.3, 0.3, 0.3], atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_the_quadratic_program(seed):
    rng = np.random.default_rng(seed)
    n, m = 3, 5
    B, q = rng.standard_normal((n, n)), rng.standard_normal(n)
    P, A, u = B.T @ B + 0.1 * np.eye(n), rng.standard_normal((m, n)), rng.random(m) + 0.1
    found = log_barrier(*_quadratic(P, q, A, u), np.zeros(n), g_hess="linear", tol=1e-7)
    expected = quadratic_program(P, q, A, u=u)
    assert found.success, found.message
    assert found.fun == pytest.approx(expected.fun, abs=1e-5)


def _quadratic(P, q, A, u):
    n, m = q.size, u.size

    def f(x):
        s = 0.0
        for i in range(n):
            s += q[i] * x[i]
            for j in range(n):
                s += 0.5 * x[i] * P[i, j] * x[j]
        return s

    def g(x):
        c = np.empty(m)
        for k in range(m):
            c[k] = -u[k]
            for j in range(n):
                c[k] += A[k, j] * x[j]
        return c

    return f, g


def test_curved_problems_agree_with_scipy():
    def f(x):
        return np.exp(x[0]) + x[1] ** 2 + (x[0] - x[2]) ** 2 + x[2]

    def g(x):
        return np.array([x[0] ** 2 + x[1] ** 2 + x[2] ** 2 - 4.0, np.exp(-x[2]) - 2.0, 0.5 - x[1]])

    found = log_barrier(f, g, [0.0, 1.0, 0.0])
    constraint = {"type": "ineq", "fun": lambda x: -g(x)}
    expected = scipy.optimize.minimize(f, [0.0, 1.0, 0.0], method="SLSQP", constraints=[constraint], tol=1e-12)
    assert found.success
    assert found.fun == pytest.approx(expected.fun, abs=1e-6)
    np.testing.assert_allclose(found.x, expected.x, atol=1e-3)


def test_a_start_is_found_or_its_absence_said():
    x = strictly_feasible(disc, [30.0, -20.0])
    assert disc(x) < 0.0
    x = strictly_feasible(disc, [30.0, -20.0], disc_jac)
    assert disc(x) < 0.0
    np.testing.assert_array_equal(strictly_feasible(disc, [0.5, 0.5]), [0.5, 0.5])

    def empty(x):
        return np.array([x[0] * x[0] + 1.0])

    with pytest.raises(ValueError, match=r"no point strictly inside was found: the least violation was 1 \(g\[0\]\)"):
        strictly_feasible(empty, [3.0])

    def undefined(x):
        return np.array([np.log(x[0])])

    with pytest.raises(ValueError, match="start where g is finite"):
        strictly_feasible(undefined, [-1.0])


def test_limits_and_faults_are_said():
    found = log_barrier(line, disc, [0.0, 0.0], maxiter=3)
    assert (found.status, found.success, found.nit) == (1, False, 3)
    assert "maxiter = 3" in found.message
    assert disc(found.x) < 0.0

    def wrong_jac(x):
        return np.array([-1.0, -1.0])

    found = log_barrier(line, disc, [0.0, 0.0], wrong_jac, line_hess)
    assert found.status == 4
    assert "a derivative is wrong" in found.message
    assert disc(found.x) < 0.0


def test_nan_is_backed_off_from():
    def f(x):
        return np.nan if x[0] < -0.5 else x[0]

    found = log_barrier(f, disc, [0.0, 0.0])
    assert np.isfinite(found.fun)
    assert -0.5 <= found.x[0] < -0.4


def test_the_start_is_left_unchanged():
    x0 = np.array([0.5, 0.25])
    log_barrier(line, disc, x0, maxiter=5)
    np.testing.assert_array_equal(x0, [0.5, 0.25])


def test_a_matrix_that_is_not_definite_is_shifted():
    H, U, step = np.diag([1.0, -2.0]), np.zeros((2, 2)), np.zeros(2)
    assert newton_direction(H, U, np.array([1.0, 1.0]), step, factorization(2))
    assert step @ [1.0, 1.0] < 0.0
    assert not newton_direction(np.full((2, 2), np.nan), U, np.ones(2), step, factorization(2))


def nan_at_start(x):
    return np.nan * x[0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: log_barrier(line, disc, [2.0, 0.0]), ValueError, r"not strictly inside: g\[0\] is 2.0"),
        (lambda: log_barrier(line, disc, [1.0, 1.0]), ValueError, r"not strictly inside: g\[0\] is 0.0"),
        (lambda: log_barrier(nan_at_start, disc, [0.0, 0.0]), ValueError, r"f\(x0\) is nan"),
        (lambda: log_barrier(line, disc, [np.nan, 0.0]), ValueError, r"x0\[0\] is nan"),
        (lambda: log_barrier(line, disc, []), ValueError, "x0 is empty"),
        (
            lambda: log_barrier(line, disc, [0.0, 0.0], factor=0.5),
            ValueError,
            "factor is 0.5; it must be greater than 1",
        ),
        (
            lambda: log_barrier(line, disc, [0.0, 0.0], tol=0.0),
            ValueError,
            "tol is 0.0; it must be a finite number",
        ),
        (lambda: log_barrier(line, disc, [0.0, 0.0], g_hess="zero"), ValueError, "g_hess is 'zero'"),
        (lambda: log_barrier(line, disc, [0.0, 0.0], jac="exact"), ValueError, "jac is 'exact'"),
        (lambda: log_barrier(3, disc, [0.0, 0.0]), TypeError, "neither a kernel nor a plain function"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
