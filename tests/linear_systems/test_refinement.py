"""Mixed-precision refinement: float64's accuracy from float32's factors, up to the condition number where it fails."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError

import mechkit as mk
from mechkit.linear_systems import lu_factor, solve
from mechkit.linear_systems.refinement import EPS, refine
from mechkit.problems.conditioned import conditioned
from mechkit.problems.matrix_market import read_matrix_market

KAPPAS = [10.0**k for k in range(13)]


def backward_error(a, x, b):
    a, x, b = (np.asarray(v, float) for v in (a, x, b))
    return np.max(np.abs(b - a @ x) / (np.abs(a) @ np.abs(x) + np.abs(b)))


def normwise(a, x, b):
    """What LAPACK's dsgesv bounds."""
    a, x, b = (np.asarray(v, float) for v in (a, x, b))
    size = np.abs(a).sum(axis=1).max() * np.abs(x).max(axis=0)
    return (np.abs(b - a @ x).max(axis=0) / size).max()


def assert_solves(a, b, found, slack=2.0):
    assert found.success
    assert found.status == 0
    assert found.x.dtype == np.float64
    assert found.x.shape == np.shape(b)
    assert found.history.shape == (found.nit + 1,)
    # With slack, as b - a x is rounded differently here.
    assert backward_error(a, found.x, b) <= slack * np.sqrt(len(a)) * EPS
    assert normwise(a, found.x, b) <= slack * np.sqrt(len(a)) * EPS


@pytest.mark.parametrize("n", [1, 2, 5, 40])
@pytest.mark.parametrize("columns", [None, 1, 3])
def test_solves_to_double_precision(n, columns):
    rng = np.random.default_rng(n)
    a = rng.standard_normal((n, n)) + 2 * np.sqrt(n) * np.eye(n)
    b = rng.standard_normal(n if columns is None else (n, columns))
    found = refine(a, b)
    assert_solves(a, b, found)
    np.testing.assert_allclose(found.x, np.linalg.solve(a, b), rtol=1e-12, atol=1e-14)
    x, info = found
    assert info == 0
    assert x is found.x


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_random_systems(n, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((n, n)), rng.standard_normal(n)
    found = refine(a, b)
    if found.success:
        assert_solves(a, b, found)
    else:
        assert np.linalg.cond(a) > 1e6


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 8))
def test_scaling_rows_and_columns_changes_nothing(n, seed):
    # Entries from 2^-400 to 2^400, where float32 ends at 2^128: the scaled matrix is the same, up to one power of two.
    rng = np.random.default_rng(seed)
    a, x = rng.standard_normal((n, n)) + 2 * n * np.eye(n), rng.standard_normal(n)
    rows, columns = rng.integers(-200, 200, n), rng.integers(-200, 200, n)
    scaled = np.ldexp(np.ldexp(a, columns), rows[:, np.newaxis])
    found = refine(scaled, np.ldexp(a @ x, rows))
    assert found.success
    np.testing.assert_allclose(np.ldexp(found.x, columns), x, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e-40, 1e40, 1e200, 1e300])
def test_entries_far_beyond_single_precision(size):
    a, b = conditioned(20, 1e3), np.ones(20)
    plain = refine(a, b).x
    assert refine(a, b * size).success
    np.testing.assert_allclose(refine(a, b * size).x, plain * size, rtol=1e-10)
    np.testing.assert_allclose(refine(a * size, b).x, plain / size, rtol=1e-10)
    np.testing.assert_allclose(refine(a * size, b * size).x, plain, rtol=1e-10)
    a[::2] *= size
    np.testing.assert_allclose(refine(a, a @ b).x, b, rtol=1e-10)


# -- the condition number ----------------------------------------------------------------------------------------


def outcomes(kappa, n=50, seeds=5):
    for seed in range(seeds):
        a = conditioned(n, kappa, seed)
        x = np.random.default_rng(seed).standard_normal(n)
        yield x, refine(a, a @ x)


@pytest.mark.slow
def test_it_fails_where_the_condition_number_is_one_over_single_precision():
    failed = {kappa: sum(not found.success for _, found in outcomes(kappa)) for kappa in KAPPAS}
    assert [failed[kappa] for kappa in KAPPAS if kappa <= 1e6] == [0] * 7
    assert [failed[kappa] for kappa in KAPPAS if kappa >= 1e9] == [5] * 4
    first = min(kappa for kappa in KAPPAS if failed[kappa])
    assert 1e7 <= first <= 1e9  # 1/eps of float32 is 8.4e6


@pytest.mark.slow
def test_steps_grow_with_the_condition_number():
    steps = [np.mean([found.nit for _, found in outcomes(kappa)]) for kappa in KAPPAS[:8]]
    assert sorted(steps) == steps
    assert steps[0] <= 2
    assert steps[-1] >= steps[0] + 2


@pytest.mark.parametrize("kappa", [1e2, 1e4, 1e6])
def test_the_error_is_that_of_double_precision(kappa):
    for x, found in outcomes(kappa, seeds=3):
        assert np.abs(found.x - x).max() <= 50 * kappa * EPS * np.abs(x).max()
        single = found.history[0]
        assert 1e-10 < single < 1e-6  # the first solution is float32's
        assert found.history[-1] <= np.sqrt(50) * EPS


@pytest.mark.parametrize("kappa", [1e9, 1e11, 1e13])
def test_failure_is_said_with_an_estimate(kappa):
    for _, found in outcomes(kappa, seeds=3):
        assert not found.success
        assert found.status == -1
        assert np.isfinite(found.x).all()
        assert found.history[-1] > 0.5 * found.history[-2]
        assert "too large for factors in float32; use solve" in found.message
        estimate = float(found.message.split("by estimate ")[1].split(",")[0])
        assert estimate > 1e8


@pytest.mark.parametrize("kappa", [1e1, 1e3, 1e5])
def test_the_estimate_of_the_condition_number(kappa):
    from mechkit.linear_systems.refinement import _condition, _factored, _in_single

    for seed in range(5):
        a = conditioned(30, kappa, seed)
        exact = np.linalg.cond(_in_single(a)[0].astype(float), 1)
        assert exact / 5 <= _condition(a, _factored(a)) <= 1.1 * exact


def test_the_best_solution_is_returned():
    a = conditioned(50, 1e9, 0)
    b = np.ones(50)
    found = refine(a, b)
    assert backward_error(a, found.x, b) == pytest.approx(found.history.min(), rel=1e-3)


# -- counts ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_cubic_work_is_single_precision():
    n, s = 60, 2
    a, b = conditioned(n, 1e7), np.ones(n)
    with mk.count() as ops:
        found = refine(a, b, maxiter=s)
    assert (found.status, found.nit) == (s, s)
    with mk.count() as factoring:
        lu_factor(a.astype(np.float32))
    assert ops["float32"].flops == factoring["float32"].flops + (s + 1) * (2 * n**2 - n)
    assert ops["float64"].flops == (s + 1) * (3 * n**2 + 2 * n)
    with mk.count() as plain:
        solve(a, b)
    assert plain["float64"].flops > 4 * ops["float64"].flops


def test_each_column_costs_its_own_residuals_and_solutions():
    a, b = conditioned(12, 10.0), np.ones((12, 3))
    with mk.count() as three:
        found = refine(a, b, rtol=1e-12)
    with mk.count() as one:
        assert refine(a, b[:, 0], rtol=1e-12).nit == found.nit
    assert three["float32"].flops - one["float32"].flops == 2 * (found.nit + 1) * (2 * 12**2 - 12)


# -- input -------------------------------------------------------------------------------------------------------

LAYOUTS = {
    "list": lambda a: a.tolist(),
    "Fortran": np.asfortranarray,
    "reversed": lambda a: a[::-1][::-1],
    "read-only": lambda a: (a.setflags(write=False), a)[1],
    "integer": lambda a: np.round(100 * a).astype(np.int64),
    "float32": lambda a: a.astype(np.float32),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_is_taken_and_left_unchanged(layout):
    a, b = LAYOUTS[layout](conditioned(6, 10.0)), np.arange(6.0)
    before = np.array(a, float)
    assert_solves(before, b, refine(a, b))
    np.testing.assert_array_equal(np.asarray(a), before)
    np.testing.assert_array_equal(b, np.arange(6.0))


def test_zero_right_hand_sides():
    found = refine(np.eye(3), np.zeros(3))
    assert (found.success, found.nit, found.history.tolist()) == (True, 0, [0.0])
    np.testing.assert_array_equal(found.x, np.zeros(3))
    mixed = refine(conditioned(3, 10.0), np.eye(3)[:, [0, 2]] * [0.0, 1.0])
    assert mixed.success
    np.testing.assert_array_equal(mixed.x[:, 0], np.zeros(3))


def test_steps_can_run_out():
    found = refine(conditioned(20, 1e6), np.ones(20), maxiter=1)
    assert (found.success, found.status, found.nit) == (False, 1, 1)
    assert found.message.endswith("raise maxiter")


def test_a_looser_tolerance_needs_fewer_steps():
    a, b = conditioned(20, 1e6), np.ones(20)
    assert refine(a, b, rtol=1e-6).nit == 0 < refine(a, b, rtol=1e-12).nit < refine(a, b).nit


def test_solutions_that_single_precision_cannot_hold_together_are_said():
    found = refine(np.diag([1e100, 1e-100]), [1.0, 1.0])
    assert (found.success, found.status) == (False, -1)
    assert "the elements of the solution lie too far apart for float32" in found.message


def test_solutions_that_overflow_are_said():
    found = refine(np.diag([1e-300, 1.0]), [1e100, 1.0])
    assert (found.success, found.status) == (False, -1)
    assert found.message == "step 0 overflows float64; divide b by a power of two, or use solve"


def test_the_ends_of_the_range_of_double_precision():
    np.testing.assert_array_equal(refine(np.diag([5e-324, 1e300]), [5e-324, 1e300]).x, [1.0, 1.0])
    found = refine([[1.7e308, 1.7e308], [1.7e308, -1.6e308]], [1.0, 2.0])
    assert found.success
    np.testing.assert_allclose(found.x, [8.912655971479503e-309, -3.03030303030303e-309], rtol=1e-12)


@pytest.mark.slow
def test_growth_beyond_single_precision_is_said():
    a = np.eye(140) - np.tril(np.ones((140, 140)), -1)  # Wilkinson's: elements grow to 2^139
    a[:, -1] = 1.0
    with pytest.raises(LinAlgError, match="elimination in float32 overflows"):
        refine(a, np.ones(140))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: refine([[1, 1], [1, 1 + 1e-9]], [1, 2]), LinAlgError, "no pivot in column 1, in float32; .* solve"),
        (lambda: refine(np.zeros((2, 2)), [1, 2]), LinAlgError, "singular.*column 0"),
        (lambda: refine(np.ones((2, 3)), [1, 2]), ValueError, r"a has shape \(2, 3\); it must be square"),
        (lambda: refine(np.ones((0, 0)), []), ValueError, "a is empty"),
        (lambda: refine(np.eye(2), [1, 2, 3]), ValueError, r"b has shape \(3,\); it needs 2 rows"),
        (lambda: refine([[1, np.nan], [0, 1]], [1, 2]), ValueError, r"a\[0, 1\] is nan"),
        (lambda: refine(np.eye(2), [1, np.inf]), ValueError, r"b\[1\] is inf"),
        (lambda: refine(np.eye(2) * 1j, [1, 2]), TypeError, "a is complex"),
        (lambda: refine([["x"]], [1]), TypeError, "a holds"),
        (lambda: refine(np.eye(2), [1, 2], rtol=0), ValueError, "rtol is 0; it must be a finite number above 0"),
        (lambda: refine(np.eye(2), [1, 2], rtol=np.nan), ValueError, "rtol is nan"),
        (lambda: refine(np.eye(2), [1, 2], rtol=1e-17), ValueError, "rtol is 1e-17; .* at least 2.2e-16"),
        (lambda: refine(np.eye(2), [1, 2], rtol="small"), TypeError, "rtol is 'small'"),
        (lambda: refine(np.eye(2), [1, 2], maxiter=0), ValueError, "maxiter is 0; it must be a whole number"),
        (lambda: refine(np.eye(2), [1, 2], maxiter=2.5), TypeError, "maxiter is 2.5"),
        (lambda: conditioned(0, 1.0), ValueError, "n is 0"),
        (lambda: conditioned(3, 0.5), ValueError, "kappa is 0.5; .* at least 1"),
        (lambda: conditioned(3, np.inf), ValueError, "kappa is inf"),
        (lambda: conditioned(1, 2.0), ValueError, "a matrix of order 1 has condition number 1"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


# -- the generator, and published matrices -----------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(n=st.integers(2, 30), digits=st.integers(0, 10), seed=st.integers(0, 10**6))
def test_conditioned_has_the_condition_number(n, digits, seed):
    a = conditioned(n, 10.0**digits, seed)
    assert np.linalg.cond(a) == pytest.approx(10.0**digits, rel=1e-4)
    assert np.linalg.norm(a, 2) == pytest.approx(1.0)


def test_conditioned_takes_a_generator_and_order_one():
    rng = np.random.default_rng(3)
    assert not np.array_equal(conditioned(4, 10.0, rng), conditioned(4, 10.0, rng))
    assert abs(conditioned(1, 1.0)[0, 0]) == 1.0


@pytest.mark.parametrize(("name", "solved"), [("bcsstk01", True), ("west0067", True), ("fs_183_1", False)])
def test_published_matrices(published, name, solved):
    (file,) = published("matrices").glob(f"{name}.mtx*")
    a = read_matrix_market(file).array.toarray()
    found = refine(a, a @ np.ones(len(a)))
    assert found.success == solved
    if solved:
        np.testing.assert_allclose(found.x, 1.0, rtol=1e-10)
    else:  # its condition number is 2e13
        assert "condition number" in found.message
