"""An error in one line."""

from __future__ import annotations

import traceback
from pathlib import Path

from mechkit import words


def one_line(error: BaseException) -> str:
    """The type, the message and the place of an error, in one line.

    >>> one_line(ValueError("the matrix is\\n  singular"))
    'ValueError: the matrix is singular'
    """
    text = words.one_line(error)
    frames = traceback.extract_tb(error.__traceback__)
    return f"{text} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else text
