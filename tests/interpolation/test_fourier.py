"""Transforms of every length against NumPy, the published operation counts, waves through points, and refusals."""

from decimal import Decimal, getcontext

import numpy as np
import pytest
import scipy.fft
import scipy.integrate
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.interpolation import fft, fft2, ifft, ifft2, irfft, resample, rfft, spectrum_peaks, trigonometric
from mechkit.interpolation.fourier.fft import METHODS
from mechkit.interpolation.fourier.plan import smooth_length
from mechkit.interpolation.fourier.radix2 import (
    radix_2,
    radix_2_three_butterflies,
    radix_2_two_butterflies,
    reverse_bits,
)
from mechkit.interpolation.fourier.roots_of_unity import roots_of_unity

LARGE = [10007, 65537, 2 * 9973, 3**9, 2**14, 37 * 41, 5**6]


def signal(n, seed=0):
    rng = np.random.default_rng(seed + n)
    return rng.standard_normal(n) + 1j * rng.standard_normal(n)


def relative_error(found, right):
    return np.linalg.norm(found - right) / np.linalg.norm(right)


def counted(run):
    with mk.count() as ops:
        run()
    return ops


@pytest.mark.parametrize("n", [*range(1, 201), *LARGE])
def test_every_length_agrees_with_numpy(n):
    x = signal(n)
    assert relative_error(fft(x), np.fft.fft(x)) < 1e-14
    assert relative_error(ifft(x), np.fft.ifft(x)) < 1e-14
    assert relative_error(rfft(x.real), np.fft.rfft(x.real)) < 1e-14
    if n > 1:
        y = np.fft.rfft(x.real)
        assert relative_error(irfft(y, n), np.fft.irfft(y, n)) < 1e-14


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [1, 2, 4, 8, 64, 256])
def test_all_methods_find_the_same(method, n):
    x = signal(n)
    assert relative_error(fft(x, method=method), np.fft.fft(x)) < 1e-14
    assert relative_error(ifft(fft(x, method=method), method=method), x) < 1e-14


@pytest.mark.parametrize("scale", [1e-300, 1e-10, 1e10, 1e300])
def test_the_scale_of_the_samples_does_not_matter(scale):
    x = signal(60)
    assert relative_error(fft(scale * x) / scale, np.fft.fft(x)) < 1e-14


@pytest.mark.parametrize("dtype", [np.float32, np.complex64, np.float64, np.complex128, np.int16, np.float16, bool])
@pytest.mark.parametrize("norm", [None, "backward", "ortho", "forward"])
def test_types_axes_lengths_and_norms_are_those_of_scipy(dtype, norm):
    x = (10 * np.abs(signal(3 * 10 * 2).real)).astype(dtype).reshape(3, 10, 2)
    for ours, theirs in (
        (fft, scipy.fft.fft),
        (ifft, scipy.fft.ifft),
        (rfft, scipy.fft.rfft),
        (irfft, scipy.fft.irfft),
    ):
        if ours is rfft and np.iscomplexobj(x):
            continue
        for n in (None, 1, 6, 13):
            for axis in (0, 1, -1):
                found, right = (
                    ours(x, n, axis, norm),
                    theirs(x.astype(np.result_type(dtype, np.float32)), n, axis, norm),
                )
                assert found.shape == right.shape
                if dtype not in (np.int16, np.float16, bool):
                    assert found.dtype == right.dtype
                np.testing.assert_allclose(found, right, atol=1e-5 * np.abs(right).max())


@settings(deadline=None, max_examples=40)
@given(n=st.integers(2, 300), shift=st.integers(0, 300), seed=st.integers(0, 10**6))
def test_parseval_and_shifts(n, shift, seed):
    x = signal(n, seed)
    y = fft(x, norm="ortho")
    assert np.linalg.norm(y) == pytest.approx(np.linalg.norm(x), rel=1e-13)
    turned = y * roots_of_unity(n, np.arange(n) * shift)
    np.testing.assert_allclose(fft(np.roll(x, shift), norm="ortho"), turned, atol=1e-13 * np.linalg.norm(x))


@pytest.mark.parametrize("m", range(1, 11))
def test_the_published_counts_of_radix_2_and_split_radix(m):
    n = 2**m
    x, roots = np.ones(n, complex), roots_of_unity(n, np.arange(n // 2))
    laws = {
        radix_2: (2 * n * m, 3 * n * m),
        radix_2_two_butterflies: (2 * n * m - 4 * (n - 1), 3 * n * m - 2 * (n - 1)),
        radix_2_three_butterflies: (2 * n * (m - 3) + 8, 3 * n * m - 3 * n + 4),
    }
    for kernel, law in laws.items():
        ops = counted(lambda kernel=kernel: kernel(x.copy(), roots))
        assert (ops.mul, ops.add + ops.sub) == law
    assert counted(lambda: fft(x, method="split-radix")).flops == 4 * n * m - 6 * n + 8


def test_the_three_radix_2_transforms_are_right():
    x = signal(128)
    roots = roots_of_unity(128, np.arange(64))
    for kernel in (radix_2, radix_2_two_butterflies, radix_2_three_butterflies):
        y = x.copy()
        reverse_bits(y)
        kernel(y, roots)
        assert relative_error(y, np.fft.fft(x)) < 1e-14


def test_the_fast_transform_grows_as_n_log_n():
    flops = {2**m: counted(lambda m=m: fft(np.ones(2**m))).flops for m in range(4, 13)}
    assert max(flops[n] / (n * np.log2(n)) for n in flops) < 5.0
    assert counted(lambda: fft(np.ones(4096), method="direct")).flops > 300 * flops[4096]


def test_roots_of_unity_are_right_to_the_last_digits():
    getcontext().prec = 40
    pi = Decimal("3.141592653589793238462643383279502884197")

    def cosine(angle):
        term = total = Decimal(1)
        for k in range(1, 40):
            term = -term * angle * angle / ((2 * k - 1) * (2 * k))
            total += term
        return total

    for n, k in ((7, 3), (10007, 5003), (10007, 9999), (2**20, 262145), (12, 1)):
        right = float(cosine(2 * pi * k / n))
        found = float(roots_of_unity(n, np.array([k]))[0].real)
        assert abs(found - right) <= 2 * np.spacing(abs(right))


@pytest.mark.parametrize("least", [1, 2, 13, 97, 1000, 20013, 131071])
def test_the_smooth_length_is_the_first(least):
    def is_smooth(n):
        for prime in (2, 3, 5):
            while n % prime == 0:
                n //= prime
        return n == 1

    assert smooth_length(least) == next(n for n in range(least, 2 * least + 1) if is_smooth(n))


def test_two_dimensions():
    x = signal(35).reshape(5, 7)
    np.testing.assert_allclose(fft2(x), np.fft.fft2(x), atol=1e-13)
    np.testing.assert_allclose(ifft2(fft2(x)), x, atol=1e-14)
    many = signal(2 * 3 * 4).reshape(2, 3, 4)
    np.testing.assert_allclose(fft2(many, axes=(0, 1)), np.fft.fft2(many, axes=(0, 1)), atol=1e-13)


@pytest.mark.parametrize("n", [2, 3, 5, 8, 16, 31])
@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_waves_take_the_values_and_repeat(n, scale):
    x = -3.0 * scale + scale * np.arange(n)
    y = np.stack([signal(n).real, signal(n, 1).real], axis=1)
    p = trigonometric(x, y)
    np.testing.assert_allclose(p(x), y, atol=1e-13 * n)
    np.testing.assert_allclose(p(x + 2 * n * scale), y, atol=1e-12 * n)
    assert p.degree == n // 2
    assert p(0.3).shape == (2,)
    assert p([[0.3]]).shape == (1, 1, 2)
    z = trigonometric(x, signal(n))
    np.testing.assert_allclose(z(x), signal(n), atol=1e-13 * n)


def test_waves_are_reproduced_with_derivative_and_integral():
    x = 0.5 + 10.0 * np.arange(9) / 9
    turn = 2 * np.pi / 10.0

    def f(t):
        return 2.0 + np.cos(3 * turn * t) - 0.5 * np.sin(4 * turn * t)

    p = trigonometric(x, f(x))
    t = np.linspace(-7.0, 23.0, 50)
    np.testing.assert_allclose(p(t), f(t), atol=1e-13)
    slope = -3 * turn * np.sin(3 * turn * t) - 2.0 * turn * np.cos(4 * turn * t)
    np.testing.assert_allclose(p.derivative()(t), slope, atol=1e-12)
    integral = p.integral()
    assert integral(0.5) == pytest.approx(0.0, abs=1e-14)
    assert integral(10.5) == pytest.approx(20.0)
    np.testing.assert_allclose(integral.derivative()(t), f(t), atol=1e-12)
    with pytest.raises(ValueError, match="integral already"):
        integral.integral()


def test_waves_converge_faster_than_any_power():
    def error(n):
        x = 2 * np.pi * np.arange(n) / n
        t = np.linspace(0, 6, 101)
        return np.abs(trigonometric(x, np.exp(np.sin(x)))(t) - np.exp(np.sin(t))).max()

    assert error(12) < 1e-5
    assert error(24) < 1e-13


def test_gibbs_overshoot_tends_to_its_published_value():
    # Between two nodes the interpolant of a jump from -1 to 1 overshoots to 1.28225956.
    n = 2048
    x = 2 * np.pi * (np.arange(n) + 0.5) / n
    p = trigonometric(x, np.sign(np.pi - x))
    near = np.linspace(x[0], x[3], 2001)
    assert p(near).max() == pytest.approx(1.28225956, abs=5e-5)
    y = np.sign(np.pi - 2 * np.pi * np.arange(n) / n)
    y[0] = 0.0
    p = trigonometric(2 * np.pi * np.arange(n) / n, y)
    assert p(np.linspace(0, 4 * np.pi / n, 2001)).max() == pytest.approx(1.0657824, abs=2e-5)


@pytest.mark.parametrize("old", [1, 2, 3, 8, 9])
@pytest.mark.parametrize("new", [1, 2, 3, 4, 8, 9, 16, 21])
def test_resampling_agrees_with_scipy(old, new):
    for x in (signal(old), signal(old).real, signal(4 * old).reshape(2, old, 2)):
        axis = 1 if x.ndim == 3 else 0
        np.testing.assert_allclose(resample(x, new, axis), scipy.signal.resample(x, new, axis=axis), atol=1e-13)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_peaks_between_frequencies(scale):
    t = np.arange(500) * 0.002
    y = scale * (5.0 + 2.0 * np.cos(2 * np.pi * 40.37 * t + 0.4) + 0.3 * np.cos(2 * np.pi * 111.9 * t - 2.0))
    found = spectrum_peaks(y, d=0.002, height=0.05)
    np.testing.assert_allclose(found.frequencies, [40.37, 111.9], atol=2e-3)
    np.testing.assert_allclose(found.amplitudes, [2 * scale, 0.3 * scale], rtol=2e-3)
    np.testing.assert_allclose(found.phases, [0.4, -2.0], atol=1e-2)


def test_a_constant_has_no_peaks():
    assert spectrum_peaks(np.full(20, 0.1)).frequencies.size == 0
    assert spectrum_peaks(np.zeros(20)).frequencies.size == 0


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda: fft([]), "x is empty"),
        (lambda: fft(3.0), "single number"),
        (lambda: fft([1.0, np.nan]), r"x\[1\] is nan"),
        (lambda: fft([1.0, complex(0, np.inf)]), r"x\[1\] is infj|x\[1\] is"),
        (lambda: fft([[1.0, 2.0]], axis=2), "axis is 2; x has 2 dimension"),
        (lambda: fft([1.0], axis=0.5), "axis is 0.5; give a whole number"),
        (lambda: fft([1.0, 2.0], n=0), "n is 0"),
        (lambda: fft([1.0, 2.0], norm="orto"), "did you mean 'ortho'|ortho"),
        (lambda: fft([1.0, 2.0, 3.0], method="radix-2"), r"radix-2 takes 2\^m elements, not 3"),
        (lambda: fft(["a"]), "x"),
        (lambda: fft(np.ma.masked_array([1.0, 2.0], [True, False])), "masked"),
        (lambda: fft(np.full(4, 1e308)), "beyond the range"),
        (lambda: rfft([1j]), "x is complex; rfft takes real numbers"),
        (lambda: irfft([1.0]), "one frequency along the axis"),
        (lambda: fft2([1.0, 2.0]), "two different axes"),
        (lambda: fft2(np.ones((2, 2)), axes=(0, 0)), "two different axes"),
        (lambda: trigonometric([0.0, 1.0, 3.0], [1.0, 2.0, 3.0]), "node 1 is off by 0.5 from equal distances"),
        (lambda: trigonometric([0.0, 1.0, 1.0], [1.0, 2.0, 3.0]), r"x\[1\] and x\[2\] are both 1.0"),
        (lambda: trigonometric([0.0, 1.0], [1.0]), "2 nodes and y 1 values"),
        (lambda: trigonometric([0.0], [1.0]), "give the period"),
        (lambda: trigonometric([0.0, 1.0, 2.0], [1.0, 2.0, 1.0], period=2.0), "leave it out"),
        (lambda: resample([1.0], 0), "n is 0"),
        (lambda: spectrum_peaks(np.ones(5)), "at least 8"),
        (lambda: spectrum_peaks(np.ones(9), d=0.0), "d is 0"),
    ],
)
def test_refusals(run, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run()


def test_waves_through_nodes_in_any_order():
    x, y = np.array([3.0, 0.0, 2.0, 1.0]), np.array([0.5, 1.0, 3.0, 2.0])
    p = trigonometric(x, y)
    np.testing.assert_allclose(p(x), y, atol=1e-14)
    x[0] = 7.0
    np.testing.assert_array_equal(p.nodes, [0.0, 1.0, 2.0, 3.0])


def test_waves_are_integrated_between_points_and_keep_nan():
    p = trigonometric([0.0, 1.0, 2.0, 3.0], [1.0, 2.0, 1.0, 0.0])
    right = scipy.integrate.quad(p, 0.4, 5.3)[0]
    assert p.integral(0.4, 5.3) == pytest.approx(right, rel=1e-10)
    assert p.integral(b=4.0) == pytest.approx(4.0)
    np.testing.assert_array_equal(np.isnan(p([np.nan, 1.0])), [True, False])
    with pytest.raises(TypeError, match="t is a masked array"):
        p(np.ma.array([1.0, 2.0], mask=[0, 1]))


@pytest.mark.parametrize("n", [255, 256])
def test_two_samples_a_period_leave_no_waves_of_rounding(n):
    found = spectrum_peaks(3.0 * np.cos(np.pi * np.arange(n)), d=0.5)
    if n % 2:
        assert found.frequencies.size == 0
    else:
        np.testing.assert_allclose(found.frequencies, [1.0])
        np.testing.assert_allclose(found.amplitudes, [3.0])
        np.testing.assert_allclose(found.phases, [0.0])


@pytest.mark.parametrize("norm", ["backward", "ortho"])
@pytest.mark.parametrize("axes", [(-2, -1), (2, 0)])
def test_two_dimensions_cut_off_and_filled_up_as_in_scipy(norm, axes):
    x = np.random.default_rng(0).standard_normal((4, 6, 5))
    for own, judge in ((fft2, scipy.fft.fft2), (ifft2, scipy.fft.ifft2)):
        np.testing.assert_allclose(own(x, (3, 8), axes, norm), judge(x, (3, 8), axes, norm), atol=1e-13)
    with pytest.raises(ValueError, match="s is 5; give two numbers of elements"):
        fft2(x, 5)
