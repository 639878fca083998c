"""Where the counts go: one table a thread, reached from compiled code through CPython's thread-specific storage.

A kernel asks for its thread's table once, when it ends. A thread gets its table when it first asks, with or without the
interpreter lock, and whoever started it: Numba's own threads too. So threads cannot disturb each other, and compiled
code holds no address, only the name `TABLE_SYMBOL`, which each process resolves anew.
"""

from __future__ import annotations

import ctypes
import threading
from functools import cache
from typing import Any

import numpy as np

from mechkit.counting.kinds import CALLS, INDEX, SIZE

#: So many threads of a process have a table of their own; all further ones share the last. Untouched ones cost nothing.
THREADS = 16384
#: The function that compiled code calls for the table of its thread.
TABLE_SYMBOL = "mechkit_table"

tables = np.zeros((THREADS, SIZE), np.int64)
#: The native identity of the thread that each table belongs to (other identities are used again), and what of it the
#: thread has counted in blocks of its own.
owners = np.zeros(THREADS, np.uint64)
claimed = np.zeros_like(tables)
_taken = np.zeros(1, np.int64)  # how many threads have asked
_mine = threading.local()


def used_tables() -> np.ndarray:
    """The tables of all threads that ever ran a kernel or opened a block, (threads, SIZE)."""
    return tables[: min(int(_taken[0]), THREADS)]


def thread_slot() -> int:
    """Which of the tables is the calling thread's."""
    slot: int | None = getattr(_mine, "slot", None)
    if slot is None:
        slot = _mine.slot = (_lookup()() - tables.ctypes.data) // tables.strides[0]
    return slot


def thread_table() -> np.ndarray:
    """The table of the calling thread, (SIZE,) int64."""
    table: np.ndarray = tables[thread_slot()]
    return table


def calls() -> dict[str, int]:
    """How often the calling thread has called functions in each role; what matters is the difference of two readings.

    >>> list(calls())
    ['f', 'jac', 'hess']
    """
    table = thread_table()
    return {role: int(table[INDEX["calls", role]]) for role in CALLS}


@cache
def _lookup() -> Any:
    """What finds the calling thread's table, for Python and, once this was called, for compiled code."""
    from mechkit.counting.thread_lookup import compile_lookup

    address = compile_lookup(TABLE_SYMBOL, tables, owners, _taken)
    return ctypes.PYFUNCTYPE(ctypes.c_int64)(address)


def provide_lookup() -> None:
    """Make `TABLE_SYMBOL` known to the linker of compiled code."""
    _lookup()
