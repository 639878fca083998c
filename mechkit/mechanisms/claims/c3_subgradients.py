"""C3. Where there is no derivative, a subgradient can stand in for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from mechkit.counting import count
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_least
from mechkit.mechanisms.shared.kinked_functions import KINKS, SMOOTH, Function, functions
from mechkit.optimization import OptimizeResult, minimize

STANDS_IN = "a subgradient can stand in for the derivative"

FIXED, DESCENT = "subgradient method", "gradient descent"
METHODS: Mapping[str, Mapping[str, Any]] = {
    FIXED: {"method": "subgradient", "step": 1.0},
    DESCENT: {"method": "gradient-descent", "gtol": 1e-10},
    "BFGS": {"method": "BFGS", "gtol": 1e-10},
}
CASES = [(name, method) for name in KINKS for method in METHODS]
#: Unknowns, and rows of Ax - b.
N, M = 10, 40
#: Random starts of each method.
STARTS = 5
#: Steps of a run, and those after which the fall of the gap is measured.
STEPS, SETTLED = 10_000, 100
#: A gap that is closed, as a part of the gap at the start.
CLOSED = 1e-9
#: The power of the steps with which a gap that is not closed must fall; theory: -0.5 for the subgradient method.
POWER = -0.4
#: Gaps to which the steps are compared.
TARGETS = (1e-1, 1e-2, 1e-3)


def measure() -> Evidence:
    """Gaps to the minimum by steps, of three methods on two functions with kinks and a smooth one."""
    n, m = N, M
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
    share = {case: float(np.mean([run.converges for run in runs[case]])) for case in CASES}
    falls = {case: median(run.power for run in runs[case]) for case in CASES}
    smallest = TARGETS[-1]
    kinked, smooth = steps[smallest]
    return Evidence(
        checks=[
            Check(STANDS_IN, f"{method}, {name}", share[name, method], at_least(1), within=method == FIXED)
            for name, method in CASES
        ],
        headline=Headline(
            f"A subgradient works, at a price: {{:.0f}} times the steps to a gap of {smallest:g}.", kinked / smooth
        ),
        gain=Gain(
            f"to a gap of {smallest:g} in {n} unknowns, subgradients with kinks and then gradients without",
            _flops_of_steps(KINKS[0], FIXED, int(kinked)),
            _flops_of_steps(SMOOTH, DESCENT, int(smooth)),
        ),
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
                f"The power of the steps with which the gap falls from step {SETTLED}, and the starts that converge",
                ("function", "method", "power, median", "starts that converge (%)"),
                [(*case, falls[case], 100 * share[case]) for case in CASES],
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
                "The price, first start. With kinks, each further digit multiplies the steps of the subgradient "
                "method; on the smooth function, each further digit adds a few steps of gradient descent.",
                partial(
                    _draw_price,
                    {case: runs[case][0] for case in ((KINKS[0], FIXED), (SMOOTH, FIXED), (SMOOTH, DESCENT))},
                ),
            ),
        ],
        notes=[
            f"A is random, {m} x {n}, and so is b, from seed 0; the starts are random. The least values of the "
            "functions with kinks come from linear programs, solved by interior points.",
            "A line search relies on this: a small enough step along -g lowers the value by a part of what g promises. "
            "A subgradient at a kink, or the gradient close to one, may promise what no step keeps.",
            "A method that stops early may have come close within few steps: the columns for few steps show how close. "
            "The values of the subgradient method go up and down; its gaps are those of the best point so far.",
        ],
    )


def _flops_of_steps(name: str, method: str, steps: int) -> int:
    """The flops of so many steps from the first start, calls included."""
    given, x0 = functions(N, M)[name], np.random.default_rng((0, 1)).standard_normal(N)
    with count() as ops:
        minimize(given.f, x0, jac=given.jac, method=METHODS[method]["method"], options=_options(method, steps))
    return ops.flops


def _options(method: str, steps: int) -> dict[str, Any]:
    return {**{name: value for name, value in METHODS[method].items() if name != "method"}, "maxiter": steps}


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
        """The power of the steps with which the gap falls after `SETTLED` steps; 0 where the gap is closed or stays."""
        at = np.unique(np.geomspace(SETTLED, STEPS, 50).astype(int))
        return float(np.polyfit(np.log(at), np.log(np.maximum(self.gaps[at], CLOSED)), 1)[0])

    @property
    def converges(self) -> bool:
        """Whether the gap is closed, or goes on falling."""
        return bool(self.gaps[-1] <= CLOSED or self.power <= POWER)

    def steps_to(self, gap: float) -> float:
        """The first step with a gap as small as this; infinite where no step has one."""
        reached = np.flatnonzero(self.gaps <= gap)
        return float(reached[0]) if reached.size else np.inf


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


CLAIM = Claim(
    key="C3",
    mechanism="complexity trade-offs",
    statement="Where there is no derivative, a subgradient can stand in for it.",
    source="RAND RR-A3485-1, appendix B, optimization",
    baseline="gradient descent and BFGS, which look for a lower point along a line",
    improvement="the subgradient method, whose steps are fixed beforehand",
    parts={STANDS_IN: "the share of starts from which the gap is closed or goes on falling"},
    measure=measure,
    quick=False,
)
