import numpy as np
import pytest
from scipy.optimize import linprog as scipy_linprog

from mechkit.mechanisms import (
    complexity_trade_offs,
    quasi_newton_steps,
    run,
    second_derivatives,
    smooth_functions,
    subgradients,
)
from mechkit.mechanisms.kinked_functions import KINKS, SMOOTH, functions
from mechkit.optimization import check_gradient, minimize, root


@pytest.fixture(scope="module")
def results():
    return {e.claim: run(e) for e in complexity_trade_offs.experiments() if e.claim in ("C1", "C2", "C3")}


@pytest.mark.slow
def test_experiments_run_and_say_what_they_found(results):
    assert list(results) == ["C1", "C2", "C3"]
    for result in results.values():
        assert result.finding
        assert all(np.isfinite(value) for value in result.evidence.numbers.values())


# -- the functions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["exponential", "coupled", "quartic"])
def test_objectives_have_these_derivatives_and_are_least_at_one(name):
    given, n = getattr(smooth_functions, name)(), 5
    x = given.start(n, seed=2)
    assert np.linalg.norm(x - 1.0) == pytest.approx(1.0)
    assert check_gradient(given.f, given.jac, x) < 1e-6
    h = 1e-5
    columns = [(given.jac(x + h * e) - given.jac(x - h * e)) / (2 * h) for e in np.eye(n)]
    assert given.hess(x) == pytest.approx(np.array(columns), rel=1e-6, abs=1e-6)
    assert np.abs(given.jac(np.ones(n))).max() == 0
    assert given.f(np.ones(n)) < given.f(x)
    assert (np.linalg.eigvalsh(given.hess(np.ones(n))).min() > 0) == (name != "quartic")


@pytest.mark.parametrize("name", ["cubic", "double_root"])
def test_equations_have_these_derivatives_and_roots(name):
    given, h = getattr(smooth_functions, name)(), 1e-6
    assert given.jac(1.7) == pytest.approx((given.f(1.7 + h) - given.f(1.7 - h)) / (2 * h))
    assert abs(given.f(given.solution)) < 1e-14
    assert (abs(given.jac(given.solution)) > 1) == (name == "cubic")
    if given.hess:
        assert given.hess(1.7) == pytest.approx((given.jac(1.7 + h) - given.jac(1.7 - h)) / (2 * h))


@pytest.mark.parametrize("name", [*KINKS, SMOOTH])
def test_kinked_functions_have_subgradients_and_these_least_values(name):
    n, m = 3, 9
    given, rng = functions(n, m)[name], np.random.default_rng(5)
    for _ in range(20):
        x, y = rng.standard_normal((2, n))
        assert given.f(y) >= given.f(x) + given.jac(x) @ (y - x) - 1e-12
        assert given.f(x) >= given.least - 1e-9
    A, b = (lambda rng: (rng.standard_normal((m, n)), rng.standard_normal(m)))(np.random.default_rng(0))
    if name == SMOOTH:
        expected = 0.5 * np.linalg.lstsq(A, b)[1][0]
    else:
        bound = -np.eye(m) if name == KINKS[0] else -np.ones((m, 1))
        cost = np.r_[np.zeros(n), np.ones(bound.shape[1])]
        sides = np.block([[A, bound], [-A, bound]]), np.r_[b, -b]
        expected = scipy_linprog(cost, *sides, bounds=[(None, None)] * cost.size).fun
    assert given.least == pytest.approx(expected, rel=1e-8)


# -- C1 --------------------------------------------------------------------------------------------------------------


def _newton(orders, called, without):
    tasks, problems = second_derivatives.TASKS, ("regular", "degenerate")
    keys = [(task, problem) for problem in problems for task in tasks]
    return {
        **{second_derivatives.ORDER.format(*key): p for key, p in zip(keys, orders, strict=True)},
        **{second_derivatives.CALLS.format(task): called for task in tasks},
        **{second_derivatives.WITHOUT.format(task): without for task in tasks},
        second_derivatives.INSTEAD: 10.0,
    }


@pytest.mark.parametrize(
    ("orders", "called", "without", "verdict"),
    [
        ((2.0, 1.95, 2.05, 2.0, 1.95, 2.05), 5.0, 1.1, "confirmed"),
        ((2.0, 1.95, 2.05, 1.0, 1.0, 1.0), 5.0, 1.1, "qualified"),  # degenerate problems
        ((2.0, 2.0, 2.0, 2.0, 2.0, 2.0), 0.0, 1.1, "qualified"),  # they are not called
        ((2.0, 2.0, 2.0, 2.0, 2.0, 2.0), 5.0, 1.95, "qualified"),  # others do without
        ((1.0, 1.7, 1.8, 2.2, np.nan, 1.0), 5.0, 2.0, "refuted"),
    ],
)
def test_the_verdict_on_newton_can_come_out_each_way(orders, called, without, verdict):
    assert second_derivatives.judge_newton(_newton(orders, called, without))[0] == verdict


@pytest.mark.slow
def test_orders_are_those_of_theory(results):
    rows = {(row[0], row[1]): row[2:] for row in results["C1"].evidence.tables[0].rows}
    for (task, method), (order, steps, f, jac, hess, *_) in rows.items():
        if method.startswith("Newton"):
            expected = 1.0 if "singular" in method or "double" in method else 2.0
            assert order == pytest.approx(expected, abs=0.05), (task, method)
            by_hessian = task == "minimum" and "differences" not in method
            assert hess == (steps if by_hessian else 0)
            assert jac >= steps
            assert f >= steps
    assert rows["equation", "secant"][0] == pytest.approx((1 + 5**0.5) / 2, abs=0.01)
    assert rows["equation", "Halley"][0] == pytest.approx(3.0, abs=0.05)
    for linear in (("equation", "bisection"), ("system", "chord"), ("minimum", "gradient descent")):
        assert rows[linear][0] == pytest.approx(1.0, abs=0.03)
    for superlinear in (("system", "Broyden"), ("minimum", "BFGS")):
        assert 1.0 < rows[superlinear][0] < 1.5


def test_a_minimum_and_a_root_of_the_gradient_are_found_by_the_same_steps():
    given = smooth_functions.exponential()
    x0 = given.start(10)
    options = {"gtol": 1e-12}
    minimum = minimize(given.f, x0, jac=given.jac, hess=given.hess, method="newton", options=options).history["x"]
    zero = root(given.jac, x0, jac=given.hess, options={"globalization": None}).history["x"]
    steps = min(len(minimum), len(zero))
    assert steps >= 5
    assert minimum[:steps] == pytest.approx(zero[:steps], abs=1e-12)


# -- C2 --------------------------------------------------------------------------------------------------------------


def _quasi(speed, step):
    names = ("BFGS, a", "BFGS, b", "Broyden, c")
    return {
        **{
            quasi_newton_steps.SPEED.format(name, n): value
            for name, value in zip(names, speed, strict=True)
            for n in quasi_newton_steps.SHOWN
        },
        **{quasi_newton_steps.STEP.format(name): value for name, value in zip(names, step, strict=True)},
        **{quasi_newton_steps.STEP_FROM.format(name): 4.0 for name in names},
        **{quasi_newton_steps.TOTAL_FROM.format(name): 50.0 for name in names},
    }


@pytest.mark.parametrize(
    ("speed", "step", "verdict"),
    [
        ((1.5, 2.0, 9.0), (1.1, 2.0, 3.0), "confirmed"),
        ((1.4, 2.0, 9.0), (1.1, 2.0, 3.0), "qualified"),
        ((1.5, 2.0, 9.0), (0.9, 2.0, 3.0), "qualified"),
        ((1.0, 1.4, np.nan), (1.0, 0.9, 0.8), "refuted"),
    ],
)
def test_the_verdict_on_quasi_newton_can_come_out_each_way(speed, step, verdict):
    assert quasi_newton_steps.judge_quasi_newton(_quasi(speed, step))[0] == verdict


def test_a_linear_method_is_not_superlinear():
    given = smooth_functions.integral_equation(8)
    chord = root(given.f, given.x0, jac=given.jac, method="chord", tol=1e-12).history["x"]
    errors = np.linalg.norm(chord - smooth_functions.root_of_integral_equation(8), axis=1)
    assert quasi_newton_steps.speed_up(errors) == pytest.approx(1.0, abs=0.1)
    assert quasi_newton_steps.speed_up(10.0 ** -(2.0 ** np.arange(7))) > 10


def test_cheaper_from_is_the_size_after_which_it_is_always_so():
    sizes = quasi_newton_steps.SIZES
    ratios = [2.0 if n in (2, 4) or n >= 20 else 1.0 for n in sizes]
    assert quasi_newton_steps.cheaper_from(ratios) == 20
    assert quasi_newton_steps.cheaper_from([1.0] * len(sizes)) == np.inf


@pytest.mark.parametrize("name", ["dear Hessian", "cheap Hessian", "system"])
def test_nothing_but_the_method_is_counted(name):
    for quasi in (False, True):
        pair = quasi_newton_steps._pairs()[name]
        assert pair.cost(quasi, 7) == pair.cost(quasi, 7)


@pytest.mark.slow
def test_flops_a_step_are_those_of_the_laws(results):
    laws, runs = results["C2"].evidence.tables
    assert dict(laws.rows)["Hessian, dear Hessian"].startswith("4n^3")
    n = max(quasi_newton_steps.SHOWN)
    a_step = {(row[0], row[2]): row[-1] for row in runs.rows if row[1] == n}
    assert a_step["dear Hessian", "Newton"] == pytest.approx((4 + 1 / 3) * n**3, rel=0.15)
    assert a_step["cheap Hessian", "Newton"] == pytest.approx(n**3 / 3, rel=0.15)
    assert a_step["dear Hessian", "BFGS"] == pytest.approx((8 + 12 + 20) * n**2, rel=0.15)
    assert a_step["cheap Hessian", "BFGS"] == pytest.approx(8 * n**2, rel=0.15)


@pytest.mark.slow
def test_steps_are_cheaper_before_all_of_them_are(results):
    numbers = results["C2"].evidence.numbers
    for name in ("BFGS, dear Hessian", "BFGS, cheap Hessian", "Broyden, system"):
        one, total = (getattr(quasi_newton_steps, key).format(name) for key in ("STEP_FROM", "TOTAL_FROM"))
        assert 2 <= numbers[one] < numbers[total] <= max(quasi_newton_steps.SIZES)
        assert (numbers[quasi_newton_steps.STEP.format(name)] > 1) == (numbers[one] == 2)


# -- C3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ((1, 1, 1, 1, 1, 1), "confirmed"),
        ((1, 0, 0.8, 1, 0, 0), "qualified"),
        ((0.8, 0, 0.4, 0.8, np.nan, 0), "refuted"),
    ],
)
def test_the_verdict_on_subgradients_can_come_out_each_way(shares, verdict):
    numbers = {subgradients.SHARE.format(*case): s for case, s in zip(subgradients.CASES, shares, strict=True)}
    for case in subgradients.CASES:
        numbers |= {subgradients.GAP.format(*case): 1e-3, subgradients.FALLS.format(*case): -0.5}
    numbers |= {subgradients.PRICE.format(gap): 10.0 for gap in subgradients.TARGETS}
    assert subgradients.judge_subgradients(numbers)[0] == verdict


@pytest.mark.parametrize(
    ("gap", "converges"),
    [
        (lambda k: k**-0.5, True),
        (lambda k: k**-0.3, False),
        (lambda k: np.full(k.size, 1e-3), False),
        (lambda k: 0.5**k, True),
    ],
)
def test_what_converges_is_told_from_what_stalls(gap, converges):
    k = np.arange(1.0, subgradients.STEPS + 2)
    assert subgradients.Descent(gap(k), None).converges == converges


@pytest.mark.slow
def test_all_methods_converge_without_kinks_and_the_subgradient_method_with_them(results):
    numbers, table = results["C3"].evidence.numbers, results["C3"].evidence.tables[0]
    last = table.columns.index(f"{subgradients.STEPS:,}")
    gaps = {row[:2]: row[last] for row in table.rows}
    for method in (subgradients.DESCENT, "BFGS"):
        assert gaps[SMOOTH, method] < 1e-12
    for name in KINKS:
        assert numbers[subgradients.FALLS.format(name, subgradients.FIXED)] == pytest.approx(-0.6, abs=0.15)
        assert gaps[name, subgradients.DESCENT] > 10 * gaps[name, subgradients.FIXED]
