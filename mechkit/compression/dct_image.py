"""Transform coding of grey images and of signals: blocks of 8, cosines, steps, a zigzag, and Huffman codes."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.compression.compress import LIMIT
from mechkit.compression.dct import N, factors, restore_columns, restore_rows, transform_columns, transform_rows
from mechkit.compression.huffman import as_words, encoded, full_bytes
from mechkit.compression.lossy import Parts, expect, image_of, levels_of, pack, quality_of, scale_of, unpack
from mechkit.compression.quantize import levels_back, nearest_levels
from mechkit.compression.run_size import levels_of_runs, runs_and_sizes

#: The steps at quality 50, found by asking viewers: ITU-T T.81 (JPEG), table K.1.
STEPS = np.array(
    [
        *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56),
        *(14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
    ],
    dtype=np.float64,
)
#: The order from low to high frequencies: along the diagonals, turning at the edges.
ZIGZAG = np.array(sorted(range(N * N), key=lambda k: (k // N + k % N, k % N if (k // N + k % N) % 2 == 0 else k // N)))
#: Levels are shifted, so that the mean of an image is near 0.
MIDDLE = 128.0


def dct_compress(image: Any, quality: int = 50) -> bytes:
    """Compress a grey image or a signal with loss, by cosines in blocks of 8 x 8 or of 8.

    Parameters
    ----------
    image : (h, w) or (n,), of any size; uint8, or real numbers, whose range becomes 256 levels.
    quality : from 1, small, to 100, where only rounding is lost.

    Returns
    -------
    bytes
        For `dct_decompress`.

    Raises
    ------
    ValueError, TypeError
        for NaN and infinity, empty images, other shapes, and a wrong quality.

    Operation count
    ---------------
    832 flops a block of 64 for the transform, and 64 divisions for the levels.

    >>> from mechkit import law
    >>> law(lambda n: dct_compress(np.ones((8, 8 * n))), n=range(1, 5)).flops
    Polynomial('896n')

    References
    ----------
    Wallace, The JPEG still picture compression standard, Comm. ACM 34 (1991).

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 100)
    >>> image = np.rint(120 + 100 * np.sin(5 * x)[:, None] * np.cos(3 * x)).astype(np.uint8)
    >>> blob = dct_compress(image, quality=50)
    >>> len(blob) < 0.1 * image.size
    True
    >>> from mechkit.compression import psnr
    >>> psnr(image, dct_decompress(blob)) > 40
    True
    """
    found = quality_of(quality)
    values, dtype, low, span = levels_of(image, (1, 2))
    x = _padded(values - MIDDLE)
    c = factors()
    if x.ndim == 2:
        transform_columns(x.reshape(-1, N, x.shape[-1]), c)
    transform_rows(x.reshape(-1, N), c)
    coefficients = _blocks(x)
    levels = np.empty(coefficients.shape, np.int32)
    nearest_levels(coefficients, steps_of(found, x.ndim), levels)
    first = np.empty(len(levels), np.uint8)
    symbols, extra = np.empty(levels.size, np.uint8), np.empty(levels.size, np.int64)
    number, entries = runs_and_sizes(levels, first, symbols, extra)
    bits = encoded(np.arange(entries), extra[:entries]) if entries else b""
    streams = [first, symbols[:number], np.frombuffer(bits, np.uint8)]
    shape = np.shape(image)
    return pack("dct_decompress", "huffman", Parts(dtype, shape, (float(found), low, span), streams))


def dct_decompress(blob: Any, limit: int = LIMIT) -> np.ndarray:
    """The image or signal that `dct_compress` made smaller, nearly as it was.

    Parameters
    ----------
    blob : bytes from `dct_compress`.
    limit : the most bytes that the image may have.

    Returns
    -------
    ndarray
        With the shape of the image; uint8, or the type of its real numbers.

    Raises
    ------
    ValueError
        for anything that is not such a container as it was written, and for an image above the limit.

    Operation count
    ---------------
    >>> from mechkit import count
    >>> blob = dct_compress(np.ones(8))
    >>> with count() as ops:
    ...     signal = dct_decompress(blob)
    >>> ops.flops  # a block of a signal: the transform, and a product for each number
    60

    References
    ----------
    As `dct_compress`.

    Examples
    --------
    >>> signal = np.sin(np.arange(50) / 5.0)
    >>> float(abs(dct_decompress(dct_compress(signal, 90)) - signal).max()) < 0.05
    True
    """
    parts = unpack("dct_decompress", blob, limit)
    expect(parts, 3, 3, (1, 2))
    quality, low, span = parts.numbers
    first, symbols, bits = parts.streams
    padded = tuple(-(-n // N) * N for n in parts.shape)
    dimensions = len(padded)
    levels = np.zeros((int(np.prod(padded)) // N**dimensions, N**dimensions), np.int32)
    if first.size != len(levels) or not 1 <= quality <= 100 or levels.size == 0:
        raise ValueError("the compressed data is damaged: it has other parts than it should")
    number, used = levels_of_runs(first, symbols, as_words(bits), levels)
    if number != symbols.size:
        raise ValueError("the compressed data is damaged: its symbols do not make an image")
    full_bytes(bits, used)
    coefficients = np.empty(levels.shape)
    levels_back(levels, steps_of(int(quality), dimensions), coefficients)
    x = _unblocked(coefficients, padded)
    c = factors()
    restore_rows(x.reshape(-1, N), c)
    if dimensions == 2:
        restore_columns(x.reshape(-1, N, x.shape[1]), c)
    inside = tuple(slice(0, n) for n in parts.shape)
    return image_of(x[inside] + MIDDLE, parts.dtype, low, span)


def steps_of(quality: int, dimensions: int) -> np.ndarray:
    """The steps of the coefficients of a block, in the order in which they are written.

    >>> steps_of(50, 2)[:5], steps_of(100, 1)
    (array([16., 11., 12., 14., 12.]), array([1., 1., 1., 1., 1., 1., 1., 1.]))
    """
    steps = STEPS[ZIGZAG] if dimensions == 2 else STEPS[:N]
    return np.maximum(np.floor(steps * scale_of(quality) + 0.5), 1.0)


def _padded(values: np.ndarray) -> np.ndarray:
    """Fresh memory with whole blocks: the last row and column are repeated."""
    return np.pad(values, [(0, -n % N) for n in values.shape], mode="edge")


def _blocks(x: np.ndarray) -> np.ndarray:
    """The blocks of an image (h, w) as rows (n, 64), in zigzag; those of a signal as they are."""
    if x.ndim == 1:
        return x.reshape(-1, N)
    h, w = x.shape
    return x.reshape(h // N, N, w // N, N).transpose(0, 2, 1, 3).reshape(-1, N * N)[:, ZIGZAG]


def _unblocked(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The inverse of `_blocks`."""
    if len(shape) == 1:
        return rows.reshape(-1)
    h, w = shape
    blocks = rows[:, np.argsort(ZIGZAG)].reshape(h // N, w // N, N, N)
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3)).reshape(h, w)
