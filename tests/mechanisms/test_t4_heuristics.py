import pytest

from mechkit.mechanisms.claims import t4_heuristics as t4


@pytest.fixture
def result(measured):
    return measured("T4")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 2, headline=314.377, gain=314.377)


def test_the_exact_method_takes_the_operations_of_its_law(result):
    exact = result.evidence.tables[0].rows[-1]
    assert exact[1:] == (0.0, 15 * 14 * 2**13 + 15)


def test_no_heuristic_is_below_the_bound(result):
    assert all(gap >= 0.0 for table in result.evidence.tables for _, gap, _ in table.rows)
    many = {name: gap for name, gap, _ in result.evidence.tables[1].rows}
    assert many["10 kicks a city"] < many["Lin-Kernighan"] < many["2-opt"] < many["greedy edges"]
    assert t4.SHORTEST == 0.5
