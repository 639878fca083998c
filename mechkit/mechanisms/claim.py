"""The form of a claim: a statement, a measurement, and checks from which one general judge makes the verdict.

A file in ``claims/`` holds one claim and reads from top to bottom: the parts of the statement, the constants, the
measurement and the figures. It ends in ``CLAIM = Claim(...)``. Its measurement returns `Evidence`. The verdict, the
rule in words and the sentence that goes with the verdict are made from the checks; no claim has a judge of its own.
"""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.wanted import Wanted, above, at_least, at_most, below, between, exactly, written
from mechkit.problems import Matrix

__all__ = [
    "ARITHMETIC",
    "MECHANISMS",
    "Check",
    "Claim",
    "Evidence",
    "Figure",
    "Gain",
    "Headline",
    "Judged",
    "Judgement",
    "Result",
    "Table",
    "Verdict",
    "Wanted",
    "above",
    "at_least",
    "at_most",
    "below",
    "between",
    "exactly",
    "judge",
    "run",
    "written",
]

#: The survey's mechanisms, in its order.
MECHANISMS = (
    "sparsity",
    "fewer iterations",
    "reduced precision",
    "stochasticity",
    "data tailoring",
    "objective functions",
    "complexity trade-offs",
)
#: What its appendix A says of counting itself, which is no mechanism.
ARITHMETIC = "the arithmetic of effort"
#: A headline is short enough to be remembered.
MOST_WORDS = 20

Verdict = Literal["confirmed", "qualified", "refuted"]
#: A part whose cases all lie outside the statement is not judged.
PartVerdict = Literal["confirmed", "qualified", "refuted", "not judged"]

JUDGING = (
    "A part is confirmed if all of its cases hold, qualified if some hold, and refuted if no case holds. "
    "The statement is confirmed if every part is confirmed, refuted if no case of any part holds, and otherwise "
    "qualified."
)


# -- what a measurement returns --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One measured number beside what the statement promises of it.

    part : the part of the statement, one of the claim's ``parts``; case : what was measured on; measured : the number;
    wanted : what it must be, such as ``at_least(1.5)``; within : False for a case that a fair reader would place
    outside the statement, which is shown as its limit and not judged.
    """

    part: str
    case: str
    measured: float
    wanted: Wanted
    within: bool = True

    @property
    def holds(self) -> bool:
        """Whether the number is what is wanted."""
        return self.wanted.holds(self.measured)


@dataclass(frozen=True)
class Headline:
    """One sentence of at most 20 words with one measured number that a reader remembers.

    sentence : with a place for the number, as in ``str.format``; number : computed from the evidence.

    >>> print(Headline("A band 2 % wide costs 1/{:,.0f} of the dense solve.", 1863.4))
    A band 2 % wide costs 1/1,863 of the dense solve.
    """

    sentence: str
    number: float

    def __post_init__(self) -> None:
        """Raises ValueError where the sentence is too long, or has no place for the number."""
        if len(str(self).split()) > MOST_WORDS:
            raise ValueError(f"the headline has {len(str(self).split())} words; shorten it to {MOST_WORDS}: {self}")
        if str(self) == self.sentence:
            raise ValueError(f"the headline has no place for its number; write {{}} where it goes: {self.sentence}")

    def __str__(self) -> str:
        """The sentence with its number."""
        return self.sentence.format(self.number)


@dataclass(frozen=True)
class Gain:
    """What the improvement saves on one problem of a stated size: the cost before and after.

    at : the problem and its size; before, after : the two costs; unit : what is counted.

    >>> print(Gain("one dense system, n = 1,000", 8e5, 4e5))
    2 times fewer flops: from 800,000 to 400,000 (one dense system, n = 1,000)
    """

    at: str
    before: float
    after: float
    unit: str = "flops"

    @property
    def factor(self) -> float:
        """How many times less; infinite where nothing is left."""
        return self.before / self.after if self.after else math.inf

    def __str__(self) -> str:
        """In one line; below 1 the factor says that the improvement costs more."""
        costs = f"from {written(self.before)} to {written(self.after)} ({self.at})"
        if self.factor < 1:
            return f"{written(1 / self.factor)} times more {self.unit}: {costs}"
        return f"{written(self.factor)} times fewer {self.unit}: {costs}"


@dataclass(frozen=True)
class Table:
    """Rows of figures under a caption. Cells are numbers or text; the report formats them."""

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

    checks : what the verdict rests on, and the limits of the statement; headline, gain : what a reader takes away (a
    statement about counting has no gain); tables, figures : for the reader; timings : tables of what depends on the
    machine; laws : exact laws that the page computes at any size; notes : anything a reader must know, such as a count
    that comes from a law and not from a run.
    """

    checks: Sequence[Check]
    headline: Headline
    gain: Gain | None
    tables: Sequence[Table] = ()
    timings: Sequence[Table] = ()
    laws: Sequence[LawsBySize] = ()
    figures: Sequence[Figure] = ()
    notes: Sequence[str] = ()


# -- the claim -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """One statement of the survey and how it is measured.

    key : such as "S1"; mechanism : one of `MECHANISMS`, or `ARITHMETIC`; statement : what the survey says, paraphrased;
    source : where it says so; baseline, improvement : the two sides, on the same problem; parts : each part of the
    statement, as a clause, with the number that is measured for it; measure : () -> Evidence; measure_on : the same on
    a matrix of the reader's own, for claims that can be measured on one; measure_published : the same on published
    problems, from the folder that holds them; limits : clauses that a reader might add to the statement, with their
    numbers, which are shown and not judged; quick : False where the measurement takes more than a few seconds.
    """

    key: str
    mechanism: str
    statement: str
    source: str
    baseline: str
    improvement: str
    parts: Mapping[str, str]
    measure: Callable[[], Evidence]
    measure_on: Callable[[Matrix], Evidence] | None = None
    measure_published: Callable[[Path], Evidence] | None = None
    limits: Mapping[str, str] = field(default_factory=dict)
    quick: bool = True

    @property
    def file(self) -> Path:
        """The file that the claim is written in."""
        measure = self.measure.func if isinstance(self.measure, partial) else self.measure
        return Path(inspect.getsourcefile(measure) or "")

    @property
    def place(self) -> str:
        """That file as it stands in the repository."""
        root = Path(__file__).parents[2]
        return (self.file.relative_to(root) if self.file.is_relative_to(root) else self.file).as_posix()


# -- the judge -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """The verdict on one part of a statement: how many of its cases hold."""

    part: str
    verdict: PartVerdict
    held: int
    of: int
    sentence: str


@dataclass(frozen=True)
class Judgement:
    """The verdict on a statement, by its parts, and one sentence that says what was found."""

    verdict: Verdict
    parts: Sequence[Judged]
    sentence: str


def judge(parts: Iterable[str], checks: Sequence[Check], limits: Iterable[str] = ()) -> Judgement:
    """The verdict on a statement from its checks, by the rule in `JUDGING`; a part without any check is left out.

    Raises ValueError where a check names an unknown part, where a limit is to be judged, and where nothing can be.

    >>> checks = [Check("it is fast", "n = 8", 2.0, above(1)), Check("it is fast", "n = 2", 1.0, above(1))]
    >>> found = judge(["it is fast"], checks)
    >>> print(found.verdict, "-", found.sentence)
    qualified - It is fast: true in 1 of 2 cases, but not for n = 2 (1, wanted above 1).
    """
    parts, limits = list(parts), list(limits)
    for check in checks:
        if check.part not in parts and check.part not in limits:
            known = ", ".join(map(repr, parts + limits))
            raise ValueError(f"a check names the part {check.part!r}; the claim's parts and limits are {known}")
        if check.part in limits and check.within:
            raise ValueError(f"{check.part!r} is a limit of the statement; give its check within=False")
    by_part = {part: [check for check in checks if check.part == part] for part in parts}
    judged = [_judge_part(part, [check for check in of if check.within]) for part, of in by_part.items() if of]
    held, of = sum(part.held for part in judged), sum(part.of for part in judged)
    if not of:
        raise ValueError("no check lies within the statement, so nothing can be judged; give one that does")
    verdict: Verdict = "refuted" if not held else "qualified"
    if all(part.verdict == "confirmed" for part in judged):
        verdict = "confirmed"
    return Judgement(verdict, judged, ". ".join(_capitalized(part.sentence) for part in judged) + ".")


def _judge_part(part: str, within: Sequence[Check]) -> Judged:
    failing, of = [check for check in within if not check.holds], len(within)
    held = of - len(failing)
    if not of:
        return Judged(part, "not judged", 0, 0, f"{part}: not judged")
    cases = {1: "in the one case", 2: "in both cases"}.get(of, f"in all {of} cases")
    if not failing:
        return Judged(part, "confirmed", held, of, f"{part}: true {cases}")
    worst = failing[0]
    others = f", and in {len(failing) - 1} more" if len(failing) > 1 else ""
    so_far = f"true in {held} of {of} cases, but not" if held else "true in no case: not"
    example = f"{so_far} for {worst.case} ({written(worst.measured)}, wanted {worst.wanted}){others}"
    return Judged(part, "qualified" if held else "refuted", held, of, f"{part}: {example}")


def _capitalized(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


# -- a claim that was measured ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """A claim that was measured: its evidence, and the seconds that it took."""

    claim: Claim
    evidence: Evidence
    seconds: float = field(compare=False)

    @property
    def judgement(self) -> Judgement:
        """The verdicts on the statement and on its parts."""
        return judge(self.claim.parts, self.evidence.checks, self.claim.limits)

    @property
    def verdict(self) -> Verdict:
        """The verdict on the whole statement."""
        return self.judgement.verdict

    @property
    def finding(self) -> str:
        """One sentence: in how many cases each part holds."""
        return self.judgement.sentence

    @property
    def rule(self) -> str:
        """In words, what is measured for each part, what is wanted of it, and how the verdict follows."""
        parts = [f"{p.part} if {self.claim.parts[p.part]} is {self.wanted(p.part)}." for p in self.judgement.parts]
        return " ".join([*map(_capitalized, parts), JUDGING])

    def wanted(self, part: str) -> str:
        """What is wanted of the numbers of a part, in words."""
        checks = [check for check in self.evidence.checks if check.part == part]
        within = [check for check in checks if check.within] or checks
        return " or ".join(dict.fromkeys(str(check.wanted) for check in within))

    def check(self, part: str, case: str) -> Check:
        """The check of a case. Raises KeyError where there is none."""
        for check in self.evidence.checks:
            if (check.part, check.case) == (part, case):
                return check
        raise KeyError(f"{self.claim.key} has no check of {case!r} for {part!r}")


def run(claim: Claim) -> Result:
    """Measure a claim and judge it. Raises ValueError where its checks do not fit its parts."""
    start = time.perf_counter()
    evidence = claim.measure()
    judge(claim.parts, evidence.checks, claim.limits)
    return Result(claim, evidence, time.perf_counter() - start)
