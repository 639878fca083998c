"""Periodic samples at another rate: frequencies are added as zeros, or left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.interpolation.fourier.fft import fft, ifft
from mechkit.interpolation.fourier.real import irfft, rfft
from mechkit.interpolation.fourier.samples import axis_of, samples


def resample(x: Any, n: int, axis: int = -1) -> np.ndarray:
    """The values of the waves through periodic samples, at n equal distances; SciPy's ``scipy.signal.resample``.

    Parameters
    ----------
    x : array of real or complex samples over one period, any number of dimensions.
    n : how many samples to return, over the same period.
    axis : along which x is resampled; the last, if left out.

    Returns
    -------
    ndarray
        With n elements along the axis; real for real x. Frequencies above n/2 are lost.

    Raises
    ------
    ValueError, TypeError
        for an empty array, NaN and infinity, a wrong axis, and n below 1.

    Operation count
    ---------------
    A transform of the old length and one of the new.

    >>> from mechkit import count
    >>> from mechkit.interpolation import irfft, rfft
    >>> def flops(run):
    ...     with count() as ops:
    ...         run()
    ...     return ops.flops
    >>> x = np.ones(64)
    >>> flops(lambda: resample(x, 256)) == flops(lambda: irfft(rfft(x, norm="forward"), n=256, norm="forward"))
    True

    References
    ----------
    Trefethen, Spectral Methods in MATLAB (2000), chapter 3.

    Examples
    --------
    >>> resample([1.0, 0.0, -1.0, 0.0], 8).round(6) + 0.0
    array([ 1.      ,  0.707107,  0.      , -0.707107, -1.      , -0.707107,
            0.      ,  0.707107])
    """
    array = samples("x", x)
    n = whole("n", n)
    axis = axis_of(array, axis, "x")
    old = array.shape[axis]
    least = min(old, n)
    is_complex = array.dtype.kind == "c"
    forward = fft if is_complex else rfft
    spectrum = np.moveaxis(forward(array, axis=axis, norm="forward"), axis, 0)
    kept = least // 2 + 1
    rest = spectrum.shape[1:]
    if is_complex:
        wanted = np.zeros((n, *rest), spectrum.dtype)
        wanted[:kept] = spectrum[:kept]
        if least > 2:
            wanted[n - (least - 1) // 2 :] = spectrum[old - (least - 1) // 2 :]
    else:
        wanted = np.zeros((n // 2 + 1, *rest), spectrum.dtype)
        wanted[:kept] = spectrum[:kept]
    if least % 2 == 0 and n != old:
        # The frequency h of 2h samples stands for h and -h at once: a cosine.
        h = least // 2
        if not is_complex:
            wanted[h] *= 0.5 if n > old else 2.0
        elif n > old:
            wanted[h] *= 0.5
            wanted[n - h] = wanted[h]
        else:
            wanted[h] += spectrum[old - h]
    wanted = np.moveaxis(wanted, 0, axis)
    return ifft(wanted, axis=axis, norm="forward") if is_complex else irfft(wanted, n, axis, norm="forward")
