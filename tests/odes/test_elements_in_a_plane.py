import re
import warnings

import numpy as np
import pytest
from scipy.linalg import eigh

from mechkit.odes.elements import (
    Mesh,
    Neumann,
    Robin,
    ball_mesh,
    disk_mesh,
    l_shape_mesh,
    poisson_1d,
    poisson_2d,
    poisson_3d,
    rectangle_mesh,
    stiffness_and_mass,
    tetrahedron_mesh,
    triangle_mesh,
)

LARGEST, INTEGRAL = 0.07367135328151, 0.03514425373879


def skewed(n):
    """A mesh of the unit square whose inner points are moved, so that no two triangles are alike."""
    mesh = rectangle_mesh(n)
    x, y = mesh.points.T
    inside = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    moved = mesh.points + 0.3 / n * inside[:, np.newaxis] * np.random.default_rng(0).uniform(-1, 1, mesh.points.shape)
    return triangle_mesh(moved, mesh.cells)


def order(errors):
    return -np.polyfit(np.arange(len(errors)), np.log2(errors), 1)[0]


def wave(x, y):
    return np.sin(np.pi * x) * np.exp(y)


def wave_gradient(x, y):
    return np.pi * np.cos(np.pi * x) * np.exp(y), wave(x, y)


def wave_source(x, y):
    return (np.pi**2 - 1.0) * np.sin(np.pi * x) * np.exp(y)


def quadratic(x, y):
    return 1.0 + 2.0 * x - y + x * y + x * x


def plane(x, y):
    return 1.0 + 2.0 * x - y


@pytest.mark.parametrize("element", ["P1", "P2"])
def test_patch_a_plane_is_exact_on_any_mesh(element):
    u = poisson_2d(0.0, skewed(5), a=3.0, boundary=plane, element=element)
    np.testing.assert_allclose(u.values, plane(*u.nodes.T), atol=1e-13)
    np.testing.assert_allclose(u.gradient(0.3, 0.7), [2.0, -1.0], atol=1e-12)
    assert u.h1_error(lambda x, y: (2.0 + 0 * x, -1.0 + 0 * x)) < 1e-12


def test_patch_a_quadratic_polynomial_is_exact_for_p2():
    u = poisson_2d(-2.0, skewed(4), boundary=quadratic, element="P2")
    np.testing.assert_allclose(u(0.31, [0.2, 0.77]), quadratic(0.31, np.array([0.2, 0.77])), atol=1e-13)


@pytest.mark.parametrize(("element", "p"), [("P1", 1), ("P2", 2)])
def test_errors_fall_with_the_order_of_the_element(element, p):
    solutions = [poisson_2d(wave_source, rectangle_mesh(n), boundary=wave, element=element) for n in (12, 24, 48)]
    assert order([u.l2_error(wave) for u in solutions]) == pytest.approx(p + 1, abs=0.1)
    assert order([u.h1_error(wave_gradient) for u in solutions]) == pytest.approx(p, abs=0.1)


@pytest.mark.parametrize("method", ["direct", "cg"])
def test_the_published_value_of_the_unit_square(method):
    u = poisson_2d(1.0, rectangle_mesh(64), method=method)
    assert u.values.max() == pytest.approx(0.07365718549079, abs=1e-13 if method == "direct" else 1e-10)
    assert u.success
    assert (u.nit > 0) == (method == "cg")


def test_the_exact_largest_value_and_integral_are_approached():
    u = poisson_2d(1.0, rectangle_mesh(32), element="P2")
    assert u(0.5, 0.5) == pytest.approx(LARGEST, abs=1e-7)
    assert u.integral() == pytest.approx(INTEGRAL, abs=1e-7)
    assert u.energy == pytest.approx(INTEGRAL / 2, abs=1e-7)
    coarse = poisson_2d(1.0, rectangle_mesh(16), element="P2")
    assert 12.0 < (INTEGRAL - coarse.integral()) / (INTEGRAL - u.integral()) < 16.0  # h^4, but for the corners


def test_eigenvalues_have_their_closed_form():
    n, h = 6, 1.0 / 6
    K, M = (matrix.toarray() for matrix in stiffness_and_mass(rectangle_mesh(n, 1, y=(0.0, 1e-3))))
    # on a thin strip the lowest functions are those of a line, with M and K of hat functions
    pairs = np.arange(n + 1)
    P = np.zeros((2 * (n + 1), n + 1))
    P[pairs, pairs] = P[pairs + n + 1, pairs] = 1.0
    found = eigh(P.T @ K @ P, P.T @ M @ P, eigvals_only=True)
    cosines = np.cos(np.pi * pairs / n)
    np.testing.assert_allclose(found, 6.0 / h**2 * (1.0 - cosines) / (2.0 + cosines), atol=1e-9 * found.max())


def test_heat_enters_on_one_side_and_leaves_through_a_layer():
    ends = [(lambda x, y: x == 0.0, Neumann(1.0)), (lambda x, y: x == 1.0, Robin(2.0, 0.0))]
    for element in ("P1", "P2"):
        u = poisson_2d(0.0, skewed(4), boundary=ends, element=element)
        np.testing.assert_allclose(u.values, 1.5 - u.nodes[:, 0], atol=1e-12)


def test_flux_and_value_that_vary_along_the_side():
    ends = [(lambda x, y: y == 1.0, Neumann(lambda x, y: x)), (None, lambda x, y: x * y)]  # u = x y
    u = poisson_2d(0.0, skewed(4), boundary=ends, element="P2")
    np.testing.assert_allclose(u.values, u.nodes.prod(axis=1), atol=1e-12)


def test_a_reaction_holds_the_level_without_a_value():
    u = poisson_2d(6.0, rectangle_mesh(3), c=lambda x, y: 2.0, boundary=Neumann())
    np.testing.assert_allclose(u.values, 3.0, rtol=1e-12)


@pytest.mark.parametrize("method", ["direct", "cg"])
@pytest.mark.parametrize("scale", [1e-10, 1e10])
@pytest.mark.parametrize("a", [1e-10, 1e10])
def test_the_units_do_not_matter(method, scale, a):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        u = poisson_2d(1.0, rectangle_mesh(8, x=(0, scale), y=(0, scale)), a=a, method=method)
    unit = poisson_2d(1.0, rectangle_mesh(8))
    assert u.success
    assert u(scale / 2, scale / 2) * a / scale**2 == pytest.approx(unit(0.5, 0.5), rel=1e-8)


@pytest.mark.parametrize("method", ["direct", "cg"])
def test_obtuse_triangles_and_rough_coefficients(method):
    mesh = rectangle_mesh(20)
    sheared = Mesh(mesh.points @ np.array([[1.0, 0.0], [-1.5, 1.0]]), mesh.cells)
    u = poisson_2d(0.0, sheared, boundary=plane, a=lambda x, y: 1e6 if y > 0.5 else 1.0, method=method)
    assert u.success
    exact = poisson_2d(0.0, sheared, boundary=plane, a=lambda x, y: 1e6 if y > 0.5 else 1.0, method="direct")
    np.testing.assert_allclose(u.values, exact.values, atol=1e-6)


def test_conjugate_gradients_where_the_modified_factor_breaks_down():
    mesh = rectangle_mesh(24, y=(0.0, 0.3))
    u = poisson_2d(1.0, mesh, element="P2", method="cg")
    assert u.success
    assert u.nit < 150  # 198 with the diagonal alone
    np.testing.assert_allclose(u.values, poisson_2d(1.0, mesh, element="P2", method="direct").values, atol=1e-10)


def test_axial_symmetry_is_the_disk_and_the_ball():
    strip = poisson_2d(
        1.0, rectangle_mesh(8, 2), symmetry="axial", element="P2", boundary=[(lambda x, y: x == 1.0, 0.0)]
    )
    np.testing.assert_allclose(strip.values, (1.0 - strip.nodes[:, 0] ** 2) / 4.0, atol=1e-13)
    assert strip.integral() == pytest.approx(np.pi / 8, rel=1e-12)
    disk = poisson_2d(1.0, disk_mesh(24))
    line = poisson_1d(1.0, np.linspace(0.0, 1.0, 25), symmetry="axial")
    assert disk(0.0, 0.0) == pytest.approx(line(0.0), abs=1e-3)
    assert disk.integral() == pytest.approx(line.integral(), rel=0.01)


def test_the_ball_in_space_and_by_its_radius():
    errors = []
    for n in (3, 6):
        ball = poisson_3d(1.0, ball_mesh(n))
        errors.append(abs(ball(0.0, 0.0, 0.0) - poisson_1d(1.0, np.linspace(0.0, 1.0, 9), symmetry="radial")(0.0)))
    assert errors[1] < errors[0] / 2.5
    assert errors[1] < 4e-3


@pytest.mark.parametrize(
    ("mesh", "volume", "length"),
    [
        (disk_mesh(20), np.pi, 2 * np.pi),
        (l_shape_mesh(3), 3.0, 8.0),
        (rectangle_mesh(3, 2, x=(0, 3)).refine(), 3.0, 8.0),
        (disk_mesh(1), 2.598, 6.0),
    ],
)
def test_meshes_are_as_their_names_say(mesh, volume, length):
    checked = triangle_mesh(mesh.points, mesh.cells)
    assert checked.volumes.sum() == pytest.approx(volume, rel=1e-2)
    sides = mesh.points[mesh.boundary]
    assert 3 * len(mesh.cells) == 2 * len(mesh.edges[0]) - len(mesh.boundary)
    assert np.linalg.norm(sides[:, 1] - sides[:, 0], axis=1).sum() == pytest.approx(length, rel=1e-2)


def test_the_ball_mesh_is_a_mesh_of_the_ball():
    mesh = ball_mesh(5)
    checked = tetrahedron_mesh(mesh.points, mesh.cells)
    assert checked.volumes.sum() == pytest.approx(4 / 3 * np.pi, rel=0.03)
    np.testing.assert_allclose(np.linalg.norm(mesh.points[np.unique(mesh.boundary)], axis=1), 1.0)


def test_points_outside_have_no_value():
    u = poisson_2d(1.0, l_shape_mesh(4))
    assert np.isnan(u(0.5, -0.5))
    assert np.isnan(u.gradient(3.0, 0.0)).all()
    assert u(np.array([[0.1, 0.2]]), 0.3).shape == (1, 2)
    assert isinstance(u(0.1, 0.1), float)
    with pytest.raises(TypeError, match="a point has 2 coordinates here, given are 1"):
        u(0.5)


SQUARE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
HALVES = [[0, 1, 2], [0, 2, 3]]
BAD_MESHES = [
    ([*SQUARE, [2.0, 2.0]], HALVES, "points[4] belongs to no triangle; remove it"),
    (SQUARE, [[0, 1, 2], [0, 3, 2]], "triangles[1] is clockwise; number its corners counterclockwise: [0, 2, 3]"),
    ([[0.0, 0.0], [1.0, 0.0], [2.0, 1e-15], [0.0, 1.0]], [[0, 1, 3], [0, 1, 2]], "triangles[1] is flat"),
    (SQUARE, [[0, 1, 2], [0, 2, 2]], "triangles[1] is flat"),
    (1e-10 * np.array(SQUARE), [[0, 1, 2], [0, 2, 2]], "triangles[1] is flat"),
    (SQUARE, [[0, 1, 2], [0, 2, 4]], "triangles[1] is [0, 2, 4]; its numbers must be from 0 to 3"),
    (SQUARE, [[0, 1, -1]], "triangles[0] is [0, 1, -1]; its numbers must be from 0 to 3"),
    (SQUARE, [0, 1, 2], "triangles has shape (3,); it must be (t, 3)"),
    ([[0.0, 0.0, 0.0]], HALVES, "points has shape (1, 3); it must be (n, 2)"),
    ([[0.0, np.nan], *SQUARE[1:]], HALVES, "points[0, 1] is nan"),
    (SQUARE, [[0, 1, 2], [1, 2, 3]], "triangles[0] and triangles[1] overlap beside the side [1, 2]"),
    (SQUARE[:3], [[0, 1, 2], [0, 1, 2]], "triangles[0] and triangles[1] overlap beside the side [0, 1]"),
    (1e8 + np.array([*SQUARE[:2], [2.0, 0.0], [0.0, 1.0]]), [[0, 1, 3], [0, 1, 2]], "triangles[1] is flat"),
    ([*SQUARE, [0.5, 2.0]], [[0, 1, 2], [0, 2, 3], [0, 2, 4]], "the side with the corners [0, 2] belongs to 3 cells"),
]


@pytest.mark.parametrize(("points", "triangles", "message"), BAD_MESHES, ids=[m[2][:28] for m in BAD_MESHES])
def test_bad_meshes_are_named(points, triangles, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        triangle_mesh(points, triangles)


def test_small_and_thin_triangles_are_not_flat():
    assert len(triangle_mesh(1e-10 * np.array(SQUARE), HALVES).cells) == 2
    assert len(triangle_mesh(np.array(SQUARE) * [1e5, 1e-5], HALVES).cells) == 2


TWO = Mesh(np.vstack([SQUARE, np.array(SQUARE) + 5.0]), np.array([*HALVES, [4, 5, 6], [4, 6, 7]]))
REFUSED = [
    ({"boundary": Neumann(1.0)}, "u is fixed nowhere and c is 0, so the system is singular"),
    ({"boundary": Robin(0.0, 1.0)}, "u is fixed nowhere and c is 0, so the system is singular"),
    (
        {"mesh": TWO, "boundary": [(lambda x, y: x < 2.0, 0.0)]},
        "u is fixed nowhere on the part of the mesh that points[4] belongs to",
    ),
    ({"boundary": [(lambda x, y: x > 7.0, 0.0)]}, "boundary[0] holds on no side"),
    ({"a": 0.0}, "a is 0 at x ="),
    ({"a": -1.0}, "a is -1 at x ="),
    ({"c": -1.0}, "c is -1 at x ="),
    ({"a": lambda x, y: 1.0 / (x - x)}, "a is inf at x ="),
    ({"f": np.nan}, "f is nan; it must be a finite number"),
    ({"boundary": Robin(-2.0)}, "beta is -2 at"),
    ({"element": "P3"}, "element is 'P3'; it must be one of p1, p2"),
    ({"method": "lu"}, "method is 'lu'; it must be one of auto, direct, cg"),
    ({"rtol": 0.0}, "rtol is 0.0; it must be a finite number above 0"),
    ({"symmetry": "radial"}, "symmetry is 'radial'; it must be None or 'axial'"),
    ({"mesh": l_shape_mesh(1), "symmetry": "axial"}, "a point has x = -1.0; under axial symmetry x is a radius"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=lambda v: str(v)[:30])
def test_what_is_refused(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        poisson_2d(**{"f": 1.0, "mesh": rectangle_mesh(2), **given})


TINY = "c and beta are too small: rounding errors are as large as what they add, so the system is singular"


@pytest.mark.parametrize("method", ["direct", "cg"])
@pytest.mark.parametrize("given", [{"c": 1e-30, "boundary": Neumann()}, {"boundary": Robin(1e-20, 1.0)}])
def test_what_fixes_the_level_must_be_more_than_rounding(given, method):
    with pytest.raises(ValueError, match=TINY):
        poisson_2d(1.0, rectangle_mesh(3), method=method, **given)
    with pytest.raises(ValueError, match=TINY):
        poisson_2d(1.0, rectangle_mesh(3), element="P2", method=method, **given)


def test_loads_near_the_ends_of_the_range():
    for f in (1e-200, 1e200, 1e305):
        u = poisson_2d(f, rectangle_mesh(8))
        assert u(0.5, 0.5) / f == pytest.approx(poisson_2d(1.0, rectangle_mesh(8))(0.5, 0.5), rel=1e-12)
        assert u.energy >= 0.0


def test_a_mesh_whose_values_are_all_given():
    u = poisson_2d(1.0, rectangle_mesh(1), boundary=2.0)
    assert (u.unknowns, u.success, u(0.3, 0.6)) == (0, True, 2.0)


def test_what_is_no_mesh():
    with pytest.raises(TypeError, match="give a mesh of triangles"):
        poisson_2d(1.0, SQUARE)
    with pytest.raises(TypeError, match="give a mesh of triangles"):
        poisson_2d(1.0, ball_mesh(1))
    with pytest.raises(TypeError, match=r"boundary\[0\] is 0.0; give a pair"):
        poisson_2d(1.0, rectangle_mesh(2), boundary=[0.0])


def test_a_system_that_does_not_converge_is_not_called_solved():
    u = poisson_2d(1.0, rectangle_mesh(40), method="cg", rtol=1e-17)
    assert not u.success
    assert "the equations hold" not in u.message


def test_functions_that_return_whole_numbers_are_coefficients():
    mesh = rectangle_mesh(4)
    u = poisson_2d(lambda x, y: 1, mesh, boundary=lambda x, y: 0)
    assert np.array_equal(u.values, poisson_2d(1.0, mesh).values)


def test_a_tolerance_that_zero_meets_is_refused():
    with pytest.raises(ValueError, match="rtol is 2; it must be below 1"):
        poisson_2d(1.0, rectangle_mesh(4), method="cg", rtol=2.0)


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_a_corner_inside_a_side_is_refused(scale):
    points = scale * np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [1.0, 0.0], [1.0, -1.0]])
    whole, halves = [[0, 1, 2]], [[0, 3, 2], [3, 1, 2]]
    below = [[0, 4, 3], [3, 4, 1]]
    with pytest.raises(ValueError, match=re.escape("points[3] lies inside the side [0, 1]")):
        triangle_mesh(points, whole + below)
    assert len(triangle_mesh(points, halves + below).cells) == 4
