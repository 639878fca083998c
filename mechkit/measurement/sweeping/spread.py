"""Tasks spread over the workers of an executor: how many at a time, in chunks of which size, and what can go wrong."""

from __future__ import annotations

import itertools
import os
import pickle
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from queue import Empty, SimpleQueue
from typing import Any

from mechkit.counting.count import counting
from mechkit.measurement.sweeping.task import Row, Task, Value, figures, qualified
from mechkit.words import one_line

#: Seconds of work that a chunk of small tasks is made for, and after which a worker hands back what it has.
CHUNK_SECONDS = 0.1
#: The largest chunk.
CHUNK_TASKS = 1000
#: The most chunks that an executor is given at a time.
IN_FLIGHT = 4096
#: Seconds without a result after which twice as many chunks are handed out: the tasks are long or the workers many.
SILENCE = 0.2

_tickets = itertools.count()


class SweepError(RuntimeError):
    """An executor that died, or that was shut down, before all tasks were done."""


def run(task: Task) -> Row:
    """Run one task in this thread and count what it does. What it raises is part of its row.

    >>> run(Task("power", pow, {"base": 2, "exp": 10})).value
    1024
    >>> run(Task("power", pow, {"base": 0, "exp": -1})).error
    'ZeroDivisionError: 0.0 cannot be raised to a negative power'
    """
    value: Value = None
    failure: str | None = None
    start = time.perf_counter()
    with counting() as ops:
        try:
            value = figures(task, task.function(**task.arguments))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also sys.exit: one task must not end the others
            failure = one_line(error)
    return Row(task.name, task.arguments, ops, value, time.perf_counter() - start, failure)


def run_chunk(tasks: Sequence[Task], ticket: int) -> list[Row]:
    """Run tasks one after the other until they are done or the chunk's time is over: the rows of the first ones.

    ticket : a number that makes each call another one, for executors that remember the results of equal calls.
    """
    rows: list[Row] = []
    end = time.perf_counter() + CHUNK_SECONDS
    for task in tasks:
        rows.append(run(task))
        if time.perf_counter() > end:
            break
    return rows


def run_on(
    executor: Executor, tasks: Sequence[Task], todo: Sequence[int], record: Callable[[int, Row], None], hint: str
) -> None:
    """Run tasks on an executor and record each row as it comes.

    todo : the indices of the tasks to run; record : called in this thread with an index and its row; hint : what to say
    of the rows done, when the executor dies.

    How much to hand out follows from what comes back, for executors do not tell how many workers they have. Chunks
    take about CHUNK_SECONDS. One more is kept in flight whenever a chunk did not have to wait. When nothing comes back
    for a while, twice as many are.

    Raises SweepError where the executor died, TypeError where a function cannot be sent to its workers; what has come
    back by then is recorded. The executor is left running.
    """
    waiting = deque(todo)
    pending: dict[Future[list[Row]], tuple[list[int], float]] = {}
    finished: SimpleQueue[Future[list[Row]]] = SimpleQueue()
    in_flight, size = 2 * (os.cpu_count() or 1), 1
    try:
        while waiting or pending:
            while waiting and len(pending) < in_flight:
                chunk = [waiting.popleft() for _ in range(min(size, len(waiting)))]
                batch = [tasks[i] for i in chunk]
                try:
                    future = executor.submit(run_chunk, batch, next(_tickets))
                except Exception as error:
                    raise _refusal(error, batch, hint) from error
                pending[future] = chunk, time.perf_counter()
                future.add_done_callback(finished.put)
            try:
                future = finished.get(timeout=SILENCE)
            except Empty:
                in_flight = min(2 * in_flight, IN_FLIGHT)
                continue
            chunk, submitted = pending[future]
            rows = _rows(future, [tasks[i] for i in chunk], hint)
            for i, row in zip(chunk, rows, strict=False):
                record(i, row)
            del pending[future]
            waiting.extendleft(reversed(chunk[len(rows) :]))
            work = max(sum(row.seconds for row in rows), 1e-6)
            if time.perf_counter() - submitted < 2 * work:
                in_flight = min(in_flight + 1, IN_FLIGHT)
            size = max(1, min(CHUNK_TASKS, int(CHUNK_SECONDS * len(rows) / work)))
    except BaseException as error:
        for future in pending:
            future.cancel()
        if not isinstance(error, OSError):  # a journal that cannot be written takes no more rows
            for future, (chunk, _) in pending.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    for i, row in zip(chunk, future.result(), strict=False):
                        record(i, row)
        raise


def _rows(future: Future[list[Row]], batch: Sequence[Task], hint: str) -> list[Row]:
    if future.cancelled():
        raise SweepError(f"the executor gave up {batch[0]} and the tasks after it; {hint}")
    error = future.exception()
    if isinstance(error, KeyboardInterrupt):  # Ctrl-C reaches the workers too, at times before it reaches us
        raise error
    if error is not None:
        raise _refusal(error, batch, hint) from error
    return future.result()


def _refusal(error: BaseException, batch: Sequence[Task], hint: str) -> Exception:
    """A task's own errors are in its row, so this is the executor's: what happened, and what to do."""
    reason = one_line(error)
    if isinstance(error, BrokenExecutor):
        return SweepError(
            f"a worker of the executor died (it was killed, ran out of memory, crashed, or could not import a task's "
            f"function: {reason}); {hint}"
        )
    for task in batch:
        if not _can_be_sent(task.function):
            return TypeError(
                f"the function of {task}, {qualified(task.function)}, cannot be sent to another process; define it "
                f"with def at the top of a module"
            )
    return SweepError(f"the executor could not run {batch[0]} ({reason}); {hint}")


def _can_be_sent(function: Callable[..., Any]) -> bool:
    try:
        pickle.dumps(function)
    except Exception:  # pickle raises what the object's own methods raise
        return False
    return True
