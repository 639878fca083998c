"""Subgradients in place of gradients where a function has kinks: which methods bear it, and the price (claim C3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from mechkit.mechanisms.experiment import Evidence, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.kinked_functions import KINKS, SMOOTH, Function, functions
from mechkit.optimization import OptimizeResult, minimize

FIXED, DESCENT = "subgradient method", "gradient descent"
METHODS: Mapping[str, Mapping[str, Any]] = {
    FIXED: {"method": "subgradient", "step": 1.0},
    DESCENT: {"method": "gradient-descent", "gtol": 1e-10},
    "BFGS": {"method": "BFGS", "gtol": 1e-10},
}
CASES = [(name, method) for name in KINKS for method in METHODS]
STARTS, STEPS, SETTLED = 5, 10_000, 100
#: A gap that is closed, and the power of the steps with which one that is not must fall.
CLOSED, POWER = 1e-9, -0.4
TARGETS = (1e-1, 1e-2, 1e-3)
SHARE, GAP = "share of starts, {}, {}", "gap at the end, {}, {}"
FALLS = "power of the steps with which the gap falls, {}, {}"
PRICE = "steps to a gap of {:g}, with kinks / smooth"
SUBGRADIENT_RULE = (
    "Two convex functions with kinks, the sum and the largest of |r|, r = Ax - b, are made least by three methods that "
    "take a subgradient for the gradient: the subgradient method, whose steps have lengths 1/√k fixed beforehand, and "
    "two that look for a lower point along a line, gradient descent and BFGS. The gap is that of the best point so far "
    "to the minimum, as a part of that at the start. A subgradient stands in for the gradient with a method and a "
    f"function if, from each of {STARTS} starts, {STEPS:,} steps close the gap to {CLOSED:.0e}, or it goes on falling: "
    f"from {SETTLED:,} to {STEPS:,} steps with a power of the steps of {POWER} or less (the theory of the subgradient "
    "method says -0.5). Confirmed if it does in all six cases, qualified if in some, refuted if in none."
)


@dataclass(frozen=True)
class Descent:
    """How a method fared from one start: the gap of the best point after each step, up to `STEPS`; what it called."""

    gaps: np.ndarray
    found: OptimizeResult

    @staticmethod
    def of(given: Function, x0: np.ndarray, method: str, **options: Any) -> Descent:
        """Run a method. Where it ends before `STEPS` steps, its best point stays."""
        options = {"maxiter": STEPS, **options}
        found = minimize(given.f, x0, jac=given.jac, method=method, options=options)
        values = np.minimum.accumulate(found.history["fun"])
        gaps = (values - given.least) / (values[0] - given.least)
        return Descent(np.pad(gaps, (0, STEPS + 1 - gaps.size), mode="edge"), found)

    @property
    def power(self) -> float:
        """Of the steps, with which the gap falls from `SETTLED` steps on; 0 where it is closed by then, or stays."""
        at = np.unique(np.geomspace(SETTLED, STEPS, 50).astype(int))
        return float(np.polyfit(np.log(at), np.log(np.maximum(self.gaps[at], CLOSED)), 1)[0])

    @property
    def converges(self) -> bool:
        """By `SUBGRADIENT_RULE`."""
        return bool(self.gaps[-1] <= CLOSED or self.power <= POWER)

    def steps_to(self, gap: float) -> float:
        """The first step with so small a gap; infinite where there is none."""
        reached = np.flatnonzero(self.gaps <= gap)
        return float(reached[0]) if reached.size else np.inf


def measure_subgradients(n: int = 10, m: int = 40) -> Evidence:
    """Gaps to the minimum by steps, of three methods on two functions with kinks and a smooth one."""
    starts = [np.random.default_rng((seed, 1)).standard_normal(n) for seed in range(STARTS)]
    runs = {
        (name, method): [Descent.of(given, x0, **options) for x0 in starts]
        for name, given in functions(n, m).items()
        for method, options in METHODS.items()
    }
    steps = {
        gap: [median(run.steps_to(gap) for run in runs[case]) for case in ((KINKS[0], FIXED), (SMOOTH, DESCENT))]
        for gap in TARGETS
    }
    marks = [10**k for k in range(1, 5)]
    return Evidence(
        numbers={
            **{SHARE.format(*case): float(np.mean([run.converges for run in runs[case]])) for case in CASES},
            **{GAP.format(*case): float(median(run.gaps[-1] for run in runs[case])) for case in CASES},
            **{FALLS.format(*case): median(run.power for run in runs[case]) for case in CASES},
            **{PRICE.format(gap): kinked / smooth for gap, (kinked, smooth) in steps.items()},
        },
        tables=[
            Table(
                f"Gap to the minimum after so many steps, n = {n}; medians over the starts",
                ("function", "method", *(f"{k:,}" for k in marks), "steps made", "calls of f", "(sub)gradients"),
                [
                    (
                        *case,
                        *(max(median(run.gaps[k] for run in of), 0.0) for k in marks),
                        *(median(getattr(run.found, made) for run in of) for made in ("nit", "nfev", "njev")),
                    )
                    for case, of in runs.items()
                ],
            ),
            Table(
                f"Steps to a gap: the {FIXED} on the {KINKS[0]}, {DESCENT} on the {SMOOTH}; medians",
                ("gap", "with kinks", "smooth", "ratio"),
                [(gap, kinked, smooth, kinked / smooth) for gap, (kinked, smooth) in steps.items()],
            ),
        ],
        figures=[
            Figure(
                "The gap by steps where there are kinks, first start. A line search may stop at one, and the gap "
                "stays; steps of lengths fixed beforehand go on, slowly.",
                partial(_draw_kinks, {case: runs[case][0] for case in CASES}),
            ),
            Figure(
                "The price, first start: for each further digit the subgradient method takes many times the steps "
                "that it took so far; on the smooth function gradient descent takes a few more for each.",
                partial(
                    _draw_price,
                    {case: runs[case][0] for case in ((KINKS[0], FIXED), (SMOOTH, FIXED), (SMOOTH, DESCENT))},
                ),
            ),
        ],
        notes=[
            f"A is random, {m} x {n}, and so is b, from seed 0; the starts are random. The least values of the "
            "functions with kinks come from linear programs, solved by interior points.",
            "A line search trusts that a small enough step along -g leads down by a part of what g promises. A "
            "subgradient at a kink, or the gradient close to one, may promise what no step keeps.",
            "A method that stops short may have come close first, and soon: the gaps after few steps say how close. "
            "Of the subgradient method, whose values go up and down, they are those of the best point so far.",
        ],
    )


def judge_subgradients(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `SUBGRADIENT_RULE`."""
    passed = [case for case in CASES if numbers[SHARE.format(*case)] == 1]
    listed = ", ".join(f"{method}, {name} (as k^{numbers[FALLS.format(name, method)]:.2f})" for name, method in passed)
    failed = ", ".join(
        f"{method}, {name} ({100 * numbers[SHARE.format(name, method)]:.0f} % of starts)"
        for name, method in CASES
        if (name, method) not in passed
    )
    prices = ", ".join(f"{numbers[PRICE.format(gap)]:.0f} to a gap of {gap:g}" for gap in TARGETS)
    return verdict_by_parts(len(passed), len(CASES)), (
        f"a subgradient stands in, from every start, in {len(passed)} of {len(CASES)} cases: {listed or 'none'}; not "
        f"so in: {failed or 'none'}; kinks multiply the steps by {prices}"
    )


def _draw_kinks(runs: Mapping[tuple[str, str], Descent], axes: Any) -> None:
    _draw(runs, axes)
    k = np.array([1.0, STEPS])
    axes.loglog(k, k**-0.5, "k:", marker="", linewidth=1.5, label="1/√k")
    axes.set_ylim(1e-9, None)
    axes.legend(fontsize=11, loc="lower left")


def _draw_price(runs: Mapping[tuple[str, str], Descent], axes: Any) -> None:
    _draw(runs, axes)
    axes.legend(fontsize=12, loc="upper right")


def _draw(runs: Mapping[tuple[str, str], Descent], axes: Any) -> None:
    at = np.unique(np.geomspace(1, STEPS, 40).astype(int))
    for (name, method), run in runs.items():
        axes.loglog(at, np.where(run.gaps[at] > CLOSED, run.gaps[at], np.nan), markevery=3, label=f"{method}, {name}")
    axes.set_xlabel("steps k")
    axes.set_ylabel("gap, as a part of that at the start")
