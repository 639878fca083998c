import pytest

from mechkit.mechanisms.claims import f3_better_iterations as f3


@pytest.fixture
def result(measured):
    return measured("F3")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"], headline=1857.17, gain=584.138)


@pytest.mark.slow
def test_one_change_that_saves_steps_costs_more_flops(result, checks_of):
    ratios = checks_of(result, f3.CHEAPER)
    assert ratios["SOR to CG"] == pytest.approx(0.73275, rel=1e-4)
    assert [case for case, ratio in ratios.items() if ratio < 1] == ["SOR to CG"]


@pytest.mark.slow
def test_steps_grow_as_theory_says(result):
    powers = {"Jacobi": 2, "Gauss-Seidel": 2, "SOR": 1, "CG": 1, "CG, incomplete Cholesky": 1, "multigrid": 0}
    fitted = {row[0]: row[-2] for row in result.evidence.tables[0].rows}
    assert fitted == {name: pytest.approx(power, abs=0.15) for name, power in powers.items()}


@pytest.mark.slow
def test_flops_are_those_of_the_sweeps(result):
    steps, flops, _ = result.evidence.tables
    for (name, *taken, _, _), (_, *cost) in zip(steps.rows[:3], flops.rows[:3], strict=True):
        for n, s, f in zip(f3.SIZES, taken, cost, strict=True):
            assert f == s * (12 * n**2 - 8 * n) + 3 * n**2, name
