"""The fast Fourier transform of radix 2, for n = 2^m, with one, two and three kinds of butterflies.

All three do the same; they differ in the products by 1 and by -i that they leave out. Each works in place, on an array
whose elements were put in order by `reverse_bits`.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.fourier.roots_of_unity import roots_of_unity
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True)
def reverse_bits(x):
    """Exchange x[j] and x[k], where the binary digits of k are those of j in reverse; x (n,), n = 2^m.

    >>> from mechkit import law
    >>> law(lambda n: reverse_bits(np.ones(8, complex)), n=range(1, 5)).flops
    Polynomial('0')
    >>> x = np.arange(8) + 0j
    >>> reverse_bits(x)
    >>> x.real
    array([0., 4., 2., 6., 1., 5., 3., 7.])
    """
    # Van Loan, algorithm 1.5.2
    n = x.size
    k = 0
    for j in range(1, n):
        bit = n // 2
        while k >= bit:  # add 1 to k, from its first digit on
            k = k - bit
            bit = bit // 2
        k = k + bit
        if j < k:
            x[j], x[k] = x[k], x[j]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def radix_2(x, w):
    """Transform x (n,), in the order of `reverse_bits`, in its place; w (n / 2,) the roots of unity of order n.

    n/2 butterflies in each of m = log2 n stages, each of 4 products and 6 sums of real numbers: 5 n m flops.

    >>> from mechkit import count, law
    >>> def counted(n):
    ...     with count() as ops:
    ...         radix_2(np.ones(n, complex), roots_of_unity(n, np.arange(n // 2)))
    ...     return ops.mul, ops.add + ops.sub
    >>> all(counted(2**m) == (2 * 2**m * m, 3 * 2**m * m) for m in range(9))
    True
    >>> law(lambda n: radix_2(np.ones(2, complex), np.ones(1, complex)), n=range(1, 5)).flops  # one butterfly
    Polynomial('10')
    """
    # Cooley and Tukey, An algorithm for the machine calculation of complex Fourier series, Math. Comp. 19 (1965);
    # Van Loan, algorithm 1.6.1
    n = x.size
    half = 1
    while half < n:
        step = n // (2 * half)
        for start in range(0, n, 2 * half):
            for k in range(half):
                a = x[start + k]
                b = w[k * step] * x[start + half + k]
                x[start + k] = a + b
                x[start + half + k] = a - b
        half = 2 * half


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def radix_2_two_butterflies(x, w):
    """Like `radix_2`, without the n - 1 products by the root 1.

    >>> from mechkit import count, law
    >>> def counted(n):
    ...     with count() as ops:
    ...         radix_2_two_butterflies(np.ones(n, complex), roots_of_unity(n, np.arange(n // 2)))
    ...     return ops.mul, ops.add + ops.sub
    >>> all(counted(2**m) == (2 * 2**m * m - 4 * (2**m - 1), 3 * 2**m * m - 2 * (2**m - 1)) for m in range(9))
    True
    >>> law(lambda n: radix_2_two_butterflies(np.ones(2, complex), np.ones(1, complex)), n=range(1, 5)).flops
    Polynomial('4')
    """
    # Burrus, Efficient Fourier transform and convolution algorithms, in: Advanced Topics in Signal Processing (1988)
    n = x.size
    half = 1
    while half < n:
        step = n // (2 * half)
        for start in range(0, n, 2 * half):
            a, b = x[start], x[start + half]
            x[start] = a + b
            x[start + half] = a - b
            for k in range(1, half):
                a = x[start + k]
                b = w[k * step] * x[start + half + k]
                x[start + k] = a + b
                x[start + half + k] = a - b
        half = 2 * half


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def radix_2_three_butterflies(x, w):
    """Like `radix_2`, without the products by the roots 1 and -i.

    >>> from mechkit import count, law
    >>> def counted(n):
    ...     with count() as ops:
    ...         radix_2_three_butterflies(np.ones(n, complex), roots_of_unity(n, np.arange(n // 2)))
    ...     return ops.mul, ops.add + ops.sub
    >>> all(counted(2**m) == (2 * 2**m * (m - 3) + 8, 3 * 2**m * m - 3 * 2**m + 4) for m in range(1, 9))
    True
    >>> law(lambda n: radix_2_three_butterflies(np.ones(4, complex), np.ones(2, complex)), n=range(1, 5)).flops
    Polynomial('16')
    """
    # Burrus, as above
    n = x.size
    half = 1
    while half < n:
        step = n // (2 * half)
        for start in range(0, n, 2 * half):
            a, b = x[start], x[start + half]
            x[start] = a + b
            x[start + half] = a - b
            if half > 1:
                quarter = half // 2
                a, b = x[start + quarter], x[start + half + quarter]
                x[start + quarter] = complex(a.real + b.imag, a.imag - b.real)  # a - ib
                x[start + half + quarter] = complex(a.real - b.imag, a.imag + b.real)
            for k in range(1, half):
                if 2 * k != half:
                    a = x[start + k]
                    b = w[k * step] * x[start + half + k]
                    x[start + k] = a + b
                    x[start + half + k] = a - b
        half = 2 * half


@reverse_bits.example
def _(n):
    return (np.arange(2 ** min(n, 8)) + 0j,)


@radix_2.example
@radix_2_two_butterflies.example
@radix_2_three_butterflies.example
def _(n):
    size = 2 ** min(n, 8)
    return np.arange(size) + 1j, roots_of_unity(size, np.arange(size // 2))
