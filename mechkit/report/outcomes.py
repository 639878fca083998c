"""Running the claims one by one, so that one that fails does not lose the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mechkit.mechanisms.claim import Claim, Result, run
from mechkit.report.errors import one_line


@dataclass(frozen=True)
class Failure:
    """A claim that raised, and its error in one line."""

    claim: Claim
    error: str


Outcome = Result | Failure


def run_all(claims: Iterable[Claim], started: Callable[[Claim], None] = lambda _: None) -> list[Outcome]:
    """Run each claim, in order; one that raises becomes a `Failure`. ``started`` is told before each."""
    outcomes: list[Outcome] = []
    for claim in claims:
        started(claim)
        try:
            outcomes.append(run(claim))
        except (Exception, SystemExit) as error:  # none may end the others
            outcomes.append(Failure(claim, one_line(error)))
    return outcomes
