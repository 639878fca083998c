"""``mechkit grade``: files, folders, the formats of platforms, and the readers of these where they are installed."""

import base64
import json
import os
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from click.testing import CliRunner
from course import handed_in

from mechkit.cli import main
from mechkit.exercises import Row, Verdict
from mechkit.exercises.folder import class_csv, grade_all
from mechkit.exercises.folder import handed_in as submissions_in
from mechkit.exercises.loading import load_exercise
from mechkit.exercises.platforms import results

TEXTS = {one.name: one.text for one in handed_in()}
EXERCISE = """
import numpy as np
import mechkit as mk

def problem(n, rng):
    return rng.standard_normal(n), float(rng.uniform(-1.0, 1.0))

def check(result, c, x):
    wanted = np.polynomial.polynomial.polyval(x, c)
    return True if abs(result - wanted) < 1e-12 else f"the value is {result}, not {wanted}"

def own(c, x):
    return c[0]

exercise = mk.Exercise("evaluate", problem, check, n=(2, 30), seeds=1, at_most={"flops": "2n"}, points=4,
                       hidden="n = 30", seconds=2)
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("exercise.py").write_text(EXERCISE)
    Path("right.py").write_text(TEXTS["horner"])
    Path("wrong.py").write_text(TEXTS["forgets x"])
    Path("unreadable.py").write_text("def evaluate(c, x)\n")
    return tmp_path


def run(*arguments):
    found = CliRunner().invoke(main, ["grade", *map(str, arguments)])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def test_one_submission_and_its_exit_code(place):
    found = run("exercise.py", "right.py", "--gradescope", "g.json", "--prairielearn", "p.json", "--json", "a.json")
    assert found.exit_code == 0
    assert "4 of 4 points" in found.output
    board = json.loads(Path("g.json").read_text())["leaderboard"]
    assert board == [{"name": "flops", "value": 60, "order": "asc"}]
    assert json.loads(Path("p.json").read_text())["score"] == 1.0
    assert json.loads(Path("a.json").read_text())["passed"] is True
    wrong = run("exercise.py", "wrong.py", "--codegrade")
    assert wrong.exit_code == 1
    lines = [json.loads(line) for line in wrong.output.splitlines()]
    assert lines[1] == {"tag": "points", "points": "0/1"}
    assert [case["status"] for case in lines[0]["results"][0]["testCases"]] == ["failure", "failure"]
    missing = run("exercise.py", "missing.py")
    assert missing.exit_code == 1
    assert "there is no file missing.py" in missing.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", "makes no exercise"),
        ("import mechkit\n1 / 0", "cannot be made: ZeroDivisionError"),
        ("raise SystemExit", "cannot be made"),
        (EXERCISE.replace('"2n"', '"2m"'), "no function of n"),
        (EXERCISE.replace("seconds=2", "solution=own"), "own solution does not pass"),
    ],
)
def test_exercise_files_that_are_wrong(place, text, words):
    Path("exercise.py").write_text(text)
    found = run("exercise.py", "right.py")
    assert found.exit_code == 1
    assert words in found.output
    assert "Traceback" not in found.output


def test_a_class_is_graded_ranked_and_goes_on_where_it_stopped(place, monkeypatch):
    folder = place / "class"
    (folder / "bob").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "ada.py").write_text(TEXTS["horner"])
    (folder / "bob" / "evaluate.py").write_text(TEXTS["horner over a flipped view"])
    (folder / "bob" / "notes.py").write_text("x = 1")
    (folder / "=cy.py").write_text("import os\n")
    exercise = load_exercise("exercise.py")
    listed = submissions_in(folder, exercise.name)
    assert [one.name for one in listed] == ["=cy.py", "ada.py", "bob", "empty"]

    asked = []
    check = type(exercise).check

    def stops(self, submission, **options):
        asked.append(Path(submission).name)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return check(self, submission, **options)

    monkeypatch.setattr(type(exercise), "check", stops)
    with pytest.raises(KeyboardInterrupt):
        grade_all(exercise, listed, place / "journal")
    verdicts = grade_all(exercise, listed, place / "journal")
    assert asked.count("=cy.py") == 1  # what was graded is not graded again
    assert asked.count("ada.py") == 2
    assert len({verdict["seed"] for verdict in verdicts}) == 1
    lines = class_csv(verdicts).splitlines()
    assert lines[0] == "submission,status,points,max_points,rank,flops,sentence"
    assert [line.split(",")[0] for line in lines[1:]] == ["bob", "ada.py", "'=cy.py", "empty"]
    assert lines[1].startswith("bob,passed,4.0,4.0,1,58,")
    assert lines[3].startswith("'=cy.py,not gradable,,4.0,,,")


def test_what_is_no_ordinary_file_is_not_opened(place):
    folder = place / "class"
    folder.mkdir()
    os.mkfifo(folder / "pipe.py")
    (folder / "endless.py").symlink_to("/dev/zero")
    exercise = load_exercise("exercise.py")
    verdicts = grade_all(exercise, submissions_in(folder, exercise.name), place / "journal")
    assert [verdict["sentence"] for verdict in verdicts] == [
        "endless.py is a link; hand in the file itself",
        f"{folder / 'pipe.py'} is no file; hand in a Python file or a notebook".replace(str(folder) + "/", ""),
    ]


def test_one_that_the_grader_fails_on_stops_nothing(place, monkeypatch):
    exercise = load_exercise("exercise.py")
    monkeypatch.setattr(type(exercise), "check", lambda *a, **k: 1 / 0)
    (verdict,) = grade_all(exercise, submissions_in(place, exercise.name)[:1], place / "journal")
    assert verdict["gradable"] is False
    assert "ZeroDivisionError" in verdict["sentence"]


ROWS = (
    Row("n = 2", True, {"flops": 4}, {"flops": "4 (2n)"}, points=2.0, max_points=2.0),
    Row("n = 30", False, {"flops": 435}, {"flops": "60 (2n)"}, "435 flops", hidden=True, max_points=2.0),
)
PARTLY = Verdict("evaluate", "hw.py", ROWS, 4.0)
UNREADABLE = Verdict("evaluate", "hw.py", (), 4.0, "line 1: this is not Python", gradable=False)


def test_gradescope():
    found = results.gradescope(PARTLY)
    assert found["score"] == sum(test["score"] for test in found["tests"]) == 2.0
    assert [test["visibility"] for test in found["tests"]] == ["visible", "hidden"]
    assert [test["status"] for test in found["tests"]] == ["passed", "failed"]
    assert found["leaderboard"] == []
    assert "435" not in found["output"]
    (only,) = results.gradescope(UNREADABLE)["tests"]
    assert only["output"] == "line 1: this is not Python"


def test_prairielearn_tells_nothing_of_hidden_cases_and_what_cannot_be_read_is_not_gradable():
    found = results.prairielearn(PARTLY)
    assert (found["gradable"], found["score"]) == (True, 0.5)
    assert "435" not in json.dumps(found)
    assert [test["points"] for test in found["tests"]] == [2.0, 0.0]
    refused = results.prairielearn(UNREADABLE)
    assert (refused["gradable"], refused["format_errors"]) == (False, ["line 1: this is not Python"])


def test_codegrade_and_classroom():
    unit_test, points = results.codegrade(PARTLY)
    assert points == {"tag": "points", "points": "1/2"}
    assert unit_test["tag"] == "unit-test"
    assert "435" not in json.dumps(unit_test)
    told = json.loads(base64.b64decode(results.classroom(PARTLY)))
    assert (told["version"], told["status"], told["max_score"]) == (1, "fail", 4.0)
    assert [test["status"] for test in told["tests"]] == ["pass", "fail"]
    assert json.loads(base64.b64decode(results.classroom(UNREADABLE)))["status"] == "error"


@pytest.mark.parametrize("platform", ["gradescope", "otter", "nbgrader", "classroom", "prairielearn"])
def test_new_files_for_platforms_hold_no_solution_for_students(place, platform):
    text = EXERCISE.replace("seconds=2", "seconds=2, solution=None if True else own")
    Path("exercise.py").write_text(text)
    assert run("exercise.py", "--new", platform).exit_code == 0
    files = {path: path.read_text() for path in Path(platform).rglob("*") if path.is_file()}
    assert any("evaluate" in text for text in files.values())
    for_students = platform in ("otter", "nbgrader", "classroom")
    assert any("def own" in text for text in files.values()) is not for_students
    again = run("exercise.py", "--new", platform)
    assert again.exit_code == 1
    assert "is there already" in again.output
    for path in files:
        if path.suffix == ".py" and path.name != "nbgrader_config.py":
            compile(files[path], str(path), "exec")
        if path.suffix in (".json", ".ipynb"):
            json.loads(files[path])


def test_an_answer_is_a_solution_and_not_for_students(place):
    Path("exercise.py").write_text(EXERCISE.replace("problem, check, n", "problem, answer=own, n"))
    found = run("exercise.py", "--new", "otter")
    assert found.exit_code == 1
    assert "students could read answer" in found.output


def loaded(path):
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(find_spec("otter") is None, reason="otter-grader is not installed")
@pytest.mark.filterwarnings("ignore")
def test_otter_reads_its_tests(place):
    from otter.test_files.exception_test import ExceptionTestFile

    run("exercise.py", "--new", "otter")
    for name, points in (("right", 4.0), ("wrong", 0.0)):
        file = ExceptionTestFile.from_file("otter/tests/q1.py")
        file.run({"evaluate": loaded(place / f"{name}.py").evaluate})
        assert (file.score, file.possible) == (points, 4.0)
        assert [result.test_case.hidden for result in file.test_case_results] == [False, True]


@pytest.mark.skipif(find_spec("nbgrader") is None, reason="nbgrader is not installed")
@pytest.mark.filterwarnings("ignore")
def test_nbgrader_reads_its_cells(place):
    from nbformat import read
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.utils import is_grade, is_locked, is_solution

    run("exercise.py", "--new", "nbgrader")
    notebook = read("nbgrader/source/evaluate/evaluate.ipynb", as_version=4)
    MetadataValidator().validate_nb(notebook)
    cells = notebook.cells
    assert [(is_grade(cell), is_solution(cell), is_locked(cell)) for cell in cells] == [
        *((False, False, True), (False, True, False), (True, False, True))
    ]
