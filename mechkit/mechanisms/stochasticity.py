"""Stochasticity: what chance finds, and what chosen points find instead (claims T1 and T2)."""

from __future__ import annotations

from mechkit.mechanisms.experiment import Experiment
from mechkit.mechanisms.quasi_random_points import POINTS_RULE, judge_points, measure_points
from mechkit.mechanisms.random_sampling import SAMPLING_RULE, judge_sampling, measure_sampling

SOURCE = "RAND RR-A3485-1, appendix B, optimization"


def experiments() -> list[Experiment]:
    """T1 and T2."""
    shared = {"mechanism": "stochasticity", "source": SOURCE}
    return [
        Experiment(
            claim="T1",
            **shared,
            statement="In random search the gap to the optimum shrinks as samples grow.",
            baseline="random search with few samples",
            improvement="the same with more",
            rule=SAMPLING_RULE,
            measure=measure_sampling,
            judge=judge_sampling,
        ),
        Experiment(
            claim="T2",
            **shared,
            statement="Quasi-random points cover the space better than random ones.",
            baseline="random points",
            improvement="as many points of Sobol's and of Halton's sequence",
            rule=POINTS_RULE,
            measure=measure_points,
            judge=judge_points,
        ),
    ]
