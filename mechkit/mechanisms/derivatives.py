"""What each derivative buys, and what it costs (claims C1, C2 and C3)."""

from __future__ import annotations

from mechkit.mechanisms.experiment import Experiment
from mechkit.mechanisms.quasi_newton_steps import QUASI_RULE, judge_quasi_newton, measure_quasi_newton
from mechkit.mechanisms.second_derivatives import NEWTON_RULE, judge_newton, measure_newton
from mechkit.mechanisms.subgradients import SUBGRADIENT_RULE, judge_subgradients, measure_subgradients


def experiments() -> list[Experiment]:
    """C1, C2 and C3."""
    shared = {"mechanism": "complexity trade-offs", "source": "RAND RR-A3485-1, appendix B, optimization"}
    return [
        Experiment(
            claim="C1",
            **shared,
            statement="Newton's method converges quadratically near the solution; it needs second derivatives.",
            baseline="methods without second derivatives: secant, bisection, Broyden, chord, BFGS, gradient descent",
            improvement="Newton's method, for a root and for a minimum",
            rule=NEWTON_RULE,
            measure=measure_newton,
            judge=judge_newton,
        ),
        Experiment(
            claim="C2",
            **shared,
            statement="Quasi-Newton methods converge superlinearly, with cheaper steps.",
            baseline="Newton's method",
            improvement="BFGS for a minimum, Broyden's method for a system",
            rule=QUASI_RULE,
            measure=measure_quasi_newton,
            judge=judge_quasi_newton,
        ),
        Experiment(
            claim="C3",
            **shared,
            statement="Where there is no derivative, a subgradient can stand in for it.",
            baseline="gradient descent and BFGS, which look for a lower point along a line",
            improvement="the subgradient method, whose steps are fixed beforehand",
            rule=SUBGRADIENT_RULE,
            measure=measure_subgradients,
            judge=judge_subgradients,
        ),
    ]
