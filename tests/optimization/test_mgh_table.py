"""Every method on the problems of More, Garbow and Hillstrom: the share that is solved, and the printed table."""

import runpy
from pathlib import Path

import pytest

EXAMPLE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "more_garbow_hillstrom.py"))

#: How many of the 35 a method must solve from the standard start.
AT_LEAST = {"lm": 35, "gauss-newton": 27, "newton": 33, "BFGS": 33, "L-BFGS": 33, "Nelder-Mead": 27}
#: And of those that are systems of equations; some have a minimum alone.
SYSTEMS_AT_LEAST = {"newton, root": 14, "trust region, root": 14, "broyden1, root": 12}


@pytest.mark.slow
@pytest.mark.parametrize(("method", "least"), AT_LEAST.items())
def test_solved(method, least):
    runs = EXAMPLE["grid"]([method])
    unsolved = [f"{run.problem.name}: {run.value:.6g} ({run.message})" for run in runs if not run.solved]
    print(*unsolved, sep="\n")
    assert len(runs) == 35
    assert 35 - len(unsolved) >= least
    assert all(run.nfev > 0 and run.flops > 0 for run in runs)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "least"), SYSTEMS_AT_LEAST.items())
def test_systems_solved(method, least):
    runs = EXAMPLE["grid"]([method])
    unsolved = [f"{run.problem.name}: {run.value:.6g} ({run.message})" for run in runs if not run.solved]
    print(len(runs), *unsolved, sep="\n")
    assert len(runs) - len(unsolved) >= least


def test_derivatives_save_calls():
    """Each derivative more takes fewer calls of the function, on a problem that all of them solve."""
    runs = EXAMPLE["grid"](["newton", "BFGS", "Nelder-Mead"], [7])
    newton, bfgs, simplex = runs
    assert all(run.solved for run in runs)
    assert newton.nfev < bfgs.nfev < simplex.nfev
    assert (newton.nhev > 0, bfgs.nhev, simplex.njev) == (True, 0, 0)


def test_a_value_that_is_no_minimum_is_not_solved():
    rosenbrock = EXAMPLE["problem"]("Rosenbrock")
    assert not EXAMPLE["is_solved"](rosenbrock, 1e-6, 24.2)
    assert EXAMPLE["is_solved"](rosenbrock, 1e-9, 24.2)


def test_main(capsys):
    EXAMPLE["main"](["--methods", "lm", "--problems", "1", "6", "--scale", "10"])
    printed = capsys.readouterr().out
    assert "Rosenbrock" in printed
    assert "5+5" in printed
    assert "1 of 2" in printed
