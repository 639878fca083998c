"""Run a kernel's code object on counting values."""

from __future__ import annotations

import re
import sys
import types
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import Any

import numpy as np
from numba import config

from mechkit.counting.arguments import check_argument, not_an_argument
from mechkit.counting.errors import KernelError, location
from mechkit.counting.functions import IN_PYTHON, is_c_function, is_compiled_by_numba
from mechkit.counting.kinds import INDEX
from mechkit.counting.misused import LIBRARIES, OUTSIDE
from mechkit.counting.opcounts import OpCounts
from mechkit.counting.reference.arrays import Array, List, unwrap
from mechkit.counting.reference.operators import OPERATORS, counting_code
from mechkit.counting.reference.signatures import address_of, signatures_of, with_address, with_signatures
from mechkit.counting.reference.standins import BUILTINS, BY_IDENTITY, Draws, Module, is_exception
from mechkit.counting.reference.values import ERROR_MODEL, Scalar, as_scalar, refuse, set_recorder, tally_call
from mechkit.counting.tables import thread_table

#: The global name under which each kernel finds the function that it was made from.
PY_FUNC = "__py_func__"


class LineTally:
    """Counts by line of one function's source; what its callees do belongs to the line that calls them."""

    def __init__(self, py_func: Callable[..., Any]) -> None:
        self._py_func = py_func
        self.lines: dict[int, Counter[tuple[str, str]]] = {}

    def record(self, column: str, kind: str, n: int) -> None:
        """Count n operations of a kind on the line that is being run.

        That is a line of the function where it was called from Python, or of one that it called itself. Where it was
        called by its callees, what it does is theirs.
        """
        frame, kernels = sys._getframe(1), []
        while frame:
            if ERROR_MODEL in frame.f_globals:
                kernels.append(frame)
            frame = frame.f_back  # type: ignore[assignment]
        line = self._py_func.__code__.co_firstlineno  # where a call in a role is counted
        # By function: kernels that one function has made share their code.
        for frame in takewhile(lambda frame: frame.f_globals[PY_FUNC] is self._py_func, reversed(kernels)):
            line = frame.f_lineno
        self.lines.setdefault(line, Counter())[column, kind] += n


def reference_count(kernel: Any, *args: Any) -> tuple[Any, OpCounts]:
    """Run a kernel by the reference counter; returns its result and its counts. Arrays are changed in place.

    >>> from mechkit import kernel
    >>> @kernel
    ... def cube(x):
    ...     return x**3
    >>> reference_count(cube, 2.0)
    (8.0, OpCounts(flops=2; float64: mul=2))
    """
    counts: Counter[tuple[str, str]] = Counter()

    def record(column: str, kind: str, n: int) -> None:
        counts[column, kind] += n

    result = run(kernel, args, {}, record)
    return result, OpCounts(counts)


def run(kernel: Any, args: tuple[Any, ...], kwargs: dict[str, Any], record: Callable[[str, str, int], None]) -> Any:
    """Call a kernel's Python function on counting values; every operation goes to record(column, kind, n)."""
    __tracebackhide__ = True
    previous = set_recorder(record)
    try:
        with np.errstate(all="ignore"):
            counted = _Counted(kernel)
            wrapped = [counted.argument(value) for value in args], {k: counted.argument(v) for k, v in kwargs.items()}
            try:
                return counted.plain(counted.function(kernel)(*wrapped[0], **wrapped[1]))
            finally:
                counted.write_lists_back()
    except RecursionError as error:
        failure: Exception = _endless(kernel, error)
    except Exception as error:
        error.args = tuple(map(_in_python_words, error.args))
        whole = config.FULL_TRACEBACKS  # type: ignore[attr-defined]
        failure = error if whole else error.with_traceback(_up_to_the_kernel(error))
    finally:
        set_recorder(previous)
    raise failure from failure.__cause__


def _up_to_the_kernel(error: Exception) -> types.TracebackType | None:
    """The traceback of an error, to the line of the kernel that it is from, without what stands in for its values."""
    last, step = None, error.__traceback__
    while step:
        last = step if ERROR_MODEL in step.tb_frame.f_globals else last
        step = step.tb_next
    if last:
        last.tb_next = None
    return error.__traceback__ if last else None


def _endless(kernel: Any, error: RecursionError) -> RecursionError:
    """The error for a recursion that is too deep, instead of its thousand frames."""
    step, name, where = error.__traceback__, kernel.__name__, ""
    while step:
        if ERROR_MODEL in step.tb_frame.f_globals:
            code = step.tb_frame.f_code
            name, where = code.co_name, f" ({location(code.co_filename, step.tb_lineno)})"
        step = step.tb_next
    return RecursionError(
        f"kernel {name}{where} calls itself too often; add a return that does not call it, or check its condition. "
        f"Run as Python, a kernel may be some {sys.getrecursionlimit() // 2} calls deep."
    )


def _in_python_words(part: Any) -> Any:
    """A part of an exception, which may be a stand-in, or name the class of one."""
    if not isinstance(part, str):
        return plain(part)
    names = r"(?:object of type |non-iterable )?'?\b(Scalar|Array|List)\b'?(?: object)?"
    return re.sub(names, lambda found: _CALLED[found[1]], part)


_CALLED = {"Scalar": "a number", "Array": "an array", "List": "a list"}


def run_into_table(kernel: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a kernel's Python function on counting values; every operation goes to the thread's table."""
    __tracebackhide__ = True
    table = thread_table()

    def record(column: str, kind: str, n: int) -> None:
        table[INDEX[column, kind]] += n

    return run(kernel, args, kwargs, record)


def plain(value: Any, lists: Mapping[int, Any] | None = None) -> Any:
    """What compiled code would return: Python numbers, NumPy arrays; of a list that was an argument, that list."""
    if isinstance(value, Scalar):
        return value.v.item()
    if lists and id(value) in lists:
        return lists[id(value)]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(plain(part, lists) for part in value))
    if isinstance(value, tuple | list):
        return (tuple if isinstance(value, tuple) else list)(plain(part, lists) for part in value)
    return unwrap(value)


class _Counted:
    """Functions rebuilt from the same source, with counting constants, globals and builtins."""

    def __init__(self, called: Any) -> None:
        self._name = called.__name__
        self._direct = bool(signatures_of(called))  # until the call from Python has found its signature
        self._functions: dict[Any, Any] = {}
        self._lists: dict[int, tuple[list[Any], List, list[Any]]] = {}  # by id: a list, its stand-in, that as it was
        self._reflected: set[int] = set()

    def function(self, kernel: Any) -> Any:
        if kernel in self._functions:
            return self._functions[kernel]
        original = kernel.py_func
        namespace: dict[str, Any] = {"__builtins__": BUILTINS, "__name__": original.__module__, **OPERATORS}
        namespace[PY_FUNC] = original
        namespace[ERROR_MODEL] = kernel.targetoptions.get("error_model", "python")
        code, loaded = counting_code(original)
        cells = tuple(types.CellType() for _ in original.__closure__ or ())
        defaults = tuple(map(self.wrap, original.__defaults__ or ()))
        function: Any = types.FunctionType(code, namespace, original.__name__, defaults, cells or None)
        function = _calls_counted(function, kernel)
        signatures = signatures_of(kernel)
        if signatures:
            function = with_signatures(function, original, signatures, self._is_direct)
        self._functions[kernel] = function  # before its globals: it may call itself
        for name in loaded:
            if name in original.__globals__:
                namespace[name] = self._outside(name, original.__globals__[name])
        for name, cell, of in zip(code.co_freevars, cells, original.__closure__ or (), strict=True):
            cell.cell_contents = self._outside(name, of.cell_contents)
        return function

    def _is_direct(self) -> bool:
        """Whether the call at hand, of a kernel with signatures, is the one from Python."""
        direct, self._direct = self._direct, False
        return direct

    def _outside(self, name: str, value: Any) -> Any:
        """The stand-in of a global, or of what the kernel closes over."""
        if isinstance(value, list):
            raise KernelError(f"{name} is a list outside the kernel, which could change; pass it as an argument")
        return self.wrap(value)

    def argument(self, value: Any) -> Any:
        """The stand-in of an argument. A list that the kernel changes is changed for the caller too."""
        check_argument(self._name, value)
        if isinstance(value, list):
            self._reflected.add(id(value))
        wrapped = self.wrap(value)
        if isinstance(wrapped, types.FunctionType) and not callable(value):
            raise KernelError(not_an_argument(self._name, value))
        return wrapped

    def write_lists_back(self) -> None:
        """Change the lists among the arguments as the kernel has changed their stand-ins."""
        for key in self._reflected:
            original, now, before = self._lists[key]
            if len(now) != len(before) or any(a is not b for a, b in zip(now, before, strict=True)):
                original[:] = map(self.plain, now)

    def plain(self, value: Any) -> Any:
        return plain(value, {id(now): original for original, now, _ in self._lists.values()})

    def wrap(self, value: Any) -> Any:
        """The counting stand-in of a value that enters a kernel."""
        if id(value) in BY_IDENTITY:
            return BY_IDENTITY[id(value)]
        if isinstance(value, bool | int | float | complex | np.number | np.bool_):
            return as_scalar(value)
        if isinstance(value, np.ndarray):
            return Array(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.wrap, value))
        if isinstance(value, tuple):
            return tuple(map(self.wrap, value))
        if isinstance(value, list):
            if id(value) not in self._lists:
                stand_in = List(map(self.wrap, value), fixed=True)
                self._lists[id(value)] = value, stand_in, list(stand_in)
            return self._lists[id(value)][1]
        if isinstance(value, np.random.Generator):
            return Draws(value)
        if hasattr(value, "py_func") and hasattr(value, "example_arguments"):
            address = address_of(value)
            return with_address(self.function(value), value.py_func, address) if address else self.function(value)
        if isinstance(value, types.ModuleType):
            return _LazyModule(value, self)
        if value is None or isinstance(value, str | bytes | np.dtype) or is_exception(value):
            return value
        return _refuse_call(value)


def _calls_counted(function: Any, kernel: Any) -> Any:
    """The function, counting its calls where the kernel is there in a role."""
    role = getattr(kernel, "role", None)
    if role is None:
        return function

    def counted(*args: Any, **kwargs: Any) -> Any:
        tally_call(role)
        return function(*args, **kwargs)

    return counted


class _LazyModule(Module):
    """A module of the user's own: its members are wrapped when they are used."""

    def __init__(self, module: types.ModuleType, counted: _Counted) -> None:
        self._module, self._counted = module, counted

    def __getattr__(self, name: str) -> Any:
        return self._counted.wrap(getattr(self._module, name))


def _refuse_call(value: Any) -> Any:
    name = getattr(value, "__name__", type(value).__name__)
    python = is_compiled_by_numba(value) or isinstance(value, types.FunctionType)
    remedy = IN_PYTHON if is_c_function(value) else OUTSIDE
    if python and str(value.__module__).partition(".")[0] not in LIBRARIES:
        remedy = f"decorate {name} with @mechkit.kernel"

    def uncounted(*args: Any, **kwargs: Any) -> Any:
        raise refuse(name, remedy)

    return uncounted
