"""Methods with equal steps: their orders, their calls, single precision, compensated sums, and what they refuse."""

import math

import numpy as np
import pytest

import mechkit.odes as odes
from mechkit.odes.steps_run import equal_times

ORDERS = {"euler": 1, "midpoint": 2, "heun": 2, "rk3": 3, "rk4": 4}
CALLS = {"euler": 1, "midpoint": 2, "heun": 2, "rk3": 3, "rk4": 4}


def _curve(t, y):
    return [-y[1] + math.cos(t), y[0]]


def _exact(t):
    # y2'' + y2 = cos t with y2(0) = 1, y2'(0) = 0
    return np.array([-math.sin(t) + math.sin(t) / 2 + t * math.cos(t) / 2, math.cos(t) + t * math.sin(t) / 2])


def _order(run, sizes):
    errors = [np.abs(run(steps).y[:, -1] - _exact(2.0)).max() for steps in sizes]
    return -np.polyfit(np.log(sizes), np.log(errors), 1)[0]


@pytest.mark.parametrize("name", ORDERS)
def test_order_and_calls(name):
    method = getattr(odes, name)
    assert _order(lambda steps: method(_curve, (0, 2), [0.0, 1.0], steps), [64, 128, 256]) == pytest.approx(
        ORDERS[name], abs=0.1
    )
    r = method(_curve, (0, 2), [0.0, 1.0], 8)
    assert r.nfev == 8 * CALLS[name]
    assert r.t.shape == (9,)
    assert r.y.shape == (2, 9)
    assert r.success


@pytest.mark.parametrize("order", range(1, 6))
def test_orders_of_adams_methods(order):
    for method in (odes.adams_bashforth, odes.adams_bashforth_moulton):
        sizes = [100, 200, 400] if order < 5 else [60, 120, 240]
        run = lambda steps, method=method: method(_curve, (0, 2), [0.0, 1.0], steps, order)
        assert _order(run, sizes) == pytest.approx(order, abs=0.12)


@pytest.mark.parametrize("order", range(1, 6))
def test_adams_weights_integrate_polynomials(order):
    from mechkit.odes.adams import BASHFORTH, MOULTON

    for degree in range(order):
        back = np.arange(order)
        assert np.dot(BASHFORTH[order], (-back.astype(float)) ** degree) == pytest.approx(1 / (degree + 1), abs=1e-12)
        assert np.dot(MOULTON[order], (1.0 - back) ** degree) == pytest.approx(1 / (degree + 1), abs=1e-12)


def test_calls_of_adams_methods():
    steps, order = 20, 4
    bashforth = odes.adams_bashforth(_curve, (0, 2), [0.0, 1.0], steps, order)
    both = odes.adams_bashforth_moulton(_curve, (0, 2), [0.0, 1.0], steps, order)
    assert bashforth.nfev == steps + 3 * (order - 1)
    assert both.nfev == steps + 3 * (order - 1) + (steps - order + 1)


def test_backwards_with_equal_steps():
    there = odes.rk4(_curve, (0, 2), [0.0, 1.0], 50)
    back = odes.rk4(_curve, (2, 0), there.y[:, -1], 50)
    np.testing.assert_allclose(back.y[:, -1], [0.0, 1.0], atol=1e-6)


def _growth(t, y):
    return [y[0]]


def test_single_precision_and_compensated_sums():
    """Rounding adds up in many short steps; a compensated sum carries it on."""
    wanted, steps = math.e, 200_000
    plain, carried = (
        abs(float(odes.rk4(_growth, (0, 1), [1.0], steps, compensated=c, dtype=np.float32).y[0, -1]) - wanted)
        for c in (False, True)
    )
    assert odes.rk4(_growth, (0, 1), [1.0], 4, dtype=np.float32).y.dtype == np.float32
    assert plain > 1e-4
    assert carried < 1e-6
    in_double = [abs(odes.euler(lambda t, y: [0.1], (0, 1), [1e7], 10**6, compensated=c).y[0, -1] - 1e7 - 0.1)
                 for c in (False, True)]  # fmt: skip
    assert in_double[1] < 1e-9 < in_double[0]


def test_a_history_that_overflows_is_no_success():
    r = odes.euler(lambda t, y: [y[0] * y[0]], (0, 10), [1.0], 50)
    assert not r.success
    assert r.status == -2
    assert "component 0 is NaN or infinite from t =" in r.message


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"steps": 0}, ValueError, "steps is 0"),
        ({"steps": 2.0}, TypeError, "steps is 2.0"),
        ({"dtype": np.float16}, ValueError, "dtype is"),
        ({"dtype": "word"}, ValueError, "dtype is 'word'"),
        ({"t_span": (0, np.nan)}, ValueError, "t_span[1] is nan"),
        ({"y0": [np.inf, 0.0]}, ValueError, "[0] is inf"),
    ],
    ids=str,
)
def test_refusals_of_equal_steps(change, error, words):
    with pytest.raises(error) as caught:
        odes.rk4(**{"fun": _curve, "t_span": (0, 2), "y0": [0.0, 1.0], "steps": 4} | change)
    assert words in str(caught.value)


def test_equal_times():
    assert equal_times((0, 1), 3, np.float64).tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])


@pytest.mark.parametrize("order", [0, 6])
def test_orders_that_adams_methods_do_not_have(order):
    with pytest.raises(ValueError, match=f"order is {order}"):
        odes.adams_bashforth(_curve, (0, 2), [0.0, 1.0], 10, order)


def test_a_start_beyond_single_precision_is_refused():
    with pytest.raises(ValueError, match="too large for dtype float32"):
        odes.euler(lambda t, y: [-y[0]], (0, 1), [1e300], 4, dtype=np.float32)
