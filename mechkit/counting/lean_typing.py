"""Numba's inference of types with less to look up, and the same answers.

Numba asks every implementation of an operator anew, at each place where it is spelled and in each round of the
inference. And it lists the variables of each statement dozens of times, with a slow search. Together they took a
third of the time that Python spends on compiling a kernel. After each of its passes Numba finds out which variables
are alive where. Only generators and code for Python objects ask for this.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import analysis, ir, transforms, types
from numba.core.imputils import lower_builtin
from numba.core.postproc import PostProcessor, VariableLifetime
from numba.core.types.functions import BaseFunction
from numba.core.typing import signature
from numba.cpython import builtins

_ask_all = BaseFunction.get_call_type
_look_at_all = PostProcessor.run
#: Whether Numba compiles a function for each combination of the types of min and max, as newer versions do.
_COMPILES_EXTREMES = hasattr(builtins, "ol_max")
#: Types of operands for which the answer depends on nothing else: no code is compiled to find it.
_PLAIN = (types.Number, types.Boolean, types.Array)
#: What most parts of an instruction are.
_WITHOUT_VARIABLES = {str, int, bool, float, type(None), ir.Loc}
#: The answers, by the operator in a context and the types of its operands.
_answers: dict[Any, Any] = {}


def _get_call_type(self: Any, context: Any, args: Any, kws: Any) -> Any:
    """The signature of a call, remembered for an operator of plain operands; that of min and max is just written."""
    spelled = self.typing_key
    if spelled in (min, max) and _COMPILES_EXTREMES and not kws and len(args) > 1:
        numbers = tuple(map(types.unliteral, args))
        if all(isinstance(number, types.Integer | types.Float) for number in numbers):
            self._impl_keys[numbers] = spelled
            return signature(context.unify_types(*numbers), *numbers)
    if kws or getattr(operator, getattr(spelled, "__name__", ""), None) is not spelled or not _are_plain(args):
        return _ask_all(self, context, args, kws)
    key = self, len(self.templates), context, tuple(args)
    found = _answers.get(key)
    if found is None:
        found = _answers[key] = _ask_all(self, context, args, kws)
    return found


@lower_builtin(max, types.VarArg(types.Number))
def _lower_max(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return builtins.do_minmax(context, builder, signature.args, args, operator.gt)


@lower_builtin(min, types.VarArg(types.Number))
def _lower_min(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return builtins.do_minmax(context, builder, signature.args, args, operator.lt)


def _are_plain(args: Any) -> bool:
    return bool(args) and all(
        isinstance(arg, _PLAIN)
        or (place and isinstance(arg, types.BaseTuple) and all(isinstance(i, _PLAIN) for i in arg))
        for place, arg in enumerate(args)
    )


def _list_vars(self: Any, value: Any) -> list[ir.Var]:
    """The variables within a value: those of instructions, lists, tuples and dictionaries, in order."""
    found: list[ir.Var] = []
    left = [value]
    while left:
        one = left.pop()
        if type(one) in _WITHOUT_VARIABLES:
            continue
        if isinstance(one, ir.Var):
            found.append(one)
        elif isinstance(one, list | tuple):
            left += reversed(one)
        elif isinstance(one, dict):
            left += reversed(one.values())
        elif isinstance(one, ir.Inst):
            found += one.list_vars()
    return found


class _AliveAtEntry(dict[Any, Any]):
    """The variables that are alive where a block begins, found when the first is asked for."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __missing__(self, block: ir.Block) -> Any:
        blocks, life = self._function.blocks, self._function.variable_lifetime
        alive = analysis.compute_live_variables(life.cfg, blocks, life.usedefs.defmap, life.deadmaps.combined)
        self.update((blocks[offset], alive[offset]) for offset in blocks)
        return dict(self)[block]


def _tidy(self: Any, emit_dels: bool = False, **options: Any) -> None:
    """What must be done after a pass: the blocks in order, and the lifetimes of variables for whoever asks for them."""
    function = self.func_ir
    if function.is_generator:
        _look_at_all(self, emit_dels, **options)
        return
    function.blocks = transforms.canonicalize_cfg(function.blocks)
    function.variable_lifetime = VariableLifetime(function.blocks)
    function.block_entry_vars = _AliveAtEntry(function)
    function.generator_info = None
    if emit_dels:
        self._insert_var_dels(**options)


@contextmanager
def lean_typing() -> Iterator[None]:
    """Let Numba remember the signatures of operators, and look at variables less often, while it compiles a kernel."""
    before = BaseFunction.get_call_type, ir.Inst._rec_list_vars, PostProcessor.run
    BaseFunction.get_call_type, ir.Inst._rec_list_vars, PostProcessor.run = _get_call_type, _list_vars, _tidy
    try:
        yield
    finally:
        BaseFunction.get_call_type, ir.Inst._rec_list_vars, PostProcessor.run = before
