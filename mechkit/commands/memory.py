"""What a larger run will take in memory, from smaller ones."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from typing import Any

#: A power that is measured may be so much above the true one.
ROUNDING = 0.1


def require_memory(what: str, call: Callable[[int], Any], known: int, n: int, times: int = 1) -> None:
    """See that a call of size n will not take more memory than is free.

    what : the call, for the message; call : run at the size ``known``, and at its half and quarter; how its arrays grow
    from the one to the other is how they will grow on; times : how many such calls run at a time.

    Raises MemoryError.

    >>> import numpy as np
    >>> require_memory("a square", lambda n: np.ones((n, n)), 64, 100)
    >>> require_memory("a square", lambda n: np.ones((n, n)), 64, 10**7)
    Traceback (most recent call last):
    MemoryError: a square at n = 10,000,000 would take 800,... GB of memory, and ... GB are free; give smaller sizes
    """
    from mechkit.checking import enough_memory

    needed = times * grown([(m, peak(call, m)) for m in (max(known // 4, 1), max(known // 2, 1), known)], n)
    try:
        enough_memory(f"{what} at n = {n:,}", needed)
    except MemoryError as error:
        raise MemoryError(f"{error}; give smaller sizes") from None


def peak(call: Callable[[int], Any], n: int) -> int:
    """The most memory, in bytes, that Python and NumPy hold during a call; what compiling takes is left out."""
    call(n)
    tracemalloc.start()
    try:
        call(n)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def grown(measured: list[tuple[int, int]], n: int) -> float:
    """The value at n, from three sizes, each twice the one before: by the whole power that they grow by, or the next.

    Small arrays hide in what every call holds, so the power is taken from the values and from their differences.

    >>> grown([(10, 1000), (20, 3500), (40, 14000)], 400)
    1400000.0
    """
    (l, a), (m, b), (k, c) = measured
    powers = [math.log(c / a) / math.log(k / l)] if c > a else [0.0]
    if a < b < c:
        powers.append(math.log((c - b) / (b - a)) / math.log(k / m))
    return c * _power(n / k, math.ceil(max(powers) - ROUNDING))


def _power(x: float, power: float) -> float:
    try:
        return float(x**power)
    except OverflowError:
        return math.inf
