"""Functions that return values, rewritten as ones that fill a place: what is rewritten, and what is left alone."""

import numpy as np
import pytest

from mechkit import count
from mechkit.odes.in_place import in_place
from mechkit.odes.right_hand_side import right_hand_side

RATE = 3.0
TABLE = np.array([1.0, 2.0])


def _unpacked(t, y):
    a, b = y
    return np.array([RATE * a, b * t])


def _branches(t, y):
    if t > 1.0:
        return y[0], 2.0
    if t > 0.7:
        return [1.0, 2.0]
    return [
        y[1],
        3,
    ]


def _named(t, y):
    dydt = [y[1], -y[0]]
    return dydt  # noqa: RET504


def _whole(t, y):
    return -0.5 * y + RATE * t


def _early(t, y):
    for i in range(2):
        if y[i] > t:
            return np.asarray((y[i], 0.0))
    return [0.0, 1.0]


_two = [lambda t, y: [y[1], -y[0]], lambda t, y: [y[1], -y[0] * 2.0]]  # on one line


def _of(slope):
    def inner(t, y):
        return slope * y[0], y[1]

    return inner


@pytest.mark.parametrize("fun", [_unpacked, _branches, _named, _whole, _early, *_two, _of(2.0), _of(5.0)])
@pytest.mark.parametrize("t", [0.5, 0.8, 5.0])
def test_what_is_rewritten_gives_the_same(fun, t):
    y, out = np.array([3.0, 4.0]), np.full(2, np.nan)
    assert in_place(fun, (2,))(t, y, out) is None
    np.testing.assert_array_equal(out, fun(t, y))


def _rebound(t, y):
    y = np.array([y[0], t])
    return -y


def _beyond_its_end(t, y):  # noqa: RET503
    if t > 1.0:
        return [1.0, 2.0]
    for _ in range(3):
        return [y[1], 2.0]


def _local(t, y):
    RATE = TABLE
    return RATE * y


def _matrix(t, y):
    return TABLE * y


@pytest.mark.parametrize(
    "fun",
    [_rebound, _beyond_its_end, _local, _matrix, lambda t, y: sorted(y), lambda t, y: [*y], len, np.sin],
    ids=lambda fun: fun.__name__,
)
def test_what_is_left_alone(fun):
    assert in_place(fun, (2,)) is None


def test_a_source_that_cannot_be_found_is_no_error():
    scope = {"np": np}
    exec("def fun(t, y):\n    return np.array([y[1], -y[0]])", scope)
    assert in_place(scope["fun"], (2,)) is None
    out = np.empty(2)
    right_hand_side(scope["fun"], 0.0, np.ones(2))(0.0, np.array([3.0, 4.0]), out)
    np.testing.assert_array_equal(out, [4.0, -3.0])


def test_matrices():
    jac = lambda t, y: np.array([[y[0], 0.0], [t, 1.0]])
    out = np.empty((2, 2))
    in_place(jac, (2, 2))(5.0, np.array([3.0, 4.0]), out)
    np.testing.assert_array_equal(out, [[3.0, 0.0], [5.0, 1.0]])


def test_the_work_is_counted_element_by_element():
    f, out = right_hand_side(_whole, 0.0, np.ones(3)), np.empty(3)
    with count() as ops:
        f(1.0, np.ones(3), out)
    assert ops.flops == 9
    assert ops["float64"]["mul"] == 6
    assert ops.calls["f"] == 1


def test_a_function_that_returns_nothing_on_some_way_is_named():
    with pytest.raises(TypeError, match="_beyond_its_end does not return the same kind of values always"):
        right_hand_side(_beyond_its_end, 0.0, np.ones(2))
