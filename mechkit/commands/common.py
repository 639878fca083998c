"""What the commands share: names that are nearly right, files that can be written, JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import wraps
from pathlib import Path
from typing import Any

import click

from mechkit.commands.ending import is_of_output
from mechkit.words import nearest, sentence

#: So many names can be read in a sentence, and so many letters.
FEW, LONG = 12, 100


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """The sentence for an unknown name, with the nearest known one, or all where they are few.

    >>> unknown("law", "lu_facter", ["lu_factor", "solve"])
    "there is no law 'lu_facter'; did you mean 'lu_factor'?"
    >>> unknown("law", "fft", ["lu_factor", "solve"])
    "there is no law 'fft'; there are lu_factor, solve"
    >>> unknown("kernel", "fft", map(str, range(99)))
    "there is no kernel 'fft'; the nearest of 99 are 0, 1, 2; mechkit list names all"
    """
    names = list(known)
    near = nearest(name, names)
    if near:
        hint = f"did you mean {near!r}?"
    elif len(names) <= FEW:
        hint = f"there are {', '.join(names)}"
    else:
        alike = sorted(names, key=lambda each: -SequenceMatcher(None, name, each).ratio())[:3]
        hint = f"the nearest of {len(names)} are {', '.join(alike)}; mechkit list names all"
    return f"there is no {what} {shortened(name)!r}; {hint}"


def shortened(text: str) -> str:
    """A text that is not too long for a message.

    >>> shortened("a" * 1000) == "a" * 100 + "..."
    True
    """
    return text if len(text) <= LONG else text[:LONG] + "..."


class OutputFile(click.ParamType):
    """A file that can be written, seen to before any work starts; nothing is made.

    suffixes : those that are understood; none for any.
    """

    name = "file"

    def __init__(self, *suffixes: str) -> None:
        self.suffixes = suffixes

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path. Fails with one sentence."""
        path = Path(value)
        try:
            self._check(path, param, ctx)
        except (OSError, ValueError) as error:  # a name that is too long, or that no file can have
            why = error.strerror if isinstance(error, OSError) else str(error)
            self.fail(f"{shortened(str(path))} cannot be written: {why}; name another file", param, ctx)
        return path

    def _check(self, path: Path, param: click.Parameter | None, ctx: click.Context | None) -> None:
        if path.is_dir():
            self.fail(f"{path} is a folder; name a file", param, ctx)
        if self.suffixes and path.suffix.lower() not in self.suffixes:
            self.fail(f"{path} must end in {', '.join(self.suffixes)}", param, ctx)
        if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
            self.fail(f"{path} cannot be written; name a file in a folder that is there and can be written", param, ctx)


def in_one_sentence(command: Callable[..., None]) -> Callable[..., None]:
    """What a command's work raises to say what is wrong becomes one line on standard error, and exit code 1."""

    @wraps(command)
    def worded(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except (ValueError, ArithmeticError, ImportError, OSError, MemoryError, RuntimeError) as error:
            if isinstance(error, click.exceptions.Exit | click.exceptions.Abort):  # click's own, RuntimeErrors
                raise
            if is_of_output(error):
                raise
            raise click.ClickException(sentence(error)) from error

    return worded


def print_json(value: Any) -> None:
    """Print plain data as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
