import re
import warnings

import numpy as np
import pytest

from mechkit.odes.elements import Dirichlet, Neumann, Robin, poisson_1d

ORDERS = {"linear": 1, "quadratic": 2, "hermite": 3}


def source(x):
    return np.pi**2 * np.sin(np.pi * x)


def conductivity(x):
    return 1.0 + x


def sine(x):
    return np.sin(np.pi * x)


def slope(x):
    return np.pi * np.cos(np.pi * x)


def order(errors):
    """The order of errors at steps that halve, by a fit."""
    return -np.polyfit(np.arange(len(errors)), np.log2(errors), 1)[0]


@pytest.mark.parametrize(("element", "p"), ORDERS.items())
def test_errors_fall_with_the_order_of_the_element(element, p):
    solutions = [poisson_1d(source, np.linspace(0.0, 1.0, n + 1), element=element) for n in (16, 32, 64)]
    assert order([u.l2_error(sine) for u in solutions]) == pytest.approx(p + 1, abs=0.1)
    assert order([u.h1_error(slope) for u in solutions]) == pytest.approx(p, abs=0.1)
    assert all(u.success for u in solutions)


@pytest.mark.parametrize(("element", "p"), ORDERS.items())
def test_polynomials_of_the_elements_degree_are_exact_on_any_mesh(element, p):
    x = np.array([0.0, 0.1, 0.4, 0.45, 1.0])  # u = x + x^p, with a = 1 + x
    f = {1: lambda x: -2.0 + 0.0 * x, 2: lambda x: -(3.0 + 4.0 * x), 3: lambda x: -(1.0 + 6.0 * x + 9.0 * x**2)}[p]
    u = poisson_1d(f, x, a=conductivity, element=element, left=0.0, right=2.0)
    t = np.linspace(0.0, 1.0, 33)
    np.testing.assert_allclose(u(t), t + t**p, atol=1e-13)
    np.testing.assert_allclose(u.gradient(t), 1.0 + p * t ** (p - 1), atol=1e-11)


def test_linear_elements_are_exact_at_the_nodes_and_quadratic_ones_of_order_four():
    f = source
    x = np.array([0.0, 0.13, 0.35, 0.7, 0.71, 1.0])
    quartic = poisson_1d(lambda x: x * x, x, right=0.0)
    np.testing.assert_allclose(quartic.values, (x - x**4) / 12.0, atol=1e-15)
    errors = []
    for n in (4, 8, 16):
        u = poisson_1d(f, np.linspace(0.0, 1.0, n + 1), element="quadratic", a=conductivity)
        fine = poisson_1d(f, np.linspace(0.0, 1.0, 257), element="quadratic", a=conductivity)
        errors.append(np.abs(u.values[::2] - fine(u.nodes[::2])).max())
    assert order(errors) == pytest.approx(4.0, abs=0.15)


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
@pytest.mark.parametrize("element", ORDERS)
@pytest.mark.parametrize("a", [1e-10, 1e10])
def test_the_units_do_not_matter(scale, element, a):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        u = poisson_1d(1.0, scale * np.linspace(0.0, 1.0, 9), a=a, element=element)
    wanted = scale**2 / a
    assert u.success
    assert u(0.5 * scale) / wanted == pytest.approx(0.125, rel=1e-10)
    assert u.energy / (scale * wanted) == pytest.approx(1 / 24, rel=0.02)
    assert u.integral() / (scale * wanted) == pytest.approx(1 / 12, rel=0.02)


@pytest.mark.parametrize("element", ORDERS)
def test_fluxes_and_heat_lost_at_the_ends(element):
    x = np.array([0.0, 0.5, 2.0])
    u = poisson_1d(0.0, x, left=Robin(3.0, 6.0), right=Neumann(1.0), element=element)  # u = 7/3 + x
    np.testing.assert_allclose(u([0.0, 0.3, 2.0]), [7 / 3, 7 / 3 + 0.3, 7 / 3 + 2], rtol=1e-13)
    held = poisson_1d(0.0, x, left=Dirichlet(1.0), right=Neumann(-0.5), a=2.0, element=element)
    np.testing.assert_allclose(held(x), 1.0 - x / 4.0, rtol=1e-13)


def test_a_reaction_fixes_the_level_where_nothing_else_does():
    u = poisson_1d(6.0, np.linspace(0.0, 1.0, 4), c=2.0, left=Neumann(), right=Neumann())
    np.testing.assert_allclose(u.values, 3.0, rtol=1e-13)


@pytest.mark.parametrize(("symmetry", "dimension"), [(None, 1), ("axial", 2), ("radial", 3)])
def test_symmetric_problems_are_those_of_the_whole_body(symmetry, dimension):
    left = None if symmetry else Neumann()
    u = poisson_1d(1.0, np.linspace(0.0, 2.0, 5), symmetry=symmetry, left=left, element="quadratic")
    r = np.linspace(0.0, 2.0, 11)
    np.testing.assert_allclose(u(r), (4.0 - r**2) / (2.0 * dimension), atol=1e-14)
    whole = {1: 8 / 3, 2: 2.0 * np.pi, 3: 64 * np.pi / 45 * 2}[dimension]
    assert u.integral() == pytest.approx(whole, rel=1e-12)
    assert u.energy == pytest.approx(whole / 2, rel=1e-12)  # the work of the load


def test_a_hollow_sphere_has_a_left_end():
    u = poisson_1d(0.0, np.linspace(1.0, 2.0, 33), symmetry="radial", left=1.0, right=0.5, element="hermite")
    r = np.linspace(1.0, 2.0, 9)
    np.testing.assert_allclose(u(r), 1.0 / r, rtol=1e-7)


def test_points_outside_have_no_value_and_the_shape_is_kept():
    u = poisson_1d(1.0, [0.0, 1.0, 2.0])
    assert np.isnan(u(-0.1))
    assert u([[0.5, 3.0]]).shape == (1, 2)
    assert isinstance(u(0.5), float)
    assert "1 unknowns: the equations hold" in repr(u)


REFUSED = [
    ({"x": [0.0, 1.0, 1.0]}, "x[1] is 1.0 and x[2] is 1.0; the points must be in ascending order"),
    ({"x": [1.0]}, "x has 1 point; an element needs two"),
    ({"x": [0.0, np.nan]}, "x[1] is nan; only finite numbers can be used"),
    ({"a": -1.0}, "a is -1 at x = 0.25; it must be positive"),
    ({"a": lambda x: x - 0.3}, "a is -0.2436"),
    ({"c": -2.0}, "c is -2 at x ="),
    ({"a": np.nan}, "a is nan; it must be a finite number"),
    ({"f": lambda x: np.log(x - 0.5)}, "f is nan at x ="),
    ({"left": Neumann(), "right": Neumann(1.0)}, "u is fixed at neither end and c is 0, so the system is singular"),
    (
        {"left": Robin(0.0, 1.0), "right": Neumann(1.0)},
        "u is fixed at neither end and c is 0, so the system is singular",
    ),
    ({"left": Robin(-1.0)}, "left.beta is -1.0; it must be a finite number that is not neg"),
    ({"right": np.inf}, "right.value is inf"),
    ({"symmetry": "spherical"}, "symmetry is 'spherical'; it must be None, 'axial' or 'radial'"),
    ({"symmetry": "radial", "left": 1.0}, "left is a condition at the center r = 0, where there is no boundary"),
    ({"symmetry": "axial", "x": [-1.0, 1.0]}, "x[0] is -1.0; under symmetry x is a radius"),
    ({"element": "cubic"}, "element is 'cubic'; it must be one of linear, quadratic, hermite"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=lambda v: str(v)[:30])
def test_what_is_refused(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        poisson_1d(**{"f": 1.0, "x": [0.0, 0.5, 1.0], **given})


@pytest.mark.parametrize("element", ORDERS)
def test_what_fixes_the_level_must_be_more_than_rounding(element):
    for given in ({"c": 1e-30, "left": Neumann()}, {"left": Robin(1e-300)}):
        with pytest.raises(ValueError, match="c and beta are too small: rounding errors are as large as what they add"):
            poisson_1d(1.0, [0.0, 1.0, 2.0], right=Neumann(), element=element, **given)


def test_meshes_that_are_graded_or_far_from_the_origin():
    graded = np.concatenate([[0.0], np.geomspace(1e-12, 1.0, 50)])
    for element in ORDERS:
        u = poisson_1d(1.0, graded, element=element)
        assert u.success
        np.testing.assert_allclose(u(graded), graded * (1.0 - graded) / 2.0, rtol=1e-9, atol=1e-14)
    assert poisson_1d(1.0, 1e6 + np.linspace(0.0, 1.0, 9))(1e6 + 0.5) == pytest.approx(0.125, rel=1e-9)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"left": "warm"}, "left is 'warm'; give a value of u, or Dirichlet, Neumann or Robin"),
        ({"f": lambda x, y: x}, "f must be a function of x that returns one float"),
        ({"a": "steel"}, "a is 'steel'; it must be a finite number"),
    ],
)
def test_what_is_no_number(given, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        poisson_1d(**{"f": 1.0, "x": [0.0, 0.5, 1.0], **given})
