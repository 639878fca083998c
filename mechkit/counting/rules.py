"""What counts, and what is refused: from the typed source to tallies.

Each function takes what the source spells and the types that Numba gave it, and returns tallies
``[(column, kind, number), ...]``, or raises `Refusal` with the remedy. What is not listed here is refused.
`docs/what-is-counted.md` states the same rules in words.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable, Iterable

import numba
import numpy as np
from numba import types

from mechkit.counting.errors import NOT_AN_INTEGER, ZIP_ARRAYS

Tally = tuple[str, str, int]


class Refusal(Exception):
    """An expression whose work would escape the count; the text is the remedy."""


class Mistake(Exception):
    """An expression that Numba would accept and Python would not; the text says what is wrong."""


LOOP = "write the loop over the elements"
#: Literal integer exponents up to this size are multiplications; any other power is one `pow`.
SMALL_EXPONENT = 16

_BINARY = {
    **{operator.add: "add", operator.sub: "sub", operator.mul: "mul", operator.truediv: "div"},
    **{operator.floordiv: "floordiv", operator.mod: "mod", operator.pow: "pow"},
    **dict.fromkeys((operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne), "compare"),
    **{operator.lshift: "lshift", operator.rshift: "rshift"},
    **{operator.and_: "bitand", operator.or_: "bitor", operator.xor: "bitxor"},
}
_INPLACE = {getattr(operator, "i" + fn.__name__.rstrip("_")): kind for fn, kind in _BINARY.items() if kind != "compare"}
_UNARY: dict[Callable[..., object], str] = {operator.neg: "neg", operator.invert: "invert"}
_FREE_UNARY = {operator.pos, operator.not_}
_IDENTITY = {operator.is_, operator.is_not}

# A complex operation counts as the real operations of its textbook definition.
_COMPLEX = {
    "add": [("add", 2)],
    "sub": [("sub", 2)],
    "mul": [("mul", 4), ("add", 1), ("sub", 1)],
    "div": [("mul", 6), ("add", 2), ("sub", 1), ("div", 2)],  # (ac + bd + (bc - ad)i) / (c^2 + d^2)
    "neg": [("neg", 2)],
    "compare": [("compare", 2)],
    "conjugate": [("neg", 1)],
    "abs": [("mul", 2), ("add", 1), ("sqrt", 1)],
    "exp": [("exp", 1), ("cos", 1), ("sin", 1), ("mul", 2)],  # e^a (cos b + i sin b)
    "convert": [("convert", 2)],
}

_SAME_NAME = (
    *("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("cbrt", "erf", "erfc", "gamma", "lgamma", "hypot", "copysign", "floor", "ceil", "trunc", "pow"),
    *("asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh"),
)
_NUMPY_NAMES = {
    **{"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2"},
    **{"arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "power": "pow"},
    **{"absolute": "abs", "fabs": "abs", "rint": "round", "fmod": "mod", "remainder": "mod", "conjugate": "conjugate"},
    **dict.fromkeys(("minimum", "maximum", "fmin", "fmax", "isnan", "isinf", "isfinite"), "compare"),
}
#: Functions of numbers: the Python object -> its kind.
_FUNCTIONS: dict[object, str] = {
    **{getattr(m, name): name for m in (math, np) for name in _SAME_NAME if hasattr(m, name)},
    **{getattr(np, name): kind for name, kind in _NUMPY_NAMES.items()},
    **{math.fabs: "abs", builtins.abs: "abs", builtins.round: "round", builtins.pow: "pow"},
    **dict.fromkeys((math.isnan, math.isinf, math.isfinite, builtins.min, builtins.max), "compare"),
    **{builtins.int: "convert", builtins.float: "convert"},
}
_FLOATS_ONLY = ("floor", "ceil", "trunc", "round", "copysign")
#: Calls that do no arithmetic: loop machinery, shapes, creation of arrays.
_FREE_CALLS = {
    *(builtins.range, builtins.len, builtins.bool, builtins.slice, builtins.enumerate, builtins.zip),
    *(builtins.tuple, builtins.complex, builtins.print, builtins.reversed),
    *(np.empty, np.zeros, np.ones, np.full, np.empty_like, np.zeros_like, np.ones_like, np.full_like),
    *(np.eye, np.identity, np.flip, np.finfo, np.iinfo),
}
#: Calls that copy an array, or convert its elements.
_COPIES = {np.array, np.asarray, np.copy}
_HAVE_TRUTH = (types.Number, types.Boolean, types.NoneType, types.Optional, types.BaseTuple, types.List)
_HAVE_LENGTH = (types.Array, types.BaseTuple, types.List, types.RangeType)
_FREE_METHODS = {"reshape", "transpose", "view"}
_LIST_METHODS = {"append", "pop", "clear", "reverse"}
_DRAWS = {
    *("random", "integers", "uniform", "normal", "standard_normal", "exponential", "standard_exponential"),
    *("gamma", "standard_gamma", "beta", "chisquare", "poisson", "binomial", "geometric", "logistic", "lognormal"),
    *("laplace", "rayleigh", "weibull", "pareto", "power", "standard_cauchy", "standard_t", "triangular", "wald", "f"),
}


def column(t: types.Type) -> str | None:
    """The column of a scalar type (of the parts, for a complex one); None for what is not a number."""
    t = types.unliteral(t)
    if isinstance(t, types.Complex):
        t = t.underlying_float
    if isinstance(t, types.Float):
        return {32: "float32", 64: "float64"}.get(t.bitwidth)
    return "int" if isinstance(t, types.Integer | types.Boolean) else None


def _numbers(*ts: types.Type) -> bool:
    return all(column(t) is not None for t in ts)


def _expand(kind: str, t: types.Type) -> list[Tally]:
    """One operation of a kind that runs in type t."""
    c = column(t)
    assert c is not None
    if not isinstance(types.unliteral(t), types.Complex):
        return [(c, kind, 1)]
    if kind not in _COMPLEX:
        raise Refusal(f"{kind} of a complex number has no single textbook count; spell it out in real arithmetic")
    return [(c, k, n) for k, n in _COMPLEX[kind]]


def binop(
    fn: object, left: types.Type, right: types.Type, args: tuple[types.Type, ...], result: types.Type, exponent: object
) -> list[Tally]:
    """An operator of two operands. args: the types it runs in; exponent: a literal one, or None."""
    if fn in _IDENTITY or (
        fn is operator.add and isinstance(left, types.BaseTuple) and isinstance(right, types.BaseTuple)
    ):
        return []
    kind = _BINARY.get(fn) or _INPLACE.get(fn)  # type: ignore[call-overload]
    if kind is None or not _numbers(left, right):
        arrays = isinstance(left, types.Array) or isinstance(right, types.Array)
        if kind == "mul" and (isinstance(left, types.List) or isinstance(right, types.List)):
            raise Refusal("make an array with np.zeros(n), and fill it in a loop")
        if any(isinstance(t, types.UnicodeType | types.StringLiteral) for t in (left, right)):
            raise Refusal("strings are not compared or put together in a kernel; pass a number")
        if any(isinstance(t, types.List) for t in (left, right)):
            raise Refusal("lists are not put together or compared in a kernel; use an array and a loop")
        if any(isinstance(t, types.Optional | types.NoneType) for t in (left, right)):
            raise Refusal("one side may be None; begin with a number instead, such as x[0]")
        raise Refusal(LOOP if arrays else "only operators between two numbers are counted; compare or combine numbers")
    if kind == "compare":
        return _expand("compare", args[0])
    if kind == "pow" and type(exponent) is int and abs(exponent) <= SMALL_EXPONENT:
        if exponent < 0 and not isinstance(result, types.Float | types.Complex):
            raise Refusal("a negative power of an integer is 0; write 1.0 / x")
        return literal_power(exponent, result)
    return _expand(kind, result)


def literal_power(exponent: int, t: types.Type) -> list[Tally]:
    """x**n for a small literal n: the multiplications of binary powering, and a division for n < 0."""
    n = abs(exponent)
    multiplications = max(0, n.bit_length() - 1 + n.bit_count() - 1)
    tallies = [(c, kind, m * multiplications) for c, kind, m in _expand("mul", t) if multiplications]
    return tallies + (_expand("div", t) if exponent < 0 else [])


def unary(fn: Callable[..., object], operand: types.Type, result: types.Type) -> list[Tally]:
    """An operator of one operand."""
    if fn in _FREE_UNARY and not isinstance(operand, types.Array):
        return []
    if fn not in _UNARY or not _numbers(operand):
        raise Refusal(LOOP)
    return _expand(_UNARY[fn], result)


def call(
    function: object, operands: tuple[types.Type, ...], args: tuple[types.Type, ...], result: types.Type
) -> list[Tally]:
    """A call of a function that is not a kernel. operands: the types it is given; args: the types it runs in."""
    args = _without_stars(args)
    if function in (builtins.bool, builtins.len):
        wanted = _HAVE_TRUTH if function is builtins.bool else _HAVE_LENGTH
        if not all(isinstance(types.unliteral(t), wanted) for t in args):
            raise Refusal("compare an element, or a size, with a number")
        return []
    if function in _FREE_CALLS:
        if function is builtins.range and any(column(t) != "int" for t in operands):
            raise Mistake(NOT_AN_INTEGER.format("range takes integers"))
        if function is builtins.slice and any(isinstance(types.unliteral(t), types.Float) for t in operands):
            raise Mistake(NOT_AN_INTEGER.format("an index must be an integer"))
        if function is np.flip and len(operands) > 1:
            raise Refusal("write np.flip(x), or a slice such as x[:, ::-1]")
        return []
    if function in _COPIES:
        return []
    if function in _FUNCTIONS:
        if not args or not _numbers(*args):
            raise Refusal(LOOP if any(isinstance(t, types.Array) for t in args) else "call it on numbers")
        if isinstance(function, np.ufunc):
            _require_plain_operands(function, args)
        kind = _FUNCTIONS[function]
        rounded = operands[:1] if kind == "round" else operands  # round(x, digits)
        if kind == "conjugate" and not isinstance(types.unliteral(args[0]), types.Complex):
            raise Refusal("conjugate takes a complex number; a real one is its own conjugate, so leave it out")
        if kind in _FLOATS_ONLY and any(isinstance(types.unliteral(t), types.Integer | types.Boolean) for t in rounded):
            raise Refusal(f"{kind} takes floats; this is an integer")
        return _function(kind, args, result)
    raise Refusal(_remedy(function))


def is_counted(function: object) -> bool:
    """Whether a call of a function of Python's, or of NumPy's, can stand in a kernel.

    >>> is_counted(np.sqrt), is_counted(np.zeros), is_counted(np.linalg.solve)
    (True, True, False)
    """
    known = function in _FUNCTIONS or function in _FREE_CALLS or function in _COPIES
    return known or isinstance(function, type)


def _require_plain_operands(function: np.ufunc, args: tuple[types.Type, ...]) -> None:
    """NumPy's own functions have rules for mixed and narrow types that no reader would guess."""
    ts = [types.unliteral(t) for t in args]
    if len(set(ts)) > 1:
        raise Refusal(f"its operands are {' and '.join(map(str, ts))}; convert one, so that both have the same type")
    if function is np.absolute or _FUNCTIONS[function] in ("compare", "pow", "mod"):
        return
    if isinstance(ts[0], types.Boolean) or (isinstance(ts[0], types.Integer) and ts[0].bitwidth < 64):
        raise Refusal("convert the number to a float first")


def _without_stars(args: tuple[types.Type, ...]) -> tuple[types.Type, ...]:
    """Numba hands the arguments of min and max on as one tuple."""
    if args and isinstance(args[-1], types.StarArgTuple | types.StarArgUniTuple):
        return (*args[:-1], *args[-1])
    return args


def _function(kind: str, args: tuple[types.Type, ...], result: types.Type) -> list[Tally]:
    if kind == "compare":  # min, max of k numbers compare k - 1 times
        t = args[0] if isinstance(types.unliteral(result), types.Boolean) else result
        return [(c, k, n * max(1, len(args) - 1)) for c, k, n in _expand("compare", t)]
    if kind == "convert" or (isinstance(result, types.Float) and not isinstance(args[0], types.Complex)):
        return _expand(kind, result)
    return _expand(kind, args[0])


def conversion(args: tuple[types.Type, ...], result: types.Type) -> list[Tally]:
    """np.float32(x) and its like: one convert, to the type that results."""
    if not _numbers(*args):
        raise Refusal("write .astype(...) to convert an array, or convert one element")
    return _expand("convert", result)


#: What to write instead of some builtins.
_REMEDIES: dict[object, str] = {
    **dict.fromkeys((builtins.str, builtins.repr, builtins.chr), "format and print outside the kernel"),
    builtins.map: "call the function in a loop",
    builtins.divmod: "write x // y and x % y",
    builtins.type: "the types of the arguments are known when it is compiled; leave it out",
}


def _remedy(function: object) -> str:
    name = getattr(function, "__name__", str(function))
    if name == "length_of_iterator":  # how Numba spells np.array of a list that was appended to
        return "make an array with np.zeros(n), and fill it in the loop"
    module = getattr(function, "__module__", "") or ""
    if function in _REMEDIES:
        return _REMEDIES[function]
    if function is numba.prange:
        return "write range: the counts of a parallel loop would be lost"
    owner = type(getattr(function, "__self__", None)).__module__  # random.random is a method of a hidden object
    if "random" in (*module.split("."), owner) or getattr(np.random, name, None) is function:
        return "take rng, a numpy.random.Generator, as an argument and draw from it"
    return "write it out in loops over scalars, or as a kernel of its own, so that its operations are counted"


def copies(function: object, operands: tuple[types.Type, ...], result: types.Type) -> str:
    """What to tally for each element of the array that a call is given: "copy", "astype", or nothing."""
    if function not in _COPIES or not operands or not isinstance(operands[0], types.Array):
        return ""
    if operands[0].dtype != result.dtype:
        return "astype"
    return "" if function is np.asarray else "copy"


def method(name: str, this: types.Type, args: tuple[types.Type, ...], result: types.Type) -> tuple[list[Tally], str]:
    """A method call: the tallies, and what to tally for each element ('' none, 'copy', 'astype', 'fill')."""
    if isinstance(this, types.Array):
        if name in _FREE_METHODS:
            return [], ""
        if name in ("copy", "astype", "fill"):
            return [], name
        raise Refusal(LOOP)
    if isinstance(this, types.NumPyRandomGeneratorType):
        if name not in _DRAWS:
            raise Refusal("draw numbers one at a time, with rng.random, rng.integers, rng.standard_normal and the like")
        if not _numbers(result):
            raise Refusal("draw one number at a time, without size")
        return _expand("random", result), ""
    if isinstance(this, types.List) and name in _LIST_METHODS:
        return [], ""
    if name in ("conjugate", "conj") and _numbers(this):
        return (_expand("conjugate", this) if isinstance(this, types.Complex) else []), ""
    if isinstance(this, types.List):
        raise Refusal("of the methods of a list, a kernel has append, pop, clear and reverse; use an array and a loop")
    if isinstance(this, types.UnicodeType | types.StringLiteral):
        raise Refusal("format and print outside the kernel")
    raise Refusal("call a kernel, or write it out on numbers")


def per_element(how: str, source: types.Type, target: types.Type) -> list[Tally]:
    """What one element of a copy, a conversion or a fill costs; source or target may be a scalar's type."""
    tallies = []
    if isinstance(source, types.Array):
        tallies += element("loads", source)
    if isinstance(target, types.Array):
        tallies += element("stores", target)
        if how == "astype":
            tallies += _expand("convert", target.dtype)
    return tallies


def element(kind: str, array: types.Array) -> list[Tally]:
    """An element of an array read ('loads') or written ('stores'), with its bytes. A complex one is two numbers."""
    c = column(array.dtype)
    if c is None:
        raise Refusal(f"arrays of {array.dtype} are not counted; use arrays of floats, integers or complex numbers")
    bits = 8 if isinstance(array.dtype, types.Boolean) else array.dtype.bitwidth
    return [(c, kind, 2 if isinstance(array.dtype, types.Complex) else 1), (c, "bytes", bits // 8)]


def item(container: types.Type, index: types.Type, result: types.Type) -> list[Tally]:
    """container[index] read: an element of an array counts, a view of it and a tuple's or list's item do not."""
    if isinstance(container, types.BaseTuple | types.List):
        return []
    if not isinstance(container, types.Array):
        raise Refusal("only arrays, tuples and lists can be indexed")
    if _numbers(result):
        return element("loads", container)
    if not isinstance(result, types.Array):
        raise Refusal("use arrays of floats, integers or complex numbers")
    _no_fancy(index)
    element("loads", container)
    return []


def is_element(index: types.Type, array: types.Array) -> bool:
    """Whether array[index] is one element, not a part of the array."""
    parts = list(index) if isinstance(index, types.BaseTuple) else [index]
    return len(parts) == array.ndim and all(
        isinstance(types.unliteral(p), types.Integer | types.Boolean) for p in parts
    )


def _no_fancy(index: types.Type) -> None:
    parts: Iterable[types.Type] = index if isinstance(index, types.BaseTuple) else [index]
    if any(isinstance(p, types.Array | types.List) for p in parts):
        raise Refusal("indexing by an array hides a loop; " + LOOP)


def part(array: types.Array, index: types.Type, value: types.Type) -> list[Tally]:
    """array[slice] = value: what each element written costs."""
    _no_fancy(index)
    if isinstance(value, types.Array):
        return per_element("copy", value, array)
    if not _numbers(value):
        raise Refusal("assign a number or an array")
    return per_element("fill", value, array)


def iteration(iterator: types.Type) -> list[Tally]:
    """One step of a for loop: it loads an element where it runs over a vector."""
    if isinstance(iterator, types.EnumerateType):
        return iteration(iterator.source_type)
    if isinstance(iterator, types.ArrayIterator):
        return element("loads", iterator.array_type) if _numbers(iterator.yield_type) else []
    if isinstance(iterator, types.RangeIteratorType | types.UniTupleIter | types.ListIter):
        return []
    if isinstance(iterator, types.ZipType):
        if any(isinstance(source, types.EnumerateType | types.ZipType) for source in iterator.source_types):
            raise Refusal(ZIP_ARRAYS)
        return [tally for source in iterator.source_types for tally in iteration(source)]
    raise Refusal("loop over range, an array, a tuple or a list")


#: What can be read of an array, a number or a dtype without work. Others may be a program of somebody's.
_ATTRIBUTES = {"shape", "size", "ndim", "dtype", "T", "nbytes", "itemsize", "strides", "real", "imag", "type"}


def attribute(value: types.Type, name: str) -> None:
    """value.name read, where it is not a method: it does no work on what is listed here."""
    if isinstance(value, types.BaseTuple | types.NumberClass | types.Module):
        return
    if not isinstance(value, types.Number | types.Boolean | types.Array | types.DType):
        raise Refusal(
            "only attributes of arrays, numbers, tuples and modules can be read; pass the value as an argument"
        )
    if name not in _ATTRIBUTES:
        raise Refusal(LOOP if isinstance(value, types.Array) else "write it out, as a kernel of its own")
