"""Linear programs of numbers of many sizes: each row and column is right by its own measure, or the status is not 0."""

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
from scipy.optimize import linprog as scipy_linprog
from test_larger_programs import optimal_program, staircase
from test_linprog import assert_proves_infeasible, assert_proves_unbounded, random_program

from mechkit.optimization.programs import verdict
from mechkit.optimization.programs.branch_and_bound import branch_and_bound
from mechkit.optimization.programs.embedding import by_interior_point
from mechkit.optimization.programs.linprog import METHODS, linprog
from mechkit.optimization.programs.standard_form import linear_program
from mechkit.optimization.programs.verdict import proof_of, row_off, what_is_off
from mechkit.optimization.programs.views import views

each_method = pytest.mark.parametrize("method", METHODS)
HUGE = (1e6, 1e9, 1e10, 1e13, 1e19)


@each_method
@pytest.mark.parametrize("size", HUGE)
def test_a_huge_limit_hides_no_other_row(method, size):
    for program in (
        {"c": [1, 1], "A_ub": [[-1, 0], [0, 1]], "b_ub": [-1, size]},
        {"c": [1, 1], "A_ub": [[-1, 0], [1, 1]], "b_ub": [-1, size]},
        {"c": [1, 1], "A_ub": [[-1, 0]], "b_ub": [-1], "bounds": [(0, None), (-0.0, size)]},
        {"c": [1, 2], "A_ub": [[-1, -1]], "b_ub": [-1], "bounds": (0, size)},
    ):
        res = linprog(**program, method=method)
        assert res.status == 0
        np.testing.assert_allclose(res.x, [1.0, 0.0], atol=1e-8)
        assert res.slack.shape == (len(program["b_ub"]),)


@each_method
def test_a_huge_right_hand_side_in_an_equation(method):
    res = linprog([1, 1, 1], [[-1, 0, 0]], [-1], [[0, 1, 1]], [1e11], method=method)
    assert res.x[0] == pytest.approx(1.0, rel=1e-9)
    assert res.x[1:].sum() == pytest.approx(1e11, rel=1e-12)


@each_method
@pytest.mark.parametrize("size", HUGE)
def test_a_huge_cost_hides_no_other_column(method, size):
    res = linprog([size, -1], bounds=[(0, None), (0, 5)], method=method)
    np.testing.assert_allclose(res.x, [0.0, 5.0], atol=1e-8)
    res = linprog([size, -1], bounds=[(1, None), (0, 5)], method=method)
    np.testing.assert_allclose(res.x, [1.0, 5.0], rtol=1e-8)
    res = linprog([size, -1, -1], [[0, 1, 2]], [4], bounds=[(0, None), (0, None), (0, None)], method=method)
    np.testing.assert_allclose(res.x, [0.0, 4.0, 0.0], atol=1e-7)


@each_method
def test_equations_that_contradict_each_other_beside_a_huge_limit(method):
    program = {"c": [1, 1], "A_ub": [[0, 1]], "b_ub": [1e9], "A_eq": [[1, 0], [1, 0]], "b_eq": [1, 2]}
    res = linprog(**program, method=method)
    assert (res.status, res.success, res.x) == (2, False, None)
    assert_proves_infeasible(program, res.certificate)
    program = {"c": [1, 1], "A_eq": [[1, 0], [1, 0], [0, 1]], "b_eq": [1, 2, 1e10]}
    res = linprog(**program, method=method)
    assert res.status == 2
    assert_proves_infeasible(program, res.certificate)


@each_method
def test_a_program_without_end_beside_a_huge_limit(method):
    program = {"c": [-2, 1, 0], "A_ub": [[1, -1, 0], [0, 0, 1]], "b_ub": [3, 1e12], "bounds": (0, None)}
    res = linprog(**program, method=method)
    assert res.status == 3
    assert_proves_unbounded(program, res.certificate)


def beside_each_other(seed):
    """Two programs that share nothing, one in units of up to 1e11; and the cost of each."""
    rng = np.random.default_rng(seed)
    parts = [random_program(seed, "feasible"), random_program(10**6 + seed, ("feasible", "degenerate")[seed % 2])]
    found = [scipy_linprog(**part) for part in parts]
    if any(res.status != 0 for res in found):
        return None
    of_x, of_cost = ((1.0, 1e9), (1e7, 1.0), (1e11, 1.0), (1e8, 1e8))[rng.integers(4)]
    first = parts[0]
    for name in ("b_ub", "b_eq", "bounds"):
        first[name] = first[name] * of_x
    first["c"] = first["c"] * of_cost
    whole = {name: scipy.linalg.block_diag(first[name], parts[1][name]) for name in ("A_ub", "A_eq")}
    whole |= {name: np.concatenate((first[name], parts[1][name])) for name in ("c", "b_ub", "b_eq", "bounds")}
    return whole, first["c"].size, np.array([found[0].fun, found[1].fun]), np.array([of_x * of_cost, 1.0])


@each_method
def test_programs_beside_each_other_are_solved_as_well_as_alone(method):
    tried = 0
    for made in map(beside_each_other, range(100)):
        if made is not None:
            whole, n, costs, units = made
            res = linprog(**whole, method=method)
            assert res.status == 0
            found = whole["c"][:n] @ res.x[:n], whole["c"][n:] @ res.x[n:]
            np.testing.assert_allclose(found / units, costs, rtol=1e-6, atol=1e-6)
            tried += 1
    assert tried > 30


@each_method
@pytest.mark.parametrize("noise", [1e-17, 1e-14])
def test_rounding_errors_of_data_are_no_contradiction(method, noise):
    res = linprog([1, 1, 1, 1], A_eq=np.eye(4), b_eq=[-noise, 10, 3, 7], method=method)
    assert res.status == 0
    np.testing.assert_allclose(res.x, [0.0, 10.0, 3.0, 7.0], atol=1e-8)
    res = linprog([1, 1, 1, -noise], [[-1, -1, -1, 0]], [-1], method=method)
    assert res.status == 0
    assert res.fun == pytest.approx(1.0)


@each_method
@pytest.mark.parametrize("of_rows", [True, False])
def test_units_over_twelve_decades(method, of_rows):
    rng = np.random.default_rng(3)
    A = np.where(rng.random((40, 70)) < 0.1, rng.integers(1, 6, (40, 70)), 0.0) + np.eye(40, 70)
    lp, fun = optimal_program(A, rng)
    scale = 10.0 ** rng.uniform(-6, 6, 40 if of_rows else 70)
    if of_rows:
        lp |= {"A_eq": scale[:, np.newaxis] * A, "b_eq": lp["b_eq"] * scale}
    else:
        lp |= {"A_eq": A * scale, "c": lp["c"] * scale, "bounds": lp["bounds"] / scale[:, np.newaxis]}
    res = linprog(**lp, method=method)
    assert res.fun == pytest.approx(fun, rel=1e-8)


@each_method
@pytest.mark.parametrize("size", [1e-10, 1e10])
def test_all_in_other_units(method, size):
    lp, fun = optimal_program(staircase(np.random.default_rng(1), 5, 0), np.random.default_rng(2))
    assert linprog(**(lp | {"b_eq": lp["b_eq"] * size}), method=method).fun == pytest.approx(fun * size, rel=1e-8)
    assert linprog(**(lp | {"c": lp["c"] * size}), method=method).fun == pytest.approx(fun * size, rel=1e-8)


@each_method
@pytest.mark.parametrize("size", [1.0, 1e6])
def test_a_least_absolute_fit_with_a_large_column(method, size):
    rng = np.random.default_rng(5)
    A = rng.standard_normal((60, 5)) * [1.0, 1.0, 1.0, 1.0, size]
    b = A @ rng.standard_normal(5) + rng.standard_normal(60) * (rng.random(60) < 0.3)
    c, identity = np.append(np.zeros(5), np.ones(120)), np.eye(60)
    bounds = [(None, None)] * 5 + [(0, None)] * 120
    res = linprog(c, A_eq=np.hstack((A, identity, -identity)), b_eq=b, bounds=bounds, method=method)
    assert res.success
    assert np.abs(res.con).max() < 1e-14 * size + 1e-8
    assert res.fun == pytest.approx(np.abs(A @ res.x[:5] - b).sum(), rel=1e-8)


def test_a_standstill_of_the_interior_point_ends_it_early():
    given = [1, 2], [[-1, -1]], [-1], None, None, (0, 1e10)
    ended = by_interior_point(linear_program(*given), 200, 1e-10)  # the bounds, left in, let rounding stop it
    assert ended.nit < 60
    res = linprog(*given)
    assert (res.status, res.nit < 60) == (0, True)
    np.testing.assert_allclose(res.x, [1.0, 0.0], atol=1e-8)


@each_method
def test_what_cannot_be_confirmed_is_not_called_optimal(method, monkeypatch):
    for name in ("OF_ROW", "OF_LEAST", "ROUGH"):  # as if rounding errors were larger than what may be left
        monkeypatch.setattr(verdict, name, 1e-30)
    rng = np.random.default_rng(0)
    A, x = rng.random((6, 9)), rng.random(9)
    res = linprog(rng.random(9), A_eq=A, b_eq=A @ x, method=method)
    assert (res.status, res.success) == (4, False)
    assert "of A_eq is off by" in res.message
    np.testing.assert_allclose(A @ res.x, A @ x, rtol=1e-8)  # the best that was found


P = linear_program([1, 2, 0], [[1, 1, 0]], [4], [[1, -1, 1]], [1], [(0, None), (0, 3), (None, None)])
ONES = np.ones(2), np.ones(3)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([5, 0, -4], [0, 0], "row 0 of A_ub is off by 1, and its terms add up to 9"),
        ([0, 0, 2], [0, 0], "row 0 of A_eq is off by 1, and its terms add up to 3"),
        ([0, 0, 1], [0, 1], r"the reduced cost of x\[2\] is -1, and x\[2\] has no bound in its way"),
        ([0, 0, 1], [0.5, 0], "the multiplier of row 0 of A_ub is 0.5, which is above 0"),
        ([0, 2, 3], [0, 0], r"x\[1\] is 2 from its bound, though its reduced cost is 2"),
        ([0, 0, 1], [-0.5, 0], "row 0 of A_ub has room of 4, though its multiplier is -0.5"),
        ([np.nan, 0, 1], [0, 0], "no number"),
    ],
)
def test_the_verdict_names_what_is_off(x, y, words):
    for p in (P, linear_program(P.c, scipy.sparse.csr_array(P.A[:1]), P.b[:1], P.A[1:], P.b[1:], bounds_of(P))):
        off = what_is_off(p, np.array(x, float), np.array(y, float), ONES)
        assert not off.rough
        with pytest.raises(ValueError, match=words):
            raise ValueError(off.words)


def bounds_of(p):
    return np.column_stack((p.lower, p.upper))


def test_the_verdict_on_a_right_answer():
    assert what_is_off(P, np.array([0.0, 0.0, 1.0]), np.zeros(2), ONES) is None
    assert what_is_off(P, np.array([1e-11, 0.0, 1.0]), np.zeros(2), ONES) is None
    off = what_is_off(P, np.array([0.0, 0.0, 1.0 + 2e-9]), np.zeros(2), ONES)
    assert off.rough
    assert row_off(P, np.array([0.0, 0.0, 1.0 + 1e-8]), ONES) is not None


def test_a_product_in_a_column_without_rows_is_seen():
    p = linear_program([-3.0], None, None, [[0.0]], [0.0], [(0, 3)])
    assert what_is_off(p, np.array([0.0]), np.zeros(1), (np.ones(1), np.ones(1))) is not None


def test_what_proves_nothing_is_no_proof():
    p, ones = linear_program([-1, 0], [[1, -1], [-1, 1]], [1, -2], None, None, (0, None)), (np.ones(2), np.ones(2))
    assert proof_of(p, np.array([1.0, 1.0]), True, ones) == pytest.approx([1.0, 1.0])
    for y in ([0.0, 0.0], [3.0, 1.0], [np.nan, 1.0], [-1.0, -1.0]):
        assert proof_of(p, np.array(y), True, ones) is None
    assert proof_of(p, np.array([2.0, 2.0]), False, ones) == pytest.approx([1.0, 1.0])
    for direction in ([1.0, 0.0], [-1.0, -1.0], [0.0, 0.0]):
        assert proof_of(p, np.array(direction), False, ones) is None


def test_far_limits_that_matter_are_kept_to():
    res = linprog([-1.0, 1.0], [[1.0, 0.0], [-1.0, -1.0]], [1e12, -1.0])
    assert res.x[0] == pytest.approx(1e12)
    assert linprog([-1.0, 1.0], bounds=[(0, 1e12), (1, None)]).x == pytest.approx([1e12, 1.0])
    ordinary = linear_program([1.0, 1.0], [[1.0, 2.0]], [3.0], None, None, (0, 1e6))
    assert [view.as_given for view in views(ordinary)] == [True]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "highs-ds"}, "it must be one of interior-point, simplex: simplex is the nearest to SciPy's"),
        ({"method": "highs-ipm"}, "interior-point is the nearest to SciPy's 'highs-ipm'"),
        ({"method": "revised simplex"}, "simplex is the nearest to SciPy's 'revised simplex'"),
        ({"callback": print}, "callback is given: the iterations are compiled"),
        ({"x0": [1.0]}, "x0 is given: both methods choose where they start"),
        ({"integrality": [1]}, "use branch_and_bound"),
    ],
)
def test_what_is_scipy_s_alone_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        linprog([1.0], **arguments)
    assert linprog([1.0], integrality=0, callback=None, x0=None).success


@pytest.mark.parametrize("solve", [linprog, branch_and_bound])
def test_results_give_their_fields_by_name(solve):
    res = solve([1.0, 1.0], A_ub=[[-1.0, -1.0]], b_ub=[-1.0])
    assert res["fun"] == res.fun
    assert "x" in res
    assert set(res.keys()) >= {"x", "fun", "success", "status", "message", "nit"}


def nearly_dependent(share):
    A = np.array([[3.0, -3.0, 0.0, 1.0], [0.0, 3.0, 3.0, 2.0], [3.0, 0.0, 3.0, 3.0]])
    A[2] += share * np.array([-2.0, 1.0, 2.0, 3.0])
    return {"c": [1, 4, 5, 3], "A_eq": A, "b_eq": A @ [1, 4, 4, 2]}


@each_method
@pytest.mark.parametrize("share", [1e-4, 1e-5, 1e-6])
def test_rows_that_are_nearly_dependent_are_kept_all(method, share):
    program = nearly_dependent(share)
    res = linprog(**program, method=method)
    assert res.status == 0
    assert res.fun == pytest.approx(535 / 13, rel=1e-5)
    terms = np.abs(program["A_eq"]) @ np.abs(res.x) + np.abs(program["b_eq"])
    assert (np.abs(res.con) <= 1e-11 * terms).all()


@each_method
@pytest.mark.parametrize("highest", [20.0, 1e7, np.inf])
@pytest.mark.parametrize("share", [1e-6, 1e-7, 1e-8])
def test_nearly_dependent_rows_between_bounds_have_the_right_cost(method, share, highest):
    for seed in range(30):
        rng = np.random.default_rng(seed)
        n, m = int(rng.integers(4, 8)), int(rng.integers(2, 4))
        A = rng.integers(-3, 4, (m, n)).astype(float)
        A = np.vstack((A, A[0] + A[1] + share * rng.standard_normal(n)))
        x = np.where(np.arange(n) <= m, 1.0 + 9.0 * rng.random(n), 0.0)
        x[0] *= 1e5 if highest > 1e6 else 1.0
        c = A.T @ rng.standard_normal(m + 1) + np.where(x > 0.0, 0.0, rng.random(n))
        res = linprog(c, A_eq=A, b_eq=A @ x, bounds=(0.0, highest), method=method)
        assert res.status == 0, res.message
        assert abs(res.fun - c @ x) <= 1e-7 * (np.abs(c) @ x)


@each_method
def test_the_difference_of_two_rows_is_small_and_counts(method):
    res = linprog([1, 0], A_eq=[[1, 1], [1, 1 + 1e-7]], b_eq=[2, 2 + 1e-7], method=method)
    assert res.status == 0
    np.testing.assert_allclose(res.x, [1.0, 1.0], atol=1e-7)


def test_a_row_that_is_off_by_more_than_rounding_errors_is_no_answer():
    program = linear_program([1, 1], None, None, [[1, 1]], [1], (0, None))
    ones = np.ones(1), np.ones(2)
    for excess, rough in (1e-10, True), (1e-8, False), (1e-7, False):
        off = what_is_off(program, np.array([1.0 + excess, 0.0]), np.ones(1), ones)
        assert off is None or off.rough is rough


@each_method
@pytest.mark.parametrize("size", [1e4, 1e8, 1e10])
def test_a_contradiction_of_rows_of_unlike_sizes_is_proven(method, size):
    A, b = [[1 / size, 0], [-size, 0]], [1 / size, -2 * size]
    res = linprog([1, 1], A, b, method=method)
    assert res.status == 2
    assert (res.certificate > 0.0).all()


@each_method
@pytest.mark.parametrize("size", [1e6, 1e10, -1e10])
def test_a_row_is_judged_by_what_moves_between_bounds_far_from_zero(method, size):
    bounds = [(size - 1, size + 1)]
    assert linprog([1], [[-1]], [-size - 2], bounds=bounds, method=method).status == 2
    assert linprog([1], [[-1]], [-size - 1.5], bounds=bounds, method=method).status == 2
    for start, program in (
        (size, {"c": [1], "A_ub": [[-1]], "b_ub": [-size], "bounds": bounds}),
        (size + 0.5, {"c": [1], "A_ub": [[-1]], "b_ub": [-size - 0.5], "bounds": bounds}),
        (size + 0.5, {"c": [1], "A_eq": [[3]], "b_eq": [3 * size + 1.5], "bounds": bounds}),
    ):
        res = linprog(**program, method=method)
        assert res.status == 0
        assert res.x - start == pytest.approx([0.0], abs=1e-5)
        assert res.fun == pytest.approx(start, rel=1e-15)


@each_method
def test_one_bound_far_from_zero_hides_no_row(method):
    res = linprog([1], [[-1]], [-1e10 - 2], bounds=(1e10 - 1, None), method=method)
    assert res.status == 0
    assert res.x == pytest.approx([1e10 + 2], rel=1e-15)
    res = linprog([-1, 0], [[1, 1]], [-1e10 - 2], bounds=[(None, 1 - 1e10), (0, 1)], method=method)
    assert res.status == 0
    assert res.x == pytest.approx([-1e10 - 2, 0.0], rel=1e-15, abs=1e-9)


@each_method
def test_fixed_variables_far_from_zero_may_leave_rounding_errors(method):
    rng = np.random.default_rng(0)
    A, x = rng.random((4, 6)), 1e8 * rng.random(6)
    res = linprog(np.ones(6), A_eq=A, b_eq=A @ x, bounds=np.column_stack((x, x)), method=method)
    assert res.status == 0
    np.testing.assert_array_equal(res.x, x)
