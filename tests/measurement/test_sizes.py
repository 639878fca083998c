"""Sizes are Python's own whole numbers, wherever they come in; NumPy's would overflow."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest

import mechkit as mk
from mechkit.counting import OpCounts
from mechkit.measurement import Polynomial, Task, growth, sweep
from mechkit.measurement.comparing.comparison import Comparison, Run
from mechkit.measurement.comparing.crossover import cross, law_of_counts, polynomial_of, signs
from mechkit.measurement.runs import seeds_of, sizes_of
from mechkit.measurement.sizes import exact, whole_number

INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.intp, np.longlong]
PAIRS = Polynomial.parse("n(n - 1)/2", ("n",))


@mk.kernel(cache=True)
def repeat_add(times):
    s = 0.0
    for _ in range(times):
        s += 1.0
    return s


@pytest.fixture(scope="module")
def pairs():
    return mk.law(lambda n: repeat_add(n * (n - 1)), n=range(2, 8))


@pytest.fixture(scope="module")
def area():
    return mk.law(lambda n, p: repeat_add(n * n * p), n=range(1, 6), p=range(1, 6))


@pytest.mark.parametrize("integer", INTEGERS)
def test_every_integer_of_numpy_is_exact(pairs, area, integer):
    largest = int(np.iinfo(integer).max)
    assert pairs(n=integer(largest)).flops == largest * (largest - 1)
    assert pairs(integer(100)) == pairs(100)
    assert area(integer(100), p=integer(100)).add == 100**3
    assert PAIRS(integer(largest)) == Fraction(largest * (largest - 1), 2)
    assert whole_number(np.array(largest, integer), "size", 0) == largest
    assert type(whole_number(integer(3), "size", 0)) is int
    assert exact(integer(largest)) ** 2 == largest**2


def test_the_reported_law(pairs):
    assert pairs(n=np.int32(70000)).flops == 4899930000
    assert pairs(n=70000.0).flops == 4899930000
    assert pairs(np.float32(3)).flops == 6
    assert pairs(10**30).flops == 10**30 * (10**30 - 1)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (True, "n = True is no size; a size is a whole number"),
        (np.True_, "n = True is no size; a size is a whole number"),
        (2.5, "n = 2.5 is no size; a size is a whole number"),
        (np.float64(2.5), "n = 2.5 is no size; a size is a whole number"),
        (float("nan"), "n = nan is no size"),
        (float("inf"), "n = inf is no size"),
        (Fraction(1, 2), r"n = Fraction\(1, 2\) is no size"),
        ("5", "n = '5' is no size"),
        (None, "n = None is no size"),
        (np.array([5]), "is no size; a size is a whole number"),
        (-1, "n = -1 is no size; a size is at least 0"),
        (np.int8(-1), "n = -1 is no size; a size is at least 0"),
    ],
)
def test_what_is_no_size_of_a_law(pairs, size, message):
    with pytest.raises(ValueError, match=message):
        pairs(n=size)
    with pytest.raises(ValueError, match="the sizes of n must be whole numbers from 0 on"):
        mk.law(repeat_add, n=[1, 2, size, 4, 5])


@pytest.mark.parametrize("size", [True, np.True_, np.False_, 2.5, float("nan"), "5", None])
def test_what_is_no_size_of_a_run(size):
    with pytest.raises(ValueError, match="is no size; a size is a whole number"):
        mk.compare({"a": repeat_add}, n=[1, size])
    with pytest.raises(ValueError, match="is no size; a size is a whole number"):
        growth(repeat_add, n=[4, 8, size])


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        ((5, 99), {}, "the sizes of this law are n, but 2 values are given, 5, 99; give 1"),
        ((5,), {"n": 3}, "are n, but n is given twice, 5 by position and 3 by name; give it once"),
        ((), {"m": 3}, "are n, not m; leave m out"),
        ((5,), {"m": 3}, "are n, not m; leave m out"),
        ((), {}, "are n, but n is missing"),
    ],
)
def test_wrong_doubled_and_unknown_sizes_of_a_law(pairs, values, named, message):
    with pytest.raises(TypeError, match=message):
        pairs(*values, **named)
    with pytest.raises(TypeError, match=message.replace("the sizes of this law", "the variables")):
        PAIRS(*values, **named)


def test_wrong_sizes_of_a_law_in_two(area):
    for call in (
        lambda: area(5),
        lambda: area(p=5),
        lambda: area(1, 2, 3),
        lambda: area(1, n=2),
        lambda: area(1, 2, p=2),
    ):
        with pytest.raises(TypeError, match=r"the sizes of this law are n, p, but"):
            call()
    assert area(3, p=2).add == area(p=2, n=3).add == area(3, 2).add == 18


def test_the_condition_of_a_law_takes_any_integer():
    found = mk.law(lambda n, p: repeat_add(n * p if n >= 2 * p else 7**p), n=range(2, 12), p=range(1, 5))
    assert found.condition == "n >= 2p"
    assert found.holds((np.int8(127), np.int8(63)))
    assert not found.holds((np.int8(100), np.int8(100)))
    assert found(np.int8(127), np.int8(63)).add == 127 * 63


def test_crossovers_are_exact_from_any_integer():
    cube = law_of_counts({np.int16(n): OpCounts({("float64", "add"): n**3}) for n in range(1, 8)})
    square = law_of_counts({n: OpCounts({("float64", "add"): 10**9 * n**2 + n}) for n in range(1, 8)})
    assert cross("a", cube, "b", square, sizes=np.arange(1, 8, dtype=np.int8)).n == 10**9 + 1
    assert signs(PAIRS - 4899930000 // 2 + 1, np.int16(2)) == [(2, -1), (70000, 1)]
    heavy = mk.CostModel("heavy", "cycles", "", {"float64": {"add": np.int32(2**30)}})
    assert polynomial_of(cube, heavy) == 2**30 * cube.add
    assert cube(n=2000).cost(heavy) == float(2**30 * 2000**3)


def test_sizes_of_runs_may_be_arrays_of_numpy():
    assert sizes_of(np.array([4, 2, 2], np.uint8)) == sizes_of(None, sizes=np.array([4, 2])) == (2, 4)
    assert sizes_of(np.int64(3)) == sizes_of(3.0) == (3,)
    assert seeds_of(np.int8(2)) == (0, 1)
    for seeds in (True, 2.5, float("nan")):
        with pytest.raises(ValueError, match="is no number of seeds"):
            seeds_of(seeds)
    found = mk.compare(
        {"a": lambda n: repeat_add(n * n)}, n=np.array([100, 120, 125, 127], np.int8), repeats=np.int8(2)
    )
    assert found.costs("a") == {n: [n * n] for n in (100, 120, 125, 127)}
    assert json.loads(found.to_json())["sizes"] == [100, 120, 125, 127]
    row = sweep([Task("a", repeat_add, {"times": np.int16(300)})])[0]
    assert (row.counts.add, type(row.arguments["times"])) == (300, int)
    assert growth([4.0, 8.0, 16.0], n=np.array([2, 4, 8])).exponent == pytest.approx(1)


def test_a_comparison_made_by_hand_is_exported():
    runs = [Run("a", np.int8(n), np.int64(0), OpCounts({("float64", "add"): n})) for n in (1, 2, 3)]
    found = json.loads(Comparison(tuple(runs)).to_json())
    assert (found["sizes"], found["seeds"]) == ([1, 2, 3], [0])


def test_values_larger_than_64_bits_have_a_growth():
    found = growth({n: 10**25 * n**2 for n in (10, 20, 40)})
    assert found.exponent == pytest.approx(2)
    assert found.coefficient == pytest.approx(1e25)
    assert growth({n: 10**400 * n for n in (1, 2, 4)}).exponent == pytest.approx(1)
    assert math.isinf(growth({n: 10**400 * n for n in (1, 2, 4)})(8))


def test_coefficients_of_numpy_do_not_overflow():
    p = Polynomial(("n",), {(np.int64(2),): np.int32(2**30), (0,): np.float32(0.5)})
    assert p(n=np.int16(30000)) == 2**30 * 30000**2 + Fraction(1, 2)
    assert (str(p), p.latex()) == ("1073741824n^2 + 1/2", "1073741824 n^{2} + \\frac{1}{2}")
    assert p == Polynomial.parse("1073741824n^2 + 1/2", ("n",))
