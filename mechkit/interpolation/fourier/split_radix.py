"""The split-radix transform: the even elements by halves, the odd ones by quarters; the fewest operations for n = 2^m.

The 4 n m - 6 n + 8 operations of Yavne's and Duhamel's transform were the record from 1968 to 2004.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.fourier.roots_of_unity import roots_of_unity
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def split_radix(x, start, stride, w, y):
    """Write into y (n,), n = 2^m, the transform of x[start], x[start + stride], ...; w (n stride,) roots of unity.

    >>> from mechkit import count, law
    >>> def flops(n):
    ...     with count() as ops:
    ...         split_radix(np.ones(n, complex), 0, 1, roots_of_unity(n, np.arange(n)), np.empty(n, complex))
    ...     return ops.flops
    >>> [flops(8), flops(64), flops(1024)]
    [56, 1160, 34824]
    >>> all(flops(2**m) == 4 * 2**m * m - 6 * 2**m + 8 for m in range(1, 10))
    True
    >>> pair = np.ones(2, complex)
    >>> law(lambda n: split_radix(pair, 0, 1, pair, pair.copy()), n=range(1, 5)).flops  # of two elements
    Polynomial('4')
    """
    # Duhamel and Hollmann, Split-radix FFT algorithm, Electronics Letters 20 (1984), 14-16
    n = y.size
    if n == 1:
        y[0] = x[start]
        return
    if n == 2:
        a, b = x[start], x[start + stride]
        y[0] = a + b
        y[1] = a - b
        return
    half, quarter = n // 2, n // 4

    # 1  the transforms of the even elements, of each fourth after the first, and of each fourth after the third
    split_radix(x, start, 2 * stride, w, y[:half])
    split_radix(x, start + stride, 4 * stride, w, y[half : half + quarter])
    split_radix(x, start + 3 * stride, 4 * stride, w, y[half + quarter :])

    # 2  put together; the root is 1 for k = 0, (1 - i) / sqrt(2) for k = n / 8
    for k in range(quarter):
        b, c = y[half + k], y[half + quarter + k]
        if 8 * k == n:
            root = w[k * stride].real
            b = complex(root * (b.real + b.imag), root * (b.imag - b.real))
            c = complex(root * (c.imag - c.real), -root * (c.real + c.imag))
        elif k > 0:
            b = w[k * stride] * b
            c = w[3 * k * stride] * c
        total, difference = b + c, b - c
        even, odd = y[k], y[quarter + k]
        y[k] = even + total
        y[half + k] = even - total
        y[quarter + k] = complex(odd.real + difference.imag, odd.imag - difference.real)
        y[half + quarter + k] = complex(odd.real - difference.imag, odd.imag + difference.real)


@split_radix.example
def _(n):
    size = 2 ** min(n, 8)
    return np.arange(size) + 1j, 0, 1, roots_of_unity(size, np.arange(size)), np.zeros(size, complex)
