"""Algorithms side by side: run over sizes and seeds, counted exactly."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.comparing.comparison import Comparison, Run
from mechkit.measurement.runs import RunError, counted_run, nothing_counted, raised_as, seeds_of, sizes_of, spelled
from mechkit.measurement.sizes import whole_number
from mechkit.measurement.sweeping.progress_bar import progress_bar
from mechkit.measurement.sweeping.sweep import sweep
from mechkit.measurement.sweeping.task import Figure, Row, Task, figure, qualified

#: Names of columns, which figures cannot have.
RESERVED = ("algorithm", "n", "seed", "flops", "seconds")


def compare(
    algorithms: Mapping[str, Callable[..., Any]],
    n: Iterable[int] | None = None,
    seeds: Iterable[int] | int | None = None,
    measure: Callable[[Any, int], Mapping[str, Any]] | None = None,
    check: Callable[[Any, Any], Any] | None = None,
    *,
    sizes: Iterable[int] | None = None,
    repeats: int = 2,
    executor: Executor | None = None,
    journal: str | os.PathLike[str] | None = None,
    progress: bool = True,
    each: Callable[[Comparison], None] | None = None,
) -> Comparison:
    """Run several algorithms over sizes, and seeds, and count exactly what each does.

    Parameters
    ----------
    algorithms : name -> function, called as ``f(n)``, with seeds as ``f(n, seed)``, or by name where it asks for that.
        It builds its own problem, a random one with ``numpy.random.default_rng(seed)``. Only kernels are counted.
    n : the sizes; order and repetition do not matter
    seeds : whole numbers, or how many (5: 0 to 4)
    measure : ``measure(result, size)`` gives figures by name, such as ``{"error": ..., "bytes": ...}``; NaN is allowed.
        What it runs is not counted.
    check : ``check(first, other)`` compares the result of the first algorithm with that of each other one. It is true,
        as ``numpy.allclose``, or returns nothing and raises, as ``numpy.testing.assert_allclose``.
    repeats : how often each run is done: the counts must be the same each time, and the time is the shortest of the
        calls after the first. With 1 neither is checked, and the time has the compiling in it.
    executor, journal, progress : see `sweep`; a task is a size and a seed, with all algorithms
    each : called with the comparison at each size and seed as it is done, in any order
    sizes : the older name of n

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError, TypeError
        for other input than this, and where an algorithm runs no kernel, so that there is nothing to compare.
    RunError (a ValueError)
        where a run raises, naming it, the error itself being the cause; where two calls with the same size and seed
        count differently; where a check fails.

    Operation count: that of the runs.

    Examples
    --------
    >>> from mechkit.linear_systems import solve, solve_banded
    >>> def dense(n):
    ...     return solve(np.diag([2.0] * n) - np.diag([1.0] * (n - 1), 1) - np.diag([1.0] * (n - 1), -1), np.ones(n))
    >>> def banded(n):
    ...     return solve_banded((1, 1), [[-1.0] * n, [2.0] * n, [-1.0] * n], np.ones(n))
    >>> found = compare({"dense": dense, "banded": banded}, n=range(4, 28, 4), check=np.allclose)
    >>> found
    flops
    <BLANKLINE>
     n  dense  banded  dense / banded
     4     62      29           2.138
     8    428      69           6.203
    12  1,354     109           12.42
    16  3,096     149           20.78
    20  5,910     189           31.27
    24 10,052     229            43.9
    <BLANKLINE>
    dense   2n^3/3 + 3n^2/2 - 7n/6
    banded  10n - 11
    >>> found.ratio("dense", "banded")[4], found.crossover("dense", "banded").n
    (2.13793103448275..., None)
    """
    __tracebackhide__ = True
    _check_algorithms(algorithms)
    pairs = [(size, seed) for size in sizes_of(n, sizes) for seed in seeds_of(seeds)]
    try:
        repeats = whole_number(repeats, "number of repeats", 1)
    except ValueError:
        raise ValueError(f"repeats is {repeats!r}; each run must be done at least once") from None
    at_size = _AtSize(dict(algorithms), measure, check, repeats)
    tasks = [Task(at_size.name, at_size, {"n": size, "seed": seed}) for size, seed in pairs]
    done = _values(tasks, executor, journal, progress, each)
    found = Comparison(tuple(run for task in done for run in task))
    if measure is None:
        _require_counts(found)
    return found


def _check_algorithms(algorithms: Any) -> None:
    __tracebackhide__ = True
    if not isinstance(algorithms, Mapping) or not algorithms:
        raise TypeError(
            f"compare takes a mapping of names to functions, {{'dense': f, 'banded': g}}, not {algorithms!r}"
        )
    for name, run in algorithms.items():
        if not isinstance(name, str) or not name or not callable(run):
            raise TypeError(f"{name!r}: {run!r} is no name with a function; give a mapping such as {{'dense': f}}")


@dataclass(frozen=True)
class _AtSize:
    """All algorithms at one size and seed: what a worker runs. It returns one word, the runs as JSON."""

    algorithms: Mapping[str, Callable[..., Any]]
    measure: Callable[[Any, int], Mapping[str, Any]] | None
    check: Callable[[Any, Any], Any] | None
    repeats: int

    @property
    def name(self) -> str:
        """What a journal knows the comparison by."""
        called = {**self.algorithms, "measure": self.measure, "check": self.check}
        return ", ".join(f"{name}: {qualified(f)}" for name, f in called.items() if f is not None)

    def __call__(self, n: int, seed: int | None) -> str:
        __tracebackhide__ = True
        runs: list[dict[str, Any]] = []
        results: list[Any] = []
        for name, algorithm in self.algorithms.items():
            result, ops, seconds = counted_run(algorithm, name, n, seed, self.repeats)
            figures = {} if self.measure is None else self._figures(result, name, n, seed)
            runs.append({"algorithm": name, "counts": ops.to_dict(), "figures": figures, "seconds": seconds})
            results.append(result if self.check is not None else None)
        if self.check is not None:
            self._compare_results(results, n, seed)
        return json.dumps(runs)

    def _figures(self, result: Any, name: str, n: int, seed: int | None) -> dict[str, Figure]:
        __tracebackhide__ = True
        assert self.measure is not None
        place = spelled(name, n, seed)
        with raised_as(f"measuring {place} raised"):
            measured = self.measure(result, n)
        if not isinstance(measured, Mapping):
            raise RunError(f"measuring {place} gave {measured!r}; give figures by name, such as {{'error': 1e-9}}")
        found = {}
        for key, value in measured.items():
            if not isinstance(key, str) or key in RESERVED:
                raise RunError(
                    f"measuring {place} gave a figure named {key!r}; give it a name besides {', '.join(RESERVED)}"
                )
            with raised_as(f"measuring {place} gave {key!r},"):
                found[key] = figure(value)
        return found

    def _compare_results(self, results: list[Any], n: int, seed: int | None) -> None:
        __tracebackhide__ = True
        assert self.check is not None
        first, *others = self.algorithms
        for name, result in zip(others, results[1:], strict=True):
            disagree = f"the results of {first!r} and {spelled(name, n, seed)} disagree:"
            with raised_as(f"checking {spelled(name, n, seed)} against {first!r} raised"):
                try:
                    answer = self.check(results[0], result)
                except AssertionError as error:
                    raise RunError(f"{disagree} {' '.join(str(error).split()) or _called(self.check)}") from None
                passed = answer is None or bool(np.all(answer))
            if not passed:
                raise RunError(f"{disagree} {_called(self.check)} is false of them")


def _called(check: Callable[[Any, Any], Any]) -> str:
    return str(getattr(check, "__name__", "the check"))


def _values(
    tasks: list[Task],
    executor: Executor | None,
    journal: str | os.PathLike[str] | None,
    progress: bool,
    each: Callable[[Comparison], None] | None,
) -> list[list[Run]]:
    """The runs of each task. Here, one by one, the first error ends it and keeps its traceback."""
    __tracebackhide__ = True

    def tell(row: Row) -> None:
        if each is not None and row.error is None:
            each(Comparison(tuple(_runs(row.arguments, str(row.value)))))

    if executor is None and journal is None:
        with progress_bar(len(tasks), 0, progress) as advance:
            found = []
            for task in tasks:
                found.append(_runs(task.arguments, task.function(**task.arguments)))
                if each is not None:
                    each(Comparison(tuple(found[-1])))
                advance()
            return found
    rows = sweep(tasks, executor, journal, progress, retry_failed=True, each=tell)
    for row in rows:
        if row.error is not None:
            raise RunError(row.error.removeprefix("RunError: "))
    return [_runs(row.arguments, str(row.value)) for row in rows]


def _runs(arguments: Mapping[str, Figure], text: str) -> list[Run]:
    return [Run(**{**run, **arguments, "counts": OpCounts.from_dict(run["counts"])}) for run in json.loads(text)]


def _require_counts(found: Comparison) -> None:
    __tracebackhide__ = True
    for name in found.algorithms:
        if not any(run.counts for run in found.rows if run.algorithm == name):
            raise ValueError(f"{nothing_counted(name)}, or give measure= to compare figures of the results")
