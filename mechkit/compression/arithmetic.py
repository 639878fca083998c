"""Arithmetic coding: the symbols narrow an interval, each to its share; a number in the last one stands for all."""

from __future__ import annotations

import numpy as np

from mechkit.compression.entropy import count_symbols
from mechkit.compression.frequencies import read_counts, write_counts
from mechkit.counting import kernel

#: The interval is a part of [0, 2^48).
TOP_BITS = 48
#: It is made 256 times larger when it is below 2^40, so that a sum of counts up to 2^24 leaves 16 bits of accuracy.
BYTES = TOP_BITS // 8


@kernel(cache=True, error_model="numpy")
def narrow(interval, start, size, total, out, place):
    """Narrow an interval (low, width) to the share [start, start + size) of total; returns it and the place in out.

    Its leading bytes are written to out from the place on, once they are known. A carry goes back through them.

    >>> from mechkit import law
    >>> law(narrow, n=range(1, 4))["int"]["mul"]
    Polynomial('2')
    """
    # Martin, Range encoding: an algorithm for removing redundancy from a digitised message (1979)
    low, width = interval
    part = width // total
    low = low + part * start
    width = width - part * start if start + size == total else part * size
    if low >> TOP_BITS:  # 1  a carry
        low = low & ((1 << TOP_BITS) - 1)
        k = place - 1
        while out[k] == 255:
            out[k] = 0
            k = k - 1
        out[k] += 1
    while width >> (TOP_BITS - 8) == 0:  # 2  the leading byte
        out[place] = low >> (TOP_BITS - 8)
        place = place + 1
        low = (low & ((1 << (TOP_BITS - 8)) - 1)) << 8
        width = width << 8
    return low, width, place


@narrow.example
def _(n):
    return (0, 1 << TOP_BITS), 0, n, 99, np.zeros(8, np.uint8), 0


@kernel(cache=True, error_model="numpy")
def widen(code, width, data, place):
    """Make a narrow interval wide again, with the next bytes of data; returns its (code, width, place).

    >>> from mechkit import law
    >>> law(widen, n=range(1, 4))["int"]["lshift"]
    Polynomial('2')
    """
    while width >> (TOP_BITS - 8) == 0:
        code = code << 8
        if place < data.size:
            code = code | data[place]
        place = place + 1
        width = width << 8
    return code, width, place


@widen.example
def _(n):
    return 0, 1 << 39, np.zeros(n, np.uint8), 0


@kernel(cache=True, error_model="numpy")
def first_code(data):
    """The number that the first six bytes of data (n,) make, with zeros where data ends before.

    >>> from mechkit import law
    >>> law(first_code, n=range(6, 9))["int"]["loads"]
    Polynomial('6')
    """
    code = 0
    for k in range(BYTES):
        code = code << 8
        if k < data.size:
            code = code | data[k]
    return code


@first_code.example
def _(n):
    return (np.arange(n).astype(np.uint8),)


@kernel(cache=True, error_model="numpy")
def encode_static(symbols, cumulative, out):
    """Write the symbols (n,) into out; returns the last interval (low, width) and the number of bytes.

    cumulative (k + 1,) : the number of symbols before each, and of all.

    >>> from mechkit import law
    >>> law(lambda n: encode_static(*encode_static.example_arguments(8 * n)), n=range(1, 5))["int"]["mul"]
    Polynomial('16n')
    """
    low = 0
    width = 1 << TOP_BITS
    place = 0
    total = cumulative[cumulative.size - 1]
    for i in range(symbols.size):
        start = cumulative[symbols[i]]
        size = cumulative[symbols[i] + 1] - start
        low, width, place = narrow((low, width), start, size, total, out, place)
    return low, width, place


@encode_static.example
def _(n):
    return np.zeros(n, np.uint8), np.array([0, 1, 2]), np.zeros(n + 2, np.uint8)


@kernel(cache=True, error_model="numpy")
def decode_static(data, cumulative, symbols):
    """Read symbols (n,) from data; returns how many bytes were looked at, those beyond the end too.

    >>> from mechkit import law
    >>> law(lambda n: decode_static(*decode_static.example_arguments(8 * n)), n=range(1, 5))["int"]["mul"]
    Polynomial('16n')
    """
    # Witten, Neal and Cleary, Arithmetic coding for data compression (1987)
    total = cumulative[cumulative.size - 1]
    code = first_code(data)
    width = 1 << TOP_BITS
    place = BYTES
    for i in range(symbols.size):
        # 1  the symbol in whose share the number lies
        part = width // total
        target = min(code // part, total - 1)
        low = 0
        high = cumulative.size - 1
        while high - low > 1:
            middle = (low + high) >> 1
            if cumulative[middle] <= target:
                low = middle
            else:
                high = middle
        symbols[i] = low
        # 2  that share becomes the interval
        start = cumulative[low]
        end = cumulative[low + 1]
        code = code - part * start
        width = width - part * start if end == total else part * (end - start)
        code, width, place = widen(code, width, data, place)
    return place


@decode_static.example
def _(n):
    return np.zeros(n, np.uint8), np.array([0, 1, 2]), np.zeros(n, np.uint8)


def finished(out: np.ndarray, interval: tuple[int, int], place: int) -> bytes:
    """What was written, and as few bytes more as make a number inside of the last interval, if zeros follow."""
    low, width = interval
    for size in range(BYTES + 1):
        step = 1 << (TOP_BITS - 8 * size)
        value = -(-low // step) * step
        if value < low + width:
            break
    number = int.from_bytes(out[:place].tobytes(), "big") if value >> TOP_BITS else 0
    head = (number + 1).to_bytes(place, "big") if value >> TOP_BITS else out[:place].tobytes()
    return head + (value & ((1 << TOP_BITS) - 1)).to_bytes(BYTES, "big")[:size]


def check_end(data: np.ndarray, place: int) -> None:
    """See that data has as many bytes as were read; the last few may be left out. Raises ValueError for others."""
    if not place - BYTES <= data.size <= place:
        raise ValueError(f"a block has {data.size} bytes, and {place} were to be read")


def arithmetic_block(block: np.ndarray) -> tuple[bytes, bytes]:
    """(tables, payload) of a block: the counts of its symbols, and a number."""
    counts = count_symbols(block, 256)
    out = np.empty(2 * block.size + 64, np.uint8)
    low, width, place = encode_static(block, np.append(0, np.cumsum(counts)), out)
    return write_counts(counts), finished(out, (low, width), place)


def arithmetic_unblock(tables: bytes, payload: np.ndarray, size: int) -> np.ndarray:
    """The inverse of `arithmetic_block`. Raises ValueError for a damaged one."""
    counts, at = read_counts(tables, 0, 256)
    if at != len(tables) or counts.sum() != size:
        raise ValueError("the counts of the symbols are not those of the block")
    symbols = np.empty(size, np.uint8)
    check_end(payload, decode_static(payload, np.append(0, np.cumsum(counts)), symbols))
    return symbols
