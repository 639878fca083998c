"""Simulated annealing: differences are right after every move, the law of its flops, and what a run reports."""

import numpy as np
import pytest

from mechkit import count
from mechkit.problems import TravelingSalesman
from mechkit.tsp import Schedule, anneal, distance_matrix, parallel_tempering, tour_length
from mechkit.tsp.annealing.metropolis import metropolis
from mechkit.tsp.annealing.tempering import swap_places
from mechkit.tsp.cities import cities_of, length_of
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.local_search.queue import tour_for

POINTS = np.random.default_rng(5).random((40, 2))
CIRCLE = np.column_stack([np.cos(np.arange(40.0)), np.sin(np.arange(40.0))])
ROUND_THE_CIRCLE = tour_length(CIRCLE, np.argsort(np.arctan2(CIRCLE[:, 1], CIRCLE[:, 0])))


def of_rule(rule):
    return TravelingSalesman("", "", rule, 100.0 * POINTS, None)


@pytest.mark.parametrize("n", [4, 5, 6, 7, 11, 40])
def test_a_move_changes_the_length_by_its_difference(n):
    cities = cities_of(POINTS[:n])
    near = nearest_neighbors(cities, n - 1)
    tour, rng, tally = tour_for(np.arange(n)), np.random.default_rng(n), np.zeros(4, np.int64)
    length = length_of(cities, tour.order)
    for _ in range(1000):
        longer = metropolis(cities, tour, near, rng, 0.3, 1, tally)
        now = length_of(cities, tour.order)
        assert now - length == pytest.approx(longer, abs=1e-12)
        assert sorted(tour.order) == list(range(n))
        assert (tour.order[tour.place] == np.arange(n)).all()
        length = now
    assert (tally > 100).all()


def test_in_equilibrium_tours_come_with_the_probabilities_of_boltzmann():
    # All exchanges of 5 cities are proposed alike, and so each of the 12 tours has the weight exp(-length / T).
    cities = cities_of(POINTS[:5])
    near, tour, rng = nearest_neighbors(cities, 4), tour_for(np.arange(5)), np.random.default_rng(0)
    tally = np.zeros(4, np.int64)
    seen = {}
    for _ in range(20_000):
        metropolis(cities, tour, near, rng, 0.5, 5, tally)
        length = round(float(length_of(cities, tour.order)), 9)
        seen[length] = seen.get(length, 0) + 1
    lengths = np.array(list(seen))
    weights = np.exp(-lengths / 0.5)
    assert len(lengths) == 12
    np.testing.assert_allclose(np.array([*seen.values()]) / 20_000, weights / weights.sum(), atol=0.012)


@pytest.mark.parametrize("schedule", ["geometric", "linear", "adaptive", Schedule("linear", hot=0.2, cold=0.0)])
@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_it_finds_the_way_round_a_circle_from_any_tour(schedule, scale):
    if isinstance(schedule, Schedule):
        schedule = Schedule(schedule.rule, schedule.hot * scale, schedule.cold, 100)
    found = anneal(scale * CIRCLE, range(40), rng=1, schedule=schedule, budget=6_000_000)
    assert found.length == pytest.approx(scale * ROUND_THE_CIRCLE, rel=1e-12)
    assert found.success
    assert found.status == 0


@pytest.mark.parametrize(
    "cities", [POINTS, distance_matrix(POINTS), of_rule("EUC_2D"), of_rule("CEIL_2D"), of_rule("ATT")]
)
def test_the_budget_is_kept_and_the_flops_are_those_counted(cities):
    with count() as whole:
        found = anneal(cities, range(40), rng=2, budget=300_000)
    with count() as other:
        anneal(cities, range(40), rng=2, budget=1)  # no proposal fits into it
    flops = int(found.history["flops"][-1])
    assert flops == whole.flops - other.flops
    assert 0.999 * 300_000 < flops <= 300_000


def test_what_a_run_reports():
    found = anneal(POINTS, rng=3, budget=2_000_000, schedule=Schedule(steps=50))
    history = found.history
    assert all(len(history[name]) == 50 for name in ("length", "best", "temperature", "accepted", "nit", "flops"))
    assert (np.diff(history["temperature"]) < 0).all()
    assert history["temperature"][0] / history["temperature"][-1] == pytest.approx(10)
    assert (np.diff(history["best"]) <= 0).all()
    assert history["accepted"][0] > 10 * history["accepted"][-1]
    assert history["best"][-1] == pytest.approx(found.length)
    assert found.length == pytest.approx(tour_length(POINTS, found.tour))
    assert found.nit == history["nit"][-1] > 30_000
    again = anneal(POINTS, rng=np.random.default_rng(3), budget=2_000_000, schedule=Schedule(steps=50))
    np.testing.assert_array_equal(again.tour, found.tour)


def test_parallel_tempering_keeps_its_budget_and_counts_its_flops():
    with count() as whole:
        found = parallel_tempering(POINTS, range(40), rng=2, replicas=5, rounds=7, budget=300_000)
    with count() as other:
        parallel_tempering(POINTS, range(40), rng=2, budget=1)  # neither a proposal nor a swap fits into it
    history = found.history
    assert history["flops"][-1] == whole.flops - other.flops
    assert 0.99 * 300_000 < history["flops"][-1] <= 300_000
    assert (np.diff(history["best"]) <= 0).all()
    assert history["best"][-1] == pytest.approx(found.length)
    assert found.length == pytest.approx(tour_length(POINTS, found.tour))
    again = parallel_tempering(POINTS, range(40), rng=2, replicas=5, rounds=7, budget=300_000)
    np.testing.assert_array_equal(again.tour, found.tour)


@pytest.mark.parametrize("scale", [1e-10, 1e10])
def test_parallel_tempering_finds_the_way_round_a_circle(scale):
    found = parallel_tempering(scale * CIRCLE, range(40), rng=1, budget=6_000_000)
    assert found.length == pytest.approx(scale * ROUND_THE_CIRCLE, rel=1e-12)
    assert (found.success, found.status) == (True, 0)
    assert 0.05 < found.history["swapped"].mean() < 0.95


def test_swaps_leave_the_weights_of_boltzmann():
    # Two tours of lengths 1 and 2 at temperatures 1 and 2: the short one is cold with 1 / (1 + exp(-1/2)).
    rng, holder = np.random.default_rng(0), np.array([0, 1])
    cold = 0
    for _ in range(20_000):
        swap_places(np.array([1.0, 2.0]), np.array([1.0, 0.5]), holder, 0, rng)
        cold += holder[0] == 0
    assert cold / 20_000 == pytest.approx(1 / (1 + np.exp(-0.5)), abs=0.015)


def test_few_cities_and_duplicates():
    for n in (1, 2, 3):
        found = anneal(POINTS[:n], rng=0)
        assert sorted(found.tour) == list(range(n))
        assert found.message == "so few cities have one tour"
    assert anneal(POINTS[:4], rng=0, budget=10_000).success
    assert anneal(np.ones((30, 2)), rng=0, budget=10_000).length == 0.0
    assert parallel_tempering(POINTS[:3], rng=0).message == "so few cities have one tour"
    assert parallel_tempering(np.ones((5, 2)), rng=0, budget=10_000).length == 0.0
    twins = anneal(np.repeat(CIRCLE, 2, axis=0), rng=0, budget=10_000_000)
    assert twins.length == pytest.approx(ROUND_THE_CIRCLE)


@pytest.mark.parametrize("search", [anneal, parallel_tempering])
@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, 2), (StopIteration, 99)])
def test_what_ends_it_keeps_the_best_tour(search, error, status):
    lengths = []

    def callback(result):
        lengths.append(result.length)
        if len(lengths) == 30:
            raise error

    found = search(POINTS, range(40), rng=0, callback=callback)
    assert (found.status, found.success) == (status, False)
    assert found.length == min(lengths) < tour_length(POINTS, range(40))
    assert "the tour is the best one so far" in found.message


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"budget": 0}, "budget is 0; it must be a whole number, at least 1"),
        ({"budget": -5}, "budget is -5"),
        ({"neighbors": 0}, "neighbors is 0"),
        ({"schedule": "geometrc"}, "schedule is 'geometrc'; it must be one of geometric, linear, adaptive"),
        ({"tour": [0, 1, 1]}, "tour has shape"),
        ({"tour": [1] * 40}, "tour visits city 1 again"),
    ],
)
def test_what_is_refused(arguments, complaint):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        anneal(POINTS, rng=0, **arguments)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"budget": 0}, "budget is 0"),
        ({"replicas": 1}, "replicas is 1; it must be a whole number, at least 2"),
        ({"rounds": 0}, "rounds is 0"),
        ({"hot": np.inf}, "hot is inf"),
        ({"cold": 0.0}, "cold is 0.0"),
        ({"hot": 1.0, "cold": 2.0}, "the last temperature is not above the first"),
    ],
)
def test_what_parallel_tempering_refuses(arguments, complaint):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        parallel_tempering(POINTS, rng=0, **arguments)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"hot": -1.0}, "hot is -1.0; it must be a finite number above 0"),
        ({"hot": 0.0}, "hot is 0.0"),
        ({"cold": -0.1}, "cold is -0.1"),
        ({"cold": 0.0}, "cold is 0.0; it must be a finite number above 0"),
        ({"rule": "linear", "cold": np.nan}, "cold is nan"),
        ({"hot": 1.0, "cold": 2.0}, "the last temperature is not above the first"),
        ({"steps": 0}, "steps is 0"),
        ({"rule": "quick"}, "rule is 'quick'"),
    ],
)
def test_wrong_temperatures_are_refused(arguments, complaint):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        Schedule(**arguments)
    assert complaint in str(raised.value)
