"""How a number looks in a table."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Rational, Real
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Table, written

_MISSING = "\N{EN DASH}"


def cell(value: Any) -> str:
    """A value as text: integers with separators, floats to four significant digits or to the unit.

    >>> [cell(v) for v in (1234567, 0.333333, 12345.6, 2.5e-9, None, True, "dense")]
    ['1,234,567', '0.3333', '12,346', '2.5 × 10⁻⁹', '–', 'yes', 'dense']
    """
    value = plain(value)
    if value is None:
        return _MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return written(value, digits=4) if isinstance(value, float) else str(value)


def plain(value: Any) -> Any:
    """A number as Python's own int, float or bool, whatever library it is from; anything else as it is.

    >>> plain(np.int64(3)), plain(np.float32(0.5)), plain(np.True_)
    (3, 0.5, True)
    """
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real) and not isinstance(value, Rational):
        return float(value)
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value


def alignments(table: Table) -> list[str]:
    """Each column's side: 'right' where at least half of its cells are numbers, else 'left'.

    What is missing (None, nan) speaks for neither side.

    >>> alignments(Table("", ("n", "method"), [(16, "Newton"), (None, "secant"), (32, None)]))
    ['right', 'left']
    """
    return [_side([row[i] for row in table.rows if i < len(row)]) for i in range(len(table.columns))]


def _side(values: Sequence[Any]) -> str:
    filled = [value for value in map(plain, values) if value is not None and value == value]
    figures = [value for value in filled if isinstance(value, Real) and not isinstance(value, bool)]
    return "right" if filled and 2 * len(figures) >= len(filled) else "left"
