"""LZ77 and Huffman codes: the bytes, lengths and distances that matches leave, with codes of their own.

A length or a distance is a class, which has a word, and extra bits, which tell it from the others of the class.
"""

from __future__ import annotations

import numpy as np

from mechkit.compression.container import read_number, write_number
from mechkit.compression.huffman import LENGTH_BITS, LENGTH_MASK, as_words, big_endian, fill_table, full_bytes
from mechkit.compression.huffman_lengths import canonical_code, complete_lengths, huffman_lengths
from mechkit.compression.length_table import read_lengths, write_lengths
from mechkit.compression.lz77 import tokens
from mechkit.counting import kernel

#: The classes of RFC 1951, section 3.2.5: the extra bits of each, and its first length or distance.
LENGTH_EXTRA = np.array([0] * 8 + [k for k in range(1, 6) for _ in range(4)] + [0])
LENGTH_FIRST = np.concatenate([3 + np.cumsum(np.append(0, 1 << LENGTH_EXTRA[:27])), [258]])
DISTANCE_EXTRA = np.array([0, 0, *(k for k in range(14) for _ in range(2))])
DISTANCE_FIRST = 1 + np.cumsum(np.append(0, 1 << DISTANCE_EXTRA[:29]))
#: The class of each length, and of each distance.
LENGTH_CLASS = np.repeat(np.arange(29), np.diff(np.append(LENGTH_FIRST, 259)))
LENGTH_CLASS = np.concatenate([np.zeros(3, int), LENGTH_CLASS]).astype(np.int32)
DISTANCE_CLASS = np.concatenate([[0], np.repeat(np.arange(30), 1 << DISTANCE_EXTRA)]).astype(np.int8)
#: Bytes, then the classes of lengths, are one alphabet; the classes of distances are another.
LITERALS = 256
SYMBOLS = LITERALS + 29
DISTANCES = 30
#: So many tokens share a code.
CHUNK = 1 << 15
#: No word is longer, so that one look into a table of 4,096 entries finds it.
LIMIT = 12


@kernel(cache=True, error_model="numpy")
def count_tokens(lengths, values, kinds, symbols, distances):
    """Count the symbols (285,) and the classes of distances (30,) of the tokens (n,); kinds : `DISTANCE_CLASS`.

    >>> from mechkit import law
    >>> law(lambda n: count_tokens(*count_tokens.example_arguments(2 * n)), n=range(1, 5))["int"]["add"]
    Polynomial('4n')
    """
    for i in range(lengths.size):
        if lengths[i] == 0:
            symbols[values[i]] += 1
        else:
            symbols[LENGTH_CLASS[lengths[i]] + LITERALS] += 1
            distances[kinds[values[i]]] += 1


@count_tokens.example
def _(n):
    lengths = np.where(np.arange(n) % 2, 5, 0).astype(np.uint16)
    return lengths, np.full(n, 7, np.uint16), DISTANCE_CLASS, np.zeros(SYMBOLS, np.int64), np.zeros(DISTANCES, np.int64)


@kernel(cache=True, error_model="numpy")
def write_tokens(lengths, values, literal_words, length_words, distance_words, kinds, out):
    """Write tokens (n,) into out, 32 bits an element; returns the number of bits.

    literal_words (256,), length_words (259,), distance_words (30,) : 64 times the word, plus its length. The words of
    lengths have their extra bits already. kinds : `DISTANCE_CLASS`.

    >>> from mechkit import law
    >>> law(lambda n: write_tokens(*write_tokens.example_arguments(2 * n)), n=range(1, 5))["int"]["lshift"]
    Polynomial('...')
    """
    full = 0
    waiting = 0
    bits = 0
    for i in range(lengths.size):
        # 1  a byte, or the length of a match
        entry = literal_words[values[i]] if lengths[i] == 0 else length_words[lengths[i]]
        size = entry & LENGTH_MASK
        waiting = (waiting << size) | (entry >> LENGTH_BITS)
        bits = bits + size
        if bits >= 32:
            bits = bits - 32
            out[full] = waiting >> bits
            waiting = waiting & ((1 << bits) - 1)
            full = full + 1
        # 2  the distance of a match: its class, and its extra bits
        if lengths[i] > 0:
            kind = kinds[values[i]]
            entry = distance_words[kind]
            extra = DISTANCE_EXTRA[kind]
            size = (entry & LENGTH_MASK) + extra
            word = ((entry >> LENGTH_BITS) << extra) | (values[i] - DISTANCE_FIRST[kind])
            waiting = (waiting << size) | word
            bits = bits + size
            if bits >= 32:
                bits = bits - 32
                out[full] = waiting >> bits
                waiting = waiting & ((1 << bits) - 1)
                full = full + 1
    out[full] = waiting << (32 - bits)
    return 32 * full + bits


@write_tokens.example
def _(n):
    lengths = np.where(np.arange(n) % 2, 5, 0).astype(np.uint16)
    words = np.full(259, (1 << LENGTH_BITS) + 2)
    return (
        lengths,
        np.full(n, 5, np.uint16),
        words,
        words,
        words[:30].copy(),
        DISTANCE_CLASS,
        np.zeros(n + 1, np.uint32),
    )


@kernel(cache=True, error_model="numpy")
def read_tokens(words, symbol_table, distance_table, number, out, place):
    """Read a number of tokens, put their bytes into out from a place on; returns the place after them, and the bits.

    words : 32 bits an element. symbol_table, distance_table (4096,) : from `fill_table`. A place of -1 tells of damage.

    >>> from mechkit import law
    >>> found = law(lambda n: read_tokens(*read_tokens.example_arguments(32 * n)), n=range(1, 5))
    >>> found["int"]["stores"]  # 4096 in the table
    Polynomial('32n + 4096')
    """
    read = 0
    waiting = 0
    bits = 0
    for _ in range(number):
        # 1  a byte, or the class of a length
        if bits < 32:
            if read >= words.size:
                return -1, 0
            waiting = ((waiting & ((1 << bits) - 1)) << 32) | words[read]
            read = read + 1
            bits = bits + 32
        entry = symbol_table[(waiting >> (bits - LIMIT)) & ((1 << LIMIT) - 1)]
        bits = bits - (entry & LENGTH_MASK)
        symbol = entry >> LENGTH_BITS
        if symbol < LITERALS:
            if place >= out.size:
                return -1, 0
            out[place] = symbol
            place = place + 1
        else:
            # 2  the length and the distance of a match, with their extra bits
            extra = LENGTH_EXTRA[symbol - LITERALS]
            bits = bits - extra
            length = LENGTH_FIRST[symbol - LITERALS] + ((waiting >> bits) & ((1 << extra) - 1))
            if bits < 32:
                if read >= words.size:
                    return -1, 0
                waiting = ((waiting & ((1 << bits) - 1)) << 32) | words[read]
                read = read + 1
                bits = bits + 32
            entry = distance_table[(waiting >> (bits - LIMIT)) & ((1 << LIMIT) - 1)]
            kind = entry >> LENGTH_BITS
            extra = DISTANCE_EXTRA[kind]
            bits = bits - (entry & LENGTH_MASK) - extra
            distance = DISTANCE_FIRST[kind] + ((waiting >> bits) & ((1 << extra) - 1))
            # 3  copy what was there before; it may overlap with what it becomes
            if distance > place or length > out.size - place:
                return -1, 0
            for k in range(place, place + length):
                out[k] = out[k - distance]
            place = place + length
    return place, 32 * read - bits


@read_tokens.example
def _(n):
    table = np.zeros(1 << LIMIT, np.int32)
    fill_table(np.array([7, 8]), np.ones(2, np.int64), table)
    return np.zeros(n + 1, np.uint32), table, table, n, np.zeros(n, np.uint8), 0


def lz77_block(block: np.ndarray) -> tuple[bytes, bytes]:
    """(tables, payload) of a block: matches, and Huffman codes for each part of it."""
    lengths, values = tokens(block)
    tables, payload = [], []
    for start in range(0, lengths.size, CHUNK):
        part, value = lengths[start : start + CHUNK], values[start : start + CHUNK]
        symbols, distances = np.zeros(SYMBOLS, np.int64), np.zeros(DISTANCES, np.int64)
        count_tokens(part, value, DISTANCE_CLASS, symbols, distances)
        of_symbols, of_distances = huffman_lengths(symbols, LIMIT), huffman_lengths(distances, LIMIT)
        out = np.empty(2 * part.size + 2, np.uint32)
        bits = write_tokens(part, value, *_words(of_symbols, of_distances), DISTANCE_CLASS, out)
        coded = big_endian(out, bits)
        both = write_lengths(np.concatenate([of_symbols, of_distances]))
        tables += [write_number(part.size), write_number(len(coded)), both]
        payload.append(coded)
    return b"".join(tables), b"".join(payload)


def lz77_unblock(tables: bytes, payload: np.ndarray, size: int) -> np.ndarray:
    """The inverse of `lz77_block`. Raises ValueError for a damaged one."""
    out = np.empty(size, np.uint8)
    place = start = at = 0
    while at < len(tables):
        number, at = read_number(tables, at)
        length, at = read_number(tables, at)
        both, at = read_lengths(tables, at, SYMBOLS + DISTANCES)
        if number > CHUNK or length > payload.size - start:
            raise ValueError("the sizes of a part of a block are wrong")
        piece = payload[start : start + length]
        symbol_table, distance_table = _table(both[:SYMBOLS]), _table(both[SYMBOLS:])
        place, bits = read_tokens(as_words(piece), symbol_table, distance_table, number, out, place)
        if place < 0:
            raise ValueError("a match lies outside of the data, or the data ends too early")
        full_bytes(piece, bits)
        start += length
    if place != size or start != payload.size:
        raise ValueError(f"a block has {place} bytes instead of {size}")
    return out


def _words(of_symbols: np.ndarray, of_distances: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The entries of `write_tokens`: the word of a single symbol has no bits."""
    symbol_bits = of_symbols.astype(np.int64) * (np.count_nonzero(of_symbols) > 1)
    distance_bits = of_distances.astype(np.int64) * (np.count_nonzero(of_distances) > 1)
    words = canonical_code(of_symbols)
    k = np.arange(259)
    kind = LENGTH_CLASS
    extra = LENGTH_EXTRA[kind]
    with_extra = (words[LITERALS + kind] << extra) | np.maximum(k - LENGTH_FIRST[kind], 0)
    return (
        (words[:LITERALS] << LENGTH_BITS) | symbol_bits[:LITERALS],
        (with_extra << LENGTH_BITS) | (symbol_bits[LITERALS + kind] + extra),
        (canonical_code(of_distances) << LENGTH_BITS) | distance_bits,
    )


def _table(lengths: np.ndarray) -> np.ndarray:
    """The table of `fill_table`; of one symbol, whose word has no bits; or of no symbol, which is never looked at."""
    lengths = complete_lengths(lengths)
    table = np.zeros(1 << LIMIT, np.int32)
    order = np.argsort(lengths, kind="stable")[np.count_nonzero(lengths == 0) :]
    if lengths.max() > LIMIT:
        raise ValueError(f"a word has {lengths.max()} bits; at most {LIMIT} are allowed")
    if order.size == 1:
        table[:] = order[0] << LENGTH_BITS
    else:
        fill_table(order, lengths[order].astype(np.int64), table)
    return table
