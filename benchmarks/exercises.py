"""Grading: the seconds of one check, of all submissions of the tests, and of a class.

python benchmarks/exercises.py            one check, cold and warm
python benchmarks/exercises.py all        each submission of tests/exercises/submissions.txt, and what it got
python benchmarks/exercises.py class 200  a class of so many, on two processes
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "exercises"))

from course import handed_in, make

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
    with TemporaryDirectory() as folder:
        for k in range(number):
            Path(folder, f"student{k:03}.py").write_text(texts[k % len(texts)])
        exercise = make("solve")
        start = time.perf_counter()
        verdicts = grade_all(exercise, submissions_in(Path(folder), exercise.name), Path(folder, "journal"), jobs=2)
        seconds = time.perf_counter() - start
    print(f"{number} submissions in {seconds:.0f} s, {sum(verdict['passed'] for verdict in verdicts)} passed")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["all"]:
            everything()
        case ["class", number]:
            a_class(int(number))
        case _:
            one()
