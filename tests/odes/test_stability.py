"""Stability functions, intervals, angles: published values, to eight digits."""

import math

import numpy as np
import pytest

import mechkit.odes as odes
from mechkit.odes.stability import (
    MULTISTEP,
    is_a_stable,
    is_l_stable,
    stability_angle,
    stability_function,
    stability_interval,
    stability_region,
)

INTERVALS = {
    "euler": (2.0, 0.0),
    "heun": (2.0, 0.0),
    "rk3": (2.5127453266, math.sqrt(3)),
    "RK23": (2.5127453266, math.sqrt(3)),
    "rk4": (2.7852935634, 2 * math.sqrt(2)),
    "RK45": (3.3065678926, 0.9971890086),
    "Tsit5": (3.5068469938, 0.4779788689),
    "DOP853": (6.3936515229, 5.9603598117),
    "backward_euler": (math.inf, math.inf),
    "radau": (math.inf, math.inf),
}
REAL = {
    **{f"AB{k}": value for k, value in enumerate((2, 1, 6 / 11, 3 / 10, 90 / 551), 1)},
    **{f"AM{k}": value for k, value in {3: 6, 4: 3, 5: 90 / 49}.items()},
}
ANGLES = [90, 90, 86.0324, 73.3517, 51.8398, 17.8398]


@pytest.mark.parametrize("name", INTERVALS)
def test_intervals_of_one_step_methods(name):
    assert stability_interval(name) == pytest.approx(INTERVALS[name], abs=2e-10)


@pytest.mark.parametrize("name", REAL)
def test_intervals_of_multistep_methods(name):
    assert stability_interval(name)[0] == pytest.approx(REAL[name], abs=1e-9)


def test_angles_and_zero_stability_of_backward_differences():
    assert [round(stability_angle(f"BDF{k}"), 4) for k in range(1, 7)] == ANGLES
    assert [MULTISTEP[f"BDF{k}"].is_zero_stable for k in range(1, 8)] == [True] * 6 + [False]
    with pytest.raises(ValueError, match="the angle is that of a multistep method"):
        stability_angle("rk4")


def test_a_and_l_stability():
    a_stable = {"trapezoid", "implicit_midpoint", "backward_euler", "radau", "BDF1", "BDF2", "AM1", "AM2"}
    l_stable = {"backward_euler", "radau", "BDF1", "BDF2", "AM1"}
    names = {*a_stable, "rk4", "DOP853", "BDF3", "BDF6", "AM3", "AB2"}
    assert {name for name in names if is_a_stable(name)} == a_stable
    assert {name for name in names if is_l_stable(name)} == l_stable


@pytest.mark.parametrize(("name", "tableau"), odes.TABLEAUS.items())
def test_the_function_is_what_a_step_does(name, tableau):
    R = stability_function(tableau)
    exponential = [1 / math.factorial(k) for k in range(tableau.order + 1)]
    np.testing.assert_allclose(R.numerator[: tableau.order + 1], exponential, rtol=1e-12)
    assert R(0.0) == 1.0


@pytest.mark.parametrize("name", ["euler", "midpoint", "heun", "rk3", "rk4"])
def test_the_function_against_a_step(name):
    r = getattr(odes, name)(lambda t, y: [-y[0]], (0, 1.25), [1.0], 1)
    assert r.y[0, -1] == pytest.approx(stability_function(name)(-1.25), rel=1e-14)


@pytest.mark.parametrize(("order", "method"), [(3, "AB3"), (2, "AB2")])
def test_a_multistep_method_grows_just_outside_its_interval(order, method):
    end = stability_interval(method)[0]
    sizes = [
        abs(odes.adams_bashforth(lambda t, y, k: [-k * y[0]], (0, 3000), [1.0], 3000, order, (part * end,)).y[0, -1])
        for part in (0.99, 1.01)
    ]
    assert sizes[0] < 1e-3
    assert sizes[1] > 1e3


def test_regions():
    x, y = np.linspace(-4, 1, 11), np.linspace(-3, 3, 7)
    inside = stability_region("rk4", x, y) <= 1.0
    assert inside.shape == (7, 11)
    assert inside[3].tolist() == [-2.7852935634 <= real <= 0.0 for real in x]
    outside = stability_region("BDF2", x, y) > 1.0
    assert not outside[:, x < 0].any()


@pytest.mark.parametrize(
    ("method", "words"),
    [("rk5", "method is 'rk5'"), (([[1.0]], [0.5, 0.5]), "A has shape"), (5, "it must be a name")],
    ids=str,
)
def test_refusals_of_methods(method, words):
    with pytest.raises(ValueError, match="method|A has") as caught:
        stability_function(method)
    assert words in str(caught.value)
