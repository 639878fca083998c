"""Sparse matrices: products, triangular solves, incomplete factors, orderings; against SciPy and dense arithmetic."""

import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError

import mechkit as mk
from mechkit.linear_systems import ordering
from mechkit.linear_systems.incomplete_cholesky import incomplete_cholesky
from mechkit.linear_systems.ordering import reduce_bandwidth, spsolve
from mechkit.linear_systems.sparse import csr, matvec, spsolve_triangular
from mechkit.mechanisms.shared.direct_solves import backward_error
from mechkit.problems import poisson_1d, poisson_2d, read_matrix_market

EPS = np.finfo(float).eps


def random_sparse(n, density=0.3, seed=0, dtype=np.float64):
    a = scipy.sparse.random_array((n, n), density=density, rng=np.random.default_rng(seed), dtype=dtype)
    return scipy.sparse.csr_array(a + 2.0 * n * scipy.sparse.eye_array(n, dtype=dtype), dtype=dtype)


FORMATS = ["csr", "csc", "coo", "lil", "dok", "dia", "bsr", "dense", "csr_matrix", "int64 indices", "duplicates"]


def in_format(a, name):
    if name == "dense":
        return a.toarray()
    if name == "csr_matrix":
        return scipy.sparse.csr_matrix(a)
    if name == "int64 indices":
        return scipy.sparse.csr_array((a.data, a.indices.astype(np.int64), a.indptr.astype(np.int64)), shape=a.shape)
    if name == "duplicates":  # in descending order, and each element as two halves
        coo = a.tocoo()
        row, column, data = (np.concatenate([k, k])[::-1] for k in (*coo.coords, coo.data / 2))
        order = np.argsort(row, kind="stable")
        indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=a.shape[0]))])
        return scipy.sparse.csr_array((data[order], column[order], indptr), shape=a.shape)
    return a.asformat(name)


@pytest.mark.parametrize("name", FORMATS)
def test_any_format_is_taken_and_left_unchanged(name):
    a, x = random_sparse(12), np.arange(12.0)
    given_matrix = in_format(a, name)
    before = given_matrix.copy()
    np.testing.assert_allclose(matvec(given_matrix, x), a @ x, rtol=1e-13)
    np.testing.assert_allclose(spsolve(given_matrix, a @ x), x, atol=1e-12)
    assert type(given_matrix) is type(before)
    if name != "dense":
        assert given_matrix.dtype == before.dtype
    if hasattr(before, "indptr"):
        np.testing.assert_array_equal(given_matrix.indices, before.indices)
        np.testing.assert_array_equal(given_matrix.data, before.data)


@pytest.mark.parametrize("columns", [None, 1, 3])
def test_several_right_hand_sides(columns):
    a = random_sparse(9)
    b = np.random.default_rng(1).standard_normal(9 if columns is None else (9, columns))
    np.testing.assert_allclose(matvec(a, b), a @ b, rtol=1e-13)
    lower = scipy.sparse.tril(a)
    for x in (spsolve(a, b), spsolve_triangular(lower, b)):
        assert x.shape == b.shape
    np.testing.assert_allclose(a @ spsolve(a, b), b, atol=1e-13)
    np.testing.assert_allclose(lower @ spsolve_triangular(lower, b), b, atol=1e-13)


def test_an_empty_row_gives_zero():
    np.testing.assert_array_equal(matvec([[0.0, 0.0], [1.0, 0.0]], [3.0, 4.0]), [0.0, 3.0])


def test_single_precision_stays_single_and_mixing_goes_double():
    a, b = random_sparse(8, dtype=np.float32), np.ones(8, np.float32)
    lower = scipy.sparse.tril(a)
    for solve in (matvec, spsolve, lambda _, b: spsolve_triangular(lower, b)):
        with mk.count() as ops:
            assert solve(a, b).dtype == np.float32
        assert ops["float64"].flops == 0
        with mk.count() as ops:
            assert solve(a, b.astype(float)).dtype == np.float64
        assert ops["float32"].flops == 0
    assert incomplete_cholesky(a).dtype == np.float32


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("n", [1, 2, 15])
def test_spsolve_triangular(lower, unit, n):
    a = random_sparse(n) / (2 * n)
    a = scipy.sparse.csr_array(scipy.sparse.tril(a) if lower else scipy.sparse.triu(a))
    b = np.arange(1.0, n + 1)
    expected = scipy.sparse.linalg.spsolve_triangular(a, b, lower=lower, unit_diagonal=unit)
    np.testing.assert_allclose(spsolve_triangular(a, b, lower, unit_diagonal=unit), expected, rtol=1e-10)


@given(st.integers(1, 12), st.integers(0, 1000), st.booleans())
@settings(deadline=None, max_examples=20)
def test_a_solution_is_one(n, seed, symmetric):
    a = random_sparse(n, seed=seed)
    a = scipy.sparse.csr_array(a + a.T) if symmetric else a
    x = np.random.default_rng(seed).standard_normal(n)
    assert backward_error(a, spsolve(a, a @ x), a @ x) <= 10 * EPS


# -- incomplete Cholesky -----------------------------------------------------------------------------------------------


def test_without_fill_in_it_is_the_cholesky_factor():
    a = poisson_1d(20)
    np.testing.assert_allclose(incomplete_cholesky(a).toarray(), np.linalg.cholesky(a.toarray()), atol=1e-14)
    full = np.random.default_rng(0).standard_normal((8, 8))
    full = full @ full.T + 8 * np.eye(8)
    np.testing.assert_allclose(incomplete_cholesky(full).toarray(), np.linalg.cholesky(full), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("n", [2, 7])
def test_the_product_is_the_matrix_where_that_is_not_zero(n):
    a = poisson_2d(n)
    before = a.copy()
    L = incomplete_cholesky(a)
    error = (L @ L.T - a).toarray()
    assert np.abs(error[a.toarray() != 0]).max() <= 10 * EPS
    assert L.nnz == scipy.sparse.tril(a).nnz
    assert (a != before).nnz == 0
    if n > 2:
        assert np.abs(error).max() > 0.1  # and it is not, where it is zero


def test_a_pivot_that_is_not_positive_is_said():
    with pytest.raises(LinAlgError, match=r"breaks down in row 1, where the pivot is -3.0; enlarge the diagonal"):
        incomplete_cholesky([[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(LinAlgError, match=r"not positive definite: A\[1, 1\] is 0"):
        incomplete_cholesky([[1.0, 0.0], [0.0, 0.0]])
    # Positive definite, yet its incomplete factor does not exist (Kershaw 1978)
    kershaw = np.array([[3.0, -2, 0, 2], [-2, 3, -2, 0], [0, -2, 3, -2], [2, 0, -2, 3]])
    assert np.linalg.eigvalsh(kershaw).min() > 0
    with pytest.raises(LinAlgError, match="breaks down in row 3"):
        incomplete_cholesky(kershaw)
    incomplete_cholesky(kershaw + np.diag(np.diagonal(kershaw)))


# -- orderings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [1, 2, 5])
def test_a_permuted_band_gets_its_band_back(p):
    n = 60
    rng = np.random.default_rng(p)
    band = scipy.sparse.diags_array(
        [np.full(n - abs(k), 1.0) for k in range(-p, p + 1)], offsets=range(-p, p + 1), format="csr"
    )
    shuffle = rng.permutation(n)
    found = reduce_bandwidth(band[shuffle][:, shuffle])
    assert found.lower == found.upper <= (1 if p == 1 else 2 * p)  # a heuristic: exact for a path
    assert sorted(found.permutation) == list(range(n))


def test_the_bandwidths_are_those_of_the_renumbered_matrix():
    a = random_sparse(30, 0.05, seed=3)
    found = reduce_bandwidth(a)
    p = found.permutation
    row, column = a[p][:, p].nonzero()
    assert (found.lower, found.upper) == (max(row - column), max(column - row))


def test_a_natural_numbering_that_is_as_good_is_kept():
    found = reduce_bandwidth(poisson_2d(6))
    assert (found.lower, found.upper) == (6, 6)
    np.testing.assert_array_equal(found.permutation, np.arange(36))


@pytest.mark.parametrize("name", ["bcsstk01.mtx", "west0067.mtx", "fs_183_1.mtx"])
def test_published_matrices_are_solved_as_well_as_by_lapack(name, published):
    a = read_matrix_market(published("matrices") / name).array
    b = a @ np.ones(a.shape[0])
    reference = backward_error(a, np.linalg.solve(a.toarray(), b), b)
    assert backward_error(a, spsolve(a, b), b) <= max(10 * reference, 10 * EPS)


@pytest.mark.slow
def test_a_published_matrix_of_order_4884(published):
    a = read_matrix_market(published("matrices") / "bcsstk16.mtx.gz").array
    shuffle = np.random.default_rng(0).permutation(a.shape[0])
    a = a[shuffle][:, shuffle]
    b = a @ np.ones(a.shape[0])
    assert reduce_bandwidth(a).upper <= 3 * 140  # 140 as published, nearly 4884 after the shuffle
    assert backward_error(a, spsolve(a, b), b) <= 10 * EPS


def test_a_symmetric_matrix_that_is_not_definite_is_solved_too():
    a = poisson_2d(5) - 2.9 * scipy.sparse.eye_array(25)
    b = np.arange(25.0)
    assert backward_error(a, spsolve(a, b), b) <= 20 * EPS


def test_the_cost_is_that_of_the_band():
    n = 40
    shuffle = np.random.default_rng(0).permutation(n)
    with mk.count() as ops:
        spsolve(poisson_1d(n)[shuffle][:, shuffle], np.ones(n))
    with mk.count() as dense:
        mk.linear_systems.solve(poisson_1d(n).toarray(), np.ones(n), assume_a="pos")
    assert ops.flops == mk.law(lambda k: spsolve(poisson_1d(k), np.ones(k)), n=range(3, 8))(n=n).flops
    assert 50 * ops.flops < dense.flops


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("A", "error", "message"),
    [
        (np.ones((2, 3)), ValueError, r"A has shape \(2, 3\); it must be square"),
        (scipy.sparse.csr_array((2, 3)), ValueError, r"A has shape \(2, 3\); it must be square"),
        (scipy.sparse.coo_array(np.ones(3)), ValueError, r"A has shape \(3,\); it must be 2-dimensional"),
        (scipy.sparse.csr_array([[1.0, np.nan], [0, 1]]), ValueError, r"A.data\[1\] is nan; only finite"),
        (scipy.sparse.csr_array([[1j, 0], [0, 1]]), TypeError, "complex"),
        ([["a", "b"], ["c", "d"]], TypeError, "give it real numbers"),
    ],
)
def test_what_is_no_matrix_is_refused(A, error, message):
    for use in (csr, lambda _, A: matvec(A, [1.0, 1.0]), lambda _, A: spsolve(A, [1.0, 1.0])):
        with pytest.raises(error, match=message):
            use("A", A)


def test_other_refusals():
    eye = np.eye(3)
    with pytest.raises(ValueError, match=r"b has shape \(2,\); it needs 3 rows"):
        spsolve(eye, [1.0, 2.0])
    with pytest.raises(ValueError, match="needs 3 rows"):
        spsolve_triangular(eye, [1.0, 2.0])
    with pytest.raises(LinAlgError, match=r"a\[1, 1\] is 0"):
        spsolve_triangular(np.diag([1.0, 0.0, 1.0]), np.ones(3))
    with pytest.raises(LinAlgError, match=r"A is not lower triangular: A\[0, 2\] is 5.0; use spsolve"):
        spsolve_triangular(eye + 5.0 * np.eye(3, k=2), np.ones(3))
    with pytest.raises(LinAlgError, match=r"A is not upper triangular: A\[2, 0\] is 5.0"):
        spsolve_triangular(eye + 5.0 * np.eye(3, k=-2), np.ones(3), lower=False)
    with pytest.raises(LinAlgError, match="singular.* of the renumbered matrix"):
        spsolve(np.diag([1.0, 0.0, 1.0]), np.ones(3))


def test_a_band_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(ordering, "MEMORY_LIMIT", 1000)
    with pytest.raises(
        MemoryError, match=r"10 diagonals below, 10 above, n = 100\) would take .* solve the system by cg"
    ):
        spsolve(poisson_2d(10), np.ones(100))
