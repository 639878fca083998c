"""Huffman codes: optimal lengths, canonical words, the published payloads, and damaged ones."""

import contextlib
import csv
import heapq
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkit.compression import canonical_code, crc32, entropy, huffman_decode, huffman_encode, huffman_lengths
from mechkit.compression.length_table import read_lengths, write_lengths


def fibonacci(n):
    found = [1, 1]
    while len(found) < n:
        found.append(found[-1] + found[-2])
    return np.array(found[:n])


def optimal_cost(counts):
    """The sum of all joined weights, from a heap: the total length of any Huffman code."""
    heap = [int(c) for c in counts if c]
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        total += both
        heapq.heappush(heap, both)
    return total


def test_published_payloads_to_the_byte(published):
    folder = published("corpus")
    with open(folder / "sizes.csv") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        data = (folder / row["file"]).read_bytes()
        counts = np.bincount(np.frombuffer(data, np.uint8), minlength=256)
        lengths = huffman_lengths(counts)
        payload = huffman_encode(data, lengths)
        assert len(payload) == int(row["huffman_bytes(no table)"])
        assert np.ceil(len(data) * entropy(data) / 8) == pytest.approx(int(row["order0_entropy_bytes"]), abs=1)
        assert huffman_decode(payload, lengths, len(data)) == data


def test_fibonacci_weights_give_the_deepest_tree():
    lengths = huffman_lengths(fibonacci(33))
    assert sorted(lengths) == [*range(1, 33), 32]
    symbols = np.random.default_rng(0).integers(0, 33, 5000).astype(np.uint8)
    assert huffman_decode(huffman_encode(symbols, lengths), lengths, 5000) == symbols.tobytes()
    # one symbol more needs 33 bits: the limit of 32 costs next to nothing
    assert huffman_lengths(fibonacci(34)).max() == 32


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=300), st.integers(9, 32))
@settings(max_examples=100, deadline=None)
def test_no_code_is_shorter(counts, limit):
    counts = np.array(counts)
    lengths = huffman_lengths(counts)
    if np.count_nonzero(counts) > 1:
        assert counts @ lengths.astype(int) == optimal_cost(counts)
        limited = huffman_lengths(counts, limit)
        assert limited.max() <= limit
        assert sum(2.0 ** -limited[counts > 0].astype(float)) == 1.0
        assert counts @ limited.astype(int) >= optimal_cost(counts)


def test_limited_lengths_are_the_best_ones():
    # all complete codes of four words: 1 2 3 3 in any order, and 2 2 2 2
    for counts in ([1, 2, 4, 8], [1, 1, 1, 1], [1, 1, 2, 3]):
        assert huffman_lengths(counts, 2).tolist() == [2, 2, 2, 2]
    # of five words with at most 3 bits: 2 2 2 3 3 is 1 + 1 + 2 + 3 + 5 -> 2 (2 + 3 + 5) + 3 (1 + 1)
    assert huffman_lengths([1, 1, 2, 3, 5], 3) @ np.array([1, 1, 2, 3, 5]) == 26


def test_lengths_are_the_same_in_every_run():
    counts = np.ones(100, int)
    assert huffman_lengths(counts).tolist() == huffman_lengths(counts.copy()).tolist()


def test_canonical_words_of_the_standard():
    words = canonical_code([3, 3, 3, 3, 3, 2, 4, 4])
    assert [f"{w:b}" for w in words] == ["10", "11", "100", "101", "110", "0", "1110", "1111"]


def test_one_symbol_needs_no_bits():
    lengths = huffman_lengths([0, 0, 7])
    assert lengths.tolist() == [0, 0, 1]
    payload = huffman_encode(bytes([2] * 7), lengths)
    assert payload == b""
    assert huffman_decode(payload, lengths, 7) == bytes([2] * 7)
    assert huffman_decode(b"", huffman_lengths([]), 0) == b""


def test_large_alphabets():
    rng = np.random.default_rng(0)
    symbols = (rng.zipf(1.3, 20000) % 5000).astype(np.uint16)
    lengths = huffman_lengths(np.bincount(symbols, minlength=5000))
    assert lengths.max() > 12  # some words are beyond the table
    found = huffman_decode(huffman_encode(symbols, lengths), lengths, symbols.size)
    np.testing.assert_array_equal(found, symbols)


def test_damaged_payloads_are_noticed():
    data = bytes(range(7)) * 31
    lengths = huffman_lengths(np.bincount(list(data)))
    payload = huffman_encode(data, lengths)
    for wrong, words in (
        (payload[:-1], "ends before the last symbol"),
        (payload + b"\0", "1 byte"),
        (payload[:-1] + bytes([payload[-1] | 1]), "bits after the last symbol are not 0"),
        (b"", "ends before the last symbol"),
    ):
        with pytest.raises(ValueError, match=words):
            huffman_decode(wrong, lengths, len(data))
    rng = np.random.default_rng(0)
    for _ in range(300):  # any bytes at all are refused, or are so many symbols
        noise = rng.bytes(40)
        with contextlib.suppress(ValueError):
            assert len(huffman_decode(noise, huffman_lengths(fibonacci(30)), 100)) == 100


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: huffman_lengths([1, -1]), "must not be negative"),
        (lambda: huffman_lengths([1, 2, 3], limit=1), "limit is 1; it must be at most 32, and 2\\^limit at least 3"),
        (lambda: huffman_lengths([1, 2], limit=33), "limit is 33"),
        (lambda: huffman_encode(b"ab", [1, 1]), "has no word"),
        (lambda: canonical_code([1, 1, 1]), "Kraft's sum is 1.5"),
        (lambda: canonical_code([2, 2]), "Kraft's sum is 0.5"),
        (lambda: canonical_code([40]), "a word has 40 bits; at most 32"),
        (lambda: huffman_encode(np.array([0, -1]), [1, 1]), "negative or above 65535"),
        (lambda: huffman_decode(b"", [0, 0], 3), "no symbol has a word"),
        (lambda: huffman_decode(b"", [1, 1], -3), "number is -3"),
    ],
)
def test_refused_values(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: huffman_lengths([0.5]), "give it a list of whole numbers"),
        (lambda: huffman_encode("text", [1, 1]), "data is text; give it bytes: data.encode()"),
        (lambda: huffman_encode(np.ones(3), [1, 1]), "holds float64"),
        (lambda: entropy(np.ones(3)), "data holds float64 values"),
        (lambda: entropy([1, 2]), "data is a list; give it bytes"),
    ],
)
def test_refused_types(call, words):
    with pytest.raises(TypeError, match=words):
        call()


def test_entropy_of_arrays():
    assert entropy(b"") == 0.0
    assert entropy(np.array([-7, 10**12, -7, 10**12])) == 1.0
    assert entropy(np.arange(1 << 17)) == pytest.approx(17.0, rel=1e-12)
    assert entropy(np.array([True, False])) == 1.0


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, 5, 1000, 10**7]), min_size=1, max_size=400))
@settings(max_examples=100, deadline=None)
def test_tables_of_lengths_come_back(counts):
    lengths = huffman_lengths(counts)
    if lengths.any():
        packed = write_lengths(lengths)
        found, end = read_lengths(packed + b"more", 0, len(counts))
        assert found.tolist() == lengths.tolist()
        assert end == len(packed)
        for cut in range(len(packed)):
            with pytest.raises(ValueError, match="damaged|Kraft"):
                read_lengths(packed[:cut], 0, len(counts))


@given(st.binary(max_size=100), st.binary(max_size=20))
@settings(deadline=None)
def test_checksum_is_that_of_zlib(data, more):
    assert crc32(data) == zlib.crc32(data)
    assert crc32(more, crc32(data)) == zlib.crc32(data + more)
