import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mechkit as mk
from mechkit.measurement.laws.growth import growth


@mk.kernel(cache=True)
def repeat_add(times):
    s = 0.0
    for _ in range(times):
        s += 1.0
    return s


@given(a=st.floats(-3, 5).filter(lambda a: abs(a) > 0.01), c=st.floats(1e-3, 1e3))
def test_a_power_is_recovered(a, c):
    found = growth({n: c * n**a for n in (10, 20, 50, 100)})
    assert found.model == "n^a"
    assert found.exponent == pytest.approx(a, abs=1e-9)
    assert found.coefficient == pytest.approx(c, rel=1e-8)
    assert found.interval == pytest.approx((a, a), abs=1e-9)
    assert found(1000) == pytest.approx(c * 1000**a, rel=1e-7)


@pytest.mark.parametrize(
    ("model", "values", "text"),
    [
        ("constant", dict.fromkeys((1, 2, 3), 7), "constant (as a power: n^0.00, 95 %: 0.00 to 0.00)"),
        ("n log n", {2**k: 5 * k * 2**k for k in range(3, 8)}, "n log n (as a power: n^1.30, 95 %: 1.23 to 1.37)"),
        ("n^a", {1: 2, 2: 4, 3: 6}, "n^1.00 (95 %: 1.00 to 1.00)"),
        ("2^(an)", {n: 3 * 8.0 ** (n / 2) for n in range(4, 9)}, "2^(1.50n) (95 %: 1.50 to 1.50)"),
        ("n^a 2^n", {n: n**2 * 2**n for n in range(4, 12)}, "n^2.00 2^n (95 %: 2.00 to 2.00)"),
    ],
)
def test_each_shape_is_told_from_the_others(model, values, text):
    found = growth(values)
    assert (found.model, repr(found)) == (model, text)
    assert found.table[0].model == model
    for n, value in values.items():
        assert found(n) == pytest.approx(value)
    assert {fit.model for fit in found.table} >= {"constant", "n^a", "n^a 2^n"}
    rounded = [max(fit.criterion, 1e-9) for fit in found.table]
    assert rounded == sorted(rounded)


def test_the_interval_is_that_of_the_textbook():
    from scipy.stats import linregress, t

    sizes, values = [10, 20, 40, 80, 160], [9.0, 45.0, 155.0, 700.0, 2500.0]
    line = linregress(np.log(sizes), np.log(values))
    half = t.ppf(0.975, 3) * line.stderr
    found = growth(values, sizes=sizes)
    assert found.exponent == pytest.approx(line.slope)
    assert found.interval == pytest.approx((line.slope - half, line.slope + half))
    assert str(found) == f"n^{line.slope:.2f} (95 %: {line.slope - half:.2f} to {line.slope + half:.2f})"


def test_the_criterion_is_the_error_of_the_sizes_left_out():
    values = {10: 1.0, 20: 3.0, 40: 2.0, 80: 6.0}
    constant = next(fit for fit in growth(values).table if fit.model == "constant")
    logs = np.log(list(values.values()))
    left_out = [logs[i] - np.delete(logs, i).mean() for i in range(4)]
    assert constant.criterion == pytest.approx(math.sqrt(np.mean(np.square(left_out))))


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    sizes = [10, 20, 40, 80]
    held = 0
    for _ in range(400):
        noisy = {n: n**1.5 * np.exp(rng.normal(0, 0.1, 3)) for n in sizes}
        power = next(fit for fit in growth(noisy).table if fit.model == "n^a")
        held += power.interval[0] <= 1.5 <= power.interval[1]
    assert 0.91 <= held / 400 <= 0.98  # 95 %, give or take three standard deviations


def test_every_seed_is_a_point():
    found = growth(lambda n, seed: repeat_add((1 + seed) * n * n), sizes=[4, 8, 16], seeds=3)
    assert found.points == tuple((n, (1 + seed) * n * n) for n in (4, 8, 16) for seed in range(3))
    assert found.exponent == pytest.approx(2)
    assert growth({n: [(1 + seed) * n * n for seed in range(3)] for n in (4, 8, 16)}) == found


def test_what_is_fitted_can_be_measured_or_weighed():
    assert growth(lambda n: repeat_add(n**2), n=[4, 8, 16]).exponent == pytest.approx(2)
    assert growth(lambda n: n**3, n=[4, 8, 16], measure=lambda x, n: x).exponent == pytest.approx(3)
    doubled = growth(lambda n: repeat_add(n), n=[4, 8, 16], cost=mk.CostModel("2", "", "", {"float64": {"add": 2.0}}))
    assert doubled.coefficient == pytest.approx(2)
    assert growth(lambda n: repeat_add(n), n=[4, 8, 16], cost="add").coefficient == pytest.approx(1)


def test_sizes_of_one_leave_n_log_n_out():
    assert "n log n" not in {fit.model for fit in growth({1: 1, 2: 4, 4: 16}).table}


def test_what_is_larger_than_any_float_is_infinite():
    found = growth({n: 2**n for n in range(4, 12)})
    assert found(2000) == math.inf
    assert min(fit(2000) for fit in found.table) > 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "no size tells a growth"),
        ({10: 1, 20: 2}, "two sizes tell no growth; give at least 3"),
        ({10: [1, 2, 3], 20: [2, 3, 4]}, "two sizes tell"),
        ({10: 1, 20: 0, 40: 3}, "the value at n = 20 is 0; .* leave that size out"),
        ({10: 1, 20: float("nan"), 40: 3}, "the value at n = 20 is nan"),
        ({10: 1, 20: float("inf"), 40: 3}, "the value at n = 20 is inf"),
        ({10: 1, 20: -1.0, 40: 3}, "the value at n = 20 is -1.0"),
        ({10: 1, 20: None, 40: 3}, "the value at n = 20 is None"),
        ({10: 1, 2.5: 2, 40: 3}, "2.5 is no size; a size is a whole number"),
        ({10: 1, 0: 2, 40: 3}, "0 is no size; a size is at least 1"),
    ],
)
def test_data_that_tell_no_growth(data, message):
    with pytest.raises(ValueError, match=message):
        growth(data)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((repeat_add,), {}, "there are no sizes"),
        ((repeat_add, [1, 2, 3]), {"sizes": [1, 2, 3]}, "give the sizes once"),
        ((repeat_add, []), {}, "there are no sizes"),
        ((repeat_add, [1, 2, 3], []), {}, "there are no seeds"),
        (([1, 2, 3],), {}, "there are 0 sizes for 3 values"),
        (([1, 2, 3], [1, 2]), {}, "there are 2 sizes for 3 values"),
        (({1: 1}, [1]), {}, "the sizes are the keys"),
        (({1: 1},), {"seeds": 3}, "seeds and measure go with a run"),
    ],
)
def test_what_does_not_go_together(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        growth(*arguments, **options)


def test_a_run_that_raises_is_named():
    with pytest.raises(ValueError, match="at n = 2 raised ZeroDivisionError") as caught:
        growth(lambda n: 1 // (n - 2), n=[1, 2, 3])
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
