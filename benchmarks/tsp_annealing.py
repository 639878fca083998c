"""Annealing against its own source compiled without counters, and exact tours against python-tsp; one thread.

    python benchmarks/tsp_annealing.py [part of a name ...]

Both sides take turns; medians and their ratio are printed. pip install --no-deps python-tsp for the second line. The
last lines are no times: they are the gaps that one annealing, ten short ones and parallel tempering leave with the same
flops.
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from counting import plain_twin

from mechkit.tsp import anneal, held_karp, iterated_local_search, parallel_tempering
from mechkit.tsp.annealing.metropolis import metropolis
from mechkit.tsp.cities import cities_of, distance_matrix
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.local_search.queue import tour_for

PROPOSALS = 500_000


def seconds(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def proposals() -> None:
    """Proposals per second of the kernel, and of a plain njit loop of the same source."""
    twin = plain_twin(metropolis, {})
    for n in (100, 1000):
        cities = cities_of(np.random.default_rng(0).random((n, 2)))
        near = nearest_neighbors(cities, 8)

        def run(kernel: Any, cities: Any = cities, near: Any = near, n: int = n) -> None:
            rng, tally = np.random.default_rng(1), np.zeros(4, np.int64)
            kernel(cities, tour_for(np.arange(n)), near, rng, 0.02 / n**0.5, PROPOSALS, tally)

        run(metropolis), run(twin)
        ours, theirs = [], []
        for _ in range(15):
            theirs.append(seconds(lambda: run(twin)))
            ours.append(seconds(lambda: run(metropolis)))
        a, b = statistics.median(ours), statistics.median(theirs)
        print(f"annealing, n = {n:5}: {PROPOSALS / a:.3g} proposals a second, {b / a:.2f} of a plain loop (goal 0.9)")


def exact() -> None:
    """The dynamic program for 15 cities."""
    D = distance_matrix(np.random.default_rng(0).random((15, 2)))
    held_karp(D)
    ours = statistics.median(seconds(lambda: held_karp(D)) for _ in range(9))
    try:
        from python_tsp.exact import solve_tsp_dynamic_programming
    except ImportError:
        print(f"dynamic program, n = 15: {1e3 * ours:.2f} ms; python-tsp is not installed")
        return
    theirs = seconds(lambda: solve_tsp_dynamic_programming(D))
    print(
        f"dynamic program, n = 15: {1e3 * ours:.2f} ms, python-tsp {theirs:.2f} s: {theirs / ours:.0f} times (goal 150)"
    )


def ways() -> None:
    """The gap with equal flops over 20 seeds: one annealing, the best of ten short ones, and parallel tempering."""
    for n in (50, 100, 200):
        cities = np.random.default_rng(n).random((n, 2))
        shortest = min(iterated_local_search(cities, rng=seed, kicks=200 * n).length for seed in range(3))
        for each in (20_000, 200_000):
            budget = each * n
            gaps: dict[str, list[float]] = {"one annealing": [], "ten short ones": [], "parallel tempering": []}
            for seed in range(20):
                rng = np.random.default_rng(seed)
                gaps["one annealing"].append(anneal(cities, rng=seed, budget=budget).length)
                gaps["ten short ones"].append(
                    min(anneal(cities, rng=rng, budget=budget // 10).length for _ in range(10))
                )
                gaps["parallel tempering"].append(parallel_tempering(cities, rng=seed, budget=budget).length)
            for name, lengths in gaps.items():
                low, middle, high = np.percentile(100 * (np.array(lengths) / shortest - 1), [25, 50, 75])
                print(
                    f"{name:20} n = {n:4}, {each:8,} flops each: gap % {middle:6.3f}, quartiles {low:6.3f} {high:6.3f}",
                    flush=True,
                )


BENCHMARKS = {"exact": exact, "proposals": proposals, "ways": ways}

if __name__ == "__main__":
    for name, benchmark in BENCHMARKS.items():
        if not sys.argv[1:] or any(part in name for part in sys.argv[1:]):
            benchmark()
