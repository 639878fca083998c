"""What can be asked for by name: laws that hold far out, and comparisons whose results agree."""

import pytest

from mechkit.catalogue.entries import verified
from mechkit.catalogue.odes import COMPARISONS, LAWS


@pytest.mark.parametrize(("name", "law"), [("euler", "5n"), ("rk4", "28n"), ("leapfrog", "8n")])
def test_laws(name, law):
    named = LAWS[name]
    assert str(verified(name, named.run, named.sizes, named.far).flops) == law


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons_agree(name):
    comparison = COMPARISONS[name]
    for size in (comparison.sizes[0], comparison.sizes[-1]):
        first, *others = (run(size) for run in comparison.algorithms.values())
        assert all(comparison.check(first, other) for other in others)
