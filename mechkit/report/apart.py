"""One claim after the other, in a process of its own: what it hands over, and how that becomes a section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mechkit.mechanisms.claim import Claim, Evidence, Figure, Result
from mechkit.report.errors import one_line
from mechkit.report.outcomes import Failure, run_all
from mechkit.report.page import Section
from mechkit.report.pictures import Picture
from mechkit.report.write import drawn


@dataclass(frozen=True)
class Started:
    """The claim at a place, from 0, begins."""

    place: int


@dataclass(frozen=True)
class Done:
    """What came of it, without the functions that it is made of: they stay in their process."""

    place: int
    error: str | None
    evidence: Evidence | None = None
    seconds: float = 0.0
    pictures: Sequence[Picture] = ()
    files: Sequence[str] = ()

    def section(self, claims: Sequence[Claim]) -> Section:
        """The section, with the claim put back."""
        claim = claims[self.place]
        if self.evidence is None:
            return Section(self.place + 1, Failure(claim, self.error or ""))
        result = Result(claim, self.evidence, self.seconds)
        return Section(self.place + 1, result, self.pictures, self.files)


def run_and_send(claims: Sequence[Claim], send: Callable[[Any], None]) -> None:
    """Run the claims in order and send, of each, `Started` and `Done`, its figures drawn."""
    for place, claim in enumerate(claims):
        send(Started(place))
        (outcome,) = run_all([claim])
        section = drawn(place + 1, outcome)
        if not isinstance(outcome, Result):
            send(Done(place, outcome.error))
            continue
        figures = [Figure(figure.caption, _drawn_already) for figure in outcome.evidence.figures]
        evidence = replace(outcome.evidence, figures=figures)
        done = Done(place, None, evidence, outcome.seconds, section.pictures, section.files)
        try:
            send(done)
        except Exception as error:  # a result that cannot leave its process
            send(Done(place, one_line(error)))


def _drawn_already(axes: Any) -> None:
    raise RuntimeError("the figure is drawn already")
