"""Many runs, counted: in this process, on the processes of this machine, or on a cluster; resumed if they break off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack

from mechkit.measurement.bar import progress_bar
from mechkit.measurement.journal import Journal
from mechkit.measurement.spread import run, run_on
from mechkit.measurement.table import Sweep
from mechkit.measurement.task import Row, Task


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
