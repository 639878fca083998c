"""``mechkit warm``: compile ahead what the drivers need, so that nobody waits for the first answer."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import click

from mechkit.commands.common import in_one_sentence, unknown
from mechkit.commands.drivers import Driver, drivers, families, run_examples
from mechkit.commands.ending import Stopped
from mechkit.commands.worker import WorkerError, end_with_parent, in_worker, results

#: More processes gain nothing: the slowest driver alone takes as long as the others on these.
MOST_JOBS = 8


@click.command()
@click.argument("wanted", metavar="[FAMILY]...", nargs=-1)
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Run on N processes; without it, on all processors."
)
@click.pass_context
@in_one_sentence
def warm(context: click.Context, wanted: tuple[str, ...], jobs: int | None) -> None:
    """Compile ahead what the drivers need, of the families named, or of all.

    Runs the examples in the drivers' docstrings, each driver in a process of its own, and keeps the compiled code. So
    the first call of a driver answers at once. Arguments of other types than those of the examples are still compiled
    when they are first met. Ctrl-C ends the run: what is compiled by then is kept, and the next run goes on from there.

    \b
    Examples:
      mechkit warm
      mechkit warm linear_systems --jobs 2
    """
    import numba

    from mechkit.counting.kernel_cache import cannot_be_kept, prepare_directory
    from mechkit.measurement.sweeping.progress_bar import progress_bar

    known = families()
    for name in wanted:
        if name not in known:
            raise click.BadParameter(unknown("family", name, known), param_hint="FAMILY")
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        raise click.ClickException("the compiler is off; unset NUMBA_DISABLE_JIT and run mechkit warm again")
    chosen = drivers(dict.fromkeys(wanted or known))
    already = warm_ones(chosen)
    cold = [driver for driver in chosen if driver not in already]
    try:
        if cold:
            prepare_directory()
    except OSError as error:
        raise click.ClickException(cannot_be_kept(error)) from error
    failures: list[str] = []
    start, done = time.monotonic(), 0
    with progress_bar(len(cold), 0) as advance:

        def receive(failure: str) -> None:
            nonlocal done
            done += 1
            failures.extend(filter(None, [failure]))
            advance()

        try:
            if cold:
                in_worker(partial(_compile_all, cold, min(jobs or _processors(), len(cold))), receive)
        except KeyboardInterrupt:
            raise Stopped(
                f"Stopped after {done} of {len(cold)} drivers; what is compiled is kept: run mechkit warm again."
            ) from None
    for family, (ready, number) in warm_drivers(chosen).items():
        click.echo(f"{family}: {ready} of {number} drivers are warm")
    if cold:
        click.echo(f"{len(cold) - len(failures)} drivers compiled in {time.monotonic() - start:.0f} s")
    for failure in dict.fromkeys(failures):
        click.echo(failure, err=True)
    if failures:
        context.exit(1)


def _processors() -> int:
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST_JOBS)


def _compile_all(cold: list[Driver], jobs: int, send: Callable[[str], None]) -> None:
    """Compile for each driver in a process of its own, and send why it could not be done, or an empty text.

    Raises OSError where the code cannot be kept.
    """
    forks = sys.platform == "linux"  # what was imported here need not be imported again
    tasks = None if forks else 1  # forked processes fork for each task
    context = get_context("fork" if forks else "spawn")
    with ProcessPoolExecutor(jobs, context, end_with_parent, max_tasks_per_child=tasks) as pool:
        in_order = sorted(cold, key=lambda driver: driver.method != "")  # a method shares code with the default
        try:
            for finished in as_completed([pool.submit(_compile_apart, driver) for driver in in_order]):
                send(finished.result())
        except OSError:  # what the others compile could not be kept either
            pool.shutdown(cancel_futures=True)
            raise


def _compile_apart(driver: Driver) -> str:
    """Why a driver could not be compiled for; a driver whose code crashes takes no other with it."""
    try:
        return results(lambda send: send(compile_ahead(driver)))[0]
    except WorkerError as error:
        return f"{driver}: {error}"


def compile_ahead(driver: Driver) -> str:
    """Run the examples of a driver, and note which entries of the cache they needed; why it failed, or an empty text.

    The note is right where this process has not compiled before. Raises OSError where the code cannot be kept.
    """
    from mechkit.counting.kernel_cache import CacheWarning, used

    if warm_ones([driver]):  # another run was here in the meantime
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", CacheWarning)
            run_examples(driver, until_called=bool(driver.method))
        _write_note(driver, used)
    except CacheWarning as warning:
        raise OSError(str(warning)) from None
    except Exception as error:
        return f"{driver}: " + " ".join(f"{type(error).__name__}: {error}".split())
    return ""


def warm_drivers(chosen: Iterable[Driver]) -> dict[str, tuple[int, int]]:
    """How many of the drivers are warm, and how many there are, by family."""
    every = list(chosen)
    ready = Counter(driver.family for driver in warm_ones(every))
    return {family: (ready[family], n) for family, n in Counter(driver.family for driver in every).items()}


def warm_ones(chosen: Iterable[Driver]) -> set[Driver]:
    """The drivers whose examples need nothing compiled: all entries of the cache that they needed are there, whole."""
    from mechkit.counting.kernel_cache import is_kept

    kept = cache(is_kept)  # drivers share entries
    needed = {driver: _read_note(driver) for driver in chosen}
    return {driver for driver, names in needed.items() if names is not None and all(map(kept, names))}


def _read_note(driver: Driver) -> list[str] | None:
    from mechkit.counting.kernel_cache import places

    for place, *rest in places():
        try:
            names = json.loads(_note(driver, place, *rest).read_text())
        except (OSError, ValueError):
            continue
        if isinstance(names, list):
            return names
    return None


def _write_note(driver: Driver, names: Iterable[str]) -> None:
    from mechkit.counting.kernel_cache import places
    from mechkit.files import write_file

    path = _note(driver, *next(places()))
    path.parent.mkdir(exist_ok=True)
    write_file(path, json.dumps(sorted(names)))


def _note(driver: Driver, place: Path, *machine: object) -> Path:
    """The file that names the entries of the cache that a driver needs, for the sources and the machine.

    The names of the entries depend on both.
    """
    stamp = hashlib.sha256(f"{_sources()} {machine}".encode()).hexdigest()[:16]
    return place / "warm" / f"{stamp}.{driver.family}.{driver.name}.{driver.method}.json"


@cache
def _sources() -> str:
    """A word for all of mechkit's sources."""
    package = Path(__file__).parents[1]
    sources = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        sources.update(source.relative_to(package).as_posix().encode() + source.read_bytes())
    return sources.hexdigest()
