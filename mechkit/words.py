"""Words for messages and for tables of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is nearest to another, small and capital letters being alike; None where all are far.

    >>> nearest("sise", ["size", "shape"]), nearest("PI", ["pi", "e"]), nearest("fft", ["solve"])
    ('size', 'pi', None)
    """
    by_letters: dict[str, str] = {}
    for each in sorted(known):
        by_letters.setdefault(each.lower(), each)
    near = get_close_matches(name.lower(), by_letters, n=1)
    return by_letters[near[0]] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The known name that is nearest, for the end of a message; nothing where all are far.

    >>> did_you_mean("sise", ["size", "shape"])
    ': did you mean size?'
    """
    near = nearest(name, known)
    return f": did you mean {near}?" if near else ""


def sentence(error: BaseException) -> str:
    """What an error says, in one line; its type where it says nothing.

    >>> sentence(ValueError("the matrix is\\n  singular")), sentence(MemoryError())
    ('the matrix is singular', 'MemoryError')
    """
    return " ".join(str(error).split()) or type(error).__name__


def one_line(error: BaseException) -> str:
    """The type of an error and what it says, in one line.

    >>> one_line(ValueError("the matrix is\\n  singular")), one_line(MemoryError())
    ('ValueError: the matrix is singular', 'MemoryError')
    """
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


def cell(value: Any) -> str:
    """A figure as plain text: whole numbers with separators, others to four significant digits, nothing for None.

    >>> [cell(value) for value in (1234567, 20.503, 1e-16, 12345.5, float("nan"), None, "LU", True)]
    ['1,234,567', '20.5', '1e-16', '12,346', 'nan', '', 'LU', 'True']
    """
    if value is None or isinstance(value, str | bool):
        return "" if value is None else str(value)
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and 1000 <= abs(value) < 1e15):
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def columns(rows: Sequence[Sequence[str]], left: Iterable[int] = ()) -> list[str]:
    """Rows of texts as lines, each column as wide as its widest text.

    left : the columns whose texts begin at the same place; those of all others end at the same place.

    >>> columns([["n", "flops"], ["100", "9"]])
    ['  n  flops', '100      9']
    >>> columns([["add", "n"], ["flops", "2n"]], left=[0, 1])
    ['add    n', 'flops  2n']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    sides = [str.ljust if i in set(left) else str.rjust for i in range(len(widths))]
    return [
        "  ".join(side(*part) for side, part in zip(sides, zip(row, widths, strict=True), strict=True)).rstrip()
        for row in rows
    ]
