"""Sizes as Python's own whole numbers, which are exact however large they become; NumPy's overflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite
from numbers import Integral, Rational, Real
from typing import Any

import numpy as np


def whole_number(value: Any, what: str, least: int, name: str = "") -> int:
    """A whole number as a Python int: also one of NumPy's integers, or a float without a fraction.

    what : what the number is, for the message; least : the smallest that is allowed; name : the variable's, if any.

    Raises ValueError for anything else: a bool, NaN, a fraction, a word, a number below ``least``.

    >>> whole_number(np.int8(100), "size", 1) ** 9, whole_number(3.0, "size", 1)
    (1000000000000000000, 3)
    >>> whole_number(2.5, "size", 1, "n")
    Traceback (most recent call last):
    ValueError: n = 2.5 is no size; a size is a whole number
    """
    __tracebackhide__ = True
    plain = plain_number(value)
    shown = f"{name} = {plain!r}" if name else f"{plain!r}"
    if isinstance(plain, bool) or not isinstance(plain, Real) or not _is_whole(plain):
        raise ValueError(f"{shown} is no {what}; a {what} is a whole number")
    if plain < least:
        raise ValueError(f"{shown} is no {what}; a {what} is at least {least}")
    return int(plain)  # type: ignore[call-overload]


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) or (_is_finite(value) and value == int(value))


def _is_finite(value: Any) -> bool:
    return isinstance(value, Rational) or isfinite(value)


def plain_number(value: Any) -> Any:
    """Python's own number for one of NumPy's, or for an array of no dimension; anything else as it is.

    >>> plain_number(np.int32(7)), plain_number(np.array(0.5)), plain_number("7")
    (7, 0.5, '7')
    """
    return (
        value.item() if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim) else value
    )


def exact(value: Any) -> Fraction:
    """A number as the fraction that it is: a float counts for its exact value.

    Raises TypeError for what is no number, a bool included; ValueError for NaN and the infinities.

    >>> exact(np.int16(3)), exact(0.75), exact(Fraction(1, 3))
    (Fraction(3, 1), Fraction(3, 4), Fraction(1, 3))
    """
    __tracebackhide__ = True
    plain = plain_number(value)
    if isinstance(plain, bool) or not isinstance(plain, Real):
        raise TypeError(f"{plain!r} is no number; give an int or a Fraction")
    if not _is_finite(plain):
        raise ValueError(f"{plain!r} has no exact value; give an int or a Fraction")
    top, bottom = plain.as_integer_ratio()  # type: ignore[attr-defined]
    return Fraction(int(top), int(bottom))


def by_variable(what: str, variables: Sequence[str], values: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
    """The arguments of a call in the order of the variables, whether given by position or by name.

    what : how a message begins. Raises TypeError where there are too many, one is given twice, unknown or missing.

    >>> by_variable("the sizes are", ("n", "p"), [9], {"p": 2})
    [9, 2]
    >>> by_variable("the sizes are", ("n", "p"), [9, 2], {"n": 3})
    Traceback (most recent call last):
    TypeError: the sizes are n, p, but n is given twice, 9 by position and 3 by name; give it once
    """
    __tracebackhide__ = True
    known = f"{what} {', '.join(variables)}"
    if len(values) > len(variables):
        given = ", ".join(str(value) for value in values)
        raise TypeError(f"{known}, but {len(values)} values are given, {given}; give {len(variables)}")
    point = dict(zip(variables, values, strict=False))
    for name, value in named.items():
        if name in point:
            raise TypeError(
                f"{known}, but {name} is given twice, {point[name]} by position and {value} by name; give it once"
            )
        if name not in variables:
            raise TypeError(f"{known}, not {name}; leave {name} out")
    missing = [name for name in variables if name not in point and name not in named]
    if missing:
        raise TypeError(f"{known}, but {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    return [point[name] if name in point else named[name] for name in variables]
