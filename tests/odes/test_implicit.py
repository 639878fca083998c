"""The implicit methods of solve_ivp: stiff problems with known answers, Jacobians of each kind, and what goes wrong."""

import numpy as np
import pytest

from mechkit.odes.equal_implicit_steps import backward_euler, implicit_trapezoid
from mechkit.odes.pair_systems import pair_memory
from mechkit.odes.solve_ivp import solve_ivp

METHODS = ("BDF", "Radau", "Rodas4")
LOW_ORDER = ("BackwardEuler", "Trapezoid")


def robertson(t, y):
    a = 0.04 * y[0]
    b = 1e4 * y[1] * y[2]
    c = 3e7 * y[1] * y[1]
    return np.array([b - a, a - b - c, c])


def robertson_jac(t, y):
    return np.array(
        [
            [-0.04, 1e4 * y[2], 1e4 * y[1]],
            [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]],
            [0.0, 6e7 * y[1], 0.0],
        ]
    )


def van_der_pol(t, y, mu):
    return [y[1], mu * (1.0 - y[0] * y[0]) * y[1] - y[0]]


def forced(t, y, rate):
    """Prothero and Robinson: y = cos t, whatever the rate."""
    return [-rate * (y[0] - np.cos(t)) - np.sin(t)]


def counting(t, y, out, calls, span):
    """y' = -50 (y - cos t), which counts its calls and the times outside the interval."""
    calls[0] += 1
    if t < span[0] or t > span[1]:
        calls[1] += 1
    for i in range(y.size):
        out[i] = -50.0 * (y[i] - np.cos(t))


def errors(r, exact, rtol, atol):
    return np.max(np.abs(r.y[:, -1] - exact) / (atol + rtol * np.abs(exact)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rtol", [1e-4, 1e-8])
def test_robertson_to_the_published_end(method, rtol):
    exact = np.array([2.083340149701255e-08, 8.333360770334713e-14, 0.999999979166505])
    atol = 1e-6 * rtol
    r = solve_ivp(robertson, (0, 1e11), [1.0, 0.0, 0.0], method, rtol=rtol, atol=atol)
    assert r.success
    assert r.t[-1] == 1e11
    assert errors(r, exact, rtol, atol) < 20.0
    assert r.nit < 4000


@pytest.mark.parametrize("method", METHODS)
def test_van_der_pol_of_great_stiffness(method):
    exact = np.array([1.706167732170469, -0.0008928097010248125])
    r = solve_ivp(van_der_pol, (0, 2000), [2.0, 0.0], method, args=(1000.0,), rtol=1e-6, atol=1e-8)
    assert r.success
    assert errors(r, exact, 1e-6, 1e-8) < 20.0
    assert r.nit < 3000


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rate", [1.0, 1e3, 1e8])
def test_the_error_and_the_dense_output_meet_the_tolerance(method, rate):
    r = solve_ivp(forced, (0, 5), [1.0], method, args=(rate,), dense_output=True, rtol=1e-7, atol=1e-7)
    times = np.linspace(0.0, 5.0, 501)
    np.testing.assert_allclose(r.y[0], np.cos(r.t), atol=1e-6)
    np.testing.assert_allclose(r.sol(times)[0], np.cos(times), atol=1e-5)
    np.testing.assert_array_equal(r.sol(r.t), r.y)
    back = solve_ivp(forced, (5, 0), [np.cos(5.0)], method, args=(-rate,), rtol=1e-7, atol=1e-7)
    assert back.y[0, -1] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_work_and_precision(method):
    found = [solve_ivp(forced, (0, 5), [1.0], method, args=(1.0,), rtol=rtol, atol=rtol) for rtol in (1e-3, 1e-6, 1e-9)]
    off = [abs(r.y[0, -1] - np.cos(5.0)) for r in found]
    assert off[0] > 5.0 * off[1] > 25.0 * off[2]
    assert found[0].nfev < found[1].nfev < found[2].nfev


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("jac", [None, "2-point", "3-point", "cs", robertson_jac])
def test_every_jacobian_gives_the_same_solution(method, jac):
    if method == "Radau" and jac in ("2-point", "3-point"):
        pytest.skip("the kernels of these are those that the other methods compile")
    r = solve_ivp(robertson, (0, 40), [1.0, 0.0, 0.0], method, jac=jac, rtol=1e-7, atol=1e-11)
    np.testing.assert_allclose(r.y[:, -1], [7.158270687e-01, 9.185534765e-06, 2.841637457e-01], rtol=2e-6)


@pytest.mark.parametrize("method", METHODS + LOW_ORDER)
@pytest.mark.parametrize("jac", [None, "3-point"])
def test_counts_are_the_calls_that_are_made_and_none_is_outside(method, jac):
    for t0, end in ((0.0, 3.0), (3.0, 0.5)):
        sign = 1.0 if end > t0 else -1.0
        calls, span = np.zeros(2), np.array([min(t0, end), max(t0, end)])
        r = solve_ivp(counting, (t0, end), [1.0, 2.0], method, args=(calls, span), jac=jac, rtol=1e-4, max_step=0.2)
        assert r.status == 0 or sign < 0.0
        assert calls[0] == r.nfev + r.nfev_jac > 20
        assert calls[1] == 0
        assert r.nfev_jac == r.njev * ({"3-point": 4, None: 3 + (method == "Rodas4")}[jac] + 2 * (method == "Rodas4"))


@pytest.mark.parametrize("method", METHODS)
def test_a_given_jacobian_is_counted_apart(method):
    r = solve_ivp(robertson, (0, 40), [1.0, 0.0, 0.0], method, jac=robertson_jac)
    assert r.njev > 0
    assert r.nfev_jac == (2 * r.njev if method == "Rodas4" else 0)
    assert r.nlu >= r.njev


def heat(t, y, out):
    n = y.size
    for i in range(n):
        left = y[i - 1] if i > 0 else 0.0
        right = y[i + 1] if i < n - 1 else 0.0
        out[i] = (n + 1.0) ** 2 * (left - 2.0 * y[i] + right)


def heat_band(t, y):
    n = y.size
    band = np.full((3, n), (n + 1.0) ** 2)
    band[1] = -2.0 * (n + 1.0) ** 2
    return band


@pytest.mark.parametrize("method", METHODS)
def test_a_banded_jacobian_gives_the_same_steps_for_less(method):
    n = 30
    x = np.arange(1, n + 1) / (n + 1)
    rate = 4.0 * (n + 1) ** 2 * np.sin(np.pi / (2 * (n + 1))) ** 2
    full, *banded = (
        solve_ivp(heat, (0, 0.2), np.sin(np.pi * x), method, rtol=1e-6, atol=1e-9, **options)
        for options in (
            {},
            {"lband": 1, "uband": 1},
            {"lband": 1, "uband": 1, "jac": heat_band},
            {"lband": 1, "uband": 1, "jac": heat_band(0.0, x)},
            {"lband": 1, "uband": 1, "jac": "cs"},
        )
    )
    assert banded[0].nfev_jac < full.nfev_jac / 5
    assert banded[2].nfev_jac == (2 * banded[2].njev if method == "Rodas4" else 0)
    for r in (full, *banded):
        np.testing.assert_allclose(r.y[:, -1], np.sin(np.pi * x) * np.exp(-0.2 * rate), rtol=1e-4)
        assert r.nit == pytest.approx(full.nit, abs=3)


@pytest.mark.parametrize("method", METHODS)
def test_events_are_found_within_large_steps(method):
    def crossing(t, y, rate):
        return y[0] - 0.5

    crossing.terminal = 2
    r = solve_ivp(forced, (0, 9), [1.0], method, args=(1e4,), events=crossing, rtol=1e-8, atol=1e-8)
    assert r.status == 1
    np.testing.assert_allclose(r.t_events[0], [np.pi / 3, 5 * np.pi / 3], atol=1e-6)


def wall(t, y):
    return [1.0 if t < 1.0 else np.nan, y[0]]


def blow_up(t, y):
    return [y[0] * y[0]]


@pytest.mark.parametrize("method", METHODS + LOW_ORDER)
def test_nan_stops_with_time_and_component(method):
    r = solve_ivp(wall, (0, 2), [0.0, 0.0], method)
    assert r.status == -2
    assert not r.success
    assert "component 0 is NaN" in r.message
    assert 0.9 < r.t[-1] <= 1.0
    assert np.isfinite(r.y).all()
    at_once = solve_ivp(lambda t, y: [y[0], np.log(y[1])], (0, 2), [1.0, -1.0], method)
    assert at_once.status == -2
    assert "component 1 is NaN" in at_once.message
    assert at_once.t.tolist() == [0.0]


@pytest.mark.parametrize("method", METHODS + LOW_ORDER)
@pytest.mark.parametrize("bands", [{}, {"lband": 1, "uband": 0}])
def test_leaving_the_domain_of_fun_is_not_finite_either(method, bands):
    r = solve_ivp(lambda t, y: [-1.0, np.log(y[0])], (0, 2), [1.0, 0.0], method, **bands)
    assert r.status == -2
    assert "component 1 is NaN" in r.message
    assert 0.9 < r.t[-1] <= 1.0


@pytest.mark.parametrize("method", METHODS + LOW_ORDER)
def test_a_singularity_stops_and_keeps_what_was_reached(method):
    r = solve_ivp(blow_up, (0, 2), [1.0], method)
    assert r.status < 0
    assert r.t[-1] == pytest.approx(1.0, abs=0.01)
    assert r.y[0, -1] > 100.0


@pytest.mark.parametrize("method", LOW_ORDER)
@pytest.mark.parametrize("rate", [1.0, 1e6])
def test_low_orders_meet_the_tolerance_too(method, rate):
    r = solve_ivp(forced, (0, 2), [1.0], method, args=(rate,), dense_output=True, rtol=1e-4, atol=1e-4)
    times = np.linspace(0.0, 2.0, 201)
    np.testing.assert_allclose(r.sol(times)[0], np.cos(times), atol=1e-3)
    assert r.nit < 3000


@pytest.mark.parametrize(
    ("method", "order", "sizes"), [("Radau", 5, (4, 8)), ("Rodas4", 4, (64, 128)), ("BackwardEuler", 1, (200, 400))]
)
def test_the_order_by_equal_steps(method, order, sizes):
    off = []
    for steps in sizes:
        h = 2.0 / steps
        free = {"rtol": 1.0, "atol": 1e9, "first_step": h, "max_step": h}
        r = solve_ivp(forced, (0, 2), [1.5], method, args=(1.0,), jac=[[-1.0]], **free)
        assert r.nit == steps
        off.append(abs(r.y[0, -1] - np.cos(2.0) - 0.5 * np.exp(-2.0)))
    assert np.log2(off[0] / off[1]) == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize(("integrate", "order"), [(backward_euler, 1), (implicit_trapezoid, 2)])
def test_equal_steps_have_the_order_and_one_factorization(integrate, order):
    off = []
    for steps in (100, 200):
        r = integrate(forced, (0, 2), [1.5], steps, args=(1.0,))
        assert r.success
        assert r.t.size == steps + 1
        assert (r.njev, r.nlu, r.nfev_jac) == (1, 1, 2)
        off.append(abs(r.y[0, -1] - np.cos(2.0) - 0.5 * np.exp(-2.0)))
    assert np.log2(off[0] / off[1]) == pytest.approx(order, abs=0.1)
    back = integrate(forced, (2, 0), r.y[:, -1], 200, args=(1.0,))
    assert back.y[0, -1] == pytest.approx(1.5, abs=0.05)


def test_equal_steps_damp_what_is_stiff_or_let_it_alternate():
    rate = 1e4
    damped = backward_euler(lambda t, y: [-1e4 * y[0]], (0, 1), [1.0], 10, jac=[[-rate]])
    np.testing.assert_allclose(damped.y[0], (1.0 + 0.1 * rate) ** -np.arange(11.0), rtol=1e-7, atol=1e-9)
    kept = implicit_trapezoid(lambda t, y: [-1e4 * y[0]], (0, 1), [1.0], 10, jac=lambda t, y: [[-1e4]])
    growth = (1.0 - 0.05 * rate) / (1.0 + 0.05 * rate)
    np.testing.assert_allclose(kept.y[0], growth ** np.arange(11), rtol=1e-7)
    assert kept.njev == 1
    assert kept.nfev_jac == 0


def test_equal_steps_stop_before_what_cannot_be_solved():
    r = backward_euler(wall, (0, 2), [0.0, 0.0], 20)
    assert r.status == -2
    assert "component 0 is NaN" in r.message
    assert r.t[-1] == pytest.approx(0.9)
    r = backward_euler(blow_up, (0, 2), [1.0], 4)
    assert r.status == -4
    assert "take more steps" in r.message
    with pytest.raises(ValueError, match="t_span is from 1 to 1; give two different times"):
        backward_euler(blow_up, (1, 1), [1.0], 4)
    with pytest.raises(TypeError, match="max_step is not an argument here; lband and uband are"):
        backward_euler(blow_up, (0, 1), [1.0], 4, max_step=1.0)
    with pytest.raises(ValueError, match="steps is 0; it must be a whole number, at least 1"):
        implicit_trapezoid(blow_up, (0, 1), [1.0], 0)


def test_what_is_refused():
    with pytest.raises(ValueError, match="jac is 'exact'; it must be a function, a matrix, None, '2-point'"):
        solve_ivp(robertson, (0, 1), [1.0, 0.0, 0.0], "BDF", jac="exact")
    with pytest.raises(ValueError, match=r"jac has shape \(2, 2\); it must be \(3, 3\)"):
        solve_ivp(robertson, (0, 1), [1.0, 0.0, 0.0], "BDF", jac=np.eye(2))
    with pytest.raises(ValueError, match="lband is -1; it must be a whole number, at least 0"):
        solve_ivp(robertson, (0, 1), [1.0, 0.0, 0.0], "BDF", lband=-1)
    with pytest.raises(ValueError, match="lband is not an option of method 'RK45'"):
        solve_ivp(robertson, (0, 1), [1.0, 0.0, 0.0], "RK45", lband=1)


def test_a_jacobian_that_is_not_finite_is_named():
    r = solve_ivp(lambda t, y: [-y[0]], (0, 1), [1.0], "BDF", jac=lambda t, y: [[np.nan]])
    assert r.status == -2
    assert "jac holds NaN" in r.message


@pytest.mark.parametrize(
    ("n", "scale", "a", "b"), [(1, 1.0, 0.0, 2.0), (7, 1e160, 2e160, -3e160), (7, 1e-160, 0, 1e-160)]
)
def test_a_pair_is_solved_as_the_complex_system_is(n, scale, a, b):
    J = scale * np.random.default_rng(3).standard_normal((n, n))
    right = np.arange(1.0, 2 * n + 1)
    LU, piv, factor, solve = pair_memory(n, n, banded=False)
    assert factor(a, b, J, LU, piv, np.zeros(2, np.int64)) == n
    z = right.copy()
    solve(LU, piv, np.zeros(2, np.int64), z)
    x = np.linalg.solve((complex(a, b) * np.eye(n) - J) / scale, right.view(complex)) / scale
    np.testing.assert_allclose(z.view(complex), x, rtol=1e-12)
