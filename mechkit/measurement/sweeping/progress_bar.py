"""The progress bar of a sweep."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: The bar is drawn at most this often, in seconds.
PERIOD = 0.1


@contextmanager
def progress_bar(total: int, done: int, shown: bool = True) -> Iterator[Callable[[], None]]:
    """A bar on standard error, with an estimate of the time left, where that is a terminal; else nothing.

    total : number of tasks; done : where the bar begins; shown : False for no bar. Yields a function to call after
    each task. The bar has no thread of its own, so a process can be forked while it stands.

    Operation count: none.

    Examples
    --------
    >>> with progress_bar(2, 0, shown=False) as advance:
    ...     advance()
    """
    if not shown or sys.stderr is None or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (MofNCompleteColumn(), BarColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), auto_refresh=False, speed_estimate_period=86400.0)
    task = bar.add_task("", total=total, completed=done)
    drawn = time.monotonic()

    def advance() -> None:
        nonlocal drawn
        bar.advance(task)
        if time.monotonic() - drawn > PERIOD:
            bar.refresh()
            drawn = time.monotonic()

    with bar:
        bar.refresh()
        yield advance
        bar.refresh()
