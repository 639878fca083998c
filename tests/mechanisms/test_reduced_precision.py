import math

import numpy as np
import pytest

from mechkit.linear_systems import refinement
from mechkit.mechanisms import one_time_gain, reduced_precision, run


@pytest.fixture(scope="module")
def results():
    return {e.claim: run(e) for e in reduced_precision.experiments()}


@pytest.mark.slow
def test_experiments_run_and_say_what_they_found(results):
    assert list(results) == ["P1", "P2", "P3"]
    for result in results.values():
        assert result.finding
        assert all(np.isfinite(value) for value in result.evidence.numbers.values())


# -- P1 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "verdict"), [((1.0, 1.04), "confirmed"), ((1.0, 1.06), "qualified"), ((0.9, 2.0), "refuted")]
)
def test_the_verdict_on_storage_can_come_out_each_way(shares, verdict):
    numbers = {f"q, {name}": q for name, q in zip(("dense", "CSR"), shares, strict=True)}
    assert reduced_precision.judge_storage(numbers)[0] == verdict


@pytest.mark.slow
def test_the_indices_of_sparse_rows_do_not_shrink(results):
    n, nonzeros = 1600, 7840
    held = {row[0]: row[1:4] for row in results["P1"].evidence.tables[0].rows}
    indices = 4 * nonzeros + 4 * (n + 1)
    assert held["CSR"] == tuple(size * nonzeros + indices for size in (8, 4, 2))
    assert held["dense"] == tuple(size * n * n for size in (8, 4, 2))
    assert held["band"] == tuple(size * n * 81 for size in (8, 4, 2))


@pytest.mark.slow
def test_what_is_lost_is_at_most_half_a_unit(results):
    for _, bits, largest, error in results["P1"].evidence.tables[1].rows:
        kind = np.dtype(f"f{bits // 8}")
        assert largest == np.finfo(kind).max
        assert error == 0 if bits == 64 else np.finfo(kind).eps / 4 < error <= np.finfo(kind).eps / 2


# -- P2 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("powers", "verdict"), [((2.0, 1.8), "confirmed"), ((2.0, 0.0), "qualified"), ((1.58, 2.3), "refuted")]
)
def test_the_verdict_on_effort_can_come_out_each_way(powers, verdict):
    numbers = {f"p, {name}": p for name, p in zip(("product", "sum"), powers, strict=True)}
    assert reduced_precision.judge_effort(numbers)[0] == verdict


@pytest.mark.slow
def test_operations_by_the_bits(results):
    numbers, table = results["P2"].evidence.numbers, results["P2"].evidence.tables[0]
    assert numbers["p, schoolbook product"] == pytest.approx(2.0, abs=1e-12)
    assert numbers["p, sum"] == pytest.approx(1.0, abs=1e-12)
    assert numbers["p, Karatsuba's product"] == pytest.approx(math.log2(3), abs=0.01)
    of = dict(zip(table.columns, zip(*table.rows, strict=True), strict=True))
    assert of["mul, schoolbook product"] == tuple(k**2 for k in of["limbs"])
    assert of["mul, Karatsuba's product"] == tuple(3**j for j in range(len(of["limbs"])))
    assert of["all, sum"] == of["limbs"]


@pytest.mark.slow
def test_hardware_does_as_many_operations_on_half_the_bytes(results):
    (wide, flops, moved, _), (narrow, fewer, less, _) = results["P2"].evidence.tables[1].rows
    assert (wide, narrow) == ("float64", "float32")
    assert flops == fewer
    assert moved == 2 * less
    assert results["P2"].evidence.numbers["p, a system in floats"] == 0


# -- P3 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reach", "gain", "later", "verdict"),
    [
        (1e7, 3.9, 4.0, "confirmed"),
        (1e7, 3.9, 8.0, "qualified"),  # the gain grows on
        (1e14, 3.9, 4.0, "qualified"),  # it works at every condition number
        (1e14, 3.9, 8.0, "refuted"),
        (0.0, 3.9, 4.0, "refuted"),  # it works nowhere
        (1e7, 0.9, 0.9, "refuted"),  # it gains nothing
    ],
)
def test_the_verdict_on_the_gain_can_come_out_each_way(reach, gain, later, verdict):
    numbers = {
        one_time_gain.REACH: reach,
        "gain, n = 10,000": gain,
        "gain, n = 100,000": later,
        one_time_gain.SHARE: 0.99,
    }
    assert one_time_gain.judge_refinement(numbers)[0] == verdict


@pytest.mark.slow
def test_refinement_keeps_up_with_float64_and_then_does_not(results):
    numbers, rows = results["P3"].evidence.numbers, results["P3"].evidence.tables[0].rows
    assert 1e6 <= numbers[one_time_gain.REACH] <= 1e9
    for kappa, double, single, refined, ratio, steps in rows:
        assert single > 1e4 * double
        if kappa <= numbers[one_time_gain.REACH]:
            assert ratio <= 10
            assert refined <= 10 * double
            assert steps <= 15
        if kappa >= 1e9:
            assert refined > 1e4 * double


@pytest.mark.slow
def test_the_share_of_float32_and_the_gain_grow_towards_their_bounds(results):
    rows = results["P3"].evidence.tables[1].rows
    for shares in zip(*(row[4:] for row in rows), strict=True):
        assert list(shares) == sorted(shares)
    numbers = results["P3"].evidence.numbers
    assert rows[-1][5] < numbers["gain, n = 10,000"] < numbers["gain, n = 100,000"] < 4
    assert 0.99 < numbers[one_time_gain.SHARE] < 1


def test_a_law_that_is_off_is_an_error(monkeypatch):
    correct = refinement._correction

    def once_more_at_larger_sizes(factors, r):
        if r.size > 20:
            correct(factors, r)
        return correct(factors, r)

    monkeypatch.setattr(refinement, "_correction", once_more_at_larger_sizes)
    with pytest.raises(ArithmeticError, match="its law predicts"):
        one_time_gain._costs()
