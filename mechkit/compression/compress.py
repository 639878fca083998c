"""Compress bytes and arrays without loss, and get them back as they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import one_of, whole
from mechkit.compression import container
from mechkit.compression.checksum import crc32
from mechkit.compression.container import ARRAY, BYTES, CODED, CONSTANT, LARGEST_BLOCK, STORED, Block, Header
from mechkit.compression.filters import FILTERS, best_filter, filtered, unfiltered
from mechkit.compression.methods import METHODS, NAMES
from mechkit.compression.symbols import as_bytes, read_only

#: Bytes of data a block, if nothing else is asked for.
BLOCK = 1 << 20
#: The most bytes that `decompress` gives back, if nothing else is asked for.
LIMIT = 1 << 30


def compress(data: Any, method: str = "lz77", filter: str | None = None, block: int = BLOCK) -> bytes:
    """Compress bytes or an array without loss.

    Parameters
    ----------
    data : bytes, or an array of booleans, whole numbers, real or complex numbers, dates; any layout and shape.
    method : see the table in docs/compression.md:
        "huffman", "arithmetic", "adaptive", "rans" code symbol by symbol; "run-length" codes runs of equal bytes;
        "lz77" and "bwt" find what repeats, and code what is left.
    filter : what an array goes through first. "delta" takes differences of adjacent numbers, "planes" puts bytes of
        equal weight together, "delta+planes" both, "none" neither. None chooses by the entropy.
    block : bytes of data that are coded together, at most 2^24.

    Returns
    -------
    bytes
        A container that `decompress` reads, with checksums.

    Raises
    ------
    TypeError
        for text, lists, and arrays of other types.
    ValueError
        for a method or filter that is not there, and a wrong size of the blocks.

    Operation count
    ---------------
    Whole numbers only, no flops. Huffman coding of n bytes counts the symbols, looks up a word for each and shifts it
    into place, and the checksum takes two loads a byte:

    >>> from mechkit import count
    >>> def loads(n):
    ...     with count() as ops:
    ...         blob = compress(bytes(range(16)) * n, "huffman")
    ...     return ops["int"].loads
    >>> round((loads(2000) - loads(1000)) / 16000, 2)  # histogram 2, words 2, checksums of data 2 and payload 1
    7.0

    References
    ----------
    Salomon and Motta, Handbook of Data Compression, 5th ed. (2010).

    Examples
    --------
    >>> text = b"she sells sea shells by the sea shore; " * 100
    >>> blob = compress(text, method="huffman")
    >>> len(text), len(blob)
    (3900, 1587)
    >>> decompress(blob) == text
    True
    """
    method = one_of("method", method, METHODS)
    size = whole("block", block)
    if size > LARGEST_BLOCK:
        raise ValueError(f"block is {size}; it must be at most {LARGEST_BLOCK} bytes")
    flat, header, width = _flat(data)
    if filter is not None:
        filter = one_of("filter", filter, FILTERS)
    chosen = filter or (best_filter(flat[:size], width) if header.kind == ARRAY else "none")
    if chosen != "none" and header.kind != ARRAY:
        raise ValueError(f"filter is {chosen!r}, which is for arrays; leave it out for bytes")
    header = Header(METHODS[method].number, FILTERS.index(chosen), header.kind, flat.size, header.dtype, header.shape)
    size = max(size - size % width, width)
    parts = [container.write_header(header)]
    for start in range(0, flat.size, size):
        part = filtered(flat[start : start + size], chosen, width)
        parts += [coded_block(plane, method) for plane in part.reshape(planes_of(chosen, width), -1)]
    return b"".join([*parts, container.write_end(crc32(flat))])


def decompress(blob: Any, limit: int = LIMIT) -> Any:
    """Give back what `compress` was given.

    Parameters
    ----------
    blob : bytes that `compress` or `compress_blocks` made.
    limit : the most bytes to give back. A container that declares more is refused before any memory is asked for.

    Returns
    -------
    bytes, or an array with the type and shape of the one that was compressed.

    Raises
    ------
    ValueError
        for anything that is not a whole container as it was written, and for one above the limit.

    Operation count
    ---------------
    Huffman decoding takes a look into a table a byte.

    >>> from mechkit import count
    >>> def loads(n):
    ...     blob = compress(bytes(range(16)) * n, "huffman")
    ...     with count() as ops:
    ...         data = decompress(blob)
    ...     return ops["int"].loads
    >>> round((loads(2000) - loads(1000)) / 16000, 2)  # the table 1, words 1/8, checksums 3
    4.13

    References
    ----------
    Salomon and Motta, Handbook of Data Compression, 5th ed. (2010).

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 6, dtype=np.float32).reshape(2, 3)
    >>> decompress(compress(x, "huffman"))
    array([[0. , 0.2, 0.4],
           [0.6, 0.8, 1. ]], dtype=float32)
    """
    limit = whole("limit", limit, 0)
    read = reader(as_bytes("blob", blob).tobytes())
    header = container.read_header(read)
    if header.kind == container.LOSSY:
        raise ValueError(
            "this data was compressed with loss; use dct_decompress, wavelet_decompress or decompress_floats"
        )
    parts = list(decoded_blocks(read, header, limit))
    if header.kind != ARRAY:
        return b"".join(part.tobytes() for part in parts)
    dtype = container.type_of(header.dtype)
    flat = np.concatenate(parts) if parts else np.empty(0, np.uint8)
    return flat.view(dtype.newbyteorder("<")).astype(dtype).reshape(header.shape)


@dataclass(frozen=True)
class Contents:
    """What a container holds, without decoding it: sizes in bytes, and bits a byte of the data.

    total : the whole container. payload : the coded symbols. tables : what the decoder needs to know the codes.
    """

    method: str
    filter: str
    size: int
    blocks: int
    tables: int
    payload: int
    total: int

    @property
    def rate(self) -> float:
        """Bits of the container for each byte of the data; NaN for no data."""
        return 8.0 * self.total / self.size if self.size else float("nan")


def contents(blob: Any) -> Contents:
    """What is in a container: its method, and the bytes of its parts.

    Parameters
    ----------
    blob : bytes that `compress` made.

    Returns
    -------
    Contents
        method, filter, size, blocks, tables, payload, total and rate.

    Raises
    ------
    ValueError
        for anything that is not a whole container as it was written.

    Operation count
    ---------------
    That of the checksums; nothing is decoded.

    >>> from mechkit import count
    >>> with count() as ops:
    ...     found = contents(compress(bytes(100), "huffman"))
    >>> ops.flops
    0

    Examples
    --------
    >>> found = contents(compress(b"abracadabra" * 100, "huffman"))
    >>> found.size, found.payload, found.method
    (1100, 288, 'huffman')
    """
    data = as_bytes("blob", blob).tobytes()
    read = reader(data)
    header = container.read_header(read)
    blocks = []
    while (block := container.read_block(read)) is not None:
        blocks.append(block)
    size = sum(block.size for block in blocks)
    if len(read(5)) != 4 or (header.kind != container.STREAM and size != header.size):
        raise ValueError("the compressed data is damaged: its end is missing, or its size is wrong")
    method, chosen = named(header)
    tables = sum(len(block.tables) for block in blocks)
    payload = sum(len(block.payload) for block in blocks)
    return Contents(method, chosen, size, len(blocks), tables, payload, len(data))


def coded_block(block: np.ndarray, method: str) -> bytes:
    """A block of at least one byte, as it stands in a container: coded where that is shorter."""
    block = read_only(block)
    if np.all(block == block[0]):
        return container.write_block(Block(CONSTANT, block.size, block[:1].tobytes(), b""))
    tables, payload = METHODS[method].encode(block)
    if len(tables) + len(payload) >= block.size:
        return container.write_block(Block(STORED, block.size, b"", block.tobytes()))
    return container.write_block(Block(CODED, block.size, tables, payload))


def decoded_blocks(read: container.Read, header: Header, limit: int) -> Iterator[np.ndarray]:
    """The data of the blocks that follow a header; all is checked when the last one was taken."""
    method, chosen = named(header)
    width = width_of(container.type_of(header.dtype)) if header.kind == ARRAY else 1
    if header.size > limit:
        raise ValueError(
            f"the data has {header.size} bytes, more than the limit of {limit}; give a larger limit for it"
        )
    total = checksum = 0
    planes: list[np.ndarray] = []
    while (block := container.read_block(read)) is not None:
        total += block.size
        if total > limit:
            raise ValueError(f"the data has more bytes than the limit of {limit}; give a larger limit for it")
        if (header.kind != container.STREAM and total > header.size) or (planes and block.size != planes[0].size):
            raise ValueError("the compressed data is damaged: its blocks are not those that the header tells of")
        planes.append(_data_of(block, method))
        if len(planes) == planes_of(chosen, width):
            part = unfiltered(planes[0] if len(planes) == 1 else np.concatenate(planes), chosen, width)
            planes.clear()
            checksum = crc32(part, checksum)
            yield part
    container.read_end(read, checksum)
    if planes or (header.kind != container.STREAM and total != header.size):
        raise ValueError("the compressed data is damaged: its blocks are not those that the header tells of")


def planes_of(chosen: str, width: int) -> int:
    """How many blocks a filter makes of one: each plane has a block, and so a code, of its own."""
    return width if "planes" in chosen else 1


def named(header: Header) -> tuple[str, str]:
    """The names of the method and the filter of a header."""
    if header.method not in NAMES or header.filter >= len(FILTERS):
        raise ValueError(f"the compressed data has method {header.method}, which this mechkit does not have")
    return NAMES[header.method], "none" if header.kind == container.LOSSY else FILTERS[header.filter]


def reader(data: bytes) -> container.Read:
    """read(n): the next n bytes of data, or those that are left."""
    place = 0

    def read(number: int) -> bytes:
        nonlocal place
        found = data[place : place + number]
        place += len(found)
        return found

    return read


def width_of(dtype: np.dtype) -> int:
    """The bytes of a number; of each of its parts, where it is complex; 1 where no integer has so many."""
    width = dtype.itemsize // 2 if dtype.kind == "c" else dtype.itemsize
    return width if width in (1, 2, 4, 8) else 1


def _data_of(block: Block, method: str) -> np.ndarray:
    if block.stored == STORED:
        return np.frombuffer(block.payload, np.uint8)
    if block.stored == CONSTANT:
        return np.full(block.size, block.tables[0], np.uint8)
    return METHODS[method].decode(block.tables, np.frombuffer(block.payload, np.uint8), block.size)


def _flat(data: Any) -> tuple[np.ndarray, Header, int]:
    """(the bytes of data, a header with its kind, type and shape, the bytes of a number)."""
    if not isinstance(data, np.ndarray | np.generic):
        return as_bytes("data", data), Header(0, 0, BYTES), 1
    if np.ma.isMaskedArray(data):
        raise TypeError("data is a masked array; give it plain numbers: data.filled(value)")
    array = np.asarray(data)
    if not container.TYPES.fullmatch(array.dtype.str) or array.dtype.names:
        raise TypeError(f"data holds {array.dtype} values; give it an array of numbers, booleans or dates, or bytes")
    if array.ndim > container.MOST_DIMENSIONS:
        raise ValueError(f"data has {array.ndim} dimensions; at most {container.MOST_DIMENSIONS} are allowed")
    flat = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(-1).view(np.uint8)
    return flat, Header(0, 0, ARRAY, 0, array.dtype.str, array.shape), width_of(array.dtype)
