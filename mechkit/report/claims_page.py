"""The page of the documentation on the claims, ``docs/claims.md``, made from what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from mechkit.mechanisms import CLAIMS, in_survey_order
from mechkit.mechanisms.claim import JUDGING, Result

HEAD = f"""# The claims

Each statement of the survey is one file in `mechkit/mechanisms/claims/`. This page is made from these files by
`python docs/build_claims.py`; `mechkit report KEY` measures a claim anew and shows every case.

{JUDGING}
"""


def claims_page(results: Iterable[Result], old: str = "") -> str:
    """The page, by mechanism in the survey's order.

    old : the page as it was; what it says of the other claims stays.
    """
    sections = {text.partition(":")[0]: f"### {text}" for text in re.split(r"^### ", old, flags=re.M)[1:]}
    sections = {key: re.split(r"^## ", text, flags=re.M)[0].rstrip("\n") + "\n" for key, text in sections.items()}
    sections |= {result.claim.key: section(result) for result in results}
    blocks = [HEAD]
    ordered = in_survey_order(CLAIMS[key] for key in sections if key in CLAIMS)
    for mechanism, claims in groupby(ordered, key=lambda claim: claim.mechanism):
        blocks += [f"## {mechanism[:1].upper()}{mechanism[1:]}\n", *(sections[claim.key] for claim in claims)]
    return "\n".join(blocks)


def section(result: Result) -> str:
    """What the page says of one claim."""
    claim, evidence = result.claim, result.evidence
    parts = [
        _row(p.part, f"{claim.parts[p.part]} is {result.wanted(p.part)}", f"{p.held} of {p.of}", p.verdict)
        for p in result.judgement.parts
    ]
    lines = [
        f"### {claim.key}: {claim.statement}",
        "",
        f"**{evidence.headline}** Verdict: **{result.verdict}**.",
        "",
        "| part of the statement | holds if | cases that hold | verdict |",
        "|---|---|---|---|",
        *parts,
        "",
        *_limits(result),
        *([f"- Gain: {evidence.gain}."] if evidence.gain else []),
        f"- Compared: {claim.baseline}; with {claim.improvement}.",
        f"- Source: {claim.source}.",
        f"- File: [`{claim.file.name}`](../{claim.place}); measure with `mechkit report {claim.key}`.",
        "",
    ]
    return "\n".join(lines)


def _row(*cells: str) -> str:
    return " | ".join(["", *(text.replace("|", "\\|") for text in cells), ""]).strip()


def _limits(result: Result) -> list[str]:
    """One line for each part or limit of which cases outside the statement were measured."""
    lines = []
    for part in (*result.claim.parts, *result.claim.limits):
        outside = [check for check in result.evidence.checks if check.part == part and not check.within]
        if outside:
            failing = [check.case for check in outside if not check.holds]
            cases = f"{len(outside) - len(failing)} of {len(outside)} cases"
            more = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
            lines.append(f"- Not judged: {part}: in {cases}" + (f", not for {failing[0]}{more}." if failing else "."))
    return lines
