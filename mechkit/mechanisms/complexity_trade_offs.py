"""Complexity trade-offs: what is known of a problem, and the work that it takes (claims C1 to C5)."""

from __future__ import annotations

from mechkit.mechanisms.experiment import Experiment
from mechkit.mechanisms.integer_restrictions import INTEGER_RULE, judge_integers, measure_integers
from mechkit.mechanisms.interior_points import INTERIOR_RULE, judge_interior, measure_interior
from mechkit.mechanisms.quasi_newton_steps import QUASI_RULE, judge_quasi_newton, measure_quasi_newton
from mechkit.mechanisms.second_derivatives import NEWTON_RULE, judge_newton, measure_newton
from mechkit.mechanisms.subgradients import SUBGRADIENT_RULE, judge_subgradients, measure_subgradients

OPTIMIZATION = "RAND RR-A3485-1, appendix B, optimization"


def experiments() -> list[Experiment]:
    """C1 to C5."""
    shared = {"mechanism": "complexity trade-offs"}
    return [
        Experiment(
            claim="C1",
            **shared,
            source=OPTIMIZATION,
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
            source=OPTIMIZATION,
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
            source=OPTIMIZATION,
            statement="Where there is no derivative, a subgradient can stand in for it.",
            baseline="gradient descent and BFGS, which look for a lower point along a line",
            improvement="the subgradient method, whose steps are fixed beforehand",
            rule=SUBGRADIENT_RULE,
            measure=measure_subgradients,
            judge=judge_subgradients,
        ),
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
