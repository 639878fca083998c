import pytest

from mechkit.mechanisms.claims import c1_newton as c1
from mechkit.mechanisms.shared.smooth_functions import exponential
from mechkit.optimization import minimize, root


@pytest.fixture
def result(measured):
    return measured("C1")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed", "confirmed"], headline=1.99862, gain=1.88128)


@pytest.mark.slow
def test_degenerate_problems_and_roots_lie_outside_and_do_not_hold(result):
    outside = [check for check in result.evidence.checks if not check.within]
    assert len(outside) == 6
    assert not any(check.holds for check in outside)


@pytest.mark.slow
def test_orders_are_those_of_theory(result):
    rows = {(row[0], row[1]): row[2:] for row in result.evidence.tables[0].rows}
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
    assert {task for task, _ in rows} == set(c1.TASKS)


def test_a_minimum_and_a_root_of_the_gradient_are_found_by_the_same_steps():
    given = exponential()
    x0 = given.start(10)
    options = {"gtol": 1e-12}
    minimum = minimize(given.f, x0, jac=given.jac, hess=given.hess, method="newton", options=options).history["x"]
    zero = root(given.jac, x0, jac=given.hess, options={"globalization": None}).history["x"]
    steps = min(len(minimum), len(zero))
    assert steps >= 5
    assert minimum[:steps] == pytest.approx(zero[:steps], abs=1e-12)
