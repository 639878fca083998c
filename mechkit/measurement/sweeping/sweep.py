"""Many runs, counted: in this process, on the processes of this machine, or on a cluster; resumed if they break off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, overload

from mechkit.files import saved
from mechkit.measurement.records import csv_text, data_frame, json_value
from mechkit.measurement.sweeping.journal import Journal
from mechkit.measurement.sweeping.progress_bar import progress_bar
from mechkit.measurement.sweeping.spread import run, run_on
from mechkit.measurement.sweeping.task import Row, Task, dumps


def sweep(
    tasks: Iterable[Task],
    executor: Executor | None = None,
    journal: str | os.PathLike[str] | None = None,
    progress: bool = True,
    *,
    retry_failed: bool = False,
    each: Callable[[Row], None] | None = None,
) -> Sweep:
    """Run tasks, count the operations of each, and give back the table of what they did.

    Parameters
    ----------
    tasks : `Task` objects, no two with the same name and arguments; each brings its own seed.
    executor : any ``concurrent.futures.Executor``: a ``ProcessPoolExecutor``, that of a ``dask.distributed`` client,
        ``client.get_executor()``, or ``mpi4py.futures.MPIPoolExecutor``; None runs the tasks here, one by one. Where
        workers are processes, functions must be defined at the top of a module. It is not shut down.
    journal : path of a file that gets each row as it comes. Where it is there already, the tasks in it are not run
        again: a sweep that broke off, even by ``kill -9``, goes on where it was. One process at a time.
    progress : show a bar on standard error, if that is a terminal.
    retry_failed : run again the tasks that the journal has as failed; without it they are kept as they are.
    each : called with each row as it comes, those of the journal first, in this process.

    Returns
    -------
    Sweep
        The rows in the order of the tasks, with `to_csv` and `to_json`. A task that raises, or calls sys.exit, has its
        error in its row, and the others go on; Ctrl-C ends the sweep. Counts and values do not depend on the executor.

    Raises
    ------
    TypeError
        for what is no task or no executor, and for a function that cannot be sent to another process.
    ValueError
        for two tasks with the same name and arguments; for a journal of other tasks, of another version, or damaged.
    OSError
        for a journal that is in use or cannot be written.
    SweepError (a RuntimeError)
        for an executor that died. As after Ctrl-C, the journal holds what was done.

    Operation count: that of the tasks, each counted for itself.

    Examples
    --------
    >>> from mechkit.linear_systems import solve
    >>> def residual(n, seed):
    ...     rng = np.random.default_rng(seed)
    ...     A, b = rng.random((n, n)), rng.random(n)
    ...     return {"bytes": A.nbytes, "small": bool(abs(A @ solve(A, b) - b).max() < 1e-10)}
    >>> table = sweep(Task("lu", residual, {"n": n, "seed": 7}) for n in (2, 4))
    >>> table, [row.counts.mul for row in table]
    (Sweep(2 rows), [3, 26])
    >>> table[1].arguments, table[1].value
    ({'n': 4, 'seed': 7}, {'bytes': 128, 'small': True})
    """
    __tracebackhide__ = True
    checked = _checked(tasks)
    if executor is not None and not isinstance(executor, Executor):
        hint = (
            "give its get_executor()"
            if hasattr(executor, "get_executor")
            else "give one, such as ProcessPoolExecutor()"
        )
        raise TypeError(f"{executor!r} is not a concurrent.futures.Executor; {hint}, or None")
    with ExitStack() as stack:
        book = None if journal is None else stack.enter_context(Journal(journal, checked))
        rows = {} if book is None else book.rows
        todo = [i for i in range(len(checked)) if i not in rows or (retry_failed and rows[i].error is not None)]
        if each is not None:
            for i in sorted(rows.keys() - set(todo)):
                each(rows[i])
        advance = stack.enter_context(progress_bar(len(checked), len(checked) - len(todo), progress))

        def record(i: int, row: Row) -> None:
            if book is not None:
                book.append(i, row)
            rows[i] = row
            if each is not None:
                each(row)
            advance()

        if executor is None:
            for i in todo:
                record(i, run(checked[i]))
        else:
            kept = f"what was done is kept in {journal}: run the same sweep again, with a new executor, to resume"
            lost = "what was done is lost: give sweep a journal to keep it"
            run_on(executor, checked, todo, record, lost if book is None else kept)
    return Sweep(tuple(rows[i] for i in range(len(checked))))


def _checked(tasks: Iterable[Task]) -> Sequence[Task]:
    __tracebackhide__ = True
    if not isinstance(tasks, Iterable):
        raise TypeError(f"tasks is {tasks!r}; give a list of Task objects")
    checked = list(tasks)
    seen = set()
    for i, task in enumerate(checked):
        if not isinstance(task, Task):
            raise TypeError(f"tasks[{i}] is {task!r}; give a Task(name, function, arguments)")
        if task.key in seen:
            raise ValueError(f"there are two tasks {task}; give one of them another name or another argument")
        seen.add(task.key)
    return checked


@dataclass(frozen=True, repr=False)
class Sweep(Sequence[Row]):
    """The rows of a sweep, in the order of its tasks: a sequence, with exports.

    Without times the exports are the same bytes wherever and in whatever order the tasks ran.

    Operation count: none.

    Examples
    --------
    >>> from mechkit import OpCounts
    >>> table = Sweep((Row("dot", {"n": 2}, OpCounts({("float64", "mul"): 2}), {"error": 0.5}, 0.001),))
    >>> table, table[0].counts.mul
    (Sweep(1 row), 2)
    >>> print(table.to_csv(), end="")
    name,arguments.n,flops,counts.float64.mul,value.error,error
    dot,2,2,2,0.5,
    >>> print(table.to_json(), end="")
    [
    {"name":"dot","arguments":{"n":2},"counts":{"float64":{"mul":2}},"value":{"error":0.5},"error":null}
    ]
    """

    rows: tuple[Row, ...]

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def failed(self) -> list[Row]:
        """The rows of the tasks that raised.

        >>> Sweep(()).failed
        []
        """
        return [row for row in self.rows if row.error is not None]

    def records(self, times: bool = False) -> list[dict[str, Any]]:
        """The rows as flat dictionaries, for ``pandas.DataFrame``: every row has every column.

        The columns are ``name``, ``arguments.n``, ``flops``, ``counts.float64.mul``, ``value`` or ``value.error``,
        ``error``. A count that a row does not have is 0, anything else None.

        Parameters
        ----------
        times : with the column ``seconds``

        >>> from mechkit import OpCounts
        >>> Sweep((Row("dot", {"n": 2}, OpCounts(), 0.5, 0.001),)).records()
        [{'name': 'dot', 'arguments.n': 2, 'flops': 0, 'value': 0.5, 'error': None}]
        """
        parts = [_parts(row) for row in self.rows]
        blank: dict[str, Any] = {"name": None}
        for section, missing in (("arguments", None), ("counts", 0), ("value", None)):
            found = dict.fromkeys((column for part in parts for column in part[section]), missing)
            blank |= {"flops": 0, **dict(sorted(found.items()))} if section == "counts" else found
        return [
            {
                **blank,
                **{"name": row.name, "flops": row.counts.flops},
                **{column: value for section in part.values() for column, value in section.items()},
                "error": row.error,
                **({"seconds": row.seconds} if times else {}),
            }
            for row, part in zip(self.rows, parts, strict=True)
        ]

    def to_csv(self, path: str | os.PathLike[str] | None = None, times: bool = False) -> str:
        """The table as CSV: the columns of `records`. Raises OSError where the file cannot be written.

        Parameters
        ----------
        path : a file that is written too, the whole of it or nothing; an earlier one is replaced
        times : with the column ``seconds``

        >>> Sweep(()).to_csv()
        ''
        """
        return saved(csv_text(self.records(times)), path)

    def to_json(self, path: str | os.PathLike[str] | None = None, times: bool = False) -> str:
        """The table as JSON, one row a line. NaN and the infinities, which JSON lacks, are null.

        Raises OSError where the file cannot be written.

        Parameters
        ----------
        path : a file that is written too, the whole of it or nothing; an earlier one is replaced
        times : with ``seconds`` in each row

        >>> Sweep(()).to_json()
        '[\\n]\\n'
        """
        lines = []
        for row in self.rows:
            several = isinstance(row.value, Mapping)
            value = {k: json_value(v) for k, v in row.value.items()} if several else json_value(row.value)  # type: ignore
            written = {
                "name": row.name,
                "arguments": {name: json_value(argument) for name, argument in row.arguments.items()},
                "counts": row.counts.to_dict(),
                "value": value,
                "error": row.error,
                **({"seconds": row.seconds} if times else {}),
            }
            lines.append(dumps(written))
        rows = ",\n".join(lines) + "\n" if lines else ""
        return saved(f"[\n{rows}]\n", path)

    def to_pandas(self, times: bool = False) -> Any:
        """The records as a pandas DataFrame. Raises ImportError where pandas is not installed."""
        return data_frame(self.records(times))

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed; the first: {self.failed[0].error}" if self.failed else ""
        return f"Sweep({len(self)} row{'s' * (len(self) != 1)}{failed})"


def _parts(row: Row) -> dict[str, dict[str, Any]]:
    counts = {f"counts.{c}.{kind}": n for c, kinds in row.counts.to_dict().items() for kind, n in kinds.items()}
    if isinstance(row.value, Mapping):
        value = {f"value.{name}": part for name, part in row.value.items()}
    else:
        value = {} if row.value is None else {"value": row.value}
    return {"arguments": {f"arguments.{k}": v for k, v in row.arguments.items()}, "counts": counts, "value": value}
