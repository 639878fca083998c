import math

import numpy as np
import pytest
import scipy.sparse

from mechkit.linear_systems import solve_banded
from mechkit.mechanisms import experiments, run, sparse_storage, sparsity
from mechkit.mechanisms.direct_solves import SOLVES, solve_both_ways, storage, verified_law
from mechkit.mechanisms.laws import dominant_band
from mechkit.problems import Matrix, poisson_2d, read_matrix_market


@pytest.mark.parametrize("name", SOLVES)
def test_laws_are_verified(name):
    assert verified_law(name).flops.degree >= 2


def test_a_law_that_is_off_is_an_error(monkeypatch):
    from mechkit.mechanisms import direct_solves

    solve, sizes = direct_solves._SOLVES["triangular substitution"]
    monkeypatch.setitem(direct_solves._SOLVES, "off", (lambda n: [solve(n) for _ in range(1 + (n > 100))], sizes))
    with pytest.raises(ArithmeticError, match="its law predicts"):
        verified_law("off")


@pytest.mark.parametrize(
    ("exponent", "low", "high", "triangle", "verdict"),
    [(2.0, 0.7, 1.1, 1.0, "confirmed"), (2.0, 0.7, 1.1, 0.006, "qualified"), (1.0, 0.7, 9.0, 0.01, "refuted")],
)
def test_the_verdict_on_cost_can_come_out_each_way(exponent, low, high, triangle, verdict):
    numbers = {
        "exponent of the band": exponent,
        "smallest r / s² of the band": low,
        "largest r / s² of the band": high,
        "r / s² of the triangle": triangle,
    }
    assert sparsity.judge_cost(numbers)[0] == verdict


@pytest.mark.parametrize(("r", "verdict"), [(1e-4, "confirmed"), (2.5e-3, "qualified"), (0.5, "refuted")])
def test_the_verdict_on_a_matrix_can_come_out_each_way(r, verdict):
    numbers = {"r": r, "share of nonzeros": 0.01, "share of the band": 0.05}
    assert sparsity.judge_cost_of(numbers)[0] == verdict


@pytest.mark.parametrize(
    ("r", "nonzeros", "band", "verdict"),
    [
        (1.0, 0.01, 1.0, "refuted"),  # an arrow: the band is the matrix
        (1.0, 0.95, 1.0, "refuted"),
        (1.1, 0.5, 0.5, "refuted"),
        (0.9, 0.9, 0.95, "qualified"),  # whatever is saved is within a factor of 4
        (0.3, 0.5, 0.5, "confirmed"),
    ],
)
def test_nothing_is_confirmed_where_nothing_is_saved_or_could_not_fail(r, nonzeros, band, verdict):
    numbers = {"r": r, "share of nonzeros": nonzeros, "share of the band": band}
    assert sparsity.judge_cost_of(numbers)[0] == verdict


def test_a_format_that_holds_more_than_the_dense_one_does_not_pass():
    assert sparse_storage.judge_storage_of({"dense": 8.4, "band": 15.0, "CSR": 12.1})[0] == "refuted"
    assert sparse_storage.judge_storage_of({"dense": 16.0, "band": 16.0, "CSR": 12.1})[0] == "qualified"


@pytest.mark.parametrize("n", [1, 4])
def test_a_matrix_without_zeros_is_refused(n):
    with pytest.raises(ValueError, match=f"ones holds {n} x {n} entries, and none of them is zero"):
        sparsity.experiments(Matrix.of("ones", scipy.sparse.csr_array(np.ones((n, n)))))


def test_a_wide_band_is_not_made_to_be_measured():
    n = 1_000_000
    corner = scipy.sparse.coo_array((np.ones(2), ([0, n - 1], [n - 1, 0])), shape=(n, n))
    assert storage(Matrix.of("corner", corner))["band"] == 8 * n * n


@pytest.mark.parametrize(
    ("exponents", "verdict"), [((1.0, 1.0), "confirmed"), ((1.0, 1.5), "qualified"), ((1.5, 1.4), "refuted")]
)
def test_the_verdict_on_storage_can_come_out_each_way(exponents, verdict):
    assert sparse_storage.judge_storage({"a": exponents[0], "b": exponents[1]})[0] == verdict
    per_nonzero = {"dense": 100.0, "band": 8 * exponents[0] ** 4, "CSR": 8 * exponents[1] ** 4}
    assert sparse_storage.judge_storage_of(per_nonzero)[0] == verdict


@pytest.fixture(scope="module")
def results():
    return {e.claim: run(e) for e in sparsity.experiments()}


@pytest.mark.slow
def test_experiments_run_and_say_what_they_found(results):
    assert list(results) == ["S1", "S2"]
    for result in results.values():
        assert result.finding
        assert all(np.isfinite(value) for value in result.evidence.numbers.values())


def test_every_structure_has_its_say():
    numbers = {
        "exponent of the band": 2.0,
        "smallest r / s² of the band": 0.7,
        "largest r / s² of the band": 1.1,
        sparsity.OTHER + "one": 1.0,
        sparsity.OTHER + "other": 1.0,
    }
    assert sparsity.judge_cost(numbers)[0] == "confirmed"
    verdict, finding = sparsity.judge_cost({**numbers, sparsity.OTHER + "other": 4.1})
    assert verdict == "qualified"
    assert finding.endswith("from 1 times the square (one) to 4.1 times (other)")


def _structures(results):
    table = results["S1"].evidence.tables[2]
    assert table.columns[:3] == ("structure", "n", "flops")
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


@pytest.mark.slow
def test_pivoting_costs_at_most_what_the_wider_band_does(results):
    for l, u in sparsity._BANDS:
        plain, pivoted = (
            _structures(results)[f"band, {l} below, {u} above, {how}"] for how in ("no interchanges", "interchanges")
        )
        assert plain["flops"] == sparsity._flops(solve_banded, (l, u), dominant_band(1000, l, u), np.ones(1000))
        wider = sparsity._flops(solve_banded, (l, l + u), dominant_band(1000, l, l + u), np.ones(1000))
        assert plain["flops"] < pivoted["flops"] < wider
        in_band = scipy.sparse.diags_array([np.ones(1000 - abs(k)) for k in range(-l, u + 1)], offsets=range(-l, u + 1))
        assert plain["s"] == pivoted["s"] == in_band.nnz / 1000**2


@pytest.mark.slow
def test_a_sparse_triangle_costs_two_flops_a_nonzero_less_one_a_row(results):
    sparse = _structures(results)["sparse triangle, by rows"]
    assert sparse["flops"] == round(2 * sparse["s"] * 1000**2) - 1000


@pytest.mark.slow
def test_reordering_finds_the_band_of_a_grid(results):
    found = _structures(results)
    before, after = found[sparsity.UNORDERED], found["grid, reordered"]
    assert after["flops"] == verified_law("banded Cholesky")(n=1600, p=40).flops
    assert before["flops"] > 100 * after["flops"]
    assert sparsity.OTHER + sparsity.UNORDERED not in results["S1"].evidence.numbers


@pytest.mark.slow
def test_an_incomplete_factor_keeps_to_the_matrix_and_a_complete_one_fills_the_band(results):
    numbers, table = results["S2"].evidence.numbers, results["S2"].evidence.tables[-1]
    assert numbers["incomplete factor, a 2-D grid"] == pytest.approx(1.0, abs=0.05)
    assert numbers["complete factor, a 2-D grid"] == pytest.approx(1.5, abs=0.05)
    for n, nonzeros, double, single, incomplete, _, complete, _ in table.rows[:3]:
        grid, factor = poisson_2d(math.isqrt(n)), np.linalg.cholesky(poisson_2d(math.isqrt(n)).toarray())
        indices = 4 * (nonzeros + n + 1)
        assert (grid.nnz, double, single) == (nonzeros, 8 * nonzeros + indices, 4 * nonzeros + indices)
        lower = scipy.sparse.tril(grid, format="csr")
        assert incomplete == 12 * lower.nnz + 4 * (n + 1)
        assert complete == 12 * np.count_nonzero(factor) + 4 * (n + 1)


@pytest.mark.slow
def test_the_dam(published):
    matrix = read_matrix_market(published("matrices") / "bcsstk16.mtx.gz")
    dense, banded = solve_both_ways(matrix)
    assert (dense.method, dense.counted_by) == ("dense Cholesky", "law")
    assert (banded.method, banded.counted_by) == ("banded Cholesky", "run")
    assert banded.ops == verified_law("banded Cholesky")(n=4884, p=140)
    assert banded.residual < 1e-14
    assert [run(e).verdict for e in experiments(matrix)] == ["qualified", "qualified"]


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
    monkeypatch.setattr("mechkit.mechanisms.direct_solves.MEMORY_LIMIT", 100)
    with pytest.raises(MemoryError, match="reorder the matrix first"):
        solve_both_ways(Matrix.of("grid", poisson_2d(6)))
