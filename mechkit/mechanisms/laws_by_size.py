"""Exact laws of several algorithms for one task, from which a reader computes the counts at any size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from mechkit.measurement.laws.polynomial import Polynomial

#: Sizes that a slider offers, at most.
STEPS = 60


@dataclass(frozen=True)
class LawsBySize:
    """Laws side by side.

    caption : what is solved; laws : name of the algorithm -> its law, the baseline first; sizes : variable -> lowest,
    highest, and the one that is shown first; powers : variable -> the size m where it stands for 2^m; unit : what is
    counted.

    >>> n = Polynomial.parse("n", ("n",))
    >>> laws = LawsBySize("a sum", {"dense": n * n, "sparse": 10 * n}, {"n": (1, 100, 20)})
    >>> laws.counts(n=20), laws.crossover("sparse", n=20)
    ({'dense': 400, 'sparse': 200}, 11)
    """

    caption: str
    laws: Mapping[str, Polynomial]
    sizes: Mapping[str, tuple[int, int, int]]
    powers: Mapping[str, str] = field(default_factory=dict)
    unit: str = "flops"

    @property
    def start(self) -> dict[str, int]:
        """The sizes that are shown first."""
        return {name: at for name, (_, _, at) in self.sizes.items()}

    def steps(self, name: str) -> list[int]:
        """The sizes that a slider offers: evenly spaced by ratio, with the ends and the first one shown."""
        low, high, at = self.sizes[name]
        spaced = np.geomspace(low, high, STEPS) if high > STEPS * max(low, 1) // 2 else np.linspace(low, high, STEPS)
        return sorted({low, high, at, *np.rint(spaced).astype(int).tolist()})

    def counts(self, **sizes: int) -> dict[str, int | Fraction]:
        """The count of each algorithm at given sizes."""
        full = sizes | {name: 2 ** sizes[of] for name, of in self.powers.items()}
        found = {name: law(**{v: full[v] for v in law.variables}) for name, law in self.laws.items()}
        return {name: int(count) if count.denominator == 1 else count for name, count in found.items()}

    def crossover(self, name: str, **sizes: int) -> int | None:
        """The first variable's size from which on an algorithm is cheaper than the baseline; None where it never is.

        It is looked for among the slider's sizes, and then between two of them.
        """
        baseline, variable = next(iter(self.laws)), next(iter(self.sizes))

        def cheaper(size: int) -> bool:
            found = self.counts(**sizes | {variable: size})
            return found[name] < found[baseline]

        steps = self.steps(variable)
        no_cheaper = [k for k, size in enumerate(steps) if not cheaper(size)]
        if not no_cheaper:
            return steps[0]
        if no_cheaper[-1] == len(steps) - 1:
            return None
        return next(size for size in range(steps[no_cheaper[-1]] + 1, steps[no_cheaper[-1] + 1] + 1) if cheaper(size))

    def record(self) -> dict[str, Any]:
        """The laws as plain data: of each term the numerator, the denominator and the exponents of the variables."""
        variables = [*self.sizes, *self.powers]
        return {
            "caption": self.caption,
            "unit": self.unit,
            "sizes": [{"name": name, "steps": self.steps(name), "at": at} for name, (_, _, at) in self.sizes.items()],
            "powers": [{"name": name, "of": of} for name, of in self.powers.items()],
            "laws": [
                {"name": name, "text": str(law), "terms": _terms(law, variables)} for name, law in self.laws.items()
            ],
        }


def _terms(law: Polynomial, variables: Sequence[str]) -> list[list[Any]]:
    of = [law.variables.index(name) if name in law.variables else None for name in variables]
    return [
        [c.numerator, c.denominator, [0 if k is None else exponents[k] for k in of]]
        for exponents, c in law.terms.items()
    ]
