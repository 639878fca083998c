"""Blocked factorizations: the textbook's operations, to the last one, and the textbook's results."""

import numpy as np
import pytest

import mechkit as mk
from mechkit.linear_systems.blocked import eliminate_in_blocks, factor_in_blocks
from mechkit.linear_systems.cholesky import factor
from mechkit.linear_systems.dense import eliminate

SIZES = [1, 2, 3, 4, 5, 8, 15, 16, 17, 18, 31, 33, 50, pytest.param(70, marks=pytest.mark.slow)]
MEMORY = ("loads", "stores", "bytes")


def work(ops):
    """What is counted of floats, but for memory."""
    return {(c, k): n for (c, k), n in ops.nonzero().items() if c != "int" and k not in MEMORY}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", SIZES)
def test_elimination_does_the_operations_of_the_textbook(n, dtype):
    A = np.random.default_rng(n).standard_normal((n, n)).astype(dtype)
    blocked, plain = A.copy(), A.copy()
    pivots, others = np.empty(n, np.int32), np.empty(n, np.int32)
    with mk.count() as ops:
        assert eliminate_in_blocks(blocked, pivots) == n
    with mk.count() as textbook:
        assert eliminate(plain, others) == n
    assert work(ops) == work(textbook)
    assert ops.bytes <= textbook.bytes
    np.testing.assert_array_equal(pivots, others)
    np.testing.assert_allclose(blocked, plain, rtol=1000 * np.finfo(dtype).eps, atol=1000 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", SIZES)
def test_cholesky_does_the_operations_of_the_textbook(n, dtype):
    A = np.random.default_rng(n).standard_normal((n, n)).astype(dtype)
    A = A @ A.T + n * np.eye(n, dtype=dtype)
    blocked, plain = A.copy(), A.copy()
    with mk.count() as ops:
        assert factor_in_blocks(blocked) == n
    with mk.count() as textbook:
        assert factor(plain) == n
    assert work(ops) == work(textbook)
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(np.triu(blocked), np.triu(plain), rtol=1000 * eps, atol=100 * eps)
    np.testing.assert_array_equal(np.tril(blocked, -1), np.tril(A, -1))


@pytest.mark.parametrize("column", [0, 5, 16, 17, 29])
def test_both_stop_at_the_same_column(column):
    n = 30
    A = np.random.default_rng(1).standard_normal((n, n))
    A[:, column] = 0.0
    pivots = np.empty(n, np.int32)
    assert eliminate_in_blocks(A.copy(), pivots) == eliminate(A.copy(), pivots) == column
    D = np.eye(n)
    D[column, column] = -1.0
    assert factor_in_blocks(D.copy()) == factor(D.copy()) == column
