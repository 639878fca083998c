"""Scalar roots: SciPy's roots and iterations, orders of convergence, many problems at once, failures that say so."""

import math
import re

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.optimization.order import order_of_convergence
from mechkit.optimization.roots.root_scalar import METHODS, root_scalar


@mk.kernel(cache=True, error_model="numpy")
def gap(x):
    return math.cos(x) - x


@mk.kernel(cache=True, error_model="numpy")
def gap_prime(x):
    return -math.sin(x) - 1.0


@mk.kernel(cache=True, error_model="numpy")
def gap_prime2(x):
    return -math.cos(x)


@mk.kernel(cache=True, error_model="numpy")
def growth(x):
    return math.exp(x) - 2.0


@mk.kernel(cache=True, error_model="numpy")
def growth_prime(x):
    return math.exp(x)


@mk.kernel(cache=True, error_model="numpy")
def power(x, p):
    return x * x - p


@mk.kernel(cache=True, error_model="numpy")
def power_prime(x, p):
    return x + x


@mk.kernel(cache=True, error_model="numpy")
def power_prime2(x, p):
    return 2.0


@mk.kernel(cache=True, error_model="numpy")
def logarithm(x):
    return math.log(x) if x > 0.0 else math.nan


@mk.kernel(cache=True, error_model="numpy")
def inverse(x):
    return 1.0 / x


@mk.kernel(cache=True, error_model="numpy")
def bowl(x):
    return x * x + 1.0


@mk.kernel(cache=True, error_model="numpy")
def double(x):
    return x + x


#: Plain Python raises where f divides by zero or leaves its domain.
COMPILED = pytest.mark.slow

START = {"bracket": (0.0, 1.0), "x0": 0.5, "x1": 0.6}


@pytest.mark.parametrize("method", METHODS)
def test_roots_and_iterations_are_those_of_scipy(method):
    ours = root_scalar(gap, method=method, fprime=gap_prime, fprime2=gap_prime2, **START)
    theirs = scipy.optimize.root_scalar(gap, method=method, fprime=gap_prime, fprime2=gap_prime2, **START)
    assert ours.converged
    assert ours.flag == theirs.flag == "converged"
    assert ours.root == pytest.approx(theirs.root, abs=2e-12)
    assert abs(ours.iterations - theirs.iterations) <= (method == "brentq")
    if method != "brentq":  # SciPy's calls are those of all functions together
        assert ours.nfev + ours.njev + ours.nhev == theirs.function_calls
    assert ours.history["x"].size == ours.iterations + 1
    assert ours.history["x"][-1] == ours.root


def test_the_method_is_chosen_by_what_is_given():
    chosen = [
        root_scalar(gap, bracket=(0, 1), x0=0.5).method,
        root_scalar(gap, x0=0.5).method,
        root_scalar(gap, x0=0.5, fprime=gap_prime).method,
        root_scalar(gap, x0=0.5, fprime=gap_prime, fprime2=gap_prime2).method,
    ]
    assert chosen == ["brentq", "secant", "newton", "halley"]


@pytest.mark.parametrize(
    ("method", "start", "order"),
    [
        ("secant", {"x0": 3.0, "x1": 2.8}, (1 + math.sqrt(5)) / 2),
        ("newton", {"x0": 3.0}, 2.0),
        ("halley", {"x0": 4.0}, 3.0),
    ],
)
@pytest.mark.parametrize("root", [None, math.log(2.0)])
def test_orders_of_convergence(method, start, order, root):
    r = root_scalar(growth, method=method, fprime=growth_prime, fprime2=growth_prime, xtol=1e-15, **start)
    assert order_of_convergence(r.history["x"], root).order == pytest.approx(order, abs=0.01)


def test_bisection_halves_and_double_roots_slow_newton_down():
    found = order_of_convergence(root_scalar(growth, method="bisect", bracket=(0, 2)).history["x"])
    assert (found.order, found.factor) == pytest.approx((1.0, 0.5))
    r = root_scalar(power, args=(0.0,), x0=1.0, fprime=power_prime)
    found = order_of_convergence(r.history["x"], 0.0)
    assert (found.order, found.factor) == pytest.approx((1.0, 0.5))


@pytest.mark.parametrize("iterates", [[1.0, 0.5], [1.0, 2.0, 4.0, 8.0], np.ones(5)])
def test_too_little_for_an_order_is_said(iterates):
    with pytest.raises(ValueError, match="an order takes three"):
        order_of_convergence(iterates)


@settings(deadline=None, max_examples=50)
@given(a=st.floats(-50, 50), width=st.floats(1e-3, 50), part=st.floats(0.001, 0.999))
@pytest.mark.parametrize("method", ["bisect", "brentq"])
def test_a_bracket_is_never_left(method, a, width, part):
    root = a + part * width
    r = root_scalar(cubic_at, args=(root,), method=method, bracket=(a, a + width), maxiter=300)
    assert r.converged
    assert a <= r.root <= a + width
    assert r.root == pytest.approx(root, abs=1e-10, rel=1e-14)


@mk.kernel(cache=True, error_model="numpy")
def cubic_at(x, r):
    return (x - r) * (1.0 + (x - r) * (x - r))


@settings(deadline=None, max_examples=30)
@given(a=st.floats(-1e300, 1e300), b=st.floats(-1e300, 1e300))
def test_brent_ends_wherever_bisection_would(a, b):
    lower, upper = a - abs(a) - 1.0, max(a, b) + abs(a) + 1.0
    r = root_scalar(step, args=(a,), bracket=(lower, upper), maxiter=5000)
    assert r.converged or r.status == 5  # the bracket closed, on a jump
    assert r.root == pytest.approx(a, rel=1e-14, abs=1e-11)


@mk.kernel(cache=True, error_model="numpy")
def step(x, r):
    return -1.0 if x < r else 1.0


STARTS = {
    "bisect": {"bracket": (0.0, 5.0)},
    "brentq": {"bracket": (0.0, 5.0)},
    "secant": {"x0": np.ones(5), "x1": 2.0},
    "newton": {"x0": np.ones(5)},
    "halley": {"x0": np.ones(5)},
}


@pytest.mark.parametrize("method", METHODS)
def test_many_problems_are_as_each_alone(method):
    p = np.array([0.5, 1.0, 2.0, 7.0, 20.0])
    start = {k: (np.zeros(5), v[1]) if k == "bracket" else v for k, v in STARTS[method].items()}
    r = root_scalar(power, args=(p,), method=method, fprime=power_prime, fprime2=power_prime2, **start)
    assert r.converged.all()
    np.testing.assert_allclose(r.root, np.sqrt(p), rtol=1e-7)
    for i in range(5):
        alone = {k: v[i] if isinstance(v, np.ndarray) else v for k, v in STARTS[method].items()}
        one = root_scalar(power, args=(p[i],), method=method, fprime=power_prime, fprime2=power_prime2, **alone)
        assert r.root[i] == pytest.approx(one.root, rel=1e-7)
        assert abs(r.iterations[i] - one.iterations) <= 1  # a block does not stop for an f that is exactly zero


def test_many_problems_as_scipy():
    p = 10 ** np.random.default_rng(0).uniform(-3, 3, 1000)
    ours = root_scalar(power, args=(p,), x0=np.ones(1000), fprime=power_prime)
    theirs = scipy.optimize.newton(lambda x, p: x * x - p, np.ones(1000), fprime=lambda x, p: 2 * x, args=(p,))
    np.testing.assert_allclose(ours.root, theirs, rtol=1e-7)
    assert ours.function_calls == ours.njev <= 1000 * ours.iterations.max()


def test_arrays_of_any_kind_are_taken_and_left_unchanged():
    p = np.arange(1.0, 9.0)
    p.flags.writeable = False
    x0 = np.full(16, 3.0)[::2]
    x0.flags.writeable = False
    for same in (p, p.astype(np.float32), list(p), p.reshape(2, 4)):
        r = root_scalar(power, args=(same,), x0=x0.reshape(np.shape(same)), fprime=power_prime)
        np.testing.assert_allclose(r.root.ravel(), np.sqrt(p), rtol=1e-7)
    np.testing.assert_array_equal(p, np.arange(1.0, 9.0))
    np.testing.assert_array_equal(x0, 3.0)


def test_many_starts_without_parameters_and_rows_of_them():
    x0 = np.array([[-2.0, -0.9], [1.1, 0.9], [2.0, 5.0]])
    r = root_scalar(lambda x: x * x - 1.0, x0=x0, fprime=double)
    np.testing.assert_allclose(r.root, np.sign(x0))
    assert r.converged.shape == r.iterations.shape == x0.shape
    rows = np.array([[1.0, 2.0], [2.0, 3.0]])
    r = root_scalar(lambda x, p: p[0] * x * x - p[1], args=(rows,), x0=[1.0, 1.0], fprime=lambda x, p: p[0] * (x + x))
    np.testing.assert_allclose(r.root, np.sqrt(rows[:, 1] / rows[:, 0]))


def test_one_failure_of_many_is_named_and_spoils_no_other():
    p = np.array([4.0, -1.0, 9.0])
    r = root_scalar(power, args=(p,), x0=np.array([1.0, 0.0, 1.0]), fprime=power_prime)
    assert r.converged.tolist() == [True, False, True]
    np.testing.assert_allclose(r.root[[0, 2]], [2.0, 3.0])
    assert "1 of 3 problems failed; number 1: no step leads on from x = 0" in r.flag


@pytest.mark.parametrize(
    ("f", "arguments", "flag"),
    [
        (bowl, {"x0": 0.0, "fprime": double}, "no step leads on from x = 0"),
        (bowl, {"x0": 1.0, "x1": -1.0}, "no step leads on"),
        (bowl, {"x0": 3.0, "fprime": double, "maxiter": 7}, r"7 iterations \(maxiter\) were not enough"),
        (logarithm, {"x0": -1.0, "fprime": inverse}, "f is not finite near x = -1"),
        pytest.param(inverse, {"bracket": (-1.0, 1.5)}, "jump, not a root", marks=COMPILED),
        pytest.param(inverse, {"bracket": (-1.0, 1.5), "method": "bisect"}, "jump, not a root", marks=COMPILED),
    ],
)
def test_failures_are_said(f, arguments, flag):
    r = root_scalar(f, **arguments)
    assert not r.converged
    assert r.status != 0
    assert re.search(flag, r.flag)
    assert "\n" not in r.flag


def test_a_bracket_with_nan_at_an_end_is_refused():
    with pytest.raises(ValueError, match=r"f does not change its sign.*f\(-0.1.*\) = nan"):
        root_scalar(logarithm, bracket=(-0.1, 2.0))


def test_the_best_point_is_kept():
    r = root_scalar(bowl, x0=3.0, fprime=double, maxiter=30)
    finite = np.abs(r.history["fun"])
    assert bowl(r.root) == np.nanmin(finite)


def test_steps_to_where_f_is_nan_are_halved():
    r = root_scalar(logarithm, x0=3.0, fprime=inverse)  # Newton's first step leads to -0.3
    assert r.converged
    assert r.root == pytest.approx(1.0)


@COMPILED
def test_an_infinite_value_is_a_sign():
    r = root_scalar(lambda x: math.log(x), bracket=(0.0, 2.0))
    assert r.root == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, "neither bracket nor x0"),
        ({"bracket": (0.0, 0.5)}, ValueError, r"not change its sign.*f\(0\) = 1, f\(0.5\) = 0.37"),
        ({"bracket": 3.0}, ValueError, "it must be two points"),
        ({"bracket": (0.0, np.nan)}, ValueError, "is nan"),
        ({"x0": 1.0, "method": "muller"}, ValueError, "method is 'muller'; it must be one of bisect"),
        ({"x0": 1.0, "method": "newton"}, ValueError, "'newton' needs fprime.*secant"),
        ({"x0": 1.0, "method": "brentq"}, ValueError, "'brentq' needs bracket"),
        ({"x0": 1j}, TypeError, "x0 is complex"),
        ({"x0": "one"}, TypeError, "x0 holds"),
        ({"x0": 1.0, "xtol": -1.0}, ValueError, "xtol is -1.0"),
        ({"x0": 1.0, "rtol": "small"}, TypeError, "rtol is 'small'"),
        ({"bracket": (0, 1), "rtol": 0.0}, ValueError, "rtol is 0.0; with a bracket it must be at least"),
        ({"x0": 1.0, "maxiter": 0}, ValueError, "maxiter is 0"),
        ({"x0": 1.0, "maxiter": 10**9}, ValueError, "maxiter is 1000000000; it must be at most"),
        (
            {"bracket": ([0.0, 0.0], [2.0, 2.0, 2.0])},
            ValueError,
            r"the ends of the bracket have shapes \(2,\) and \(3,\)",
        ),
        ({"x0": 1.0, "method": "brent"}, ValueError, "did you mean 'brentq'"),
        ({"x0": 1.0, "maxiter": 2.5}, TypeError, "maxiter is 2.5"),
        ({"x0": [1.0, 2.0], "args": (1.0, 2.0)}, ValueError, "args holds 2 arrays"),
        ({"x0": [1.0, 2.0], "args": ([1.0, 2.0, 3.0],)}, ValueError, r"args has shape \(3,\)"),
        ({"x0": 1.0, "fprime": True}, TypeError, "fprime is True; give it a function of its own"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(arguments, error, message):
    with pytest.raises(error, match=message) as caught:
        root_scalar(gap, **arguments)
    assert "\n" not in str(caught.value)


def test_what_f_raises_is_raised():
    @mk.kernel
    def picky(x):
        if x > 1.0:
            raise ValueError("x is too large")
        return x - 2.0

    with pytest.raises(ValueError, match="x is too large"):
        root_scalar(picky, x0=0.0, x1=0.5)


# -- a small step is no root -----------------------------------------------------------------------------------------


@mk.kernel(cache=True, error_model="numpy")
def level_off(x, scale, size):
    """A root at 0; flat on its right."""
    return size * (math.exp(-x / (20.0 * scale)) - 1.0)


@mk.kernel(cache=True, error_model="numpy")
def huge(x, scale, size):
    return 1e12 * size / scale


@mk.kernel(cache=True, error_model="numpy")
def unit(x, scale, size):
    return 1.0


SCALES = [(1.0, 1.0), (1e-10, 1e10), (1e10, 1e-10), (1e10, 1e10)]


@pytest.mark.parametrize(("scale", "size"), SCALES)
@pytest.mark.parametrize("method", ["secant", "newton", "halley"])
def test_a_small_step_where_f_is_not_small_is_no_root(method, scale, size):
    given = {"x0": 120.0 * scale, "x1": 60.0 * scale, "fprime": huge, "fprime2": unit}
    r = root_scalar(level_off, args=(scale, size), method=method, xtol=1.48e-8 * scale, **given)
    assert (r.converged, r.status) == (False, 6)
    assert "is no root: f neither changes its sign nor falls to zero near it" in r.flag
    assert abs(level_off(r.root, scale, size)) > 0.9 * size


@pytest.mark.parametrize("method", ["secant", "newton", "halley"])
def test_of_many_problems_those_with_a_root_converge(method):
    flat = mk.kernel(error_model="numpy")(lambda x, p: math.exp(-x / 20.0) - 1.0)
    x0 = np.array([120.0, 1.0, 60.0, 5.0])
    r = root_scalar(flat, args=(x0,), method=method, x0=x0, x1=0.5 * x0, fprime=lambda x, p: 1e12, fprime2=unit_of)
    if method == "secant":
        assert r.converged.tolist() == [False, True, True, True]
        np.testing.assert_allclose(r.root[1:], 0.0, atol=1e-8)
    else:
        assert not r.converged.any()
        assert "4 of 4 problems failed; number 0: the last step is within the tolerance" in r.flag


def unit_of(x, p):
    return 1.0


@pytest.mark.parametrize("power", [2, 3])
def test_roots_where_the_slope_is_zero_are_roots(power):
    f, fprime = (lambda x: x**2, lambda x: 2.0 * x) if power == 2 else (lambda x: x**3, lambda x: 3.0 * x * x)
    one = root_scalar(f, x0=1.0, fprime=fprime, maxiter=80)
    many = root_scalar(f, x0=np.array([1.0, 2.0]), fprime=fprime, maxiter=80)
    assert one.converged
    assert many.converged.all()
    assert abs(one.root) < 1e-7


@pytest.mark.parametrize(("start", "advice"), [(3.0, "start elsewhere, or give a bracket"), (3e20, "allow more")])
def test_more_iterations_are_asked_for_where_they_help(start, advice):
    f = bowl if start == 3.0 else mk.kernel(lambda x: x * x - 1.0)
    r = root_scalar(f, x0=start, fprime=double, maxiter=40)
    assert "40 iterations (maxiter) were not enough" in r.flag
    assert advice in r.flag
    assert ("allow more" in r.flag) == (start == 3e20)


def test_options_and_names_of_scipy(capsys):
    given = {"bracket": (0.0, 1.0)}
    loose = root_scalar(gap, options={"xtol": 1e-2, "disp": True}, **given)
    assert loose.iterations < root_scalar(gap, **given).iterations
    assert "converged; " in capsys.readouterr().out
    assert loose["root"] == loose.root
    with pytest.raises(ValueError, match="there is no option 'tol'; the options are xtol, rtol, maxiter, disp"):
        root_scalar(gap, options={"tol": 1e-2}, **given)
    with pytest.raises(ValueError, match="nearest to SciPy's 'toms748' is 'brentq'"):
        root_scalar(gap, method="toms748", **given)
    with pytest.raises(TypeError, match="fprime is True; give it a function of its own"):
        root_scalar(lambda x: (x, 1.0), x0=1.0, fprime=True)


@pytest.mark.parametrize("name", ["fprime", "fprime2"])
def test_a_derivative_as_a_bool(name):
    found = root_scalar(lambda x: x * x - 2.0, x0=1.0, **{name: False})
    assert found.method == "secant"
    assert found.root == pytest.approx(2.0**0.5)
    with pytest.raises(TypeError, match=f"{name} is True; give it a function of its own"):
        root_scalar(lambda x: (x * x - 2.0, 2.0 * x), x0=1.0, **{name: True})


# -- jumps over zero, and functions that are level before they are zero ------------------------------------------------


def sign_of(x, middle, below, above, slope):
    return above + slope * (x - middle) if x > middle else below


@pytest.mark.parametrize("method", ["brentq", "bisect"])
@pytest.mark.parametrize(
    ("middle", "below", "above", "slope", "bracket"),
    [
        (0.3, -1.0, 1.0, 0.0, (0.0, 1.0)),
        (0.3, 1.0, -1.0, 0.0, (1.0, 0.0)),
        (0.3, -1.0, 1.0, 100.0, (0.0, 1.0)),
        (3e9, -1e-10, 2e-10, 0.0, (0.0, 1e10)),
        (-0.7, -1e10, 2e10, 1e9, (-1.0, 3.0)),
    ],
)
def test_a_jump_over_zero_is_told_as_one(method, middle, below, above, slope, bracket):
    r = root_scalar(sign_of, args=(middle, below, above, slope), bracket=bracket, method=method)
    assert (r.converged, r.status) == (False, 5)
    assert r.root == pytest.approx(middle, rel=1e-9)
    assert "on a jump, not a root" in r.flag


def odd_power(x, power, root, size):
    return size * math.copysign(abs(x - root) ** power, x - root)


@pytest.mark.parametrize("method", ["brentq", "bisect"])
@pytest.mark.parametrize("root", [0.3, 1e-13, 0.0, 1.0 - 1e-13])
@pytest.mark.parametrize(("power", "size"), [(1.0, 1.0), (1.0 / 3.0, 1e10), (0.1, 1.0), (9.0, 1e-10)])
def test_steep_and_flat_roots_are_no_jumps(method, power, root, size):
    args = (power, root, size)
    assert root_scalar(odd_power, args=args, bracket=(0.0, 1.0), method=method, maxiter=1000).converged
    assert root_scalar(odd_power, args=args, bracket=(0.0, 1.0), method=method, xtol=0.1).converged


def test_a_root_in_rounding_is_no_jump():
    assert root_scalar(lambda x: ((1e9 + x) - 1e9) - 0.3, bracket=(0.0, 1.0)).converged


def hinge(x, size, least):
    return size * max(x, least)


@pytest.mark.parametrize(("size", "least"), [(1.0, 1e-9), (1e10, 1e-9), (-1e-10, 1e-9), (1.0, 1e-12)])
def test_a_function_that_is_level_before_it_is_zero_has_no_root(size, least):
    r = root_scalar(hinge, args=(size, least), x0=1.0)
    assert not r.converged
    many = root_scalar(lambda x, p: max(x, p), args=(np.full(2, least),), x0=np.ones(2))
    assert not many.converged.any()


# -- many problems are looked at as one is ---------------------------------------------------------------------------


@mk.kernel(cache=True, error_model="numpy")
def leap(x, p):
    """From -p[1] to p[1] at p[0], with a slope p[2] on both sides."""
    return p[1] * ((1.0 if x > p[0] else -1.0) + p[2] * (x - p[0]))


@pytest.mark.parametrize("method", ["brentq", "bisect"])
def test_of_many_brackets_those_on_a_jump_have_no_root(method):
    rows = [[0.3, 1.0, 0.0], [0.3, 1e-10, 100.0], [0.7, 1e10, 1.0], [1e-3, 1.0, 0.0]]
    found = root_scalar(leap, args=(np.array(rows),), bracket=(-1.0, np.array([1.0, 2.0, 1.0, 1.0])), method=method)
    assert not found.converged.any()
    assert found.status.tolist() == [5, 5, 5, 5]
    assert "number 0: the bracket closed at x = 0.3" in found.flag
    assert found.root == pytest.approx([0.3, 0.3, 0.7, 1e-3], abs=1e-10)


@pytest.mark.parametrize("method", ["brentq", "bisect"])
def test_of_many_brackets_roots_beside_jumps_are_found(method):
    def steep(x, p):
        if p[0] == 0.0:
            return 1.0 if x > 0.3 else -1.0
        return p[1] * math.copysign(abs(x - 0.3) ** p[0], x - 0.3)

    rows = [[1.0, 1e10], [0.0, 1.0], [1.0 / 3.0, 1e-10], [3.0, 1.0], [0.1, 1.0]]
    found = root_scalar(steep, args=(np.array(rows),), bracket=(np.zeros(5), 1.0), method=method)
    assert found.converged.tolist() == [True, False, True, True, True]


def test_a_small_step_over_a_jump_is_no_root():
    rows = np.array([[0.3, 1.0, 0.0], [0.3, 1e10, 0.0], [0.3, 1e-10, 1.0]])
    found = root_scalar(leap, args=(rows,), x0=np.full(3, 0.3 + 1e-9), fprime=lambda x, p: 1e12 * p[1])
    assert found.status.tolist() == [6, 6, 6]
    alone = root_scalar(leap, args=(rows[0],), x0=0.3 + 1e-9, fprime=lambda x, p: 1e12)
    assert (alone.converged, alone.status) == (False, 6)


def test_of_many_problems_one_small_value_shows_no_root():
    """The first step lowers |f| two hundred times; then the derivative is far too large, and the next step small."""
    found = root_scalar(
        lambda x, p: p * x,
        args=([1.0, 1e-10, 1e10],),
        x0=np.array([1000.0, 900.0, -1000.0]),
        fprime=lambda x, p: p * (1.005 if abs(x) > 50.0 else 1e12),
    )
    assert not found.converged.any()


def test_each_block_of_problems_is_judged_by_its_own_values():
    """The first block ends with values near zero; the next takes one step, which a huge derivative makes small."""
    p = np.repeat([2.0, 3.5], [256, 3])
    found = root_scalar(
        lambda x, p: x * x - p,
        args=(p,),
        x0=np.repeat([2.0, 5.0], [256, 3]),
        fprime=lambda x, p: 2.0 * x if p < 3.0 else 1e30,
    )
    assert found.converged[:256].all()
    assert not found.converged[256:].any()


@pytest.mark.parametrize("a", [1e-10, 1e-6, 1.0, 1e6])
def test_the_default_tolerance_knows_the_scale_of_the_starts(a):
    for options in ({"x0": 2 * a, "x1": 3 * a}, {"x0": 2 * a, "fprime": lambda x, a: 2 * x / a**2}):
        none = root_scalar(lambda x, a: (x / a) ** 2 + 1e-3, args=(a,), **options)
        assert not none.converged
        found = root_scalar(lambda x, a: (x / a) ** 2 - 1.0, args=(a,), **options)
        assert found.converged
        assert found.root == pytest.approx(a, rel=1e-6)
    for method in ("bisect", "brentq"):
        found = root_scalar(lambda x, a: (x / a) ** 3 - 2.0, args=(a,), bracket=(0.0, 3 * a), method=method)
        assert found.root == pytest.approx(2 ** (1 / 3) * a, rel=1e-8)


def test_a_small_start_may_be_far_from_its_root():
    found = root_scalar(lambda x: x - 1e3, x0=1e-9, fprime=lambda x: 1.0)
    assert found.converged
    assert found.root == 1e3
