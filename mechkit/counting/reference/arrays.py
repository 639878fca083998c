"""Arrays and lists that count what is done with their elements."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

import numpy as np

from mechkit.counting.errors import NOT_AN_INTEGER, KernelError
from mechkit.counting.reference.values import Container, Scalar, as_scalar, promote, refuse, tally, wrong
from mechkit.words import did_you_mean


class Array(Container):
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
        if value is None:
            raise wrong("an element is a number, and this is None")
        if isinstance(value, Scalar) and value.v.dtype.kind == "c" != self.a.dtype.kind:
            raise wrong("an element is a real number, and this is a complex one; write its part, z.real")
        self.a[index] = unwrap(value)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self.a)))

    def __len__(self) -> int:
        return len(self.a)

    def __bool__(self) -> bool:
        return bool(self.a) if self.a.size else False

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
        if not hasattr(self.a, name):
            raise wrong(f"an array has no .{name}{did_you_mean(name, dir(self.a))}")
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


class List(list[Any]):
    """A list as compiled code has it: of one type, with the few methods that are counted (as nothing)."""

    def __init__(self, items: Any = (), fixed: bool = False) -> None:
        items = list(items)
        dtypes = {item.v.dtype for item in items if isinstance(item, Scalar)}
        self._dtype = reduce(promote, dtypes) if len(dtypes) > 1 else next(iter(dtypes), None)
        self._fixed = fixed  # an argument: its type cannot follow what is put into it
        super().__init__(map(self._fit, items))

    def _fit(self, item: Any) -> Any:
        if self._dtype is None or not isinstance(item, Scalar) or item.v.dtype == self._dtype:
            return item
        if item.v.dtype.kind == "c" and self._dtype.kind != "c":
            raise self._cannot_take(item)
        return Scalar(item.v.astype(self._dtype))

    def _cannot_take(self, item: Scalar) -> KernelError:
        return KernelError(f"a list of {self._dtype} cannot take a {item.v.dtype}; convert the number")

    def append(self, item: Any) -> None:
        if isinstance(item, Scalar):
            same = self._dtype is None or self._dtype == item.v.dtype
            widest = promote(self._dtype, item.v.dtype) if self._dtype is not None and not same else item.v.dtype
            if self._fixed and widest != self._dtype:
                raise self._cannot_take(item)
            if widest != self._dtype:  # the list has the type that holds all that is put into it
                self._dtype = widest
                super().__setitem__(slice(None), list(map(self._fit, self)))
        super().append(self._fit(item))

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            for item in value:
                if isinstance(item, Scalar) and item.v.dtype != self._dtype:
                    raise self._cannot_take(item)
            super().__setitem__(index, value)
        else:
            super().__setitem__(index, self._fit(value))

    def __getitem__(self, index: Any) -> Any:
        part = super().__getitem__(index)
        return List(part) if isinstance(index, slice) else part


def _no_list_method(self: List, *others: Any) -> Any:
    raise refuse("this list operation", "append, pop and index, and write the rest as a loop")


for _name in (
    *("extend", "insert", "remove", "index", "count", "sort", "copy"),
    *(f"__{n}__" for n in ("add", "iadd", "mul", "rmul", "imul", "contains", "delitem")),
    *(f"__{n}__" for n in ("eq", "ne", "lt", "le", "gt", "ge")),
):
    setattr(List, _name, _no_list_method)


def _index(index: Any) -> Any:
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, Array | list):
            raise refuse("indexing by an array", "write the loop over the elements")
        ends = (part.start, part.stop, part.step) if isinstance(part, slice) else ()
        if any(isinstance(end, Scalar) and end.v.dtype.kind == "f" for end in ends):
            raise wrong(NOT_AN_INTEGER.format("an index must be an integer"))
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
        return (tuple if isinstance(value, tuple) else list)(map(unwrap, value))
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
