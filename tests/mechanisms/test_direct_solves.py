import pytest
import scipy.sparse

from mechkit.catalogue import LAWS, verified
from mechkit.mechanisms.shared.direct_solves import SOLVES, solve_both_ways, storage, verified_law
from mechkit.problems import Matrix, poisson_2d


@pytest.mark.parametrize("name", SOLVES)
def test_laws_are_verified(name):
    assert verified_law(name).flops.degree >= 2


def test_a_law_that_is_off_is_an_error():
    named = LAWS["solve_triangular"]
    with pytest.raises(ArithmeticError, match="its law predicts"):
        verified("off", lambda n: [named.run(n) for _ in range(1 + (n > 100))], named.sizes, named.far)


def test_a_wide_band_is_not_made_to_be_measured():
    n = 1_000_000
    corner = scipy.sparse.coo_array(([1.0, 1.0], ([0, n - 1], [n - 1, 0])), shape=(n, n))
    assert storage(Matrix.of("corner", corner))["band"] == 8 * n * n


def test_a_small_grid_is_solved_both_ways():
    dense, banded = solve_both_ways(Matrix.of("grid", poisson_2d(6)))
    assert dense.counted_by == banded.counted_by == "run"
    assert max(dense.residual, banded.residual) < 1e-15
    assert banded.ops.flops < dense.ops.flops
    assert storage(Matrix.of("grid", poisson_2d(6)))["band"] == 7 * 36 * 8


def test_a_symmetric_matrix_that_is_not_definite_falls_back_to_elimination():
    array = poisson_2d(3) * -1.0
    dense, banded = solve_both_ways(Matrix.of("negative", array))
    assert (dense.method, banded.method) == ("dense elimination", "banded elimination")


def test_a_band_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("mechkit.mechanisms.shared.direct_solves.MEMORY_LIMIT", 100)
    with pytest.raises(MemoryError, match="reorder the matrix first"):
        solve_both_ways(Matrix.of("grid", poisson_2d(6)))
