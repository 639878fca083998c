"""The solvers of programs speak as the rest of optimization does: histories, limits and tolerances."""

import numpy as np
import pytest

from mechkit.optimization import branch_and_bound, linprog, log_barrier, quadratic_program
from mechkit.optimization.result import HISTORY

GOODS = {"c": [-3.0, -5.0], "A_ub": [[1.0, 0.0], [0.0, 2.0], [3.0, 2.0]], "b_ub": [4.0, 12.0, 18.0]}
KNAPSACK = {"c": [-8.0, -11.0, -6.0, -4.0], "bounds": (0, 1), "A_ub": [[5.0, 7.0, 4.0, 3.0]], "b_ub": [14.0]}


def parabola(x):
    return (x[0] - 2.0) ** 2


def below_one(x):
    return np.array([x[0] - 1.0])


SOLVERS = {
    "interior-point": lambda **more: linprog(**GOODS, **more),
    "simplex": lambda **more: linprog(**GOODS, method="simplex", **more),
    "branch_and_bound": lambda **more: branch_and_bound(**KNAPSACK, integrality=1, **more),
    "quadratic_program": lambda **more: quadratic_program(np.eye(2), [-1.0, -1.0], [[1.0, 1.0]], u=[1.0], **more),
    "log_barrier": lambda **more: log_barrier(parabola, below_one, [0.0], **more),
}
LIMITS = [
    ("interior-point", {"maxiter": 2}),
    ("interior-point", {"tol": 1e-2, "maxiter": 50}),
    ("simplex", {"maxiter": 1}),
    ("simplex", {"tol": 1e-6}),
    ("branch_and_bound", {"node_limit": 1}),
    ("branch_and_bound", {"time_limit": 100.0, "mip_rel_gap": 0.5}),
    ("quadratic_program", {"maxiter": 1}),
    ("quadratic_program", {"tol": 1e-3}),
    ("log_barrier", {"maxiter": 3}),
    ("log_barrier", {"t": 2.0, "factor": 5.0, "tol": 1e-3}),
]


@pytest.mark.parametrize("name", SOLVERS)
def test_a_history_has_the_names_of_all_histories(name):
    found = SOLVERS[name]()
    assert found.success
    assert found.history.keys() <= HISTORY.keys()
    assert found.history["fun"][-1] == pytest.approx(found.fun, rel=1e-6)
    for counted in {"nit", "mip_node_count"} & found.history.keys():
        assert 0 < found.history[counted][-1] <= found[counted]


def test_the_objective_of_an_interior_point_is_in_the_units_given():
    """Bounds far from zero, costs of 1e-6: the program is solved in other units, and seen from elsewhere."""
    for low, unit in ((0.0, 1.0), (1e3, 1e-6), (-1e4, 1e6)):
        found = linprog([2.0 * unit, 3.0 * unit], [[-1.0, -1.0]], [-2.0 * low - 4.0], bounds=(low, None))
        assert found.fun == pytest.approx(unit * (5.0 * low + 8.0), rel=1e-8)
        assert found.history["fun"][-1] == pytest.approx(found.fun, rel=1e-6)
        assert len(found.history["fun"]) == found.nit + 1


@pytest.mark.parametrize(("name", "limits"), LIMITS)
def test_limits_are_keywords_and_options(name, limits):
    by_keyword, by_options = SOLVERS[name](**limits), SOLVERS[name](options=limits)
    assert (by_keyword.message, by_keyword.nit) == (by_options.message, by_options.nit)
    np.testing.assert_array_equal(by_keyword.x, by_options.x)
    if limits.get("maxiter", 50) < 5 or "node_limit" in limits:
        assert by_keyword.status == 1
        assert next(iter(limits)) in by_keyword.message


@pytest.mark.parametrize(("name", "limits"), LIMITS)
def test_a_limit_that_is_given_twice_is_refused(name, limits):
    for limit, value in limits.items():
        with pytest.raises(ValueError, match=f"{limit} is {value!r}, and {value!r} in options; give it once"):
            SOLVERS[name](options={limit: value}, **{limit: value})


@pytest.mark.parametrize("name", SOLVERS)
def test_an_unknown_option_is_refused(name):
    with pytest.raises(ValueError, match="there is no option 'gtol'"):
        SOLVERS[name](options={"gtol": 1e-3})
    with pytest.raises(TypeError, match="options is 3; it must be a dict"):
        SOLVERS[name](options=3)
    limit = "node_limit" if name == "branch_and_bound" else "maxiter"
    with pytest.raises(TypeError, match=f"{limit} is 1.5; it must be a whole number"):
        SOLVERS[name](options={limit: 1.5})
