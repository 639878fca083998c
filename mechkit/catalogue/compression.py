"""Compression: the laws and comparisons that can be asked for by name."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from mechkit.catalogue.entries import NamedComparison, NamedLaw
from mechkit.compression import block_dct, crc32, dct_compress, psnr, wavelet_compress
from mechkit.compression import dct_decompress as dct_back
from mechkit.compression import wavelet_decompress as wavelet_back
from mechkit.compression.burrows_wheeler import first_column
from mechkit.compression.filters import differences

# -- laws ------------------------------------------------------------------------------------------------------------


def cosine_blocks(n: int, method: str = "fast") -> np.ndarray:
    """Transform n blocks of 8 x 8 numbers."""
    return block_dct(np.ones((n, 8, 8)), method)


def checksum(n: int) -> int:
    """The checksum of 8n bytes."""
    return crc32(bytes(8 * n))


def neighbors(n: int) -> None:
    """The differences of n whole numbers."""
    differences(np.arange(n, dtype=np.uint64), np.empty(n, np.uint64))


def unsorted(n: int) -> np.ndarray:
    """Back from the last column of n sorted rotations."""
    data = np.empty(n, np.uint8)
    first_column(np.zeros(n, np.uint8), 0, np.zeros(257, np.int64), np.empty(n, np.int32), data)
    return data


_SIZES = {"n": range(1, 7)}, {"n": 50}
LAWS: dict[str, NamedLaw] = {
    "dct": NamedLaw("the cosine transform of n blocks of 8 x 8", cosine_blocks, *_SIZES),
    "dct-direct": NamedLaw(
        "the cosine transform of n blocks, by its definition", partial(cosine_blocks, method="direct"), *_SIZES
    ),
    "crc32": NamedLaw("the checksum of 8n bytes, eight at a time", checksum, *_SIZES),
    "differences": NamedLaw("the differences of n whole numbers", neighbors, *_SIZES),
    "bwt-inverse": NamedLaw("n bytes, back from the Burrows-Wheeler transform", unsorted, *_SIZES),
}

# -- comparisons -----------------------------------------------------------------------------------------------------


def words(n: int) -> bytes:
    """A text of n bytes: words in the shares of a language, the frequent ones short."""
    rng = np.random.default_rng(0)
    letters = np.frombuffer(b"eeetttaaooiinnsshhrrdlu", np.uint8)
    known = [rng.choice(letters, 1 + int(np.log2(k + 2))).tobytes() for k in range(500)]
    return b" ".join(known[int(k) % 500] for k in rng.zipf(1.3, n // 2 + 1) % 500)[:n]


def picture(h: int, w: int) -> np.ndarray:
    """A grey image of h by w: waves that become shorter, a disc, a bright square, and a little noise."""
    y, x = np.mgrid[0:h, 0:w] / max(h, w, 1)
    image = 110 + 50 * np.sin(9 * x + 12 * y * y) + 50 * ((x - 0.65) ** 2 + (y - 0.35) ** 2 < 0.05)
    image = image + 60 * ((x > 0.1) & (x < 0.35) & (y > 0.6) & (y < 0.85))
    noise = np.random.default_rng(0).normal(0.0, 2.0, (h, w))
    return np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)


def image_by(code: Any, n: int) -> bytes:
    """Compress an image of n by n with loss."""
    return bytes(code(picture(n, n), 50))


def image_rate(back: Any, blob: bytes, n: int) -> dict[str, Any]:
    """Bits a pixel, and the signal to noise ratio in decibels."""
    return {"bits a pixel": 8 * len(blob) / n**2, "PSNR": psnr(picture(n, n), back(blob))}


def any_image_rate(blob: bytes, n: int) -> dict[str, Any]:
    """`image_rate`, with the decoder that the container is for."""
    try:
        return image_rate(dct_back, blob, n)
    except ValueError:
        return image_rate(wavelet_back, blob, n)


COMPARISONS: dict[str, NamedComparison] = {
    "cosines": NamedComparison(
        "n blocks of 8 x 8: the cosine transform by its definition, and by sharing sums and products",
        {"definition": partial(cosine_blocks, method="direct"), "fast": partial(cosine_blocks, method="fast")},
        sizes=(1, 2, 4, 8, 16, 32),
        check=np.allclose,
    ),
    "image-codes": NamedComparison(
        "a grey image of n by n at quality 50: cosines in blocks, and a wavelet",
        {"cosines": partial(image_by, dct_compress), "wavelet": partial(image_by, wavelet_compress)},
        sizes=(32, 64, 128),
        measure=any_image_rate,
    ),
}
