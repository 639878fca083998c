"""C5. Integer restrictions make a problem nonconvex, with no known polynomial method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from mechkit.measurement import growth
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above
from mechkit.mechanisms.shared.runs import counted
from mechkit.mechanisms.shared.shapes_of_growth import polynomial_over_exponential
from mechkit.optimization import branch_and_bound, linprog
from mechkit.problems import convex_programs, integer_programs

NONCONVEX = "integer restrictions make a problem nonconvex"
EXPONENTIAL = "branch and bound takes exponentially many nodes"

#: Programs of each size.
SEEDS = range(20)
#: The family of the headline and of the gain.
HARDEST = "odd sum of twos"
#: The vertices of its relaxation are whole: a polynomial method is known for it.
EASY = "assignment"


@dataclass(frozen=True)
class Family:
    """Programs of growing size: n variables; make(n, rng) gives the arguments of linprog."""

    sizes: tuple[int, ...]
    make: Callable[[int, Any], dict[str, Any]]
    seeds: range = SEEDS


FAMILIES: Mapping[str, Family] = {
    "odd sum of twos": Family((3, 5, 7, 9, 11, 13), lambda n, rng: integer_programs.odd_sum(n), range(1)),
    "subset sum": Family((4, 6, 8, 10, 12), integer_programs.subset_sum),
    "knapsack of five limits": Family(
        (4, 7, 10, 13, 16), partial(integer_programs.knapsack, limits=5, correlated=True)
    ),
    "correlated knapsack": Family((5, 10, 15, 20, 25), partial(integer_programs.knapsack, correlated=True)),
    "plain knapsack": Family((5, 10, 20, 30, 40, 50), integer_programs.knapsack),
    "assignment": Family((9, 16, 25, 36, 49), lambda n, rng: convex_programs.assignment(round(n**0.5), rng)),
}


def measure() -> Evidence:
    """Nodes and flops of branch and bound, flops of the relaxations, and midpoints of feasible points."""
    nodes: dict[str, dict[int, list[int]]] = {name: {} for name in FAMILIES}
    work: dict[str, dict[int, list[int]]] = {name: {} for name in FAMILIES}
    relaxed: dict[str, dict[int, list[int]]] = {name: {} for name in FAMILIES}
    for name, family in FAMILIES.items():
        for n in family.sizes:
            runs = [solve(family, n, seed) for seed in family.seeds]
            nodes[name][n], work[name][n], relaxed[name][n] = (list(column) for column in zip(*runs, strict=True))
    points = {name: midpoints(family.make(family.sizes[0], (family.sizes[0], 0))) for name, family in FAMILIES.items()}
    grown = {name: growth(of_n) for name, of_n in nodes.items()}
    largest = max(nodes[HARDEST])
    whole, without = (of[HARDEST][largest][0] for of in (work, relaxed))
    return Evidence(
        checks=[
            *(
                Check(NONCONVEX, f"{name}, n = {FAMILIES[name].sizes[0]}", 1 - feasible, above(0))
                for name, (*_, feasible, _) in points.items()
                if feasible is not None
            ),
            *(
                Check(EXPONENTIAL, name, polynomial_over_exponential(of_n), above(1), within=name != EASY)
                for name, of_n in nodes.items()
            ),
        ],
        headline=Headline(
            f"To prove that {largest} twos have no odd sum, branch and bound visits {{:,.0f}} nodes.",
            np.median(nodes[HARDEST][largest]),
        ),
        gain=Gain(f"{HARDEST}, n = {largest}, with whole numbers asked for and then without", whole, without),
        tables=[
            Table(
                f"Nodes of branch and bound over {len(SEEDS)} programs of each size, and flops beside the relaxation",
                (
                    "program",
                    "n",
                    "nodes, median",
                    "most",
                    "nodes grow",
                    "flops, whole numbers",
                    "flops, relaxation",
                ),
                [
                    (
                        name,
                        (n := max(of_n)),
                        float(np.median(of_n[n])),
                        max(of_n[n]),
                        str(grown[name]),
                        float(np.median(work[name][n])),
                        float(np.median(relaxed[name][n])),
                    )
                    for name, of_n in nodes.items()
                ],
            ),
            Table(
                "Midpoints of all pairs of feasible points of 0 and 1, one program of the smallest size",
                ("program", "n", "feasible points", "pairs", "feasible midpoints", "feasible in the relaxation"),
                [(name, FAMILIES[name].sizes[0], *found) for name, found in points.items()],
            ),
        ],
        figures=[
            Figure(
                "Nodes of branch and bound by the number of variables: the median, and as a band the quartiles. A "
                "straight line is exponential growth.",
                partial(_draw_nodes, nodes),
            ),
            Figure(
                "How many times as many flops as the relaxation, which is the same program without whole numbers.",
                partial(_draw_ratio, work, relaxed),
            ),
        ],
        notes=[
            "Assignments are nonconvex too, and yet cost no more than their relaxation. All vertices of the relaxation "
            "are whole, since the matrix is totally unimodular. Only fractional vertices cost nodes.",
            "That no polynomial method is known cannot be measured; what a known method takes can. Branch and bound is "
            "one method. Dynamic programming fills a knapsack in as many steps as n times the limit. That is "
            "polynomial in the limit, not in its digits. Parity refutes an odd sum of even weights without any node.",
        ],
    )


def solve(family: Family, n: int, seed: int) -> tuple[int, int, int]:
    """Nodes and flops with whole numbers, flops without."""
    program = family.make(n, (n, seed))
    (found, ops), (_, relaxed) = (
        counted(branch_and_bound, **program, integrality=1),
        counted(linprog, **program, method="simplex"),
    )
    if found.status not in (0, 2):
        raise ArithmeticError(f"branch and bound gave up a program with {n} variables, seed {seed}: {found.message}")
    return found.mip_node_count, ops.flops, relaxed.flops


def midpoints(program: Mapping[str, Any]) -> tuple[int, int, float | None, float | None]:
    """Feasible points of 0 and 1, pairs of them, and the shares of midpoints that are feasible, whole or not.

    >>> midpoints(integer_programs.knapsack(4, rng=0))
    (8, 28, 0.0, 1.0)
    """
    corners = np.array(list(product((0.0, 1.0), repeat=len(program["c"]))))
    points = corners[_feasible(program, corners)]
    i, j = np.triu_indices(len(points), 1)
    if not i.size:
        return len(points), 0, None, None
    middle = (points[i] + points[j]) / 2
    feasible = _feasible(program, middle)
    whole = (middle == np.rint(middle)).all(axis=1)
    return len(points), i.size, float(np.mean(feasible & whole)), float(np.mean(feasible))


def _feasible(program: Mapping[str, Any], x: np.ndarray) -> np.ndarray:
    """Which rows of x meet the constraints; the sums of small whole numbers and halves are exact."""
    found = np.ones(len(x), bool)
    if "A_ub" in program:
        found &= (x @ program["A_ub"].T <= program["b_ub"]).all(axis=1)
    if "A_eq" in program:
        found &= (x @ program["A_eq"].T == program["b_eq"]).all(axis=1)
    return found


def _draw_nodes(nodes: Mapping[str, Mapping[int, list[int]]], axes: Any) -> None:
    for name, of_n in nodes.items():
        low, middle, high = np.quantile(list(of_n.values()), (0.25, 0.5, 0.75), axis=1)
        (line,) = axes.semilogy(list(of_n), middle, label=name)
        axes.fill_between(list(of_n), low, high, color=line.get_color(), alpha=0.15, linewidth=0)
    axes.set_xlabel("variables n")
    axes.set_ylabel("nodes")
    axes.set_ylim(0.5, 1e5)
    axes.legend(loc="upper right", ncols=2, fontsize=12)


def _draw_ratio(
    work: Mapping[str, Mapping[int, list[int]]], relaxed: Mapping[str, Mapping[int, list[int]]], axes: Any
) -> None:
    for name, of_n in work.items():
        axes.semilogy(list(of_n), [np.median(of_n[n]) / np.median(relaxed[name][n]) for n in of_n], label=name)
    axes.set_xlabel("variables n")
    axes.set_ylabel("flops, whole / relaxed")
    axes.set_ylim(0.5, 3e4)
    axes.legend(loc="upper right", ncols=2, fontsize=12)


CLAIM = Claim(
    key="C5",
    mechanism="complexity trade-offs",
    statement="Integer restrictions make a problem nonconvex, with no known polynomial method.",
    source="RAND RR-A3485-1, appendix B, integer optimization",
    baseline="linear programs",
    improvement="the same programs with whole numbers asked for, by branch and bound",
    parts={
        NONCONVEX: "the share of midpoints of two feasible points that are not feasible",
        EXPONENTIAL: "the ratio of the error with which the best polynomial predicts nodes at sizes left out to "
        "that of the best exponential",
    },
    measure=measure,
    quick=False,
)
