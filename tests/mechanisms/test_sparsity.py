import numpy as np
import pytest

from mechkit.mechanisms import experiments, run, sparsity
from mechkit.mechanisms.direct_solves import SOLVES, solve_both_ways, storage, verified_law
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
    ("exponents", "verdict"), [((1.0, 1.0), "confirmed"), ((1.0, 1.5), "qualified"), ((1.5, 1.4), "refuted")]
)
def test_the_verdict_on_storage_can_come_out_each_way(exponents, verdict):
    assert sparsity.judge_storage({"a": exponents[0], "b": exponents[1]})[0] == verdict
    per_nonzero = {"dense": 100.0, "band": 8 * exponents[0] ** 4, "CSR": 8 * exponents[1] ** 4}
    assert sparsity.judge_storage_of(per_nonzero)[0] == verdict


def test_experiments_run_and_say_what_they_found():
    results = [run(e) for e in experiments()]
    assert [r.experiment.claim for r in results] == ["S1", "S2"]
    for result in results:
        assert result.finding
        assert all(np.isfinite(value) for value in result.evidence.numbers.values())


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
