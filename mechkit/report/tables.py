"""What the verdict on a claim rests on, as tables."""

from __future__ import annotations

from mechkit.mechanisms.claim import Result, Table


def parts_table(result: Result) -> Table:
    """The verdict on each part of the statement, and what it asks for; its limits, which are not judged, below."""
    rows = [
        (p.part, result.claim.parts[p.part], result.wanted(p.part), f"{p.held} of {p.of}", p.verdict)
        for p in result.judgement.parts
    ]
    for limit, measured in result.claim.limits.items():
        holds = [check.holds for check in result.evidence.checks if check.part == limit]
        if holds:
            rows.append((limit, measured, result.wanted(limit), f"{sum(holds)} of {len(holds)}", "not judged"))
    return Table("The parts of the statement", ("part", "measured", "wanted", "cases that hold", "verdict"), rows)


def checks_table(result: Result) -> Table:
    """Every case within the statement."""
    return _cases("What the verdict rests on", result, within=True)


def limits_table(result: Result) -> Table:
    """Every case outside the statement, which is not judged."""
    return _cases("Outside the statement: its limits, which are not judged", result, within=False)


def _cases(caption: str, result: Result, within: bool) -> Table:
    checks = [check for check in result.evidence.checks if check.within == within]
    above = [None, *(check.part for check in checks)]  # the part stands in the first of its rows alone
    rows = [
        ("" if c.part == before else c.part, c.case, float(c.measured), str(c.wanted), c.holds)
        for c, before in zip(checks, above, strict=False)
    ]
    return Table(caption, ("part", "case", "measured", "wanted", "holds"), rows)
