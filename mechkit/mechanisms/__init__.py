"""The seven mechanisms: one file each, with the experiments that measure the survey's statements."""

from __future__ import annotations

from mechkit.mechanisms import (
    complexity_trade_offs,
    fewer_iterations,
    reduced_precision,
    sparsity,
    stochasticity,
)
from mechkit.mechanisms.experiment import Evidence, Experiment, Figure, Result, Table, run
from mechkit.problems import Matrix

__all__ = ["Evidence", "Experiment", "Figure", "Result", "Table", "experiments", "run"]


def experiments(matrix: Matrix | None = None) -> list[Experiment]:
    """All experiments, in the survey's order; with a matrix, those that can be run on it.

    >>> [e.claim for e in experiments()]
    ['S1', 'S2', 'F1', 'F2', 'F3', 'F4', 'P1', 'P2', 'P3', 'T1', 'T2', 'C1', 'C2', 'C3', 'C4', 'C5']
    """
    if matrix is not None:
        return sparsity.experiments(matrix)
    mechanisms = sparsity, fewer_iterations, reduced_precision, stochasticity, complexity_trade_offs
    return [experiment for mechanism in mechanisms for experiment in mechanism.experiments()]
