"""A class: each submission of a folder graded by itself, written down as soon as it is done, and ranked."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mechkit.counting.opcounts import OpCounts
from mechkit.exercises.exercise import Exercise
from mechkit.exercises.running import end_all
from mechkit.exercises.submission import MOST_BYTES
from mechkit.measurement.records import csv_text
from mechkit.measurement.sweeping.journal import Journal
from mechkit.measurement.sweeping.task import Row, Task
from mechkit.words import one_line

_SUFFIXES = (".py", ".ipynb")


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in: a name, and the file, or why there is none."""

    name: str
    path: Path | None
    why: str = ""


def handed_in(folder: Path, exercise: str) -> list[HandedIn]:
    """The submissions in a folder: each Python file or notebook, and each folder with one in it.

    Of several in a student's folder, the one with the name of the exercise is taken.
    """
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")):
            continue
        if path.is_dir() and not path.is_symlink():
            found.append(one_in(path, exercise))
        elif path.suffix.lower() in _SUFFIXES:
            found.append(HandedIn(path.name, path))
    return found


def one_in(folder: Path, exercise: str) -> HandedIn:
    """The submission in the folder of one student."""
    files = [p for p in sorted(folder.rglob("*")) if p.suffix.lower() in _SUFFIXES and not _is_hidden(p, folder)]
    named = [path for path in files if path.stem == exercise] or files
    if len(named) == 1:
        return HandedIn(folder.name, named[0])
    if not named:
        return HandedIn(folder.name, None, "no Python file and no notebook was handed in")
    names = ", ".join(path.name for path in named[:4])
    return HandedIn(folder.name, None, f"{len(named)} files were handed in ({names}); call one of them {exercise}.py")


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)


def grade_all(
    exercise: Exercise,
    submissions: Sequence[HandedIn],
    journal: Path,
    jobs: int = 1,
    seed: int | None = None,
    advance: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """Grade all submissions on the same problems; the verdict of each, as `Verdict.to_dict` gives it.

    journal : what is in it already is not graded again. A submission that the grader fails on is not gradable.

    Raises ValueError for the journal of other submissions, OSError where it cannot be written.
    """
    tasks = [
        Task(each.name, Exercise.check, {"content": _digest(each), "exercise": repr(exercise)}) for each in submissions
    ]
    with Journal(journal, tasks) as book:
        verdicts = {index: json.loads(str(row.value)) for index, row in book.rows.items()}
        known = next((verdict["seed"] for verdict in verdicts.values()), None)
        base = seed if seed is not None else known if known is not None else secrets.randbits(48)
        for _ in verdicts:
            advance()
        with ThreadPoolExecutor(jobs) as pool:
            waiting: dict[Future[dict[str, Any]], int] = {
                pool.submit(_graded, exercise, each, base): index
                for index, each in enumerate(submissions)
                if index not in verdicts
            }
            try:
                for done in as_completed(waiting):
                    index = waiting[done]
                    verdicts[index] = done.result()
                    value = json.dumps(verdicts[index])
                    book.append(index, Row(tasks[index].name, tasks[index].arguments, OpCounts(), value, 0.0))
                    advance()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                end_all()
                raise
    return [verdicts[index] for index in range(len(submissions))]


def _graded(exercise: Exercise, submission: HandedIn, seed: int) -> dict[str, Any]:
    if submission.path is None:
        verdict = _not_gradable(exercise, submission, submission.why)
    else:
        try:
            verdict = exercise.check(submission.path, seed=seed).to_dict()
        except Exception as error:  # one submission stops nothing
            verdict = _not_gradable(exercise, submission, f"the grader failed: {one_line(error)}")
    return {**verdict, "submission": submission.name, "seed": seed}


def _not_gradable(exercise: Exercise, submission: HandedIn, why: str) -> dict[str, Any]:
    return {
        "exercise": exercise.name,
        "submission": submission.name,
        "gradable": False,
        "passed": False,
        "points": 0.0,
        "max_points": exercise.points,
        "sentence": why,
        "leaderboard": {},
        "cases": [],
    }


def _digest(submission: HandedIn) -> str:
    """What tells a submission from a later one. What is no ordinary file, as a pipe, is not opened."""
    path = submission.path
    if path is None:
        return submission.why
    try:
        if path.is_symlink() or not path.is_file():
            return "no file"
        size = path.stat().st_size
        return hashlib.sha256(path.read_bytes()).hexdigest() if size <= max(MOST_BYTES.values()) else f"{size} bytes"
    except OSError as error:
        return str(error.strerror)


# -- the table -------------------------------------------------------------------------------------------------------


def ranked(verdicts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the class: those that passed first, by the operations at the largest case, equal ones on one rank.

    >>> rows = ranked([_example("Ada", 8), _example("Bob", 7), _example("Cy", None), _example("Di", 8)])
    >>> [(row["submission"], row["rank"]) for row in rows]
    [('Bob', 1), ('Ada', 2), ('Di', 2), ('Cy', None)]
    """
    measures = list(dict.fromkeys(key for verdict in verdicts for key in verdict["leaderboard"]))

    def cost(verdict: dict[str, Any]) -> tuple[float, ...]:
        return tuple(verdict["leaderboard"].get(key, float("inf")) for key in measures)

    passed = sorted((v for v in verdicts if v["passed"]), key=lambda v: (cost(v), v["submission"]))
    others = sorted((v for v in verdicts if not v["passed"]), key=lambda v: (not v["gradable"], -v["points"]))
    costs = [cost(verdict) for verdict in passed]
    ranks = [costs.index(each) + 1 for each in costs]
    return [
        {
            "submission": _safe(verdict["submission"]),
            "status": "passed" if verdict["passed"] else "did not pass" if verdict["gradable"] else "not gradable",
            "points": verdict["points"] if verdict["gradable"] else None,
            "max_points": verdict["max_points"],
            "rank": rank,
            **{key: verdict["leaderboard"].get(key) for key in measures},
            "sentence": _safe(verdict["sentence"]),
        }
        for verdict, rank in [*zip(passed, ranks, strict=True), *((v, None) for v in others)]
    ]


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def class_csv(verdicts: Sequence[dict[str, Any]]) -> str:
    """The class as CSV, a line a submission."""
    return csv_text(ranked(verdicts))


def _example(name: str, flops: int | None) -> dict[str, Any]:
    """A verdict, for the example above."""
    board = {} if flops is None else {"flops": flops}
    return {
        "submission": name,
        "passed": flops is not None,
        "gradable": True,
        "points": float(flops is not None),
        "max_points": 1.0,
        "sentence": "",
        "leaderboard": board,
    }
