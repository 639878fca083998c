import itertools

import numpy as np
import pytest

from mechkit.mechanisms import complexity_trade_offs, integer_restrictions, interior_points, run
from mechkit.mechanisms.shapes_of_growth import Power
from mechkit.problems import integer_programs


@pytest.fixture(scope="module")
def results():
    return {e.claim: run(e) for e in complexity_trade_offs.experiments() if e.claim in ("C4", "C5")}


@pytest.mark.slow
def test_experiments_run_and_say_what_they_found(results):
    assert {"C4", "C5"} <= set(results)
    for result in results.values():
        assert result.finding
        assert all(np.isfinite(value) for value in result.evidence.numbers.values())


# -- C4 ----------------------------------------------------------------------------------------------------------

_GOOD = {interior_points.MOST: 50, interior_points.GROWTH: 0.49, interior_points.RATIO: 0.9, interior_points.POWER: 3.0}
_OTHERS = {
    interior_points.LEAST: 5,
    interior_points.SHARE: 0.5,
    interior_points.DANTZIG: 1.0,
    interior_points.LAST.format(interior_points.DENSE): 3.0,
}


@pytest.mark.parametrize(
    "fault", [{interior_points.MOST: 51}, {interior_points.GROWTH: 0.5}, {interior_points.RATIO: 1.1}]
)
@pytest.mark.parametrize(("failing", "verdict"), [(0, "confirmed"), (1, "qualified"), (6, "refuted")])
def test_the_verdict_on_interior_points_can_come_out_each_way(fault, failing, verdict):
    numbers = dict(_OTHERS)
    for k, name in enumerate(interior_points.FAMILIES):
        family = _GOOD | (fault if k < failing else {})
        numbers |= {text.format(name): value for text, value in family.items()}
    assert interior_points.judge_interior(numbers)[0] == verdict


@pytest.mark.slow
def test_interior_points_take_few_iterations_and_cubic_work(results):
    numbers = results["C4"].evidence.numbers
    for name in interior_points.FAMILIES:
        assert numbers[interior_points.MOST.format(name)] <= 20
    for name in (interior_points.DENSE, interior_points.DENSE_QUADRATIC):
        assert 2.8 < numbers[interior_points.LAST.format(name)] < 3
    assert numbers[interior_points.POWER.format("transport")] < 1.5
    assert numbers[interior_points.DANTZIG] == 1


def test_a_program_without_a_solution_is_an_error():
    family = interior_points._Family((1, 2), lambda n, seed: {"c": np.ones(n), "A_ub": np.ones((1, n)), "b_ub": [-1.0]})
    with pytest.raises(ArithmeticError, match="1 variables, seed 0, was not solved"):
        interior_points._runs(family)


def test_costs_that_differ_are_an_error():
    one, other = (interior_points.Runs({4: [3]}, {4: [9]}, {4: [fun]}) for fun in (-2.0, -2.1))
    interior_points._require_agreement("packing", one, one)
    with pytest.raises(ArithmeticError, match="packing, n = 4: the least costs found are"):
        interior_points._require_agreement("packing", one, other)


def test_dantzigs_rule_on_a_program_of_the_textbook():
    # Hillier and Lieberman's: two pivots lead to (2, 6)
    assert (
        interior_points.dantzig_pivots(
            np.array([-3.0, -5.0]), np.array([[1.0, 0], [0, 2], [3, 2]]), np.array([4.0, 12, 18])
        )
        == 2
    )


def test_dantzigs_rule_on_an_unbounded_program_is_an_error():
    with pytest.raises(ArithmeticError, match="unbounded"):
        interior_points.dantzig_pivots(np.array([-1.0]), np.array([[-1.0]]), np.array([1.0]))


def test_a_power_that_falls_reaches_what_is_below():
    assert Power(-1.0, -1.1, -0.9, 100.0).reaches(5.0) == pytest.approx(20.0)


# -- C5 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nonconvex", "hard", "verdict"),
    [(0.1, 6, "confirmed"), (0.1, 1, "qualified"), (0.1, 0, "refuted"), (0.0, 6, "refuted"), (None, 6, "refuted")],
)
def test_the_verdict_on_whole_numbers_can_come_out_each_way(nonconvex, hard, verdict):
    numbers = {} if nonconvex is None else {integer_restrictions.NONCONVEX.format("assignment"): nonconvex}
    for k, name in enumerate(integer_restrictions.FAMILIES):
        numbers[integer_restrictions.WORSE.format(name)] = 1.5 if k < hard else 1.0
        numbers[integer_restrictions.NODES.format(name)] = 10.0
    assert integer_restrictions.judge_integers(numbers)[0] == verdict


@pytest.mark.slow
def test_nodes_by_the_kind_of_program(results):
    nodes, points = results["C5"].evidence.tables
    of = {row[0]: dict(zip(nodes.columns, row, strict=True)) for row in nodes.rows}
    assert of["odd sum of twos"]["nodes grow"].startswith("2^(0.9")
    assert of["odd sum of twos"]["most"] == 6863
    assignment = of["assignment"]
    assert assignment["most"] == 1
    assert assignment["flops, whole numbers"] == assignment["flops, relaxation"]
    assert points.rows[0][2] == 0  # no choice of twos is odd
    assert [row[-1] for row in points.rows[1:]] == [1.0] * 5


def test_midpoints_of_an_interval_of_whole_numbers():
    feasible = {"c": np.zeros(2), "A_ub": np.array([[1.0, 1.0]]), "b_ub": np.array([1.0])}
    assert integer_restrictions.midpoints(feasible) == (3, 3, 0.0, 1.0)
    assert integer_restrictions.midpoints({**feasible, "b_ub": np.array([0.0])}) == (1, 0, None, None)


def test_midpoints_are_those_found_one_by_one():
    program = integer_programs.knapsack(5, 0)
    points = [
        np.array(x)
        for x in itertools.product((0, 1), repeat=5)
        if program["A_ub"][0] @ np.array(x) <= program["b_ub"][0]
    ]
    assert integer_restrictions.midpoints(program)[:2] == (len(points), len(points) * (len(points) - 1) // 2)


def test_a_program_given_up_is_an_error():
    family = integer_restrictions._Family((1,), lambda n, rng: {"c": [-1.0], "A_ub": [[0.0]], "b_ub": [1.0]})
    with pytest.raises(ArithmeticError, match="gave up a program with 1 variables, seed 0"):
        integer_restrictions._solve(family, 1, 0)
