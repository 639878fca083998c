"""The waves in a signal: frequencies, amplitudes and phases, also between the frequencies of the transform."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array, not_negative, positive
from mechkit.interpolation.fourier.real import rfft
from mechkit.result_access import ByName


@dataclass(frozen=True, repr=False)
class Peaks(ByName):
    """The waves that were found, strongest first: amplitude cos(2 pi frequency t + phase).

    frequencies : (k,), in periods a unit of time.

    amplitudes : (k,), in the units of the signal.

    phases : (k,), in radians, at the first sample.

    >>> Peaks(np.array([0.25]), np.array([2.0]), np.array([0.0]))["amplitudes"]
    array([2.])
    """

    frequencies: np.ndarray
    amplitudes: np.ndarray
    phases: np.ndarray


def spectrum_peaks(y: Any, d: float = 1.0, height: float = 0.01) -> Peaks:
    """The waves of which a signal is made, from the peaks of its spectrum.

    Parameters
    ----------
    y : (n,), real samples at equal distances; n at least 8. Their mean is taken away first.
    d : the time between two samples.
    height : waves are reported from this share of the strongest one on.

    Returns
    -------
    Peaks
        frequencies, amplitudes, phases. The frequencies of the transform are 1 / (n d) apart. Waves that are four of
        these apart, and as far from 0 and from 1 / (2d), are found to about a thousandth of that distance. Nearer waves
        disturb each other. A wave of exactly two samples a period shows cos(phase) times its amplitude, as 0 or pi.

    Raises
    ------
    ValueError, TypeError
        for fewer than 8 samples, NaN and infinity, and a time that is not positive.

    Operation count
    ---------------
    That of `rfft`.

    >>> from mechkit import count
    >>> from mechkit.interpolation import rfft
    >>> def flops(run):
    ...     with count() as ops:
    ...         run()
    ...     return ops.flops
    >>> y = np.cos(0.3 * np.arange(128))
    >>> flops(lambda: spectrum_peaks(y)) == flops(lambda: rfft(y))
    True

    References
    ----------
    Grandke, Interpolation algorithms for discrete Fourier transforms of weighted signals, IEEE Trans. Instrum. Meas. 32
    (1983), 350-355: under a Hann window, two neighboring frequencies tell where between them a wave lies.

    Examples
    --------
    >>> t = np.arange(256) * 0.01
    >>> found = spectrum_peaks(3 * np.cos(2 * np.pi * 12.3 * t) + np.cos(2 * np.pi * 31.7 * t + 1), d=0.01)
    >>> found.frequencies.round(2), found.amplitudes.round(2), found.phases.round(2)
    (array([12.3, 31.7]), array([3., 1.]), array([0., 1.]))
    """
    values = float_array("y", y, (1,)).astype(float, copy=False)
    n = values.size
    if n < 8:
        raise ValueError(f"y has {n} samples; the peaks of a spectrum take at least 8")
    d = positive("d", d)
    height = not_negative("height", height)

    # 1  the spectrum under a Hann window, whose sides fall fast
    mean = values.mean()
    window = 0.5 - 0.5 * np.cos(2.0 * math.pi * np.arange(n) / n)
    size = float(np.abs(values - mean).max())
    if size <= 8.0 * np.finfo(float).eps * abs(mean) or size == 0.0:
        return Peaks(np.empty(0), np.empty(0), np.empty(0))
    spectrum = rfft((values - mean) / size * window)
    strength = np.abs(spectrum)

    # 2  local maxima
    inner = np.arange(1, strength.size - 1)
    is_peak = (strength[inner] > strength[inner - 1]) & (strength[inner] >= strength[inner + 1])
    at = inner[is_peak]

    # 3  each lies between two frequencies: delta from their ratio
    up = strength[at + 1] >= strength[at - 1]
    ratio = np.where(up, strength[at + 1], strength[at - 1]) / strength[at]
    delta = np.where(up, 1.0, -1.0) * (2.0 * ratio - 1.0) / (ratio + 1.0)
    amplitude = 4.0 / n * strength[at] * (1.0 - delta**2) / np.sinc(delta) * size
    phase = np.angle(spectrum[at]) - math.pi * delta
    phase = np.remainder(phase + math.pi, 2.0 * math.pi) - math.pi

    frequency = (at + delta) / (n * d)

    # 4  a wave of two samples a period has no frequency above it
    if n % 2 == 0 and strength[-1] > strength[-2]:
        frequency = np.append(frequency, 0.5 / d)
        amplitude = np.append(amplitude, 2.0 / n * strength[-1] * size)
        phase = np.append(phase, 0.0 if spectrum[-1].real > 0.0 else math.pi)

    # 5  the strongest first, and none that is rounding beside the strongest part of the spectrum
    strongest = max(float(amplitude.max(initial=0.0)), float(2.0 / n * strength[1:].max() * size))
    order = np.argsort(-amplitude, kind="stable")
    order = order[amplitude[order] >= height * strongest]
    return Peaks(frequency[order], amplitude[order], phase[order])
