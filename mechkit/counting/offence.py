"""Where in a kernel's source the compiler stopped."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from mechkit.counting.source import line_of_def, source_of
from mechkit.counting.spoken import spoken


class Place:
    """Where the compiler stopped: the function, the line as far as it is known, and the source there."""

    def __init__(self, py_func: Callable[..., Any], error: Exception, text: str, given: Sequence[Any] = ()) -> None:
        self.function, self.code, self.text = py_func, py_func.__code__, text
        #: The parameters, and how a student calls the types of their values, as far as these are known.
        self.parameters = py_func.__code__.co_varnames[: py_func.__code__.co_argcount]
        self._given = {name: spoken(_plain(str(type_))) for name, type_ in zip(self.parameters, given, strict=False)}
        self.line = self._line(error)

    def _line(self, error: Exception) -> int:
        loc = getattr(error, "loc", None)
        if loc is not None and loc.filename == self.code.co_filename and loc.line > self.code.co_firstlineno:
            return int(loc.line)
        name = re.escape(self.code.co_filename)
        found = re.findall(rf'(?:File "{name}", line |Raised from {name} \(|defined at {name} \()(\d+)', self.text)
        lines = [int(line) for line in found if int(line) in self.lines]
        return max(lines, default=line_of_def(self.function))

    @cached_property
    def lines(self) -> set[int]:
        """The numbers of the lines that the function's code has."""
        return {line for *_, line in self.code.co_lines() if line}

    @cached_property
    def nodes(self) -> list[Any]:
        """The nodes of the function's syntax tree, in the order of the source; none where there is no source."""
        source = source_of(self.function)
        nodes = [n for n in ast.walk(source.tree) if hasattr(n, "lineno")] if source else []
        return sorted(nodes, key=lambda n: (n.lineno, n.col_offset, -n.end_lineno, -n.end_col_offset))

    def find(self, fits: Callable[[Any], bool]) -> Any:
        """The first node that fits on the line, else in the function, where the line moves to; or None."""
        here = [n for n in self.nodes if n.lineno <= self.line <= n.end_lineno and not isinstance(n, ast.FunctionDef)]
        for node in (*here, *self.nodes):
            if fits(node):
                if node.lineno != self.line and node not in here:
                    self.line = node.lineno
                return node
        return None

    def spelled(self, fits: Callable[[Any], bool], part: str = "") -> str:
        """How the source spells a node that fits, or a part of it; "this" where that is not known."""
        node = self.find(fits)
        return ast.unparse(getattr(node, part) if part else node) if node else "this"

    def may_be(self, node: Any, words: str) -> bool:
        """Whether a part of the source may be what Numba complains of, by its type: a parameter has a known one."""
        stored = {n.id for n in self.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        if not isinstance(node, ast.Name) or node.id in stored:
            return True
        return self._given.get(node.id, words) == words

    def names(self) -> set[str]:
        """The names that the function can use."""
        return {*self.code.co_varnames, *self.code.co_freevars, *self.function.__globals__, *dir(builtins)}


def _plain(numba_type: str) -> str:
    """The type of the value that an argument has when it is left out."""
    omitted = re.match(r"omitted\(default=(.*)\)$", numba_type)
    return "none" if omitted and omitted[1] == "None" else numba_type
