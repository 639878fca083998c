"""The discrete Fourier transform by radix 2, in 5n log2(n) flops."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `fourier(x, roots)`. The array x holds n complex numbers; n is a power of two. The array `roots` holds the n / 2
numbers exp(-2 pi i k / n). It returns the array X with

    X[m] = sum over k of x[k] exp(-2 pi i k m / n)

A complex multiplication takes 6 flops, and an addition 2. At most 5n log2(n) flops are allowed: the transforms of the
numbers at even and at odd places give the transform of all by n / 2 multiplications.
"""


def problem(n, rng):
    """Complex numbers, and the roots of unity."""
    return rng.standard_normal(n) + 1j * rng.standard_normal(n), np.exp(-2j * np.pi * np.arange(n // 2) / n)


def check(X, x, roots):
    """Whether it is the transform."""
    return differs(X, np.fft.fft(x), 1e-11) or True


exercise = Exercise(
    "fourier",
    problem,
    check,
    n=(2, 4, 16, 32),
    seeds=1,
    at_most={"flops": "5n log2(n)", "int": "40n log2(n) + 40n"},
    at_least={"flops": "2n log2(n)"},
    points=8,
)

SOLUTION = """
import numpy as np

def fourier(x, roots):
    n = x.size
    X = x.copy()
    j = 0
    for i in range(1, n):
        bit = n // 2
        while j >= bit:
            j -= bit
            bit //= 2
        j += bit
        if i < j:
            X[i], X[j] = X[j], X[i]
    half = 1
    while half < n:
        for first in range(0, n, 2 * half):
            for k in range(half):
                a = X[first + k]
                b = X[first + k + half] * roots[k * (n // (2 * half))]
                X[first + k] = a + b
                X[first + k + half] = a - b
        half *= 2
    return X
"""

RIGHT = {
    "recursive": """
import numpy as np

def transform(x, roots, first, step, X, to, n):
    if n == 1:
        X[to] = x[first]
        return
    half = n // 2
    transform(x, roots, first, 2 * step, X, to, half)
    transform(x, roots, first + step, 2 * step, X, to + half, half)
    for k in range(half):
        a = X[to + k]
        b = X[to + half + k] * roots[k * step]
        X[to + k] = a + b
        X[to + half + k] = a - b

def start(x, roots, X):
    transform(x, roots, 0, 1, X, 0, x.size)

def fourier(x, roots):
    X = np.zeros(x.size, dtype=np.complex128)
    start(x, roots, X)
    return X
""",
    "Stockham's, without an exchange": """
import numpy as np

def fourier(x, roots):
    n = len(x)
    a = x.copy()
    b = np.empty_like(x)
    m = n // 2
    s = 1
    while m >= 1:
        for p in range(m):
            w = roots[p * s]
            for q in range(s):
                u = a[q + s * p]
                v = a[q + s * (p + m)]
                b[q + s * 2 * p] = u + v
                b[q + s * (2 * p + 1)] = (u - v) * w
        a, b = b, a
        m //= 2
        s *= 2
    return a
""",
    "decimation in frequency, reversed at the end": """
import numpy as np

def reversed_bits(i, n):
    j = 0
    while n > 1:
        j = 2 * j + i % 2
        i //= 2
        n //= 2
    return j

def fourier(x, roots):
    n = x.shape[0]
    a = np.copy(x)
    half = n // 2
    while half > 0:
        for first in range(0, n, 2 * half):
            for k in range(half):
                u = a[first + k]
                v = a[first + k + half]
                a[first + k] = u + v
                a[first + k + half] = (u - v) * roots[k * (n // (2 * half))]
        half //= 2
    X = np.empty(n, np.complex128)
    for i in range(n):
        X[reversed_bits(i, n)] = a[i]
    return X
""",
}

WRONG = {
    "wrong: the places are not exchanged": """
def fourier(x, roots):
    n = x.size
    X = x.copy()
    half = 1
    while half < n:
        for first in range(0, n, 2 * half):
            for k in range(half):
                a = X[first + k]
                b = X[first + k + half] * roots[k * (n // (2 * half))]
                X[first + k] = a + b
                X[first + k + half] = a - b
        half *= 2
    return X
""",
    "wrong: the real part only": """
import numpy as np

def fourier(x, roots):
    X = np.zeros(x.size)
    for k in range(x.size):
        X[k] = x[k].real
    return X
""",
    "expensive: the sum of the definition": """
import numpy as np

def fourier(x, roots):
    n = x.size
    X = np.zeros(n, np.complex128)
    for m in range(n):
        for k in range(n):
            j = k * m % n
            if j < n // 2:
                X[m] = X[m] + x[k] * roots[j]
            else:
                X[m] = X[m] - x[k] * roots[j - n // 2]
    return X
""",
    "expensive: two multiplications for each pair": """
import numpy as np

def transform(x, roots, first, step, X, to, n):
    if n == 1:
        X[to] = x[first]
        return
    half = n // 2
    transform(x, roots, first, 2 * step, X, to, half)
    transform(x, roots, first + step, 2 * step, X, to + half, half)
    for k in range(half):
        a = X[to + k]
        b = X[to + half + k]
        X[to + k] = a + b * roots[k * step]
        X[to + half + k] = a - b * roots[k * step]

def start(x, roots, X):
    transform(x, roots, 0, 1, X, 0, x.size)

def fourier(x, roots):
    X = np.zeros(x.size, dtype=np.complex128)
    start(x, roots, X)
    return X
""",
    "uncounted: the transform of NumPy": """
import numpy as np

def fourier(x, roots):
    return np.fft.fft(x)
""",
    "hard-coded: two numbers": """
def fourier(x, roots):
    X = x.copy()
    for k in range(0, x.size, 2):
        X[k] = x[k] + x[k + 1]
        X[k + 1] = x[k] - x[k + 1]
    return X
""",
    "hanging: half of nothing": """
def fourier(x, roots):
    X = x.copy()
    half = x.size
    while half >= 0:
        half //= 2
        X[0] = X[0] * 0.5
    return X
""",
}
