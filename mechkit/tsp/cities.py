"""Cities and their distances: points in a plane, published rules of rounding, or a matrix; one form for all kernels."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mechkit.checking import enough_memory, float_array, is_finite, whole
from mechkit.counting import kernel
from mechkit.problems.tsplib import TravelingSalesman
from mechkit.tsp.result import TourResult

#: What is done to the distance of two points: nothing, to the nearest whole number, up to the next whole number.
EXACT, NEAREST, UP = 0, 1, 2
ROUNDINGS = {"EUC_2D": NEAREST, "CEIL_2D": UP}
#: The radius of the earth in kilometers, and the value of pi, as TSPLIB's rule GEO has them.
EARTH, GEO_PI = 6378.388, 3.141592
#: Coordinates between these bounds have squares that neither overflow nor vanish.
LARGEST, SMALLEST = 1e150, 1e-140
#: A matrix may differ from its transpose by the rounding of its entries, as a part of the largest.
SYMMETRIC = 1e-12


class Cities(NamedTuple):
    """Cities as kernels take them, unpacked in the first line.

    data : (n, 2) points, or (n, n, 1) distances; rounding : EXACT, NEAREST or UP.
    """

    data: Any
    rounding: Any


@kernel(cache=True, error_model="numpy")
def distance(data, rounding, i, j):
    """The distance of two cities.

    The number of dimensions of data is known when a kernel is compiled, so that no time is lost on the choice. Rules
    other than EUC_2D and CEIL_2D come as a matrix.

    >>> from mechkit import count
    >>> points = np.array([[0.0, 0.0], [1.0, 2.0]])
    >>> with count() as ops:
    ...     distance(points, EXACT, 0, 1), distance(points, NEAREST, 0, 1), distance(points, UP, 0, 1)
    (2.23606797749979, 2.0, 3.0)
    >>> from mechkit import law
    >>> law(distance, n=range(2, 6)).flops
    Polynomial('6')
    """
    if data.ndim == 3:
        return data[i, j, 0]
    dx = data[i, 0] - data[j, 0]
    dy = data[i, 1] - data[j, 1]
    d = math.sqrt(dx * dx + dy * dy)
    if rounding == NEAREST:
        d = np.floor(d + 0.5)
    if rounding == UP:
        d = np.ceil(d)
    return d


@distance.example
def _(n):
    return np.arange(2.0 * n).reshape(n, 2), 0, 0, n - 1


@kernel(cache=True, error_model="numpy")
def length_of(cities, tour):
    """The length of a closed tour.

    >>> from mechkit import law
    >>> law(length_of, n=range(2, 6)).flops
    Polynomial('7n - 1')
    """
    data, rounding = cities
    total = distance(data, rounding, tour[tour.size - 1], tour[0])
    for k in range(tour.size - 1):
        total = total + distance(data, rounding, tour[k], tour[k + 1])
    return total


@length_of.example
def _(n):
    return Cities(np.arange(2.0 * n).reshape(n, 2), 0), np.arange(n)


@kernel(cache=True, error_model="numpy")
def pseudo_euclidean(points, D):
    """Distances by TSPLIB's rule ATT: a tenth under the root, and up to the next whole number.

    >>> from mechkit import law
    >>> law(pseudo_euclidean, n=range(1, 9)).sqrt
    Polynomial('n^2/2 - n/2')
    """
    for i in range(D.shape[0]):
        for j in range(i):
            dx = points[i, 0] - points[j, 0]
            dy = points[i, 1] - points[j, 1]
            D[i, j] = np.ceil(math.sqrt((dx * dx + dy * dy) / 10.0))
            D[j, i] = D[i, j]


@pseudo_euclidean.example
def _(n):
    return np.arange(2.0 * n).reshape(n, 2), np.zeros((n, n))


@kernel(cache=True, error_model="numpy")
def geographic(radians, D):
    """Distances on the earth in whole kilometers by TSPLIB's rule GEO; radians : (n, 2) latitude and longitude.

    >>> from mechkit import law
    >>> law(geographic, n=range(1, 9)).cos
    Polynomial('3n^2/2 - 3n/2')
    """
    for i in range(D.shape[0]):
        for j in range(i):
            q1 = math.cos(radians[i, 1] - radians[j, 1])
            q2 = math.cos(radians[i, 0] - radians[j, 0])
            q3 = math.cos(radians[i, 0] + radians[j, 0])
            angle = math.acos(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3))
            D[i, j] = np.floor(EARTH * angle + 1.0)
            D[j, i] = D[i, j]


@geographic.example
def _(n):
    return np.arange(2.0 * n).reshape(n, 2) / (2.0 * n), np.zeros((n, n))


def cities_of(cities: Any) -> Cities:
    """Check cities of any kind, and convert them for kernels.

    Parameters
    ----------
    cities : (n, 2) array of points; or (n, n) symmetric array of distances, whose diagonal is not read; or a problem
        from `mechkit.problems.read_tsplib`, which has a rule of its own. A (2, 2) array is two points.

    Returns
    -------
    Cities

    Raises
    ------
    ValueError, TypeError
        for other shapes, NaN and infinity, negative distances, and a matrix that is not symmetric.

    Examples
    --------
    >>> cities_of([[0, 0], [3, 4]]).data
    array([[0., 0.],
           [3., 4.]])
    >>> cities_of([[0, 1, 2], [1, 0, 5], [3, 5, 0]])
    Traceback (most recent call last):
    ValueError: cities[0, 2] is 2.0 and cities[2, 0] is 3.0; only symmetric distances are supported
    """
    if isinstance(cities, Cities):
        return cities
    if isinstance(cities, TravelingSalesman):
        return _of_problem(cities)
    array = float_array("cities", cities, (2,), check_finite=False).astype(np.float64, copy=False)
    if array.shape[1] == 2:
        return Cities(_points(array), EXACT)
    if array.shape[0] == array.shape[1]:
        return Cities(_matrix(array), EXACT)
    raise ValueError(
        f"cities has shape {array.shape}; give the points as an (n, 2) array, or the distances as an (n, n) array"
    )


def size_of(cities: Cities) -> int:
    """The number of cities."""
    return int(cities.data.shape[0])


def distance_matrix(cities: Any) -> np.ndarray:
    """All distances (n, n), for methods that need them, such as exact ones.

    >>> distance_matrix([[0, 0], [3, 4]])
    array([[0., 5.],
           [5., 0.]])
    """
    data, rounding = cities_of(cities)
    if data.ndim == 3:
        return data[:, :, 0]
    n = len(data)
    enough_memory(f"the distances of {n:,} cities", 24.0 * n * n)
    d = np.sqrt((data[:, None, 0] - data[:, 0]) ** 2 + (data[:, None, 1] - data[:, 1]) ** 2)
    if rounding == NEAREST:
        return np.floor(d + 0.5)
    return np.ceil(d) if rounding == UP else d


def tour_of(tour: Any, n: int) -> np.ndarray:
    """A fresh array of 64-bit integers that is a permutation of 0, ..., n - 1, from an array or a `TourResult`.

    Raises ValueError where it is none, TypeError for other than whole numbers.

    >>> tour_of([0, 2, 2], 3)
    Traceback (most recent call last):
    ValueError: tour visits city 2 again at position 2; a tour visits each of the 3 cities once
    """
    if np.ma.isMaskedArray(tour):
        raise TypeError("tour is a masked array; give the numbers of all cities: tour.filled(value)")
    array = np.array(tour.tour if isinstance(tour, TourResult) else tour)
    if array.dtype.kind == "f" and array.ndim == 1 and is_finite(array) and (array == np.floor(array)).all():
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise TypeError(f"tour holds {array.dtype} values; give the numbers of the cities, 0 to {n - 1}")
    if array.shape != (n,):
        raise ValueError(f"tour has shape {array.shape}; it must hold each of the {n} cities once")
    outside = (array < 0) | (array >= n)
    if outside.any():
        k = int(np.argmax(outside))
        raise ValueError(f"tour[{k}] is {array[k]}; the cities are 0 to {n - 1}")
    order = np.argsort(array, kind="stable")
    again = np.flatnonzero(np.diff(array[order]) == 0)
    if again.size:
        k = int(order[again + 1].min())
        raise ValueError(
            f"tour visits city {array[k]} again at position {k}; a tour visits each of the {n} cities once"
        )
    return array.astype(np.int64)


def tour_length(cities: Any, tour: Any) -> float:
    """The length of a closed tour.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    tour : (n,) the numbers 0, ..., n - 1 in the order of the visits, or a `TourResult`. The way
        back to the first one is included.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        for a tour that is no permutation, and for cities as `nearest_neighbor` does.

    Operation count
    ---------------
    n distances of 6 flops each, and n - 1 additions.

    >>> from mechkit import law
    >>> law(lambda n: tour_length(np.ones((n, 2)), np.arange(n)), n=range(1, 6)).flops
    Polynomial('7n - 1')

    References
    ----------
    Reinelt, TSPLIB 95 (1995), for the rules of its files.

    Examples
    --------
    >>> tour_length([[0, 0], [3, 0], [3, 4], [0, 4]], [0, 1, 2, 3])
    14.0
    """
    checked = cities_of(cities)
    return float(length_of(checked, tour_of(tour, size_of(checked))))


def _of_problem(problem: TravelingSalesman) -> Cities:
    """The cities of a published problem, with its rule."""
    if problem.matrix is not None:
        return Cities(_matrix(problem.matrix), EXACT)
    points = _points(problem.points)
    if problem.rule in ROUNDINGS:
        return Cities(points, ROUNDINGS[problem.rule])
    n = len(points)
    enough_memory(f"the distances of {n:,} cities by the rule {problem.rule}", 32.0 * n * n)
    D = np.zeros((n, n))
    if problem.rule == "ATT":
        pseudo_euclidean(points, D)
    elif problem.rule == "GEO":
        degrees = np.trunc(points)
        geographic(GEO_PI * (degrees + 5.0 * (points - degrees) / 3.0) / 180.0, D)
    else:
        dx, dy = (np.abs(points[:, None, axis] - points[:, axis]) for axis in (0, 1))
        D = np.floor(dx + dy + 0.5) if problem.rule == "MAN_2D" else np.maximum(np.floor(dx + 0.5), np.floor(dy + 0.5))
    return Cities(D[:, :, None], EXACT)


def _points(array: Any) -> np.ndarray:
    """Points whose distances are finite numbers, and are zero only where two points are the same."""
    points = np.ascontiguousarray(array, np.float64)
    if not is_finite(points):
        i, axis = np.unravel_index(int(np.argmin(np.isfinite(points))), points.shape)
        raise ValueError(f"cities[{i}, {axis}] is {points[i, axis]}; only finite numbers can be used")
    largest = float(np.abs(points).max(initial=0.0))
    if largest > LARGEST:
        raise ValueError(f"cities holds a coordinate of {largest:.3g}; its square overflows: use a larger unit")
    extent = float(np.ptp(points, axis=0).max(initial=0.0))
    if 0.0 < extent < SMALLEST:
        raise ValueError(f"cities lie within {extent:.3g} of each other; the squares vanish: use a smaller unit")
    return points


def _matrix(array: Any) -> np.ndarray:
    """Distances (n, n, 1): finite, symmetric and not negative; the diagonal is not read."""
    D = np.array(array, np.float64)
    np.fill_diagonal(D, 0.0)
    if not is_finite(D):
        i, j = np.unravel_index(int(np.argmin(np.isfinite(D))), D.shape)
        raise ValueError(f"cities[{i}, {j}] is {D[i, j]}; only finite distances can be used")
    if D.min(initial=0.0) < 0.0:
        i, j = np.unravel_index(int(np.argmin(D)), D.shape)
        raise ValueError(f"cities[{i}, {j}] is {D[i, j]}; a distance is not negative")
    off = np.abs(D - D.T)
    if off.max(initial=0.0) > SYMMETRIC * D.max(initial=0.0):
        i, j = np.unravel_index(int(np.argmax(off)), D.shape)
        raise ValueError(
            f"cities[{i}, {j}] is {D[i, j]} and cities[{j}, {i}] is {D[j, i]}; only symmetric distances are supported"
        )
    return (D if not off.any() else 0.5 * (D + D.T))[:, :, None]


def neighbors_wanted(k: Any, n: int) -> int:
    """How many neighbors each city is to have: at most all others."""
    return min(whole("neighbors", k), max(n - 1, 0))
