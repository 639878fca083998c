"""Runs and sizes: how quantized coefficients, most of them 0, become symbols and bits, as in JPEG."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel

#: A symbol is 16 times the number of zeros before a coefficient, plus the number of bits of its size.
ZEROS_16 = 0xF0
#: Nothing but zeros follows in this block.
END = 0
#: 64 times the value, plus the number of bits, is an entry of `encode_words`.
BITS = 6


@kernel(cache=True, error_model="numpy")
def signed_bits(value):
    """(64 times the bits of a value plus their number, their number); a negative one is less by 1, so it begins with 0.

    >>> from mechkit import law
    >>> law(lambda n: signed_bits(3), n=range(1, 4))["int"]["rshift"]
    Polynomial('2')
    """
    # ITU-T T.81 (JPEG), section F.1.2.1
    size = 0
    rest = abs(value)
    while rest > 0:
        rest = rest >> 1
        size = size + 1
    bits = value if value >= 0 else value + (1 << size) - 1
    return (bits << BITS) + size, size


@signed_bits.example
def _(n):
    return (-n,)


@kernel(cache=True, error_model="numpy")
def runs_and_sizes(levels, first, symbols, extra):
    """Write the blocks of levels (n, k); returns how many symbols and how many entries of extra bits there are.

    first (n,) : the sizes of the differences between first levels. symbols (n k,) : zeros and sizes of the others.
    extra (n k,) : the bits of all that are not 0.

    >>> from mechkit import law
    >>> law(lambda n: runs_and_sizes(*runs_and_sizes.example_arguments(n)), n=range(1, 5))["int"]["stores"]
    Polynomial('2n')
    """
    # ITU-T T.81 (JPEG), figures F.1 to F.3
    number = 0
    entries = 0
    before = 0
    for i in range(levels.shape[0]):
        level = levels[i]
        entry, size = signed_bits(level[0] - before)  # 1  the mean
        before = level[0]
        first[i] = size
        if size > 0:
            extra[entries] = entry
            entries = entries + 1
        zeros = 0
        for j in range(1, level.size):  # 2  the others
            if level[j] == 0:
                zeros = zeros + 1
            else:
                while zeros > 15:
                    symbols[number] = ZEROS_16
                    number = number + 1
                    zeros = zeros - 16
                entry, size = signed_bits(level[j])
                symbols[number] = (zeros << 4) + size
                number = number + 1
                extra[entries] = entry
                entries = entries + 1
                zeros = 0
        if zeros > 0:
            symbols[number] = END
            number = number + 1
    return number, entries


@runs_and_sizes.example
def _(n):
    levels = np.zeros((n, 8), np.int32)
    return levels, np.zeros(n, np.uint8), np.zeros(8 * n, np.uint8), np.zeros(8 * n, np.int64)


@kernel(cache=True, error_model="numpy")
def next_bits(words, at, size):
    """A value of so many bits, below 32, from bit at on, as `signed_bits` wrote it; 0 beyond the words.

    >>> from mechkit import law
    >>> law(lambda n: next_bits(np.ones(2, np.uint32), 0, 3), n=range(1, 4))["int"]["loads"]
    Polynomial('2')
    """
    k = at >> 5
    if size == 0 or k + 1 >= words.size:
        return 0
    both = ((words[k] & ((1 << (32 - (at & 31))) - 1)) << 32) | words[k + 1]
    bits = (both >> (64 - (at & 31) - size)) & ((1 << size) - 1)
    return bits if bits >> (size - 1) else bits - (1 << size) + 1


@next_bits.example
def _(n):
    return np.full(3, 0xA5A5A5A5, np.uint32), n, 5


@kernel(cache=True, error_model="numpy")
def levels_of_runs(first, symbols, words, levels):
    """The inverse of `runs_and_sizes`: levels (n, k), zeros at first; returns the numbers of symbols and bits, or -1.

    >>> from mechkit import law
    >>> law(lambda n: levels_of_runs(*levels_of_runs.example_arguments(n)), n=range(1, 5))["int"]["stores"]
    Polynomial('n')
    """
    number = 0
    at = 0
    before = 0
    for i in range(levels.shape[0]):
        level = levels[i]
        size = min(first[i], 20)
        before = before + next_bits(words, at, size)
        at = at + size
        level[0] = before
        j = 1
        while j < level.size:
            if number >= symbols.size:
                return -1, 0
            symbol = symbols[number]
            number = number + 1
            if symbol == END:
                break
            j = j + (symbol >> 4)
            size = symbol & 15
            if symbol == ZEROS_16:
                j = j + 1
            elif j >= level.size or size == 0:
                return -1, 0
            else:
                level[j] = next_bits(words, at, size)
                at = at + size
                j = j + 1
    return number, at


@levels_of_runs.example
def _(n):
    return np.zeros(n, np.uint8), np.zeros(n, np.uint8), np.zeros(2, np.uint32), np.zeros((n, 8), np.int32)
