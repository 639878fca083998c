"""Budgets: what can be written, what contradicts itself, and which term is over."""

import numpy as np
import pytest

import mechkit as mk
from mechkit.exercises.budgets import Budget, budgets, law_through, measured, require_consistent, term_over, too_fast
from mechkit.measurement.laws.polynomial import Polynomial

N = ("n",)


@pytest.mark.parametrize(
    ("text", "at", "value"),
    [
        ("8n", 10, 80),
        ("5n - 4", 10, 46),
        ("2n^3/3 - n/6", 6, 143),
        ("n(n - 1)/2", 5, 10),
        (40, 3, 40),
        ("2n log2(n)", 8, 48.0),
        ("2 n log2 n + 5", 8, 53.0),
        ("1.5n", 4, 6.0),
        ("n^1.5", 4, 8.0),
        ("3 sqrt(n)", 16, 12.0),
        ("O(n log n)", np.e, None),
    ],
)
def test_what_can_be_written(text, at, value):
    (budget,) = budgets({"flops": text}, True, N)
    if value is None:
        assert budget.growth
    else:
        assert budget.allowed([at]) == pytest.approx(value, rel=1e-14)


def test_the_words_of_a_law():
    assert budgets("law.flops <= '2n'", True, N) == budgets({"flops": "2n"}, True, N)
    with pytest.raises(ValueError, match="the other way round"):
        budgets("law.flops >= '2n'", True, N)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"flop": "8n"}, "did you mean 'flops'"),
        ({"flops": "8m"}, "no function of n"),
        ({"flops": "open('x')"}, "no function of n"),
        ({"flops": "n.real"}, "no function of n"),
        ({"int.mull": 3}, "unknown"),
        ("flops < 3", "cannot be understood"),
    ],
)
def test_what_cannot_be_understood(given, words):
    with pytest.raises(ValueError, match=words):
        budgets(given, True, N)


def test_budgets_that_contradict_each_other():
    most, least = budgets({"flops": "2n"}, True, N), budgets({"flops": "5n - 4"}, False, N)
    require_consistent(most, least, [(1,)])
    with pytest.raises(ValueError, match="at n = 10 at_least asks for 46 flops and at_most allows 20"):
        require_consistent(most, least, [(1,), (10,)])
    with pytest.raises(ValueError, match="below zero"):
        require_consistent(budgets({"flops": "n - 7"}, True, N), [], [(2,)])


def test_the_term_that_is_over():
    law = law_through(N, [(2,), (3,), (10,), (40,)], [n * n + 3 * n for n in (2, 3, 10, 40)])
    assert law == "n^2 + 3n"
    assert term_over(law, Budget("flops", True, "8n", N)) == "n^2"
    assert term_over(Polynomial.parse("7n + 3", N), Budget("flops", True, "8n", N)) is None
    assert law_through(N, [(2,), (3,), (10,)], [1, 5, 7]) is None


def test_growth_is_judged_by_all_sizes():
    budget = Budget("compare", True, "O(n log n)", N, growth=True)
    sizes = [(2**k,) for k in range(4, 12)]
    fast = [3 * n * np.log2(n) + 20 * n for (n,) in sizes]
    assert too_fast(budget, sizes, fast) is None
    assert "n^2.0" in too_fast(budget, sizes, [n * n / 4 for (n,) in sizes])
    assert too_fast(budget, sizes[:2], [1.0, 9.0]) is None


def test_measures():
    ops = mk.OpCounts(
        {("float64", "mul"): 3, ("float32", "sqrt"): 1, ("int", "add"): 2, ("int", "loads"): 9, ("calls", "jac"): 4}
    )
    assert [measured(ops, key) for key in ("flops", "mul", "int", "int.loads", "calls", "jac", "f", "float32")] == [
        *(4, 3, 2, 9, 4, 4, 0, 1)
    ]
    assert measured(ops, "rand") == 8.0
    mine = mk.CostModel("mine", "cycles", "a manual", {"float64": {"mul": 4.0}})
    assert measured(ops, mine) == 12.0
    assert budgets([(mine, "12n")], True, N)[0].holds(12.0, [1])
