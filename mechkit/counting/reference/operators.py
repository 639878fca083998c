"""The code that the reference counter runs: a kernel's own, but for the operators whose results Python would not count.

``not x`` and ``a is b`` give Python's bools, and what is done with them would count nothing. So they become calls.
"""

from __future__ import annotations

import ast
import dis
import types
from typing import Any

import numpy as np

from mechkit.counting.reference.arrays import Array, List
from mechkit.counting.reference.values import Scalar, as_scalar, refuse
from mechkit.counting.source import source_of


def not_(x: Any) -> Scalar:
    """``not x`` as a counting bool."""
    if not isinstance(x, Scalar):
        raise refuse(f"`not` of {type(x).__name__.lower()}", "compare numbers, or the size of what holds them")
    return Scalar(np.bool_(not x))


def is_(a: Any, b: Any) -> Scalar:
    """``a is b``, which in compiled code is equality for numbers of one type."""
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return Scalar(np.bool_(a.v.dtype == b.v.dtype and a.v == b.v))
    if isinstance(a, Array) and isinstance(b, Array):
        raise refuse("`is` of arrays", "compare an index or a flag of your own")
    return Scalar(np.bool_(a is b))


def is_not(a: Any, b: Any) -> Scalar:
    """``a is not b``."""
    return not_(is_(a, b))


def in_(a: Any, b: Any) -> Any:
    """``a in b``, which hides a loop."""
    raise refuse("the operator in", "write the loop over the elements")


def unpacked(value: Any) -> Any:
    """What ``p, q = value`` unpacks: a tuple."""
    if isinstance(value, Array | list):
        raise refuse("unpacking an array or list", "index the elements one by one")
    return value


#: What stands, in the code that the reference counter runs, for the operators whose results Python would not count.
OPERATORS = {
    "__not__": not_,
    "__is__": is_,
    "__is_not__": is_not,
    "__in__": in_,
    "__list__": List,
    "__unpacked__": unpacked,
}


class _CountedOperators(ast.NodeTransformer):
    """``not x``, ``a is b``, ``a in b``, ``[a, b]`` and what ``p, q = x`` unpacks as calls of the functions above."""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Compare) and len(node.ops) > 1 and any(type(op) in _COMPARISONS for op in node.ops):
            node = self._unchained(node)
        node = self.generic_visit(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._call("__not__", node, node.operand)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
            return self._call(_COMPARISONS[type(node.ops[0])], node, node.left, *node.comparators)
        if isinstance(node, ast.List) and isinstance(node.ctx, ast.Load):
            return self._call("__list__", node, node)
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Tuple | ast.List) for target in node.targets):
            node.value = self._call("__unpacked__", node.value, node.value)
        return node

    @staticmethod
    def _unchained(chain: ast.Compare) -> ast.AST:
        """``a is b is c`` as ``a is (t := b) and t is c``."""
        left, terms = chain.left, []
        for i, (op, right) in enumerate(zip(chain.ops[:-1], chain.comparators[:-1], strict=True)):
            name = f"__compared_{i}__"
            held = ast.NamedExpr(ast.Name(name, ast.Store()), right)
            terms.append(ast.Compare(left, [op], [held]))
            left = ast.Name(name, ast.Load())
        terms.append(ast.Compare(left, chain.ops[-1:], chain.comparators[-1:]))
        both = ast.copy_location(ast.BoolOp(ast.And(), list(terms)), chain)
        return ast.fix_missing_locations(both)

    @staticmethod
    def _call(name: str, node: ast.AST, *args: Any) -> Any:
        call = ast.Call(ast.copy_location(ast.Name(name, ast.Load()), node), list(args), [])
        return ast.copy_location(call, node)


_COMPARISONS = {ast.Is: "__is__", ast.IsNot: "__is_not__", ast.In: "__in__", ast.NotIn: "__in__"}


def _with_counted_operators(tree: ast.Module) -> ast.Module:
    _CountedOperators().visit(tree)
    return tree


#: The counting code of each code object met so far, by its file too: code of two files can be equal.
_CODES: dict[tuple[types.CodeType, str], tuple[types.CodeType, frozenset[str]]] = {}


def counting_code(py_func: Any) -> tuple[types.CodeType, frozenset[str]]:
    """The code to run on counting values, and the names of the globals that it loads.

    Where no source is found, it is made from the function's own code, in which `not` counts as Python's.
    """
    key = py_func.__code__, py_func.__code__.co_filename
    if key not in _CODES:
        source = source_of(py_func)
        code = source.compiled(_with_counted_operators) if source else py_func.__code__
        loaded = {i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"}
        _CODES[key] = code.replace(co_consts=tuple(map(_constant, code.co_consts))), frozenset(loaded)
    return _CODES[key]


def _constant(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_constant, value))
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return value  # what is done with it says that it does not fit, and on which line
    return as_scalar(value) if isinstance(value, int | float | complex) else value
