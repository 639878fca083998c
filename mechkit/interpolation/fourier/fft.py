"""The drivers of the Fourier transform, with the names, arguments and conventions of ``scipy.fft``."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import one_of
from mechkit.counting import kernel
from mechkit.interpolation.fourier.direct import direct_transform
from mechkit.interpolation.fourier.plan import chirp, convolution, transform
from mechkit.interpolation.fourier.radix2 import radix_2, reverse_bits
from mechkit.interpolation.fourier.roots_of_unity import roots_of_unity
from mechkit.interpolation.fourier.samples import along, columns, in_range, samples, scale
from mechkit.interpolation.fourier.split_radix import split_radix
from mechkit.linear_systems.flags import FUSED

METHODS = ("mixed", "direct", "radix-2", "split-radix", "bluestein")


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def multiply_by(y, factor):
    """Multiply all elements of y (n, q) by a real number.

    >>> from mechkit import law
    >>> law(lambda n: multiply_by(np.ones((n, 1), complex), 0.5), n=range(1, 5)).flops
    Polynomial('2n')
    """
    for j in range(y.shape[0]):
        row = y[j]
        for q in range(row.size):
            z = row[q]
            row[q] = complex(factor * z.real, factor * z.imag)


@multiply_by.example
def _(n):
    return np.ones((n, 2), complex), np.float64(0.5)


def fft(x: Any, n: int | None = None, axis: int = -1, norm: str | None = None, method: str = "mixed") -> np.ndarray:
    """The discrete Fourier transform: y[k] is the sum of x[j] exp(-2 pi i jk / n).

    Parameters
    ----------
    x : array of real or complex numbers, any number of dimensions.
    n : the number of elements; x is cut off, or filled up with zeros. All of x, if left out.
    axis : along which x is transformed; the last, if left out.
    norm : "backward" multiplies the inverse by 1/n, "forward" this one, "ortho" both by 1/sqrt(n).
    method : "mixed" takes stages of 4, 2, 3, 5 and other factors of n, and "bluestein" where a factor is large.
        "direct" is the sum as it stands. "radix-2" and "split-radix" are for n = 2^m. "bluestein" makes a convolution
        of it, for any n.

    Returns
    -------
    ndarray
        The frequencies 0, 1, ..., n - 1 periods over the n elements, complex; complex64 for float32 and complex64.

    Raises
    ------
    ValueError, TypeError
        for an empty array, NaN and infinity, a wrong axis, and a length that the method does not have.

    Operation count
    ---------------
    5 n log2 n real operations with radix 2, 4 n log2 n - 6n + 8 with a split radix; 8n^2 - 8n directly.

    >>> from mechkit import count, law
    >>> def flops(n, method):
    ...     with count() as ops:
    ...         fft(np.ones(n), method=method)
    ...     return ops.flops
    >>> [flops(1024, method) for method in ("direct", "radix-2", "mixed", "split-radix")]
    [8380416, 51200, 43520, 34824]
    >>> law(lambda n: fft(np.ones(n), method="direct"), n=range(1, 8)).flops
    Polynomial('8n^2 - 8n')

    References
    ----------
    Van Loan, Computational Frameworks for the Fast Fourier Transform (1992); Cooley and Tukey, Math. Comp. 19 (1965).

    Examples
    --------
    >>> fft([1.0, 2.0, 3.0, 4.0])
    array([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j])
    """
    method = one_of("method", method, METHODS)
    array = samples("x", x)
    moved, axis = columns(array, n, axis)
    return along(_transformed(moved, norm, method, forward=True), array.shape, axis)


def ifft(x: Any, n: int | None = None, axis: int = -1, norm: str | None = None, method: str = "mixed") -> np.ndarray:
    """The inverse of `fft`: y[k] is the sum of x[j] exp(+2 pi i jk / n), divided by n.

    Parameters
    ----------
    x : array of real or complex numbers, any number of dimensions.
    n : the number of elements; x is cut off, or filled up with zeros. All of x, if left out.
    axis : along which x is transformed; the last, if left out.
    norm : "backward" multiplies by 1/n, "forward" multiplies the transform instead, "ortho" both by 1/sqrt(n).
    method : one of those of `fft`.

    Returns
    -------
    ndarray
        Complex, as that of `fft`.

    Raises
    ------
    ValueError, TypeError
        as `fft`.

    Operation count
    ---------------
    That of `fft`, and 2n products by 1/n.

    >>> from mechkit import law
    >>> law(lambda n: ifft(np.ones(n), method="direct"), n=range(1, 8)).flops
    Polynomial('8n^2 - 6n')

    References
    ----------
    Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 1.1.

    Examples
    --------
    >>> ifft(fft([1.0, 2.0, 3.0, 4.0])).real
    array([1., 2., 3., 4.])
    """
    method = one_of("method", method, METHODS)
    array = samples("x", x)
    moved, axis = columns(array, n, axis)
    return along(_transformed(moved, norm, method, forward=False), array.shape, axis)


def fft2(
    x: Any, s: tuple[int, int] | None = None, axes: tuple[int, int] = (-2, -1), norm: str | None = None
) -> np.ndarray:
    """The transform in two dimensions: along one axis, then along the other.

    Parameters
    ----------
    x : array of real or complex numbers, at least two dimensions.
    s : the numbers of elements along the axes; x is cut off, or filled up with zeros. All of x, if left out.
    axes : the two axes.
    norm : as for `fft`, along each axis.

    Returns
    -------
    ndarray
        Complex, shaped like x, and s along the axes.

    Raises
    ------
    ValueError, TypeError
        as `fft`, and for axes that are not two different ones, and an s that is not a pair.

    Operation count
    ---------------
    m transforms of n elements and n of m: of order mn log(mn), where the definition takes (mn)^2.

    >>> from mechkit import count
    >>> with count() as ops:
    ...     y = fft2(np.ones((4, 16)))  # 4 transforms of 16 elements of 272 flops, 16 of 4 elements of 34
    >>> ops.flops == 4 * 272 + 16 * 34
    True

    References
    ----------
    Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 3.3.

    Examples
    --------
    >>> fft2([[1.0, 2.0], [3.0, 4.0]]).real
    array([[10., -2.],
           [-4.,  0.]])
    """
    first, second = _two_axes(axes, samples("x", x))
    m, n = _two_numbers(s)
    return fft(fft(x, n, second, norm), m, first, norm)


def ifft2(
    x: Any, s: tuple[int, int] | None = None, axes: tuple[int, int] = (-2, -1), norm: str | None = None
) -> np.ndarray:
    """The inverse of `fft2`.

    Parameters
    ----------
    x : array of real or complex numbers, at least two dimensions.
    s : the numbers of elements along the axes; x is cut off, or filled up with zeros. All of x, if left out.
    axes : the two axes.
    norm : as for `ifft`, along each axis.

    Returns
    -------
    ndarray
        Complex, shaped like x, and s along the axes.

    Raises
    ------
    ValueError, TypeError
        as `fft2`.

    Operation count
    ---------------
    That of `fft2`, and 4mn products.

    >>> from mechkit import count
    >>> with count() as ops:
    ...     y = ifft2(np.ones((4, 16)))
    >>> ops.flops == 4 * 272 + 16 * 34 + 4 * 4 * 16
    True

    References
    ----------
    Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 3.3.

    Examples
    --------
    >>> ifft2(fft2([[1.0, 2.0], [3.0, 4.0]])).real
    array([[1., 2.],
           [3., 4.]])
    """
    first, second = _two_axes(axes, samples("x", x))
    m, n = _two_numbers(s)
    return ifft(ifft(x, n, second, norm), m, first, norm)


def _two_axes(axes: Any, array: np.ndarray) -> tuple[int, int]:
    pair = tuple(axes) if np.iterable(axes) else (axes,)
    if len(pair) != 2 or array.ndim < 2 or pair[0] % array.ndim == pair[1] % array.ndim:
        raise ValueError(f"axes is {axes!r}, x has {array.ndim} dimension(s); give two different axes of x")
    return pair


def _two_numbers(s: Any) -> tuple[Any, Any]:
    if s is None:
        return None, None
    pair = tuple(s) if np.iterable(s) else (s,)
    if len(pair) != 2:
        raise ValueError(f"s is {s!r}; give two numbers of elements, one for each of the axes")
    return pair


def _transformed(x: np.ndarray, norm: Any, method: str, forward: bool) -> np.ndarray:
    """The transforms of the columns of x (n, q), or their inverses, in fresh memory."""
    n = x.shape[0]
    factor = scale(norm, n, forward)
    dtype = np.result_type(x, np.complex64)
    with in_range("the transform") as results:
        y = by_method(np.ascontiguousarray(x, dtype), method)
        if not forward:  # exp(+2 pi i jk / n) is exp(-2 pi i j(n - k) / n)
            y = np.concatenate([y[:1], y[:0:-1]])
        if factor != 1.0:
            multiply_by(y, y.real.dtype.type(factor))
        results.append(y)
    return y


def by_method(x: np.ndarray, method: str) -> np.ndarray:
    """The transforms of the columns of x (n, q), complex, in fresh memory, by one of the methods."""
    n = x.shape[0]
    if method == "mixed":
        return transform(x)
    if method == "bluestein":
        return convolution(x, chirp(n, x.dtype.name))
    if method != "direct" and n & (n - 1):
        raise ValueError(f"{method} takes 2^m elements, not {n}; use method='mixed', or give n")
    y = np.empty_like(x)
    roots = roots_of_unity(n, np.arange(n)).astype(x.dtype)
    for column in range(x.shape[1]):
        source, target = x[:, column].copy(), np.empty(n, x.dtype)
        if method == "direct":
            direct_transform(source, roots, target)
        elif method == "split-radix":
            split_radix(source, 0, 1, roots, target)
        else:
            target = source
            reverse_bits(target)
            radix_2(target, roots[: n // 2].copy())
        y[:, column] = target
    return y
