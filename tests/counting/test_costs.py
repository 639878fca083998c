"""Cost models: tables of weights, checked by hand."""

import pytest

import mechkit as mk

OPS = mk.OpCounts(
    {
        **{("float64", "add"): 10, ("float64", "div"): 2, ("float64", "sqrt"): 3, ("float64", "sin"): 1},
        **{("float64", "compare"): 4, ("float64", "neg"): 100, ("float64", "loads"): 6, ("float64", "bytes"): 48},
        **{("float32", "mul"): 8, ("float32", "bytes"): 12, ("int", "add"): 1000, ("int", "bytes"): 8},
    }
)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("flops", 10 + 2 + 3 + 1 + 8),
        ("rand", 10 + 2 + 3 * 5 + 15 + 4 + 8),
        ("rand-high", 10 + 2 + 3 * 5 + 20 + 4 + 8),
        ("bytes", 48 + 12 + 8),
        ("bits-squared", 10 + 2 + 3 + 1 + 8 / 4),
    ],
)
def test_by_hand(model, expected):
    assert OPS.cost(model) == expected
    assert OPS.cost(mk.COST_MODELS[model]) == expected


def test_the_default_is_flops():
    assert OPS.cost() == OPS.flops


@pytest.mark.parametrize("name", mk.COST_MODELS)
def test_each_model_has_a_source_and_a_unit(name):
    model = mk.COST_MODELS[name]
    assert model.name == name
    assert len(model.source) > 20
    assert model.unit


def test_an_unknown_model_names_the_nearest():
    with pytest.raises(ValueError, match="the cost model 'rant' is unknown; try rand"):
        OPS.cost("rant")
    with pytest.raises(ValueError, match="try flops, rand, rand-high, bytes, bits-squared"):
        OPS.cost("xxxxxxx")


def test_a_model_of_your_own():
    mine = mk.CostModel("mine", "cycles", "a manual", {"float64": {"div": 13.0}, "int": {"add": 0.5}})
    assert OPS.cost(mine) == 2 * 13 + 500
