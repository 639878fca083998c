"""The 5/3 wavelet by lifting: every other number less what its neighbors foretell, and smooth means of the rest."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.counting import kernel

#: No more levels: each halves the part of the image that is left.
MOST_LEVELS = 5
#: A part with no more rows or columns is not split.
SMALLEST = 8


def factors(dtype: Any = np.float64) -> np.ndarray:
    """1/2 and 1/4 of the lifting steps; sqrt(2) and 1 / sqrt(2), which make the transform nearly orthogonal."""
    return np.array([0.5, 0.25, np.sqrt(2.0), np.sqrt(0.5)], dtype)


@kernel(cache=True, error_model="numpy")
def split(x, c, low, high):
    """Split the rows of x (n, w) into low (n - n//2, w), their means, and high (n//2, w), their details.

    c (4,) : `factors`. The ends are mirrored; n is at least 2.

    >>> from mechkit import law
    >>> law(lambda n: split(*split.example_arguments(n)), n=range(1, 5)).flops  # 4 a number
    Polynomial('8n')
    """
    # Le Gall and Tabatabai (1988); Sweldens, The lifting scheme (1996)
    half, quarter, up, down = c[0], c[1], c[2], c[3]
    details = high.shape[0]
    for i in range(details):  # 1  details: an odd row less the mean of its neighbors
        before = x[2 * i]
        after = x[min(2 * i + 2, x.shape[0] - 2 + x.shape[0] % 2)]
        row = x[2 * i + 1]
        detail = high[i]
        for j in range(row.size):
            detail[j] = row[j] - half * (before[j] + after[j])
    for i in range(low.shape[0]):  # 2  means: an even row, and a quarter of the details beside it
        before = high[max(i - 1, 0)]
        after = high[min(i, details - 1)]
        row = x[2 * i]
        mean = low[i]
        for j in range(row.size):
            mean[j] = up * (row[j] + quarter * (before[j] + after[j]))
    for i in range(details):
        detail = high[i]
        for j in range(detail.size):
            detail[j] = down * detail[j]


@split.example
def _(n):
    return np.ones((2 * n, 1)), factors(), np.zeros((n, 1)), np.zeros((n, 1))


@kernel(cache=True, error_model="numpy")
def join(low, high, c, x):
    """The inverse of `split`; low and high are changed.

    >>> from mechkit import law
    >>> law(lambda n: join(*join.example_arguments(n)), n=range(1, 5)).flops
    Polynomial('8n')
    """
    half, quarter, up, down = c[0], c[1], c[2], c[3]
    details = high.shape[0]
    for i in range(details):
        detail = high[i]
        for j in range(detail.size):
            detail[j] = up * detail[j]
    for i in range(low.shape[0]):
        before = high[max(i - 1, 0)]
        after = high[min(i, details - 1)]
        row = x[2 * i]
        mean = low[i]
        for j in range(row.size):
            row[j] = down * mean[j] - quarter * (before[j] + after[j])
    for i in range(details):
        before = x[2 * i]
        after = x[min(2 * i + 2, x.shape[0] - 2 + x.shape[0] % 2)]
        row = x[2 * i + 1]
        detail = high[i]
        for j in range(row.size):
            row[j] = detail[j] + half * (before[j] + after[j])


@join.example
def _(n):
    return np.ones((n, 1)), np.ones((n, 1)), factors(), np.zeros((2 * n, 1))


def shapes(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The shape of an image (h, w), and of the means that are left after each level."""
    found = [shape]
    while len(found) <= MOST_LEVELS and min(found[-1]) > SMALLEST:
        found.append(tuple((n + 1) // 2 for n in found[-1]))
    return found


def decompose(image: np.ndarray) -> list[np.ndarray]:
    """The means of the last level, then three arrays of details for each level, the coarsest first.

    >>> parts = decompose(np.ones((20, 30)))
    >>> [part.shape for part in parts]
    [(5, 8), (5, 7), (5, 8), (5, 7), (10, 15), (10, 15), (10, 15)]
    >>> bool(np.allclose(compose(parts, (20, 30)), 1.0))
    True
    """
    c = factors(image.dtype)
    details: list[np.ndarray] = []
    for _ in shapes(image.shape)[1:]:
        low, high = _halves(image, c)
        quarters = [np.ascontiguousarray(part.T) for half in (low, high) for part in _halves(half.T, c)]
        image = quarters[0]
        details = [*quarters[1:], *details]
    return [image, *details]


def compose(parts: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    """The inverse of `decompose`, for an image of a shape."""
    c = factors(parts[0].dtype)
    image = parts[0]
    sizes = shapes(shape)[:-1]
    for level, (h, w) in enumerate(reversed(sizes)):
        quarters = [image, *parts[3 * level + 1 : 3 * level + 4]]
        rows = [_whole(quarters[k].T, quarters[k + 1].T, c, w).T for k in (0, 2)]
        image = _whole(rows[0], rows[1], c, h)
    return image


def _halves(x: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n, w = x.shape
    low, high = np.empty((n - n // 2, w), x.dtype), np.empty((n // 2, w), x.dtype)
    split(np.ascontiguousarray(x), c, low, high)
    return low, high


def _whole(low: np.ndarray, high: np.ndarray, c: np.ndarray, n: int) -> np.ndarray:
    x = np.empty((n, low.shape[1]), low.dtype)
    join(np.ascontiguousarray(low), np.array(high, order="C"), c, x)
    return x
