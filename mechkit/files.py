"""Writing a file: the whole of it or nothing, where the path leads, with the permissions that it had."""

from __future__ import annotations

import os
import re
import secrets
import stat
import sys
from contextlib import suppress
from pathlib import Path

_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")


def write_file(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file: a reader never sees half of it, and a failure keeps the old one.

    path : a link stays a link: what it leads to is written. A file that is there keeps its permissions. What is no
    ordinary file (a device, a pipe, standard output) is written to directly, and so is a file with several names.
    content : text is written as UTF-8; a name in it that is no Unicode, such as some files have, is no reason to lose
    the rest.

    Raises OSError, as the system does.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_file(Path(folder, "a.csv"), "n,flops\\n")
    ...     Path(folder, "a.csv").read_text(), len(list(Path(folder).iterdir()))
    ('n,flops\\n', 1)
    """
    descriptor = _open_descriptor(path)
    if descriptor is not None:
        with os.fdopen(os.dup(descriptor), "wb") as stream:
            stream.write(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
        return
    whole = Path(os.path.realpath(path))
    try:
        there = whole.stat()
    except FileNotFoundError:
        there = None
    if there is not None and (not stat.S_ISREG(there.st_mode) or there.st_nlink > 1):
        _write(whole, content)
        return
    try:
        _replace(whole, content, there)
    except PermissionError:
        # The folder takes no new file, but the file itself may be written.
        if there is None or not os.access(whole, os.W_OK):
            raise
        _write(whole, content)


def saved(text: str, path: str | os.PathLike[str] | None) -> str:
    """The text, also written to a file where there is a path: the whole of it or nothing."""
    if path is None:
        return text
    try:
        write_file(path, text)
    except BrokenPipeError:  # nobody reads on
        raise
    except OSError as error:
        hint = "give a path in a folder that is there and can be written"
        raise OSError(f"the table cannot be written to {Path(path)}: {error.strerror}; {hint}") from error
    return text


def _replace(whole: Path, content: str | bytes, there: os.stat_result | None) -> None:
    """Write beside the file, and put the new one in the place of the old one."""
    temporary = whole.with_name(f".mechkit-{secrets.token_hex(8)}.tmp")
    try:
        _write(temporary, content)
        if there is not None:
            if hasattr(os, "chown"):
                with suppress(OSError):  # only the owner of both may
                    os.chown(temporary, there.st_uid, there.st_gid)
            temporary.chmod(stat.S_IMODE(there.st_mode))
        os.replace(temporary, whole)
    finally:
        with suppress(OSError):
            temporary.unlink()


def _write(path: Path, content: str | bytes) -> None:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8", errors="backslashreplace", newline="\n")


def _open_descriptor(path: str | os.PathLike[str]) -> int | None:
    """The number of the open file that a path means, such as 1 for /dev/stdout: it is written to where it stands.

    What is printed goes to the same place, so it must not be replaced by another file.
    """
    named = _DESCRIPTOR.fullmatch(os.fspath(path)) or _DESCRIPTOR.fullmatch(_one_link(path))
    found = int(named[1]) if named else None
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # not there, closed, or no file
            if stream.fileno() == found or os.path.samestat(os.stat(path), os.fstat(stream.fileno())):
                stream.flush()
                return stream.fileno()
    return found


def _one_link(path: str | os.PathLike[str]) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
