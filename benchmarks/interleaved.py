"""What the benchmarks against other packages share: both sides take turns, and medians and their ratio are printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """What is timed: ours and the peer's, on the same input; goal: the ratio aimed at; agree: checks both results."""

    peer: str
    goal: float
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    agree: Callable[[Any, Any], object] = np.testing.assert_allclose
    repeats: int = 15


def medians(case: Case) -> tuple[float, float, float]:
    """(median seconds of ours, of theirs, median of the ratios theirs / ours), taking turns."""
    case.agree(case.ours(), case.theirs())
    pairs = []
    for _ in range(case.repeats):
        start = time.perf_counter()
        case.ours()
        middle = time.perf_counter()
        case.theirs()
        pairs.append((middle - start, time.perf_counter() - middle))
    mine, other = zip(*pairs, strict=True)
    return statistics.median(mine), statistics.median(other), statistics.median(b / a for a, b in pairs)


def run(groups: tuple[Callable[[], dict[str, Case]], ...], wanted: list[str]) -> None:
    """Time the cases of each group, all or those whose name contains one of the words, and print a line for each."""
    print(f"{'work':42} {'mechkit ms':>11} {'peer ms':>9}  {'peer':10} {'peer / mechkit':>15} {'goal':>5}")
    for cases in groups:
        for name, case in cases().items():
            if not wanted or any(part in name for part in wanted):
                mine, other, ratio = medians(case)
                goal = case.goal or ""
                print(
                    f"{name:42} {1e3 * mine:11.3f} {1e3 * other:9.3f}  {case.peer:10} {ratio:15.2f} {goal:>5}",
                    flush=True,
                )
