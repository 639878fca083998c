"""Rows as flat dictionaries, written down: as CSV, as values that JSON has, as a pandas DataFrame."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any


def csv_text(records: Sequence[dict[str, Any]]) -> str:
    """The records as CSV, the columns in the order of the first one; nothing where there are none.

    NaN and the infinities are ``nan``, ``inf`` and ``-inf``; what is missing is an empty cell.

    >>> csv_text([{"n": 2, "error": float("nan")}, {"n": 3, "error": None}])
    'n,error\\n2,nan\\n3,\\n'
    """
    text = io.StringIO()
    if records:
        writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    return text.getvalue()


def json_value(value: Any) -> Any:
    """A value as JSON has it: NaN and the infinities, which JSON lacks, are null.

    >>> json_value(float("inf")), json_value(0.5)
    (None, 0.5)
    """
    return None if isinstance(value, float) and not math.isfinite(value) else value


def data_frame(records: Sequence[dict[str, Any]]) -> Any:
    """The records as a pandas DataFrame. Raises ImportError where pandas is not installed."""
    try:
        import pandas  # type: ignore[import-untyped]
    except ImportError as error:
        raise ImportError("to_pandas needs pandas, which is not installed: pip install pandas") from error
    return pandas.DataFrame(records)
