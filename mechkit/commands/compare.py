"""``mechkit compare``: algorithms side by side, by the name of the comparison."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mechkit.commands.common import OutputFile, in_one_sentence, unknown
from mechkit.commands.ending import Stopped
from mechkit.commands.kernels import names_a_kernel, run_of, takes_a_seed
from mechkit.commands.memory import require_memory
from mechkit.commands.sizes import MOST, Sizes
from mechkit.commands.worker import WorkerError, end_with_parent, in_worker
from mechkit.words import sentence

if TYPE_CHECKING:
    from mechkit.catalogue import NamedComparison
    from mechkit.measurement.comparing.comparison import Comparison


#: The sizes on which kernels of one's own are compared.
OWN_SIZES = (4, 8, 16, 32, 64, 128)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME")
@click.option(
    "--sizes", type=Sizes(), metavar="SIZES", help="10,20,40 or 10:200:10 (from, to, step; 200 is one of them)."
)
@click.option("--seeds", type=click.IntRange(min=1), metavar="K", help="Random problems: run the seeds 0 to K - 1.")
@click.option("--csv", type=OutputFile(), metavar="FILE", help="Write the rows as CSV.")
@click.option(
    "--plot", type=OutputFile(".png", ".svg", ".pdf"), metavar="FILE", help="Draw flops against size: .png, .svg, .pdf."
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Run on up to N processes.",
)
@click.option("--cost", metavar="COST", help="flops, a cost model (rand, bytes), a kind (compare), or calls.")
@click.option("--latex", is_flag=True, help="Print the table as LaTeX, for the package booktabs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: rows, laws, growth.")
@in_one_sentence
def compare(
    names: tuple[str, ...],
    sizes: list[int] | None,
    seeds: int | None,
    csv: Path | None,
    plot: Path | None,
    jobs: int,
    cost: str | None,
    latex: bool,
    as_json: bool,
) -> None:
    """Run the algorithms of a comparison, or several kernels, side by side and count exactly what each does.

    Prints the operations over the sizes, the law of each algorithm, and, for two of them, where one overtakes the
    other. ``mechkit list`` names the comparisons. FILE:KERNEL is a kernel, or a function, of your own; a function
    example(n), or example(n, rng), in the file gives its arguments.

    \b
    Examples:
      mechkit compare banded-dense
      mechkit compare banded-dense --sizes 10:200:10 --plot banded.png
      mechkit compare interchanges --seeds 20 --jobs 4 --csv interchanges.csv
      mechkit compare hw.py:horner hw.py:powers --sizes 4:40:4 --latex
    """
    from mechkit.measurement.comparing.comparison import Comparison
    from mechkit.measurement.runs import is_counted, unknown_cost
    from mechkit.measurement.sweeping.progress_bar import progress_bar

    if as_json and latex:
        raise click.UsageError("--json and --latex exclude each other")
    if cost is not None and not is_counted(cost):
        raise click.BadParameter(unknown_cost(cost), param_hint="--cost")
    named, name = _named(names, seeds)
    parts: list[Comparison] = []
    stopped: click.ClickException | None = None
    sizes = sorted(set(named.sizes if sizes is None else sizes))
    tasks = len(sizes) * (seeds or named.seeds or 1)
    if tasks > MOST:
        raise click.BadParameter(f"{tasks:,} runs are too many; give at most {MOST:,}", param_hint="--sizes or --seeds")
    try:
        with progress_bar(tasks, 0) as advance:

            def receive(part: Comparison) -> None:
                parts.append(part)
                advance()

            in_worker(partial(_run, named, name, sizes, seeds, min(jobs, tasks)), receive)
    except KeyboardInterrupt:
        stopped = Stopped(_kept(len(parts), tasks, (csv, plot)))
    except WorkerError as error:
        stopped = click.ClickException(f"{error}. {_kept(len(parts), tasks, (csv, plot))}")
    if not parts:
        assert stopped is not None
        raise stopped
    found = Comparison(tuple(run for part in sorted(parts, key=_place) for run in part.rows))
    # The files come first: who reads what is printed may stop reading.
    try:
        if csv:
            found.to_csv(csv)
        if plot:
            from mechkit.measurement.comparing.plot import save_plot

            save_plot(found, plot, cost)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        stopped = click.ClickException(sentence(error))  # what was counted is not lost
        csv = plot = None
    if as_json:
        click.echo(found.to_json(), nl=False)
    elif latex:
        click.echo(found.to_latex(cost))
    else:
        _print(found, cost)
        for path in filter(None, (csv, plot)):
            click.echo(path)
    if stopped is not None:
        raise stopped


def _place(part: Comparison) -> tuple[int, int]:
    """Where a size and a seed stand among the others."""
    first = part.rows[0]
    return first.n, first.seed or 0


def _kept(done: int, of: int, files: tuple[Path | None, ...]) -> str:
    """What is left of a comparison that did not come to its end."""
    if not done:
        return "Stopped before the first size was done; nothing was kept."
    places = ["above", *(str(path) for path in files if path)]
    return f"Stopped after {done} of {of} runs; {' and '.join(places)} are the results of these."


def _named(names: tuple[str, ...], seeds: int | None) -> tuple[NamedComparison, str]:
    """The comparison that the arguments name, and what it is called."""
    from mechkit.catalogue import COMPARISONS
    from mechkit.catalogue.entries import NamedComparison

    if all(map(names_a_kernel, names)):
        # They are loaded here, so that what is wrong with a file is told before any work starts.
        random = [takes_a_seed(spelled) for spelled in names]
        if seeds is not None and not any(random):
            raise click.BadParameter("no example takes a rng; leave --seeds out", param_hint="--seeds")
        runs = {spelled.rpartition(":")[2]: run_of(spelled) for spelled in names}
        if len(runs) < len(names):
            runs = {spelled: run_of(spelled) for spelled in names}
        return NamedComparison("", runs, OWN_SIZES, 1 if any(random) else None), " and ".join(names)
    if len(names) > 1:
        raise click.UsageError("give one comparison of the catalogue, or several kernels, FILE:KERNEL")
    (name,) = names
    if name not in COMPARISONS:
        raise click.BadParameter(unknown("comparison", name, COMPARISONS), param_hint="NAME")
    if seeds is not None and COMPARISONS[name].seeds is None:
        raise click.BadParameter(f"nothing in {name} is random; leave --seeds out", param_hint="--seeds")
    return COMPARISONS[name], name


def _run(
    named: NamedComparison,
    name: str,
    sizes: list[int],
    seeds: int | None,
    jobs: int,
    send: Callable[[Comparison], None],
) -> None:
    """Run it and send each part as it is done. Raises MemoryError where a size is too large for this machine."""
    from mechkit.measurement.comparing.compare import compare as run

    jobs = min(jobs, os.cpu_count() or 1)
    largest = named.sizes[-1]
    if sizes[-1] > largest:
        more = () if named.seeds is None else (0,)
        for label, algorithm in named.algorithms.items():
            call = partial(_call, algorithm, more)
            require_memory(f"{label!r} of {name}", call, largest, sizes[-1], jobs)
    with ExitStack() as stack:
        executor = None
        if jobs > 1:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            how = "fork" if sys.platform == "linux" else "spawn"
            executor = stack.enter_context(ProcessPoolExecutor(jobs, get_context(how), end_with_parent))
        run(
            named.algorithms,
            sizes,
            named.seeds if seeds is None else seeds,
            measure=named.measure,
            check=named.check,
            executor=executor,
            progress=False,
            each=send,
        )


def _call(algorithm: Callable[..., Any], more: tuple[int, ...], n: int) -> Any:
    return algorithm(n, *more)


def _print(found: Comparison, cost: str | None = None) -> None:
    from mechkit.measurement.comparing.tabulate import laws_text, lines
    from mechkit.measurement.laws.exact_law import LawError

    if on_a_terminal():
        from rich.console import Console

        console = Console()
        for each in (cost or "flops", *found.figures):
            table = found.table(each)
            if console.measure(table, options=console.options.update(max_width=10_000)).maximum <= console.width:
                console.print(table)
            else:  # a table would lose figures
                click.echo(listed(found, each) + "\n")
        click.echo(laws_text(found, cost))
    elif cost is not None:
        click.echo(f"{lines(found, cost)}\n\n{laws_text(found, cost)}")
    else:
        click.echo(found)
    if len(found.algorithms) == 2:
        try:
            click.echo(f"\n{found.crossover(*found.algorithms, cost)}")
        except LawError:
            return  # without a law for each there is no crossover to tell; what there is, is printed above


def listed(found: Comparison, cost: str) -> str:
    """One cost's table as a list, one figure a line, for a terminal that is too narrow for the table."""
    from mechkit.measurement.comparing.tabulate import grid

    title, (_, *heads), rows = grid(found, cost)
    lines = [title]
    for n, *figures in rows:
        lines += [f"n = {n}", *(f"  {head}: {figure}" for head, figure in zip(heads, figures, strict=True))]
    return "\n".join(lines)


def on_a_terminal() -> bool:
    """Whether standard output is a terminal, so that rules and colors are welcome."""
    return sys.stdout is not None and sys.stdout.isatty()
