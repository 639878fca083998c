"""Direct solves as the claims use them: their laws, and measured runs on a given matrix."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.catalogue import LAWS, verified
from mechkit.counting import OpCounts, count
from mechkit.linear_systems import solve, solve_banded, solveh_banded
from mechkit.measurement import Law
from mechkit.problems import Matrix, to_band

#: Above this order a dense solve is not run: its count comes from the law.
DENSE_LIMIT = 1500
#: The most bytes that a band may take.
MEMORY_LIMIT = 8e9


# -- laws --------------------------------------------------------------------------------------------------------


def _named(name: str) -> tuple[Callable[..., Any], tuple[Mapping[str, range], Mapping[str, int]]]:
    return LAWS[name].run, (LAWS[name].sizes, LAWS[name].far)


#: What is run, the sizes that its law is found on, and a far larger size at which it is verified.
_SOLVES = {
    "dense elimination": _named("solve"),
    "dense Cholesky": _named("solve-pos"),
    "banded elimination": _named("solve_banded"),
    "banded Cholesky": _named("solveh_banded"),
    "triangular substitution": _named("solve_triangular"),
}
SOLVES = tuple(_SOLVES)
_FAR = sorted({", ".join(f"{size} = {value}" for size, value in far.items()) for _, (_, far) in _SOLVES.values()})
#: How the laws were verified, for the reader of a page.
VERIFIED = (
    f"The laws were recovered from runs of small sizes and verified by runs at {' and at '.join(_FAR)}: the predicted "
    "and the counted operations were equal."
)


@cache
def verified_law(name: str) -> Law:
    """The exact law of one of `SOLVES`, one right-hand side, in n and the half-bandwidth p; without interchanges.

    Raises ArithmeticError where a run at a far larger size does not count what the law predicts.

    >>> verified_law("banded Cholesky").flops.leading
    Polynomial('np^2 - 2p^3/3')
    """
    run, (sizes, far) = _SOLVES[name]
    return verified(name, run, sizes, far)


# -- runs on a matrix --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Solve:
    """One way to solve one system. Where the count comes from a law, residual and seconds are None."""

    method: str
    ops: OpCounts
    bytes: int
    residual: float | None = None
    seconds: float | None = None

    @property
    def counted_by(self) -> str:
        """ "run" or "law"."""
        return "law" if self.seconds is None else "run"


def solve_both_ways(matrix: Matrix) -> tuple[Solve, Solve]:
    """Solve the system whose solution is all ones, dense and banded, by Cholesky if the matrix allows it.

    Returns (dense, banded). Raises MemoryError where the band is too large, LinAlgError where the matrix is singular.
    """
    array, l, u = matrix.array, matrix.lower, matrix.upper
    n = array.shape[0]
    held = 8 * n * (l + u + 1)
    if held > MEMORY_LIMIT:
        raise MemoryError(
            f"the band of {matrix.name} ({l} diagonals below, {u} above, n = {n}) would take {held / 1e9:.0f} GB; "
            "reorder the matrix first, for example with scipy.sparse.csgraph.reverse_cuthill_mckee"
        )
    b = array @ np.ones(n)
    if matrix.symmetric:
        try:
            banded = _measured("banded Cholesky", matrix, b, to_band(array, 0, u), solveh_banded)
        except LinAlgError:  # symmetric, but not positive definite
            pass
        else:
            return _dense("dense Cholesky", matrix, b, partial(solve, assume_a="pos")), banded
    banded = _measured("banded elimination", matrix, b, to_band(array, l, u), partial(solve_banded, (l, u)))
    return _dense("dense elimination", matrix, b, solve), banded


def _dense(method: str, matrix: Matrix, b: np.ndarray, solver: Callable[[Any, Any], Any]) -> Solve:
    n = matrix.array.shape[0]
    if n > DENSE_LIMIT:
        return Solve(method, verified_law(method)(n=n), 8 * n * n)
    return _measured(method, matrix, b, matrix.array.toarray(), solver)


def _measured(
    method: str, matrix: Matrix, b: np.ndarray, stored: np.ndarray, solver: Callable[[Any, Any], Any]
) -> Solve:
    with count() as ops:
        x = solver(stored, b)
    start = time.perf_counter()
    solver(stored, b)
    seconds = time.perf_counter() - start
    return Solve(method, ops, stored.nbytes, backward_error(matrix.array, x, b), seconds)


def backward_error(a: Any, x: np.ndarray, b: np.ndarray) -> float:
    """The relative residual, max |b - ax| / (max-norm of a times that of x, plus that of b): 1e-16 is perfect.

    References: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., theorem 7.1.

    >>> backward_error(np.eye(2), np.ones(2), np.array([1.0, 1.5]))
    0.2
    """
    norm = abs(a).sum(axis=1).max()
    return float(np.abs(b - a @ x).max() / (norm * np.abs(x).max() + np.abs(b).max()))


def storage(matrix: Matrix) -> Mapping[str, int]:
    """Bytes that each way of storing a matrix holds. No array is made, since a wide band may not fit in memory.

    A packed triangle is one triangle of a symmetric or triangular matrix; the band of a symmetric one is held once.

    >>> from mechkit.problems import poisson_2d
    >>> storage(Matrix.of("grid", poisson_2d(10)))
    {'dense': 80000, 'band': 8800, 'CSR': 5924, 'packed triangle': 40400}
    """
    array, n = matrix.array, matrix.array.shape[0]
    csr = array.data.nbytes + array.indices.nbytes + array.indptr.nbytes
    return {
        "dense": array.dtype.itemsize * n * n,
        "band": array.dtype.itemsize * n * (1 + matrix.upper + (0 if matrix.symmetric else matrix.lower)),
        "CSR": csr,
        "packed triangle": array.dtype.itemsize * n * (n + 1) // 2,
    }
