"""Systems of equations: roots, counts, orders, and every way of failing."""

import math
import re

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.linear_systems.dense import eliminate
from mechkit.optimization.order import order_of_convergence
from mechkit.optimization.roots.root import METHODS, root
from mechkit.optimization.roots.steps import NO_ROOT, factor
from mechkit.problems.more_garbow_hillstrom import SYSTEMS as SYSTEMS_OF_THE_PAPER
from mechkit.problems.more_garbow_hillstrom import problem


@mk.kernel(cache=True, error_model="numpy")
def tridiagonal(x):
    """More, Garbow and Hillstrom, Testing unconstrained optimization software (1981), problem 30."""
    n = x.size
    y = np.empty_like(x)
    for i in range(n):
        v = (3.0 - 2.0 * x[i]) * x[i] + 1.0
        if i > 0:
            v = v - x[i - 1]
        if i < n - 1:
            v = v - 2.0 * x[i + 1]
        y[i] = v
    return y


@mk.kernel(cache=True, error_model="numpy")
def tridiagonal_jac(x):
    n = x.size
    J = np.zeros((n, n))
    for i in range(n):
        J[i, i] = 3.0 - 4.0 * x[i]
        if i > 0:
            J[i, i - 1] = -1.0
        if i < n - 1:
            J[i, i + 1] = -2.0
    return J


@mk.kernel(cache=True, error_model="numpy")
def rosenbrock(x):
    """Problem 1: from (-1.2, 1)."""
    y = np.empty_like(x)
    y[0] = 10.0 * (x[1] - x[0] * x[0])
    y[1] = 1.0 - x[0]
    return y


@mk.kernel(cache=True, error_model="numpy")
def rosenbrock_jac(x):
    J = np.empty((2, 2))
    J[0, 0], J[0, 1], J[1, 0], J[1, 1] = -20.0 * x[0], 10.0, -1.0, 0.0
    return J


@mk.kernel(cache=True, error_model="numpy")
def bad_scale(x):
    """Problem 3, Powell's badly scaled function: from (0, 1)."""
    y = np.empty_like(x)
    y[0] = 1e4 * x[0] * x[1] - 1.0
    y[1] = np.exp(-x[0]) + np.exp(-x[1]) - 1.0001
    return y


@mk.kernel(cache=True, error_model="numpy")
def helix(x):
    """Problem 7, the helical valley: from (-1, 0, 0)."""
    y = np.empty_like(x)
    angle = math.atan2(x[1], x[0]) / (2.0 * math.pi)
    if angle < -0.25:
        angle = angle + 1.0
    y[0] = 10.0 * (x[2] - 10.0 * angle)
    y[1] = 10.0 * (math.sqrt(x[0] * x[0] + x[1] * x[1]) - 1.0)
    y[2] = x[2]
    return y


@mk.kernel(cache=True, error_model="numpy")
def arctangent(x):
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = math.atan(x[i])
    return y


@mk.kernel(cache=True, error_model="numpy")
def bowl(x):
    """Without a root."""
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = x[i] * x[i] + 1.0
    return y


@mk.kernel(cache=True, error_model="numpy")
def logarithm(x):
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = math.log(x[i]) if x[i] > 0.0 else math.nan
    return y


def moves(x):
    x[0] = x[0] + 1.0
    return x


@mk.kernel(cache=True, error_model="numpy")
def too_long(x):
    return np.ones(x.size + 1)


@mk.kernel(cache=True, error_model="numpy")
def too_wide(x):
    return np.ones((x.size, x.size + 1))


@mk.kernel(cache=True, error_model="numpy")
def nan_jac(x):
    return np.full((x.size, x.size), np.nan)


#: Plain Python has its own words for these.
COMPILED = pytest.mark.slow

WAYS = [(m, "line-search") for m in METHODS] + [("newton", "trust-region"), ("newton", None)]


@pytest.mark.parametrize(("method", "globalization"), WAYS)
@pytest.mark.parametrize("jac", [None, "3-point", "complex-step", tridiagonal_jac], ids=str)
def test_the_tridiagonal_system(method, globalization, jac):
    n = 20
    r = root(tridiagonal, -np.ones(n), method=method, jac=jac, options={"globalization": globalization})
    assert r.success
    expected = scipy.optimize.root(tridiagonal, -np.ones(n), method="hybr", tol=1e-13)
    np.testing.assert_allclose(r.x, expected.x, rtol=1e-9)
    np.testing.assert_array_equal(r.fun, tridiagonal(r.x))
    np.testing.assert_allclose(r.history["norm"], [np.linalg.norm(tridiagonal(x)) for x in r.history["x"]])
    assert r.history["x"].shape == (r.nit + 1, n)
    jacobians = r.nit if method == "newton" else 1
    per_jacobian = {None: n, "3-point": 2 * n, "complex-step": n}.get(jac, 0)
    assert r.nfev == r.nit + 1 + jacobians * per_jacobian
    assert r.njev == (jacobians if callable(jac) else 0)


@pytest.mark.parametrize("globalization", ["line-search", "trust-region"])
@pytest.mark.parametrize(
    ("fun", "start", "solution"),
    [
        (rosenbrock, [-1.2, 1.0], [1.0, 1.0]),
        (rosenbrock, [-120.0, 100.0], [1.0, 1.0]),
        (bad_scale, [0.0, 1.0], [1.09815933e-5, 9.10614674]),
        (helix, [-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]),
        (arctangent, [3.0, -20.0], [0.0, 0.0]),
    ],
)
def test_hard_starts(fun, start, solution, globalization):
    r = root(fun, start, options={"globalization": globalization})
    assert r.success, r.message
    np.testing.assert_allclose(r.x, solution, rtol=1e-6, atol=1e-9)
    assert (np.diff(r.history["norm"]) < 0).all()


#: The systems of More, Garbow and Hillstrom that have a root and as many equations as unknowns in every form.
SYSTEMS = [(k, 9 if k == 35 else None) for k in SYSTEMS_OF_THE_PAPER if k not in (14, 20, 25)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "globalization", "least"),
    [
        ("newton", "line-search", 11),
        ("newton", "trust-region", 11),
        ("chord", "line-search", 9),
        ("broyden1", "line-search", 10),
        ("broyden2", "line-search", 10),
    ],
)
def test_systems_of_more_garbow_and_hillstrom(method, globalization, least):
    options, solved = {"globalization": globalization, "maxiter": 2000}, 0
    for k, n in SYSTEMS:
        p = problem(k, n)
        with mk.count() as ops:
            r = root(p.residual, p.x0, method=method, jac=p.jacobian, options=options)
        solved += r.success and np.linalg.norm(p.residual(r.x)) < 1e-9
        print(f"{p.name:28} {method} {r.nit:4} steps, {r.nfev:4} + {r.njev:3} calls, {ops.flops:9} flops: {r.message}")
    assert solved >= least, f"{solved} of {len(SYSTEMS)}"


@pytest.mark.parametrize("method", ["broyden1", "broyden2", "chord"])
@pytest.mark.parametrize(("fun", "start"), [(rosenbrock, [-1.2, 1.0]), (helix, [-1.0, 0.0, 0.0])])
def test_kept_jacobians_are_renewed_where_they_lead_nowhere(method, fun, start):
    r = root(fun, start, method=method)
    assert r.success, r.message
    assert np.linalg.norm(fun(r.x)) <= 1e-10


def test_full_steps_overshoot_where_the_safeguards_do_not():
    assert not root(arctangent, [3.0], options={"globalization": None}).success
    assert root(arctangent, [3.0]).success


def test_orders_of_convergence():
    start = -np.ones(10)

    def order(method, tol=1e-13):
        history = root(tridiagonal, start, jac=tridiagonal_jac, method=method, tol=tol).history["x"]
        return order_of_convergence(history, exact)

    exact = root(tridiagonal, start, jac=tridiagonal_jac, tol=1e-14).x
    assert order("newton").order == pytest.approx(2.0, abs=0.1)
    chord = order("chord")
    assert chord.order == pytest.approx(1.0, abs=0.05)
    for method in ("broyden1", "broyden2"):  # superlinear: the errors shrink faster and faster, if not at each step
        errors = order(method).errors
        assert errors[-1] / errors[-4] < 0.1 * errors[3] / errors[0]
        assert errors[-1] / errors[-4] < 0.01 * chord.factor**3


def test_broyden_is_the_formula_of_sherman_and_morrison():
    for method, good in (("broyden1", True), ("broyden2", False)):
        r = root(tridiagonal, -np.ones(6), jac=tridiagonal_jac, method=method)
        H = np.linalg.inv(tridiagonal_jac(-np.ones(6)))
        x = -np.ones(6)
        for k in range(r.nit):
            np.testing.assert_allclose(r.history["x"][k], x, rtol=1e-9)
            s = -H @ tridiagonal(x)
            y = tridiagonal(x + s) - tridiagonal(x)
            v = s @ H if good else y
            H = H + np.outer(s - H @ y, v) / (v @ y)
            x = x + s


@pytest.mark.slow
def test_what_a_step_costs():
    def cost(method, n):
        flops = {}
        for limit in (3, 4):
            with mk.count() as ops:
                r = root(tridiagonal, -np.ones(n), jac=tridiagonal_jac, method=method, options={"maxiter": limit})
            assert r.nit == limit
            flops[limit] = ops.flops
        return flops[4] - flops[3]

    for n in (16, 32, 64):
        factors = (4 * n**3 - 3 * n**2 - n) // 6
        assert cost("newton", n) - cost("chord", n) == factors + 2 * n  # and the 2n flops of a Jacobian
        assert 2 * n**2 < cost("chord", n) < 2 * n**2 + 20 * n
        assert 2 * n**2 < cost("broyden1", n) < 2 * n**2 + 50 * n


@pytest.mark.slow
def test_factors_are_those_of_elimination():
    J = np.random.default_rng(1).standard_normal((50, 50))
    LU, piv, expected = np.empty((50, 50)), np.empty(50, np.int32), J.copy()
    with mk.count() as ops:
        assert factor(J, LU, piv) == 50
    pivots = np.empty(50, np.int32)
    with mk.count() as textbook:
        eliminate(expected, pivots)
    np.testing.assert_array_equal(piv, pivots)
    np.testing.assert_allclose(LU, expected, rtol=1e-10)
    assert ops.flops == textbook.flops


@mk.kernel(cache=True, error_model="numpy")
def linear(x):
    """3 x_i + the sum of x - i."""
    total = x[0]
    for i in range(1, x.size):
        total = total + x[i]
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = 3.0 * x[i] + total - float(i)
    return y


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 20), seed=st.integers(0, 10**6), scale=st.integers(-3, 3))
@pytest.mark.parametrize(("method", "globalization"), WAYS)
def test_a_linear_system_takes_a_step_and_what_rounding_asks_for(method, globalization, n, seed, scale):
    start = np.random.default_rng(seed).standard_normal(n) * 10.0**scale
    r = root(linear, start, method=method, options={"globalization": globalization})
    assert r.success
    assert r.nit <= 3
    expected = np.linalg.solve(3 * np.eye(n) + np.ones((n, n)), np.arange(float(n)))
    np.testing.assert_allclose(r.x, expected, atol=1e-9)


@pytest.mark.parametrize("x0", [[-1, -1], np.array([-1.0, -1.0], np.float32), np.array([-1.0, 9.0, -1.0])[::2]])
def test_any_start_is_taken_and_left_unchanged(x0):
    before = np.array(x0)
    r = root(tridiagonal, x0)
    assert r.success
    assert r.x.dtype == np.float64
    np.testing.assert_array_equal(x0, before)


@pytest.mark.parametrize(
    ("fun", "x0", "arguments", "message"),
    [
        (bowl, [3.0, 2.0], {}, "no step lowered the norm of fun|stationary"),
        (bowl, [3.0, 2.0], {"options": {"globalization": "trust-region"}}, "no step lowered|stationary"),
        (bowl, [0.0, 0.0], {"jac": lambda x: np.zeros((x.size, x.size))}, "stationary in iteration 0.*singular"),
        (bowl, [3.0], {"method": "broyden1", "jac": lambda x: np.zeros((1, 1))}, "singular in iteration 0"),
        (bowl, [3.0, 2.0], {"jac": nan_jac}, "Jacobian in iteration 0 holds NaN"),
        (bowl, [3.0, 2.0], {"jac": nan_jac, "options": {"globalization": "trust-region"}}, "holds NaN"),
        (bowl, [3.0, 2.0], {"jac": nan_jac, "method": "broyden2"}, "holds NaN"),
        (logarithm, [-1.0], {}, "not finite.*iteration 0"),
        (tridiagonal, [-1.0, -1.0], {"options": {"maxiter": 2}}, r"2 iterations \(maxiter\) were not enough"),
    ],
)
def test_failures_are_said(fun, x0, arguments, message):
    r = root(fun, x0, **arguments)
    assert not r.success
    assert r.status > 0
    assert re.search(message, r.message)
    assert "\n" not in r.message
    norms = r.history["norm"]
    if np.isfinite(norms).any():
        assert np.linalg.norm(r.fun) == pytest.approx(norms.min())


@pytest.mark.parametrize("globalization", ["line-search", "trust-region", None])
def test_steps_to_where_fun_is_nan_are_cut_back(globalization):
    r = root(logarithm, [4.0], options={"globalization": globalization})  # Newton's first step leads to -1.5
    assert r.success
    assert r.x[0] == pytest.approx(1.0)


def test_a_singular_jacobian_is_left_along_the_gradient():
    def fun(x):
        y = np.empty_like(x)
        y[0] = x[0] * x[0] + x[0] * x[1] - 2.0
        y[1] = x[1] * x[1] - 1.0
        return y

    def jac(x):
        J = np.zeros((2, 2))
        J[0, 0], J[0, 1], J[1, 1] = x[0] + x[0] + x[1], x[0], x[1] + x[1]
        return J

    for globalization in ("line-search", "trust-region"):
        r = root(fun, [0.5, -1.0], jac=jac, options={"globalization": globalization})
        assert r.success, r.message
        assert np.linalg.norm(fun(r.x)) <= 1e-10


def test_a_root_at_the_start_takes_no_step():
    r = root(arctangent, [0.0, 0.0])
    assert (r.success, r.nit, r.nfev, r.njev) == (True, 0, 1, 0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x0": np.ones((2, 2))}, ValueError, r"x0 has shape \(2, 2\)"),
        ({"x0": []}, ValueError, "x0 is empty"),
        ({"x0": [1.0, np.inf]}, ValueError, r"x0\[1\] is inf"),
        ({"x0": ["a"]}, TypeError, "x0 holds"),
        ({"x0": [1j]}, TypeError, "x0 is complex"),
        ({"method": "hybr"}, ValueError, "method is 'hybr'; it must be one of newton, chord, broyden1, broyden2"),
        ({"jac": "exact"}, ValueError, "jac is 'exact'"),
        ({"jac": True}, TypeError, "jac is True"),
        ({"jac": too_wide}, ValueError, "matrix of derivatives"),
        ({"fun": too_long}, ValueError, "fun returned 3 numbers for 2 unknowns"),
        ({"fun": "f"}, TypeError, "'f' is neither a kernel nor a plain function"),
        ({"tol": -1e-3}, ValueError, "tol is -0.001"),
        ({"tol": math.nan}, ValueError, "tol is nan"),
        ({"tol": True}, TypeError, "tol is True"),
        ({"callback": 5}, TypeError, "callback is 5; it must be a function, or None"),
        ({"method": "broyden"}, ValueError, "did you mean 'broyden1'|did you mean 'broyden2'"),
        pytest.param({"x0": [-1.0], "fun": bad_scale}, ValueError, "fun returned 1|fun reads beyond", marks=COMPILED),
        ({"fun": moves}, ValueError, "fun changes the array that it is called with"),
        pytest.param({"fun": lambda x: [x[0], x[1]]}, TypeError, "return a vector of floats: np", marks=COMPILED),
        ({"options": {"maxiter": 2.5}}, TypeError, "maxiter is 2.5"),
        ({"options": {"ftol": 1.0}}, ValueError, "there is no option 'ftol'; the options are globalization"),
        ({"options": {"maxiter": 0}}, ValueError, "maxiter is 0"),
        ({"options": {"globalization": "none"}}, ValueError, "globalization is 'none'"),
        ({"options": {"globalization": "trust-region"}, "method": "chord"}, ValueError, "for method 'newton'"),
        ({"options": 5}, TypeError, "options is 5"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(arguments, error, message):
    with pytest.raises(error, match=message) as caught:
        root(**{"fun": tridiagonal, "x0": [-1.0, -1.0], **arguments})
    assert "\n" not in str(caught.value)


def test_a_length_that_changes_is_noticed():
    def fun(x):
        return np.ones(2 if x[0] == 1.0 else 3)

    with pytest.raises(ValueError, match="length"):
        root(fun, [1.0, 1.0])


# -- roots of any size -------------------------------------------------------------------------------------------


@mk.kernel(cache=True, error_model="numpy")
def two_scales(x):
    """Unknowns and equations of very different sizes; the root is (1e-10, 2e10)."""
    u, v = x[0] * 1e10, x[1] * 1e-10
    y = np.empty_like(x)
    y[0] = 1e10 * (u * u + v - 3.0)
    y[1] = 1e-10 * (u + v * v - 5.0)
    return y


@mk.kernel(cache=True, error_model="numpy")
def small_terms(x):
    """Met to 1e-12 everywhere near the start; the root is where the difference of the unknowns is 1e-9 as well."""
    y = np.empty_like(x)
    y[0] = x[0] * x[1] - 1e-14
    y[1] = x[0] - x[1] - 1e-9
    return y


@mk.kernel(cache=True, error_model="numpy")
def small_and_large(x):
    y = np.empty_like(x)
    y[0] = 1e-12 * (x[0] - 5.0)
    y[1] = 1e9 * (x[1] * x[1] - 2.0)
    return y


SMALL_ROOT = np.array([1e-9 + math.sqrt(1e-18 + 4e-14), -1e-9 + math.sqrt(1e-18 + 4e-14)]) / 2


@pytest.mark.parametrize(("method", "globalization"), WAYS)
@pytest.mark.parametrize(
    ("fun", "start", "solution"),
    [
        (small_terms, [1e-6, 1e-6], SMALL_ROOT),
        (two_scales, [1.2e-10, 1.8e10], [1e-10, 2e10]),
        (small_and_large, [3.0, 3.0], [5.0, math.sqrt(2.0)]),
    ],
)
def test_roots_of_any_size(fun, start, solution, method, globalization):
    r = root(fun, start, method=method, options={"globalization": globalization})
    assert r.success, r.message
    np.testing.assert_allclose(r.x, solution, rtol=1e-8)


@mk.kernel(cache=True, error_model="numpy")
def steep_jac(x):
    J = np.zeros((x.size, x.size))
    for i in range(x.size):
        J[i, i] = 1e13
    return J


@pytest.mark.parametrize("method", METHODS)
def test_small_steps_by_a_wrong_jacobian_are_no_root(method):
    r = root(tridiagonal, [-1.0, -1.0], method=method, jac=steep_jac)
    assert (r.success, r.status) == (False, 7)
    assert "x is no root" in r.message
    assert "look whether jac is right" in r.message


@mk.kernel(cache=True, error_model="numpy")
def levels_off(x):
    y = np.empty_like(x)
    y[0] = 1e-10 * (math.exp(-x[0] / 20.0) - 1.0)
    return y


def test_a_small_value_on_a_level_part_is_no_root():
    """Broyden's steps are short there, as he remembers the slopes of the start."""
    r = root(levels_off, [-1000.0], method="broyden1")
    assert not r.success or abs(r.x[0]) < 1e-6


@mk.kernel(cache=True, error_model="numpy")
def doubled(x):
    """Double roots, where rounding hides half of the digits, and roots at 0."""
    y = np.empty_like(x)
    y[0] = x[0] * x[0] - 2.0 * x[0] + 1.0
    y[1] = math.exp(x[1]) - 1.0
    return y


def test_double_roots_and_roots_at_zero():
    r = root(doubled, [3.0, 1.0])
    assert r.success, r.message
    np.testing.assert_allclose(r.x, [1.0, 0.0], atol=1e-7)


@pytest.mark.parametrize(("method", "globalization"), WAYS)
def test_a_callback_sees_each_iteration_and_changes_none(method, globalization):
    seen = []

    def callback(x, f):
        seen.append((x, f))

    given = {"method": method, "options": {"globalization": globalization}}
    told = root(tridiagonal, -np.ones(6), callback=callback, **given)
    alone = root(tridiagonal, -np.ones(6), **given)
    np.testing.assert_array_equal(told.history["x"], alone.history["x"])
    assert (told.nfev, told.nit, told.message) == (alone.nfev, alone.nit, alone.message)
    np.testing.assert_array_equal([x for x, _ in seen], alone.history["x"][1:])
    np.testing.assert_array_equal(seen[-1][1], tridiagonal(seen[-1][0]))


def test_a_callback_ends_the_search():
    def callback(x, f):
        if np.linalg.norm(f) < 0.1:
            raise StopIteration

    r = root(tridiagonal, -np.ones(6), callback=callback)
    assert (r.success, r.status) == (False, 99)
    assert "callback ended the search" in r.message
    assert 0.0 < np.linalg.norm(r.fun) < 0.1


def test_more_iterations_are_asked_for_where_they_help():
    assert "allow more" in root(tridiagonal, -np.ones(6), options={"maxiter": 2}).message
    stuck = root(bowl, [3.0], options={"maxiter": 40, "globalization": None})
    assert (stuck.success, stuck.status) == (False, 1)
    assert "allow more" not in stuck.message


def test_names_and_options_of_scipy(capsys):
    assert root(tridiagonal, -np.ones(3), options={"disp": True}).success
    assert "iterations, " in capsys.readouterr().out
    for name, nearest in (("hybr", "'newton' with options"), ("lm", "least_squares"), ("anderson", "'broyden1'")):
        with pytest.raises(ValueError, match=f"nearest to SciPy's '{name}' is {nearest}"):
            root(tridiagonal, -np.ones(3), method=name)
    with pytest.raises(TypeError, match="x0 is a masked array"):
        root(tridiagonal, np.ma.array([1.0, 2.0], mask=[0, 1]))


def test_jac_as_a_bool():
    def both(x):
        return np.array([x[0] - 1.0]), np.array([[1.0]])

    with pytest.raises(TypeError, match="jac is True; give it a function of its own"):
        root(both, [0.0], jac=True)
    assert root(tridiagonal, [-1.0, -1.0], jac=False).success


@pytest.mark.parametrize(
    ("option", "instead"),
    [("ftol", "give tol"), ("fatol", "give tol"), ("maxfev", "limit the iterations with maxiter"), ("eps", "give jac")],
)
def test_an_option_of_scipy_is_refused_with_what_to_do(option, instead):
    with pytest.raises(ValueError, match=f"there is no option '{option}'; the options are .*disp: .*{instead}"):
        root(tridiagonal, [-1.0, -1.0], options={option: 1})


# -- where |F|^2 is too small for a number, and where many equal roots are at zero -------------------------------------


def _to_infinity(x):
    y = np.empty(1)
    y[0] = math.exp(-x[0])
    return y


def _bell(x):
    y = np.empty(2)
    y[0], y[1] = 1.0 / (1.0 + x[0] * x[0]), x[1] - x[0]
    return y


def _tiny(x):
    y = np.empty(1)
    y[0] = 1e-200 * (x[0] - 2.0)
    return y


@pytest.mark.parametrize(
    ("f", "start", "options"),
    [
        (_to_infinity, [1.0], {}),
        (_to_infinity, [1.0], {"tol": 0.0}),
        (_to_infinity, [1.0], {"tol": 1e-300}),
        (_bell, [1.0, 1.0], {}),
        (_tiny, [1.0], {}),
        (_tiny, [1.0], {"tol": 1e-250}),
    ],
)
def test_a_norm_whose_square_is_rounded_to_zero_ends_the_search_and_is_no_root(f, start, options):
    r = root(f, start, **options)
    assert not r.success
    assert r.status == NO_ROOT
    assert 0.0 < np.linalg.norm(r.fun, np.inf) < 1e-150
    assert r.history["norm"][-1] == pytest.approx(np.abs(r.fun).max(), rel=1e-12, abs=0.0)
    assert "too small to be squared" in r.message


def _three_equal(x):
    y = np.empty(2)
    y[0], y[1] = x[0] ** 3, x[1] - 1.0
    return y


def _three_equal_and_large(x):
    y = np.empty(2)
    y[0], y[1] = 1e10 * x[0] ** 3, x[1] * x[1] - 1.0
    return y


@pytest.mark.parametrize("f", [_three_equal, _three_equal_and_large])
@pytest.mark.parametrize("how", [{}, {"method": "broyden1"}, {"options": {"globalization": "trust-region"}}])
def test_many_equal_roots_at_zero_are_a_root(f, how):
    r = root(f, [1.0, 0.5], **how)
    assert r.success
    assert np.abs(r.x - [0.0, 1.0]).max() <= 1e-9
    assert (r.history["x"][-1] == r.x).all()


def test_what_is_small_near_zero_but_has_no_root_there_is_none():
    def f(x):
        y = np.empty(2)
        y[0], y[1] = x[0] ** 4 + 1e-28, x[1] - 1.0
        return y

    r = root(f, [1.0, 0.0])
    assert not r.success
    assert r.fun[0] >= 1e-28


def fifth_power(x):
    return np.array([1e10 * x[0] ** 5])


def exponential(x):
    return np.array([math.exp(x[0]) - 1.0])


@pytest.mark.parametrize(("fun", "start"), [(fifth_power, 1.0), (exponential, 5.0), (fifth_power, 1e-3)])
def test_why_the_chord_method_was_slow_is_told(fun, start):
    found = root(fun, [start], method="chord", options={"maxiter": 50})
    assert (found.success, found.status) == (False, 1)
    assert re.search(r"each of the last 10 lowered it by [0-9.]+ % only", found.message)
    assert found.message.endswith("as the Jacobian of the start does not fit here; use method 'newton'")


def test_a_jacobian_that_is_singular_at_the_root_is_told_as_slow():
    found = root(
        lambda x: np.array([x[0] ** 30]), [1.0], jac=lambda x: np.array([[30.0 * x[0] ** 29]]), options={"maxiter": 3}
    )
    assert found.message.endswith("allow more, or start nearer")
    found = root(fifth_power, [1.0])
    assert found.success or "as where the Jacobian is singular at a root" in found.message


def test_unknowns_that_run_away_to_zero_and_infinity_are_no_root():
    def only_at_one(x, sizes, scales):
        y = np.empty(2)
        y[0] = scales[0] * (math.exp(x[0] / sizes[0]) - math.exp(1.0) * (x[1] / sizes[1]))
        y[1] = scales[1] * ((x[0] / sizes[0]) * (x[1] / sizes[1]) - 1.0)
        return y

    sizes, scales = np.array([3.2e6, 1.66e-5]), np.array([1.877432e-04, 3.595073e-10])
    for start in ([-2.335886, -0.691894], [-2.0, -1.0], [-3.0, -0.5]):
        found = root(only_at_one, sizes * start, args=(sizes, scales))
        assert not found.success
    found = root(only_at_one, sizes * [2.0, 1.5], args=(sizes, scales))
    assert found.success
    np.testing.assert_allclose(found.x, sizes, rtol=1e-8)
