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


def test_the_laws_of_the_unknowns_are_those_of_the_solutions(result):
    for table, bodies, laws in zip(
        result.evidence.tables, (s4.BALL_POINTS, s4.DISK_POINTS), result.evidence.laws, strict=True
    ):
        assert {d: s4.written_dimensions(d) for d in bodies} == dict(zip(bodies, laws.laws, strict=True))
        for d, n, unknowns, *_ in table.rows:
            assert laws.counts(n=n)[s4.written_dimensions(d)] == unknowns
