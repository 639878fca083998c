"""Move to front: a byte is written as the number of different ones since it was last there; zeros then come in runs."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel


@kernel(cache=True, error_model="numpy")
def to_front(data, recent, ranks):
    """The place of each byte of data (n,) in the list of recent ones, to whose front it is moved.

    recent (k,) : the bytes that occur, in the order at the start. ranks (n,) : the result.

    >>> from mechkit import law
    >>> law(to_front, n=range(1, 6))["int"]["loads"]  # equal bytes are found at the front
    Polynomial('2n')
    """
    # Bentley, Sleator, Tarjan and Wei, A locally adaptive data compression scheme (1986)
    for i in range(data.size):
        byte = data[i]
        moved = recent[0]
        k = 0
        while moved != byte:
            k = k + 1
            moved, recent[k] = recent[k], moved
        recent[0] = byte
        ranks[i] = k


@to_front.example
def _(n):
    return np.zeros(n, np.uint8), np.arange(4, dtype=np.uint8), np.zeros(n, np.uint8)


@kernel(cache=True, error_model="numpy")
def back_from_front(ranks, recent, data):
    """The inverse of `to_front`; returns False where a rank is beyond the list.

    >>> from mechkit import law
    >>> law(back_from_front, n=range(1, 6))["int"]["stores"]
    Polynomial('2n')
    """
    for i in range(ranks.size):
        rank = ranks[i]
        if rank >= recent.size:
            return False
        byte = recent[rank]
        for k in range(rank):
            recent[rank - k] = recent[rank - k - 1]
        recent[0] = byte
        data[i] = byte
    return True


@back_from_front.example
def _(n):
    return np.zeros(n, np.uint8), np.arange(4, dtype=np.uint8), np.zeros(n, np.uint8)


@kernel(cache=True, error_model="numpy")
def zeros_to_runs(ranks, symbols):
    """Write runs of zeros as digits 1 and 2 of their length, symbols 0 and 1, and other ranks plus 1; returns how many.

    >>> from mechkit import law
    >>> law(lambda n: zeros_to_runs(np.ones(n, np.uint8), np.zeros(n, np.int32)), n=range(1, 6))["int"]["stores"]
    Polynomial('n')
    """
    # Seward, bzip2 (1996): a run of 1 digit has length 1 or 2, of 2 digits 3 to 6 ...
    number = 0
    i = 0
    while i < ranks.size:
        run = 0
        while i + run < ranks.size and ranks[i + run] == 0:
            run = run + 1
        i = i + run
        while run > 0:
            symbols[number] = 1 - (run & 1)
            run = (run - 1) >> 1
            number = number + 1
        if i < ranks.size:
            symbols[number] = ranks[i] + 1
            number = number + 1
            i = i + 1
    return number


@zeros_to_runs.example
def _(n):
    return (np.arange(n) % 5 // 4).astype(np.uint8), np.zeros(n, np.int32)


@kernel(cache=True, error_model="numpy")
def runs_to_zeros(symbols, ranks):
    """The inverse of `zeros_to_runs`; returns how many ranks there are, or -1 where they are too many.

    >>> from mechkit import law
    >>> law(lambda n: runs_to_zeros(np.full(n, 2), np.zeros(n, np.uint8)), n=range(1, 6))["int"]["stores"]
    Polynomial('n')
    """
    number = 0
    weight = 1
    for i in range(symbols.size):
        s = symbols[i]
        run = weight * (s + 1) if s < 2 else 1
        weight = weight << 1 if s < 2 else 1
        if run > ranks.size - number:
            return -1
        for k in range(number, number + run):
            ranks[k] = max(s - 1, 0)
        number = number + run
    return number


@runs_to_zeros.example
def _(n):
    return np.full(n, 2), np.zeros(n, np.uint8)


def move_to_front(data: np.ndarray) -> tuple[np.ndarray, int]:
    """(the ranks of the bytes of data (n,), how many different bytes there are).

    >>> move_to_front(np.frombuffer(b"bbbaab", np.uint8))
    (array([1, 0, 0, 1, 0, 1], dtype=uint8), 2)
    """
    recent = np.flatnonzero(np.bincount(data, minlength=256)).astype(np.uint8)
    number = recent.size
    ranks = np.empty_like(data)
    to_front(data, recent, ranks)
    return ranks, number


def from_front(ranks: np.ndarray, used: np.ndarray) -> np.ndarray:
    """The inverse of `move_to_front`; used: the bytes that occur. Raises ValueError for a rank beyond them."""
    data = np.empty_like(ranks)
    if not back_from_front(ranks, used.copy(), data):
        raise ValueError("a rank lies beyond the bytes that occur")
    return data


def run_symbols(ranks: np.ndarray, number: int) -> tuple[np.ndarray, int]:
    """(symbols of `zeros_to_runs`, the size of their alphabet) for ranks below a number.

    >>> run_symbols(np.array([0, 0, 0, 0, 3], np.uint8), 4)
    (array([1, 0, 4], dtype=int32), 5)
    """
    symbols = np.empty(ranks.size, np.int32)
    return symbols[: zeros_to_runs(ranks, symbols)], number + 1


def runs_expanded(symbols: np.ndarray, size: int) -> np.ndarray:
    """The ranks of symbols. Raises ValueError where they are not as many as size says."""
    ranks = np.empty(size, np.uint8)
    if runs_to_zeros(symbols, ranks) != size:
        raise ValueError(f"a block does not have {size} bytes, as it should")
    return ranks
