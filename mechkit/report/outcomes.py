"""Running the experiments one by one, so that one that fails does not lose the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mechkit.mechanisms.experiment import Experiment, Result, run
from mechkit.report.errors import one_line


@dataclass(frozen=True)
class Failure:
    """An experiment that raised, and its error in one line."""

    experiment: Experiment
    error: str


Outcome = Result | Failure


def run_all(experiments: Iterable[Experiment], started: Callable[[Experiment], None] = lambda _: None) -> list[Outcome]:
    """Run each experiment, in order; one that raises becomes a `Failure`. ``started`` is told before each."""
    outcomes: list[Outcome] = []
    for experiment in experiments:
        started(experiment)
        try:
            outcomes.append(run(experiment))
        except (Exception, SystemExit) as error:  # none may end the others
            outcomes.append(Failure(experiment, one_line(error)))
    return outcomes
