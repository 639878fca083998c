"""The shape of every experiment: a statement, a measurement, and a rule that turns the one's numbers into a verdict.

An experiment is data: what is claimed and where, what is compared, two functions. ``measure()`` returns `Evidence`;
``judge(numbers)`` is a pure function of the measured numbers, so that a test can show each verdict coming out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["confirmed", "qualified", "refuted"]


@dataclass(frozen=True)
class Table:
    """Rows of figures under a caption. Cells are numbers or text; formatting is the report's business."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Figure:
    """A picture as a recipe: ``draw(axes)`` plots on a matplotlib Axes; the caption says what to see."""

    caption: str
    draw: Callable[[Any], None]


@dataclass(frozen=True)
class Evidence:
    """What a measurement found.

    numbers : the figures that the verdict rests on, by name; tables, figures : for the reader;
    notes : anything a reader must know, such as a count that comes from a law and not from a run.
    """

    numbers: Mapping[str, float]
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Experiment:
    """One statement of the survey and how it is tested.

    claim : its key, such as "S1"; mechanism : one of the seven; statement : what the survey says, paraphrased;
    source : where it says so; baseline, improvement : the two sides, on the same problem; rule : in words, how
    ``judge`` decides; measure : () -> Evidence; judge : numbers -> (verdict, one sentence with its figure).
    """

    claim: str
    mechanism: str
    statement: str
    source: str
    baseline: str
    improvement: str
    rule: str
    measure: Callable[[], Evidence]
    judge: Callable[[Mapping[str, float]], tuple[Verdict, str]]


@dataclass(frozen=True)
class Result:
    """An experiment that was run: its evidence, its verdict, the sentence that goes with it, the time it took."""

    experiment: Experiment
    evidence: Evidence
    verdict: Verdict
    finding: str
    seconds: float = field(compare=False)


def run(experiment: Experiment) -> Result:
    """Measure, judge, and keep the time."""
    start = time.perf_counter()
    evidence = experiment.measure()
    verdict, finding = experiment.judge(evidence.numbers)
    return Result(experiment, evidence, verdict, finding, time.perf_counter() - start)


def verdict_by_parts(passed: int, of: int) -> Verdict:
    """Confirmed if all parts pass, qualified if some do, refuted if none does.

    >>> [verdict_by_parts(passed, 3) for passed in (3, 1, 0)]
    ['confirmed', 'qualified', 'refuted']
    """
    return "confirmed" if passed == of else "qualified" if passed else "refuted"
