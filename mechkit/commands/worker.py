"""Work in a process of its own, so that Ctrl-C ends it at once, in whatever compiled code it is."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from mechkit.words import one_line

Send = Callable[[Any], None]
_PR_SET_PDEATHSIG = 1


class WorkerError(RuntimeError):
    """The process that did the work died."""


def in_worker(work: Callable[[Send], None], receive: Send) -> None:
    """Run ``work(send)`` in a child of this process; what it sends is handed to ``receive`` here, as it comes.

    What the work raises is raised here. When this call is left, by Ctrl-C too, the child is gone, and its children are.
    Compiled code does not hear Ctrl-C, so the parent only waits. Where a process cannot be forked safely (other
    threads, Windows, macOS), the work is done here.

    Raises WorkerError where the child died, as when memory runs out.

    >>> in_worker(lambda send: [send(2 * n) for n in range(3)] and None, print)
    0
    2
    4
    """
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        work(receive)
        return
    reader, writer = Pipe(duplex=False)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # idle threads of the linear algebra library; they are restarted
        child = os.fork()
    if not child:
        reader.close()
        _be_the_child(work, writer)
    writer.close()
    with suppress(OSError):  # the child does it too: whichever is first
        os.setpgid(child, child)
    try:
        with _ended_by_signals():
            _receive_all(reader, receive, child)
    except KeyboardInterrupt:
        _end(child)
        _receive_the_rest(reader, receive)
        raise
    finally:
        _end(child)
        reader.close()


def results(work: Callable[[Send], None]) -> list[Any]:
    """All that ``work(send)`` sends from a process of its own; see `in_worker`.

    >>> results(lambda send: send(2))
    [2]
    """
    found: list[Any] = []
    in_worker(work, found.append)
    return found


def _end(child: int) -> None:
    with suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)


def _receive_the_rest(reader: Connection, receive: Send) -> None:
    """Hand over what a child that has ended had sent before; the end of the pipe may cut the last of it off."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while reader.poll():
            kind, value = reader.recv()
            if kind == "value":
                receive(value)


def _receive_all(reader: Connection, receive: Send, child: int) -> None:
    while True:
        reader.poll(None)  # Ctrl-C is heard here, where no message is half read
        try:
            kind, value = reader.recv()
        except (EOFError, OSError):
            _, status = os.waitpid(child, 0)
            how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit code {os.WEXITSTATUS(status)}"
            raise WorkerError(
                f"the process that did the work died ({how}): most likely memory ran out, or compiled code crashed; "
                "try smaller sizes"
            ) from None
        if kind == "end":
            return
        if kind == "error":
            raise value
        receive(value)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A signal that ends this process lets it end its child first."""

    def end(number: int, _: Any) -> None:
        sys.exit(128 + number)

    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _be_the_child(work: Callable[[Send], None], writer: Connection) -> None:
    """Do the work, tell how it ended, and exit."""
    try:
        # A group of its own: a Ctrl-C at the terminal reaches the parent alone, which ends this group.
        with suppress(OSError):
            os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTTIN, signal.SIGTTOU):  # which would halt a process that is not in the foreground
            signal.signal(number, signal.SIG_IGN)
        end_with_parent()
        os.environ["MECHKIT_QUIET"] = "1"  # the parent tells how far the work is
        try:
            work(lambda value: writer.send(("value", value)))
            ended: tuple[str, Any] = ("end", None)
        except BaseException as error:
            ended = ("error", _as_sent(error))
        for stream in filter(None, (sys.stdout, sys.stderr)):  # what is told last ends this process
            stream.flush()
        writer.send(ended)
    except BaseException:  # the parent is gone, or nobody reads what is printed
        os._exit(1)
    os._exit(0)


def end_with_parent() -> None:
    """Have Linux end this process when its parent is gone, be it by ``kill -9``; elsewhere it ends when it sends."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _as_sent(error: BaseException) -> BaseException:
    """The error, or where it cannot be sent to another process, its words."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(one_line(error))
    return error
