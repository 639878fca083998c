"""The Burrows-Wheeler transform: the last column of all rotations of the data, sorted; equal bytes come together."""

from __future__ import annotations

import numpy as np

from mechkit.compression.adaptive import Rate, adaptive_decode, adaptive_encode
from mechkit.compression.container import read_number, write_number
from mechkit.compression.move_to_front import from_front, move_to_front, run_symbols, runs_expanded
from mechkit.counting import kernel

#: The counts of the coder learn fast: what follows from one part of the text is gone in the next.
RATE = Rate(step=32, most=1 << 12)


@kernel(cache=True, error_model="numpy")
def order_by_byte(data, buckets, order, rank):
    """Sort the rotations of data (n,) by their first byte; rank is the place of the first of its equals.

    buckets (257,) : zeros. order (n,) : the starts of the sorted rotations. rank (n,) : by start.

    >>> from mechkit import law
    >>> law(order_by_byte, n=range(1, 6))["int"]["loads"]
    Polynomial('7n + 512')
    """
    for i in range(data.size):
        buckets[data[i] + 1] += 1
    for b in range(256):
        buckets[b + 1] += buckets[b]
    for i in range(data.size):
        rank[i] = buckets[data[i]]
    for i in range(data.size):
        place = buckets[data[i]]
        order[place] = i
        buckets[data[i]] = place + 1


@order_by_byte.example
def _(n):
    return np.arange(n).astype(np.uint8), np.zeros(257, np.int64), np.zeros(n, np.int32), np.zeros(n, np.int32)


@kernel(cache=True, error_model="numpy")
def order_by_double(order, rank, length, new_order, new_rank, front):
    """Sort rotations, in order by their first bytes, by twice as many; returns how many different ones there are.

    order, rank (n,) : of `order_by_byte`, for a number of bytes, the length. new_order, new_rank (n,) : the results.
    front (n,) : room for the first free place of each rank.

    >>> from mechkit import law
    >>> law(lambda n: order_by_double(*order_by_double.example_arguments(2 * n)), n=range(1, 7))["int"]["stores"]
    Polynomial('8n')
    """
    # Manber and Myers, Suffix arrays (1993): the order by the second half is the order by the first, moved
    n = order.size
    for i in range(n):
        front[i] = i
    for k in range(n):  # 1  by the second half, then by the first: a counting sort that keeps the order
        start = order[k] - length
        if start < 0:
            start = start + n
        r = rank[start]
        new_order[front[r]] = start
        front[r] += 1
    different = 0
    first = 0
    before = 0
    before_second = 0
    for k in range(n):  # 2  the ranks: equal ones agree in both halves
        start = new_order[k]
        second = start + length
        if second >= n:
            second = second - n
        if k == 0 or rank[start] != before or rank[second] != before_second:
            first = k
            different = different + 1
        before = rank[start]
        before_second = rank[second]
        new_rank[start] = first
    return different


@order_by_double.example
def _(n):
    room = [np.zeros(n, np.int32) for _ in range(3)]
    return np.arange(n, dtype=np.int32), np.arange(n, dtype=np.int32), n // 2, *room


@kernel(cache=True, error_model="numpy")
def last_column(data, order, column):
    """The byte before each rotation, in their order; returns the place of the rotation that starts with the data.

    >>> from mechkit import law
    >>> law(last_column, n=range(1, 6))["int"]["stores"]
    Polynomial('n')
    """
    n = data.size
    primary = 0
    for k in range(n):
        start = order[k]
        if start == 0:
            primary = k
            start = n
        column[k] = data[start - 1]
    return primary


@last_column.example
def _(n):
    return np.arange(n).astype(np.uint8), np.arange(n, dtype=np.int32), np.zeros(n, np.uint8)


@kernel(cache=True, error_model="numpy")
def first_column(column, primary, buckets, following, data):
    """The inverse: data (n,) from the last column of its sorted rotations, and the place of its own.

    buckets (257,) : zeros. following (n,) : room.

    >>> from mechkit import law
    >>> law(first_column, n=range(1, 6))["int"]["loads"]
    Polynomial('7n + 513')
    """
    # Burrows and Wheeler, A block-sorting lossless data compression algorithm (1994), section 4.2
    n = column.size
    for i in range(n):  # 1  where each byte's rotations begin
        buckets[column[i] + 1] += 1
    for b in range(256):
        buckets[b + 1] += buckets[b]
    for i in range(n):  # 2  the rotation that starts one byte later
        place = buckets[column[i]]
        buckets[column[i]] = place + 1
        following[place] = i
    k = following[primary]
    for i in range(n):  # 3  from rotation to rotation
        data[i] = column[k]
        k = following[k]


@first_column.example
def _(n):
    return np.zeros(n, np.uint8), 0, np.zeros(257, np.int64), np.zeros(n, np.int32), np.zeros(n, np.uint8)


def sorted_rotations(data: np.ndarray) -> np.ndarray:
    """The starts of the rotations of data (n,), sorted; equal ones in any order.

    >>> sorted_rotations(np.frombuffer(b"banana", np.uint8))
    array([5, 3, 1, 0, 4, 2], dtype=int32)
    """
    n = data.size
    order, rank, new_order, new_rank, front = (np.empty(n, np.int32) for _ in range(5))
    order_by_byte(data, np.zeros(257, np.int64), order, rank)
    length = 1
    while length < n:
        different = order_by_double(order, rank, length, new_order, new_rank, front)
        order, new_order = new_order, order
        rank, new_rank = new_rank, rank
        if different == n:
            break
        length *= 2
    return order


def transform(data: np.ndarray) -> tuple[np.ndarray, int]:
    """(the last column of the sorted rotations of data (n,), the place of data itself among them).

    >>> column, place = transform(np.frombuffer(b"banana", np.uint8))
    >>> column.tobytes(), place
    (b'nnbaaa', 3)
    """
    column = np.empty_like(data)
    return column, int(last_column(data, sorted_rotations(data), column))


def inverse_transform(column: np.ndarray, place: int) -> np.ndarray:
    """The inverse of `transform`.

    >>> inverse_transform(np.frombuffer(b"nnbaaa", np.uint8), 3).tobytes()
    b'banana'
    """
    data = np.empty_like(column)
    first_column(column, place, np.zeros(257, np.int64), np.empty(column.size, np.int32), data)
    return data


def bwt_block(block: np.ndarray) -> tuple[bytes, bytes]:
    """(tables, payload) of a block: the transform, moved to the front, its zeros as runs, coded adaptively."""
    column, place = transform(block)
    symbols, alphabet = run_symbols(*move_to_front(column))
    used = np.packbits(np.bincount(block, minlength=256) > 0).tobytes()
    tables = write_number(place) + write_number(symbols.size) + used
    return tables, adaptive_encode(symbols, alphabet, RATE)


def bwt_unblock(tables: bytes, payload: np.ndarray, size: int) -> np.ndarray:
    """The inverse of `bwt_block`. Raises ValueError for a damaged one."""
    place, at = read_number(tables, 0)
    number, at = read_number(tables, at)
    used = np.flatnonzero(np.unpackbits(np.frombuffer(tables[at:], np.uint8)))
    if len(tables) - at != 32 or used.size == 0 or place >= size or number > size:
        raise ValueError("the sizes of a block are wrong")
    symbols = adaptive_decode(payload, used.size + 1, RATE, number)
    column = from_front(runs_expanded(symbols, size), used.astype(np.uint8))
    return inverse_transform(column, place)
