"""C9. Exact tours cost of the order of n^2 2^n operations; heuristics are polynomial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_most, between, exactly
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_lines
from mechkit.mechanisms.shared.runs import counted, power
from mechkit.mechanisms.shared.tours import uniform
from mechkit.tsp import greedy, held_karp, lin_kernighan, nearest_neighbor, savings, two_opt
from mechkit.tsp.cities import distance_matrix

LAW = "dynamic programming takes (n - 1)(n - 2) 2^(n - 3) + n - 1 additions"
EXPONENTIAL = "an exact tour costs of the order of n^2 2^n"
HEURISTICS = "heuristics are polynomial"

#: Cities of exact tours: below four there is one tour, and above 17 a run takes more than a moment.
EXACT = tuple(range(4, 18))
#: From so many cities on the order shows.
FROM = 10
#: Cities of heuristics, of which each number is twice the one before.
MANY = (100, 200, 400, 800)
HEURISTIC: dict[str, Callable[..., Any]] = {
    "nearest neighbor": nearest_neighbor,
    "greedy edges": greedy,
    "savings": savings,
    "2-opt": two_opt,
    "2-opt, all pairs": partial(two_opt, method="difference"),
    "Lin-Kernighan": lin_kernighan,
}
#: No heuristic here looks at more than all pairs of edges, a number of times that grows with n.
DEGREE = 3.5
#: The size of the headline.
N = 17


def measure() -> Evidence:
    """Flops of exact tours and of heuristics by the number of cities."""
    exact = {n: counted(held_karp, distance_matrix(uniform(n, 0)))[1].flops for n in EXACT}
    heuristic = {name: {n: counted(f, uniform(n, 0))[1].flops for n in (N, *MANY)} for name, f in HEURISTIC.items()}
    constant = {n: flops / (n**2 * 2**n) for n, flops in exact.items()}
    return Evidence(
        checks=[
            *(Check(LAW, f"n = {n}", flops - law(n), exactly(0)) for n, flops in exact.items()),
            Check(
                EXPONENTIAL,
                f"n = {FROM} to {N}",
                constant[N] / constant[FROM],
                between(0.8, 1.25),
            ),
            *(
                Check(HEURISTICS, name, power(MANY, [of_n[n] for n in MANY]), at_most(DEGREE))
                for name, of_n in heuristic.items()
            ),
        ],
        headline=Headline(
            f"The shortest tour of {N} cities costs {{:,.0f}} times the flops of the greedy tour.",
            exact[N] / heuristic["greedy edges"][N],
        ),
        gain=Gain(f"{N} cities, the shortest tour and the greedy tour", exact[N], heuristic["greedy edges"][N]),
        tables=[
            Table(
                "Flops of an exact tour by dynamic programming",
                ("n", "flops", "flops / (n^2 2^n)"),
                [(n, flops, constant[n]) for n, flops in exact.items()],
            ),
            Table(
                "Flops of heuristics, and the power of n with which they grow",
                ("heuristic", *(f"n = {n}" for n in (N, *MANY)), "power of n"),
                [(name, *of_n.values(), power(MANY, [of_n[n] for n in MANY])) for name, of_n in heuristic.items()],
            ),
        ],
        laws=[
            LawsBySize(
                "The shortest tour, and a lower bound from one 1-tree; N stands for 2^n.",
                {"dynamic programming": PROGRAM, "one 1-tree": ONE_TREE},
                {"n": (4, 60, N)},
                powers={"N": "n"},
            )
        ],
        figures=[
            Figure(
                "Flops by the number of cities: that of exact tours bends upward, and heuristics are straight.",
                partial(_draw, exact, heuristic),
            )
        ],
        notes=[
            "Exact tours are computed from a matrix of distances, so that only the additions of the method count. "
            "Heuristics compute each distance from points, with 6 flops.",
            f"Seed 0 places the cities. By the law, 30 cities take {law(30):,} additions.",
        ],
    )


#: The law of the dynamic program in n and N = 2^n, and that of a 1-tree of points.
PROGRAM = Polynomial.parse("n^2N/8 - 3nN/8 + N/4 + n - 1", ("n", "N"))
ONE_TREE = Polynomial.parse("4n^2 - n", ("n", "N"))


def law(n: int) -> int:
    """The additions of the dynamic program for n cities."""
    return int(PROGRAM(n=n, N=2**n))


def _draw(exact: Mapping[int, int], heuristic: Mapping[str, Mapping[int, int]], axes: Any) -> None:
    draw_lines({"exact, by dynamic programming": exact, **heuristic}, "cities n", "flops", axes, fontsize=10)


CLAIM = Claim(
    key="C9",
    mechanism="complexity trade-offs",
    statement="Exact tours cost of the order of n^2 2^n operations; heuristics are polynomial.",
    source="RAND RR-A3485-1, appendix B, travelling salesman",
    baseline="the dynamic program of Bellman, Held and Karp",
    improvement="constructions and local search",
    parts={
        LAW: "the difference of the counted flops and the law",
        EXPONENTIAL: "the flops over n^2 2^n at the largest n, as a multiple of those at the smallest",
        HEURISTICS: "the power of n with which the flops grow",
    },
    measure=measure,
)
