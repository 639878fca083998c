"""Random and quasi-random search, many starts, annealing: reproducible, honest about NaN, and at the known rates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

import mechkit as mk
from mechkit.optimization.sampling.annealing import simulated_annealing
from mechkit.optimization.sampling.multistart import multistart
from mechkit.optimization.sampling.random_search import even_points, quasi_random_search, random_search

SQUARE = [(-1.0, 1.0)] * 2


def cone(x):
    """The distance from a point: its gap is the distance of the nearest sample."""
    return np.hypot(x[0] - 0.3, x[1] + 0.2)


def rastrigin(x):
    s = 0.0
    for i in range(x.size):
        s += x[i] * x[i] + 10.0 * (1.0 - np.cos(2.0 * np.pi * x[i]))
    return s


def half_nan(x):
    return np.nan if x[0] < 0.0 else (np.inf if x[1] < 0.0 else x[0] + x[1])


def never(x):
    return np.nan * x[0]


def abyss(x):
    return -np.inf if x[0] > 0.0 else x[0]


SEARCHES = {
    "random": lambda f, n, rng: random_search(f, SQUARE, n, rng),
    "sobol": lambda f, n, rng: quasi_random_search(f, SQUARE, n, "sobol", rng),
    "halton": lambda f, n, rng: quasi_random_search(f, SQUARE, n, "halton", rng),
    "annealing": lambda f, n, rng: simulated_annealing(f, SQUARE, rng=rng, maxiter=5),
}


@pytest.mark.parametrize("search", SEARCHES)
def test_a_seed_or_a_generator_makes_it_reproducible(search):
    run = SEARCHES[search]
    a, b, c, d = (run(cone, 50, rng) for rng in (1, 1, np.random.default_rng(1), 2))
    np.testing.assert_array_equal(a.x, b.x)
    np.testing.assert_array_equal(a.x, c.x)
    assert a.fun == b.fun == c.fun != d.fun


@pytest.mark.parametrize("search", SEARCHES)
def test_history_falls_to_the_result_and_nan_is_never_best(search):
    found = SEARCHES[search](half_nan, 100, 0)
    best = found.history["best"]
    assert (np.diff(best[np.isfinite(best)]) <= 0.0).all()
    assert best[-1] == found.fun == pytest.approx(found.x.sum())
    assert (found.x >= 0.0).all()
    assert SEARCHES[search](abyss, 100, 0).fun > -np.inf


@pytest.mark.parametrize("search", SEARCHES)
def test_a_function_that_is_finite_nowhere_is_said(search):
    found = SEARCHES[search](never, 20, 0)
    assert not found.success
    assert found.status != 0
    assert "finite at none" in found.message
    assert np.isnan(found.fun)


def test_the_searches_are_one_body():
    """The same points give the same answer, and both count the same operations."""

    def counted(search):
        with mk.count() as ops:
            found = search()
        return found, ops

    a, ops_a = counted(lambda: random_search(cone, SQUARE, 64, 0))
    b, ops_b = counted(lambda: quasi_random_search(cone, SQUARE, 64, "sobol", 0))
    assert ops_a == ops_b
    assert (a.nfev, b.nfev) == (64, 64)
    points = np.random.default_rng(0).random((64, 2)) * 2.0 - 1.0
    assert a.fun == min(cone(x) for x in points)


def test_halton_begins_as_van_der_corput_did():
    np.testing.assert_allclose(even_points("halton", 5, 1, scramble=False).ravel(), [0, 1 / 2, 1 / 4, 3 / 4, 1 / 8])
    np.testing.assert_allclose(even_points("halton", 4, 2, scramble=False)[:, 1], [0, 1 / 3, 2 / 3, 1 / 9])
    np.testing.assert_allclose(even_points("sobol", 4, 1, scramble=False).ravel(), [0, 1 / 2, 3 / 4, 1 / 4])
    assert even_points("sobol", 1, 3).shape == (1, 3)
    assert even_points("sobol", 100, 3).shape == (100, 3)  # no power of two: neither an error nor a warning


def gaps(search, n, seeds=range(40)):
    return np.array([search(cone, n, seed).fun for seed in seeds])


def test_the_gap_shrinks_with_the_root_of_the_number_of_points():
    """In d = 2 dimensions a gap that is a distance falls as n^(-1/2): 64 times the points, an eighth of the gap."""
    few, many = gaps(SEARCHES["random"], 64), gaps(SEARCHES["random"], 64 * 64)
    assert 5.0 < few.mean() / many.mean() < 13.0


@pytest.mark.parametrize("method", ["sobol", "halton"])
def test_even_points_have_a_lower_discrepancy_and_a_smaller_gap(method):
    n, seeds = 256, range(40)
    even = [qmc.discrepancy(even_points(method, n, 2, seed)) for seed in seeds]
    plain = [qmc.discrepancy(np.random.default_rng(seed).random((n, 2))) for seed in seeds]
    assert max(even) < min(plain)
    assert gaps(SEARCHES[method], n).mean() < gaps(SEARCHES["random"], n).mean()


@settings(deadline=None, max_examples=20)
@given(low=st.floats(-1e6, 1e6), width=st.floats(0, 1e6), seed=st.integers(0, 10**6))
def test_all_points_are_in_the_box(low, width, seed):
    def first(x):
        return x[0]

    bounds = [(low, low + width)]
    for found in (
        random_search(first, bounds, 8, seed),
        quasi_random_search(first, bounds, 8, rng=seed),
        simulated_annealing(first, bounds, rng=seed, maxiter=2),
    ):
        assert low <= found.x[0] <= low + width * (1 + 1e-12)


@pytest.mark.slow
def test_many_starts_find_what_one_does_not():
    bounds = [(-5.12, 5.12)] * 2
    one, many = multistart(rastrigin, bounds, 1, 3), multistart(rastrigin, bounds, 100, 3)
    assert many.fun < 1e-10 < one.fun
    assert many.success
    h = many.history
    assert many.nfev == h["nfev"][-1]
    assert h["best"][-1] == many.fun == h["fun"].min()
    np.testing.assert_array_equal(h["start"][0], one.history["start"][0])
    assert h["x"].shape == (100, 2)


def test_another_local_method_may_be_given_and_nan_is_never_best():
    def stay(f, x, **options):
        return random_search(f, [(v, v) for v in x], 1, 0)

    found = multistart(half_nan, SQUARE, 30, 0, local=stay)
    assert np.isfinite(found.fun)
    assert found.nfev == 30
    assert np.isnan(found.history["fun"]).any()
    nowhere = multistart(never, SQUARE, 3, 0, local=stay)
    assert not nowhere.success
    assert "finite at the end of none of 3 starts" in nowhere.message


@pytest.mark.parametrize("method", ["BFGS", "Nelder-Mead"])
def test_starts_where_f_is_not_finite_are_left_out(method):
    def bowl(x):
        return np.nan if x[0] < 0.0 else (x[0] - 0.5) ** 2 + x[1] ** 2

    found = multistart(bowl, SQUARE, 20, 0, method=method)
    starts, fun = found.history["start"], found.history["fun"]
    left_out = int((starts[:, 0] < 0.0).sum())
    assert found.success
    np.testing.assert_allclose(found.x, [0.5, 0.0], atol=1e-3)
    np.testing.assert_array_equal(np.isnan(fun), starts[:, 0] < 0.0)
    assert 0 < left_out < 20
    assert f"the best of {20 - left_out} starts: " in found.message
    assert f"; {left_out} of 20 starts were left out, as fun or its gradient is not finite there" in found.message
    with pytest.raises(ValueError, match="fun or its gradient is finite at none of 3 starts; give bounds"):
        multistart(never, SQUARE, 3, 0, method=method)


@pytest.mark.slow
def test_annealing_leaves_a_valley():
    """From a local minimum of Rastrigin's function, which every descent takes for the end."""
    found = [simulated_annealing(rastrigin, [(-5.12, 5.12)] * 2, x0=[2.98486, 0.99496], rng=seed) for seed in range(10)]
    assert sum(r.fun < 1e-6 for r in found) >= 9
    h = found[0].history
    np.testing.assert_allclose(h["temperature"][1:-1] * 0.85, h["temperature"][2:])
    assert found[0].nfev == h["nfev"][-1]
    assert len(h["fun"]) == found[0].nit + 1
    assert found[0].success


@pytest.mark.slow
def test_the_steps_of_annealing_adapt_so_that_about_half_are_accepted():
    found = simulated_annealing(cone, SQUARE, rng=0, maxiter=60, tol=0.0, adjustments=30)
    assert 0.3 < np.median(found.history["accepted"][20:]) < 0.7
    assert found.status == 1
    assert "maxiter = 60" in found.message


def test_annealing_evaluates_what_it_says():
    found = simulated_annealing(cone, SQUARE, rng=0, maxiter=3, sweeps=4, adjustments=5, tol=0.0)
    assert found.nfev == 30 + 3 * 4 * 5 * 2


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: random_search(cone, [(1, 0), (0, 1)], 4), ValueError, r"bounds\[0\] is \(1.0, 0.0\)"),
        (lambda: random_search(cone, [(0, np.inf)], 4), ValueError, r"bounds\[0, 1\] is inf"),
        (lambda: random_search(cone, [(-1e308, 1e308)], 4), ValueError, r"bounds\[0\] is .*both finite"),
        (lambda: random_search(cone, [(0, 1, 2)], 4), ValueError, r"bounds has shape \(1, 3\)"),
        (lambda: random_search(cone, [], 4), ValueError, "bounds has shape"),
        (lambda: random_search(cone, SQUARE, 0), ValueError, "n is 0; it must be a whole number, at least 1"),
        (lambda: random_search(cone, SQUARE, 2.5), TypeError, "n is 2.5; it must be a whole number"),
        (lambda: random_search("cone", SQUARE, 4), TypeError, "neither a kernel nor a plain function"),
        (lambda: quasi_random_search(cone, SQUARE, 4, "latin"), ValueError, "method is 'latin'"),
        (lambda: multistart(cone, SQUARE, -1), ValueError, "n is -1"),
        (lambda: simulated_annealing(cone, SQUARE, [0.0]), ValueError, r"x0 has shape \(1,\)"),
        (lambda: simulated_annealing(cone, SQUARE, [0.0, 2.0]), ValueError, r"x0\[1\] is 2.0, outside its bounds"),
        (lambda: simulated_annealing(never, SQUARE, [0.0, 0.0]), ValueError, r"fun\(x0\) is nan"),
        (lambda: simulated_annealing(cone, SQUARE, cooling=1.0), ValueError, "cooling is 1.0"),
        (lambda: simulated_annealing(cone, SQUARE, temperature=-1.0), ValueError, "temperature is -1.0"),
        (lambda: simulated_annealing(cone, SQUARE, tol=np.nan), ValueError, "tol is nan"),
        (lambda: simulated_annealing(cone, SQUARE, sweeps=0), ValueError, "sweeps is 0"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
