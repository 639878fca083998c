"""``mechkit report``: measure the survey's statements and write what came out."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mechkit.commands.common import unknown
from mechkit.commands.ending import Stopped
from mechkit.words import sentence

if TYPE_CHECKING:
    from mechkit.mechanisms.claim import Claim
    from mechkit.report.page import Section

#: Seconds between two states of a page that grows.
GROWS_EVERY = 2.0
#: More processes gain little: the slowest claim alone takes as long.
MOST_JOBS = 4


@click.command()
@click.argument("keys", nargs=-1, metavar="[CLAIM]...")
@click.option("--quick", is_flag=True, help="Leave out the claims that take more than a few seconds.")
@click.option(
    "--problems",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Measure on published problems too, from this folder.",
)
@click.option(
    "--matrix", type=click.Path(path_type=Path), metavar="FILE", help="Run on your own matrix, a Matrix Market file."
)
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Run on N processes; without it, on up to 4 processors."
)
@click.option(
    "--check",
    "old",
    type=click.Path(path_type=Path),
    metavar="OLD.json",
    help="Say which count, verdict or headline differs from an earlier report.json.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path("mechkit-report"),
    show_default=True,
    help="The folder to write to; made if it is missing.",
)
@click.pass_context
def report(
    context: click.Context,
    keys: tuple[str, ...],
    quick: bool,
    problems: Path | None,
    matrix: Path | None,
    jobs: int | None,
    old: Path | None,
    out: Path,
) -> None:
    """Measure the survey's statements and write the report.

    Measures every claim, or those named (mechkit list names all), and prints the verdicts; with claims named, also
    the checks behind them. Writes report.html (one file, with the figures in it), report.md, report.json and
    report.csv. The page can be opened at once: it grows as the claims finish. Where a matrix is given, the claims that
    can be measured on it are. A claim that fails does not stop the others; the exit code is then 1, and also where
    --check finds a difference. Ctrl-C ends the run: what is done by then is written.

    \b
    Examples:
      mechkit report
      mechkit report --quick
      mechkit report C2 S1
      mechkit report --check mechkit-report/report.json --out new-report
      mechkit report --matrix west0479.mtx --out west-report
    """
    # The claims share the processors: threads of the linear algebra library would wait for each other.
    for library in ("OPENBLAS", "MKL", "OMP"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    claims = _claims(keys, quick, problems, matrix)
    before = _record(old)
    from mechkit.commands.worker import WorkerError, in_worker
    from mechkit.report.apart import Started, run_and_send
    from mechkit.report.changes import changes
    from mechkit.report.folder import prepare_folder
    from mechkit.report.outcomes import Failure
    from mechkit.report.terminal import print_checks, print_verdicts, progress
    from mechkit.report.write import write_sections, write_so_far

    _worded(prepare_folder, out)
    options = {"--problems": problems, "--matrix": matrix}
    given = [text for name, value in options.items() if value for text in (name, str(value))]
    named = [claim.key for claim in claims] if keys else []
    command = shlex.join(["mechkit", "report", *named, *["--quick"] * quick, *given, "--out", str(out)])
    sections: list[Section] = []
    stopped: click.ClickException | None = None
    written_at = time.monotonic()
    with progress(claims) as (started, finished):

        def receive(message: Any) -> None:
            nonlocal written_at
            if isinstance(message, Started):
                started(message.place)
                return
            sections.append(message.section(claims))
            sections.sort(key=lambda section: section.number)
            finished(message.place)
            if len(sections) < len(claims) and time.monotonic() > written_at + GROWS_EVERY:
                _worded(write_so_far, sections, out, command, len(claims) - len(sections))
                written_at = time.monotonic()

        try:
            in_worker(partial(run_and_send, claims, min(jobs or _processors(), len(claims))), receive)
        except KeyboardInterrupt:
            stopped = Stopped(_kept(len(sections), len(claims), out))
        except WorkerError as error:
            stopped = click.ClickException(f"{error}. {_kept(len(sections), len(claims), out)}")
    if stopped is not None and not sections:
        raise stopped
    outcomes = [section.outcome for section in sections]
    # The files come first: who reads the verdicts may stop reading.
    try:
        written = _worded(write_sections, sections, out, command, len(claims) - len(sections))
    except click.ClickException:
        print_verdicts(outcomes)  # if the disk is full, they are not lost
        raise
    print_verdicts(outcomes)
    if keys:
        print_checks(outcomes)
    for path in (written.html, written.markdown, written.json, written.csv):
        click.echo(path)
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    for failure in failures:
        click.echo(f"{failure.claim.key} failed: {failure.error}", err=True)
    for line in written.undrawn:
        click.echo(line, err=True)
    differing = changes(before, _record(written.json) or {}) if before else []
    for line in differing:
        click.echo(line)
    if before and not differing:
        click.echo(f"no count, verdict or headline differs from {old}")
    if stopped is not None:
        raise stopped
    if failures or written.undrawn or differing:
        context.exit(1)


def _processors() -> int:
    return min(os.cpu_count() or 1, MOST_JOBS)


def _record(path: Path | None) -> Any:
    """An earlier report as data; None where there is none. What is wrong with the file is one sentence."""
    if path is None:
        return None
    from mechkit.report.changes import read_record

    try:
        return read_record(path)
    except OSError as error:
        raise click.ClickException(f"the old report {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _worded(write: Callable[..., Any], *arguments: Any) -> Any:
    """What writing raises is one sentence."""
    try:
        return write(*arguments)
    except OSError as error:
        raise click.ClickException(str(error)) from error


def _kept(done: int, of: int, out: Path) -> str:
    """What is left of a report that did not come to its end."""
    if not done:
        return "Stopped before the first claim was measured; nothing was written."
    return f"Stopped after {done} of {of} claims; the report in {out} holds these."


def _claims(keys: tuple[str, ...], quick: bool, problems: Path | None, matrix: Path | None) -> list[Claim]:
    """The claims to measure, in the survey's order. What is wrong with a key or with the matrix is one sentence."""
    from mechkit import mechanisms

    known = {key.upper(): claim for key, claim in mechanisms.CLAIMS.items()}
    for key in keys:
        if key.upper() not in known:
            raise click.BadParameter(unknown("claim", key, mechanisms.CLAIMS), param_hint="CLAIM")
    chosen = [known[key.upper()] for key in dict.fromkeys(keys)] if keys else list(known.values())
    chosen = mechanisms.in_survey_order({claim.key: claim for claim in chosen if claim.quick or not quick}.values())
    if not chosen:
        raise click.ClickException(f"no claim that is named is quick ({', '.join(keys)}); leave --quick out")
    if problems is not None:
        chosen = mechanisms.on_published(chosen, problems)
    if matrix is None:
        return chosen
    from mechkit.problems import read_matrix_market

    try:
        found = mechanisms.on_matrix(chosen, read_matrix_market(matrix))
    except (OSError, ValueError, MemoryError) as error:
        raise click.ClickException(_sentence(error, matrix)) from error
    if not found:
        which = " and ".join(claim.key for claim in chosen) if keys else "no claim"
        can = "cannot" if keys else "can"
        raise click.ClickException(f"{which} {can} be measured on the matrix in {matrix}; leave --matrix out")
    return found


def _sentence(error: OSError | ValueError | MemoryError, matrix: Path) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"the matrix file {matrix} cannot be read: {error.strerror}; give --matrix a Matrix Market file"
    return sentence(error)
