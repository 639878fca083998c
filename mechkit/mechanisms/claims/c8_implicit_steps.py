"""C8. Implicit steps cost more each, and fewer are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from mechkit.catalogue import LAWS
from mechkit.measurement import law
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_bars
from mechkit.mechanisms.shared.runs import counted
from mechkit.odes import euler, solve_ivp

MORE = "an implicit step costs more"
FEWER = "fewer are needed"
LESS = "and all of them together cost less, where the problem is stiff"
PLAIN = "where it is not stiff, implicit steps cost more in all"

EXPLICIT = "RK45"
IMPLICIT = ("BDF", "Radau", "Rodas4")
#: The end of the solution is wanted with this relative error.
WANTED = 1e-4
#: The tolerances that are tried, the loosest first: half powers of ten.
TOLERANCES = tuple(10.0 ** (-k / 2.0) for k in range(4, 19))
#: The absolute tolerance, as a part of the relative one: no component that counts is smaller.
SMALLEST = 1e-3
#: The tolerance of the solution that the others are compared with.
EXACT = 1e-11
#: The cells of the rod that cools down.
CELLS = 60


class Case(NamedTuple):
    """An initial value problem: fun, the end, the start, further arguments, and options of implicit methods."""

    fun: Callable[..., Any]
    end: float
    y0: tuple[float, ...]
    args: tuple[float, ...] = ()
    options: Mapping[str, Any] = {}


class Run(NamedTuple):
    """What it took to come within the error wanted."""

    steps: int
    flops: int
    tolerance: float


def van_der_pol(t, y, mu):
    """An oscillator that jumps between slow branches; the larger mu, the stiffer."""
    return [y[1], mu * (1.0 - y[0] * y[0]) * y[1] - y[0]]


def robertson(t, y):
    """Three reactions whose rates differ by nine powers of ten."""
    slow = 0.04 * y[0]
    back = 1e4 * y[1] * y[2]
    fast = 3e7 * y[1] * y[1]
    return [back - slow, slow - back - fast, fast]


def cooling(t, y, out):
    """A rod that cools down, its ends held at 0: stiff, as its short waves decay fast."""
    n = y.size
    per_square = (n + 1.0) * (n + 1.0)
    for i in range(n):
        left = y[i - 1] if i > 0 else 0.0
        right = y[i + 1] if i < n - 1 else 0.0
        out[i] = per_square * (left - 2.0 * y[i] + right)


def orbit(t, y):
    """Two bodies."""
    square = y[0] * y[0] + y[1] * y[1]
    cube = square * np.sqrt(square)
    return [y[2], y[3], -y[0] / cube, -y[1] / cube]


def hunters(t, y):
    """Lotka and Volterra."""
    meet = y[0] * y[1]
    return [2.0 * (y[0] - meet), meet - y[1]]


ROD = tuple(float(np.sin(np.pi * x)) for x in np.arange(1, CELLS + 1) / (CELLS + 1))
STIFF = {
    "van der Pol, mu = 100": Case(van_der_pol, 200.0, (2.0, 0.0), (100.0,)),
    "Robertson": Case(robertson, 40.0, (1.0, 0.0, 0.0)),
    f"a rod of {CELLS} cells, banded": Case(cooling, 0.5, ROD, (), {"lband": 1, "uband": 1}),
}
NOT_STIFF = {
    "van der Pol, mu = 1": Case(van_der_pol, 20.0, (2.0, 0.0), (1.0,)),
    "an orbit": Case(orbit, 20.0, (0.5, 0.0, 0.0, 3.0**0.5)),
    "hunters and hunted": Case(hunters, 20.0, (1.0, 3.0)),
}
CASES = {**STIFF, **NOT_STIFF}


def measure() -> Evidence:
    """Steps and flops to the same error, by an explicit method and three implicit ones."""
    stiff = {name: {method: run(name, method) for method in (EXPLICIT, *IMPLICIT)} for name in STIFF}
    other = {name: {method: run(name, method) for method in (EXPLICIT, *IMPLICIT)} for name in NOT_STIFF}
    both = {**stiff, **other}
    name = "van der Pol, mu = 100"
    best = stiff[name]["Radau"]
    return Evidence(
        checks=[
            *(Check(MORE, f"{p}, {m}", ratio(runs, m, each), above(1)) for p, runs in both.items() for m in IMPLICIT),
            *(
                Check(FEWER, f"{p}, {m}", 1 / ratio(runs, m, steps), above(1))
                for p, runs in stiff.items()
                for m in IMPLICIT
            ),
            *(
                Check(LESS, f"{p}, {m}", 1 / ratio(runs, m, flops), above(1))
                for p, runs in stiff.items()
                for m in IMPLICIT
            ),
            *(
                Check(PLAIN, f"{p}, {m}", ratio(runs, m, flops), above(1), within=False)
                for p, runs in other.items()
                for m in IMPLICIT
            ),
        ],
        headline=Headline(
            "A stiff oscillator takes {:,.0f} times fewer steps of Radau's method than of Dormand and Prince's.",
            stiff[name][EXPLICIT].steps / best.steps,
        ),
        gain=Gain(f"{name}, {EXPLICIT} and Radau", stiff[name][EXPLICIT].flops, best.flops),
        tables=[
            Table(
                f"To a relative error of {WANTED:g} at the end",
                ("problem", "method", "rtol", "steps", "flops", "flops a step"),
                [
                    (problem, method, found.tolerance, found.steps, found.flops, each(found))
                    for problem, runs in both.items()
                    for method, found in runs.items()
                ],
            )
        ],
        laws=[
            LawsBySize(
                "A rod of n cells that cools down. Euler's method takes (n + 1)^2 steps, the longest that are stable. "
                "An implicit method may take any number of steps s, and solves a tridiagonal system in each.",
                rod_by_law(),
                {"n": (3, 1000, CELLS), "s": (1, 10_000, 100)},
            )
        ],
        figures=[
            Figure(
                f"Flops of the {EXPLICIT} method over those of Radau's, to the same error. Above 1 the implicit steps "
                "are worth their price; the first three problems are stiff.",
                partial(_draw, {problem: 1 / ratio(runs, "Radau", flops) for problem, runs in both.items()}),
            )
        ],
        notes=[
            "Each method has the loosest tolerance with which it comes within the error, no tighter one.",
            "Calls of fun for the Jacobian are counted, and what fun does too.",
            f"A step of BDF is one system and few calls of fun; a step of {EXPLICIT} is six calls. So where fun costs "
            "more than the system, the implicit step is the cheaper one.",
        ],
    )


def rod_by_law() -> dict[str, Polynomial]:
    """The exact laws of explicit steps up to t = 1/2 and of s systems, in the cells n."""

    def explicit(n: int) -> None:
        euler(cooling, (0.0, 0.5), np.ones(n), (n + 1) ** 2)

    system = law(LAWS["solve_banded-tridiagonal"].run, n=range(3, 9)).flops
    steps = Polynomial.parse("s", ("n", "s")) * Polynomial.parse(str(system), ("n", "s"))
    return {"explicit steps": law(explicit, n=range(3, 9)).flops, "s implicit steps": steps}


@lru_cache(maxsize=16)
def end_of(name: str) -> np.ndarray:
    """The solution at the end."""
    return _solve(name, "Radau", EXACT).y[:, -1]


def run(name: str, method: str) -> Run:
    """The run with the loosest tolerance that comes within the error wanted."""
    exact = end_of(name)
    for tolerance in TOLERANCES:
        r, ops = counted(_solve, name, method, tolerance)
        if r.success and np.linalg.norm(r.y[:, -1] - exact) <= WANTED * np.linalg.norm(exact):
            return Run(r.nit, ops.flops, tolerance)
    raise ValueError(f"{method} does not come within {WANTED:g} of the solution of {name}")


def _solve(name: str, method: str, tolerance: float) -> Any:
    case = CASES[name]
    options = {} if method == EXPLICIT else case.options
    span, small = (0.0, case.end), SMALLEST * tolerance
    return solve_ivp(case.fun, span, case.y0, method, args=case.args, rtol=tolerance, atol=small, **options)


def steps(found: Run) -> float:
    """How many steps were taken."""
    return found.steps


def flops(found: Run) -> float:
    """The flops of all steps."""
    return found.flops


def each(found: Run) -> float:
    """The flops of a step that was taken."""
    return found.flops / found.steps


def ratio(runs: Mapping[str, Run], method: str, of: Callable[[Run], float]) -> float:
    """A measure of an implicit method over that of the explicit one."""
    return of(runs[method]) / of(runs[EXPLICIT])


def _draw(ratios: Mapping[str, float], axes: Any) -> None:
    draw_bars(list(ratios), list(ratios.values()), f"flops of {EXPLICIT} / flops of Radau", axes)
    axes.set_xscale("log")


CLAIM = Claim(
    key="C8",
    mechanism="complexity trade-offs",
    statement="Implicit steps cost more each, and fewer are needed.",
    source="RAND RR-A3485-1, appendix B, differential equations",
    baseline="the explicit pair of Dormand and Prince, RK45",
    improvement="implicit methods: BDF, Radau IIA 5, Rodas4",
    parts={
        MORE: "the flops of an implicit step over those of an explicit one",
        FEWER: "the explicit steps over the implicit ones, to the same error, on stiff problems",
        LESS: "the flops of the explicit method over those of the implicit one, to the same error, on stiff problems",
    },
    limits={PLAIN: "the flops of the implicit method over those of the explicit one, on problems that are not stiff"},
    measure=measure,
)
