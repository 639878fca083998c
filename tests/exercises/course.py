"""Three exercises of a course, as an instructor writes them; `submissions.txt` holds what students hand in."""

import math
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

import mechkit as mk


def tridiagonal(n, rng):
    lower, upper = rng.random(n - 1), rng.random(n - 1)
    return lower, 4.0 + rng.random(n), upper, rng.standard_normal(n)


def solves(x, lower, diagonal, upper, b):
    matrix = np.diag(diagonal) + np.diag(lower, -1) + np.diag(upper, 1)
    residual = np.max(np.abs(matrix @ x - b))
    if residual > 1e-10:
        return f"the residual of the system is {residual:.1e}"
    return True


def polynomial(n, rng):
    return rng.standard_normal(n), float(rng.uniform(-1.0, 1.0))


def value(c, x):
    return float(np.polynomial.polynomial.polyval(x, c))


def with_a_root(n, rng):
    shift = float(rng.uniform(0.2, 0.8))

    def f(x):
        return math.exp(x) - math.exp(shift)

    return f, 0.0, 1.0, 2.0**-n


def is_root(x, f, a, b, tolerance):
    if not a <= x <= b:
        return f"{x!r} is outside of the bracket"
    near = (f(max(a, x - tolerance)) <= 0.0) and (f(min(b, x + tolerance)) >= 0.0)
    return near or "the root is further away than the tolerance"


def make(name, **options):
    """One of the three exercises."""
    if name == "solve":
        return mk.Exercise(
            "solve",
            tridiagonal,
            solves,
            n=(2, 3, 10, 40, 100),
            at_most={"flops": "8n", "int": "20n"},
            at_least={"flops": "5n - 4"},
            points=10,
            hidden=("n = 100",),
            **{"seeds": 2, "seconds": 2, **options},
        )
    if name == "evaluate":
        return mk.Exercise(
            "evaluate",
            polynomial,
            value,
            n=(1, 2, 7, 30),
            at_most={"flops": "2n", "int": "10n + 10"},
            at_least={"flops": "2n - 2"},
            points=4,
            **{"seeds": 2, "seconds": 2, **options},
        )
    return mk.Exercise(
        "find_root",
        with_a_root,
        is_root,
        n=(4, 10, 20),
        at_most={"calls": "n + 4", "flops": "30n + 40"},
        at_least={"calls": 3},
        **{"seeds": 2, "seconds": 2, **options},
    )


class HandedIn(NamedTuple):
    """A submission of the file `submissions.txt`: right where there are no words for what is wrong with it."""

    exercise: str
    name: str
    words: tuple[str, ...]
    text: str

    @property
    def submission(self):
        return mk.exercises.Submission("hw.py", self.text)


def handed_in():
    """All of `submissions.txt`: a head ``==== exercise ==== name ==== words ; of ; the ; sentence``, then the text."""
    found = []
    for part in re.split(r"^==== ", Path(__file__).with_name("submissions.txt").read_text(), flags=re.MULTILINE)[1:]:
        head, text = part.split("\n", 1)
        exercise, name, words = (each.strip() for each in head.split("===="))
        found.append(HandedIn(exercise, name, tuple(filter(None, words.split(" ; "))), text))
    return found
