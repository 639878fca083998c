"""The report as data: strict JSON, everything but the pictures; the checks as rows of a table too."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Result, Table
from mechkit.report.cells import plain
from mechkit.report.outcomes import Outcome


def to_json(outcomes: Sequence[Outcome], versions: Mapping[str, str], command: str, missing: int = 0) -> str:
    """The whole report as JSON text. What JSON cannot say (nan, the infinities) is null.

    missing : how many claims were not run; told where there are any.
    """
    record: dict[str, Any] = {"command": command, "versions": dict(versions)}
    if missing:
        record["not run"] = missing
    record["claims"] = [_claim(outcome) for outcome in outcomes]
    record["timings"] = {outcome.claim.key: _timings(outcome) for outcome in outcomes if isinstance(outcome, Result)}
    return json.dumps(json_value(record), allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def _claim(outcome: Outcome) -> dict[str, Any]:
    names = ("key", "mechanism", "statement", "source", "baseline", "improvement")
    asked = {name: getattr(outcome.claim, name) for name in names}
    if not isinstance(outcome, Result):
        return {**asked, "verdict": None, "error": outcome.error}
    evidence, gain = outcome.evidence, outcome.evidence.gain
    return {
        **asked,
        "headline": {"sentence": str(evidence.headline), "number": evidence.headline.number},
        "gain": gain
        and {
            "at": gain.at,
            "unit": gain.unit,
            "before": gain.before,
            "after": gain.after,
            "factor": gain.factor,
        },
        "verdict": outcome.verdict,
        "finding": outcome.finding,
        "rule": outcome.rule,
        "parts": [
            {
                "part": part.part,
                "measured": outcome.claim.parts[part.part],
                "wanted": outcome.wanted(part.part),
                "held": part.held,
                "of": part.of,
                "verdict": part.verdict,
            }
            for part in outcome.judgement.parts
        ],
        "limits": dict(outcome.claim.limits),
        "checks": [
            {
                "part": check.part,
                "case": check.case,
                "measured": check.measured,
                "wanted": str(check.wanted),
                "within": check.within,
                "holds": check.holds,
            }
            for check in evidence.checks
        ],
        "tables": [_table(table) for table in evidence.tables],
        "laws": [laws.record() for laws in evidence.laws],
        "figures": [figure.caption for figure in evidence.figures],
        "notes": evidence.notes,
    }


def _timings(result: Result) -> dict[str, Any]:
    """What differs from run to run, apart from all that does not."""
    return {"seconds": result.seconds, "tables": [_table(table) for table in result.evidence.timings]}


def _table(table: Table) -> dict[str, Any]:
    return {"caption": table.caption, "columns": table.columns, "rows": table.rows}


def json_value(value: Any) -> Any:
    """A value as JSON has it: NumPy's numbers and arrays become Python's, what is not finite None, the rest text.

    >>> json_value({"n": np.int64(2), "error": float("nan"), "x": np.array([1.0, np.inf])})
    {'n': 2, 'error': None, 'x': [1.0, None]}
    """
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return json_value(value.tolist())
    if isinstance(value, list | tuple | range):
        return [json_value(item) for item in value]
    value = plain(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def to_csv(outcomes: Sequence[Outcome]) -> str:
    """Every check of every claim, one a line."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("claim", "mechanism", "verdict", "part", "case", "measured", "wanted", "within", "holds"))
    for outcome in outcomes:
        if isinstance(outcome, Result):
            claim, verdict = outcome.claim, outcome.verdict
            for c in outcome.evidence.checks:
                measured = plain(c.measured)
                rows.writerow(
                    (claim.key, claim.mechanism, verdict, c.part, c.case, measured, c.wanted, c.within, c.holds)
                )
    return text.getvalue()
