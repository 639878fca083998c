import pytest

from mechkit.mechanisms.claims import f1_stopping as f1
from mechkit.problems.poisson_equation import poisson_problem


@pytest.fixture
def result(measured):
    return measured("F1")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 3, headline=58.2476, gain=3.76144)


@pytest.mark.slow
def test_errors_fall_to_that_of_the_discretization(result):
    *rows, direct = result.evidence.tables[0].rows
    problem = poisson_problem(f1.N)
    for _, steps, flops, _, error, total in rows:
        n = problem.n
        # One residual at the end is computed anew.
        assert flops == 20 * n**2 * steps + 2 * n**2 - 8 * n * steps + 2 * steps + 13 * n**2 - 8 * n
        assert abs(total - problem.discretization_error) <= error * 1.001
    assert rows[-1][5] == pytest.approx(problem.discretization_error, rel=1e-9)
    assert direct[4] < 1e-12


@pytest.mark.slow
def test_the_differential_equation_gains_nothing_from_the_last_tolerances(result):
    outside = [check.holds for check in result.evidence.checks if not check.within]
    assert outside == [True] * 2 + [False] * 9


@pytest.mark.slow
def test_cg_is_cheaper_from_the_crossing_on_and_not_before(result):
    crossings = dict(result.evidence.tables[1].rows)
    assert list(crossings.values()) == [71, 45, 21]
    for name, rtol in f1.STOPS.items():
        for n in range(crossings[name] - 5, crossings[name] + 6):
            assert (f1.cg_flops(n, rtol) < f1.direct_flops(n)) == (n >= crossings[name]), (name, n)
