"""The reader of submissions: what a syntax tree may hold, and what is refused, with its line.

Nothing of a submission is run as Python. Its imports are looked up in a list, its constants are worked out from the
tree, and its functions become code objects, which only the compiler of kernels sees.
"""

from __future__ import annotations

import ast
import builtins
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from mechkit.counting.rules import is_counted
from mechkit.exercises.constants import NotConstant, constant
from mechkit.exercises.submission import Refused, Submission

#: The file name that the code of a submission has.
FILE = "<submission>"
#: What a submission may import; of the last three the names say nothing to a kernel, and are left out.
MODULES = {"numpy": np, "math": math}
_LEFT_OUT = ("mechkit", "typing", "__future__")
#: The names of Python itself that a kernel can use.
BUILTINS = {
    *("abs", "bool", "complex", "enumerate", "float", "int", "len", "max", "min", "pow", "print", "range", "reversed"),
    *("round", "slice", "sum", "tuple", "zip", "list", "sorted", "any", "all", "map", "isinstance", "divmod", "str"),
    *(name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)),
}
_MAY_HOLD = "a submission may hold imports of numpy and math, constants, and functions"


@dataclass
class Contents:
    """What a submission holds: functions by name, constants, modules and their members, and the text of its kernels."""

    text: str = ""
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    codes: dict[str, CodeType] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    #: Names of mechkit's: they may stand as decorators, and nowhere else.
    of_mechkit: set[str] = field(default_factory=set)


def read(submission: Submission, name: str) -> Contents:
    """The contents of a submission whose entry function is called ``name``. Raises Refused.

    >>> contents = read(Submission("hw.py", "import numpy as np\\nN = 2 * 3\\ndef f(x):\\n    return x + N"), "f")
    >>> list(contents.functions), contents.values["N"]
    (['f'], 6)
    >>> read(Submission("hw.py", "import os"), "f")
    Traceback (most recent call last):
    mechkit.exercises.submission.Refused: os cannot be imported here; a submission may import numpy and math
    """
    tree = parse(submission.text)
    contents = Contents()
    for statement in tree.body:
        try:
            _take(statement, contents, submission.notebook)
        except Refused:
            # A notebook tries things out; what is left out is refused where a function uses it.
            if not submission.notebook or isinstance(statement, ast.FunctionDef):
                raise
    _require_function(contents, name, submission.notebook)
    reached = list(reachable(contents, name))
    for function in reached:
        _check_body(contents.functions[function], contents)
    contents.text = _blanked(submission.text, contents.functions.values())
    contents.codes = _codes(contents, reached)
    return contents


def parse(text: str) -> ast.Module:
    """The syntax tree of a text. Raises Refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in strings, say
        try:
            return ast.parse(text)
        except (TabError, IndentationError) as error:
            if isinstance(error, TabError) or "tab" in str(error.msg):
                raise Refused("tabs and spaces are mixed; indent with four spaces", error.lineno) from None
            raise Refused(f"the indentation is wrong: {error.msg}", error.lineno) from None
        except SyntaxError as error:
            raise Refused(f"this is not Python: {error.msg}", error.lineno) from None
        except (RecursionError, MemoryError):
            raise Refused("the text is nested too deeply; write shorter expressions") from None
        except ValueError as error:
            raise Refused(f"this is not Python: {error}") from None


# -- statements at the top -------------------------------------------------------------------------------------------


def _take(statement: ast.stmt, contents: Contents, again: bool) -> None:
    """Take one statement; again : whether a function may be defined again, as in a notebook."""
    match statement:
        case ast.Import(names=names):
            for alias in names:
                _import(alias, contents, statement.lineno)
        case ast.ImportFrom(module=module, names=names, level=0) if module:
            for alias in names:
                _import_from(module, alias, contents, statement.lineno)
        case ast.FunctionDef():
            _take_function(statement, contents, again)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _assign(target, value, contents, statement.lineno)
        case ast.AnnAssign(target=target, value=value):
            if value is not None:
                _assign(target, value, contents, statement.lineno)
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            pass
        case ast.If(test=test) if ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__"):
            pass  # it would run only if the file were the program
        case _:
            raise Refused(f"{_called(statement)} is not possible here; {_MAY_HOLD}", statement.lineno)


_CALLED = {
    ast.ImportFrom: "an import from beside the file",
    ast.AsyncFunctionDef: "async def",
    ast.ClassDef: "a class",
    ast.Expr: "a call outside of functions",
    ast.AugAssign: "a changed constant",
}


def _called(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call):
        return "an expression that stands alone"
    return _CALLED.get(type(statement), f"'{type(statement).__name__.lower()}' outside of functions")


def _import(alias: ast.alias, contents: Contents, line: int) -> None:
    top = alias.name.partition(".")[0]
    if top in _LEFT_OUT:
        contents.of_mechkit.add(alias.asname or top)
        return
    value = _member(alias.name, line)
    contents.values[alias.asname or top] = value if alias.asname else MODULES[top]


def _import_from(module: str, alias: ast.alias, contents: Contents, line: int) -> None:
    if module.partition(".")[0] in _LEFT_OUT:
        contents.of_mechkit.add(alias.asname or alias.name)
        return
    source = _member(module, line)
    if alias.name == "*":
        contents.values.update((name, value) for name, value in vars(source).items() if not name.startswith("_"))
        return
    contents.values[alias.asname or alias.name] = _member(f"{module}.{alias.name}", line)


def _member(dotted: str, line: int) -> Any:
    """The module, or the member of one, of a dotted name."""
    top, *rest = dotted.split(".")
    if top not in MODULES:
        raise Refused(f"{top} cannot be imported here; a submission may import numpy and math", line)
    value: Any = MODULES[top]
    for name in rest:
        if name.startswith("_") or not hasattr(value, name):
            raise Refused(f"{top} has no {name}", line)
        value = getattr(value, name)
    if isinstance(value, ModuleType) and value.__name__.partition(".")[0] != top:
        raise Refused(f"{dotted} cannot be imported here; a submission may import numpy and math", line)
    return value


def _take_function(function: ast.FunctionDef, contents: Contents, again: bool) -> None:
    name = function.name
    if name == "_":
        return  # as kernels register their examples; nobody calls it
    if name.startswith("__") or name in BUILTINS:
        raise Refused(f"{name} is a name of Python's own; choose another one", function.lineno)
    if name in contents.functions and not again:
        first = contents.functions[name].lineno
        raise Refused(f"{name} is defined twice, first on line {first}; keep one of the two", function.lineno)
    if getattr(function, "type_params", None):
        raise Refused(f"{name} has type parameters in square brackets; leave them out", function.lineno)
    contents.functions[name] = function
    contents.values.pop(name, None)


def _assign(target: ast.expr, value: ast.expr, contents: Contents, line: int) -> None:
    try:
        found = constant(value, contents.values)
    except NotConstant as error:
        raise Refused(str(error), line) from None
    targets = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    values = list(found) if isinstance(target, ast.Tuple | ast.List) and isinstance(found, tuple) else [found]
    if len(targets) != len(values):
        raise Refused(f"{len(values)} values cannot be given to {len(targets)} names", line)
    for each, part in zip(targets, values, strict=True):
        if not isinstance(each, ast.Name):
            raise Refused(f"{ast.unparse(each)} cannot be set here; {_MAY_HOLD}", line)
        if each.id in contents.functions:
            raise Refused(f"{each.id} is the name of a function; choose another name for the constant", line)
        if each.id in BUILTINS:
            raise Refused(f"{each.id} is a name of Python's own; choose another name for the constant", line)
        contents.values[each.id] = _frozen(part)


def _frozen(value: Any) -> Any:
    """A constant that nothing can change, so that no call leaves anything to the next one."""
    if isinstance(value, tuple):
        return tuple(map(_frozen, value))
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
    return value


# -- functions -------------------------------------------------------------------------------------------------------


def _require_function(contents: Contents, name: str, notebook: bool) -> None:
    if name in contents.functions:
        return
    from mechkit.words import nearest

    there = list(contents.functions)
    where = "notebook" if notebook else "file"
    if name in contents.values or name in contents.of_mechkit:
        raise Refused(f"{name} must be a function of your own; write def {name}(...)")
    near = nearest(name, there)
    if near:
        raise Refused(f"there is no function {name} in the {where}; did you mean {near}? Write def {name}(...)")
    others = f", only {', '.join(there[:5])}" if there else ""
    raise Refused(f"there is no function {name} in the {where}{others}; write def {name}(...)")


def reachable(contents: Contents, name: str) -> Iterator[str]:
    """The names of the functions that a function may call, by whatever way; its own first."""
    met = [name]
    for each in met:  # grows while it is read
        yield each
        names = [node.id for node in ast.walk(contents.functions[each]) if isinstance(node, ast.Name)]
        met += [other for other in dict.fromkeys(names) if other in contents.functions and other not in met]


def _check_body(function: ast.FunctionDef, contents: Contents) -> None:
    """Refuse what a kernel would not know, or what Python would know too well."""
    arguments = function.args
    for gathered, stars in ((arguments.vararg, "*"), (arguments.kwarg, "**")):
        if gathered:
            raise Refused(f"{function.name} gathers arguments by {stars}; give each its own name", function.lineno)
    if arguments.kwonlyargs:
        only = arguments.kwonlyargs[0].arg
        raise Refused(f"{only} can be given by name only; leave the * before it out", function.lineno)
    for default in arguments.defaults:
        try:
            constant(default, contents.values)
        except NotConstant as error:
            raise Refused(f"a default of {function.name} is no constant: {error}", default.lineno) from None
    own = {a.arg for a in ast.walk(arguments) if isinstance(a, ast.arg)}
    body = [node for statement in function.body for node in _without_annotations(statement)]
    own |= {node.id for node in body if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    for node in body:
        line = getattr(node, "lineno", function.lineno)
        if isinstance(node, ast.Import | ast.ImportFrom):
            raise Refused("import at the top of the file, above the functions", line)
        if isinstance(node, ast.Global | ast.Nonlocal):
            raise Refused(
                "a function cannot change a name outside of it; return the new value, or change an array", line
            )
        if isinstance(node, ast.Delete):
            raise Refused("del is not possible here; leave it out", line)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            raise Refused("a function inside a function is not possible here; write it beside the others", line)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise Refused(f"{node.attr} is a name of Python's own, which cannot be used here", line)
        if isinstance(node, ast.Attribute) and node.attr == "view":
            raise Refused("view reads the bits of numbers as other numbers; convert with .astype(...)", line)
        if isinstance(node, ast.Name) and node.id not in own:
            _check_name(node.id, contents, line)
        if isinstance(node, ast.Call):
            _check_called(node, contents, own)


def _without_annotations(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _without_annotations(child)


def _check_name(name: str, contents: Contents, line: int) -> None:
    if name in contents.functions or name in contents.values:
        return
    if name in contents.of_mechkit:
        raise Refused(f"{name} is from mechkit, which is not for use in a solution; write the steps out", line)
    if name.startswith("__") or (hasattr(builtins, name) and name not in BUILTINS):
        raise Refused(f"{name} cannot be used here; write the steps out with numbers and arrays", line)


def _check_called(call: ast.Call, contents: Contents, own: set[str]) -> None:
    """Refuse a function of NumPy's whose work would not be counted: the compiler would take long to see it."""
    dotted = ast.unparse(call.func)
    top, *rest = dotted.split(".")
    if top in own or top not in contents.values or not all(part.isidentifier() for part in rest):
        return
    value = contents.values[top]
    for name in rest:
        if not isinstance(value, ModuleType):
            break  # what is asked of a function is work of its own, as np.add.reduce
        if not hasattr(value, name):
            return
        value = getattr(value, name)
    if callable(value) and not is_counted(value):
        raise Refused(
            f"{dotted} does work that would not be counted; write the steps out in loops over numbers", call.lineno
        )


# -- code ------------------------------------------------------------------------------------------------------------


def _blanked(text: str, functions: Any) -> str:
    """The text with its decorators blank, so that the functions are compiled as they stand, each on its line."""
    lines = text.split("\n")
    for function in functions:
        if function.decorator_list:
            first = min(decorator.lineno for decorator in function.decorator_list)
            lines[first - 1 : function.lineno - 1] = [""] * (function.lineno - first)
    return "\n".join(lines)


def _codes(contents: Contents, names: list[str]) -> dict[str, CodeType]:
    """The code of the functions, out of that of the whole text, which is never run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = compile(contents.text, FILE, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            line = error.lineno if isinstance(error, SyntaxError) else None
            raise Refused(f"this is not Python: {getattr(error, 'msg', error)}", line) from None
    found = {(c.co_name, c.co_firstlineno): c for c in module.co_consts if isinstance(c, CodeType)}
    return {name: found[name, contents.functions[name].lineno] for name in names}
