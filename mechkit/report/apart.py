"""The claims in processes of their own: what each hands over, and how that becomes a section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from multiprocessing import get_context
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


def run_and_send(claims: Sequence[Claim], jobs: int, send: Callable[[Any], None]) -> None:
    """Run the claims and send, of each, `Started` and `Done`, its figures drawn; jobs : how many at a time.

    Those that take long start first, so that none of them is left for the end.
    """
    order = sorted(range(len(claims)), key=lambda place: claims[place].quick)
    if jobs == 1:
        for place in order:
            send(Started(place))
            send(_measured(claims, place))
        return
    global _claims
    _claims = claims  # a forked process has them: their functions cannot be sent
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        running: dict[Future[Done], int] = {}
        while order or running:
            while order and len(running) < jobs:
                place = order.pop(0)
                send(Started(place))
                running[pool.submit(_of_all, place)] = place
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                place = running.pop(future)
                try:
                    send(future.result())
                except Exception as error:  # a result that cannot leave its process
                    send(Done(place, one_line(error)))


_claims: Sequence[Claim] = ()


def _of_all(place: int) -> Done:
    return _measured(_claims, place)


def _measured(claims: Sequence[Claim], place: int) -> Done:
    """Run one claim and draw its figures."""
    (outcome,) = run_all([claims[place]])
    section = drawn(place + 1, outcome)
    if not isinstance(outcome, Result):
        return Done(place, outcome.error)
    figures = [Figure(figure.caption, _drawn_already) for figure in outcome.evidence.figures]
    evidence = replace(outcome.evidence, figures=figures)
    return Done(place, None, evidence, outcome.seconds, section.pictures, section.files)


def _drawn_already(axes: Any) -> None:
    raise RuntimeError("the figure is drawn already")
