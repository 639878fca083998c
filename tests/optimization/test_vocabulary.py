"""One vocabulary: results, histories, arguments, limits and bounds have the same names and meaning everywhere."""

import functools
import inspect
import math

import numpy as np
import pytest
from scipy.optimize import Bounds

import mechkit.optimization as mo
from mechkit.optimization.functions import no_bounds
from mechkit.optimization.result import HISTORY, OptimizeResult
from mechkit.optimization.sampling.random_search import box

FIELDS = ["x", "fun", "success", "status", "message", "nit", "nfev", "njev", "nhev", "history"]
BOX = [(-2.0, 3.0)]


def square(x, c):
    return (x[0] - c) ** 2


def difference(x, c):
    return np.array([x[0] - c])


def number(x, c):
    return x - c


SOLVERS = {
    "minimize": lambda f, **more: mo.minimize(f, [0.0], **more),
    "nelder-mead": lambda f, **more: mo.minimize(f, [0.0], method="Nelder-Mead", **more),
    "root": lambda f, **more: mo.root(f, [0.0], **more),
    "lm": lambda f, **more: mo.least_squares(f, [0.0], **more),
    "gauss-newton": lambda f, **more: mo.least_squares(f, [0.0], method="gauss-newton", **more),
    "root_scalar": lambda f, **more: mo.root_scalar(f, bracket=(0.0, 3.0), **more),
    "secant": lambda f, **more: mo.root_scalar(f, x0=0.0, **more),
    "random": lambda f, **more: mo.random_search(f, BOX, 5, 0, **more),
    "sobol": lambda f, **more: mo.quasi_random_search(f, BOX, 4, rng=0, **more),
    "annealing": lambda f, **more: mo.simulated_annealing(f, BOX, rng=0, **more, maxiter=3),
    "multistart": lambda f, **more: mo.multistart(f, BOX, 2, 0, **more),
}
FUNCTIONS = dict.fromkeys(SOLVERS, square) | dict.fromkeys(("root", "lm", "gauss-newton"), difference)
FUNCTIONS |= dict.fromkeys(("root_scalar", "secant"), number)


@pytest.mark.parametrize("name", SOLVERS)
def test_every_result_has_the_same_fields(name):
    found = SOLVERS[name](FUNCTIONS[name], args=(2.0,))
    assert isinstance(found, OptimizeResult)
    for field in FIELDS:
        assert field in found
        assert found[field] is getattr(found, field)
    assert found.history.keys() <= HISTORY.keys()
    assert {"fun", "cost"} & found.history.keys()
    assert "history" in repr(found)
    assert len(repr(found).splitlines()) < 25


@pytest.mark.parametrize("name", SOLVERS)
def test_a_partial_function_is_its_function_with_args(name):
    by_args = SOLVERS[name](FUNCTIONS[name], args=(2.0,))
    by_name = functools.partial(FUNCTIONS[name], c=2.0)
    for _ in range(2):
        found = SOLVERS[name](by_name)
        assert (found.nfev, found.nit) == (by_args.nfev, by_args.nit)
        np.testing.assert_array_equal(found.x, by_args.x)


def test_partial_functions_of_other_kinds():
    def weighted(w, x, c=2.0):
        return w[0] * (x[0] - c) ** 2 + w[1] * x[1] ** 2

    found = mo.minimize(functools.partial(weighted, np.array([1.0, 3.0])), [0.0, 1.0])
    assert found.x == pytest.approx([2.0, 0.0], abs=1e-5)
    with pytest.raises(TypeError, match="fun is a partial function with c = 'two'; it must be a number or an array"):
        mo.minimize(functools.partial(square, c="two"), [0.0])
    with pytest.raises(TypeError, match="fun is a partial function that cannot be called"):
        mo.minimize(functools.partial(square, 1.0, 2.0, 3.0), [0.0])


class Model:
    def __init__(self):
        self.c = 2.0

    def loss(self, x):
        return (x[0] - self.c) ** 2

    def __call__(self, x):
        return (x[0] - self.c) ** 2


@pytest.mark.parametrize("name", SOLVERS)
def test_the_advice_for_a_method_and_an_object_works(name):
    for given, what in ((Model().loss, "a method of an object, Model.loss"), (Model(), "an object of class Model")):
        with pytest.raises(TypeError, match=what) as caught:
            SOLVERS[name](given)
        assert str(caught.value).endswith("give what it reads from the object in args: def fun(x, c): ..., args=(c,)")
    assert SOLVERS[name](FUNCTIONS[name], args=(Model().c,)).nfev > 0  # as it was advised


@pytest.mark.parametrize("given", [math.sin, np.sum, np.vectorize(square)])
def test_a_built_in_function_is_refused_with_advice(given):
    with pytest.raises(TypeError, match="which cannot be compiled; write a function of x that works in loops"):
        mo.minimize(given, [0.0])


def test_scipys_names_of_a_root():
    found = mo.root_scalar(lambda x: x * x - 2.0, bracket=(1.0, 2.0))
    for theirs, ours in (("root", "x"), ("iterations", "nit"), ("function_calls", "nfev"), ("converged", "success")):
        assert found[theirs] == found[ours] == getattr(found, theirs)
        assert theirs in found
    assert found["flag"] == found.message == "converged"
    assert found.fun == found.history["fun"][-1]
    many = mo.root_scalar(lambda x, p: x * x - p, args=([2.0, 4.0],), bracket=(0.0, [3.0, 5.0]))
    assert np.abs(many.fun) == pytest.approx([0.0, 0.0], abs=1e-11)
    assert many.nit.shape == many.success.shape == (2,)


def test_the_function_comes_first_and_args_are_taken_everywhere():
    for name in mo.__all__:
        driver = getattr(mo, name)
        parameters = list(inspect.signature(driver).parameters) if inspect.isfunction(driver) else []
        if parameters and parameters[0] in ("fun", "f"):
            assert parameters[0] == ("f" if name == "root_scalar" else "fun") or name in (
                "log_barrier",
                "strictly_feasible",
            )
            assert "args" in parameters or name in ("log_barrier", "strictly_feasible")


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("minimize", {"gtol": 1e-2, "maxiter": 1}),
        ("nelder-mead", {"xatol": 0.5, "fatol": 0.5, "maxiter": 9}),
        ("root", {"xtol": 1e-3, "maxiter": 1}),
        ("root_scalar", {"xtol": 1e-3, "rtol": 1e-3, "maxiter": 2}),
        ("lm", {"xtol": 1e-3, "ftol": 1e-3, "gtol": 1e-3, "max_nfev": 2}),
    ],
)
def test_limits_are_keywords_and_options(name, limits):
    by_keyword = SOLVERS[name](FUNCTIONS[name], args=(2.0,), **limits)
    by_options = SOLVERS[name](FUNCTIONS[name], args=(2.0,), options=limits)
    assert (by_keyword.nfev, by_keyword.nit, by_keyword.message) == (
        by_options.nfev,
        by_options.nit,
        by_options.message,
    )


@pytest.mark.parametrize("name", ["minimize", "root", "root_scalar"])
def test_a_limit_that_is_given_twice_is_refused(name):
    with pytest.raises(ValueError, match="maxiter is 3, and 5 in options; give it once"):
        SOLVERS[name](FUNCTIONS[name], args=(2.0,), maxiter=3, options={"maxiter": 5})
    with pytest.raises(ValueError, match="there is no option 'xatol'"):
        mo.minimize(square, [0.0], args=(2.0,), xatol=1e-3)


@pytest.mark.parametrize("bounds", [(-np.inf, np.inf), [(None, None)], Bounds(), Bounds([-np.inf], [np.inf]), None])
def test_bounds_that_bound_nothing_are_taken(bounds):
    assert no_bounds(bounds)
    assert mo.minimize(square, [0.0], args=(2.0,), bounds=bounds).success
    assert mo.least_squares(difference, [0.0], args=(2.0,), bounds=bounds).success


@pytest.mark.parametrize(
    "bounds", [(np.inf, -np.inf), [(np.inf, None)], Bounds(0.0, np.inf), [(None, -np.inf)], 3, (0, 1)]
)
def test_bounds_that_bound_something_are_refused(bounds):
    assert not no_bounds(bounds)
    with pytest.raises(ValueError, match="bounds is not supported here"):
        mo.minimize(square, [0.0], args=(2.0,), bounds=bounds)


def test_a_box_in_scipys_form():
    for bounds in (Bounds([0.0, -1.0], [1.0, 3.0]), [(0, 1), (-1, 3)]):
        lower, width = box(bounds)
        assert (lower.tolist(), width.tolist()) == ([0.0, -1.0], [1.0, 4.0])
    assert box(Bounds(0.0, [1.0, 2.0]))[1].tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="bounds holds None; a search in a box needs a least and a largest value"):
        mo.random_search(square, [(None, 1.0)], 4, args=(2.0,))
