"""Each ready exercise accepts its right answers and rejects its wrong ones.

All are run by the reference counter, which counts what the compiled kernels count and compiles nothing; a few are
graded as a student's are, in a process of their own. ``python
tests/exercises/test_exercise_library.py`` does so for all.
"""

import ast
import signal
import sys
from collections import Counter

import pytest
from click.testing import CliRunner

import mechkit as mk
from mechkit.cli import main
from mechkit.counting import OpCounts, count
from mechkit.counting.reference.run import run as run_in_python
from mechkit.exercises import Submission, library
from mechkit.exercises.budgets import Budget
from mechkit.exercises.judging import growth_rows, judged
from mechkit.exercises.kernels import bound, load
from mechkit.exercises.loading import load_exercise
from mechkit.exercises.platforms.files import write_files
from mechkit.exercises.roles import received, sent
from mechkit.exercises.running import Outcome
from mechkit.exercises.submission import Refused
from mechkit.exercises.values import copied, decoded, encoded

NAMES = library.names()
KINDS = ("wrong", "expensive", "uncounted", "hard-coded", "hanging")
#: Seconds of the processor after which a hanging one is stopped; a right one takes at most a few tenths.
PATIENCE = 0.6
needs_clock = pytest.mark.skipif(not hasattr(signal, "ITIMER_PROF"), reason="the system has no clock of the processor")


class Hangs(BaseException):
    """A submission that does not come to its end."""


def stop(*_):
    raise Hangs


def drawn(exercise):
    """The cases, and the arguments of each as a submission takes them: functions are compiled once."""
    return [(case, received(sent(case.fresh()))) for case in exercise._cases(1)]


def remark(exercise, source, problems):
    """Why an answer is rejected, by the judge of the exercise and the reference counter; "" where it is accepted."""
    try:
        loaded = load(Submission("hw.py", source), exercise.name)
    except Refused as refused:
        return f"refused: {refused.sentence}"
    cases = [case for case, _ in problems]
    outcomes = []
    all_budgets = [*exercise.at_most, *exercise.at_least]
    for case, args in problems:
        counts = Counter()

        def record(column, kind, n, counts=counts):
            counts[column, kind] += n

        def call(kernel, args, named, record=record):
            return run_in_python(kernel, bound(kernel, args, named), {}, record)

        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        try:
            with count():
                result = loaded.run(tuple(map(copied, args)), call)
        except Hangs:
            return "hangs"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0.0)
        outcomes.append(Outcome(decoded(encoded(result)), OpCounts(counts)))
        (row,) = judged([case], outcomes[-1:], exercise._wrong, all_budgets)
        if not row.passed:
            return row.sentence
    rows = judged(cases, outcomes, exercise._wrong, all_budgets)
    rows += growth_rows(exercise.at_most, cases, rows)
    return next((row.sentence for row in rows if not row.passed), "")


def in_words(kind, why):
    """Whether an answer was rejected for what is wrong with it."""
    if kind == "expensive":
        return "are allowed" in why or "grow like" in why
    if kind == "uncounted":
        return why.startswith(("refused", "UncountedError"))
    return why == "hangs" if kind == "hanging" else not why.startswith(("refused", "UncountedError"))


@needs_clock
@pytest.mark.parametrize("name", NAMES)
def test_right_ones_are_accepted_and_wrong_ones_rejected(name):
    page = getattr(library, name)
    problems = drawn(page.exercise)
    before = signal.signal(signal.SIGPROF, stop)
    try:
        right = {"SOLUTION": page.SOLUTION, **page.RIGHT}
        found = {how: remark(page.exercise, text, problems) for how, text in right.items()}
        assert not any(found.values()), found
        why = {how: remark(page.exercise, text, problems) for how, text in page.WRONG.items()}
    finally:
        signal.signal(signal.SIGPROF, before)
    assert all(why.values()), why
    as_said = {how: in_words(how.partition(":")[0], words) for how, words in why.items()}
    assert all(as_said.values()), why


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_all_its_parts(name):
    page = getattr(library, name)
    assert len(page.RIGHT) >= 3
    assert len(page.WRONG) >= 5
    assert {how.partition(":")[0] for how in page.WRONG} == {*KINDS}
    texts = [page.SOLUTION, *page.RIGHT.values(), *page.WRONG.values()]
    assert len({ast.unparse(ast.parse(text)) for text in texts}) == len(texts)
    assert f"`{page.exercise.name}(" in page.STATEMENT
    assert page.__doc__.rstrip().endswith(".")
    assert page.exercise.at_least  # or work with integers would cost nothing
    assert all(isinstance(budget, Budget) for budget in page.exercise.at_most)


def test_there_are_enough_of_them_and_each_can_be_named():
    assert len(NAMES) >= 15
    assert [*library.titles()] == NAMES
    assert mk.exercises.library.horner.exercise is library.horner.exercise
    assert {*NAMES} <= {*dir(library)}
    with pytest.raises(AttributeError, match="no exercise 'horne': did you mean horner"):
        library.horne  # noqa: B018
    assert load_exercise("horner").name == "evaluate"
    with pytest.raises(ValueError, match="there is no file horne; give"):
        load_exercise("horne")


def test_a_ready_exercise_is_graded_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hw.py").write_text(library.horner.SOLUTION)
    found = CliRunner().invoke(main, ["grade", "horner", "hw.py"])
    assert found.exit_code == 0, found.output
    assert "4 of 4 points" in found.output


@pytest.mark.parametrize("kind", ["expensive: powers", "hanging: the index is never changed"])
def test_a_process_of_its_own_says_the_same(kind, monkeypatch):
    exercise = library.horner.exercise
    monkeypatch.setattr(exercise, "seconds", 0.5)
    verdict = exercise.check(Submission("hw.py", library.horner.WRONG[kind]))
    assert not verdict.passed
    assert ("flops are counted" if kind.startswith("expensive") else "does not end within") in verdict.sentence


@pytest.mark.parametrize("platform", ["otter", "nbgrader", "classroom", "gradescope", "prairielearn"])
@pytest.mark.parametrize("name", NAMES)
def test_no_file_of_a_platform_holds_the_solution(name, platform, tmp_path):
    page = getattr(library, name)
    written = write_files(platform, name, tmp_path)
    texts = "".join(path.read_text() for path in written)
    for source in (page.SOLUTION, *page.RIGHT.values()):
        lines = [line for line in source.strip().splitlines() if len(line) > 12 and " = " in line]
        assert not any(line in texts for line in lines)
    assert "SOLUTION =" not in texts
    made = [path for path in written if path.name == "exercise.py"]
    assert all(load_exercise(str(path)).labels == page.exercise.labels for path in made)


def everything(names):
    """Grade all answers as a student's are, and print those that got another verdict than they should."""
    for name in names or NAMES:
        page = getattr(library, name)
        page.exercise.seconds = 1.0
        for right, texts in ((True, {"SOLUTION": page.SOLUTION, **page.RIGHT}), (False, page.WRONG)):
            for how, text in texts.items():
                verdict = page.exercise.check(Submission("hw.py", text))
                mark = "" if verdict.passed is right else "BAD "
                print(f"{mark}{name}, {how}: {'accepted' if verdict.passed else verdict.sentence[:150]}", flush=True)


if __name__ == "__main__":
    everything(sys.argv[1:])
