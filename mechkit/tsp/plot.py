"""Pictures: a tour, and how lengths fall with the operations spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from mechkit.counting import count
from mechkit.problems.tsplib import TravelingSalesman
from mechkit.tsp.cities import cities_of, tour_of
from mechkit.tsp.result import TourResult

# Okabe and Ito, Color universal design (2008)
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9")
#: Points of the axis of operations at which the runs are compared.
STOPS = 200


def plot_tour(cities: Any, tour: Any, axes: Any = None) -> Any:
    """Draw a tour over its cities.

    Parameters
    ----------
    cities : (n, 2) points, or a problem with points from `mechkit.problems.read_tsplib`.
    tour : (n,) the order of the visits, or a `TourResult`.
    axes : of matplotlib, to draw into; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        for cities without points, and a tour that is no permutation.

    Operation count: none.

    References: Okabe and Ito, Color universal design (2008), for the colors.

    Examples
    --------
    >>> axes = plot_tour([[0, 0], [3, 0], [3, 4]], [0, 1, 2])
    >>> axes.lines[0].get_xdata()
    array([0., 3., 3., 0.])
    """
    points = cities.points if isinstance(cities, TravelingSalesman) else cities_of(cities).data
    if points is None or points.ndim != 2:
        raise ValueError("cities holds distances; a picture needs points: give an (n, 2) array")
    order = tour_of(tour, len(points))
    axes = axes if axes is not None else _new_axes()
    closed = points[np.append(order, order[0])]
    marker = {"marker": "o", "markersize": 3} if len(points) <= 2000 else {}
    axes.plot(closed[:, 0], closed[:, 1], color=COLORS[0], linewidth=1.2, **marker)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return axes


def lengths_by_operations(
    search: Callable[..., TourResult], seeds: Sequence[int]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Run a search for each seed, and note its length against the operations spent.

    Parameters
    ----------
    search : called as search(rng=seed, callback=...), such as a `functools.partial` of `iterated_local_search`.
    seeds : one for each run.

    Returns
    -------
    list of pairs of arrays
        For each run the floating-point operations so far, and the least length so far.

    Raises
    ------
    ValueError, TypeError
        as the search does.

    Operation count: that of the searches.

    References: Hoos and Stuetzle, Stochastic Local Search (2005), section 4.2.

    Examples
    --------
    >>> from functools import partial
    >>> from mechkit.tsp import iterated_local_search
    >>> points = np.random.default_rng(0).random((50, 2))
    >>> (spent, length), = lengths_by_operations(partial(iterated_local_search, points, kicks=1000), [0])
    >>> bool((np.diff(spent) > 0).all() and (np.diff(length) <= 0).all())
    True
    """
    runs = []
    for seed in seeds:
        noted: list[tuple[int, float]] = []
        with count() as ops:

            def note(result: TourResult, noted: list[tuple[int, float]] = noted, ops: Any = ops) -> None:
                noted.append((ops.flops, result.length))

            found = search(rng=seed, callback=note)
        noted.append((ops.flops, found.length))
        spent, length = (np.array(column) for column in zip(*noted, strict=True))
        later = np.concatenate([[True], np.diff(spent) > 0])
        runs.append((spent[later], np.minimum.accumulate(length)[later]))
    return runs


def plot_lengths(runs: Mapping[str, Sequence[tuple[Any, Any]]], axes: Any = None) -> Any:
    """Draw the length against the operations spent, for each search: the median over its runs, and the quartiles.

    Parameters
    ----------
    runs : for each name of a search, pairs of operations and lengths, as `lengths_by_operations` returns them.
    axes : of matplotlib, to draw into; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        where a search has no run.

    Operation count: none.

    References: Hoos and Stuetzle, Stochastic Local Search (2005), section 4.2.

    Examples
    --------
    >>> runs = {"search": [([10, 100], [7.0, 5.0]), ([10, 100], [9.0, 6.0])]}
    >>> axes = plot_lengths(runs)
    >>> axes.lines[0].get_ydata()[[0, -1]]
    array([8. , 5.5])
    """
    axes = axes if axes is not None else _new_axes()
    for k, (name, of_seeds) in enumerate(runs.items()):
        if not of_seeds:
            raise ValueError(f"{name!r} has no run; give at least one pair of operations and lengths")
        # 1  operations at which all runs have a length
        first = max(float(np.min(spent)) for spent, _ in of_seeds)
        last = max(float(np.max(spent)) for spent, _ in of_seeds)
        at = np.geomspace(max(first, 1.0), max(last, 1.0), STOPS)
        at[-1] = last
        # 2  each run keeps its length until the next one
        lengths = [np.asarray(length)[np.searchsorted(spent, at, "right") - 1] for spent, length in of_seeds]
        low, middle, high = np.percentile(lengths, [25, 50, 75], axis=0)
        color = COLORS[k % len(COLORS)]
        axes.fill_between(at, low, high, color=color, alpha=0.2, linewidth=0)
        axes.plot(at, middle, color=color, linewidth=2, label=name)
    axes.set(xscale="log", xlabel="floating-point operations", ylabel="length")
    axes.legend(frameon=False)
    return axes


def _new_axes() -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(6.0, 5.0), layout="constrained").subplots()
