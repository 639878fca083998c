"""A function that returns values, rewritten as one that fills a place: fun(t, y) -> fun(t, y, out).

``return np.array([a, b])`` makes a new array in each call, which costs more than the values do. The same source with
``out[0] = a; out[1] = b`` makes none. Unpacking, ``a, b = y``, becomes one line for each element. An expression of
the whole array, ``return -k * y``, becomes a loop over its elements. The work is the same, and it is counted.
"""

from __future__ import annotations

import ast
import inspect
import types as pytypes
from functools import lru_cache
from numbers import Real
from typing import Any

import numpy as np

#: The name of the place, which no source has.
PLACE = "_out"
_ELEMENT = "_i"


@lru_cache(maxsize=256)
def in_place(function: Any, shape: tuple[int, ...], numbers: tuple[bool, ...] = ()) -> Any:
    """The function that fills its third argument, or None where its source is unknown or is not of such a form.

    Parameters
    ----------
    function : a plain Python function f(t, y, *args) that returns numbers in a shape
    shape : (n,), or (rows, n)
    numbers : of what follows in its calls, which are numbers and not arrays

    Examples
    --------
    >>> def rotation(t, y, w):
    ...     a, b = y
    ...     return [-w * b, w * a]
    >>> filling, out = in_place(rotation, (2,), (True,)), np.empty(2)
    >>> filling(0.0, np.array([3.0, 4.0]), out, 2.0), out
    (None, array([-8.,  6.]))
    >>> in_place(lambda t, y: sorted(y), (2,)) is None
    True
    """
    if not isinstance(function, pytypes.FunctionType):
        return None
    node, imports = _definition(function)
    if node is None or len(node.args.posonlyargs) + len(node.args.args) - len(node.args.defaults) < 2:
        return None
    parameters = [argument.arg for argument in [*node.args.posonlyargs, *node.args.args]]
    rewriting = _Rewriting(node, parameters, shape, numbers, function)
    node.body = _joined(node.body)
    if not _returns(node.body):
        return None
    try:
        body = [line for statement in node.body for line in rewriting.lines(statement)]
    except _OtherForm:
        return None
    node.args.args.insert(2 - len(node.args.posonlyargs), ast.arg(PLACE))
    node.body = body
    return _compiled(node, function, imports)


class _OtherForm(Exception):
    """A source that is left as it is."""


class _Rewriting:
    """The lines that take the place of a statement."""

    def __init__(
        self, node: Any, parameters: list[str], shape: tuple[int, ...], numbers: tuple[bool, ...], function: Any
    ) -> None:
        self.t, self.y, self.shape = parameters[0], parameters[1], shape
        names = inspect.getclosurevars(function)
        self.values = {**names.globals, **names.nonlocals, **dict.fromkeys(parameters)}
        self.values |= {name: 1.0 for name, number in zip(parameters[2:], numbers, strict=False) if number}
        names_within = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
        stored = {part.id for part in names_within if isinstance(part.ctx, ast.Store)}
        self.values |= dict.fromkeys(stored)
        self.y_is_kept = self.y not in stored
        self.values[self.t] = 1.0

    def lines(self, statement: Any) -> list[ast.stmt]:
        """What is done instead of a statement of the function."""
        if isinstance(statement, ast.Return):
            return self.stores(statement)
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            raise _OtherForm
        if isinstance(statement, ast.Assign):
            target = statement.targets[0]
            if isinstance(target, ast.Tuple | ast.List) and _is_name(statement.value, self.y):
                if len(statement.targets) > 1 or not self.y_is_kept or not all(map(_is_name, target.elts)):
                    raise _OtherForm
                return [_at(statement, ast.Assign([part], _item(self.y, k))) for k, part in enumerate(target.elts)]
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(statement, field, None)
            if isinstance(inner, list):
                setattr(statement, field, [line for one in inner for line in self.lines(one)])
        if isinstance(statement, ast.Try | ast.With | ast.Match):
            raise _OtherForm
        return [statement]

    def stores(self, statement: ast.Return) -> list[ast.stmt]:
        """The assignments that do what a return does, and a return without a value."""
        value, leave = statement.value, _at(statement, ast.Return(None))
        if len(self.shape) == 1 and value is not None and self.is_elementwise(value):
            size = ast.Subscript(ast.Attribute(_load(self.y), "shape", ast.Load()), ast.Constant(0), ast.Load())
            store = ast.Assign([_place(_load(_ELEMENT))], _Elements(self.y).visit(value))
            over = ast.Call(_load("range"), [size], [])
            return [_at(statement, ast.For(ast.Name(_ELEMENT, ast.Store()), over, [store], [])), leave]
        rows = self.displayed(value, self.shape[0])
        if len(self.shape) == 1:
            pairs: list[tuple[ast.expr, ast.expr]] = [(ast.Constant(i), one) for i, one in enumerate(rows)]
        else:
            pairs = [
                (ast.Tuple([ast.Constant(i), ast.Constant(j)], ast.Load()), one)
                for i, row in enumerate(rows)
                for j, one in enumerate(self.displayed(row, self.shape[1]))
            ]
        return [*(_at(statement, ast.Assign([_place(where)], one)) for where, one in pairs), leave]

    def displayed(self, value: Any, length: int) -> list[ast.expr]:
        """The elements of np.array([a, b]), np.vstack([a, b]), [a, b] or (a, b)."""
        if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
            called = value.func
            if (
                isinstance(called, ast.Attribute)
                and called.attr in ("array", "asarray", "vstack")
                and isinstance(called.value, ast.Name)
                and self.values.get(called.value.id) is np
            ):
                value = value.args[0]
        if not isinstance(value, ast.List | ast.Tuple) or len(value.elts) != length:
            raise _OtherForm
        if any(isinstance(part, ast.Starred) for part in value.elts):
            raise _OtherForm
        return value.elts

    def is_elementwise(self, value: Any) -> bool:
        """Whether an expression holds y as a whole, numbers, and their sums, products and the like, nothing else."""
        parts = list(ast.walk(value))
        allowed = (ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Name, ast.Load, ast.Constant)
        if not all(isinstance(part, allowed) for part in parts) or any(isinstance(p, ast.MatMult) for p in parts):
            return False
        names = {part.id for part in parts if isinstance(part, ast.Name)}
        others = names - {self.y}
        return self.y_is_kept and self.y in names and all(isinstance(self.values.get(o), Real) for o in others)


class _Elements(ast.NodeTransformer):
    """y becomes y[i]."""

    def __init__(self, y: str) -> None:
        self.y = y

    def visit_Name(self, node: ast.Name) -> Any:
        """A name of the source."""
        return ast.Subscript(node, _load(_ELEMENT), ast.Load()) if node.id == self.y else node


def _is_name(node: Any, name: str | None = None) -> bool:
    return isinstance(node, ast.Name) and name in (None, node.id)


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _item(name: str, k: int) -> ast.expr:
    return ast.Subscript(_load(name), ast.Constant(k), ast.Load())


def _place(where: ast.expr) -> ast.expr:
    return ast.Subscript(_load(PLACE), where, ast.Store())


def _at(old: Any, new: Any) -> Any:
    """A new node on the line of an old one."""
    for part in ast.walk(new):
        if not hasattr(part, "lineno"):
            ast.copy_location(part, old)
    return ast.copy_location(new, old)


def _joined(body: list[ast.stmt]) -> list[ast.stmt]:
    """Lines that end in ``name = value``, ``return name``, as ones that end in ``return value``."""
    if len(body) > 1 and isinstance(body[-1], ast.Return) and isinstance(body[-2], ast.Assign):
        targets, last = body[-2].targets, body[-1].value
        if len(targets) == 1 and isinstance(last, ast.Name) and _is_name(targets[0], last.id):
            return [*body[:-2], _at(body[-2], ast.Return(body[-2].value))]
    return body


def _returns(body: list[ast.stmt]) -> bool:
    """Whether every way through some lines ends in a return."""
    last = body[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and _returns(last.body) and _returns(last.orelse)
    return isinstance(last, ast.Return)


@lru_cache(maxsize=256)
def changes_argument(function: Any, k: int) -> bool:
    """Whether a source stores into argument k, as ``y[0] = 1.0`` or ``y *= 2.0``, and does not name a copy so.

    >>> def clamped(t, y):
    ...     if y[0] < 0.0:
    ...         y[0] = 0.0
    ...     return [-y[0]]
    >>> changes_argument(clamped, 1), changes_argument(lambda t, y: [-y[0]], 1)
    (True, False)
    """
    if not isinstance(function, pytypes.FunctionType) or function.__code__.co_argcount <= k:
        return False
    node, y = _definition(function)[0], function.__code__.co_varnames[k]
    if node is None:
        return False
    parts = list(ast.walk(node))
    changed: list[ast.expr] = [part.target for part in parts if isinstance(part, ast.AugAssign)]
    stored = [part for part in parts if isinstance(getattr(part, "ctx", None), ast.Store)]
    if any(_is_name(part, y) for part in stored if part not in changed):
        return False
    targets = [part for part in stored if isinstance(part, ast.Subscript)]
    while targets:
        changed += [target.value for target in targets]
        targets = [target.value for target in targets if isinstance(target.value, ast.Subscript)]
    return any(_is_name(part, y) for part in changed)


def _definition(function: Any) -> tuple[Any, list[Any]]:
    """The source of a function as a tree, found where it begins and compared with its code, or None; and imports."""
    code = function.__code__
    try:
        lines, _ = inspect.findsource(function)
        tree = ast.parse("".join(lines))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None, []
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.Lambda) or getattr(node, "name", "<lambda>") != code.co_name:
            continue
        decorators = getattr(node, "decorator_list", [])
        if min([node.lineno, *(decorator.lineno for decorator in decorators)]) != code.co_firstlineno:
            continue
        if node.args.vararg or node.args.kwarg or node.args.kwonlyargs:
            continue
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
        made = _compiled(node, function, imports)
        if made is None or not _same(made.__code__, code):
            continue
        if isinstance(node, ast.Lambda):
            return _at(node, ast.FunctionDef("function", node.args, [_at(node, ast.Return(node.body))], [])), imports
        return node, imports
    return None, imports


def _same(one: Any, other: Any) -> bool:
    """Whether two codes do the same: a file may have changed since it was read, and a line may hold two lambdas."""
    parts = ("co_code", "co_varnames", "co_names")
    constants = [[c for c in code.co_consts if not isinstance(c, pytypes.CodeType)] for code in (one, other)]
    return all(getattr(one, part) == getattr(other, part) for part in parts) and constants[0] == constants[1]


def _compiled(node: Any, function: Any, imports: list[Any]) -> Any:
    """A function of a tree, with the globals, defaults and closure of another one; None where it closes over more.

    imports : those of its module, as Python compiles calls of what is imported in a way of their own.
    """
    free = function.__code__.co_freevars
    outer = ast.parse(f"def outer({', '.join(free)}):\n    return None").body[0]
    outer.body.insert(0, node if isinstance(node, ast.stmt) else _at(node, ast.Expr(node)))  # type: ignore[attr-defined]
    module = ast.fix_missing_locations(ast.Module([*imports, outer], []))
    code = compile(module, function.__code__.co_filename, "exec", dont_inherit=True)
    outer_code = next(part for part in code.co_consts if isinstance(part, pytypes.CodeType))
    inner = next(part for part in outer_code.co_consts if isinstance(part, pytypes.CodeType))
    if inner.co_freevars != free:
        return None
    name = function.__name__ if function.__name__.isidentifier() else "function"
    made = pytypes.FunctionType(inner, function.__globals__, name, function.__defaults__, function.__closure__)
    made.__module__ = function.__module__
    return made
