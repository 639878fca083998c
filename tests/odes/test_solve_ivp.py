"""The driver of initial value problems: output, events, breakpoints, limits, and what it refuses."""

import math

import numpy as np
import pytest

from mechkit.odes.solve_ivp import solve_ivp

TIGHT = {"rtol": 1e-9, "atol": 1e-9}


def oscillator(t, y):
    return [y[1], -y[0]]


def cannon(t, y):
    return [y[1], -0.5]


def lotka_volterra(t, z, a, b, c, d):
    x = z[0]
    y = z[1]
    return [a * x - b * x * y, -c * y + d * x * y]


@pytest.mark.parametrize("method", ["RK45", "RK23", "DOP853", "Tsit5"])
def test_the_solution_meets_the_tolerance(method):
    r = solve_ivp(oscillator, (0, 10), [1.0, 0.0], method, dense_output=True, rtol=1e-6, atol=1e-6)
    assert r.success
    assert r.status == 0
    assert r.t[0] == 0.0
    assert r.t[-1] == 10.0
    assert r.y.shape == (2, r.t.size)
    np.testing.assert_allclose(r.y, [np.cos(r.t), -np.sin(r.t)], atol=5e-5)
    times = np.linspace(0.0, 10.0, 333)
    np.testing.assert_allclose(r.sol(times), [np.cos(times), -np.sin(times)], atol=5e-5)
    np.testing.assert_array_equal(r.sol(r.t), r.y)
    assert r.nit == r.t.size - 1 == r.history["step"].size


def test_backwards_is_forwards_mirrored():
    forwards = solve_ivp(oscillator, (0, 5), [1.0, 0.0], dense_output=True, **TIGHT)
    back = solve_ivp(oscillator, (5, 0), forwards.y[:, -1], dense_output=True, **TIGHT)
    np.testing.assert_allclose(back.y[:, -1], [1.0, 0.0], atol=1e-7)
    np.testing.assert_allclose(back.sol(2.5), forwards.sol(2.5), atol=1e-7)
    np.testing.assert_allclose(solve_ivp(oscillator, (5, 0), [1, 0], t_eval=[4.0, 1.0]).t, [4.0, 1.0])


def test_t_eval_chooses_the_output_and_changes_no_step():
    times = np.linspace(0.0, 10.0, 57)
    free = solve_ivp(oscillator, (0, 10), [1.0, 0.0], **TIGHT)
    asked = solve_ivp(oscillator, (0, 10), [1.0, 0.0], t_eval=times, **TIGHT)
    np.testing.assert_array_equal(asked.t, times)
    np.testing.assert_allclose(asked.y[0], np.cos(times), atol=1e-7)
    assert (asked.nfev, asked.nit) == (free.nfev, free.nit)
    np.testing.assert_array_equal(asked.history["t"], free.t[1:])


def test_equal_ends_are_a_solution_of_one_point():
    r = solve_ivp(oscillator, (2, 2), [1.0, 0.0], t_eval=[2.0], dense_output=True)
    assert r.success
    np.testing.assert_array_equal(r.t, [2.0])
    np.testing.assert_array_equal(r.sol(2.0), [1.0, 0.0])


def test_args_of_all_functions():
    def below(t, z, a, b, c, d):
        return z[0] - 1.0

    r = solve_ivp(
        lotka_volterra, [0, 15], [10, 5], args=(1.5, 1, 3, 1), dense_output=True, events=below, rtol=1e-8, atol=1e-8
    )
    t = np.linspace(0, 15, 300)
    assert r.sol(t).shape == (2, 300)
    x, y = r.y  # a first integral
    H = x + y - 3 * np.log(x) - 1.5 * np.log(y)
    np.testing.assert_allclose(H, H[0], rtol=1e-6)
    np.testing.assert_allclose([state[0] for state in r.y_events[0]], 1.0, atol=1e-9)


def test_the_cannon_of_scipys_documentation():
    def hit_ground(t, y):
        return y[0]

    def apex(t, y):
        return y[1]

    hit_ground.terminal = True
    hit_ground.direction = -1
    r = solve_ivp(cannon, [0, 100], [0, 10], events=(hit_ground, apex), dense_output=True)
    assert r.status == 1
    assert r.success
    np.testing.assert_allclose(r.t_events[0], [40.0], rtol=1e-12)
    np.testing.assert_allclose(r.t_events[1], [20.0], rtol=1e-12)
    np.testing.assert_allclose(r.sol(r.t_events[1][0]), [100.0, 0.0], atol=1e-9)
    assert r.t[-1] == r.t_events[0][0]
    np.testing.assert_allclose(r.sol(39.0), [10 * 39 - 0.25 * 39**2, 10 - 0.5 * 39], rtol=1e-10)
    with pytest.raises(ValueError, match="the solution is known from 0 to 40"):
        r.sol(41.0)


def test_a_start_at_zero_is_no_event():
    def ground(t, y):
        return y[0]

    ground.terminal = True
    assert solve_ivp(cannon, [0, 100], [0, 10], events=ground).t_events[0] == pytest.approx([40.0])
    assert solve_ivp(cannon, [0, 10], [0, 10], events=ground).t_events[0].size == 0


def test_nan_is_no_event():
    # neither is ever zero; the first leaves its domain on the way, the second is NaN from the start
    watched = [lambda t, y: np.log(0.5 - y[0]), lambda t, y: y[0] * np.nan]
    r = solve_ivp(cannon, [0, 10], [0, 10], events=watched)
    assert [times.size for times in r.t_events] == [0, 0]


@pytest.mark.parametrize("steps", [7, 8, 9, 16])  # a batch of steps may end where the event is
def test_a_zero_at_the_end_of_a_step_is_one_event(steps):
    def reaches(t, y):
        return t - steps / 8

    reaches.terminal = 2
    r = solve_ivp(cannon, [0, 4], [0, 10], events=reaches, max_step=0.125, first_step=0.125)
    assert r.t_events[0] == pytest.approx([steps / 8])


def test_a_function_that_changes_y_is_refused_before_it_does():
    def clamped(t, y):
        if y[0] < 0.5:
            y[0] = 0.5
        return [-y[0]]

    def copied(t, y):
        y = y.copy()
        if y[0] < 0.5:
            y[0] = 0.5
        return [-y[0]]

    with pytest.raises(ValueError, match="fun changes y"):
        solve_ivp(clamped, (0, 2), [1.0])
    r = solve_ivp(copied, (0, 2), [1.0], rtol=1e-8)
    assert r.y[0, -1] == pytest.approx(0.5 - 0.5 * (2 - math.log(2)), abs=1e-4)


@pytest.mark.parametrize(("direction", "wanted"), [(0, [1, 3, 5]), (1, [3]), (-1, [1, 5])])
def test_directions(direction, wanted):
    def zero(t, y):
        return y[0]

    zero.direction = direction
    r = solve_ivp(oscillator, [0, 9], [1.0, 0.0], events=zero, **TIGHT)
    np.testing.assert_allclose(r.t_events[0], np.pi / 2 * np.array(wanted), atol=1e-7)
    np.testing.assert_allclose(np.array(r.y_events[0])[:, 0], 0.0, atol=1e-12)


def test_a_number_of_crossings_ends_it():
    def zero(t, y):
        return y[0]

    zero.terminal = 3
    r = solve_ivp(oscillator, [0, 90], [1.0, 0.0], events=zero, **TIGHT)
    assert r.status == 1
    assert r.t[-1] == pytest.approx(5 * np.pi / 2, abs=1e-7)
    assert r.t_events[0].size == 3
    assert r.nit < 200


@pytest.mark.parametrize("centre", [0.21, 0.5, 0.93])
@pytest.mark.parametrize("half", [1e-6, 1e-3, 0.01])
def test_two_crossings_in_one_step(centre, half):
    def near(t, y):
        return (t - y[1]) * (t - y[1]) - y[2] * y[2]

    def still(t, y):
        return [1.0, 0.0, 0.0]

    r = solve_ivp(still, [0, 1], [0.0, centre, half], events=near, first_step=1.0)
    assert r.nit == 1
    np.testing.assert_allclose(r.t_events[0], [centre - half, centre + half], rtol=1e-9)


def test_crossings_backwards():
    def zero(t, y):
        return y[0]

    zero.terminal = 2
    r = solve_ivp(oscillator, [0, -9], [1.0, 0.0], events=zero, **TIGHT)
    np.testing.assert_allclose(r.t_events[0], [-np.pi / 2, -3 * np.pi / 2], atol=1e-7)
    assert r.t[-1] == r.t_events[0][1]


def test_what_lies_behind_a_terminal_event_does_no_harm():
    def ends(t, y):
        return [-1.0 / math.sqrt(1.0 - t)]

    def half(t, y):
        return t - 0.999

    half.terminal = True
    r = solve_ivp(ends, [0, 2], [0.0], events=half, t_eval=[0.5, 0.9, 1.5])
    assert r.status == 1
    np.testing.assert_array_equal(r.t, [0.5, 0.9])


def test_breakpoints_are_not_stepped_across():
    def jumps(t, y):
        return [1.0 if t < 1.0 else -1.0]

    def jumps_later(t, y):
        return [1.0 if t <= 1.0 else -1.0]

    for fun in (jumps, jumps_later):
        r = solve_ivp(fun, (0, 3), [0.0], breakpoints=[1.0], dense_output=True, rtol=1e-6)
        assert 1.0 in r.t
        assert r.rejected == 0
        np.testing.assert_allclose(r.y[0], np.minimum(r.t, 2.0 - r.t), atol=1e-12)
        assert r.sol(1.0) == pytest.approx(1.0)
        back = solve_ivp(fun, (3, 0), [-1.0], breakpoints=[1.0, 7.0])
        assert back.rejected == 0
        assert back.y[0, -1] == pytest.approx(0.0, abs=1e-12)


def test_first_step_and_max_step():
    r = solve_ivp(oscillator, (0, 10), [1.0, 0.0], first_step=0.01, max_step=0.125)
    assert r.history["step"][0] == 0.01
    assert r.history["step"].max() <= 0.125 * (1 + 1e-12)


def test_the_limit_of_steps_keeps_what_was_reached():
    r = solve_ivp(oscillator, (0, 1e6), [1.0, 0.0], maxiter=50, dense_output=True)
    assert not r.success
    assert r.status == -3
    assert r.t.size == 51
    assert "50 steps are taken" in r.message
    assert r.sol(r.t[-1])[0] == r.y[0, -1]


def test_a_stiff_problem_is_told():
    def stiff(t, y):
        return [-1e6 * (y[0] - math.cos(t))]

    r = solve_ivp(stiff, (0, 10), [0.0], maxiter=2000)
    assert r.status == -3
    assert "use an implicit method" in r.message
    assert "use an implicit method" not in solve_ivp(oscillator, (0, 1e6), [1.0, 0.0], maxiter=50).message


def _from_the_start(t, y):
    return [y[1], y[0] / 0.0]


def _from_two_on(t, y):
    return [1.0, y[1] if t < 2.0 else math.nan]


def _root(t, y):
    return [-1.0, math.sqrt(y[0])]


@pytest.mark.parametrize(("fun", "reached"), [(_from_the_start, 0.0), (_from_two_on, 2.0), (_root, 1.0)])
@pytest.mark.parametrize("method", ["RK45", "DOP853"])
def test_a_right_hand_side_that_is_not_finite(fun, reached, method):
    r = solve_ivp(fun, (0, 5), [1.0, 1.0], method)
    assert r.status == -2
    assert not r.success
    assert r.t[-1] == pytest.approx(reached, abs=1e-6)
    assert np.isfinite(r.y).all()
    assert "component 1" in r.message
    assert r.rejected < 1000


def test_a_singularity_stops_with_the_last_good_state():
    r = solve_ivp(lambda t, y: [y[0] * y[0]], (0, 2), [1.0])
    assert r.status in (-1, -2)
    assert r.t[-1] == pytest.approx(1.0, abs=0.01)
    assert np.isfinite(r.y).all()


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_scales_of_time_and_state(scale):
    def fun(t, y, w):
        return [w * y[1], -w * y[0]]

    for size in (1e-10, 1e10):
        r = solve_ivp(fun, (0, 5 / scale), [size, 0.0], args=(scale,), rtol=1e-8, atol=1e-8 * size)
        assert r.success
        np.testing.assert_allclose(r.y[:, -1] / size, [math.cos(5), -math.sin(5)], atol=1e-6)


def test_a_pure_relative_tolerance_beside_a_zero():
    r = solve_ivp(lambda t, y: [1.0, 0.0], (0, 1), [1.0, 0.0], atol=0.0)
    assert r.success
    assert r.y[0, -1] == pytest.approx(2.0)


def test_the_calls_are_counted_as_they_are_made():
    def fun(t, y, seen):
        seen[0] += 1.0
        seen[1] = min(seen[1], t)
        seen[2] = max(seen[2], t)
        return [y[1], -y[0]]

    for method in ("RK45", "RK23", "DOP853", "Tsit5"):
        for span in ((0.3, 7.1), (7.1, 0.3)):
            seen = np.array([0.0, 4.0, 4.0])
            r = solve_ivp(fun, span, [1.0, 0.0], method, args=(seen,), dense_output=True)
            assert seen[0] == r.nfev
            assert seen[1] >= 0.3
            assert seen[2] <= 7.1


def _directed(direction):
    def event(t, y):
        return y[0]

    event.direction = direction
    return event


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"t_span": 5}, ValueError, "t_span is 5; it must be two numbers"),
        ({"t_span": (0, np.inf)}, ValueError, "t_span[1] is inf"),
        ({"y0": [1.0, np.nan]}, ValueError, "y0[1] is nan"),
        ({"y0": [1.0, 1j]}, TypeError, "y0 is complex"),
        ({"y0": np.eye(2)}, ValueError, "y0 has shape (2, 2)"),
        ({"rtol": 0.0}, ValueError, "rtol is 0"),
        ({"rtol": 1e-16}, ValueError, "rounding makes impossible"),
        ({"atol": -1.0}, ValueError, "atol is -1"),
        ({"atol": [1e-3, -1e-3]}, ValueError, "atol[1] is -0.001"),
        ({"atol": [1e-3] * 3}, ValueError, "atol has shape (3,)"),
        ({"method": "RK54"}, ValueError, "method is 'RK54'; it must be one of RK45, RK23, DOP853"),
        ({"dense_output": "no"}, TypeError, "dense_output is 'no'; it must be True or False"),
        ({"events": _directed(True)}, ValueError, "events.direction is True; it must be 1, -1 or 0"),
        ({"events": _directed(np.True_)}, ValueError, "events.direction is np.True_; it must be 1, -1 or 0"),
        ({"first_step": 20.0}, ValueError, "first_step is 20"),
        ({"max_step": 0.0}, ValueError, "max_step is 0"),
        ({"t_eval": [0.0, 11.0]}, ValueError, "t_eval[1] is 11"),
        ({"t_eval": [1.0, 1.0]}, ValueError, "t_eval[1] is 1 after 1"),
        ({"maxiter": 0}, ValueError, "maxiter is 0"),
        ({"events": 5}, TypeError, "events is 5; it must be a function"),
        ({"nonsense": 1}, ValueError, "nonsense is not an option of method 'RK45'"),
        ({"args": ("a",)}, TypeError, "args[0] is 'a'"),
    ],
    ids=lambda value: str(value)[:25],
)
def test_refusals(change, error, words):
    with pytest.raises(error) as caught:
        solve_ivp(**{"fun": oscillator, "t_span": (0, 10), "y0": [1.0, 0.0]} | change)
    assert words in str(caught.value)


def test_batches_that_grow_make_one_history():
    def decay(t, y, out):
        for i in range(y.size):
            out[i] = -y[i]

    n = 2**17  # two steps in the first batch
    large, small = (solve_ivp(decay, (0.0, 5.0), np.ones(size), rtol=1e-5, atol=1e-8) for size in (n, 1))
    assert large.t.size > 8
    np.testing.assert_allclose(large.t, small.t, rtol=1e-6)
    np.testing.assert_allclose(large.y[[0, -1]], np.vstack((small.y, small.y)), rtol=1e-6)
    np.testing.assert_array_equal(large.history["t"], large.t[1:])
    assert (large.y[:, 0] == 1.0).all()
