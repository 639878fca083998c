"""What a sweep costs beyond its tasks, as ratios taken in one run.

    python benchmarks/sweep.py

Bookkeeping: 1,000 tasks of 1 ms against a bare loop of the same calls, taking turns; the median ratio. Resuming: the
seconds to read a full journal of 1e5 rows, and their ratio to parsing its lines as JSON and nothing else. Two
processes: 6 tasks of 0.5 s of processor time on one worker and on two, taking turns, and beside it the same by the bare
pools; the best ratio of each, for a machine that others use has only less to give.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import tempfile
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from mechkit import OpCounts
from mechkit.measurement.sweeping.journal import Journal
from mechkit.measurement.sweeping.sweep import sweep
from mechkit.measurement.sweeping.task import Row, Task

#: Four kinds in two columns: what the counts of a simple kernel look like.
COUNTS = OpCounts.from_dict(
    {"float64": {"add": 1234, "mul": 1234, "loads": 2468, "bytes": 19744}, "int": {"add": 1234}}
)


def wait(index: int, milliseconds: float = 1.0) -> float:
    """Wait for a time, busy: what others do on the machine makes it no longer."""
    end = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < end:
        pass
    return float(index)


def work(index: int, seconds: float = 0.5) -> int:
    """Use processor time."""
    end = time.process_time() + seconds
    turns = 0
    while time.process_time() < end:
        turns += 1
    return index


def sleep(index: int) -> int:
    time.sleep(0.5)
    return index


def seconds(function: object, *arguments: object, **named: object) -> float:
    start = time.perf_counter()
    function(*arguments, **named)
    return time.perf_counter() - start


def bare_loop(tasks: list[Task]) -> None:
    for task in tasks:
        task.function(**task.arguments)


def bookkeeping(folder: Path, repeats: int = 5) -> tuple[float, float]:
    """Median of sweep / bare loop, without a journal and with one."""
    tasks = [Task("wait", wait, {"index": i}) for i in range(1000)]
    plain, journaled = [], []
    for turn in range(repeats):
        bare = seconds(bare_loop, tasks)
        plain.append(seconds(sweep, tasks, progress=False) / bare)
        journaled.append(seconds(sweep, tasks, journal=folder / f"{turn}.jsonl", progress=False) / bare)
    return statistics.median(plain), statistics.median(journaled)


def resuming(folder: Path, rows: int = 100_000, repeats: int = 7) -> tuple[float, float]:
    """(seconds to resume from a full journal, the same / parsing its lines), the best of each."""

    def tasks() -> list[Task]:
        return [Task("wait", wait, {"index": i, "milliseconds": 0.5}) for i in range(rows)]

    path = folder / "full.jsonl"
    with Journal(path, tasks()) as journal:
        for i, task in enumerate(tasks()):
            journal.append(i, Row(task.name, task.arguments, COUNTS, {"error": 1e-9 / (i + 1), "bytes": i}, 1e-3))
    resumed = min(seconds(sweep, tasks(), journal=path, progress=False) for _ in range(repeats))
    lines = path.read_text(encoding="utf-8").splitlines()
    return resumed, resumed / min(seconds(lambda: [json.loads(line) for line in lines]) for _ in range(repeats))


def started(workers: int) -> Executor:
    """A pool whose workers have imported what they need: that is not the sweep's time."""
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    sweep([Task("wait", wait, {"index": i, "milliseconds": 300.0}) for i in range(4 * workers)], pool, progress=False)
    return pool


def two_processes(repeats: int = 6) -> tuple[list[float], list[float], float]:
    """One worker / two in each turn: of the sweep, and of the same calls by the bare pools, which is what the machine
    has to give; and once for tasks that sleep, which need no processor to themselves."""
    tasks = [Task("work", work, {"index": i}) for i in range(6)]
    asleep = [Task("sleep", sleep, {"index": i}) for i in range(10)]
    sweeps, bare = [], []
    with started(1) as one, started(2) as two:
        sleeping = seconds(sweep, asleep, one, progress=False) / seconds(sweep, asleep, two, progress=False)
        for _ in range(repeats):
            sweeps.append(seconds(sweep, tasks, one, progress=False) / seconds(sweep, tasks, two, progress=False))
            bare.append(seconds(bare_map, one, len(tasks)) / seconds(bare_map, two, len(tasks)))
    return sweeps, bare, sleeping


def bare_map(pool: Executor, calls: int) -> None:
    list(pool.map(work, range(calls)))


def small_tasks_on_processes() -> float:
    """Two workers, 2,000 tasks of 1 ms: a sweep / the bare pool, in chunks of a hundred."""
    tasks = [Task("wait", wait, {"index": i}) for i in range(2000)]
    with started(2) as pool:
        ratios = [
            seconds(sweep, tasks, pool, progress=False)
            / seconds(lambda: list(pool.map(wait, range(2000), chunksize=100)))
            for _ in range(5)
        ]
    return statistics.median(ratios)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        plain, journaled = bookkeeping(Path(name))
        print(f"bookkeeping, 1,000 tasks of 1 ms / bare loop: {plain:.3f}, with a journal {journaled:.3f} (goal 1.15)")
        resumed, ratio = resuming(Path(name))
        print(
            f"resuming from a journal of 1e5 rows: {resumed:.2f} s (goal 2), {ratio:.1f} times the parsing of its JSON"
        )
    sweeps, bare, sleeping = two_processes()
    print(f"long tasks, one process / two: {max(sweeps):.2f} (goal 1.8), of the bare pools {max(bare):.2f}")
    print(f"long tasks that sleep, one process / two: {sleeping:.2f}")
    print(f"  turn by turn: {', '.join(f'{a:.2f} ({b:.2f})' for a, b in zip(sweeps, bare, strict=True))}")
    print(f"2,000 tasks of 1 ms on two processes, sweep / bare pool in chunks: {small_tasks_on_processes():.2f}")


if __name__ == "__main__":
    main()
