import numpy as np
import pytest

from mechkit.mechanisms.claims import c8_implicit_steps as c8
from mechkit.odes import euler


@pytest.fixture
def result(measured):
    return measured("C8")


def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["qualified", "confirmed", "confirmed"], headline=83.878, gain=20.364)


def test_only_steps_of_bdf_are_as_cheap_as_explicit_ones(result):
    failing = [check.case for check in result.evidence.checks if not check.holds]
    assert failing
    assert all(case.endswith("BDF") for case in failing)


def test_where_nothing_is_stiff_the_explicit_method_costs_less(result, checks_of):
    assert min(checks_of(result, c8.PLAIN).values()) > 2.0


def test_no_run_is_paid_for_more_than_the_error_that_is_wanted():
    found = c8.run("an orbit", "Radau")
    looser = c8.TOLERANCES[c8.TOLERANCES.index(found.tolerance) - 1]
    exact = c8.end_of("an orbit")
    off = abs(c8._solve("an orbit", "Radau", looser).y[:, -1] - exact).max()
    assert off > 0.5 * c8.WANTED * abs(exact).max()


def test_the_longest_explicit_steps_on_a_rod_are_stable_and_longer_ones_are_not():
    n = 20
    wave = np.where(np.arange(n) % 2, -1.0, 1.0)  # what a step that is too long makes grow

    def largest(steps):
        return np.abs(euler(c8.cooling, (0.0, 0.5), wave, steps).y[:, -1]).max()

    assert largest((n + 1) ** 2) <= 1.0
    assert largest((n + 1) ** 2 * 9 // 10) > 1e10
