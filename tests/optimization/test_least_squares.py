"""Levenberg-Marquardt and Gauss-Newton: MINPACK's path, certified regressions, exact laws, rates, refusals."""

import math

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.optimization.fitting.damped_least_squares import trust_region_step
from mechkit.optimization.fitting.least_squares import least_squares
from mechkit.optimization.fitting.linearization import valley, valley_jac
from mechkit.problems.more_garbow_hillstrom import problem
from mechkit.problems.nist import read_nist

METHODS = ("lm", "gauss-newton")
#: Plain Python has its own words for these.
COMPILED = pytest.mark.slow
TIGHT = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15, "max_nfev": 2000}


def decay(t, y):
    """Residuals and Jacobian of b1 exp(-b2 t) - y: a function made in a function, with data."""
    t, y = np.array(t, float), np.array(y, float)

    def residual(b):
        r = np.empty(t.size)
        for i in range(t.size):
            r[i] = b[0] * np.exp(-b[1] * t[i]) - y[i]
        return r

    def jacobian(b):
        J = np.empty((t.size, 2))
        for i in range(t.size):
            e = np.exp(-b[1] * t[i])
            J[i, 0], J[i, 1] = e, -b[0] * t[i] * e
        return J

    return residual, jacobian


#: Problems, and multiples of their standard start, from which no rounding decides the path.
PATHS = [(n, 1) for n in (1, 2, 3, 5, 7, 8, 11, 14, 15, 19, 24, 28, 32, 35)]
PATHS += [(n, 10) for n in (1, 2, 4, 6, 7, 10, 14, 15, 19, 28, 32)]


@pytest.mark.parametrize(("number", "scale"), PATHS)
def test_the_path_is_minpacks(number, scale):
    p, tolerances = problem(number), {"ftol": 1e-8, "xtol": 1e-8, "gtol": 1e-8}
    found = least_squares(p.residual, scale * p.x0, p.jacobian, **tolerances)
    theirs = scipy.optimize.leastsq(
        p.residual, scale * p.x0, Dfun=p.jacobian, factor=1.0, maxfev=2000, full_output=True, **tolerances
    )
    flat = (number, scale) == (19, 10)  # nine parameters have no effect there, and are looked at, at the end
    looks = 22 if flat else 0
    assert abs(found.nfev - looks - theirs[2]["nfev"]) <= 1 + 0.02 * found.nfev
    assert 2 * found.cost == pytest.approx(theirs[2]["fvec"] @ theirs[2]["fvec"], rel=1e-8, abs=1e-20)
    assert found.success is not flat
    assert (found.nit + 1, found.nhev) == (len(found.history["cost"]), 0)


@pytest.mark.parametrize("number", [2, 8, 20])
def test_scipy_ends_at_the_same_point(number):
    p = problem(number)
    ours = least_squares(p.residual, p.x0, p.jacobian)
    theirs = scipy.optimize.least_squares(p.residual, p.x0, p.jacobian, method="lm")
    np.testing.assert_allclose(ours.x, theirs.x, rtol=1e-4)
    assert ours.cost == pytest.approx(theirs.cost, rel=1e-8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("jac", [valley_jac, None, "2-point", "3-point"])
def test_the_result_fits_together(method, jac):
    x0 = np.array([-1.2, 1.0])
    x0.flags.writeable = False
    found = least_squares(valley, x0, jac, method)
    assert found.success
    assert 1 <= found.status <= 4
    np.testing.assert_allclose(found.x, 1.0, atol=1e-8)
    np.testing.assert_array_equal(found.fun, valley(found.x))
    np.testing.assert_allclose(found.jac, valley_jac(found.x), atol=1e-6)
    np.testing.assert_allclose(found.grad, found.jac.T @ found.fun, atol=1e-14)
    assert found.cost == pytest.approx(0.5 * (found.fun @ found.fun), rel=1e-14)
    assert found.optimality == np.abs(found.grad).max()
    assert (found.njev > 0) == (jac is valley_jac)
    xs, costs = found.history["x"], found.history["cost"]
    np.testing.assert_array_equal(xs[0], x0)
    np.testing.assert_array_equal(xs[-1], found.x)
    assert [0.5 * (valley(x) @ valley(x)) for x in xs] == pytest.approx(costs, rel=1e-12)
    assert (np.diff(costs) <= 0).all()


def test_calls_for_differences_are_calls_of_fun():
    given_, one, two = (least_squares(valley, [-1.2, 1.0], jac) for jac in (valley_jac, None, "3-point"))
    tries = given_.nfev
    assert two.nfev == tries + 4 * given_.njev
    assert one.nfev <= tries + 2 * given_.njev + 2 * 4 + 2  # to both sides at the end, and a step more
    assert one.njev == two.njev == 0


def test_differences_to_both_sides_finish_what_those_to_one_side_began():
    p = problem("Kowalik and Osborne")
    exact, found = (least_squares(p.residual, p.x0, jac, ftol=1e-8).x for jac in (p.jacobian, None))
    best = least_squares(p.residual, p.x0, p.jacobian, **TIGHT).x
    assert np.abs(found - best).max() < 2 * np.abs(exact - best).max()


def test_a_long_history():
    p = problem("Meyer")
    found = least_squares(p.residual, p.x0, p.jacobian)
    assert found.nit > 100
    assert len(found.history["x"]) == len(found.history["damping"]) == found.nit + 1
    assert found.history["damping"].max() > 0


def test_one_full_step_solves_a_linear_problem():
    p = problem("Linear, full rank", 8)
    for method in METHODS:
        found = least_squares(p.residual, 0 * p.x0, p.jacobian, method)
        assert (found.nit, found.nfev, found.njev) == (1, 2, 2)
        assert found.cost == pytest.approx(4.0)


def test_laws():
    run = lambda method: lambda n: least_squares(valley, np.zeros(n), valley_jac, method, max_nfev=2)
    gauss_newton, damped = (mk.law(run(method), n=range(2, 9)).flops for method in ("gauss-newton", "lm"))
    assert gauss_newton == "10n^3/3 + 53n^2/2 + 193n/6 + 8"
    assert damped == "10n^3/3 + 55n^2/2 + 205n/6 + 23"


@pytest.mark.parametrize("method", METHODS)
def test_convergence_is_quadratic_where_the_residual_is_zero_and_linear_where_not(method):
    t = np.arange(6.0)
    exact = 2.0 * np.exp(-0.7 * t)
    wrong = exact + 0.3 * (-1.0) ** t
    for y, quadratic in ((exact, True), (wrong, False)):
        residual, jacobian = decay(t, y)
        best = least_squares(residual, [2.0, 0.7], jacobian, method, **TIGHT).x
        xs = least_squares(residual, [1.5, 1.0], jacobian, method, **TIGHT).history["x"]
        errors = np.linalg.norm(xs - best, axis=1)
        errors = errors[(errors > 1e-11) & (errors < 0.1)]
        orders = np.log(errors[2:] / errors[1:-1]) / np.log(errors[1:-1] / errors[:-2])
        assert (orders[-1] > 1.7) if quadratic else (orders[-1] < 1.3)


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(1, 6),
    rank=st.integers(1, 6),
    delta=st.floats(1e-3, 1e3),
    damping=st.sampled_from([0.0, 1e-6, 1.0, 1e6]),
    seed=st.integers(0, 10**6),
)
def test_the_step_of_the_trust_region(n, rank, delta, damping, seed):
    """It solves the damped problem for the damping returned, is as long as asked, or is the step without damping."""
    rng = np.random.default_rng(seed)
    rank = min(rank, n)
    R = np.triu(rng.standard_normal((n, n)) + 3.0 * np.eye(n))
    R[rank:] = 0.0
    q, D, piv = rng.standard_normal(n), rng.uniform(0.1, 10.0, n), rng.permutation(n)
    q[rank:] = 0.0
    p = np.empty(n)
    work = np.empty((n + 1, n + 1)), np.empty(n), np.empty(n)
    found, length = trust_region_step(np.column_stack([R, q]), piv, rank, D, delta, damping, 0.1, p, *work)
    assert length == pytest.approx(np.linalg.norm(D * p), rel=1e-12)
    A = np.empty((n, n))
    A[:, piv] = R
    assert found >= 0
    if found == 0:
        assert length <= 1.1 * delta
        np.testing.assert_allclose(A.T @ (A @ p + q), 0.0, atol=1e-10 * np.abs(A).max() ** 2 * max(1, length))
    else:
        assert length <= 1.1 * delta
        assert length >= 0.9 * delta or rank < n  # More's iteration may end early where R lacks rank
        expected = np.linalg.lstsq(np.vstack([A, np.sqrt(found) * np.diag(D)]), np.append(-q, np.zeros(n)), rcond=None)
        np.testing.assert_allclose(p, expected[0], rtol=1e-6, atol=1e-9 * np.linalg.norm(p))


# -- certified regressions ---------------------------------------------------------------------------------------

NIST = ("Misra1a", "Chwirut2", "MGH09", "Rat43", "Thurber", "BoxBOD")


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in NIST[2:5] else n for n in NIST])
@pytest.mark.parametrize("start", [0, 1])
def test_certified_regressions(name, start, published):
    """Six digits from either start: BoxBOD's first leads MINPACK to a plateau."""
    data = read_nist(published("nist") / f"{name}.dat")
    for tolerances in ({}, TIGHT, {"jac": "3-point"}):
        with mk.count() as ops:
            found = least_squares(data.residual, data.starts[start], **tolerances)
        digits = data.digits(found.x)
        print(f"{name:9} start {start + 1}: {digits:4.1f} digits, {found.nfev:4} calls, {ops.flops:8} flops")
        assert digits >= 6
        assert 2 * found.cost == pytest.approx(data.sum_of_squares, rel=1e-9)


def exponentials(t, b):
    return b[0] * math.exp(-b[1] * t) + b[2] * math.exp(-b[3] * t) + b[4] * math.exp(-b[5] * t)


def ratio(t, b):
    return (b[0] + b[1] * t + b[2] * t * t) / (1.0 + b[3] * t + b[4] * t * t)


def peaks(t, b):
    return b[0] * math.exp(-b[1] * t) + b[2] * math.exp(-(((t - b[3]) / b[4]) ** 2)) + b[5] * math.exp(
        -(((t - b[6]) / b[7]) ** 2)
    )  # fmt: skip


def waves(t, b):
    u, v = 2.0 * math.pi * t / b[1], 2.0 * math.pi * t / b[4]
    return b[0] + b[2] * math.cos(u) + b[3] * math.sin(u) + b[5] * math.cos(v) + b[6] * math.sin(v)


def vapour(t, b):
    return b[0] * math.exp(b[1] / (t + b[2]))


def saturation(t, b):
    return b[0] * t ** b[2] / (b[1] ** b[2] + t ** b[2])


#: Model, points, its parameters, a far start, and the size of the errors in the data.
MODELS = [
    (exponentials, np.linspace(0, 1.2, 24), [0.095, 1.0, 0.86, 3.0, 1.56, 5.0], [1.2, 0.3, 5.6, 5.5, 6.5, 7.6], 2e-6),
    (ratio, np.linspace(10, 370, 150), [1.7, -0.14, 2.6e-3, -1.7e-3, 2.2e-5], [10.0, -1.0, 0.05, -0.01, 1e-4], 0.2),
    (
        peaks,
        np.arange(1.0, 251),
        [99.0, 0.01, 100.0, 67.0, 23.0, 72, 179, 18],
        [94.0, 0.012, 80, 60, 30, 60, 170, 25],
        2,
    ),
    (
        waves,
        np.arange(1.0, 169),
        [10.5, 44.3, -1.6, 0.5, 26.9, 0.2, 1.5],
        [11.0, 40.0, -0.7, -1.3, 25.0, -0.3, 1.4],
        2.0,
    ),
    (vapour, np.arange(50.0, 130, 5), [5.6e-3, 6.2e3, 345.0], [2.0, 4e5, 2.5e4], 2.0),
    (saturation, np.linspace(0.5, 60, 40), [120.0, 15.0, 2.3], [50.0, 5.0, 1.0], 2.0),
]


@pytest.mark.slow
@pytest.mark.parametrize("case", MODELS, ids=lambda case: case[0].__name__)
def test_six_digits_in_the_parameters_of_models_with_noise(case):
    """The noise is orthogonal to the derivatives at the parameters, which are thus the least squares solution."""
    model, t, b, start, size = case
    b = np.array(b)
    f = lambda b: np.array([model(s, b) for s in t])
    h = 1e-5 * np.abs(b)
    Q, _ = np.linalg.qr(np.array([(f(b + d) - f(b - d)) / (2 * d.max()) for d in np.diag(h)]).T)
    noise = size * np.random.default_rng(1).standard_normal(t.size)
    y, g = f(b) + (noise - Q @ (Q.T @ noise)), mk.kernel(error_model="numpy")(model)

    def residual(b):
        r = np.empty(t.size)
        for i in range(t.size):
            r[i] = g(t[i], b) - y[i]
        return r

    for jac in (None, "3-point"):
        found = least_squares(residual, start, jac)
        assert found.success, found.message
        np.testing.assert_allclose(found.x, b, rtol=1e-6)


def test_parameters_of_very_different_sizes():
    """Steps of differences in proportion to each: those for numbers near 1 would be 1e5 times b2."""

    def residual(b):
        r = np.empty(20)
        for i in range(20):
            r[i] = 1e6 * (b[0] * np.exp(-1e12 * b[1] * 0.1 * float(i)) - 3e-9 * np.exp(-0.05 * float(i)))
        return r

    found = least_squares(residual, [1e-9, 2e-13], **TIGHT)
    np.testing.assert_allclose(found.x, [3e-9, 5e-13], rtol=1e-7)


def test_a_parameter_that_is_zero_keeps_its_derivatives():
    """A step in proportion to what is nearly zero would be lost in rounding."""

    def residual(b):
        r = np.empty(20)
        for i in range(20):
            r[i] = b[0] + b[1] * float(i) - 2.0
        return r

    found = least_squares(residual, [1.0, 1.0])
    np.testing.assert_allclose(found.x, [2.0, 0.0], atol=1e-8)
    np.testing.assert_allclose(found.jac, np.stack([np.ones(20), np.arange(20.0)], 1), atol=1e-4)


# -- what goes wrong ---------------------------------------------------------------------------------------------


def root(x):
    """Not a number for x > 1, where the step leads."""
    return np.array([np.sqrt(1.0 - x[0]) - 0.1, 0.0])


def cliff(x):
    return np.array([1.0 - x[0] if x[0] <= 0.0 else np.nan, 0.0])


def cliff_jac(x):
    return np.array([[-1.0], [0.0]])


@pytest.mark.parametrize("method", METHODS)
def test_backs_off_where_residuals_are_not_finite(method):
    found = least_squares(root, [0.0], method=method)
    assert found.success
    assert found.x == pytest.approx(0.99, rel=1e-6)
    assert found.nfev > found.nit


@pytest.mark.parametrize("method", METHODS)
def test_says_so_where_it_cannot_back_off(method):
    found = least_squares(cliff, [0.0], cliff_jac, method)
    assert (found.success, found.status, found.x[0], found.nit) == (False, -1, 0.0, 0)
    assert "fun is NaN or infinite at every point that was tried" in found.message


@pytest.mark.parametrize("method", METHODS)
def test_a_jacobian_that_is_not_finite(method):
    found = least_squares(valley, [-1.2, 1.0], _nan_jac, method)
    assert (found.success, found.status) == (False, -2)
    assert "the Jacobian at x holds NaN" in found.message
    assert len(found.history["x"]) == 0


def _nan_jac(x):
    return np.full((2 * x.size, x.size), np.nan)


@pytest.mark.parametrize("method", METHODS)
def test_the_best_point_is_kept_when_evaluations_run_out(method):
    found = least_squares(valley, [-1.2, 1.0], valley_jac, method, max_nfev=5)
    assert (found.success, found.status, found.nfev) == (False, 0, 5)
    assert "max_nfev = 5 evaluations were made" in found.message
    assert found.cost == pytest.approx(min(found.history["cost"]), rel=1e-14)


def test_a_stationary_start():
    found = least_squares(valley, [1.0, 1.0], valley_jac)
    assert (found.status, found.nit, found.nfev, found.njev, found.cost) == (1, 0, 1, 1, 0.0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["Linear, rank 1", "Linear, rank 1, zeros", "Powell singular"])
def test_jacobians_that_lack_rank(method, name):
    p = problem(name)
    found = least_squares(p.residual, p.x0, p.jacobian, method)
    assert found.success
    assert 2 * found.cost == pytest.approx(p.minima[0], rel=1e-9, abs=1e-12)


def test_no_column_at_all():
    """Residuals that do not depend on x."""
    for method in METHODS:
        found = least_squares(lambda x: np.array([1.0, 2.0, 3.0]), [1.0, 2.0], method=method)
        assert (found.success, found.cost, found.nit) == (True, 7.0, 0)


def _changing(x):
    return np.ones(2 if x[0] == 3.0 else 4)


def line(x):
    return np.array([x[0] - 1.0, 2.0])


def beyond(x):
    return np.array([x[0] - 1.0, x[1]])


def clipped(x):
    x[0] = min(x[0], 2.0)
    return np.array([x[0] - 1.0, 2.0])


@pytest.mark.parametrize("x0", [3, [3], np.array([3], np.int8), np.float32(3), np.array([[3.0, 4.0]])[:, :1][0]])
def test_starts_of_any_type(x0):
    assert least_squares(line, x0).x == pytest.approx([1.0])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"method": "trf"}, "method is 'trf'; it must be one of lm, gauss-newton"),
        ({"x0": [np.nan]}, r"x0\[0\] is nan"),
        ({"x0": []}, "x0 is empty"),
        ({"x0": [[1.0]]}, r"x0 has shape \(1, 1\); it must be 0-dimensional or 1-dimensional"),
        ({"x0": [1.0, 2.0, 3.0]}, "fun returns 2 residuals for 3 unknowns; least squares needs at least as many"),
        ({"fun": lambda x: np.array([1.0, np.inf])}, "fun is not finite at x0: residual 1 is inf"),
        ({"ftol": -1.0}, "ftol is -1.0; it must be a finite number that is not negative"),
        ({"gtol": np.nan}, "gtol is nan"),
        ({"max_nfev": 0}, "max_nfev is 0; it must be a whole number, at least 1"),
        ({"bounds": (0.0, 1.0)}, "bounds is not supported here"),
        pytest.param({"fun": beyond}, "fun reads beyond the end of x, which has 1 element", marks=COMPILED),
        ({"fun": clipped}, "fun changes the array that it is called with; let it work on a copy"),
        ({"jac": "cs"}, "jac is 'cs'; it must be a function, '2-point', '3-point' or None"),
        ({"jac": lambda x: np.zeros((3, 1))}, "the matrix of derivatives must have a row for each function"),
        ({"fun": _changing}, "has changed its length"),
    ],
)
def test_refusals(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        least_squares(**{"fun": line, "x0": [3.0], **arguments})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"fun": "line"}, "'line' is neither a kernel nor a plain function"),
        ({"x0": [1j]}, "x0 is complex"),
        ({"x0": ["a"]}, "x0 holds"),
        ({"jac": True}, "jac is True; give it a function"),
        ({"xtol": "small"}, "xtol is 'small'"),
        ({"max_nfev": 2.5}, "max_nfev is 2.5"),
        pytest.param(
            {"fun": lambda x: [x[0], 1.0]}, "returns list.*return a vector of floats: np.array", marks=COMPILED
        ),
        pytest.param(
            {"fun": lambda x, a: np.array([x[0], a])},
            "is called with 1 argument here: missing a required argument: 'a'",
            marks=COMPILED,
        ),
    ],
)
def test_refusals_of_types(arguments, sentence):
    with pytest.raises(TypeError, match=sentence):
        least_squares(**{"fun": line, "x0": [3.0], **arguments})


# -- what is said is so ------------------------------------------------------------------------------------------


def decaying(b, y):
    r = np.empty(y.size)
    for i in range(y.size):
        r[i] = b[0] * np.exp(-b[1] * float(i)) - y[i]
    return r


def wrong(b, y, first, second, shift):
    """Its Jacobian, with multiples of the columns, and something added to the second."""
    J = np.empty((y.size, 2))
    for i in range(y.size):
        e = np.exp(-b[1] * float(i))
        J[i, 0], J[i, 1] = first * e, -second * b[0] * float(i) * e + shift
    return J


decaying_of = mk.kernel(lambda b, y, first, second, shift: decaying_kernel(b, y))
decaying_kernel, wrong = mk.kernel(decaying, error_model="numpy"), mk.kernel(wrong, error_model="numpy")
NOISY = 2.0 * np.exp(-0.5 * np.arange(8.0)) + 0.05 * (-1.0) ** np.arange(8.0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "factors",
    [
        *((2.0, 2.0, 0.0), (-1.0, -1.0, 0.0), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, -1.0, 0.0)),
        *((1.0, 2.0, 0.0), (1.0, 1.0, 0.1), (1e6, 1e6, 0.0), (1e-3, 1e-3, 0.0)),
    ],
)
def test_a_wrong_jacobian_is_no_success(method, factors):
    found = least_squares(decaying_of, [1.0, 1.0], wrong, method, args=(NOISY, *factors))
    assert not found.success, found.message
    assert found.status in (-4, 0)
    if found.status:
        assert "jac is not the derivative of fun at x: along one direction residual" in found.message


@pytest.mark.parametrize("method", METHODS)
def test_a_right_jacobian_costs_no_call_more(method):
    found = least_squares(decaying_of, [1.0, 1.0], wrong, method, args=(NOISY, 1.0, 1.0, 0.0))
    assert found.success
    assert found.nfev <= 2 * found.njev


def test_a_plateau_is_no_fit():
    """Meyer's problem from far away: one step of Gauss and Newton leads to where exp is zero."""
    p = problem("Meyer")
    for jac in (None, p.jacobian):
        found = least_squares(p.residual, [2.0, 4e5, 25_000.0], jac, "gauss-newton")
        assert (found.success, found.status) == (False, -6)
        assert "x is on a plateau: there x[0] has no effect on fun, which it has at x0" in found.message


def offset(x, size):
    return np.array([size + x[0] - 3.0, 2.0 * x[0] - size, x[0]])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [0.0, 1e3, 1e6, 1e12])
def test_rounding_is_not_taken_for_no_effect(method, size):
    found = least_squares(offset, [1.0], method=method, args=(size,))
    if size < 1e12:
        assert found.success
        assert found.x == pytest.approx([(3.0 + size) / 6.0], rel=1e-6, abs=1e-6)
    else:
        assert (found.success, found.status) == (False, -5)
        assert "rounding of fun hides its derivative with respect to x[0]" in found.message


@pytest.mark.parametrize("name", ["Rat43", "MGH09", "Misra1a"])
def test_gauss_newton_ends_at_certified_solutions(name, published):
    data = read_nist(published("nist") / f"{name}.dat")
    for jac in (None, "3-point"):
        found = least_squares(data.residual, data.certified, jac, "gauss-newton")
        assert found.success, found.message
        assert data.digits(found.x) >= 6


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("jac", [None, valley_jac])
def test_a_callback_sees_each_step_and_changes_none(method, jac):
    xs, results = [], []

    def with_result(intermediate_result):
        results.append(intermediate_result)

    alone = least_squares(valley, [-1.2, 1.0], jac, method)
    told = least_squares(valley, [-1.2, 1.0], jac, method, callback=lambda x: xs.append(x))
    least_squares(valley, [-1.2, 1.0], jac, method, callback=with_result)
    np.testing.assert_array_equal(told.history["x"], alone.history["x"])
    assert (told.nfev, told.njev, told.message) == (alone.nfev, alone.njev, alone.message)
    assert alone.nit - 1 <= len(xs) <= alone.nit  # the last step may end it at once
    np.testing.assert_array_equal(xs, alone.history["x"][1 : 1 + len(xs)])
    assert [r.cost for r in results] == pytest.approx(alone.history["cost"][1 : 1 + len(xs)])


@pytest.mark.parametrize("method", METHODS)
def test_a_callback_ends_the_search(method):
    def callback(x):
        if x[0] > 0.0:
            raise StopIteration

    found = least_squares(valley, [-1.2, 1.0], valley_jac, method, callback=callback)
    assert (found.success, found.status) == (False, 99)
    assert found.x[0] > 0.0
    np.testing.assert_array_equal(found.jac, valley_jac(found.x))
    assert found.history["cost"][-1] == pytest.approx(found.cost)


def test_arguments_of_scipy():
    given = {"bounds": (-np.inf, np.inf), "loss": "linear", "x_scale": "jac", "f_scale": 0.1, "ftol": None}
    assert least_squares(line, [3.0], **given).x == pytest.approx([1.0])
    assert least_squares(line, [3.0], bounds=scipy.optimize.Bounds()).x == pytest.approx([1.0])
    for refused in ({"loss": "huber"}, {"kwargs": {"a": 1}}, {"diff_step": 1e-3}, {"jac_sparsity": np.eye(2)}):
        with pytest.raises(ValueError, match=f"{next(iter(refused))} is not supported here; "):
            least_squares(line, [3.0], **refused)


def test_jac_as_a_bool():
    def both(x):
        return np.array([x[0] - 1.0]), np.array([[1.0]])

    with pytest.raises(TypeError, match="jac is True; give it a function of its own"):
        least_squares(both, [0.0], jac=True)
    assert least_squares(line, [3.0], jac=False, workers=2).x == pytest.approx([1.0])


def test_bounds_in_the_place_that_scipy_has_for_them():
    with pytest.raises(ValueError, match=r"method is \(0, 1\); .* bounds are given by name"):
        least_squares(line, [3.0], "2-point", (0, 1))


def rise(x, steepness, middle):
    """A step from -1/2 to 1/2, and a second residual where there is a second parameter."""
    r = np.zeros(x.size)
    r[0] = 1.0 / (1.0 + math.exp(-steepness * (x[0] - middle))) - 0.5
    for j in range(1, x.size):
        r[j] = x[j] - 1.0
    return r


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("start", "steepness", "middle"),
    [
        ([3.0], 50.0, 0.0),
        ([-3.0], 50.0, 0.0),
        ([3e10], 50e-10, 0.0),
        ([3.0, 0.0], 50.0, 0.0),
        ([0.0, 7.0], 50.0, 3.0),
    ],
)
def test_a_plateau_at_the_start_is_no_fit(method, start, steepness, middle):
    found = least_squares(rise, start, method=method, args=(steepness, middle))
    assert (found.success, found.status) == (False, -6)
    assert abs(found.fun[0]) == 0.5
    assert found.x[1:] == pytest.approx(np.ones(len(start) - 1), rel=1e-6)
    assert "x is on a plateau: there x[0] has no effect on fun, as at x0" in found.message


@pytest.mark.parametrize("method", METHODS)
def test_a_parameter_without_effect_anywhere_is_no_plateau(method):
    def residual(x):
        return np.array([x[1] - 1.0, x[1] + 2.0])

    found = least_squares(residual, [3.0, 0.0], method=method)
    assert found.success
    assert found.x == pytest.approx([3.0, -0.5], rel=1e-7)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [10, 100])
@pytest.mark.parametrize("given", [True, False])
def test_parameters_without_effect_are_looked_at_one_by_one(method, scale, given):
    """Osborne 2 from far away: three peaks lie outside of the data; moved all together they show no effect."""
    p = problem("Osborne 2")
    found = least_squares(p.residual, scale * p.x0, p.jacobian if given else None, method)
    assert 2 * found.cost > 40 * p.minima[0]
    assert (found.success, found.status) == (False, -6)
    assert "x is on a plateau: there x[1] has no effect on fun, as at x0" in found.message


@pytest.mark.parametrize("method", METHODS)
def test_parameters_that_have_an_effect_only_together(method):
    """Each stands beside a factor of zero."""
    found = least_squares(lambda x: np.array([1.0 - x[0] * x[1], 0.0]), [0.0, 0.0], method=method)
    assert (found.success, found.status) == (False, -6)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1e-10, 1.0, 1e10])
def test_a_maximum_of_the_sum_of_squares_is_no_fit(method, size):
    def residual(x, size):
        return np.array([size * (1.0 - x[0] ** 2), size * (x[1] - 2.0)])

    def jac(x, size):
        return np.array([[-2.0 * size * x[0], 0.0], [0.0, size]])

    found = least_squares(residual, [0.0, 1.0], jac, method, args=(size,))
    assert found.x == pytest.approx([0.0, 2.0])
    assert (found.success, found.status) == (False, -7)
    assert "x is stationary but no minimum: the sum of squares is lower on a side of x[0]" in found.message


@pytest.mark.parametrize("method", METHODS)
def test_a_minimum_at_the_start_is_a_fit(method):
    def residual(x):
        return np.array([1.0 + x[0] * x[0], x[1] - 2.0])

    def jac(x):
        return np.array([[2.0 * x[0], 0.0], [0.0, 1.0]])

    assert least_squares(residual, [0.0, 1.0], jac, method).success
