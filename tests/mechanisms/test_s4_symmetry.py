import pytest

from mechkit.mechanisms.claims import s4_symmetry as s4


@pytest.fixture
def result(measured):
    return measured("S4")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 2, headline=42716.69, gain=42716.69)


def test_the_loads_are_one_load():
    assert s4.in_space(0.1, 0.2, 0.3) == pytest.approx(s4.in_ball(0.14**0.5))
    assert s4.in_half_disk(0.05**0.5, 0.3) == pytest.approx(s4.in_ball(0.14**0.5))
    assert s4.on_disk(0.1, 0.2) == pytest.approx(s4.by_radius(0.05**0.5))


def test_the_error_over_the_body_is_no_larger_but_in_the_center_it_is(result, checks_of):
    assert max(checks_of(result, s4.RIGHT).values()) < s4.SAME
    assert checks_of(result, s4.CENTER)["a ball, 3 to 1, 8 elements along a radius"] > 2.0
