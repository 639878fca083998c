"""The source of a function, found by its code object and checked against it.

Whoever shows a function's source, or runs a changed copy of it, must know that the text is the function's. The file
may have been edited since, and `inspect` follows ``__wrapped__`` to another function.
"""

from __future__ import annotations
import __future__

import ast
import linecache
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from pathlib import Path
from types import CodeType
from typing import Any

#: The flags of ``from __future__ import ...``, which the code of a doctest or of a notebook's cell inherits.
_FUTURES = reduce(int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))


@dataclass(frozen=True)
class Source:
    """The text of the file in which a function's code stands."""

    code: CodeType
    text: str
    #: Whether the statements of the file were compiled one by one, as those of a notebook's cell are.
    apart: bool = False

    @property
    def first(self) -> int:
        """The number of the function's first line, which is that of its first decorator."""
        return self.code.co_firstlineno

    @cached_property
    def tree(self) -> Any:
        """The function's node of the syntax tree; of several on one line, the longest."""
        nodes: list[Any] = [node for node in ast.walk(ast.parse(self.text)) if _starts(node) == _place(self.code)]
        return max(nodes, key=lambda node: node.end_lineno)

    @property
    def lines(self) -> list[str]:
        """The lines of the function, with its decorators."""
        return self.text.splitlines()[self.first - 1 : self.tree.end_lineno]

    def compiled(self, change: Callable[[ast.Module], ast.Module]) -> CodeType:
        """The function's code after a change of its syntax tree. Lines, columns and file name stay.

        change : takes the tree of the whole file, returns another; it must neither add nor remove a function.
        """
        how = self.text, *_context(self.code), self.apart
        same = [code for code in _codes(*how) if _place(code) == _place(self.code)]
        changed = _codes(*how, change)
        return [code for code in changed if _place(code) == _place(self.code)][same.index(self.code)]


def source_of(function: Any) -> Source | None:
    """The source of a Python function; None where there is no text, or where the text compiles to other code.

    >>> def double(x):
    ...     return x + x
    >>> source_of(double).lines
    ['def double(x):', '    return x + x']
    >>> source_of(eval("lambda x: x + x")) is None
    True
    """
    code = function.__code__
    linecache.checkcache(code.co_filename)
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    for apart in (False, True):
        if any(_is_same(code, found) for found in _codes(text, *_context(code), apart)):
            return Source(code, text, apart)
    return None


def line_of_def(function: Any) -> int:
    """The line on which a function's name stands, below its decorators; its first line where there is no source."""
    source = source_of(function)
    return int(source.tree.lineno) if source else int(function.__code__.co_firstlineno)


def why_no_source(function: Any) -> str:
    """A sentence for a function whose source `source_of` does not find: the reason, and what to do."""
    code = function.__code__
    name, place = function.__name__, code.co_filename
    if Path(place).is_file():
        return (
            f"the source of kernel {name} has changed: line {code.co_firstlineno} of {place} no longer holds what the "
            f"kernel was made from; reload it"
        )
    return f"the source of kernel {name} cannot be found (it was defined in {place!r}); put it in a file"


def _context(code: CodeType) -> tuple[str, int]:
    return code.co_filename, code.co_flags & _FUTURES


@lru_cache(maxsize=64)
def _codes(
    text: str,
    filename: str,
    flags: int,
    apart: bool = False,
    change: Callable[[ast.Module], ast.Module] | None = None,
) -> tuple[CodeType, ...]:
    """The code of every function in a text; none where the text is not Python."""
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as notebooks do
    try:
        tree = ast.parse(text)
        tree = change(tree) if change else tree
        parts = [ast.Module([statement], tree.type_ignores) for statement in tree.body] if apart else [tree]
        modules = [compile(part, filename, "exec", flags, dont_inherit=True) for part in parts]
    except (SyntaxError, ValueError):
        return ()
    return tuple(code for module in modules for code in nested_codes(module))


def nested_codes(code: CodeType) -> Iterator[CodeType]:
    """The code of every function inside another, to any depth.

    >>> [code.co_name for code in nested_codes(compile("def f(): return lambda: 1", "here", "exec"))]
    ['f', '<lambda>']
    """
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from nested_codes(constant)


def _is_same(a: CodeType, b: CodeType) -> bool:
    return a == b and a.co_linetable == b.co_linetable


def _place(code: CodeType) -> tuple[str, int]:
    return code.co_name, code.co_firstlineno


def _starts(node: ast.AST) -> tuple[str, int] | None:
    """The name and the first line that the code of a function's node has."""
    if isinstance(node, ast.Lambda):
        return "<lambda>", node.lineno
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name, min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return None
