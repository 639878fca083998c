"""Numba's passes before the types are known, so that what the source spells stays countable: nothing is folded away."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import ir
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.ir_utils import build_definitions
from numba.core.untyped_passes import DeadBranchPrune, LiteralPropagationSubPipelinePass

_COMPARED = {
    *(operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne),
    *(operator.is_, operator.is_not),
}
#: What Python's types of numbers stand for as types of elements.
_ELEMENT_TYPES = ((int, np.int64), (float, np.float64), (bool, np.bool_), (complex, np.complex128))
#: Where Numba's own files are.
_NUMBA = str(Path(numba.__file__).parent)


@register_pass(mutates_CFG=True, analysis_only=False)
class PruneBranches(DeadBranchPrune):  # type: ignore[misc]
    """Numba's pruning of branches, after which the comparisons that decided it are still there, to be counted.

    Branches on values are not pruned at all: one that is never taken has a say in the types, as the source has it.
    """

    _name = "mechkit_prune_branches"

    def run_pass(self, state: Any) -> bool:
        # Numba prunes by what it reads in a "binop". Under another name, for as long as it looks, these are none to it.
        with_values = list(_tests_of_values(state.func_ir))
        for test in with_values:
            test.op += " of values"
        try:
            return _keeping_operations(state, super().run_pass)
        finally:
            for test in with_values:
                test.op = test.op.removesuffix(" of values")


def _tests_of_values(func_ir: Any) -> Iterator[ir.Expr]:
    """The operations on which a branch may depend and that types do not decide."""
    for operation in _operations(func_ir):
        if not (operation.value.fn in _COMPARED and _known(operation.value, func_ir)):
            yield operation.value
    for block in func_ir.blocks.values():
        if isinstance(block.terminator, ir.Branch):
            for test in func_ir._definitions.get(block.terminator.cond.name, ()):
                if isinstance(test, ir.Expr) and test.op == "call" and test.args and _is_local(test.args[0], func_ir):
                    yield test


def _is_local(value: ir.Var, func_ir: Any) -> bool:
    """Whether a value is that of a local variable: not of a global, nor of an operation."""
    seen = False
    while isinstance(value, ir.Var):
        seen = seen or not value.is_temp
        found = func_ir._definitions.get(value.name, ())
        value = found[0] if len(found) == 1 else None
    return seen and not isinstance(value, ir.Expr)


@register_pass(mutates_CFG=True, analysis_only=False)
class PropagateLiterals(LiteralPropagationSubPipelinePass):  # type: ignore[misc]
    """What Numba does for isinstance, after which the comparisons of literals are still there, to be counted."""

    _name = "mechkit_propagate_literals"

    def run_pass(self, state: Any) -> bool:
        return _keeping_operations(state, super().run_pass)


def name_element_types(func_ir: Any) -> None:
    """Give calls of NumPy, and of ``.astype``, the type of elements that ``int``, ``float`` and so on stand for."""
    for block in func_ir.blocks.values():
        body = []
        for statement in block.body:
            call = statement.value if isinstance(statement, ir.Assign) else None
            if isinstance(call, ir.Expr) and call.op == "call" and _makes_arrays(call, func_ir):
                call.args = [_element_type(arg, func_ir, body, statement) for arg in call.args]
                call.kws = [(name, _element_type(arg, func_ir, body, statement)) for name, arg in call.kws]
            body.append(statement)
        block.body = body


def _makes_arrays(call: ir.Expr, func_ir: Any) -> bool:
    """Whether a call is one of NumPy's functions, or the method astype."""
    found = func_ir._definitions.get(call.func.name, ())
    callee = found[0] if len(found) == 1 else None
    if isinstance(callee, ir.Global | ir.FreeVar):
        return getattr(callee.value, "__module__", None) == "numpy"
    if isinstance(callee, ir.Expr) and callee.op == "getattr":
        owner = func_ir._definitions.get(callee.value.name, (None,))[0]
        return callee.attr == "astype" or (isinstance(owner, ir.Global | ir.FreeVar) and owner.value is np)
    return False


def _element_type(arg: ir.Var, func_ir: Any, body: list[ir.Stmt], call: ir.Stmt) -> ir.Var:
    """An argument, or in its place the type of NumPy's that a builtin type stands for, made in the body."""
    found = func_ir._definitions.get(arg.name, ())
    value = found[0].value if len(found) == 1 and isinstance(found[0], ir.Global) else None
    meant = next((numpy for builtin, numpy in _ELEMENT_TYPES if value is builtin), None)
    if meant is None:
        return arg
    named = arg.scope.redefine("$element_type", loc=call.loc)
    given = ir.Global(meant.__name__, meant, loc=call.loc)
    body.append(ir.Assign(given, named, loc=call.loc))
    func_ir._definitions[named.name] = [given]
    return named


def _operations(func_ir: Any) -> Iterator[ir.Assign]:
    for block in func_ir.blocks.values():
        for statement in block.find_insts(ir.Assign):
            if isinstance(statement.value, ir.Expr) and statement.value.op == "binop":
                yield statement


def _known(comparison: ir.Expr, func_ir: Any) -> bool:
    """Whether types decide a comparison: of a shape's length, of None, of literals; not of values with a name."""
    sources = [func_ir._definitions.get(v.name, [None]) for v in (comparison.lhs, comparison.rhs)]
    if any(isinstance(s, ir.Arg) or (isinstance(s, ir.Const) and s.value is None) for s, *_ in sources):
        return True
    temporary = comparison.lhs.is_temp and comparison.rhs.is_temp
    return temporary and all(len(found) == 1 and isinstance(found[0], ir.Const) for found in sources)


def _keeping_operations(state: Any, run_pass: Callable[[Any], bool]) -> bool:
    """Run a pass, then put back each operation of two numbers that it made a constant."""
    definitions = state.func_ir._definitions
    spelled = {s.target.name: s.value for s in _operations(state.func_ir) if len(definitions[s.target.name]) == 1}
    spelled = {name: operation for name, operation in spelled.items() if not _of_none(operation, definitions)}
    changed = run_pass(state)
    for block in state.func_ir.blocks.values():
        for statement in block.find_insts(ir.Assign):
            if isinstance(statement.value, ir.Const) and statement.target.name in spelled:
                statement.value = spelled[statement.target.name]
    state.func_ir._definitions = build_definitions(state.func_ir.blocks)
    return changed


def _of_none(operation: ir.Expr, definitions: Any) -> bool:
    sources = [definitions.get(v.name, [None])[0] for v in (operation.lhs, operation.rhs)]
    return any(isinstance(s, ir.Arg) or (isinstance(s, ir.Const) and s.value is None) for s in sources)


@register_pass(mutates_CFG=False, analysis_only=True)
class NoteSpelledAssignments(AnalysisPass):  # type: ignore[misc]
    """Remember the item assignments of the source, and whether Numba has inlined statements from elsewhere.

    Numba rewrites ``np.array([a, b])`` into assignments of its own.
    """

    _name = "mechkit_note_spelled_assignments"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        statements = [inst for block in state.func_ir.blocks.values() for inst in block.body]
        state.func_ir._mechkit_spelled = {id(s): s for s in statements if isinstance(s, ir.SetItem | ir.StaticSetItem)}
        own = {line for _, _, line in state.func_id.code.co_lines()}
        state.metadata["mechkit_inlined"] = any(
            (s.loc.filename != state.func_id.code.co_filename or s.loc.line not in own)
            and not s.loc.filename.startswith(_NUMBA)
            for s in statements
        )
        return False
