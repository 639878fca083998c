"""The tables of codes that work with frequencies: the counts of the symbols, exact or with a given sum."""

from __future__ import annotations

import numpy as np

from mechkit.compression.container import read_number, write_number


def scaled(counts: np.ndarray, bits: int) -> np.ndarray:
    """Frequencies whose sum is 2^bits, as near to the counts as can be; no symbol that occurs gets 0.

    >>> scaled(np.array([1000, 10, 0, 1]), 4)
    array([14,  1,  0,  1])
    """
    total = 1 << bits
    share = counts * (total / counts.sum())
    found = np.where(counts > 0, np.maximum(np.rint(share), 1.0), 0.0).astype(np.int64)
    while (missing := total - int(found.sum())) != 0:
        # what a step of one costs in bits, for each symbol; those that it costs least make it
        step = 1 if missing > 0 else -1
        with np.errstate(divide="ignore", invalid="ignore"):
            cost = np.where(found + min(step, 0) > 0, -counts * np.log2((found + step) / found), np.inf)
        cost[counts == 0] = np.inf
        best = np.argsort(cost, kind="stable")[: min(abs(missing), max(np.count_nonzero(np.isfinite(cost)) // 4, 1))]
        found[best] += step
    return found


def excess(counts: np.ndarray, frequencies: np.ndarray) -> float:
    """The bits that frequencies cost above the entropy, as a share of it."""
    used = counts > 0
    n, total = counts.sum(), frequencies.sum()
    bits = -float(counts[used] @ np.log2(counts[used] / n))
    spent = -float(counts[used] @ np.log2(frequencies[used] / total))
    return spent / bits - 1.0 if bits > 0.0 else 0.0


def write_counts(counts: np.ndarray) -> bytes:
    """Counts as numbers of seven bits a byte; a zero is followed by how many more zeros there are.

    >>> list(write_counts(np.array([3, 0, 0, 0, 200])))
    [3, 0, 2, 200, 1]
    """
    parts, k = [], 0
    while k < counts.size:
        parts.append(write_number(int(counts[k])))
        run = k + 1
        if counts[k] == 0:
            while run < counts.size and counts[run] == 0:
                run += 1
            parts.append(write_number(run - k - 1))
        k = run
    return b"".join(parts)


def read_counts(data: bytes, start: int, number: int) -> tuple[np.ndarray, int]:
    """(a number of counts that begin at data[start], the place after them). Raises ValueError for damaged data."""
    counts: list[int] = []
    while len(counts) < number:
        value, start = read_number(data, start)
        counts.append(value)
        if value == 0:
            more, start = read_number(data, start)
            if more >= number:
                raise ValueError("a table of counts is damaged")
            counts += [0] * more
    if len(counts) > number or sum(counts) >= 1 << 32:
        raise ValueError("a table of counts is damaged")
    return np.array(counts, np.int64), start
