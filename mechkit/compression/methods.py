"""The methods of `compress`: each turns a block of bytes into tables and a payload, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mechkit.compression import huffman
from mechkit.compression.adaptive import adaptive_block, adaptive_unblock
from mechkit.compression.arithmetic import arithmetic_block, arithmetic_unblock
from mechkit.compression.burrows_wheeler import bwt_block, bwt_unblock
from mechkit.compression.entropy import count_symbols
from mechkit.compression.huffman_lengths import canonical_code, complete_lengths, huffman_lengths
from mechkit.compression.length_table import read_lengths, write_lengths
from mechkit.compression.lz77_huffman import lz77_block, lz77_unblock
from mechkit.compression.rans import rans_block, rans_unblock
from mechkit.compression.run_length import runs_block, runs_unblock

Coded = tuple[bytes, bytes]


@dataclass(frozen=True)
class Method:
    """encode(block): (tables, payload). decode(tables, payload, size): the block, or ValueError for damage."""

    number: int
    encode: Callable[[np.ndarray], Coded]
    decode: Callable[[bytes, np.ndarray, int], np.ndarray]


def huffman_block(block: np.ndarray) -> Coded:
    """A block with a Huffman code of its own; it has at least two different symbols."""
    lengths = huffman_lengths(count_symbols(block, 256))
    entries = (canonical_code(lengths) << huffman.LENGTH_BITS) | lengths
    return write_lengths(lengths), huffman.encoded(block, entries)


def huffman_unblock(tables: bytes, payload: np.ndarray, size: int) -> np.ndarray:
    """The inverse of `huffman_block`."""
    lengths, end = read_lengths(tables, 0, 256)
    all_used(tables, end)
    return huffman.decoded(payload, complete_lengths(lengths), size)


def all_used(tables: bytes, end: int) -> None:
    """See that the tables of a block end there. Raises ValueError where they do not."""
    if end != len(tables):
        raise ValueError(f"{len(tables) - end} bytes follow the tables of a block")


METHODS = {
    "huffman": Method(1, huffman_block, huffman_unblock),
    "run-length": Method(2, runs_block, runs_unblock),
    "lz77": Method(3, lz77_block, lz77_unblock),
    "arithmetic": Method(4, arithmetic_block, arithmetic_unblock),
    "adaptive": Method(5, adaptive_block, adaptive_unblock),
    "rans": Method(6, rans_block, rans_unblock),
    "bwt": Method(7, bwt_block, bwt_unblock),
}
#: The number of a method in the header -> its name.
NAMES = {method.number: name for name, method in METHODS.items()}
