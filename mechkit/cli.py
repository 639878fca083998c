"""The command line: ``mechkit report`` measures the survey's statements, ``mechkit doctor`` checks the instrument.

The other commands have a file each in `mechkit.commands`.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mechkit.commands.annotate import annotate
from mechkit.commands.compare import compare
from mechkit.commands.ending import Program
from mechkit.commands.grade import grade
from mechkit.commands.law import law
from mechkit.commands.listing import listing
from mechkit.commands.report import report
from mechkit.commands.warm import warm
from mechkit.version import __version__

if TYPE_CHECKING:
    pass


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


for command in (report, compare, law, annotate, grade, listing, warm):
    main.add_command(command)


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
