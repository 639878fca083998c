"""Compress and decompress in blocks, so that a file larger than the memory goes through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mechkit.checking import one_of, whole
from mechkit.compression import container
from mechkit.compression.checksum import crc32
from mechkit.compression.compress import BLOCK, coded_block, decoded_blocks
from mechkit.compression.container import LARGEST_BLOCK, STREAM, Header
from mechkit.compression.methods import METHODS
from mechkit.compression.symbols import as_bytes


def compress_blocks(source: Any, method: str = "lz77", block: int = BLOCK) -> Iterator[bytes]:
    """Compress a stream of bytes, a block at a time.

    Parameters
    ----------
    source : a file opened for reading bytes, or an iterable of bytes.
    method : as for `compress`.
    block : bytes of data that are coded together, at most 2^24. No more than that is held in memory.

    Returns
    -------
    iterator of bytes
        Together they are a container, for `decompress_blocks` or `decompress`.

    Raises
    ------
    TypeError, ValueError
        as `compress`, and for a source of anything but bytes.

    Operation count
    ---------------
    That of `compress` for each block.

    >>> from mechkit import count
    >>> with count() as ops:
    ...     parts = list(compress_blocks([b"abc" * 100], "huffman"))
    >>> ops.flops, ops["int"].loads > 0
    (0, True)

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO(b"a line of text\\n" * 1000)
    >>> parts = list(compress_blocks(file, block=4096))
    >>> len(parts), sum(map(len, parts))  # the header, four blocks, the end
    (6, 220)
    >>> b"".join(decompress_blocks(parts)) == file.getvalue()
    True
    """
    method = one_of("method", method, METHODS)
    size = whole("block", block)
    if size > LARGEST_BLOCK:
        raise ValueError(f"block is {size}; it must be at most {LARGEST_BLOCK} bytes")
    return _compressed(_reader(source), method, size)


def decompress_blocks(source: Any, limit: int | None = None) -> Iterator[bytes]:
    """Give back, a block at a time, what `compress_blocks` or `compress` was given.

    Parameters
    ----------
    source : a file opened for reading bytes, or an iterable of bytes.
    limit : the most bytes to give back in all; any number, if left out: only a block is held in memory.

    Returns
    -------
    iterator of bytes
        Each block is checked before it is given. That nothing is missing is known after the last one only. The
        bytes of an array come in the order of its elements, the low byte of each first.

    Raises
    ------
    ValueError
        at the first damaged block, and at the end where something is missing or follows.

    Operation count
    ---------------
    That of `decompress` for each block.

    >>> from mechkit import count
    >>> parts = list(compress_blocks([b"abc" * 100], "huffman"))
    >>> with count() as ops:
    ...     data = list(decompress_blocks(parts))
    >>> ops.flops, ops["int"].loads > 0
    (0, True)

    Examples
    --------
    >>> parts = compress_blocks(bytes([k]) * 100 for k in range(50))
    >>> sum(len(data) for data in decompress_blocks(parts))
    5000
    """
    most = 1 << 63 if limit is None else whole("limit", limit, 0)
    return _decompressed(_reader(source), most)


def _compressed(read: container.Read, method: str, size: int) -> Iterator[bytes]:
    yield container.write_header(Header(METHODS[method].number, 0, STREAM))
    checksum = 0
    while data := read(size):
        array = as_bytes("source", data)
        checksum = crc32(array, checksum)
        yield coded_block(array, method)
    yield container.write_end(checksum)


def _decompressed(read: container.Read, limit: int) -> Iterator[bytes]:
    header = container.read_header(read)
    for part in decoded_blocks(read, header, limit):
        yield part.tobytes()


def _reader(source: Any) -> container.Read:
    """read(n): the next n bytes of a file or of an iterable, fewer only at its end."""
    if isinstance(source, str | bytes | bytearray | memoryview) or not (
        hasattr(source, "read") or hasattr(source, "__iter__")
    ):
        raise TypeError(
            f"source is a {type(source).__name__}; give it a file opened for reading bytes, or a list of bytes"
        )
    pieces = None if hasattr(source, "read") else iter(source)
    held = bytearray()

    def read(number: int) -> bytes:
        while len(held) < number:
            piece = source.read(number - len(held)) if pieces is None else next(pieces, None)
            if piece is None or (pieces is None and len(piece) == 0):
                break
            as_bytes("a part of source", piece)
            held.extend(piece)
        found = bytes(held[:number])
        del held[:number]
        return found

    return read
