import numpy as np
import pytest

from mechkit.mechanisms.claims import c4_interior_points as c4


@pytest.fixture
def result(measured):
    return measured("C4")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["qualified", "confirmed"], headline=18, gain=20.9303)


@pytest.mark.slow
def test_interior_points_take_few_iterations_and_cubic_work(result, checks_of):
    assert max(checks_of(result, c4.FEW).values()) <= 20
    assert checks_of(result, c4.RANGE) == {"share of all programs": 0}
    powers = {row[0]: row[3] for row in result.evidence.tables[1].rows}
    assert powers["transport"] < 1.5
    for name in (c4.DENSE, c4.DENSE_QUADRATIC):
        assert 2.5 < powers[name] < 3
    assert "with the power 2.82 (linear) and 2.85 (quadratic)" in result.evidence.notes[0]


@pytest.mark.slow
def test_dantzigs_rule_visits_every_vertex_of_the_cubes(result):
    assert [row[2] for row in result.evidence.tables[2].rows] == [2**n - 1 for n in c4.TEXTBOOK]


def test_a_program_without_a_solution_is_an_error():
    family = c4.Family((1, 2), lambda n, seed: {"c": np.ones(n), "A_ub": np.ones((1, n)), "b_ub": [-1.0]})
    with pytest.raises(ArithmeticError, match="1 variables, seed 0, was not solved"):
        c4.solve_all(family)


def test_costs_that_differ_are_an_error():
    one, other = (c4.Runs({4: [3]}, {4: [9]}, {4: [fun]}) for fun in (-2.0, -2.1))
    c4.require_agreement("packing", one, one)
    with pytest.raises(ArithmeticError, match="packing, n = 4: the least costs found are"):
        c4.require_agreement("packing", one, other)


def test_dantzigs_rule_on_a_program_of_the_textbook():
    # Hillier and Lieberman's: two pivots lead to (2, 6)
    A = np.array([[1.0, 0], [0, 2], [3, 2]])
    assert c4.dantzig_pivots(np.array([-3.0, -5.0]), A, np.array([4.0, 12, 18])) == 2


def test_dantzigs_rule_on_an_unbounded_program_is_an_error():
    with pytest.raises(ArithmeticError, match="unbounded"):
        c4.dantzig_pivots(np.array([-1.0]), np.array([[-1.0]]), np.array([1.0]))
