"""Recover a law from runs: the polynomial of lowest degree through the counts of some sizes, checked on the others."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import partial
from itertools import product
from math import prod
from typing import Any

from mechkit.counting.count import counting
from mechkit.counting.errors import KernelError
from mechkit.counting.example import WithExample
from mechkit.counting.kinds import INDEX
from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.laws.exact_law import Law, LawError, spelled
from mechkit.measurement.laws.interpolation import Point
from mechkit.measurement.laws.search import law_of_tables
from mechkit.measurement.runs import MANY, as_it_takes_them, listed, noted, nothing_counted
from mechkit.measurement.sizes import plain_number, whole_number


def law(run: Callable[..., Any], **sizes: Iterable[int]) -> Law:
    """Recover the exact law of a computation's operation counts from runs of several sizes.

    What is claimed is what the sizes show: nothing else is run, since a run may be made for these sizes only. A law
    that ends beyond them, such as that of min(n, 30) up to n = 29, is found as n. To see further, give one size that is
    far larger: ``n=[*range(2, 8), 100]``. Degrees up to 10 are looked for.

    Parameters
    ----------
    run : called with every combination of the sizes, positionally for one variable and by name for several;
        what it does in kernels is counted. A kernel that brings an example is run on its example of that size.
    sizes : for each variable the sizes to run, whole numbers from 0 on. Some of them find the polynomial, the others
        check it, so give a few more than the degree: ``n=range(2, 8)`` for a cubic. Order and repetition do not matter.

    Returns
    -------
    Law
        Prints the polynomials; see its own text. Where the law holds only from some size on (a band must fit the
        matrix), or differs for even and odd sizes, it says so. A law that begins at n = k must hold for at least half
        of the sizes, and up to n = 2k. Else it may be a step of a staircase, such as that of n^(1/2) rounded down.

    Raises
    ------
    LawError (a ValueError)
        where no polynomial fits, naming the first size that does not, and where the sizes are too few. Where two runs
        of the same size count differently, and where nothing at all is counted.
    Whatever a run raises
        with a note that says at which sizes.

    Operation count: that of the runs, of which the first is done twice.

    Examples
    --------
    >>> from mechkit import kernel
    >>> @kernel
    ... def triangle(x):
    ...     s = 0.0
    ...     for i in range(x.size):
    ...         for j in range(i):
    ...             s += x[i] * x[j]
    ...     return s
    >>> found = law(lambda n: triangle(np.ones(n)), n=range(1, 7))
    >>> found
    add    n^2/2 - n/2
    mul    n^2/2 - n/2
    flops  n^2 - n
    >>> found.mul == "n(n - 1)/2", found(n=100).flops
    (True, 9900)

    A kernel on its own example:

    >>> from mechkit.linear_systems.triangular import forward_substitution
    >>> law(forward_substitution, n=range(1, 6)).flops
    Polynomial('n^2')

    Even and odd:

    >>> law(lambda n: triangle(np.ones(n // 2)), n=range(1, 13))
    n even:
      add    n^2/8 - n/4
      mul    n^2/8 - n/4
      flops  n^2/4 - n/2
    n odd:
      add    n^2/8 - n/2 + 3/8
      mul    n^2/8 - n/2 + 3/8
      flops  n^2/4 - n + 3/4
    """
    __tracebackhide__ = True
    if not callable(run):
        raise TypeError(f"law takes a function of the size, such as lambda n: f(np.ones(n)), not {run!r}")
    variables = tuple(sizes)
    values = {}
    for name, given in sizes.items():
        values[name] = _whole(name, given)
    if not variables:
        raise LawError("law needs the sizes of at least one variable, such as n=range(2, 8)")
    many = prod(map(len, values.values()))
    if many > MANY:
        raise LawError(f"{many:,} combinations of sizes are too many to run; give at most {MANY:,}")
    points = list(product(*values.values()))
    counts = list(map(partial(_counted, run, variables), points))
    _require_repeatable(counts[0], _counted(run, variables, points[0]), spelled(variables, points[0]))
    if not any(counts) and not _names_a_kernel(run):
        raise LawError(nothing_counted(getattr(run, "__name__", "run")))
    counted = [key for key in INDEX if any(key in ops.nonzero() for ops in counts)]
    return law_of_tables(variables, points, {key: [ops.nonzero().get(key, 0) for ops in counts] for key in counted})


def _whole(name: str, given: Iterable[int]) -> list[int]:
    __tracebackhide__ = True
    if not isinstance(plain_number(given), Iterable) or isinstance(given, str):
        raise LawError(f"the sizes of {name} are {given!r}; give a few, such as {name}=range(2, 8)")
    values = listed(given)
    if not values:
        raise LawError(f"there are no sizes for {name}; give it a few, such as {name}=range(2, 8)")
    try:
        return sorted({whole_number(n, "size", 0, name) for n in values})
    except ValueError:
        shown = [plain_number(n) for n in values]
        raise LawError(f"the sizes of {name} must be whole numbers from 0 on, not {shown}") from None


def _names_a_kernel(run: Callable[..., Any]) -> bool:
    """Whether a run is a kernel, or a function whose own code names one, so that counting nothing may be its law."""
    if isinstance(run, WithExample):
        return True
    if getattr(run, "__code__", None) is None:
        return False
    closure = inspect.getclosurevars(run)
    named = {**closure.globals, **closure.nonlocals}
    return any(isinstance(value, WithExample) for value in named.values())


def _counted(run: Callable[..., Any], variables: tuple[str, ...], point: Point) -> OpCounts:
    __tracebackhide__ = True
    with noted(f"raised by the run at {spelled(variables, point)}"):
        call: Callable[[], Any]
        if len(variables) > 1:
            call = partial(run, **dict(zip(variables, point, strict=True)))
        elif isinstance(run, WithExample) and run.has_example:
            call = partial(run, *run.example_arguments(*point))
        else:
            call = as_it_takes_them(run, point[0], name=variables[0])
        with counting() as ops:
            try:
                call()
            except KernelError as error:
                if not (isinstance(run, WithExample) and not run.has_example):
                    raise
                name = run.__name__
                raise LawError(
                    f"kernel {name} has no example of its arguments, and does not take the size itself ({error}). Give "
                    f"a function of the size, such as lambda n: {name}(np.ones(n)), or an example with @{name}.example."
                ) from None
    return ops


def _require_repeatable(first: OpCounts, second: OpCounts, place: str) -> None:
    __tracebackhide__ = True
    if first != second:
        raise LawError(
            f"two runs at {place} count differently ({first.flops} and {second.flops} flops); if the run is random, "
            "give it a generator with a fixed seed, numpy.random.default_rng(0), made inside the run"
        )
