import numpy as np
import pytest

from mechkit.odes.elements import Neumann, Robin, legendre_galerkin, poisson_1d


def source(x):
    return np.pi**2 * np.sin(np.pi * x)


def test_the_error_falls_faster_than_any_power():
    errors = [legendre_galerkin(source, n).l2_error(lambda x: np.sin(np.pi * x)) for n in (4, 8, 12)]
    assert errors[1] < 1e-3 * errors[0]
    assert errors[2] < 1e-4 * errors[1]


@pytest.mark.parametrize(
    ("ends", "given"),
    [
        ((0.0, 1.0), {"left": 2.0, "right": 3.0}),
        ((-1.0, 3.0), {"left": Robin(3.0, 6.0), "right": Neumann(1.0)}),
        ((0.0, 2.0), {"symmetry": "radial", "right": 0.25, "c": 1.0}),
        ((0.0, 1e-10), {"left": 1.0, "right": Neumann(0.0), "a": 1e-10}),
    ],
)
def test_it_solves_the_problem_of_the_elements(ends, given):
    u = legendre_galerkin(1.0, 9, ends, **given)
    v = poisson_1d(1.0, np.linspace(*ends, 65), element="hermite", **given)
    x = np.linspace(*ends, 7)
    assert u.success
    np.testing.assert_allclose(u(x), v(x), rtol=1e-7)
    assert u.energy == pytest.approx(v.energy, rel=1e-6)
    np.testing.assert_allclose(u(u.nodes), u.values)


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"ends has 3 numbers; give the two ends"):
        legendre_galerkin(1.0, 3, [0.0, 1.0, 2.0])
    with pytest.raises(ValueError, match=r"ends\[0\] is 1.0 and ends\[1\] is 0.0"):
        legendre_galerkin(1.0, 3, (1.0, 0.0))
    with pytest.raises(ValueError, match="degree is 0; it must be a whole number, at least 1"):
        legendre_galerkin(1.0, 0)
    with pytest.raises(ValueError, match="the system is singular"):
        legendre_galerkin(1.0, 3, left=Neumann(), right=Neumann())
