"""Tridiagonal systems from one end, from both, and with interchanges."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError

import mechkit as mk
from mechkit.linear_systems.banded import solve_banded
from mechkit.linear_systems.tridiagonal import solve_tridiagonal


def diagonals(n, seed=0, dominance=0.0):
    rng = np.random.default_rng(seed)
    dl, d, du = rng.standard_normal(n - 1), rng.standard_normal(n), rng.standard_normal(n - 1)
    return dl, d + np.copysign(dominance, d), du


def as_band(dl, d, du):
    return np.array([[0.0, *du], d, [*dl, 0.0]])


@pytest.mark.parametrize("twisted", [True, False])
@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 50, 101])
def test_as_good_as_lapack(n, twisted):
    dl, d, du = diagonals(n, dominance=4.0)
    b = np.random.default_rng(1).standard_normal((n, 2))
    ours = solve_tridiagonal(dl, d, du, b, twisted=twisted)
    np.testing.assert_allclose(ours, scipy.linalg.solve_banded((1, 1), as_band(dl, d, du), b), rtol=1e-12)
    np.testing.assert_allclose(solve_tridiagonal(dl, d, du, b[:, 0], twisted), ours[:, 0], rtol=1e-14)


@given(n=st.integers(2, 40), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_with_interchanges_the_backward_error_is_that_of_lapack(n, seed):
    ab, b = as_band(*diagonals(n, seed)), np.random.default_rng(seed).standard_normal(n)
    a = np.diag(ab[1]) + np.diag(ab[0, 1:], 1) + np.diag(ab[2, :-1], -1)
    x = solve_banded((1, 1), ab, b)
    scale = np.abs(a).sum(axis=1).max() * np.abs(x).max() + np.abs(b).max()
    assert np.abs(b - a @ x).max() <= 100 * np.finfo(float).eps * scale


@given(n=st.integers(2, 30), seed=st.integers(0, 1000), k=st.integers(-6, 6))
@settings(deadline=None, max_examples=30)
def test_reversal_and_scaling_change_nothing(n, seed, k):
    dl, d, du = diagonals(n, seed, dominance=3.0)
    b = np.random.default_rng(seed).standard_normal(n)
    x = solve_tridiagonal(dl, d, du, b)
    np.testing.assert_allclose(solve_tridiagonal(du[::-1], d[::-1], dl[::-1], b[::-1])[::-1], x, rtol=1e-10)
    s = 2.0**k
    np.testing.assert_array_equal(solve_tridiagonal(s * dl, s * d, s * du, s * b), x)


def test_rows_are_interchanged_where_a_pivot_is_zero():
    dl, d, du = np.ones(3), np.zeros(4), np.ones(3)
    b = np.array([1.0, 2.0, 3.0, 4.0])
    expected = np.linalg.solve(np.diag(du, 1) + np.diag(dl, -1), b)
    np.testing.assert_allclose(solve_banded((1, 1), as_band(dl, d, du), b), expected)
    for twisted in (True, False):
        with pytest.raises(LinAlgError, match="the pivot in row [03] is zero; use solve_banded, which interchanges"):
            solve_tridiagonal(dl, d, du, b, twisted=twisted)


@pytest.mark.parametrize("n", [2, 3, 6, 7])
def test_each_singular_row_is_found(n):
    for row in range(n):
        dl, d, du = np.zeros(n - 1), np.ones(n), np.zeros(n - 1)
        d[row] = 0.0
        for twisted in (True, False):
            with pytest.raises(LinAlgError, match=f"the pivot in row {row} is zero"):
                solve_tridiagonal(dl, d, du, np.ones(n), twisted)
        with pytest.raises(LinAlgError, match=f"no pivot in column {row}"):
            solve_banded((1, 1), as_band(dl, d, du), np.ones(n))


def test_singular_only_after_elimination():
    with pytest.raises(LinAlgError, match="the pivot in row 1 is zero"):
        solve_tridiagonal([1.0], [1.0, 1.0], [1.0], [1.0, 2.0])
    with pytest.raises(LinAlgError, match="no pivot in column 1"):
        solve_banded((1, 1), as_band([1.0], [1.0, 1.0], [1.0]), [1.0, 2.0])


def test_single_precision_stays_single():
    dl, d, du = (a.astype(np.float32) for a in diagonals(20, dominance=3.0))
    with mk.count() as ops:
        x = solve_tridiagonal(dl, d, du, np.ones(20, np.float32))
    assert x.dtype == np.float32
    assert (ops["float32"].flops, ops["float64"].flops) == (153, 0)
    with mk.count() as ops:
        assert solve_banded((1, 1), as_band(dl, d, du).astype(np.float32), np.ones(20, np.float32)).dtype == np.float32
    assert ops["float64"].flops == 0


def test_one_unknown():
    assert solve_tridiagonal([], [4.0], [], [8.0]).tolist() == [2.0]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1.0], [1.0, 2.0, 3.0], [1.0, 1.0], np.ones(3)), ValueError, r"dl has shape \(1,\); beside a diagonal of 3"),
        (([1.0, 1.0], [1.0, 2.0, 3.0], 1.0, np.ones(3)), ValueError, r"du has shape \(\); .* must be \(2,\)"),
        (([1.0], [1.0, np.nan], [1.0], np.ones(2)), ValueError, r"d\[1\] is nan"),
        (([1.0], [1.0, 2.0], [np.inf], np.ones(2)), ValueError, r"du\[0\] is inf"),
        (([1.0], [1.0, 2.0], [1.0], np.ones(3)), ValueError, "it needs 2 rows"),
        (([], [], [], []), ValueError, "d is empty"),
        (([1.0], [1.0, 1j], [1.0], np.ones(2)), TypeError, "d is complex"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        solve_tridiagonal(*arguments)
