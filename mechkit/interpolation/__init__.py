"""Interpolation and approximation: what the choice of data and of the objective buys.

The same polynomial in several forms, at different cost; pieces of polynomials; rational functions. Fits have the least
sum of squares, the least sum of absolute values, or the least largest error.
"""

from mechkit.interpolation.aaa import aaa
from mechkit.interpolation.barycentric import barycentric, closed_form_weights
from mechkit.interpolation.bspline import bspline, make_interp_spline
from mechkit.interpolation.chebyshev import chebyshev_nodes
from mechkit.interpolation.chebyshev_approximation import chebyshev_interpolation, chebyshev_truncation
from mechkit.interpolation.cubic_hermite import cubic_hermite, pchip
from mechkit.interpolation.cubic_spline import cubic_spline
from mechkit.interpolation.diagnostics import (
    basis_condition,
    degree_by_rank,
    extrapolation_growth,
    lebesgue_constant,
    lebesgue_function,
)
from mechkit.interpolation.floater_hormann import floater_hormann
from mechkit.interpolation.fourier.fft import fft, fft2, ifft, ifft2
from mechkit.interpolation.fourier.real import irfft, rfft
from mechkit.interpolation.fourier.resample import resample
from mechkit.interpolation.fourier.spectrum_peaks import Peaks, spectrum_peaks
from mechkit.interpolation.fourier.trigonometric import TrigonometricPolynomial, trigonometric
from mechkit.interpolation.hermite import hermite
from mechkit.interpolation.lagrange import lagrange
from mechkit.interpolation.least_absolute import least_absolute
from mechkit.interpolation.least_squares import least_squares
from mechkit.interpolation.minimax import minimax
from mechkit.interpolation.neville import neville
from mechkit.interpolation.newton import newton
from mechkit.interpolation.series import series

__all__ = [
    "Peaks",
    "TrigonometricPolynomial",
    "aaa",
    "barycentric",
    "basis_condition",
    "bspline",
    "chebyshev_interpolation",
    "chebyshev_nodes",
    "chebyshev_truncation",
    "closed_form_weights",
    "cubic_hermite",
    "cubic_spline",
    "degree_by_rank",
    "extrapolation_growth",
    "fft",
    "fft2",
    "floater_hormann",
    "hermite",
    "ifft",
    "ifft2",
    "irfft",
    "lagrange",
    "least_absolute",
    "least_squares",
    "lebesgue_constant",
    "lebesgue_function",
    "make_interp_spline",
    "minimax",
    "neville",
    "newton",
    "pchip",
    "resample",
    "rfft",
    "series",
    "spectrum_peaks",
    "trigonometric",
]
