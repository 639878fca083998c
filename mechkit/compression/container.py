"""The container: a header, blocks, and checksums, so that damage is noticed before any data is given back.

- header: magic (4 bytes), version, method, filter, kind (a byte each), type and shape of an array, size, CRC-32.
- block: how it is stored (a byte), sizes of data, tables and payload, the tables, the payload, CRC-32.
- end: a zero byte, CRC-32 of the data.

Sizes are written with seven bits a byte, the low ones first; the last byte is below 128.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod

import numpy as np

from mechkit.compression.checksum import crc32

MAGIC = b"\x93MKC"
VERSION = 1
#: What a container holds: bytes, an array, or a stream of bytes whose size the header does not tell,
#: or what a lossy code made of an array.
BYTES, ARRAY, STREAM, LOSSY = 0, 1, 2, 3
#: How a block is stored.
END, CODED, STORED, CONSTANT = 0, 1, 2, 3
#: No block has more bytes of data: a damaged size cannot ask for more memory.
LARGEST_BLOCK = 1 << 24
#: Tables and payload are smaller than the data, or the block is stored as it is.
LARGEST_SIZE = 1 << 62
#: The types of array that a container can hold, as NumPy writes them.
TYPES = re.compile(r"[<>|](b1|i[1248]|u[1248]|f(2|4|8|12|16)|c(8|16|24|32)|[mM]8(\[\d*[a-zA-Z]+\])?)")
MOST_DIMENSIONS = 32

Read = Callable[[int], bytes]


@dataclass(frozen=True)
class Header:
    """What stands before the blocks."""

    method: int
    filter: int
    kind: int
    size: int = 0
    dtype: str = ""
    shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class Block:
    """A part of the data, as it is stored."""

    stored: int
    size: int
    tables: bytes
    payload: bytes


@dataclass
class Checked:
    """Reads from a source, and sums up what was read; `check` compares the sum with the checksum that follows."""

    read: Read
    seen: list[bytes] = field(default_factory=list)

    def take(self, number: int) -> bytes:
        """So many bytes. Raises ValueError where the source ends before."""
        found = self.read(number)
        if len(found) < number:
            raise ValueError("the compressed data ends too early: a part of it is missing")
        self.seen.append(found)
        return found

    def number(self) -> int:
        """A size, seven bits a byte."""
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift >= 63:
                raise ValueError("the compressed data is damaged: a size has more than 63 bits")

    def check(self) -> None:
        """Compare the checksum of all that was read since the last one with the one that follows."""
        found = crc32(b"".join(self.seen))
        if int.from_bytes(self.take(4), "little") != found:
            raise ValueError("the compressed data is damaged: a checksum is wrong")
        self.seen.clear()


def write_number(value: int) -> bytes:
    """A size, seven bits a byte.

    >>> write_number(300)
    b'\\xac\\x02'
    """
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_number(data: bytes, start: int) -> tuple[int, int]:
    """(the size that begins at data[start], the place after it). Raises ValueError where it does not end.

    >>> read_number(write_number(300), 0)
    (300, 2)
    """
    source = Checked(lambda number: data[start + len(source.seen) : start + len(source.seen) + number])
    return source.number(), start + len(source.seen)


def with_checksum(data: bytes) -> bytes:
    """Data, and its CRC-32."""
    return data + crc32(data).to_bytes(4, "little")


def write_header(header: Header) -> bytes:
    """The bytes of a header."""
    parts = [MAGIC, bytes([VERSION, header.method, header.filter, header.kind])]
    if header.kind in (ARRAY, LOSSY):
        name = header.dtype.encode()
        parts += [write_number(len(name)), name, write_number(len(header.shape)), *map(write_number, header.shape)]
    parts.append(write_number(header.size))
    return with_checksum(b"".join(parts))


def read_header(read: Read) -> Header:
    """The header that a source begins with. Raises ValueError for anything else."""
    source = Checked(read)
    if source.take(4) != MAGIC:
        raise ValueError("this is not compressed data of mechkit: the first bytes are others")
    version, method, filter_, kind = source.take(4)
    if version != VERSION:
        raise ValueError(f"the compressed data has version {version}; this mechkit reads version {VERSION}")
    dtype = ""
    shape: tuple[int, ...] = ()
    if kind in (ARRAY, LOSSY):
        length = source.number()
        if length > 64:
            raise ValueError("the compressed data is damaged: a type of array is wrong")
        dtype = source.take(length).decode("latin-1")
        dimensions = source.number()
        if dimensions > MOST_DIMENSIONS:
            raise ValueError(f"the compressed data is damaged: an array of {dimensions} dimensions")
        shape = tuple(source.number() for _ in range(dimensions))
    header = Header(method, filter_, kind, source.number(), dtype, shape)
    source.check()
    if kind > LOSSY or (kind == ARRAY and prod(shape) * type_of(dtype).itemsize != header.size):
        raise ValueError("the compressed data is damaged: the kind of data or its size is wrong")
    return header


def type_of(name: str) -> np.dtype:
    """The type of array with a name. Raises ValueError for what no container holds."""
    if TYPES.fullmatch(name):
        try:
            return np.dtype(name)
        except TypeError:  # a type that this machine does not have
            pass
    raise ValueError(f"the compressed data holds an array of type {name!r}, which cannot be read here")


def write_block(block: Block) -> bytes:
    """The bytes of a block."""
    sizes = (block.size, len(block.tables), len(block.payload))
    return with_checksum(b"".join([bytes([block.stored]), *map(write_number, sizes), block.tables, block.payload]))


def read_block(read: Read) -> Block | None:
    """The next block of a source; None at the end, whose checksum of the data is left to read."""
    source = Checked(read)
    (stored,) = source.take(1)
    if stored == END:
        return None
    size, tables, payload = source.number(), source.number(), source.number()
    if stored > CONSTANT or not 0 < size <= LARGEST_BLOCK or tables + payload > size:
        raise ValueError("the compressed data is damaged: the sizes of a block are wrong")
    if (stored == STORED and (tables, payload) != (0, size)) or (stored == CONSTANT and (tables, payload) != (1, 0)):
        raise ValueError("the compressed data is damaged: the sizes of a block are wrong")
    block = Block(stored, size, source.take(tables), source.take(payload))
    source.check()
    return block


def write_end(checksum: int) -> bytes:
    """What follows the last block; checksum: CRC-32 of the data."""
    return bytes([END]) + checksum.to_bytes(4, "little")


def read_end(read: Read, checksum: int) -> None:
    """See that the data is what was written, and that nothing follows."""
    found = read(4)
    if len(found) < 4:
        raise ValueError("the compressed data ends too early: a part of it is missing")
    if int.from_bytes(found, "little") != checksum:
        raise ValueError("the compressed data is damaged: the checksum of the data is wrong")
    if read(1):
        raise ValueError("something follows the end of the compressed data")
