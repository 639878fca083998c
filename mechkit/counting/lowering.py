"""The instrument: a Numba compiler that tallies, while it lowers, every operation that the source spells.

How a tally costs nothing: the operations of a basic block are known when it is lowered. So all that has to be
counted when it runs is how often it runs (Knuth's frequency counts). Each block gets one local counter; at the
function's only exit the counters, times the tallies of their blocks, are added to the thread's table. LLVM turns the
counter of a counted loop into arithmetic on its trip count. Accesses to the table carry a type of their own for the
alias analysis (TBAA). So the additions of a kernel that is inlined into a loop leave the loop as well.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from typing import Any

import llvmlite.ir as ll
from numba.core import callconv, cgutils, cpu, ir, types
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import BaseNativeLowering

from mechkit.counting import rules
from mechkit.counting.callers import ADDRESSES, PYTHON
from mechkit.counting.errors import KernelError, UncountedError, location
from mechkit.counting.functions import IN_PYTHON, require_counted, require_kernels, require_no_lists_of_functions
from mechkit.counting.kinds import INDEX, SIZE
from mechkit.counting.lean_lowering import LeanLower
from mechkit.counting.library import KernelLibrary
from mechkit.counting.lines import LineTable
from mechkit.counting.tables import TABLE_SYMBOL

_I64 = ll.IntType(64)
_FREE_EXPRESSIONS = {
    *("pair_first", "pair_second", "getiter", "build_tuple", "build_list"),
    *("cast", "phi", "undef", "null"),
}


class CountingLower(LeanLower):
    """Lowers a function, and tallies what its statements spell."""

    def lower_function_body(self) -> Any:
        # What the function's exit adds to the table: the value of each slot, times its tallies.
        self._slots: list[tuple[Any, dict[int, int]]] = []
        self._block_tallies: dict[Any, dict[int, int]] = {}
        # Only a function being annotated has this: where the counts of its lines go, and its first line.
        self._lines: LineTable | None = getattr(self.func_ir.func_id.func, "_mechkit_lines", None)
        # Numba made this context for this function alone, as a copy; it has no place for a convention of ours.
        self.context.__class__, self.context.kernel_lower = _KernelContext, self
        self.context.error_model = type(self.context.error_model)(self.context.call_conv)
        entry_tail = super().lower_function_body()
        # Only a function that is called by address in a role has this: each call of it is tallied too.
        self._role: str | None = getattr(self.func_ir.func_id.func, "_mechkit_role", None)
        if self._slots or self._lines or self._role:
            self._tally_at_exit()
        self._type_memory_accesses()
        return entry_tail

    def create_cpython_wrapper(self, release_gil: bool = False) -> None:
        if self.library.serves >= PYTHON:
            super().create_cpython_wrapper(release_gil)

    def create_cfunc_wrapper(self) -> None:
        if self.library.serves >= ADDRESSES:
            super().create_cfunc_wrapper()

    # -- what to tally -------------------------------------------------------------------------------------------

    def lower_inst(self, inst: ir.Stmt) -> None:
        try:
            self._tally_statement(inst)
        except rules.Refusal as refusal:
            raise UncountedError(self._refusal(inst, str(refusal))) from None
        except rules.Mistake as mistake:
            raise KernelError(f"{location(inst.loc.filename, inst.loc.line)}: {mistake}") from None
        super().lower_inst(inst)

    def _tally_statement(self, inst: ir.Stmt) -> None:
        if isinstance(inst, ir.Assign):
            target = self.typeof(inst.target.name)
            require_kernels(target)
            if isinstance(inst.value, ir.Expr):
                self._tally_expression(inst.value, target)
            elif isinstance(inst.value, ir.Global | ir.FreeVar | ir.Const):
                require_counted(inst.value.value)
            elif isinstance(inst.value, ir.Arg):
                require_no_lists_of_functions(target)
                default = self.typeof(f"arg.{inst.value.name}")
                if isinstance(default, types.Omitted):
                    require_counted(default.value)
        elif isinstance(inst, ir.SetItem | ir.StaticSetItem):
            if id(inst) in self.func_ir._mechkit_spelled:
                self._tally_assignment(inst)
        elif isinstance(inst, ir.SetAttr | ir.DelItem | ir.StoreMap):
            raise rules.Refusal("kernels change arrays and local variables only")

    def _tally_expression(self, expr: ir.Expr, result: types.Type) -> None:
        op = expr.op
        if op in ("binop", "inplace_binop"):
            fn = expr.fn if op == "binop" else expr.immutable_fn
            operands = self.typeof(expr.lhs.name), self.typeof(expr.rhs.name)
            if any(isinstance(t, types.Array) for t in operands):
                raise rules.Refusal(rules.LOOP)
            signature = self.fndesc.calltypes[expr]
            exponent = expr._kws.get("exponent")
            self._tally(rules.binop(fn, *operands, signature.args, signature.return_type, exponent))
        elif op == "unary":
            self._tally(rules.unary(expr.fn, self.typeof(expr.value.name), result))
        elif op == "call":
            self._tally_call(expr)
        elif op in ("getitem", "static_getitem", "typed_getitem"):
            index = expr.index_var if op == "static_getitem" else expr.index
            index_type = types.none if index is None else self.typeof(index.name)
            self._tally(rules.item(self.typeof(expr.value.name), index_type, result))
        elif op == "iternext":
            rules.iteration(self.typeof(expr.value.name))  # tallied in lower_expr, once it is known to have a value
        elif op == "getattr":
            owner = self.typeof(expr.value.name)
            if not isinstance(result, types.BoundFunction):
                rules.attribute(owner, expr.attr)
            if isinstance(owner, types.Module):
                require_counted(getattr(owner.pymod, expr.attr))
        elif op == "exhaust_iter":
            if not isinstance(self.typeof(expr.value.name), types.BaseTuple):
                raise rules.Refusal("index the elements one by one")
        elif op == "arrayexpr":
            raise rules.Refusal(rules.LOOP)
        elif op not in _FREE_EXPRESSIONS:
            raise rules.Refusal("kernels work on numbers, arrays, tuples and lists")

    def _refusal(self, inst: ir.Stmt, remedy: str) -> str:
        source = linecache.getline(inst.loc.filename, inst.loc.line).strip()
        where = f" in {source!r}" if source else ""
        what = self._spelled(getattr(inst, "value", None))
        return f"{location(inst.loc.filename, inst.loc.line)}: the work of {what}{where} would not be counted; {remedy}"

    def _spelled(self, expr: object) -> str:
        """A short name for an expression, as the source has it."""
        if isinstance(expr, ir.Global | ir.FreeVar | ir.Arg):
            return str(expr.name)
        if not isinstance(expr, ir.Expr):
            return "this assignment"
        if expr.op in ("binop", "inplace_binop", "unary"):
            return f"the operator {getattr(expr.fn, '__name__', expr.fn)}"
        if expr.op == "getattr":
            return f".{expr.attr}"
        if expr.op == "call":
            callee = self.func_ir.get_definition(expr.func)
            name = getattr(callee, "attr", None) or getattr(callee, "name", None) or "a function"
            return f"{name}(...)"
        return {"arrayexpr": "this array expression", "iternext": "this loop"}.get(expr.op, "this expression")

    def _tally_call(self, expr: ir.Expr) -> None:
        function, signature = self.typeof(expr.func.name), self.fndesc.calltypes[expr]
        if isinstance(function, types.RecursiveCall):
            function = function.dispatcher_type
        if isinstance(function, types.NumberClass):
            self._tally(rules.conversion(signature.args, signature.return_type))
        elif isinstance(function, types.BoundFunction):
            self._tally_method(expr, function, signature)
        elif isinstance(function, types.Function):
            key = function.typing_key
            if getattr(key, "__module__", "") != "numba.core.unsafe.eh":  # the machinery of try blocks
                operands = tuple(self.typeof(arg.name) for arg in expr.args)
                self._tally(rules.call(key, operands, signature.args, signature.return_type))
                per_element = rules.copies(key, operands, signature.return_type)
                if per_element:
                    number = self._size_of(operands[0], self.loadvar(expr.args[0].name))
                    self._tally_many(rules.per_element(per_element, operands[0], signature.return_type), number)
        elif not isinstance(function, types.Dispatcher | types.FunctionType | types.ExceptionClass):
            raise rules.Refusal(IN_PYTHON)

    def _tally_method(self, expr: ir.Expr, function: types.BoundFunction, signature: Any) -> None:
        name = self.func_ir.get_definition(expr.func).attr
        tallies, per_element = rules.method(name, function.this, signature.args, signature.return_type)
        self._tally(tallies)
        if per_element:
            source = types.none if per_element == "fill" else function.this
            target = function.this if per_element == "fill" else signature.return_type
            number = self._size_of(function.this, self.loadvar(expr.func.name))
            self._tally_many(rules.per_element(per_element, source, target), number)

    def _tally_assignment(self, inst: ir.SetItem | ir.StaticSetItem) -> None:
        target, value = self.typeof(inst.target.name), self.typeof(inst.value.name)
        index_var = inst.index if isinstance(inst, ir.SetItem) else inst.index_var
        if isinstance(target, types.List):
            return
        if not isinstance(target, types.Array):
            raise rules.Refusal("kernels change arrays and local variables only")
        index = self.typeof(index_var.name)
        if rules.is_element(index, target):
            self._tally(rules.element("stores", target))
            return
        tallies = rules.part(target, index, value)
        if isinstance(index, types.EllipsisType):
            self._tally_many(tallies, self._size_of(target, self.loadvar(inst.target.name)))
            return
        getitem = self.context.typing_context.resolve_value_type(rules.operator.getitem)
        signature = getitem.get_call_type(self.context.typing_context, (target, index), {})
        view = self.context.get_function(getitem, signature)(
            self.builder, (self.loadvar(inst.target.name), self.loadvar(index_var.name))
        )
        self._tally_many(tallies, self._size_of(signature.return_type, view))
        self.context.nrt.decref(self.builder, signature.return_type, view)

    def _size_of(self, array: types.Array, value: Any) -> Any:
        return self.context.make_array(array)(self.context, self.builder, value).nitems

    def lower_expr(self, resty: types.Type, expr: ir.Expr) -> Any:
        value = super().lower_expr(resty, expr)
        if expr.op == "iternext":
            tallies = rules.iteration(self.typeof(expr.value.name))
            if tallies:
                with self.builder.if_then(self.context.pair_second(self.builder, value, resty)):
                    self._tally(tallies)
        return value

    def lower_call(self, resty: types.Type, expr: ir.Expr) -> Any:
        function = self.typeof(expr.func.name)
        if self._lines is None or not isinstance(function, types.Dispatcher | types.FunctionType):
            return super().lower_call(resty, expr)
        # What a callee counts belongs to the line that calls it; only a recursive call accounts for its own lines.
        self._pending_call = getattr(self, "_pending_call", None) or self._entry_slot(_I64, -1)
        self._snapshot = getattr(self, "_snapshot", None) or cgutils.alloca_once(self.builder, ll.ArrayType(_I64, SIZE))
        self.builder.store(_I64(self._lines.row(self.loc.line)), self._pending_call)
        with cgutils.for_range(self.builder, _I64(SIZE)) as loop:
            before = self._load_tally(self.builder.gep(self._table(), [loop.index]))
            self.builder.store(before, cgutils.gep_inbounds(self.builder, self._snapshot, 0, loop.index))
        value = super().lower_call(resty, expr)
        self._settle_call()
        return value

    # -- how it is tallied ---------------------------------------------------------------------------------------

    def _tally(self, tallies: Iterable[rules.Tally]) -> None:
        """Tally operations that run each time the current block of the LLVM function runs."""
        tallies = list(tallies)
        if not tallies:
            return
        block = self.builder.basic_block
        if block not in self._block_tallies:
            runs = self._entry_slot(_I64, 0)
            self.builder.store(self.builder.add(self.builder.load(runs), _I64(1), flags=("nuw", "nsw")), runs)
            self._block_tallies[block] = {}
            self._slots.append((runs, self._block_tallies[block]))
        self._add_up(self._block_tallies[block], tallies)

    def _tally_many(self, tallies: Iterable[rules.Tally], number: Any) -> None:
        """Tally operations that run as often as a value says that is known only when the statement runs."""
        total = self._entry_slot(_I64, 0)
        self.builder.store(self.builder.add(self.builder.load(total), number), total)
        per_run: dict[int, int] = {}
        self._add_up(per_run, tallies)
        self._slots.append((total, per_run))

    def _entry_slot(self, type_: Any, initial: int) -> Any:
        slot = cgutils.alloca_once(self.builder, type_)
        with self.builder.goto_entry_block():
            self.builder.store(type_(initial), slot)
        return slot

    def _add_up(self, per_run: dict[int, int], tallies: Iterable[rules.Tally]) -> None:
        row = self._lines.row(self.loc.line) if self._lines else 0
        for column, kind, n in tallies:
            place = row * SIZE + INDEX[column, kind]
            per_run[place] = per_run.get(place, 0) + n

    def _tally_at_exit(self) -> None:
        """Lead every way out (each return, each way of raising) through one block that adds to the table."""
        exit_block = self.function.append_basic_block("tally")
        builder = ll.IRBuilder(exit_block)
        status = builder.phi(self.function.function_type.return_type)
        for block in self.function.blocks:
            if block is not exit_block and block.terminator is not None and block.terminator.opname == "ret":
                way_out = block.terminator
                status.add_incoming(way_out.operands[0], block)
                block.instructions.remove(way_out)
                block.terminator = None
                ll.IRBuilder(block).branch(exit_block)
        body, self.builder = self.builder, builder
        if self._lines:
            if getattr(self, "_pending_call", None):
                raised = builder.icmp_signed(">=", builder.load(self._pending_call), _I64(0))
                with builder.if_then(raised):
                    self._settle_call()
            table = builder.inttoptr(_I64(self._lines.counts.ctypes.data), _I64.as_pointer())
        else:
            table = self._table()
        totals: dict[int, Any] = {INDEX["calls", self._role]: _I64(1)} if self._role else {}
        for slot, tallies in self._slots:
            value = builder.load(slot)
            for place, n in tallies.items():
                part = builder.mul(value, _I64(n))
                totals[place] = builder.add(totals[place], part) if place in totals else part
        for place, total in totals.items():
            self._add_tally(builder.gep(table, [_I64(place)]), total)
        builder.ret(status)
        self.builder = body

    def _table(self) -> Any:
        """The thread's table."""
        lookup = cgutils.get_or_insert_function(self.module, ll.FunctionType(_I64.as_pointer(), []), TABLE_SYMBOL)
        # A kernel stays on its thread: the look-up may leave its loops and branches.
        lookup.attributes._known |= {"speculatable", "willreturn"}  # LLVM knows them, llvmlite does not
        for promise in ("readnone", "nounwind", "speculatable", "willreturn"):
            lookup.attributes.add(promise)
        return self.builder.call(lookup, [])

    def _settle_call(self) -> None:
        """Add to the calling line what the thread's table has gained since the call began."""
        assert self._lines is not None
        rows = self.builder.inttoptr(_I64(self._lines.counts.ctypes.data), _I64.as_pointer())
        start = self.builder.mul(self.builder.load(self._pending_call), _I64(SIZE))
        table = self._table()
        with cgutils.for_range(self.builder, _I64(SIZE)) as loop:
            before = self.builder.load(cgutils.gep_inbounds(self.builder, self._snapshot, 0, loop.index))
            gained = self.builder.sub(self._load_tally(self.builder.gep(table, [loop.index])), before)
            self._add_tally(self.builder.gep(rows, [self.builder.add(start, loop.index)]), gained)
        self.builder.store(_I64(-1), self._pending_call)

    def _load_tally(self, pointer: Any) -> Any:
        value = self.builder.load(pointer)
        value.set_metadata("tbaa", self._memory_type("tally"))
        return value

    def _add_tally(self, pointer: Any, value: Any) -> None:
        store = self.builder.store(self.builder.add(self._load_tally(pointer), value), pointer)
        store.set_metadata("tbaa", self._memory_type("tally"))

    def _memory_type(self, name: str) -> Any:
        metadata = self.module.add_metadata
        scalar = metadata([name, metadata(["mechkit"]), _I64(0)])
        return metadata([scalar, scalar, _I64(0)])

    def _type_memory_accesses(self) -> None:
        """Tell LLVM that no access of the function itself can touch the table of counts."""
        data = self._memory_type("data")
        for block in self.function.blocks:
            for instruction in block.instructions:
                if instruction.opname in ("load", "store") and "tbaa" not in instruction.metadata:
                    instruction.set_metadata("tbaa", data)


class _ErrorsKnowTheirLine(callconv.CPUCallConv):  # type: ignore[misc]
    """Numba's calling convention; an exception, such as that of a division by zero, knows the line of the kernel."""

    def set_static_user_exc(self, builder: Any, exc: Any, *args: Any, loc: Any = None, **kwargs: Any) -> None:
        lower = self.context.kernel_lower
        if loc is None and builder.function is lower.function:  # not within a function of Numba's own
            loc, kwargs["func_name"] = lower.loc, lower.func_ir.func_id.func_name
        super().set_static_user_exc(builder, exc, *args, loc=loc, **kwargs)


class _KernelContext(cpu.CPUContext):  # type: ignore[misc]
    """Numba's context of one kernel that is being lowered, with the calling convention above."""

    kernel_lower: CountingLower

    @property
    def call_conv(self) -> _ErrorsKnowTheirLine:
        return _ErrorsKnowTheirLine(self)


@register_pass(mutates_CFG=True, analysis_only=False)
class CountingLowering(BaseNativeLowering):
    """Numba's lowering pass, with `CountingLower`, into a `KernelLibrary`."""

    _name = "mechkit_counting_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = KernelLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        # The body of a `with objmode` comes here without this entry, to be refused.
        state.library.serves = state.get("caller", PYTHON)
        return bool(super().run_pass(state))

    @property
    def lowering_class(self) -> type[CountingLower]:
        return CountingLower
