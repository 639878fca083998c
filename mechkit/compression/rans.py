"""rANS, asymmetric numeral systems with ranges: a number whose digits are the symbols, each in a base of its own."""

from __future__ import annotations

import numpy as np

from mechkit.compression.container import read_number, write_number
from mechkit.compression.entropy import count_symbols
from mechkit.compression.frequencies import excess, read_counts, scaled, write_counts
from mechkit.counting import kernel

#: The state is at least 2^31 before a symbol is read, as long as there are words.
LOW_BITS = 31
#: The sums of frequencies to choose from, as powers of two: the least whose excess over the entropy is small.
SCALES = range(11, 17)
#: So small.
EXCESS = 5e-5


@kernel(cache=True, error_model="numpy")
def rans_encode(symbols, frequencies, starts, bits, words):
    """Put the symbols (n,) into one number, from the last to the first; returns it and how many words it left behind.

    frequencies, starts (k,) : of each symbol, and the sum of those before it. The sum of all is 2^bits.
    words (n / 2 + 2,) : room. The low 32 bits of a large number are put away there, from the end on.

    >>> from mechkit import law
    >>> law(lambda n: rans_encode(*rans_encode.example_arguments(32 * n)), n=range(1, 5))["int"]["floordiv"]
    Polynomial('32n')
    """
    # Duda, Asymmetric numeral systems (2013); Giesen, Interleaved entropy coders (2014)
    state = 0
    last = words.size
    n = symbols.size
    for k in range(n):
        s = symbols[n - 1 - k]
        f = frequencies[s]
        if state >> (LOW_BITS + 32 - bits) >= f:  # 1  make room
            last = last - 1
            words[last] = state & 0xFFFFFFFF
            state = state >> 32
        quotient = state // f  # 2  the new digit
        state = (quotient << bits) + (state - quotient * f) + starts[s]
    return state, words.size - last


@rans_encode.example
def _(n):
    return np.zeros(n, np.uint8), np.array([1, 1]), np.array([0, 1]), 1, np.zeros(n // 2 + 2, np.uint32)


@kernel(cache=True, error_model="numpy")
def rans_decode(states, words, places, table, ranges, symbols):
    """Read two numbers side by side, each with a half of the symbols (n,); returns whether both end as they began.

    states (2,) : the numbers. places (3,) : where the words of each begin in words, and the end.
    table (2^bits,) : the symbol of each remainder. ranges (k,) : 2^32 times the frequency, plus the start.

    >>> from mechkit import law
    >>> law(lambda n: rans_decode(*rans_decode.example_arguments(2 * n)), n=range(1, 5))["int"]["loads"]
    Polynomial('4n + 6')
    """
    bits = 0
    while 1 << bits < table.size:
        bits = bits + 1
    a = states[0]
    b = states[1]
    read_a = places[0]
    read_b = places[1]
    end_a = places[1]
    end_b = places[2]
    half = (symbols.size + 1) // 2
    for i in range(symbols.size - half):
        # 1  the last digit of each number is a symbol
        remainder_a = a & (table.size - 1)
        remainder_b = b & (table.size - 1)
        symbol_a = table[remainder_a]
        symbol_b = table[remainder_b]
        range_a = ranges[symbol_a]
        range_b = ranges[symbol_b]
        # 2  take it off
        a = (range_a >> 32) * (a >> bits) + remainder_a - (range_a & 0xFFFFFFFF)
        b = (range_b >> 32) * (b >> bits) + remainder_b - (range_b & 0xFFFFFFFF)
        symbols[i] = symbol_a
        symbols[half + i] = symbol_b
        # 3  fill up
        if a >> LOW_BITS == 0 and read_a < end_a:
            a = (a << 32) | words[read_a]
            read_a = read_a + 1
        if b >> LOW_BITS == 0 and read_b < end_b:
            b = (b << 32) | words[read_b]
            read_b = read_b + 1
    if 2 * half > symbols.size:
        remainder_a = a & (table.size - 1)
        symbol_a = table[remainder_a]
        range_a = ranges[symbol_a]
        a = (range_a >> 32) * (a >> bits) + remainder_a - (range_a & 0xFFFFFFFF)
        symbols[half - 1] = symbol_a
    return a == 0 and b == 0 and read_a == end_a and read_b == end_b


@rans_decode.example
def _(n):
    ranges = (np.array([1, 1]) << 32) + np.array([0, 1])
    table = np.array([0, 1], np.uint8)
    return np.zeros(2, np.int64), np.zeros(2, np.uint32), np.zeros(3, np.int64), table, ranges, np.zeros(n, np.uint8)


def rans_block(block: np.ndarray) -> tuple[bytes, bytes]:
    """(tables, payload) of a block: its frequencies, and two numbers."""
    counts = count_symbols(block, 256)
    frequencies, bits = fitting(counts)
    starts = np.cumsum(frequencies) - frequencies
    tables, payload = [write_counts(frequencies)], []
    half = (block.size + 1) // 2
    for part in (block[:half], block[half:]):
        words = np.empty(part.size // 2 + 2, np.uint32)
        state, number = rans_encode(part, frequencies, starts, bits, words)
        size = (int(state).bit_length() + 7) // 8
        tables += [write_number(number), write_number(size)]
        payload += [int(state).to_bytes(size, "big"), words[words.size - number :].astype(">u4").tobytes()]
    return b"".join(tables), b"".join(payload)


def rans_unblock(tables: bytes, payload: np.ndarray, size: int) -> np.ndarray:
    """The inverse of `rans_block`. Raises ValueError for a damaged one."""
    frequencies, at = read_counts(tables, 0, 256)
    total = int(frequencies.sum())
    if total not in [1 << bits for bits in SCALES]:
        raise ValueError(f"the sum of the frequencies is {total}; it must be a power of two from 2^11 to 2^16")
    states, words = [], [np.empty(0, np.uint32)]
    for _ in range(2):
        number, at = read_number(tables, at)
        length, at = read_number(tables, at)
        if length > 8 or length + 4 * number > payload.size:
            raise ValueError("the sizes of a block are wrong")
        states.append(int.from_bytes(payload[:length].tobytes(), "big"))
        words.append(payload[length : length + 4 * number].copy().view(">u4").astype(np.uint32))
        payload = payload[length + 4 * number :]
    if at != len(tables) or payload.size or max(states) >= 1 << 63:
        raise ValueError("the sizes of a block are wrong")
    ranges = (frequencies << 32) + np.cumsum(frequencies) - frequencies
    table = np.repeat(np.arange(256, dtype=np.uint8), frequencies)
    symbols = np.empty(size, np.uint8)
    places = np.cumsum([part.size for part in words])
    if not rans_decode(np.array(states), np.concatenate(words), places, table, ranges, symbols):
        raise ValueError("the number of a block does not end with its last symbol")
    return symbols


def fitting(counts: np.ndarray) -> tuple[np.ndarray, int]:
    """(frequencies, bits): the smallest sum of frequencies that costs next to nothing above the entropy."""
    bits = SCALES[0]
    for bits in SCALES:
        frequencies = scaled(counts, bits)
        if excess(counts, frequencies) <= EXCESS:
            break
    return frequencies, bits
