"""Numba's lowering with less code for arrays: less to write, to parse and to optimize, and the same when it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import llvmlite.ir as ll
from numba.core import cgutils, ir, types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.core.typing.templates import signature as as_signature
from numba.np import arrayobj

from mechkit.counting import rules
from mechkit.counting.lean_loops import LoopLower

#: The fields of an array, in Numba's model.
_OWNER, _PARENT, _NUMBER, _ITEMSIZE, _DATA, _SHAPE, _STRIDES = range(7)


def _of_other_size(given: Any, place: Any) -> None:
    """Raise for an array that is assigned to a part of another size."""


@infer_global(_of_other_size)
class _OfOtherSize(AbstractTemplate):  # type: ignore[misc]
    key = _of_other_size

    def generic(self, args: Any, kws: Any) -> Any:
        return as_signature(types.none, *args)


@lower_builtin(_of_other_size, types.BaseTuple, types.BaseTuple)
def _raise_of_other_size(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    context.call_conv.return_user_exc(builder, ValueError, ("cannot assign slice from input of different size",))
    return context.get_dummy_value()


@contextmanager
def _short_message() -> Iterator[None]:
    """Let Numba's code for assigning arrays raise what older versions raised.

    Newer ones put the shapes into words, and compile fifty functions on strings for it.
    """
    spelled_out = getattr(arrayobj, "raise_with_shape_context", None)
    arrayobj.raise_with_shape_context = _of_other_size
    try:
        yield
    finally:
        arrayobj.raise_with_shape_context = spelled_out


class LeanLower(LoopLower):
    """Lowers a function like Numba does, with less code for arrays: Numba's own takes each apart at every use.

    LLVM would make the same of both, but a third of the time to compile a kernel went into what it then throws away.

    No references are counted to the arrays that a function is called with, nor to their parts: its caller holds them
    until it returns. LLVM finds this by itself in short functions only. A count costs as much as 20 flops.
    """

    _is_lent = False  # whether what is assigned just now is the caller's

    def lower_function_body(self) -> Any:
        self._lent: set[str] = set()
        assigned = [inst for _, block in sorted(self.blocks.items()) for inst in block.find_insts(ir.Assign)]
        times = Counter(inst.target.name for inst in assigned)
        for inst in assigned:
            name = inst.target.name
            if times[name] == 1 and _holds_arrays(self.typeof(name)) and self._comes_from_caller(inst.value):
                self._lent.add(name)
        return super().lower_function_body()

    def _comes_from_caller(self, value: Any) -> bool:
        """Whether a value is an argument, or all of it is a part of what the caller holds."""
        if isinstance(value, ir.Var):
            return value.name in self._lent
        if not isinstance(value, ir.Expr):
            return isinstance(value, ir.Arg)
        if value.op == "build_tuple":
            return all(item.name in self._lent or not self._owns_memory(self.typeof(item.name)) for item in value.items)
        if value.op == "exhaust_iter":
            return value.value.name in self._lent
        if value.op not in ("getitem", "static_getitem", "getattr") or value.value.name not in self._lent:
            return False
        owner = self.typeof(value.value.name)
        if isinstance(owner, types.BaseTuple):
            return self._field(value) is not None
        return value.op != "getattr" and _is_view(self.fndesc.calltypes[value].args[1])

    def _field(self, expr: ir.Expr) -> int | None:
        """Which part of a tuple an expression takes, where it is known."""
        if expr.op == "getattr":
            return int(self.typeof(expr.value.name).fields.index(expr.attr))
        return expr.index if expr.op == "static_getitem" and isinstance(expr.index, int) else None

    def lower_inst(self, inst: ir.Stmt) -> None:
        self._is_lent = isinstance(inst, ir.Assign) and inst.target.name in self._lent
        super().lower_inst(inst)
        self._is_lent = False

    def lower_expr(self, resty: types.Type, expr: ir.Expr) -> Any:
        if not (self._is_lent and expr.op in ("static_getitem", "getattr")):
            return super().lower_expr(resty, expr)
        owner = self.typeof(expr.value.name)
        if not isinstance(owner, types.BaseTuple):
            return super().lower_expr(resty, expr)
        k = self._field(expr)
        part = self.builder.extract_value(self.loadvar(expr.value.name), k % len(owner))
        return self.context.cast(self.builder, part, owner[k], resty)

    def delvar(self, name: str) -> None:
        if name not in self._lent:
            super().delvar(name)

    def incref(self, typ: types.Type, val: Any) -> None:
        if self._owns_memory(typ) and not self._is_lent:
            super().incref(*self._owner(typ, val))

    def decref(self, typ: types.Type, val: Any) -> None:
        if self._owns_memory(typ) and not self._is_lent:
            super().decref(*self._owner(typ, val))

    def _owns_memory(self, typ: types.Type) -> bool:
        return bool(self.context.data_model_manager[typ].contains_nrt_meminfo())

    def _owner(self, typ: types.Type, value: Any) -> tuple[types.Type, Any]:
        if isinstance(typ, types.Array):
            return types.MemInfoPointer(typ.dtype), self.builder.extract_value(value, _OWNER)
        return typ, value

    def lower_getitem(self, resty: types.Type, expr: ir.Expr, value: ir.Var, index: ir.Var, signature: Any) -> Any:
        array, place = self.typeof(value.name), signature.args[1]
        if not self._is_plain(array, place):
            found = super().lower_getitem(resty, expr, value, index, signature)
            if self._is_lent:  # Numba has counted a reference: LLVM removes a pair that stands together
                super().decref(*self._owner(resty, found))
            return found
        whole = self.loadvar(value.name)
        pointer, axes = self._pointer(array, whole, place, self._cast_var(index, place))
        if not axes:
            found = arrayobj.load_item(self.context, self.builder, array, pointer)
        else:
            found = self._view(signature.return_type, whole, pointer, axes)
            self.incref(signature.return_type, found)
        return self.context.cast(self.builder, found, signature.return_type, resty)

    def lower_setitem(self, target_var: ir.Var, index_var: ir.Var, value_var: ir.Var, signature: Any) -> Any:
        array, place = self.typeof(target_var.name), signature.args[1]
        if not (self._is_plain(array, place) and rules.is_element(place, array)):
            with _short_message():
                return super().lower_setitem(target_var, index_var, value_var, signature)
        index, value = self._cast_var(index_var, place), self._cast_var(value_var, signature.args[2])
        value = self.context.cast(self.builder, value, signature.args[2], array.dtype)
        pointer, _ = self._pointer(array, self.loadvar(target_var.name), place, index)
        return arrayobj.store_item(self.context, self.builder, array, value, pointer)

    def _is_plain(self, array: types.Type, place: types.Type) -> bool:
        """Whether integers index an array, and no one asks whether they are within it."""
        parts = list(place) if isinstance(place, types.BaseTuple) else [place]
        integers = bool(parts) and all(isinstance(part, types.Integer) for part in parts)
        return isinstance(array, types.Array) and integers and not self.context.enable_boundscheck

    def _pointer(self, array: types.Array, value: Any, place: types.Type, index: Any) -> tuple[Any, range]:
        """Where integers lead to in an array, and the axes that they leave."""
        parts = list(place) if isinstance(place, types.BaseTuple) else [place]
        given = cgutils.unpack_tuple(self.builder, index) if isinstance(place, types.BaseTuple) else [index]
        at = [
            self._from_the_start(part, one, value, axis)
            for axis, (part, one) in enumerate(zip(parts, given, strict=True))
        ]
        data, rest = self.builder.extract_value(value, _DATA), range(len(at), array.ndim)
        if array.layout == "C" and array.ndim <= 2:
            first, *second = at
            if array.ndim == 2:
                first = self.builder.mul(first, self.builder.extract_value(value, [_SHAPE, 1]))
            return self.builder.gep(data, [self.builder.add(first, *second) if second else first]), rest
        shape, strides = (
            cgutils.unpack_tuple(self.builder, self.builder.extract_value(value, f)) for f in (_SHAPE, _STRIDES)
        )
        return cgutils.get_item_pointer2(self.context, self.builder, data, shape, strides, array.layout, at), rest

    def _from_the_start(self, place: types.Type, index: Any, array: Any, axis: int) -> Any:
        """An index, counted from the start of an axis: a negative one is counted from its end."""
        if isinstance(index, ll.Constant) and isinstance(index.constant, int) and index.constant >= 0:
            return self.context.cast(self.builder, index, place, types.intp)
        length = self.builder.extract_value(array, [_SHAPE, axis])
        return arrayobj.fix_integer_index(self.context, self.builder, place, index, length)

    def _view(self, typ: types.Type, whole: Any, pointer: Any, axes: range) -> Any:
        """The part of an array that begins at a pointer, and has these axes of the whole."""
        lengths = [self.builder.extract_value(whole, [_SHAPE, axis]) for axis in axes]
        number = lengths[0]
        for length in lengths[1:]:
            number = self.builder.mul(number, length)
        same = {field: self.builder.extract_value(whole, field) for field in (_OWNER, _PARENT, _ITEMSIZE)}
        view = self._struct(typ, {**same, _NUMBER: number, _DATA: pointer})
        for k, axis in enumerate(axes):
            stride = self.builder.extract_value(whole, [_STRIDES, axis])
            view = self.builder.insert_value(view, lengths[k], [_SHAPE, k])
            view = self.builder.insert_value(view, stride, [_STRIDES, k])
        return view


def _is_view(place: types.Type) -> bool:
    """Whether what lies at a place of an array is a part of the array, and no copy."""
    parts = list(place) if isinstance(place, types.BaseTuple) else [place]
    return all(isinstance(part, types.Integer | types.SliceType | types.EllipsisType) for part in parts)


def _holds_arrays(typ: types.Type) -> bool:
    """Whether a type is that of an array, or of a tuple with one, and of nothing that changes what it holds."""
    if isinstance(typ, types.BaseTuple):
        return any(map(_holds_arrays, typ)) and all(_holds_arrays(part) or _owns_nothing(part) for part in typ)
    return isinstance(typ, types.Array)


def _owns_nothing(typ: types.Type) -> bool:
    return isinstance(typ, types.Number | types.Boolean | types.NoneType | types.FunctionType)
