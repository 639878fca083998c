"""OpCounts: a value that adds, compares, prints, and never changes."""

import copy
import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.counting.kinds import COLUMNS, FLOPS, INDEX, KINDS, QUIET, SIZE
from mechkit.counting.opcounts import Column

keys = st.tuples(st.sampled_from(COLUMNS), st.sampled_from(KINDS))
counts = st.dictionaries(keys, st.integers(0, 10**12)).map(mk.OpCounts)
A = mk.OpCounts({("float64", "mul"): 3, ("float32", "mul"): 2, ("float64", "loads"): 4, ("int", "add"): 7})


@mk.kernel
def square(x):
    return x * x


def test_every_column_and_kind_has_its_own_place():
    assert sorted(INDEX.values()) == list(range(SIZE))
    assert len(set(KINDS)) == len(KINDS)
    assert not set(FLOPS) & set(QUIET)


def test_attributes_are_floating_point_totals_and_columns_are_apart():
    assert (A.mul, A.loads, A.add, A.flops) == (5, 4, 0, 5)
    assert (A["float64"].mul, A["float32"].mul, A["int"].add, A["int"].flops) == (3, 2, 7, 0)
    assert A["float64"]["mul"] == 3
    assert len(A["int"]) == len(list(A["int"])) == len(KINDS)


@pytest.mark.parametrize("kind", FLOPS)
def test_each_flop_kind_counts_one(kind):
    assert mk.OpCounts({("float64", kind): 4}).flops == 4


@pytest.mark.parametrize("kind", QUIET)
def test_quiet_kinds_are_no_flops(kind):
    assert mk.OpCounts({("float64", kind): 4}).flops == 0


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw loads tables: seconds on a busy machine
@given(counts, counts, counts)
def test_arithmetic_is_that_of_integers(a, b, c):
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert (a + b) - b == a
    assert (a + b).flops == a.flops + b.flops
    assert sum([a, b, c]) == a + b + c
    assert sum([a]) == a


@given(counts)
def test_dict_and_pickle_give_equal_counts_back(a):
    assert mk.OpCounts.from_dict(a.to_dict()) == a
    assert pickle.loads(pickle.dumps(a)) == a
    assert copy.deepcopy(a) == a
    assert all(n for kinds in a.to_dict().values() for n in kinds.values())


@given(counts, counts)
def test_equal_counts_hash_alike(a, b):
    assert (a == b) == (a.to_dict() == b.to_dict())
    assert hash(a) == hash(mk.OpCounts.from_dict(a.to_dict()))
    assert bool(a) == bool(a.to_dict())


def test_counts_equal_nothing_else():
    assert A.to_dict() != A
    assert A != 5
    with pytest.raises(TypeError):
        A + 1
    with pytest.raises(TypeError):
        A - 1


@pytest.mark.parametrize("name", ["mul", "flops", "anything", "total"])
def test_no_attribute_can_be_assigned(name):
    with pytest.raises(AttributeError):
        setattr(A, name, 1)
    with pytest.raises(AttributeError):
        setattr(A["float64"], name, 1)


def test_a_column_cannot_be_changed():
    with pytest.raises(TypeError):
        A["float64"]["mul"] = 1
    with pytest.raises(TypeError):
        A["float64"] = {}


def test_live_inside_the_block_and_fixed_after_it():
    with mk.count() as ops:
        square(2.0)
        assert ops.mul == 1
        with pytest.raises(TypeError, match="close the count block"):
            hash(ops)
        held = ops + mk.OpCounts()
        square(2.0)
        assert (ops.mul, held.mul) == (2, 1)
    square(2.0)
    assert ops.mul == 2
    assert hash(ops) == hash(mk.OpCounts({("float64", "mul"): 2}))


@pytest.mark.parametrize(
    ("misspelled", "hint"), [("mull", "'mul'"), ("squrt", "'sqrt'"), ("flop", "'flops'"), ("load", "'loads'")]
)
def test_an_unknown_kind_names_the_nearest(misspelled, hint):
    for of in (A, A["float64"]):
        with pytest.raises(AttributeError) as error:
            getattr(of, misspelled)
        assert str(error.value) == f"the kind {misspelled!r} is unknown: did you mean {hint}?"


def test_an_unknown_kind_without_a_near_one_lists_all():
    with pytest.raises(AttributeError, match="is unknown: there are add, sub, mul"):
        _ = A.zzzzzz


def test_an_unknown_column_names_the_columns():
    with pytest.raises(KeyError, match="the column 'float16' is unknown: there are float32, float64, int"):
        A["float16"]
    with pytest.raises(KeyError, match="not a .column, kind. of a count"):
        mk.OpCounts({("float64", "mull"): 1})


def test_repr_shows_what_is_not_zero():
    assert repr(A) == "OpCounts(flops=5; float32: mul=2; float64: mul=3 loads=4; int: add=7)"
    assert repr(mk.OpCounts()) == "OpCounts(flops=0)"
    assert repr(A["int"]) == "Column(add=7)"
    assert {"mul", "flops", "to_dict"} <= set(dir(A))


def test_html_has_a_row_a_kind_and_a_column_a_type():
    table = mk.OpCounts({("float64", "mul"): 1234567, ("int", "add"): 1})._repr_html_()
    assert table.count("<tr>") == 4  # head, add, mul, flops
    assert "<th>float64</th><th>int</th>" in table
    assert "<tr><th>mul</th><td>1,234,567</td><td>0</td></tr>" in table


def test_a_column_takes_kinds_it_knows():
    assert Column({"mul": 2}).flops == 2
    assert Column({}) == Column({"mul": 0})
