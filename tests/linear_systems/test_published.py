"""Published matrices: the residual is as small as LAPACK's."""

import numpy as np
import pytest
import scipy.linalg

from mechkit import linear_systems as ls
from mechkit.mechanisms.shared.direct_solves import backward_error
from mechkit.problems import read_matrix_market, to_band

SLOW = pytest.param("bcsstk16.mtx.gz", marks=pytest.mark.slow)


@pytest.fixture(params=["bcsstk01.mtx", "west0067.mtx", "fs_183_1.mtx", SLOW])
def matrix(request, published):
    return read_matrix_market(published("matrices") / request.param)


def test_solutions_are_as_good_as_lapacks(matrix):
    array, l, u = matrix.array, matrix.lower, matrix.upper
    n = array.shape[0]
    b = array @ np.ones(n)
    bound = 10 * np.finfo(float).eps
    ab = to_band(array, l, u)
    ours, lapack = ls.solve_banded((l, u), ab, b), scipy.linalg.solve_banded((l, u), ab, b)
    assert backward_error(array, ours, b) <= max(10 * backward_error(array, lapack, b), bound)
    if matrix.symmetric:
        ours = ls.solveh_banded(to_band(array, 0, u), b)
        assert backward_error(array, ours, b) <= bound
    if n < 1000:
        assert backward_error(array, ls.solve(array.toarray(), b), b) <= bound
