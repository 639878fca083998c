"""What a check wants of a measured number, and how numbers stand in sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: From here on a number is written with a power of ten.
_LARGE = 1e6


@dataclass(frozen=True)
class Wanted:
    """The interval in which a measured number is wanted; ``str`` puts it into words.

    low, high : the ends, infinite where there is no bound; strict : whether the ends themselves are left out.
    """

    low: float = -math.inf
    high: float = math.inf
    strict: bool = False

    def holds(self, measured: float) -> bool:
        """Whether a measured number is in the interval; nan never is.

        >>> between(1, 2).holds(2.0), above(2).holds(2.0), at_most(2).holds(float("nan"))
        (True, False, False)
        """
        at_an_end = measured in (self.low, self.high)
        if self.strict and at_an_end and math.isfinite(measured):
            return False
        return bool(self.low <= measured <= self.high)

    def __str__(self) -> str:
        """In words."""
        if self.low == self.high:
            return f"exactly {written(self.low)}"
        if math.isinf(self.high):
            return f"{'above' if self.strict else 'at least'} {written(self.low)}"
        if math.isinf(self.low):
            return f"{'below' if self.strict else 'at most'} {written(self.high)}"
        return f"between {written(self.low)} and {written(self.high)}"


def exactly(number: float) -> Wanted:
    """This number alone.

    >>> print(exactly(5))
    exactly 5
    """
    return Wanted(low=number, high=number)


def at_least(low: float) -> Wanted:
    """This number or a larger one.

    >>> print(at_least(1.5))
    at least 1.5
    """
    return Wanted(low=low)


def at_most(high: float) -> Wanted:
    """This number or a smaller one.

    >>> print(at_most(50))
    at most 50
    """
    return Wanted(high=high)


def above(low: float) -> Wanted:
    """A larger number.

    >>> print(above(1))
    above 1
    """
    return Wanted(low=low, strict=True)


def below(high: float) -> Wanted:
    """A smaller number.

    >>> print(below(0.5))
    below 0.5
    """
    return Wanted(high=high, strict=True)


def between(low: float, high: float) -> Wanted:
    """A number from low to high, both included.

    >>> print(between(0.25, 4))
    between 0.25 and 4
    """
    return Wanted(low, high)


def written(x: float, digits: int = 3) -> str:
    """A number as it stands in a sentence: significant digits, whole from 1,000 on, a power of ten where it is extreme.

    >>> [written(x) for x in (3, 1.3439, 6863.2, 5.12e10, 0.00021, float("inf"))]
    ['3', '1.34', '6,863', '5.12 × 10¹⁰', '0.00021', '∞']
    """
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "∞" if x > 0 else "-∞"
    if 1000 <= abs(x) < _LARGE:
        return f"{x:,.0f}"
    mantissa, _, exponent = f"{x:.{digits}g}".partition("e")
    if not exponent:
        return mantissa
    if 1 <= abs(x) < _LARGE:  # rounded up to the next power of ten
        return f"{x:,.0f}"
    return f"{mantissa} \N{MULTIPLICATION SIGN} {power_of_ten(int(exponent))}"


def power_of_ten(exponent: int) -> str:
    """A power of ten as a label has it.

    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"
