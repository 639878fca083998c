"""The methods against the bounds that they should come near to, and against other codes of the same data."""

import bz2
import csv
import zlib

import numpy as np
import pytest

from mechkit.compression import compress, contents, entropy
from mechkit.compression.adaptive import Model, find_symbol, learn, new_model, sum_before
from mechkit.compression.arithmetic import finished
from mechkit.compression.burrows_wheeler import inverse_transform, sorted_rotations, transform
from mechkit.compression.frequencies import excess, read_counts, scaled, write_counts
from mechkit.compression.lz77 import Effort, tokens
from mechkit.compression.methods import METHODS
from mechkit.compression.move_to_front import from_front, move_to_front

RNG = np.random.default_rng(0)


def bytes_of(text):
    return np.frombuffer(text, np.uint8)


@pytest.mark.parametrize("method", ["arithmetic", "rans"])
def test_within_a_thousandth_of_the_entropy(method, published):
    folder = published("corpus")
    rows = [row for row in csv.DictReader((folder / "sizes.csv").read_text().splitlines()) if int(row["bytes"]) > 1]
    for row in rows:
        data = (folder / row["file"]).read_bytes()
        bound = len(data) * entropy(data) / 8
        _, payload = METHODS[method].encode(bytes_of(data))
        assert bound - 1 <= len(payload) <= 1.001 * bound
        assert contents(compress(data, method)).payload == len(payload)


@pytest.mark.parametrize("method", ["arithmetic", "rans"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99, 0.999])
def test_less_than_a_bit_a_symbol(method, share):
    """Where a symbol needs less than a bit, a word for each wastes the rest of it."""
    data = (np.random.default_rng(1).random(200_000) > share).astype(np.uint8)
    bound = data.size * entropy(data) / 8
    _, payload = METHODS[method].encode(data)
    assert len(payload) <= 1.001 * bound + 2
    assert len(METHODS["huffman"].encode(data)[1]) == data.size / 8


def test_rare_symbols_cost_what_they_should():
    counts = np.array([1 << 20, 1, 1, 1000] + [3] * 200)
    for bits in (11, 14, 16):
        found = scaled(counts, bits)
        assert found.sum() == 1 << bits
        assert (found > 0).all()
    assert excess(counts, scaled(counts, 16)) < excess(counts, scaled(counts, 11))
    assert excess(np.array([4, 4]), scaled(np.array([4, 4]), 11)) == 0.0
    assert read_counts(write_counts(counts) + b"x", 0, counts.size)[0].tolist() == counts.tolist()
    with pytest.raises(ValueError, match="damaged"):
        read_counts(bytes([0, 100]), 0, 10)


def test_within_five_percent_of_zlib(published):
    for name in ("alice29.txt", "fields.c", "xargs.1"):
        data = (published("corpus") / name).read_bytes()
        assert len(compress(data, "lz77")) <= 1.05 * len(zlib.compress(data, 6))
        assert len(compress(data, "bwt")) <= 1.05 * len(bz2.compress(data))


def test_matches_are_found():
    lengths, values = tokens(np.tile(bytes_of(b"abcdefghij"), 1000))
    assert lengths[:10].tolist() == [0] * 10
    assert set(values[10:]) == {10}
    assert lengths.sum() + 10 == 10_000
    assert lengths.max() == 258


def test_a_match_waits_for_a_longer_one():
    data = bytes_of(b"abc" + b"bcdefgh" + b"abcdefgh")
    lengths, _ = tokens(data)
    assert lengths[lengths > 0].tolist() == [7]  # not "abc" first, then "defgh"
    eager, _ = tokens(data, Effort(lazy=0))
    assert eager.size >= lengths.size


@pytest.mark.parametrize("distance", [1, 3, 4096, 32767, 32768, 32769])
def test_the_window(distance):
    text = RNG.integers(0, 256, distance).astype(np.uint8)
    data = np.concatenate([text, np.resize(text, 500)])
    tables, payload = METHODS["lz77"].encode(data)
    np.testing.assert_array_equal(METHODS["lz77"].decode(tables, bytes_of(payload), data.size), data)
    lengths, values = tokens(data)
    matches = values[lengths > 8]
    assert set(matches) == ({distance} if distance <= 32768 else set())


@pytest.mark.parametrize("text", [b"banana", b"aaaa", b"abab", b"a", b"mississippi", b"\0\xff\0\xff\0"])
def test_rotations_are_sorted(text):
    order = sorted_rotations(bytes_of(text))
    rotations = [text[k:] + text[:k] for k in order]
    assert rotations == sorted(rotations)
    assert sorted(order) == list(range(len(text)))
    column, place = transform(bytes_of(text))
    assert rotations[place] == text
    assert inverse_transform(column, place).tobytes() == text


@pytest.mark.parametrize("period", [1, 2, 7, 30_000])
def test_repeating_data_is_sorted_in_few_steps(period):
    """The number of doublings is at most log2 n, also where all rotations are equal."""
    data = np.tile(np.random.default_rng(period).integers(0, 9, period).astype(np.uint8), 60_000 // period)
    column, place = transform(data)
    np.testing.assert_array_equal(inverse_transform(column, place), data)


def test_moved_to_the_front():
    data = bytes_of(b"bananaaa")
    ranks, number = move_to_front(data)
    assert ranks.tolist() == [1, 1, 2, 1, 1, 1, 0, 0]
    np.testing.assert_array_equal(from_front(ranks, np.unique(data)), data)
    with pytest.raises(ValueError, match="beyond the bytes"):
        from_front(np.array([number], np.uint8), np.unique(data))


def test_the_tree_holds_the_sums():
    model = new_model(100)
    assert isinstance(model, Model)
    for symbol in RNG.integers(0, 100, 300):
        learn(model.counts, model.tree, int(symbol), (32, 4000))
        assert model.tree[-1] == model.counts.sum() <= 4000
    sums = np.append(0, np.cumsum(model.counts))
    assert [sum_before(model.tree, k) for k in range(100)] == sums[:100].tolist()
    for target in range(0, int(sums[-1]), 13):
        symbol, before = find_symbol(model.tree, target)
        assert before == sums[symbol] <= target < sums[symbol + 1]


def test_counts_that_learn_beat_fixed_ones_where_the_data_changes():
    data = np.concatenate([np.full(5000, k) for k in range(20)]).astype(np.uint8)
    sizes = {name: sum(map(len, METHODS[name].encode(data))) for name in ("adaptive", "arithmetic")}
    assert sizes["adaptive"] < 0.2 * sizes["arithmetic"]


def test_a_carry_goes_back_through_the_output():
    out = bytes_of(b"\x01\xff\xff").copy()
    assert finished(out, ((1 << 48) - 1, 1 << 41), 3) == b"\x02\x00\x00"
    assert finished(out, (0, 1 << 41), 3) == b"\x01\xff\xff"
    assert finished(out, (5 << 40, 1 << 40), 3) == b"\x01\xff\xff\x05"


def test_the_entropy_of_one_value_is_not_minus_zero():
    assert str(entropy(b"aaa")) == "0.0"
