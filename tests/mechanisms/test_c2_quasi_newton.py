import numpy as np
import pytest

from mechkit.mechanisms.claims import c2_quasi_newton as c2
from mechkit.mechanisms.shared.smooth_functions import integral_equation, root_of_integral_equation
from mechkit.optimization import root


@pytest.fixture
def result(measured):
    return measured("C2")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["qualified", "qualified"], headline=68, gain=1.88024)


@pytest.mark.slow
def test_the_cases_that_fail(result):
    failing = [(check.part, check.case) for check in result.evidence.checks if check.within and not check.holds]
    assert failing == [
        (c2.SUPERLINEAR, "BFGS, expensive Hessian, n = 32"),
        (c2.SUPERLINEAR, "BFGS, expensive Hessian, n = 128"),
        (c2.CHEAPER, "BFGS, cheap Hessian, n = 8"),
    ]


@pytest.mark.slow
def test_one_step_pays_off_before_the_whole_solve(result):
    crossings = {row[0]: row[1:] for row in result.evidence.tables[1].rows}
    assert crossings == {
        "BFGS, expensive Hessian": (2, 68),
        "BFGS, cheap Hessian": (20, 92),
        "Broyden, system": (4, 20),
    }


def test_a_linear_method_is_not_superlinear():
    given = integral_equation(8)
    chord = root(given.f, given.x0, jac=given.jac, method="chord", tol=1e-12).history["x"]
    errors = np.linalg.norm(chord - root_of_integral_equation(8), axis=1)
    assert c2.speed_up(errors) == pytest.approx(1.0, abs=0.1)
    assert c2.speed_up(10.0 ** -(2.0 ** np.arange(7))) > 10


def test_cheaper_from_is_the_size_after_which_it_always_is():
    ratios = [2.0 if n in (2, 4) or n >= 20 else 1.0 for n in c2.SIZES]
    assert c2.cheaper_from(ratios) == 20
    assert c2.cheaper_from([1.0] * len(c2.SIZES)) == np.inf


@pytest.mark.parametrize("name", ["expensive Hessian", "cheap Hessian", "system"])
def test_nothing_but_the_method_is_counted(name):
    for quasi in (False, True):
        pair = c2.pairs()[name]
        assert pair.cost(quasi, 7) == pair.cost(quasi, 7)


@pytest.mark.slow
def test_flops_a_step_are_those_of_the_laws(result):
    laws, _, runs = result.evidence.tables
    assert dict(laws.rows)["Hessian, expensive Hessian"].startswith("4n^3")
    n = max(c2.SHOWN)
    a_step = {(row[0], row[2]): row[-1] for row in runs.rows if row[1] == n}
    assert a_step["expensive Hessian", "Newton"] == pytest.approx((4 + 1 / 3) * n**3, rel=0.15)
    assert a_step["cheap Hessian", "Newton"] == pytest.approx(n**3 / 3, rel=0.15)
    assert a_step["expensive Hessian", "BFGS"] == pytest.approx((8 + 12 + 20) * n**2, rel=0.15)
    assert a_step["cheap Hessian", "BFGS"] == pytest.approx(8 * n**2, rel=0.15)
