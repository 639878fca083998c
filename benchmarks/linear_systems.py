"""Linear systems against SciPy, one thread, both sides in turn: medians and their ratio.

python benchmarks/linear_systems.py
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import statistics
import time
from collections.abc import Callable

import numpy as np
import scipy.linalg

from mechkit import linear_systems as ls


def band(n: int, l: int, u: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    ab = rng.random((l + u + 1, n))
    ab[u] += l + u + 1
    return ab, rng.random(n)


def dense(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((n, n)) + n * np.eye(n), rng.random(n)


def cases() -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """What is timed: ours and SciPy's, on the same input."""
    tridiagonal, banded, definite = band(10**6, 1, 1), band(10**5, 5, 5), band(10**5, 0, 20)
    found = {
        "tridiagonal, n = 1e6": (
            lambda: ls.solve_banded((1, 1), *tridiagonal),
            lambda: scipy.linalg.solve_banded((1, 1), *tridiagonal),
        ),
        "band (5, 5), n = 1e5": (
            lambda: ls.solve_banded((5, 5), *banded),
            lambda: scipy.linalg.solve_banded((5, 5), *banded),
        ),
        "definite band, p = 20, n = 1e5": (
            lambda: ls.solveh_banded(*definite),
            lambda: scipy.linalg.solveh_banded(*definite),
        ),
    }
    for n in (100, 500, 1000):
        system = dense(n)
        found[f"dense, n = {n}"] = (lambda s=system: ls.solve(*s), lambda s=system: scipy.linalg.solve(*s))
    return found


def medians(ours: Callable[[], object], theirs: Callable[[], object], repeats: int = 15) -> tuple[float, float, float]:
    """(median seconds of ours, of theirs, median of the ratios theirs / ours), taking turns."""
    np.testing.assert_allclose(ours(), theirs(), rtol=1e-6)
    pairs = []
    for _ in range(repeats):
        start = time.perf_counter()
        ours()
        middle = time.perf_counter()
        theirs()
        pairs.append((middle - start, time.perf_counter() - middle))
    mine, other = zip(*pairs, strict=True)
    return statistics.median(mine), statistics.median(other), statistics.median(b / a for a, b in pairs)


def main() -> None:
    print(f"{'work':32} {'mechkit ms':>11} {'SciPy ms':>9} {'SciPy / mechkit':>16}")
    for name, (ours, theirs) in cases().items():
        mine, other, ratio = medians(ours, theirs)
        print(f"{name:32} {1e3 * mine:11.3f} {1e3 * other:9.3f} {ratio:16.2f}", flush=True)


if __name__ == "__main__":
    main()
