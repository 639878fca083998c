"""The interpolating polynomial in all its forms: they agree with each other, with SciPy, and with polynomials."""

import warnings

import numpy as np
import pytest
import scipy.interpolate
from numpy.polynomial import Polynomial
from scipy.linalg import LinAlgWarning

import mechkit as mk
from mechkit.interpolation import (
    barycentric,
    chebyshev_nodes,
    closed_form_weights,
    floater_hormann,
    hermite,
    lagrange,
    neville,
    newton,
    series,
)

FORMS = {
    "lagrange": lagrange,
    "neville": neville,
    "newton": newton,
    "newton, given order": lambda x, y, **more: newton(x, y, order="given", **more),
    "barycentric": barycentric,
    "barycentric, first form": lambda x, y, **more: barycentric(x, y, form=1, **more),
}
CUBIC = Polynomial([1.0, -2.0, 0.5, 3.0])


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_polynomials_are_reproduced_with_derivative_and_integral(form, scale):
    x = scale * np.array([0.3, -1.0, 2.0, 1.1, 0.7])
    p, t = form(x, CUBIC(x / scale)), scale * np.linspace(-1.5, 2.5, 21)
    assert p.degree == 4
    np.testing.assert_array_equal(p.nodes, x)
    np.testing.assert_allclose(p(t), CUBIC(t / scale), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(scale * p.derivative()(t), CUBIC.deriv()(t / scale), rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(scale**2 * p(t, 2), CUBIC.deriv(2)(t / scale), rtol=1e-11, atol=1e-10)
    integral = CUBIC.integ(lbnd=-1.0)
    np.testing.assert_allclose(p.integral()(t) / scale, integral(t / scale), rtol=1e-12, atol=1e-12)
    assert p.integral(0.0, scale) / scale == pytest.approx(CUBIC.integ()(1.0), rel=1e-12)


def test_values_at_nodes_are_the_data(form):
    x, y = chebyshev_nodes(12), np.random.default_rng(0).standard_normal(12)
    np.testing.assert_allclose(form(x, y)(x), y, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("values", ["vectors", "matrices", "complex", "complex vectors", "integers", "float32"])
def test_values_of_any_kind(form, values):
    rng = np.random.default_rng(1)
    x, t = np.arange(5.0), np.array([[0.5, 1.5, 2.0], [3.3, 4.5, -0.5]])
    y = {
        "vectors": rng.random((5, 3)),
        "matrices": rng.random((5, 2, 3)),
        "complex": rng.random(5) + 1j * rng.random(5),
        "complex vectors": rng.random((5, 2)) + 1j * rng.random((5, 2)),
        "integers": np.array([1, 5, 2, 4, -3]),
        "float32": rng.random(5).astype(np.float32),
    }[values]
    p = form(x, y)
    found, judge = p(t), scipy.interpolate.KroghInterpolator(x, y)
    assert found.shape == t.shape + y.shape[1:]
    assert np.iscomplexobj(found) == np.iscomplexobj(y)
    np.testing.assert_allclose(found, judge(t), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(p.derivative()(t), judge.derivative(t), rtol=1e-11, atol=1e-11)
    assert p(0.5).shape == y.shape[1:]
    np.testing.assert_array_equal(p.values, y)


def test_complex_points(form):
    x = np.arange(4.0)
    t = np.array([1.0 + 1.0j, -2.0j, 2.0])
    np.testing.assert_allclose(form(x, CUBIC(x))(t), CUBIC(t), rtol=1e-12)


def test_points_outside(form):
    x = np.array([2.0, 0.0, 1.0])
    p = form(x, x**2)
    assert p(3.0) == pytest.approx(9.0)
    assert np.isnan(p(3.0, extrapolate=False))
    strict = form(x, x**2, extrapolate=False)
    np.testing.assert_allclose(strict([-1.0, 0.5, 2.0, 2.1]), [np.nan, 0.25, 4.0, np.nan], atol=1e-14)
    np.testing.assert_allclose(strict.derivative()([-1.0, 0.5, 2.1]), [np.nan, 1.0, np.nan])
    assert strict(3.0, extrapolate=True) == pytest.approx(9.0)
    assert np.isnan(p(np.nan))


def test_one_node(form):
    p = form([3.0], [5.0])
    assert (p.degree, p(3.0), p(10.0), p.derivative()(3.0), p.integral(0.0, 2.0)) == (0, 5.0, 5.0, 0.0, 10.0)


def test_no_points(form):
    assert form([0.0, 1.0], [1.0, 2.0])([]).shape == (0,)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([0, 1, 0], [1, 2, 3], r"x\[0\] and x\[2\] are both 0.0; nodes must differ"),
        ([0.0, 1.0], [1.0], r"y has shape \(1,\); it must have 2 values, one for each node"),
        ([], [], "x is empty"),
        ([0.0, np.nan], [1.0, 2.0], r"x\[1\] is nan; only finite"),
        ([0.0, 1.0], [np.inf, 2.0], r"y\[0\] is inf; only finite"),
        ([0.0, 1.0], [2.0, complex(0, np.nan)], r"y\[1\] is"),
        ([[0.0, 1.0]], [1.0, 2.0], "x has shape"),
        ([0.0, 1.0], 3.0, "y has shape"),
    ],
)
def test_bad_data_are_refused(form, x, y, message):
    with pytest.raises(ValueError, match=message):
        form(x, y)


@pytest.mark.parametrize(
    ("x", "y"), [([0j, 1j], [1.0, 2.0]), ([0.0, 1.0], ["a", "b"]), (["a"], [1.0]), ([0.0, 1.0], abs)]
)
def test_what_is_not_numbers_is_refused(form, x, y):
    with pytest.raises(TypeError):
        form(x, y)


def test_an_interpolant_does_not_change(form):
    x, y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 5.0])
    p = form(x, y)
    y[0] = 9.0
    x[0] = 7.0
    assert p(0.0) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="read-only"):
        p.nodes[0] = 1.0
    with pytest.raises(AttributeError):
        p.extrapolate = False


@pytest.mark.slow
@pytest.mark.parametrize("name", ["newton", "barycentric", "barycentric, first form"])
def test_many_chebyshev_nodes(name):
    x, t = chebyshev_nodes(1000), np.linspace(-1.0, 1.0, 501)

    def f(x):
        return np.abs(x) ** 3 + np.cos(50 * x)

    np.testing.assert_allclose(FORMS[name](x, f(x))(t), f(t), atol=1e-7 if name == "newton" else 2e-8)
    y = np.cos(50 * x)
    np.testing.assert_allclose(FORMS[name](x, y)(t), np.cos(50 * t), atol=1e-12)


@pytest.mark.slow
def test_barycentric_derivatives_at_many_nodes():
    x = chebyshev_nodes(200)
    p = barycentric(x, np.sin(20 * x))
    np.testing.assert_allclose(p.derivative()(x), 20 * np.cos(20 * x), atol=1e-8)
    assert p.integral(-1.0, 0.5) == pytest.approx((np.cos(20) - np.cos(10)) / 20, abs=1e-14)


@pytest.mark.slow
def test_many_equispaced_nodes_warn():
    with pytest.warns(LinAlgWarning, match=r"Lebesgue constant, is at least .*; use chebyshev_nodes"):
        barycentric(np.arange(60), np.ones(60))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        barycentric(np.arange(20), np.ones(20))
    with pytest.warns(LinAlgWarning, match="with these 3 nodes"):
        barycentric([0.0, 1e-30, 1.0], [0.0, 0.0, 1.0])
    with pytest.warns(LinAlgWarning, match="Lebesgue constant"):
        assert barycentric(np.arange(3000.0), np.ones(3000))(1500.5) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["equispaced", "roots", "extrema"])
@pytest.mark.parametrize("form", [1, 2])
def test_weights_in_closed_form(kind, form):
    n = 13
    x = np.linspace(2.0, 5.0, n) if kind == "equispaced" else chebyshev_nodes(n, kind, (2.0, 5.0))
    turn = np.random.default_rng(0).permutation(n)
    known, found = (barycentric(x[turn], np.exp(x[turn]), form, weights) for weights in (kind, None))
    np.testing.assert_allclose(known.weights, found.weights, rtol=1e-12)
    t = np.linspace(1.9, 5.1, 30)
    np.testing.assert_allclose(known(t), found(t), rtol=1e-11)
    with mk.count() as ops:
        barycentric(x, x, form, kind)
    assert ops.flops == 0


def test_weights_that_are_not_those_of_the_nodes():
    with pytest.raises(ValueError, match="off those of the kind 'extrema' by .*; leave weights out"):
        barycentric([0.0, 1.0, 5.0], [1.0, 2.0, 3.0], weights="extrema")
    with pytest.raises(ValueError, match="weights must be 3 numbers"):
        barycentric([0.0, 1.0, 5.0], [1.0, 2.0, 3.0], weights=[1.0, 2.0])
    with pytest.raises(ValueError, match="form is 3"):
        barycentric([0.0, 1.0], [1.0, 2.0], form=3)
    with pytest.raises(ValueError, match="did you mean 'equispaced'"):
        closed_form_weights(3, "equispace")


@pytest.mark.parametrize("near", [1e-17, 1e-200, 5e-324])
def test_points_that_almost_are_nodes(near):
    assert barycentric([0.0, 1.0, 2.0], [3.0, 2.0, 5.0])(near) == pytest.approx(3.0)


@pytest.mark.parametrize(("n", "kind"), [(1, "roots"), (2, "extrema"), (7, "roots"), (8, "extrema")])
def test_chebyshev_nodes(n, kind):
    x = chebyshev_nodes(n, kind, (-2.0, 2.0))
    assert x.size == n
    np.testing.assert_array_equal(x, -x[::-1])
    k = np.arange(n)
    angles = (2 * k + 1) / (2 * n) if kind == "roots" else k / (n - 1)
    np.testing.assert_allclose(x, -2 * np.cos(np.pi * angles), atol=1e-15)


@pytest.mark.parametrize("basis", ["monomial", "chebyshev", "legendre"])
@pytest.mark.parametrize("domain", [(-1.0, 1.0), (2.0, 3.0)])
@pytest.mark.parametrize("degree", [0, 1, 6])
def test_series_agree_with_numpy(basis, domain, degree):
    kind = getattr(np.polynomial, {"monomial": "Polynomial"}.get(basis, basis.capitalize()))
    c = np.random.default_rng(0).standard_normal((degree + 1, 2))
    p, t = series(c, basis, domain), np.linspace(1.0, 4.0, 9)
    judges = [kind(c[:, k], domain=list(domain)) for k in range(2)]
    assert p.degree == degree
    np.testing.assert_array_equal(p.coefficients, c)
    np.testing.assert_allclose(p(t), np.stack([judge(t) for judge in judges], -1), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(p(t, 1), np.stack([judge.deriv()(t) for judge in judges], -1), rtol=1e-10, atol=1e-12)
    other = p.to_basis("monomial", (-1.0, 1.0))
    np.testing.assert_allclose(other(t), p(t), rtol=1e-7, atol=1e-7)
    assert repr(other).startswith(f"<polynomial of degree {degree} on [{domain[0]:g}, {domain[1]:g}] in powers of t")


@pytest.mark.parametrize("orders", [1, 2, 3, 5])
def test_hermite_agrees_with_krogh(orders):
    x, t = np.array([0.0, 1.5, 0.5, 2.0]), np.linspace(-0.2, 2.2, 15)
    data = [np.exp(x) for _ in range(orders)]
    p = hermite(x, data)
    judge = scipy.interpolate.KroghInterpolator(np.repeat(np.sort(x), orders), np.repeat(np.exp(np.sort(x)), orders))
    assert p.degree == 4 * orders - 1
    np.testing.assert_allclose(p(t), judge(t), rtol=1e-11)
    for order in range(orders):
        np.testing.assert_allclose(p.derivative(order)(x) if order else p(x), np.exp(x), rtol=1e-9)
    assert p.integral(0.0, 2.0) == pytest.approx(judge(2.0) - 1.0 if orders > 2 else np.exp(2) - 1, rel=1e-2)


def test_a_different_number_of_derivatives_at_each_node():
    p = hermite([0.0, 1.0, 2.0], [[0.0, 1.0, 32.0], [0.0, 5.0], [None, 20.0]])  # t^5
    assert p.degree == 5
    np.testing.assert_allclose(p([0.5, 3.0, -1.0]), [0.03125, 243.0, -1.0], rtol=1e-12)
    np.testing.assert_array_equal(np.sort(p.centers), [0.0, 0.0, 1.0, 1.0, 1.0, 2.0])
    assert p.derivative(2)(1.0) == pytest.approx(20.0)
    assert p.derivative(6)(1.0) == 0.0


def test_hermite_takes_taylor_series_vectors_and_complex_numbers():
    taylor = hermite([1.0], np.full((12, 1), np.e))
    assert taylor(1.5) == pytest.approx(np.exp(1.5), rel=1e-12)
    x = np.array([0.0, 1.0])
    vectors = hermite(x, [np.stack([x**2, x**3], 1), np.stack([2 * x, 3 * x**2], 1)])
    np.testing.assert_allclose(vectors([2.0, 3.0]), [[4.0, 8.0], [9.0, 27.0]])
    waves = hermite(x, [np.cos(x), 1j * np.ones(2)])
    np.testing.assert_allclose(waves.derivative()(x), [1j, 1j], atol=1e-14)
    np.testing.assert_allclose(waves(x), np.cos(x))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([[1.0, 2.0], [1.0, 2.0, 3.0]], r"data\[1\] has 3 entries; there are 2 nodes"),
        ([[1.0, 2.0], [None, 1.0], [3.0, None]], r"data\[2\] has a derivative of order 2 at x\[0\] = 0, .* order 1"),
        ([[1.0], [1.0]], r"data\[0\] has no value at x\[1\] = 1"),
        ([1.0, 2.0], r"data\[0\] is 1.0; data must hold rows"),
        ([], "data is empty"),
        ([[1.0, 2.0], [np.nan, 1.0]], r"data\[1\]\[0\] is nan"),
        ([[1.0, 2.0], [[1.0, 1.0], [2.0, 2.0]]], r"data\[1\] has entries of shape \(2,\)"),
    ],
)
def test_bad_derivatives_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        hermite([0.0, 1.0], data)


def test_hermite_refuses_repeated_nodes():
    with pytest.raises(ValueError, match=r"x\[0\] and x\[1\] are both 1.0"):
        hermite([1.0, 1.0], [[1.0, 2.0]])


@pytest.mark.parametrize("scale", [1e-10, 1e10, 1e100])
def test_no_difference_leaves_the_range(scale):
    x, t = scale * chebyshev_nodes(50), np.linspace(-1.0, 1.0, 20)
    p = newton(x, np.cos(5 * x / scale))
    np.testing.assert_allclose(p(scale * t), np.cos(5 * t), atol=1e-12)
    np.testing.assert_allclose(scale * p.derivative()(scale * t), -5 * np.sin(5 * t), atol=1e-9)
    assert p.integral(-scale, scale) / scale == pytest.approx(2 * np.sin(5) / 5)
    np.testing.assert_allclose(np.sort(p.centers), np.sort(x))
    few = scale * chebyshev_nodes(10)
    derivatives = [np.cos(5 * few / scale + k * np.pi / 2) * (5 / scale) ** k for k in range(3)]
    q = hermite(few, derivatives)
    np.testing.assert_allclose(q(scale * t), np.cos(5 * t), atol=1e-10)
    np.testing.assert_allclose(
        q.derivative(2)(few), derivatives[2], rtol=1e-6, atol=1e-6 * np.abs(derivatives[2]).max()
    )


@pytest.mark.parametrize("form", [lagrange, newton, barycentric, neville])
@pytest.mark.parametrize(("n", "interval"), [(1000, (0.0, 1.0)), (1500, (-1.0, 1.0)), (1000, (-1e-5, 1e5))])
def test_many_nodes_on_any_interval(form, n, interval):
    a, b = interval
    x = chebyshev_nodes(n, "extrema", interval)
    p = form(x, np.sin((x - a) / (b - a)))
    s = np.array([0.301, 0.77])
    np.testing.assert_allclose(p(a + (b - a) * s), np.sin(s), rtol=1e-9)
    np.testing.assert_allclose(p.derivative()(a + (b - a) * s) * (b - a), np.cos(s), rtol=1e-9)
    np.testing.assert_allclose(p.integral(a, b) / (b - a), 1 - np.cos(1), rtol=1e-12)


def test_tiny_nodes_are_no_reason_to_take_the_value_of_the_nearest():
    x = 1e-300 * np.array([0.0, 1.0, 2.0])
    p = barycentric(x, [0.0, 1e10, 4e10])
    with pytest.warns(LinAlgWarning, match="leave the range of numbers"):
        assert not np.isfinite(p(0.5e-300))
    np.testing.assert_array_equal(p(x), [0.0, 1e10, 4e10])


@pytest.mark.parametrize(("width", "height"), [(1e-100, 1e-300), (1e100, 1e-300), (1e-100, 1e300), (1e200, 1e200)])
@pytest.mark.parametrize("method", [neville, barycentric, newton, lagrange, floater_hormann])
def test_products_of_nodes_and_values_stay_in_range(method, width, height):
    u = np.linspace(-1.0, 1.0, 7)
    t = np.linspace(-1.1, 1.1, 11)
    expected = method(u, np.cos(2 * u))(t)
    np.testing.assert_allclose(method(width * u, height * np.cos(2 * u))(width * t) / height, expected, atol=1e-13)
