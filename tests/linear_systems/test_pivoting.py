"""One elimination, three choices of the pivot: factors, exact laws, known growth, refusals."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError

import mechkit as mk
from mechkit.linear_systems.pivoting import gaussian_elimination

PIVOTING = ["none", "partial", "complete"]


def general(n, seed=0):
    return np.random.default_rng(seed).standard_normal((n, n))


def dominant(n, seed=0):
    return general(n, seed) + 3 * n * np.eye(n)


def wilkinson(n):
    a = np.eye(n) - np.tril(np.ones((n, n)), -1)
    a[:, -1] = 1.0
    return a


def factors(found):
    return np.tril(found.lu, -1) + np.eye(len(found.lu)), np.triu(found.lu)


@pytest.mark.parametrize("pivoting", PIVOTING)
@pytest.mark.parametrize("n", [1, 2, 5, 40])
@pytest.mark.parametrize("columns", [None, 1, 3])
def test_solves_and_factors(pivoting, n, columns):
    a = dominant(n)
    b = np.random.default_rng(1).standard_normal(n if columns is None else (n, columns))
    found = gaussian_elimination(a, b, pivoting)
    L, U = factors(found)
    np.testing.assert_allclose(found.x, np.linalg.solve(a, b), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(a[found.rows][:, found.columns], L @ U, rtol=1e-12, atol=1e-12)
    assert found.growth == np.abs(U).max() / np.abs(a).max()


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_pivots_are_the_largest_there_are(n, seed):
    a, b = general(n, seed), np.ones(n)
    partial, complete = (gaussian_elimination(a, b, p) for p in ("partial", "complete"))
    for found in (partial, complete):
        L, U = factors(found)
        np.testing.assert_allclose(a[found.rows][:, found.columns], L @ U, atol=1e-13 * n)
        assert np.abs(L).max() <= 1.0
        assert sorted(found.rows) == sorted(found.columns) == list(range(n))
    assert np.abs(np.diagonal(complete.lu)) == pytest.approx(np.abs(np.triu(complete.lu)).max(axis=1))
    # Wilkinson's bound for complete pivoting, and 2^(n-1) for partial
    bound = np.sqrt(n * np.prod([k ** (1 / (k - 1)) for k in range(2, n + 1)]))
    assert complete.growth <= bound * (1 + 1e-12)
    assert partial.growth <= 2.0 ** (n - 1) * (1 + 1e-12)


def test_partial_pivoting_gives_the_factors_of_scipy():
    a = general(30)
    found = gaussian_elimination(a, np.ones(30))
    rows, L, U = scipy.linalg.lu(a, p_indices=True)
    np.testing.assert_allclose(L @ U, a[np.argsort(rows)], atol=1e-12)
    np.testing.assert_array_equal(found.rows, np.argsort(rows))
    np.testing.assert_allclose(np.triu(found.lu), U, rtol=1e-10)


@pytest.mark.filterwarnings("ignore:elimination loses digits")
@pytest.mark.parametrize("n", [2, 10, 40, 60])
def test_growth_of_wilkinsons_matrix(n):
    a = wilkinson(n)
    x = np.ones(n)
    partial, complete = (gaussian_elimination(a, a @ x, p) for p in ("partial", "complete"))
    assert partial.growth == gaussian_elimination(a, a @ x, "none").growth == 2.0 ** (n - 1)
    assert complete.growth <= 2.0


@pytest.mark.filterwarnings("ignore:elimination loses digits")
def test_growth_is_what_costs_the_digits():
    a = wilkinson(60)
    x = np.random.default_rng(0).standard_normal(60)
    partial, complete = (gaussian_elimination(a, a @ x, p) for p in ("partial", "complete"))
    assert np.abs(complete.x - x).max() <= 1e-12 < 0.1 <= np.abs(partial.x - x).max()
    assert np.linalg.cond(a) < 100


def test_growth_of_a_hadamard_matrix_is_its_order():
    a = scipy.linalg.hadamard(8).astype(float)
    assert gaussian_elimination(a, np.ones(8), "complete").growth == 8.0


@pytest.mark.slow
def test_the_pivots_cost_comparisons_only():
    found = {
        p: mk.law(lambda n, p=p: gaussian_elimination(dominant(n), np.ones(n), p), n=range(2, 9)) for p in PIVOTING
    }
    assert found["none"].flops == found["partial"].flops == found["complete"].flops == "2n^3/3 + 3n^2/2 - 7n/6"
    assert [found[p].compare for p in PIVOTING] == ["n", "n^2/2 + n/2", "n^3/3 + n^2/2 + n/6"]
    with mk.count() as ops:
        gaussian_elimination(general(60), np.ones(60), "complete")
    assert found["complete"].predicts(ops, 60)


@pytest.mark.parametrize("rank", [1, 2, 3, 5])
@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_complete_pivoting_finds_the_rank(rank, scale):
    rng = np.random.default_rng(rank)
    a = scale * (rng.standard_normal((6, rank)) @ rng.standard_normal((rank, 6)))
    with pytest.raises(LinAlgError, match=f"its rank is {rank}, not 6"):
        gaussian_elimination(a, np.ones(6), "complete")


@pytest.mark.parametrize("diagonal", [[1.0, 1e-20], [1e-300, 1.0], [1e10, 1.0, 1e-10, 1e-30]])
def test_small_is_not_singular(diagonal):
    b = np.ones(len(diagonal))
    found = gaussian_elimination(np.diag(diagonal), b, "complete")
    np.testing.assert_allclose(found.x, 1 / np.array(diagonal), rtol=1e-15)


@pytest.mark.parametrize("pivoting", PIVOTING)
def test_single_precision_stays_single_and_nothing_is_changed(pivoting):
    a, b = dominant(8).astype(np.float32), np.ones((8, 2), np.float32)
    a.setflags(write=False)
    with mk.count() as ops:
        found = gaussian_elimination(a, b, pivoting)
    assert found.x.dtype == found.lu.dtype == np.float32
    assert ops["float64"].flops == 0
    np.testing.assert_array_equal(b, 1)
    for other in (np.asfortranarray(a), a.tolist(), a.astype(">f4")):
        np.testing.assert_allclose(gaussian_elimination(other, b, pivoting).x, found.x, rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gaussian_elimination(np.eye(2), [1, 2], "rook"), ValueError, "pivoting is 'rook'; it must be 'none'"),
        (lambda: gaussian_elimination(np.ones((2, 3)), [1, 2]), ValueError, r"shape \(2, 3\); it must be square"),
        (lambda: gaussian_elimination(np.ones((0, 0)), []), ValueError, "a is empty"),
        (lambda: gaussian_elimination(np.eye(2), [1, 2, 3]), ValueError, "needs 2 rows"),
        (lambda: gaussian_elimination([[np.inf]], [1]), ValueError, r"a\[0, 0\] is inf"),
        (lambda: gaussian_elimination([[1j]], [1]), TypeError, "a is complex"),
        (lambda: gaussian_elimination([[0, 1], [1, 0]], [1, 2], "none"), LinAlgError, "pivot 0 is 0.*; pivot$"),
        (lambda: gaussian_elimination([[1, 1], [1, 1]], [1, 2], "none"), LinAlgError, "pivot 1 is 0"),
        (lambda: gaussian_elimination(np.ones((3, 3)), np.ones(3)), LinAlgError, "singular.*column 1"),
        (lambda: gaussian_elimination(np.zeros((2, 2)), [1, 2], "complete"), LinAlgError, "rank is 0, not 2"),
        (
            lambda: gaussian_elimination([[1e-300, 1e200], [1e200, 1]], [1, 2], "none"),
            LinAlgError,
            "beyond the range of float64",
        ),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
