"""Wavelet coding of grey images: no blocks; details of all sizes, in steps, with arithmetic codes."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.compression.compress import LIMIT
from mechkit.compression.lossy import (
    Parts,
    expect,
    folded_planes,
    image_of,
    levels_of,
    pack,
    quality_of,
    scale_of,
    unfolded_planes,
    unpack,
)
from mechkit.compression.quantize import levels_back, nearest_levels
from mechkit.compression.wavelet import compose, decompose, shapes

#: The step at quality 50.
STEP = 16.0
#: The smallest one, at quality 100.
SMALLEST_STEP = 0.5
#: What an image of bytes is shifted by, so that its mean is near 0.
MIDDLE = 128.0


def wavelet_compress(image: Any, quality: int = 50) -> bytes:
    """Compress a grey image with loss, by a wavelet: the pair to `dct_compress`.

    Parameters
    ----------
    image : (h, w), of any size; uint8, or real numbers, whose range becomes 256 levels.
    quality : from 1, small, to 100, where only rounding is lost.

    Returns
    -------
    bytes
        For `wavelet_decompress`.

    Raises
    ------
    ValueError, TypeError
        for NaN and infinity, empty images, other shapes, and a wrong quality.

    Operation count
    ---------------
    8 flops a number and level of the transform, the levels quarter each time; a division for each number.

    >>> from mechkit import count
    >>> with count() as ops:
    ...     blob = wavelet_compress(np.ones((16, 16)))
    >>> ops.flops == 8 * 16 * 16 + 16 * 16
    True

    References
    ----------
    Le Gall and Tabatabai (1988); Taubman and Marcellin, JPEG 2000 (2002), chapter 10.

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 100)
    >>> image = np.rint(120 + 100 * np.sin(5 * x)[:, None] * np.cos(3 * x)).astype(np.uint8)
    >>> from mechkit.compression import psnr
    >>> blob = wavelet_compress(image)
    >>> len(blob) < 0.1 * image.size, psnr(image, wavelet_decompress(blob)) > 35
    (True, True)
    """
    step = _step(quality_of(quality))
    values, dtype, low, span = levels_of(image, (2,))
    streams, high = [], []
    bands = decompose(values - MIDDLE)
    for group in _grouped(bands):
        levels = np.empty((sum(band.size for band in group), 1), np.int32)
        nearest_levels(np.concatenate([band.reshape(-1, 1) for band in group]), np.array([step]), levels)
        planes = folded_planes(levels.reshape(-1))
        streams.append(planes[0])
        high.append(planes[1])
    streams.append(np.concatenate(high))
    return pack("wavelet_decompress", "adaptive", Parts(dtype, values.shape, (float(quality), low, span), streams))


def wavelet_decompress(blob: Any, limit: int = LIMIT) -> np.ndarray:
    """The image that `wavelet_compress` made smaller, nearly as it was.

    Parameters
    ----------
    blob : bytes from `wavelet_compress`.
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
    >>> blob = wavelet_compress(np.ones((16, 16)))
    >>> with count() as ops:
    ...     image = wavelet_decompress(blob)
    >>> ops.flops == 8 * 16 * 16 + 16 * 16
    True

    References
    ----------
    As `wavelet_compress`.

    Examples
    --------
    >>> image = np.add.outer(np.arange(9), np.arange(13)).astype(np.uint8)
    >>> bool((wavelet_decompress(wavelet_compress(image, 100)) == image).all())
    True
    """
    parts = unpack("wavelet_decompress", blob, limit)
    sizes = shapes(parts.shape) if len(parts.shape) == 2 else []
    expect(parts, 3, len(sizes) + 1, (2,))
    quality, low, span = parts.numbers
    bands = [np.empty(shape) for shape in _band_shapes(sizes)]
    groups = _grouped(bands)
    numbers = [sum(band.size for band in group) for group in groups]
    *lows, highs = parts.streams
    if [stream.size for stream in lows] != numbers or highs.size != sum(numbers) or not 1 <= quality <= 100:
        raise ValueError("the compressed data is damaged: it has other parts than it should")
    start = 0
    for group, plane, number in zip(groups, lows, numbers, strict=True):
        levels = unfolded_planes(plane, highs[start : start + number])
        start += number
        x = np.empty((number, 1))
        levels_back(levels.reshape(-1, 1), np.array([_step(int(quality))]), x)
        place = 0
        for band in group:
            band[...] = x[place : place + band.size].reshape(band.shape)
            place += band.size
    return image_of(compose(bands, parts.shape) + MIDDLE, parts.dtype, low, span)


def _step(quality: int) -> float:
    return max(STEP * scale_of(quality), SMALLEST_STEP)


def _grouped(bands: list[np.ndarray]) -> list[list[np.ndarray]]:
    """The means, then the details of each level together: they share a code."""
    return [bands[:1], *(bands[k : k + 3] for k in range(1, len(bands), 3))]


def _band_shapes(sizes: list[tuple[int, ...]]) -> list[tuple[int, int]]:
    found = [(sizes[-1][0], sizes[-1][1])]
    for h, w in reversed(sizes[:-1]):
        found += [(h - h // 2, w // 2), (h // 2, w - w // 2), (h // 2, w // 2)]
    return found
