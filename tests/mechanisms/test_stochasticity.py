import itertools

import numpy as np
import pytest

from mechkit.mechanisms import quasi_random_points, random_sampling, run, stochasticity
from mechkit.mechanisms.random_sampling import DIMENSIONS, FUNCTIONS, HIGHEST, POWER


@pytest.fixture(scope="module")
def results():
    return {e.claim: run(e) for e in stochasticity.experiments()}


@pytest.mark.slow
def test_experiments_run_and_say_what_they_found(results):
    assert list(results) == ["T1", "T2"]
    for result in results.values():
        assert result.finding
        assert all(np.isfinite(value) for value in result.evidence.numbers.values())


# -- T1 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("smooth", "rough", "verdict"), [(-0.1, -0.01, "confirmed"), (-0.1, 0.0, "qualified"), (0.0, 0.1, "refuted")]
)
def test_the_verdict_on_samples_can_come_out_each_way(smooth, rough, verdict):
    highest = dict(zip(FUNCTIONS, (smooth, rough), strict=True))
    numbers = {
        text.format(name, d): highest[name] - (text is POWER)
        for name, d, text in itertools.product(FUNCTIONS, DIMENSIONS, (POWER, HIGHEST))
    }
    assert random_sampling.judge_sampling(numbers)[0] == verdict


def test_functions_have_their_minimum_at_the_origin():
    for f in FUNCTIONS.values():
        assert f(np.zeros(3)) == 0.0
        assert all(f(x) > 0.0 for x in np.random.default_rng(0).uniform(-0.75, 0.75, (100, 3)))
    along = [random_sampling.many_valleys(np.array([x])) for x in np.linspace(-0.5, 0.5, 1001)]
    assert np.sum((np.diff(along)[:-1] < 0) & (np.diff(along)[1:] > 0)) == 3


def test_a_function_without_a_slope_does_not_shrink():
    def flat(x):
        return 1.0

    gaps = {n: random_sampling._gaps(flat, 2, n) for n in (16, 32, 64)}
    assert random_sampling.power_of_n(gaps).high >= 0.0


@pytest.mark.slow
def test_the_power_of_one_valley_is_that_of_theory(results):
    numbers = results["T1"].evidence.numbers
    for d in DIMENSIONS:
        assert numbers[POWER.format("one valley", d)] == pytest.approx(-2 / d, rel=0.06)
        assert numbers[POWER.format("many valleys", d)] > numbers[POWER.format("one valley", d)] - 0.1


@pytest.mark.slow
def test_the_median_gap_is_what_the_volume_of_a_ball_says(results):
    # half of all searches have no point nearer than r, where (1 - volume of the ball)^n = 1/2
    for row in results["T1"].evidence.tables[0].rows[:2]:
        d, n = row[1], 4096
        r = (1 - 0.5 ** (1 / n)) / {1: 2.0, 2: np.pi}[d]
        assert row[4] == pytest.approx(r ** (2 / d), rel=0.6)


# -- T2 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("discrepancy", "gap", "verdict"),
    [(2.0, 1.1, "confirmed"), (2.0, 0.9, "qualified"), (0.9, 1.1, "qualified"), (1.0, 0.9, "refuted")],
)
def test_the_verdict_on_points_can_come_out_each_way(discrepancy, gap, verdict):
    least = {"discrepancy": discrepancy, "gap": gap}
    numbers = {
        quasi_random_points.LEAST.format(kind, measure, d): least[measure]
        for kind, measure, d in itertools.product(quasi_random_points.SEQUENCES, least, DIMENSIONS)
    }
    assert quasi_random_points.judge_points(numbers)[0] == verdict


@pytest.mark.parametrize("d", [1, 2, 8])
def test_the_discrepancy_of_random_points_is_that_of_theory(d):
    # Hickernell, A generalized discrepancy and quadrature error bound, Math. Comp. 67 (1998)
    squares = [quasi_random_points.discrepancy("random", 64, d, seed) ** 2 for seed in range(200)]
    assert np.mean(squares) == pytest.approx(((5 / 4) ** d - (13 / 12) ** d) / 64, rel=0.2)


def test_the_ratio_of_equal_points_is_one():
    values = np.random.default_rng(0).random((4, 50))
    assert quasi_random_points._ratio(values, values) == (1.0, 1.0, 1.0)
    low, middle, high = quasi_random_points._ratio(values, values[::-1])
    assert low < middle < high
    assert middle == pytest.approx(1.0)


@pytest.mark.slow
def test_even_points_lose_their_lead_with_the_dimension(results):
    result = results["T2"]
    assert result.verdict == "qualified"
    for kind in quasi_random_points.SEQUENCES:
        for measure in quasi_random_points.MEASURES:
            least = [result.evidence.numbers[quasi_random_points.LEAST.format(kind, measure, d)] for d in DIMENSIONS]
            assert least[0] > 1
            assert least == sorted(least, reverse=True)
    for _, _, _, _, random, sobol, halton in result.evidence.tables[1].rows:
        assert random == pytest.approx(-0.5, abs=0.1)
        assert max(sobol, halton) < random - 0.15
