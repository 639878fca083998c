"""Run-length coding: a run of equal bytes is its length and the byte."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel

#: A length of up to 128 fits beside the bit that tells a run from single bytes.
MOST = 128


@kernel(cache=True, error_model="numpy")
def runs_encode(data, out):
    """Write data (n,) as runs and as stretches of single bytes, each behind its length; returns how many bytes.

    A length byte below 128 is followed by one more single byte than it says. One of 128 and above is followed by the
    byte of a run, which is 127 shorter than it says.

    >>> from mechkit import law
    >>> found = law(lambda n: runs_encode(np.zeros(128 * n, np.uint8), np.zeros(2 * n, np.uint8)), n=range(1, 6))
    >>> found["int"]["stores"]
    Polynomial('2n')
    """
    # PackBits (Apple, 1986), with the lengths of runs counting up
    number = 0
    i = 0
    while i < data.size:
        run = 1
        most = min(data.size - i, MOST)
        while run < most and data[i + run] == data[i]:
            run = run + 1
        if run > 1:
            out[number] = run + 127
            out[number + 1] = data[i]
            number = number + 2
            i = i + run
        else:
            # single bytes, up to the next three that are equal
            head = number
            number = number + 1
            single = 0
            while single < most and not (i + 2 < data.size and data[i] == data[i + 1] and data[i + 1] == data[i + 2]):
                out[number] = data[i]
                number = number + 1
                single = single + 1
                i = i + 1
            out[head] = single - 1
    return number


@runs_encode.example
def _(n):
    return (np.arange(n) // 4).astype(np.uint8), np.zeros(2 * n + 2, np.uint8)


@kernel(cache=True, error_model="numpy")
def runs_decode(coded, data):
    """The inverse of `runs_encode`; returns how many bytes there are, or -1 where they are not those of data (n,).

    >>> from mechkit import law
    >>> law(runs_decode, n=range(1, 6))["int"]["stores"]
    Polynomial('n')
    """
    number = 0
    i = 0
    while i < coded.size:
        length = coded[i] + 1
        i = i + 1
        if length > MOST:
            length = length - MOST
            if i >= coded.size or length > data.size - number:
                return -1
            for k in range(number, number + length):
                data[k] = coded[i]
            i = i + 1
        else:
            if length > coded.size - i or length > data.size - number:
                return -1
            for k in range(length):
                data[number + k] = coded[i + k]
            i = i + length
        number = number + length
    return number


@runs_decode.example
def _(n):
    return np.array([127 + n, 5], np.uint8), np.zeros(n, np.uint8)


def runs_block(block: np.ndarray) -> tuple[bytes, bytes]:
    """(no tables, payload) of a block."""
    out = np.empty(block.size + block.size // MOST + 2, np.uint8)
    return b"", out[: runs_encode(block, out)].tobytes()


def runs_unblock(tables: bytes, payload: np.ndarray, size: int) -> np.ndarray:
    """The inverse of `runs_block`. Raises ValueError for a damaged one."""
    data = np.empty(size, np.uint8)
    if tables or runs_decode(payload, data) != size:
        raise ValueError(f"the runs of a block are not those of {size} bytes")
    return data
