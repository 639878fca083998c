"""Optimization against SciPy and Clarabel, one thread, both sides in turn: medians and their ratio.

    python benchmarks/optimization.py [part of a name ...]

Both sides start at the same points. SciPy is given the same formulas as its users write them, on arrays; where it is
said, it is given the very kernels that mechkit is given. Of the scalar roots, 1e5 equations at once, the first line is
the one with a goal: the volume of van der Waals' gas, a cubic as its textbook spells it, and the same Python function
on both sides; NumPy's cubes are a third of SciPy's time, so that in Horner's form the ratio is about 9. Sines and
exponentials are scalar calls of the C library here, and the ratios show it.
Clarabel builds its solver within the time, but is given its own matrices.

Clarabel is needed for its lines: pip install clarabel. The linear and quadratic programs are published ones, from the
folder that MECHKIT_PROBLEMS names.
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize
import scipy.sparse
from interleaved import Case, run

from mechkit import kernel
from mechkit.optimization import linprog, minimize, quadratic_program, root, root_scalar
from mechkit.optimization.functions import OBJECTIVE, VECTOR, function
from mechkit.problems.quadratic_programs import read_quadratic_program
from mechkit.problems.valley import valley, valley_gradient

try:
    import clarabel
except ImportError:
    clarabel = None
    print("clarabel is not installed: its lines are left out", file=sys.stderr)

Cases = dict[str, Case]
PLACES = [os.environ.get("MECHKIT_PROBLEMS"), Path(__file__).parents[1].parent / "shared" / "problems"]


def published(kind: str) -> Path | None:
    """The folder of published problems of a kind, if there is one."""
    for place in filter(None, PLACES):
        if Path(place, kind).is_dir():
            return Path(place, kind)
    print(f"the published {kind} are not here: their lines are left out; set MECHKIT_PROBLEMS", file=sys.stderr)
    return None


rosenbrock = kernel(cache=True, error_model="numpy")(valley)
rosenbrock_gradient = kernel(cache=True, error_model="numpy")(valley_gradient)


def same_minimum(ours: Any, theirs: Any) -> None:
    assert ours.success
    assert theirs.success
    for found in (ours, theirs):
        assert found.fun < 1e-5


def minimization() -> Cases:
    found = {}
    numpy_functions = scipy.optimize.rosen, scipy.optimize.rosen_der
    kernels = rosenbrock, rosenbrock_gradient

    def case(method: str, x0: np.ndarray, functions: tuple[Any, Any], goal: float, repeats: int) -> Case:
        f, jac = functions
        return Case(
            "SciPy",
            goal,
            lambda: minimize(rosenbrock, x0, jac=rosenbrock_gradient, method=method),
            lambda: scipy.optimize.minimize(f, x0, jac=jac, method={"L-BFGS": "L-BFGS-B"}.get(method, method)),
            same_minimum,
            repeats,
        )

    for n in (10, 100):
        found[f"BFGS, Rosenbrock, n = {n}"] = case("BFGS", np.zeros(n), numpy_functions, 15, 15)
        found[f"BFGS, Rosenbrock, n = {n}, same kernels"] = case("BFGS", np.zeros(n), kernels, 0, 15)
    x0 = np.full(10**5, 2.0)  # from zero it would be as many steps as unknowns
    found["L-BFGS, Rosenbrock, n = 1e5"] = case("L-BFGS", x0, numpy_functions, 2, 5)
    found["L-BFGS, Rosenbrock, n = 1e5, same kernels"] = case("L-BFGS", x0, kernels, 0, 5)
    return found


def gas(v, p):
    """Van der Waals' equation in reduced units, at the temperature 1.2, as a cubic in the volume."""
    return 3.0 * p * v**3 - (p + 9.6) * v**2 + 9.0 * v - 3.0


def gas_prime(v, p):
    return 9.0 * p * v**2 - 2.0 * (p + 9.6) * v + 9.0


def square(x, a):
    return x**2 - a


def square_prime(x, a):
    return 2.0 * x


def kepler(e, m):
    return e - 0.5 * np.sin(e) - m


def kepler_prime(e, m):
    return 1.0 - 0.5 * np.cos(e)


def exponential(x, a):
    return np.exp(x) - a


def exponential_prime(x, a):
    return np.exp(x)


def scalar_roots() -> Cases:
    rng, n = np.random.default_rng(0), 10**5
    pressure, number, anomaly = rng.uniform(0.1, 10.0, n), rng.uniform(1.0, 100.0, n), rng.uniform(0.0, np.pi, n)
    problems = {
        "a gas's volume": (10, gas, gas_prime, pressure, 3.2 / pressure + 1.0 / 3.0),
        "square root": (0, square, square_prime, number, number / 2.0),
        "Kepler's equation": (0, kepler, kepler_prime, anomaly, anomaly),
        "exp(x) = a": (0, exponential, exponential_prime, number, np.full(n, 2.0)),
    }

    def case(goal: float, f: Any, fprime: Any, p: np.ndarray, x0: np.ndarray) -> Case:
        ours, ours_prime = (kernel(cache=True, error_model="numpy")(g) for g in (f, fprime))
        return Case(
            "SciPy",
            goal,
            lambda: root_scalar(ours, x0=x0, fprime=ours_prime, args=(p,), method="newton").root,
            lambda: scipy.optimize.newton(f, x0, fprime=fprime, args=(p,)),
            partial(np.testing.assert_allclose, rtol=1e-10, atol=1e-12),
        )

    return {f"Newton, 1e5 roots, {name}": case(*problem) for name, problem in problems.items()}


@kernel(cache=True, error_model="numpy")
def tridiagonal(x):
    """Broyden's tridiagonal function."""
    n = x.size
    y = np.empty_like(x)
    for i in range(n):
        y[i] = (3.0 - 2.0 * x[i]) * x[i] + 1.0
        if i > 0:
            y[i] -= x[i - 1]
        if i < n - 1:
            y[i] -= 2.0 * x[i + 1]
    return y


def tridiagonal_of_arrays(x):
    y = (3.0 - 2.0 * x) * x + 1.0
    y[1:] -= x[:-1]
    y[:-1] -= 2.0 * x[1:]
    return y


def systems() -> Cases:
    x0 = -np.ones(100)

    def agree(ours: Any, theirs: Any) -> None:
        for found in (ours, theirs):
            assert np.linalg.norm(tridiagonal(found.x)) < 1e-8
        np.testing.assert_allclose(ours.x, theirs.x, atol=1e-8)

    def case(goal: float, theirs: Any, **arguments: Any) -> Case:
        return Case(
            "SciPy",
            goal,
            lambda: root(tridiagonal, x0, **arguments),
            lambda: scipy.optimize.root(theirs, x0, method="hybr", tol=1e-10),
            agree,
        )

    return {
        "Broyden, tridiagonal, n = 100": case(3, tridiagonal_of_arrays, method="broyden1"),
        "Broyden, tridiagonal, n = 100, same kernel": case(0, tridiagonal, method="broyden1"),
        "Newton, tridiagonal, n = 100": case(0, tridiagonal_of_arrays),
    }


def by_clarabel(P: Any, q: np.ndarray, A: Any, l: np.ndarray, u: np.ndarray) -> Callable[[], Any]:
    """What builds and runs Clarabel's solver on its own form of min x'Px/2 + q'x, l <= Ax <= u."""
    A = scipy.sparse.csr_array(A)
    equal, upper, lower = l == u, (u < 1e20) & (l < u), (l > -1e20) & (l < u)
    G = scipy.sparse.csc_matrix(scipy.sparse.vstack([A[equal], A[upper], -A[lower]]))
    h = np.concatenate([u[equal], u[upper], -l[lower]])
    cones = [clarabel.ZeroConeT(equal.sum()), clarabel.NonnegativeConeT(upper.sum() + lower.sum())]
    triangle = scipy.sparse.csc_matrix(scipy.sparse.triu(P))
    settings = clarabel.DefaultSettings()
    settings.verbose, settings.max_threads = False, 1
    return lambda: clarabel.DefaultSolver(triangle, q, G, h, cones, settings).solve()


def same_cost(constant: float, relative: float) -> Callable[[Any, Any], None]:
    def agree(ours: Any, theirs: Any) -> None:
        cost = theirs.fun if hasattr(theirs, "fun") else theirs.obj_val + constant
        assert ours.success
        np.testing.assert_allclose(ours.fun, cost, rtol=relative, atol=relative)

    return agree


def linear_programs() -> Cases:
    folder, found = published("netlib_lp"), {}
    for name in ("AFIRO", "ADLITTLE", "SC50A") if folder else ():
        with np.load(folder / f"{name}.npz", allow_pickle=True) as data:
            lp = {key: data[key] for key in ("c", "A_ub", "b_ub", "A_eq", "b_eq")}
            bounds = data["bounds"].reshape(-1, 2)
        n = lp["c"].size
        lp["bounds"] = bounds if bounds.size else None
        ours = partial(linprog, **lp)
        theirs = partial(scipy.optimize.linprog, **lp, method="highs-ipm")
        found[name] = Case("SciPy", 5, ours, theirs, same_cost(0.0, 1e-7))
        if clarabel:
            lower, upper = np.array(bounds if bounds.size else [(0.0, np.inf)] * n, float).T
            lower, upper = np.nan_to_num(lower, nan=-np.inf), np.nan_to_num(upper, nan=np.inf, posinf=np.inf)
            rows = [np.reshape(lp[key], (-1, n)) for key in ("A_ub", "A_eq")]
            l = np.concatenate([np.full(len(rows[0]), -np.inf), lp["b_eq"], lower])
            u = np.concatenate([lp["b_ub"], lp["b_eq"], upper])
            theirs = by_clarabel(np.zeros((n, n)), lp["c"], np.vstack([*rows, np.eye(n)]), l, u)
            ours = partial(linprog, **lp, options={"tol": 1e-8})  # Clarabel's tolerance
            found[f"{name}, by Clarabel"] = Case("Clarabel", 1, ours, theirs, same_cost(0.0, 1e-6), 51)
    return found


def quadratic_programs() -> Cases:
    folder = published("qp") if clarabel else None
    goals = {"HS21": 1, "HS35": 1, "HS51": 1, "HS76": 1, "HS118": 1, "DUAL4": 0.5, "QAFIRO": 0}
    found = {}
    for name, goal in goals.items() if folder else ():
        qp = read_quadratic_program(folder / f"{name}.mat")
        found[name] = Case(
            "Clarabel",
            goal,
            partial(quadratic_program, qp.P.toarray(), qp.q, qp.A.toarray(), qp.l, qp.u, qp.r),
            by_clarabel(qp.P, qp.q, qp.A, qp.l, qp.u),
            same_cost(qp.r, 1e-6),
            51,
        )
    return found


def new_objective(a: float) -> tuple[Any, Any]:
    """A function that nobody has compiled yet, and its gradient."""

    def f(x):
        s = 0.0
        for i in range(x.size):
            s += (x[i] - a) ** 2 * (1.0 + x[i] ** 2)
        return s

    def jac(x):
        g = np.empty_like(x)
        for i in range(x.size):
            g[i] = 2.0 * (x[i] - a) * (1.0 + x[i] ** 2) + 2.0 * x[i] * (x[i] - a) ** 2
        return g

    return f, jac


def first_calls() -> Cases:
    x0, new = np.zeros(10), map(new_objective, count(1.0))

    def minimize_new() -> Any:
        f, jac = next(new)
        return minimize(f, x0, jac=jac)

    def compile_new() -> Any:
        f, jac = next(new)
        return function(f, OBJECTIVE, "f"), function(jac, VECTOR, "jac")

    def agree(ours: Any, theirs: Any) -> None:
        assert ours.success

    return {"BFGS, a new objective, driver cached": Case("compiling", 0.9, minimize_new, compile_new, agree)}


if __name__ == "__main__":
    groups = minimization, scalar_roots, systems, linear_programs, quadratic_programs, first_calls
    run(groups, sys.argv[1:])
