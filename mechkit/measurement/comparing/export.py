"""A comparison as records, CSV and JSON."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from mechkit.files import saved
from mechkit.measurement.laws.exact_law import Law, LawError
from mechkit.measurement.records import csv_text, json_value

if TYPE_CHECKING:
    from mechkit.measurement.comparing.side_by_side import SideBySide


def records(comparison: SideBySide, times: bool = False) -> list[dict[str, Any]]:
    """The runs as flat dictionaries, each with every column.

    times : with the column ``seconds``. The columns are ``algorithm``, ``n``, ``seed`` (if there are any), ``flops``,
    ``counts.float64.mul`` and the like, and the measured figures. A count that a run does not have is 0, a figure None.

    >>> from mechkit.measurement.comparing.side_by_side import Run, SideBySide
    >>> from mechkit import OpCounts
    >>> records(SideBySide((Run("dot", 2, None, OpCounts({("float64", "mul"): 2}), {"error": 0.5}),)))
    [{'algorithm': 'dot', 'n': 2, 'flops': 2, 'counts.float64.mul': 2, 'error': 0.5}]
    """
    counts = [
        {f"counts.{column}.{kind}": k for column, kinds in run.counts.to_dict().items() for kind, k in kinds.items()}
        for run in comparison.rows
    ]
    no_counts = dict.fromkeys(sorted({name for each in counts for name in each}), 0)
    return [
        {
            "algorithm": run.algorithm,
            "n": run.n,
            **({"seed": run.seed} if comparison.seeds else {}),
            "flops": run.counts.flops,
            **no_counts,
            **counted,
            **dict.fromkeys(comparison.figures),
            **run.figures,
            **({"seconds": run.seconds} if times else {}),
        }
        for run, counted in zip(comparison.rows, counts, strict=True)
    ]


def to_csv(comparison: SideBySide, path: str | os.PathLike[str] | None = None, times: bool = False) -> str:
    """The records as CSV, in a file too where a path is given, written whole or not at all."""
    return saved(csv_text(records(comparison, times)), path)


def to_json(comparison: SideBySide, path: str | os.PathLike[str] | None = None, times: bool = False) -> str:
    """Rows, laws and growth as JSON, in a file too where a path is given, written whole or not at all."""
    rows = [{name: json_value(value) for name, value in row.items()} for row in records(comparison, times)]
    summary = {name: _summary(comparison, name) for name in comparison.algorithms}
    document = {
        "sizes": comparison.sizes,
        "seeds": comparison.seeds or None,
        "algorithms": summary,
        "rows": rows,
    }
    return saved(json.dumps(document, allow_nan=False, ensure_ascii=False, indent=1) + "\n", path)


def _summary(comparison: SideBySide, algorithm: str) -> dict[str, Any]:
    """The law of an algorithm's counts, or its fitted growth; both are null where there are too few sizes."""
    try:
        return {"law": law_record(comparison.law(algorithm)), "growth": None}
    except LawError:
        try:
            fitted = comparison.growth(algorithm)
        except ValueError:
            return {"law": None, "growth": None}
    best = {"model": fitted.model, "coefficient": json_value(fitted.coefficient), "exponent": fitted.exponent}
    return {"law": None, "growth": {**best, "interval": list(fitted.interval)}}


def law_record(law: Law) -> dict[str, Any]:
    """A law as plain data: the polynomials by kind, and where they hold; one such record for each case.

    >>> from mechkit import OpCounts
    >>> from mechkit.measurement.comparing.crossover import law_of_counts
    >>> law_record(law_of_counts({n: OpCounts({("float64", "mul"): 2 * n}) for n in range(1, 5)}))
    {'condition': '', 'counts': {'mul': '2n', 'flops': '2n'}}
    """
    if law.cases:
        return {"condition": law.condition, "cases": [law_record(case) for case in law.cases]}
    return {"condition": law.condition, "counts": law.to_dict()}
