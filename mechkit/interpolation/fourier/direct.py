"""The transform as it is defined: a sum of n products for each of n frequencies."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.fourier.roots_of_unity import roots_of_unity
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def direct_transform(x, w, y):
    """Each y[k] is the sum of x[j] exp(-2 pi i jk / n); x, y (n,), and w (n,) the roots of unity exp(-2 pi i j / n).

    >>> from mechkit import law
    >>> law(direct_transform, n=range(1, 8))
    add    3n^2 - 3n
    sub    n^2 - n
    mul    4n^2 - 4n
    flops  8n^2 - 8n
    """
    # Van Loan, Computational Frameworks for the Fast Fourier Transform, section 1.1
    n = x.size
    for k in range(n):
        total = x[0]
        power = 0
        for j in range(1, n):
            power = power + k  # jk, less the whole turns
            if power >= n:
                power = power - n
            total = total + x[j] * w[power]
        y[k] = total


@direct_transform.example
def _(n):
    return np.arange(n) + 1j, roots_of_unity(n, np.arange(n)), np.empty(n, complex)
