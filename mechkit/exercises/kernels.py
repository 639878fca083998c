"""The functions of a submission as kernels, in a module that holds nothing else."""

from __future__ import annotations

import ast
import inspect
import linecache
import secrets
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from mechkit.counting import kernel
from mechkit.exercises.constants import constant
from mechkit.exercises.drivers import Driver, is_driver
from mechkit.exercises.reading import FILE, Contents, read
from mechkit.exercises.submission import Refused, Submission

#: How a kernel is called: the kernel, its arguments.
Call = Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]


class Loaded:
    """A submission whose functions are kernels; nothing is compiled yet.

    kernels : by name; entry : the function that is graded, a kernel or a `Driver`.
    """

    def __init__(self, contents: Contents, name: str) -> None:
        self.contents, self.name = contents, name
        self.functions = python_functions(contents)
        self.kernels = {each: _kernel(function) for each, function in self.functions.items()}
        # A function that calls another finds the kernel, not the Python function.
        namespace = self.functions[name].__globals__
        namespace.update(self.kernels)
        tree = contents.functions[name]
        self.driver: Driver | None = None
        if is_driver(tree, set(self.kernels), contents.values):
            self.driver = Driver(tree, contents.values, self.kernels)
        self.recursive = any(
            isinstance(node, ast.Name) and node.id == each
            for each in self.kernels
            for node in ast.walk(contents.functions[each])
        )

    @property
    def parameters(self) -> inspect.Signature:
        """How the entry function is called."""
        return inspect.signature(self.functions[self.name])

    def run(self, args: tuple[Any, ...], call: Call) -> Any:
        """The result of the entry function, by a way to call kernels."""
        if self.driver is not None:
            return self.driver.run(args, call)
        return call(self.kernels[self.name], args, {})


def load(submission: Submission, name: str) -> Loaded:
    """Read a submission and make its functions kernels. Raises Refused, UncountedError, KernelError.

    >>> half = load(Submission("hw.py", "def half(x):\\n    return x / 2"), "half")
    >>> half.kernels["half"](3.0)
    1.5
    """
    return Loaded(read(submission, name), name)


def python_functions(contents: Contents) -> dict[str, FunctionType]:
    """The functions of a submission, in the namespace of a module of their own. None of them has been called."""
    module = ModuleType(f"submission_{secrets.token_hex(4)}")
    sys.modules[module.__name__] = module
    namespace: dict[str, Any] = vars(module)
    namespace.update(contents.values)
    lines = contents.text.splitlines(keepends=True)
    linecache.cache[FILE] = (len(contents.text), None, lines, FILE)
    functions = {}
    for name, code in contents.codes.items():
        arguments = contents.functions[name].args
        defaults = tuple(constant(node, contents.values) for node in arguments.defaults)
        function = FunctionType(code, namespace, name, defaults or None)
        function.__module__ = module.__name__
        functions[name] = function
    return functions


def _kernel(function: FunctionType) -> Any:
    """A function as a kernel that looks at each index; each line says what is wrong in the words of the compiler."""
    return kernel(boundscheck=True)(function)


def bound(kernel: Any, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments of a call, all by position. Raises TypeError where they do not fit."""
    if not named:
        return args
    found = inspect.signature(kernel.py_func).bind(*args, **named)
    found.apply_defaults()
    return found.args


def require_arguments(loaded: Loaded, args: tuple[Any, ...]) -> None:
    """Raises Refused where the entry function does not take the arguments of the exercise."""
    try:
        loaded.parameters.bind(*args)
    except TypeError:
        known = loaded.parameters.parameters
        takes = f"{len(known)} argument{'s' * (len(known) != 1)}"
        listed = f" ({', '.join(known)})" if known else ""
        raise Refused(
            f"{loaded.name} takes {takes}{listed}, and the exercise gives {len(args)}",
            loaded.contents.functions[loaded.name].lineno,
        ) from None
