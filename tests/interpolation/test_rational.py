"""Rational interpolants: SciPy's values, rates, poles where they are, and none where there must be none."""

import warnings

import numpy as np
import pytest
import scipy.interpolate

from mechkit.interpolation import aaa, floater_hormann
from mechkit.interpolation.data import values_at
from mechkit.interpolation.rational import Rational

RNG = np.random.default_rng(2)
T = np.linspace(-1.0, 1.0, 301)


@pytest.mark.parametrize("d", [0, 1, 3, 5])
@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_blends_reproduce_polynomials_of_their_degree(d, scale):
    x = scale * RNG.permutation(np.sort(RNG.uniform(-1.0, 1.0, 15)))
    cubic = np.polynomial.Polynomial(RNG.standard_normal(d + 1))
    r = floater_hormann(x, cubic(x / scale), d)
    np.testing.assert_allclose(r(scale * T), cubic(T), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(r(x), cubic(x / scale), rtol=1e-13)


@pytest.mark.skipif(not hasattr(scipy.interpolate, "FloaterHormannInterpolator"), reason="SciPy is too old")
@pytest.mark.parametrize("values", ["numbers", "vectors", "complex"])
def test_blends_are_scipys(values):
    x = np.sort(RNG.random(20))
    y = {"numbers": RNG.random(20), "vectors": RNG.random((20, 2)), "complex": RNG.random(20) + 1j * RNG.random(20)}
    r, judge = floater_hormann(x, y[values], 4), scipy.interpolate.FloaterHormannInterpolator(x, y[values], d=4)
    t = np.linspace(x[0], x[-1], 100)
    np.testing.assert_allclose(r(t), judge(t), rtol=1e-9, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_errors_of_blends_fall_at_the_rate_of_their_degree(d):
    t = np.linspace(-5.0, 5.0, 3001)
    errors = []
    for n in (80, 160):
        x = np.linspace(-5.0, 5.0, n + 1)
        errors.append(np.abs(floater_hormann(x, 1 / (1 + x * x), d)(t) - 1 / (1 + t * t)).max())
    assert d + 0.5 < np.log2(errors[0] / errors[1]) < d + 2.5


@pytest.mark.parametrize("nu", [1, 2, 3])
def test_derivatives_at_nodes_beside_them_and_between(nu):
    x = np.linspace(0.0, 3.0, 60)
    r = floater_hormann(x, np.exp(x), 8)
    t = np.concatenate([x[::7], x[::9] + 1e-9, x[1::9] - 1e-14, np.linspace(0.0, 3.0, 50)])
    np.testing.assert_allclose(r.derivative(nu)(t), np.exp(t), rtol=10.0 ** (2 * nu - 11))
    np.testing.assert_allclose(r(t, nu), r.derivative(nu)(t))
    np.testing.assert_array_equal(r.derivative().derivative()(t), r.derivative(2)(t))


@pytest.mark.slow
def test_integrals():
    x = np.linspace(0.0, 3.0, 40)
    r = floater_hormann(x, np.stack([np.cos(x), np.sin(x)], 1), 6)
    np.testing.assert_allclose(r.integral(0.5, 2.0), [np.sin(2) - np.sin(0.5), np.cos(0.5) - np.cos(2)], rtol=1e-8)
    np.testing.assert_allclose(r.integral()([0.0, 3.0, 1.0])[:, 0], np.sin([0.0, 3.0, 1.0]), atol=1e-8)
    np.testing.assert_array_equal(r.integral().derivative()(T), r(T))
    with pytest.raises(ValueError, match="has a pole at 0, and no integral across it|pole at -?[0-9.e-]+,"):
        aaa(T + 1e-3, 1 / (T + 1e-3)).integral(-0.5, 0.5)


@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_blends_have_no_poles_on_the_real_axis(n):
    x = np.sort(RNG.random(n)) ** 3
    r = floater_hormann(x, RNG.random(n), min(3, n - 1))
    poles = r.poles()
    poles = poles[np.abs(poles) < 5.0]  # farther out, rounding moves poles at infinity
    assert not poles.size or np.abs(poles.imag).min() > 1e-9
    assert np.isfinite(r(np.linspace(x[0], x[-1], 1000))).all()


def test_points_outside():
    r = floater_hormann([0.0, 1.0, 2.0], [0.0, 1.0, 4.0], 2, extrapolate=False)
    np.testing.assert_allclose(r([-1.0, 0.5, 3.0]), [np.nan, 0.25, np.nan])
    np.testing.assert_allclose(r([-1.0, 0.5, 3.0], extrapolate=True), [1.0, 0.25, 9.0])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: floater_hormann([0, 1], [1, 2], 2),
            ValueError,
            "d is 2; 2 nodes allow polynomials of degree 1 at most: give d=1, or less",
        ),
        (lambda: floater_hormann([0, 0], [1, 2], 1), ValueError, r"x\[0\] and x\[1\] are both 0.0"),
        (lambda: floater_hormann([0, 1], [1, 2], -1), ValueError, "d is -1"),
        (lambda: aaa([0, 1, 0], [1, 2, 3]), ValueError, r"z\[0\] and z\[2\] are both 0.0; points must differ"),
        (lambda: aaa([0, 1], [1, np.nan]), ValueError, r"f\[1\] is nan"),
        (lambda: aaa([0, 1], [1, 2, 3]), ValueError, r"f has shape \(3,\)"),
        (lambda: aaa([0, 1], [[1, 2], [3, 4]]), ValueError, "give one value at each point"),
        (lambda: aaa([0, 1], [1, 2], rtol=-1), ValueError, "rtol is -1"),
        (lambda: aaa([], []), ValueError, "z is empty"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
@pytest.mark.parametrize(
    "f",
    [np.exp, np.tan, lambda z: np.tan(4 * z) * np.exp(z), lambda z: 1 / (1 + 25 * z * z), lambda z: np.sqrt(1.1 - z)],
)
def test_aaa_is_as_good_as_scipys(f, scale):
    z = RNG.permutation(np.linspace(-1.0, 1.0, 500))
    r, judge = aaa(scale * z, scale * f(z)), scipy.interpolate.AAA(z, f(z))
    assert r.success, r.message
    assert r.nodes.size <= judge.support_points.size + 2
    values = f(T)
    np.testing.assert_allclose(r(scale * T) / scale, values, rtol=1e-8, atol=1e-11 * np.abs(f(z)).max())
    assert r.errors.size >= r.nodes.size
    np.testing.assert_array_equal(np.sort(r.nodes), np.sort(r.support_points))


def test_aaa_finds_poles_residues_and_roots():
    z = np.linspace(-1.5, 1.5, 301) + 0.1j
    r = aaa(z, (z - 0.5) / ((z - 0.3j) * (z + 2.0)))
    assert r.nodes.size == 3
    np.testing.assert_allclose(np.sort_complex(r.poles()), [-2.0, 0.3j], atol=1e-12)
    order = np.argsort(r.poles().real)
    expected = [(-2.5) / (-2.0 - 0.3j), (0.3j - 0.5) / (0.3j + 2.0)]
    np.testing.assert_allclose(r.residues()[order], expected, atol=1e-12)
    np.testing.assert_allclose(r.roots(), [0.5], atol=1e-12)
    with pytest.raises(ValueError, match="nodes are complex"):
        r.integral(0.0, 1.0)


def test_aaa_on_a_circle_and_in_the_plane():
    z = np.exp(2j * np.pi * np.arange(200) / 200)
    r = aaa(z, np.exp(z))
    inside = 0.9 * np.exp(1j * np.arange(9.0))
    np.testing.assert_allclose(r(inside), np.exp(inside), rtol=1e-10)
    np.testing.assert_allclose(r(z), np.exp(z), rtol=1e-11)
    np.testing.assert_allclose(r.derivative()(inside), np.exp(inside), rtol=1e-8)


@pytest.mark.slow
def test_aaa_of_noise_and_of_few_points():
    with pytest.warns(RuntimeWarning, match="has not converged.*raise max_terms or rtol"):
        assert not aaa(T, RNG.standard_normal(301), max_terms=5).success
    for f in ([3.0], [1.0, 5.0], [1.0, 2.0, 2.5], [0.0, 0.0, 0.0, 0.0]):
        r = aaa(np.arange(len(f)), f)
        assert r.success, r.message
        np.testing.assert_allclose(r(np.arange(len(f))), f, atol=1e-14)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert aaa(T, 3.0 + 0 * T)(0.123) == pytest.approx(3.0)
        np.testing.assert_allclose(aaa(T, T**2)(T), T**2, atol=1e-13)


@pytest.mark.parametrize("t", [0j, np.array([0.5j, 0.0, 0.1])], ids=["scalar", "array"])
def test_a_complex_pole_is_infinite(t):
    z = np.array([1j, -1j])
    r = Rational(z, values_at("f", 1 / z, 2), np.ones(2), True)
    at_zero = np.asarray(t) == 0
    assert np.isinf(np.asarray(r(t))[at_zero]).all()
    assert np.isinf(np.asarray(r.derivative()(t))[at_zero]).all()
    np.testing.assert_allclose(np.asarray(r(t))[~at_zero], 1 / np.asarray(t)[~at_zero], rtol=1e-13)


def test_the_interval_of_aaa_is_that_of_the_points():
    z = np.linspace(-1.0, 1.0, 50)
    r = aaa(z, 1 / (1 + 25 * z * z), extrapolate=False)
    assert r.nodes.max() < 0.5  # the points go farther
    assert r.interval == r.derivative().interval == (-1.0, 1.0)
    np.testing.assert_allclose(r(z), 1 / (1 + 25 * z * z), rtol=1e-10)
    assert np.isnan(r(1.1))
    assert np.isfinite(r.derivative()(z)).all()


@pytest.mark.parametrize(
    "f", [np.exp, lambda z: np.tan(4 * z) * np.exp(z), lambda z: np.sqrt(1.05 - z)], ids=["exp", "tan", "sqrt"]
)
@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_complex_aaa_takes_scipys_number_of_nodes(f, scale):
    z = np.exp(2j * np.pi * np.arange(300) / 300)
    r, judge = aaa(scale * z, f(z) / scale), scipy.interpolate.AAA(z, f(z))
    assert r.success, r.message
    assert r.nodes.size == judge.support_points.size
    assert np.abs(r(scale * z) * scale - f(z)).max() <= 2e-12 * np.abs(f(z)).max()


@pytest.mark.parametrize(("x_unit", "y_unit"), [(1.0, 1e-300), (1.0, 1e300), (1e100, 1e-10), (1e-300, 1.0)])
def test_aaa_at_the_ends_of_the_range(x_unit, y_unit):
    z = np.linspace(-1.0, 1.0, 60)
    r = aaa(x_unit * z, y_unit * np.tan(z))
    assert r.success
    assert r.nodes.size < 12
    np.testing.assert_allclose(r(0.31 * x_unit) / y_unit, np.tan(0.31), rtol=1e-9)
