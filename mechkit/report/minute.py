"""A reader's minute: one gain for each mechanism, in one picture, and the verdicts as a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mechkit.mechanisms.claim import ARITHMETIC, MECHANISMS, Claim, Figure, Gain, Result, written
from mechkit.report.outcomes import Outcome
from mechkit.report.pictures import Picture, draw

#: The claims whose gains are shown, where they were measured; otherwise the mechanism's first claim with a gain.
SHOWN = ("S1", "F3", "P2", "T4", "D5", "O3", "C6")


@dataclass(frozen=True)
class Row:
    """A mechanism, and the claim that stands for it."""

    claim: Claim
    gain: Gain

    @property
    def times(self) -> str:
        """The factor in words.

        >>> from mechkit.mechanisms import CLAIMS
        >>> Row(CLAIMS["S1"], Gain("n = 8", 64, 8)).times
        '8 times fewer flops'
        """
        return f"{written(self.gain.factor)} times fewer {self.gain.unit}"


def rows(outcomes: Iterable[Outcome]) -> list[Row]:
    """One row for each mechanism of which a claim with a gain was measured."""
    found = []
    measured = [outcome for outcome in outcomes if isinstance(outcome, Result) and outcome.evidence.gain]
    for mechanism in MECHANISMS:
        of = [result for result in measured if result.claim.mechanism == mechanism]
        of.sort(key=lambda result: result.claim.key not in SHOWN)
        if of and of[0].evidence.gain:
            found.append(Row(of[0].claim, of[0].evidence.gain))
    return found


def picture(shown: Sequence[Row]) -> Picture:
    """The gains as bars, by mechanism."""
    bars = [(f"{row.claim.mechanism} ({row.claim.key})", row.gain.factor, row.gain.unit) for row in shown]
    return _picture(tuple(bars))


@lru_cache
def _picture(bars: tuple[tuple[str, float, str], ...]) -> Picture:
    """Drawn once for the page, its Markdown and the folder, and again only where a growing page has another gain."""
    caption = "What each mechanism saves on one problem: the cost before over the cost after, counted exactly."
    return draw(Figure(caption, lambda axes: _draw(bars, axes)))


def _draw(bars: Sequence[tuple[str, float, str]], axes: Any) -> None:
    names, factors, units = zip(*bars, strict=True)
    drawn = axes.barh(names, [max(factor, 1.0) for factor in factors], color="#0072B2", height=0.62)
    labels = [f"{written(factor)} times, {unit}" for factor, unit in zip(factors, units, strict=True)]
    axes.bar_label(drawn, labels=labels, padding=6)
    axes.set_xscale("log")
    axes.set_xlim(1.0, 300.0 * max(factors))
    axes.set_xlabel("times fewer")
    axes.grid(axis="y", visible=False)
    axes.invert_yaxis()


def verdict_map(sections: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """The sections by mechanism, in the survey's order; mechanisms without one are left out."""
    by = {name: [s for s in sections if s.claim.mechanism == name] for name in (*MECHANISMS, ARITHMETIC)}
    return [(name, found) for name, found in by.items() if found]
