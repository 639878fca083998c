"""Numbers, arrays and random generators that count what is done with them."""

from __future__ import annotations

import dis
import operator
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from mechkit.counting.errors import UncountedError

_state = threading.local()
#: The global name under which each kernel finds what a division by zero does.
ERROR_MODEL = "__error_model__"


def tally(dtype: np.dtype, kind: str, n: int = 1) -> None:
    """Count n operations of a kind that run in a type; complex types count as their parts."""
    column = {"c": f"float{dtype.itemsize * 4}", "f": dtype.name}.get(dtype.kind, "int")
    _state.record(column, kind, n)


def tally_call(role: str) -> None:
    """Count a call of a function in a role."""
    _state.record("calls", role, 1)


def set_recorder(record: Callable[[str, str, int], None] | None) -> Any:
    """Say where the counts of this thread go; returns what was set before."""
    previous = getattr(_state, "record", None)
    _state.record = record
    return previous


def refuse(what: str, remedy: str) -> UncountedError:
    """The error for work that would not be counted, with the place in the kernel that asked for it."""
    frame = sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__")).startswith(__package__):
        frame = frame.f_back  # to the kernel's own line
    place = f"{frame.f_code.co_filename}, line {frame.f_lineno}"
    return UncountedError(f"{place}: the work of {what} would not be counted; {remedy}")


# -- numbers -----------------------------------------------------------------------------------------------------


def promote(a: np.dtype, b: np.dtype) -> np.dtype:
    """The type in which compiled code runs an operation on an a and a b.

    Not NumPy's rule: integers meet in 64 bits, signed if either is, and an integer of 32 bits or more makes a
    float32 a float64.

    >>> promote(np.dtype("float32"), np.dtype("int64")).name, promote(np.dtype("int8"), np.dtype("uint8")).name
    ('float64', 'int64')
    """
    if a.kind in "iub" and b.kind in "iub":
        return np.dtype("uint64") if a.kind == b.kind == "u" else np.dtype("int64")
    parts = [_float_of(t) for t in (a, b)]
    real = max(parts, key=lambda t: t.itemsize)
    return np.dtype(f"complex{real.itemsize * 16}") if "c" in (a.kind, b.kind) else real


def compared_in(a: np.dtype, b: np.dtype) -> np.dtype:
    """The type in which two numbers are compared: as in `promote`, but int64 meets uint64 in float64."""
    return np.dtype("float64") if {a.name, b.name} == {"int64", "uint64"} else promote(a, b)


def _float_of(t: np.dtype) -> np.dtype:
    size = {"c": t.itemsize // 2, "f": t.itemsize}.get(t.kind, 4 if t.itemsize <= 2 else 8)
    return np.dtype(f"float{size * 8}")


@cache
def _literal_powers(code: Any) -> dict[int, int]:
    """Where the bytecode raises to a literal integer power: offset of the operation -> exponent."""
    found, previous = {}, None
    for instruction in dis.get_instructions(code):
        if instruction.opname == "BINARY_OP" and instruction.argrepr in ("**", "**=") and previous is not None:
            exponent = previous.argval
            if previous.opname == "LOAD_CONST" and isinstance(exponent, Scalar) and exponent.v.dtype.kind == "i":
                found[instruction.offset] = int(exponent.v)
        previous = instruction
    return found


def _spelled_exponent() -> int | None:
    frame = sys._getframe(2)
    return _literal_powers(frame.f_code).get(frame.f_lasti)


class Scalar:
    """A number of a fixed type that counts the operations it takes part in."""

    __slots__ = ("v",)

    def __init__(self, value: Any) -> None:
        self.v = value

    def _count(self, kind: str, other: Any) -> tuple[Any, Any]:
        """Tally an operation on self and other; returns both in the type it runs in."""
        other = as_scalar(other)
        t = promote(self.v.dtype, other.v.dtype)
        if kind == "div" and t.kind in "iu":
            t = np.dtype("float64")
        elif kind == "compare":
            t = compared_in(self.v.dtype, other.v.dtype)
        if t.kind == "c":
            for part, n in _COMPLEX[kind].items():
                tally(t, part, n)
        else:
            tally(t, kind)
        return t.type(self.v), t.type(other.v)

    def _divide(self, kind: str, other: Any, fn: Callable[[Any, Any], Any]) -> Scalar:
        a, b = self._count(kind, other)
        if b == 0 and sys._getframe(2).f_globals[ERROR_MODEL] == "python":
            raise ZeroDivisionError("division by zero")
        return Scalar(fn(a, b))

    def _power(self, other: Any, exponent: int | None) -> Scalar:
        other = as_scalar(other)
        floating = self.v.dtype.kind == "f" and other.v.dtype.kind in "iu"
        t = self.v.dtype if floating else promote(self.v.dtype, other.v.dtype)
        if exponent is not None and abs(exponent) <= 16:
            if exponent < 0 and t.kind in "iu":
                raise refuse("a negative power of an integer", "write 1.0 / x")
            products, n = -1, abs(exponent)
            while n:  # binary powering: a squaring a bit, a product a one
                products += 1 if n == 1 else 1 + (n & 1)
                n >>= 1
            for part, number in ({"mul": 1} if t.kind != "c" else _COMPLEX["mul"]).items():
                if products > 0:
                    tally(t, part, number * products)
            if exponent < 0:
                for part, number in ({"div": 1} if t.kind != "c" else _COMPLEX["div"]).items():
                    tally(t, part, number)
        elif t.kind == "c":
            raise refuse("a complex power", "spell it out in real arithmetic")
        else:
            tally(t, "pow")
        return Scalar(t.type(t.type(self.v) ** (other.v if floating else t.type(other.v))))

    def __pow__(self, other: Any) -> Any:
        return self._power(other, _spelled_exponent())

    def __rpow__(self, other: Any) -> Any:
        return as_scalar(other)._power(self, None)

    def __truediv__(self, other: Any) -> Any:
        return self._divide("div", other, operator.truediv)

    def __rtruediv__(self, other: Any) -> Any:
        return as_scalar(other)._divide("div", self, operator.truediv)

    def __floordiv__(self, other: Any) -> Any:
        return self._divide("floordiv", other, operator.floordiv)

    def __rfloordiv__(self, other: Any) -> Any:
        return as_scalar(other)._divide("floordiv", self, operator.floordiv)

    def __mod__(self, other: Any) -> Any:
        return self._divide("mod", other, operator.mod)

    def __rmod__(self, other: Any) -> Any:
        return as_scalar(other)._divide("mod", self, operator.mod)

    def __neg__(self) -> Scalar:
        t = np.dtype("int64") if self.v.dtype.kind in "ib" else self.v.dtype
        tally(t, "neg", 2 if t.kind == "c" else 1)
        return Scalar(-t.type(self.v))

    def __invert__(self) -> Scalar:
        tally(self.v.dtype, "invert")
        return Scalar(~self.v)

    def __pos__(self) -> Scalar:
        return self

    def __bool__(self) -> bool:
        return bool(self.v)

    def __index__(self) -> int:
        return operator.index(self.v.item())

    def __hash__(self) -> int:
        return hash(self.v)

    def __repr__(self) -> str:
        return repr(self.v.item())

    def __format__(self, spec: str) -> str:
        return format(self.v.item(), spec)

    @property
    def real(self) -> Scalar:
        return Scalar(self.v.real)

    @property
    def imag(self) -> Scalar:
        return Scalar(self.v.imag)

    def conjugate(self) -> Scalar:
        if self.v.dtype.kind == "c":
            tally(self.v.dtype, "neg")
        return Scalar(self.v.conjugate())

    conj = conjugate


_COMPLEX = {
    "add": {"add": 2},
    "sub": {"sub": 2},
    "mul": {"mul": 4, "sub": 1, "add": 1},
    "div": {"mul": 6, "add": 2, "sub": 1, "div": 2},
    "compare": {"compare": 2},
}


def _operator(kind: str, fn: Callable[[Any, Any], Any], reflected: bool) -> Callable[[Any, Any], Any]:
    def method(self: Scalar, other: Any) -> Any:
        if isinstance(other, Array):
            return NotImplemented  # the array says what to write instead
        a, b = as_scalar(other), self
        if not reflected:
            a, b = b, a
        left, right = a._count(kind, b)
        return Scalar(fn(left, right))

    return method


for _kind, _fn, _name in (
    ("add", operator.add, "add"),
    ("sub", operator.sub, "sub"),
    ("mul", operator.mul, "mul"),
    ("lshift", operator.lshift, "lshift"),
    ("rshift", operator.rshift, "rshift"),
    ("bitand", operator.and_, "and"),
    ("bitor", operator.or_, "or"),
    ("bitxor", operator.xor, "xor"),
):
    setattr(Scalar, f"__{_name}__", _operator(_kind, _fn, False))
    setattr(Scalar, f"__r{_name}__", _operator(_kind, _fn, True))
for _fn in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
    setattr(Scalar, f"__{_fn.__name__}__", _operator("compare", _fn, False))


_TYPES: dict[type, Any] = {bool: np.bool_, int: np.int64, float: np.float64, complex: np.complex128}


def as_scalar(value: Any) -> Scalar:
    """A plain or counting number as a counting number."""
    if isinstance(value, Scalar):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return Scalar(value)
    if type(value) in _TYPES:
        return Scalar(_TYPES[type(value)](value))
    raise refuse(f"an operation on {type(value).__name__}", "combine numbers only")


# -- arrays ------------------------------------------------------------------------------------------------------


class Array:
    """An array that counts the elements read from it and written to it."""

    __slots__ = ("a",)

    def __init__(self, a: np.ndarray) -> None:
        self.a = a

    def _elements(self, kind: str, n: int) -> None:
        tally(self.a.dtype, kind, n * (2 if self.a.dtype.kind == "c" else 1))
        tally(self.a.dtype, "bytes", n * self.a.dtype.itemsize)

    def _at(self, index: Any, kind: str) -> Any:
        try:
            return self.a[index]
        except IndexError:
            self._elements(kind, 1)  # what raises is counted
            raise

    def __getitem__(self, index: Any) -> Any:
        index = _index(index)
        part = self._at(index, "loads")
        if isinstance(part, np.ndarray):
            return Array(part)
        self._elements("loads", 1)
        return Scalar(part)

    def __setitem__(self, index: Any, value: Any) -> None:
        index = _index(index)
        n = self._at(index, "stores").size
        self._elements("stores", n)
        if isinstance(value, Array):
            value._elements("loads", n)
        self.a[index] = unwrap(value)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self.a)))

    def __len__(self) -> int:
        return len(self.a)

    def __getattr__(self, name: str) -> Any:
        if name in ("shape", "strides"):
            return tuple(as_scalar(n) for n in getattr(self.a, name))
        if name in ("size", "ndim", "nbytes", "itemsize"):
            return as_scalar(getattr(self.a, name))
        if name in ("T", "real", "imag"):
            return Array(getattr(self.a, name))
        if name == "dtype":
            return DType(self.a.dtype)
        if name in ("reshape", "transpose", "view"):
            return lambda *args: Array(getattr(self.a, name)(*map(unwrap, args)))
        if name.startswith("__"):
            raise AttributeError(name)
        raise refuse(f".{name}", "write the loop over the elements")

    def copy(self) -> Array:
        self._elements("loads", self.a.size)
        result = Array(self.a.copy())
        result._elements("stores", self.a.size)
        return result

    def astype(self, dtype: Any) -> Array:
        self._elements("loads", self.a.size)
        result = Array(self.a.astype(unwrap(dtype)))
        result._elements("stores", self.a.size)
        tally(result.a.dtype, "convert", self.a.size * (2 if result.a.dtype.kind == "c" else 1))
        return result

    def fill(self, value: Any) -> None:
        self._elements("stores", self.a.size)
        self.a.fill(unwrap(value))


def _no_array_expression(self: Array, *others: Any) -> Any:
    raise refuse("an operator on arrays", "write the loop over the elements")


_BINARY_NAMES = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow"),
    *("lshift", "rshift", "and", "or", "xor"),
)
for _name in (
    *(f"{r}{n}" for n in _BINARY_NAMES for r in ("", "r", "i")),
    *("lt", "le", "gt", "ge", "eq", "ne", "neg", "pos", "abs", "invert"),
):
    setattr(Array, f"__{_name}__", _no_array_expression)


def _index(index: Any) -> Any:
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, Array | list):
            raise refuse("indexing by an array", "write the loop over the elements")
    return unwrap(index)


def unwrap(value: Any) -> Any:
    """A plain value from a counting one, to the depth of tuples, lists and slices."""
    if isinstance(value, Scalar):
        return value.v
    if isinstance(value, Array):
        return value.a
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(unwrap, value))
    if isinstance(value, tuple | list):
        return type(value)(map(unwrap, value))
    if isinstance(value, slice):
        return slice(*(None if p is None else int(unwrap(p)) for p in (value.start, value.stop, value.step)))
    return getattr(value, "numpy_object", value)


class Convert:
    """A numeric type: converts a number when called, names itself when given as a dtype."""

    def __init__(self, numpy_object: type) -> None:
        self.numpy_object = numpy_object

    def __call__(self, x: Any) -> Scalar:
        n, t = as_scalar(x), np.dtype(self.numpy_object)
        tally(t, "convert", 2 if t.kind == "c" else 1)
        return Scalar(t.type(n.v))


class DType:
    """An array's dtype, whose ``type`` converts numbers."""

    def __init__(self, numpy_object: np.dtype) -> None:
        self.numpy_object, self.type = numpy_object, Convert(numpy_object.type)
