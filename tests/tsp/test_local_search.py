"""Local search: what a move gains is what the length loses, tours stay tours, and published optima are found."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkit.problems import TravelingSalesman, read_tsplib
from mechkit.tsp import iterated_local_search, lin_kernighan, or_opt, tour_length, two_opt
from mechkit.tsp.cities import cities_of, distance, distance_matrix, length_of
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.local_search.exchanges import NOTHING, TWO, best_exchange, exchange
from mechkit.tsp.local_search.kicks import double_bridge
from mechkit.tsp.local_search.queue import queue_for, tour_for
from mechkit.tsp.local_search.reversal import take_back
from mechkit.tsp.local_search.small_moves import best_small_move

SEARCHES = {
    "two edges": two_opt,
    "two edges by difference": lambda cities, *tour: two_opt(cities, *tour, method="difference"),
    "small moves": or_opt,
    "Lin and Kernighan": lin_kernighan,
    "iterated": lambda cities, *tour: iterated_local_search(cities, *tour, rng=0, kicks=200),
}
RNG = np.random.default_rng(5)
LAYOUTS = {
    "uniform": RNG.random((150, 2)),
    "small": 1e-10 * RNG.random((60, 2)),
    "large and far": 1e10 + 1e7 * RNG.random((60, 2)),
    "all the same": np.ones((40, 2)),
    "pairs": np.repeat(RNG.random((30, 2)), 2, axis=0),
    "a line": np.outer(RNG.permutation(50), [3.0, 4.0]),
    "a lattice": np.stack(np.meshgrid(np.arange(6.0), np.arange(8.0)), axis=-1).reshape(-1, 2),
    **{f"{n} cities": RNG.random((n, 2)) for n in range(1, 10)},
}


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(4, 40), segment=st.integers(0, 4))
def test_what_a_small_move_gains_is_what_the_length_loses(seed, n, segment):
    rng = np.random.default_rng(seed)
    cities = cities_of(np.round(rng.random((n, 2)) * 8, 1))
    tour, move = tour_for(rng.permutation(n)), np.full(9, n)
    k = int(rng.integers(n))
    t1, t2 = tour.order[k], tour.order[(k + rng.choice([-1, 1])) % n]
    length = length_of(cities, tour.order)
    near = nearest_neighbors(cities, 8)
    gain = best_small_move(cities, tour.order, tour.place, near, t1, t2, (segment, 1e-12), move)
    if move[0] == NOTHING:
        return
    assert segment > 0 or move[0] == TWO
    exchange(tour.order, tour.place, tour.log, move)
    np.testing.assert_array_equal(tour.order[tour.place], np.arange(n))
    assert gain == pytest.approx(length - length_of(cities, tour.order), abs=1e-11 * length)


def test_the_best_small_move_is_the_best_of_all():
    n = 12
    for seed in range(20):
        cities = cities_of(np.random.default_rng(seed).random((n, 2)))
        near = nearest_neighbors(cities, n - 1)
        base, length, found, wanted = np.arange(n), length_of(cities, np.arange(n)), 0.0, 0.0
        for k in range(n):
            for step in (-1, 1):
                t = tour_for(base)
                move = np.full(9, n)
                gain = best_small_move(cities, t.order, t.place, near, k, (k + step) % n, (3, 1e-12), move)
                found = max(found, gain if move[0] != NOTHING else 0.0)
        for i in range(n):
            turned = np.roll(base, -i)
            for j in range(2, n):
                others = [np.concatenate([turned[:j][::-1], turned[j:]])]
                if j <= 3:  # the first j cities go to all other places, both ways round
                    rest = turned[j:]
                    for p in range(1, len(rest)):
                        others += [
                            np.concatenate([rest[:p], part, rest[p:]]) for part in (turned[:j], turned[:j][::-1])
                        ]
                wanted = max(wanted, *(length - length_of(cities, other) for other in others))
            rest = turned[1:]
            wanted = max(
                wanted,
                *(length - length_of(cities, np.insert(rest, p, turned[0])) for p in range(1, n - 1)),
            )
        assert found == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("kind", ["points", "EUC_2D", "matrix"])
def test_both_judgements_of_two_edges_make_the_same_moves(kind):
    points = np.random.default_rng(8).random((40, 2)) * 100
    cities = {
        "points": points,
        "EUC_2D": TravelingSalesman("", "", "EUC_2D", points, None),
        "matrix": distance_matrix(points),
    }[kind]
    first = np.random.default_rng(9).permutation(40)
    tours = [two_opt(cities, first, method=method).tour for method in ("difference", "recomputation")]
    np.testing.assert_array_equal(*tours)
    D = distance_matrix(cities)[tours[0]][:, tours[0]]
    i, j = np.triu_indices(40, 2)
    k = (j + 1) % 40
    gain = D[i, i + 1] + D[j, k] - D[i, j] - D[i + 1, k]
    assert gain.max() <= 1e-11  # a local optimum of all exchanges of two edges


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(5, 40), rounded=st.booleans())
def test_what_an_exchange_gains_is_what_the_length_loses(seed, n, rounded):
    rng = np.random.default_rng(seed)
    points = np.round(rng.random((n, 2)) * (8 if rounded else 1e3), 0 if rounded else 9)
    cities = cities_of(points)
    tour, move = tour_for(rng.permutation(n)), np.full(9, n)
    near = nearest_neighbors(cities, 8)
    k = int(rng.integers(n))
    t1, t2 = tour.order[k], tour.order[(k + rng.choice([-1, 1])) % n]
    gain = distance(cities.data, 0, t1, t2)
    before, length = tour.order.copy(), length_of(cities, tour.order)
    gain = best_exchange(cities, tour.order, tour.place, near, t1, t2, gain, move)
    if move[0] == NOTHING:
        return
    end = exchange(tour.order, tour.place, tour.log, move)
    assert end in (tour.order[(tour.place[t1] + 1) % n], tour.order[tour.place[t1] - 1])
    np.testing.assert_array_equal(tour.order[tour.place], np.arange(n))
    if not move[7]:  # what the edge costs that closes the tour
        gain -= distance(cities.data, 0, end, t1)
    assert gain == pytest.approx(length - length_of(cities, tour.order), abs=1e-11 * length)
    take_back(tour.order, tour.place, tour.log, 0)
    np.testing.assert_array_equal(tour.order, before)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(8, 40))
def test_a_double_bridge_costs_what_it_says(seed, n):
    rng = np.random.default_rng(seed)
    cities = cities_of(rng.random((n, 2)))
    tour = tour_for(rng.permutation(n))
    before, length = tour.order.copy(), length_of(cities, tour.order)
    cuts = np.sort(rng.permutation(n)[:4])
    queue = queue_for(tour.order, 1, full=False)
    more = double_bridge(cities, tour, queue, cuts)
    assert more == pytest.approx(length_of(cities, tour.order) - length, abs=1e-12)
    parts = np.split(np.roll(before, -cuts[0] - 1), np.cumsum(np.diff(cuts)))  # B, C, D, A
    wanted = np.concatenate([parts[3], parts[2], parts[1], parts[0]])
    found = np.roll(tour.order, -int(tour.place[wanted[0]]))
    if found[1] != wanted[1]:
        found = np.roll(found[::-1], 1)
    np.testing.assert_array_equal(found, wanted)
    assert set(queue.cities[: queue.ends[1]]) == {before[c] for c in cuts} | {before[(c + 1) % n] for c in cuts}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_gives_a_tour_that_is_not_longer(name, layout):
    points = LAYOUTS[layout]
    first = np.random.default_rng(6).permutation(len(points))
    for tour in ((), (first,)):
        found = SEARCHES[name](points, *tour)
        assert (found.success, found.status) == (True, 0)
        assert found.length == pytest.approx(tour_length(points, found.tour), rel=1e-14)  # a permutation
        assert found.length <= tour_length(points, first) * (1 + 1e-14)
        assert found.history["length"][-1] == pytest.approx(found.length, rel=1e-12)
    if layout == "a line":
        assert found.length == pytest.approx(2 * 49 * 5.0)
    if layout == "a lattice" and name == "iterated":
        assert found.length == pytest.approx(48.0)


@pytest.mark.parametrize("n", range(1, 9))
def test_the_shortest_tour_of_few_cities(n):
    points = np.random.default_rng(n).random((n, 2))
    D = distance_matrix(points)
    rest = itertools.permutations(range(1, n))
    shortest = min(sum(D[a, b] for a, b in zip((0, *p), (*p, 0), strict=True)) for p in rest)
    assert iterated_local_search(points, rng=0, kicks=50).length == pytest.approx(shortest, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "optimum"),
    [("berlin52", 7542), ("st70", 675), ("eil51", 426), ("kroA100", 21282), ("ch130", 6110), ("a280", 2579)],
)
def test_published_optima_are_found(name, optimum, published):
    problem = read_tsplib(published("tsplib") / f"{name}.tsp")
    found = iterated_local_search(problem, rng=1, kicks=10_000, target=optimum)
    assert found.length == tour_length(problem, found.tour) == optimum
    assert found.success
    assert "the target was met" in found.message
    assert optimum <= lin_kernighan(problem).length <= 1.05 * optimum


@pytest.mark.parametrize(
    ("name", "n", "excess"),
    [
        ("two edges", 1000, 4.9),
        ("two edges", 10_000, 5.0),
        ("small moves", 10_000, 4.0),
        ("Lin and Kernighan", 1000, 2.2),
        ("Lin and Kernighan", 10_000, 2.2),
    ],
)
def test_the_excess_is_that_of_johnson_and_mcgeoch(name, n, excess):
    lengths = [SEARCHES[name](np.random.default_rng(seed).random((n, 2))).length for seed in range(10_000 // n)]
    assert 100 * (np.mean(lengths) / (0.7080 * np.sqrt(n) + 0.55) - 1) == pytest.approx(excess, abs=1.0)


def test_a_seed_gives_a_tour_whatever_form_the_cities_have():
    points = LAYOUTS["uniform"]
    found = iterated_local_search(points, rng=3, kicks=300)
    again = iterated_local_search(points.tolist(), rng=np.random.default_rng(3), kicks=300)
    matrix = iterated_local_search(distance_matrix(points), rng=3, kicks=300)
    for other in (again, matrix):
        np.testing.assert_array_equal(other.tour, found.tour)
    assert not np.array_equal(iterated_local_search(points, rng=4, kicks=300).history["nit"], found.history["nit"])


def test_local_optima_of_another_scale_are_the_same():
    points = LAYOUTS["uniform"]
    for scale in (2.0**-40, 2.0**40):
        np.testing.assert_array_equal(lin_kernighan(scale * points).tour, lin_kernighan(points).tour)


def test_budgets_of_zero_give_the_local_optimum():
    points = LAYOUTS["uniform"]
    local = lin_kernighan(points, depth=2)
    found = iterated_local_search(points, kicks=0)
    assert (found.length, found.nit, found.message) == (local.length, 0, "all 0 kicks were made")
    found = iterated_local_search(points, time_limit=0)
    assert (found.length, found.status, found.message) == (local.length, 1, "the time was over after 0 kicks")
    found = iterated_local_search(points, kicks=10, target=0.1)
    assert (found.success, found.status) == (False, 0)


@pytest.mark.parametrize("error", [KeyboardInterrupt, StopIteration])
@pytest.mark.parametrize("search", [two_opt, or_opt, lin_kernighan, iterated_local_search])
def test_the_best_tour_is_kept_when_a_search_is_ended(search, error):
    points = LAYOUTS["uniform"]
    told = []

    def end(result):
        told.append(result)
        raise error

    found = search(points, callback=end)
    assert len(told) == 1
    assert (found.success, found.status) == (False, 2 if error is KeyboardInterrupt else 99)
    assert found.message.endswith("ended the search; the tour is the best one so far")
    assert found.length == told[0].length == pytest.approx(tour_length(points, found.tour))


def test_a_stale_search_begins_again_and_keeps_the_best_tour():
    points = LAYOUTS["9 cities"]
    found = iterated_local_search(points, rng=0, kicks=1000)
    assert (np.diff(found.history["length"]) > 0).any()
    assert found.length == pytest.approx(found.history["best"].min(), rel=1e-12)


def test_progress_is_shown_on_standard_error(capsys, monkeypatch):
    monkeypatch.setattr("mechkit.tsp.search.PERIOD", -1.0)
    lin_kernighan(LAYOUTS["uniform"], progress=True)
    assert "100 %  length " in capsys.readouterr().err


def test_what_is_refused():
    points = LAYOUTS["5 cities"]
    with pytest.raises(ValueError, match="tour visits city 0 again"):
        lin_kernighan(points, [0, 0, 1, 2, 3])
    with pytest.raises(ValueError, match="kicks is -1; it must be a whole number, at least 0"):
        iterated_local_search(points, kicks=-1)
    with pytest.raises(ValueError, match="time_limit is -1"):
        iterated_local_search(points, time_limit=-1)
    with pytest.raises(ValueError, match="target is nan"):
        iterated_local_search(points, target=np.nan)
    with pytest.raises(ValueError, match="depth is 0"):
        lin_kernighan(points, depth=0)
    with pytest.raises(ValueError, match="depth is 51; it must be at most 50"):
        iterated_local_search(points, depth=51)
    with pytest.raises(ValueError, match="method is 'swap'; it must be one of neighbors, difference, recomputation"):
        two_opt(points, method="swap")
    with pytest.raises(ValueError, match="segment is 0"):
        or_opt(points, segment=0)
    with pytest.raises(ValueError, match="neighbors is 0"):
        or_opt(points, neighbors=0)
    with pytest.raises(TypeError, match="callback is 3; it must be a function"):
        lin_kernighan(points, callback=3)
