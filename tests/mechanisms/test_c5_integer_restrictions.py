import itertools

import numpy as np
import pytest

from mechkit.mechanisms.claims import c5_integer_restrictions as c5
from mechkit.problems import integer_programs


@pytest.fixture
def result(measured):
    return measured("C5")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["confirmed", "qualified"], headline=6863, gain=1117.26)


@pytest.mark.slow
def test_two_families_are_exponential(result):
    holding = [check.case for check in result.evidence.checks if check.part == c5.EXPONENTIAL and check.holds]
    assert holding == ["odd sum of twos", "knapsack of five limits"]


@pytest.mark.slow
def test_nodes_by_the_kind_of_program(result):
    nodes, points = result.evidence.tables
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
    assert c5.midpoints(feasible) == (3, 3, 0.0, 1.0)
    assert c5.midpoints({**feasible, "b_ub": np.array([0.0])}) == (1, 0, None, None)


def test_midpoints_are_those_found_one_by_one():
    program = integer_programs.knapsack(5, 0)
    points = [
        np.array(x)
        for x in itertools.product((0, 1), repeat=5)
        if program["A_ub"][0] @ np.array(x) <= program["b_ub"][0]
    ]
    assert c5.midpoints(program)[:2] == (len(points), len(points) * (len(points) - 1) // 2)


def test_a_program_given_up_is_an_error():
    family = c5.Family((1,), lambda n, rng: {"c": [-1.0], "A_ub": [[0.0]], "b_ub": [1.0]})
    with pytest.raises(ArithmeticError, match="gave up a program with 1 variables, seed 0"):
        c5.solve(family, 1, 0)
