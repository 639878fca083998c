"""Numba's passes before the types are known, so that what the source spells stays countable: nothing is folded away."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
from numba.core import ir
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.ir_utils import build_definitions
from numba.core.untyped_passes import DeadBranchPrune, LiteralPropagationSubPipelinePass

_COMPARED = {
    *(operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne),
    *(operator.is_, operator.is_not),
}
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
