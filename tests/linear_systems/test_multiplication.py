"""The triple loop and Strassen: same products, exact laws, the order of growth, and what Strassen pays in accuracy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.linear_systems.multiplication import by_quadrants, from_quadrants, gram, multiply, strassen


def pair(m, n, p, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((m, n)), rng.standard_normal((n, p))


def ones(n):
    return np.ones((n, n))


def counts(run):
    with mk.count() as ops:
        run()
    return ops


SIZE = st.integers(1, 20)


@settings(deadline=None, max_examples=60)
@given(m=SIZE, n=SIZE, p=SIZE, cutoff=st.integers(1, 6), seed=st.integers(0, 10**6))
def test_products_of_any_shape(m, n, p, cutoff, seed):
    a, b = pair(m, n, p, seed)
    np.testing.assert_allclose(multiply(a, b), a @ b, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(strassen(a, b, cutoff), a @ b, rtol=1e-9, atol=1e-11)


@settings(deadline=None, max_examples=30)
@given(m=SIZE, n=SIZE, p=SIZE, cutoff=st.integers(1, 6), seed=st.integers(0, 10**6))
def test_products_of_integers_are_exact(m, n, p, cutoff, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-99, 99, (m, n)), rng.integers(-99, 99, (n, p))
    np.testing.assert_array_equal(multiply(a, b), a @ b)
    np.testing.assert_array_equal(strassen(a, b, cutoff), a @ b)


@pytest.mark.parametrize(("m", "n", "p"), [(200, 130, 77), (65, 300, 65), (129, 129, 129)])
def test_larger_products(m, n, p):
    a, b = pair(m, n, p)
    np.testing.assert_allclose(multiply(a, b), a @ b, atol=1e-12 * n)
    np.testing.assert_allclose(strassen(a, b, 32), a @ b, atol=1e-11 * n)


@pytest.mark.parametrize(("m", "n", "p"), [(1, 1, 1), (2, 3, 4), (5, 9, 2), (7, 8, 6), (3, 1, 3), (1, 12, 1)])
def test_the_triple_loop_costs_mnp_products(m, n, p):
    ops = counts(lambda: multiply(*pair(m, n, p)))
    assert (ops.mul, ops.add, ops.flops) == (m * n * p, m * (n - 1) * p, 2 * m * n * p - m * p)


def test_half_the_products_do_for_a_symmetric_result():
    a, _ = pair(9, 5, 1)
    product = np.zeros((5, 5))
    gram(a, product)
    np.testing.assert_allclose(product, np.triu(a.T @ a), rtol=1e-12)
    assert counts(lambda: gram(a, product)).mul == 9 * 5 * 6 // 2


@pytest.mark.parametrize("k", [0, 1, 2, 3, pytest.param(5, marks=pytest.mark.slow)])
@pytest.mark.parametrize("leaf", [1, 3])
def test_strassens_recurrence(k, leaf):
    """F(k) = 7 F(k - 1) + 18 (n/2)^2 for n = 2^k leaf, and mul is 7^k that of a leaf."""
    n = leaf * 2**k
    ops = counts(lambda: strassen(ones(n), ones(n), cutoff=leaf))
    expected = 2 * leaf**3 - leaf**2
    for level in range(1, k + 1):
        expected = 7 * expected + 18 * (leaf * 2 ** (level - 1)) ** 2
    assert ops.mul == 7**k * leaf**3
    assert ops.flops == expected
    assert ops.add + ops.sub == 7**k * (leaf**3 - leaf**2) + 6 * (7**k - 4**k) * leaf**2


@pytest.mark.slow
def test_orders_of_growth():
    sizes = [2, 4, 8, 16]
    classical = mk.growth({n: counts(lambda n=n: multiply(ones(n), ones(n))).mul for n in sizes})
    fast = mk.growth({n: counts(lambda n=n: strassen(ones(n), ones(n), cutoff=1)).mul for n in sizes})
    assert classical.exponent == pytest.approx(3.0)
    assert fast.exponent == pytest.approx(math.log2(7))


@pytest.mark.slow
def test_the_crossover_in_flops_is_at_order_16():
    def flops(n):
        one_level = counts(lambda: strassen(ones(n), ones(n), cutoff=n // 2)).flops
        return one_level, counts(lambda: multiply(ones(n), ones(n))).flops

    assert flops(14)[0] > flops(14)[1]
    assert flops(16)[0] < flops(16)[1]
    best = {c: counts(lambda c=c: strassen(ones(32), ones(32), cutoff=c)).flops for c in (2, 4, 8, 16, 32)}
    assert min(best, key=best.get) == 8


def test_strassen_loses_small_elements():
    """Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 23.2.2."""
    e = 2.0**-20 / 3
    a, b = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, e], [e, e * e]])
    unit = np.finfo(float).eps / 2
    assert np.array_equal(multiply(a, b), b)
    lost = abs(strassen(a, b, cutoff=1)[1, 1] - b[1, 1])
    assert 1000 * unit < lost / b[1, 1]  # relative to the element: no bound
    assert lost < 50 * unit  # relative to the largest elements: small


def test_errors_against_their_bounds():
    n = 64
    a, b = pair(n, n, n)
    a, b = a * 10.0 ** np.linspace(0, -12, n)[:, None], b * 10.0 ** np.linspace(0, -12, n)
    exact = (a.astype(np.longdouble) @ b.astype(np.longdouble)).astype(float)
    unit = np.finfo(float).eps / 2
    by_element = n * unit * (np.abs(a) @ np.abs(b))
    assert (np.abs(multiply(a, b) - exact) <= by_element + 4 * unit * np.abs(exact)).all()
    error = np.abs(strassen(a, b, cutoff=1) - exact)
    assert (error > by_element).any()
    k = 6  # Higham's theorem 23.2 with n0 = 1, in the norm max |a_ij|
    assert error.max() <= (12**k * 6 - 5 * n) * unit * np.abs(a).max() * np.abs(b).max()


@settings(deadline=None, max_examples=20)
@given(rows=st.integers(1, 5), columns=st.integers(1, 5), levels=st.integers(0, 4))
def test_quadrants_and_back(rows, columns, levels):
    shape = (rows << levels, columns << levels)
    matrix = np.arange(shape[0] * shape[1]).reshape(shape)
    elements = by_quadrants(matrix, levels)
    np.testing.assert_array_equal(from_quadrants(elements, shape, levels), matrix)
    if levels:
        quarter, half = elements.size // 4, (shape[0] // 2, shape[1] // 2)
        np.testing.assert_array_equal(
            elements[quarter : 2 * quarter], by_quadrants(matrix[: half[0], half[1] :], levels - 1)
        )


@pytest.mark.parametrize("product", [multiply, strassen, lambda a, b: strassen(a, b, 2)])
def test_types_and_layouts(product):
    a, b = pair(5, 6, 7)
    a.setflags(write=False)
    expected = a @ b
    for x, y in [(np.asfortranarray(a), b), (a.tolist(), b), (a[::-1][::-1], b), (a.astype(">f8"), b.T.copy().T)]:
        np.testing.assert_allclose(product(x, y), expected, rtol=1e-10, atol=1e-13)
    single = [a.astype(np.float32), b.astype(np.float32)]
    with mk.count() as ops:
        assert product(*single).dtype == np.float32
    assert ops["float64"].flops == 0
    assert product(single[0], b).dtype == np.float64
    assert product([[2]], [[3]]) == [[6.0]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: multiply(np.ones((2, 3)), np.ones((2, 3))), ValueError, "a has 3 columns and b has 2 rows"),
        (lambda: multiply(np.ones(3), np.ones((3, 1))), ValueError, "a has shape .*it must be 2-dimensional"),
        (lambda: multiply(np.ones((0, 3)), np.ones((3, 1))), ValueError, "a is empty"),
        (lambda: multiply([["x"]], [[1.0]]), TypeError, "a holds"),
        (lambda: multiply([[1.0]], [[np.nan]]), ValueError, r"b\[0, 0\] is nan"),
        (lambda: multiply([[1e200]], [[1e200]]), ValueError, "beyond the range of float64"),
        (lambda: strassen(np.float32([[1e30]]), np.float32([[1e30]])), ValueError, "beyond the range of float32"),
        (lambda: strassen(np.ones((2, 3)), np.ones((2, 3))), ValueError, "a has 3 columns and b has 2 rows"),
        (lambda: strassen([[1.0]], [[1.0]], cutoff=0), ValueError, "cutoff is 0; it must be a whole number"),
        (lambda: strassen([[1.0]], [[1.0]], cutoff=2.5), TypeError, "cutoff is 2.5"),
        (lambda: strassen([[1.0]], [[1.0]], cutoff="8"), TypeError, "cutoff is '8'"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_check_finite_can_be_left_out():
    assert np.isnan(multiply([[np.nan]], [[1.0]], check_finite=False)).all()
    assert np.isinf(multiply([[1e200]], [[1e200]], check_finite=False)).all()
