import pytest

from mechkit.mechanisms.claims import c6_fast_fourier_transform as c6


@pytest.fixture
def result(measured):
    return measured("C6")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 3, headline=779.964, gain=779.964)


def test_radix_2_takes_5_n_log_n(result, checks_of):
    assert c6.constant(1024, c6.flops(1024, "radix-2")) == 5.0
    assert checks_of(result, c6.FAST)["radix 2, n = 16 to 4,096"] == 1.0


def test_below_eleven_elements_the_definition_is_as_cheap(result):
    failing = [check.case for check in result.evidence.checks if not check.holds]
    assert all(not check.within for check in result.evidence.checks if not check.holds)
    assert set(failing) <= {"n = 7", "n = 11", "n = 13"}
