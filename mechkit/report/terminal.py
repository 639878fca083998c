"""What the terminal shows: progress while the experiments run, and the table of verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from mechkit.mechanisms.experiment import Experiment, Result
from mechkit.report.outcomes import Outcome, run_all

_STYLES = {"confirmed": "bold blue", "qualified": "bold yellow", "refuted": "bold red", "failed": "bold reverse"}


def run_with_progress(experiments: Sequence[Experiment]) -> list[Outcome]:
    """Run the experiments; where standard error is a terminal, it names the one that runs."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True)),
    )
    terminal = console.is_terminal
    with Progress(*columns, console=console, transient=True, expand=True, disable=not terminal) as progress:
        task = progress.add_task("", total=len(experiments))
        done = -1

        def started(experiment: Experiment) -> None:
            nonlocal done
            done += 1
            name = f"{experiment.claim} {experiment.mechanism}: {experiment.improvement}"
            progress.update(task, completed=done, description=name)

        return run_all(experiments, started)


def print_verdicts(outcomes: Sequence[Outcome]) -> None:
    """Print the table of verdicts on standard output: in colour on a terminal, plain in a pipe or a file."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("mechanism", min_width=14)
    table.add_column("verdict", no_wrap=True)
    table.add_column("finding", ratio=1, overflow="fold")
    for outcome in outcomes:
        verdict, finding = (
            (outcome.verdict, outcome.finding) if isinstance(outcome, Result) else ("failed", outcome.error)
        )
        experiment = outcome.experiment
        # Text takes brackets as they are; a plain string would be read as markup.
        cells = [Text(experiment.claim), Text(experiment.mechanism), Text(verdict, _STYLES[verdict]), Text(finding)]
        table.add_row(*cells)
    Console().print(table)
