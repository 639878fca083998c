"""Constants of a submission: worked out from the syntax tree, so that nothing of it is run."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

#: Constants hold no more elements than this, and no larger integers: a table of answers is no solution.
MOST, LARGEST = 100_000, 2**63

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
_ARRAYS = (np.array, np.asarray, np.zeros, np.ones, np.full, np.empty)
_CONVERSIONS = {"int": int, "float": float, "complex": complex, "bool": bool, "tuple": tuple, "abs": abs}


class NotConstant(Exception):
    """An expression that is no constant; the text says what was found."""


def constant(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """The value of a constant expression: literals, earlier constants, arithmetic, functions of math, arrays.

    >>> constant(ast.parse("(2 * PI, math.sqrt(4))", mode="eval").body, {"PI": 3.0, "math": math})
    (6.0, 2.0)
    >>> constant(ast.parse("open('x')", mode="eval").body, {})
    Traceback (most recent call last):
    mechkit.exercises.constants.NotConstant: open('x') is no constant; a constant is made of numbers, strings, ...
    """
    try:
        return _checked(_value(node, known))
    except NotConstant:
        raise
    except (ArithmeticError, TypeError, ValueError, RecursionError, MemoryError, IndexError) as error:
        raise NotConstant(f"{_short(node)} has no value: {error}") from None


def _value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value) if value is not ...:
            return value
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.Name(id=name) if name in _CONVERSIONS:
            return _CONVERSIONS[name]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(_checked(_value(part, known)) for part in parts)
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_checked(_value(operand, known)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _arithmetic(type(op), _checked(_value(left, known)), _checked(_value(right, known)), node)
        case ast.Attribute(value=value, attr=attr) if not attr.startswith("_"):
            owner = _value(value, known)
            if isinstance(owner, ModuleType) and hasattr(owner, attr):
                return getattr(owner, attr)
        case ast.Call(func=function, args=arguments, keywords=keywords):
            return _called(node, _value(function, known), arguments, keywords, known)
    raise NotConstant(
        f"{_short(node)} is no constant; a constant is made of numbers, strings, tuples, np.array and other constants"
    )


def _arithmetic(op: type, left: Any, right: Any, node: ast.expr) -> Any:
    sequences = [part for part in (left, right) if isinstance(part, tuple | str)]
    if sequences and (op is not ast.Mult or not isinstance(left, int | tuple) or not isinstance(right, int | tuple)):
        if op is ast.Add and len(sequences) == 2:
            return left + right
        raise NotConstant(f"{_short(node)} is no constant; write arithmetic with numbers")
    if sequences:
        times = left if isinstance(left, int) else right
        if not isinstance(times, int) or times * len(sequences[0]) > MOST:
            raise NotConstant(f"{_short(node)} is too long")
    if op is ast.Pow and isinstance(right, int) and abs(right) > 1100:
        raise NotConstant(f"{_short(node)} is too large a power")
    return _BINARY[op](left, right)


def _called(
    node: ast.expr, function: Any, arguments: list[ast.expr], keywords: list[ast.keyword], known: Mapping[str, Any]
) -> Any:
    """The value of a call of math's functions, of the types of numbers, and of the functions that make arrays."""
    values: list[Any] = [_checked(_value(part, known)) for part in arguments]
    named = {key.arg: _value(key.value, known) for key in keywords if key.arg}
    if function in _ARRAYS and set(named) <= {"dtype"}:
        if function not in (np.array, np.asarray) and _elements(values[0]) > MOST:
            raise NotConstant(f"{_short(node)} is too long")
        return function(*values, **named)
    if not named and _is_conversion(function):
        return function(*values)
    if not named and all(map(_is_number, values)):
        if function in (math.factorial, math.comb, math.perm) and max(values) > 1000:
            raise NotConstant(f"{_short(node)} is too large")
        of_math: Any = getattr(math, getattr(function, "__name__", ""), None)
        if callable(function) and (isinstance(function, np.ufunc) or of_math is function):
            return function(*values)
    raise NotConstant(f"{_short(node)} is no constant; compute it in a function")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and abs(float(value)) < LARGEST


def _is_conversion(function: Any) -> bool:
    """Whether a value is a type of numbers."""
    return isinstance(function, type) and (function in _CONVERSIONS.values() or issubclass(function, np.number))


def _elements(shape: Any) -> int:
    """How many elements an array of a shape has."""
    return math.prod(shape) if isinstance(shape, tuple) else int(shape)


def _checked(value: Any) -> Any:
    """A value that is not so large that it fills the memory."""
    if isinstance(value, int) and abs(value) > LARGEST:
        raise NotConstant("an integer constant does not fit into 64 bits; write a float, with a decimal point")
    if isinstance(value, tuple | str) and len(value) > MOST:
        raise NotConstant(f"a constant has more than {MOST:,} elements")
    if isinstance(value, np.ndarray) and (value.size > MOST or value.dtype.kind not in "biufc"):
        raise NotConstant(f"an array constant must hold numbers, at most {MOST:,}")
    return value


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}..."
