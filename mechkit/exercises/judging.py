"""From what came of the calls to rows: is each result right, what did it cost, and where is the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mechkit.counting.opcounts import OpCounts
from mechkit.exercises.budgets import Budget, figure, law_through, measured, spelled_key, term_over, too_fast
from mechkit.exercises.cases import Case
from mechkit.exercises.running import Child, Outcome
from mechkit.exercises.submission import Submission
from mechkit.exercises.verdict import Row

#: Says what is wrong with a result, or None: the result, the case.
Judge = Callable[[Any, Case], str | None]


def judged(cases: Sequence[Case], outcomes: Sequence[Outcome], judge: Judge, budgets: Sequence[Budget]) -> list[Row]:
    """A row for each choice of sizes; what is reported of its seeds is the first that went wrong."""
    rows: dict[str, Row] = {}
    for case, outcome in zip(cases, outcomes, strict=True):
        row = _row(case, outcome, judge, budgets)
        before = rows.get(case.label)
        rows[case.label] = row if before is None else _joined(before, row, budgets)
    return list(rows.values())


def _row(case: Case, outcome: Outcome, judge: Judge, budgets: Sequence[Budget]) -> Row:
    allowed = {budget.key: budget.written(case.point) for budget in budgets if budget.most}
    row = Row(case.label, False, {}, allowed, hidden=case.hidden, seed=case.seed)
    if outcome.wrong is not None or outcome.ops is None:
        return replace(row, sentence=outcome.wrong or "nothing came of it")
    counted = {budget.key: measured(outcome.ops, budget.key) for budget in budgets}
    row = replace(row, counted=counted)
    wrong = judge(outcome.result, case)
    if wrong is not None:
        return replace(row, sentence=wrong)
    return replace(row, right=True, sentence=_over(budgets, counted, case) or "")


def _over(budgets: Sequence[Budget], counted: dict[Any, float], case: Case) -> str | None:
    for budget in budgets:
        number = counted[budget.key]
        if budget.holds(number, case.point):
            continue
        what = spelled_key(budget.key)
        if budget.most:
            return f"{figure(number)} {what} are counted, and {budget.written(case.point)} are allowed"
        return (
            f"{figure(number)} {what} are counted, and an honest solution needs at least "
            f"{budget.written(case.point)}; compute the answer from the arguments"
        )
    return None


def _joined(before: Row, row: Row, budgets: Sequence[Budget]) -> Row:
    """One row from those of two seeds: the first that went wrong, with the highest counts."""
    first = before if not before.passed else row
    if before.passed and row.passed:
        first = before
    counted = {
        key: max(before.counted.get(key, 0), row.counted.get(key, 0)) for key in {**before.counted, **row.counted}
    }
    return replace(first, right=before.right and row.right, counted=counted if first.right else first.counted)


def growth_rows(budgets: Sequence[Budget], cases: Sequence[Case], rows: Sequence[Row]) -> list[Row]:
    """A row for each growth budget; all cases must have counts."""
    found = []
    points = {case.label: case.point for case in cases}
    for budget in budgets:
        if not budget.growth:
            continue
        name = f"growth of {spelled_key(budget.key)}"
        if not all(row.right for row in rows):
            found.append(Row(name, False, {}, {budget.key: budget.text}, "a case went wrong, so the growth is unknown"))
            continue
        counts = [row.counted[budget.key] for row in rows]
        wrong = too_fast(budget, [points[row.case] for row in rows], counts)
        found.append(Row(name, True, {}, {budget.key: budget.text}, wrong or ""))
    return found


def explain(
    rows: list[Row],
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    budgets: Sequence[Budget],
    submission: Submission,
    child: Child,
) -> list[Row]:
    """The rows, with the line and the hint of the first that went wrong, and of all that went wrong as it did."""
    first = next((row for row in rows if not row.passed), None)
    if first is None:
        return rows
    index = next((i for i, case in enumerate(cases) if case.label == first.case and case.seed == first.seed), None)
    if index is None:
        return rows
    outcome = outcomes[index]
    if outcome.wrong is not None:
        return [_with_place(row, first, outcome, index, submission, child) for row in rows]
    if first.right:
        hint = _where_the_work_is(rows, index, cases, outcome, budgets, submission, child)
        return [replace(row, hint=hint) if row is first else row for row in rows]
    return rows


def _with_place(row: Row, first: Row, outcome: Outcome, index: int, submission: Submission, child: Child) -> Row:
    if row is not first and (row.sentence != first.sentence or outcome.line is None):
        return row
    line, sentence = outcome.line, row.sentence
    if row is first and outcome.asks:
        answer = child.ask("error", index) or {}
        line, sentence = answer.get("line") or line, answer.get("sentence") or sentence
    return replace(row, sentence=sentence, line=submission.place(line), source=source_line(submission, line))


def _where_the_work_is(
    rows: Sequence[Row],
    index: int,
    cases: Sequence[Case],
    outcome: Outcome,
    budgets: Sequence[Budget],
    submission: Submission,
    child: Child,
) -> str:
    """Which term of the law is over the budget, and which line costs most."""
    assert outcome.ops is not None
    case = cases[index]
    over = next(b for b in budgets if not b.holds(measured(outcome.ops, b.key), case.point))
    if not over.most:
        return ""
    hints = []
    points = {each.label: each.point for each in cases}
    counts = [row.counted.get(over.key) for row in rows]
    if all(count is not None for count in counts):
        law = law_through(over.sizes, [points[row.case] for row in rows], [c for c in counts if c is not None])
        term = term_over(law, over) if law is not None else None
        if term:
            hints.append(f"The {spelled_key(over.key)} are {law}: the term {term} is over {over.text}")
    # Where the problem is large, the lines that matter stand out.
    largest = max((i for i, each in enumerate(cases) if _is_over(rows, each, over)), default=index)
    answer = child.ask("costs", largest)
    line = most_expensive(answer, over.key) if answer else None
    if line is not None:
        number, count = line
        text = source_line(submission, number)
        hints.append(f"The most expensive line is {submission.place(number)}, with {figure(count)}: {text}")
    return ". ".join(hints)


def _is_over(rows: Sequence[Row], case: Case, budget: Budget) -> bool:
    row = next(row for row in rows if row.case == case.label)
    return row.right and not budget.holds(row.counted[budget.key], case.point)


def most_expensive(answer: dict[str, Any], key: Any) -> tuple[int, float] | None:
    """The line that costs most by a measure, and how much; None where no line costs anything.

    >>> answer = {"lines": [(3, {"float64": {"mul": 2}}), (4, {"float64": {"mul": 9}})]}
    >>> most_expensive(answer, "flops")
    (4, 9)
    """
    costs = [(measured(OpCounts.from_dict(counts), key), int(line)) for line, counts in answer["lines"]]
    cost, line = max(costs, default=(0, 0))
    return (line, cost) if cost else None


def source_line(submission: Submission, line: int | None) -> str:
    """The text of a line of a submission."""
    lines = submission.text.split("\n")
    return lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""
