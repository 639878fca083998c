"""Numbers that count what is done with them."""

from __future__ import annotations

import dis
import operator
import sys
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from mechkit.counting.errors import KernelError, UncountedError, location
from mechkit.counting.kinds import BITWISE

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
    return UncountedError(f"{_place()}: the work of {what} would not be counted; {remedy}")


def wrong(sentence: str) -> KernelError:
    """The error for what is wrong in a kernel, with the place there."""
    return KernelError(f"{_place()}: {sentence}")


def _place() -> str:
    """The kernel's own line that is being run."""
    frame = sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__")).startswith(__package__):
        frame = frame.f_back
    return location(frame.f_code.co_filename, frame.f_lineno)


def promote(a: np.dtype, b: np.dtype) -> np.dtype:
    """The type in which compiled code runs an operation on an a and a b.

    Not NumPy's rule: integers meet in 64 bits, signed if either is, and an integer makes a float32 a float64, but for
    those of 8 bits and int16.

    >>> promote(np.dtype("float32"), np.dtype("int64")).name, promote(np.dtype("int8"), np.dtype("uint8")).name
    ('float64', 'int64')
    """
    if a.kind in "iub" and b.kind in "iub":
        return np.dtype("uint64") if a.kind == b.kind == "u" else np.dtype("int64")
    parts = [float_of(t) for t in (a, b)]
    real = max(parts, key=lambda t: t.itemsize)
    return np.dtype(f"complex{real.itemsize * 16}") if "c" in (a.kind, b.kind) else real


def compared_in(a: np.dtype, b: np.dtype) -> np.dtype:
    """The type in which two numbers are compared: as in `promote`, but integers in the smallest that holds both types.

    >>> compared_in(np.dtype("int8"), np.dtype("uint8")).name, compared_in(np.dtype("int8"), np.dtype("uint64")).name
    ('int16', 'float64')
    """
    return np.promote_types(a, b) if a.kind in "iub" and b.kind in "iub" else promote(a, b)


def float_of(t: np.dtype) -> np.dtype:
    """The float type that a number of a type becomes beside floats: of a complex one, the type of its parts."""
    size = {"c": t.itemsize // 2, "f": t.itemsize}.get(t.kind, 4 if t.name in _AS_FLOAT32 else 8)
    return np.dtype(f"float{size * 8}")


#: The integers that float32 holds all of, by Numba's judgement. (It holds all of uint16 too, but Numba says float64.)
_AS_FLOAT32 = ("bool", "int8", "int16", "uint8")


@cache
def _literal_powers(code: Any) -> dict[int, int]:
    """Where the bytecode raises to a literal integer power: offset of the operation -> exponent.

    The exponent is a constant loaded just before, on every way to the operation. Python 3.12 copies the end of
    ``return x ** (2 if c else 5)`` into both branches. The copies of an operation have its place in the source, and
    they must load the same constant from the same place.
    """
    found, loaded, previous = {}, {}, None  # type: ignore[var-annotated]
    for instruction in dis.get_instructions(code):
        if instruction.opname == "BINARY_OP" and instruction.argrepr in ("**", "**=") and previous is not None:
            place = instruction.positions
            # Without columns (python -X no_debug_ranges) each operation can only be looked at by itself.
            key = place if place and place.col_offset is not None else instruction.offset
            literal = previous.opname == "LOAD_CONST" and not instruction.is_jump_target
            loaded.setdefault(key, set()).add(previous.positions if literal else None)
            if literal and isinstance(previous.argval, Scalar) and previous.argval.v.dtype.kind == "i":
                found[instruction.offset] = (key, int(previous.argval.v))
        previous = instruction
    return {offset: n for offset, (key, n) in found.items() if len(loaded[key]) == 1}


def _spelled_exponent() -> int | None:
    frame = sys._getframe(2)
    return _literal_powers(frame.f_code).get(frame.f_lasti)


def _raises_at_zero(frame: Any) -> bool:
    """Whether a division by zero raises in the kernel of a frame, by its error model."""
    return bool(frame.f_globals[ERROR_MODEL] == "python")


def _kernel_frame() -> Any:
    """The frame of the kernel that asked for the work at hand."""
    frame: Any = sys._getframe(1)
    while ERROR_MODEL not in frame.f_globals:
        frame = frame.f_back
    return frame


def inverse_power(base: Any, exponent: Any) -> Any:
    """A negative power of an integer, as compiled code has it: an integer of the same type."""
    of_zero = np.iinfo(np.int64 if base.dtype.kind == "u" else base.dtype).min
    value = {0: of_zero, 1: 1, -1: -1 if exponent % 2 else 1}.get(int(base), 0)
    return np.int64(value).astype(base.dtype)


def refuse_zero_to(base: Any, exponent: Any) -> None:
    """Raise for 0.0 to a negative integer. Numba divides in Python's way here, whatever the error model."""
    if exponent.dtype.kind in "iu" and exponent < 0 and base == 0:
        raise ZeroDivisionError("division by zero")


class Container:
    """What holds numbers: it says itself why a number cannot be combined with it."""


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
        elif kind in ("lshift", "rshift") and t.kind in "iu":
            t = np.dtype("uint64" if self.v.dtype.kind == "u" else "int64")
        elif kind in ("bitand", "bitor", "bitxor") and self.v.dtype.kind == other.v.dtype.kind == "b":
            t = np.dtype("bool")
        elif kind == "compare":
            t = compared_in(self.v.dtype, other.v.dtype)
        if t.kind == "c":
            if kind not in _COMPLEX:
                raise refuse(f"{kind} of a complex number", "spell it out in real arithmetic")
            for part, n in _COMPLEX[kind].items():
                tally(t, part, n)
        else:
            if kind in BITWISE and t.kind == "f":
                raise wrong(_OF_BITS[kind])
            tally(t, kind)
        return t.type(self.v), t.type(other.v)

    def _divide(self, kind: str, other: Any, fn: Callable[[Any, Any], Any]) -> Scalar:
        a, b = self._count(kind, other)
        if b == 0 and (a.dtype.kind == "c" or _raises_at_zero(sys._getframe(2))):
            raise ZeroDivisionError("division by zero")
        return Scalar(fn(a, b))

    def _power(self, other: Any, exponent: int | None) -> Scalar:
        other = as_scalar(other)
        floating = self.v.dtype.kind == "f" and other.v.dtype.kind in "iu"
        t = self.v.dtype if floating else promote(self.v.dtype, other.v.dtype)
        if self.v.dtype.kind == "b" and other.v.dtype.name == "int32":
            t = np.dtype("float32")  # the first of Numba's powers that a bool and an int32 fit
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
        if t.kind in "iu" and other.v < 0:
            if self.v == 0 and _raises_at_zero(_kernel_frame()):
                raise ZeroDivisionError("0 cannot be raised to a negative power")
            return Scalar(inverse_power(t.type(self.v), other.v))
        if t.kind == "f":
            refuse_zero_to(self.v, other.v)
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
        if self.v.dtype.kind not in "iub":
            raise wrong("~ changes the bits of integers, and this is a float; write `not` before a condition")
        tally(self.v.dtype, "invert")
        return Scalar(~self.v)

    def __pos__(self) -> Scalar:
        return Scalar(np.int64(self.v)) if self.v.dtype.kind == "b" else self

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


#: The sentences for operators on bits where an operand is a float.
_OF_BITS = {
    "bitand": "& combines the bits of integers; write `and` between conditions",
    "bitor": "| combines the bits of integers; write `or` between conditions",
    "bitxor": "^ is the exclusive or of integers; power is **",
    "lshift": "<< changes the bits of integers, and this is a float; write x * 2.0**k",
    "rshift": ">> changes the bits of integers, and this is a float; write x / 2.0**k",
}
_COMPLEX = {
    "add": {"add": 2},
    "sub": {"sub": 2},
    "mul": {"mul": 4, "sub": 1, "add": 1},
    "div": {"mul": 6, "add": 2, "sub": 1, "div": 2},
    "compare": {"compare": 2},
}


def _operator(kind: str, fn: Callable[[Any, Any], Any], reflected: bool) -> Callable[[Any, Any], Any]:
    def method(self: Scalar, other: Any) -> Any:
        if isinstance(other, Container):
            return NotImplemented  # the array says what to write instead
        a, b = as_scalar(other), self
        if not reflected:
            a, b = b, a
        if fn in _ORDERS and "c" in (a.v.dtype.kind, b.v.dtype.kind):
            raise refuse("an order of complex numbers", "compare their parts, or their absolute values")
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
_ORDERS = (operator.lt, operator.le, operator.gt, operator.ge)
for _fn in (*_ORDERS, operator.eq, operator.ne):
    setattr(Scalar, f"__{_fn.__name__}__", _operator("compare", _fn, False))


_CALLED = {"str": "a string", "NoneType": "None", "function": "a function", "tuple": "a tuple"}
_TYPES: dict[type, Any] = {bool: np.bool_, int: np.int64, float: np.float64, complex: np.complex128}


def as_scalar(value: Any) -> Scalar:
    """A plain or counting number as a counting number."""
    if isinstance(value, Scalar):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return Scalar(value)
    if type(value) in _TYPES:
        try:
            return Scalar(_TYPES[type(value)](value))
        except OverflowError:
            raise wrong(
                f"an integer of {len(str(abs(value)))} digits does not fit into 64 bits; write a float"
            ) from None
    what = _CALLED.get(type(value).__name__, type(value).__name__)
    raise refuse(f"an operation on {what}", "combine numbers only")
