"""How a temperature falls while a budget is spent: rules as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mechkit.checking import not_negative, one_of, positive, whole

#: Temperatures of one run.
STEPS = 200
#: The first and the last temperature, where they are left out, as parts of the mean distance of near cities.
HOT, COLD = 0.3, 0.03
#: The adaptive rule: the temperature is changed by this factor at each step.
FACTOR = 0.95


def geometric(share: float, hot: float, cold: float, before: float, accepted: float) -> float:
    """The temperature falls by the same factor at each step: hot (cold / hot)^share.

    >>> geometric(0.5, 100.0, 1.0, 0.0, 0.0)
    10.0
    """
    return hot * (cold / hot) ** share


def linear(share: float, hot: float, cold: float, before: float, accepted: float) -> float:
    """The temperature falls by the same amount at each step.

    >>> linear(0.5, 100.0, 0.0, 0.0, 0.0)
    50.0
    """
    return hot + (cold - hot) * share


def adaptive(share: float, hot: float, cold: float, before: float, accepted: float) -> float:
    """The temperature falls or rises so that the share of accepted proposals is that of Lam and Delosme.

    >>> adaptive(0.5, 100.0, 1.0, 10.0, 0.6), round(adaptive(0.5, 100.0, 1.0, 10.0, 0.2), 6)
    (9.5, 10.526316)
    """
    lower = accepted > wanted_acceptance(share)
    return before * FACTOR if lower else before / FACTOR


def wanted_acceptance(share: float) -> float:
    """The share of proposals that are to be accepted when a share of the budget is spent.

    It falls from 1 to 0.44, stays there for half of the budget, and falls to 0.001 at the end.

    >>> wanted_acceptance(0.0), wanted_acceptance(0.4), round(wanted_acceptance(1.0), 3)
    (1.0, 0.44, 0.001)
    """
    # Boyan, Learning Evaluation Functions (1998), appendix B
    if share < 0.15:
        return float(0.44 + 0.56 * 560.0 ** (-share / 0.15))
    if share < 0.65:
        return 0.44
    return float(0.44 * 440.0 ** (-(share - 0.65) / 0.35))


RULES: dict[str, Callable[[float, float, float, float, float], float]] = {
    "geometric": geometric,
    "linear": linear,
    "adaptive": adaptive,
}


@dataclass(frozen=True)
class Schedule:
    """How the temperature falls.

    rule : "geometric", "linear" or "adaptive"; hot, cold : the first and the last temperature in the unit of the
    distances. If left out, they are 0.3 and 0.03 of the mean distance of near cities. steps : how many temperatures.

    >>> Schedule("linear", hot=2.0, cold=0.0, steps=50)
    Schedule(rule='linear', hot=2.0, cold=0.0, steps=50)
    >>> Schedule("linear", hot=-1.0)
    Traceback (most recent call last):
    ValueError: hot is -1.0; it must be a finite number above 0
    """

    rule: str = "geometric"
    hot: float | None = None
    cold: float | None = None
    steps: int = STEPS

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", one_of("rule", self.rule, RULES))
        whole("steps", self.steps)
        if self.hot is not None:
            positive("hot", self.hot)
        if self.cold is not None:
            (not_negative if self.rule == "linear" else positive)("cold", self.cold)
        if self.hot is not None and self.cold is not None and self.cold > self.hot:
            raise ValueError(f"cold is {self.cold} and hot is {self.hot}; the last temperature is not above the first")

    def between(self, scale: float) -> tuple[float, float]:
        """The first and the last temperature for cities whose near distances have this mean."""
        hot = (HOT * scale or 1.0) if self.hot is None else float(self.hot)
        cold = COLD / HOT * hot if self.cold is None else float(self.cold)
        return max(hot, cold), cold

    def next(self, share: float, hot: float, cold: float, before: float, accepted: float) -> float:
        """The temperature after a share of the budget, from the last one and the share accepted at it."""
        return RULES[self.rule](share, hot, cold, before, accepted)


def schedule_of(schedule: Any) -> Schedule:
    """A schedule, or one with the name of a rule."""
    if isinstance(schedule, Schedule):
        return schedule
    return Schedule(one_of("schedule", schedule, RULES))
