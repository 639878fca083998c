"""Loops over a range in a quarter of the code that Numba writes, where the step is a number in the source.

Numba takes what a range and its iterator hold through memory, and writes a division for the number of steps and an
exception for a step of zero. LLVM throws most of this away again, which took a fifth of the time to compile a kernel.
"""

from __future__ import annotations

from typing import Any

import llvmlite.ir as ll
from llvmlite.ir.instructions import InsertValue
from numba.core import cgutils, ir, types
from numba.core.lowering import Lower

#: The fields of a range, of its iterator, and of what the iterator gives, in Numba's model.
_START, _STOP, _STEP = range(3)
_NEXT, _, _BY, _LEFT = range(4)
_FIRST, _SECOND = range(2)


class LoopLower(Lower):  # type: ignore[misc]
    """Lowers a function like Numba does, with less code for its loops."""

    def lower_expr(self, resty: Any, expr: ir.Expr) -> Any:
        value = None
        if expr.op == "call" and _is_signed(resty, types.RangeType) and self._calls_range(expr):
            value = self._range(resty, expr)
        elif expr.op == "getiter" and _is_signed(self.typeof(expr.value.name), types.RangeType):
            value = self._iterator(resty, self.loadvar(expr.value.name))
        elif expr.op == "iternext" and _is_signed(self.typeof(expr.value.name), types.RangeIteratorType):
            value = self._next(resty, self.loadvar(expr.value.name))
        elif expr.op in ("pair_first", "pair_second") and isinstance(resty, types.Number | types.Boolean):
            field = _FIRST if expr.op == "pair_first" else _SECOND
            value = self.builder.extract_value(self.loadvar(expr.value.name), field)
        return super().lower_expr(resty, expr) if value is None else value

    def _calls_range(self, expr: ir.Expr) -> bool:
        return getattr(self.typeof(expr.func.name), "typing_key", None) is range

    def _range(self, resty: Any, expr: ir.Expr) -> Any:
        """range(stop), range(start, stop) or range(start, stop, step)."""
        number = self.context.get_value_type(resty.dtype)
        given = [
            self.context.cast(self.builder, self._cast_var(var, typ), typ, resty.dtype)
            for var, typ in zip(expr.args, self.fndesc.calltypes[expr].args, strict=True)
        ]
        if len(given) == 1:
            given = [number(0), *given]
        if len(given) == 2:
            given = [*given, number(1)]
        return self._struct(resty, dict(zip((_START, _STOP, _STEP), given, strict=True)))

    def _iterator(self, resty: types.Type, value: Any) -> Any:
        """The iterator of a range; None where its step is no number yet."""
        start, stop, step = (self._part(value, field) for field in (_START, _STOP, _STEP))
        if not (isinstance(step, ll.Constant) and step.constant):
            return None
        builder, number, size = self.builder, start.type, abs(step.constant)
        ahead = builder.sub(stop, start) if step.constant > 0 else builder.sub(start, stop)
        steps = ahead
        if size > 1:
            steps = builder.add(builder.udiv(builder.sub(ahead, number(1)), number(size)), number(1))
        steps = builder.select(builder.icmp_signed(">", ahead, number(0)), steps, number(0))
        at, left = cgutils.alloca_once(builder, number), cgutils.alloca_once(builder, number)
        builder.store(start, at)
        builder.store(steps, left)
        return self._struct(resty, {_NEXT: at, _BY: step, _LEFT: left})

    def _next(self, resty: types.Type, iterator: Any) -> Any:
        """The next number of a range, and whether there is one."""
        builder = self.builder
        at, step, left = (builder.extract_value(iterator, field) for field in (_NEXT, _BY, _LEFT))
        value, steps = builder.load(at), builder.load(left)
        builder.store(builder.sub(steps, steps.type(1), flags=["nsw"]), left)
        builder.store(builder.add(value, step), at)
        return self._struct(resty, {_FIRST: value, _SECOND: builder.icmp_signed(">", steps, steps.type(0))})

    def _struct(self, typ: types.Type, fields: dict[int, Any]) -> Any:
        value = ll.Constant(self.context.get_value_type(typ), ll.Undefined)
        for field, part in fields.items():
            value = self.builder.insert_value(value, part, field)
        return value

    def _part(self, struct: Any, field: int) -> Any:
        """A field of a struct; where it was made just now, what it was made of."""
        made = struct
        while isinstance(made, InsertValue):
            whole, part = made.operands
            if list(made.indices) == [field]:
                return part
            made = whole
        return self.builder.extract_value(struct, field)


def _is_signed(typ: Any, kind: Any) -> bool:
    if not isinstance(typ, kind):
        return False
    number = typ.dtype if kind is types.RangeType else typ.yield_type
    return bool(number.signed)
