"""What students write and Numba does not know: a reversed range, and arrays made of arrays.

What it costs is stated in `rules`, as for all calls; these are only the ways to compute it.
"""

from __future__ import annotations

import builtins

import numpy as np
from numba import types
from numba.extending import overload


@overload(builtins.reversed)
def _reversed(items):  # type: ignore[no-untyped-def]
    if not isinstance(items, types.RangeType):
        return None

    def backwards(items):  # type: ignore[no-untyped-def]
        last = items.start + (len(items) - 1) * items.step
        return range(last, items.start - items.step, -items.step)

    return backwards


@overload(np.array)
def _array(object, dtype=None):  # type: ignore[no-untyped-def]
    """A copy of an array, or an array of its numbers converted."""
    if not isinstance(object, types.Array):
        return None
    if dtype is None or isinstance(dtype, types.Omitted | types.NoneType):

        def copied(object, dtype=None):  # type: ignore[no-untyped-def]
            return object.copy()

        return copied

    def converted(object, dtype=None):  # type: ignore[no-untyped-def]
        return object.astype(dtype)

    return converted
