"""The transform of real numbers: half of the frequencies, at half of the price."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel
from mechkit.interpolation.fourier.fft import multiply_by
from mechkit.interpolation.fourier.plan import PLANS, transform
from mechkit.interpolation.fourier.roots_of_unity import roots_of_unity
from mechkit.interpolation.fourier.samples import along, axis_of, columns, in_range, samples, scale
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def separate(z, w, y):
    """From the transforms of even + i odd elements to twice those of all; z (h, q), w (h + 1,), y (h + 1, q).

    w : the roots of unity of order 2h, of which the first h + 1.

    >>> from mechkit import law
    >>> law(lambda h, q: separate(*real_example(h, q)), h=range(1, 6), q=range(1, 5)).flops
    Polynomial('12hq + 12q')
    """
    # Van Loan, section 4.3.3
    h = z.shape[0]
    for k in range(h + 1):
        root = w[k]
        here, there, row = z[k % h], z[(h - k) % h], y[k]
        for q in range(row.size):
            a, b = here[q], there[q].conjugate()
            even, odd = a + b, a - b
            turned = root * complex(odd.imag, -odd.real)
            row[q] = even + turned


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def join(y, w, z):
    """The inverse of `separate`, times 2, and conjugate: y (h + 1, q), w (h + 1,), z (h, q).

    >>> from mechkit import law
    >>> law(lambda h, q: join(*real_example(h, q)[::-1]), h=range(1, 6), q=range(1, 5)).flops
    Polynomial('12hq')
    """
    h = z.shape[0]
    for k in range(h):
        root = w[k].conjugate()
        here, there, row = y[k], y[h - k], z[k]
        for q in range(row.size):
            a, b = here[q], there[q].conjugate()
            even = a + b
            odd = root * (a - b)
            row[q] = complex(even.real - odd.imag, -(even.imag + odd.real))


def real_example(h: int, q: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What `separate` takes, for an example: z, w and y."""
    return np.ones((h, q), complex), roots_of_unity(2 * h, np.arange(h + 1)), np.ones((h + 1, q), complex)


@separate.example
def _(n):
    return real_example(n, 2)


@join.example
def _(n):
    return real_example(n, 2)[::-1]


def rfft(x: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> np.ndarray:
    """The frequencies 0 to n/2 of real numbers; the others are their conjugates.

    Parameters
    ----------
    x : array of real numbers, any number of dimensions.
    n : the number of elements; x is cut off, or filled up with zeros. All of x, if left out.
    axis : along which x is transformed; the last, if left out.
    norm : as for `fft`.

    Returns
    -------
    ndarray
        n // 2 + 1 frequencies along the axis, complex; complex64 for float32.

    Raises
    ------
    ValueError, TypeError
        for complex numbers, an empty array, NaN and infinity, and a wrong axis.

    Operation count
    ---------------
    A complex transform of n/2 elements, and 7n + 14 flops; that of n elements where n is odd.

    >>> from mechkit import count
    >>> from mechkit.interpolation import fft
    >>> def flops(f, n):
    ...     with count() as ops:
    ...         f(np.ones(n))
    ...     return ops.flops
    >>> flops(rfft, 2048) == flops(fft, 1024) + 7 * 2048 + 14
    True

    References
    ----------
    Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 4.3.

    Examples
    --------
    >>> rfft([1.0, 2.0, 3.0, 4.0])
    array([10.+0.j, -2.+2.j, -2.+0.j])
    """
    array = samples("x", x)
    if array.dtype.kind == "c":
        raise TypeError("x is complex; rfft takes real numbers: use fft, or x.real")
    moved, axis = columns(array, n, axis)
    n, dtype = moved.shape[0], np.result_type(array, np.complex64)
    factor = scale(norm, n, forward=True)
    with in_range("the transform") as results:
        if n % 2:
            y = np.ascontiguousarray(transform(moved.astype(dtype))[: n // 2 + 1])
        else:
            z = transform(_paired(moved, dtype))
            y = np.empty((n // 2 + 1, moved.shape[1]), dtype)
            separate(z, half_turn(n, dtype.name), y)
            factor *= 0.5
        if factor != 1.0:
            multiply_by(y, y.real.dtype.type(factor))
        results.append(y)
    return along(y, array.shape, axis)


@lru_cache(PLANS)
def half_turn(n: int, dtype: str) -> np.ndarray:
    """The roots of unity of order n, of which the first n/2 + 1, in a type."""
    return roots_of_unity(n, np.arange(n // 2 + 1)).astype(dtype)


def _paired(x: np.ndarray, dtype: Any) -> np.ndarray:
    """x[0] + i x[1], x[2] + i x[3], ... of the columns of x (n, q)."""
    z = np.empty((x.shape[0] // 2, x.shape[1]), dtype)
    z.real, z.imag = x[::2], x[1::2]
    return z


def irfft(x: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> np.ndarray:
    """The n real numbers of which `rfft` has found the frequencies.

    Parameters
    ----------
    x : array of frequencies 0 to n/2, real or complex, any number of dimensions.
    n : how many numbers to return: 2(m - 1) for m frequencies, if left out. Give n where n is odd.
    axis : along which x is transformed; the last, if left out.
    norm : as for `ifft`.

    Returns
    -------
    ndarray
        float64; float32 for float32 and complex64. The imaginary part of frequency 0, and of n/2, is not used.

    Raises
    ------
    ValueError, TypeError
        as `ifft`, and for one frequency without n.

    Operation count
    ---------------
    A complex transform of n/2 elements, and 7n flops; that of n elements and 2n where n is odd.

    >>> from mechkit import count
    >>> from mechkit.interpolation import fft
    >>> def flops(f, n):
    ...     with count() as ops:
    ...         f(np.ones(n))
    ...     return ops.flops
    >>> flops(irfft, 1025) == flops(fft, 1024) + 7 * 2048
    True

    References
    ----------
    Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 4.3.

    Examples
    --------
    >>> irfft(rfft([1.0, 2.0, 3.0]), n=3)
    array([1., 2., 3.])
    """
    array = samples("x", x)
    size = array.shape[axis_of(array, axis, "x")]
    if n is None and size == 1:
        raise ValueError("x has one frequency along the axis, which leaves no number; give n=1 or more")
    n = 2 * (size - 1) if n is None else whole("n", n)
    half = n // 2
    moved, axis = columns(array, half + 1, axis)
    dtype = np.result_type(array, np.complex64)
    y = moved.astype(dtype)
    y.imag[0] = 0.0
    factor = scale(norm, n, forward=False)
    with in_range("the inverse transform") as results:
        if n % 2:
            whole_spectrum = np.concatenate([y, y[:0:-1].conj()])
            x_real = transform(whole_spectrum.conj()).real.copy()
        else:
            y.imag[half] = 0.0
            z = np.empty((half, y.shape[1]), dtype)
            join(y, half_turn(n, dtype.name), z)
            z = transform(z).conj()
            x_real = np.empty((n, z.shape[1]), z.real.dtype)
            x_real[::2], x_real[1::2] = z.real, z.imag
        if factor != 1.0:
            multiply_real_by(x_real, x_real.dtype.type(factor))
        results.append(x_real)
    return along(x_real, array.shape, axis)


@kernel(cache=True)
def multiply_real_by(x, factor):
    """Multiply all elements of x (n, q) by a number.

    >>> from mechkit import law
    >>> law(lambda n: multiply_real_by(np.ones((n, 1)), 0.5), n=range(1, 5)).flops
    Polynomial('n')
    """
    for j in range(x.shape[0]):
        row = x[j]
        for q in range(row.size):
            row[q] = factor * row[q]


@multiply_real_by.example
def _(n):
    return np.ones((n, 2)), np.float64(0.5)
