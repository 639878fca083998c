"""``mechkit annotate``: the source of a kernel with the exact counts of each line."""

from __future__ import annotations

import importlib.machinery
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from mechkit.commands.common import OutputFile, in_one_sentence, unknown
from mechkit.commands.memory import require_memory
from mechkit.commands.worker import results
from mechkit.words import one_line

#: Examples of this size are small: how they grow up to it tells how they go on.
SMALL = 1024


@click.command()
@click.argument("kernel", metavar="MODULE:FUNCTION")
@click.option(
    "--size", type=click.IntRange(min=1), default=8, show_default=True, metavar="N", help="The size of the example."
)
@click.option("--html", type=OutputFile(), metavar="FILE", help="Write a page with a bar for each line's flops.")
@in_one_sentence
def annotate(kernel: str, size: int, html: Path | None) -> None:
    """Run a kernel on its own example and show what each line of it counts.

    MODULE is a module, or a Python file, which is run. A kernel of your own needs an example, a function of the size
    that gives its arguments, registered with @kernel.example. ``mechkit list`` names the kernels.

    \b
    Examples:
      mechkit annotate mechkit.linear_systems.dense:eliminate
      mechkit annotate homework.py:horner --size 100 --html horner.html
    """
    ((text, table),) = results(lambda send: send(_annotated(kernel, size)))
    if html:
        name = kernel.rpartition(":")[2]
        write_page(html, f'<!doctype html>\n<meta charset="utf-8">\n<title>{name}</title>\n{table}\n')
    click.echo(text)
    if html:
        click.echo(html)


def write_page(path: Path, page: str) -> None:
    """Write the page. Raises OSError with a sentence."""
    from mechkit.files import write_file

    try:
        write_file(path, page)
    except BrokenPipeError:  # nobody reads on
        raise
    except OSError as error:
        hint = "name a file in a folder that is there and can be written"
        raise OSError(f"the page cannot be written to {path}: {error.strerror}; {hint}") from error


def _annotated(spelled: str, size: int) -> tuple[str, str]:
    """The annotation of a kernel on its example, as text and as HTML."""
    from mechkit.counting import annotate

    found = _kernel(spelled)
    # What a kernel raises is its own; the sentence says that it was the kernel.
    try:
        if size > SMALL:
            require_memory(f"the example of {spelled}", found.example_arguments, SMALL, size)
        annotation = annotate(found, *found.example_arguments(size))
    except (Exception, SystemExit) as error:
        words = one_line(error)
        raise click.ClickException(f"{spelled} on its example of size {size}: {words}") from error
    return str(annotation), annotation.to_html()


def _kernel(spelled: str) -> Any:
    """The kernel that MODULE:FUNCTION names."""
    from mechkit.counting.example import WithExample

    place, colon, name = spelled.rpartition(":")
    if not colon or not place or not name:
        hint = "write MODULE:FUNCTION, such as mechkit.linear_systems.dense:eliminate"
        raise click.BadParameter(f"{spelled!r} does not name a kernel; {hint}", param_hint="MODULE:FUNCTION")
    names = _file(Path(place)) if place.lower().endswith(".py") else _module(place, spelled)
    found = names.get(name)
    if isinstance(found, WithExample):
        return found
    kernels = [key for key, value in names.items() if isinstance(value, WithExample)]
    if found is not None:
        sentence = f"{name} in {place} is not a kernel; decorate it with @mechkit.kernel"
    elif kernels:
        sentence = unknown(f"kernel in {place} called", name, kernels)
    else:
        sentence = f"there are no kernels in {place}"
    raise click.BadParameter(sentence, param_hint="MODULE:FUNCTION")


def _file(path: Path) -> Mapping[str, Any]:
    """The names that a Python file defines when it runs, though not as the main program."""
    if not path.is_file():
        raise click.BadParameter(f"there is no file {path}", param_hint="MODULE:FUNCTION")
    sys.path.insert(0, str(path.absolute().parent))  # as when Python runs it
    return _loaded(lambda: _run(path), str(path))


def _run(path: Path) -> Mapping[str, Any]:
    """Run a file once, as a module that Numba finds: it would import one that it does not, and so run it again."""
    free = path.stem not in sys.modules and not importlib.machinery.PathFinder.find_spec(path.stem, sys.path[1:])
    module = ModuleType(path.stem if free else f"_{path.stem}_{os.getpid()}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
    return vars(module)


def _module(name: str, spelled: str) -> Mapping[str, Any]:
    """The names in a module, if there is one; else the nearest kernel of mechkit's own is pointed out."""
    sys.path.insert(0, "")  # as python -m does
    try:
        there = find_spec(name) is not None
    except (ImportError, ValueError):  # of a package above it, or a name that no module can have
        there = False
    if not there:
        from mechkit.commands.listing import kernels

        raise click.BadParameter(unknown("kernel", spelled, kernels()), param_hint="MODULE:FUNCTION")
    return _loaded(lambda: vars(import_module(name)), name)


def _loaded(load: Callable[[], Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    try:
        return load()
    except BrokenPipeError:  # of what it prints
        raise
    except (Exception, SystemExit) as error:  # one that exits would end this program without a word
        words = one_line(error)
        raise click.ClickException(f"{name} cannot be loaded: {words}") from error
