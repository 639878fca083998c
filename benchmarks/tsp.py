"""Tours against other packages, against published quality, and on many cities; one thread, both sides in turn.

    python benchmarks/tsp.py [part of a name ...]

The published problems are read from the folder that MECHKIT_PROBLEMS names. Peers: elkai (LKH), fast-tsp, python-tsp;
a line says "not installed" where one is missing.
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from mechkit import tsp
from mechkit.problems import read_tsplib

OPTIMA = {"berlin52": 7542, "kroA100": 21282, "a280": 2579, "pcb442": 50778}
SEEDS = range(10)
#: Seconds for each side where tours are compared at equal time.
EQUAL = 1.0


def problem(name: str) -> Any:
    return read_tsplib(Path(os.environ.get("MECHKIT_PROBLEMS", "../shared/problems"), "tsplib", f"{name}.tsp"))


def peer(module: str) -> Any:
    """A package, or None where it is missing."""
    try:
        return import_module(module)
    except ImportError:
        print(f"  {module}: not installed")
        return None


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def gap(length: float, name: str) -> float:
    return 100 * (length / OPTIMA[name] - 1)


def line(name: str, seconds: list[float], gaps: list[float]) -> None:
    print(
        f"  {name:34} {1e3 * statistics.median(seconds):10.1f} ms  gap % mean {statistics.mean(gaps):6.3f}  "
        f"worst {max(gaps):6.3f}  optimal {sum(g < 1e-9 for g in gaps)} of {len(gaps)}",
        flush=True,
    )


def annealing_of_python_tsp() -> None:
    """berlin52: the optimum from each seed, against the annealing of python-tsp."""
    berlin = problem("berlin52")
    D = tsp.distance_matrix(berlin)
    heuristics = peer("python_tsp.heuristics")
    ours: list[tuple[float, Any]] = []
    theirs: list[tuple[float, Any]] = []
    for seed in SEEDS:
        ours.append(timed(lambda seed=seed: tsp.iterated_local_search(berlin, rng=seed, target=OPTIMA["berlin52"])))
        if heuristics and seed < 3:
            theirs.append(timed(lambda: heuristics.solve_tsp_simulated_annealing(D)))
    line("iterated_local_search", [s for s, _ in ours], [gap(r.length, "berlin52") for _, r in ours])
    if theirs:
        line("python-tsp, annealing", [s for s, _ in theirs], [gap(r[1], "berlin52") for _, r in theirs])
        ratio = statistics.median(s for s, _ in theirs) / statistics.median(s for s, _ in ours)
        print(f"  python-tsp / mechkit {ratio:.0f}, goal 30")


def lin_kernighan_helsgaun() -> None:
    """a280 and pcb442: the time to the optimum, against elkai."""
    elkai = peer("elkai")
    for name in ("a280", "pcb442"):
        cities = problem(name)
        whole = tsp.distance_matrix(cities).astype(int).tolist()
        ours: list[tuple[float, Any]] = []
        theirs: list[tuple[float, Any]] = []
        for seed in SEEDS:
            ours.append(
                timed(
                    lambda seed=seed, cities=cities, name=name: tsp.iterated_local_search(
                        cities, rng=seed, target=OPTIMA[name]
                    )
                )
            )
            if elkai and seed < 3:
                theirs.append(timed(lambda whole=whole: elkai.DistanceMatrix(whole).solve_tsp(runs=1)[:-1]))
        line(f"{name}, iterated_local_search", [s for s, _ in ours], [gap(r.length, name) for _, r in ours])
        if theirs:
            line(f"{name}, elkai", [s for s, _ in theirs], [gap(tsp.tour_length(cities, t), name) for _, t in theirs])
            ratio = statistics.median(s for s, _ in theirs) / statistics.median(s for s, _ in ours)
            print(f"  elkai / mechkit {ratio:.1f}, goal 1")


def equal_time() -> None:
    """kroA100, a280, pcb442: the gap after the same time, against fast-tsp."""
    fast_tsp = peer("fast_tsp")
    for name in ("kroA100", "a280", "pcb442"):
        cities = problem(name)
        whole = tsp.distance_matrix(cities).astype(int).tolist()
        ours: list[tuple[float, Any]] = []
        theirs: list[tuple[float, Any]] = []
        for seed in SEEDS:
            ours.append(
                timed(
                    lambda seed=seed, cities=cities, name=name: tsp.iterated_local_search(
                        cities, rng=seed, time_limit=EQUAL, target=OPTIMA[name]
                    )
                )
            )
            if fast_tsp:
                theirs.append(timed(lambda whole=whole: fast_tsp.find_tour(whole, duration_seconds=EQUAL)))
        line(f"{name}, iterated_local_search", [s for s, _ in ours], [gap(r.length, name) for _, r in ours])
        if theirs:
            line(
                f"{name}, fast-tsp", [s for s, _ in theirs], [gap(tsp.tour_length(cities, t), name) for _, t in theirs]
            )


def johnson_and_mcgeoch() -> None:
    """Random uniform cities: the excess over the Held-Karp bound, with the published one, and seconds."""
    methods: dict[str, tuple[Callable[..., Any], tuple[float | None, ...]]] = {
        "space-filling curve": (tsp.space_filling_curve, (33, 33, 33)),
        "nearest neighbor": (tsp.nearest_neighbor, (26.0, 24.3, 23.6)),
        "greedy": (tsp.greedy, (17.0, 16.6, 14.9)),
        "Christofides": (tsp.christofides, (9.7, 9.9, None)),
        "savings": (tsp.savings, (11.3, 11.9, 12.1)),
        "farthest insertion": (tsp.insertion, (13, 13, None)),
        "two_opt": (tsp.two_opt, (4.9, 5.0, 4.9)),
        "or_opt": (tsp.or_opt, (None, None, None)),
        "lin_kernighan": (tsp.lin_kernighan, (2.2, 2.2, 2.2)),
    }
    for name, (method, published) in methods.items():
        for n, wanted in zip((1000, 10_000, 100_000), published, strict=True):
            if name in ("farthest insertion", "Christofides") and n > 10_000:
                continue
            found = [
                timed(lambda s=s, n=n, method=method: method(np.random.default_rng(s).random((n, 2)))) for s in range(3)
            ]
            excess = statistics.mean(100 * (r.length / held_karp(n) - 1) for _, r in found)
            over = statistics.mean(100 * (r.length / (0.7080 * n**0.5) - 1) for _, r in found)
            print(
                f"  {name:22} {n:8,} {statistics.median(s for s, _ in found):9.3f} s  excess {excess:6.2f} %  "
                f"published {wanted or '-'}  over 0.7080 sqrt(nA) {over:6.2f} %",
                flush=True,
            )


def held_karp(n: int) -> float:
    """The expected bound in the unit square: 0.7080 sqrt(nA), and what its border adds."""
    return 0.7080 * n**0.5 + 0.55


def a_million_cities() -> None:
    """1e6 random cities: seconds, excess, and the memory of the whole process; progress on standard error."""
    points = np.random.default_rng(0).random((1_000_000, 2))
    for name, method in (("greedy", tsp.greedy), ("or_opt", tsp.or_opt), ("lin_kernighan", tsp.lin_kernighan)):
        more = {} if method is tsp.greedy else {"progress": True}
        seconds, found = timed(lambda method=method, more=more: method(points, **more))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        excess = 100 * (found.length / held_karp(1_000_000) - 1)
        print(f"  {name:22} {seconds:9.1f} s  excess {excess:6.2f} %  at most {memory:.2f} GB", flush=True)


def bounds() -> None:
    """The bound of 1-trees below the exact bound of Held and Karp, in percent; goal 1."""
    exact = {"eil51": 422.5, "berlin52": 7542, "st70": 671, "kroA100": 20936.5, "ch130": 6075.5, "a280": 2566}
    for name, bound in {**exact, "pcb442": 50499.5}.items():
        seconds, found = timed(lambda name=name: tsp.lower_bound(problem(name)))
        print(f"  {name:10} {found.bound:10.2f} of {bound:8}: {100 * (1 - found.bound / bound):.4f} % {seconds:6.2f} s")


BENCHMARKS = {
    "berlin52 python-tsp": annealing_of_python_tsp,
    "a280 pcb442 elkai": lin_kernighan_helsgaun,
    "equal time fast-tsp": equal_time,
    "bounds": bounds,
    "published quality": johnson_and_mcgeoch,
    "a million cities": a_million_cities,
}


def main(wanted: list[str]) -> None:
    small = np.random.default_rng(0).random((50, 2))
    for method in (tsp.nearest_neighbor, tsp.savings, tsp.insertion, tsp.space_filling_curve, tsp.two_opt, tsp.or_opt):
        method(small)  # what is compiled is not timed
    tsp.iterated_local_search(small, rng=0, kicks=10)
    for name, benchmark in BENCHMARKS.items():
        if not wanted or any(part in name for part in wanted):
            print(f"{name}: {(benchmark.__doc__ or '').splitlines()[0]}", flush=True)
            benchmark()


if __name__ == "__main__":
    main(sys.argv[1:])
