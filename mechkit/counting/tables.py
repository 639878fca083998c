"""Where the counts go: one table a thread, reached from compiled code through CPython's thread-specific storage.

A kernel asks for its thread's table once, when it ends. A thread that has never opened a `count` block has none,
and its kernels add into a scratch table that nobody reads. So threads cannot disturb each other, with or without the
interpreter lock, and compiled code holds no address: only the names below, which each process resolves anew.
"""

from __future__ import annotations

import ctypes
import threading

import numpy as np

from mechkit.counting.kinds import CALLS, INDEX, SIZE

_api = ctypes.pythonapi
_api.PyThread_tss_alloc.restype = ctypes.c_void_p
_api.PyThread_tss_create.argtypes = [ctypes.c_void_p]
_api.PyThread_tss_set.argtypes = [ctypes.c_void_p, ctypes.c_void_p]

_key = _api.PyThread_tss_alloc()
if _api.PyThread_tss_create(_key):
    raise MemoryError("this process has no thread-specific storage left for the table of counts")

_scratch = np.zeros(SIZE, np.int64)
_mine = threading.local()  # keeps each thread's table alive for as long as the thread

#: What compiled code refers to by name.
SYMBOLS = {
    "mechkit_key": _key,
    "mechkit_scratch": _scratch.ctypes.data,
    "PyThread_tss_get": ctypes.cast(_api.PyThread_tss_get, ctypes.c_void_p).value,
    "PyThread_tss_set": ctypes.cast(_api.PyThread_tss_set, ctypes.c_void_p).value,
}


def thread_table() -> np.ndarray:
    """The table of the calling thread, (SIZE,) int64; made and registered on first use."""
    table: np.ndarray | None = getattr(_mine, "table", None)
    if table is None:
        table = _mine.table = np.zeros(SIZE, np.int64)
        _api.PyThread_tss_set(_key, table.ctypes.data)
    return table


def calls() -> dict[str, int]:
    """How often the calling thread has called functions in each role; what matters is the difference of two readings.

    >>> list(calls())
    ['f', 'jac', 'hess']
    """
    table = thread_table()
    return {role: int(table[INDEX["calls", role]]) for role in CALLS}
