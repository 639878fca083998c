"""The command line: ``mechkit report`` measures the survey's statements, ``mechkit doctor`` checks the instrument.

The other commands have a file each in `mechkit.commands`.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mechkit.commands.annotate import annotate
from mechkit.commands.common import unknown
from mechkit.commands.compare import compare
from mechkit.commands.ending import Program, Stopped
from mechkit.commands.grade import grade
from mechkit.commands.law import law
from mechkit.commands.listing import listing
from mechkit.commands.warm import warm
from mechkit.version import __version__
from mechkit.words import sentence

if TYPE_CHECKING:
    from mechkit.mechanisms.claim import Claim
    from mechkit.report.page import Section


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mechkit")
def main() -> None:
    """Numerical methods in pairs, with exact operation counts.

    \b
    Examples:
      mechkit doctor                     is the instrument right on this machine?
      mechkit report                     measure all statements, write the page
      mechkit report C2 S1               the same for some of them
      mechkit report --matrix west.mtx   the same on a matrix of your own
      mechkit compare banded-dense       two algorithms side by side
      mechkit law lu_factor              an exact operation count
      mechkit grade exercise.py hw.py    a student's function, its answer and its cost
      mechkit list                       what can be asked for by name
      mechkit warm                       compile ahead, so that first calls do not wait
    """
    # A pipe whose encoding lacks a sign gets a question mark for it, not a traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


for command in (compare, law, annotate, grade, listing, warm):
    main.add_command(command)


@main.command()
@click.argument("keys", nargs=-1, metavar="[CLAIM]...")
@click.option(
    "--matrix", type=click.Path(path_type=Path), metavar="FILE", help="Run on your own matrix, a Matrix Market file."
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
def report(context: click.Context, keys: tuple[str, ...], matrix: Path | None, out: Path) -> None:
    """Measure the survey's statements and write the report.

    Measures every claim, or those named (mechkit list names all), and prints the verdicts; with claims named, also
    the checks behind them. Writes report.html (one file, with the figures in it), report.md and report.json. Where a
    matrix is given, the claims that can be measured on it are. A claim that fails does not stop the others; the exit
    code is then 1. Ctrl-C ends the run: what is done by then is written.

    \b
    Examples:
      mechkit report
      mechkit report C2 S1
      mechkit report --matrix west0479.mtx --out west-report
    """
    claims = _claims(keys, matrix)
    from mechkit.commands.worker import WorkerError, in_worker
    from mechkit.report.apart import Started, run_and_send
    from mechkit.report.folder import prepare_folder
    from mechkit.report.outcomes import Failure
    from mechkit.report.terminal import print_checks, print_verdicts, progress
    from mechkit.report.write import write_sections

    _worded(prepare_folder, out)
    sections: list[Section] = []
    stopped: click.ClickException | None = None
    with progress(claims) as started:

        def receive(message: Any) -> None:
            if isinstance(message, Started):
                started(message.place)
            else:
                sections.append(message.section(claims))

        try:
            in_worker(partial(run_and_send, claims), receive)
        except KeyboardInterrupt:
            stopped = Stopped(_kept(len(sections), len(claims), out))
        except WorkerError as error:
            stopped = click.ClickException(f"{error}. {_kept(len(sections), len(claims), out)}")
    if stopped is not None and not sections:
        raise stopped
    outcomes = [section.outcome for section in sections]
    named = [claim.key for claim in claims] if keys else []
    command = ["mechkit", "report", *named, *(["--matrix", str(matrix)] if matrix else []), "--out", str(out)]
    # The files come first: who reads the verdicts may stop reading.
    try:
        written = _worded(write_sections, sections, out, shlex.join(command), len(claims) - len(sections))
    except click.ClickException:
        print_verdicts(outcomes)  # if the disk is full, they are not lost
        raise
    print_verdicts(outcomes)
    if keys:
        print_checks(outcomes)
    for path in (written.html, written.markdown, written.json):
        click.echo(path)
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    for failure in failures:
        click.echo(f"{failure.claim.key} failed: {failure.error}", err=True)
    for line in written.undrawn:
        click.echo(line, err=True)
    if stopped is not None:
        raise stopped
    if failures or written.undrawn:
        context.exit(1)


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


def _claims(keys: tuple[str, ...], matrix: Path | None) -> list[Claim]:
    """The claims to measure, in the survey's order. What is wrong with a key or with the matrix is one sentence."""
    from mechkit import mechanisms

    known = {key.upper(): claim for key, claim in mechanisms.CLAIMS.items()}
    for key in keys:
        if key.upper() not in known:
            raise click.BadParameter(unknown("claim", key, mechanisms.CLAIMS), param_hint="CLAIM")
    chosen = [known[key.upper()] for key in dict.fromkeys(keys)] if keys else list(known.values())
    chosen = mechanisms.in_survey_order({claim.key: claim for claim in chosen}.values())
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


@main.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check the instrument on this machine.

    Prints the versions, the place of the compile cache and how many drivers of each family are compiled ahead. Then
    counts golden kernels with the compiler and with the independent reference counter, and compares. The exit code is
    1 if they differ anywhere, and where the compiler is switched off (NUMBA_DISABLE_JIT), so that nothing can be
    compared.

    \b
    Example:
      mechkit doctor
    """
    import numba

    from mechkit.commands.drivers import drivers, families
    from mechkit.commands.warm import warm_drivers
    from mechkit.counting.dispatcher import TESTED_NUMBA
    from mechkit.counting.kernel_cache import cache_directory
    from mechkit.report.versions import versions

    facts: dict[str, Any] = versions()
    oldest, newest = TESTED_NUMBA
    tested = _release(oldest) <= _release(numba.__version__) <= _release(newest)
    facts["tested Numba"] = f"{oldest} to {newest}: " + (
        "this one is among them" if tested else "this one is UNTESTED; trust it as far as the self-test goes"
    )
    cache = cache_directory()
    facts["compile cache"] = f"{cache} " + (
        "(can be written)"
        if _can_be_written(cache)
        else "(CANNOT be written: kernels are compiled anew in every process; set NUMBA_CACHE_DIR to a folder of yours)"
    )
    off = numba.config.DISABLE_JIT  # type: ignore[attr-defined]
    facts["compiler"] = "off (NUMBA_DISABLE_JIT is set): kernels run as plain Python" if off else "on"
    for name, value in facts.items():
        click.echo(f"{name + ':':<15}{value}")
    if not off:
        for family, (ready, number) in warm_drivers(drivers(families())).items():
            hint = "" if ready == number else "; mechkit warm compiles ahead"
            click.echo(f"{family + ': ':<15}{ready} of {number} drivers are warm{hint}")
    context.exit(_nothing_compared() if off else _self_test())


def _nothing_compared() -> int:
    """Say that there is nothing to compare the reference counter with; the exit code."""
    click.echo(
        f"{'self-test:':<15}nothing was compared: with the compiler off, only the reference counter counts; unset "
        "NUMBA_DISABLE_JIT and run mechkit doctor again",
        err=True,
    )
    return 1


def _self_test() -> int:
    """Say how the self-test went; the exit code."""
    from mechkit.counting.selftest import GOLDEN, disagreements

    try:
        found = disagreements()
    except Exception as error:
        from mechkit.report.errors import one_line

        click.echo(f"The self-test could not run: {one_line(error)}", err=True)
        return 1
    for line in found:
        click.echo(line, err=True)
    if found:
        click.echo("The counts cannot be trusted here: install a tested Numba and run mechkit doctor again.", err=True)
        return 1
    click.echo(f"{'self-test:':<15}{len(GOLDEN)} golden kernels agree")
    return 0


def _release(version: str) -> tuple[int, ...]:
    """The first two numbers of a version, as Numba counts its releases."""
    return tuple(int(part) for part in version.split(".")[:2])


def _can_be_written(folder: Path) -> bool:
    """Whether the folder can be written, or be made where it is missing; nothing is made."""
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return folder.is_absolute() and nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
