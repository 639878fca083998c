"""Asking both counters, and comparing what they say."""

import copy
from collections import Counter

import numpy as np

import mechkit as mk
from mechkit.counting.reference import run


def outcome_of(call):
    """What a call gives, or the exception it raises."""
    try:
        return call()
    except Exception as error:
        return error


def compiled_count(kernel, *args):
    """The outcome and the counts of a call, whether it returns or raises."""
    with mk.count() as ops:
        outcome = outcome_of(lambda: kernel(*args))
    return outcome, ops


def reference_outcome(kernel, *args):
    """The same by the reference counter."""
    tally = Counter()

    def record(column, kind, n):
        tally[column, kind] += n

    outcome = outcome_of(lambda: run(kernel, args, {}, record))
    return outcome, mk.OpCounts(tally)


def assert_same(a, b):
    """Equal in structure, equal in value up to the last digits."""
    if isinstance(a, tuple | list):
        assert type(a) is type(b)
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_same(x, y)
    elif isinstance(a, BaseException):
        assert type(a) is type(b), (a, b)
    elif isinstance(a, np.ndarray | complex | float | int | np.generic):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    else:
        assert type(a) is type(b)


def agree_on(kernel, *args):
    again = copy.deepcopy(args)
    outcome, ops = compiled_count(kernel, *args)
    expected, reference = reference_outcome(kernel, *again)
    assert ops == reference
    assert_same((outcome, args), (expected, again))
    return outcome, ops
