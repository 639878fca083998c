"""Results give their fields by name too."""

from dataclasses import dataclass, fields

import numpy as np
import pytest

from mechkit.optimization import OptimizeResult
from mechkit.result_access import ByName

RESULT = OptimizeResult(np.ones(2), 3.0, True, 0, "the gradient is zero", 1, 2)


def test_every_field_is_found_by_its_name():
    assert list(RESULT.keys()) == [field.name for field in fields(RESULT)] == list(RESULT)
    for name, value in RESULT.items():
        assert RESULT[name] is value is getattr(RESULT, name) is RESULT.get(name)
        assert name in RESULT
    assert {**RESULT}["fun"] == 3.0
    assert len(RESULT) == len(RESULT.values())


def test_an_unknown_name_is_refused_with_those_there_are():
    assert "cost" not in RESULT
    assert RESULT.get("cost") is None
    assert RESULT.get("cost", 1.5) == 1.5
    assert "keys" not in RESULT  # a method is no field
    with pytest.raises(KeyError, match="this result has no 'cost'; it has x, fun, success"):
        RESULT["cost"]


def test_a_class_derived_from_a_result_has_all_fields():
    @dataclass(frozen=True)
    class Longer(OptimizeResult):
        cost: float = 0.5

    longer = Longer(*RESULT.values())
    assert longer["cost"] == 0.5
    assert longer["x"] is RESULT.x
    assert isinstance(longer, ByName)
