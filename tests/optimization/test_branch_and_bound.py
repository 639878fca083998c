"""Mixed-integer programs against SciPy's milp, on knapsacks, assignments and random programs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

import mechkit as mk
from mechkit.optimization.programs.branch_and_bound import branch_and_bound


def knapsack(n, seed):
    rng = np.random.default_rng(seed)
    weights, values = rng.integers(10, 100, n), rng.integers(10, 100, n)
    return {"c": -values, "integrality": 1, "bounds": (0, 1), "A_ub": [weights], "b_ub": [weights.sum() // 2]}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [1, 5, 15])
def test_knapsacks(n, seed):
    problem = knapsack(n, seed)
    res = branch_and_bound(**problem)
    expected = milp(
        problem["c"],
        integrality=np.ones(n),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(problem["A_ub"], ub=problem["b_ub"]),
    )
    assert res.success
    assert res.fun == expected.fun
    assert res.mip_dual_bound <= res.fun
    assert set(res.x) <= {0.0, 1.0}
    assert (np.diff(res.history["fun"]) < 0.0).all()


def test_a_knapsack_by_trying_all():
    problem = knapsack(10, 7)
    points = (np.arange(2**10)[:, np.newaxis] >> np.arange(10)) & 1
    allowed = points[points @ problem["A_ub"][0] <= problem["b_ub"][0]]
    res = branch_and_bound(**problem)
    assert res.fun == (allowed @ problem["c"]).min()
    assert res.mip_node_count < 2**10


@pytest.mark.parametrize("n", [2, 5])
def test_assignments_need_no_branching(n):
    cost = np.random.default_rng(n).integers(1, 50, (n, n)).ravel()
    A = np.concatenate((np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))))
    res = branch_and_bound(cost, integrality=1, A_eq=A, b_eq=np.ones(2 * n))
    expected = milp(cost, integrality=np.ones(n * n), constraints=LinearConstraint(A, 1, 1))
    assert res.fun == pytest.approx(expected.fun)
    assert res.mip_node_count == 1  # totally unimodular


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_random_programs_agree_with_milp(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 7)), int(rng.integers(1, 5))
    A, c, whole = rng.integers(-4, 9, (m, n)), rng.integers(-9, 5, n), rng.integers(0, 2, n)
    b = rng.integers(-3, 30, m) + 0.5
    lower, upper = rng.integers(-3, 1, n), rng.integers(1, 7, n)
    res = branch_and_bound(c, integrality=whole, bounds=np.column_stack((lower, upper)), A_ub=A, b_ub=b)
    constraints, options = LinearConstraint(A, ub=b), {"presolve": False, "mip_rel_gap": 0.0}
    expected = milp(c, integrality=whole, bounds=Bounds(lower, upper), constraints=constraints, options=options)
    assert res.status == expected.status
    if res.success:
        assert res.fun == pytest.approx(expected.fun, rel=1e-6, abs=1e-6)
        assert (A @ res.x <= b + 1e-6).all()
        assert (res.x[whole == 1] == np.rint(res.x[whole == 1])).all()


def test_without_whole_numbers_it_is_a_linear_program():
    res = branch_and_bound([-3.0, -5.0], A_ub=[[1, 0], [0, 2], [3, 2]], b_ub=[4, 12, 18])
    assert (res.mip_node_count, res.fun) == (1, pytest.approx(-36.0))


def test_no_whole_number_fits():
    res = branch_and_bound([1.0], integrality=1, bounds=(0, 9), A_eq=[[2.0]], b_eq=[3.0])
    assert (res.status, res.x, res.mip_node_count) == (2, None, 3)
    assert "whole numbers" in res.message
    res = branch_and_bound([1.0], integrality=1, bounds=(0.2, 0.8))
    assert res.message == "bounds contradict each other: variable 0 must be at least 1.0 and at most 0.0"


def test_unbounded_relaxation():
    assert branch_and_bound([-1.0], integrality=1).status == 3


@pytest.mark.parametrize("big", [1e5, 1e7, 1e8, 1e10])
def test_a_rounded_point_that_violates_a_row_is_branched_on(big):
    program = {"A_ub": [[-1, -1, 0], [1, 1, -big]], "b_ub": [-10, 0], "bounds": [(0, None), (0, None), (0, 1)]}
    res = branch_and_bound([1, 1, 1000], integrality=[0, 0, 1], **program)
    assert (res.status, res.x[2], res.mip_gap) == (0, 1.0, 0.0)
    assert res.fun == pytest.approx(1010.0, rel=1e-9)
    assert (program["A_ub"] @ res.x <= np.array(program["b_ub"]) + 1e-9).all()


@pytest.mark.parametrize("size", [1e7, 1e9, 1e10])
def test_an_equation_of_large_numbers_is_met_to_the_last_unit(size):
    program = {"A_eq": [[size, size, 50]], "integrality": 1, "bounds": [(0, 1), (0, 1), (0, 3)]}
    assert branch_and_bound([0, 0, 1], b_eq=[size - 2], **program).status == 2
    res = branch_and_bound([0, 0, 1], b_eq=[size + 150], **program)
    assert (res.status, res.fun, res.x[2]) == (0, 3.0, 3.0)


@pytest.mark.parametrize("size", [1e6, 1e8, 1e9])
def test_equations_of_large_whole_numbers_by_trying_all(size):
    for seed in range(40):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 6))
        highest = rng.integers(1, 4, n)
        A = rng.integers(-3, 4, (1, n)) * size + rng.integers(-50, 51, (1, n))
        b, c = A @ rng.integers(0, highest + 1) + rng.integers(0, 3), rng.integers(-5, 6, n)
        points = np.stack(np.meshgrid(*[np.arange(h + 1.0) for h in highest]), axis=-1).reshape(-1, n)
        costs = (points @ c)[(points @ A[0] == b[0])]
        res = branch_and_bound(c, integrality=1, bounds=[(0, h) for h in highest], A_eq=A, b_eq=b)
        assert (res.status, res.fun) == ((0, costs.min()) if costs.size else (2, None))


def cheapest(costs, most, need):
    """The cost of need in all, from sources in ascending order of cost with so much at most each; inf if they lack."""
    taken = np.diff(np.minimum(np.cumsum(np.append(0.0, most)), need))
    return costs @ taken if np.sum(most) >= need else np.inf


def test_fixed_charges_with_a_limit_far_too_large():
    rng = np.random.default_rng(1)
    for size in (1e4, 1e6, 1e9):
        costs, charges, most = np.sort(rng.integers(1, 9, 3)), rng.integers(1, 2000, 3), rng.integers(3, 30, 3)
        need = 0.8 * most.sum()
        A = np.vstack((np.hstack((np.eye(3), -size * np.eye(3))), [-1, -1, -1, 0, 0, 0]))
        bounds = [(0, m) for m in most] + [(0, 1)] * 3
        c, whole = np.append(costs, charges), [0, 0, 0, 1, 1, 1]
        res = branch_and_bound(c, integrality=whole, bounds=bounds, A_ub=A, b_ub=[0, 0, 0, -need])
        expected = min(charges @ z + cheapest(costs, most * z, need) for z in map(np.array, np.ndindex(2, 2, 2)))
        assert res.fun == pytest.approx(expected, rel=1e-9)
        assert (res.x[:3] <= most * res.x[3:] + 1e-9).all()


def test_numbers_of_many_sizes_in_cost_and_limits():
    res = branch_and_bound([1, 1], integrality=1, A_ub=[[-1, 0], [0, 1]], b_ub=[-1, 1e9])
    assert (res.status, res.x.tolist()) == (0, [1.0, 0.0])
    res = branch_and_bound([1e9, -1], integrality=1, bounds=[(0, None), (0, 5)])
    assert (res.status, res.x.tolist()) == (0, [0.0, 5.0])
    res = branch_and_bound([1.5], integrality=1, bounds=(1e-7, 5))  # a bound is not rounded away
    assert (res.status, res.x.tolist()) == (0, [1.0])
    res = branch_and_bound([-1e10, 1 - 1e10], integrality=1, A_ub=[[1, 1]], b_ub=[1.5], bounds=(0, 1))
    assert (res.status, res.fun) == (0, -1e10)  # better by 1 in 1e10


def test_a_proven_optimum_has_no_gap():
    res = branch_and_bound([-1], A_ub=[[2]], b_ub=[1], integrality=1)
    assert (res.fun, res.mip_gap, res.mip_dual_bound) == (0.0, 0.0, 0.0)
    for seed in range(4):
        res = branch_and_bound(**knapsack(12, seed))
        assert (res.mip_gap, res.mip_dual_bound) == (0.0, res.fun)
        rough = branch_and_bound(**knapsack(12, seed), options={"mip_rel_gap": 0.2})
        assert rough.mip_dual_bound <= res.fun <= rough.fun
        assert rough.mip_gap == pytest.approx((rough.fun - rough.mip_dual_bound) / abs(rough.fun))
        assert rough.mip_gap <= 0.2


def test_the_limit_of_nodes_keeps_the_best_point():
    problem = knapsack(15, 0)
    whole = branch_and_bound(**problem)
    res = branch_and_bound(**problem, options={"node_limit": whole.mip_node_count - 1})
    assert (res.status, res.mip_node_count) == (1, whole.mip_node_count - 1)
    assert "node_limit" in res.message
    assert res.mip_dual_bound <= whole.fun
    assert res.fun is None or res.fun >= whole.fun


def test_a_gap_that_is_good_enough_saves_nodes():
    problem = knapsack(15, 0)
    whole, rough = branch_and_bound(**problem), branch_and_bound(**problem, options={"mip_rel_gap": 0.05})
    assert rough.mip_node_count < whole.mip_node_count
    assert whole.fun <= rough.fun <= 0.95 * whole.fun


def test_counts_are_the_same_each_time():
    counts = []
    for _ in range(2):
        with mk.count() as ops:
            branch_and_bound(**knapsack(8, 1))
        counts.append(ops)
    assert counts[0] == counts[1]
    assert counts[0].flops > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"integrality": [1, 1, 1]}, r"integrality has shape \(3,\); it needs 2 elements"),
        ({"integrality": [0, 2]}, r"integrality\[1\] is 2; it must be 1 for a whole number, or 0"),
        ({"options": {"presolve": True}}, "there is no option 'presolve'"),
        ({"options": {"time_limit": -1}}, "time_limit is -1; it must be a finite number that is not negative"),
        ({"options": {"node_limit": 0}}, "node_limit is 0"),
        ({"options": {"mip_rel_gap": -1.0}}, "mip_rel_gap is -1.0"),
        ({"bounds": [(0, 1, 2)]}, "bounds have shape"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(ValueError, match=message):
        branch_and_bound([1.0, 2.0], **arguments)


@pytest.mark.parametrize(("b", "message"), [([5.0], "x is optimal"), ([-4.0], "no point meets")])
def test_disp_prints_how_it_ended(capsys, b, message):
    found = branch_and_bound([-1.0], integrality=1, A_ub=[[2.0]], b_ub=b, options={"disp": True})
    printed = capsys.readouterr().out
    assert printed.startswith(message)
    assert f"; {found.mip_node_count} nodes, {found.nit} iterations; fun is {found.fun}\n" in printed


@pytest.mark.parametrize("make", [np.array, csr_array])
@pytest.mark.parametrize(
    ("program", "fun"),
    [
        ({"c": [-1], "A_ub": [[1.0]], "b_ub": [1e12 + 0.5]}, -1e12),
        ({"c": [-1], "A_ub": [[3.0]], "b_ub": [3e12 + 2.5]}, -1e12),
        ({"c": [-1], "A_ub": [[0.5]], "b_ub": [5e11 + 0.25]}, -1e12),
        ({"c": [-1], "A_ub": [[0.1]], "b_ub": [1e11 + 0.05]}, -1e12),
        ({"c": [-1], "A_ub": [[0.1]], "b_ub": [0.3]}, -3.0),
        ({"c": [-1], "A_ub": [[1 / 3]], "b_ub": [1e11 / 3]}, -1e11),
        ({"c": [-1, -1], "A_ub": [[0.3, 0.6]], "b_ub": [3e11 + 0.25]}, -1e12),
        ({"c": [-1, -1], "A_ub": [[0.5, 0.25], [1.0, -1.0]], "b_ub": [5e11 + 0.125, 0.5]}, -2e12),
        ({"c": [-1], "bounds": (0, 1e12 + 0.5)}, -1e12),
        ({"c": [1, -1], "A_ub": [[-1.0, 1.0]], "b_ub": [-0.5], "bounds": (None, None)}, 1.0),
        ({"c": [1, -1], "A_ub": [[-6.0, 6.0]], "b_ub": [-0.5], "bounds": (None, None)}, 1.0),
        ({"c": [-1], "A_ub": [[1.0]], "b_ub": [(0.1 + 0.7) * 10 - 8 + 3]}, -3.0),
    ],
)
def test_rows_of_whole_numbers_are_looked_at_exactly(make, program, fun):
    if "A_ub" in program:
        program = {**program, "A_ub": make(program["A_ub"])}
    res = branch_and_bound(**program, integrality=1)
    assert res.status == 0
    assert (res.fun, res.mip_node_count) == (fun, 1)


@pytest.mark.parametrize(
    ("row", "limit", "unit"), [([1.0], 1e12 + 0.5, 1), ([0.5], 5e11 + 0.25, 0.5), ([2.0, 4.0], 1e12 + 1, 2)]
)
def test_a_sum_of_whole_numbers_is_no_fraction(row, limit, unit):
    res = branch_and_bound([-1.0] * len(row), integrality=1, A_eq=[row], b_eq=[limit])
    assert (res.status, res.x) == (2, None)
    assert f"row 0 of A_eq adds up to multiples of {unit}, and b_eq[0] is {limit:.16g}" in res.message


def test_large_whole_numbers_do_not_hide_the_others():
    res = branch_and_bound([-1, -2], integrality=[1, 0], A_ub=[[1, 0], [0, 1]], b_ub=[1e12 + 0.5, 2.5])
    assert res.x.tolist() == [1e12, 2.5]
    program = {"integrality": [1, 0], "bounds": [(0, None), (0, 0.1)]}
    res = branch_and_bound([-1, -1e-3], A_ub=[[1, 1]], b_ub=[1e12 + 0.5], **program)
    assert res.x.tolist() == [1e12, 0.1]
    assert branch_and_bound([-1, -1e-3], A_eq=[[1, 1]], b_eq=[1e12 + 0.5], **program).status == 2
    program["bounds"] = [(0, None), (0.25, 0.25)]  # a fixed number
    res = branch_and_bound([-1, 0], A_ub=[[0.5, 1]], b_ub=[5e11 + 0.6], **program)
    assert res.x.tolist() == [1e12, 0.25]
