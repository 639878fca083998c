"""An exercise: problems, a judge of the answers, and budgets. It checks what students hand in without running it."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mechkit.counting.example import WithExample
from mechkit.exercises.budgets import Budget, budgets, require_consistent, spelled_point
from mechkit.exercises.cases import Case, bytes_of, draw, points_of, sizes_given
from mechkit.exercises.comparing import checked, differs, misfit, unfit
from mechkit.exercises.judging import explain, growth_rows, judged
from mechkit.exercises.running import Child, Outcome, Run
from mechkit.exercises.submission import Refused, Submission, submission_of
from mechkit.exercises.verdict import Row, Verdict


class Exercise:
    """An exercise whose solutions are checked for their answer and for their exact cost.

    A submission is read, compiled and counted in a process of its own; nothing of it is run as Python.

    Parameters
    ----------
    name : the name of the function that students write
    problem : ``problem(n, rng)`` gives the arguments of the function, a tuple; rng is a numpy.random.Generator.
        Plain functions among them are compiled, and their calls are counted as "calls"
    check_or_answer : ``check(result, *args)`` gives True, or a sentence that says what is wrong; or ``answer(*args)``
        gives the right result. The number of arguments tells which of the two it is, or ``check=`` and ``answer=``
    n : the sizes; further sizes are keywords of their own, such as ``k=(2, 5)``, and are combined with all n
    seeds : how many problems are drawn for each size, anew at each grading; or the seeds themselves
    at_most, at_least : budgets: a measure -> a polynomial in the sizes, ``{"flops": "8n", "int": "20n"}``. A measure
        is a kind ("flops", "compare"), a column ("int": its arithmetic), both ("int.mul"), a cost model ("rand"), or
        "calls". ``"O(n log n)"`` bounds how the counts grow
    seconds, memory : what one call may take of the processor, and of the memory; they end what hangs
    points : an equal share for each case
    hidden : cases of which a student learns only whether they passed, such as ``("n = 100",)``
    rtol : how far a float may be from the answer, relative to the largest number in it
    solution : a function or file that must pass when the exercise is made; results must have its kinds and shapes

    Raises
    ------
    ValueError
        for budgets that contradict each other, for a solution that does not pass, for sizes that are none.

    Operation count: that of the submission, for each case.

    Examples
    --------
    >>> import mechkit as mk
    >>> def problem(n, rng):
    ...     return rng.random(n), 0.5
    >>> def answer(c, x):
    ...     return np.polyval(c[::-1], x)
    >>> budgets = {"at_most": {"flops": "2n"}, "at_least": {"flops": "2n - 2"}}
    >>> exercise = mk.Exercise("horner", problem, answer, n=(3, 10), **budgets)
    >>> def horner(c, x):
    ...     s = 0.0
    ...     for k in range(c.size - 1, -1, -1):
    ...         s = s * x + c[k]
    ...     return s
    >>> exercise.check(horner).points
    1.0
    """

    def __init__(
        self,
        name: str,
        problem: Callable[..., Any],
        check_or_answer: Callable[..., Any] | None = None,
        *,
        n: Any = None,
        check: Callable[..., Any] | None = None,
        answer: Callable[..., Any] | None = None,
        solution: Any = None,
        seeds: int | Sequence[int] = 3,
        at_most: Any = None,
        at_least: Any = None,
        seconds: float = 10.0,
        memory: str | float = "2 GB",
        points: float = 1.0,
        hidden: Sequence[str] = (),
        rtol: float = 1e-9,
        **sizes: Any,
    ) -> None:
        __tracebackhide__ = True
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"name is {name!r}; it must be the name of a function")
        if not callable(problem):
            raise ValueError(f"problem is {problem!r}; it must be a function of the sizes and of rng")
        self.name, self.problem = name, problem
        self.sizes = sizes_given({**({} if n is None else {"n": n}), **sizes})
        if not self.sizes:
            raise ValueError("there are no sizes; give a few, such as n=(2, 3, 10, 40)")
        names = tuple(self.sizes)
        self.at_most, self.at_least = budgets(at_most, True, names), budgets(at_least, False, names)
        require_consistent(self.at_most, self.at_least, points_of(self.sizes))
        self.seeds = _seeds(seeds)
        self.seconds, self.memory = _positive("seconds", seconds), bytes_of(memory)
        self.points, self.rtol = _positive("points", points), _positive("rtol", rtol)
        self.hidden = tuple([hidden] if isinstance(hidden, str) else hidden)
        self._models: dict[str, list[Any]] = {}
        cases = self._cases(0)
        for label in self.hidden:
            if label not in self.labels:
                raise ValueError(f"the hidden case {label!r} is unknown; the cases are {', '.join(self.labels)}")
        self.judge_check, self.judge_answer = _judges(check_or_answer, check, answer, cases[0].fresh())
        self.solution = solution
        if solution is None and isinstance(self.judge_answer, WithExample):
            solution = self.judge_answer
        if solution is not None:
            self._require_solution(solution)

    def check(
        self, submission: Any, *, seed: int | None = None, progress: Callable[[int], None] = lambda case: None
    ) -> Verdict:
        """Check a submission.

        submission : a function, a kernel, or the path of a Python file or notebook; seed : draws the problems, None for
        a fresh one; progress : called after each case with its number.

        Returns
        -------
        Verdict
            prints as a table; ``points``, ``passed``, ``sentence``, ``rows``; ``require()`` raises where a case failed.
        """
        __tracebackhide__ = True
        base = secrets.randbits(48) if seed is None else seed
        try:
            found = submission_of(submission)
        except Refused as refused:
            return Verdict(self.name, _label(submission), (), self.points, refused.sentence, gradable=False)
        cases = self._cases(base)
        with Child(found, self._called(found), [case.args for case in cases], self.seconds, self.memory) as child:
            run = child.run(progress)
            if run.refused is not None:
                return self._refused(found, run)
            all_budgets = [*self.at_most, *self.at_least]
            rows = judged(cases, run.outcomes, self._wrong, all_budgets)
            rows = explain(rows, cases, run.outcomes, all_budgets, found, child)
        return self._verdict(found, [*rows, *growth_rows(self.at_most, cases, rows)])

    @property
    def labels(self) -> list[str]:
        """The names of the cases, such as "n = 40"."""
        return [spelled_point(tuple(self.sizes), point) for point in points_of(self.sizes)]

    def _called(self, submission: Submission) -> str:
        """The name of the function to grade: a function of a session may have any."""
        return submission.label if submission.label.isidentifier() else self.name

    def _cases(self, base: int) -> list[Case]:
        seeds = [base + k for k in range(self.seeds)] if isinstance(self.seeds, int) else list(self.seeds)
        return draw(self.problem, self.sizes, seeds, self.hidden)

    def _wrong(self, result: Any, case: Case) -> str | None:
        """What is wrong with the result of a case; None where it is right."""
        if self.judge_answer is not None:
            return differs(result, self.judge_answer(*case.fresh()), self.rtol)
        models = self._models.get(case.label, [])
        wrong = unfit(result, models[0] if models else None, bool(models))
        if wrong or self.judge_check is None:
            return wrong
        return checked(self.judge_check, result, case.fresh())

    def _refused(self, submission: Submission, run: Run) -> Verdict:
        place = submission.place(run.line)
        sentence = f"{place}: {run.refused}" if place else str(run.refused)
        return Verdict(self.name, submission.label, (), self.points, sentence, gradable=False)

    def _verdict(self, submission: Submission, rows: list[Row]) -> Verdict:
        share = self.points / len(rows)
        shared = [replace(row, max_points=share, points=share if row.passed else 0.0) for row in rows]
        counted = [row.counted for row in rows if row.counted]
        passed = all(row.passed for row in rows)
        board = counted[-1] if passed and counted else {}
        return Verdict(self.name, submission.label, tuple(shared), self.points, leaderboard=board)

    def _require_solution(self, solution: Any) -> None:
        """Raises ValueError where the instructor's own solution does not pass; keeps the kinds of its results."""
        found = submission_of(solution)
        cases = self._cases(0)
        with Child(found, self._called(found), [case.args for case in cases], self.seconds, self.memory) as child:
            run = child.run()
            if run.refused is None:
                all_budgets = [*self.at_most, *self.at_least]
                rows = judged(cases, run.outcomes, self._wrong, all_budgets)
                rows = explain(rows, cases, run.outcomes, all_budgets, found, child)
                verdict = self._verdict(found, [*rows, *growth_rows(self.at_most, cases, rows)])
            else:
                verdict = self._refused(found, run)
        if not verdict.passed:
            raise ValueError(f"the exercise's own solution does not pass: {verdict.sentence}")
        self._models = _models(cases, run.outcomes)

    def __repr__(self) -> str:
        bounds = [f"{b.key} {'<=' if b.most else '>='} {b.text}" for b in (*self.at_most, *self.at_least)]
        return f"<exercise {self.name}: {', '.join(bounds) or 'no budgets'}>"


def _models(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> dict[str, list[Any]]:
    """The results of the solution by case, where those of all seeds have one shape."""
    by_case: dict[str, list[Any]] = {}
    for case, outcome in zip(cases, outcomes, strict=True):
        by_case.setdefault(case.label, []).append(outcome.result)
    return {
        label: results for label, results in by_case.items() if not any(misfit(each, results[0]) for each in results)
    }


def _judges(
    either: Callable[..., Any] | None,
    check: Callable[..., Any] | None,
    answer: Callable[..., Any] | None,
    args: tuple[Any, ...],
) -> tuple[Callable[..., Any] | None, Callable[..., Any] | None]:
    """The check and the answer, one of which is None. Raises ValueError where that cannot be told."""
    given = [one for one in (either, check, answer) if one is not None]
    if len(given) != 1 or not callable(given[0]):
        raise ValueError("give one judge: check(result, *args), which gives True or a sentence, or answer(*args)")
    if either is None:
        return check, answer
    try:
        parameters = inspect.signature(getattr(either, "py_func", either))
    except (TypeError, ValueError):
        return None, either
    fits = []
    for arguments in ((None, *args), args):
        try:
            parameters.bind(*arguments)
            fits.append(True)
        except TypeError:
            fits.append(False)
    if fits == [False, False]:
        raise ValueError(
            f"{getattr(either, '__name__', either)}{parameters} takes neither the {len(args)} arguments of the problem"
            f", as an answer does, nor the result and them, as a check does"
        )
    named = [p.name for p in parameters.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    # Both fit where there is a *args: check(result, *args) has one name before it.
    is_check = fits[0] if fits[0] != fits[1] else len(named) == 1 or named[:1] == ["result"]
    return (either, None) if is_check else (None, either)


def _seeds(seeds: Any) -> int | tuple[int, ...]:
    from mechkit.measurement.sizes import plain_number, whole_number

    plain = plain_number(seeds)
    if isinstance(plain, Sequence):
        if not plain:
            raise ValueError("there are no seeds; give a few, such as seeds=3")
        return tuple(whole_number(seed, "seed", 0) for seed in plain)
    return whole_number(plain, "number of seeds", 1)


def _positive(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ValueError(f"{name} is {value!r}; it must be a number above zero")
    return float(value)


def _label(submission: Any) -> str:
    return str(getattr(submission, "__name__", submission))


__all__ = ["Budget", "Exercise"]
