"""The table of a Huffman code: the lengths of its words, with runs, written with a small Huffman code of their own."""

from __future__ import annotations

import numpy as np

from mechkit.compression.huffman_lengths import LONGEST_WORD, canonical_code, complete_lengths, huffman_lengths

#: The symbols after the lengths 0, ..., 32: the one before again, a few zeros, many zeros.
AGAIN, ZEROS, MANY_ZEROS = LONGEST_WORD + 1, LONGEST_WORD + 2, LONGEST_WORD + 3
#: Symbol -> (the shortest of its runs, the bits that tell the run's length).
RUNS = {AGAIN: (3, 2), ZEROS: (3, 3), MANY_ZEROS: (11, 7)}
#: Words of the small code have at most 7 bits, so that 3 bits hold a length.
SMALL_LIMIT = 7
#: The order in which the lengths of the small code are written: the last ones are mostly 0 and left out.
ORDER = (MANY_ZEROS, ZEROS, AGAIN, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, *range(15, LONGEST_WORD + 1))
#: So many bits tell how many of these lengths follow.
NUMBER_BITS = 6


def write_lengths(lengths: np.ndarray) -> bytes:
    """The lengths of the words of a code, in a few bytes.

    >>> lengths = np.array([0] * 97 + [2, 2, 2, 2] + [0] * 155)
    >>> packed = write_lengths(lengths)
    >>> len(packed)
    11
    >>> bool(np.array_equal(read_lengths(packed, 0, 256)[0], lengths))
    True
    """
    # RFC 1951, section 3.2.7
    items = _with_runs([int(length) for length in lengths])
    small = huffman_lengths(np.bincount([symbol for symbol, _ in items], minlength=len(ORDER)), SMALL_LIMIT)
    in_order = [int(small[symbol]) for symbol in ORDER]
    number = max(k for k, length in enumerate(in_order, 1) if length)
    parts = [f"{number:0{NUMBER_BITS}b}", *(f"{length:03b}" for length in in_order[:number])]
    words = _small_words(small)
    for symbol, run in items:
        parts.append(words[symbol])
        if symbol in RUNS:
            shortest, bits = RUNS[symbol]
            parts.append(f"{run - shortest:0{bits}b}")
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def read_lengths(data: bytes, start: int, number: int) -> tuple[np.ndarray, int]:
    """(a number of lengths that begin at data[start], the place after them). Raises ValueError for damaged data."""
    most = NUMBER_BITS + 3 * len(ORDER) + number * (SMALL_LIMIT + 7)
    piece = data[start : start + most // 8 + 1]
    text = f"{int.from_bytes(piece, 'big'):0{8 * len(piece)}b}" if piece else ""
    place = NUMBER_BITS + 3 * int(text[:NUMBER_BITS] or "0", 2)
    small = np.zeros(len(ORDER), np.uint8)
    if NUMBER_BITS < place <= min(len(text), NUMBER_BITS + 3 * len(ORDER)):
        found = [int(text[k : k + 3], 2) for k in range(NUMBER_BITS, place, 3)]
        small[list(ORDER[: len(found)])] = found
    if not small.any():
        raise ValueError("a table of the lengths of words is damaged")
    table = _small_table(_small_words(complete_lengths(small)))
    end = len(text)
    text += "0" * (2 * SMALL_LIMIT)
    lengths: list[int] = []
    while len(lengths) < number:
        symbol, used = table[text[place : place + SMALL_LIMIT]]
        place += used
        run, value = 1, symbol
        if symbol in RUNS:
            shortest, bits = RUNS[symbol]
            run = shortest + int(text[place : place + bits], 2)
            place += bits
            value = 0 if symbol != AGAIN else lengths[-1] if lengths else LONGEST_WORD + 1
        lengths += [value] * run
        if place > end:
            break
    if len(lengths) != number or place > end or "1" in text[place : place + -place % 8]:
        raise ValueError("a table of the lengths of words is damaged")
    return np.array(lengths), start + (place + 7) // 8


def _small_words(small: np.ndarray) -> dict[int, str]:
    """Symbol -> its word as text; the only symbol has an empty one."""
    words = canonical_code(small)
    used = [int(symbol) for symbol in np.flatnonzero(small)]
    return {symbol: f"{words[symbol]:0{small[symbol]}b}" if len(used) > 1 else "" for symbol in used}


def _small_table(words: dict[int, str]) -> dict[str, tuple[int, int]]:
    """The next 7 bits -> (the symbol whose word they begin with, the length of the word)."""
    table = {}
    for symbol, word in words.items():
        free = SMALL_LIMIT - len(word)
        for k in range(1 << free):
            table[word + f"{k:0{free}b}" if free else word] = symbol, len(word)
    return table


def _with_runs(lengths: list[int]) -> list[tuple[int, int]]:
    """(symbol, length of its run) for each symbol of the small code."""
    items = []
    k = 0
    while k < len(lengths):
        length, run = lengths[k], 1
        while k + run < len(lengths) and lengths[k + run] == length:
            run += 1
        k += run
        if length:
            items.append((length, 1))
            run -= 1
        while run >= 3:
            symbol = AGAIN if length else ZEROS if run < RUNS[MANY_ZEROS][0] else MANY_ZEROS
            shortest, bits = RUNS[symbol]
            part = min(run, shortest + (1 << bits) - 1)
            items.append((symbol, part))
            run -= part
        items += [(length, 1)] * run
    return items
