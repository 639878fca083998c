"""Where in a submission the work is, and what Python says of a call that went wrong."""

from __future__ import annotations

import ast
from collections import Counter
from typing import Any

from mechkit.counting import kernel
from mechkit.counting.lines import LineTable
from mechkit.counting.opcounts import OpCounts
from mechkit.counting.reference.run import run as run_in_python
from mechkit.exercises.drivers import Driver, DriverError
from mechkit.exercises.kernels import Loaded, python_functions
from mechkit.exercises.reading import FILE
from mechkit.exercises.values import copied


def costs_by_line(loaded: Loaded, args: tuple[Any, ...]) -> dict[str, Any]:
    """The counts of each line of each function in one call: ``functions``, by name (line, counts, functions called).

    What a function counts that a line calls belongs to the line too. ``start`` : the functions that are called first.
    """
    contents = loaded.contents
    functions: Any = python_functions(contents)
    tables = {name: LineTable(function) for name, function in functions.items()}
    for name, function in functions.items():
        function._mechkit_lines = tables[name]
    kernels = {name: kernel(boundscheck=True)(function) for name, function in functions.items()}
    functions[loaded.name].__globals__.update(kernels)
    started: list[str] = []

    def call(one: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        started.extend(name for name, each in kernels.items() if each is one)
        return one(*arguments, **named)

    if loaded.driver is not None:
        Driver(contents.functions[loaded.name], contents.values, kernels).run(tuple(map(copied, args)), call)
    else:
        call(kernels[loaded.name], tuple(map(copied, args)), {})
    return {
        "start": list(dict.fromkeys(started)),
        "functions": {
            name: [
                (
                    table.first + i,
                    OpCounts._from_table(row.tolist()).to_dict(),
                    _called_on(loaded, name, table.first + i),
                )
                for i, row in enumerate(table.counts)
                if row.any()
            ]
            for name, table in tables.items()
        },
    }


def _called_on(loaded: Loaded, name: str, line: int) -> list[str]:
    """The functions of the submission that a line of a function names."""
    nodes = ast.walk(loaded.contents.functions[name])
    names = [node.id for node in nodes if isinstance(node, ast.Name) and node.lineno == line]
    return [each for each in dict.fromkeys(names) if each in loaded.kernels and each != name]


def explained(loaded: Loaded, args: tuple[Any, ...]) -> dict[str, Any]:
    """What Python says of a call that went wrong: ``sentence`` and ``line``; both None where it goes well.

    The reference counter runs it: compiled code does not know on which line it was.
    """
    counts: Counter[Any] = Counter()

    def record(column: str, kind: str, n: int) -> None:
        counts[column, kind] += n

    def call(one: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return run_in_python(one, arguments, named, record)

    try:
        loaded.run(tuple(map(copied, args)), call)
    except DriverError as error:
        return {"sentence": error.sentence, "line": error.line}
    except Exception as error:
        line, step = None, error.__traceback__
        while step:
            if step.tb_frame.f_code.co_filename == FILE:
                line = step.tb_lineno
            step = step.tb_next
        return {"sentence": f"{type(error).__name__}: {error}".removesuffix(": "), "line": line}
    return {"sentence": None, "line": None}
