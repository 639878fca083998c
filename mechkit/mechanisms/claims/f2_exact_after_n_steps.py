"""F2. After n steps the iteration of conjugate gradients is exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mechkit.catalogue import verified
from mechkit.linear_systems import cg, solve
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_most
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.direct_solves import verified_law
from mechkit.mechanisms.shared.runs import counted, steps_until
from mechkit.problems.poisson_equation import relative_error

EXACT = "after n steps CG is exact"

#: The order of the matrices.
N = 100
#: Condition numbers.
KAPPAS = (10, 1_000, 1_000_000)
#: Eigenvalues between 1/κ and 1, by n and κ.
SPECTRA: Mapping[str, Callable[[int, float], np.ndarray]] = {
    "five": lambda n, kappa: np.resize(np.geomspace(1.0, 1.0 / kappa, 5), n),
    "even": lambda n, kappa: np.linspace(1.0, 1.0 / kappa, n),
    "geometric": lambda n, kappa: np.geomspace(1.0, 1.0 / kappa, n),
}
#: Exact: an error at most so many times that of dense Cholesky in the same precision.
EXACTLY = 10.0
#: Steps that are tried, in multiples of n.
MOST = 50
#: The spectra of the headline and of the gain: few different eigenvalues, and many that crowd towards zero.
CROWDED, FEW = "geometric, κ = 1,000", "five, κ = 1,000"


def measure() -> Evidence:
    """Errors of CG after n steps, and after fewer and more, for nine matrices."""
    n, at = N, (N // 2, N, 2 * N)
    systems = {
        f"{kind}, κ = {kappa:,}": System.of(spectrum(n, kappa))
        for kind, spectrum in SPECTRA.items()
        for kappa in KAPPAS
    }
    rows = {name: [system.errors(steps)[-1] for steps in at] for name, system in systems.items()}
    needed = {name: system.steps_to_pass(MOST * n) for name, system in systems.items()}
    few = systems[FEW]
    return Evidence(
        checks=[
            Check(EXACT, name, rows[name][at.index(n)] / system.cholesky, at_most(EXACTLY))
            for name, system in systems.items()
        ],
        headline=Headline(
            "Eigenvalues that crowd towards zero need {:.1f} n steps of CG, not n (condition number 1,000).",
            (needed[CROWDED] or np.nan) / n,
        ),
        gain=Gain(
            f"n = {n}, five different eigenvalues, dense Cholesky and then CG",
            counted(solve, few.A, few.b, assume_a="pos")[1].flops,
            counted(cg, few.A, few.b, rtol=0.0, maxiter=needed[FEW])[1].flops,
        ),
        tables=[
            Table(
                f"Relative error in the 2-norm, n = {n}",
                ("eigenvalues", "Cholesky", *(f"CG, {steps} steps" for steps in at), "steps to pass"),
                [(name, system.cholesky, *rows[name], needed[name]) for name, system in systems.items()],
            )
        ],
        laws=[
            LawsBySize(
                "A dense positive definite system of n equations: Cholesky's method, and s steps of CG.",
                {
                    "dense Cholesky": verified_law("dense Cholesky").flops,
                    "s steps of CG": verified(
                        "CG", run_cg, {"n": range(8, 13), "s": range(1, 6)}, {"n": 60, "s": 20}
                    ).flops,
                },
                {"n": (10, 10_000, n), "s": (1, 1000, needed[FEW] or n)},
            )
        ],
        figures=[
            Figure(
                f"Relative error of CG by its steps, n = {n}. Without rounding, all curves would have fallen by the "
                "dotted line, at n steps. They do for evenly spaced eigenvalues at any condition number. They do not "
                "for a geometric sequence, whose eigenvalues crowd towards zero.",
                partial(_draw, systems, n),
            )
        ],
        notes=[
            "In exact arithmetic CG takes as many steps as there are different eigenvalues, n at most. In floating "
            "point the directions lose their conjugacy, and more steps have to make up for it.",
            "The eigenvectors are a random orthogonal basis, the solution is random, both from seed 0.",
            f"A dash in the last column: not within {MOST * n:,} steps.",
        ],
    )


def run_cg(n: int, s: int) -> None:
    """Steps of CG for a system with as many different eigenvalues as unknowns."""
    cg(np.diag(np.arange(1.0, n + 1.0)) + 1.0 / n, np.ones(n), rtol=0.0, maxiter=s)


@dataclass(frozen=True, eq=False)
class System:
    """A system with known eigenvalues and solution x, and the error that Cholesky leaves."""

    A: np.ndarray
    b: np.ndarray
    x: np.ndarray
    cholesky: float

    @staticmethod
    def of(eigenvalues: np.ndarray) -> System:
        """The system with these eigenvalues; its eigenvectors and its solution are random, from seed 0."""
        rng, n = np.random.default_rng(0), eigenvalues.size
        basis, x = np.linalg.qr(rng.standard_normal((n, n)))[0], rng.standard_normal(n)
        A = (basis * eigenvalues) @ basis.T
        A = (A + A.T) / 2.0
        b = A @ x
        return System(A, b, x, relative_error(solve(A, b, assume_a="pos"), x))

    def errors(self, steps: int) -> list[float]:
        """The relative errors after 1, 2, ... steps of CG, up to so many, or to where it breaks down."""
        found: list[float] = []
        cg(self.A, self.b, rtol=0.0, maxiter=steps, callback=lambda x: found.append(relative_error(x, self.x)))
        return found

    def steps_to_pass(self, most: int) -> int | None:
        """The fewest steps that are as exact as Cholesky."""
        run = partial(cg, self.A, self.b, rtol=0.0)
        return steps_until(run, lambda x: relative_error(x, self.x) <= EXACTLY * self.cholesky, most)


def _draw(systems: Mapping[str, System], n: int, axes: Any) -> None:
    for name in (
        "geometric, κ = 1,000,000",
        "geometric, κ = 1,000",
        "geometric, κ = 10",
        "even, κ = 1,000,000",
        "five, κ = 1,000,000",
    ):
        errors = systems[name].errors(5 * n)
        axes.semilogy(range(1, len(errors) + 1), errors, marker="", label=name)
    axes.axvline(n, color="black", linestyle=":", marker="", linewidth=1.5)
    axes.set_xlabel("steps")
    axes.set_ylabel("relative error")
    axes.legend(fontsize=12)


CLAIM = Claim(
    key="F2",
    mechanism="fewer iterations",
    statement="After n steps the iteration is exact.",
    source="RAND RR-A3485-1, appendix B, linear equations",
    baseline="dense Cholesky",
    improvement="n steps of conjugate gradients (CG)",
    parts={EXACT: "the ratio of its error to that of dense Cholesky in the same precision"},
    measure=measure,
)
