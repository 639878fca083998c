"""Huffman coding of symbols with a canonical code; the decoder reads a table of all short words."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.compression.huffman_lengths import LONGEST_WORD, canonical_code, complete_lengths
from mechkit.compression.symbols import as_bytes
from mechkit.counting import kernel

#: The table has an entry for each sequence of so many bits: 4,096 entries stay in the fastest memory.
TABLE_BITS = 12
#: How many bits of an entry of the table hold the length of the word.
LENGTH_BITS = 6
#: The low bits of an entry.
LENGTH_MASK = (1 << LENGTH_BITS) - 1


@kernel(cache=True, error_model="numpy")
def encode_words(symbols, entries, out):
    """Write the words of the symbols (n,) into out, 32 bits an element; returns the number of bits.

    entries : for each symbol 64 times its word, plus the length of the word.

    >>> from mechkit import law
    >>> found = law(lambda n: encode_words(np.zeros(32 * n, np.uint8), np.array([1]), np.zeros(n + 1, np.uint32)),
    ...             n=range(1, 5))  # words of one bit
    >>> found["int"]["lshift"], found["int"]["rshift"], found["int"]["loads"], found["int"]["stores"]
    (Polynomial('33n + 1'), Polynomial('33n'), Polynomial('64n'), Polynomial('n + 1'))
    """
    full = 0
    waiting = 0
    bits = 0
    for i in range(symbols.size):
        entry = entries[symbols[i]]
        length = entry & LENGTH_MASK
        waiting = (waiting << length) | (entry >> LENGTH_BITS)
        bits = bits + length
        if bits >= 32:
            bits = bits - 32
            out[full] = waiting >> bits
            waiting = waiting & ((1 << bits) - 1)
            full = full + 1
    out[full] = waiting << (32 - bits)
    return 32 * full + bits


@encode_words.example
def _(n):
    entries = np.array([(0 << LENGTH_BITS) + 1, (2 << LENGTH_BITS) + 2, (3 << LENGTH_BITS) + 2])
    return (np.arange(n) % 3).astype(np.uint8), entries, np.zeros(n + 1, np.uint32)


@kernel(cache=True, error_model="numpy")
def fill_table(symbols, lengths, table):
    """Enter short words: table[next bits] is 64 times the symbol, plus the length of its word.

    symbols (n,), lengths (n,) : in the order of the words. No word is longer than the table is wide.
    table (2^bits,) : as many entries as there are sequences of bits; 0 stays where a longer word begins.

    >>> from mechkit import law
    >>> law(fill_table, n=range(1, 5))["int"]["stores"]
    Polynomial('2n')
    """
    place = 0
    for k in range(symbols.size):
        entry = (symbols[k] << LENGTH_BITS) + lengths[k]
        room = table.size >> lengths[k]
        for i in range(place, place + room):
            table[i] = entry
        place = place + room


@fill_table.example
def _(n):
    return np.arange(2), np.ones(2, np.int64), np.zeros(2 * n, np.int32)


@kernel(cache=True, error_model="numpy")
def long_word(bits, after, place, order):
    """64 times the symbol that the next 32 bits begin with, plus the length of its word, for long words.

    after, place (33,) : for each length, the bits after its words, and the place of its first word, less that word.
    order (n,) : the symbols in the order of their words.

    >>> from mechkit import law
    >>> law(long_word, n=range(1, 4))["int"]["compare"]
    Polynomial('1')
    """
    # Schwartz and Kallick, Generating a canonical prefix encoding (1964)
    for length in range(TABLE_BITS + 1, after.size):
        if bits < after[length]:
            k = place[length] + (bits >> (LONGEST_WORD - length))
            return (order[k] << LENGTH_BITS) + length
    return 0


@long_word.example
def _(n):
    return 0, np.full(33, 1 << 32), np.zeros(33, np.int64), np.arange(n)


@kernel(cache=True, error_model="numpy")
def decode_words(words, table, after, place, order, symbols):
    """Read symbols.size symbols from words, 32 bits an element; returns the number of bits, or -1 if words end early.

    table (4096,) : from `fill_table`. after, place, order : for words beyond the table, as for `long_word`.

    >>> from mechkit import law
    >>> found = law(lambda n: decode_words(*decode_words.example_arguments(32 * n)), n=range(1, 5))  # words of one bit
    >>> found["int"]["loads"], found["int"]["rshift"]
    (Polynomial('33n + 7'), Polynomial('64n + 2'))
    """
    read = 0
    waiting = 0
    bits = 0
    for i in range(symbols.size):
        if bits < LONGEST_WORD:  # 1  fill up
            if read >= words.size:
                return -1
            waiting = ((waiting & ((1 << bits) - 1)) << 32) | words[read]
            read = read + 1
            bits = bits + 32
        entry = table[(waiting >> (bits - TABLE_BITS)) & ((1 << TABLE_BITS) - 1)]  # 2  a short word
        if entry == 0:
            entry = long_word((waiting >> (bits - 32)) & 0xFFFFFFFF, after, place, order)
        symbols[i] = entry >> LENGTH_BITS
        bits = bits - (entry & LENGTH_MASK)
    return 32 * read - bits


@decode_words.example
def _(n):
    table = np.zeros(1 << TABLE_BITS, np.int32)
    fill_table(np.arange(2), np.ones(2, np.int64), table)
    nothing = np.zeros(33, np.int64)
    return np.zeros(n + 1, np.uint32), table, nothing, nothing, np.arange(2), np.zeros(n, np.uint8)


def huffman_encode(data: Any, lengths: Any) -> bytes:
    """Write symbols one after the other with the words of a canonical Huffman code.

    Parameters
    ----------
    data : bytes, or an array of symbols 0, 1, ...
    lengths : the length of the word of each symbol, from `huffman_lengths`.

    Returns
    -------
    bytes
        As many as the words need, without a table; the last one is filled up with zeros.

    Raises
    ------
    ValueError, TypeError
        for lengths of no complete code, and for a symbol without a word.

    Operation count
    ---------------
    A look into a table, a shift and an addition a symbol.

    >>> from mechkit import law
    >>> law(lambda n: huffman_encode(bytes(32 * n), [1, 1]), n=range(1, 6))["int"]["lshift"]
    Polynomial('33n + 33')

    References
    ----------
    Huffman, A method for the construction of minimum-redundancy codes, Proc. IRE 40 (1952).

    Examples
    --------
    >>> from mechkit.compression import huffman_lengths
    >>> lengths = huffman_lengths(np.bincount([*b"abracadabra"]))
    >>> payload = huffman_encode(b"abracadabra", lengths)
    >>> len(payload), huffman_decode(payload, lengths, 11)
    (3, b'abracadabra')
    """
    symbols = _symbols(data)
    checked = complete_lengths(lengths)
    if symbols.size == 0:
        return b""
    largest = int(symbols.max())
    used = np.flatnonzero(checked)
    if largest >= checked.size or not checked[np.unique(symbols) if symbols.itemsize > 1 else _seen(symbols)].all():
        raise ValueError("a symbol of the data has no word: its length is 0 or missing")
    if used.size == 1:
        return b""
    entries = (canonical_code(checked) << LENGTH_BITS) | checked
    return encoded(symbols, entries)


def huffman_decode(payload: Any, lengths: Any, number: int) -> Any:
    r"""Read what `huffman_encode` wrote.

    Parameters
    ----------
    payload : bytes, from `huffman_encode`.
    lengths : the lengths with which they were written.
    number : how many symbols there are.

    Returns
    -------
    bytes, or an array of uint16 where the alphabet has more than 256 symbols.

    Raises
    ------
    ValueError
        for a payload that is too short or too long, or whose last bits are not 0, and for lengths of no complete code.

    Operation count
    ---------------
    A look into a table a symbol, for words of at most 12 bits.

    >>> from mechkit import law
    >>> law(lambda n: huffman_decode(bytes(4 * n), [1, 1], 32 * n), n=range(1, 6))["int"]["loads"]
    Polynomial('33n + 7')

    References
    ----------
    Moffat and Turpin, On the implementation of minimum redundancy prefix codes, IEEE Trans. Comm. 45 (1997).

    Examples
    --------
    >>> huffman_decode(b"\x05", [1, 1], 8)
    b'\x00\x00\x00\x00\x00\x01\x00\x01'
    """
    found = decoded(as_bytes("payload", payload), complete_lengths(lengths), whole("number", number, 0))
    return found.tobytes() if found.dtype == np.uint8 else found


def encoded(symbols: np.ndarray, entries: np.ndarray) -> bytes:
    """The words of the symbols; entries: of `encode_words`, for each symbol that occurs."""
    longest = int((entries & LENGTH_MASK).max())
    out = np.empty(symbols.size * longest // 32 + 2, np.uint32)
    bits = encode_words(symbols, entries, out)
    return big_endian(out, bits)


def big_endian(out: np.ndarray, bits: int) -> bytes:
    """The first bits of elements of 32 bits, as bytes."""
    return out[: bits // 32 + 1].astype(">u4").tobytes()[: (bits + 7) // 8]


def as_words(payload: np.ndarray) -> np.ndarray:
    """The bytes as elements of 32 bits, filled up with zeros, and one more."""
    padded = np.zeros(payload.size // 4 + 2, ">u4")
    padded.view(np.uint8)[: payload.size] = payload
    return padded.astype(np.uint32)


def decoded(payload: np.ndarray, lengths: np.ndarray, number: int) -> np.ndarray:
    """The symbols in a payload, for lengths that were checked. Raises ValueError for a damaged payload."""
    symbols = np.zeros(number, np.uint8 if lengths.size <= 256 else np.uint16)
    used = np.flatnonzero(lengths)
    if used.size < 2 or number == 0:
        if payload.size:
            raise ValueError(f"the payload has {payload.size} byte(s) more than the symbols need")
        if number and used.size == 0:
            raise ValueError(f"no symbol has a word, and {number} symbols are wanted")
        symbols[:] = used[0] if number else 0
        return symbols
    bits = decode_words(as_words(payload), *decoding_tables(lengths), symbols)
    full_bytes(payload, bits)
    return symbols


def full_bytes(payload: np.ndarray, bits: int) -> None:
    """See that a payload has so many bits, filled up with zeros to whole bytes. Raises ValueError for any other."""
    if bits < 0 or (bits + 7) // 8 > payload.size:
        raise ValueError("the payload ends before the last symbol")
    if (bits + 7) // 8 < payload.size:
        raise ValueError(f"the payload has {payload.size - (bits + 7) // 8} byte(s) more than the symbols need")
    if bits % 8 and payload[-1] & ((1 << (8 - bits % 8)) - 1):
        raise ValueError("the bits after the last symbol are not 0")


def decoding_tables(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(table, after, place, order) of `decode_words`, for the lengths of a complete code."""
    order = np.argsort(lengths, kind="stable")[np.count_nonzero(lengths == 0) :]
    in_order = lengths[order].astype(np.int64)
    table = np.zeros(1 << TABLE_BITS, np.int32)
    short = int(np.searchsorted(in_order, TABLE_BITS, "right"))
    fill_table(order[:short], in_order[:short], table)
    number = np.bincount(in_order, minlength=LONGEST_WORD + 1)
    after = np.cumsum(number << (LONGEST_WORD - np.arange(LONGEST_WORD + 1)))
    first = (after >> (LONGEST_WORD - np.arange(LONGEST_WORD + 1))) - number
    place = np.cumsum(number) - number - first
    return table, after, place, order


def _symbols(data: Any) -> np.ndarray:
    if not isinstance(data, np.ndarray):
        return as_bytes("data", data)
    if data.ndim != 1 or data.dtype.kind not in "iu":
        raise TypeError(f"data has shape {data.shape} and holds {data.dtype}; give it bytes, or a list of symbols")
    if data.size and (data.min() < 0 or data.max() >= 1 << 16):
        raise ValueError("a symbol is negative or above 65535")
    return np.ascontiguousarray(data, np.uint8 if data.dtype == np.uint8 else np.uint16)


def _seen(symbols: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.bincount(symbols, minlength=256)[: int(symbols.max()) + 1])
