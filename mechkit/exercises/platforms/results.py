"""Verdicts in the formats of Gradescope, PrairieLearn, CodeGrade and GitHub Classroom: plain data, as JSON has it."""

from __future__ import annotations

import base64
import json
from fractions import Fraction
from typing import Any

from mechkit.exercises.budgets import figure, spelled_key
from mechkit.exercises.verdict import Row, Verdict

#: What a student reads of a hidden case.
HIDDEN = "a hidden case"


def _output(row: Row, shown: bool = False) -> str:
    """What a student reads of a case."""
    if row.hidden and not shown:
        return f"{HIDDEN} {'passed' if row.passed else 'did not pass'}"
    counted = ", ".join(f"{figure(number)} {spelled_key(key)}" for key, number in row.counted.items())
    allowed = ", ".join(row.allowed.values())
    lines = [row.full_sentence or "passed"]
    lines += [f"counted: {counted}"] if counted else []
    lines += [f"allowed: {allowed}"] if allowed else []
    return "\n".join(lines)


def _name(row: Row) -> str:
    return HIDDEN if row.hidden else row.case


def _status(row: Row, passed: str, failed: str) -> str:
    return passed if row.passed else failed


def gradescope(verdict: Verdict) -> dict[str, Any]:
    """``results.json`` of a Gradescope autograder; the counts stand on its leaderboard."""
    tests = [
        {
            "score": row.points,
            "max_score": row.max_points,
            "status": _status(row, "passed", "failed"),
            "name": row.case,
            "number": str(number),
            "output": _output(row, shown=True),
            "output_format": "text",
            "tags": [verdict.exercise],
            "visibility": "hidden" if row.hidden else "visible",
        }
        for number, row in enumerate(verdict.rows, 1)
    ]
    if verdict.refused:
        tests = [
            {
                "score": 0.0,
                "max_score": verdict.max_points,
                "status": "failed",
                "name": "the submission can be read",
                "number": "1",
                "output": verdict.refused,
                "output_format": "text",
                "tags": [verdict.exercise],
                "visibility": "visible",
            }
        ]
    visible = next((row for row in verdict.rows if not row.passed and not row.hidden), None)
    summary = verdict.refused or (f"{visible.case}: {visible.full_sentence}" if visible else "")
    return {
        "score": verdict.points,
        "output": summary,
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
        "leaderboard": [
            {"name": spelled_key(key), "value": number, "order": "asc"} for key, number in verdict.leaderboard.items()
        ],
    }


def prairielearn(verdict: Verdict) -> dict[str, Any]:
    """``results.json`` of a PrairieLearn external grader; what cannot be read is not gradable, and costs no attempt."""
    if not verdict.gradable:
        return {
            "gradable": False,
            "score": 0.0,
            "message": verdict.refused,
            "format_errors": [verdict.refused],
            "tests": [],
        }
    return {
        "gradable": True,
        "score": verdict.points / verdict.max_points,
        "message": verdict.refused or ("all cases passed" if verdict.passed else "some cases did not pass"),
        "format_errors": [],
        "tests": [
            {
                "name": _name(row),
                "points": row.points,
                "max_points": row.max_points,
                "message": "" if row.hidden else row.full_sentence,
                "output": _output(row),
            }
            for row in verdict.rows
        ],
    }


def codegrade(verdict: Verdict) -> list[dict[str, Any]]:
    """The lines of a CodeGrade AutoTest: the cases as unit tests, and the share of the points as a fraction."""
    cases = [
        {
            "name": _name(row),
            "status": _status(row, "success", "failure"),
            "reason": _output(row),
            "weight": row.max_points,
        }
        for row in verdict.rows
    ]
    if verdict.refused:
        cases = [
            {
                "name": "the submission can be read",
                "status": "error",
                "reason": verdict.refused,
                "weight": verdict.max_points,
            }
        ]
    suite = {"id": verdict.exercise, "name": verdict.exercise, "testCases": cases}
    share = Fraction(verdict.points / verdict.max_points).limit_denominator(10_000)
    return [
        {"tag": "unit-test", "results": [suite]},
        {"tag": "points", "points": f"{share.numerator}/{share.denominator}"},
    ]


def classroom(verdict: Verdict) -> str:
    """The result that the reporter of GitHub Classroom takes: base64 of JSON."""
    tests = [
        {
            "name": _name(row),
            "status": _status(row, "pass", "fail"),
            "score": row.points,
            "max_score": row.max_points,
            "message": None if row.passed else _output(row),
            "test_code": "",
            "filename": "",
            "line_no": 0,
            "execution_time": 0,
        }
        for row in verdict.rows
    ]
    if verdict.refused:
        tests = [
            {
                "name": "the submission can be read",
                "status": "error",
                "score": 0,
                "max_score": verdict.max_points,
                "message": verdict.refused,
                "test_code": "",
                "filename": "",
                "line_no": 0,
                "execution_time": 0,
            }
        ]
    status = "error" if verdict.refused else "pass" if verdict.passed else "fail"
    result = {"version": 1, "status": status, "max_score": verdict.max_points, "tests": tests}
    return base64.b64encode(json.dumps(result).encode("utf-8")).decode("ascii")
