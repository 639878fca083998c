"""The container: what was compressed comes back as it was, whatever it is, and damage is an error."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkit.compression import compress, contents, crc32, decompress
from mechkit.compression.container import ARRAY, BYTES, CODED, Block, Header, write_block, write_end, write_header
from mechkit.compression.methods import METHODS

TEXT = b"she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure. " * 12
#: The words of all messages about damage.
DAMAGE = "damaged|ends too early|follows|not compressed data|version|method|more than the limit|cannot be read"
RNG = np.random.default_rng(0)


def inputs():
    """Kinds of bytes that codes have stumbled over."""
    return {
        "empty": b"",
        "one byte": b"a",
        "two bytes": b"ab",
        "all equal": b"a" * 5000,
        "two symbols": b"ab" * 2500,
        "all bytes": bytes(range(256)) * 5,
        "random": RNG.bytes(3000),
        "text": TEXT,
        "one different byte": b"a" * 3000 + b"b" + b"a" * 3000,
        "skewed": RNG.geometric(0.4, 4000).astype(np.uint8).tobytes(),
        "zeros and noise": b"\0" * 2000 + RNG.bytes(300) + b"\xff" * 2000,
        "long period": RNG.bytes(700) * 4,
    }


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", inputs())
def test_bytes_come_back(method, kind):
    data = inputs()[kind]
    blob = compress(data, method)
    assert decompress(blob) == data
    assert compress(data, method) == blob
    assert len(blob) <= len(data) + 60
    found = contents(blob)
    assert (found.method, found.size, found.total) == (method, len(data), len(blob))


@pytest.mark.parametrize("method", METHODS)
@given(data=st.binary(max_size=300) | st.lists(st.sampled_from([b"a", b"ab", b"abc" * 9])).map(b"".join))
@settings(max_examples=50, deadline=None)
def test_any_bytes_come_back(method, data):
    assert decompress(compress(data, method, block=64)) == data
    block = np.frombuffer(data, np.uint8)  # what the container would have stored as it is, too
    if np.unique(block).size > 1:
        tables, payload = METHODS[method].encode(block)
        found = METHODS[method].decode(tables, np.frombuffer(payload, np.uint8), block.size)
        np.testing.assert_array_equal(found, block)


@pytest.mark.parametrize("method", METHODS)
def test_published_files_come_back(method, published):
    for path in sorted(published("corpus").iterdir()):
        data = path.read_bytes()
        assert decompress(compress(data, method)) == data, path


ARRAYS = {
    "bool": np.arange(50) % 3 == 0,
    "int8": np.arange(-60, 60, dtype=np.int8),
    "big endian": np.arange(100, dtype=">i4").reshape(10, 10),
    "float16": np.linspace(-1, 1, 77).astype(np.float16),
    "special": np.array([np.nan, -np.nan, np.inf, -0.0, 5e-324]),
    "complex": np.exp(1j * np.arange(30)).astype(np.complex64),
    "longdouble": np.linspace(0, 1, 9, dtype=np.longdouble),
    "dates": np.arange("2024-01", "2024-03", dtype="datetime64[D]"),
    "no dimension": np.array(3.5),
    "empty": np.zeros((0, 3), np.int16),
    "three dimensions": np.arange(60.0).reshape(3, 4, 5),
    "uint64": np.array([2**64 - 1, 0, 2**63], np.uint64),
}


@pytest.mark.parametrize("filter", [None, "none", "delta", "planes", "delta+planes"])
@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_come_back(kind, filter):
    x = ARRAYS[kind]
    found = decompress(compress(x, "huffman", filter, block=40))
    assert (found.dtype, found.shape) == (x.dtype, x.shape)
    assert found.tobytes() == x.tobytes()
    assert found.flags.writeable


@pytest.mark.parametrize(
    "view", [lambda x: x[::2], lambda x: x.T, lambda x: x[:, ::-3], np.asfortranarray, lambda x: x[1:2].squeeze()]
)
def test_any_layout_comes_back(view):
    x = view(np.arange(120, dtype=np.int32).reshape(10, 12))
    before = x.copy()
    np.testing.assert_array_equal(decompress(compress(x, "huffman")), x)
    np.testing.assert_array_equal(x, before)


def test_the_filter_pays_on_numbers():
    x = np.cumsum(np.random.default_rng(0).integers(-3, 4, 5000)).astype(np.int32)
    sizes = {name: len(compress(x, "huffman", name)) for name in (None, "none", "planes", "delta+planes")}
    assert sizes[None] == sizes["delta+planes"] < 0.5 * sizes["none"]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_what_is_like_bytes(kind):
    assert decompress(kind(compress(kind(TEXT), "huffman"))) == TEXT


@pytest.mark.parametrize("method", METHODS)
def test_each_changed_byte_is_noticed(method):
    blob = compress(np.frombuffer(TEXT[:200], np.uint8).reshape(2, 100), method)
    for place in range(len(blob)):
        for change in (1, 128, 255):
            wrong = bytearray(blob)
            wrong[place] ^= change
            with pytest.raises(ValueError, match=DAMAGE):
                decompress(bytes(wrong))


def test_cut_and_continued_containers():
    blob = compress(TEXT, "huffman", block=300)
    for end in range(len(blob)):
        with pytest.raises(ValueError, match="ends too early"):
            decompress(blob[:end])
    with pytest.raises(ValueError, match="something follows the end"):
        decompress(blob + b"\0")
    with pytest.raises(ValueError, match="something follows the end"):
        decompress(blob + blob)


@pytest.mark.parametrize("method", METHODS)
def test_damage_behind_a_right_checksum_never_crashes(method):
    """What a forger could write: right sizes and checksums around wrong codes."""
    rng = np.random.default_rng(1)
    block = np.frombuffer(TEXT, np.uint8)
    tables, payload = METHODS[method].encode(block)
    for _ in range(400):
        parts = [bytearray(tables), bytearray(payload)]
        for _ in range(rng.integers(1, 4)):
            part = parts[rng.integers(2)]
            if part:
                part[rng.integers(len(part))] = rng.integers(256)
        if rng.random() < 0.3:
            parts[1] = parts[1][: rng.integers(len(payload))]
        size = int(rng.choice([block.size, 1, 100, 100_000]))
        with contextlib.suppress(ValueError):
            found = METHODS[method].decode(bytes(parts[0]), np.frombuffer(bytes(parts[1]), np.uint8), size)
            assert found.size == size


def test_a_forged_container_fails_at_the_checksum_of_the_data():
    header = write_header(Header(METHODS["huffman"].number, 0, BYTES, TEXT.__len__()))
    block = np.frombuffer(TEXT, np.uint8)
    tables, payload = METHODS["huffman"].encode(block[::-1])
    blob = header + write_block(Block(CODED, block.size, tables, payload)) + write_end(crc32(TEXT))
    with pytest.raises(ValueError, match="checksum of the data is wrong"):
        decompress(blob)


def test_random_damage():
    blob = compress(RNG.geometric(0.05, 4000).astype(np.uint8), "huffman", block=1000)
    rng = np.random.default_rng(2)
    for _ in range(500):
        wrong = bytearray(blob)
        for _ in range(rng.integers(1, 5)):
            wrong[rng.integers(len(blob))] = rng.integers(256)
        if wrong != blob:
            with pytest.raises(ValueError, match=DAMAGE):
                decompress(bytes(wrong))


def test_a_bomb_is_refused():
    bomb = compress(bytes(1 << 24), "huffman", block=1 << 24)
    assert len(bomb) < 60
    with pytest.raises(ValueError, match="16777216 bytes, more than the limit of 1000000"):
        decompress(bomb, limit=10**6)
    declared = write_header(Header(METHODS["huffman"].number, 0, BYTES, 1 << 50))
    with pytest.raises(ValueError, match="more than the limit"):
        decompress(declared)
    with pytest.raises(ValueError, match="kind of data or its size is wrong"):
        decompress(write_header(Header(1, 0, ARRAY, 8, "<f8", (1 << 40, 1 << 40))))


def forged(position, value):
    """A header with one byte changed and its checksum made right."""
    head = bytearray(write_header(Header(1, 0, BYTES, 0))[:-4])
    head[position] = value
    return bytes(head) + crc32(bytes(head)).to_bytes(4, "little") + write_end(0)


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (b"", "ends too early"),
        (b"PK\x03\x04 is another format", "no|not compressed data of mechkit"),
        (forged(4, 2), "has version 2; this mechkit reads version 1"),
        (forged(5, 99), "method 99"),
        (forged(6, 77), "method 1"),
        (forged(7, 9), "kind of data"),
        (write_header(Header(1, 0, ARRAY, 8, "|O8", (1,))), "type '|O8'"),
        (write_header(Header(1, 0, ARRAY, 8, "<f3", (1,))), "type '<f3'"),
    ],
)
def test_wrong_headers(blob, words):
    with pytest.raises(ValueError, match=words):
        decompress(blob)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: compress("text"), TypeError, "data is text; give it bytes: data.encode\\(\\)"),
        (lambda: compress([1, 2]), TypeError, "data is a list; give it bytes"),
        (lambda: compress(np.array([object()])), TypeError, "data holds object values"),
        (lambda: compress(np.array(["a"])), TypeError, "data holds <U1 values"),
        (lambda: compress(np.zeros(3, "i4,f4")), TypeError, "data holds"),
        (lambda: compress(np.ma.masked_array([1.0])), TypeError, "masked array"),
        (lambda: compress(b"", "hufman"), ValueError, "did you mean 'huffman'"),
        (lambda: compress(b"", filter="delta"), ValueError, "which is for arrays"),
        (lambda: compress(np.ones(2), filter="plane"), ValueError, "did you mean 'planes'"),
        (lambda: compress(b"", block=0), ValueError, "block is 0"),
        (lambda: compress(b"", block=1 << 25), ValueError, "at most 16777216"),
        (lambda: decompress("text"), TypeError, "blob is text"),
        (lambda: decompress(b"", limit=-1), ValueError, "limit is -1"),
    ],
)
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()
