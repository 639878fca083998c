"""Loops over ranges run as often as in Python, over the same numbers, whatever their step is."""

import itertools

import numpy as np
import pytest

import mechkit as mk

pytestmark = pytest.mark.compiled


def with_step(step):
    scope = {}
    exec(
        "def numbers(start, stop):\n    n = 0\n    last = -99\n    s = 0\n"
        f"    for i in range(start, stop, {step}):\n        n += 1\n        last = i\n        s += i\n"
        "    return n, last, s\n",
        scope,
    )
    return mk.kernel(scope["numbers"])


@mk.kernel
def to(stop):
    n = 0
    for i in range(stop):
        n += i + 1
    return n


@mk.kernel
def between(start, stop, step):
    n = 0
    for i in range(start, stop, step):
        n += i * i + 1
    return n


@mk.kernel
def chosen(start, stop, up):
    """A range that is used twice, and whose step is known only when it runs."""
    step = 1 if up else -2
    numbers = range(start, stop, step)
    n = 0
    for i in numbers:
        for j in numbers:
            if j > 3:
                break
            n += j + 1
        else:
            n += 100
        n += i
    return n, len(numbers)


@mk.kernel
def backwards(n):
    s = 0
    for k, i in enumerate(reversed(range(n))):
        for a in range(i, 0, -2):
            s += k * a + i
    return s


@mk.kernel
def first_above(x, limit):
    for i in range(x.size):
        if x[i] > limit:
            return i
    return -1


PLACES = range(-7, 8)


@pytest.mark.parametrize("step", [-7, -3, -1, 1, 2, 5])
def test_a_step_that_is_written_down(step):
    kernel = with_step(step)
    for start, stop in itertools.product(PLACES, repeat=2):
        assert kernel(start, stop) == kernel.py_func(start, stop)


@pytest.mark.parametrize("step", [-3, -1, 1, 2])
def test_a_step_that_is_an_argument(step):
    for start, stop in itertools.product(PLACES, repeat=2):
        assert between(start, stop, step) == between.py_func(start, stop, step)


@pytest.mark.parametrize("up", [True, False])
def test_a_step_that_is_chosen(up):
    for start, stop in itertools.product(range(-3, 6), repeat=2):
        assert chosen(start, stop, up) == chosen.py_func(start, stop, up)


@pytest.mark.parametrize("number", [int, np.int8, np.int32, np.uint8, np.uint32, np.uint64])
def test_integers_of_any_type(number):
    assert [to(number(n)) for n in range(4)] == [0, 1, 3, 6]


def test_the_largest_numbers():
    top = 2**63 - 1
    assert with_step(2)(top - 4, top) == (2, top - 2, 2 * top - 6 - 2**64)
    assert with_step(-1)(-top + 1, -top - 1)[:2] == (2, -top)


def test_other_iterators():
    assert [backwards(n) for n in range(6)] == [backwards.py_func(n) for n in range(6)]
    assert [first_above(np.arange(5.0), limit) for limit in (-1.0, 2.5, 9.0)] == [0, 3, -1]


@pytest.mark.parametrize("call", [lambda: with_step(0)(1, 2), lambda: between(1, 2, 0)])
def test_a_step_of_zero_is_refused(call):
    with pytest.raises(ValueError, match="must not be zero"):
        call()
