"""What users of SciPy try within their first minutes: structures, shapes, types and arguments, as SciPy has them."""

import warnings

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg
from scipy.linalg import LinAlgWarning

from mechkit import linear_systems as ls
from mechkit.problems import poisson_1d, poisson_2d

RNG = np.random.default_rng(0)
A = RNG.standard_normal((6, 6)) + 6 * np.eye(6)
B = RNG.standard_normal((6, 2))


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize(
    "structure",
    [
        *("general", "gen", "symmetric", "sym", "hermitian", "her", "positive definite", "pos", "banded"),
        *("tridiagonal", "diagonal", "upper triangular", "lower triangular"),
    ],
)
@pytest.mark.parametrize("b", [B, B[:, 0]])
def test_solve_reads_what_scipy_reads(structure, transposed, lower, b):
    a = A.copy()
    if structure == "banded":
        a = np.triu(np.tril(a, 1), -2)
    if structure in ("tridiagonal", "diagonal"):  # SciPy reads no more, and neither does this
        a[0, 5] = 7.0
    if structure.startswith(("pos", "sym", "her")):
        a[0, 5] = 1.0  # not symmetric: one triangle is read
    given = {"lower": lower, "transposed": transposed, "assume_a": structure}
    expected = scipy.linalg.solve(a, b, **given)
    np.testing.assert_allclose(ls.solve(a, b, **given), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (1, 4), (4, 1), (0, 0), (0, 3), (3, 0)])
@pytest.mark.parametrize("kind", ["full rank", "singular"])
def test_lu_of_any_matrix(shape, kind):
    a = RNG.standard_normal(shape)
    if kind == "singular" and min(shape) > 1:
        a[:, 0] = RNG.choice([1.0, -2.0, 4.0, 0.5], shape[0])  # exactly so, without rounding
        a[:, 1] = 2 * a[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LinAlgWarning)
        lu, piv = ls.lu_factor(a)
        expected = scipy.linalg.lu_factor(a)
    np.testing.assert_allclose(lu, expected[0], atol=1e-14)
    if a.size:
        assert piv.tolist() == expected[1].tolist()
        P, L, U = ls.lu(a)
        np.testing.assert_allclose(P @ L @ U, a, atol=1e-14)
        np.testing.assert_allclose(L[ls.lu(a, p_indices=True)[0]] @ U, a, atol=1e-14)
        np.testing.assert_allclose(np.linalg.multi_dot(ls.lu(a, permute_l=True)), a, atol=1e-14)
        for mine, theirs in zip((P, L, U), scipy.linalg.lu(a), strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-14)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (0, 3), (3, 0)])
@pytest.mark.parametrize("pivoting", [False, True])
@pytest.mark.parametrize("mode", ["full", "qr", "economic", "r", "raw"])
def test_qr_has_scipys_modes(mode, pivoting, shape):
    a = RNG.standard_normal(shape)
    mine, theirs = (f(a, mode=mode, pivoting=pivoting, lwork=None) for f in (ls.qr, scipy.linalg.qr))
    if mode == "raw":
        mine, theirs = ((*found[0], *found[1:]) for found in (mine, theirs))
    assert len(mine) == len(theirs)
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-13)


EMPTY = {
    "solve": lambda m: m.solve(np.empty((0, 0)), np.empty(0)),
    "solve columns": lambda m: m.solve(np.eye(3), np.empty((3, 0))),
    "solve pos": lambda m: m.solve(np.eye(3), np.empty((3, 0)), assume_a="pos"),
    "cholesky": lambda m: m.cholesky(np.empty((0, 0))),
    "cho_solve": lambda m: m.cho_solve((np.eye(3), False), np.empty((3, 0))),
    "lu_solve": lambda m: m.lu_solve((np.eye(3), [0, 1, 2]), np.empty((3, 0))),
    "solve_triangular": lambda m: m.solve_triangular(np.eye(3), np.empty((3, 0))),
    "solve_triangular of none": lambda m: m.solve_triangular(np.empty((0, 0)), np.empty(0)),
    "solve_banded": lambda m: m.solve_banded((1, 1), np.ones((3, 4)), np.empty((4, 0))),
    "solve_banded of none": lambda m: m.solve_banded((1, 1), np.empty((3, 0)), np.empty(0)),
    "solveh_banded": lambda m: m.solveh_banded(np.ones((1, 3)), np.empty((3, 0))),
    "lstsq of none": lambda m: m.lstsq(np.empty((0, 3)), np.empty(0))[0],
    "lstsq without unknowns": lambda m: m.lstsq(np.empty((3, 0)), np.ones((3, 2)))[1],
}


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_solve(name):
    mine, theirs = EMPTY[name](ls), EMPTY[name](scipy.linalg)
    assert mine.shape == theirs.shape
    np.testing.assert_allclose(mine, theirs)
    assert mine.dtype == theirs.dtype


@pytest.mark.parametrize(("l", "u", "n"), [(0, 0, 1), (1, 1, 1), (3, 2, 1), (3, 0, 2), (0, 3, 2), (4, 4, 3), (1, 5, 4)])
def test_bands_wider_than_the_matrix(l, u, n):
    ab = RNG.standard_normal((l + u + 1, n))
    ab[u] += 5.0
    a = np.array([[ab[u + i - j, j] if -l <= j - i <= u else 0.0 for j in range(n)] for i in range(n)])
    np.testing.assert_allclose(ls.solve_banded((l, u), ab, np.ones(n)), np.linalg.solve(a, np.ones(n)))


@pytest.mark.parametrize("driver", [None, "gelsy", "gelsd", "gelss"])
@pytest.mark.parametrize("cond", [None, np.int64(0), np.float32(1e-6), 0])
def test_lstsq_takes_scipys_drivers(driver, cond):
    a, b = RNG.standard_normal((7, 3)), RNG.standard_normal(7)
    x, residues, rank, _ = ls.lstsq(a, b, cond, lapack_driver=driver)
    expected = scipy.linalg.lstsq(a, b, lapack_driver=driver)
    np.testing.assert_allclose(x, expected[0])
    assert rank == 3
    np.testing.assert_allclose(residues, np.sum((b - a @ x) ** 2))


# -- types -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "expected"), [("f2", "f4"), (">f4", "f4"), (">f8", "f8"), ("i4", "f8"), ("g", "f8")])
def test_types_are_worked_on_as_in_scipy(given, expected):
    a, b = np.array([[2, 1], [1, 3]], given), np.array([3, 4], given)
    calls = (ls.solve, ls.solve_triangular, lambda a, b: ls.lstsq(a, b)[0], lambda a, b: ls.cg(a, b).x)
    for call in calls:
        x = call(a, b)
        assert x.dtype == np.dtype(expected)
        assert x.dtype.isnative
    assert scipy.linalg.solve(a, b).dtype == np.dtype(expected)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_matrix_objects_are_matrices():
    x = ls.solve(np.matrix([[2.0, 1.0], [1.0, 3.0]]), np.matrix([[3.0], [4.0]]))
    np.testing.assert_allclose(x, [[1.0], [1.0]])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (scipy.sparse.eye_array(2), r"a is sparse \(dia_array\), which this function does not take; give it a.toarray"),
        (scipy.sparse.linalg.aslinearoperator(np.eye(2)), "a is a .*LinearOperator, which has no elements to read"),
        (np.ma.masked_array(np.eye(2)), "a is a masked array; give it plain numbers"),
        (lambda x, y: None, r"a is a function \(function\)"),
        (np.array([[1, None], [2, 3]]), "a holds object values"),
    ],
)
def test_what_is_no_array_is_refused_by_name(value, message):
    for call in (ls.solve, ls.solve_triangular, ls.lstsq):
        with pytest.raises(TypeError, match=message):
            call(value, np.ones(2))
    with pytest.raises(TypeError, match="A holds complex128 values"):
        ls.spsolve(scipy.sparse.eye_array(2) * 1j, np.ones(2))


def test_arguments_that_are_ignored_are_taken_and_nothing_is_overwritten():
    a, b = A.copy(order="F"), B.copy(order="F")
    ls.solve(a, b, overwrite_a=True, overwrite_b=True, check_finite=False)
    ls.lu_solve(ls.lu_factor(a, overwrite_a=True), b, overwrite_b=True)
    ls.cho_solve(ls.cho_factor(a @ a.T, overwrite_a=True), b, overwrite_b=True)
    ls.lstsq(a, b, overwrite_a=True, overwrite_b=True)
    np.testing.assert_array_equal(a, A)
    np.testing.assert_array_equal(b, B)


def test_spsolve_takes_scipys_arguments():
    a, b = poisson_2d(4), RNG.standard_normal((16, 3))
    expected = scipy.sparse.linalg.spsolve(a.tocsc(), b)
    for order in (None, "NATURAL", "COLAMD", "MMD_ATA", "MMD_AT_PLUS_A"):
        np.testing.assert_allclose(ls.spsolve(a, b, permc_spec=order, use_umfpack=False), expected)
    sparse = ls.spsolve(a, scipy.sparse.csc_array(b))
    assert scipy.sparse.issparse(sparse)
    np.testing.assert_allclose(sparse.toarray(), expected)
    np.testing.assert_allclose(ls.spsolve(a, scipy.sparse.csc_array(b[:, :1])), expected[:, 0])
    with pytest.raises(ValueError, match="permc_spec is 'NATURL'.*did you mean 'natural'"):
        ls.spsolve(a, b, "NATURL")


# -- iterations --------------------------------------------------------------------------------------------------------

P, RIGHT = poisson_2d(6), RNG.random(36)
ITERATIONS = {
    "cg": ls.cg,
    "gmres": ls.gmres,
    "jacobi": ls.jacobi,
    "gauss_seidel": ls.gauss_seidel,
    "sor": lambda *args, **options: ls.sor(*args, omega=1.5, **options),
    "steepest_descent": ls.steepest_descent,
}


@pytest.mark.parametrize("name", ITERATIONS)
def test_a_result_is_a_pair_and_has_names(name):
    found = ITERATIONS[name](P, RIGHT)
    x, info = found
    assert x is found[0] is found["x"] is found[-2]
    assert (info, found[1], found[np.int64(1)], len(found)) == (0, 0, 0, 2)
    assert found["message"] == found.message
    assert dict(found)["nit"] == found.nit
    with pytest.raises(IndexError):
        found[2]
    with pytest.raises(KeyError, match="this result has no 'y'"):
        found["y"]


@pytest.mark.parametrize("name", ITERATIONS)
def test_one_column_is_a_vector(name):
    column = ITERATIONS[name](P, RIGHT[:, np.newaxis], np.zeros((36, 1)))
    np.testing.assert_array_equal(column.x, ITERATIONS[name](P, RIGHT, np.zeros(36)).x)


@pytest.mark.parametrize("name", [name for name in ITERATIONS if name != "gmres"])
@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_the_callback_sees_each_x(name, scale):
    method, seen = ITERATIONS[name], []
    found = method(P, scale * RIGHT, callback=seen.append)
    plain = method(P, scale * RIGHT)
    assert len(seen) == found.nit == plain.nit
    np.testing.assert_array_equal(found.history, plain.history)
    np.testing.assert_array_equal(seen[-1], found.x)
    for k in (1, 4):
        np.testing.assert_allclose(seen[k - 1], method(P, scale * RIGHT, maxiter=k).x, rtol=1e-14)


def test_the_callback_of_cg_is_scipys():
    ours, theirs = [], []
    ls.cg(P, RIGHT, callback=ours.append)
    scipy.sparse.linalg.cg(P, RIGHT, callback=lambda x: theirs.append(x.copy()))
    assert len(ours) == len(theirs)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize("kind", ["pr_norm", "legacy", "x"])
def test_the_callback_of_gmres_is_scipys(kind):
    a, b = RNG.standard_normal((9, 9)) + 9 * np.eye(9), RNG.standard_normal(9)
    ours, theirs, options = [], [], {"restart": 2, "maxiter": 3, "callback_type": kind, "rtol": 1e-14}
    found = ls.gmres(a, b, callback=ours.append, **options)
    scipy.sparse.linalg.gmres(a, b, callback=theirs.append, **options)
    assert len(ours) == len(theirs) == 3 + 3 * (kind == "pr_norm")
    if kind == "x":
        np.testing.assert_array_equal(ours[-1], found.x)
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert found.nit == (3 if kind == "legacy" else 6)


def test_the_callbacks_of_the_others():
    for method, given in ((ls.multigrid, np.ones((15, 15))), (ls.full_multigrid, np.ones(31))):
        seen = []
        found = method(given, callback=seen.append)
        assert len(seen) == found.nit > 0
        np.testing.assert_array_equal(seen[-1], found.x)
        np.testing.assert_array_equal(found.x, method(given).x)
    seen = []
    found = ls.refine(A, B, callback=seen.append)
    assert len(seen) == found.nit + 1
    np.testing.assert_allclose(seen[-1], found.x, rtol=1e-14)
    with pytest.raises(TypeError, match="callback is 3; it must be a function of one argument"):
        ls.cg(P, RIGHT, callback=3)


# -- messages that say what is so --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
@pytest.mark.parametrize("name", ITERATIONS)
@pytest.mark.parametrize("maxiter", [3, 50, 3000])
def test_the_last_residual_is_that_of_x(name, maxiter, scale):
    found = ITERATIONS[name](P, scale * RIGHT, rtol=0.0, maxiter=maxiter)
    true = np.linalg.norm(scale * RIGHT - P @ found.x)
    assert not found.success
    assert abs(found.history[-1] - true) <= 1e-14 * scale * np.linalg.norm(RIGHT)
    assert true > 1e-18 * scale
    assert f"{found.history[-1]:.2g}" in found.message
    assert ("rounding" in found.message) == (found.history[-1] < 1e-13 * scale)


def test_an_unsymmetric_matrix_is_named():
    a = np.triu(np.random.default_rng(0).random((20, 20))) + 20 * np.eye(20)
    for matrix in (a, scipy.sparse.csr_array(a)):
        for method in (ls.cg, ls.steepest_descent):
            found = method(matrix, np.ones(20), rtol=1e-12, maxiter=5)
            assert not found.success
            assert "A is not symmetric: A[" in found.message
            assert found.message.endswith("use gmres")
    assert "A is not symmetric" not in ls.cg(P, RIGHT, maxiter=2).message


def test_a_function_may_be_unsymmetric():
    def shifted(x, y):
        for i in range(x.size):
            y[i] = 3.0 * x[i] - x[i - 1]

    assert "use gmres if A is not symmetric" in ls.cg(shifted, np.arange(1.0, 9.0), maxiter=2).message


def test_a_zero_on_the_diagonal_is_not_called_singular():
    for method in (ls.jacobi, ls.gauss_seidel):
        with pytest.raises(np.linalg.LinAlgError, match=r"^A\[0, 0\] is 0, .* order the equations") as caught:
            method([[0, 1], [1, 0]], [1, 2])
        assert "singular" not in str(caught.value)
    with pytest.raises(np.linalg.LinAlgError, match=r"^A\[0, 0\] is 0"):
        ls.jacobi_preconditioner([[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(np.linalg.LinAlgError, match=r"not positive definite: A\[0, 0\] is 0"):
        ls.incomplete_cholesky([[0.0, 1.0], [1.0, 0.0]])


def test_growth_of_a_nilpotent_iteration_is_not_called_a_spectral_radius():
    found = ls.jacobi(np.eye(70) - 2 * np.eye(70, k=1), np.ones(70))
    assert "spectral radius" not in found.message
    assert "diverges, or errors grow for many steps first" in found.message


def test_a_singular_matrix_is_not_called_indefinite():
    found = ls.cg(np.diag([1.0, 1.0, 0.0]), np.ones(3))
    nothing = "p'Ap is 0 but for rounding in step {}: A is not positive definite, as far as can be computed"
    assert found.message == nothing.format(2) + "; use gmres, or lstsq if A is singular"


@pytest.mark.parametrize("method", [ls.cg, ls.steepest_descent])
def test_an_indefinite_matrix_is_not_called_singular(method):
    found = method(np.diag([1.0, -1.0]), np.ones(2))  # p'Ap is 0 in the first step, and x = (1, -1)
    assert "step 1: A is not positive definite" in found.message
    assert "A is singular, or" not in found.message


@pytest.mark.parametrize("name", ["A", "M"])
def test_a_function_of_one_argument_is_refused_by_name(name):
    with pytest.raises(TypeError, match=rf"^{name} is a function of other .* give {name}\(x, y\)"):
        ls.cg(**{"A": np.eye(2), "b": np.ones(2), name: lambda x: x})


@pytest.mark.parametrize("shape", [(0,), (0, 2)])
def test_sparse_systems_without_unknowns(shape):
    empty, b = scipy.sparse.csr_array((0, 0)), np.empty(shape)
    assert ls.spsolve(empty, b).shape == ls.spsolve_triangular(empty, b).shape == shape
    assert ls.spsolve(np.empty((0, 0)), b).shape == shape


@pytest.mark.parametrize("lower", [False, True])
def test_diagonals_outside_a_symmetric_band_are_not_looked_at(lower):
    band = np.array([[9.0, 9.0], [9.0, 9.0], [9.0, 1.0], [2.0, 2.0]])
    band = np.array([[2.0, 2.0], [1.0, 9.0], [9.0, 9.0], [9.0, 9.0]]) if lower else band
    np.testing.assert_allclose(ls.solveh_banded(band, [3.0, 3.0], lower=lower), [1.0, 1.0])
    assert ls.solveh_banded(np.empty((2, 0)), [], lower=lower).shape == (0,)


def test_restarts_cannot_be_raised_above_the_order():
    exhausted = ls.gmres(ls.Operator(ls.five_point_star, (6,)), RIGHT, rtol=0.0, restart=36)
    assert "so much is rounding" in exhausted.message
    assert "raise restart" not in ls.gmres(poisson_1d(5), np.arange(5.0), rtol=0.0, restart=5, maxiter=1).message
