"""What differs between two reports: counts, verdicts and headlines."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Measured numbers that are no counts may differ in their last digits from machine to machine.
SAME_TO = 1e-9


def read_record(path: Path) -> Mapping[str, Any]:
    """An earlier report.json. Raises ValueError, in one sentence, for a file that is none, and OSError."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        for claim in record["claims"]:
            claim["key"], claim["verdict"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} is no report; give a report.json that mechkit report has written") from None
    return record  # type: ignore[no-any-return]


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """One line for each claim of the new report that came out in another way than in the old one, and each number.

    Claims that were not measured this time are left out; what is worded in another way is no change.

    >>> claim = {"key": "S1", "verdict": "confirmed", "headline": {"sentence": "8 times.", "number": 8}, "checks": []}
    >>> changes({"claims": [claim]}, {"claims": [claim | {"verdict": "refuted"}]})
    ['S1: the verdict was confirmed and is refuted']
    """
    before = {claim["key"]: claim for claim in old["claims"]}
    lines = []
    for claim in new["claims"]:
        key = claim["key"]
        if key not in before:
            lines.append(f"{key}: it is not in the old report")
            continue
        for what, was, now in _compared(before[key], claim):
            lines.append(f"{key}: {what} was {_written(was)} and is {_written(now)}")
    return lines


def _compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    pairs = [("the verdict", old["verdict"], new["verdict"])]
    headline, now = ((claim.get("headline") or {}).get("number") for claim in (old, new))
    pairs.append(("the number of the headline", headline, now))
    gains = [claim.get("gain") or {} for claim in (old, new)]
    pairs += [(f"the cost {side} of the gain", gains[0].get(side), gains[1].get(side)) for side in ("before", "after")]
    cases = [{(c["part"], c["case"]): c["measured"] for c in claim.get("checks", ())} for claim in (old, new)]
    pairs += [(f"{part}, {case},", cases[0].get((part, case)), now) for (part, case), now in cases[1].items()]
    pairs += [(f"{part}, {case},", was, None) for (part, case), was in cases[0].items() if (part, case) not in cases[1]]
    return [(what, was, now) for what, was, now in pairs if not _same(was, now)]


def _same(was: Any, now: Any) -> bool:
    if isinstance(was, float) and isinstance(now, float | int):
        return math.isclose(was, now, rel_tol=SAME_TO)
    return bool(was == now)


def _written(value: Any) -> str:
    return "missing" if value is None else str(value)
