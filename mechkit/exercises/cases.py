"""The cases of an exercise: problems drawn for each choice of sizes and each seed."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from mechkit.exercises.budgets import spelled_point
from mechkit.exercises.values import copied

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


@dataclass(frozen=True)
class Case:
    """One problem: its sizes, its seed, and the arguments that the submission is called with."""

    label: str
    point: tuple[int, ...]
    seed: int
    args: tuple[Any, ...]
    hidden: bool

    def fresh(self) -> tuple[Any, ...]:
        """The arguments, with arrays of their own."""
        return tuple(map(copied, self.args))


def points_of(sizes: Mapping[str, Sequence[int]]) -> list[tuple[int, ...]]:
    """All choices of sizes, small ones first."""
    return list(product(*(sorted(set(values)) for values in sizes.values())))


def draw(
    problem: Callable[..., Any],
    sizes: Mapping[str, Sequence[int]],
    seeds: Sequence[int],
    hidden: Sequence[str],
) -> list[Case]:
    """The cases: for each choice of sizes, the problem of each seed.

    Raises ValueError where the problem cannot be made.
    """
    cases = []
    for point in points_of(sizes):
        label = spelled_point(tuple(sizes), point)
        for seed in seeds:
            rng = np.random.default_rng([seed, *point])
            args = _made(problem, dict(zip(sizes, point, strict=True)), rng)
            cases.append(Case(label, point, seed, args, label in hidden))
    return cases


def _made(problem: Callable[..., Any], sizes: Mapping[str, int], rng: np.random.Generator) -> tuple[Any, ...]:
    parameters = inspect.signature(problem).parameters
    by_name = all(name in parameters for name in sizes)
    if by_name and "rng" in parameters:
        made = problem(**sizes, rng=rng)
    elif len(parameters) == len(sizes):
        made = problem(*sizes.values())
    else:
        made = problem(*sizes.values(), rng)
    return made if isinstance(made, tuple) else (made,)


def sizes_given(given: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The sizes by name. Raises ValueError for what are no sizes.

    >>> sizes_given({"n": range(2, 4), "k": 5})
    {'n': (2, 3), 'k': (5,)}
    """
    from mechkit.measurement.runs import listed
    from mechkit.measurement.sizes import whole_number

    found = {}
    for name, values in given.items():
        sizes = tuple(whole_number(value, f"size {name}", 0) for value in listed(values))
        if not sizes:
            raise ValueError(f"there are no sizes of {name}; give a few, such as {name}=(2, 3, 10, 40)")
        found[name] = sizes
    return found


def bytes_of(memory: str | float) -> int:
    """A memory limit in bytes. Raises ValueError for what is none.

    >>> bytes_of("2 GB"), bytes_of(1e6)
    (2000000000, 1000000)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*([KMG]?i?B?)\s*", str(memory), re.IGNORECASE)
    unit = found[2].upper() if found else None
    if found and unit in ("K", "M", "G"):
        unit += "B"
    if not found or unit not in _UNITS or float(found[1]) * _UNITS[unit] < 1e6:
        raise ValueError(f"memory is {memory!r}; it must be at least 1 MB, such as '2 GB'")
    return int(float(found[1]) * _UNITS[unit])
