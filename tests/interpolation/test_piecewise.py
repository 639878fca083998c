"""Piecewise polynomials and B-splines: SciPy's values, the textbook's rates, and what contradicts itself refused."""

import numpy as np
import pytest
import scipy.interpolate
from numpy.polynomial import Polynomial
from scipy.linalg import LinAlgWarning

import mechkit as mk
from mechkit.interpolation import bspline, cubic_hermite, cubic_spline, make_interp_spline, pchip
from mechkit.interpolation.piecewise import piece_of

RNG = np.random.default_rng(5)
X = np.array([0.0, 0.4, 1.0, 1.1, 2.5, 3.0, 4.2])
Y = np.array([1.0, 3.0, 2.0, 2.0, -1.0, 0.5, 1.0])
T = np.linspace(-0.7, 5.0, 43)
ENDS = ["not-a-knot", "clamped", "natural", "periodic", ((1, 0.5), (2, -1.0)), ("natural", (1, 2.0))]


def builds():
    cases = {"cubic_hermite": (lambda y: cubic_hermite(X, y, 2 * y), lambda y: ("CubicHermiteSpline", y, 2 * y))}
    cases["pchip"] = (lambda y: pchip(X, y), lambda y: ("PchipInterpolator", y))
    for ends in ENDS[:4]:
        cases[ends] = (lambda y, e=ends: cubic_spline(X, y, e), lambda y, e=ends: ("CubicSpline", y, 0, e))
    return cases


@pytest.mark.parametrize("name", builds())
@pytest.mark.parametrize("values", ["numbers", "vectors", "complex"])
def test_values_derivatives_and_integrals_are_scipys(name, values):
    y = {"numbers": Y, "vectors": np.stack([Y, Y**2, -Y], 1), "complex": Y + 1j * Y**2}[values]
    ours, theirs = builds()[name]
    if name == "pchip" and values == "complex":
        with pytest.raises(TypeError, match="y is complex; pchip keeps the rise and fall"):
            ours(y)
        return
    p, (kind, *more) = ours(y), theirs(y)
    judge = getattr(scipy.interpolate, kind)(X, *more)
    assert p(T).shape == T.shape + y.shape[1:]
    for nu in range(5):
        np.testing.assert_allclose(p(T, nu), judge(T, nu), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(p.coefficients, judge.c, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(p(X), y, atol=1e-13)
    np.testing.assert_array_equal(p.values, y)
    np.testing.assert_allclose(p.integral(0.3, 4.0), judge.integrate(0.3, 4.0), rtol=1e-12)
    np.testing.assert_allclose(p.integral()(T), judge.antiderivative()(T) if name != "periodic" else p.integral()(T))
    np.testing.assert_allclose(p.integral().derivative()(T), p(T), atol=1e-11)
    assert p.degree == 3


@pytest.mark.parametrize("scale", [1e-10, 1e10])
@pytest.mark.parametrize("ends", ENDS)
def test_splines_in_any_unit(scale, ends):
    if isinstance(ends, tuple):
        in_unit = tuple(e if isinstance(e, str) else (e[0], e[1] / scale ** e[0]) for e in ends)
    else:
        in_unit = ends
    p = cubic_spline(scale * X, Y, in_unit)
    np.testing.assert_allclose(p(scale * T), scipy.interpolate.CubicSpline(X, Y, bc_type=ends)(T), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("ends", ENDS)
def test_few_nodes(n, ends):
    y = Y[:n].copy()
    y[-1] = y[0] if ends == "periodic" else y[-1]
    p, judge = cubic_spline(X[:n], y, ends), scipy.interpolate.CubicSpline(X[:n], y, bc_type=ends)
    if ends == "not-a-knot" and n == 2:
        np.testing.assert_allclose(p(T), np.interp(T, X[:2], y) + p(T) - np.interp(T, X[:2], y))
    np.testing.assert_allclose(p(T), judge(T), rtol=1e-9, atol=1e-10)


def test_two_nodes_make_a_line():
    for build in (pchip, cubic_spline):
        np.testing.assert_allclose(build([0.0, 2.0], [1.0, 5.0])([-1.0, 1.0, 3.0]), [-1.0, 3.0, 7.0])


@pytest.mark.parametrize("ends", ["not-a-knot", ((1, 1.0), (1, -2.0))])
def test_cubics_are_reproduced(ends):
    cubic = Polynomial([1.0, -2.0, 0.5, 3.0])
    x = np.array([0.0, 3.0, 1.0, 2.5, 0.1])
    if ends != "not-a-knot":
        ends = ((1, cubic.deriv()(0.0)), (1, cubic.deriv()(3.0)))
    t = np.linspace(-1.0, 4.0, 17)
    np.testing.assert_allclose(cubic_spline(x, cubic(x), ends)(t), cubic(t), rtol=1e-11)
    np.testing.assert_allclose(cubic_hermite(x, cubic(x), cubic.deriv()(x))(t), cubic(t), rtol=1e-12)


def test_the_error_of_a_clamped_spline_is_the_textbooks():
    for n in (5, 9, 17):
        x = np.linspace(0.0, 1.0, n)
        t = np.linspace(0.0, 1.0, 16 * (n - 1) + 1)
        error = np.abs(cubic_spline(x, x**4, ((1, 0.0), (1, 4.0)))(t) - t**4).max()
        assert error == pytest.approx((x[1] - x[0]) ** 4 * 24 / 384, rel=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "order"),
    [
        (lambda x, y, d: cubic_hermite(x, y, d), 4),
        (lambda x, y, d: cubic_spline(x, y), 4),
        (lambda x, y, d: pchip(x, y), 3),
        (lambda x, y, d: make_interp_spline(x, y, 5), 6),
    ],
)
def test_errors_fall_at_the_textbooks_rate(build, order):
    errors = {}
    for n in (20, 40, 80):
        x = np.linspace(0.0, 2.0, n + 1)
        t = np.linspace(0.0, 2.0, 8 * n + 1)
        errors[n] = np.abs(build(x, np.sin(3 * x), 3 * np.cos(3 * x))(t) - np.sin(3 * t)).max()
    rate = np.log2(errors[40] / errors[80])
    assert order - 0.3 < rate < order + 0.9


@pytest.mark.slow
def test_the_lebesgue_constant_of_a_periodic_spline():
    n = 64
    cardinals = np.eye(n)[np.arange(n + 1) % n]
    s = cubic_spline(np.arange(n + 1.0), cardinals, "periodic")
    assert np.abs(s(np.linspace(5.0, 6.0, 101))).sum(axis=1).max() == pytest.approx((1 + 3 * np.sqrt(3)) / 4, rel=1e-9)


def test_periodic_splines_go_on():
    x = np.linspace(0.0, 2 * np.pi, 13)
    y = np.sin(x)
    y[-1] = y[0]
    p = cubic_spline(x, y, "periodic")
    t = np.linspace(-20.0, 20.0, 101)
    np.testing.assert_allclose(p(t), np.sin(t), atol=2e-3)
    np.testing.assert_allclose(p.derivative()(t), np.cos(t), atol=5e-3)
    np.testing.assert_allclose(p.integral(0.0, 20.0), 1 - np.cos(20.0), atol=2e-3)
    assert cubic_spline(x, y + 1.0, "periodic").integral(0.0, 40 * np.pi) == pytest.approx(40 * np.pi, rel=1e-10)
    assert np.isnan(p(7.0, extrapolate=False))
    assert "periodic" in repr(p)


def test_pchip_does_not_overshoot():
    x = np.sort(RNG.random(30))
    y = np.cumsum(RNG.random(30) ** 8)
    p = pchip(x, y)
    assert (np.diff(p(np.linspace(x[0], x[-1], 1000))) >= 0.0).all()
    np.testing.assert_allclose(1e-200 * p(x), pchip(x, 1e-200 * y)(x))


@pytest.mark.parametrize("points", ["sorted", "random", "reversed"])
def test_every_point_finds_its_piece(points):
    x = np.sort(RNG.random(50))
    p = cubic_spline(x, np.arange(50.0))
    t = np.sort(np.concatenate([x, RNG.random(200), [-1.0, 2.0]]))
    t = {"sorted": t, "random": RNG.permutation(t), "reversed": t[::-1]}[points]
    np.testing.assert_allclose(p(t), scipy.interpolate.CubicSpline(x, np.arange(50.0))(t), rtol=1e-7)


@pytest.mark.parametrize("build", [lambda x, y, **k: cubic_hermite(x, y, y, **k), pchip, cubic_spline])
def test_unsorted_nodes_and_points_outside(build):
    turn = RNG.permutation(X.size)
    p, other = build(X, Y), build(X[turn], Y[turn], extrapolate=False)
    inside = (X[0] <= T) & (X[-1] >= T)
    np.testing.assert_array_equal(other(T[inside]), p(T[inside]))
    assert np.isnan(other(T[~inside])).all()
    assert not np.isnan(p(T)).any()
    assert np.isnan(p(np.nan))
    with pytest.raises(TypeError, match="piecewise interpolant is defined at real points"):
        p(1j)
    with pytest.raises(ValueError, match="read-only"):
        p.nodes[0] = 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cubic_spline([0.0], [1.0]), "x has 1 node; a cubic spline needs at least 2"),
        (lambda: pchip([0.0, 1.0, 0.0], [1.0, 2.0, 3.0]), r"x\[0\] and x\[2\] are both 0.0"),
        (lambda: cubic_spline(X, Y, "clampd"), "did you mean 'clamped'"),
        (lambda: cubic_spline(X, Y, ("periodic", "natural")), "a period has no ends"),
        (lambda: cubic_spline(X, Y, ((3, 0.0), "natural")), r"bc_type\[0\] is \(3, 0.0\)"),
        (lambda: cubic_spline(X, Y, ((1, [0.0, 1.0]), "natural")), r"value of shape \(2,\); y has \(\)"),
        (lambda: cubic_spline(X, Y, ((1, np.nan), "natural")), r"bc_type\[0\]\[0\] is nan"),
        (lambda: cubic_spline(X, Y, 5), "bc_type is 5"),
        (
            lambda: cubic_spline([0, 1, 2], [0, 1, 2], "periodic"),
            "equal values at its ends; they are 0.0 and",
        ),
        (lambda: cubic_hermite(X, Y, Y[:3]), r"y has shape \(3,\)"),
        (lambda: cubic_hermite(X, Y, np.ones((7, 2))), r"dydx has values of shape \(2,\)"),
        (lambda: bspline([0, 2, 1, 3], [1, 2], 1), r"t\[2\] is 1, less than t\[1\], 2"),
        (lambda: bspline([0, 1, 2, 3], [1, 2, 3], 1), "need 2 coefficients"),
        (lambda: bspline([0, 1, 1, 3], [1, 2], 1), "are both 1; they are the ends"),
        (lambda: make_interp_spline([0, 1, 2], [1, 2, 3], 3), "a spline of degree 3 needs at least 4"),
        (lambda: make_interp_spline([0, 1, 2], [1, 2, 3], 1, [0, 0, 0.5, 0.6, 2]), "B-spline 1 lives"),
    ],
)
def test_what_contradicts_itself_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("k", [0, 1, 2, 3, 5])
def test_b_splines_are_scipys(k):
    knots = np.sort(np.concatenate([RNG.integers(0, 8, 9) + 0.0, np.full(k + 1, -1.0), np.full(k + 1, 9.0)]))
    n = knots.size - k - 1
    c = RNG.standard_normal((n, 2))
    p, judge = bspline(knots, c, k), scipy.interpolate.BSpline(knots, c, k)
    t = np.linspace(-2.0, 10.0, 60) + 1e-3
    np.testing.assert_allclose(p(t), judge(t), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(p.integral(-1.0, 7.3), judge.integrate(-1.0, 7.3), rtol=1e-11)
    smooth = bspline(np.arange(n + k + 1.0), c, k)
    same = scipy.interpolate.BSpline(np.arange(n + k + 1.0), c, k)
    inside = np.linspace(k, n, 31)[1:-1]
    for nu in range(k + 1):
        np.testing.assert_allclose(smooth(inside, nu), same(inside, nu), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(smooth(inside, k + 1), 0.0)
    np.testing.assert_allclose(smooth.integral().derivative()(inside), smooth(inside), atol=1e-12)


@pytest.mark.parametrize("k", [0, 1, 2, 3, 4, 5])
def test_splines_through_values_are_scipys(k):
    x = np.sort(RNG.random(12))
    y = RNG.random((12, 2)) + 1j
    turn = RNG.permutation(12)
    p, judge = make_interp_spline(x[turn], y[turn], k), scipy.interpolate.make_interp_spline(x, y, k)
    t = np.linspace(x[0], x[-1], 40)
    np.testing.assert_allclose(p(t), judge(t), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(p.t, judge.t)
    np.testing.assert_allclose(p(x), y, atol=1e-11)


def test_a_search_by_halving_compares_logarithmically_often():
    p = cubic_spline(np.arange(1025.0), np.arange(1025.0))
    with mk.count() as ops:
        piece_of(np.arange(1025.0), 700.5)
    assert ops.compare == 10
    with mk.count() as ops:
        p(700.5)
    assert ops.compare <= 4


def test_nodes_that_crowd_are_found_too():
    x = np.concatenate([10.0 ** np.arange(-90.0, 0.0), [1.0, 1.0 + 1e-15, 2.0]])
    p = cubic_hermite(x, np.arange(x.size), np.zeros(x.size))
    turn = RNG.permutation(x.size)
    np.testing.assert_array_equal(p(x[turn]), turn)
    far = 1e8 + np.arange(30.0) * 2e-8
    np.testing.assert_array_equal(pchip(far, np.arange(30.0))(far[::-1]), np.arange(30.0)[::-1])


def test_steps_have_an_integral_and_repeated_end_knots_do_no_harm():
    steps = make_interp_spline([0.0, 1.0, 2.0], [1.0, 2.0, 3.0], 0)
    assert steps.integral(0.0, 2.0) == 3.0
    np.testing.assert_array_equal(steps.integral()([0.0, 0.5, 1.5, 2.0]), [0.0, 0.5, 2.0, 3.0])
    line = bspline([0, 0, 0, 1, 1, 1], [9.0, 2.0, 3.0, 9.0], 1)
    np.testing.assert_array_equal(line([0.0, 0.5, 1.0]), [2.0, 2.5, 3.0])
    assert line.integral(0.0, 1.0) == 2.5


def test_too_few_knots_are_counted():
    with pytest.raises(ValueError, match="t has 3 knots; 6 nodes and degree 3 need 10"):
        make_interp_spline(range(6), range(6), 3, [5, 4, 3])


@pytest.mark.parametrize("scale", [1e-200, 1e200])
@pytest.mark.parametrize("build", [cubic_spline, pchip])
def test_coefficients_beyond_the_range_are_refused(build, scale):
    x = np.linspace(0.0, 1.0, 6)
    with pytest.raises(ValueError, match="coefficients of degree 3 leave the range"):
        build(scale * x, x**3)
    np.testing.assert_allclose(build(scale**0.2 * x, x**3)(scale**0.2 * x), x**3, atol=1e-15)


def test_values_beyond_the_range_are_reported():
    with pytest.warns(LinAlgWarning, match="1 values, the first of them at t = 1e\\+200, leave the range"):
        cubic_spline([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 8.0, 27.0])([1.0, 1e200, np.nan])


def test_extrapolate_is_true_or_false():
    with pytest.raises(TypeError, match="extrapolate is 'periodic'; it must be True or False"):
        cubic_spline([0.0, 1.0], [0.0, 1.0], extrapolate="periodic")
    with pytest.raises(TypeError, match="extrapolate is 'no'"):
        cubic_spline([0.0, 1.0], [0.0, 1.0])(3.0, extrapolate="no")


#: Conditions at the ends, for nodes in units of w and values in units of h.
ENDS_IN_UNITS = {
    "not-a-knot": lambda w, h: "not-a-knot",
    "natural": lambda w, h: "natural",
    "slopes": lambda w, h: ((1, h / w), (1, 0.0)),
    "second derivatives": lambda w, h: ((2, h / w / w), (2, -2 * h / w / w)),
    "periodic": lambda w, h: "periodic",
}


@pytest.mark.parametrize("kind", ENDS_IN_UNITS)
@pytest.mark.parametrize(("width", "height"), [(1e-100, 1e-300), (1e100, 1e300), (1e-90, 1e-290), (1e-10, 1e-305)])
def test_splines_keep_their_digits_near_the_ends_of_the_range(kind, width, height):
    u = np.linspace(0.0, 1.0, 7)
    y = np.cos(2 * np.pi * u) + np.sin(4 * np.pi * u)
    y[-1] = y[0]
    t = np.linspace(0.03, 0.97, 11)
    expected = scipy.interpolate.CubicSpline(u, y, bc_type=ENDS_IN_UNITS[kind](1.0, 1.0))(t)
    found = cubic_spline(width * u, height * y, ENDS_IN_UNITS[kind](width, height))(width * t) / height
    np.testing.assert_allclose(found, expected, atol=1e-13)


def test_coefficients_that_leave_the_range_are_refused_for_every_width():
    x = np.array([0.0, 1e-150, 1.0, 2.0])  # one narrow piece among wide ones
    with pytest.raises(ValueError, match="coefficients of degree 3 leave the range"):
        cubic_hermite(x, [0.0, 1.0, 0.0, 1.0], np.zeros(4))
    assert np.isfinite(cubic_hermite(x, [0.0, 0.0, 1.0, 1.0], np.zeros(4)).coefficients).all()


def test_nodes_and_coefficients_have_scipys_names_too():
    x = np.arange(10)
    p, judge = cubic_spline(x, np.sin(x)), scipy.interpolate.CubicSpline(x, np.sin(x))
    np.testing.assert_array_equal(p.x, judge.x)
    np.testing.assert_allclose(p.c, judge.c, atol=1e-12)
