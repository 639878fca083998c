"""Householder QR and least squares: SciPy's factors and solutions, certified answers of NIST, exact laws, refusals."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError
from scipy.linalg import LinAlgWarning

import mechkit as mk
from mechkit.linear_systems.cholesky import cho_factor, cho_solve
from mechkit.linear_systems.least_squares import lstsq
from mechkit.linear_systems.multiplication import gram
from mechkit.linear_systems.qr import qr

SHAPES = [(1, 1), (1, 4), (4, 1), (2, 2), (7, 7), (9, 4), (4, 9), (40, 25), (25, 40)]


def general(m, n, seed=0):
    return np.random.default_rng(seed).standard_normal((m, n))


def of_rank(m, n, r, seed=0):
    return general(m, r, seed) @ general(r, n, seed + 1)


def normal_equations(a, b):
    """The cheaper half of the pair: a'a x = a'b by Cholesky; a'a and a'b in one product."""
    n = a.shape[1]
    products = np.zeros((n + 1, n + 1))
    gram(np.column_stack([a, b]), products)
    return cho_solve(cho_factor(products[:n, :n]), products[:n, n])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mode", ["full", "economic", "r"])
@pytest.mark.parametrize("pivoting", [False, True])
def test_factors_are_those_of_scipy(shape, mode, pivoting):
    a = general(*shape)
    ours, expected = qr(a, mode=mode, pivoting=pivoting), scipy.linalg.qr(a, mode=mode, pivoting=pivoting)
    assert len(ours) == len(expected)
    for x, y in zip(ours, expected, strict=True):
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        np.testing.assert_allclose(x, y, atol=1e-13 * max(shape))


@settings(deadline=None, max_examples=50)
@given(
    m=st.integers(1, 12),
    n=st.integers(1, 12),
    pivoting=st.booleans(),
    seed=st.integers(0, 10**6),
    zeros=st.floats(0, 1),
    exponent=st.sampled_from([-300, -160, 0, 160, 300]),
)
@example(m=4, n=4, pivoting=True, seed=25656, zeros=0.5, exponent=-300)  # of rank 3: what is left is subnormal
def test_properties(m, n, pivoting, seed, zeros, exponent):
    rng = np.random.default_rng(seed)
    scale = 10.0**exponent
    a = scale * np.where(rng.random((m, n)) < zeros, 0.0, rng.standard_normal((m, n)))
    Q, R, *P = qr(a, pivoting=pivoting)
    columns = P[0] if pivoting else np.arange(n)
    np.testing.assert_allclose(Q.T @ Q, np.eye(m), atol=1e-13)
    np.testing.assert_allclose((Q @ (R / scale)), a[:, columns] / scale, atol=1e-13 * max(m, n))
    assert not np.tril(R, -1).any()
    if pivoting:
        diagonal = np.abs(np.diagonal(R)) / scale
        assert (diagonal[1:] <= diagonal[:-1] * (1 + 1e-7) + 1e-15).all()
        assert sorted(columns) == list(range(n))


def test_a_triangular_matrix_is_left_alone():
    a = np.triu(general(5, 5))
    Q, R = qr(a)
    np.testing.assert_array_equal(Q, np.eye(5))
    np.testing.assert_array_equal(R, a)


def test_pivoting_survives_cancellation():
    """Kahan's matrix, and columns that are nearly equal: norms that were only updated would mislead."""
    c, s = 0.285, np.sqrt(1 - 0.285**2)
    kahan = np.diag(s ** np.arange(60)) @ (np.triu(-c * np.ones((60, 60)), 1) + np.eye(60))
    equal = 1.0 + 1e-9 * general(60, 30)
    for a in (kahan, equal):
        Q, R, P = qr(a, pivoting=True)
        np.testing.assert_allclose(Q @ R, a[:, P], atol=1e-13)
        left = [np.linalg.norm(R[j:, j:], axis=0) for j in range(R.shape[1])]
        assert all(norms[0] >= norms.max() * (1 - 1e-5) for norms in left)


@pytest.mark.parametrize("shape", [(1, 1), (6, 6), (9, 4), (30, 12), (4, 9), (1, 5), (5, 1)])
@pytest.mark.parametrize("columns", [None, 1, 3])
def test_lstsq_of_full_rank(shape, columns):
    m, n = shape
    a, b = general(m, n), general(m, columns or 1, seed=1)
    b = b[:, 0] if columns is None else b
    x, residues, rank, s = lstsq(a, b)
    expected, sums, expected_rank, _ = scipy.linalg.lstsq(a, b)
    assert (x.shape, x.dtype, rank, s) == (expected.shape, expected.dtype, expected_rank, None)
    np.testing.assert_allclose(x, expected, rtol=1e-9, atol=1e-12)
    assert np.shape(residues) == np.shape(sums)
    np.testing.assert_allclose(residues, sums, rtol=1e-10)


@settings(deadline=None, max_examples=50)
@given(m=st.integers(1, 15), n=st.integers(1, 15), r=st.integers(1, 15), seed=st.integers(0, 10**6))
def test_lstsq_finds_rank_and_the_shortest_solution(m, n, r, seed):
    r = min(m, n, r)
    a, b = of_rank(m, n, r, seed), general(m, 2, seed)
    singular = np.linalg.svd(a, compute_uv=False)
    x, residues, rank, _ = lstsq(a, b)
    assert rank == r
    assert (residues.size == 2) == (m > n == r)
    tolerance = 1e-12 * (singular[0] / singular[r - 1]) ** 2
    np.testing.assert_allclose(x, np.linalg.pinv(a, rcond=1e-11) @ b, atol=tolerance, rtol=tolerance)
    gelsy, _, found, _ = scipy.linalg.lstsq(a, b, cond=1e-11, lapack_driver="gelsy")
    assert found == r
    np.testing.assert_allclose(x, gelsy, atol=tolerance, rtol=tolerance)


def test_cond_decides_what_is_zero():
    a = np.diag([1.0, 1e-3, 1e-6, 1e-20])
    assert [lstsq(a, np.ones(4), cond)[2] for cond in (None, 0.0, 1e-4, 0.5)] == [3, 4, 2, 1]
    x, _, rank, _ = lstsq(np.zeros((3, 2)), np.ones(3))
    assert (x.tolist(), rank) == ([0.0, 0.0], 0)


def test_badly_scaled_columns_are_not_taken_for_rounding():
    """The powers up to the tenth at 82 points, as in NIST's Filip: condition number 1e15, and full rank."""
    a = np.vander(np.linspace(-8.78, -3.13, 82), 11, increasing=True)
    b = a @ np.ones(11)
    with pytest.warns(LinAlgWarning, match="the rank is unclear: it is taken as 11"):
        x, _, rank, _ = lstsq(a, b)
    assert rank == 11
    assert np.abs(a @ x - b).max() <= 1e-14 * np.abs(b).max()


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e200, 1e300])
def test_squares_out_of_range(scale):
    a, b = general(8, 3), general(8, 1)[:, 0]
    x, _, rank, _ = lstsq(a * scale, b)
    np.testing.assert_allclose(x * scale, lstsq(a, b)[0], rtol=1e-12)
    assert rank == 3
    np.testing.assert_allclose(qr(a * scale)[1] / scale, qr(a)[1], rtol=1e-12, atol=1e-14)


# -- certified by NIST -------------------------------------------------------------------------------------------


def read_dat(path):
    """Design matrix with a column of ones, response, and certified coefficients of a linear data set."""
    lines = path.read_text().splitlines()
    fields = [line.split() for line in lines[30:46]]
    certified = [float(f[1]) for f in fields if f and f[0] in {f"B{i}" for i in range(10)}]
    data = np.array([[float(t) for t in line.split()] for line in lines[60:] if line.strip()])
    return np.column_stack([np.ones(len(data)), data[:, 1:]]), data[:, 0], np.array(certified)


def read_wampler(path):
    y, x = np.genfromtxt(path, delimiter=",", skip_header=1).T
    certified = 10.0 ** -np.arange(6) if path.name == "wampler2.csv" else np.ones(6)
    return np.vander(x, 6, increasing=True), y, certified


def digits(x, certified):
    """Correct digits of the worst coefficient: NIST's log relative error, at most 15."""
    error = np.abs((x - certified) / certified)
    return float(-np.log10(np.maximum(error, 1e-15)).min())


# In double precision; the condition numbers are 1e3 (Norris), 5e9 and 6e6, and the residuals of Wampler 4 and 5 huge.
LEAST_DIGITS = {
    "Norris.dat": 12,
    "Longley.dat": 10,
    "wampler1.csv": 8.5,
    "wampler2.csv": 11,
    "wampler3.csv": 8.5,
    "wampler4.csv": 6.5,
    "wampler5.csv": 4.5,
}


@pytest.mark.parametrize("name", LEAST_DIGITS)
def test_certified_coefficients(name, published):
    path = published("nist") / name
    a, y, certified = (read_dat if path.suffix == ".dat" else read_wampler)(path)
    x, _, rank, _ = lstsq(a, y)
    found = digits(x, certified)
    print(f"{name}: {found:.1f} digits, normal equations {digits(normal_equations(a, y), certified):.1f}")
    assert rank == a.shape[1]
    assert found >= LEAST_DIGITS[name]
    # As many as SciPy's, less one: over orders of the rows, since a single one may be lucky by a digit or two.
    rng = np.random.default_rng(0)
    orders = [rng.permutation(len(y)) for _ in range(25)]
    ours = np.mean([digits(lstsq(a[p], y[p])[0], certified) for p in orders])
    for driver in ("gelsd", "gelsy"):
        scipys = [digits(scipy.linalg.lstsq(a[p], y[p], lapack_driver=driver)[0], certified) for p in orders]
        assert ours >= np.mean(scipys) - 1


# -- the pair: normal equations ----------------------------------------------------------------------------------


def test_normal_equations_cost_half():
    sizes = {"m": range(8, 12), "n": range(2, 7)}
    data = lambda m, n: (np.random.default_rng(0).random((m, n)), np.ones(m))
    normal = mk.law(lambda m, n: normal_equations(*data(m, n)), **sizes).flops
    orthogonal = mk.law(lambda m, n: lstsq(*data(m, n)), **sizes).flops
    assert normal == "mn^2 + n^3/3 + 3mn + 2n^2 + 2m - 4n/3 - 1"
    assert normal.leading == "mn^2 + n^3/3"
    assert orthogonal.leading == "2mn^2 - 2n^3/3"
    assert float(orthogonal(m=10**6, n=100) / normal(m=10**6, n=100)) == pytest.approx(2, abs=0.05)


def test_normal_equations_square_the_condition_number():
    a = np.vander(np.linspace(0, 1, 30), 8)
    x = np.ones(8)
    by_qr, by_cholesky = (
        np.abs(solve(a, a @ x) - x).max() for solve in (lambda a, b: lstsq(a, b)[0], normal_equations)
    )
    assert by_qr < 1e-10
    assert 100 * by_qr < by_cholesky
    lauchli = np.array([[1.0, 1.0], [1e-9, 0.0], [0.0, 1e-9]])
    np.testing.assert_allclose(lstsq(lauchli, lauchli @ np.ones(2))[0], np.ones(2), rtol=1e-6)
    with pytest.raises(LinAlgError, match="not positive definite"):
        normal_equations(lauchli, lauchli @ np.ones(2))


# -- input -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_law_holds_far_from_where_it_was_found():
    found = mk.law(lambda m, n: qr(general(m, n), mode="r"), m=range(8, 12), n=range(2, 7))
    with mk.count() as ops:
        qr(general(90, 60), mode="r")
    assert found.predicts(ops, 90, 60)


def test_types_and_layouts():
    a, b = general(7, 4), general(7, 2)
    a.setflags(write=False)
    x, R = lstsq(a, b)[0], qr(a, mode="r")[0]
    for other in (np.asfortranarray(a), a.tolist(), a[::-1][::-1], a.astype(">f8")):
        np.testing.assert_allclose(lstsq(other, b)[0], x, rtol=1e-12)
        np.testing.assert_allclose(qr(other, mode="r")[0], R, rtol=1e-12)
    np.testing.assert_array_equal(a, general(7, 4))
    np.testing.assert_array_equal(b, general(7, 2))
    single = a.astype(np.float32), b.astype(np.float32)
    with mk.count() as ops:
        found = lstsq(*single)
        factors = qr(single[0], pivoting=True)
    assert ops["float64"].flops == 0
    assert found[0].dtype == found[1].dtype == factors[0].dtype == factors[1].dtype == np.float32
    np.testing.assert_allclose(found[0], x, rtol=1e-4)
    deficient = of_rank(7, 4, 2).astype(np.float32)
    assert lstsq(deficient, single[1])[2] == 2
    assert lstsq(single[0], b)[0].dtype == np.float64


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: qr(np.ones(3)), ValueError, r"a has shape \(3,\); it must be 2-dimensional"),
        (lambda: qr([[1.0, np.nan]]), ValueError, r"a\[0, 1\] is nan"),
        (lambda: qr([["x"]]), TypeError, "a holds"),
        (lambda: qr([[1j]]), TypeError, "a is complex"),
        (lambda: qr(np.eye(2), mode="row"), ValueError, "mode is 'row'; it must be 'full', 'economic', 'r' or 'raw'"),
        (lambda: qr(np.full((9, 2), 1e308)), ValueError, "too long for float64; divide a by a power of two"),
        (lambda: qr(np.full((9, 2), 3e38, np.float32), pivoting=True), ValueError, "too long for float32"),
        (lambda: lstsq(np.ones((3, 2)), np.ones(2)), ValueError, r"b has shape \(2,\); it needs 3 rows, as many as a"),
        (lambda: lstsq(np.ones((3, 2)), np.ones((3, 1, 1))), ValueError, r"b has shape \(3, 1, 1\)"),
        (lambda: lstsq(np.ones((2, 2)), [1, np.inf]), ValueError, r"b\[1\] is inf"),
        (lambda: lstsq(np.eye(2), [1, 2], cond=-1.0), ValueError, "cond is -1.0; it must be None"),
        (lambda: lstsq(np.eye(2), [1, 2], cond=np.nan), ValueError, "cond is nan"),
        (lambda: lstsq(np.eye(2), [1, 2], cond="small"), ValueError, "cond is 'small'"),
        (lambda: lstsq(np.eye(2), [1, 2], lapack_driver="gels"), ValueError, "lapack_driver is 'gels'"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_check_finite_can_be_left_out():
    a = np.array([[np.nan, 1.0], [1.0, 1.0]])
    assert np.isnan(qr(a, check_finite=False)[1]).any()
    assert np.isnan(lstsq(a, np.ones(2), check_finite=False)[0]).any()
