"""The instrument: a Numba compiler that tallies, while it lowers, every operation that the source spells.

This file touches Numba's internals; beside it only `kernel_cache.py` does. It holds

- `CountingLower`, which lowers a typed function to LLVM and adds the tallies;
- `Kernel`, a Numba dispatcher that compiles with it, refuses uncounted functions as arguments, words its errors.

How a tally costs nothing: the operations of a basic block are known when it is lowered, so all that has to be
counted when it runs is how often it runs (Knuth's frequency counts). Each block gets one local counter; at the
function's only exit the counters, times the tallies of their blocks, are added to the thread's table. LLVM turns the
counter of a counted loop into arithmetic on its trip count. Accesses to the table carry a type of their own for the
alias analysis (TBAA), so that for a kernel inlined into a loop the additions leave the loop as well.
"""

from __future__ import annotations

import linecache
import secrets
import sys
import types as pytypes
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any

import llvmlite.binding
import llvmlite.ir as ll
import numpy as np
from numba.core import cgutils, compiler, errors, ir, types
from numba.core.ccallback import CFunc
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.dispatcher import Dispatcher
from numba.core.lowering import Lower
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import BaseNativeLowering, InlineOverloads, NativeLowering
from numba.core.untyped_passes import DeadBranchPrune

from mechkit.counting import rules
from mechkit.counting.errors import KernelError, UncountedError, compile_failure
from mechkit.counting.example import WithExample
from mechkit.counting.kernel_cache import KernelCache
from mechkit.counting.kinds import INDEX, SIZE
from mechkit.counting.lines import LineTable
from mechkit.counting.tables import SYMBOLS, thread_table

#: The versions of Numba that the tests have run on, oldest and newest.
TESTED_NUMBA = ("0.60", "0.68")

for _name, _address in SYMBOLS.items():
    llvmlite.binding.add_symbol(_name, _address)

_I64 = ll.IntType(64)
_IN_PYTHON = "write it in Python and decorate it with @mechkit.kernel"
_FREE_EXPRESSIONS = {
    *("pair_first", "pair_second", "getiter", "build_tuple", "build_list"),
    *("cast", "phi", "undef", "null"),
}


class CountingLower(Lower):
    """Lowers a function like Numba does, and tallies what its statements spell."""

    def lower_function_body(self) -> Any:
        # What the function's exit adds to the table: the value of each slot, times its tallies.
        self._slots: list[tuple[Any, dict[int, int]]] = []
        self._block_tallies: dict[Any, dict[int, int]] = {}
        # Only a function being annotated has this: where the counts of its lines go, and its first line.
        self._lines: LineTable | None = getattr(self.func_ir.func_id.func, "_mechkit_lines", None)
        entry_tail = super().lower_function_body()
        # Only a function that is called by address in a role has this: each call of it is tallied too.
        self._role: str | None = getattr(self.func_ir.func_id.func, "_mechkit_role", None)
        if self._slots or self._lines or self._role:
            self._tally_at_exit()
        self._type_memory_accesses()
        return entry_tail

    # -- what to tally -------------------------------------------------------------------------------------------

    def lower_inst(self, inst: ir.Stmt) -> None:
        try:
            self._tally_statement(inst)
        except rules.Refusal as refusal:
            raise UncountedError(self._refusal(inst, str(refusal))) from None
        super().lower_inst(inst)

    def _tally_statement(self, inst: ir.Stmt) -> None:
        if isinstance(inst, ir.Assign):
            if isinstance(inst.value, ir.Expr):
                self._tally_expression(inst.value, self.typeof(inst.target.name))
            elif isinstance(inst.value, ir.Global | ir.FreeVar):
                _require_counted(inst.value.value)
            elif isinstance(inst.value, ir.Arg):
                default = self.typeof(f"arg.{inst.value.name}")
                if isinstance(default, types.Omitted):
                    _require_counted(default.value)
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
            exponent = self._literal(expr.rhs)
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
            if not isinstance(result, types.BoundFunction):
                rules.attribute(self.typeof(expr.value.name))
            if isinstance(result, types.FunctionType):
                raise rules.Refusal(_IN_PYTHON)  # a C function of some module
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
        return f"{inst.loc.filename}, line {inst.loc.line}: the work of {what}{where} would not be counted; {remedy}"

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

    def _literal(self, var: ir.Var) -> object:
        """The value of an operand that the source spells as a literal, else None."""
        if not var.is_temp:
            return None
        definition = self.func_ir._definitions.get(var.name, [None])[0]
        return definition.value if isinstance(definition, ir.Const) else None

    def _tally_call(self, expr: ir.Expr) -> None:
        function, signature = self.typeof(expr.func.name), self.fndesc.calltypes[expr]
        for arg in (*expr.args, *(value for _, value in expr.kws)):
            _require_kernels(self.typeof(arg.name))
        if isinstance(function, types.RecursiveCall):
            function = function.dispatcher_type
        if isinstance(function, types.Dispatcher):
            _require_kernels(function)
        elif isinstance(function, types.NumberClass):
            self._tally(rules.conversion(signature.args, signature.return_type))
        elif isinstance(function, types.BoundFunction):
            self._tally_method(expr, function, signature)
        elif isinstance(function, types.Function):
            key = function.typing_key
            if getattr(key, "__module__", "") != "numba.core.unsafe.eh":  # the machinery of try blocks
                operands = tuple(self.typeof(arg.name) for arg in expr.args)
                self._tally(rules.call(key, operands, signature.args, signature.return_type))
        elif not isinstance(function, types.FunctionType | types.ExceptionClass):
            raise rules.Refusal(_IN_PYTHON)

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
            self.builder.store(self.builder.add(self.builder.load(runs), _I64(1)), runs)
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
        """The thread's table, or the scratch table where the thread has none."""
        pointer = ll.IntType(8).as_pointer()
        lookup = cgutils.get_or_insert_function(
            self.module, ll.FunctionType(_I64.as_pointer(), [pointer]), "PyThread_tss_get"
        )
        # A kernel stays on its thread: the look-up may leave its loops.
        lookup.attributes.add("readnone")
        lookup.attributes.add("nounwind")
        mine = self.builder.call(lookup, [self._external(ll.IntType(8), "mechkit_key")])
        scratch = cgutils.gep_inbounds(self.builder, self._external(ll.ArrayType(_I64, SIZE), "mechkit_scratch"), 0, 0)
        return self.builder.select(cgutils.is_null(self.builder, mine), scratch, mine)

    def _external(self, type_: Any, name: str) -> Any:
        if name in self.module.globals:
            return self.module.globals[name]
        variable = ll.GlobalVariable(self.module, type_, name)
        variable.linkage = "external"
        return variable

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


def _require_kernels(type_: types.Type) -> None:
    """Refuse a compiled function that is not a kernel, wherever it turns up."""
    if isinstance(type_, types.Dispatcher) and not isinstance(type_.dispatcher, Kernel):
        name = getattr(type_.dispatcher.py_func, "__name__", "it")
        raise rules.Refusal(f"decorate {name} with @mechkit.kernel")


def _require_counted(value: Any) -> None:
    """Refuse a constant that is, or holds, a compiled function that is not a kernel."""
    for part in value if isinstance(value, tuple) else ():
        _require_counted(part)
    if isinstance(value, Dispatcher):
        _require_kernels(types.Dispatcher(value))
    elif _is_c_function(value):
        raise rules.Refusal(_IN_PYTHON)


def _is_c_function(value: Any) -> bool:
    wrapped = isinstance(value, CFunc | types.WrapperAddressProtocol)
    return wrapped or type(value).__module__ in ("ctypes", "_cffi_backend")


@register_pass(mutates_CFG=False, analysis_only=True)
class NoteSpelledAssignments(AnalysisPass):
    """Remember the item assignments of the source: Numba rewrites ``np.array([a, b])`` into assignments of its own."""

    _name = "mechkit_note_spelled_assignments"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        statements = [inst for block in state.func_ir.blocks.values() for inst in block.body]
        state.func_ir._mechkit_spelled = {id(s): s for s in statements if isinstance(s, ir.SetItem | ir.StaticSetItem)}
        return False


@register_pass(mutates_CFG=True, analysis_only=False)
class CountingLowering(BaseNativeLowering):
    """Numba's lowering pass, with `CountingLower`."""

    _name = "mechkit_counting_lowering"

    @property
    def lowering_class(self) -> type[CountingLower]:
        return CountingLower


@register_pass(mutates_CFG=True, analysis_only=False)
class PruneBranches(DeadBranchPrune):
    """Numba's pruning of branches, but for those on comparisons of values: these are spelled, run, and counted."""

    _name = "mechkit_prune_branches"

    def run_pass(self, state: Any) -> bool:
        kept = [e for block in state.func_ir.blocks.values() for e in block.find_exprs("binop") if _of_values(e, state)]
        for comparison in kept:
            comparison.op = "comparison of values"
        try:
            return bool(super().run_pass(state))
        finally:
            for comparison in kept:
                comparison.op = "binop"


def _of_values(comparison: ir.Expr, state: Any) -> bool:
    """Whether a comparison is of variables or globals that hold numbers: not of types, shapes or None."""
    operands = (comparison.lhs, comparison.rhs)
    sources = [state.func_ir._definitions.get(operand.name, [None])[0] for operand in operands]
    if any(isinstance(s, ir.Arg) or (isinstance(s, ir.Const) and s.value is None) for s in sources):
        return False
    named = not all(operand.is_temp for operand in operands)
    return named or any(isinstance(s, ir.Global | ir.FreeVar) for s in sources)


class CountingCompiler(compiler.CompilerBase):
    """Numba's nopython pipeline with the lowering replaced."""

    def _compile_bytecode(self) -> Any:
        # Numba numbers functions within a process, and names their code so: code from the cache, compiled by several
        # processes, could have equal names, and a kernel that calls both would call one of them twice.
        self.state.func_id.unique_id = secrets.token_hex(8)
        return super()._compile_bytecode()

    def define_pipelines(self) -> list[Any]:
        manager = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        manager.add_pass_after(NoteSpelledAssignments, InlineOverloads)
        ours = {NativeLowering: CountingLowering, DeadBranchPrune: PruneBranches}
        manager.passes = [(ours.get(pass_, pass_), text) for pass_, text in manager.passes]
        manager._finalized = False
        manager.finalize()
        return [manager]


# -- the kernel --------------------------------------------------------------------------------------------------


class Kernel(WithExample, CPUDispatcher):  # type: ignore[misc]
    """A compiled function whose operations are counted. Made by `mechkit.kernel`.

    A Numba dispatcher: called from Python at a dispatcher's speed, callable from other kernels, and passed to
    them as an argument. ``py_func`` is the Python function.
    """

    def __init__(
        self,
        py_func: Callable[..., Any],
        locals: dict[str, Any] | None = None,
        targetoptions: dict[str, Any] | None = None,
        pipeline_class: type = CountingCompiler,
    ) -> None:
        super().__init__(py_func, locals or {}, targetoptions or {}, pipeline_class)
        self._at_addresses: dict[Any, KernelAtAddress] = {}

    def enable_caching(self) -> None:
        if self.__module__ in sys.modules and not self.__module__.startswith("<"):
            self._cache = KernelCache(self)  # a module that cannot be imported, as runpy's, could not be found again
            self.cached = True

    def typeof_pyval(self, value: Any) -> types.Type:
        # Numba asks this for the type of every argument that it has not met before.
        _check_argument(self, value)
        return super().typeof_pyval(value)

    def add_overload(self, result: Any) -> None:
        super().add_overload(result)
        if any(_is_address(t) for t in result.signature.args):
            self.__class__ = KernelOfFunctions

    def _compile_for_args(self, *args: Any, **kwargs: Any) -> Any:
        with self.worded_failures():
            return super()._compile_for_args(*args, **kwargs)

    @contextmanager
    def worded_failures(self) -> Iterator[None]:
        """Whatever stops the compiler inside the block becomes a `KernelError` that says where."""
        try:
            yield
        except errors.NumbaError as error:
            failure = KernelError(compile_failure(self.py_func, error))
        except (UncountedError, KernelError, Warning):
            raise
        except Exception as error:
            raise KernelError(compile_failure(self.py_func, error)) from error
        else:
            return
        raise failure from None

    def at_address(self, signature: Any, role: str | None) -> KernelAtAddress:
        """The kernel as an argument of the type of a signature; the same object each time."""
        if (signature, role) not in self._at_addresses:
            self._at_addresses[signature, role] = KernelAtAddress(self, signature, role)
        return self._at_addresses[signature, role]

    def __repr__(self) -> str:
        return f"<kernel {self.__module__}.{self.__qualname__}>"


class KernelAtAddress(Kernel):
    """A kernel as an argument that Numba types by its signature: what takes it is not compiled anew for it."""

    def __init__(self, kernel: Kernel, signature: Any, role: str | None) -> None:
        function = _copy(kernel.py_func, kernel.py_func.__globals__)
        function._mechkit_role = self.role = role
        super().__init__(function, targetoptions=kernel.targetoptions)
        self._type = types.FunctionType(signature)
        if kernel.cached:
            self.enable_caching()
        with self.worded_failures():
            self.compile(signature.args)
        compiled = self.overloads[signature.args]
        result = types.unliteral(compiled.signature.return_type)
        if result != signature.return_type:
            given = ", ".join(map(str, signature.args))
            raise KernelError(f"{kernel.__name__}({given}) returns {result}; here it must be {signature.return_type}")
        # What Numba asks for at each call of what takes it; it would search for the addresses each time.
        library = SimpleNamespace(get_pointer_to_function=cache(compiled.library.get_pointer_to_function))
        self._compiled = SimpleNamespace(fndesc=compiled.fndesc, library=library)

    @property
    def _numba_type_(self) -> types.Type:
        return self._type

    def get_compile_result(self, signature: Any) -> Any:
        return self._compiled


class KernelOfFunctions(Kernel):
    """A kernel that takes functions by address. Their types do not tell counted from uncounted, so each call looks."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            if type(value) not in _NEED_NO_LOOK:
                _check_argument(self, value)
        return super().__call__(*args, **kwargs)


#: The types of most arguments: data, and functions that are surely counted.
_NEED_NO_LOOK = {np.ndarray, float, int, bool, np.float64, np.int64, KernelAtAddress}


def _is_address(type_: types.Type) -> bool:
    return isinstance(type_, types.FunctionType) or (
        isinstance(type_, types.BaseTuple) and any(map(_is_address, type_))
    )


def _check_argument(kernel: Kernel, value: Any) -> None:
    if isinstance(value, tuple):
        for part in value:
            _check_argument(kernel, part)
    elif isinstance(value, Kernel):
        return
    elif isinstance(value, Dispatcher):
        name = value.py_func.__name__
        raise UncountedError(
            f"{kernel.__name__} was given {name}, compiled with numba.njit: its work would not be counted; "
            f"decorate {name} with @mechkit.kernel"
        )
    elif isinstance(value, pytypes.FunctionType | pytypes.BuiltinFunctionType):
        name = value.__name__
        raise UncountedError(
            f"{kernel.__name__} was given {name}, which is not compiled: its work would not be counted; "
            f"decorate {name} with @mechkit.kernel, or call it in a kernel of your own"
        )
    elif _is_c_function(value):
        raise UncountedError(
            f"{kernel.__name__} was given the C function {value!r}: its work would not be counted; {_IN_PYTHON}"
        )


# -- annotation --------------------------------------------------------------------------------------------------


def _copy(function: Any, namespace: dict[str, Any], closure: tuple[Any, ...] | None = None) -> Any:
    """The same function, with globals of its own choosing and room for attributes of its own."""
    copy = pytypes.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, closure or function.__closure__
    )
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    return copy


def annotated(kernel: Kernel) -> tuple[Kernel, LineTable]:
    """A version of the kernel that counts each line apart, and the table it counts into."""
    thread_table()  # callees count into it
    original = kernel.py_func
    namespace = dict(original.__globals__)
    cells = tuple(pytypes.CellType(cell.cell_contents) for cell in original.__closure__ or ())
    function = _copy(original, namespace, cells)
    table = LineTable(function)
    function._mechkit_lines = table
    function._mechkit_role = getattr(original, "_mechkit_role", None)
    version = Kernel(function, targetoptions=dict(kernel.targetoptions))
    namespace.update((name, version) for name, value in original.__globals__.items() if value is kernel)
    for cell in cells:
        if cell.cell_contents is kernel:
            cell.cell_contents = version
    if not kernel._can_compile:  # made for its signatures only
        for signature in kernel.nopython_signatures:
            version.compile(signature)
        version.disable_compile()
    return version, table
