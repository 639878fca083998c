"""Unknowns in no row, with costs that are small beside others; and rows in units of their own."""

import numpy as np
import pytest

from mechkit.optimization import branch_and_bound, linprog

METHODS = pytest.mark.parametrize("method", ["simplex", "interior-point"])


@METHODS
@pytest.mark.parametrize(
    ("c", "bounds", "right"),
    [
        ([-6.7e-7, 7e7, 2e11], [(0, 7.8e8), (0, None), (0, None)], [7.8e8, 0, 0]),
        ([-4e-10, 0, 1e7, 1.3e8], [(-8e9, 5e10), (0, None), (-3e-7, 2e-6), (0, None)], [5e10, 0, -3e-7, 0]),
        ([1e-12, -1e9], [(-5, None), (None, 2)], [-5, 2]),
    ],
)
def test_a_small_cost_decides_where_no_row_does(method, c, bounds, right):
    assert (linprog(c, bounds=bounds, method=method).x == right).all()
    assert (branch_and_bound(c, bounds=bounds).x == right).all()


@METHODS
def test_a_small_cost_falls_for_ever(method):
    program = {"A_ub": [[3, -1.6e-8, -1.3e8, 0]], "b_ub": [-35], "bounds": [(0, None)] * 3 + [(None, None)]}
    costs = [20, 2e-9, 2e8, -3.7e-9]
    found = linprog(costs, **program, method=method)
    assert (found.status, found.x) == (3, None)
    assert (found.certificate == [0, 0, 0, 1]).all()
    searched = branch_and_bound(costs, **program)
    assert (searched.status, searched.x, searched.fun, searched.mip_dual_bound) == (3, None, None, -np.inf)
    without_point = program | {"A_ub": [[3, 1.6e-8, 1.3e8, 0]]}
    assert linprog(costs, **without_point, method=method).status == branch_and_bound(costs, **without_point).status == 2


@METHODS
def test_a_row_that_is_off_by_all_its_terms_is_no_rounding_error(method):
    far = [[0, 0.1207], [0, 1.45e-4]]
    found = linprog([-2.67e6, 4.2e-11], far, [2.69e6, 2154], [[6.27e15, 0]], [-1.1e6], method=method)
    assert not found.success  # x[0] cannot be negative
    assert (linprog([2, -4], [[0, -1.2e10], [9, 1.6e10]], [0, 0], method=method).slack >= -1e-6).all()
    assert abs(linprog([-3, 0], [[9, 0]], [18], [[0, 4.9e7]], [0], [(0, 3), (0, None)], method=method).con[0]) < 1e-6


@METHODS
def test_an_endless_fall_needs_a_point_that_meets_the_rows(method):
    rows, columns = (
        np.array([2.9232e02, 5.1358e-04, 7.3195e01, 3.9228e00, 9.0922e09, 1.2881e-02]),
        np.array([3.9750e-09, 7.5512e-07, 3.4333e-01, 4.6538e08]),
    )
    A = np.array([[0, -6, 0, 0], [0, 0, 7, 4], [0, 3, 0, 3], [7, 0, 0, 0], [-2, -7, 0, 0], [0, -6, 0, 0]])
    bounds = [(None, None), (0, 3 / columns[1]), (None, 4 / columns[2]), (0, None)]
    c = 3.46e8 * columns * [0, -3, 4, -5]
    found = linprog(c, rows[:, None] * A * columns, rows * [-23, 31, 29, 15, -31, -23], None, None, bounds, method)
    assert found.status == 2  # -6x <= -23, and x <= 3
