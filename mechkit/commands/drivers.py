"""The public functions of the families, found by themselves, and the examples of their docstrings, run one by one.

What compiles ahead (``mechkit warm``) and what measures the first call (``benchmarks/first_call.py``) run these.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import inspect
import io
import pkgutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from types import FunctionType
from typing import Any

#: The packages of mechkit that are not families of numerical methods.
OTHERS = {"catalogue", "commands", "counting", "exercises", "measurement", "mechanisms", "problems", "report"}


@dataclass(frozen=True)
class Driver:
    """A public function of a family, by one of its methods; the method is empty for the default."""

    family: str
    name: str
    method: str = ""

    def __str__(self) -> str:
        return f"{self.family}.{self.name} {self.method}".strip()

    @property
    def function(self) -> FunctionType:
        """The function itself."""
        found: FunctionType = getattr(import_module(f"mechkit.{self.family}"), self.name)
        return found


def families() -> list[str]:
    """The names of the families.

    >>> "linear_systems" in families(), "counting" in families()
    (True, False)
    """
    packages = pkgutil.iter_modules(import_module("mechkit").__path__)
    return sorted(package.name for package in packages if package.ispkg and package.name not in OTHERS)


def drivers(wanted: Iterable[str]) -> list[Driver]:
    """The drivers of some families: each public function, and once more with each method that it can be given.

    >>> [str(driver) for driver in drivers(["optimization"])][-2:]
    ['optimization.simulated_annealing', 'optimization.strictly_feasible']
    """
    found = []
    for family in wanted:
        package = import_module(f"mechkit.{family}")
        for name in package.__all__:
            function = getattr(package, name)
            if not inspect.isfunction(function):
                continue
            found.append(Driver(family, name))
            if "method" in inspect.signature(function).parameters:
                methods = getattr(sys.modules[function.__module__], "METHODS", ())
                found += [Driver(family, name, method) for method in methods]
    return found


def run_examples(driver: Driver, until_called: bool = False) -> None:
    """Run the examples of a driver's docstring.

    With a method, each call of the driver is given that method. What the examples print is dropped.
    until_called : end with the first answer of the driver, and leave out the laws, which call the driver often.

    Raises what an example raises unless the docstring says that the example raises. Raises ValueError where no example
    calls the driver.

    >>> run_examples(Driver("linear_systems", "optimal_omega"))
    """
    import numpy as np

    function, called, answered = driver.function, [], []
    signature = inspect.signature(function)

    def spy(*arguments: Any, **options: Any) -> Any:
        called.append(driver.name)
        given = signature.bind(*arguments, **options)
        if driver.method:
            given.arguments["method"] = driver.method
        answer = function(*given.args, **given.kwargs)
        answered.append(driver.name)
        return answer

    names = {**vars(sys.modules[function.__module__]), "np": np, driver.name: spy}
    unknown: set[str] = set()  # what examples that are left out would have named
    with contextlib.redirect_stdout(io.StringIO()):
        for example in doctest.DocTestParser().get_examples(function.__doc__ or ""):
            if until_called and ("law(" in example.source or unknown & _loaded(example.source)):
                unknown |= _defined(example.source)
                continue
            with contextlib.suppress(Exception) if example.exc_msg else contextlib.nullcontext():
                exec(compile(example.source, "<example>", "single"), names)
            if until_called and answered:
                return
    if not called:
        raise ValueError(f"no example of {driver.name} calls it")


def _loaded(source: str) -> set[str]:
    nodes = ast.walk(ast.parse(source))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _defined(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    variables = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return variables | {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
