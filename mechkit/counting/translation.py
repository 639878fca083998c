"""From bytecode to Numba's statements: one statement of the source is one statement here, on every version of CPython.

CPython copies short exits into the branches before them, and the test of a ``while`` behind its body; which ones
depends on its version. A variable may have one type in one copy and another in the next. Then ``if c: y = 1`` /
``else: y = x`` / ``return y + 1`` would add integers on one version and floats on another. So the copies are joined.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from typing import Any

from numba.core import bytecode, ir
from numba.core.analysis import compute_cfg_from_blocks
from numba.core.compiler_machinery import register_pass
from numba.core.errors import UnsupportedError
from numba.core.interpreter import Interpreter
from numba.core.ir_utils import build_definitions
from numba.core.untyped_passes import TranslateByteCode

from mechkit.counting.passes import name_element_types


class PlacingInterpreter(Interpreter):  # type: ignore[misc]
    """Numba's translation of bytecode; each statement also keeps the place in the source that spells it."""

    def __init__(self, func_id: Any) -> None:
        super().__init__(func_id)
        self._places = list(func_id.code.co_positions())
        self._raising = False

    def _dispatch(self, inst: Any, kws: Any) -> None:
        block = self.current_block
        start = len(block.body)
        super()._dispatch(inst, kws)
        place = self._places[(inst.offset - bytecode._FIXED_OFFSET) // 2] if inst.offset else None
        for statement in block.body[start:]:
            statement.place = place

    def _remove_unused_temporaries(self) -> None:
        # Numba gives the value of (y := f(x)) the name y, and forgets that it is used under its first name as well. It
        # does so to neighbors only, so a statement that does nothing keeps them apart.
        block = self.current_block
        used = Counter(v.name for s in block.body for v in s.list_vars()) + Counter(self.dfainfo.outgoing_phis.values())
        apart = []
        for statement in block.body:
            if _moves(statement) and _is_temporary(statement.value) and used[statement.value.name] > 2:
                nothing = self.current_scope.redefine("$nothing", loc=self.loc)
                apart.append(ir.Assign(ir.Const(None, loc=self.loc), nothing, loc=self.loc))
            apart.append(statement)
        block.body = apart
        super()._remove_unused_temporaries()

    def op_RAISE_VARARGS(self, inst: Any, exc: Any) -> None:
        if self._in_handler():
            raise UnsupportedError(
                "a kernel cannot raise inside except; set a variable there, and raise after the try statement",
                loc=self.loc,
            )
        self._raising = True
        super().op_RAISE_VARARGS(inst, exc)
        self._raising = False

    def _in_handler(self) -> bool:
        """Whether what is raised here would only leave an except clause: Numba loses the exception on that way."""
        block = self.dfainfo.active_try_block
        inst = block and self.bytecode[block["end"]]
        while inst and inst.opname in ("COPY", "POP_EXCEPT"):
            inst = self.bytecode[inst.next]
        return bool(inst) and inst.opname == "RERAISE"

    def _insert_try_block_end(self) -> None:
        # Numba ends a try block where it raises, and again in the handler: from there on the function would be in
        # minus one try block, which is not none, and what its callees raise would be swallowed.
        if not self._raising:
            super()._insert_try_block_end()


@register_pass(mutates_CFG=True, analysis_only=False)
class TranslateBytecode(TranslateByteCode):  # type: ignore[misc]
    """Bytecode to Numba's statements, with CPython's copies joined again."""

    _name = "mechkit_translate_bytecode"

    def run_pass(self, state: Any) -> bool:
        state.func_ir = PlacingInterpreter(state.func_id).interpret(state.bc)
        blocks = state.func_ir.blocks
        while _join_one_pair(blocks):
            for label in compute_cfg_from_blocks(blocks).dead_nodes():
                del blocks[label]
        state.func_ir._definitions = build_definitions(blocks)
        _note_exponents(state.func_ir)
        name_element_types(state.func_ir)
        return True


def _note_exponents(func_ir: Any) -> None:
    """Remember the powers whose exponent the source spells as a literal, before any branch is pruned."""
    for block in func_ir.blocks.values():
        for statement in block.find_insts(ir.Assign):
            power = statement.value
            if isinstance(power, ir.Expr) and operator.pow in (power._kws.get("fn"), power._kws.get("immutable_fn")):
                match func_ir._definitions.get(power.rhs.name):
                    case [ir.Const(value=value)] if _is_temporary(power.rhs):
                        power.exponent = value


def _join_one_pair(blocks: dict[int, ir.Block]) -> bool:
    """Let two blocks that end in copies of the same statements share them; returns whether there were such blocks."""
    alike: dict[Any, list[int]] = {}
    for label, block in blocks.items():
        last = next((s for s in reversed(block.body) if _works(s)), None)
        if last is not None:
            alike.setdefault(_place(last), []).append(label)
    for labels in alike.values():
        for i, first in enumerate(labels):
            for second in labels[i + 1 :]:
                length, names = _common_end(blocks, first, second)
                if length:
                    _share_end(blocks, first, second, length, names)
                    return True
    return False


def _place(statement: ir.Stmt) -> Any:
    """Where the source spells a statement; None for what Numba has put in itself."""
    return getattr(statement, "place", None)


def _is_temporary(value: ir.Var) -> bool:
    """Whether a value has no name in the source. Older Numbas write bool14 for what newer ones call $bool14."""
    return bool(re.match(r"\$|bool\d+$", value.name))


def _works(statement: ir.Stmt) -> bool:
    """Whether a statement does something at a place of the source: more than to hold a value or to go on."""
    if _place(statement) is None or isinstance(statement, ir.Jump | ir.Branch):
        return False
    value = statement.value if isinstance(statement, ir.Assign) else None
    return value is None or (isinstance(value, ir.Expr) and value.op not in ("cast", "build_tuple"))


def _moves(statement: ir.Stmt) -> bool:
    return isinstance(statement, ir.Assign) and isinstance(statement.value, ir.Var)


def _common_end(blocks: dict[int, ir.Block], first: int, second: int) -> tuple[int, dict[str, str]]:
    """How many last statements of two blocks are copies of each other, and the names of one in terms of the other."""
    names: dict[str, str] = {}
    length, useful = 0, False
    for a, b in zip(reversed(blocks[first].body), reversed(blocks[second].body), strict=False):
        agreed = dict(names)
        same_place = _moves(a) or a.is_terminator or _place(a) == _place(b)
        if not same_place or not (_same_exit(a, b, blocks, agreed) if a.is_terminator else _same(a, b, agreed)):
            break
        length, names, useful = length + 1, agreed, useful or _works(a)
    if not useful:
        return 0, {}
    made = {s.target.name for s in blocks[second].body[-length:] if isinstance(s, ir.Assign)}
    if any(
        isinstance(s, ir.Raise | ir.TryRaise) and s.exception and s.exception.name not in made
        for s in blocks[second].body[-length:]
    ):
        return 0, {}  # Numba must find what is raised
    own = {s.target.name for s in blocks[second].body[-length:] if isinstance(s, ir.Assign) and _is_temporary(s.target)}
    renamed = {name for name in own if names.get(name, name) != name}
    if not renamed:
        return length, names
    others = [block.body for label, block in blocks.items() if label != second]
    elsewhere = {v.name for body in others if not all(map(_hands_on, body[:-1])) for s in body for v in s.list_vars()}
    return (0, {}) if renamed & elsewhere else (length, names)


def _same_exit(a: ir.Stmt, b: ir.Stmt, blocks: dict[int, ir.Block], names: dict[str, str]) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, ir.Branch):
        ways = [(a.truebr, b.truebr), (a.falsebr, b.falsebr)]
        return _same(a.cond, b.cond, names) and all(_same_way(x, y, blocks, names) for x, y in ways)
    if isinstance(a, ir.Jump):
        return _same_way(a.target, b.target, blocks, names)
    return _same(a, b, names)


def _same_way(first: int, second: int, blocks: dict[int, ir.Block], names: dict[str, str]) -> bool:
    """Whether two labels lead to the same block, be it that values get the names there that they have here."""
    first, second = _end_of(first, blocks), _end_of(second, blocks)
    if first == second:
        return True
    *handed_on, way_out = blocks[second].body
    return (
        isinstance(way_out, ir.Jump)
        and _end_of(way_out.target, blocks) == first
        and all(_hands_on(s) and names.setdefault(s.value.name, s.target.name) == s.target.name for s in handed_on)
    )


def _hands_on(statement: ir.Stmt) -> bool:
    return _moves(statement) and _is_temporary(statement.target) and _is_temporary(statement.value)


def _end_of(label: int, blocks: dict[int, ir.Block]) -> int:
    """Where a block leads that does nothing but jump."""
    seen = set()
    while label not in seen and len(blocks[label].body) == 1 and isinstance(blocks[label].body[0], ir.Jump):
        seen.add(label)
        label = blocks[label].body[0].target
    return label


def _same(a: Any, b: Any, names: dict[str, str]) -> bool:
    """Whether two parts of statements are equal but for the names of intermediate values, which go into names."""
    if type(a) is not type(b):
        return False
    if isinstance(a, ir.Var):
        if _is_temporary(a) and _is_temporary(b):
            return names.setdefault(b.name, a.name) == a.name and list(names.values()).count(a.name) == 1
        return bool(a.name == b.name)
    if isinstance(a, ir.Expr):
        return a.op == b.op and _same(a._kws, b._kws, names)
    if isinstance(a, ir.Global | ir.FreeVar):
        return a.name == b.name and a.value is b.value
    if isinstance(a, ir.Const):
        return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)
    if isinstance(a, ir.Stmt):
        parts = [{k: v for k, v in vars(s).items() if k not in ("loc", "place")} for s in (a, b)]
        return _same(*parts, names)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[k], b[k], names) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(_same(x, y, names) for x, y in zip(a, b, strict=True))
    return bool(a is b or a == b)


def _share_end(blocks: dict[int, ir.Block], first: int, second: int, length: int, names: dict[str, str]) -> None:
    """Move the last statements of the first block into one that both lead to, unless they are all that it holds."""
    a, b = blocks[first], blocks[second]
    end = a.body[-length:]
    if length == len(a.body):
        label = first
    else:
        label = max(blocks) + 1
        blocks[label] = shared = ir.Block(scope=a.scope, loc=end[0].loc)
        shared.body = end
        a.body[-length:] = [ir.Jump(label, loc=end[0].loc)]
    made = {s.target.name for s in end if isinstance(s, ir.Assign)}
    theirs = {v.name: v for s in b.body[-length:] for v in s.list_vars()}
    ours = {v.name: v for s in end for v in s.list_vars()}
    handed_on = [
        ir.Assign(theirs[name], ours[name_here], loc=b.loc)
        for name, name_here in names.items()
        if name_here not in made and name != name_here
    ]
    b.body[-length:] = [*handed_on, ir.Jump(label, loc=b.body[-length].loc)]
