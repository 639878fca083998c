"""Grading: the seconds of one check, of all submissions of the tests, and of a class.

python benchmarks/exercises.py            one check, cold and warm
python benchmarks/exercises.py library    each ready exercise, cold and warm: seconds of the processor
python benchmarks/exercises.py all        each submission of tests/exercises/submissions.txt, and what it got
python benchmarks/exercises.py class 200  a class of so many, on two processes
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "exercises"))

from course import handed_in, make

from mechkit.exercises import Submission, library
from mechkit.exercises.folder import grade_all
from mechkit.exercises.folder import handed_in as submissions_in


def one() -> None:
    """A check of a right submission: the first one, and the median of five more."""
    submission = next(each.submission for each in handed_in() if each.exercise == "solve")
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        make("solve").check(submission).require()
        seconds.append(time.perf_counter() - start)
    print(f"first {seconds[0]:.2f} s, then {sorted(seconds[1:])[2]:.2f} s")


def of_the_library() -> None:
    """Each ready exercise: seconds of the processor, and of the clock, of a check of its solution, cold and warm."""
    for name in library.names():
        page = getattr(library, name)
        with TemporaryDirectory() as folder:
            os.environ["NUMBA_CACHE_DIR"] = folder
            cold, warm = (_seconds(page.exercise, page.SOLUTION) for _ in range(2))
        print(
            f"{name:22} {cold[0]:5.2f} s cold, {warm[0]:5.2f} s warm (clock: {cold[1]:.1f} s, {warm[1]:.1f} s)",
            flush=True,
        )


def _seconds(exercise: Any, text: str) -> tuple[float, float]:
    """Of the processor, in this process and the one that grades, and of the clock."""

    def used() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(each.ru_utime + each.ru_stime for each in both)

    before, start = used(), time.perf_counter()
    exercise.check(Submission("hw.py", text)).require()
    return used() - before, time.perf_counter() - start


def everything() -> None:
    """All submissions; those that got another verdict than they should are marked."""
    exercises = {name: make(name) for name in ("solve", "evaluate", "find_root")}
    wrong = 0
    for each in handed_in():
        start = time.perf_counter()
        verdict = exercises[each.exercise].check(each.submission)
        right = not verdict.passed and all(w in verdict.sentence for w in each.words) if each.words else verdict.passed
        wrong += not right
        print(f"{'' if right else 'WRONG '}{time.perf_counter() - start:5.1f} s  {each.name}: {verdict.sentence}")
    print(f"{wrong} wrong of {len(handed_in())}")


def a_class(number: int) -> None:
    """A class on two processes: submissions of one exercise, over and over."""
    texts = [each.text for each in handed_in() if each.exercise == "solve"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with TemporaryDirectory() as folder:
        for k in range(number):
            Path(folder, f"student{k:03}.py").write_text(texts[k % len(texts)])
        exercise = make("solve")
        start = time.perf_counter()
        verdicts = grade_all(exercise, submissions_in(Path(folder), exercise.name), Path(folder, "journal"), jobs=2)
        seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used
    passed = sum(verdict["passed"] for verdict in verdicts)
    print(f"{number} submissions in {seconds:.0f} s, {used:.0f} s of the processor, {passed} passed")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["library"]:
            of_the_library()
        case ["all"]:
            everything()
        case ["class", number]:
            a_class(int(number))
        case _:
            one()
