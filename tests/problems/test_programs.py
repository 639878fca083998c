import numpy as np
import pytest
import scipy.optimize

from mechkit.problems import convex_programs, integer_programs

LINEAR = {
    "random": convex_programs.random_linear_program,
    "packing": convex_programs.packing,
    "transport": convex_programs.transport,
    "assignment": convex_programs.assignment,
    "cube": lambda n, rng: convex_programs.klee_minty(n),
}


@pytest.mark.parametrize("make", LINEAR.values(), ids=LINEAR)
@pytest.mark.parametrize("n", [2, 3, 8])
def test_linear_programs_have_solutions(make, n):
    assert scipy.optimize.linprog(**make(n, 0)).status == 0


@pytest.mark.parametrize("n", [2, 3, 9, 20])
def test_the_random_linear_program_has_one_solution_a_vertex(n):
    program = convex_programs.random_linear_program(n, 1)
    found = scipy.optimize.linprog(**program)
    binding = np.sum(found.x < 1e-12) + np.sum(found.slack < 1e-12)
    positive = np.sum(found.lower.marginals > 1e-12) + np.sum(found.ineqlin.marginals < -1e-12)
    assert binding == positive == n


@pytest.mark.parametrize("n", [2, 5, 8])
def test_the_cube_has_its_least_cost_at_the_last_vertex(n):
    found = scipy.optimize.linprog(**convex_programs.klee_minty(n))
    assert found.fun == pytest.approx(-(5.0**n))
    assert found.x[:-1] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("make", [convex_programs.random_quadratic_program, convex_programs.portfolio])
@pytest.mark.parametrize("n", [2, 7])
def test_quadratic_programs_are_convex_and_feasible(make, n):
    program = make(n, 0)
    assert np.linalg.eigvalsh(program["P"]).min() > -1e-12
    rows = scipy.optimize.LinearConstraint(program["A"], program["l"], program["u"])
    assert scipy.optimize.milp(np.zeros(n), constraints=rows, bounds=(-np.inf, np.inf)).status == 0


@pytest.mark.parametrize(
    "make", [convex_programs.packing, convex_programs.transport, integer_programs.knapsack, integer_programs.subset_sum]
)
def test_a_seed_gives_one_program_and_a_generator_goes_on(make):
    one, other, rng = make(6, 3), make(6, 3), np.random.default_rng(3)
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert np.array_equal(make(6, rng)["c"], one["c"])
    assert not np.array_equal(make(6, rng)["c"], one["c"])


def test_an_even_number_of_twos_is_refused():
    with pytest.raises(ValueError, match="n is 4; it must be odd"):
        integer_programs.odd_sum(4)


def test_no_choice_of_even_weights_fills_an_odd_space():
    program = integer_programs.subset_sum(10, 0)
    assert program["b_ub"] % 2 == 1
    assert not (program["A_ub"] % 2).any()
    assert abs(program["b_ub"] - program["A_ub"].sum() / 2) <= 1


def test_knapsacks():
    plain, correlated = (integer_programs.knapsack(30, 0, limits=5, correlated=c) for c in (False, True))
    assert correlated["A_ub"].shape == plain["A_ub"].shape == (5, 30)
    np.testing.assert_array_equal(-correlated["c"], np.rint(correlated["A_ub"].mean(axis=0)) + 10)
    np.testing.assert_array_equal(plain["b_ub"], plain["A_ub"].sum(axis=1) // 2)
    assert abs(np.corrcoef(-plain["c"], plain["A_ub"].mean(axis=0))[0, 1]) < 0.5
