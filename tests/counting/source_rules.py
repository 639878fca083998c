"""The rules of docs/what-is-counted.md for one operation: the type it runs in, what it tallies, its value.

`source_counter` reads functions by these rules. Of mechkit they share the names of the kinds, and nothing else.

A type is the name of a scalar type ("int64", "float32"), an `Array`, a tuple of types, or a `Fixed` object, which is
known before the run (a module, a function, None). A tally is a (column, kind, number).
"""

import ast
import builtins
import math
from typing import Any, NamedTuple

import numpy as np


class Array(NamedTuple):
    """The type of an array."""

    dtype: str
    ndim: int


class Fixed(NamedTuple):
    """The type of an object that is known before the run."""

    value: Any


class Iterated(NamedTuple):
    """The type of what a for loop runs over: the type of an item, and what a step tallies."""

    item: Any
    tallies: tuple


# -- types -------------------------------------------------------------------------------------------------------------

MAKE = {
    **{"bool": bool, "int64": int, "float64": float, "complex128": complex},
    **{name: getattr(np, name) for name in ("int8", "int16", "int32", "uint8", "float32", "complex64")},
}


def type_of(value):
    """The type of a value that comes from outside: an argument or a global."""
    if isinstance(value, np.ndarray):
        return Array(value.dtype.name, value.ndim)
    if isinstance(value, tuple):
        return tuple(map(type_of, value))
    if isinstance(value, bool | int | float | complex | np.generic):
        return np.asarray(value).dtype.name
    return Fixed(value)


def is_integer(t):
    return t in ("bool", "int8", "int16", "int32", "int64", "uint8")


def is_complex(t):
    return t in ("complex64", "complex128")


def float_of(t):
    """The float type of the same width; an integer of more than 16 bits needs a float64."""
    return "float32" if t in ("bool", "int8", "int16", "uint8", "float32", "complex64") else "float64"


def meet(a, b):
    """The type in which an operation on an a and a b runs."""
    if is_integer(a) and is_integer(b):
        return "int64"
    wide = "float64" in (float_of(a), float_of(b))
    if is_complex(a) or is_complex(b):
        return "complex128" if wide else "complex64"
    return "float64" if wide else "float32"


def unified(a, b):
    """The type that holds an a and a b where two paths join."""
    if a is None or b is None or a == b:
        return b if a is None else a
    if isinstance(a, tuple) and isinstance(b, tuple) and type(a) is type(b) is tuple and len(a) == len(b):
        return tuple(map(unified, a, b))
    if not (isinstance(a, str) and isinstance(b, str)):
        raise TypeError(f"{a} and {b} join")
    if is_integer(a) and is_integer(b):
        return max(a, b, key=lambda t: (np.dtype(t).itemsize, t != "bool"))
    return meet(a, b)


def same_column(a, b):
    """Whether an a counts like a b wherever it is used."""
    if isinstance(a, tuple) and not isinstance(a, Array | Fixed):
        return all(map(same_column, a, b))
    return a == b or (is_integer(a) and is_integer(b) and float_of(a) == float_of(b))


def converted(value, t):
    if isinstance(t, str):
        return MAKE[t](value)
    return tuple(map(converted, value, t)) if type(t) is tuple else value


# -- what an operation tallies -----------------------------------------------------------------------------------------

COMPLEX = {
    "add": {"add": 2},
    "sub": {"sub": 2},
    "mul": {"mul": 4, "add": 1, "sub": 1},
    "div": {"mul": 6, "add": 2, "sub": 1, "div": 2},
    "neg": {"neg": 2},
    "conjugate": {"neg": 1},
    "compare": {"compare": 2},
    "abs": {"mul": 2, "add": 1, "sqrt": 1},
    "exp": {"exp": 1, "cos": 1, "sin": 1, "mul": 2},
    "convert": {"convert": 2},
}


def work(kind, t, n=1):
    """What n operations of a kind tally in type t."""
    if n == 0:
        return ()
    if is_complex(t):
        return tuple((float_of(t), part, n * m) for part, m in COMPLEX[kind].items())
    return (("int" if is_integer(t) else t, kind, n),)


def element(kind, t):
    """What an element of an array of t tallies when it is read or written."""
    column = "int" if is_integer(t) else float_of(t)
    return (column, kind, 2 if is_complex(t) else 1), (column, "bytes", np.dtype(t).itemsize)


def power(base, exponent):
    """base**exponent for an exponent that the source spells, by binary powering."""
    result, n = None, abs(exponent)
    while n:
        if n & 1:
            result = base if result is None else result * base
        n >>= 1
        if n:
            base = base * base
    result = type(base)(1) if result is None else result
    return 1 / result if exponent < 0 else result


def literal_integer(node):
    """The integer that an expression spells, or None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        n = literal_integer(node.operand)
        return None if n is None else -n
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def quotient(how):
    def divide(a, b):
        if b == 0:
            raise ZeroDivisionError("division by zero")
        return how(a, b)

    return divide


OPERATORS = {
    ast.Add: ("add", lambda a, b: a + b),
    ast.Sub: ("sub", lambda a, b: a - b),
    ast.Mult: ("mul", lambda a, b: a * b),
    ast.Div: ("div", quotient(lambda a, b: a / b)),
    ast.FloorDiv: ("floordiv", quotient(lambda a, b: a // b)),
    ast.Mod: ("mod", quotient(lambda a, b: a % b)),
    ast.Pow: ("pow", lambda a, b: a**b),
    ast.LShift: ("lshift", lambda a, b: a << b),
    ast.RShift: ("rshift", lambda a, b: a >> b),
    ast.BitAnd: ("bitand", lambda a, b: a & b),
    ast.BitOr: ("bitor", lambda a, b: a | b),
    ast.BitXor: ("bitxor", lambda a, b: a ^ b),
}
COMPARISONS = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


def arithmetic(kind, a, b, literal):
    """The type of a (kind) b, the type that both operands are converted to, and what is tallied."""
    t = meet(a, b)
    if kind == "pow":
        t = a if a in ("float32", "float64") and is_integer(b) else t  # a float to an integer power stays what it is
        if literal is not None and abs(literal) <= 16:
            n = abs(literal)
            products = max(0, n.bit_length() - 1 + n.bit_count() - 1)
            return t, work("mul", t, products) + work("div", t, int(literal < 0))
        return t, work("pow", t)
    if kind == "div" and is_integer(t):
        t = "float64"
    if kind in ("bitand", "bitor", "bitxor") and a == b == "bool":
        t = "bool"
    return t, work(kind, t)


# -- functions ---------------------------------------------------------------------------------------------------------


def _elementary():
    """The functions of numbers that run in floats: the object, its kind, how its value is computed."""
    for name in (
        *("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan"),
        *("atan2", "hypot", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "cbrt", "erf", "erfc", "gamma"),
        *("lgamma", "copysign", "pow"),
    ):
        in_numpy = {"pow": "power"}.get(name, name.replace("a", "arc", 1) if name[0] == "a" else name)
        fn = getattr(math, name)
        yield fn, name, fn
        if hasattr(np, in_numpy):
            yield getattr(np, in_numpy), name, fn
    yield math.fmod, "mod", math.fmod
    yield math.fabs, "abs", math.fabs
    yield np.fabs, "abs", math.fabs
    for name in ("floor", "ceil", "trunc", "rint"):
        yield getattr(np, name), {"rint": "round"}.get(name, name), getattr(np, name)


ELEMENTARY = {fn: (kind, value) for fn, kind, value in _elementary()}
TO_INTEGER = {math.floor: "floor", math.ceil: "ceil", math.trunc: "trunc"}
EXTREMES = {builtins.min: min, builtins.max: max, np.minimum: min, np.maximum: max}
TESTS_OF_NUMBERS = (math.isnan, math.isinf, math.isfinite, np.isnan, np.isinf, np.isfinite)
CONVERSIONS = {getattr(np, name): name for name in MAKE if name != "bool"} | {np.bool_: "bool", builtins.int: "int64"}
CREATION = (np.empty, np.zeros, np.ones, np.empty_like, np.zeros_like, np.ones_like, np.full, np.array)
INSTANCES = {float: ("float32", "float64"), int: ("int8", "int16", "int32", "int64", "uint8"), bool: ("bool",)}


def call(fn, types):
    """A call of a function that is no kernel: the result's type, what it tallies, how its value is computed."""
    first = types[0] if types else None
    if fn in (builtins.abs, np.abs):
        t = float_of(first) if is_complex(first) else meet(first, first)
        return t, work("abs", first), abs
    if fn in (np.conj, np.exp) and is_complex(first):
        return first, work("exp" if fn is np.exp else "conjugate", first), fn
    if fn in ELEMENTARY:
        t = first
        for other in types[1:]:
            t = meet(t, other)
        t = "float64" if is_integer(t) else t
        kind, value = ELEMENTARY[fn]
        return t, work(kind, t), lambda *args: value(*map(MAKE[t], args))
    if fn in TO_INTEGER:
        return "int64", work(TO_INTEGER[fn], first), fn
    if fn is builtins.round:
        return first if len(types) > 1 else "int64", work("round", first), lambda x, *n: round(float(x), *n)
    if fn is builtins.pow:
        t, tallies = arithmetic("pow", *types, None)
        return t, tallies, lambda a, b: MAKE[t](a) ** b
    if fn in EXTREMES:
        t = first
        for other in types[1:]:
            t = unified(t, other)
        return t, work("compare", t, len(types) - 1), lambda *args: EXTREMES[fn](map(MAKE[t], args))
    if fn in TESTS_OF_NUMBERS:
        return "bool", work("compare", first), fn
    if fn is builtins.float:
        t = "float32" if first == "float32" else "float64"
        return t, work("convert", t), MAKE[t]
    if fn in CONVERSIONS:
        return CONVERSIONS[fn], work("convert", CONVERSIONS[fn]), MAKE[CONVERSIONS[fn]]
    if fn is builtins.complex:
        parts = meet(first, types[-1])
        return "complex64" if parts in ("float32", "complex64") else "complex128", (), complex
    if fn in (builtins.len, builtins.bool):
        return "int64" if fn is len else "bool", (), fn
    if fn is builtins.range:
        return Iterated("int64", ()), (), lambda *args: range(*map(int, args))
    if fn is builtins.enumerate:
        items = iterated(first)
        return Iterated(("int64", items.item), items.tallies), (), enumerate
    if fn in CREATION:
        return created(fn, types), (), fn
    raise NotImplementedError(f"a call of {fn}")


def created(fn, types):
    if fn.__name__.endswith("_like"):
        return types[0]
    if fn is np.array:
        t = None
        for item in types[0]:
            t = unified(t, item)
        return Array(t, 1)
    ndim = len(types[0]) if type(types[0]) is tuple else 1
    if fn is np.full:
        return Array(types[1], ndim)
    return Array(np.dtype(types[1].value).name if len(types) > 1 else "float64", ndim)


def method(this, name, types):
    """A call of a method: the result's type, what it tallies, what it tallies for each element, its value."""
    if isinstance(this, Array):
        loaded, stored = element("loads", this.dtype), element("stores", this.dtype)
        if name == "copy":
            return this, (), (*loaded, *stored), lambda x: x.copy()
        if name == "fill":
            return Fixed(None), (), stored, lambda x, v: x.fill(v)
        if name == "astype":
            t = np.dtype(types[0].value).name
            return Array(t, this.ndim), (), (*loaded, *work("convert", t), *element("stores", t)), np.ndarray.astype
        if name == "reshape":
            return Array(this.dtype, len(types)), (), (), np.ndarray.reshape
    if name in ("conjugate", "conj"):
        return this, work("conjugate", this) if is_complex(this) else (), (), lambda z: z.conjugate()
    if isinstance(this, Fixed) and isinstance(this.value, np.random.Generator):
        t = "int64" if name == "integers" else "float64"
        return t, work("random", t), (), lambda rng, *args: getattr(rng, name)(*args)
    raise NotImplementedError(f".{name}() of {this}")


def iterated(t):
    if isinstance(t, Iterated):
        return t
    if isinstance(t, Array):
        return Iterated(t.dtype, element("loads", t.dtype)) if t.ndim == 1 else Iterated(Array(t.dtype, t.ndim - 1), ())
    item = None
    for part in t:
        item = unified(item, part)
    return Iterated(item, ())
