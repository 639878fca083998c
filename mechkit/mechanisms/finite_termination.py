"""Whether conjugate gradients are exact after n steps, by what the eigenvalues are (claim F2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mechkit.linear_systems import cg, solve
from mechkit.mechanisms.experiment import Evidence, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.poisson_solves import first, relative_error

EXACT_RULE = (
    "A symmetric positive definite matrix of order n = 100 passes if the error after n steps of CG is at most 10 times "
    "that of dense Cholesky in the same precision. There are three kinds of eigenvalues between 1/κ and 1 (five "
    "different ones, evenly spaced, in a geometric sequence), each with the condition numbers κ = 10, 1e3 and 1e6. "
    "Confirmed if all matrices pass, qualified if some do, refuted if none does."
)
KAPPAS = (10, 1_000, 1_000_000)
#: Eigenvalues by n and κ.
SPECTRA: Mapping[str, Callable[[int, float], np.ndarray]] = {
    "five": lambda n, kappa: np.resize(np.geomspace(1.0, 1.0 / kappa, 5), n),
    "even": lambda n, kappa: np.linspace(1.0, 1.0 / kappa, n),
    "geometric": lambda n, kappa: np.geomspace(1.0, 1.0 / kappa, n),
}
#: Steps that are tried, in multiples of n.
_MOST = 50


@dataclass(frozen=True, eq=False)
class _System:
    """A system with known eigenvalues and solution x, and the error that Cholesky leaves."""

    A: np.ndarray
    b: np.ndarray
    x: np.ndarray
    cholesky: float

    @staticmethod
    def of(eigenvalues: np.ndarray) -> _System:
        rng, n = np.random.default_rng(0), eigenvalues.size
        basis, x = np.linalg.qr(rng.standard_normal((n, n)))[0], rng.standard_normal(n)
        A = (basis * eigenvalues) @ basis.T
        A = (A + A.T) / 2.0
        b = A @ x
        return _System(A, b, x, relative_error(solve(A, b, assume_a="pos"), x))

    def error(self, steps: int) -> float:
        """The relative error after so many steps of CG."""
        return relative_error(cg(self.A, self.b, rtol=0.0, maxiter=steps).x, self.x)

    def passes(self, steps: int) -> bool:
        return self.error(steps) <= 10.0 * self.cholesky


def measure_exactness(n: int = 100) -> Evidence:
    """Errors of CG after n steps, and after fewer and more, for nine matrices."""
    systems = {
        f"{kind}, κ = {kappa:,}": _System.of(spectrum(n, kappa))
        for kind, spectrum in SPECTRA.items()
        for kappa in KAPPAS
    }
    at = (n // 2, n, 2 * n)
    rows = {name: [system.error(steps) for steps in at] for name, system in systems.items()}
    needed = {name: first(system.passes, limit=_MOST * n) for name, system in systems.items()}
    return Evidence(
        numbers={name: rows[name][at.index(n)] / system.cholesky for name, system in systems.items()},
        tables=[
            Table(
                f"Relative error in the 2-norm, n = {n}",
                ("eigenvalues", "Cholesky", *(f"CG, {steps} steps" for steps in at), "steps to pass"),
                [(name, system.cholesky, *rows[name], needed[name]) for name, system in systems.items()],
            )
        ],
        figures=[
            Figure(
                f"Relative error of CG by its steps, n = {n}. But for rounding, all curves would have fallen by the "
                "dotted line, at n steps. Evenly spaced eigenvalues keep to that at any condition number; those of a "
                "geometric sequence, which crowd towards zero, do not.",
                partial(_draw, systems, n),
            )
        ],
        notes=[
            "In exact arithmetic CG takes as many steps as there are different eigenvalues, n at most. In floating "
            "point the directions lose their conjugacy, and more steps have to make up for it.",
            "The eigenvectors are a random orthogonal basis, the solution is random, both from seed 0.",
            f"An empty last column: not within {_MOST * n:,} steps.",
        ],
    )


def judge_exactness(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `EXACT_RULE`."""
    passed = sum(ratio <= 10.0 for ratio in numbers.values())
    worst = max(numbers, key=numbers.__getitem__)
    failed = [name for name, ratio in numbers.items() if not ratio <= 10.0]
    return verdict_by_parts(passed, len(numbers)), (
        f"after n steps {passed} of {len(numbers)} matrices are solved as accurately as by Cholesky"
        + (f"; those with the eigenvalues {'; '.join(failed)} are not: the error is up to " if failed else ", up to ")
        + f"{numbers[worst]:.2g} times as large ({worst})"
    )


def _draw(systems: Mapping[str, _System], n: int, axes: Any) -> None:
    steps = [*range(2, n // 2, 4), *range(n // 2, 5 * n + 1, n // 10)]
    for name in (
        "geometric, κ = 1,000,000",
        "geometric, κ = 1,000",
        "geometric, κ = 10",
        "even, κ = 1,000,000",
        "five, κ = 1,000,000",
    ):
        axes.semilogy(steps, [systems[name].error(k) for k in steps], marker="", label=name)
    axes.axvline(n, color="black", linestyle=":", marker="", linewidth=1.5)
    axes.set_xlabel("steps")
    axes.set_ylabel("relative error")
    axes.legend(fontsize=12)
