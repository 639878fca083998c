"""``mechkit compare``: algorithms side by side, by the name of the comparison."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mechkit.commands.common import OutputFile, in_one_sentence, unknown

if TYPE_CHECKING:
    from mechkit.measurement.comparison import Comparison
    from mechkit.mechanisms.comparisons import NamedComparison


class Sizes(click.ParamType):
    """Sizes as ``10,20,40``, or ``10:200:10`` for 10, 20, ..., 200, or both."""

    name = "sizes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """The sizes, in ascending order. Fails with one sentence."""
        if isinstance(value, list):
            return value
        found: set[int] = set()
        for part in value.split(","):
            numbers = re.fullmatch(r"\s*(\d+)(?::(\d+)(?::(\d+))?)?\s*", part)
            if not numbers:
                self.fail(f"{part!r} is no size; write 10,20,40 or 10:200:10 (from, to, step)", param, ctx)
            start, stop, step = int(numbers[1]), int(numbers[2] or numbers[1]), int(numbers[3] or 1)
            if start < 1 or stop < start or step < 1:
                self.fail(f"{part!r} holds no sizes; write from:to:step, such as 10:200:10", param, ctx)
            found.update(range(start, stop + 1, step))
        return sorted(found)


@click.command()
@click.argument("name")
@click.option(
    "--sizes", type=Sizes(), metavar="SIZES", help="10,20,40 or 10:200:10 (from, to, step; 200 is one of them)."
)
@click.option("--seeds", type=click.IntRange(min=1), metavar="K", help="Random problems: run the seeds 0 to K - 1.")
@click.option("--csv", type=OutputFile(), metavar="FILE", help="Write the rows as CSV.")
@click.option(
    "--plot", type=OutputFile(".png", ".svg", ".pdf"), metavar="FILE", help="Draw flops against size: .png, .svg, .pdf."
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Run on N processes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: rows, laws, growth.")
@in_one_sentence
def compare(
    name: str, sizes: list[int] | None, seeds: int | None, csv: Path | None, plot: Path | None, jobs: int, as_json: bool
) -> None:
    """Run the algorithms of a comparison side by side and count exactly what each does.

    Prints the operations over the sizes, the law of each algorithm, and, for two of them, where one overtakes the
    other. ``mechkit list`` names the comparisons.

    \b
    Examples:
      mechkit compare banded-dense
      mechkit compare banded-dense --sizes 10:200:10 --plot banded.png
      mechkit compare interchanges --seeds 20 --jobs 4 --csv interchanges.csv
    """
    found = _run(_named(name, seeds), sizes, seeds, jobs)
    if csv:
        found.to_csv(csv)
    if plot:
        from mechkit.measurement.plot import save_plot

        save_plot(found, plot)
    if as_json:
        click.echo(found.to_json(), nl=False)
        return
    _print(found)
    for path in filter(None, (csv, plot)):
        click.echo(path)


def _named(name: str, seeds: int | None) -> NamedComparison:
    from mechkit.mechanisms.comparisons import COMPARISONS

    if name not in COMPARISONS:
        raise click.BadParameter(unknown("comparison", name, COMPARISONS), param_hint="NAME")
    if seeds is not None and COMPARISONS[name].seeds is None:
        raise click.BadParameter(f"nothing in {name} is random; leave --seeds out", param_hint="--seeds")
    return COMPARISONS[name]


def _run(named: NamedComparison, sizes: list[int] | None, seeds: int | None, jobs: int) -> Comparison:
    from mechkit.measurement.compare import compare as run

    with ExitStack() as stack:
        executor = None
        if jobs > 1:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            executor = stack.enter_context(ProcessPoolExecutor(jobs, mp_context=get_context("spawn")))
        return run(
            named.algorithms,
            named.sizes if sizes is None else sizes,
            named.seeds if seeds is None else seeds,
            measure=named.measure,
            check=named.check,
            executor=executor,
        )


def _print(found: Comparison) -> None:
    from mechkit.measurement.law import LawError

    if on_a_terminal():
        from rich.console import Console

        from mechkit.measurement.tabulate import laws_text

        console = Console()
        for cost in ("flops", *found.figures):
            console.print(found.table(cost))
        click.echo(laws_text(found))
    else:
        click.echo(found)
    if len(found.algorithms) == 2:
        try:
            click.echo(f"\n{found.crossover(*found.algorithms)}")
        except LawError:
            return  # without a law for each there is no crossover to tell; what there is, is printed above


def on_a_terminal() -> bool:
    """Whether standard output is a terminal, so that rules and colours are welcome."""
    return sys.stdout.isatty()
