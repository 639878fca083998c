"""Numbers in published files: as Fortran and C write them, and nothing else."""

from __future__ import annotations

import math
import re

#: A number as a pattern, such as 2, -0.5, .5, 1.5E+03, and Fortran's 1.5D+03.
NUMBER = r"[-+]?(?:\d++\.?\d*+|\.\d++)(?:[EeDd][-+]?\d++)?+"
_NUMBER = re.compile(NUMBER, re.ASCII)


def number(word: str) -> float:
    """The finite number that a word is. Raises ValueError for anything else: 1,5 is no number, 1e400 is none either.

    >>> number("1.5D+03"), number("-.5"), number("7")
    (1500.0, -0.5, 7.0)
    >>> number("1,5")
    Traceback (most recent call last):
    ValueError: '1,5' is not a number; write it as 1.5 or 1.5e3
    """
    if not _NUMBER.fullmatch(word):
        raise ValueError(f"{word!r} is not a number; write it as 1.5 or 1.5e3")
    value = float(word.translate(str.maketrans("Dd", "EE")))
    if math.isinf(value):
        raise ValueError(f"{word!r} is too large for a number of 64 bits")
    return value
