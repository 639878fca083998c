"""Compression against zlib, dahuffman and SciPy, one thread, both sides in turn: medians and their ratio.

python benchmarks/compression.py [part of a name ...]

The text is alice29.txt where MECHKIT_PROBLEMS names the folder of published problems, and a made one elsewhere.
dahuffman is needed for two of the lines: pip install dahuffman
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import bz2
import sys
import zlib
from functools import partial
from pathlib import Path

import numpy as np
import scipy.fft
from interleaved import Case, run

from mechkit import compression as mc
from mechkit.compression.methods import METHODS


def text() -> bytes:
    published = Path(os.environ.get("MECHKIT_PROBLEMS", "."), "corpus", "alice29.txt")
    if published.is_file():
        return published.read_bytes()
    rng = np.random.default_rng(0)
    words = [bytes(rng.choice([*b"eeetttaaoinshrdlu"], rng.integers(2, 9)).tolist()) for _ in range(2000)]
    return b" ".join(words[int(k) % 2000] for k in rng.zipf(1.3, 30_000) % 2000)


TEXT = text()


def huffman_only(data: bytes) -> bytes:
    """zlib without matches: all that is left is Huffman coding."""
    coder = zlib.compressobj(6, zlib.DEFLATED, 15, 8, zlib.Z_HUFFMAN_ONLY)
    return coder.compress(data) + coder.flush()


def near(part: float, ours: bytes, theirs: bytes) -> None:
    assert len(ours) <= (1.0 + part) * len(theirs), (len(ours), len(theirs))


def same(ours: object, theirs: object) -> None:
    assert ours == theirs


def huffman() -> dict[str, Case]:
    ours, theirs = mc.compress(TEXT, "huffman"), huffman_only(TEXT)
    return {
        "Huffman, encode": Case(
            "zlib", 0.5, partial(mc.compress, TEXT, "huffman"), partial(huffman_only, TEXT), partial(near, 0.02), 31
        ),
        "Huffman, decode": Case("zlib", 0.5, partial(mc.decompress, ours), partial(zlib.decompress, theirs), same, 31),
    }


def pure_python() -> dict[str, Case]:
    try:
        import dahuffman
    except ImportError:
        print("dahuffman is not installed: its lines are left out", file=sys.stderr)
        return {}
    codec = dahuffman.HuffmanCodec.from_data(TEXT)
    lengths = mc.huffman_lengths(np.bincount(np.frombuffer(TEXT, np.uint8), minlength=256))
    ours, theirs = mc.huffman_encode(TEXT, lengths), codec.encode(TEXT)
    return {
        "Huffman, encode, known code": Case(
            "dahuffman",
            10,
            partial(mc.huffman_encode, TEXT, lengths),
            partial(codec.encode, TEXT),
            partial(near, 0.01),
            5,
        ),
        "Huffman, decode, known code": Case(
            "dahuffman",
            10,
            partial(mc.huffman_decode, ours, lengths, len(TEXT)),
            partial(codec.decode, theirs),
            lambda a, b: same(a, bytes(b)),
            5,
        ),
    }


def numeral_systems() -> dict[str, Case]:
    block = np.frombuffer(TEXT, np.uint8)
    decoders = {}
    for name in ("rans", "huffman", "arithmetic", "adaptive"):
        tables, payload = METHODS[name].encode(block)
        decoders[name] = partial(METHODS[name].decode, tables, np.frombuffer(payload, np.uint8), block.size)
    return {
        f"{name}, decode": Case("Huffman", goal, decoders[name], decoders["huffman"], repeats=31)
        for name, goal in (("rans", 0.5), ("arithmetic", 0), ("adaptive", 0))
    }


def matches() -> dict[str, Case]:
    ours, theirs = mc.compress(TEXT, "lz77"), zlib.compress(TEXT, 6)
    blocks, bzip2 = mc.compress(TEXT, "bwt"), bz2.compress(TEXT)
    return {
        "LZ77 + Huffman, encode": Case(
            "zlib -6", 0.5, partial(mc.compress, TEXT, "lz77"), partial(zlib.compress, TEXT, 6), partial(near, 0.05), 31
        ),
        "LZ77 + Huffman, decode": Case(
            "zlib", 0.33, partial(mc.decompress, ours), partial(zlib.decompress, theirs), same, 31
        ),
        "Burrows-Wheeler, encode": Case(
            "bz2", 0, partial(mc.compress, TEXT, "bwt"), partial(bz2.compress, TEXT), partial(near, 0.05), 5
        ),
        "Burrows-Wheeler, decode": Case(
            "bz2", 0, partial(mc.decompress, blocks), partial(bz2.decompress, bzip2), same, 5
        ),
        "CRC-32": Case("zlib", 0, partial(mc.crc32, TEXT), partial(zlib.crc32, TEXT), same, 31),
    }


def cosines() -> dict[str, Case]:
    blocks = np.random.default_rng(0).standard_normal((4096, 8, 8))
    close = partial(np.testing.assert_allclose, atol=1e-12)
    return {
        "DCT of 4096 blocks": Case(
            "SciPy",
            1,
            partial(mc.block_dct, blocks),
            partial(scipy.fft.dctn, blocks, axes=(1, 2), norm="ortho"),
            close,
            31,
        ),
        "inverse DCT of 4096 blocks": Case(
            "SciPy",
            1,
            partial(mc.block_idct, blocks),
            partial(scipy.fft.idctn, blocks, axes=(1, 2), norm="ortho"),
            close,
            31,
        ),
    }


def large() -> dict[str, Case]:
    data = (TEXT * (10_000_000 // len(TEXT) + 1))[:10_000_000]
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 64, 10_000_000).astype(np.uint8).tobytes()
    return {
        "1e7 bytes of text, LZ77, encode": Case(
            "zlib -6", 0, partial(mc.compress, data), partial(zlib.compress, data, 6), partial(near, 0.05), 3
        ),
        "1e7 random bytes of 6 bits, Huffman": Case(
            "zlib", 0, partial(mc.compress, noise, "huffman"), partial(huffman_only, noise), partial(near, 0.02), 3
        ),
    }


if __name__ == "__main__":
    run((huffman, pure_python, numeral_systems, matches, cosines, large), sys.argv[1:])
