"""What direct solvers say of the condition of a matrix, and what they do not say: at all scales, and uncounted."""

import warnings

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
from numpy.linalg import LinAlgError
from scipy.linalg import LinAlgWarning, hilbert

import mechkit as mk
from mechkit import linear_systems as ls
from mechkit.linear_systems.conditioning import condition, one_norm
from mechkit.problems import conditioned, poisson_1d

H12, H13 = hilbert(12), hilbert(13)
#: An upper triangle whose pivots are all 1, and whose condition number is 2^70.
GROWING = np.eye(70) - 2.0 * np.eye(70, k=1)
SIZES = np.logspace(-10, 10, 9)
NEUMANN = np.r_[1.0 + 3e-15, np.full(48, 2.0), 1.0]


def spread(a):
    """A band of a matrix that is not symmetric, as spsolve sees it."""
    return scipy.sparse.csr_array(a)


ILL = {
    "solve": lambda: ls.solve([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [1, 2, 3]),
    "solve hilbert": lambda: ls.solve(H13, np.ones(13)),
    "solve transposed": lambda: ls.solve(GROWING, np.ones(70), transposed=True),
    "solve columns": lambda: ls.solve(H13, np.ones((13, 2))),
    "solve float32": lambda: ls.solve(hilbert(8).astype(np.float32), np.ones(8, np.float32)),
    "solve pos": lambda: ls.solve(H12, np.ones(12), assume_a="pos"),
    "solve sym": lambda: ls.solve(H13, np.ones(13), assume_a="sym"),
    "solve sym by a triangle": lambda: ls.solve(
        [[1.0, 0.0], [1.0, 1.0 + 2e-16]], [1.0, 2.0], assume_a="sym", lower=True
    ),
    "solve upper": lambda: ls.solve(GROWING, np.ones(70), assume_a="upper triangular"),
    "solve banded": lambda: ls.solve(GROWING, np.ones(70), assume_a="banded"),
    "solve tridiagonal": lambda: ls.solve(GROWING, np.ones(70), assume_a="tridiagonal"),
    "lu_solve": lambda: ls.lu_solve(ls.lu_factor(H13), np.ones(13)),
    "lu_solve trans": lambda: ls.lu_solve(ls.lu_factor(H13), np.ones(13), trans=1),
    "cho_solve": lambda: ls.cho_solve(ls.cho_factor(H12), np.ones(12)),
    "cho_solve lower": lambda: ls.cho_solve((ls.cholesky(H12, lower=True), True), np.ones(12)),
    "solve_triangular": lambda: ls.solve_triangular(GROWING, np.ones(70)),
    "solve_triangular trans": lambda: ls.solve_triangular(GROWING.T, np.ones(70), lower=True, trans="T"),
    "solve_triangular unit": lambda: ls.solve_triangular(3 * GROWING, np.ones(70), unit_diagonal=True),
    "solve_banded": lambda: ls.solve_banded((0, 1), [np.full(70, -2.0), np.ones(70)], np.ones(70)),
    "solve_banded tridiagonal": lambda: ls.solve_banded((1, 1), [-np.ones(50), NEUMANN, -np.ones(50)], np.ones(50)),
    "solve_tridiagonal": lambda: ls.solve_tridiagonal(np.zeros(69), np.ones(70), np.full(69, -2.0), np.ones(70)),
    "solve_tridiagonal of two": lambda: ls.solve_tridiagonal([1.0], [1.0, 1.0 + 2e-16], [1.0], [1.0, 2.0]),
    "solveh_banded": lambda: ls.solveh_banded([-np.ones(50), NEUMANN], np.ones(50)),
    "solveh_banded lower": lambda: ls.solveh_banded([NEUMANN, -np.ones(50)], np.ones(50), lower=True),
    "gaussian_elimination": lambda: ls.gaussian_elimination(H13, np.ones(13)),
    "spsolve": lambda: ls.spsolve(np.diag(NEUMANN) - np.eye(50, k=1) - np.eye(50, k=-1), np.ones(50)),
    "spsolve unsymmetric": lambda: ls.spsolve(GROWING, np.ones(70)),
    "spsolve_triangular": lambda: ls.spsolve_triangular(spread(GROWING.T), np.ones(70)),
    "spsolve_triangular unit": lambda: ls.spsolve_triangular(
        spread(GROWING + 4 * np.eye(70)), np.ones(70), lower=False, unit_diagonal=True
    ),
}


@pytest.mark.parametrize("name", ILL)
def test_an_ill_conditioned_matrix_is_warned_of_once_at_the_callers_line(name):
    with pytest.warns(LinAlgWarning, match=r"the matrix is ill-conditioned: rcond = \d.*e-\d+, the reciprocal") as said:
        ILL[name]()
    assert len(said) == 1
    assert said[0].filename == __file__


def scaled(a, rows, columns):
    return rows[:, np.newaxis] * a * columns


A9 = np.random.default_rng(1).standard_normal((9, 9))
S9 = A9 @ A9.T + np.eye(9)
T9 = np.triu(A9) + 3 * np.eye(9)
UP, DOWN, NONE = SIZES, SIZES[::-1], np.ones(9)
SCALES = {"rows": (UP, NONE), "columns": (NONE, UP), "both": (DOWN, UP), "rows down": (DOWN, NONE), "equal": (UP, UP)}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", ["general", "transposed", "lu", "triangular", "band", "tridiagonal", "sparse"])
def test_scales_are_no_reason_to_warn(name, scale):
    """Rows and columns from 1e-10 to 1e10: the solution is as good as that of the matrix without scales."""
    rows, columns = SCALES[scale]
    l, u = {"band": (2, 1), "tridiagonal": (1, 1)}.get(name, (9, 9))
    plain = {"triangular": T9}.get(name, A9 + 5 * np.eye(9) if l < 9 else A9)
    a = scaled(np.triu(np.tril(plain, u), -l), rows, columns)
    exact = 1.0 / columns
    b = a @ exact
    if name == "general":
        x = ls.solve(a, b)
    elif name == "transposed":
        x = ls.solve(a.T, b, transposed=True)
    elif name == "lu":
        x = ls.lu_solve(ls.lu_factor(a), b)
    elif name == "triangular":
        x = ls.solve_triangular(a, b)
    elif name == "sparse":
        x = ls.spsolve_triangular(np.triu(a) + np.diag(rows * columns), np.triu(a) @ exact + rows, lower=False)
    else:
        x = ls.solve(a, b, assume_a="banded")
    np.testing.assert_allclose(x * columns, 1.0, rtol=1e-9)


@pytest.mark.parametrize("scale", [UP, DOWN])
def test_scales_of_definite_matrices(scale):
    a = scaled(S9, scale, scale)
    b = a @ (1.0 / scale)
    np.testing.assert_allclose(ls.solve(a, b, assume_a="pos") * scale, 1.0, rtol=1e-9)
    ab = np.array([np.r_[0.0, -scale[1:] * scale[:-1]], 3 * scale**2])
    x = ls.solveh_banded(ab, scale)
    np.testing.assert_allclose(x * scale, ls.solveh_banded([-np.ones(9), 3 * np.ones(9)], np.ones(9)), rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-300, 1e-10, 1e10, 1e300])
def test_all_elements_of_one_size_may_be_of_any(scale):
    x = ls.solve(A9 * scale, A9.sum(axis=1) * scale)
    np.testing.assert_allclose(x, 1.0, rtol=1e-9)
    with pytest.warns(LinAlgWarning, match="ill-conditioned"):
        ls.solve(H13 * scale, np.ones(13) * scale)


def test_a_diagonal_matrix_is_well_conditioned():
    for call in (ls.solve, ls.solve_triangular, ls.spsolve):
        np.testing.assert_allclose(call(np.diag(SIZES), SIZES), 1.0, rtol=1e-15)
    np.testing.assert_allclose(ls.solve(np.diag(SIZES), SIZES, assume_a="diagonal"), 1.0, rtol=1e-15)


@pytest.mark.parametrize("n", [5, 50, 200])
@pytest.mark.parametrize("kappa", [1e2, 1e6, 1e10, 1e13, 1e18])
def test_the_warning_comes_where_scipys_does(n, kappa):
    a = conditioned(n, kappa)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        ls.solve(a, np.ones(n))
    assert bool(said) == (kappa == 1e18)


@pytest.mark.parametrize("n", [8, 10, 12])
def test_the_estimate_is_near_the_condition_number(n):
    a, inverse = hilbert(n), scipy.linalg.invhilbert(n)
    pair = (lambda v: inverse @ v, lambda v: inverse.T @ v)
    kappa = condition(pair, (lambda v: a @ v, lambda v: a.T @ v), n)[0]
    rows = a.sum(axis=1)
    columns = a @ (1.0 / rows)
    exact = (columns * (np.abs(inverse) @ a / columns).T).T.sum(axis=1).max()
    assert exact / 3 <= kappa <= exact * 1.001
    assert 1e-2 < kappa / np.linalg.cond(a, 1) < 1e2


@pytest.mark.parametrize("seed", range(5))
def test_the_one_norm_is_never_too_large_and_seldom_too_small(seed):
    a = np.random.default_rng(seed).standard_normal((30, 30))
    exact = np.linalg.norm(a, 1)
    assert exact / 3 <= one_norm((lambda v: a @ v, lambda v: a.T @ v), 30) <= exact * (1 + 1e-12)


@pytest.mark.parametrize("structure", ["general", "sym", "pos", "banded", "tridiagonal", "upper triangular"])
@pytest.mark.parametrize("exponent", [-1028, -1000, 1020])
def test_the_size_of_all_elements_is_no_reason_to_warn(structure, exponent):
    a, b = np.ldexp([[1.0, 0.5], [0.5, 1.25]], exponent), np.ldexp([1.5, 1.75], exponent)  # without a warning
    x = ls.solve(a, b, assume_a=structure)
    np.testing.assert_allclose(x, [0.8, 1.4] if structure == "upper triangular" else [1.0, 1.0], rtol=1e-14)


@pytest.mark.parametrize("exponent", [-1000, 1000])
def test_a_bad_matrix_of_very_small_or_large_elements_is_still_told(exponent):
    with pytest.warns(LinAlgWarning, match="ill-conditioned"):
        ls.solve(
            np.ldexp([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]], exponent), np.ldexp(np.ones(3), exponent)
        )


@pytest.mark.parametrize("structure", ["general", "banded"])
@pytest.mark.parametrize("b", [[1e308, 0.0], [1e308, -1e308], [1e308, 1e308]])
def test_elimination_has_room_for_sums_near_the_top_of_the_range(structure, b):
    a = np.array([[1e308, -1e308], [1e308, 1.1e308]])
    x = ls.solve(a, b, assume_a=structure)
    np.testing.assert_allclose(x, np.linalg.solve(a / 1e308, np.array(b) / 1e308), atol=1e-15)
    np.testing.assert_array_equal(ls.solve(a, np.transpose([b, b]), assume_a=structure), np.transpose([x, x]))


def test_a_small_element_beside_a_large_one_keeps_its_digits():
    np.testing.assert_allclose(ls.solve(np.diag([1e308, 1e-305]), [1e308, 1e-305]), 1.0, rtol=1e-15)


def test_elements_below_the_normal_range_are_no_reason_to_warn():
    np.testing.assert_allclose(ls.solve([[1e-310, 2e-310], [3e-310, 4e-310]], [3e-310, 7e-310]), 1.0, rtol=1e-10)


# -- solutions that do not satisfy the equations -----------------------------------------------------------------------


def wilkinson(n):
    """Elements grow by 2^(n - 1), although the condition number is about n."""
    a = np.eye(n) - np.tril(np.ones((n, n)), -1)
    a[:, -1] = 1.0
    return a


@pytest.mark.parametrize("transposed", [False, True])
def test_growth_is_noticed(transposed):
    a, x = wilkinson(70), np.random.default_rng(0).standard_normal(70)
    with pytest.warns(LinAlgWarning, match=r"elimination loses digits: x satisfies the equations only to \d.*e-"):
        ls.solve(a, x @ a if transposed else a @ x, transposed=transposed)


@pytest.mark.parametrize(
    "solve",
    [
        ls.solve,
        lambda a, b: ls.solve(a, b, assume_a="banded"),
        lambda a, b: ls.spsolve(scipy.sparse.csr_array(a), b),
        lambda a, b: ls.gaussian_elimination(a, b).x,
    ],
    ids=["solve", "banded", "spsolve", "gaussian_elimination"],
)
def test_growth_is_noticed_by_each_solver_that_sees_the_matrix(solve):
    a, b = wilkinson(70), np.sin(np.arange(70.0))
    with pytest.warns(LinAlgWarning, match="elimination loses digits: .* complete pivoting"):
        x = solve(a, b)
    assert np.abs(a @ x - b).max() > 1.0  # indeed
    np.testing.assert_allclose(a @ ls.gaussian_elimination(a, b, "complete").x, b, atol=1e-13)  # without a warning
    good = a[:30, :30] + 30.0 * np.eye(30)
    np.testing.assert_allclose(good @ solve(good, b[:30]), b[:30], atol=1e-14)


def test_rows_of_unequal_size_are_noticed_where_they_spoil_the_pivots():
    a, b = np.array([[1.0, 1e20], [1.0, 1.0]]), np.array([1e20, 2.0])
    with pytest.warns(LinAlgWarning, match="divide each row by its largest element"):
        x = ls.solve(a, b)
    assert abs(x[0] - 1.0) > 0.5  # indeed
    np.testing.assert_allclose(ls.solve(a / [[1e20], [1.0]], b / [1e20, 1.0]), 1.0)


@pytest.mark.parametrize("twisted", [False, True])
def test_a_small_pivot_without_interchanges_is_noticed(twisted):
    with pytest.warns(LinAlgWarning, match="use solve_banded, which interchanges rows"):
        ls.solve_tridiagonal([1.0, 0.0], [1e-20, 1.0, 1.0], [1.0, 0.0], [1.0, 2.0, 1.0], twisted=twisted)
    np.testing.assert_allclose(ls.solve_banded((1, 1), [[0, 1, 0], [1e-20, 1, 1], [1, 0, 0]], [1.0, 2.0, 1.0]), 1.0)


def test_overflow_is_noticed():
    for call in (
        lambda: ls.solve([[1e-310]], [1e10]),
        lambda: ls.solve_triangular([[1e-310]], [1e10]),
        lambda: ls.solve_banded((0, 0), [[1e-310]], [1e10]),
        lambda: ls.solve_tridiagonal([], [1e-310], [], [1e10]),
        lambda: ls.spsolve_triangular([[1e-310]], [1e10]),
    ):
        # without the compiler a kernel's own division warns as well
        with np.errstate(over="ignore"), pytest.warns(LinAlgWarning, match="x overflows float64"):
            call()


# -- what is silent, what is an error ----------------------------------------------------------------------------------


def test_poissons_equation_is_no_reason_to_warn():
    for n in (1, 2, 3, 100, 3000):
        dl, d = -np.ones(n - 1), np.full(n, 2.0)
        ls.solve_tridiagonal(dl, d, dl, np.ones(n))
        ls.solve_banded((1, 1), [-np.ones(n), d, -np.ones(n)], np.ones(n))
        ls.spsolve(poisson_1d(n), np.ones(n))


def test_exactly_singular_is_an_error():
    singular = [[4.0, 8.0, 1.0], [2.0, 4.0, 7.0], [1.0, 2.0, 3.0]]
    for structure in ("gen", "banded"):
        with pytest.raises(LinAlgError, match="the matrix is singular: elimination finds no pivot in column"):
            ls.solve(singular, np.ones(3), assume_a=structure)
    for structure in ("diagonal", "upper triangular", "lower triangular"):
        with pytest.raises(LinAlgError, match=r"the matrix is singular: a\[1, 1\] is 0"):
            ls.solve(np.diag([1.0, 0.0, 2.0]), np.ones(3), assume_a=structure)
    with pytest.warns(LinAlgWarning, match=r"no pivot in column 1, so U\[1, 1\] is 0"):
        factors = ls.lu_factor(singular)
    with pytest.raises(LinAlgError, match=r"the matrix is singular: U\[1, 1\] is 0"):
        ls.lu_solve(factors, np.ones(3))


@pytest.mark.parametrize("n", [11, 12, 13, 20])
def test_an_unclear_rank_is_warned_of(n):
    with pytest.warns(LinAlgWarning, match=r"the rank is unclear: it is taken as \d+, but .* say by cond"):
        ls.lstsq(hilbert(n), np.ones(n))
    assert ls.lstsq(hilbert(n), np.ones(n), cond=1e-8)[2] < n


@pytest.mark.parametrize("seed", range(5))
def test_a_clear_rank_is_not_warned_of(seed):
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((20, 4)) @ rng.standard_normal((4, 8))
    assert ls.lstsq(a, np.ones(20))[2] == 4
    assert ls.lstsq(scaled(rng.standard_normal((9, 9)), NONE, np.logspace(-5, 5, 9)), np.ones(9))[2] == 9


def test_the_checks_are_not_counted():
    laws = {}
    for a in (np.eye(13) + 1.0, H13):
        with warnings.catch_warnings(), mk.count() as ops:
            warnings.simplefilter("ignore")
            ls.solve(a, np.ones(13))
        laws[a.tobytes()] = ops["float64"].mul, ops["float64"].sub, ops["float64"].div
    assert len(set(laws.values())) == 1


def test_without_check_finite_nothing_is_said_of_nan():
    bad = np.array([[1.0, np.nan], [0.0, 1.0]])
    for call in (ls.solve, ls.solve_triangular):
        assert np.isnan(call(bad, [1.0, 2.0], check_finite=False)).any()


# -- factors beyond the range ------------------------------------------------------------------------------------------


def growing(n, dtype):
    """Wilkinson's matrix, whose last column partial pivoting doubles in each step."""
    a = np.eye(n, dtype=dtype) - np.tril(np.ones((n, n), dtype), -1)
    a[:, -1] = 1.0
    return a


@pytest.mark.parametrize("factor", [ls.lu_factor, ls.lu])
@pytest.mark.parametrize(
    ("a", "dtype"),
    [
        (np.finfo(np.float64).max * growing(5, np.float64), "float64"),
        (np.finfo(np.float32).max * growing(5, np.float32), "float32"),
        (growing(200, np.float32), "float32"),  # 2^199
        ((np.finfo(np.float64).max * growing(5, np.float64))[:, [0, 1, 4]], "float64"),
    ],
)
def test_factors_beyond_the_range_are_refused(factor, a, dtype):
    with pytest.raises(np.linalg.LinAlgError, match=f"beyond the range of {dtype} .*; divide a by a power of two"):
        factor(a)
    factors, *_ = factor(np.ldexp(a, -100))
    assert np.isfinite(factors).all()


@pytest.mark.parametrize("pivoting", ["none", "partial", "complete"])
def test_the_advice_to_pivot_is_for_those_who_do_not(pivoting):
    a = np.finfo(np.float64).max * np.array([[1.0, 1.0], [-1.0, 1.0]])
    with pytest.raises(np.linalg.LinAlgError, match="during elimination; (pivot, or )?divide a by") as caught:
        ls.gaussian_elimination(a, np.ones(2), pivoting)
    assert ("pivot, or" in str(caught.value)) == (pivoting == "none")


def test_a_sparse_triangle_near_the_top_is_solved_without_a_word():
    T = np.finfo(np.float64).max * np.tri(6)
    np.testing.assert_allclose(ls.spsolve_triangular(T, T[:, 0]), np.eye(6)[0])
