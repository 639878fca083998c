import math

import numpy as np
import pytest
import scipy.sparse

from mechkit.mechanisms import on_matrix, run
from mechkit.mechanisms.claims import s2_storage_of_nonzeros as s2
from mechkit.problems import Matrix, poisson_2d, read_matrix_market


@pytest.fixture
def result(measured):
    return measured("S2")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 2, headline=455.688, gain=455.688)


@pytest.mark.slow
def test_an_incomplete_factor_keeps_to_the_matrix_and_a_complete_one_fills_the_band(result, checks_of):
    powers, table = checks_of(result, s2.GROWS), result.evidence.tables[-1]
    assert powers["incomplete factor of a 2-D grid, by the nonzeros of the grid"] == pytest.approx(1.0, abs=0.05)
    assert powers["complete factor of a 2-D grid, by the nonzeros of the grid"] == pytest.approx(1.5, abs=0.05)
    for n, nonzeros, double, single, incomplete, _, complete, _ in table.rows[:3]:
        grid, factor = poisson_2d(math.isqrt(n)), np.linalg.cholesky(poisson_2d(math.isqrt(n)).toarray())
        indices = 4 * (nonzeros + n + 1)
        assert (grid.nnz, double, single) == (nonzeros, 8 * nonzeros + indices, 4 * nonzeros + indices)
        lower = scipy.sparse.tril(grid, format="csr")
        assert incomplete == 12 * lower.nnz + 4 * (n + 1)
        assert complete == 12 * np.count_nonzero(factor) + 4 * (n + 1)


@pytest.mark.parametrize(
    ("array", "verdict"),
    [
        (np.eye(30) + np.eye(30, k=1), "confirmed"),
        (poisson_2d(12), "qualified"),  # the band and the triangle hold zeros
        (np.ones((6, 6)) - np.tri(6, k=-5), "refuted"),  # nearly full, and not symmetric
    ],
)
def test_the_verdict_on_a_matrix_can_come_out_each_way(array, verdict):
    (claim,) = on_matrix([s2.CLAIM], Matrix.of("mine", scipy.sparse.csr_array(array)))
    assert run(claim).verdict == verdict


@pytest.mark.slow
def test_the_dam(published):
    (claim,) = on_matrix([s2.CLAIM], read_matrix_market(published("matrices") / "bcsstk16.mtx.gz"))
    assert run(claim).verdict == "qualified"
