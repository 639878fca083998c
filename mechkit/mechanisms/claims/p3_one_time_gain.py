"""P3. Reduced precision is a one-time gain: once the bits are cut, there is no more to be had."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.linalg import LinAlgWarning

from mechkit.counting import OpCounts, count
from mechkit.counting.kinds import FLOPS
from mechkit.linear_systems import solve
from mechkit.linear_systems.refinement import EPS, refine
from mechkit.measurement import Law, law
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above, at_least, below
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.direct_solves import VERIFIED, verified_law
from mechkit.mechanisms.shared.runs import counted
from mechkit.problems import conditioned, read_matrix_market

WORKS = "elimination in float32 can be refined to the accuracy of float64"
GAINS = "it is cheaper"
ONCE = "it gains no more on a larger system"
ENDS = "its bits do not suffice for every system"

#: The order of the matrices whose errors are measured.
N = 100
#: Condition numbers, from 1 to 1e14: there float64 still gives two or three digits.
KAPPAS = [10.0 ** (k / 2) for k in range(29)]
#: As accurate: an error at most so many times that of float64, for each of three matrices.
AS_ACCURATE = 10.0
#: The backward error to refine to: about what elimination in float64 leaves.
TARGET = 4 * EPS
#: The size of the gain, and a size ten times larger, whose gain must not be larger by a tenth.
SIZE, LARGER, NO_MORE = 10_000, 100_000, 1.1

#: A stiffness matrix of the Harwell-Boeing collection, symmetric positive definite.
STIFFNESS = "bcsstk01.mtx"


def measure() -> Evidence:
    """The errors of refinement and of plain elimination by condition number, and refinement's cost by n."""
    n, sweep = N, [_refined(N, kappa) for kappa in KAPPAS]
    reach = 0.0
    for kappa, row in zip(KAPPAS, sweep, strict=True):
        if row["ratio"] > AS_ACCURATE:
            break
        reach = kappa
    runs, of_refinement = costs()
    steps = max(run[1] for run in runs)
    dense = verified_law("dense elimination")
    refined = {size: of_refinement(n=size, s=steps) for size in (SIZE, LARGER)}
    gains = {size: _cost(dense(n=size)) / _cost(ops) for size, ops in refined.items()}
    in_float32 = refined[SIZE]["float32"].flops / refined[SIZE].flops
    return Evidence(
        checks=[
            Check(WORKS, "largest condition number up to which it does", reach, at_least(KAPPAS[0])),
            Check(GAINS, f"n = {SIZE:,}", gains[SIZE], above(1)),
            Check(ONCE, f"from n = {SIZE:,} to n = {LARGER:,}", gains[LARGER] / gains[SIZE], below(NO_MORE)),
            Check(ENDS, "largest condition number up to which they do", reach, below(KAPPAS[-1])),
        ],
        headline=Headline(
            f"Refined float32 is {{:.2f}} times cheaper than float64 at n = {SIZE:,}, and never more than 4 times.",
            gains[SIZE],
        ),
        gain=Gain(
            f"one dense system, n = {SIZE:,}, a float32 flop at a quarter of a float64 one",
            _cost(dense(n=SIZE)),
            _cost(refined[SIZE]),
            "float64 flops",
        ),
        tables=[
            Table(
                f"Largest relative error over three matrices, n = {n}",
                (
                    "condition number",
                    "float64",
                    "float32 alone",
                    "float32, refined",
                    "largest refined / float64",
                    "steps",
                ),
                [(kappa, *row.values()) for kappa, row in list(zip(KAPPAS, sweep, strict=True))[::2]],
            ),
            Table(
                "Cost of a refined solution, counted, condition number 1e4",
                ("n", "steps", "float32 flops", "float64 flops", "share of float32", "gain"),
                [
                    (size, s, ops["float32"].flops, ops["float64"].flops, ops["float32"].flops / ops.flops, gain)
                    for size, s, ops, gain in runs
                ],
            ),
        ],
        laws=[
            LawsBySize(
                "One dense system of n unknowns, refined by s steps, where a float64 flop counts as 4 of float32.",
                {"float64": 4 * dense.flops, "float32, refined": in_single(of_refinement)},
                {"n": (5, 100_000, SIZE), "s": (1, 10, steps)},
                unit="float32 flops",
            )
        ],
        figures=[
            Figure(
                f"Largest relative error over three matrices, n = {n}. Refinement follows float64 up to a "
                "condition number near 1/(6e-8), the precision of float32, and is of no use beyond.",
                partial(_draw_errors, sweep),
            ),
            Figure(
                "How many times cheaper than dense elimination in float64, where a float32 flop is a quarter of a "
                "float64 one. Fewer bits can gain no more than the factor 4, however large the system; knowing a band "
                "gains more the larger it is.",
                partial(_draw_gains, of_refinement, dense, steps),
            ),
        ],
        notes=[
            "The law of refinement was recovered from runs at n = 2 to 6 and verified by the runs in the table: the "
            f"predicted and the counted flops were equal. Gains at larger n are its values for {steps} steps.",
            f"Of its flops at n = {SIZE:,}, {100 * in_float32:.1f} % are in float32.",
            "It saves no storage: the matrix stays in float64 beside its factors in float32.",
            VERIFIED,
        ],
    )


def measure_published(folder: Path) -> Evidence:
    """The errors and the cost of refinement for a stiffness matrix of condition number 9e5."""
    matrix = read_matrix_market(folder / "matrices" / STIFFNESS)
    A = matrix.array.toarray()
    n, x = A.shape[0], np.ones(A.shape[0])
    plain, in_double = counted(solve, A, A @ x)
    found, ops = counted(refine, A, A @ x, rtol=TARGET)
    errors = [max(float(np.abs(y - x).max()), EPS) for y in (plain, found.x)]
    reach = float(np.linalg.cond(A)) if errors[1] <= AS_ACCURATE * errors[0] else 0.0
    before, after = _cost(in_double), _cost(ops)
    return Evidence(
        checks=[
            Check(WORKS, f"{matrix.name}, its condition number if refined as well", reach, at_least(KAPPAS[0])),
            Check(GAINS, f"{matrix.name}, n = {n}", before / after, above(1), within=False),
        ],
        headline=Headline(
            f"For a stiffness matrix of order {n} refined float32 costs 1/{{:.2f}} of float64.", before / after
        ),
        gain=Gain(
            f"{matrix.name}, n = {n}, a float32 flop at a quarter of a float64 one", before, after, "float64 flops"
        ),
        notes=[
            f"At order {n} the {found.nit} residuals in float64 are a large part of the work; the gain is larger for "
            "larger systems."
        ],
    )


def in_single(found: Law) -> Polynomial:
    """The law of all flops, where a float64 flop counts as 4 of float32."""
    zero = Polynomial(found.variables, {})
    in_columns = {name: sum((found[name][kind] for kind in FLOPS), start=zero) for name in ("float32", "float64")}
    return 4 * in_columns["float64"] + in_columns["float32"]


def _refined(n: int, kappa: float) -> dict[str, float]:
    """The worst errors over three matrices, the ratio of refinement's to float64's, and its most steps."""
    rows = []
    for seed in range(3):
        a, x = conditioned(n, kappa, seed), np.random.default_rng(seed).standard_normal(n)
        b = a @ x
        found = refine(a, b, rtol=TARGET)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LinAlgWarning)  # float32 is taken as far as it goes, and farther
            plain, single = solve(a, b), solve(a.astype(np.float32), b.astype(np.float32))
        errors = [float(np.max(np.abs(y - x)) / np.max(np.abs(x))) for y in (plain, single, found.x)]
        rows.append((*errors, errors[2] / errors[0], found.nit))
    return dict(
        zip(("float64", "float32", "refined", "ratio", "steps"), map(max, zip(*rows, strict=True)), strict=True)
    )


def costs() -> tuple[list[tuple[int, int, OpCounts, float]], Law]:
    """Runs with n, steps, counts and gain; and the law in n and the steps s. ArithmeticError where they differ."""
    found = law(lambda n, s: refine(conditioned(n, 1e7), np.ones(n), maxiter=s), n=range(2, 7), s=range(1, 5))
    dense, runs = verified_law("dense elimination"), []
    for n in (25, 50, 100, 200, 400):
        a = conditioned(n, 1e4)
        with count() as ops:
            steps = refine(a, a @ np.ones(n), rtol=TARGET).nit
        predicted = found(n=n, s=steps)
        if any(ops[column].flops != predicted[column].flops for column in ("float32", "float64")):
            raise ArithmeticError(f"refine counts {ops} at n = {n} and {steps} steps, its law predicts {predicted}")
        runs.append((n, steps, ops, _cost(dense(n=n)) / _cost(ops)))
    return runs, found


def _cost(ops: OpCounts) -> float:
    return ops.cost("bits-squared")


def _draw_errors(sweep: list[dict[str, float]], axes: Any) -> None:
    for name, label in (("float32", "float32 alone"), ("refined", "float32, refined"), ("float64", "float64")):
        axes.loglog(KAPPAS, [row[name] for row in sweep], label=label)
    axes.set_xlabel("condition number")
    axes.set_ylabel("largest relative error")
    axes.legend()


def _draw_gains(of_refinement: Law, dense: Law, steps: int, axes: Any) -> None:
    sizes, p = np.geomspace(50, 100_000, 12).astype(int).tolist(), 10
    banded = verified_law("banded elimination")
    axes.loglog(
        sizes, [_cost(dense(n=n)) / _cost(of_refinement(n=n, s=steps)) for n in sizes], label="float32, refined"
    )
    axes.loglog(sizes, [_cost(dense(n=n)) / _cost(banded(n=n, p=p)) for n in sizes], label=f"band, p = {p}, in float64")
    axes.axhline(4, color="black", linestyle=":", marker="", label="4")
    axes.set_xlabel("unknowns n")
    axes.set_ylabel("gain (times cheaper)")
    axes.legend()


CLAIM = Claim(
    key="P3",
    mechanism="reduced precision",
    statement="Reduced precision is a one-time gain: once the bits are cut, there is no more to be had.",
    source="RAND RR-A3485-1, chapter 3, reduced precision",
    baseline="dense elimination in float64",
    improvement="elimination in float32, refined to the accuracy of float64",
    parts={
        WORKS: f"the largest condition number up to which its error is at most {AS_ACCURATE:g} times that of float64",
        GAINS: "the ratio of the cost of elimination in float64 to that of refinement (a float32 flop at a quarter)",
        ONCE: "the ratio of the gain on a system ten times larger to the gain",
        ENDS: f"the largest condition number (of those up to {KAPPAS[-1]:.0e}) up to which refinement is as accurate",
    },
    measure=measure,
    measure_published=measure_published,
)
