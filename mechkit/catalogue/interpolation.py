"""Interpolation and transforms: the laws and comparisons that can be asked for by name.

A new entry is a function of the sizes, which builds its problem and solves it, and a row of a table. The functions of
a comparison stand at the top of the module, so that other processes can run them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.catalogue.entries import NamedComparison, NamedLaw
from mechkit.interpolation import barycentric, fft, lagrange, newton

# -- laws ------------------------------------------------------------------------------------------------------------


def fourier_by_definition(n: int) -> np.ndarray:
    """Transform n numbers by the sum that defines the transform."""
    return fft(np.arange(float(n)), method="direct")


def fourier_by_stages(n: int) -> np.ndarray:
    """Transform n numbers by the fast transform, with a stage for each factor of n."""
    return fft(np.arange(float(n)))


def fourier_by_convolution(n: int) -> np.ndarray:
    """Transform n numbers by a convolution, as for a prime n."""
    return fft(np.arange(float(n)), method="bluestein")


def chebyshev_data(n: int) -> tuple[np.ndarray, np.ndarray]:
    """The values of exp at n Chebyshev nodes."""
    x = np.cos((2.0 * np.arange(n) + 1.0) * np.pi / (2.0 * n))
    return x, np.exp(x)


def polynomial_lagrange(n: int) -> Any:
    """One value of the polynomial through n points, by Lagrange's formula as it stands."""
    return lagrange(*chebyshev_data(n))(0.3)


def polynomial_newton(n: int) -> Any:
    """One value of the polynomial through n points, by divided differences."""
    return newton(*chebyshev_data(n))(0.3)


def polynomial_barycentric(n: int) -> Any:
    """One value of the polynomial through n points, by the barycentric formula."""
    return barycentric(*chebyshev_data(n))(0.3)


_SIZES = {"n": range(1, 9)}, {"n": 60}
LAWS = {
    "fft-direct": NamedLaw("the Fourier transform of n numbers, by its definition", fourier_by_definition, *_SIZES),
    "lagrange": NamedLaw("n points and one value, by Lagrange's formula", polynomial_lagrange, *_SIZES),
    "newton": NamedLaw("n points and one value, by divided differences", polynomial_newton, *_SIZES),
    "barycentric": NamedLaw("n points and one value, by the barycentric formula", polynomial_barycentric, *_SIZES),
}

# -- comparisons -----------------------------------------------------------------------------------------------------

COMPARISONS = {
    "fourier": NamedComparison(
        "the Fourier transform by its definition, by a stage for each factor, and by a convolution",
        {
            "definition": fourier_by_definition,
            "stages": fourier_by_stages,
            "convolution": fourier_by_convolution,
        },
        sizes=(8, 16, 32, 64, 128, 256, 512),
        check=np.allclose,
    ),
    "polynomials": NamedComparison(
        "one value of the polynomial through n points, in three forms",
        {
            "Lagrange": polynomial_lagrange,
            "Newton": polynomial_newton,
            "barycentric": polynomial_barycentric,
        },
        sizes=(4, 8, 12, 16, 20, 24, 28, 32),
        check=np.allclose,
    ),
}
