"""The journal of a sweep: a file of JSON lines that is only ever appended to, and that any crash leaves readable."""

from __future__ import annotations

import errno
import gc
import hashlib
import json
import os
import stat
import sys
import warnings
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mechkit.measurement.sweeping.task import Row, Task, decode_row, dumps, encode_row, qualified
from mechkit.version import __version__

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: The format of the journal, in its first line.
FORMAT = 1


class JournalWarning(UserWarning):
    """A journal ended in half a line, which was dropped: its task runs again."""


class Journal:
    """The rows of a sweep on disk, open for one process at a time.

    path : the file, made if it is missing; tasks : the sweep. The first line of the file is the header: format,
    version, and a fingerprint of the tasks (their names, their arguments, where their functions are). Each further
    line is a row, handed to the operating system by one write before the next begins. So the rows survive the death of
    the process at any moment. They do not survive a loss of power for certain: nothing waits for the disk.

    ``rows`` has what is in the file already, by the index of the task; where a row was written twice the later counts.
    Use it as a context manager.

    Raises
    ------
    ValueError
        for the journal of other tasks, of another version, and for a damaged line; the file stays as it is.
    OSError
        for a journal that another process has open, and for a file that cannot be read or written.

    Warns JournalWarning where the last line was not finished: it is cut off.

    Operation count: none.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from mechkit import OpCounts
    >>> tasks = [Task("power", pow, {"base": 2, "exp": n}) for n in (1, 2)]
    >>> with TemporaryDirectory() as folder:
    ...     with Journal(f"{folder}/powers.jsonl", tasks) as journal:
    ...         journal.append(1, Row("power", {"base": 2, "exp": 2}, OpCounts(), 4, 0.5))
    ...     with Journal(f"{folder}/powers.jsonl", tasks) as journal:
    ...         {index: row.value for index, row in journal.rows.items()}
    {1: 4}
    """

    def __init__(self, path: str | os.PathLike[str], tasks: Sequence[Task]) -> None:
        self.path = Path(path)
        self.rows: dict[int, Row] = {}
        self._fd = _open(self.path)
        _journals.add(self)
        try:
            _lock(self._fd, self.path)
            self._read(tasks)
        except BaseException:
            self.close()
            raise

    def _read(self, tasks: Sequence[Task]) -> None:
        with open(self._fd, "rb", closefd=False) as file:
            data = file.read()
        header = {"mechkit-journal": FORMAT, "mechkit": __version__, **fingerprint(tasks)}
        first = (dumps(header) + "\n").encode("ascii")
        end = data.rfind(b"\n") + 1  # a line counts when its end is there
        if end:
            self._read_lines(data[:end], header, tasks)
        elif not first.startswith(data):
            raise ValueError(f"{self.path} is not the journal of this sweep; give another path or remove it")
        if end < len(data):
            os.ftruncate(self._fd, end)
            message = f"the last line of the journal {self.path} was not finished and is dropped; its task runs again"
            warnings.warn(message, JournalWarning, stacklevel=4)
        if not end:
            self._write(first)

    def _read_lines(self, data: bytes, header: dict[str, Any], tasks: Sequence[Task]) -> None:
        try:
            lines = data.decode("ascii").split("\n")[:-1]
        except UnicodeDecodeError as error:
            raise self._damaged(data.count(b"\n", 0, error.start) + 1, str(error)) from None
        self._check_header(lines[0], header)
        with _no_collection():
            self._decode(lines, tasks)

    def _decode(self, lines: list[str], tasks: Sequence[Task]) -> None:
        for number, line in enumerate(lines[1:], 2):
            try:
                written = json.loads(line)
                index = written["task"]
                if index not in range(len(tasks)):
                    raise ValueError(f"there is no task {index!r}")
                self.rows[index] = decode_row(tasks[index], written)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise self._damaged(number, f"{type(error).__name__}: {error}") from None

    def _damaged(self, number: int, why: str) -> ValueError:
        hint = "remove that line to run its task again, or give another path"
        return ValueError(f"line {number} of the journal {self.path} is damaged ({why}); {hint}")

    def _check_header(self, line: str, expected: dict[str, Any]) -> None:
        try:
            found = json.loads(line)
            found_format = found["mechkit-journal"]
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{self.path} is not the journal of a sweep; give another path") from None
        if found_format != FORMAT:
            raise ValueError(
                f"the journal {self.path} has format {found_format!r}, this mechkit reads format {FORMAT}; "
                f"begin a new journal, or use the mechkit that wrote it ({found.get('mechkit')})"
            )
        if found.get("mechkit") != __version__:
            raise ValueError(
                f"the journal {self.path} was begun with mechkit {found.get('mechkit')}, and this is {__version__}, "
                f"which may count otherwise; begin a new journal, or use the mechkit that wrote it"
            )
        different = [name for name in expected if found.get(name) != expected[name]]
        if "tasks" in different:
            sizes = f"it has {found.get('tasks')} task(s), this sweep {expected['tasks']}"
            raise ValueError(f"the journal {self.path} is of another sweep: {sizes}; give another path")
        if different:
            sizes = f"the {' and the '.join(different)} of its {expected['tasks']} task(s), or their order, differ"
            raise ValueError(f"the journal {self.path} is of another sweep: {sizes}; give another path")

    def append(self, index: int, row: Row) -> None:
        """Write down the row of a task. Raises OSError where the disk is full; what was written before stays."""
        self._write((dumps({"task": index, **encode_row(row)}) + "\n").encode("ascii"))

    def _write(self, line: bytes) -> None:
        written = 0
        try:
            while written < len(line):
                written += os.write(self._fd, line[written:])
        except BaseException as error:
            if written:  # half a line must not stand before the next one
                os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)
            if not isinstance(error, OSError):
                raise
            raise OSError(
                f"the journal {self.path} cannot be written: {error.strerror}; the rows in it are kept, those not yet "
                f"in it are lost: make room, then run the same sweep again to resume"
            ) from error

    def close(self) -> None:
        """Close the file, which frees it for others."""
        _journals.discard(self)
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def fingerprint(tasks: Sequence[Task]) -> dict[str, int | str]:
    """What a journal knows its sweep by: the number of tasks, and digests of what they are called and call.

    Of a function only its name and module are in it: a function that was edited is the same function here.

    >>> [key for key, value in fingerprint([Task("power", pow, {"base": 2})]).items()]
    ['tasks', 'names', 'arguments', 'functions']
    """
    keys = [task.key for task in tasks]
    places = {id(task.function): qualified(task.function) for task in tasks}
    return {
        "tasks": len(tasks),
        "names": _digest([name for name, _ in keys]),
        "arguments": _digest([arguments for _, arguments in keys]),
        "functions": _digest([places[id(task.function)] for task in tasks]),
    }


@contextmanager
def _no_collection() -> Iterator[None]:
    """Many small objects, none of them garbage: looking for it would take a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(dumps(parts).encode("ascii")).hexdigest()


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    try:
        fd = os.open(path, flags, 0o666)
    except OSError as error:
        hint = "give a path in a folder that is there and can be written"
        raise OSError(f"the journal {path} cannot be opened: {error.strerror}; {hint}") from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(f"the journal {path} is not a file; give the path of a file")
    return fd


# The lock belongs to the open file and ends with it, however the process dies: there is no lock to be left behind.
# Forked children, such as the workers of a process pool, must not hold it on, so they close their copies.
_journals: weakref.WeakSet[Journal] = weakref.WeakSet()


def _close_in_child() -> None:
    for journal in list(_journals):
        journal.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)


def _lock(fd: int, path: Path) -> None:
    try:
        if sys.platform == "win32":
            os.lseek(fd, 2**31 - 2, os.SEEK_SET)  # a byte that no row will reach; appending does not heed the position
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            os.lseek(fd, 0, os.SEEK_SET)
        else:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
            hint = "wait until it has ended, or give another path"
            raise OSError(f"the journal {path} is in use by another sweep; {hint}") from None
        hint = "give a path on another file system"
        raise OSError(f"the journal {path} cannot be locked: {error.strerror}; {hint}") from error
