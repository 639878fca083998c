import numpy as np
import pytest

from mechkit import count
from mechkit.mechanisms.claims import t3_random_escape as t3
from mechkit.mechanisms.shared.tours import generated, repeated_descent


@pytest.fixture
def result(measured):
    return measured("T3")


def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["qualified"], headline=1.27161, gain=1.55670)


def test_where_descent_finds_the_shortest_tour_nothing_is_left_to_gain(result):
    rows = {row[0]: row for row in result.evidence.tables[0].rows if row[1] == t3.ENOUGH}
    for check in result.evidence.checks:
        if check.part == t3.ESCAPES and not check.holds:
            assert abs(rows[check.case][2]) < 1e-9


def test_the_budgets_are_equal():
    cities, shortest = generated()["uniform, n = 30"]
    with count() as descents:
        assert repeated_descent(cities, 30, 30 * t3.ENOUGH, seed=0) >= shortest * (1 - 1e-12)
    with count() as annealing:
        t3.annealed(cities, t3.ENOUGH, 0)
    # Descents end after the budget, and annealing before; the neighbors and the lengths of tours are counted too.
    assert 30 * t3.ENOUGH <= descents.flops < 1.1 * 30 * t3.ENOUGH
    assert 0.95 * 30 * t3.ENOUGH < annealing.flops < 1.05 * 30 * t3.ENOUGH


def test_the_shortest_tours_are_known(published):
    from mechkit.mechanisms.shared.tours import published as of_folder

    for name, (cities, shortest) in of_folder(published("tsplib").parent).items():
        assert t3.annealed(cities, t3.ENOUGH, 0) >= shortest
        assert shortest == int(shortest) > 400, name
    assert {name: round(float(length), 6) for name, (_, length) in generated().items()}["a lattice, n = 64"] == 64.0
    assert np.isfinite([length for _, length in generated().values()]).all()
