"""Interpolation and approximation."""

from mechkit.interpolation.fourier.fft import fft, fft2, ifft, ifft2
from mechkit.interpolation.fourier.real import irfft, rfft
from mechkit.interpolation.fourier.resample import resample
from mechkit.interpolation.fourier.spectrum_peaks import Peaks, spectrum_peaks
from mechkit.interpolation.fourier.trigonometric import TrigonometricPolynomial, trigonometric

__all__ = [
    "Peaks",
    "TrigonometricPolynomial",
    "fft",
    "fft2",
    "ifft",
    "ifft2",
    "irfft",
    "resample",
    "rfft",
    "spectrum_peaks",
    "trigonometric",
]
