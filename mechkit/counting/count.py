"""The `count` block."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mechkit.counting.opcounts import OpCounts
from mechkit.counting.tables import thread_table

_open = threading.local()  # how many count blocks the thread is in


def is_counting() -> bool:
    """Whether the calling thread is inside a `count` block."""
    return getattr(_open, "depth", 0) > 0


@contextmanager
def count() -> Iterator[OpCounts]:
    """Count the operations of every kernel that the calling thread runs inside the block.

    Blocks nest: an outer block counts what its inner blocks count. Each thread counts for itself; the counts
    of several threads add up with ``+``. What was counted before an exception is kept.

    Yields
    ------
    OpCounts
        Live inside the block, fixed once it is closed.

    Operation count: none; entering and leaving costs a copy of a small table.

    Examples
    --------
    >>> from mechkit import kernel, count
    >>> @kernel
    ... def horner(c, x):
    ...     s = 0.0
    ...     for k in range(c.size - 1, -1, -1):
    ...         s = s * x + c[k]
    ...     return s
    >>> import numpy as np
    >>> with count() as ops:
    ...     horner(np.array([1.0, 2.0, 3.0]), 0.5)
    2.75
    >>> ops.mul, ops.add, ops.flops, ops.loads
    (3, 3, 6, 3)
    """
    table = thread_table()
    start = table.copy()
    ops = OpCounts._live(lambda: (table - start).tolist())
    _open.depth = getattr(_open, "depth", 0) + 1
    try:
        yield ops
    finally:
        _open.depth -= 1
        ops._close()
