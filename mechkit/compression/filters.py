"""Filters that tailor arrays to a code of bytes: differences of adjacent numbers, and planes of bytes of one weight."""

from __future__ import annotations

import numpy as np

from mechkit.compression.entropy import entropy
from mechkit.counting import kernel

#: The filters, by their number in the header of a container.
FILTERS = ("none", "delta", "planes", "delta+planes")


@kernel(cache=True, error_model="numpy")
def differences(x, d):
    """Each element of x (n,) less the one before, into d (n,); unsigned numbers, whose differences go around at 0.

    >>> from mechkit import law
    >>> law(differences, n=range(1, 6))["int"]["loads"]
    Polynomial('2n - 1')
    """
    d[0] = x[0]
    for i in range(1, x.size):
        d[i] = x[i] - x[i - 1]


@differences.example
def _(n):
    return np.arange(n, dtype=np.uint64), np.zeros(n, np.uint64)


@kernel(cache=True, error_model="numpy")
def running_sums(d):
    """Add to each element of d (n,) all those before: the inverse of `differences`, in its place.

    >>> from mechkit import law
    >>> law(running_sums, n=range(1, 6))["int"]["add"]
    Polynomial('n - 1')
    """
    total = d[0]
    for i in range(1, d.size):
        total = total + d[i]
        d[i] = total


@running_sums.example
def _(n):
    return (np.arange(n, dtype=np.uint64),)


@kernel(cache=True, error_model="numpy")
def split_planes(items, planes):
    """The transpose: the first byte of each item (n, w), then the second of each ..., into planes (w, n).

    >>> from mechkit import law
    >>> law(split_planes, n=range(1, 6))["int"]["loads"]
    Polynomial('8n')
    """
    for k in range(planes.shape[0]):
        plane = planes[k]
        for i in range(plane.size):
            plane[i] = items[i, k]


@split_planes.example
def _(n):
    return np.arange(8 * n, dtype=np.uint8).reshape(n, 8), np.zeros((8, n), np.uint8)


def folded(d: np.ndarray) -> np.ndarray:
    """Signed numbers, so that small ones of either sign get small ones: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...

    >>> folded(np.array([0, -1, 1, -2, 2]))
    array([0, 1, 2, 3, 4])
    """
    return (d << 1) ^ (d >> (8 * d.itemsize - 1))


def unfolded(f: np.ndarray) -> np.ndarray:
    """The inverse of `folded`.

    >>> unfolded(np.array([0, 1, 2, 3, 4]))
    array([ 0, -1,  1, -2,  2])
    """
    unsigned = f.view(f.dtype.str.replace("i", "u"))
    return (unsigned >> 1).view(f.dtype) ^ -(f & 1)


def filtered(data: np.ndarray, name: str, width: int) -> np.ndarray:
    """The bytes of numbers of so many bytes each, after a filter."""
    head = data
    if "delta" in name:
        x = head.view(f"<u{width}").astype(np.uint64)
        d = np.empty_like(x)
        differences(x, d)
        head = folded(d.astype(f"<i{width}")).view(np.uint8)
    if "planes" in name:
        planes = np.empty((width, data.size // width), np.uint8)
        split_planes(head.reshape(-1, width), planes)
        head = planes.reshape(-1)
    return head


def unfiltered(data: np.ndarray, name: str, width: int) -> np.ndarray:
    """The inverse of `filtered`."""
    head = data
    if "planes" in name:
        items = np.empty((data.size // width, width), np.uint8)
        split_planes(head.reshape(width, -1), items)
        head = items.reshape(-1)
    if "delta" in name:
        d = unfolded(head.view(f"<i{width}")).astype(np.uint64)
        running_sums(d)
        head = d.astype(f"<u{width}").view(np.uint8)
    return head


def best_filter(data: np.ndarray, width: int) -> str:
    """The filter after which the bytes have the least entropy, each plane for itself; "none" where no filter helps.

    >>> best_filter(np.arange(1000, dtype="<u4").view(np.uint8), 4)
    'delta+planes'
    """
    bits = {"none": entropy(data)}
    for name in ("planes", "delta+planes"):
        planes = filtered(data, name, width).reshape(width, -1)
        bits[name] = sum(entropy(plane) for plane in planes) / width
    return min(bits, key=lambda name: bits[name])
