"""The `count` block."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from mechkit.counting.kinds import SIZE
from mechkit.counting.opcounts import OpCounts
from mechkit.counting.tables import claimed, owners, tables, thread_slot, used_tables


def is_counting() -> bool:
    """Whether a `count` block is open, in whatever thread."""
    return bool(_open)


def count() -> AbstractContextManager[OpCounts]:
    """Count the operations of every kernel that runs while the block is open.

    These are the kernels of the thread that opened the block, and of the threads that it sets to work. Such are those
    that are started while the block is open, as a pool's, and Numba's own, of ``numba.njit(parallel=True)``. A thread
    that opens a block of its own counts for itself; the counts of several threads add up with ``+``. Blocks nest: an
    outer block counts what its inner blocks count. What was counted before an exception is kept. Other processes are
    not counted.

    Yields
    ------
    OpCounts
        Live inside the block, fixed once it is closed.

    Raises
    ------
    RuntimeError
        at the end of a block that was suspended by an ``await``, during which other tasks may have run kernels.

    Warns
    -----
    RuntimeWarning
        where a thread without a block ran kernels and it is unknown for which block. Either the thread was there before
        the block was opened, or other threads had blocks open. Such kernels are not counted.
        Once, where a block ends and no kernel has done any work.

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
    return _Block(counting(hint=True))


class _Block(AbstractContextManager[OpCounts]):
    """What `count` returns: it has counts only inside a with statement."""

    def __init__(self, block: AbstractContextManager[OpCounts]) -> None:
        self._block = block

    def __enter__(self) -> OpCounts:
        return self._block.__enter__()

    def __exit__(self, *error: Any) -> bool | None:
        return self._block.__exit__(*error)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the block is not open, so it has no {name!r}; write: with mk.count() as ops: ...")


@contextmanager
def counting(hint: bool = False) -> Iterator[OpCounts]:
    """A `count` block; hint : whether to say once that nothing was counted in it, for who calls it by hand."""
    turns = _turns_of_running_loop()
    turn = turns.number
    slot = thread_slot()
    strangers = {thread.native_id: thread.name for thread in threading.enumerate()}
    with _lock:
        _settle()
        own, free, disputed = tables[slot].copy(), _free, _disputed
        _open.setdefault(slot, _Thread(own)).blocks += 1

    def counted() -> np.ndarray:
        with _lock:
            _settle()
            total: np.ndarray = tables[slot] - own
            gain = _gain(_free, free)
        helpers = [s for s in range(len(gain)) if owners[s] not in strangers]
        return total + gain[helpers].sum(axis=0)

    # The slot of the thread that opened the block: another thread may close it, as that of a generator.
    ops = OpCounts._live(lambda: counted().tolist())
    try:
        yield ops
    finally:
        ops._close()
        with _lock:
            _settle()
            _open[slot].blocks -= 1
            if not _open[slot].blocks:
                claimed[slot] += tables[slot] - _open.pop(slot).start
            helped, in_dispute = _gain(_free, free), _gain(_disputed, disputed)
        for s in np.flatnonzero(helped.any(axis=1)):
            if owners[s] in strangers:
                _warn(f"thread {strangers[owners[s]]!r}, which was there before the count block was opened")
        if in_dispute.any():
            _warn("a thread without a count block, while several other threads had one")
    if turns.number != turn:
        raise RuntimeError(
            "the count block was suspended by an await: it may hold the operations of other tasks; "
            "count around the calls of kernels, with no await inside the block"
        )

    if hint and not ops:
        _hint()


@cache
def _hint() -> None:
    warnings.warn(
        "nothing was counted: no kernel did any work in this block; put @mk.kernel above the functions to be counted",
        RuntimeWarning,
        stacklevel=5,
    )


def _warn(who: str) -> None:
    warnings.warn(
        f"kernels ran in {who}: they are not counted; open a block in each thread that runs kernels, "
        "and add up the counts",
        RuntimeWarning,
        stacklevel=5,
    )


# -- whose counts are whose --------------------------------------------------------------------------------------


class _Thread:
    """A thread with open blocks: its table when the outermost one was opened, and how many there are."""

    def __init__(self, start: np.ndarray) -> None:
        self.start, self.blocks = start, 0


_lock = threading.Lock()


def _renew_lock() -> None:
    """In a process that was forked while another thread held the lock, nobody would ever let it go."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_lock)
_open: dict[int, _Thread] = {}  # by the thread's slot
_free = np.zeros((0, SIZE), np.int64)  # what each thread has done without a block while at most one thread had one
_disputed = _free  # what each thread has done without a block while several threads had one
_unclaimed = _free  # both together, when _settle was called last


def _settle() -> None:
    """Bring up to date what threads without a block have done, before a block is opened, read or closed."""
    global _free, _disputed, _unclaimed
    used = used_tables().copy()  # one reading: threads without the interpreter lock go on meanwhile
    now = used - claimed[: len(used)]
    for slot, thread in _open.items():
        now[slot] -= used[slot] - thread.start
    gain = _gain(now, _unclaimed)
    if len(_open) > 1:
        gain[: len(_disputed)] += _disputed
        _disputed = gain
    else:
        gain[: len(_free)] += _free
        _free = gain
    _unclaimed = now


def _gain(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The difference of two readings, the later of which may be of more threads."""
    gain = now.copy()
    gain[: len(before)] -= before
    return gain


# -- blocks that are suspended -------------------------------------------------------------------------------------


class _Turns:
    """How often an event loop has gone on to other tasks while a block was open."""

    def __init__(self) -> None:
        self.number, self.watching = 0, False

    def watch(self, loop: Any) -> None:
        """Count the next time that the loop goes on."""
        if not self.watching:
            self.watching = True
            loop.call_soon(self._went_on)

    def _went_on(self) -> None:
        self.number, self.watching = self.number + 1, False


_turns: WeakKeyDictionary[Any, _Turns] = WeakKeyDictionary()


def _turns_of_running_loop() -> _Turns:
    """The turns of the event loop that runs the calling code, which is being watched; without a loop there are none."""
    asyncio = sys.modules.get("asyncio")
    loop = asyncio and asyncio._get_running_loop()
    if not loop:
        return _Turns()
    turns = _turns.setdefault(loop, _Turns())
    turns.watch(loop)
    return turns
