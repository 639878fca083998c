"""The user's functions as compiled code calls them: every form, every refusal."""

import functools
import math
import sys

import numba
import numpy as np
import pytest

import mechkit as mk
from mechkit.odes import solve_ivp
from mechkit.odes.right_hand_side import event_function, jacobian, right_hand_side
from mechkit.optimization.arguments import checked_values, reader_of
from mechkit.optimization.functions import counted_calls

COMPILED = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="needs the compiler")


def _array(t, y):
    return np.array([t - y[1], y[0]])


def _integers(t, y):
    return np.array([1, 2])


def _list(t, y):
    return [t - y[1], y[0]]


def _tuple(t, y):
    return t - y[1], 1


def _unpacked(t, y):
    a, b = y
    return np.array([t - b, a])


def _out(t, y, out):
    out[0] = t - y[1]
    out[1] = y[0]


def _loop(t, y):
    dy = np.empty_like(y)
    for i in range(y.size):
        dy[i] = t * y[i]
    return dy


def _two_returns(t, y):
    if t > 1.0:
        return np.array([y[0], y[0]])
    return np.array([t - y[1], y[0]])


@pytest.mark.parametrize(
    "fun", [_array, _integers, _list, _tuple, _out, _loop, _two_returns, mk.kernel(_array)], ids=lambda f: f.__name__
)
def test_every_form_gives_what_python_gives(fun):
    y, out = np.array([3.0, 4.0]), np.empty(2)
    wanted = np.empty(2)
    value = getattr(fun, "py_func", fun)(*(2.0, y, wanted)[: 3 if fun is _out else 2])
    if value is not None:
        wanted[:] = value
    with counted_calls() as made:
        right_hand_side(fun, 0.0, np.ones(2))(2.0, y, out)
    np.testing.assert_array_equal(out, wanted)
    assert made.f == 1


def test_a_number_serves_one_unknown():
    out = np.empty(1)
    right_hand_side(lambda t, y: -y[0], 0.0, np.ones(1))(0.0, np.array([2.0]), out)
    assert out[0] == -2.0


@COMPILED
def test_args_are_data():
    def fun(t, y, a, table):
        return np.array([a * y[0] + table[1], t])

    found = []
    for a in (2.0, 3.0):
        values = checked_values((a, np.array([1, 5])))
        with reader_of(values) as read:
            f, out = right_hand_side(fun, 0.0, np.ones(2), values, read), np.empty(2)
            f(7.0, np.ones(2), out)
            found.append((f, out[0], out[1]))
    assert found[0][0] is found[1][0]
    assert [row[1:] for row in found] == [(7.0, 7.0), (8.0, 7.0)]


def test_args_follow_the_place_for_the_result():
    def fun(t, y, out, a):
        out[0] = a * y[0]

    with reader_of((5.0,)) as read:
        f, out = right_hand_side(fun, 0.0, np.ones(1), (5.0,), read), np.empty(1)
        f(0.0, np.ones(1), out)
    assert out[0] == 5.0


def test_a_partial_function_is_one():
    def fun(t, y, a):
        return np.array([a * y[0]])

    out = np.empty(1)
    right_hand_side(functools.partial(fun, a=3.0), 0.0, np.ones(1))(0.0, np.ones(1), out)
    assert out[0] == 3.0


@pytest.mark.parametrize(
    "jac", [lambda t, y: np.array([[y[0], 0.0], [t, 2.0]]), lambda t, y: [[y[0], 0.0], [t, 2.0]]], ids=["array", "list"]
)
def test_jacobians(jac):
    J = np.empty((2, 2))
    with counted_calls() as made:
        jacobian(jac, 0.0, np.ones(2), 2)(1.0, np.array([5.0, 6.0]), J)
    np.testing.assert_array_equal(J, [[5.0, 0.0], [1.0, 2.0]])
    assert (made.f, made.jac) == (0, 1)


def _changes(t, y):
    y[0] = 0.0
    return np.array([y[1], y[0]])


def _beyond(t, y):
    return np.array([y[1], y[2]])


@pytest.mark.parametrize(
    ("fun", "error", "words"),
    [
        (lambda t, y: np.array([y[0]]), ValueError, "fun returns shape (1,) at the start; it must have the shape"),
        (lambda t, y: np.array([[y[0], y[1]]]), ValueError, "fun returns shape (1, 2)"),
        (lambda t, y: y[0], ValueError, "fun returns shape () at the start"),
        (lambda t, y: "word", TypeError, "fun returns 'word' at the start"),
        (lambda t, y: None, TypeError, "fun returns None at the start"),
        (lambda t, y: [y[0] * 1j, 0.0], TypeError, "fun returns complex numbers"),
        (lambda t: [1.0, 2.0], TypeError, "fun is called with t and y, but it is <lambda>(t)"),
        (_changes, ValueError, "fun changes y"),
        (_beyond, ValueError, "fun reads or writes beyond the end of an array"),
        (lambda t, y, out: 3.0, ValueError, "fun takes one argument more than t, y and args, 'out': give it in args"),
        (np.sin, TypeError, "fun is sin, which cannot be compiled"),
        (5, TypeError, "5 is neither a kernel nor a plain function"),
    ],
)
def test_refusals(fun, error, words):
    with pytest.raises(error) as caught:
        right_hand_side(fun, 0.0, np.ones(2))
    assert words in str(caught.value)


def test_an_event_returns_a_number():
    with pytest.raises(ValueError, match="event returns array"):
        event_function(lambda t, y: y, 0.0, np.ones(2))
    with pytest.raises(TypeError, match="event takes one argument more than t, y and args, 'level'; give it in args"):
        event_function(lambda t, y, level: y[0] - level, 0.0, np.ones(2))


def _lower_half(t, y):
    return y[0] - 0.5


@COMPILED
def test_what_calls_a_function_without_arguments_is_kept(tmp_path, monkeypatch):
    """As the function itself is, so that another process compiles neither."""
    monkeypatch.setattr("mechkit.counting.kernel_cache.cache_directory", lambda: tmp_path)
    assert event_function(_lower_half, 0.0, np.ones(1))(0.0, np.array([3.0])) == 2.5
    assert len(list(tmp_path.rglob("*_lower_half*"))) == 2


SCALE = np.array([2.0, 3.0])


def scaled(t, y):
    return [SCALE[0] * y[0], SCALE[1] * y[1]]


def rooted(t, y):
    return [-math.sqrt(y[0])]


@COMPILED
def test_a_known_function_is_not_called_in_python_again(monkeypatch):
    looked = []
    module = sys.modules["mechkit.odes.right_hand_side"]
    whole = module._value
    monkeypatch.setattr(module, "_value", lambda function, *rest: (looked.append(function), whole(function, *rest))[1])

    def decay(t, y, rate):
        return [-rate * y[0]]

    for state, rate in (([1.0], 1.0), ([2.0], 3.0)):
        solved = solve_ivp(decay, (0.0, 1.0), state, args=(rate,), rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(solved.y[0, -1], state[0] * math.exp(-rate), rtol=1e-7)
    assert looked == [decay]
    with pytest.raises(ValueError, match=r"fun returns shape \(1,\) at the start"):
        solve_ivp(decay, (0.0, 1.0), [1.0, 2.0], args=(1.0,))
    for _ in range(2):  # what it refers to may have other shapes
        solve_ivp(scaled, (0.0, 1.0), [1.0, 2.0])
    assert looked == [decay, decay, scaled, scaled]


def test_a_known_function_is_refused_in_the_same_words():
    assert solve_ivp(rooted, (0.0, 0.1), [1.0]).success
    with pytest.raises(ValueError, match=r"fun cannot be evaluated at the start, t = 0: math domain error"):
        solve_ivp(rooted, (0.0, 0.1), [-1.0])
