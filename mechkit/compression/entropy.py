"""The entropy of data: the bytes that no code of single symbols can beat."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.compression.symbols import as_symbols
from mechkit.counting import kernel


@kernel(cache=True, error_model="numpy")
def histogram(symbols, counts):
    """Count how often each symbol occurs: adds 1 to counts[s] for each s of symbols (n,).

    >>> from mechkit import law
    >>> found = law(lambda n: histogram(np.zeros(n, np.uint8), np.zeros(256, np.int64)), n=range(1, 6))
    >>> found["int"]["add"], found["int"]["loads"]
    (Polynomial('n'), Polynomial('2n'))
    """
    for i in range(symbols.size):
        s = symbols[i]
        counts[s] += 1


@histogram.example
def _(n):
    return (np.arange(n) % 3).astype(np.uint8), np.zeros(4, np.int64)


@kernel(cache=True, error_model="numpy")
def bits_of_shares(p):
    """The sum of -p log2 p over the shares p (n,), which are above 0.

    >>> from mechkit import law
    >>> law(lambda n: bits_of_shares(np.full(n, 1.0 / n)), n=range(1, 6)).flops
    Polynomial('3n - 1')
    >>> bits_of_shares(np.array([0.5, 0.25, 0.25]))
    1.5
    """
    # Shannon, A mathematical theory of communication (1948), section 6
    bits = -p[0] * np.log2(p[0])
    for i in range(1, p.size):
        bits = bits - p[i] * np.log2(p[i])
    return bits


@bits_of_shares.example
def _(n):
    return (np.full(n, 1.0 / n),)


def count_symbols(symbols: np.ndarray, number: int) -> np.ndarray:
    """How often each of the symbols 0, ..., number - 1 occurs; int64."""
    counts = np.zeros(number, np.int64)
    histogram(symbols, counts)
    return counts


def entropy(data: Any) -> float:
    """The entropy of order 0, in bits a symbol: no code that treats each symbol alone needs less on the average.

    Parameters
    ----------
    data : bytes, or an array of whole numbers. Each different value is a symbol.

    Returns
    -------
    float
        From 0, where all symbols are equal, to log2 of the number of different symbols.

    Raises
    ------
    TypeError
        for text, and for arrays of anything but whole numbers.

    Operation count
    ---------------
    An integer addition a symbol; three flops for each of the values that occur, less one.

    >>> from mechkit import count
    >>> with count() as ops:
    ...     bits = entropy(b"abracadabra")
    >>> ops["int"].add, ops.flops
    (11, 14)

    References
    ----------
    Shannon, A mathematical theory of communication, Bell System Technical Journal 27 (1948).

    Examples
    --------
    >>> round(entropy(b"abracadabra"), 4)
    2.0404
    >>> entropy(bytes(range(256)))
    8.0
    """
    symbols, number = as_symbols(data)
    if symbols.size == 0:
        return 0.0
    counts = count_symbols(symbols, number)
    return abs(float(bits_of_shares(counts[counts > 0] / symbols.size)))  # of one value it is -0.0
