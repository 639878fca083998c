import numpy as np
import pytest

from mechkit.mechanisms.claims import c3_subgradients as c3
from mechkit.mechanisms.shared.kinked_functions import KINKS, SMOOTH


@pytest.fixture
def result(measured):
    return measured("C3")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"], headline=92.4286, gain=34.4535)


@pytest.mark.parametrize(
    ("gap", "converges"),
    [
        (lambda k: k**-0.5, True),
        (lambda k: k**-0.3, False),
        (lambda k: np.full(k.size, 1e-3), False),
        (lambda k: 0.5**k, True),
    ],
)
def test_what_converges_is_told_from_what_stalls(gap, converges):
    k = np.arange(1.0, c3.STEPS + 2)
    assert c3.Descent(gap(k), None).converges == converges


@pytest.mark.slow
def test_all_methods_converge_without_kinks_and_the_subgradient_method_with_them(result):
    table, powers, _ = result.evidence.tables
    last = table.columns.index(f"{c3.STEPS:,}")
    gaps = {row[:2]: row[last] for row in table.rows}
    falls = {row[:2]: row[2] for row in powers.rows}
    for method in (c3.DESCENT, "BFGS"):
        assert gaps[SMOOTH, method] < 1e-12
    for name in KINKS:
        assert falls[name, c3.FIXED] == pytest.approx(-0.6, abs=0.15)
        assert gaps[name, c3.DESCENT] > 10 * gaps[name, c3.FIXED]


@pytest.mark.slow
def test_line_searches_stop_at_kinks(result, checks_of):
    shares = checks_of(result, c3.STANDS_IN)
    assert shares["BFGS, sum of |r|"] == pytest.approx(0.4)
    assert sum(share < 1 for share in shares.values()) == 4
