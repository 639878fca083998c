from itertools import pairwise

import numpy as np
import pytest

from mechkit.linear_systems import cg
from mechkit.mechanisms import fewer_iterations, finite_termination, poisson_history, poisson_iterations, run
from mechkit.mechanisms.poisson_solves import LINE, counted, first, poisson_problem
from mechkit.problems import poisson_2d


@pytest.fixture(scope="module")
def results():
    return {e.claim: run(e) for e in fewer_iterations.experiments()}


@pytest.mark.slow
def test_experiments_run_and_say_what_they_found(results):
    assert list(results) == ["F1", "F2", "F3", "F4"]
    for result in results.values():
        assert result.finding
        assert all(np.isfinite(value) for value in result.evidence.numbers.values())


# -- the problem -----------------------------------------------------------------------------------------------------


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


# -- F1 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("power", "system", "equation", "verdict"),
    [(1.0, 1.0, 1.0, "confirmed"), (1.0, 1.0, 0.2, "qualified"), (1.2, 0.9, 0.2, "refuted")],
)
def test_the_verdict_on_tolerances_can_come_out_each_way(power, system, equation, verdict):
    numbers = {
        fewer_iterations.POWER: power,
        fewer_iterations.SYSTEM: system,
        fewer_iterations.EQUATION: equation,
        fewer_iterations.LAST: 1.04,
    }
    assert fewer_iterations.judge_tolerance(numbers)[0] == verdict


def test_a_tolerance_trades_if_it_costs_more_and_leaves_a_tenth_less():
    assert fewer_iterations._trades([1, 2, 3, 3], [1.0, 0.8, 0.73, 0.1]) == [True, False, False]


@pytest.mark.slow
def test_errors_fall_to_that_of_the_discretization(results):
    *rows, direct = results["F1"].evidence.tables[0].rows
    problem = poisson_problem(63)
    for _, steps, flops, _, error, total in rows:
        n = problem.n
        # One residual at the end is computed anew.
        assert flops == 20 * n**2 * steps + 2 * n**2 - 8 * n * steps + 2 * steps + 13 * n**2 - 8 * n
        assert abs(total - problem.discretization_error) <= error * 1.001
    assert rows[-1][5] == pytest.approx(problem.discretization_error, rel=1e-9)
    assert direct[4] < 1e-12


@pytest.mark.slow
def test_cg_is_cheaper_from_the_crossing_on_and_not_before(results):
    for name, rtol in fewer_iterations._STOPS.items():
        crossing = round(results["F1"].evidence.numbers[fewer_iterations._CHEAPER + name])
        for n in range(crossing - 5, crossing + 6):
            cheaper = fewer_iterations._cg_flops(n, rtol) < fewer_iterations._direct_flops(n)
            assert cheaper == (n >= crossing), (name, n)


# -- F2 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [((1.0, 10.0), "confirmed"), ((1.0, 10.1), "qualified"), ((11.0, 1e9), "refuted"), ((1.0, np.nan), "qualified")],
)
def test_the_verdict_on_exactness_can_come_out_each_way(ratios, verdict):
    assert finite_termination.judge_exactness(dict(zip("ab", ratios, strict=True)))[0] == verdict


@pytest.mark.parametrize("kind", finite_termination.SPECTRA)
def test_eigenvalues_are_what_they_are_said_to_be(kind):
    eigenvalues = finite_termination.SPECTRA[kind](20, 1e3)
    A = finite_termination._System.of(eigenvalues).A
    assert np.array_equal(A, A.T)
    assert np.linalg.eigvalsh(A) == pytest.approx(np.sort(eigenvalues), abs=1e-14)
    assert np.linalg.cond(A) == pytest.approx(1e3)
    assert len(set(eigenvalues)) == (5 if kind == "five" else 20)


@pytest.mark.slow
def test_five_eigenvalues_take_five_steps_and_crowding_ones_more_than_n(results):
    steps = {row[0]: row[-1] for row in results["F2"].evidence.tables[0].rows}
    assert steps["five, κ = 10"] == 5
    assert max(taken for name, taken in steps.items() if name.startswith(("five", "even"))) <= 100
    assert steps["geometric, κ = 1,000"] > 100
    assert steps["geometric, κ = 1,000,000"] > 1000


# -- F3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratios", "verdict"), [((2.0, 1.1), "confirmed"), ((2.0, 0.9), "refuted"), ((0.9, 1.1), "refuted")]
)
def test_the_verdict_on_iterations_can_come_out_each_way(ratios, verdict):
    numbers = {poisson_iterations.POWER + name: 1.0 for name in LINE}
    for change in pairwise(LINE):
        texts = (poisson_iterations.STEPS, poisson_iterations.FLOPS)
        numbers |= {text.format(*change): ratio for text, ratio in zip(texts, ratios, strict=True)}
    assert poisson_iterations.judge_iterations(numbers)[0] == verdict
    if verdict == "confirmed":
        assert poisson_iterations.judge_iterations({**numbers, texts[1].format(*change): 1.0})[0] == "qualified"


@pytest.mark.slow
def test_steps_grow_as_theory_says(results):
    numbers = results["F3"].evidence.numbers
    powers = {"Jacobi": 2, "Gauss-Seidel": 2, "SOR": 1, "CG": 1, "CG, incomplete Cholesky": 1, "multigrid": 0}
    for name, power in powers.items():
        assert numbers[poisson_iterations.POWER + name] == pytest.approx(power, abs=0.15)


@pytest.mark.slow
def test_flops_are_those_of_the_sweeps(results):
    steps, flops, _ = results["F3"].evidence.tables
    for (name, *taken, _, _), (_, *cost) in zip(steps.rows[:3], flops.rows[:3], strict=True):
        for n, s, f in zip((7, 15, 31, 63), taken, cost, strict=True):
            assert f == s * (12 * n**2 - 8 * n) + 3 * n**2, name


# -- F4 --------------------------------------------------------------------------------------------------------------


def _history(dense, banded):
    numbers = {poisson_history.HARDWARE: 1000.0}
    for name, gain in (("dense elimination", dense), ("banded Cholesky", banded)):
        numbers |= {poisson_history._CASE.format(name, n): gain for n in poisson_history.SIZES}
        numbers[poisson_history._OVERTAKES + name] = 100.0
    return numbers


@pytest.mark.parametrize(
    ("dense", "banded", "verdict"), [(1e4, 1e3, "confirmed"), (1e4, 999, "qualified"), (900, 9, "refuted")]
)
def test_the_verdict_on_history_can_come_out_each_way(dense, banded, verdict):
    assert poisson_history.judge_history(_history(dense, banded))[0] == verdict


@pytest.mark.slow
def test_a_law_of_steps_that_is_off_is_an_error():
    def more_at_larger_sizes(A, b, n, steps):
        return cg(A, b, rtol=0.0, maxiter=steps + (n > 20)).x

    with pytest.raises(ArithmeticError, match="CG counts .* its law predicts"):
        poisson_history.law_of_steps("CG", more_at_larger_sizes)


def test_steps_that_never_reach_the_discretization_are_an_error():
    with pytest.raises(ArithmeticError, match="300 steps do not reach the discretization error at n = 3"):
        poisson_history.steps_to_discretization(lambda s: np.zeros(9), poisson_problem(3))


@pytest.mark.slow
def test_the_steps_that_are_extrapolated_do_reach_the_discretization():
    problem, flops = poisson_problem(255), poisson_history._iteration("CG", poisson_history._cg, lambda n, s: 0)(255)
    steps = poisson_history.steps_to_discretization(
        lambda s: poisson_history._cg(problem.matrix, problem.b, 255, s), problem
    )
    ops = counted(poisson_history._cg, problem.matrix, problem.b, 255, steps)[1]
    assert flops == pytest.approx(ops.flops, rel=0.1)


@pytest.mark.slow
def test_gains_are_those_of_the_flops(results):
    flops, gains = results["F4"].evidence.tables
    dense = flops.rows[0][3:6]
    for cost, gain in zip(flops.rows, gains.rows, strict=True):
        assert gain[2:5] == pytest.approx([d / c for d, c in zip(dense, cost[3:6], strict=True)])
        assert gain[5] == 2 ** ((int(gain[0]) - 1947) / 2)
    for n, cost in zip(poisson_history.SIZES, flops.rows[-1][3:6], strict=True):
        assert 90 < cost / n**2 < 100
