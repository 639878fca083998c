import numpy as np
import pytest
import scipy.sparse

from mechkit.linear_systems import solve_banded
from mechkit.mechanisms import on_matrix, run
from mechkit.mechanisms.claims import s1_cost_of_a_band as s1
from mechkit.mechanisms.shared.direct_solves import solve_both_ways, verified_law
from mechkit.problems import Matrix, poisson_2d, read_matrix_market
from mechkit.problems.band import dominant_band


@pytest.fixture
def result(measured):
    return measured("S1")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 4, headline=2073.62, gain=2073.62)


def structures(result):
    table = result.evidence.tables[2]
    assert table.columns[:3] == ("structure", "n", "flops")
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


@pytest.mark.slow
def test_pivoting_costs_at_most_what_the_wider_band_does(result):
    for l, u in s1.BANDS:
        plain, pivoted = (
            structures(result)[f"band, {l} below, {u} above, {how}"] for how in ("no interchanges", "interchanges")
        )
        assert plain["flops"] == s1.flops_of(solve_banded, (l, u), dominant_band(1000, l, u), np.ones(1000))
        wider = s1.flops_of(solve_banded, (l, l + u), dominant_band(1000, l, l + u), np.ones(1000))
        assert plain["flops"] < pivoted["flops"] < wider
        in_band = scipy.sparse.diags_array([np.ones(1000 - abs(k)) for k in range(-l, u + 1)], offsets=range(-l, u + 1))
        assert plain["s"] == pivoted["s"] == in_band.nnz / 1000**2


@pytest.mark.slow
def test_a_sparse_triangle_costs_two_flops_a_nonzero_less_one_a_row(result):
    sparse = structures(result)["sparse triangle, by rows"]
    assert sparse["flops"] == round(2 * sparse["s"] * 1000**2) - 1000


@pytest.mark.slow
def test_reordering_finds_the_band_of_a_grid(result):
    found = structures(result)
    before, after = found["grid, numbered at random"], found["grid, reordered"]
    assert after["flops"] == verified_law("banded Cholesky")(n=1600, p=40).flops
    assert before["flops"] > 100 * after["flops"]
    (outside,) = [check for check in result.evidence.checks if check.case.startswith("grid")]
    assert not outside.within
    assert not outside.holds


@pytest.mark.slow
def test_what_is_far_cheaper_than_the_square_says_is_no_failure(result):
    cheaper = [check for check in result.evidence.checks if check.part == s1.TRIANGLE and check.measured < 0.25]
    assert {check.within: check.holds for check in cheaper} == {True: True, False: False}


# -- a matrix of the reader's own ------------------------------------------------------------------------------------


def verdict_on(array):
    (claim,) = on_matrix([s1.CLAIM], Matrix.of("mine", scipy.sparse.csr_array(array)))
    return run(claim).verdict


def band(n, p):
    return scipy.sparse.diags_array(
        [np.full(n - abs(k), 4.0 * p + 1.0 if k == 0 else 1.0) for k in range(-p, p + 1)], offsets=range(-p, p + 1)
    )


def arrow(n):
    array = 2.0 * n * np.eye(n)
    array[0, :] = array[:, 0] = 2.0 * n
    return array


@pytest.mark.parametrize(
    ("array", "verdict"),
    [
        (band(60, 3), "confirmed"),
        (poisson_2d(12), "qualified"),  # most of its band is zeros
        (arrow(40), "refuted"),  # the band is the matrix: nothing is saved
        (band(12, 8), "qualified"),  # more than half of it is nonzero: whatever is saved is within a factor of 4
    ],
)
def test_the_verdict_on_a_matrix_can_come_out_each_way(array, verdict):
    assert verdict_on(array) == verdict


@pytest.mark.slow
def test_the_dam(published):
    matrix = read_matrix_market(published("matrices") / "bcsstk16.mtx.gz")
    dense, banded = solve_both_ways(matrix)
    assert (dense.method, dense.counted_by) == ("dense Cholesky", "law")
    assert (banded.method, banded.counted_by) == ("banded Cholesky", "run")
    assert banded.ops == verified_law("banded Cholesky")(n=4884, p=140)
    assert banded.residual < 1e-14
    (claim,) = on_matrix([s1.CLAIM], matrix)
    assert run(claim).verdict == "qualified"
