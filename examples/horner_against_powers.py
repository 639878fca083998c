"""Horner against powers: three ways to evaluate a polynomial, the same value, and three laws.

    python examples/horner_against_powers.py
    python examples/horner_against_powers.py --plot horner.png

Naively each power x^k is multiplied out anew: n^2/2 multiplications. Keeping the last power makes it 2n, and Horner's
nesting n. One can see what each step of thought saves, and where it begins to.
"""

import argparse
from fractions import Fraction

import numpy as np

import mechkit as mk
from mechkit.measurement import compare


@mk.kernel(cache=True)
def powers_anew(c, x):
    """c[0] + c[1] x + c[2] x^2 + ..., each power multiplied out from x."""
    s = c[0]
    for k in range(1, c.size):
        power = x
        for _ in range(1, k):
            power = power * x
        s = s + c[k] * power
    return s


@mk.kernel(cache=True)
def powers_kept(c, x):
    """The same, each power made from the one before."""
    s = c[0]
    power = 1.0
    for k in range(1, c.size):
        power = power * x
        s = s + c[k] * power
    return s


@mk.kernel(cache=True)
def horner(c, x):
    """c[0] + x (c[1] + x (c[2] + ...)), from the inside."""
    n = c.size - 1
    s = c[n]
    for k in range(1, n + 1):
        s = s * x + c[n - k]
    return s


@powers_anew.example
@powers_kept.example
@horner.example
def example(n):
    """The coefficients 1, 1/2, 1/3, ... of a polynomial of degree n, and the point 3/4."""
    return 1.0 / np.arange(1, n + 2), 0.75


def error(value, n):
    """Its relative error: the exact value is found in fractions."""
    c, x = example(n)
    exact = sum(Fraction(a) * Fraction(x) ** k for k, a in enumerate(c.tolist()))
    return {"error": float(abs((Fraction(float(value)) - exact) / exact))}


def comparison(degrees=range(1, 65)):
    """The three algorithms over the degrees."""
    algorithms = {"powers anew": powers_anew, "powers kept": powers_kept, "Horner": horner}
    runs = {name: lambda n, kernel=kernel: kernel(*example(n)) for name, kernel in algorithms.items()}
    return compare(runs, n=degrees, measure=error, check=np.isclose)


def main(arguments=None):
    """Print the comparison and where one way overtakes another; draw it where a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--plot", metavar="FILE", help="draw flops against the degree")
    options = parser.parse_args(arguments)
    print(comparison((1, 2, 4, 8, 16, 32, 64)))
    found = comparison()
    print()
    for slower in ("powers anew", "powers kept"):
        print(found.crossover(slower, "Horner"))
    print(found.crossover("powers anew", "powers kept"))
    if options.plot:
        axes = comparison((1, 2, 4, 8, 16, 32, 64)).plot()
        axes.set_xlabel("degree n")
        axes.figure.savefig(options.plot, dpi=150)


if __name__ == "__main__":
    main()
