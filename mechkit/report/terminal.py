"""What the terminal shows: progress while the experiments run, and the table of verdicts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from mechkit.mechanisms.experiment import Experiment, Result
from mechkit.report.outcomes import Outcome

_STYLES = {"confirmed": "bold blue", "qualified": "bold yellow", "refuted": "bold red", "failed": "bold reverse"}

#: Below so many columns the table would break its words.
NARROW = 60


@contextmanager
def progress(experiments: Sequence[Experiment]) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, where that is a terminal; yields what is to be told the place of each that starts."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True)),
    )
    disabled = not console.is_terminal
    bar = Progress(*columns, console=console, transient=True, expand=True, disable=disabled)
    task = bar.add_task("", total=len(experiments))

    def started(k: int) -> None:
        bar.start()  # its thread, that is: not before the experiments have a process of their own
        experiment = experiments[k]
        bar.update(
            task, completed=k, description=f"{experiment.claim} {experiment.mechanism}: {experiment.improvement}"
        )

    try:
        yield started
    finally:
        bar.stop()


def print_verdicts(outcomes: Sequence[Outcome]) -> None:
    """Print the verdicts on standard output: a table, or, where a terminal is too narrow for one, a list."""
    rows = [
        (outcome.experiment, outcome.verdict, outcome.finding)
        if isinstance(outcome, Result)
        else (outcome.experiment, "failed", outcome.error)
        for outcome in outcomes
    ]
    console = Console()
    if console.width < NARROW:
        for experiment, verdict, finding in rows:
            click.echo(f"{experiment.claim} {experiment.mechanism}: {verdict}\n{finding}\n", file=sys.stdout)
        return
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("mechanism", min_width=14)
    table.add_column("verdict", no_wrap=True)
    table.add_column("finding", ratio=1, overflow="fold")
    for experiment, verdict, finding in rows:
        # Text takes brackets as they are; a plain string would be read as markup.
        cells = [Text(experiment.claim), Text(experiment.mechanism), Text(verdict, _STYLES[verdict]), Text(finding)]
        table.add_row(*cells)
    with console.capture() as captured:  # rich would end the program where nobody reads on
        console.print(table)
    click.echo(captured.get(), file=sys.stdout, nl=False, color=True)  # in its encoding, which click would change
