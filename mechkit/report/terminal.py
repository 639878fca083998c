"""What the terminal shows: progress while the claims run, the table of verdicts, and the checks behind them."""

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

from mechkit.mechanisms.claim import Claim, Result
from mechkit.report.cells import cell
from mechkit.report.outcomes import Outcome
from mechkit.report.tables import checks_table, limits_table

_STYLES = {"confirmed": "bold blue", "qualified": "bold yellow", "refuted": "bold red", "failed": "bold reverse"}

#: Below so many columns the table would break its words.
NARROW = 60


@contextmanager
def progress(claims: Sequence[Claim]) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """A bar on standard error, where that is a terminal; yields what is to be told the place of each
    that starts, and of each that is done."""
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
    task = bar.add_task("", total=len(claims))

    running: dict[int, str] = {}

    def started(k: int) -> None:
        bar.start()  # its thread starts now: the claims must have a process of their own first
        claim = claims[k]
        running[k] = f"{claim.key} {claim.mechanism}: {claim.improvement}"
        bar.update(task, description=next(iter(running.values())))

    def finished(k: int) -> None:
        running.pop(k, None)
        bar.update(task, advance=1, description=next(iter(running.values()), ""))

    try:
        yield started, finished
    finally:
        bar.stop()


def print_verdicts(outcomes: Sequence[Outcome]) -> None:
    """Print the verdicts and headlines: a table, or, where a terminal is too narrow for one, a list."""
    rows = [
        (outcome.claim, outcome.verdict, str(outcome.evidence.headline))
        if isinstance(outcome, Result)
        else (outcome.claim, "failed", outcome.error)
        for outcome in outcomes
    ]
    console = Console()
    if console.width < NARROW:
        for claim, verdict, headline in rows:
            click.echo(f"{claim.key} {claim.mechanism}: {verdict}\n{headline}\n", file=sys.stdout)
        return
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("mechanism", min_width=14)
    table.add_column("verdict", no_wrap=True)
    table.add_column("headline", ratio=1, overflow="fold")
    for claim, verdict, headline in rows:
        # Text takes brackets as they are; a plain string would be read as markup.
        table.add_row(Text(claim.key), Text(claim.mechanism), Text(verdict, _STYLES[verdict]), Text(headline))
    _print(console, table)


def print_checks(outcomes: Sequence[Outcome]) -> None:
    """Print of each claim its statement, its parts, what the verdict rests on, the limits and the gain."""
    console = Console()
    for outcome in outcomes:
        if not isinstance(outcome, Result):
            continue
        lines = [f"{outcome.claim.key}: {outcome.claim.statement}"]
        lines += [f"gain: {outcome.evidence.gain}"] if outcome.evidence.gain else []
        lines += [f"{part.verdict}: {part.sentence}" for part in outcome.judgement.parts]
        click.echo("\n".join(lines), file=sys.stdout)
        for found in (checks_table(outcome), limits_table(outcome)):
            if not found.rows:
                continue
            if console.width < NARROW:
                rows = (" | ".join(map(cell, row)) for row in found.rows)
                click.echo("\n".join([found.caption, *rows]), file=sys.stdout)
                continue
            table = Table(box=box.SIMPLE, pad_edge=False, title=found.caption, title_justify="left")
            for name in found.columns:
                table.add_column(name, overflow="fold", justify="right" if name == "measured" else "left")
            for row in found.rows:
                table.add_row(*(Text(cell(value)) for value in row))
            _print(console, table)


def _print(console: Console, table: Table) -> None:
    with console.capture() as captured:  # rich would end the program where nobody reads on
        console.print(table)
    click.echo(captured.get(), file=sys.stdout, nl=False, color=True)  # in its encoding, which click would change
