import numpy as np
import pytest

from mechkit.mechanisms.claims import p1_storage_by_bits as p1


@pytest.fixture
def result(measured):
    return measured("P1")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"], headline=53.1866, gain=4.0)


def test_the_indices_of_sparse_rows_do_not_shrink(result):
    n, nonzeros = 1600, 7840
    held = {row[0]: row[1:4] for row in result.evidence.tables[0].rows}
    indices = 4 * nonzeros + 4 * (n + 1)
    assert held["CSR"] == tuple(size * nonzeros + indices for size in (8, 4, 2))
    assert held["values of CSR"] == tuple(size * nonzeros for size in (8, 4, 2))
    assert held["dense"] == tuple(size * n * n for size in (8, 4, 2))
    assert held["band"] == tuple(size * n * 81 for size in (8, 4, 2))
    assert [check.case for check in result.evidence.checks if not check.holds] == ["CSR, float32", "CSR, float16"]
    assert all(check.within == check.holds for check in result.evidence.checks if check.part == p1.FALLS)


def test_what_is_lost_is_at_most_half_a_unit(result):
    for _, bits, largest, error in result.evidence.tables[1].rows:
        kind = np.dtype(f"f{bits // 8}")
        assert largest == np.finfo(kind).max
        assert error == 0 if bits == 64 else np.finfo(kind).eps / 4 < error <= np.finfo(kind).eps / 2
