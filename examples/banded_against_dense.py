"""Banded against dense: the same tridiagonal system, solved knowing where the zeros are and not knowing it.

    python examples/banded_against_dense.py

The dense solve costs 2n^3/3 flops and the banded one 10n: the ratio of the counts grows as n^2.
"""

import numpy as np

import mechkit as mk
from mechkit.linear_systems import solve, solve_banded
from mechkit.problems import poisson_1d, to_band


def compare(n: int) -> tuple[int, int, float]:
    """(flops dense, flops banded, largest difference of the solutions) for the 1-D Poisson problem of order n."""
    matrix, b = poisson_1d(n), np.ones(n)
    with mk.count() as dense:
        x = solve(matrix.toarray(), b)
    with mk.count() as banded:
        y = solve_banded((1, 1), to_band(matrix, 1, 1), b)
    return dense.flops, banded.flops, float(np.abs(x - y).max())


def main() -> None:
    """Print the comparison over a few sizes."""
    print(f"{'n':>5} {'dense flops':>12} {'banded flops':>13} {'ratio':>8}")
    for n in (10, 20, 40, 80, 160, 320):
        dense, banded, difference = compare(n)
        assert difference < 1e-8
        print(f"{n:5} {dense:12,} {banded:13,} {dense / banded:8.1f}")


if __name__ == "__main__":
    main()
