"""Complexity trade-offs: what a problem's kind says about the work that it takes (claims C4 and C5)."""

from __future__ import annotations

from mechkit.mechanisms.experiment import Experiment
from mechkit.mechanisms.integer_restrictions import INTEGER_RULE, judge_integers, measure_integers
from mechkit.mechanisms.interior_points import INTERIOR_RULE, judge_interior, measure_interior


def experiments() -> list[Experiment]:
    """C4 and C5."""
    shared = {"mechanism": "complexity trade-offs"}
    return [
        Experiment(
            claim="C4",
            **shared,
            statement="Convex problems are solved in polynomial time by interior points, in 20 to 50 iterations in "
            "practice.",
            source="RAND RR-A3485-1, appendices A and B, convex optimization",
            baseline="the simplex method on linear programs",
            improvement="interior points on linear and quadratic programs",
            rule=INTERIOR_RULE,
            measure=measure_interior,
            judge=judge_interior,
        ),
        Experiment(
            claim="C5",
            **shared,
            statement="Integer restrictions make a problem nonconvex, with no known polynomial method.",
            source="RAND RR-A3485-1, appendix B, integer optimization",
            baseline="linear programs",
            improvement="the same programs with whole numbers asked for, by branch and bound",
            rule=INTEGER_RULE,
            measure=measure_integers,
            judge=judge_integers,
        ),
    ]
