"""The checksum CRC-32: the remainder of the data, as a polynomial of bits, divided by a polynomial of degree 32."""

from __future__ import annotations

from functools import cache

import numpy as np

from mechkit.compression.symbols import as_bytes, read_only
from mechkit.counting import kernel

#: The dividing polynomial, with its bits in reverse.
POLYNOMIAL = 0xEDB88320
#: So many bytes are taken at once.
SLICES = 8


@cache
def remainders() -> np.ndarray:
    """remainders()[k, byte] (8, 256): the remainder of a byte that k zero bytes follow."""
    tables = np.zeros((SLICES, 256), np.int64)
    value = np.arange(256)
    for _ in range(8):
        value = np.where(value & 1, (value >> 1) ^ POLYNOMIAL, value >> 1)
    tables[0] = value
    for k in range(1, SLICES):
        tables[k] = (tables[k - 1] >> 8) ^ tables[0][tables[k - 1] & 255]
    return tables


@kernel(cache=True, error_model="numpy")
def remainder(data, tables, crc):
    """The remainder after data (n,), for the remainder crc before it; tables (8, 256), from `remainders`.

    >>> from mechkit import law
    >>> found = law(lambda n: remainder(np.zeros(8 * n, np.uint8), remainders(), 0), n=range(1, 6))["int"]
    >>> found["loads"], found["bitxor"]  # two loads a byte
    (Polynomial('16n'), Polynomial('8n'))
    """
    # Kounavis and Berry, A systematic approach to building high performance software-based CRC generators (2005)
    t0, t1, t2, t3 = tables[0], tables[1], tables[2], tables[3]
    t4, t5, t6, t7 = tables[4], tables[5], tables[6], tables[7]
    whole = data.size - data.size % SLICES
    for i in range(0, whole, SLICES):  # 1  eight bytes at once: the first one is followed by seven
        part = crc ^ (data[i] | (data[i + 1] << 8) | (data[i + 2] << 16) | (data[i + 3] << 24))
        crc = (
            (t7[part & 255] ^ t6[(part >> 8) & 255])
            ^ (t5[(part >> 16) & 255] ^ t4[part >> 24])
            ^ ((t3[data[i + 4]] ^ t2[data[i + 5]]) ^ (t1[data[i + 6]] ^ t0[data[i + 7]]))
        )
    for i in range(whole, data.size):  # 2  the rest, byte by byte
        crc = (crc >> 8) ^ t0[(crc ^ data[i]) & 255]
    return crc


@remainder.example
def _(n):
    return np.arange(n).astype(np.uint8), remainders(), 0xFFFFFFFF


def crc32(data: bytes | np.ndarray, before: int = 0) -> int:
    """The checksum CRC-32 of data; every error in up to 32 bits side by side changes it.

    Parameters
    ----------
    data : bytes, or an array of uint8 (n,).
    before : the checksum of what stands before data, to go on from it.

    Returns
    -------
    int
        From 0 to 2^32 - 1, the same as that of `zlib.crc32`.

    Raises
    ------
    TypeError
        for anything but bytes.

    Operation count
    ---------------
    Eight bytes at a time: two loads and less than two operations on bits a byte.

    >>> from mechkit import law
    >>> law(lambda n: crc32(bytes(8 * n)), n=range(1, 6))["int"]["loads"]
    Polynomial('16n')

    References
    ----------
    Peterson and Brown, Cyclic codes for error detection, Proc. IRE 49 (1961); RFC 1952, section 8.

    Examples
    --------
    >>> f"{crc32(b'123456789'):08x}"
    'cbf43926'
    >>> crc32(b"6789", before=crc32(b"12345")) == crc32(b"123456789")
    True
    """
    array = read_only(data) if isinstance(data, np.ndarray) and data.dtype == np.uint8 else as_bytes("data", data)
    return int(remainder(array, remainders(), before ^ 0xFFFFFFFF)) ^ 0xFFFFFFFF
