"""The kernel that ``MODULE:FUNCTION`` or ``FILE.py:FUNCTION`` names, and its runs by the size: for all commands."""

from __future__ import annotations

import importlib.machinery
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import click

from mechkit.commands.common import unknown
from mechkit.words import one_line


def names_a_kernel(spelled: str) -> bool:
    """Whether an argument names a kernel in a module or in a file, not an entry of the catalogue.

    >>> names_a_kernel("homework.py:horner"), names_a_kernel("lu_factor")
    (True, False)
    """
    return ":" in spelled


def run_of(spelled: str) -> Callable[..., Any]:
    """The runs of a kernel by the size, and by a seed where its example takes one.

    The arguments come from the kernel's own example, or from a function ``example(n)``, or ``example(n, rng)``, of its
    file. Plain functions among them are compiled, and their calls are counted.
    """
    from mechkit.exercises.roles import received, sent

    kernel = kernel_of(spelled, plain=True)
    if not kernel.has_example and _example_beside(kernel) is None:
        raise click.ClickException(
            f"{spelled} has no example; write a function example(n) beside it, which gives its arguments"
        )
    made: dict[Any, Any] = {}

    def run(n: int, seed: int = 0) -> Any:
        arguments = _arguments(kernel, n, seed)
        key = tuple(value for value in arguments if callable(value))
        if key not in made:
            made[key] = [value for value in received(sent(arguments)) if callable(value)]
        functions = iter(made[key])
        return kernel(*(next(functions) if callable(value) else value for value in arguments))

    return run


def takes_a_seed(spelled: str) -> bool:
    """Whether the example of a kernel is a random one."""
    kernel = kernel_of(spelled, plain=True)
    example = _example_beside(kernel)
    return not kernel.has_example and example is not None and len(inspect.signature(example).parameters) > 1


def _arguments(kernel: Any, n: int, seed: int) -> tuple[Any, ...]:
    import numpy as np  # only here: the help of the commands does not wait for it

    example = _example_beside(kernel)
    if kernel.has_example:
        return kernel.example_arguments(n)  # type: ignore[no-any-return]
    random = len(inspect.signature(example).parameters) > 1
    made = example(n, np.random.default_rng(seed)) if random else example(n)
    return made if isinstance(made, tuple) else (made,)


def _example_beside(kernel: Any) -> Any:
    """The function called ``example`` in the file of a kernel."""
    found = kernel.py_func.__globals__.get("example")
    return found if isinstance(found, FunctionType) else None


def kernel_of(spelled: str, plain: bool = False) -> Any:
    """The kernel that MODULE:FUNCTION names; plain : whether it may be a plain function, which is made one."""
    from mechkit.counting.example import WithExample

    place, colon, name = spelled.rpartition(":")
    if not colon or not place or not name:
        hint = "write MODULE:FUNCTION, such as mechkit.linear_systems.dense:eliminate"
        raise click.BadParameter(f"{spelled!r} does not name a kernel; {hint}", param_hint="MODULE:FUNCTION")
    names = _file(Path(place)) if place.lower().endswith(".py") else _module(place, spelled)
    found = names.get(name)
    if isinstance(found, WithExample):
        return found
    if plain and isinstance(found, FunctionType):
        from mechkit.counting.address import as_kernel

        return as_kernel(found)
    kernels = [key for key, value in names.items() if isinstance(value, WithExample)]
    if found is not None:
        sentence = f"{name} in {place} is not a kernel; decorate it with @mechkit.kernel"
    elif kernels:
        sentence = unknown(f"kernel in {place} called", name, kernels)
    else:
        sentence = f"there are no kernels in {place}"
    raise click.BadParameter(sentence, param_hint="MODULE:FUNCTION")


@cache
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
