"""Fits by least squares, least absolute deviations and least largest error: published answers, proofs of success."""

import math
import warnings

import numpy as np
import pytest
import scipy.optimize
import scipy.special
from scipy.linalg import LinAlgWarning

import mechkit as mk
from mechkit.interpolation import (
    chebyshev_interpolation,
    chebyshev_truncation,
    least_absolute,
    least_squares,
    minimax,
)
from mechkit.problems.nist import read_nist

pytestmark = pytest.mark.slow
RNG = np.random.default_rng(3)
BASES = ["chebyshev", "legendre", "monomial"]
# Brownlee, Statistical Theory and Methodology in Science and Engineering, 1960: loss, and three variables
STACK_LOSS = np.fromstring(
    """42 80 27 89  37 80 27 88  37 75 25 90  28 62 24 87  18 62 22 87  18 62 23 87  19 62 24 93  20 62 24 93
    15 58 23 87  14 58 18 80  14 58 18 89  13 58 17 88  11 58 18 82  12 58 19 93  8 50 18 89  7 50 18 86
    8 50 19 72  8 50 19 79  9 50 20 80  15 56 20 82  15 70 20 91""",
    sep=" ",
).reshape(21, 4)


# -- least squares ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("method", ["auto", "qr", "normal"])
@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_polynomials_are_reproduced_by_every_method(basis, method, scale):
    x = scale * RNG.permutation(np.linspace(-2.0, 3.0, 2000))
    c = np.array([1.0, -2.0, 0.5, 3.0])
    y = np.polynomial.polynomial.polyval(x / scale, c)
    fit = least_squares(x, y, 3, basis, method)
    t = scale * np.linspace(-3.0, 4.0, 9)
    np.testing.assert_allclose(fit(t), np.polynomial.polynomial.polyval(t / scale, c), rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(
        fit.to_basis("monomial", (-1.0, 1.0)).coefficients * scale ** np.arange(4), c, rtol=1e-8, atol=1e-8
    )
    assert fit.interval == (x.min(), x.max())


@pytest.mark.parametrize("m", [11, 512, 513, 1530])
@pytest.mark.parametrize("values", ["numbers", "vectors", "complex"])
def test_fits_are_numpys(m, values):
    x = RNG.random(m)
    y = {"numbers": RNG.random(m), "vectors": RNG.random((m, 3)), "complex": RNG.random(m) + 1j * RNG.random(m)}[values]
    fit = least_squares(x, y, 7, "legendre", "qr")
    u = 2 * (x - x.min()) / np.ptp(x) - 1
    A = np.polynomial.legendre.legvander(u, 7)
    np.testing.assert_allclose(fit.coefficients, np.linalg.lstsq(A, y, rcond=None)[0], rtol=1e-7, atol=1e-8)
    assert fit(0.5).shape == y.shape[1:]


def test_the_published_polynomials(published):
    folder = published("nist")
    for k in range(1, 6):
        y, x = np.loadtxt(folder / f"wampler{k}.csv", delimiter=",", skiprows=1, encoding="utf-8-sig").T
        certified = 10.0 ** -np.arange(6.0) if k == 2 else np.ones(6)
        for basis in BASES:
            for method in ("auto", "qr"):
                found = least_squares(x, y, 5, basis, method).to_basis("monomial", (-1.0, 1.0)).coefficients
                np.testing.assert_allclose(found, certified, rtol=1e-5 if k == 5 else 1e-7)
    problem = read_nist(folder / "Norris.dat")
    for basis in BASES:
        found = least_squares(np.ravel(problem.x), problem.y, 1, basis).to_basis("monomial", (-1.0, 1.0))
        np.testing.assert_allclose(found.coefficients, [-0.262323073774029, 1.00211681802045], rtol=1e-11)


def test_stack_loss_by_least_squares():
    fit = least_squares(STACK_LOSS[:, 1:], STACK_LOSS[:, 0], 1)
    np.testing.assert_allclose(fit.coefficients, [-39.91967442, 0.7156402, 1.29528612, -0.15212252], rtol=1e-8)
    assert fit(STACK_LOSS[0, 1:]) == pytest.approx(fit.coefficients @ [1.0, 80.0, 27.0, 89.0])
    assert repr(fit) == "<linear function of 3 variables>"


def test_reflections_of_any_number_of_points_cost_what_the_law_says():
    with mk.count() as few:
        least_squares(np.linspace(-1, 1, 512), np.ones(512), 4, method="qr")
    with mk.count() as many:
        least_squares(np.linspace(-1, 1, 5120), np.ones(5120), 4, method="qr")
    assert few.flops < many.flops / 10 < 1.02 * few.flops


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda f: f([0, 1, 2], [1, 2, 3], 3),
            "degree is 3; 3 different points .* degree 2 at most",
        ),
        (lambda f: f([0, 1, 1, 1], [1, 2, 3, 4], 2), "2 different points"),
        (lambda f: f([0, 1], [1, np.nan], 1), r"y\[1\] is nan"),
        (lambda f: f([0, np.inf], [1, 2], 1), r"x\[1\] is inf"),
        (lambda f: f([0, 1], [1, 2, 3], 1), r"y has shape \(3,\); it must have 2 values, one for each point"),
        (lambda f: f([], [], 0), "x is empty"),
        (lambda f: f([0, 1], [1, 2], -1), "degree is -1"),
        (lambda f: f([0, 1], [1, 2], 1, "chebishev"), "did you mean 'chebyshev'"),
        (lambda f: f(np.ones((5, 2)), np.ones(5), 2), "in several variables it must be 1"),
        (lambda f: f(np.ones((2, 3)), np.ones(2), 1), "3 variables need at least 4"),
    ],
)
@pytest.mark.parametrize("fit", [least_squares, least_absolute])
def test_bad_input_of_fits_is_refused(fit, call, message):
    with pytest.raises(ValueError, match=message):
        call(fit)


@pytest.mark.parametrize(("basis", "degree"), [("monomial", 40), ("chebyshev", 98)])
def test_a_huge_degree_warns(basis, degree):
    with pytest.warns(LinAlgWarning, match="condition number .*e.*: rounding errors .*; use .*a lower degree"):
        least_squares(np.linspace(-1.0, 1.0, 100), np.ones(100), degree, basis)


def test_ill_conditioned_normal_equations_name_the_remedy():
    x = np.linspace(10.0, 11.0, 50)
    with pytest.warns(LinAlgWarning, match="up to its square; use method='qr'"):
        least_squares(x, x, 3, "monomial", "normal")
    with pytest.raises(np.linalg.LinAlgError, match="normal equations are singular .* use method='qr'"):
        least_squares(x, x, 9, "monomial", "normal")
    with pytest.raises(ValueError, match="the basis overflows .*: use basis='chebyshev'"):
        least_squares(1e10 * x, x, 30, "monomial", "qr")


def test_values_of_repeated_points_are_averaged():
    fit = least_squares([0.0, 0.0, 1.0, 1.0], [0.0, 2.0, 3.0, 5.0], 1)
    np.testing.assert_allclose(fit([0.0, 1.0]), [1.0, 4.0])
    assert least_squares([2.0, 2.0], [1.0, 3.0], 0)(5.0) == pytest.approx(2.0)


# -- least absolute deviations ---------------------------------------------------------------------------------------


def by_linear_programming(A, y):
    m, n = A.shape
    equations = np.hstack([A, np.eye(m), -np.eye(m)])
    cost = np.concatenate([np.zeros(n), np.ones(2 * m)])
    bounds = [(None, None)] * n + [(0, None)] * (2 * m)
    return scipy.optimize.linprog(cost, A_eq=equations, b_eq=y, bounds=bounds).fun


def test_stack_loss_by_least_absolute_deviations():
    fit = least_absolute(STACK_LOSS[:, 1:], STACK_LOSS[:, 0], 1)
    np.testing.assert_allclose(fit.coefficients, [-39.68985507, 0.83188406, 0.57391304, -0.06086957], rtol=1e-7)
    assert fit.success
    assert fit.sum == pytest.approx(42.08115942, rel=1e-9)
    assert fit["bound"] == pytest.approx(fit.sum, rel=1e-12)
    on = STACK_LOSS[fit.points]
    np.testing.assert_allclose(fit(on[:, 1:]), on[:, 0], rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
@pytest.mark.parametrize(
    "y",
    [
        RNG.standard_normal(60),
        np.arange(60.0) % 5,
        np.where(np.arange(60) < 30, 0.0, 1.0),
        np.zeros(60),
        np.arange(60.0),
        RNG.integers(0, 3, 60),
        RNG.standard_cauchy(60),
    ],
    ids=["noise", "ties", "step", "zero", "line", "integers", "outliers"],
)
def test_the_sum_of_deviations_is_the_least(y, scale):
    x = np.linspace(-1.0, 1.0, 60)
    fit = least_absolute(x, scale * y, 3)
    least = by_linear_programming(np.polynomial.chebyshev.chebvander(x, 3), y)
    assert fit.success, fit.message
    assert fit.sum / scale == pytest.approx(least, rel=1e-9, abs=1e-12)
    assert np.abs(scale * y - fit(x)).sum() == pytest.approx(fit.sum, rel=1e-12, abs=1e-12 * scale)
    assert "proves" in fit.message


def test_vectors_are_fitted_one_by_one_and_complex_values_refused():
    x, y = np.arange(9.0), RNG.standard_normal((9, 2))
    both = least_absolute(x, y, 1, "monomial")
    for k in range(2):
        one = least_absolute(x, y[:, k], 1, "monomial")
        np.testing.assert_allclose(both.coefficients[:, k], one.coefficients)
        assert both.sum[k] == pytest.approx(one.sum)
        assert one.derivative()(3.0) == pytest.approx(one.coefficients[1])
    assert both.points.shape == (2, 2)
    with pytest.raises(TypeError, match="y is complex; least_absolute takes real values"):
        least_absolute(x, 1j * x, 1)
    with pytest.raises(ValueError, match="the columns of the fit depend on each other"):
        least_absolute(np.ones((5, 2)), np.ones(5), 1)


# -- the least largest error -----------------------------------------------------------------------------------------

BEST = {
    ("exp", 1): 0.2788015857955,
    ("exp", 2): 0.04501738840282,
    ("exp", 3): 0.00552837010869,
    ("exp", 4): 5.46667600514e-4,
    ("exp", 5): 4.52055119261e-5,
    ("exp", 7): 1.99825276975e-7,
    ("abs", 2): 0.125,
    ("abs", 4): 0.06762089927778,
    ("abs", 6): 0.04592906206686,
    ("abs", 8): 0.03468972808438,
    ("abs", 10): 0.02784511855355,
    ("sin exp", 10): 1.786234002e-6,
    ("sqrt", 10): 0.0197800700838,
}
FUNCTIONS = {
    "exp": np.exp,
    "abs": np.abs,
    "sin exp": lambda x: np.sin(np.exp(x)),
    "sqrt": lambda x: np.sqrt(x + 1),
}


@pytest.mark.parametrize(("name", "degree"), BEST)
def test_the_published_best_errors(name, degree):
    best = minimax(FUNCTIONS[name], degree)
    assert best.success, best.message
    assert best.error == pytest.approx(BEST[name, degree], rel=2e-10)
    assert best.nit < 15
    assert_alternation(best, FUNCTIONS[name], degree)


def assert_alternation(best, f, degree):
    errors = f(best.reference) - best(best.reference)
    assert best.reference.size == degree + 2
    assert (np.sign(errors[1:]) == -np.sign(errors[:-1])).all()
    np.testing.assert_allclose(np.abs(errors), best.error, rtol=1e-9, atol=2e-15 * np.abs(f(best.reference)).max())
    t = np.linspace(*best.interval, 20001)
    assert np.abs(f(t) - best(t)).max() <= best.error * (1 + 1e-9) + 2e-15 * np.abs(f(t)).max()


@pytest.mark.parametrize("degree", [0, 1, 2, 3, 4, 5, 6, 9])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.abs(x - 0.5),
        lambda x: np.maximum(x, 0.25) + 3 * np.abs(x + 0.1),
        np.sin,
        np.cos,
        lambda x: 1e10 * np.exp(x),
        lambda x: 1e-10 / (1 + 25 * x * x),
        lambda x: 2.0**12 * x**13,
    ],
    ids=["kink", "kinks", "odd", "even", "huge", "tiny", "power"],
)
def test_errors_alternate_whatever_the_function(f, degree):
    best = minimax(f, degree)
    assert best.success, best.message
    assert_alternation(best, f, degree)


@pytest.mark.parametrize("interval", [(0.0, 4.0), (1e-10, 3e-10), (-1e10, 2e10), (1e6, 1e6 + 1)])
def test_any_interval(interval):
    a, b = interval
    best = minimax(lambda t: np.exp(2 * ((t - a) / (b - a)) - 1), 3, interval)
    assert best.success, best.message
    assert best.error == pytest.approx(BEST["exp", 3], rel=1e-9)
    assert best.interval == interval


@pytest.mark.parametrize("degree", [2, 3, 6])
@pytest.mark.parametrize("f", [lambda x: 0.0 * x, lambda x: 3.0 + 0 * x, lambda x: x - 2 * x * x, lambda x: 1e10 * x])
def test_a_polynomial_is_its_own_best(f, degree):
    best = minimax(f, degree)
    assert best.success
    assert "is rounding" in best.message
    np.testing.assert_allclose(best([-1.0, 0.3, 1.0]), f(np.array([-1.0, 0.3, 1.0])), rtol=1e-13, atol=1e-13)


def test_a_jump_is_no_success():
    best = minimax(lambda x: np.where(x < 0.3, 0.0, 1.0), 4)
    assert not best.success
    assert "f may have a jump" in best.message
    assert best.error >= 0.5


def test_what_rounding_hides_is_no_success():
    best = minimax(lambda x: 1 / (1 + 25 * x * x), 100)
    assert best.error == pytest.approx(1.1297e-9, rel=1e-3)
    assert best.success or "rounding of the values of f hides the rest" in best.message


def test_references_of_equal_largest_error_do_not_hide_the_best():
    rng = np.random.default_rng(5)
    sizes = rng.integers(3, 30, 200)
    for m in sizes:
        degree = int(rng.integers(0, min(m - 1, 5)))
        best = minimax((np.arange(m), rng.integers(0, 3, m)), degree)
        assert best.success, best.message
    assert minimax(([0, 1, 2, 3], [1, 0, 2, 1]), 0).error == 1.0


def test_a_narrow_feature_is_seen_at_a_low_degree():
    def hat(t):
        return np.maximum(0.0, 1.0 - np.abs(t - 0.3) / 1e-3)

    for degree in (0, 1):
        best = minimax(hat, degree)
        assert not best.success or best.error == pytest.approx(0.5)
        assert best.error > 0.1


def test_jumps_in_many_places_leave_a_fit_of_numbers():
    best = minimax(lambda t: (5 * t) % 1, 5)
    assert np.isfinite(best.coefficients).all()
    assert 0.5 <= best.error <= 1.0 + 1e-12
    assert not best.success


def test_functions_of_arrays_alone_and_rounding_near_the_best_error():
    assert minimax(lambda t: t.clip(0.0), 3).error == pytest.approx(0.0625, rel=1e-10)
    best = minimax(np.cos, 8)  # rounding of the values is a millionth of the error
    assert best.success
    assert best.error == pytest.approx(5.26125e-10, rel=1e-5)
    assert minimax(lambda t: t**9, 9).success


def test_functions_of_one_number_and_kernels():
    @mk.kernel
    def f(x):
        return math.exp(x)

    for g in (math.exp, f, lambda x: float(np.exp(x)) if x < 2 else 0.0):
        assert minimax(g, 3).error == pytest.approx(BEST["exp", 3], rel=1e-9)


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
@pytest.mark.parametrize("degree", [0, 1, 2, 3, 6, 11])
@pytest.mark.parametrize(
    "y",
    [
        RNG.standard_normal(81),
        np.abs(np.linspace(-1, 1, 81)),
        np.arange(81.0) % 2,
        np.eye(81)[40],
        RNG.integers(0, 2, 81),
    ],
    ids=["noise", "kink", "zigzag", "spike", "bits"],
)
def test_best_fits_of_data_are_the_linear_programs(y, degree, scale):
    x = np.linspace(-1.0, 1.0, 81)
    turn = RNG.permutation(81)
    best = minimax((x[turn], scale * y[turn]), degree)
    V = np.polynomial.chebyshev.chebvander(x, degree)
    A = np.block([[V, -np.ones((81, 1))], [-V, -np.ones((81, 1))]])
    cost = np.eye(degree + 2)[-1]
    least = scipy.optimize.linprog(cost, A_ub=A, b_ub=np.concatenate([y, -y]), bounds=(None, None)).fun
    assert best.success, best.message
    assert best.error / scale == pytest.approx(least, rel=1e-8, abs=1e-9)
    assert np.abs(scale * y - best(x)).max() / scale == pytest.approx(least, rel=1e-8, abs=1e-9)


def test_as_many_points_as_coefficients():
    best = minimax(([0.0, 2.0, 1.0], [1.0, 5.0, 2.0]), 2)
    assert best.success
    np.testing.assert_allclose(best([0.0, 1.0, 2.0, 3.0]), [1.0, 2.0, 5.0, 10.0])
    assert minimax(([3.0], [7.0]), 0)(1.0) == 7.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: minimax(([0.0], [1.0]), 1), ValueError, "degree is 1; 1 point determines a polynomial of degree 0"),
        (lambda: least_squares([0.0], [1.0], 1), ValueError, "1 different point determines a polynomial of degree 0"),
        (lambda: minimax(([0.0, 1.0], [0.0, 1.0]), 2), ValueError, "degree is 2; 2 points determine"),
        (lambda: minimax(([0.0, 0.0], [0.0, 1.0]), 0), ValueError, r"x\[0\] and x\[1\] are both 0.0"),
        (lambda: minimax(([0.0, 1.0], [0.0, 1j]), 0), TypeError, "one real value at each point"),
        (lambda: minimax(np.log, 2, (0.0, 1.0)), ValueError, "f must be finite on the interval"),
        (lambda: minimax(np.exp, 2, (1.0, 1.0)), ValueError, "interval is"),
        (lambda: minimax(5, 2), TypeError, "must be a function or a pair"),
        (lambda: minimax(lambda x: 1j * x, 2), TypeError, "complex128 values; it must return real"),
        (lambda: minimax(np.exp, 1.5), TypeError, "degree is 1.5"),
        (lambda: minimax(lambda x: np.ones(2), 2), TypeError, r"an array of shape \(2,\) at one point"),
        (lambda: minimax(np.sin, 2, (-1.7e308, 1.7e308)), ValueError, "length must be a finite number"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_input_of_minimax_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_cheap_neighbors_are_close():
    t = np.linspace(-1.0, 1.0, 4001)
    for n in (3, 8):
        best = minimax(np.exp, n).error
        for neighbor in (chebyshev_interpolation, chebyshev_truncation):
            error = np.abs(np.exp(t) - neighbor(np.exp, n)(t)).max()
            assert best < error < 1.6 * best
    c = chebyshev_truncation(np.exp, 6).coefficients
    np.testing.assert_allclose(c[1:], 2 * scipy.special.iv(np.arange(1, 7), 1.0), rtol=1e-10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(chebyshev_interpolation(np.sin, 9, (2.0, 3.0))(2.5), np.sin(2.5), rtol=1e-12)


@pytest.mark.parametrize(("x_unit", "y_unit"), [(1e-100, 1e200), (1e100, 1e-200)])
def test_coefficients_beyond_the_range_are_refused(x_unit, y_unit):
    x = np.linspace(0.0, 1.0, 6)
    with pytest.raises(ValueError, match="coefficients leave the range"):
        least_squares(x_unit * x, y_unit * x**2, 2, basis="monomial")
