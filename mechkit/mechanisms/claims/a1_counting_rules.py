"""A1. Add, subtract, multiply, divide and compare cost 1; a square root about 5; trigonometric functions 15 to 20."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mechkit.counting import COST_MODELS
from mechkit.linear_systems import cholesky, solve
from mechkit.mechanisms.claim import ARITHMETIC, Check, Claim, Evidence, Figure, Headline, Table, between
from mechkit.mechanisms.shared.charts import draw_bars
from mechkit.mechanisms.shared.elementary import HALF_PI, coefficients, sine, square_root
from mechkit.mechanisms.shared.runs import counted

ROOT = "a square root costs about 5"
TRIGONOMETRIC = "a trigonometric function costs 15 to 20"

#: The survey's own weights, the lower and the upper, from its appendix A.
MODELS = ("rand", "rand-high")
#: Within a fifth of 5.
ABOUT_FIVE = between(4, 6)
#: Arguments of the root, after the exponent is taken off, and of the sine.
ROOTS = np.linspace(0.25, 1.0, 301)
ANGLES = np.linspace(-20.0, 20.0, 401)
#: Significant bits of float32 and float64.
BITS = (24, 53)
#: A table of first guesses has 7 correct bits; a straight line has 4.
TABLE, LINE = "from a table of 7 bits", "from a straight line"
#: A result is right to its bits if it is off by at most 4 units of the last one: each step rounds.
UNITS = 4


def measure() -> Evidence:
    """The fewest of the four operations with which a root and a sine are right to 24 and to 53 bits."""
    roots = {(bits, start): root_cost(bits, start) for bits in BITS for start in (TABLE, LINE)}
    waves = {(bits, name): wave_cost(bits, name) for bits in BITS for name in ("sine", "cosine")}
    named: dict[str, Callable[[], Any]] = {
        "a system of order 50, by elimination": lambda: solve(np.eye(50) + 1.0, np.ones(50)),
        "Cholesky factors of order 50": lambda: cholesky(np.eye(50) + 1.0),
    }
    weighed = [(name, *weights(run)) for name, run in named.items()]
    costs = {f"root, {bits} bits, {start}": cost for (bits, start), cost in roots.items()}
    costs |= {f"{name}, {bits} bits": cost for (bits, name), cost in waves.items()}
    return Evidence(
        checks=[
            *(Check(ROOT, f"to {bits} bits, {start}", cost, ABOUT_FIVE) for (bits, start), cost in roots.items()),
            *(
                Check(TRIGONOMETRIC, f"{name} to {bits} bits", cost, between(15, 20), within=bits == 53)
                for (bits, name), cost in waves.items()
            ),
        ],
        headline=Headline("A sine to 53 bits takes {:.0f} additions and multiplications.", waves[53, "sine"]),
        gain=None,
        tables=[
            Table(
                "Operations of the four kinds that make a function",
                ("function", "operations"),
                list(costs.items()),
            ),
            Table("Solvers by flops, and by the survey's weights", ("run", "flops", *MODELS), weighed),
        ],
        figures=[
            Figure(
                "What a square root and a sine cost if they are made of additions, subtractions, multiplications and "
                "divisions. The survey's weights are 5, and 15 to 20.",
                lambda axes: _draw(costs, axes),
            )
        ],
        notes=[
            "That the other five operations cost 1 is the survey's unit, not a measurement.",
            "The exponent of a root's argument, the look-up in a table and the choice of a quadrant are not counted: "
            "they are work on whole numbers.",
        ],
    )


def root_cost(bits: int, start: str) -> int:
    """The flops of the fewest of Heron's steps that give the roots to so many bits."""
    true = np.sqrt(ROOTS)
    line: np.ndarray = np.polyval(np.polyfit(ROOTS, true, 1), ROOTS)
    first: np.ndarray = np.round(true * 2.0**7) / 2.0**7 if start == TABLE else line
    for steps in range(1, 8):
        y = np.array([square_root(x, guess, steps) for x, guess in zip(ROOTS, first, strict=True)])
        if np.abs(y / true - 1.0).max() <= UNITS * 2.0**-bits:
            return counted(square_root, 0.5, 0.7, steps)[1].flops
    raise RuntimeError(f"seven steps do not give a root to {bits} bits")


def wave_cost(bits: int, name: str) -> int:
    """The flops of the shortest polynomials that give the sine, or the cosine, to so many bits."""
    true = np.sin(ANGLES)
    for n in range(1, 9):
        c = coefficients(n)
        y = np.array([sine(x, *HALF_PI, c) for x in ANGLES])
        if np.abs(y - true).max() <= UNITS * 2.0**-bits:
            return counted(sine, 0.3 if name == "sine" else 1.5, *HALF_PI, c)[1].flops
    raise RuntimeError(f"eight coefficients do not give a {name} to {bits} bits")


def weights(run: Callable[[], Any]) -> tuple[float, ...]:
    """The flops of a run, and its cost by the survey's two sets of weights."""
    ops = counted(run)[1]
    return ops.flops, *(ops.cost(COST_MODELS[model]) for model in MODELS)


def _draw(costs: dict[str, int], axes: Any) -> None:
    draw_bars(list(costs), list(costs.values()), "operations", axes)


CLAIM = Claim(
    key="A1",
    mechanism=ARITHMETIC,
    statement="Add, subtract, multiply, divide, compare cost 1; a square root about 5; trigonometric 15 to 20.",
    source="RAND RR-A3485-1, appendix A, the counting rules",
    baseline="the weight of the survey's table",
    improvement="the function written in the four operations, and counted",
    parts={
        ROOT: "the fewest operations of Heron's steps that give all bits",
        TRIGONOMETRIC: "the fewest operations of a reduction and a polynomial that give all bits",
    },
    measure=measure,
)
