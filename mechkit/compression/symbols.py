"""What can be coded symbol by symbol: bytes, and arrays of whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Alphabets up to this size are counted as they are; the values of larger ones are numbered first.
LARGEST_ALPHABET = 1 << 16


def as_bytes(name: str, data: Any) -> np.ndarray:
    """The bytes of a bytes-like object, as an array of uint8. Raises TypeError for anything else.

    >>> as_bytes("data", b"ab")
    array([97, 98], dtype=uint8)
    >>> as_bytes("data", "ab")
    Traceback (most recent call last):
    TypeError: data is text; give it bytes: data.encode()
    """
    if isinstance(data, str):
        raise TypeError(f"{name} is text; give it bytes: {name}.encode()")
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"{name} is a {type(data).__name__}; give it bytes")
    return read_only(np.frombuffer(bytes(data) if isinstance(data, memoryview) else data, np.uint8))


def read_only(array: np.ndarray) -> np.ndarray:
    """A view that cannot be written to: kernels are compiled once for what they read, wherever it comes from."""
    view = array.view()
    view.flags.writeable = False
    return view


def as_symbols(data: Any) -> tuple[np.ndarray, int]:
    """The symbols of bytes or of an array of whole numbers, numbered from 0, and the size of the alphabet.

    >>> as_symbols(b"ab")
    (array([97, 98], dtype=uint8), 256)
    >>> as_symbols(np.array([-5, 10**9, -5]))
    (array([0, 1, 0], dtype=uint16), 2)
    """
    if not isinstance(data, np.ndarray):
        return as_bytes("data", data), 256
    if data.dtype.kind not in "biu":
        raise TypeError(f"data holds {data.dtype} values; give it bytes, or an array of whole numbers")
    flat = np.ascontiguousarray(data).reshape(-1)
    if flat.dtype.itemsize == 1 and flat.dtype.kind != "b":
        return read_only(flat.view(np.uint8)), 256
    values, numbered = np.unique(flat, return_inverse=True)
    if values.size > LARGEST_ALPHABET:
        return numbered.astype(np.int64), values.size
    return numbered.astype(np.uint16), max(values.size, 1)
