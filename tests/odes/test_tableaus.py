"""The tables of Runge-Kutta methods: their orders, and the steps that are written out."""

import numpy as np
import pytest

from mechkit import count
from mechkit.odes.dense_output import evaluate
from mechkit.odes.order_conditions import order_of, residual, rooted_trees
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.odes.runge_kutta import WRITTEN_OUT
from mechkit.odes.runge_kutta_step import interpolant, table_step
from mechkit.odes.tableaus import TABLEAUS

EMBEDDED = {"RK23": 2, "RK45": 4, "Tsit5": 4}


@pytest.mark.parametrize("tableau", TABLEAUS.values(), ids=lambda tableau: tableau.name)
def test_row_sums_and_order(tableau):
    np.testing.assert_allclose(tableau.A.sum(axis=1), tableau.c, atol=2e-15)
    assert tableau.b.sum() == pytest.approx(1.0, abs=1e-15)
    assert order_of(tableau.A, tableau.b) == tableau.order
    assert residual(tableau.A, tableau.b, tableau.order) < 1e-13
    assert all(value != 0.0 for row in (*tableau.stages, tableau.weights, *tableau.errors) for value in row.values())


def _with_the_end(tableau):
    """A and b with the derivative at the end of the step as one more stage."""
    s = tableau.s
    A = np.zeros((s + 1, s + 1))
    A[:s, :s], A[s, :s] = tableau.A, tableau.b
    return A, np.append(tableau.b, 0.0)


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_order_of_the_embedded_method(name):
    tableau = TABLEAUS[name]
    A, b = _with_the_end(tableau)
    for column, value in tableau.errors[0].items():
        b[column] -= value
    assert order_of(A, b) == EMBEDDED[name]


def test_the_estimates_of_dop853():
    tableau = TABLEAUS["DOP853"]
    for row, order in zip(tableau.errors, (5, 3), strict=True):
        b = tableau.b.copy()
        b[list(row)] -= list(row.values())
        assert order_of(tableau.A, b) == order


def test_numbers_of_rooted_trees():
    assert [len(rooted_trees(n)) for n in range(1, 9)] == [1, 1, 2, 4, 9, 20, 48, 115]


def _pendulum(t, y, out):
    out[0] = y[1] + t
    out[1] = -np.sin(y[0])
    out[2] = y[0] * y[2]


def _step(kernel, tableau, h):
    y = np.array([0.3, -0.2, 0.7])
    f = right_hand_side(_pendulum, 0.25, y)
    K, z, e = np.full((len(tableau.nodes), 3), np.nan), np.empty(3), np.zeros((2, 3))
    f(0.25, y, K[0])
    with count() as ops:
        kernel(f, tableau.table, 0.25, 0.25 + h, y, K, z, e)
    return f, y, K, z, e, ops


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_a_step_written_out_is_that_of_the_table(name):
    tableau = TABLEAUS[name]
    _, _, K, z, e, ops = _step(table_step, tableau, 0.5)
    _, _, K_written, z_written, e_written, ops_written = _step(WRITTEN_OUT[name], tableau, 0.5)
    np.testing.assert_allclose(K_written[: tableau.s], K[: tableau.s], rtol=1e-13)
    np.testing.assert_allclose(z_written, z, rtol=1e-14)
    np.testing.assert_allclose(e_written, e, rtol=1e-10, atol=1e-15)  # a small difference of terms near 1
    for kind in ("mul", "add", "sub"):
        assert abs(ops["float64"][kind] - ops_written["float64"][kind]) <= 3 * 60
    assert ops_written["float64"]["mul"] <= ops["float64"]["mul"]
    assert ops.calls["f"] == ops_written.calls["f"]


@pytest.mark.parametrize(("name", "order"), [("RK23", 3), ("RK45", 4), ("Tsit5", 4), ("DOP853", 7)])
def test_the_order_of_the_dense_output(name, order):
    tableau = TABLEAUS[name]
    errors, lengths = [], (0.2, 0.1)
    for h in lengths:
        f, y, K, z, _, _ = _step(table_step, tableau, h)
        f(0.25 + h, z, K[tableau.s])
        F, here = np.empty((3 + len(tableau.dense), 3)), np.empty(3)
        interpolant(f, tableau.table, 0.25, y, z, h, K, F)
        exact = y
        for k in range(40):  # the same method, with short steps
            t, short = 0.25 + k * 0.35 * h / 40, 0.35 * h / 40
            K2, z2, e2 = np.empty((16, 3)), np.empty(3), np.zeros((2, 3))
            f(t, exact, K2[0])
            table_step(f, TABLEAUS["DOP853"].table, t, t + short, exact, K2, z2, e2)
            exact = z2
        evaluate(y, F, 0.35, here)
        errors.append(np.abs(here - exact).max())
        for x, end in ((0.0, y), (1.0, z)):
            evaluate(y, F, x, here)
            np.testing.assert_allclose(here, end, rtol=1e-15)
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order + 1, abs=0.5)


def test_the_order_needs_a_square_matrix():
    with pytest.raises(ValueError, match="A has shape"):
        order_of([[0.0, 1.0]], [1.0])
