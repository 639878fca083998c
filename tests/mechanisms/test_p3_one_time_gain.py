import pytest

from mechkit.linear_systems import refinement
from mechkit.mechanisms.claims import p3_one_time_gain as p3


@pytest.fixture
def result(measured):
    return measured("P3")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 4, headline=3.96787, gain=3.96787)


@pytest.mark.slow
def test_refinement_keeps_up_with_float64_and_then_does_not(result, checks_of):
    (reach,), rows = checks_of(result, p3.WORKS).values(), result.evidence.tables[0].rows
    assert 1e6 <= reach <= 1e9
    for kappa, double, single, refined, ratio, steps in rows:
        assert single > 1e4 * double
        if kappa <= reach:
            assert ratio <= 10
            assert refined <= 10 * double
            assert steps <= 15
        if kappa >= 1e9:
            assert refined > 1e4 * double


@pytest.mark.slow
def test_the_share_of_float32_and_the_gain_grow_towards_their_bounds(result, checks_of):
    rows = result.evidence.tables[1].rows
    for shares in zip(*(row[4:] for row in rows), strict=True):
        assert list(shares) == sorted(shares)
    (gain,), (growth,) = checks_of(result, p3.GAINS).values(), checks_of(result, p3.ONCE).values()
    assert rows[-1][5] < gain < gain * growth < 4
    assert "99.8 % are in float32" in " ".join(result.evidence.notes)


def test_a_law_that_is_off_is_an_error(monkeypatch):
    correct = refinement._correction

    def once_more_at_larger_sizes(factors, r):
        if r.size > 20:
            correct(factors, r)
        return correct(factors, r)

    monkeypatch.setattr(refinement, "_correction", once_more_at_larger_sizes)
    with pytest.raises(ArithmeticError, match="its law predicts"):
        p3.costs()
