"""How a command ends: a closed pipe, a full disk and Ctrl-C are no traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

import click

from mechkit.words import sentence

#: What a shell reports of a program that a closed pipe, or Ctrl-C, has ended.
CLOSED_PIPE, INTERRUPTED = 141, 130
_OF_OUTPUT = {errno.EPIPE, errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF}


class Stopped(click.ClickException):
    """A command that Ctrl-C ended; the message says what was kept."""

    exit_code = INTERRUPTED

    def show(self, file: IO[Any] | None = None) -> None:
        """One line on standard error; on a terminal below the ^C that is there already."""
        on_a_terminal = sys.stderr is not None and sys.stderr.isatty()
        click.echo("\n" * on_a_terminal + self.message, file=file, err=True)


class Program(click.Group):
    """A group of commands that end well."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """As click does; help is printed here."""
        with ended_well():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does; commands run here."""
        with ended_well():
            return super().invoke(ctx)


@contextmanager
def ended_well() -> Iterator[None]:
    """What goes wrong with the output, and Ctrl-C, become an exit code and at most one line."""
    try:
        yield
        _flush()
    except BrokenPipeError:  # nobody reads on, as in mechkit list | head: so nobody is told
        _to_nowhere()
        sys.exit(CLOSED_PIPE)
    except KeyboardInterrupt:
        raise Stopped("Stopped by Ctrl-C; nothing was kept.") from None
    except OSError as error:
        raise click.ClickException(_words(error)) from error
    finally:
        try:
            _flush()
        except OSError:  # told already; Python must not try again when it exits
            _to_nowhere()


def is_of_output(error: BaseException) -> bool:
    """Whether an error says that what is printed cannot be written; errors of files are worded where they arise.

    >>> is_of_output(BrokenPipeError(32, "Broken pipe")), is_of_output(OSError("the table cannot be written to a.csv"))
    (True, False)
    """
    return isinstance(error, OSError) and error.errno in _OF_OUTPUT and error.filename is None


def _words(error: OSError) -> str:
    """The error as one sentence."""
    if is_of_output(error):
        return f"what is printed cannot be written: {error.strerror}"
    try:
        os.getcwd()
    except FileNotFoundError:
        return "the folder that the command was started in is gone; go to another one"
    return sentence(error)


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _to_nowhere() -> None:
    """Let what is still to be printed vanish."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
