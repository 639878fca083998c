"""Streams go through in blocks, whatever the pieces they come in, in bounded memory."""

import io
import itertools
import tracemalloc

import numpy as np
import pytest

from mechkit.compression import compress, compress_blocks, contents, decompress, decompress_blocks
from mechkit.compression.container import STREAM, Header, write_header
from mechkit.compression.methods import METHODS

DATA = b"".join(b"%d squared is %d\n" % (k, k * k) for k in range(1000))


def pieces(data, *sizes):
    start = 0
    for size in itertools.cycle(sizes):
        if start >= len(data):
            return
        yield data[start : start + size]
        start += size


@pytest.mark.parametrize("method", METHODS)
def test_streams_come_back(method):
    parts = list(compress_blocks(io.BytesIO(DATA), method, block=4000))
    assert len(parts) == 2 + -(-len(DATA) // 4000)
    blob = b"".join(parts)
    assert decompress(blob) == DATA
    for source in (parts, io.BytesIO(blob), pieces(blob, 1, 0, 17, 5000)):
        assert b"".join(decompress_blocks(source)) == DATA
    assert list(compress_blocks(pieces(DATA, 3, 0, 1111), method, block=4000)) == parts
    assert b"".join(decompress_blocks([compress(DATA, method)])) == DATA
    assert contents(blob).size == len(DATA)


def test_nothing_at_all():
    assert list(decompress_blocks(compress_blocks([]))) == []
    assert decompress(b"".join(compress_blocks(io.BytesIO(b"")))) == b""


def test_the_memory_is_that_of_a_block():
    block, number = 1 << 16, 64
    source = (np.full(block, k % 7, np.uint8).tobytes() + bytes(range(256)) for k in range(number))
    total = 0
    tracemalloc.start()
    for part in decompress_blocks(compress_blocks(source, "huffman", block=block)):
        total += len(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == number * (block + 256)
    assert peak < 0.5 * total


def test_a_damaged_stream_stops_at_the_damage():
    parts = list(compress_blocks(io.BytesIO(DATA), "huffman", block=4000))
    wrong = b"".join([*parts[:3], parts[3][:50], b"?", parts[3][51:], *parts[4:]])
    blocks = decompress_blocks([wrong])
    assert next(blocks) + next(blocks) == DATA[:8000]
    with pytest.raises(ValueError, match="a checksum is wrong"):
        next(blocks)
    for missing in (parts[:-1], parts[:2] + parts[3:]):
        with pytest.raises(ValueError, match="ends too early|checksum of the data is wrong"):
            list(decompress_blocks(missing))
    with pytest.raises(ValueError, match="more bytes than the limit of 5000"):
        list(decompress_blocks(parts, limit=5000))
    with pytest.raises(ValueError, match="ends too early"):
        list(decompress_blocks([write_header(Header(1, 0, STREAM))]))


@pytest.mark.parametrize("source", ["name.txt", b"bytes", 3])
def test_what_is_no_source(source):
    with pytest.raises(TypeError, match="give it a file opened for reading bytes"):
        compress_blocks(source)
    with pytest.raises(TypeError, match="give it a file opened for reading bytes"):
        decompress_blocks(source)


def test_a_source_of_text():
    with pytest.raises(TypeError, match="a part of source is text"):
        list(compress_blocks(io.StringIO("text")))
    with pytest.raises(ValueError, match="block is 0"):
        compress_blocks([], block=0)
