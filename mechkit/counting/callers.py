"""Who calls a kernel: it is compiled with a wrapper for Python, and one for calls by address, where it needs them.

Most kernels are called by kernels alone. Their wrappers took a quarter of the time to compile a driver. A kernel that
was compiled for kernels, and that Python calls later, is compiled again as a whole: code and wrapper are always of one
piece, as Numba makes them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: Who can call what was compiled: kernels; Python too; and whoever has its address. Each of them includes those before.
KERNELS, PYTHON, ADDRESSES = range(3)
_asking = threading.local()


@contextmanager
def called_by(whom: int) -> Iterator[None]:
    """What is compiled inside the block is for these callers.

    >>> with called_by(KERNELS):
    ...     caller() == KERNELS
    True
    >>> caller() == PYTHON
    True
    """
    before = caller()
    _asking.whom = whom
    try:
        yield
    finally:
        _asking.whom = before


def caller() -> int:
    """Who will call what is compiled next: Python, where nothing else was told."""
    return getattr(_asking, "whom", PYTHON)


def serves(result: Any) -> int:
    """Who can call a result of compilation. What Numba compiles by itself has all wrappers."""
    return getattr(result.library, "serves", ADDRESSES)
