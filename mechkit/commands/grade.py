"""``mechkit grade``: one submission or a whole class checked for the answer and for the cost."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mechkit.commands.common import OutputFile, in_one_sentence
from mechkit.commands.ending import Stopped
from mechkit.words import cell, columns

if TYPE_CHECKING:
    from mechkit.exercises.exercise import Exercise
    from mechkit.exercises.verdict import Verdict

#: What `--new` knows.
PLATFORMS = ("gradescope", "otter", "nbgrader", "classroom", "prairielearn")
#: So many of the best are printed of a class; the CSV file has all.
SHOWN = 20


@click.command()
@click.argument("exercise", metavar="EXERCISE.py")
@click.argument("submission", metavar="[HW.py|FOLDER]", required=False, type=click.Path(path_type=Path))
@click.option("--gradescope", type=OutputFile(), metavar="FILE", help="Write results.json of Gradescope.")
@click.option("--prairielearn", type=OutputFile(), metavar="FILE", help="Write results.json of PrairieLearn.")
@click.option("--codegrade", is_flag=True, help="Print the lines that CodeGrade reads.")
@click.option("--classroom", is_flag=True, help="Print the result that the reporter of GitHub Classroom reads.")
@click.option("--json", "json_file", type=OutputFile(), metavar="FILE", help="Write all that was found, as JSON.")
@click.option("--csv", "csv_file", type=OutputFile(), metavar="FILE", help="Write a line a submission, as CSV.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Grade N submissions at a time.")
@click.option("--seed", type=click.IntRange(min=0), metavar="K", help="Draw the problems from this seed.")
@click.option("--new", "platform", type=click.Choice(PLATFORMS), help="Write the files that a platform expects.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where --new writes; PLATFORM by default.")
@click.pass_context
@in_one_sentence
def grade(
    context: click.Context,
    exercise: str,
    submission: Path | None,
    gradescope: Path | None,
    prairielearn: Path | None,
    codegrade: bool,
    classroom: bool,
    json_file: Path | None,
    csv_file: Path | None,
    jobs: int,
    seed: int | None,
    platform: str | None,
    out: Path | None,
) -> None:
    """Check what students hand in: the answer, and what it costs. Nothing of it is run as Python.

    EXERCISE.py makes the exercise; EXERCISE.py:NAME chooses one of several. The name of a ready exercise, as
    `mechkit list` has it, stands for its file. Of a folder, each Python file, notebook and
    folder is one submission; grades.csv gets a line for each. A run that was stopped goes on where it was. With the
    option of a platform, a folder is that of one student. The exit code is 0 where all passed, else 1.

    \b
    Examples:
      mechkit grade exercise.py homework.py
      mechkit grade horner homework.py
      mechkit grade exercise.py homeworks --jobs 2
      mechkit grade exercise.py homework.py --gradescope results.json
      mechkit grade exercise.py --new gradescope
    """
    from mechkit.exercises.loading import load_exercise

    if platform:
        if submission is not None:
            raise click.UsageError("--new writes files for a platform; leave the submission out")
        from mechkit.exercises.platforms.files import write_files

        load_exercise(exercise)  # what is wrong with it is told before it is handed on
        for path in write_files(platform, exercise, out or Path(platform)):
            click.echo(path)
        return
    if submission is None:
        raise click.UsageError("name a submission, or a folder of them; or write files for a platform, with --new")
    found = load_exercise(exercise)
    to_platform = gradescope or prairielearn or codegrade or classroom
    if submission.is_dir() and not to_platform:
        context.exit(_class(found, submission, csv_file or Path("grades.csv"), json_file, jobs, seed))
    verdict = found.check(_one(submission, found), seed=seed)
    _report(verdict, gradescope, prairielearn, codegrade, classroom)
    if json_file:
        _write(json_file, verdict.to_dict())
    if csv_file:
        from mechkit.exercises.folder import class_csv
        from mechkit.files import saved

        saved(class_csv([verdict.to_dict()]), csv_file)
    context.exit(0 if verdict.passed else 1)


def _one(submission: Path, exercise: Exercise) -> Any:
    """The file of a submission, which may be the only one in a folder."""
    if not submission.is_dir():
        return submission
    from mechkit.exercises.folder import one_in

    handed_in = one_in(submission, exercise.name)
    return handed_in.path if handed_in.path is not None else submission / f"{exercise.name}.py"


def _report(
    verdict: Verdict, gradescope: Path | None, prairielearn: Path | None, codegrade: bool, classroom: bool
) -> None:
    """Print a verdict, and write it for the platforms."""
    from mechkit.exercises.platforms import results

    if gradescope:
        _write(gradescope, results.gradescope(verdict))
    if prairielearn:
        _write(prairielearn, results.prairielearn(verdict))
    if codegrade:
        for line in results.codegrade(verdict):
            click.echo(json.dumps(line))
    elif classroom:
        result = f"result={results.classroom(verdict)}"
        place = os.environ.get("GITHUB_OUTPUT")
        if place:
            with open(place, "a", encoding="utf-8") as file:
                file.write(result + "\n")
        click.echo(result)
    else:
        click.echo(verdict)


def _write(path: Path, value: Any) -> None:
    from mechkit.files import saved

    saved(json.dumps(value, ensure_ascii=False, indent=1) + "\n", path)


def _class(
    exercise: Exercise, folder: Path, csv_file: Path, json_file: Path | None, jobs: int, seed: int | None
) -> int:
    """Grade a folder, write its table, print the ranking; the exit code."""
    from mechkit.exercises.folder import class_csv, grade_all, handed_in, ranked
    from mechkit.files import saved
    from mechkit.measurement.sweeping.progress_bar import progress_bar

    submissions = handed_in(folder, exercise.name)
    if not submissions:
        raise ValueError(f"there are no submissions in {folder}; they are Python files, notebooks, or folders of these")
    journal = csv_file.with_name(f"{csv_file.name}.journal")
    try:
        with progress_bar(len(submissions), 0) as advance:
            verdicts = grade_all(exercise, submissions, journal, jobs, seed, advance)
    except KeyboardInterrupt:
        raise Stopped(f"Stopped; what is graded is kept in {journal}: the same command goes on from there.") from None
    saved(class_csv(verdicts), csv_file)
    if json_file:
        _write(json_file, verdicts)
    journal.unlink(missing_ok=True)  # the next run draws new problems
    _print_ranking(ranked(verdicts), click.echo)
    click.echo(f"\n{csv_file}")
    return 0 if all(verdict["passed"] for verdict in verdicts) else 1


def _print_ranking(rows: list[dict[str, Any]], echo: Callable[[str], None]) -> None:
    shown = [key for key in rows[0] if key not in ("sentence", "max_points")]
    best = [row for row in rows if row["rank"] is not None][:SHOWN]
    others = [row for row in rows if row["rank"] is None][:SHOWN]
    table = [shown, *([cell(row[key]) for key in shown] for row in [*best, *others])]
    for line in columns(table, left=[0, 1]):
        echo(line)
    numbers = Counter(row["status"] for row in rows)
    echo(", ".join(f"{number} {status}" for status, number in numbers.items()))
