from functools import partial

import pytest

from mechkit.linear_systems import cg
from mechkit.mechanisms.claims import f4_algorithms_and_hardware as f4
from mechkit.mechanisms.shared.poisson import steps_to_discretization
from mechkit.mechanisms.shared.runs import counted
from mechkit.problems.poisson_equation import poisson_problem


@pytest.fixture
def result(measured):
    return measured("F4")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["qualified"], headline=78.8922, gain=29247531.5)


@pytest.mark.slow
def test_algorithms_gained_more_on_large_grids_from_dense_elimination_alone(result):
    holding = [check.case for check in result.evidence.checks if check.holds]
    assert holding == [f"dense elimination to full multigrid, n = {n}" for n in ("255", "1,023")]
    assert result.evidence.tables[2].rows == [("dense elimination", 86), ("banded Cholesky", 5987)]


@pytest.mark.slow
def test_a_law_of_steps_that_is_off_is_an_error():
    def more_at_larger_sizes(A, b, n, maxiter):
        return cg(A, b, rtol=0.0, maxiter=maxiter + (n > 20)).x

    with pytest.raises(ArithmeticError, match="CG counts .* its law predicts"):
        f4.law_of_steps("CG", more_at_larger_sizes)


@pytest.mark.slow
def test_the_steps_that_are_extrapolated_do_reach_the_discretization():
    problem, flops = poisson_problem(255), f4.flops_of_iteration("CG", f4.run_cg, lambda n, s: 0)(255)
    steps = steps_to_discretization(partial(f4.run_cg, problem.matrix, problem.b, 255), problem)
    ops = counted(f4.run_cg, problem.matrix, problem.b, 255, maxiter=steps)[1]
    assert flops == pytest.approx(ops.flops, rel=0.1)


@pytest.mark.slow
def test_gains_are_those_of_the_flops(result):
    flops, gains, _ = result.evidence.tables
    dense = flops.rows[0][3:6]
    for cost, gain in zip(flops.rows, gains.rows, strict=True):
        assert gain[2:5] == pytest.approx([d / c for d, c in zip(dense, cost[3:6], strict=True)])
        assert gain[5] == 2 ** ((int(gain[0]) - 1947) / 2)
    for n, cost in zip(f4.SIZES, flops.rows[-1][3:6], strict=True):
        assert 90 < cost / n**2 < 100
