import numpy as np
import pytest

from mechkit.odes.elements import (
    adaptive_poisson_2d,
    disk_mesh,
    l_shape_mesh,
    poisson_2d,
    rectangle_mesh,
    residual_estimates,
    triangle_mesh,
)


def corner(x, y):
    """The harmonic function r^(2/3) sin(2 theta / 3), 0 on both sides of the corner that points inwards."""
    theta = np.arctan2(y, x)
    if theta < -1e-9:
        theta = theta + 2.0 * np.pi
    return (x * x + y * y) ** (1.0 / 3.0) * np.sin(2.0 * theta / 3.0)


def corner_gradient(x, y):
    theta = np.arctan2(y, x)
    theta = np.where(theta < 0.0, theta + 2.0 * np.pi, theta)
    size = 2.0 / 3.0 * (x * x + y * y) ** (-1.0 / 6.0)
    return -size * np.sin(theta / 3.0), size * np.cos(theta / 3.0)


def rate(solutions):
    """The power of the nodes with which the error falls."""
    errors = [u.h1_error(corner_gradient) for u in solutions]
    return np.polyfit(np.log([len(u.nodes) for u in solutions]), np.log(errors), 1)[0]


def test_at_a_corner_uniform_meshes_converge_slowly_and_adaptive_ones_do_not():
    uniform = [poisson_2d(0.0, l_shape_mesh(n), boundary=corner) for n in (8, 16, 32)]
    adaptive = adaptive_poisson_2d(0.0, l_shape_mesh(2), boundary=corner, max_nodes=1500)
    assert rate(uniform) == pytest.approx(-1 / 3, abs=0.03)
    assert rate(adaptive[-8:]) == pytest.approx(-1 / 2, abs=0.06)
    assert len(adaptive[-1].nodes) > 1000
    triangle_mesh(adaptive[-1].mesh.points, adaptive[-1].mesh.cells)
    for u in adaptive[3:]:  # the estimate is the error, but for a constant
        assert 2.0 < np.sqrt(residual_estimates(u, 0.0).sum()) / u.h1_error(corner_gradient) < 4.0


def test_it_stops_at_the_tolerance_and_the_estimate_scales():
    found = adaptive_poisson_2d(1.0, rectangle_mesh(4), tol=0.1)
    estimates = [np.sqrt(residual_estimates(u, 1.0).sum()) for u in found]
    assert estimates[-1] <= 0.1 < estimates[-2]
    assert all(u.success for u in found)
    large = poisson_2d(1.0, rectangle_mesh(4, x=(0, 1e8), y=(0, 1e8)), a=1e5)
    share = residual_estimates(large, 1.0, 1e5).sum() / large.energy
    assert share == pytest.approx(residual_estimates(found[0], 1.0).sum() / found[0].energy, rel=1e-10)


@pytest.mark.parametrize("mesh", [rectangle_mesh(3, y=(0.0, 5.0)), disk_mesh(3), l_shape_mesh(2)])
def test_marked_triangles_are_cut_and_no_point_is_left_on_a_side(mesh):
    rng = np.random.default_rng(0)
    area = mesh.volumes.sum()
    for _ in range(4):
        marked = rng.random(len(mesh.cells)) < 0.3
        finer = mesh.refine(marked)
        triangle_mesh(finer.points, finer.cells)
        assert finer.volumes.sum() == pytest.approx(area, rel=1e-12)
        assert len(finer.cells) >= len(mesh.cells) + marked.sum()
        boundary = finer.points[finer.boundary].mean(axis=1)
        assert len(boundary) < len(finer.cells)  # a point on an inner side would make both its parts boundary
        assert 3 * len(finer.cells) == 2 * len(finer.edges[0]) - len(boundary)
        mesh = finer
    if len(mesh.boundary) and mesh.points[:, 1].max() == 5.0:
        x, y = mesh.points[mesh.boundary].mean(axis=1).T
        assert np.isclose((x * (1.0 - x)) * (y * (5.0 - y)), 0.0).all()


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"marked has shape \(3,\) of bool; give 2 bools"):
        rectangle_mesh(1).refine([True, False, True])
    with pytest.raises(ValueError, match="share is 0.0; it must be above 0 and at most 1"):
        adaptive_poisson_2d(1.0, rectangle_mesh(1), share=0.0)
    with pytest.raises(ValueError, match="a is -1.0; it must be a finite number above 0"):
        adaptive_poisson_2d(1.0, rectangle_mesh(1), a=-1.0)
