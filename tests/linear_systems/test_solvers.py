"""Drivers against SciPy: same answers, same shapes, any kind of array; laws and refusals."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError

import mechkit as mk
from mechkit import linear_systems as ls


def general(n, seed=0):
    return np.random.default_rng(seed).standard_normal((n, n))


def definite(n, seed=0):
    a = general(n, seed)
    return a @ a.T + n * np.eye(n)


def band(n, l, u, seed=0):
    return np.random.default_rng(seed).standard_normal((l + u + 1, n))


def from_band(ab, l, u):
    n = ab.shape[1]
    a = np.zeros((n, n))
    for i in range(n):
        for j in range(max(0, i - l), min(n, i + u + 1)):
            a[i, j] = ab[u + i - j, j]
    return a


def definite_band(n, p, lower):
    a = np.tril(np.triu(definite(n), -p), p)
    a += (p + 1) * n * np.eye(n)
    ab = np.zeros((p + 1, n))
    for k in range(p + 1):
        d = np.diagonal(a, k)
        if lower:
            ab[k, : n - k] = d
        else:
            ab[p - k, k:] = d
    return a, ab


def assert_solves(a, x, b):
    a, x, b = np.asarray(a, float), np.asarray(x, float), np.asarray(b, float)
    assert x.shape == b.shape
    scale = np.abs(a).sum(axis=1).max() * np.abs(x).max() + np.abs(b).max()
    assert np.abs(b - a @ x).max() <= 1e-12 * scale


SOLVERS = {
    "solve": lambda a, b: ls.solve(a, b),
    "solve pos": lambda a, b: ls.solve(a, b, assume_a="pos"),
    "solve pos lower": lambda a, b: ls.solve(a, b, lower=True, assume_a="pos"),
    "lu": lambda a, b: ls.lu_solve(ls.lu_factor(a), b),
    "cholesky": lambda a, b: ls.cho_solve((ls.cholesky(a), False), b),
    "cholesky lower": lambda a, b: ls.cho_solve((ls.cholesky(a, lower=True), True), b),
    "cho_factor": lambda a, b: ls.cho_solve(ls.cho_factor(a, lower=True), b),
}


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("n", [1, 2, 5, 40])
@pytest.mark.parametrize("columns", [None, 1, 3])
def test_dense_solvers(solver, n, columns):
    a = definite(n)
    b = np.random.default_rng(1).standard_normal(n if columns is None else (n, columns))
    assert_solves(a, SOLVERS[solver](a, b), b)


LAYOUTS = {
    "list": lambda a: a.tolist(),
    "Fortran": np.asfortranarray,
    "strided": lambda a: np.repeat(np.repeat(a, 2, axis=0), 2, axis=-1)[::2, ::2],
    "reversed": lambda a: a[::-1][::-1],
    "read-only": lambda a: (a.setflags(write=False), a)[1],
    "integer": lambda a: np.round(a).astype(np.int64),
    "float32": lambda a: a.astype(np.float32),
    "big-endian": lambda a: a.astype(">f8"),
    "float16": lambda a: a.astype(np.float16),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_is_taken_and_left_unchanged(layout):
    a, b = LAYOUTS[layout](definite(6)), np.arange(6.0)
    before = np.array(a, copy=True)
    x = ls.solve(a, b)
    assert x.dtype == np.float64
    assert_solves(before, x, b)
    np.testing.assert_array_equal(np.asarray(a), before)
    np.testing.assert_array_equal(b, np.arange(6.0))


def test_single_precision_stays_single_and_mixing_goes_double():
    a, b = definite(8).astype(np.float32), np.ones(8, np.float32)
    with mk.count() as ops:
        assert ls.solve(a, b).dtype == np.float32
    assert ops["float64"].flops == 0
    with mk.count() as ops:
        assert ls.solve(a, b.astype(np.float64)).dtype == np.float64
    assert ops["float32"].flops == 0


def test_factors_are_those_of_scipy():
    a = general(30)
    lu, piv = ls.lu_factor(a)
    expected, pivots = scipy.linalg.lu_factor(a)
    np.testing.assert_allclose(lu, expected, rtol=1e-10)
    np.testing.assert_array_equal(piv, pivots)
    assert piv.dtype == pivots.dtype
    for lower in (False, True):
        np.testing.assert_allclose(ls.cholesky(definite(30), lower), scipy.linalg.cholesky(definite(30), lower))


@pytest.mark.parametrize("trans", [0, 1])
def test_transposed_systems(trans):
    a, b = general(20), np.arange(20.0)
    expected = scipy.linalg.lu_solve(scipy.linalg.lu_factor(a), b, trans)
    np.testing.assert_allclose(ls.lu_solve(ls.lu_factor(a), b, trans), expected, rtol=1e-8)
    np.testing.assert_allclose(ls.solve(a, b, transposed=bool(trans)), expected, rtol=1e-8)


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("trans", [0, 1, "N", "T"])
@pytest.mark.parametrize("unit", [False, True])
def test_solve_triangular(lower, trans, unit):
    a, b = general(15) / 15 + np.eye(15), np.ones((15, 2))
    expected = scipy.linalg.solve_triangular(a, b, trans, lower, unit)
    np.testing.assert_allclose(ls.solve_triangular(a, b, trans, lower, unit), expected, rtol=1e-9)


@pytest.mark.parametrize(("l", "u"), [(0, 0), (1, 1), (2, 0), (0, 3), (1, 2), (4, 4), (7, 2), (11, 11)])
@pytest.mark.parametrize("columns", [None, 3])
def test_solve_banded(l, u, columns):
    n = 12
    ab = band(n, l, u)
    b = np.random.default_rng(1).standard_normal(n if columns is None else (n, columns))
    assert_solves(from_band(ab, l, u), ls.solve_banded((l, u), ab, b), b)


@pytest.mark.parametrize("n", [2, 3, 4, 50])
def test_tridiagonal_with_interchanges(n):
    ab = band(n, 1, 1, seed=n)
    ab[1] *= 1e-3
    b = np.arange(1.0, n + 1)
    np.testing.assert_allclose(
        ls.solve_banded((1, 1), ab, b), scipy.linalg.solve_banded((1, 1), ab, b), rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("p", [0, 1, 4, 9])
def test_solveh_banded(lower, p):
    a, ab = definite_band(10, p, lower)
    b = np.ones((10, 2))
    assert_solves(a, ls.solveh_banded(ab, b, lower=lower), b)


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 12), l=st.integers(0, 4), u=st.integers(0, 4), seed=st.integers(0, 10**6))
def test_banded_is_dense(n, l, u, seed):
    l, u = min(l, n - 1), min(u, n - 1)
    ab = band(n, l, u, seed)
    ab[u] += np.where(ab[u] < 0, -1, 1) * (l + u + 1)
    a, b = from_band(ab, l, u), np.ones(n)
    np.testing.assert_allclose(ls.solve_banded((l, u), ab, b), ls.solve(a, b), rtol=1e-7, atol=1e-10)


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 10), seed=st.integers(0, 10**6), scale=st.integers(-20, 20))
def test_permuting_and_scaling_rows_changes_no_solution(n, seed, scale):
    rng = np.random.default_rng(seed)
    a, b = general(n, seed) + 3 * n * np.eye(n), rng.standard_normal(n)
    order = rng.permutation(n)
    x = ls.solve(a, b)
    np.testing.assert_allclose(ls.solve(a[order], b[order]), x, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(ls.solve(a * 2.0**scale, b * 2.0**scale), x, rtol=1e-12)


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 25), p=st.integers(0, 5), seed=st.integers(0, 10**6))
def test_symmetric_banded_is_dense(n, p, seed):
    a, ab = definite_band(n, min(p, n - 1), lower=bool(seed % 2))
    b = np.random.default_rng(seed).standard_normal(n)
    x = ls.solveh_banded(ab, b, lower=bool(seed % 2))
    np.testing.assert_allclose(x, ls.solve(a, b, assume_a="pos"), rtol=1e-9, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 40), seed=st.integers(0, 10**6))
def test_what_is_multiplied_is_solved_again(n, seed):
    x = np.random.default_rng(seed).standard_normal(n)
    a = general(n, seed) + 3 * n * np.eye(n)
    np.testing.assert_allclose(ls.solve(a, a @ x), x, rtol=1e-9, atol=1e-12)
    s = definite(n, seed)
    np.testing.assert_allclose(ls.solve(s, s @ x, assume_a="pos"), x, rtol=1e-7, atol=1e-10)


@pytest.mark.slow
def test_laws_hold_at_sizes_far_from_those_they_were_found_on():
    found = mk.law(lambda n: ls.lu_factor(np.eye(n) + 1.0), n=range(2, 8))
    assert found.mul == "n^3/3 - n^2/2 + n/6" == found.sub
    assert found.div == "n^2/2 - n/2"
    with mk.count() as ops:
        ls.lu_factor(general(100))
    assert (ops.mul, ops.sub, ops.div) == (found(100).mul, found(100).sub, found(100).div)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ls.solve(np.ones((2, 3)), np.ones(2)), ValueError, r"a has shape \(2, 3\); it must be square"),
        (lambda: ls.solve(np.ones(3), np.ones(3)), ValueError, r"a has shape \(3,\); it must be 2-dimensional"),
        (lambda: ls.solve([[1, 2], [3]], [1, 2]), ValueError, "a is not an array"),
        (lambda: ls.solve(np.eye(3), np.ones(4)), ValueError, r"b has shape \(4,\); it needs 3 rows"),
        (lambda: ls.solve(np.eye(3), np.ones((3, 1, 1))), ValueError, r"b has shape \(3, 1, 1\)"),
        (lambda: ls.solve(np.eye(2) * 1j, np.ones(2)), TypeError, "a is complex"),
        (lambda: ls.solve(np.eye(2), ["x", "y"]), TypeError, "b holds"),
        (lambda: ls.solve(np.array([[1.0, np.nan], [0, 1]]), [1, 2]), ValueError, r"a\[0, 1\] is nan"),
        (lambda: ls.solve(np.eye(2), [1.0, -np.inf]), ValueError, r"b\[1\] is -inf"),
        (lambda: ls.solve(np.eye(2), [1, 2], assume_a="symetric"), ValueError, "did you mean 'symmetric'"),
        (lambda: ls.solve(np.ones((3, 3)), np.ones(3)), LinAlgError, "singular.*column 1"),
        (lambda: ls.solve(np.zeros((3, 3)), np.ones(3)), LinAlgError, "singular.*column 0"),
        (lambda: ls.lu_solve(([[1.0, 2.0], [2.0, 0.0]], [0, 1]), [1.0, 1.0]), LinAlgError, r"singular: U\[1, 1\] is 0"),
        (lambda: ls.lu_solve((np.eye(3), [0, 1, 7]), np.ones(3)), ValueError, "piv is not 3 row numbers"),
        (lambda: ls.lu_solve((np.eye(3), [0, 1]), np.ones(3)), ValueError, "piv is not 3 row numbers"),
        (lambda: ls.cholesky([[1.0, 2.0], [2.0, 1.0]]), LinAlgError, "not positive definite.*order 2"),
        (lambda: ls.cholesky(-np.eye(2)), LinAlgError, "not positive definite.*order 1"),
        (lambda: ls.cho_solve((np.zeros((2, 2)), False), [1, 2]), LinAlgError, r"singular: c\[0, 0\] is 0"),
        (lambda: ls.solve_triangular(np.diag([1.0, 0.0]), [1, 2]), LinAlgError, r"a\[1, 1\] is 0"),
        (lambda: ls.solve_triangular(np.eye(2), [1, 2], trans=5), ValueError, "trans is 5"),
        (lambda: ls.solve_banded((1, 1), np.ones((2, 4)), np.ones(4)), ValueError, "ab has 2 rows.*need.* 3"),
        (lambda: ls.solve_banded((-1, 2), np.ones((2, 4)), np.ones(4)), ValueError, "must be whole and not negative"),
        (lambda: ls.solve_banded((1.5, 1), np.ones((3, 4)), np.ones(4)), ValueError, "must be whole and not negative"),
        (lambda: ls.solve_banded(1, np.ones((3, 4)), np.ones(4)), TypeError, "must be a pair"),
        (lambda: ls.solve_banded((1, 1), np.zeros((3, 4)), np.ones(4)), LinAlgError, "singular.*column 0"),
        (lambda: ls.solve_banded((2, 1), np.zeros((4, 4)), np.ones(4)), LinAlgError, "singular.*column 0"),
        (lambda: ls.solve_banded((1, 1), np.ones((3, 2)), np.ones(2)), LinAlgError, "singular.*column 1"),
        (lambda: ls.solveh_banded(-np.ones((1, 4)), np.ones(4)), LinAlgError, "not positive definite.*order 1"),
        (lambda: ls.solveh_banded(np.ones((2, 3)), np.ones(4)), ValueError, "b has shape"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_check_finite_can_be_left_out():
    x = ls.solve(np.array([[1.0, np.nan], [0, 1]]), [1, 2], check_finite=False)
    assert np.isnan(x).any()


@pytest.mark.parametrize("trans", [7, "X", -1, [0]])
def test_a_wrong_trans_is_told_all_that_it_may_be(trans):
    with pytest.raises(ValueError, match=r"it must be 0 or 'N', 1 or 'T', 2 or 'C'"):
        mk.linear_systems.solve_triangular(np.eye(2), np.ones(2), trans=trans)
