import pytest

from mechkit.mechanisms.claims import a3_worked_example as a3


@pytest.fixture
def result(measured):
    return measured("A3")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 3, headline=23.37004, gain=None)


def test_days_are_proportional_to_the_work_and_to_one_over_the_rate():
    assert a3.days(tokens=2 * a3.TOKENS, rate=2 * a3.RATE) == pytest.approx(a3.days())
    assert a3.days(devices=1, rate=a3.operations()) * a3.DAY == pytest.approx(1.0)
