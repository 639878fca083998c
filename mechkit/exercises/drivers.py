"""An entry function that only allocates, converts, and calls the submission's own kernels: worked out from its tree.

It computes nothing itself, so nothing of it is counted, as with the drivers of the library.
"""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from mechkit.counting.example import WithExample

#: What a driver may call of NumPy: what makes arrays, copies them, and converts them.
_NUMPY = (
    *("array", "asarray", "ascontiguousarray", "copy", "empty", "zeros", "ones", "full", "eye", "identity"),
    *("empty_like", "zeros_like", "ones_like", "full_like"),
)
_NUMPY_CALLS = {getattr(np, name) for name in _NUMPY}
_DTYPES = ("float64", "float32", "int64", "int32", "int8", "uint8", "bool_", "complex128", "complex64", "intp", "float")
_METHODS = ("copy", "astype", "reshape", "transpose")
_ATTRIBUTES = ("shape", "size", "ndim", "T", "dtype")
_BUILTINS: dict[str, Callable[..., Any]] = {"len": len, "int": int, "float": float, "tuple": tuple, "bool": bool}
_SIZES: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
#: No array is larger.
_LARGEST_SIZE = 2**62
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


class DriverError(Exception):
    """What goes wrong in a driver: a sentence, and the line."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.sentence, self.line = sentence, line


def is_driver(function: ast.FunctionDef, kernels: set[str], constants: Mapping[str, Any] | None = None) -> bool:
    """Whether a function does nothing that would have to be counted, and calls a kernel of the submission.

    constants : what names of the submission mean; some may be functions of NumPy that make arrays.

    >>> of = lambda text: ast.parse(text).body[0]
    >>> is_driver(of("def f(x): x = np.array(x, dtype=float); g(x); return x"), {"f", "g"})
    True
    >>> is_driver(of("def f(x): return g(x) + 1.0"), {"f", "g"}), is_driver(of("def f(x): return x"), {"f"})
    (False, False)
    """
    others = kernels - {function.name}
    calls = [n.func.id for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    if function.name in calls or not others.intersection(calls):
        return False
    arguments = function.args
    callable_ = others | {a.arg for a in ast.walk(arguments) if isinstance(a, ast.arg)}
    callable_ |= {name for name, value in (constants or {}).items() if _makes_arrays(value)}
    # Names of sizes: integers of the driver's own, which it may add up.
    sizes: set[str] = set()
    return all(_is_plain(statement, callable_, sizes) for statement in function.body)


def _makes_arrays(value: Any) -> bool:
    """Whether a value is one of NumPy's functions that a driver may call."""
    return callable(value) and any(value is each for each in _NUMPY_CALLS)


def _is_plain(statement: ast.stmt, callable_: set[str], sizes: set[str]) -> bool:
    match statement:
        case ast.Assign(targets=targets, value=value):
            if not all(_is_target(target) for target in targets) or not _is_value(value, callable_, sizes):
                return False
            _note_sizes(targets, value, sizes)
            return True
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is None or _is_value(value, callable_, sizes)
        case ast.Return(value=value) | ast.Expr(value=value):
            return value is None or _is_value(value, callable_, sizes)
        case ast.If(test=test, body=body, orelse=orelse):
            inner = [*body, *orelse]
            return _is_test(test, sizes) and all(_is_plain(each, callable_, sizes) for each in inner)
        case ast.Raise(exc=ast.Call(func=ast.Name(), args=[ast.Constant()])) | ast.Pass():
            return True
    return False


def _is_target(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) or (
        isinstance(target, ast.Tuple) and all(isinstance(part, ast.Name) for part in target.elts)
    )


def _note_sizes(targets: list[ast.expr], value: ast.expr, sizes: set[str]) -> None:
    """Note the names that are integers now: those of sizes, and of the parts of a shape."""
    is_shape = isinstance(value, ast.Attribute) and value.attr == "shape"
    for target in targets:
        if isinstance(target, ast.Name):
            (sizes.add if _is_size(value, sizes) else sizes.discard)(target.id)
        elif isinstance(target, ast.Tuple):
            parts = value.elts if isinstance(value, ast.Tuple) else [None] * len(target.elts)
            for name, part in zip(target.elts, parts, strict=False):
                if isinstance(name, ast.Name):
                    known = is_shape or (part is not None and _is_size(part, sizes))
                    (sizes.add if known else sizes.discard)(name.id)


def _is_size(node: ast.AST, sizes: set[str]) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int)
        case ast.Name(id=name):
            return name in sizes
        case ast.Attribute(value=ast.Name(), attr="size" | "ndim"):
            return True
        case ast.Subscript(value=ast.Attribute(value=ast.Name(), attr="shape")):
            return True
        case ast.Call(func=ast.Name(id="len")):
            return True
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _is_size(operand, sizes)
        case ast.BinOp(left=left, op=op, right=right):
            return type(op) in _SIZES and _is_size(left, sizes) and _is_size(right, sizes)
    return False


def _is_test(node: ast.expr, sizes: set[str]) -> bool:
    match node:
        case ast.BoolOp(values=values):
            return all(_is_test(value, sizes) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_test(operand, sizes)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            none = isinstance(right, ast.Constant) and right.value is None and isinstance(left, ast.Name)
            return type(op) in _COMPARISONS and (none or (_is_size(left, sizes) and _is_size(right, sizes)))
    return False


def _is_value(node: ast.expr, callable_: set[str], sizes: set[str]) -> bool:
    def inner(*nodes: ast.expr | None) -> bool:
        return all(each is None or _is_value(each, callable_, sizes) for each in nodes)

    match node:
        case ast.Constant() | ast.Name():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return inner(*parts)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case ast.BinOp():
            return _is_size(node, sizes)
        case ast.Attribute(value=value, attr=attr):
            return inner(value) and (attr in _ATTRIBUTES or attr in _DTYPES)
        case ast.Subscript(value=value, slice=index):
            parts = index.elts if isinstance(index, ast.Tuple) else [index]
            ends = [
                end
                for part in parts
                for end in ([part.lower, part.upper, part.step] if isinstance(part, ast.Slice) else [part])
            ]
            return inner(value) and all(end is None or _is_size(end, sizes) for end in ends)
        case ast.Call(func=function, args=arguments, keywords=keywords):
            names = isinstance(function, ast.Name) and (function.id in callable_ or function.id in _BUILTINS)
            of_numpy = isinstance(function, ast.Attribute) and (function.attr in _NUMPY or function.attr in _METHODS)
            owner = isinstance(function, ast.Attribute) and inner(function.value)
            starred = any(isinstance(part, ast.Starred) for part in arguments) or any(k.arg is None for k in keywords)
            plain = not starred and inner(*arguments, *(k.value for k in keywords))
            return plain and (names or (of_numpy and owner))
    return False


class Driver:
    """An entry function that `is_driver`, run on values without Python's running it."""

    def __init__(self, tree: ast.FunctionDef, constants: Mapping[str, Any], kernels: Mapping[str, Any]) -> None:
        self._tree, self._constants, self._kernels = tree, constants, kernels

    def run(self, args: tuple[Any, ...], call: Callable[..., Any]) -> Any:
        """What the function returns; kernels are called by ``call(kernel, args, kwargs)``. Raises DriverError."""
        arguments = self._tree.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        scope = dict(zip(names, args, strict=False))
        for name, default in zip(reversed(names), reversed(arguments.defaults), strict=False):
            if name not in scope:
                scope[name] = self._value(default, scope, call)
        for outcome in self._outcomes(self._tree.body, scope, call):
            return outcome
        return None

    def _outcomes(self, body: list[ast.stmt], scope: dict[str, Any], call: Any) -> Iterator[Any]:
        """What is returned, as soon as a return is met."""
        for statement in body:
            match statement:
                case ast.Assign(targets=targets, value=value):
                    found = self._value(value, scope, call)
                    for target in targets:
                        _bind(target, found, scope)
                case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                    scope[name] = self._value(value, scope, call)
                case ast.Return(value=value):
                    yield None if value is None else self._value(value, scope, call)
                    return
                case ast.Expr(value=value):
                    self._value(value, scope, call)
                case ast.If(test=test, body=then, orelse=otherwise):
                    yield from self._outcomes(then if self._test(test, scope, call) else otherwise, scope, call)
                case ast.Raise(exc=ast.Call(func=ast.Name(id=kind), args=[ast.Constant(value=words)])):
                    raise DriverError(f"{kind}: {words!s}", statement.lineno)

    def _test(self, node: ast.expr, scope: dict[str, Any], call: Any) -> bool:
        match node:
            case ast.BoolOp(op=op, values=values):
                return (all if isinstance(op, ast.And) else any)(self._test(value, scope, call) for value in values)
            case ast.UnaryOp(operand=operand):
                return not self._test(operand, scope, call)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return bool(_COMPARISONS[type(op)](self._value(left, scope, call), self._value(right, scope, call)))
        raise DriverError(f"{ast.unparse(node)} cannot be decided here", node.lineno)

    def _value(self, node: ast.expr, scope: dict[str, Any], call: Any) -> Any:
        try:
            return self._found(node, scope, call)
        except (DriverError, MemoryError):
            raise
        except (TypeError, ValueError, IndexError, AttributeError, KeyError, ArithmeticError) as error:
            raise DriverError(f"{type(error).__name__}: {error}", node.lineno) from None

    def _found(self, node: ast.expr, scope: dict[str, Any], call: Any) -> Any:
        def value(each: ast.expr) -> Any:
            return self._value(each, scope, call)

        match node:
            case ast.Constant(value=found):
                return found
            case ast.Name(id=name):
                return self._named(name, scope, node.lineno)
            case ast.Tuple(elts=parts):
                return tuple(map(value, parts))
            case ast.List(elts=parts):
                return list(map(value, parts))
            case ast.UnaryOp(operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = value(left), value(right)
                if not (isinstance(a, int) and isinstance(b, int)):
                    raise DriverError("arithmetic belongs into a function that loops, where it is counted", node.lineno)
                found = _SIZES[type(op)](a, b)
                if abs(found) > _LARGEST_SIZE:  # many numbers could be packed into one, and multiplied at once
                    raise DriverError(f"{ast.unparse(node)} is too large for a size", node.lineno)
                return found
            case ast.Attribute(value=owner, attr=attr):
                return getattr(value(owner), attr)
            case ast.Subscript(value=owner, slice=index):
                return value(owner)[self._index(index, value)]
            case ast.Call(func=function, args=arguments, keywords=keywords):
                named = {str(k.arg): value(k.value) for k in keywords}
                return self._called(function, tuple(map(value, arguments)), named, value, call)
        raise DriverError(f"{ast.unparse(node)} is not possible here", node.lineno)

    def _called(self, function: ast.expr, args: tuple[Any, ...], named: dict[str, Any], value: Any, call: Any) -> Any:
        if isinstance(function, ast.Name):
            target = value(function)
            if isinstance(target, WithExample):
                return call(target, args, named)
            if _makes_arrays(target) or any(target is each for each in _BUILTINS.values()):
                return target(*args, **named)
        elif isinstance(function, ast.Attribute):
            owner = value(function.value)
            if owner is np and getattr(np, function.attr) in _NUMPY_CALLS:
                return getattr(np, function.attr)(*args, **named)
            if isinstance(owner, np.ndarray) and function.attr in _METHODS:
                return getattr(owner, function.attr)(*args, **named)
        raise DriverError(f"{ast.unparse(function)} cannot be called here", function.lineno)

    def _named(self, name: str, scope: dict[str, Any], line: int) -> Any:
        for known in (scope, self._kernels, self._constants, _BUILTINS):
            if name in known:
                return known[name]
        if name == "complex":
            return builtins.complex
        raise DriverError(f"the name {name} is not defined", line)

    def _index(self, node: ast.expr, value: Any) -> Any:
        if isinstance(node, ast.Tuple):
            return tuple(self._index(part, value) for part in node.elts)
        if isinstance(node, ast.Slice):
            return slice(*(None if end is None else value(end) for end in (node.lower, node.upper, node.step)))
        return value(node)


def _bind(target: ast.expr, found: Any, scope: dict[str, Any]) -> None:
    if isinstance(target, ast.Name):
        scope[target.id] = found
        return
    assert isinstance(target, ast.Tuple)
    values = tuple(found)
    if len(values) != len(target.elts):
        raise DriverError(f"{len(values)} values cannot be given to {len(target.elts)} names", target.lineno)
    for name, part in zip(target.elts, values, strict=True):
        assert isinstance(name, ast.Name)
        scope[name.id] = part
