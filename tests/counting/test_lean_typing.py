"""What is compiled once is right for all: integers spelled as arguments, remembered signatures, lists of variables."""

import numpy as np
import pytest
from numba.core import ir
from numba.core.types.functions import BaseFunction

from mechkit import count, kernel
from mechkit.counting import lean_typing


@kernel
def doubled(x, k):
    return 2.0 * x[k]


@kernel
def three_times(x, k):
    return doubled(x, 0) + doubled(x, k) + doubled(x, 2)


@pytest.mark.compiled
def test_a_spelled_integer_compiles_nothing_of_its_own():
    assert three_times(np.array([1.0, 2.0, 4.0]), 1) == 14.0
    assert len(doubled.signatures) == 1


@kernel
def part(items, k):
    return items[k]


@kernel
def sum_of_parts(x):
    items = (1, 2.5, x)
    return part(items, 0) + part(items, 1) + part(items, 2)[0]


def test_a_part_of_a_tuple_has_the_type_of_its_place():
    assert sum_of_parts(np.array([4.0])) == 7.5


@kernel
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def test_a_recursion_with_a_spelled_integer_ends():
    assert ackermann(2, 3) == 9


@kernel
def mixed(x, k, h):
    return x[0] * k + k * k + h * x[0] - k / 2


def test_remembered_signatures_are_those_of_the_types():
    x, h, totals = np.array([3.0]), np.float32(0.5), []
    for k in (2, 2.0, 2):
        with count() as operations:
            assert mixed(x, k, h) == 3.0 * k + k * k + 1.5 - k / 2
        totals.append(repr(operations))
    assert totals[0] == totals[2] != totals[1]


def test_numba_is_itself_again_after_a_kernel():
    before = BaseFunction.get_call_type, ir.Inst._rec_list_vars
    mixed(np.ones(1), 1, 1.0)
    assert (BaseFunction.get_call_type, ir.Inst._rec_list_vars) == before


def test_variables_are_listed_as_numba_lists_them():
    scope, loc = ir.Scope(None, ir.unknown_loc), ir.unknown_loc
    a, b, c = (ir.Var(scope, name, loc) for name in "abc")
    call = ir.Expr.call(a, (b, c, b), {"k": a}, loc)
    statement = ir.SetItem(a, b, c, loc)
    for value in (call, statement, [a, (b, [c])], {"x": c, "y": (a,)}, "text", None):
        assert lean_typing._list_vars(call, value) == call._rec_list_vars(value)
