"""A line of iterations on one Poisson problem: fewer steps, and what these cost (claim F3)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from mechkit.measurement import Comparison, compare, growth
from mechkit.mechanisms.experiment import Evidence, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.poisson_solves import LINE, RTOL, STATIONARY, flops_of_tests, same_solution, steps_and_error

_SIZES = (7, 15, 31, 63)
ITERATION_RULE = (
    f"All iterations solve the same Poisson problems, n = {', '.join(map(str, _SIZES))} points a side, until the "
    f"residual is {RTOL:g} times that at the start. A change from one iteration to the next in the line passes if, at "
    "each n, it needs fewer steps, and fewer flops too, so that its steps are not dearer than they are fewer; "
    "residuals that only say when to stop are left out. Confirmed if every change passes, qualified if some do, "
    "refuted if none does."
)
STEPS, FLOPS = "steps, {} / {}, least over n", "flops, {} / {}, least over n"
POWER = "power of 1/h with which steps grow, "


def measure_iterations() -> Evidence:
    """Steps and flops of six iterations by the points a side n, and how they grow with 1/h = n + 1."""
    found = compare(LINE, _SIZES, measure=steps_and_error, check=same_solution, repeats=1, progress=False)
    steps = {name: found.typical(name, "steps") for name in LINE}
    flops = {name: {n: _flops(found, name, n) for n in _SIZES} for name in LINE}
    a_point = {name: {n: cost / n**2 for n, cost in row.items()} for name, row in flops.items()}
    errors = [found.typical(name, "error")[_SIZES[-1]] for name in LINE]
    ratios = {
        text.format(old, new): min(costs[old][n] / costs[new][n] for n in _SIZES)
        for old, new in pairwise(LINE)
        for text, costs in ((STEPS, steps), (FLOPS, flops))
    }
    return Evidence(
        numbers={**ratios, **{POWER + name: _power(row)[0] for name, row in steps.items()}},
        tables=[
            _table("Steps, of multigrid V-cycles, and the fitted power of 1/h = n + 1 with which they grow", steps),
            Table("Flops", _columns(), [(name, *row.values()) for name, row in flops.items()]),
            _table("Flops a point, of which there are n², and the fitted power of 1/h with which they grow", a_point),
        ],
        figures=[
            Figure(
                f"Steps to a residual of {RTOL:g} times the first. On a grid twice as fine Jacobi and Gauss-Seidel "
                "need four times as many, SOR and conjugate gradients twice as many, multigrid as many as before.",
                partial(_draw, steps, "steps"),
            ),
            Figure(
                "Flops of the same runs for each of the n² points. Multigrid alone costs the same on all grids.",
                partial(_draw, a_point, "flops a point"),
            ),
        ],
        notes=[
            f"A tolerance for the residual is none for the error: at n = {_SIZES[-1]} that is, in the 2-norm, from "
            f"{min(errors):.0e} to {max(errors):.0e}.",
            "Flops are those counted, without the residuals that only tell Jacobi, Gauss-Seidel and SOR when to stop, "
            "half of their work. CG has its residual from the step itself; multigrid's is left in, 9 flops a point and "
            "cycle, and so is the making of the incomplete factor. With these residuals SOR would take at least "
            f"{min(found.ratio('SOR', 'CG').values()):.2g} times the flops of CG.",
            "SOR needs to be told the best omega, which is known for few problems; CG needs to be told nothing.",
        ],
    )


def _flops(found: Comparison, name: str, n: int) -> int:
    flops, steps = (found.typical(name, cost)[n] for cost in ("flops", "steps"))
    return int(flops - flops_of_tests(n, steps) if name in STATIONARY else flops)


def _columns(*more: str) -> tuple[str, ...]:
    return ("method", *(f"n = {n}" for n in _SIZES), *more)


def _table(caption: str, rows: Mapping[str, Mapping[int, float]]) -> Table:
    cells = [(name, *row.values(), *_power(row)) for name, row in rows.items()]
    return Table(caption, _columns("power", "95 % interval"), cells)


def _power(row: Mapping[int, float]) -> tuple[float, str]:
    """The fitted power of n + 1, and its interval."""
    found = growth({n + 1: value for n, value in row.items()})
    power, low, high = (round(x, 2) + 0.0 for x in (found.exponent, *found.interval))  # never -0.0
    return power, f"{low:.2f} to {high:.2f}"


def judge_iterations(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `ITERATION_RULE`."""
    changes = {new: (numbers[STEPS.format(old, new)], numbers[FLOPS.format(old, new)]) for old, new in pairwise(LINE)}
    passed = sum(steps > 1 and flops > 1 for steps, flops in changes.values())
    saved = "; ".join(f"{new} {steps:.2g} and {flops:.2g}" for new, (steps, flops) in changes.items())
    powers = "; ".join(f"{name} {numbers[POWER + name]:.2f}" for name in LINE)
    return verdict_by_parts(passed, len(changes)), (
        f"{passed} of {len(changes)} changes save both steps and flops; they divide them by at least: {saved}; "
        f"steps grow with 1/h to the power: {powers}"
    )


def _draw(rows: Mapping[str, Mapping[int, float]], label: str, axes: Any) -> None:
    for name, row in rows.items():
        axes.loglog(list(row), list(row.values()), label=name)
    axes.set_xlabel("points a side n")
    axes.set_ylabel(label)
    axes.legend(fontsize=12)
