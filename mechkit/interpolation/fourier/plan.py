"""A transform of any length: by stages where its prime factors are small, else as a convolution."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.fourier.roots_of_unity import roots_of_unity
from mechkit.interpolation.fourier.stages import (
    first_stage_4,
    stage_2,
    stage_3,
    stage_4,
    stage_5,
    stage_of_any_radix,
)
from mechkit.linear_systems.flags import FUSED

#: Where the prime factors above 5 add up to no more, their stages cost less than a convolution (measured).
LARGEST_SUM = 40
#: So many plans are kept: the roots of unity cost more than the transform.
PLANS = 32


class Stage(NamedTuple):
    """One stage of a plan: the radix; how many transforms of a column it makes; twiddles; roots."""

    radix: int
    size: int
    twiddles: np.ndarray
    roots: np.ndarray


class Chirp(NamedTuple):
    """What a convolution takes: exp(-pi i j^2 / n), the transform of its conjugate, the length of both transforms."""

    factors: np.ndarray
    transform: np.ndarray
    length: int


def transform(x: np.ndarray) -> np.ndarray:
    """The transforms of the columns of x (n, q), complex and C-contiguous, in fresh memory (n, q)."""
    n, dtype = x.shape[0], x.dtype
    if sum(r for r in factors(n) if r > 5) > LARGEST_SUM:
        return convolution(x, chirp(n, dtype.name))
    return by_stages(x, stages(n, dtype.name))


def by_stages(x: np.ndarray, plan: tuple[Stage, ...]) -> np.ndarray:
    """Go through the stages of a plan, from x (n, q) to one of two arrays and from there to the other."""
    n, q = x.shape
    source = x
    memory = [np.empty_like(x) for _ in plan[:2]]
    columns = q  # of the stage: those of x, times the radices of the stages before
    for number, (r, m, twiddles, roots) in enumerate(plan):
        target = memory[number % 2]
        if r == 4 and columns == 1:
            first_stage_4(source.reshape(r, m), target.reshape(m, r), twiddles)
        elif r in (2, 4):
            (stage_2 if r == 2 else stage_4)(source.reshape(r, m, columns), target.reshape(m, r, columns), twiddles)
        else:
            of_radix = {3: stage_3, 5: stage_5}.get(r, stage_of_any_radix)
            of_radix(source.reshape(r, m, columns), target.reshape(m, r, columns), twiddles, roots)
        source = target
        columns *= r
    return source.reshape(n, q) if plan else x.copy()


@lru_cache(PLANS)
def stages(n: int, dtype: str) -> tuple[Stage, ...]:
    """The stages for n elements, with their twiddles in a type: fours first, the largest factors last.

    >>> [stage.radix for stage in stages(120, "complex128")]
    [4, 2, 3, 5]
    """
    found = []
    length = n
    for r in factors(n):
        m = length // r
        twiddles = roots_of_unity(length, np.outer(np.arange(1, r), np.arange(m)))
        found.append(Stage(r, m, twiddles.astype(dtype), roots_of_unity(r, np.arange(r)).astype(dtype)))
        length = m
    return tuple(found)


def factors(n: int) -> list[int]:
    """The radices of a transform of n elements: its fours, and its other prime factors in order.

    >>> factors(120), factors(1), factors(98)
    ([4, 2, 3, 5], [], [2, 7, 7])
    """
    found = []
    for r in (4, 2, 3):
        while n % r == 0:
            found.append(r)
            n //= r
    r = 5
    while r * r <= n:
        while n % r == 0:
            found.append(r)
            n //= r
        r += 2
    return found + ([n] if n > 1 else [])


# -- as a convolution --------------------------------------------------------------------------------------------


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def chirp_product(x, w, y):
    """Multiply each row x[j] by w[j] into the first rows of y, whose others become 0; x (n, q), w (n,), y (m, q).

    >>> from mechkit import law
    >>> law(lambda n, q: chirp_product(*chirp_example(n, q)), n=range(1, 5), q=range(1, 5)).flops
    Polynomial('6nq')
    """
    for j in range(y.shape[0]):
        row = y[j]
        if j < x.shape[0]:
            factor, source = w[j], x[j]
            for q in range(row.size):
                row[q] = factor * source[q]
        else:
            for q in range(row.size):
                row[q] = 0.0


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def conjugate_product(x, w, y):
    """The conjugates of w[j] x[j] into y[j], for the rows of y; x (m, q), w (m,), y (n, q), n up to m.

    >>> from mechkit import law
    >>> law(lambda n, q: conjugate_product(*chirp_example(n, q)[:2], np.ones((n, q), complex)),
    ...     n=range(1, 5), q=range(1, 5)).flops
    Polynomial('6nq')
    """
    for j in range(y.shape[0]):
        factor, source, row = w[j], x[j], y[j]
        for q in range(row.size):
            row[q] = (factor * source[q]).conjugate()


def convolution(x: np.ndarray, plan: Chirp) -> np.ndarray:
    """The transforms of the columns of x (n, q), for any n.

    As jk is half of j^2 + k^2 - (k - j)^2, they are a convolution, of a length with small factors.
    """
    # Bluestein, A linear filtering approach to the computation of the discrete Fourier transform, IEEE Trans. Audio
    # Electroacoust. 18 (1970); Van Loan, section 4.2
    padded = np.empty((plan.length, x.shape[1]), x.dtype)
    chirp_product(x, plan.factors, padded)  # 1  x times the chirp
    spectrum = transform(padded)  # 2  convolved with the conjugate chirp: a product of transforms ...
    conjugate_product(spectrum, plan.transform, padded)
    convolved = transform(padded)  # ... and the way back, by a transform of the conjugates
    result = np.empty_like(x)
    conjugate_product(convolved, plan.factors.conj(), result)  # 3  times the chirp
    return result


@lru_cache(PLANS)
def chirp(n: int, dtype: str) -> Chirp:
    """What the convolution for n elements takes. It is kept, and like the roots of unity it is not counted."""
    j = np.arange(n)
    factors = roots_of_unity(2 * n, j * j % (2 * n))
    length = smooth_length(2 * n - 1)
    wrapped = np.zeros(length, complex)
    wrapped[:n] = factors.conj()
    wrapped[length - n + 1 :] = factors[:0:-1].conj()
    spectrum = np.fft.fft(wrapped) / length
    return Chirp(factors.astype(dtype), spectrum.astype(dtype), length)


def smooth_length(least: int) -> int:
    """The first number from `least` on whose prime factors are 2, 3 and 5.

    >>> [smooth_length(least) for least in (1, 7, 20013)]
    [1, 8, 20250]
    """
    candidates = []
    fives = 1
    while fives < 5 * least:
        threes = fives
        while threes < 3 * least:
            missing = -(-least // threes)
            candidates.append(threes << (missing - 1).bit_length())
            threes *= 3
        fives *= 5
    return min(candidates)


def chirp_example(n: int, q: int) -> Any:
    """What the products take, for an example: x, w and y."""
    return np.ones((n, q), complex), np.ones(n, complex), np.ones((2 * n, q), complex)


@chirp_product.example
def _(n):
    return chirp_example(n, 2)


@conjugate_product.example
def _(n):
    x, w, _ = chirp_example(n, 2)
    return x, w, np.ones((n, 2), complex)
