"""One line for a person who waits for the compiler, on a terminal or in a notebook.

It is printed when the kernels of a driver have been compiled for more than a second, once for each driver of a process.
``MECHKIT_QUIET=1`` in the environment switches it off.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

#: So many seconds of compiling go without a word.
PATIENCE = 1.0
#: Public functions of these parts of mechkit call drivers, but are none.
_NO_DRIVERS = {"commands", "counting", "measurement", "mechanisms", "problems", "report"}

#: How long each driver has been compiled in this process, in seconds.
_spent: dict[str, float] = {}
_told: set[str] = set()
_compiling = threading.local()


@contextmanager
def noticed(is_kept: bool) -> Iterator[None]:
    """Around the compiling of a function: say so where it takes long and somebody waits for it.

    is_kept : whether the code will be kept for other processes.
    """
    driver = None if getattr(_compiling, "already", False) or not _somebody_reads() else _driver(sys._getframe(2))
    if driver is None or driver in _told:
        yield
        return
    start = time.perf_counter()
    timer = threading.Timer(max(PATIENCE - _spent.get(driver, 0.0), 0.0), _tell, (driver, is_kept))
    timer.daemon = True
    timer.start()
    _compiling.already = True
    try:
        yield
    finally:
        timer.cancel()
        _compiling.already = False
        _spent[driver] = _spent.get(driver, 0.0) + time.perf_counter() - start


def _tell(driver: str, is_kept: bool) -> None:
    _told.add(driver)
    once = ", once on this machine" if is_kept else ""
    with suppress(OSError, ValueError):  # standard error is closed
        print(f"compiling {driver}{once} ... (MECHKIT_QUIET=1 hides this line)", file=sys.stderr, flush=True)


def _somebody_reads() -> bool:
    """Whether standard error is a terminal or a notebook, and no test or worker process runs here."""
    if os.environ.get("MECHKIT_QUIET", "0") not in ("", "0") or "PYTEST_CURRENT_TEST" in os.environ:
        return False
    if multiprocessing.parent_process() is not None:
        return False
    try:
        return sys.stderr.isatty() or _in_notebook()
    except (AttributeError, ValueError):  # there is no standard error, or it is closed
        return False


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return hasattr(ipython.get_ipython(), "kernel") if ipython else False


def _driver(frame: FrameType | None) -> str | None:
    """The driver that the user called: the outermost public function of a family among the callers of a frame."""
    found = None
    while frame is not None:
        parts = str(frame.f_globals.get("__name__")).split(".")
        if parts[0] == "mechkit" and len(parts) > 2 and parts[1] not in _NO_DRIVERS:
            name = frame.f_code.co_name
            function = getattr(sys.modules[f"mechkit.{parts[1]}"], name, None)
            if getattr(function, "__code__", None) is frame.f_code:
                found = name
        frame = frame.f_back
    return found
