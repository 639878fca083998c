import numpy as np
import pytest

from mechkit.mechanisms.claims import t1_random_search as t1
from mechkit.mechanisms.shared.sampled_functions import FUNCTIONS, cube_around, many_valleys
from mechkit.mechanisms.shared.shapes_of_growth import power_of_n


@pytest.fixture
def result(measured):
    return measured("T1")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"], headline=6686.4, gain=16.0)


def test_functions_have_their_minimum_at_the_origin():
    for f in FUNCTIONS.values():
        assert f(np.zeros(3)) == 0.0
        assert all(f(x) > 0.0 for x in np.random.default_rng(0).uniform(-0.75, 0.75, (100, 3)))
    along = [many_valleys(np.array([x])) for x in np.linspace(-0.5, 0.5, 1001)]
    assert np.sum((np.diff(along)[:-1] < 0) & (np.diff(along)[1:] > 0)) == 3


def test_a_function_without_a_slope_does_not_shrink():
    def flat(x):
        return 1.0

    gaps = {n: t1.gaps(flat, 2, n) for n in (16, 32, 64)}
    assert power_of_n(gaps).high >= 0.0


def test_a_grid_is_as_near_as_its_points_are():
    d, m = 2, 7
    middles = (np.arange(m) + 0.5) / m
    gaps = []
    for seed in t1.SEEDS:
        lowest = cube_around(d, np.random.default_rng((d, t1.SAMPLES[-1], seed)))[:, 0]
        x, y = (lowest[:, np.newaxis] + middles) ** 2
        gaps.append(np.min(x[:, np.newaxis] + y))
    assert t1.points_of_a_grid(d, np.median(gaps) * (1 + 1e-9)) == m**d


@pytest.mark.slow
def test_the_power_of_one_valley_is_that_of_theory(result):
    powers = {row[:2]: float(row[5].removeprefix("n^").split()[0]) for row in result.evidence.tables[0].rows}
    for d in t1.DIMENSIONS:
        assert powers["one valley", d] == pytest.approx(-2 / d, rel=0.06)
        assert powers["many valleys", d] > powers["one valley", d] - 0.1


@pytest.mark.slow
def test_the_median_gap_is_what_the_volume_of_a_ball_says(result):
    # half of all searches have no point nearer than r, where (1 - volume of the ball)^n = 1/2
    for row in result.evidence.tables[0].rows[:2]:
        d, n = row[1], 4096
        r = (1 - 0.5 ** (1 / n)) / {1: 2.0, 2: np.pi}[d]
        assert row[4] == pytest.approx(r ** (2 / d), rel=0.6)
