"""Larger and harder programs whose optima are known from how they are made: free, degenerate, badly scaled."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse
from scipy.optimize import Bounds
from scipy.optimize import linprog as scipy_linprog

from mechkit.optimization.programs.branch_and_bound import branch_and_bound
from mechkit.optimization.programs.linprog import METHODS, linprog
from mechkit.optimization.programs.quadratic_program import quadratic_program

each_method = pytest.mark.parametrize("method", METHODS)


def optimal_program(A, rng, free=0.2, degenerate=0.3):
    """c, b and bounds that make a point optimal, by complementary slackness; and the cost there."""
    m, n = A.shape
    x = rng.random(n) * 10.0 ** rng.uniform(-1, 2, n) * (rng.random(n) < 0.6)
    is_free = rng.random(n) < free
    x[is_free] -= 5.0
    z = np.where((x == 0.0) & ~is_free, rng.random(n) * (rng.random(n) > degenerate), 0.0)
    c = A.T @ rng.standard_normal(m) + z
    lp = {"c": c, "A_eq": A, "b_eq": A @ x, "bounds": np.column_stack((np.where(is_free, -np.inf, 0.0), [np.inf] * n))}
    return lp, c @ x


def staircase(rng, periods, decades):
    """Periods of 12 equations in 18 unknowns, each linked to the one before; sizes over so many decades."""
    blocks = [[None] * periods for _ in range(periods)]
    for t in range(periods):
        for s, density in ((t, 0.25), (t - 1, 0.1)):
            if s >= 0:
                B = np.where(rng.random((12, 18)) < density, rng.standard_normal((12, 18)), 0.0)
                B *= 10.0 ** rng.uniform(-decades, decades, B.shape)
                blocks[t][s] = scipy.sparse.coo_array(B + (s == t) * np.eye(12, 18))
    return scipy.sparse.csc_array(scipy.sparse.block_array(blocks))


def network(rng, nodes, arcs):
    """Incidences of a connected graph: the equations add up to zero, so one of them is dependent."""
    tail, head = rng.integers(0, nodes, arcs), rng.integers(0, nodes - 1, arcs)
    head = head + (head >= tail)
    tail[:nodes], head[:nodes] = np.arange(nodes), (np.arange(nodes) + 1) % nodes
    entries = np.repeat([1.0, -1.0], arcs), (np.append(tail, head), np.tile(np.arange(arcs), 2))
    return scipy.sparse.csc_array(entries, shape=(nodes, arcs))


@each_method
@pytest.mark.parametrize("decades", [0, 1])
@pytest.mark.parametrize("periods", [5, 12, 20])
def test_staircases_with_free_variables(method, periods, decades):
    rng = np.random.default_rng([periods, decades])
    lp, fun = optimal_program(staircase(rng, periods, decades), rng)
    res = linprog(**lp, method=method)
    assert res.success
    assert res.fun == pytest.approx(fun, rel=1e-8)
    np.testing.assert_allclose(lp["A_eq"] @ res.x, lp["b_eq"], atol=1e-7 * np.abs(lp["b_eq"]).max())


@each_method
@pytest.mark.parametrize("seed", range(3))
def test_units_of_rows_and_columns_do_not_matter(method, seed):
    rng = np.random.default_rng(seed)
    A = np.where(rng.random((60, 100)) < 0.08, rng.integers(1, 6, (60, 100)), 0.0) + np.eye(60, 100)
    lp, fun = optimal_program(A, rng)
    of_rows, of_columns = 10.0 ** rng.uniform(-3, 3, 60), 10.0 ** rng.uniform(-3, 3, 100)
    lp = {
        "c": lp["c"] * of_columns,
        "A_eq": of_rows[:, np.newaxis] * A * of_columns,
        "b_eq": lp["b_eq"] * of_rows,
        "bounds": lp["bounds"] / of_columns[:, np.newaxis],
    }
    assert linprog(**lp, method=method).fun == pytest.approx(fun, rel=1e-8)


@each_method
def test_dependent_equations_that_agree_and_that_do_not(method):
    rng = np.random.default_rng(1)
    A = network(rng, 60, 200)
    flow = rng.integers(0, 10, 200) * (rng.random(200) < 0.5)
    lp = {"c": rng.integers(1, 100, 200), "A_eq": A, "b_eq": A @ flow, "bounds": (0, 12)}
    res = linprog(**lp, method=method)
    assert res.fun == pytest.approx(scipy_linprog(**lp).fun, rel=1e-8)
    assert np.abs(res.con).max() < 1e-6
    for off in (1.0, 1e-4):
        lp["b_eq"] = A @ flow + off * np.eye(60)[7]
        res = linprog(**lp, method=method)
        assert res.status == 2
        assert np.abs(res.certificate @ A).max() < 1e-9
        assert res.certificate @ lp["b_eq"] < 0.0


def test_a_large_sparse_matrix_stays_sparse():
    rng = np.random.default_rng(2)
    A = network(rng, 200, 20_000)
    tracemalloc.start()
    res = linprog(rng.integers(1, 100, 20_000), A_eq=A, b_eq=A @ rng.integers(0, 3, 20_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert res.success
    assert peak < A.shape[0] * A.shape[1] * 4  # the dense matrix takes twice as much


@each_method
def test_sparse_and_dense_are_the_same(method):
    rng = np.random.default_rng(3)
    A, B = (np.where(rng.random((r, 12)) < 0.4, rng.integers(-3, 4, (r, 12)), 0.0) for r in (6, 3))
    x = rng.integers(0, 4, 12)
    b = A @ x + 1.0
    b[2] = np.inf
    given = {"c": np.abs(A).sum(axis=0), "b_ub": b, "b_eq": B @ x, "method": method}
    dense = linprog(A_ub=A, A_eq=B, **given)
    for kind in (scipy.sparse.csr_array, scipy.sparse.coo_matrix, scipy.sparse.dok_array):
        sparse = linprog(A_ub=kind(A), A_eq=kind(B), **given)
        np.testing.assert_allclose(sparse.x, dense.x, rtol=1e-12)
        assert linprog(A_ub=A, A_eq=kind(B.astype(int)), **given).fun == pytest.approx(dense.fun)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"c": [1.0, 1.0], "A_ub": [[1, 2], [1]], "b_ub": [1, 1]}, ValueError, "A_ub is not an array"),
        ({"c": [1.0], "A_ub": scipy.sparse.csr_array([[np.nan]]), "b_ub": [1]}, ValueError, r"A_ub.data\[0\] is nan"),
        ({"c": [1.0], "A_eq": scipy.sparse.csr_array([[1j]]), "b_eq": [1]}, TypeError, "A_eq.data is complex"),
        ({"c": [1.0], "options": 3}, TypeError, "options is 3; it must be a dict of maxiter, tol"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        linprog(**arguments)


def test_a_matrix_without_rows_is_none():
    for none in (np.empty((0, 1)), scipy.sparse.csr_array((0, 1))):
        assert linprog([1.0], none, []).fun == pytest.approx(0.0, abs=1e-9)
        assert quadratic_program([[1.0]], [-2.0], none, [], []).x == pytest.approx([2.0])
    assert linprog([1.0], [], []).fun == pytest.approx(0.0, abs=1e-9)


def test_a_quadratic_program_of_control():
    rng = np.random.default_rng(4)
    steps, F, G = 40, np.eye(4) + 0.1 * rng.standard_normal((4, 4)), rng.standard_normal((4, 2))
    links = scipy.sparse.kron(scipy.sparse.eye_array(steps), np.hstack((np.eye(4), -G))).tolil()
    for t in range(1, steps):
        links[4 * t : 4 * t + 4, 6 * t - 6 : 6 * t - 2] = -F
    limit = np.tile([1e20] * 4 + [0.5] * 2, steps)
    start = np.append(F @ rng.standard_normal(4), np.zeros(4 * steps - 4))
    P = scipy.sparse.diags_array(np.tile([1.0] * 4 + [0.1] * 2, steps))
    A = scipy.sparse.vstack((links, scipy.sparse.eye_array(6 * steps)), format="csr")
    found = quadratic_program(P, np.zeros(6 * steps), A, np.append(start, -limit), np.append(start, limit))
    gradient = P @ found.x + A.T @ found.y
    assert found.success
    assert np.abs(gradient).max() < 1e-6
    assert np.abs(links @ found.x - start).max() < 1e-6
    assert found.x @ (P @ found.x) / 2 == pytest.approx(-(start @ found.y[: start.size]) - limit @ abs(
        np.where(limit < 1e20, found.y[start.size :], 0.0)) - found.x @ (P @ found.x) / 2, rel=1e-6)  # fmt: skip


def test_branch_and_bound_takes_bounds_and_a_limit_of_time():
    rng = np.random.default_rng(5)
    weights = rng.integers(100, 1000, 40)
    problem = {"c": -weights, "integrality": 1, "bounds": Bounds(0, 1), "A_ub": [2 * weights], "b_ub": [weights.sum()]}
    res = branch_and_bound(**problem, options={"time_limit": 0})
    assert (res.status, res.success) == (1, False)
    assert "seconds" in res.message


@pytest.mark.parametrize(("free", "seed"), [(0.2, 0), (0.0, 1)])
def test_where_rounding_stops_the_interior_point_a_vertex_is_found(free, seed):
    rng = np.random.default_rng([20, 0, seed, int(10 * free)])
    lp, fun = optimal_program(staircase(rng, 20, 0), rng, free=free)
    res = linprog(**lp)
    assert "exchanges from where rounding errors of" in res.message
    assert res.nit == len(res.history["mu"]) - 1
    assert res.fun == pytest.approx(fun, rel=1e-9)
    np.testing.assert_allclose(lp["A_eq"] @ res.x, lp["b_eq"], atol=1e-10 * np.abs(lp["b_eq"]).max())
