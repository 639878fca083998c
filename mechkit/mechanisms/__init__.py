"""The seven mechanisms: one file each, with the experiments that measure the survey's statements."""

from __future__ import annotations

from mechkit.mechanisms import sparsity
from mechkit.mechanisms.experiment import Evidence, Experiment, Figure, Result, Table, run
from mechkit.problems import Matrix

__all__ = ["Evidence", "Experiment", "Figure", "Result", "Table", "experiments", "run"]


def experiments(matrix: Matrix | None = None) -> list[Experiment]:
    """All experiments, in the survey's order; with a matrix, those that can be run on it.

    >>> [e.claim for e in experiments()]
    ['S1', 'S2']
    """
    return sparsity.experiments(matrix)
