from itertools import pairwise

import numpy as np
import pytest

from mechkit.mechanisms.shared.poisson import steps_to_discretization
from mechkit.mechanisms.shared.runs import first
from mechkit.problems import poisson_2d
from mechkit.problems.poisson_equation import poisson_problem


@pytest.mark.parametrize("n", [1, 2, 13])
def test_sine_transforms_solve_the_system(n):
    problem = poisson_problem(n)
    expected = np.linalg.solve(poisson_2d(n).toarray(), problem.b)
    assert problem.error(expected) < 1e-14
    assert problem.error(2.0 * expected) == pytest.approx(1.0)


def test_the_discretization_is_of_second_order():
    errors = [poisson_problem(n).discretization_error for n in (15, 31, 63, 127)]
    for coarse, fine in pairwise(errors):
        assert coarse / fine == pytest.approx(4.0, rel=0.02)


@pytest.mark.parametrize("threshold", [1, 2, 3, 17, 63, 64, 65, 100])
def test_first_is_the_first(threshold):
    assert first(lambda k: k >= threshold, limit=100) == threshold


def test_first_is_none_beyond_the_limit():
    assert first(lambda k: k >= 101, limit=100) is None


def test_steps_that_never_reach_the_discretization_are_an_error():
    with pytest.raises(ArithmeticError, match="300 steps do not reach the discretization error at n = 3"):
        steps_to_discretization(lambda maxiter, callback: callback(np.zeros(9)), poisson_problem(3))
