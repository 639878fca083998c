"""``mechkit grade EXERCISE.py --new PLATFORM``: the files that a platform expects. Students never get a solution."""

from __future__ import annotations

import ast
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mechkit.exercises.exercise import Exercise
from mechkit.exercises.loading import load_exercise, place_of
from mechkit.files import write_file
from mechkit.version import __version__

#: What a file is: its path in the folder -> its text.
Files = dict[str, str]


def write_files(platform: str, spelled: str, out: Path) -> list[Path]:
    """Write the files of a platform into a folder; their paths.

    Raises ValueError where students would get the solution, OSError where a file is there already.
    """
    exercise = load_exercise(spelled)
    source = without_answers(place_of(spelled)[0].read_text("utf-8"))
    files = _WRITERS[platform](exercise, source)
    there = [name for name in files if (out / name).exists()]
    if there:
        raise OSError(f"{out / there[0]} is there already; name another folder with --out")
    written = []
    for name, text in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, text)
        if text.startswith("#!"):
            path.chmod(0o755)
        written.append(path)
    return written


# -- what students may read ----------------------------------------------------------------------------------------


#: What a ready exercise holds besides the exercise: none of it goes into the files of a platform.
_ANSWERS = {"SOLUTION", "RIGHT", "WRONG"}


def without_answers(source: str) -> str:
    """The text of an exercise without the constants that hold answers, as the ready exercises have them.

    >>> without_answers("n = 3\\nSOLUTION = 'def f(x): ...'\\n")
    'n = 3\\n'
    """
    tree = ast.parse(source)
    kept = [s for s in tree.body if _named(s) not in _ANSWERS]
    used = {node.id for s in kept for node in ast.walk(s) if isinstance(node, ast.Name)}
    if used & _ANSWERS:
        return source
    lines = source.splitlines(keepends=True)
    cut = {k for s in tree.body if s not in kept for k in range(s.lineno - 1, s.end_lineno or s.lineno)}
    return "".join(line for k, line in enumerate(lines) if k not in cut).rstrip() + "\n"


def _named(statement: ast.stmt) -> str | None:
    """The name of a function, or of a constant that holds answers: what is cut out where nothing uses it."""
    if isinstance(statement, ast.FunctionDef):
        return statement.name
    name = ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else ""
    return name if name in _ANSWERS else None


def without_solution(exercise: Exercise, source: str) -> str:
    """The instructor's file without the solution, for platforms that hand it to students.

    Raises ValueError where the exercise compares with an answer: that is a solution too.
    """
    if exercise.judge_answer is not None:
        raise ValueError(
            "students could read answer(...) in the files of this platform, and hand it in; write check(result, ...), "
            "which judges a result without computing one"
        )
    tree = ast.parse(source)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        call.keywords = [keyword for keyword in call.keywords if keyword.arg != "solution"]
    while True:
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        kept = [s for s in tree.body if _named(s) is None or _named(s) in used]
        if len(kept) == len(tree.body):
            return ast.unparse(tree) + "\n"
        tree.body = kept


# -- the platforms ---------------------------------------------------------------------------------------------------


def _gradescope(exercise: Exercise, source: str) -> Files:
    return {
        "setup.sh": f"#!/usr/bin/env bash\nset -e\npip install 'mechkit=={__version__}'\n",
        "run_autograder": (
            "#!/usr/bin/env bash\n# Gradescope runs this for each submission, and reads results.json.\n"
            "mechkit grade /autograder/source/exercise.py /autograder/submission \\\n"
            "    --gradescope /autograder/results/results.json || true\n"
        ),
        "exercise.py": source,
    }


def _prairielearn(exercise: Exercise, source: str) -> Files:
    info = {
        "uuid": str(uuid.uuid4()),
        "title": exercise.name,
        "topic": "Numerical methods",
        "type": "v3",
        "singleVariant": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "enabled": True,
            "image": "mechkit/grader",
            "entrypoint": "/grade/tests/run.sh",
            "timeout": 120,
        },
    }
    html = (
        "<pl-question-panel>\n"
        f"  <p>Write the function <code>{exercise.name}</code>.</p>\n"
        f'  <pl-file-editor file-name="{exercise.name}.py"></pl-file-editor>\n'
        "</pl-question-panel>\n<pl-submission-panel>\n  <pl-external-grader-results></pl-external-grader-results>\n"
        "</pl-submission-panel>\n"
    )
    run = (
        "#!/usr/bin/env bash\nmkdir -p /grade/results\n"
        f"mechkit grade /grade/tests/exercise.py /grade/student/{exercise.name}.py \\\n"
        "    --prairielearn /grade/results/results.json || true\n"
    )
    return {
        "info.json": json.dumps(info, indent=2) + "\n",
        "question.html": html,
        "tests/run.sh": run,
        "tests/exercise.py": source,
    }


def _classroom(exercise: Exercise, source: str) -> Files:
    workflow = f"""\
name: Autograding
on: [push, workflow_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: '3.12'
      - run: pip install 'mechkit=={__version__}'
      - name: {exercise.name}
        id: {exercise.name}
        run: mechkit grade .github/classroom/exercise.py {exercise.name}.py --classroom || true
      - uses: classroom-resources/autograding-grading-reporter@v1
        env:
          {exercise.name.upper()}_RESULTS: "${{{{steps.{exercise.name}.outputs.result}}}}"
        with:
          runners: {exercise.name}
"""
    return {
        ".github/workflows/classroom.yml": workflow,
        ".github/classroom/exercise.py": without_solution(exercise, source),
        f"{exercise.name}.py": _stub(exercise),
    }


def _stub(exercise: Exercise) -> str:
    """The file that students begin with."""
    return f"import numpy as np\n\n\ndef {exercise.name}({', '.join(_arguments(exercise))}):\n    ...\n"


def _arguments(exercise: Exercise) -> list[str]:
    """The names of the function's arguments, as the check of the exercise calls them."""
    import inspect

    judge = exercise.judge_check or exercise.judge_answer
    assert judge is not None
    names = [p.name for p in inspect.signature(getattr(judge, "py_func", judge)).parameters.values()]
    return names[1:] if exercise.judge_check is not None else names


def _otter(exercise: Exercise, source: str) -> Files:
    labels = [*exercise.labels, *(f"growth of {budget.key}" for budget in exercise.at_most if budget.growth)]
    share = exercise.points / len(labels)
    cases = "\n".join(
        f"""

@test_case(name={label!r}, points={share!r}, hidden={label in exercise.hidden})
def case_{number}({exercise.name}):
    require({exercise.name}, {number})
"""
        for number, label in enumerate(labels)
    )
    text = f'''"""The tests of otter: each case of the exercise is one."""

OK_FORMAT = False

from otter.test_files import test_case

name = "q1"
points = None

{without_solution(exercise, source)}
_verdicts = {{}}


def require(function, number):

    # The submission is checked once, for all cases.

    if id(function) not in _verdicts:
        made = [each for each in globals().values() if type(each).__name__ == "Exercise"]

        _verdicts[id(function)] = function, made[0].check(function)
    verdict = _verdicts[id(function)][1]
    assert not verdict.refused, verdict.refused
    assert verdict.rows[number].passed, verdict.rows[number].full_sentence
{cases}'''
    return {"tests/q1.py": text}


def _nbgrader(exercise: Exercise, source: str) -> Files:
    name, hidden = exercise.name, bool(exercise.hidden)
    solution = (
        f"import numpy as np\n\ndef {name}({', '.join(_arguments(exercise))}):\n"
        "    ### BEGIN SOLUTION\n    raise NotImplementedError  # write yours here: students do not see it\n"
        "    ### END SOLUTION"
    )
    shown = f"from exercise import {_variable(source)} as exercise\nverdict = exercise.check({name})\n"
    shown += "print(verdict.shown())\n"
    test = "### BEGIN HIDDEN TESTS\nverdict.points\n### END HIDDEN TESTS" if hidden else "verdict.points"
    cells: list[dict[str, Any]] = [
        _cell("markdown", f"Write the function `{name}`.", f"{name}-text", grade=False, solution=False, locked=True),
        _cell("code", solution, f"{name}-solution", grade=False, solution=True, locked=False),
        _cell("code", shown + test, f"{name}-test", grade=True, solution=False, locked=True, points=exercise.points),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    folder = f"source/{name}"
    return {
        f"{folder}/{name}.ipynb": json.dumps(notebook, indent=1) + "\n",
        f"{folder}/exercise.py": without_solution(exercise, source),
        "nbgrader_config.py": (
            f"c = get_config()\nc.CourseDirectory.course_id = {name!r}\n"
            "# A check takes some seconds, on a busy machine more; a cell may take 30 s by default.\n"
            "c.ExecutePreprocessor.timeout = 600\n"
        ),
    }


def _cell(kind: str, source: str, grade_id: str, **metadata: Any) -> dict[str, Any]:
    """A cell of a notebook, as nbgrader marks it."""
    about = {"schema_version": 3, "grade_id": grade_id, "task": False, **metadata}
    cell: dict[str, Any] = {"cell_type": kind, "id": grade_id, "metadata": {"nbgrader": about}, "source": source}
    return {**cell, "execution_count": None, "outputs": []} if kind == "code" else cell


def _variable(source: str) -> str:
    """The name that the instructor's file gives to the exercise."""
    for statement in ast.parse(source).body:
        if (
            isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and isinstance(statement.value, ast.Call)
            and ast.unparse(statement.value.func).endswith("Exercise")
        ):
            return statement.targets[0].id
    return "exercise"


_WRITERS: dict[str, Callable[[Exercise, str], Files]] = {
    "gradescope": _gradescope,
    "prairielearn": _prairielearn,
    "classroom": _classroom,
    "otter": _otter,
    "nbgrader": _nbgrader,
}
