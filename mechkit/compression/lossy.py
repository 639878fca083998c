"""What the lossy codes share: images as levels from 0 to 255, and containers of several parts."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from mechkit.checking import float_array, whole
from mechkit.compression import container
from mechkit.compression.checksum import crc32
from mechkit.compression.compress import BLOCK, LIMIT, coded_block, decoded_blocks, reader
from mechkit.compression.container import LOSSY, Header, read_number, write_number
from mechkit.compression.methods import METHODS
from mechkit.compression.symbols import as_bytes

#: What a lossy container holds, by its number in the header, and the function that reads it.
READERS = ("dct_decompress", "wavelet_decompress", "decompress_floats")


class Parts(NamedTuple):
    """What a lossy container holds: the type and shape of the array, numbers, and streams of bytes."""

    dtype: np.dtype
    shape: tuple[int, ...]
    numbers: tuple[float, ...]
    streams: list[np.ndarray]


def pack(reader_name: str, method: str, parts: Parts) -> bytes:
    """A container of streams, each with a code of its own."""
    directory = [write_number(len(parts.numbers)), np.array(parts.numbers, "<f8").tobytes()]
    directory += [write_number(len(parts.streams)), *(write_number(stream.size) for stream in parts.streams)]
    first = np.frombuffer(b"".join(directory), np.uint8)
    kind = READERS.index(reader_name)
    total = first.size + sum(stream.size for stream in parts.streams)
    header = Header(METHODS[method].number, kind, LOSSY, total, parts.dtype.str, parts.shape)
    blocks, checksum = [], 0
    for stream in (first, *parts.streams):
        checksum = crc32(stream, checksum)
        blocks += [coded_block(stream[start : start + BLOCK], method) for start in range(0, stream.size, BLOCK)]
    return b"".join([container.write_header(header), *blocks, container.write_end(checksum)])


def unpack(reader_name: str, blob: Any, limit: Any = LIMIT) -> Parts:
    """The inverse of `pack`. Raises ValueError for damage, another kind of data, and an array above the limit."""
    read = reader(as_bytes("blob", blob).tobytes())
    header = container.read_header(read)
    if header.kind != LOSSY or header.filter >= len(READERS):
        raise ValueError(f"this data was not compressed for {reader_name}; use decompress")
    if READERS[header.filter] != reader_name:
        raise ValueError(f"this data was not compressed for {reader_name}; use {READERS[header.filter]}")
    dtype = container.type_of(header.dtype)
    size = prod(header.shape) * dtype.itemsize
    most = whole("limit", limit, 0)
    if size > most:
        raise ValueError(f"the data has {size} bytes, more than the limit of {most}; give a larger limit for it")
    data = np.concatenate([np.empty(0, np.uint8), *decoded_blocks(read, header, 16 * most + BLOCK)])
    head = data[:BLOCK].tobytes()
    number, at = read_number(head, 0)
    if number > len(head):
        raise ValueError("the compressed data is damaged: it has too few numbers")
    numbers = tuple(np.frombuffer(head[at : at + 8 * number].ljust(8 * number, b"\0"), "<f8").tolist())
    count, at = read_number(head, at + 8 * number)
    streams = []
    sizes = []
    for _ in range(count):
        length, at = read_number(head, at)
        sizes.append(length)
    if at + sum(sizes) != data.size:
        raise ValueError("the compressed data is damaged: its streams have other sizes")
    for length in sizes:
        streams.append(data[at : at + length])
        at += length
    return Parts(dtype, header.shape, numbers, streams)


def expect(parts: Parts, numbers: int, streams: int, dimensions: tuple[int, ...]) -> None:
    """See that a container has so many parts. Raises ValueError for another."""
    right = (len(parts.numbers), len(parts.streams)) == (numbers, streams) and len(parts.shape) in dimensions
    if not right or not np.isfinite(parts.numbers).all() or parts.dtype.kind not in "uf":
        raise ValueError("the compressed data is damaged: it has other parts than it should")


def levels_of(image: Any, dimensions: tuple[int, ...]) -> tuple[np.ndarray, np.dtype, float, float]:
    """(values from 0 to 255 as float64, the type, the value of level 0, the value of a level) of an image or signal."""
    array = np.asarray(image)
    dtype = array.dtype if array.dtype in (np.uint8, np.float16, np.float32) else np.dtype(np.float64)
    values = float_array("image", image, dimensions).astype(np.float64)
    if dtype == np.uint8:
        return values, dtype, 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    span = high / 255.0 - low / 255.0
    if span > 0.0 and 255.0 * (1.0 / span) < np.inf:
        return np.clip(values / span - low / span, 0.0, 255.0), dtype, low, span
    return np.zeros_like(values), dtype, low, 0.0


def image_of(levels: np.ndarray, dtype: np.dtype, low: float, span: float) -> np.ndarray:
    """The inverse of `levels_of`: values of the type, within what it holds."""
    if dtype == np.uint8:
        return np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    with np.errstate(over="ignore"):
        values = low + span * levels
        most = float(np.finfo(dtype).max)
        return np.clip(values, -most, most).astype(dtype)


def quality_of(quality: Any) -> int:
    """A quality from 1 to 100. Raises TypeError and ValueError for anything else."""
    found = whole("quality", quality)
    if found > 100:
        raise ValueError(f"quality is {found}; it must be a whole number from 1 to 100")
    return found


def scale_of(quality: int) -> float:
    """The factor of the steps: 1 at quality 50, 50 at 1, and 0 at 100, as in libjpeg."""
    return 50.0 / quality if quality < 50 else 2.0 - quality / 50.0


def folded_planes(levels: np.ndarray) -> list[np.ndarray]:
    """The low and the high bytes of small whole numbers (n,) of either sign: 0, -1, 1, -2 ... are 0, 1, 2, 3 ..."""
    folded = ((levels << 1) ^ (levels >> 31)).astype("<u4").view(np.uint8).reshape(-1, 4)
    return [np.ascontiguousarray(folded[:, 0]), np.ascontiguousarray(folded[:, 1])]


def unfolded_planes(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The inverse of `folded_planes`, int32."""
    folded = low.astype(np.int32) | (high.astype(np.int32) << 8)
    return (folded >> 1) ^ -(folded & 1)
