"""The `kernel` decorator."""

from __future__ import annotations

import dis
import inspect
import types as pytypes
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from mechkit.counting.dispatcher import Kernel
from mechkit.counting.errors import KernelError, UncountedError, location
from mechkit.counting.plain import PlainKernel
from mechkit.counting.source import line_of_def
from mechkit.words import nearest

#: What `kernel` passes on to Numba. The rest of Numba's options would lose counts, or mean nothing here.
OPTIONS = ("cache", "fastmath", "error_model", "boundscheck", "nogil")


def kernel(function_or_signature: Any = None, **options: Any) -> Any:
    """Compile a function with Numba so that its operations can be counted.

    Parameters
    ----------
    function_or_signature : a Python function (``@kernel``), or nothing (``@kernel(cache=True)``). Or a Numba signature,
        or a list of them: then it is compiled at once, and for these types only.
    cache : whether the compiled code is kept between processes
    error_model : "python" raises ZeroDivisionError, "numpy" gives inf or nan
    boundscheck : whether an index past the end is an IndexError
    fastmath, nogil : as in ``numba.njit``. No option changes a count.

    Returns
    -------
    Kernel
        To be called from Python, from other kernels, and passed to kernels as an argument. ``py_func`` is the
        Python function; ``kernel.example`` registers an example of its arguments.

    Raises
    ------
    TypeError
        for what is not a plain function, and options that do not exist.
    UncountedError (a TypeError)
        when decorated: a generator, ``parallel=True``; when compiled: work that would escape the count; when called:
        a compiled function that is not a kernel as an argument.
    KernelError (a TypeError)
        when compiled: whatever Numba cannot compile.

    Operation count: what the source spells; see ``docs/what-is-counted.md``. Counting costs nothing in inner loops.

    Examples
    --------
    >>> @kernel
    ... def dot(x, y):
    ...     s = 0.0
    ...     for i in range(x.size):
    ...         s += x[i] * y[i]
    ...     return s
    >>> from mechkit import count
    >>> with count() as ops:
    ...     dot(np.ones(5), np.ones(5))
    5.0
    >>> ops
    OpCounts(flops=10; float64: add=5 mul=5 loads=10 bytes=80)
    >>> dot(1.0, "x")
    Traceback (most recent call last):
    mechkit.counting.errors.KernelError: kernel dot cannot be compiled (..., line 4): Unknown attribute 'size' ...
    """
    _check_options(options)
    if isinstance(function_or_signature, pytypes.FunctionType):
        return _make(function_or_signature, [], options)
    signatures = function_or_signature if isinstance(function_or_signature, list) else [function_or_signature]
    if function_or_signature is not None and not all(_is_signature(s) for s in signatures):
        hint = "; decorate its py_func" if hasattr(function_or_signature, "py_func") else ""
        hint = (
            "; call the type with those of the arguments, float64(float64)" if _is_type(function_or_signature) else hint
        )
        raise TypeError(f"kernel takes a Python function or a signature, not {function_or_signature!r}{hint}")
    return lambda function: _make(function, [] if function_or_signature is None else signatures, options)


def _is_signature(value: Any) -> bool:
    return isinstance(value, str | tuple) or hasattr(value, "return_type")


def _is_type(value: Any) -> bool:
    return isinstance(value, numba.types.Type)


def _check_options(options: dict[str, Any]) -> None:
    if options.get("parallel"):
        raise UncountedError("parallel=True would lose the counts of its threads; write range and leave parallel out")
    for name in options:
        if name not in OPTIONS:
            near = nearest(name, OPTIONS)
            hint = f"did you mean {near!r}?" if near else f"the options are {', '.join(OPTIONS)}"
            raise TypeError(f"kernel has no option {name!r}; {hint}")
    model = options.get("error_model", "python")
    if model not in ("python", "numpy"):
        raise ValueError(
            f"error_model is {model!r}; it must be 'python' (raise ZeroDivisionError) or 'numpy' (inf or nan)"
        )


def _make(function: Any, signatures: list[Any], options: dict[str, Any]) -> Any:
    if not isinstance(function, pytypes.FunctionType):
        raise TypeError(f"kernel takes a Python function, not {function!r}")
    _check_function(function)
    compiler_options = {name: value for name, value in options.items() if name != "cache"}
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return PlainKernel(function, compiler_options, signatures)
    compiled = Kernel(function, targetoptions={"nopython": True, "boundscheck": None, **compiler_options})
    if options.get("cache"):
        compiled.enable_caching()
    if signatures:
        compiled.fixed_signatures = signatures
        compiled.compile_fixed()
    return compiled


def _check_function(function: Callable[..., Any]) -> None:
    """Refuse functions that are more than a body of statements."""
    code = function.__code__

    def where(line: int | None) -> str:
        return f"kernel {function.__name__} ({location(code.co_filename, line or line_of_def(function))})"

    if inspect.isgeneratorfunction(function):
        line = next(filter(None, map(_line_of_yield, dis.get_instructions(code))), None)
        raise UncountedError(
            f"{where(line)} is a generator, whose work is spread over its caller; fill an array instead"
        )
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{where(None)} is a coroutine; a kernel is a plain function: write def instead of async def")
    if code.co_flags & inspect.CO_VARKEYWORDS:
        raise KernelError(f"{where(None)} gathers arguments by **; give each argument a name of its own")
    for name, value in _defaults(function):
        if isinstance(value, list | dict | set | np.ndarray):
            kind = type(value).__name__
            raise KernelError(
                f"{where(None)} has the {kind} {value!r} as the default of {name}, which a kernel cannot have; "
                "leave the default out and pass an array"
            )
    nested = [constant.co_firstlineno for constant in code.co_consts if isinstance(constant, pytypes.CodeType)]
    inlined = filter(None, map(_line_of_comprehension, dis.get_instructions(code)))
    for line in (*nested, *inlined):
        raise UncountedError(
            f"{where(line)} holds a function, lambda or comprehension of its own; write a loop, or a kernel beside it"
        )


def _defaults(function: Any) -> list[tuple[str, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return [(p.name, p.default) for p in parameters if p.default is not p.empty]


def _line_of_yield(step: dis.Instruction) -> int | None:
    return step.positions.lineno if step.positions and step.opname == "YIELD_VALUE" else None


def _line_of_comprehension(step: dis.Instruction) -> int | None:
    """The line of a step that Python leaves where it inlines a comprehension; long tuples have it with argument 1."""
    gathers = step.opname in ("LIST_APPEND", "SET_ADD", "MAP_ADD") and (step.arg or 0) > 1
    return step.positions.lineno if step.positions and gathers else None
