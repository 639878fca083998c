"""What claims ask of fitted growth: the power of n, and whether a polynomial or an exponential fits better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mechkit.measurement import growth
from mechkit.measurement.laws.growth import ROUNDING

EXPONENTIAL = ("2^(an)", "n^a 2^n")


class Power(NamedTuple):
    """c n^a fitted to values: a, the ends of its 95 % interval, and c.

    >>> str(Power(2.0, 1.9, 2.1, 1.0))
    'n^2.00 (1.90 to 2.10)'
    """

    exponent: float
    low: float
    high: float
    coefficient: float

    def __str__(self) -> str:
        """With its interval."""
        return f"n^{self.exponent:.2f} ({self.low:.2f} to {self.high:.2f})"

    def reaches(self, value: float) -> float:
        """The n at which the fit has a value.

        >>> Power(2.0, 1.9, 2.1, 3.0).reaches(300.0)
        10.0
        """
        return float((value / self.coefficient) ** (1.0 / self.exponent))


def power_of_n(values: Mapping[int, Any]) -> Power:
    """The power of n with which values grow, one or several for each n.

    >>> power = power_of_n({10: 300, 20: 1200, 40: 4800})
    >>> round(power.exponent, 6), round(power.coefficient, 6)
    (2.0, 3.0)
    """
    fit = next(fit for fit in growth(values).table if fit.model == "n^a")
    assert fit.exponent is not None
    assert fit.interval is not None
    return Power(fit.exponent, *fit.interval, fit.coefficient)


def polynomial_over_exponential(values: Mapping[int, Any]) -> float:
    """The error with which the best polynomial predicts sizes left out, over that of the best exponential.

    >>> polynomial_over_exponential({n: 2**n for n in range(2, 8)}) > 1
    True
    >>> polynomial_over_exponential({n: n**2 for n in range(2, 8)}) < 1
    True
    """
    off = {True: float("inf"), False: float("inf")}
    for fit in growth(values).table:
        exponential = fit.model in EXPONENTIAL
        off[exponential] = min(off[exponential], max(fit.criterion, ROUNDING))
    return off[False] / off[True]
