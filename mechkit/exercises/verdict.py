"""What the grader says: a table with a row for each case, the points, and one sentence."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mechkit.exercises.budgets import figure, spelled_key
from mechkit.words import columns


@dataclass(frozen=True)
class Row:
    """One case: one choice of sizes, with all of its seeds.

    case : such as "n = 40"; right : whether the answer is; counted, allowed : by measure, the latter in words;
    sentence : what is wrong, empty where nothing is; line : where; source : that line's text; hint : more about it;
    hidden : whether the student learns nothing but whether it passed; seed : of the problem that went wrong.
    """

    case: str
    right: bool
    counted: Mapping[Any, float] = field(default_factory=dict)
    allowed: Mapping[Any, str] = field(default_factory=dict)
    sentence: str = ""
    line: str = ""
    source: str = ""
    hint: str = ""
    hidden: bool = False
    points: float = 0.0
    max_points: float = 0.0
    seed: int | None = None

    def as_hidden(self) -> Row:
        """The row without what a student may not learn."""
        sentence = "" if self.passed else "a hidden case did not pass"
        hidden = {"counted": {}, "allowed": {}, "line": "", "source": "", "hint": "", "right": self.passed}
        return replace(self, case="hidden", sentence=sentence, **hidden)  # type: ignore[arg-type]

    @property
    def passed(self) -> bool:
        """Whether the answer is right and its cost is allowed."""
        return not self.sentence

    @property
    def full_sentence(self) -> str:
        """What is wrong, with the line and the hint; empty where nothing is wrong."""
        if self.passed:
            return ""
        text = f"{self.line}: {self.sentence}" if self.line else self.sentence
        return f"{text}. {self.hint}" if self.hint else text


@dataclass(frozen=True)
class Verdict:
    """What the grader says of one submission.

    exercise : its name; submission : what was graded; rows : a `Row` for each case; max_points : what can be had
    refused : why the submission could not be graded at all, else empty; line : where
    gradable : False where the submission could not even be read, so that it should be handed in again
    leaderboard : the counts at the largest case, by measure, where all cases passed
    """

    exercise: str
    submission: str
    rows: tuple[Row, ...]
    max_points: float
    refused: str = ""
    gradable: bool = True
    leaderboard: Mapping[Any, float] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether all cases are right and within the budgets."""
        return not self.refused and all(row.passed for row in self.rows)

    @property
    def points(self) -> float:
        """The points: an equal share for each case that passed."""
        if self.refused:
            return 0.0
        return self.max_points if self.passed else round(sum(row.points for row in self.rows), 4)

    @property
    def sentence(self) -> str:
        """The verdict in one sentence: that of the first case that did not pass."""
        if self.refused:
            return self.refused
        failed = next((row for row in self.rows if not row.passed), None)
        if failed is None:
            return f"all {len(self.rows)} cases are right and within the budgets"
        return f"{failed.case}: {failed.full_sentence}"

    def require(self) -> None:
        """Raises AssertionError, with the sentence alone, where a case did not pass."""
        __tracebackhide__ = True
        if not self.passed:
            raise AssertionError(self.sentence)

    def cells(self) -> list[list[str]]:
        """The table, row by row, with its head."""
        rows = [["case", "right", "counted", "allowed", "remark"]]
        for row in self.rows:
            counted = ", ".join(f"{figure(number)} {spelled_key(key)}" for key, number in row.counted.items())
            allowed = ", ".join(row.allowed.values())
            rows.append([row.case, "yes" if row.right else "no", counted, allowed, row.full_sentence or "passed"])
        return rows

    def shown(self) -> str:
        """The table as a student may see it: of hidden cases only whether they passed."""
        rows = tuple(row.as_hidden() if row.hidden else row for row in self.rows)
        return str(replace(self, rows=rows))

    def __str__(self) -> str:
        score = f"{self.exercise}, {self.submission}: {self.points:g} of {self.max_points:g} points"
        if self.refused:
            return f"{score}\n{self.refused}"
        return "\n".join([score, *columns(self.cells(), left=range(5))])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        score = f"{self.exercise}, {self.submission}: {self.points:g} of {self.max_points:g} points"
        if self.refused:
            return f"<p>{html.escape(score)}<br>{html.escape(self.refused)}</p>"
        head, *rows = self.cells()
        cells = "".join(f"<th style='text-align:left'>{html.escape(cell)}</th>" for cell in head)
        body = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        return f"<p>{html.escape(score)}</p><table><tr>{cells}</tr>{body}</table>"

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain data, as JSON has it."""
        return {
            "exercise": self.exercise,
            "submission": self.submission,
            "gradable": self.gradable,
            "passed": self.passed,
            "points": self.points,
            "max_points": self.max_points,
            "sentence": self.sentence,
            "leaderboard": {spelled_key(key): number for key, number in self.leaderboard.items()},
            "cases": [
                {
                    "case": row.case,
                    "right": row.right,
                    "passed": row.passed,
                    "counted": {spelled_key(key): number for key, number in row.counted.items()},
                    "allowed": {spelled_key(key): text for key, text in row.allowed.items()},
                    "sentence": row.full_sentence,
                    "points": row.points,
                    "max_points": row.max_points,
                    "hidden": row.hidden,
                    "seed": row.seed,
                }
                for row in self.rows
            ],
        }
