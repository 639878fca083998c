"""The 35 problems of More, Garbow and Hillstrom by every method: what is solved, by how many calls and operations.

    python examples/more_garbow_hillstrom.py
    python examples/more_garbow_hillstrom.py --methods lm gauss-newton --problems 1 10 18 --scale 10

The first two methods know that the objective is a sum of squares. Each of the next knows a derivative less. The last
three solve the systems among the problems, with as many residuals as unknowns, as equations.
A problem is solved where the objective comes within 1e-8 of a known minimum, or within the five digits to which the
minimum is published. Where the value at the start is below 1, it is 1e-8 of that value.
"""

import argparse
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

import mechkit as mk
from mechkit.optimization.fitting.least_squares import least_squares
from mechkit.optimization.minimization.minimize import minimize
from mechkit.optimization.roots.root import root
from mechkit.problems.more_garbow_hillstrom import Problem, problem

LEAST_SQUARES = ("lm", "gauss-newton")
MINIMIZE = ("newton", "BFGS", "L-BFGS", "Nelder-Mead", "gradient-descent", "nesterov")
#: Methods for equations, as arguments of `root`.
EQUATIONS = {
    "newton, root": {"method": "newton"},
    "trust region, root": {"method": "newton", "options": {"globalization": "trust-region"}},
    "broyden1, root": {"method": "broyden1"},
}
METHODS = (*LEAST_SQUARES, *MINIMIZE, *EQUATIONS)
#: Tolerances so small that each method goes as far as it can; Nelder-Mead's are those of x and f.
OPTIONS = {
    "newton": {"gtol": 1e-9, "maxiter": 2000},
    "BFGS": {"gtol": 1e-9, "maxiter": 5000},
    "L-BFGS": {"gtol": 1e-9, "ftol": 0.0, "maxiter": 5000},
    "Nelder-Mead": {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20_000},
    "gradient-descent": {"gtol": 1e-9, "maxiter": 5000},
    "nesterov": {"gtol": 1e-9, "maxiter": 5000},
}


@dataclass(frozen=True)
class Run:
    """What a method made of a problem; value : of the sum of squares."""

    problem: Problem
    method: str
    value: float
    solved: bool
    message: str
    nfev: int = 0
    njev: int = 0
    nhev: int = 0
    flops: int = 0


def is_solved(p: Problem, value: float, start: float) -> bool:
    """Whether a value is that of a known minimum, or below the least of them (rounded: the published digits)."""
    close = max(1e-8 * min(start, 1.0), 1e-20)
    return value <= min(p.minima) or any(abs(value - least) <= close + 1e-5 * least for least in p.minima)


def solve(p: Problem, method: str, scale: float = 1.0) -> Run:
    """Run a method from a multiple of the standard start (for Watson's, which is zero, from scale - 1)."""
    x0 = scale * p.x0 if p.x0.any() else p.x0 + (scale - 1.0)
    try:
        with mk.count() as ops:
            if method in LEAST_SQUARES:
                found = least_squares(p.residual, x0, p.jacobian, method, 1e-14, 1e-14, 1e-14, max_nfev=2000)
                value = 2.0 * found.cost
            elif method in EQUATIONS:
                found = root(p.residual, x0, jac=p.jacobian, tol=1e-10, **EQUATIONS[method])
                value = found.fun @ found.fun
            else:
                jac = None if method == "Nelder-Mead" else p.gradient
                hess = p.hessian if method == "newton" else None
                found = minimize(p.objective, x0, method=method, jac=jac, hess=hess, options=OPTIONS[method])
                value = found.fun
    except ValueError as refusal:  # a start where the function is not finite
        return Run(p, method, float("nan"), False, str(refusal))
    start = p.residual(x0)
    solved = is_solved(p, value, start @ start)
    return Run(p, method, float(value), solved, found.message, found.nfev, found.njev, found.nhev, ops.flops)


def grid(methods=METHODS, numbers=range(1, 36), scale=1.0):
    """Every method on every problem of its kind."""
    given = [problem(number) for number in numbers]
    return [solve(p, m, scale) for p in given for m in methods if m not in EQUATIONS or p.m == p.n]


def table(runs):
    """A row for each problem, two columns for each method: calls of f, f', f'', and flops."""
    methods = list(dict.fromkeys(run.method for run in runs))
    shown = Table("no.", "problem", "n", title="calls of f + f' + f''; flops; * where no known minimum was reached")
    for method in methods:
        shown.add_column(method, justify="right")
    for p in dict.fromkeys(run.problem.number for run in runs):
        row = {run.method: run for run in runs if run.problem.number == p}
        of = next(iter(row.values())).problem
        shown.add_row(str(p), of.name, str(of.n), *(cell(row[m]) if m in row else "" for m in methods))
    solved = [[run.solved for run in runs if run.method == method] for method in methods]
    shown.add_section()
    shown.add_row("", "solved", "", *(f"{sum(s)} of {len(s)}" for s in solved))
    return shown


def cell(run):
    """Such as 21+16 55,304."""
    calls = "+".join(str(n) for n in (run.nfev, run.njev, run.nhev) if n)
    return f"{calls or '-'} {run.flops:,}{'' if run.solved else ' *'}"


def main(arguments=None):
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS, help="which methods")
    parser.add_argument("--problems", nargs="+", type=int, default=range(1, 36), help="their numbers in the paper")
    parser.add_argument("--scale", type=float, default=1.0, help="start from this multiple of the standard start")
    options = parser.parse_args(arguments)
    runs = grid(options.methods, options.problems, options.scale)
    Console(width=max(100, 50 + 28 * len(options.methods))).print(table(runs))


if __name__ == "__main__":
    main()
