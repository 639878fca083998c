"""`minimize`: answers, orders, counts, invariances, and what it says where it cannot go on."""

import math
import types

import numba
import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.optimization.check_gradient import check_gradient
from mechkit.optimization.differences import GIVEN, gradient_by_jac
from mechkit.optimization.minimization.minimize import METHODS, minimize
from mechkit.optimization.minimization.quasi_newton import bfgs
from mechkit.problems.valley import valley as rosenbrock
from mechkit.problems.valley import valley_gradient as rosenbrock_jac
from mechkit.problems.valley import valley_hessian as rosenbrock_hess

SMOOTH = [name for name in METHODS if name not in ("nelder-mead", "subgradient")]


def quadratic(condition, n):
    """f, its gradient and Hessian: eigenvalues from 1 to condition, minimum at 1."""
    d = np.linspace(1.0, condition, n)

    def f(x):
        s = 0.0
        for i in range(x.size):
            s += 0.5 * d[i] * (x[i] - 1.0) ** 2
        return s

    def jac(x):
        g = np.empty_like(x)
        for i in range(x.size):
            g[i] = d[i] * (x[i] - 1.0)
        return g

    def hess(x):
        H = np.zeros((x.size, x.size))
        for i in range(x.size):
            H[i, i] = d[i]
        return H

    return f, jac, hess


#: Plain Python has its own words for these.
COMPILED = pytest.mark.slow


def usual_start(n):
    return np.array([-1.2, 1.0] * (n // 2))


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", SMOOTH)
@pytest.mark.parametrize("derivatives", ["given", "differences"])
def test_rosenbrock_in_two_variables(method, derivatives):
    given = {"jac": rosenbrock_jac, "hess": rosenbrock_hess} if derivatives == "given" else {}
    if not given and numba.config.DISABLE_JIT and method == "gradient-descent":
        pytest.skip("a hundred thousand evaluations")
    found = minimize(rosenbrock, [-1.2, 1.0], method=method, options={"maxiter": 20_000, "gtol": 1e-4}, **given)
    assert found.success, found.message
    np.testing.assert_allclose(found.x, 1.0, atol=1e-3)
    assert found.fun == pytest.approx(rosenbrock(found.x), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["BFGS", "L-BFGS", "newton"])
@pytest.mark.parametrize("n", [2, 10, 100])
def test_rosenbrock_as_scipy(method, n):
    theirs = scipy.optimize.minimize(
        scipy.optimize.rosen,
        np.zeros(n),
        jac=scipy.optimize.rosen_der,
        hess=scipy.optimize.rosen_hess if method == "newton" else None,
        method={"BFGS": "BFGS", "L-BFGS": "L-BFGS-B", "newton": "Newton-CG"}[method],
    )
    ours = minimize(rosenbrock, np.zeros(n), method=method, jac=rosenbrock_jac, hess=rosenbrock_hess)
    assert ours.success, ours.message
    np.testing.assert_allclose(ours.x, theirs.x, atol=5e-3)
    np.testing.assert_allclose(ours.x, 1.0, atol=1e-4)
    assert ours.nfev <= 1.5 * theirs.nfev


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_nelder_mead_takes_the_steps_of_scipy(n, adaptive):
    def f(x):
        s = (x[0] - 3.0) ** 2
        for i in range(1, x.size):
            s += 100.0 * (x[i] - x[i - 1] * x[i - 1]) ** 2
        return s

    options = {"adaptive": adaptive, "maxiter": 301, "maxfev": 10_000}  # SciPy counts the first simplex as a step
    theirs = scipy.optimize.minimize(f, np.ones(n), method="Nelder-Mead", options=options)
    ours = minimize(f, np.ones(n), method="nelder-mead", options={"adaptive": adaptive, "maxiter": 300})
    assert (ours.nfev, ours.nit) == (theirs.nfev, theirs.nit - 1)
    np.testing.assert_allclose(ours.x, theirs.x, rtol=1e-13)
    assert ours.jac is None


def test_nelder_mead_from_a_given_simplex():
    simplex = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    given = {"initial_simplex": simplex}
    theirs = scipy.optimize.minimize(rosenbrock, [0.0, 0.0], method="Nelder-Mead", options=given)
    ours = minimize(rosenbrock, [0.0, 0.0], method="Nelder-Mead", options=given)
    assert ours.nfev == theirs.nfev
    assert simplex[1, 0] == 2.0


def test_a_function_with_kinks():
    def f(x):
        return abs(x[0] - 1.0) + 2.0 * abs(x[1] + 0.5)

    def subgradient(x):
        return np.array([math.copysign(1.0, x[0] - 1.0), math.copysign(2.0, x[1] + 0.5)])

    found = minimize(f, [5.0, 5.0], method="subgradient", jac=subgradient, options={"maxiter": 3000})
    assert found.fun == found.history["fun"].min() < 0.03
    assert (found.status, found.nit, found.nfev, found.njev) == (1, 3000, 3001, 3001)
    assert "the best point is kept" in found.message
    steps = np.linalg.norm(np.diff(found.history["x"], axis=0), axis=1)
    np.testing.assert_allclose(steps, 1.0 / np.sqrt(np.arange(1.0, 3001.0)))


def test_one_variable_and_a_number_as_start():
    found = minimize(lambda x: (x[0] - 2.0) ** 2, 0.0)
    assert found.x == pytest.approx([2.0], abs=1e-6)


# -- orders ----------------------------------------------------------------------------------------------------------


def orders(history, minimum=1.0):
    errors = np.abs(history["x"] - minimum).max(axis=1)
    errors = errors[(errors < 0.3) & (errors > 1e-13)]
    return np.log(errors[2:] / errors[1:-1]) / np.log(errors[1:-1] / errors[:-2])


def smooth_bowl(x):
    s = 0.0
    for i in range(x.size):
        s += math.exp(float(i + 1) * (x[i] - 1.0)) - float(i + 1) * (x[i] - 1.0)
    return s


def smooth_bowl_jac(x):
    g = np.empty_like(x)
    for i in range(x.size):
        g[i] = float(i + 1) * (math.exp(float(i + 1) * (x[i] - 1.0)) - 1.0)
    return g


def smooth_bowl_hess(x):
    H = np.zeros((x.size, x.size))
    for i in range(x.size):
        H[i, i] = float((i + 1) * (i + 1)) * math.exp(float(i + 1) * (x[i] - 1.0))
    return H


def test_newton_converges_quadratically():
    found = minimize(
        smooth_bowl, np.full(3, 1.4), method="newton", jac=smooth_bowl_jac, hess=smooth_bowl_hess, tol=1e-13
    )
    measured = orders(found.history)
    assert measured.size >= 2
    np.testing.assert_allclose(measured[-2:], 2.0, atol=0.15)


def test_bfgs_converges_superlinearly():
    found = minimize(smooth_bowl, np.full(3, 1.4), jac=smooth_bowl_jac, tol=1e-12)
    errors = np.abs(found.history["x"] - 1.0).max(axis=1)
    rates = errors[1:] / errors[:-1]
    assert rates[:5].mean() > 0.5
    assert rates[-4:].max() < 0.1
    assert rates[-2:].max() < 0.03


@pytest.mark.parametrize("condition", [2.0, 4.0, 25.0, 100.0])
def test_gradient_descent_converges_linearly_at_the_rate_of_the_condition(condition):
    f, jac, _ = quadratic(condition, 5)
    step = 2.0 / (1.0 + condition)
    found = minimize(f, np.array([3.0, 1, 1, 1, 2]), method="gradient-descent", jac=jac, options={"step": step})
    errors = np.linalg.norm(found.history["x"] - 1.0, axis=1)
    rate = (condition - 1.0) / (condition + 1.0)
    np.testing.assert_allclose(errors[1:] / errors[:-1], rate, rtol=1e-9)
    assert found.nfev == found.njev == found.nit + 1


def test_momentum_takes_the_root_of_the_condition():
    f, jac, _ = quadratic(2e3, 20)
    nit = {
        name: minimize(
            f, np.zeros(20), method=name, jac=jac, options={"step": 5e-4, "gtol": 1e-3, "maxiter": 10**5}
        ).nit
        for name in ("gradient-descent", "nesterov")
    }
    assert 10 * nit["nesterov"] < nit["gradient-descent"]


def test_nesterov_keeps_its_bound_without_restarts():
    f, jac, _ = quadratic(1e4, 20)
    found = minimize(
        f, np.zeros(20), method="nesterov", jac=jac, options={"step": 1e-4, "restart": False, "maxiter": 400}
    )
    k = np.arange(1, found.history["fun"].size)
    assert (found.history["fun"][1:] <= 4.0 * 2.0 * 1e4 * 20.0 / (k + 1.0) ** 2).all()


def test_bfgs_ends_on_a_quadratic_where_newton_needs_one_step():
    f, jac, hess = quadratic(50.0, 6)
    newton = minimize(f, np.zeros(6), method="newton", jac=jac, hess=hess)
    assert (newton.nit, newton.nfev, newton.njev, newton.nhev) == (1, 2, 2, 1)
    assert minimize(f, np.zeros(6), jac=jac, tol=1e-8).nit <= 20


# -- counts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("jac", ["given", None, "3-point"])
def test_every_call_is_counted(method, jac):
    with mk.count() as ops:
        found = minimize(
            rosenbrock,
            [-1.2, 1.0],
            method=method,
            jac=rosenbrock_jac if jac == "given" else jac,
            options={"maxiter": 20},
        )
    assert (found.nfev, found.njev, found.nhev) == (ops.calls["f"], ops.calls["jac"], ops.calls["hess"])
    if method == "nelder-mead" or jac != "given":
        assert found.njev == 0
    if method in ("gradient-descent", "nesterov", "subgradient") and jac == "given":
        assert found.njev == found.nit + 1


def plain(kernel, made):
    """A kernel as a plain Python function, with all kernels that it calls; made: those that are done."""
    if kernel not in made:
        names = dict(kernel.py_func.__globals__)
        made[kernel] = types.FunctionType(kernel.py_func.__code__, names)
        for name in kernel.py_func.__code__.co_names:
            if hasattr(names.get(name), "py_func"):
                names[name] = plain(names[name], made)
    return made[kernel]


def test_the_calls_are_those_that_python_counts():
    made = {"f": 0, "jac": 0}
    compiled = minimize(rosenbrock, [-1.2, 1.0], jac=rosenbrock_jac)

    def f(x):
        made["f"] += 1
        return rosenbrock(x)

    def jac(x):
        made["jac"] += 1
        return rosenbrock_jac(x)

    x = np.array([-1.2, 1.0])
    g, H, work, fun, norms = jac(x), np.empty((2, 2)), np.empty((6, 2)), np.empty(401), np.empty(401)
    fun[0], norms[0] = f(x), abs(g).max()
    given = f, jac, GIVEN, plain(gradient_by_jac, {}), x, g
    steps, ending = plain(bfgs, {})(*given, H, work, 1e-5, -np.inf, np.ones(2), fun, norms, np.empty((0, 2)))
    assert (steps, ending) == (compiled.nit, 0)
    assert made == {"f": compiled.nfev, "jac": compiled.njev}
    np.testing.assert_allclose(x, compiled.x, rtol=1e-6)


def test_differences_cost_n_calls_or_twice_as_many():
    for jac, each in ((None, 3), ("3-point", 6)):
        found = minimize(quadratic(3.0, 3)[0], np.zeros(3), jac=jac, options={"maxiter": 0})
        assert (found.nfev, found.nit) == (1 + each, 0)


def test_a_step_of_bfgs_is_quadratic_and_one_of_lbfgs_linear():
    f, jac, _ = quadratic(3.0, 64)

    def flops(method, n, steps):
        with mk.count() as ops:
            minimize(f, np.zeros(n), method=method, jac=jac, options={"maxiter": steps, "gtol": 0.0})
        return ops.flops

    for method, power in (("BFGS", 4.0), ("L-BFGS", 2.0)):
        assert flops(method, 64, 4) / flops(method, 32, 4) == pytest.approx(power, rel=0.2)


# -- invariances -----------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=4)
@given(shift=st.integers(-64, 64))
def test_moving_the_problem_moves_the_iterates(shift):
    d = float(shift)

    def f(x):
        return (x[0] - d) ** 4 + (x[0] - d) ** 2 + 3.0 * (x[1] - d) ** 2

    def jac(x):
        return np.array([4.0 * (x[0] - d) ** 3 + 2.0 * (x[0] - d), 6.0 * (x[1] - d)])

    here = minimize(f, np.array([1.5, 0.5]) + d, jac=jac)
    assert here.success
    np.testing.assert_allclose(here.x - d, 0.0, atol=1e-5)
    np.testing.assert_allclose(here.history["x"][:4] - d, _at_zero(), atol=1e-10)


def _at_zero():
    def f(x):
        return x[0] ** 4 + x[0] ** 2 + 3.0 * x[1] ** 2

    def jac(x):
        return np.array([4.0 * x[0] ** 3 + 2.0 * x[0], 6.0 * x[1]])

    return minimize(f, [1.5, 0.5], jac=jac).history["x"][:4]


def test_newton_does_not_notice_a_change_of_scale():
    scale = np.array([1.0, 1000.0])

    def f(x):
        return rosenbrock_of(x[0] * scale[0], x[1] * scale[1])

    def jac(x):
        a, b = x[0] * scale[0], x[1] * scale[1]
        d = b - a * a
        return np.array([scale[0] * (-400.0 * a * d - 2.0 * (1.0 - a)), scale[1] * 200.0 * d])

    def hess(x):
        a, b = x[0] * scale[0], x[1] * scale[1]
        off = -400.0 * a * scale[0] * scale[1]
        return np.array([[(1200.0 * a * a - 400.0 * b + 2.0) * scale[0] ** 2, off], [off, 200.0 * scale[1] ** 2]])

    plain = minimize(rosenbrock, [-1.2, 1.0], method="newton", jac=rosenbrock_jac, hess=rosenbrock_hess)
    scaled = minimize(f, np.array([-1.2, 1.0]) / scale, method="newton", jac=jac, hess=hess)
    k = min(plain.nit, scaled.nit)
    np.testing.assert_allclose(scaled.history["x"][:k] * scale, plain.history["x"][:k], rtol=1e-5, atol=1e-8)


@mk.kernel(error_model="numpy")
def rosenbrock_of(a, b):
    return 100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2


# -- how it ends -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", SMOOTH)
def test_a_stationary_start_takes_no_step(method):
    f, jac, hess = quadratic(3.0, 3)
    found = minimize(f, np.ones(3), method=method, jac=jac, hess=hess)
    assert (found.nit, found.success, found.fun, found.nfev, found.njev) == (0, True, 0.0, 3, 1)  # two beside x0
    assert found.message.startswith("x0 is where the search would end: the largest element of the gradient, 0")
    assert (found.hess is None) == (method != "newton")


@pytest.mark.parametrize("hess", [True, False])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_newton_says_that_a_stationary_point_is_no_minimum(sign, hess):
    def f(x):
        return sign * x[0] ** 2 - x[1] ** 2

    def jac(x):
        return np.array([2.0 * sign * x[0], -2.0 * x[1]])

    def second(x):
        return np.array([[2.0 * sign, 0.0], [0.0, -2.0]])

    found = minimize(f, [0.0, 0.0], method="newton", jac=jac, hess=second if hess else None)
    assert (found.success, found.status, found.nit) == (False, 5, 0)
    assert "no minimum" in found.message
    np.testing.assert_allclose(found.hess, [[2.0 * sign, 0.0], [0.0, -2.0]], atol=1e-6)


def test_newton_leaves_the_neighbourhood_of_a_saddle():
    def f(x):
        return x[0] ** 4 - x[0] ** 2 + x[1] ** 2

    found = minimize(f, [1e-3, 1.0], method="newton")
    assert found.success
    assert abs(found.x[0]) == pytest.approx(math.sqrt(0.5), abs=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_too_few_iterations_are_said_and_the_best_point_kept(method):
    found = minimize(
        rosenbrock, [-1.2, 1.0], method=method, jac=rosenbrock_jac, hess=rosenbrock_hess, options={"maxiter": 3}
    )
    assert (found.success, found.status, found.nit) == (False, 1, 3)
    assert "maxiter = 3" in found.message
    assert found.fun == rosenbrock(found.x) == found.history["fun"].min()
    if method != "nelder-mead":
        np.testing.assert_allclose(found.jac, rosenbrock_jac(found.x), rtol=1e-12)


def log_barrier(x):
    return x[0] - math.log(x[0]) if x[0] > 0.0 else math.nan


@pytest.mark.parametrize("method", METHODS)
def test_a_step_to_nan_is_taken_back(method):
    found = minimize(log_barrier, [1e-2], method=method, options={"maxiter": 300})
    assert found.x == pytest.approx([1.0], abs=1e-2)
    assert np.isfinite(found.fun)


#: L-BFGS would end where f hardly falls any more.
TO_THE_END = {"l-bfgs": {"options": {"ftol": 0.0}}}


def pit(x):
    """Not a number but near the start."""
    return x[0] ** 2 if abs(x[0] - 3.0) < 1e-3 else math.nan


@pytest.mark.parametrize("method", SMOOTH)
def test_steps_to_nan_alone_are_said(method):
    found = minimize(pit, [3.0], method=method, jac=lambda x: np.array([2.0 * x[0]]), **TO_THE_END.get(method, {}))
    assert (found.success, found.status) == (False, 3), found.message
    assert "not finite where the search went" in found.message
    assert found.fun == pit(found.x) <= 9.0


@pytest.mark.parametrize("method", SMOOTH)
def test_a_gradient_that_becomes_nan_is_said(method):
    def jac(x):
        return np.array([2.0 * x[0] if x[0] > 2.9 else math.nan])

    found = minimize(lambda x: x[0] ** 2, [3.0], method=method, jac=jac, **TO_THE_END.get(method, {}))
    assert (found.success, found.status) == (False, 3), found.message
    assert np.isfinite(found.fun)


def test_too_long_a_fixed_step_ends_where_it_overflows():
    f, jac, _ = quadratic(10.0, 3)
    for method in ("gradient-descent", "nesterov"):
        found = minimize(f, np.zeros(3), method=method, jac=jac, options={"step": 1e3})
        assert (found.success, found.status) == (False, 3)
        assert "not finite" in found.message
        assert found.fun == f(np.zeros(3))


@pytest.mark.parametrize("method", [m for m in METHODS if m != "subgradient"])
def test_unbounded_below(method):
    def f(x):
        return -(x[0] ** 2) - x[1]

    found = minimize(f, [1.0, 1.0], method=method, options={"maxiter": 5000})
    assert not found.success
    assert found.status == 4, found.message
    assert "unbounded" in found.message
    assert found.fun == -math.inf
    assert found.jac is None


def test_a_wrong_gradient_finds_no_lower_point():
    found = minimize(lambda x: x[0] ** 2, [1.0], jac=lambda x: np.array([-2.0 * x[0]]))
    assert (found.success, found.status, found.x.tolist()) == (False, 2, [1.0])
    assert "check_gradient" in found.message


@pytest.mark.slow
def test_bfgs_that_is_stuck_at_a_kink_says_so_before_maxiter():
    rng = np.random.default_rng(0)
    A, b = rng.standard_normal((40, 10)), rng.standard_normal(40)

    def f(x):
        total = 0.0
        for i in range(b.size):
            r = -b[i]
            for j in range(x.size):
                r += A[i, j] * x[j]
            total += abs(r)
        return total

    def jac(x):
        g = np.zeros_like(x)
        for i in range(b.size):
            r = -b[i]
            for j in range(x.size):
                r += A[i, j] * x[j]
            for j in range(x.size):
                g[j] += math.copysign(A[i, j], A[i, j] * r)
        return g

    found = minimize(f, rng.standard_normal(10), jac=jac, options={"maxiter": 10_000})
    assert (found.status, found.success) == (2, False)
    assert found.nit < 5000
    assert "has a kink" in found.message


def test_a_gradient_that_returns_its_argument():
    found = minimize(lambda x: 0.5 * (x[0] ** 2 + x[1] ** 2), [3.0, -4.0], jac=lambda x: x)
    assert found.success
    np.testing.assert_allclose(found.x, 0.0, atol=1e-6)


def test_history_goes_on_over_blocks():
    found = minimize(
        rosenbrock, [-1.2, 1.0], method="gradient-descent", jac=rosenbrock_jac, options={"step": 1e-3, "maxiter": 2500}
    )
    one = minimize(
        rosenbrock, [-1.2, 1.0], method="gradient-descent", jac=rosenbrock_jac, options={"step": 1e-3, "maxiter": 999}
    )
    assert found.history["fun"].shape == found.history["gradient"].shape == (2501,)
    assert found.history["x"].shape == (2501, 2)
    np.testing.assert_array_equal(found.history["x"][:1000], one.history["x"])
    np.testing.assert_array_equal([rosenbrock(x) for x in found.history["x"][::500]], found.history["fun"][::500])
    assert np.abs(np.diff(found.history["x"], axis=0)).max(axis=1).min() > 0.0


def test_iterates_are_kept_while_they_are_few():
    f, jac, _ = quadratic(2.0, 3)
    assert "x" in minimize(f, np.zeros(3), jac=jac).history
    assert "x" not in minimize(f, np.zeros(3), jac=jac, options={"maxiter": 10**6}).history


# -- what is refused -------------------------------------------------------------------------------------------------


def f2(x):
    return x[0] ** 2 + x[1] ** 2


def clips(x):
    x[0] = min(x[0], 2.0)
    return x[0] ** 2 + x[1] ** 2


def doubles(x):
    for i in range(x.size):
        x[i] *= 2.0
    return x


def test_x0_is_not_changed_and_may_be_anything_real():
    for x0 in (np.array([3, 4]), [3, 4], np.array([3.0, 4.0], np.float32), np.array([3.0, 0, 4.0])[::2]):
        before = np.array(x0)
        found = minimize(f2, x0)
        np.testing.assert_array_equal(x0, before)
        np.testing.assert_allclose(found.x, 0.0, atol=1e-5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: minimize(f2, np.ones((2, 2))), ValueError, r"x0 has shape \(2, 2\); it must be 0-dimensional or 1-"),
        (lambda: minimize(f2, []), ValueError, "x0 is empty"),
        (lambda: minimize(f2, [1.0, np.nan]), ValueError, r"x0\[1\] is nan"),
        (lambda: minimize(f2, [1j, 1.0]), TypeError, "x0 is complex"),
        (lambda: minimize(f2, ["a"]), TypeError, "x0 holds"),
        (lambda: minimize("f", [1.0]), TypeError, "'f' is neither a kernel nor a plain function"),
        (lambda: minimize(f2, [1.0, 1.0], ("a",)), TypeError, r"args\[0\] is 'a'; it must be a number or an array of"),
        (lambda: minimize(f2, [1.0, 1.0], (3,)), TypeError, "f2 is called with x and 1 args here: too many"),
        (lambda: minimize(f2, [1.0, 1.0], bounds=[(0, 1)]), ValueError, "bounds is not supported here; leave it out"),
        (lambda: minimize(f2, [1.0, 1.0], constraints={"type": "eq"}), ValueError, "constraints is not supported"),
        (lambda: minimize(f2, [1.0, 1.0], callback=5), TypeError, "callback is 5; it must be a function, or None"),
        (lambda: minimize(f2, [1.0, 1.0], method="SLSQP"), ValueError, "method is 'SLSQP'; it must be one of bfgs, "),
        (lambda: minimize(f2, [1.0, 1.0], jac=True), TypeError, "jac is True; give it a function of its own"),
        (lambda: minimize(f2, [1.0, 1.0], jac="cs"), ValueError, "jac is 'cs'; it must be a function, '2-point'"),
        (
            lambda: minimize(f2, [1.0, 1.0], options={"eps": 1}),
            ValueError,
            "no option 'eps'; the options are gtol, max",
        ),
        (lambda: minimize(f2, [1.0, 1.0], options={"maxiter": 1.5}), TypeError, "maxiter is 1.5; it must be a whole"),
        (lambda: minimize(f2, [1.0, 1.0], options={"maxiter": -1}), ValueError, "maxiter is -1"),
        (lambda: minimize(f2, [1.0, 1.0], tol=-1.0), ValueError, "tol is -1.0; it must be a finite number"),
        (lambda: minimize(f2, [1.0, 1.0], tol="x"), TypeError, "tol is 'x'"),
        (lambda: minimize(f2, [1.0, 1.0], method="subgradient", options={"step": 0}), ValueError, "step is 0.*above 0"),
        (lambda: minimize(f2, [1.0, 1.0], method="l-bfgs", options={"maxcor": 0}), ValueError, "maxcor is 0.*least 1"),
        (lambda: minimize(log_barrier, [-1.0]), ValueError, r"fun\(x0\) is nan; start where fun is finite"),
        (lambda: minimize(log_barrier, [-1.0], method="nelder-mead"), ValueError, "fun is finite at no vertex"),
        (lambda: minimize(f2, [1.0, 1.0], jac=lambda x: np.ones(3)), ValueError, r"jac\(x0\) has shape \(3,\)"),
        (lambda: minimize(f2, [1.0, 1.0], jac=nan_like), ValueError, "the gradient at x0 has element 0 = nan"),
        (
            lambda: minimize(f2, [1.0, 1.0], method="newton", hess=lambda x: np.ones((1, 1))),
            ValueError,
            "the matrix of derivatives must have a row for each",
        ),
        (
            lambda: minimize(f2, [1.0, 1.0], method="nelder-mead", options={"initial_simplex": np.eye(2)}),
            ValueError,
            r"initial_simplex has shape \(2, 2\); it must have n \+ 1 vertices, \(3, 2\)",
        ),
        (lambda: minimize(f2, [1.0, 1.0], options={"check_gradient": True}), ValueError, "there is no jac to check"),
        (lambda: minimize(f2, [1.0, 1.0], options=5), TypeError, "options is 5; it must be a dict of gtol"),
        (lambda: minimize(f2, [1.0, 1.0], options={"maxiters": 5}), ValueError, "did you mean 'maxiter'"),
        (lambda: minimize(f2, [1.0, 1.0], method="neldermead"), ValueError, "did you mean 'nelder-mead'"),
        (lambda: minimize(f2, [1.0, 1.0], tol=True), TypeError, "tol is True; it must be a finite number"),
        pytest.param(
            lambda: minimize(f2, [1.0]),
            ValueError,
            "fun reads beyond the end of x, which has 1 element",
            marks=COMPILED,
        ),
        pytest.param(
            lambda: minimize(f2, [1.0], method="nelder-mead"),
            ValueError,
            "fun reads beyond the end of x",
            marks=COMPILED,
        ),
        (lambda: minimize(clips, [3.0, 1.0]), ValueError, "fun changes the array that it is called with"),
        (lambda: minimize(clips, [3.0, 1.0], method="nelder-mead"), ValueError, "fun changes the array"),
        (lambda: minimize(f2, [1.0, 1.0], jac=doubles), ValueError, "jac changes the array that it is called with"),
        pytest.param(
            lambda: minimize(lambda x: 1, [1.0]),
            TypeError,
            "returns int64; .*: return one float: 1.0 for 1",
            marks=COMPILED,
        ),
        pytest.param(
            lambda: minimize(lambda x: x, [1.0]),
            TypeError,
            r"returns array.*: return one float: .*y\[0\] for an array",
            marks=COMPILED,
        ),
        pytest.param(
            lambda: minimize(f2, [1.0, 1.0], jac=lambda x: (x[0], x[1])),
            TypeError,
            "return a vector of floats",
            marks=COMPILED,
        ),
        pytest.param(
            lambda: minimize(lambda x, a: a * x[0], [1.0]),
            TypeError,
            "is called with 1 argument here: missing a",
            marks=COMPILED,
        ),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@mk.kernel(error_model="numpy")
def nan_like(x):
    return np.full(x.size, math.nan)


def test_a_gradient_of_the_wrong_element_is_named():
    def wrong(x):
        g = np.empty(x.size)
        for i in range(x.size):
            g[i] = 2.0 * x[i]
        g[1] = g[1] + 1e-3
        return g

    with pytest.raises(ValueError, match=r"jac\(x\)\[1\] is 2.001, but by differences of fun it is 2"):
        minimize(f2, [3.0, 1.0], jac=wrong, options={"check_gradient": True})
    assert check_gradient(rosenbrock, rosenbrock_jac, usual_start(10)) < 1e-5
    with pytest.raises(ValueError, match=r"jac\(x\) has shape \(3,\); it must have that of x, \(2,\)"):
        check_gradient(f2, lambda x: np.ones(3), [1.0, 2.0])


def test_args_follow_x_in_all_functions_and_cost_no_operation():
    def f(x, a, b):
        return (x[0] - a) ** 2 + b[0] * (x[1] - b[1]) ** 2

    def jac(x, a, b):
        return np.array([2.0 * (x[0] - a), 2.0 * b[0] * (x[1] - b[1])])

    def hess(x, a, b):
        return np.array([[2.0, 0.0], [0.0, 2.0 * b[0]]])

    b = np.array([2.0, 5.0])

    def alone(x):
        return (x[0] - 3) ** 2 + b[0] * (x[1] - b[1]) ** 2

    def alone_jac(x):
        return np.array([2.0 * (x[0] - 3), 2.0 * b[0] * (x[1] - b[1])])

    def alone_hess(x):
        return np.array([[2.0, 0.0], [0.0, 2.0 * b[0]]])

    with mk.count() as with_args:
        r = minimize(f, [0.0, 0.0], (3, b), jac=jac, hess=hess, method="newton")
    with mk.count() as closed:
        minimize(alone, [0.0, 0.0], jac=alone_jac, hess=alone_hess, method="newton")
    assert np.allclose(r.x, [3.0, 5.0])
    assert with_args == closed
    assert np.allclose(minimize(f, [0.0, 0.0], (3, [2.0, -1.0]), jac=jac).x, [3.0, -1.0])
    assert np.allclose(b, [2.0, 5.0])


def test_bfgs_learns_the_inverse_hessian_as_scipy_says():
    A = np.diag(np.arange(1.0, 5.0)) + 0.1

    def f(x):
        s = 0.0
        for i in range(x.size):
            for j in range(x.size):
                s += 0.5 * x[i] * A[i, j] * x[j]
        return s

    found = minimize(f, np.ones(4), options={"gtol": 1e-6}, jac="3-point")
    np.testing.assert_allclose(found.hess_inv, np.linalg.inv(A), atol=0.1)
    assert minimize(f, np.ones(4), method="L-BFGS").hess_inv is None


# -- by differences ----------------------------------------------------------------------------------------------


def ill(x):
    return 0.5 * (x[0] - 1.0) ** 2 + 0.5e4 * (x[1] - 1.0) ** 2


def beside(x, constant):
    """A minimum at 3, beside a constant whose rounding hides the differences."""
    return constant + (x[0] - 3.0) ** 2


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS", "newton", "nesterov"])
def test_differences_that_are_too_coarse_are_refined(method):
    found = minimize(ill, [0.0, 0.0], method=method)
    assert found.success, found.message
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)
    if method in ("BFGS", "L-BFGS"):
        assert found.nfev < 200
    assert found.history["fun"].size == found.nit + 1
    assert found.history["gradient"][-1] <= 1e-5


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS"])
def test_rosenbrock_by_differences(method):
    found = minimize(rosenbrock, usual_start(20), method=method)
    assert found.success, found.message
    assert found.nfev < 5000
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS", "newton", "gradient-descent", "nesterov"])
@pytest.mark.parametrize("constant", [1e3, 1e6, 1e9])
def test_rounding_is_not_taken_for_a_zero_gradient(method, constant):
    found = minimize(beside, [0.0], args=(constant,), method=method)
    assert found.x == pytest.approx([3.0], abs=1e-2)
    if found.success and method != "L-BFGS":
        assert found.x == pytest.approx([3.0], abs=1e-5)
    if constant == 1e9:
        assert not found.success
        assert found.status in (1, 7)
        assert found.status == 1 or "rounding of fun hides the gradient" in found.message


def cancelled(x):
    return (1e9 + (x[0] - 3.0) ** 2) - 1e9


def test_rounding_that_the_value_does_not_show():
    found = minimize(cancelled, [0.0])
    assert not found.success
    assert found.x == pytest.approx([3.0], abs=1e-2)


def test_a_constant_is_a_minimum_everywhere():
    found = minimize(lambda x: 5.0 + 0.0 * x[0], [1.0, 2.0])
    assert (found.success, found.nit, found.fun) == (True, 0, 5.0)


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS", "newton"])
@pytest.mark.parametrize("jac", [None, lambda x: np.array([-1.0, 0.0])])
def test_a_function_that_falls_without_end_is_noticed_early(method, jac):
    found = minimize(lambda x: -x[0], [0.0, 0.0], method=method, jac=jac)
    assert (found.success, found.status) == (False, 4)
    assert "unbounded below" in found.message
    assert found.nfev < 2000


def test_newton_does_not_take_rounding_for_a_negative_curvature():
    found = minimize(beside, [0.0], args=(1e9,), method="newton")
    assert "no minimum" not in found.message


def test_more_iterations_are_asked_for_where_they_help():
    assert "allow more" in minimize(rosenbrock, [-1.2, 1.0], options={"maxiter": 5}).message
    still = minimize(lambda x: abs(x[0]), [0.0], jac=lambda x: np.array([1.0]), method="gradient-descent",
                     options={"step": 1.0, "maxiter": 20})  # fmt: skip
    assert "allow more" not in still.message


# -- callback, and SciPy's names ---------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [m for m in METHODS if m != "subgradient"])
def test_a_callback_sees_each_iteration_and_changes_none(method):
    xs, results = [], []

    def with_result(intermediate_result):
        results.append(intermediate_result)

    given = {"method": method, "jac": rosenbrock_jac, "hess": rosenbrock_hess, "options": {"maxiter": 100}}
    alone = minimize(rosenbrock, [-1.2, 1.0], **given)
    told = minimize(rosenbrock, [-1.2, 1.0], callback=lambda xk: xs.append(xk), **given)
    minimize(rosenbrock, [-1.2, 1.0], callback=with_result, **given)
    np.testing.assert_array_equal(told.history["x"], alone.history["x"])
    assert (told.nfev, told.njev, told.nit, told.message) == (alone.nfev, alone.njev, alone.nit, alone.message)
    np.testing.assert_array_equal(xs, alone.history["x"][1:])
    np.testing.assert_array_equal([r.fun for r in results], alone.history["fun"][1:])
    np.testing.assert_array_equal([r["x"] for r in results], xs)


def test_a_callback_ends_the_search():
    def callback(xk):
        if rosenbrock(xk) < 1.0:
            raise StopIteration

    found = minimize(rosenbrock, [-1.2, 1.0], callback=callback)
    assert (found.success, found.status) == (False, 99)
    assert "callback ended the search" in found.message
    assert 1e-3 < found.fun < 1.0
    with pytest.raises(ZeroDivisionError):
        minimize(rosenbrock, [-1.2, 1.0], callback=lambda xk: 1 / 0)


def test_scipys_names_of_methods(capsys):
    assert minimize(f2, [1.0, 1.0], method="L-BFGS-B", options={"disp": True}).success
    assert "within gtol" in capsys.readouterr().out
    assert minimize(f2, [1.0, 1.0], method="NELDER-MEAD").success
    for name, nearest in (("CG", "'L-BFGS'"), ("Powell", "'Nelder-Mead'"), ("trust-constr", "'BFGS', without")):
        with pytest.raises(ValueError, match=f"nearest to SciPy's '{name}' is {nearest}"):
            minimize(f2, [1.0, 1.0], method=name)


@pytest.mark.parametrize("x0", [np.array([3.0, 4.0], ">f8"), np.array([3, 4], np.uint8)])
def test_starts_of_any_type(x0):
    assert minimize(f2, x0).success
    with pytest.raises(TypeError, match="x0 is a masked array; give it plain numbers"):
        minimize(f2, np.ma.array([3.0, 4.0], mask=[True, False]))


def test_bounds_that_bound_nothing_are_none():
    for bounds in ([(None, None)] * 2, [(-np.inf, np.inf)] * 2, scipy.optimize.Bounds(), ()):
        assert minimize(f2, [1.0, 1.0], bounds=bounds).success
    for bounds in ([(0, None)] * 2, ([0.0, 0.0], np.inf), scipy.optimize.Bounds([0.0, 0.0])):
        with pytest.raises(ValueError, match="bounds is not supported here; leave it out, or write the unknown"):
            minimize(f2, [1.0, 1.0], bounds=bounds)


def value_and_gradient(x):
    return x[0] * x[0], np.array([2.0 * x[0]])


def test_jac_as_a_bool():
    with pytest.raises(TypeError, match="jac is True; give it a function of its own"):
        minimize(value_and_gradient, [1.0], jac=True)  # what it returns is not complained of
    assert minimize(rosenbrock, [-1.2, 1.0], jac=False).nfev == minimize(rosenbrock, [-1.2, 1.0]).nfev


@pytest.mark.parametrize(
    ("option", "instead"),
    [
        ("eps", "give jac"),
        ("finite_diff_rel_step", "give jac"),
        ("maxfev", "limit the iterations with maxiter"),
        ("maxfun", "limit the iterations with maxiter"),
        ("return_all", "history in the result is always kept"),
        ("norm", "gtol is what the largest element"),
    ],
)
def test_an_option_of_scipy_is_refused_with_what_to_do(option, instead):
    with pytest.raises(ValueError, match=f"there is no option '{option}'; the options are .*disp: .*{instead}"):
        minimize(rosenbrock, [-1.2, 1.0], options={option: 1})


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_the_name_of_a_method_with_constraints_leads_to_those_that_take_them(method):
    with pytest.raises(ValueError, match="quadratic_program and log_barrier take convex ones"):
        minimize(rosenbrock, [-1.2, 1.0], method=method)


@pytest.mark.parametrize("method", ["bfgs", "l-bfgs"])
@pytest.mark.parametrize("scale", [1.0, 1e5])
def test_differences_that_are_not_finite_at_an_edge_are_told(method, scale):
    def edge(x, scale):
        return scale * (np.sqrt(x[0]) + x[1] ** 2)

    found = minimize(edge, [1.0, 1.0], args=(scale,), method=method)
    assert (found.success, found.status) == (False, 3)
    assert math.isfinite(found.fun)
    assert "not finite where the search went" in found.message
    assert "jac" not in found.message


def test_a_kink_without_a_jac_is_not_laid_on_jac():
    found = minimize(lambda x: max(2.0 * (x[0] - 0.3), 0.3 - x[0]), [1.0])
    assert not found.success
    assert "jac is wrong" not in found.message


# -- a small gradient is that of fun ---------------------------------------------------------------------------------


def paraboloid(x, size):
    return size * ((x[0] - 3.0) ** 2 + 2.0 * (x[1] - 1.0) ** 2)


def no_gradient(x, size):
    return np.zeros(2)


def tiny_gradient(x, size):
    return np.array([1e-9 * (x[0] - 3.0), 2e-9 * (x[1] - 1.0)])


def half_a_gradient(x, size):
    return np.array([2.0 * size * x[0], 0.0])


@pytest.mark.parametrize("method", [*SMOOTH, "subgradient"])
@pytest.mark.parametrize("jac", [no_gradient, tiny_gradient, half_a_gradient])
@pytest.mark.parametrize("size", [1.0, 1e10])
def test_a_wrong_gradient_that_is_small_is_no_success(method, jac, size):
    found = minimize(paraboloid, [0.0, 0.0], args=(size,), jac=jac, method=method, options={"maxiter": 100})
    assert not found.success
    if method != "subgradient" or jac is not tiny_gradient:  # which no subgradient method takes for a zero
        assert found.status == 8
        assert found.message.startswith("the gradient is within gtol")
        assert "jac is wrong; correct it (see check_gradient)" in found.message


@pytest.mark.parametrize("method", SMOOTH)
@pytest.mark.parametrize("size", [1e-4, 1.0, 1e10])
def test_a_right_gradient_is_confirmed_where_no_step_was_taken(method, size):
    def jac(x, size):
        return np.array([2.0 * size * (x[0] - 3.0), 4.0 * size * (x[1] - 1.0)])

    for start in ([3.0, 1.0], [3.0, 0.0], [0.0, 1.0], [5.0, -5.0]):
        found = minimize(paraboloid, start, args=(size,), jac=jac, method=method, options={"gtol": 1e-5 * size})
        assert found.success
        assert found.x == pytest.approx([3.0, 1.0], abs=1e-4)


@pytest.mark.parametrize("method", SMOOTH)
@pytest.mark.parametrize("given", [True, False])
def test_a_maximum_at_the_start_is_no_minimum(method, given):
    def hat(x):
        return 1.0 - x[0] * x[0] - 3.0 * x[1] * x[1]

    def jac(x):
        return np.array([-2.0 * x[0], -6.0 * x[1]])

    found = minimize(hat, [0.0, 0.0], jac=jac if given else None, method=method)
    assert (found.success, found.status) == (False, 5)


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS", "subgradient"])
def test_a_minimum_at_a_kink_is_one(method):
    """One side is steeper than the other, so that a difference to both sides is not zero."""
    found = minimize(lambda x: max(x[0], -3.0 * x[0]), [0.0], jac=lambda x: np.zeros(1), method=method)
    assert found.success
