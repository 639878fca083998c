import math

import pytest

from mechkit.mechanisms.claims import p2_effort_by_bits as p2


@pytest.fixture
def result(measured):
    return measured("P2")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"], headline=4.0, gain=4.0)


@pytest.mark.slow
def test_operations_by_the_bits(result, checks_of):
    powers, table = checks_of(result, p2.CAN_FALL), result.evidence.tables[0]
    assert powers["schoolbook product"] == pytest.approx(2.0, abs=1e-12)
    assert powers["sum"] == pytest.approx(1.0, abs=1e-12)
    assert powers["Karatsuba's product"] == pytest.approx(math.log2(3), abs=0.01)
    of = dict(zip(table.columns, zip(*table.rows, strict=True), strict=True))
    assert of["mul, schoolbook product"] == tuple(k**2 for k in of["limbs"])
    assert of["mul, Karatsuba's product"] == tuple(3**j for j in range(len(of["limbs"])))
    assert of["all, sum"] == of["limbs"]


@pytest.mark.slow
def test_hardware_does_as_many_operations_on_half_the_bytes(result, checks_of):
    (wide, flops, moved), (narrow, fewer, less) = result.evidence.tables[1].rows
    assert (wide, narrow) == ("float64", "float32")
    assert flops == fewer
    assert moved == 2 * less
    assert checks_of(result, p2.CAN_FALL)["a system in the hardware's floats"] == 0
