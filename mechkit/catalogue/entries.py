"""What an entry of the catalogue is: a computation with a law, or algorithms to compare on the same problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mechkit.counting import count
from mechkit.measurement import Law, law
from mechkit.measurement.search import may_lack_a_law


@dataclass(frozen=True)
class NamedLaw:
    """A computation whose law can be asked for.

    description : one line; run : called with the sizes; sizes : those that the law is found on, by variable; far : far
    larger ones at which it is verified.
    """

    description: str
    run: Callable[..., Any]
    sizes: Mapping[str, range]
    far: Mapping[str, int]


@dataclass(frozen=True)
class NamedComparison:
    """Algorithms to compare on the same problem.

    description : one line; algorithms : label -> f(n), or f(n, seed) where ``seeds`` says how many seeds it is run
    with; sizes : those it is run on; check : what must be true of any two results; measure : figures of a result.
    """

    description: str
    algorithms: Mapping[str, Callable[..., Any]]
    sizes: tuple[int, ...]
    seeds: int | None = None
    check: Callable[[Any, Any], Any] | None = None
    measure: Callable[[Any, int], Mapping[str, Any]] | None = None


def verified(name: str, run: Callable[..., Any], sizes: Mapping[str, range], far: Mapping[str, int]) -> Law:
    """The exact law of a run. Raises ArithmeticError where a run at far sizes does not count what the law predicts.

    Where the work is done in blocks, memory traffic leaves the law of the small sizes; that part is left open.

    >>> from mechkit.catalogue import LAWS
    >>> named = LAWS["cho_solve"]
    >>> verified("cho_solve", named.run, named.sizes, named.far).flops
    Polynomial('2n^2')
    """
    found = law(run, **sizes)
    with count() as ops:
        run(**far)
    predicted, counted = found(**far).nonzero(), ops.nonzero()
    wrong = {key for key in {**predicted, **counted} if predicted.get(key) != counted.get(key)}
    if not all(map(may_lack_a_law, wrong)):
        raise ArithmeticError(f"{name} counts {ops} at {dict(far)}, its law predicts {found(**far)}")
    return found.leaving_open(wrong)
