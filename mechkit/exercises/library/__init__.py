"""Ready exercises, a page each: a statement, an exercise, a solution, and right and wrong answers that try its grader.

``library.horner.exercise.check(evaluate)`` grades a function; ``mechkit grade horner homework.py`` grades a file.
Each page has the same names: ``STATEMENT``, ``exercise``, ``SOLUTION``, ``RIGHT`` (how it is written -> source) and
``WRONG`` (what is wrong with it -> source).
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from mechkit.words import did_you_mean


def names() -> list[str]:
    """The names of the ready exercises.

    >>> "horner" in names()
    True
    """
    return sorted(module.name for module in iter_modules(__path__))


def page_of(name: str) -> Path:
    """The file of a ready exercise.

    >>> page_of("horner").name
    'horner.py'
    """
    return Path(__file__).with_name(f"{name}.py")


def titles() -> dict[str, str]:
    """What each ready exercise asks for, in one line."""
    return {name: (import_module(f"{__name__}.{name}").__doc__ or "").partition("\n")[0] for name in names()}


def __getattr__(name: str) -> ModuleType:
    known = names()
    if name not in known:
        raise AttributeError(f"there is no exercise {name!r}{did_you_mean(name, known)}")
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *names()])
