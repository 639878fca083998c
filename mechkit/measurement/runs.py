"""One run of a computation, counted and timed; and the sizes, seeds and costs that runs are asked for with."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import islice, repeat, starmap
from typing import Any

from mechkit.counting.costs import COST_MODELS, CostModel
from mechkit.counting.count import counting
from mechkit.counting.errors import KernelError, UncountedError
from mechkit.counting.kinds import CALLS, KINDS
from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.sizes import plain_number, whole_number
from mechkit.words import nearest, one_line

#: More sizes, or seeds, than this are a mistake: no run of them would end.
MANY = 1_000_000


class RunError(ValueError):
    """A run that raised, or whose counts, figures or results cannot be compared; it says which run."""


def sizes_of(n: Iterable[int] | None, sizes: Iterable[int] | None = None) -> tuple[int, ...]:
    """The sizes in ascending order, each once, whether they were given as ``n`` or by the older name ``sizes``.

    Raises ValueError where there are none, where both names are used, and for what is not a whole number above zero.

    >>> sizes_of([40, 10, 20, 10]), sizes_of(None, sizes=range(2, 5))
    ((10, 20, 40), (2, 3, 4))
    """
    __tracebackhide__ = True
    if n is not None and sizes is not None:
        raise ValueError("n and sizes are two names of the same; give the sizes once, as n=[10, 20, 40]")
    given = listed(n if n is not None else sizes)
    if not given:
        raise ValueError("there are no sizes; give a few, such as n=[10, 20, 40]")
    return tuple(sorted({whole_number(size, "size", 1) for size in given}))


def seeds_of(seeds: Iterable[int] | int | None) -> tuple[int | None, ...]:
    """The seeds in the order given, each once; a number k means 0 to k - 1; None means one run without a seed.

    Raises ValueError where there are none, and for what is not a whole number from zero.

    >>> seeds_of(3), seeds_of([7, 5, 7]), seeds_of(None)
    ((0, 1, 2), (7, 5), (None,))
    """
    __tracebackhide__ = True
    if seeds is None:
        return (None,)
    seeds = plain_number(seeds)
    given = _few(seeds if isinstance(seeds, Iterable) else range(whole_number(seeds, "number of seeds", 0)), "seeds")
    if not given:
        raise ValueError("there are no seeds; give a few, such as seeds=[0, 1, 2], or how many, seeds=3")
    return tuple(dict.fromkeys(whole_number(seed, "seed", 0) for seed in given))


def listed(sizes: Any) -> list[Any]:
    """The sizes as a list: those of an iterable, one alone, or none.

    >>> listed(range(4, 6)), listed(np.int8(4)), listed(None)
    ([4, 5], [4], [])
    """
    plain = plain_number(sizes)
    if plain is None:
        return []
    return _few(plain, "sizes") if isinstance(plain, Iterable) else [plain]


def _few(values: Iterable[Any], what: str) -> list[Any]:
    """The values as a list. Raises ValueError for more than can be run, before they are all made."""
    few = list(islice(values, MANY + 1))
    if len(few) > MANY:
        raise ValueError(f"there are more than {MANY:,} {what}; give fewer, such as every tenth")
    return few


def spelled(name: str, n: int, seed: int | None) -> str:
    """Which run it is, for a message.

    >>> spelled("banded", 40, None), spelled("anneal", 40, 3)
    ("'banded' at n = 40", "'anneal' at n = 40, seed = 3")
    """
    return f"{name!r} at n = {n}" + ("" if seed is None else f", seed = {seed}")


def counted_run(
    run: Callable[..., Any], name: str, n: int, seed: int | None, repeats: int = 2
) -> tuple[Any, OpCounts, float]:
    """Call ``run(n)``, or ``run(n, seed)``, and give back its first result, its exact counts and its seconds.

    repeats : how often it is called; the counts of all calls must be equal. The time is the shortest of the calls
    after the first, which compiles; with one call, it is that one's.

    Raises RunError where two calls count differently, and, with the error as its cause, where a call raises.

    >>> counted_run(lambda n: n + 1, "successor", 4, None)[:2]
    (5, OpCounts(flops=0))
    """
    __tracebackhide__ = True
    outcomes = list(starmap(_once, repeat((run, name, n, seed), repeats)))  # a comprehension is a frame of a traceback
    result, ops, seconds = outcomes[0]
    for _, again, _ in outcomes[1:]:
        if again != ops:
            raise RunError(
                f"two runs of {spelled(name, n, seed)} count differently ({ops.flops} and {again.flops} flops); if it "
                "is random, let it take a seed, make its generator inside, numpy.random.default_rng(seed), and give "
                "seeds=[0, 1, 2]"
            )
    return result, ops, min((again[2] for again in outcomes[1:]), default=seconds)


def _once(run: Callable[..., Any], name: str, n: int, seed: int | None) -> tuple[Any, OpCounts, float]:
    __tracebackhide__ = True
    call = as_it_takes_them(run, n, seed)
    with raised_as(f"{spelled(name, n, seed)} raised"), counting() as ops:
        start = time.perf_counter()
        result = call()
        seconds = time.perf_counter() - start
    return result, ops, seconds


def as_it_takes_them(run: Callable[..., Any], n: int, seed: int | None = None, name: str = "n") -> Callable[[], Any]:
    """The call of a run with its size, and its seed, by position, or by name where the run asks for that.

    >>> def anneal(n, steps=3, *, seed):
    ...     return n, steps, seed
    >>> as_it_takes_them(anneal, 8, 0)()
    (8, 3, 0)
    """
    given = {name: n} if seed is None else {name: n, "seed": seed}
    try:
        signature = inspect.signature(run)
    except (TypeError, ValueError):  # some built-in functions have none
        return partial(run, *given.values())
    parameters = signature.parameters
    # A seed goes by its name: f(n, tolerance=1e-6, seed=None) must not take it for a tolerance.
    by_name = {"seed": seed} if seed is not None and "seed" in parameters else {}
    by_position = [value for key, value in given.items() if key not in by_name]
    for positions, names in ((by_position, by_name), (list(given.values()), {}), ([], given)):
        with suppress(TypeError):
            signature.bind(*positions, **names)
            return partial(run, *positions, **names)
    return partial(run, *given.values())  # which says what is wrong


def nothing_counted(name: str) -> str:
    """The sentence for a run in which nothing is counted.

    >>> nothing_counted("mean")
    "nothing of what 'mean' does is counted: it runs no kernel, or none that computes; decorate its loops with ..."
    """
    return (
        f"nothing of what {name!r} does is counted: it runs no kernel, or none that computes; decorate its loops with "
        "@mechkit.kernel"
    )


class noted:
    """Whatever is raised inside is raised on, of its own type, with a note that is printed below it.

    >>> try:
    ...     with noted("raised by the run at n = 1"):
    ...         1 / 0
    ... except ZeroDivisionError as error:
    ...     print(error.__notes__)
    ['raised by the run at n = 1']
    """

    def __init__(self, note: str) -> None:
        self._note = note

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, frames: Any) -> None:
        __tracebackhide__ = True
        if isinstance(error, SystemExit):  # which would end the program without a word
            raise RunError(f"SystemExit({error.code!r}) was {self._note}") from error
        if isinstance(error, Exception):
            error.add_note(self._note)


class raised_as:
    """Whatever is raised inside becomes a RunError in one line that begins with ``what``; the error is its cause.

    Not that of a kernel which cannot be compiled: its line is in the message.

    >>> with raised_as("'slope' at n = 1 raised"):
    ...     1 / 0
    Traceback (most recent call last):
    mechkit.measurement.runs.RunError: 'slope' at n = 1 raised ZeroDivisionError: division by zero
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, frames: Any) -> None:
        __tracebackhide__ = True
        # A RunError says all. One run that ends the program would end all others too.
        if isinstance(error, RunError) or not isinstance(error, Exception | SystemExit):
            return
        words = one_line(error)
        says_all = isinstance(error, KernelError | UncountedError)
        raise RunError(f"{self._what} {words}") from (None if says_all else error)


def cost_of(ops: OpCounts, cost: CostModel | str = "flops") -> float:
    """What counted work costs: ``"flops"``, a cost model or its name, or the count of one kind such as ``"mul"``.

    ``"calls"`` is how often functions were called that have a role, ``"f"``, ``"jac"`` and ``"hess"`` those in one.

    Raises ValueError for a name that is none of these.

    >>> ops = OpCounts({("float64", "mul"): 3, ("float64", "sqrt"): 1, ("calls", "f"): 7})
    >>> cost_of(ops, "mul"), cost_of(ops, "calls")
    (3, 7)
    """
    __tracebackhide__ = True
    if cost == "flops":
        return int(ops.flops)
    if isinstance(cost, CostModel) or cost in COST_MODELS:
        return ops.cost(cost)
    if cost == "calls":
        return sum(ops.calls.values())
    if cost in CALLS:
        return ops.calls[cost]
    if cost not in KINDS:
        raise ValueError(unknown_cost(cost))
    return int(getattr(ops, cost))


def is_counted(cost: object) -> bool:
    """Whether a name is that of a cost which is counted, not measured.

    >>> is_counted("flops"), is_counted("calls"), is_counted("seconds")
    (True, True, False)
    """
    return cost in COST_MODELS or cost in KINDS or cost in CALLS or cost == "calls"


def unknown_cost(cost: str, figures: Iterable[str] = ()) -> str:
    """The sentence for an unknown cost; figures : what was measured besides."""
    near = nearest(str(cost), [*COST_MODELS, *KINDS, "calls", *figures])
    hint = f"did you mean {near!r}?" if near else f"there are {', '.join([*COST_MODELS, *figures])} and the kinds"
    return f"the cost {cost!r} is unknown; {hint}"
