"""Linear programs against published answers and SciPy; proofs where there is no solution; exact laws; refusals."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog as scipy_linprog

import mechkit as mk
from mechkit.optimization.programs import simplex, tableau
from mechkit.optimization.programs.linprog import METHODS, linprog
from mechkit.optimization.programs.normal_equations import (
    dense_columns,
    link_rows,
    list_fill,
    normal_matrix,
    order_by_degree,
)
from mechkit.optimization.programs.normal_factor import NARROW, factor, factorization, substitute

PUBLISHED = {
    "AFIRO": -464.75314286,
    "ADLITTLE": 225494.96316,
    "SC50A": -64.575077059,
    "SC50B": -70.0,
    "BLEND": -30.812149846,
    "SHARE2B": -415.73224074,
    "KB2": -1749.9001299,
}

each_method = pytest.mark.parametrize("method", METHODS)


def read(folder, name):
    with np.load(folder / f"{name}.npz", allow_pickle=True) as data:
        lp = {key: data[key] for key in ("c", "A_ub", "b_ub", "A_eq", "b_eq")}
        bounds = data["bounds"].reshape(-1, 2)
    return lp | {"bounds": bounds if bounds.size else None}


def intervals(lp):
    n = np.size(lp["c"])
    pairs = np.array((0, None) if lp.get("bounds") is None else lp["bounds"], float)
    lower, upper = np.broadcast_to(pairs, (n, 2)).T
    return np.where(np.isnan(lower), -np.inf, lower), np.where(np.isnan(upper), np.inf, upper)


def rows(lp):
    n = np.size(lp["c"])
    A = [np.reshape(lp[key], (-1, n)) for key in ("A_ub", "A_eq") if lp.get(key) is not None]
    b = [np.ravel(lp[key]) for key in ("b_ub", "b_eq") if lp.get(key) is not None]
    return np.concatenate([np.empty((0, n)), *A]), np.concatenate([np.empty(0), *b])


def assert_proves_infeasible(lp, y, tol=1e-8):
    """y'A x > y'b for all x within the bounds, y >= 0 for inequalities."""
    (A, b), (lower, upper) = rows(lp), intervals(lp)
    inequalities = 0 if lp.get("b_ub") is None else np.size(lp["b_ub"])
    assert (y[:inequalities] >= 0.0).all()
    g = y @ A
    g[np.abs(g) <= tol * (1.0 + np.abs(A).max()) * np.abs(y).max()] = 0.0
    least = sum(t * (lower[j] if t > 0 else upper[j]) for j, t in enumerate(g) if t != 0.0)
    assert least > y @ b


def assert_proves_unbounded(lp, direction, tol=1e-7):
    """The cost falls in the direction, and no constraint or bound is ever in its way."""
    (A, _), (lower, upper) = rows(lp), intervals(lp)
    inequalities = 0 if lp.get("b_ub") is None else np.size(lp["b_ub"])
    assert np.dot(lp["c"], direction) < 0.0
    along, size = A @ direction, tol * (1.0 + np.abs(A).max(initial=0.0))
    assert (along[:inequalities] <= size).all()
    assert (np.abs(along[inequalities:]) <= size).all()
    assert (direction[np.isfinite(lower)] >= 0.0).all()
    assert (direction[np.isfinite(upper)] <= 0.0).all()


def assert_feasible(lp, res, tol=1e-7):
    lower, upper = intervals(lp)
    A, b = rows(lp)
    size = tol * (1.0 + np.abs(b[np.isfinite(b)]).max(initial=0.0) + np.abs(A) @ np.abs(res.x))
    assert (res.x >= lower).all()
    assert (res.x <= upper).all()
    assert (res.slack >= -size[: res.slack.size]).all()
    assert (np.abs(res.con) <= size[res.slack.size :]).all()


@each_method
@pytest.mark.parametrize("name", PUBLISHED)
def test_netlib_programs(published, name, method):
    lp = read(published("netlib_lp"), name)
    res = linprog(**lp, method=method)
    assert res.success
    assert res.fun == pytest.approx(PUBLISHED[name], rel=1e-8)
    assert_feasible(lp, res, tol=1e-9)
    if method == "interior-point":
        assert res.nit <= 50


@each_method
@pytest.mark.parametrize("name", ["infeasible_itest2", "infeasible_itest6"])
def test_infeasible_programs_come_with_a_proof(published, name, method):
    lp = read(published("netlib_lp"), name)
    res = linprog(**lp, method=method)
    assert (res.status, res.success, res.x, res.fun) == (2, False, None, None)
    assert_proves_infeasible(lp, res.certificate)


def random_program(seed, kind):
    """Feasible, perhaps infeasible, perhaps unbounded or degenerate ones; redundant rows, all sorts of bounds."""
    rng = np.random.default_rng(seed)
    n, m, k = int(rng.integers(1, 12)), int(rng.integers(0, 10)), int(rng.integers(0, 5))
    density = rng.random()
    A_ub, A_eq = (np.where(rng.random((r, n)) < density, rng.integers(-4, 5, (r, n)), 0.0) for r in (m, k))
    lower = np.where(rng.random(n) < 0.15, -np.inf, np.where(rng.random(n) < 0.3, rng.integers(-5, 5, n), 0.0))
    width = np.where(rng.random(n) < 0.6, np.inf, rng.integers(0, 6, n))
    upper = np.where(np.isfinite(lower), lower, 0.0) + width
    x = np.clip(np.zeros(n) if kind == "degenerate" else rng.integers(-3, 6, n), lower, upper)
    b_ub, b_eq = A_ub @ x + rng.integers(0, 3, m), A_eq @ x
    if kind == "infeasible":
        b_ub, b_eq = b_ub - rng.integers(0, 6, m), b_eq + rng.integers(-1, 2, k)
    if k > 2:
        A_eq[2], b_eq[2] = A_eq[0] - 2.0 * A_eq[1], b_eq[0] - 2.0 * b_eq[1]
    c = rng.integers(-5, 6, n) + (0.0 if kind == "unbounded" else np.abs(A_ub).sum(axis=0))
    return {"c": c, "A_ub": A_ub, "b_ub": b_ub, "A_eq": A_eq, "b_eq": b_eq, "bounds": np.column_stack((lower, upper))}


@each_method
@pytest.mark.parametrize("kind", ["feasible", "infeasible", "unbounded", "degenerate"])
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_random_programs_agree_with_scipy(method, kind, seed):
    lp = random_program(seed, kind)
    res, expected = linprog(**lp, method=method), scipy_linprog(**lp, options={"presolve": False})
    assert res.status == expected.status or (expected.status == 4 and res.status in (2, 3))  # HiGHS: one of the two
    if res.status == 0:
        assert_feasible(lp, res)
        assert res.fun == pytest.approx(expected.fun, rel=1e-7, abs=1e-7)
    elif res.status == 2:
        assert_proves_infeasible(lp, res.certificate)
    else:
        assert_proves_unbounded(lp, res.certificate)


@each_method
def test_beale_s_program_does_not_cycle(method):
    # Chvatal, Linear Programming, chapter 3: Dantzig's rule goes round in circles here
    A = [[0.5, -5.5, -2.5, 9.0], [0.5, -1.5, -0.5, 1.0], [1.0, 0.0, 0.0, 0.0]]
    res = linprog([-10.0, 57.0, 9.0, 24.0], A, [0.0, 0.0, 1.0], method=method)
    assert res.fun == pytest.approx(-1.0)


@pytest.mark.parametrize("name", ["AFIRO", "SC50A", "KB2"])
def test_bland_s_rule_alone_leads_there_too(published, monkeypatch, name):
    monkeypatch.setattr(simplex, "PATIENCE", -1)  # which the plain function looks up when it runs
    monkeypatch.setattr(tableau, "solve_tableau", simplex.solve_tableau.py_func)
    lp = read(published("netlib_lp"), name)
    assert linprog(**lp, method="simplex").fun == pytest.approx(PUBLISHED[name], rel=1e-8)


@each_method
def test_klee_and_minty_s_cube(method):
    n = 8
    A = np.tril(np.full((n, n), 2.0) ** (np.subtract.outer(np.arange(n), np.arange(n)) + 1.0), -1) + np.eye(n)
    res = linprog(-(2.0 ** np.arange(n - 1, -1, -1)), A, 5.0 ** np.arange(1, n + 1), method=method)
    assert res.fun == pytest.approx(-(5.0**n), rel=1e-8)


@each_method
def test_degenerate_assignment(method):
    n = 7
    cost = np.random.default_rng(3).integers(1, 50, (n, n))
    A = np.concatenate((np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))))
    res = linprog(cost.ravel(), A_eq=A, b_eq=np.ones(2 * n), method=method)
    assert res.fun == pytest.approx(scipy_linprog(cost.ravel(), A_eq=A, b_eq=np.ones(2 * n)).fun, rel=1e-8)


@each_method
def test_ends_of_the_range(method):
    solve = lambda *args, **kwargs: linprog(*args, **kwargs, method=method)
    assert solve([1.0]).x == pytest.approx([0.0], abs=1e-8)  # bounds alone
    assert solve([1.0], bounds=[]).x == pytest.approx([0.0], abs=1e-8)
    assert solve([-1.0]).status == 3
    assert solve([0.0, 0.0], [[1.0, 1.0]], [2.0]).fun == 0.0  # no cost
    assert solve([1.0, -1.0], bounds=[(2, 2), (-1, 3)]).x == pytest.approx([2.0, 3.0])  # a fixed variable, no rows
    assert solve([1.0], [[0.0]], [-1.0]).status == 2  # an empty row
    assert solve([1.0], A_eq=[[0.0]], b_eq=[1.0]).status == 2
    assert solve([1.0, 0.0], A_eq=[[1.0, 0.0]], b_eq=[3.0]).fun == pytest.approx(3.0)  # an empty column
    assert solve([1.0], A_eq=[[1.0], [1.0]], b_eq=[1.0, 2.0]).status == 2  # rows of less rank
    assert solve([1.0], A_eq=[[2.0], [4.0]], b_eq=[1.0, 2.0]).x == pytest.approx([0.5])
    assert solve([1.0], A_eq=[[1.0]], b_eq=[5.0], bounds=(5, 5)).fun == pytest.approx(5.0)  # nothing moves
    assert solve([1.0], A_eq=[[1.0]], b_eq=[4.0], bounds=(5, 5)).status == 2
    assert solve([1.0, 1.0], bounds=(None, None)).status == 3
    assert solve([1.0, 1.0], A_eq=[[1.0, 1.0]], b_eq=[2.0], bounds=(None, None)).fun == pytest.approx(2.0)
    assert solve([1.0, 2.0], A_eq=[[1.0, 1.0]], b_eq=[2.0], bounds=(None, None)).status == 3
    assert solve([1.0], [[-1.0]], [1e20], bounds=(-1e20, 1e20)).x == pytest.approx([-1e20], rel=1e-6)


@each_method
def test_unlimited_rows(method):
    res = linprog([-1.0], [[1.0], [2.0]], [np.inf, 6.0], method=method)
    assert res.x == pytest.approx([3.0])
    assert res.slack[0] == np.inf


@each_method
def test_both_infeasible_and_unbounded_directions(method):
    lp = {"c": [-1.0, -1.0], "A_ub": [[1.0, -1.0], [-1.0, 1.0]], "b_ub": [-1.0, -1.0]}
    res = linprog(**lp, method=method)
    assert res.status == 2
    assert_proves_infeasible(lp, res.certificate)


@pytest.mark.parametrize(
    "layout",
    [
        np.asfortranarray,
        scipy.sparse.csr_array,
        scipy.sparse.coo_matrix,
        scipy.sparse.lil_array,
        lambda a: a.astype(np.float32),
        list,
    ],
)
def test_any_matrix_is_taken_and_left_unchanged(layout):
    A, b, c = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 2.0]]), np.array([4, 12, 18]), np.array([-3.0, -5.0])
    for array in (A, b, c):
        array.setflags(write=False)
    res = linprog(c, layout(A), b)
    np.testing.assert_allclose(res.x, [2.0, 6.0], rtol=1e-8)
    assert res.slack == pytest.approx([2.0, 0.0, 0.0], abs=1e-7)


def test_contradictory_bounds_name_the_variable():
    res = linprog([1.0, 1.0], bounds=[(0, 1), (3, 2)])
    assert res.status == 2
    assert res.message == "bounds contradict each other: variable 1 must be at least 3.0 and at most 2.0"


@each_method
def test_the_limit_of_iterations_is_told(method):
    res = linprog([-3.0, -5.0], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], method=method, options={"maxiter": 1})
    assert (res.status, res.success, res.nit) == (1, False, 1)
    assert "maxiter" in res.message
    assert res.x.shape == (2,)


@each_method
def test_history_has_an_entry_for_the_start_and_each_iteration(method):
    res = linprog([-3.0, -5.0], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], method=method)
    assert {entry.shape for entry in res.history.values()} == {(res.nit + 1,)}
    if method == "interior-point":
        assert res.history["gap"][-1] < 1e-8
        assert "x is optimal: its relative residuals and gap are at most" in res.message
    else:
        assert res.history["fun"][-1] == pytest.approx(-36.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"c": [[1.0]]}, r"c has shape \(1, 1\); it must be 1-dimensional"),
        ({"c": []}, "c is empty"),
        ({"c": [np.nan]}, r"c\[0\] is nan"),
        ({"c": [1.0], "A_ub": [[np.inf]], "b_ub": [1.0]}, r"A_ub\[0, 0\] is inf"),
        ({"c": [1.0], "A_ub": [[1.0]]}, "A_ub is given without b_ub"),
        ({"c": [1.0], "b_eq": [1.0]}, "b_eq is given without A_eq"),
        ({"c": [1.0], "A_ub": [[1.0, 2.0]], "b_ub": [1.0]}, r"A_ub has shape \(1, 2\); it needs 1 columns"),
        ({"c": [1.0], "A_ub": [[1.0]], "b_ub": [1.0, 2.0]}, r"b_ub has shape \(2,\); it needs 1 elements"),
        ({"c": [1.0], "A_ub": [[1.0]], "b_ub": [-np.inf]}, r"b_ub\[0\] is -inf"),
        ({"c": [1.0], "A_ub": [[1.0]], "b_ub": [np.nan]}, r"b_ub\[0\] is nan"),
        ({"c": [1.0], "A_eq": [[1.0]], "b_eq": [np.inf]}, r"b_eq\[0\] is inf"),
        ({"c": [1.0], "bounds": [(0, 1), (0, 1)]}, r"bounds have shape \(2, 2\); give one pair"),
        ({"c": [1.0], "bounds": [("a", 1)]}, r"bounds are \[\('a', 1\)\]; give one pair"),
        ({"c": [1.0], "method": "highs"}, "method is 'highs'; it must be one of interior-point, simplex"),
        ({"c": [1.0], "options": {"presolve": True}}, "there is no option 'presolve'"),
        ({"c": [1.0], "options": {"maxiter": -1}}, "maxiter is -1"),
        ({"c": [1.0], "options": {"tol": 0.0}}, "tol is 0.0"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(ValueError, match=message):
        linprog(**arguments)


@pytest.mark.parametrize("c", [[1j], ["a"], [None]])
def test_what_is_no_number_is_refused(c):
    with pytest.raises(TypeError, match="c "):
        linprog(c)


def test_the_sparse_factor_is_the_factor():
    rng = np.random.default_rng(1)
    m, n = 30, 40
    A = np.where(rng.random((n, m)) < 0.06, rng.standard_normal((n, m)), 0.0)
    values, columns = A[A != 0.0], np.nonzero(A)
    starts = np.append(0, np.cumsum(np.count_nonzero(A, axis=1))).astype(np.uint32)
    linked, (order, position, *work) = np.zeros((m, m), np.uint8), np.empty((4, m), np.int64)
    link_rows(columns[1].astype(np.uint32), starts, linked)
    q, nonzeros = order_by_degree(linked, order, position, *work)
    assert 0 < q < m
    fill_starts, fill = np.empty(q + 1, np.uint32), np.empty(nonzeros, np.uint32)
    list_fill(linked, order, fill_starts, fill)
    assert fill_starts[q] == nonzeros
    rows_in_order = np.concatenate([np.sort(position[np.flatnonzero(a)]) for a in A]).astype(np.uint32)
    values = np.concatenate([a[order][np.flatnonzero(a[order])] for a in A])
    B, d, dense = A[:, order], rng.random(n), m**3 / 3 + m**2 / 2 + m / 6
    for factor_rest in (factorization(m - q), factorization(NARROW + 1)):  # by the textbook's loops, and in blocks
        S, x = np.full((m, m), np.nan), np.ones(m)
        normal_matrix((values, rows_in_order, starts), d, 0.5, 0.0, (fill_starts, fill, S))
        with mk.count() as sparse:
            factor(fill_starts, fill, S, factor_rest)
        substitute(fill_starts, fill, S, x)
        np.testing.assert_allclose((B.T * d) @ (B @ x) + 0.5 * x, np.ones(m), rtol=1e-10)
        assert sparse.flops < dense / 3


def test_flops_of_an_iteration_do_not_depend_on_the_numbers():
    def flops(seed, iterations):
        rng = np.random.default_rng(seed)
        A, x = rng.random((6, 9)), rng.random(9)
        with mk.count() as ops:
            assert linprog(rng.random(9), A, A @ x, options={"maxiter": iterations}).nit == iterations
        return ops.flops

    once = flops(0, 3) - flops(0, 2)
    assert once == flops(1, 3) - flops(1, 2) == flops(0, 4) - flops(0, 3)


def test_a_dense_matrix_is_taken_by_columns():
    values, columns, starts = dense_columns(3, 2)
    assert (values.size, columns.tolist(), starts.tolist()) == (6, [0, 1, 2, 0, 1, 2], [0, 3, 6])


@pytest.mark.parametrize(("b", "message"), [([4.0], "x is optimal"), ([-4.0], "no x meets all constraints")])
def test_disp_prints_how_it_ended(capsys, b, message):
    found = linprog([-1.0], [[2.0]], b, method="simplex", options={"disp": True})
    printed = capsys.readouterr().out
    assert printed.startswith(message)
    assert printed == f"{found.message}; {found.nit} iterations; fun is {found.fun}\n"


@each_method
def test_marginals_are_those_of_scipy(method):
    program = {
        "c": [-3.0, -5.0, 1.0, 2.0],
        "A_ub": [[1.0, 0.0, 0.0, 1.0], [0.0, 2.0, 0.0, 0.0], [3.0, 2.0, -1.0, 0.0]],
        "b_ub": [4.0, 12.0, 18.0],
        "A_eq": [[1.0, 1.0, 1.0, -1.0]],
        "b_eq": [8.5],
        "bounds": [(0, None), (-1, 5), (None, None), (0.25, 9)],
    }
    res, expected = linprog(**program, method=method), scipy_linprog(**program, method="highs")
    assert res.success
    assert expected.success
    for name in ("ineqlin", "eqlin", "lower", "upper"):
        np.testing.assert_allclose(res[name]["marginals"], expected[name]["marginals"], atol=1e-7, err_msg=name)
        np.testing.assert_allclose(res[name]["residual"], expected[name]["residual"], atol=1e-7, err_msg=name)
    assert linprog([-1.0], method=method).ineqlin.marginals is None


@each_method
def test_marginals_of_random_programs_prove_the_cost(method):
    for seed in range(20):
        lp = random_program(seed, "feasible")
        res, expected = linprog(**lp, method=method), scipy_linprog(**lp, method="highs")
        if not expected.success:
            continue
        d = res.lower.marginals + res.upper.marginals
        y = np.append(res.ineqlin.marginals, res.eqlin.marginals)
        A, _ = rows(lp)
        np.testing.assert_allclose(lp["c"] - y @ A, d, atol=1e-7 * np.abs(lp["c"]).max())
        assert (res.ineqlin.marginals <= 0.0).all()
        assert (res.lower.marginals >= 0.0).all()
        assert (res.upper.marginals <= 0.0).all()
