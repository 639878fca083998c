"""The golden kernels agree, cover everything that is counted, and a miscount is noticed."""

import operator
import re

import numpy as np
import pytest
from both_counters import compiled_count

import mechkit as mk
from mechkit.counting import rules
from mechkit.counting.kinds import ARITHMETIC, BITWISE, FLOPS, KINDS, MEMORY, QUIET
from mechkit.counting.plain import PlainKernel
from mechkit.counting.selftest import GOLDEN, disagreements


def fresh(*names):
    """Golden kernels compiled anew, as the rules now are."""
    return [(name, mk.kernel(kernel.py_func), arguments) for name, kernel, arguments in GOLDEN if name in names]


@pytest.mark.compiled
def test_the_two_counters_agree():
    assert disagreements() == []


def test_every_kind_and_column_is_exercised():
    total = sum((compiled_count(kernel, *arguments())[1] for _, kernel, arguments in GOLDEN), mk.OpCounts())
    counted = {column: {kind for kind in KINDS if total[column][kind]} for column in ("float32", "float64", "int")}
    assert counted["float64"] == {*FLOPS, *QUIET, *MEMORY}
    assert counted["float32"] > {*ARITHMETIC, *MEMORY, "exp", "sin", "neg", "abs", "compare", "convert"}
    assert counted["int"] >= {*ARITHMETIC, *BITWISE, *MEMORY, "neg", "abs", "compare", "convert", "random"} - {
        "div",
        "sqrt",
    }


def test_without_the_compiler_there_is_nothing_to_compare():
    name, golden, arguments = GOLDEN[0]
    sentence = "arithmetic in float64: the compiler is off (NUMBA_DISABLE_JIT), so there is nothing to compare"
    with pytest.raises(RuntimeError, match=f"^{re.escape(sentence)}$"):
        disagreements([(name, PlainKernel(golden.py_func, golden.targetoptions), arguments)])


@pytest.mark.compiled
def test_a_list_of_other_results_is_noticed():
    @mk.kernel
    def listed(x):
        return [x, x]

    object.__setattr__(listed, "py_func", lambda x: [x, 7.0])
    (sentence,) = disagreements([("a list", listed, lambda: (1.0,))])
    assert sentence == "a list: compiled code gives [1.0, 1.0], the reference counter [1.0, 7.0]"


@pytest.mark.compiled
def test_a_product_counted_as_a_sum_is_noticed(monkeypatch):
    monkeypatch.setitem(rules._BINARY, operator.mul, "add")
    found = disagreements(fresh("arithmetic in float64"))
    assert found == [
        "arithmetic in float64: compiled code counts 10 float64 add, the reference counter 7",
        "arithmetic in float64: compiled code counts 2 float64 mul, the reference counter 5",
    ]


@pytest.mark.compiled
def test_a_forgotten_kind_of_store_is_noticed(monkeypatch):
    from mechkit.counting.lowering import CountingLower, ir

    original = CountingLower._tally_assignment

    def forgets_constant_indices(self, inst):
        if not isinstance(inst, ir.StaticSetItem):
            original(self, inst)

    monkeypatch.setattr(CountingLower, "_tally_assignment", forgets_constant_indices)
    found = disagreements(fresh("vectors of float64"))
    assert any("float64 stores" in sentence for sentence in found)
    assert any("float64 bytes" in sentence for sentence in found)


@pytest.mark.compiled
def test_a_wrong_column_is_noticed(monkeypatch):
    monkeypatch.setattr(rules, "column", lambda t: "float64")
    found = disagreements(fresh("arithmetic in float32"))
    assert any("compiled code counts 0 float32 add" in sentence for sentence in found)


@pytest.mark.compiled
def test_a_different_result_is_noticed():
    @mk.kernel
    def constant(x):
        return np.int8(100) + np.int8(x)

    object.__setattr__(constant, "py_func", lambda x: 7)
    (sentence, *_) = [s for s in disagreements([("constant", constant, lambda: (1,))]) if "gives" in s]
    assert sentence == "constant: compiled code gives 101, the reference counter 7"
