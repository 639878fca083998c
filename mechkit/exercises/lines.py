"""Where in a submission the work is, and what Python says of a call that went wrong."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mechkit.counting import kernel
from mechkit.counting.lines import LineTable
from mechkit.counting.opcounts import OpCounts
from mechkit.counting.reference.run import run as run_in_python
from mechkit.exercises.drivers import Driver, DriverError
from mechkit.exercises.kernels import Loaded, bound, python_functions
from mechkit.exercises.reading import FILE
from mechkit.exercises.values import copied


def costs_by_line(loaded: Loaded, args: tuple[Any, ...]) -> dict[str, Any]:
    """The counts of each line in one call: ``lines``, pairs of a line and its counts.

    What a line calls of the submission's own functions counts on the lines there.
    """
    contents = loaded.contents
    functions: Any = python_functions(contents)
    tables = {name: LineTable(function) for name, function in functions.items()}
    for name, function in functions.items():
        function._mechkit_lines = tables[name]
    kernels = {name: kernel(boundscheck=True)(function) for name, function in functions.items()}
    functions[loaded.name].__globals__.update(kernels)

    def call(one: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return one(*bound(one, arguments, named))

    if loaded.driver is not None:
        Driver(contents.functions[loaded.name], contents.values, kernels).run(tuple(map(copied, args)), call)
    else:
        call(kernels[loaded.name], tuple(map(copied, args)), {})
    return {
        "lines": [
            (table.first + i, OpCounts._from_table(row.tolist()).to_dict())
            for table in tables.values()
            for i, row in enumerate(table.counts)
            if row.any()
        ]
    }


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
