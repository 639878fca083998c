"""How numbers look in tables, and how they are kept in JSON."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from mechkit.mechanisms.claim import Table
from mechkit.report.cells import alignments, cell
from mechkit.report.record import json_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-1234567, "-1,234,567"),
        (np.int64(1024), "1,024"),
        (np.uint8(7), "7"),
        (0.0, "0"),
        (1.0, "1"),
        (0.123456, "0.1235"),
        (999.96, "1000"),
        (12345.678, "12,346"),
        (np.float32(0.5), "0.5"),
        (np.float64(1.5e7), "1.5 \u00d7 10⁷"),
        (-2.4567e-12, "-2.457 \u00d7 10⁻¹²"),
        (float("nan"), "nan"),
        (float("inf"), "∞"),
        (-np.inf, "-∞"),
        (None, "\u2013"),
        (True, "yes"),
        (np.False_, "no"),
        (Fraction(1, 3), "1/3"),
        (np.array(3), "3"),
        ("a | b", "a | b"),
    ],
)
def test_cell(value, text):
    assert cell(value) == text


def test_the_side_of_a_column_is_that_of_most_of_its_cells():
    nan = float("nan")
    table = Table(
        "",
        ("numbers", "gaps", "text", "mixed", "flags", "empty", "remarks"),
        [
            (1, None, "a", 1.5, True, None, "diverges"),
            (np.int64(2), 2.0, "b", "diverges", False, None, nan),
        ],
    )
    assert alignments(table) == ["right", "right", "left", "right", "left", "left", "left"]


def test_a_short_row_does_not_break_the_alignment():
    assert alignments(Table("", ("a", "b"), [("x",), ("y", 1)])) == ["left", "right"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (float("nan"), None),
        (np.float64("inf"), None),
        (np.int32(3), 3),
        (np.float32(0.25), 0.25),
        (np.bool_(True), True),
        (None, None),
        ("n²", "n²"),
        ((1, [2.0, np.nan]), [1, [2.0, None]]),
        (np.array([[1, 2]]), [[1, 2]]),
        ({1: np.float64(0.5)}, {"1": 0.5}),
        (Fraction(1, 3), "1/3"),
        (1 + 2j, "(1+2j)"),
        (range(2), [0, 1]),
    ],
)
def test_json_value(value, kept):
    found = json_value(value)
    assert found == kept
    assert type(found) is type(kept)
    assert json.loads(json.dumps(found, allow_nan=False)) == kept
