import numpy as np
import pytest

from mechkit.mechanisms.claims import f2_exact_after_n_steps as f2


@pytest.fixture
def result(measured):
    return measured("F2")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["qualified"], headline=2.31, gain=2.43421)


@pytest.mark.slow
def test_eigenvalues_that_crowd_fail_and_no_others(result):
    failing = {check.case for check in result.evidence.checks if not check.holds}
    assert failing == {"geometric, κ = 1,000", "geometric, κ = 1,000,000"}


@pytest.mark.parametrize("kind", f2.SPECTRA)
def test_eigenvalues_are_what_they_are_meant_to_be(kind):
    eigenvalues = f2.SPECTRA[kind](20, 1e3)
    A = f2.System.of(eigenvalues).A
    assert np.array_equal(A, A.T)
    assert np.linalg.eigvalsh(A) == pytest.approx(np.sort(eigenvalues), abs=1e-14)
    assert np.linalg.cond(A) == pytest.approx(1e3)
    assert len(set(eigenvalues)) == (5 if kind == "five" else 20)


@pytest.mark.slow
def test_five_eigenvalues_take_five_steps_and_crowding_ones_more_than_n(result):
    steps = {row[0]: row[-1] for row in result.evidence.tables[0].rows}
    assert steps["five, κ = 10"] == 5
    assert max(taken for name, taken in steps.items() if name.startswith(("five", "even"))) <= 100
    assert steps["geometric, κ = 1,000"] > 100
    assert steps["geometric, κ = 1,000,000"] > 1000
