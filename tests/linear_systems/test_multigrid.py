"""Multigrid: answers, work for each unknown, convergence whatever the grid, accuracy of full multigrid, refusals."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.linear_systems import multigrid_1d, multigrid_2d
from mechkit.linear_systems.multigrid import STALLED, full_multigrid, multigrid, v_cycle
from mechkit.linear_systems.multigrid_grids import fill, natural
from mechkit.problems import poisson_1d, poisson_2d

SOLVERS = {"multigrid": multigrid, "full_multigrid": full_multigrid}


def random(n, dimensions, seed=0):
    return np.random.default_rng(seed).standard_normal((n,) * dimensions)


def matrix(f):
    return poisson_1d(f.size) if f.ndim == 1 else poisson_2d(f.shape[0])


def residual(f, x):
    return np.linalg.norm(np.ravel(f) - matrix(f) @ np.ravel(x))


def direct(f):
    return scipy.sparse.linalg.spsolve(matrix(f).tocsc(), f.ravel()).reshape(f.shape)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("n", [1, 3, 7, 31])
def test_solutions_are_those_of_the_sparse_matrix(solver, dimensions, n):
    f = random(n, dimensions)
    result = SOLVERS[solver](f, rtol=1e-10)
    x, info = result
    assert result.success
    assert info == result.status == 0
    assert x.shape == f.shape
    assert x.flags.c_contiguous
    np.testing.assert_allclose(x, direct(f), rtol=1e-7, atol=1e-9 * np.abs(x).max())


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("sweeps", [(1, 1), (1, 2), (3, 2)])
def test_any_numbers_of_sweeps_solve(dimensions, sweeps):
    f = random(15, dimensions)
    for solve in SOLVERS.values():
        assert residual(f, solve(f, sweeps=sweeps).x) <= 1e-8 * np.linalg.norm(f)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_history_holds_the_norms_of_the_residuals(dimensions):
    f, x0 = random(31, dimensions), random(31, dimensions, seed=1)
    result = multigrid(f, x0)
    x, expected = x0, [residual(f, x0)]
    for _ in range(result.nit):
        x = v_cycle(f, x)
        expected.append(residual(f, x))
    assert result.nit == len(result.history) - 1
    np.testing.assert_allclose(result.history, expected, rtol=1e-10, atol=1e-11)
    np.testing.assert_array_equal(result.x, x)
    full = full_multigrid(f)
    np.testing.assert_allclose(full.history[[0, -1]], [np.linalg.norm(f), residual(f, full.x)], rtol=1e-3, atol=1e-12)


def test_one_relaxation_is_gauss_seidel_of_the_red_and_then_the_black_points():
    n, f, x = 7, random(7, 2), random(7, 2, seed=1)
    u = np.zeros((n + 2, n + 2))
    fill(u, x)
    multigrid_2d.relax(u, f)
    padded = np.pad(x, 1)
    for colour in (0, 1):
        for i in range(1, n + 1):
            for j in range(1, n + 1):
                if (i + j) % 2 == colour:
                    around = padded[i - 1, j] + padded[i + 1, j] + padded[i, j - 1] + padded[i, j + 1]
                    padded[i, j] = (f[i - 1, j - 1] + around) / 4
    np.testing.assert_allclose(natural([(u, f)]), padded[1:-1, 1:-1], rtol=1e-13)


@pytest.mark.parametrize(("kernels", "dimensions"), [(multigrid_1d, 1), (multigrid_2d, 2)])
def test_full_weighting_of_the_residual_uses_that_black_points_have_none(kernels, dimensions):
    f = random(15, dimensions)
    u = np.zeros([n + 2 for n in f.shape])
    fill(u, random(15, dimensions, seed=1))
    kernels.relax(u, f)
    found, expected = np.empty((2, *[n // 2 for n in f.shape]))
    kernels.restrict_residual(u, f, found)
    r = f - (matrix(f) @ natural([(u, f)]).ravel()).reshape(f.shape)
    kernels.restrict(r, expected)
    np.testing.assert_allclose(found, expected, atol=1e-13)


def test_full_weighting_and_linear_interpolation_are_exact_for_what_is_linear():
    h, n = 1 / 16, 15
    x = h * np.arange(1, n + 1)
    for kernels, f in ((multigrid_1d, 1 + x), (multigrid_2d, np.add.outer(2 * x, 1 + x))):
        odd = (slice(1, None, 2),) * f.ndim
        coarse = np.empty_like(f[odd])
        kernels.restrict(f, coarse)
        np.testing.assert_allclose(coarse, 4 * f[odd])
    u, coarse = np.zeros((n + 2, n + 2)), np.zeros((n // 2 + 2, n // 2 + 2))
    g = np.add.outer(2 * x, 1 + x)
    fill(coarse, g[1::2, 1::2])
    multigrid_2d.interpolate(coarse, u)
    black = np.add.outer(np.arange(n), np.arange(n)) % 2 == 1
    inner = np.pad(np.ones((n - 2, n - 2), bool), 1)  # next to the boundary g is not linear: it is 0 there
    found = natural([(u, g)])
    np.testing.assert_allclose(found[black & inner], g[black & inner])
    assert not found[~black].any()


def test_on_a_line_one_cycle_is_exact():
    for n in (3, 63, 1023):
        f = random(n, 1)
        assert residual(f, v_cycle(f, sweeps=(1, 1))) <= 1e-15 * n**2 * np.linalg.norm(f)
        assert multigrid(f).nit == full_multigrid(f).nit == 1


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_number_of_cycles_does_not_grow(solver):
    sizes = (15, 31, 63, 127)
    steps = {n: SOLVERS[solver](random(n, 2)).nit for n in sizes}
    assert abs(mk.growth(steps).exponent) < 0.1
    assert max(steps.values()) <= 7


@pytest.mark.parametrize(("sweeps", "factor"), [((1, 1), 0.125), ((2, 1), 0.09), ((2, 2), 0.07)])
@pytest.mark.parametrize("n", [31, pytest.param(127, marks=pytest.mark.slow)])
def test_convergence_factors(sweeps, factor, n):
    history = multigrid(random(n, 2), rtol=1e-10, sweeps=sweeps).history
    assert (history[-1] / history[1]) ** (1 / (len(history) - 2)) < factor


def test_without_rounding_every_cycle_reduces_every_residual():
    n = 7
    one_cycle = np.array([v_cycle(e.reshape(n, n), sweeps=(1, 1)).ravel() for e in np.eye(n * n)]).T
    assert np.linalg.norm(np.eye(n * n) - poisson_2d(n) @ one_cycle, 2) < 0.2 < STALLED


@pytest.mark.slow
def test_work_for_each_unknown_tends_to_a_constant():
    # three sweeps of 5, and 4 1/4, 1 1/2 between two grids; on a line 3, 2 1/2, 1 1/2
    for dimensions, sizes, limit in ((1, (255, 1023, 4095), 26.0), (2, (63, 127, 255), 20.75 * 4 / 3)):
        short = []
        for n in sizes:
            with mk.count() as ops:
                v_cycle(random(n, dimensions))
            short.append(limit - ops.flops / n**dimensions)
        assert 0 < short[2] < short[1] / 1.7 < short[0] / 1.7**2
        assert short[2] < 0.01 * limit


def sines(n):
    x = np.arange(1, n + 1) / (n + 1)
    u = np.outer(np.sin(np.pi * x), np.sin(np.pi * x))
    return u, 2 * np.pi**2 * u / (n + 1) ** 2


def quartics(n):
    x = np.arange(1, n + 1) / (n + 1)
    p = x - x**4
    return np.outer(p, p), 12 * (np.outer(x**2, p) + np.outer(p, x**2)) / (n + 1) ** 2


@pytest.mark.slow
@pytest.mark.parametrize("problem", [sines, quartics])
def test_one_pass_of_full_multigrid_has_the_accuracy_of_the_discretization(problem):
    sizes = (31, 63, 127, 255)
    algebraic = []
    for n in sizes:
        u, f = problem(n)
        result = full_multigrid(f, rtol=None)
        assert result.success
        assert (result.nit, result.history.size) == (1, 2)
        exact = multigrid(f, rtol=1e-10).x
        discretization = np.abs(exact - u).max()
        algebraic.append(np.abs(result.x - exact).max())
        assert np.abs(result.x - u).max() < 3 * discretization
    steps = np.log([1 / (n + 1) for n in sizes])
    assert np.polyfit(steps, np.log(algebraic), 1)[0] == pytest.approx(2, abs=0.15)


LAYOUTS = {
    "list": lambda a: a.tolist(),
    "Fortran": np.asfortranarray,
    "strided": lambda a: np.repeat(np.repeat(a, 2, axis=0), 2, axis=-1)[::2, ::2],
    "read-only": lambda a: (a.setflags(write=False), a)[1],
    "integer": lambda a: np.round(10 * a).astype(np.int64),
    "big-endian": lambda a: a.astype(">f8"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_is_taken_and_left_unchanged(layout):
    f, x0 = (LAYOUTS[layout](random(7, 2, seed)) for seed in (0, 1))
    before, start = np.array(f), np.array(x0)
    for x in (v_cycle(f, x0), multigrid(f, x0).x, full_multigrid(f).x):
        assert x.dtype == np.float64
        assert residual(before.astype(float), x) < residual(before.astype(float), start.astype(float))
    np.testing.assert_array_equal(f, before)
    np.testing.assert_array_equal(x0, start)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_single_precision_stays_single_and_mixing_goes_double(dimensions):
    f = random(15, dimensions).astype(np.float32)
    for solve in SOLVERS.values():
        with mk.count() as ops:
            result = solve(f, rtol=1e-4)
        assert result.success
        assert result.x.dtype == np.float32
        assert ops["float64"].flops == 0 < ops["float32"].flops
    with mk.count() as ops:
        assert v_cycle(f, f.astype(np.float64)).dtype == np.float64
    assert ops["float32"].flops == 0


def test_rounding_ends_the_cycles_with_a_word():
    result = full_multigrid(random(31, 2).astype(np.float32))
    assert not result.success
    assert result.status == -1
    assert result.nit < 12
    assert result.history[-1] < 1e-5 * result.history[0]
    assert "rounding in float32 keeps the residual at" in result.message
    assert "or float64" in result.message
    result = multigrid(random(31, 2), rtol=1e-30)
    assert result.status == -1
    assert "float64 keeps" in result.message
    assert result.history[-1] < 1e-13 * result.history[0]


def test_too_few_cycles():
    for solve in SOLVERS.values():
        result = solve(random(15, 2), maxiter=3)
        assert (result.success, result.status, result.nit) == (False, 3, 3)
        assert "after 3 cycles the residual is" in result.message


@pytest.mark.parametrize("dimensions", [1, 2])
def test_zero_and_a_solution_to_start_from(dimensions):
    f = np.zeros((7,) * dimensions)
    for result in (multigrid(f, np.ones_like(f)), full_multigrid(f)):
        assert result.success
        assert not result.x.any()
    f = random(7, dimensions)
    again = multigrid(f, direct(f))
    assert (again.success, again.nit) == (True, 0)
    np.testing.assert_array_equal(again.x, direct(f))


@settings(deadline=None, max_examples=20)
@given(k=st.integers(1, 5), exponent=st.integers(-900, 900), seed=st.integers(0, 10**6))
def test_scaling_by_a_power_of_two_changes_nothing_else(k, exponent, seed):
    f = random(2**k - 1, 2, seed)
    plain, scaled = full_multigrid(f), full_multigrid(np.ldexp(f, exponent))
    np.testing.assert_array_equal(scaled.x, np.ldexp(plain.x, exponent))
    np.testing.assert_array_equal(scaled.history, np.ldexp(plain.history, exponent))


@settings(deadline=None, max_examples=20)
@given(k=st.integers(1, 5), a=st.floats(-3, 3), seed=st.integers(0, 10**6))
def test_a_cycle_is_linear_and_symmetric_as_the_square_is(k, a, seed):
    f, g = random(2**k - 1, 2, seed), random(2**k - 1, 2, seed + 1)
    np.testing.assert_allclose(v_cycle(f + a * g), v_cycle(f) + a * v_cycle(g), atol=1e-11)
    np.testing.assert_allclose(v_cycle(f.T), v_cycle(f).T, atol=1e-12)
    np.testing.assert_allclose(v_cycle(f[::-1]), v_cycle(f)[::-1], atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "dimensions", "times"), [(511, 2, 1.75), (2**16 - 1, 1, 3.05)])
def test_memory(n, dimensions, times):
    f = random(n, dimensions)
    full_multigrid(f)
    for solve in SOLVERS.values():
        tracemalloc.start()
        solve(f)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < times * f.nbytes


@pytest.mark.parametrize("solve", [v_cycle, multigrid, full_multigrid])
@pytest.mark.parametrize(
    ("f", "error", "message"),
    [
        (np.ones(8), ValueError, "f has 8 points a side; multigrid needs 2\\^k - 1, such as 7 or 15"),
        (np.ones((2, 2)), ValueError, "f has 2 points a side; .* such as 1 or 3"),
        (np.ones(6), ValueError, "such as 3 or 7"),
        (np.ones((3, 7)), ValueError, r"f has shape \(3, 7\); .* as many rows as columns"),
        (np.ones((3, 3, 3)), ValueError, r"f has shape \(3, 3, 3\); it must be 1-dimensional or 2-dimensional"),
        (1.0, ValueError, r"f has shape \(\)"),
        (np.ones(0), ValueError, "f is empty"),
        (np.ones((0, 3)), ValueError, "f is empty"),
        ([1.0, np.nan, 1.0], ValueError, r"f\[1\] is nan"),
        ([1.0, 2.0, -np.inf], ValueError, r"f\[2\] is -inf"),
        (["a"], TypeError, "f holds"),
        (1j * np.ones(3), TypeError, "f is complex"),
        (np.full((7, 7), 1e308), ValueError, "the numbers overflow float64: scale the problem, whose f is from 1.0e"),
        (np.full(7, 3e38, np.float32), ValueError, "the numbers overflow float32"),
    ],
)
def test_right_hand_sides_that_are_refused(solve, f, error, message):
    with pytest.raises(error, match=message) as caught:
        solve(f)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: v_cycle(f, np.ones(3)), ValueError, r"x0 has shape \(3,\); it must be that of f, \(7, 7\)"),
        (lambda f: multigrid(f, np.ones((3, 3))), ValueError, r"x0 has shape \(3, 3\)"),
        (lambda f: multigrid(f, np.full((7, 7), np.nan)), ValueError, r"x0\[0, 0\] is nan"),
        (lambda f: multigrid(f, np.full((7, 7), 1e308)), ValueError, "the numbers overflow float64"),
        (lambda f: multigrid(f, rtol=0.0), ValueError, "rtol is 0.0; it must be a finite number above 0"),
        (lambda f: multigrid(f, rtol=np.nan), ValueError, "rtol is nan"),
        (lambda f: multigrid(f, rtol=np.inf), ValueError, "rtol is inf"),
        (lambda f: multigrid(f, rtol=None), TypeError, "rtol is None; it must be a finite number"),
        (lambda f: full_multigrid(f, rtol=-1e-8), ValueError, "rtol is -1e-08"),
        (lambda f: full_multigrid(f, rtol="small"), TypeError, "rtol is 'small'"),
        (lambda f: multigrid(f, maxiter=0), ValueError, "maxiter is 0; it must be a whole number, at least 1"),
        (lambda f: full_multigrid(f, maxiter=2.5), TypeError, "maxiter is 2.5; it must be a whole number"),
        (lambda f: v_cycle(f, sweeps=3), TypeError, "sweeps is 3; it must be a pair"),
        (lambda f: v_cycle(f, sweeps=(1, 0)), ValueError, r"sweeps\[1\] is 0; .* at least 1"),
        (lambda f: multigrid(f, sweeps=(0.5, 1)), TypeError, r"sweeps\[0\] is 0.5"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call(np.ones((7, 7)))
    assert "\n" not in str(caught.value)
