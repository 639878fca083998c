import math
import re

import numpy as np
import pytest

from mechkit.odes.boundary_values import shooting, solve_bvp

BLASIUS = 0.332057336215


def bratu(x, y):
    return np.array([y[1], -np.exp(y[0])])


def zero_at_both_ends(ya, yb):
    return np.array([ya[0], yb[0]])


def plate(x, y):
    return np.array([y[1], y[2], -0.5 * y[0] * y[2]])


def plate_ends(ya, yb):
    return np.array([ya[0], ya[1], yb[1] - 1.0])


def oscillator(x, y):
    return np.array([y[1], -y[0]])


def zero_and_one(ya, yb):
    return np.array([ya[0], yb[0] - 1.0])


def bratu_center(level):
    """The largest value of Bratu's solutions, from theta = sqrt(2) cosh(theta / 4)."""
    for _ in range(60):
        theta = level
        level = theta - (theta - np.sqrt(2) * np.cosh(theta / 4)) / (1 - np.sqrt(2) / 4 * np.sinh(theta / 4))
    return 2.0 * np.log(np.cosh(level / 4))


@pytest.mark.parametrize(("guess", "theta"), [(0.0, 1.5), (3.0, 11.0)])
def test_bratu_has_two_solutions(guess, theta):
    y = np.zeros((2, 5))
    y[0] = guess
    found = solve_bvp(bratu, zero_at_both_ends, np.linspace(0.0, 1.0, 5), y)
    assert found.success
    assert found.sol(0.5)[0] == pytest.approx(bratu_center(theta), abs=2e-3)
    fine = solve_bvp(bratu, zero_at_both_ends, found.x, found.y, tol=1e-7)
    assert fine.sol(0.5)[0] == pytest.approx(bratu_center(theta), abs=1e-7)
    shot = shooting(bratu, zero_at_both_ends, (0.0, 1.0), fine.y[:, 0] * 1.05)
    assert shot.success
    assert shot.sol(0.5)[0] == pytest.approx(bratu_center(theta), abs=1e-6)


def test_blasius_flow_along_a_plate():
    x = np.linspace(0.0, 15.0, 20)
    guess = np.array([x, np.ones(20), 0.3 * np.exp(-x)])
    assert solve_bvp(plate, plate_ends, x, guess, tol=1e-7, max_nodes=5000).y[2, 0] == pytest.approx(BLASIUS, abs=1e-9)
    shot = shooting(plate, plate_ends, (0.0, 15.0), [0.0, 0.0, 0.5], method="DOP853", rtol=1e-11, tol=1e-10)
    assert shot.success
    assert shot.y[2, 0] == pytest.approx(BLASIUS, abs=1e-10)


def test_the_residual_is_of_order_four():
    errors = []
    for m in (9, 17, 33):
        x = np.linspace(0.0, 1.0, m)
        found = solve_bvp(oscillator, zero_and_one, x, np.zeros((2, m)), tol=0.1)
        assert found.x.size == m
        errors.append(np.abs(found.y[0] - np.sin(x) / np.sin(1.0)).max())
    assert -np.polyfit(np.arange(3), np.log2(errors), 1)[0] == pytest.approx(4.0, abs=0.1)


def test_an_unknown_parameter():
    x = np.linspace(0.0, 1.0, 5)
    y = np.array([[0.0, 1.0, 0.0, -1.0, 0.0], np.zeros(5)])
    found = solve_bvp(
        lambda x, y, p: np.array([y[1], -(p[0] ** 2) * y[0]]),
        lambda ya, yb, p: np.array([ya[0], yb[0], ya[1] - p[0]]),
        x,
        y,
        p=[6.0],
        tol=1e-6,
    )
    assert found.success
    assert found.p == pytest.approx([2.0 * np.pi], rel=1e-6)


def test_conditions_that_join_both_ends():
    found = solve_bvp(
        lambda x, y: np.array([y[1], np.cos(2.0 * x) - y[0]]),
        lambda ya, yb: np.array([ya[0] - yb[0], ya[1] - yb[1]]),
        np.linspace(0.0, np.pi, 7),
        np.zeros((2, 7)),
        tol=1e-5,
    )
    assert found.success
    assert found.sol(1.0)[0] == pytest.approx(-np.cos(2.0) / 3.0, abs=1e-6)


@pytest.mark.parametrize("scale", [1e-10, 1e10])
def test_the_units_do_not_matter(scale):
    def fun(x, y):
        return np.array([y[1], -y[0] / scale / scale])

    def bc(ya, yb):
        return np.array([ya[0] - scale, yb[0]])

    found = solve_bvp(fun, bc, scale * np.linspace(0.0, 1.0, 5), np.zeros((2, 5)), tol=1e-5)
    shot = shooting(fun, bc, (0.0, scale), [0.0, 0.0])
    assert found.success
    assert shot.success
    for sol in (found.sol, shot.sol):
        assert sol(0.5 * scale)[0] / scale == pytest.approx(np.sin(0.5) / np.sin(1.0), rel=1e-6)


def growing(x, y):
    return np.array([y[1], 2500.0 * y[0]])


def one_at_both_ends(ya, yb):
    return np.array([ya[0] - 1.0, yb[0] - 1.0])


def test_where_solutions_grow_collocation_succeeds_and_shooting_says_that_it_fails():
    found = solve_bvp(growing, one_at_both_ends, np.linspace(0.0, 1.0, 5), np.ones((2, 5)))
    assert found.success
    assert found.sol(0.02)[0] == pytest.approx(np.exp(-1.0), abs=1e-3)
    shot = shooting(growing, one_at_both_ends, (0.0, 1.0), [1.0, 0.0])
    assert not shot.success
    assert "use solve_bvp" in shot.message


def test_a_problem_without_a_solution_is_not_solved():
    found = solve_bvp(oscillator, zero_and_one, np.linspace(0.0, np.pi, 7), np.zeros((2, 7)), tol=1e-6)
    assert not found.success
    assert "nearly singular" in found.message
    shot = shooting(oscillator, zero_and_one, (0.0, np.pi), [0.0, 0.0])
    assert not shot.success
    assert "nearly singular" in shot.message
    twice = solve_bvp(oscillator, lambda a, b: np.array([a[0], 2.0 * a[0]]), [0.0, 1.0], np.zeros((2, 2)))
    assert not twice.success
    assert twice.message == "the problem is singular: the conditions do not fix the solution"


def test_a_guess_of_zero_is_not_taken_for_the_solution():
    def bc(ya, yb):
        return np.array([ya[0], 1e5 * yb[0] - 1e-5])

    found = solve_bvp(oscillator, bc, np.linspace(0.0, 1.0, 5), np.zeros((2, 5)), tol=1e-5)
    assert found.success
    assert found.y[0, -1] == pytest.approx(1e-10, rel=1e-5)
    nothing = solve_bvp(oscillator, zero_at_both_ends, np.linspace(0.0, 1.0, 5), np.zeros((2, 5)))
    assert nothing.success
    assert not nothing.y.any()


def test_shooting_goes_backwards_and_refuses_equal_ends():
    def bc(ya, yb):
        return np.array([yb[0], ya[0] - 1.0])

    shot = shooting(oscillator, bc, (1.0, 0.0), [0.0, 0.0])
    assert shot.success
    assert shot.sol(0.5)[0] == pytest.approx(np.sin(0.5) / np.sin(1.0), rel=1e-7)
    np.testing.assert_allclose(shot.yp, [shot.y[1], -shot.y[0]])
    with pytest.raises(ValueError, match=r"t_span is \(1.0, 1.0\); its ends must differ"):
        shooting(oscillator, bc, (1.0, 1.0), [0.0, 0.0])


def test_a_shot_that_does_not_arrive_is_reported():
    def fun(x, y):
        return np.array([y[1], 100.0 * y[0] * y[0]])

    shot = shooting(fun, zero_and_one, (0.0, 1.0), [0.0, 50.0])
    assert not shot.success
    assert shot.message.startswith("the first shot fails: ")
    assert shot.x[-1] < 1.0


def test_too_few_nodes_are_reported():
    found = solve_bvp(bratu, zero_at_both_ends, np.linspace(0.0, 1.0, 5), np.zeros((2, 5)), tol=1e-9, max_nodes=20)
    assert found.status == 1
    assert "more than max_nodes = 20 are needed" in found.message
    assert found.rms_residuals.max() > 1e-9


def test_what_is_not_finite_is_reported():
    found = solve_bvp(
        lambda x, y: np.array([y[1], np.log(y[0])]), zero_at_both_ends, [0.0, 0.5, 1.0], np.full((2, 3), -1.0)
    )
    assert not found.success
    assert found.message.startswith("fun is not finite at x = 0:")


REFUSED = [
    ({"x": [0.0, 0.0]}, "x[0] is 0.0 and x[1] is 0.0; the nodes must be in ascending order"),
    ({"x": [0.0]}, "x has 1 node; give both ends at least"),
    ({"x": [0.0, 1.0, 2.0]}, "y has shape (2, 2); it needs 3 columns, one a node"),
    ({"y": [[0.0, np.nan], [0.0, 0.0]]}, "y[0, 1] is nan"),
    ({"tol": 0.0}, "tol is 0.0; it must be a finite number above 0"),
    ({"tol": 1e-16}, "tol is 1e-16; it must be at least 2.2e-14"),
    ({"bc": lambda a, b: np.array([a[0]])}, "bc returns shape (1,); it must return 2 numbers"),
    ({"bc": lambda a: a}, "bc cannot be called as bc(ya, yb)"),
    ({"fun": lambda x, y: np.array([y[0]])}, "fun returns shape (1,) at the start"),
    ({"fun": lambda x, y: y, "p": [1.0]}, "fun cannot be called as fun(x, y, p)"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=[message[:30] for _, message in REFUSED])
def test_what_is_refused(given, message):
    arguments = {"fun": bratu, "bc": zero_at_both_ends, "x": [0.0, 1.0], "y": np.zeros((2, 2)), **given}
    with pytest.raises(ValueError, match=re.escape(message)):
        solve_bvp(**arguments)


def _clamped(ya, yb):
    if yb[0] > 0.3:
        yb[0] = 0.3
    return [ya[0], yb[0] - 1.0]


@pytest.mark.parametrize(
    ("bc", "error", "words"),
    [
        (_clamped, ValueError, "bc changes yb"),
        (lambda ya, yb: [ya[0], 1j * yb[0]], TypeError, "it must return real numbers"),
        (lambda ya, yb: ["a", "b"], TypeError, "it must return real numbers"),
        (lambda ya, yb: [ya[0], math.sqrt(yb[0] - 1.0)], ValueError, "bc cannot be evaluated at the guess"),
    ],
)
def test_conditions_that_cannot_be_used(bc, error, words):
    with pytest.raises(error, match=words):
        solve_bvp(lambda x, y: [y[1], 0.0], bc, [0.0, 1.0], np.zeros((2, 2)))


def test_the_function_may_stack_its_values_as_scipy_has_it():
    def stacked(x, y):
        return np.vstack((y[1], -y[0]))

    r = solve_bvp(stacked, zero_and_one, np.linspace(0, 1, 5), np.zeros((2, 5)))
    assert r.y[0, 2] == pytest.approx(np.sin(0.5) / np.sin(1.0), abs=1e-4)
    with pytest.raises(ValueError, match="x is 3; the solution is known from 0 to 1"):
        r.sol(3.0)
    with pytest.raises(ValueError, match=re.escape("x[1] is nan; only finite numbers can be used")):
        r.sol([0.5, np.nan])
