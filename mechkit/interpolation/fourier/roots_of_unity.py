"""The roots of unity, each correct to its last digits."""

from __future__ import annotations

import math

import numpy as np


def roots_of_unity(n: int, k: np.ndarray) -> np.ndarray:
    """exp(-2 pi i k / n) for whole numbers k, from sines and cosines of angles up to pi/4.

    n : the order, at least 1; k : whole numbers, of any shape. A recurrence would be faster, but its errors grow.

    Returns
    -------
    ndarray
        complex128, shaped like k.

    References: Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 1.4.

    Examples
    --------
    >>> roots_of_unity(4, np.arange(4)).tolist()
    [(1+0j), -1j, (-1+0j), 1j]
    """
    # 1  whole quarters of a turn, and the rest of the angle as a share of a quarter; both are exact
    quarter, rest = np.divmod(4 * (k % n), n)

    # 2  an angle above half a quarter is measured from the other side
    mirrored = 2 * rest > n
    angle = math.pi / 2 * np.where(mirrored, n - rest, rest) / n
    cosine, sine = np.cos(angle), np.sin(angle)
    first = np.where(mirrored, sine - 1j * cosine, cosine - 1j * sine)

    # 3  a turn by quarters exchanges the parts, without rounding
    turned = np.stack([first, first.imag - 1j * first.real, -first, -first.imag + 1j * first.real])
    return np.take_along_axis(turned, quarter[np.newaxis], axis=0)[0] + 0.0
