"""Banded against dense: the same tridiagonal system, solved knowing where the zeros are and not knowing it.

    python examples/banded_against_dense.py
    python examples/banded_against_dense.py --plot banded.png

The dense solve costs 2n^3/3 flops and the banded one 10n: the ratio of the counts grows as n^2. Both are as accurate.
"""

import argparse

import numpy as np

from mechkit.linear_systems import solve, solve_banded
from mechkit.measurement import compare
from mechkit.problems import poisson_1d, to_band

SIZES = (10, 20, 40, 80, 160, 320)


def dense(n):
    """The 1-D Poisson problem of order n, its matrix held as n^2 numbers."""
    return solve(poisson_1d(n).toarray(), np.ones(n))


def banded(n):
    """The same, its three diagonals held."""
    return solve_banded((1, 1), to_band(poisson_1d(n), 1, 1), np.ones(n))


def error(x, n):
    """The largest relative error: the exact solution is i(n + 1 - i)/2."""
    i = np.arange(1, n + 1)
    exact = i * (n + 1 - i) / 2
    return {"error": float(np.max(np.abs(x - exact) / exact))}


def comparison(sizes=SIZES):
    """Both solves over the sizes."""
    return compare({"dense": dense, "banded": banded}, sizes, measure=error, check=np.allclose)


def main(arguments=None):
    """Print the comparison; draw it where a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--plot", metavar="FILE", help="draw flops against the size")
    options = parser.parse_args(arguments)
    found = comparison()
    print(found)
    print()
    print(found.crossover("dense", "banded"))
    if options.plot:
        found.plot().figure.savefig(options.plot, dpi=150)


if __name__ == "__main__":
    main()
