"""Adaptive arithmetic coding: the counts grow while symbols are coded, so that no table is needed.

A Fenwick tree holds sums of counts: the sum up to a symbol, and a new count, take log2 k steps for k symbols.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mechkit.compression.arithmetic import BYTES, TOP_BITS, check_end, finished, first_code, narrow, widen
from mechkit.counting import kernel


class Rate(NamedTuple):
    """How fast counts learn."""

    #: What a symbol adds to its count.
    step: int = 32
    #: All counts are halved when their sum is above this.
    most: int = 1 << 16


class Model(NamedTuple):
    """What has been seen so far."""

    #: The count of each symbol (k,), k a power of two.
    counts: np.ndarray
    #: tree[i] (k + 1,) is the sum of the counts before symbol i, from the last multiple of a power of two on.
    tree: np.ndarray


def new_model(number: int) -> Model:
    """A model of at least so many symbols, with a count of 1 for each."""
    size = 1 << max(number - 1, 1).bit_length()
    counts = np.zeros(size, np.int64)
    counts[:number] = 1
    tree = np.zeros(size + 1, np.int64)
    plant(counts, tree)
    return Model(counts, tree)


@kernel(cache=True, error_model="numpy")
def plant(counts, tree):
    """Fill a tree (k + 1,) with the sums of counts (k,).

    >>> from mechkit import law
    >>> law(lambda n: plant(np.ones(16, int), np.zeros(17, int)), n=range(1, 4))["int"]["stores"]
    Polynomial('31')
    """
    # Fenwick, A new data structure for cumulative frequency tables (1994)
    for i in range(1, tree.size):
        tree[i] = counts[i - 1]
    for i in range(1, tree.size):
        above = i + (i & -i)
        if above < tree.size:
            tree[above] += tree[i]


@plant.example
def _(n):
    return np.ones(16, np.int64), np.zeros(17, np.int64)


@kernel(cache=True, error_model="numpy")
def sum_before(tree, symbol):
    """The sum of the counts before a symbol.

    >>> from mechkit import law
    >>> law(lambda n: sum_before(np.ones(17, int), 15), n=range(1, 4))["int"]["loads"]
    Polynomial('4')
    """
    total = 0
    i = symbol
    while i > 0:
        total = total + tree[i]
        i = i - (i & -i)
    return total


@sum_before.example
def _(n):
    return np.ones(17, np.int64), n


@kernel(cache=True, error_model="numpy")
def find_symbol(tree, target):
    """(the symbol in whose share a target lies, the sum of the counts before it).

    >>> from mechkit import law
    >>> law(lambda n: find_symbol(*find_symbol.example_arguments(3)), n=range(1, 4))["int"]["rshift"]
    Polynomial('5')
    """
    symbol = 0
    before = 0
    step = tree.size - 1
    while step > 0:
        if symbol + step < tree.size and before + tree[symbol + step] <= target:
            symbol = symbol + step
            before = before + tree[symbol]
        step = step >> 1
    return symbol, before


@find_symbol.example
def _(n):
    tree = np.zeros(17, np.int64)
    plant(np.ones(16, np.int64), tree)
    return tree, n


@kernel(cache=True, error_model="numpy")
def learn(counts, tree, symbol, rate):
    """Add a step to the count of a symbol; halve all counts where their sum becomes too large.

    >>> from mechkit import law
    >>> law(lambda n: learn(np.ones(16, int), np.ones(17, int), 0, (n, 99)), n=range(1, 4))["int"]["stores"]
    Polynomial('6')
    """
    step, most = rate
    counts[symbol] += step
    if tree[tree.size - 1] + step > most:
        for k in range(counts.size):
            counts[k] = (counts[k] + 1) >> 1
        plant(counts, tree)
    else:
        i = symbol + 1
        while i < tree.size:
            tree[i] += step
            i = i + (i & -i)


@learn.example
def _(n):
    return np.ones(16, np.int64), np.full(17, n), 3, (4, 99)


@kernel(cache=True, error_model="numpy")
def encode_adaptive(symbols, model, rate, out):
    """Write the symbols (n,) into out; returns the last interval (low, width) and the number of bytes.

    >>> from mechkit import law
    >>> law(lambda n: encode_adaptive(*encode_adaptive.example_arguments(n)), n=range(1, 5))["int"]["mul"]
    Polynomial('2n')
    """
    # Witten, Neal and Cleary, Arithmetic coding for data compression (1987)
    counts, tree = model
    low = 0
    width = 1 << TOP_BITS
    place = 0
    for i in range(symbols.size):
        symbol = symbols[i]
        start = sum_before(tree, symbol)
        low, width, place = narrow((low, width), start, counts[symbol], tree[tree.size - 1], out, place)
        learn(counts, tree, symbol, rate)
    return low, width, place


@encode_adaptive.example
def _(n):
    return np.zeros(n, np.int32), tuple(new_model(2)), (32, 1 << 16), np.zeros(n + 2, np.uint8)


@kernel(cache=True, error_model="numpy")
def decode_adaptive(data, model, rate, symbols):
    """Read symbols (n,) from data; returns how many bytes were looked at, those beyond the end too.

    >>> from mechkit import law
    >>> law(lambda n: decode_adaptive(*decode_adaptive.example_arguments(n)), n=range(1, 5))["int"]["mul"]
    Polynomial('2n')
    """
    counts, tree = model
    code = first_code(data)
    width = 1 << TOP_BITS
    place = BYTES
    for i in range(symbols.size):
        total = tree[tree.size - 1]
        part = width // total
        symbol, start = find_symbol(tree, min(code // part, total - 1))
        symbols[i] = symbol
        code = code - part * start
        size = counts[symbol]
        width = width - part * start if start + size == total else part * size
        code, width, place = widen(code, width, data, place)
        learn(counts, tree, symbol, rate)
    return place


@decode_adaptive.example
def _(n):
    return np.zeros(n, np.uint8), tuple(new_model(2)), (32, 1 << 16), np.zeros(n, np.int32)


def adaptive_encode(symbols: np.ndarray, number: int, rate: Rate) -> bytes:
    """Symbols 0, ..., number - 1 (n,), int32, as a number."""
    out = np.empty(2 * symbols.size + 64, np.uint8)
    low, width, place = encode_adaptive(symbols, new_model(number), rate, out)
    return finished(out, (low, width), place)


def adaptive_decode(payload: np.ndarray, number: int, rate: Rate, size: int) -> np.ndarray:
    """The inverse of `adaptive_encode`. Raises ValueError for a payload of another length than was read."""
    symbols = np.empty(size, np.int32)
    check_end(payload, decode_adaptive(payload, new_model(number), rate, symbols))
    return symbols


def adaptive_block(block: np.ndarray) -> tuple[bytes, bytes]:
    """(no tables, payload) of a block."""
    return b"", adaptive_encode(block.astype(np.int32), 256, Rate())


def adaptive_unblock(tables: bytes, payload: np.ndarray, size: int) -> np.ndarray:
    """The inverse of `adaptive_block`. Raises ValueError for a damaged one."""
    if tables:
        raise ValueError("a block of the adaptive method has no tables")
    return adaptive_decode(payload, 256, Rate(), size).astype(np.uint8)
