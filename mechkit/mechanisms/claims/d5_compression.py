"""D5. Lossless compression recovers everything and lossy compression does not; knowing the data's kind buys bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from mechkit.catalogue.compression import picture, words
from mechkit.compression import (
    compress,
    compress_floats,
    contents,
    dct_compress,
    dct_decompress,
    decompress,
    decompress_floats,
    entropy,
    psnr,
    rmse,
    wavelet_compress,
    wavelet_decompress,
)
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above, at_most, exactly

RECOVERS = "lossless compression recovers everything"
LOSES = "lossy compression does not"
KIND = "knowing the data's kind buys bytes"
BOUND = "codes of single symbols come near to the entropy"
BUYS = "lossy codes buy bytes with error"

METHODS = ("huffman", "arithmetic", "adaptive", "rans", "run-length", "lz77", "bwt")
#: The codes that are held against the entropy, and how far above it their payload may be.
NEAR = {"arithmetic": 1.001, "rans": 1.001, "huffman": 1.02}
#: Bytes of the text, numbers of the series, and the side of the image.
TEXT, NUMBERS, SIDE = 20_000, 10_000, 128
#: The qualities of an image, from small files to good images.
QUALITIES = (5, 10, 20, 35, 50, 65, 80, 90, 97)
QUALITY = 50
#: A text of the Canterbury corpus, and seismic data of the Calgary corpus.
TALE, SEISMIC = "alice29.txt", "geo"
#: The largest error that is allowed for the field of real numbers, whose values are between -1.1 and 1.1.
MAX_ERROR = 1e-3


def series() -> np.ndarray:
    """Whole numbers, each near to the one before: a slow wave, and small steps at random."""
    steps = np.random.default_rng(0).integers(-3, 4, NUMBERS)
    return (np.rint(30_000 * np.sin(np.arange(NUMBERS) / 500.0)) + np.cumsum(steps)).astype(np.int32)


def field() -> np.ndarray:
    """A smooth function of two variables."""
    y, x = np.mgrid[0:100, 0:100] / 50.0
    return np.sin(3.0 * x + y * y) + 0.1 * np.cos(7.0 * y)


def noise() -> np.ndarray:
    """Whole numbers of 32 bits, all equally likely."""
    return np.random.default_rng(0).integers(-(2**31), 2**31, NUMBERS, dtype=np.int32)


def measure() -> Evidence:
    """Bytes that differ after decoding, errors, and bytes of codes that know the data's kind and of others."""
    text, image, real = words(TEXT), picture(SIDE, SIDE), field()
    data: Mapping[str, Any] = {"a text": text, "a series": series(), "real numbers": real, "noise": noise()}
    lossy: Mapping[str, tuple[Any, Any]] = {
        "an image by cosines": (image, dct_decompress(dct_compress(image, QUALITY))),
        "an image by a wavelet": (image, wavelet_decompress(wavelet_compress(image, QUALITY))),
        f"real numbers within {MAX_ERROR:g}": (real, decompress_floats(compress_floats(real, MAX_ERROR))),
    }
    general = {name: best_general(data[name]) for name in ("a series", "real numbers", "noise")}
    general["an image"] = best_general(image)
    tailored = {
        "a series": len(compress(data["a series"], "rans", filter="delta+planes")),
        "real numbers": len(compress(real, "rans", filter="planes")),
        "an image": len(dct_compress(image, QUALITY)),
        "noise": len(compress(data["noise"], "rans", filter="delta+planes")),
    }
    curves = {"cosines": curve(image, dct_compress, dct_decompress)}
    curves["wavelet"] = curve(image, wavelet_compress, wavelet_decompress)
    saved = general["a series"] / tailored["a series"]
    bound = len(text) * entropy(text) / 8
    return Evidence(
        checks=[
            *(
                Check(RECOVERS, f"{name}, {method}", differing(x, method), exactly(0))
                for name, x in data.items()
                for method in METHODS
            ),
            *(Check(LOSES, name, rmse(x, y), above(0)) for name, (x, y) in lossy.items()),
            *(
                Check(KIND, f"{name}, without loss", general[name] / tailored[name], above(1))
                for name in ("a series", "real numbers")
            ),
            Check(KIND, "an image, with loss", general["an image"] / tailored["an image"], above(1)),
            Check(KIND, "noise, which has no kind", general["noise"] / tailored["noise"], above(1), within=False),
            *(
                Check(
                    BOUND,
                    f"a text, {method}",
                    contents(compress(text, method)).payload / bound,
                    at_most(most),
                    within=False,
                )
                for method, most in NEAR.items()
            ),
            *(
                Check(BUYS, f"an image by {name}", falls(points), exactly(0), within=False)
                for name, points in curves.items()
            ),
        ],
        headline=Headline(
            "Knowing that data is a smooth series makes it {:.1f} times smaller than a general code does.", saved
        ),
        gain=Gain(
            f"{NUMBERS:,} whole numbers, a general code and differences",
            general["a series"],
            tailored["a series"],
            "bytes",
        ),
        tables=[
            Table(
                "Bytes without loss",
                ("data", "bytes", "bound of single bytes", *METHODS),
                [
                    (
                        name,
                        size(x),
                        round(size(x) * entropy_of(x) / 8),
                        *(len(compress(x, m, **raw(x))) for m in METHODS),
                    )
                    for name, x in data.items()
                ],
            ),
            Table(
                "Bytes by codes that know the data's kind, and by the best of those that do not",
                ("data", "best of the general ones", "tailored"),
                [(name, general[name], tailored[name]) for name in tailored],
            ),
            Table(
                f"An image of {SIDE} by {SIDE}: rate and distortion",
                ("quality", *(f"{name}, {what}" for name in curves for what in ("bits a pixel", "PSNR"))),
                [(q, *(value for points in curves.values() for value in points[k])) for k, q in enumerate(QUALITIES)],
            ),
        ],
        figures=[
            Figure(
                "The error of an image falls as the bits of each pixel grow: more bytes, less error.",
                partial(_draw, curves),
            )
        ],
        notes=[
            "The entropy is the least number of bits of any code that treats each byte alone. Codes of matches and of "
            "sorted rotations go below it where the data repeats itself.",
            f"No real number is farther than {MAX_ERROR:g} from what it was; this is checked in the numbers' own type.",
        ],
    )


def measure_published(folder: Path) -> Evidence:
    """Files of the Canterbury and Calgary corpora, by every method; seismic data as numbers of four bytes."""
    text = (folder / "corpus" / TALE).read_bytes()
    ground = np.fromfile(folder / "corpus" / SEISMIC, np.uint32)
    bytes_of = {method: len(compress(text, method)) for method in METHODS}
    general, tailored = best_general(ground), len(compress(ground, "lz77", filter="planes"))
    return Evidence(
        checks=[
            *(Check(RECOVERS, f"{TALE}, {method}", differing(text, method), exactly(0)) for method in METHODS),
            Check(KIND, f"{SEISMIC}, planes of bytes", general / tailored, above(1)),
        ],
        headline=Headline(
            "Sorting makes Alice in Wonderland {:.1f} times smaller, and every byte comes back.",
            len(text) / bytes_of["bwt"],
        ),
        gain=Gain(f"{TALE}, plain and sorted by what follows", len(text), bytes_of["bwt"], "bytes"),
        tables=[Table(f"Bytes of {TALE}, {len(text):,} as it is", ("method", "bytes"), list(bytes_of.items()))],
    )


def raw(x: Any) -> dict[str, Any]:
    """The options that keep an array's bytes as they are."""
    return {"filter": "none"} if isinstance(x, np.ndarray) else {}


def size(x: Any) -> int:
    """The bytes of data."""
    return x.nbytes if isinstance(x, np.ndarray) else len(x)


def entropy_of(x: Any) -> float:
    """Bits for each byte of data."""
    return entropy(x.tobytes() if isinstance(x, np.ndarray) else x)


def differing(x: Any, method: str) -> int:
    """How many bytes differ after compressing and decompressing; all, where the type or shape does."""
    found = decompress(compress(x, method))
    if isinstance(x, np.ndarray):
        if (found.dtype, found.shape) != (x.dtype, x.shape):
            return x.nbytes
        found, x = found.tobytes(), x.tobytes()
    if len(found) != len(x):
        return max(len(found), len(x))
    return int(np.count_nonzero(np.frombuffer(found, np.uint8) != np.frombuffer(x, np.uint8)))


def best_general(x: np.ndarray) -> int:
    """The bytes of the best method that takes an array as plain bytes."""
    return min(len(compress(x, method, filter="none")) for method in METHODS)


def curve(image: np.ndarray, code: Callable[..., bytes], back: Callable[..., np.ndarray]) -> list[tuple[float, float]]:
    """(bits a pixel, signal to noise ratio in decibels) at each quality."""
    blobs = [code(image, quality) for quality in QUALITIES]
    return [(8 * len(blob) / image.size, psnr(image, back(blob))) for blob in blobs]


def falls(points: list[tuple[float, float]]) -> int:
    """How often more bits do not bring less error."""
    return sum(b[0] <= a[0] or b[1] <= a[1] for a, b in pairwise(points))


def _draw(curves: Mapping[str, list[tuple[float, float]]], axes: Any) -> None:
    for name, points in curves.items():
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set_xlabel("bits a pixel")
    axes.set_ylabel("PSNR, decibels")
    axes.legend()


CLAIM = Claim(
    key="D5",
    mechanism="data tailoring",
    statement=(
        "Lossless compression recovers everything and lossy compression does not; knowing the data's kind buys bytes."
    ),
    source="RAND RR-A3485-1, appendix B, data compression",
    baseline="general codes of bytes",
    improvement="differences and planes of numbers, cosines and wavelets of images, an error that is allowed",
    parts={
        RECOVERS: "the bytes that differ after decoding",
        LOSES: "the root of the mean square error after decoding",
        KIND: "the bytes of the best general code as a multiple of those of a code that knows the kind",
    },
    limits={
        BOUND: "the payload as a multiple of the bytes of the entropy",
        BUYS: "how often more bits do not bring less error, from the lowest quality to the highest",
    },
    measure=measure,
    measure_published=measure_published,
)
