"""Numba's lowering with less code for arrays: less to write, to parse and to optimize, and the same when it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import cgutils, ir, types
from numba.core.imputils import lower_builtin
from numba.core.lowering import Lower
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.core.typing.templates import signature as as_signature
from numba.np import arrayobj

from mechkit.counting import rules

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


class LeanLower(Lower):  # type: ignore[misc]
    """Lowers a function like Numba does, with less code for arrays: Numba's own takes each apart at every use.

    LLVM would make the same of both, but a third of the time to compile a kernel went into what it then throws away.
    """

    def incref(self, typ: types.Type, val: Any) -> None:
        if self._owns_memory(typ):
            super().incref(*self._owner(typ, val))

    def decref(self, typ: types.Type, val: Any) -> None:
        if self._owns_memory(typ):
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
            return super().lower_getitem(resty, expr, value, index, signature)
        whole = self.loadvar(value.name)
        pointer, axes = self._pointer(array, whole, place, self._cast_var(index, place))
        if not axes:
            found = arrayobj.load_item(self.context, self.builder, array, pointer)
        else:
            view = self.context.make_array(signature.return_type)(self.context, self.builder)
            shape, strides = ([self.builder.extract_value(whole, [f, a]) for a in axes] for f in (_SHAPE, _STRIDES))
            owner, parent, itemsize = (self.builder.extract_value(whole, f) for f in (_OWNER, _PARENT, _ITEMSIZE))
            arrayobj.populate_array(view, pointer, shape, strides, itemsize, owner, parent)
            found = view._getvalue()
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
        shape, strides = (
            cgutils.unpack_tuple(self.builder, self.builder.extract_value(value, f)) for f in (_SHAPE, _STRIDES)
        )
        parts = list(place) if isinstance(place, types.BaseTuple) else [place]
        given = cgutils.unpack_tuple(self.builder, index) if isinstance(place, types.BaseTuple) else [index]
        at = [
            arrayobj.fix_integer_index(self.context, self.builder, part, one, length)
            for part, one, length in zip(parts, given, shape, strict=False)
        ]
        data = self.builder.extract_value(value, _DATA)
        pointer = cgutils.get_item_pointer2(self.context, self.builder, data, shape, strides, array.layout, at)
        return pointer, range(len(at), array.ndim)
