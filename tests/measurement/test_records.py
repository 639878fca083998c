"""A sweep and a comparison speak alike: rows are objects with counts, records are flat, NaN is written in one way."""

import json
import math

import pytest

import mechkit as mk
from mechkit.measurement import Comparison
from mechkit.measurement.comparing.comparison import Run
from mechkit.measurement.sweeping.sweep import Sweep
from mechkit.measurement.sweeping.task import Row

OPS = mk.OpCounts({("float64", "mul"): 2})
FIGURES = {"error": math.nan, "gap": -math.inf, "fine": 0.5}
BOTH = [
    Sweep((Row("dot", {"n": 2}, OPS, FIGURES, 0.25, None),)),
    Comparison((Run("dot", 2, None, OPS, FIGURES, 0.25),)),
]


@pytest.mark.parametrize("found", BOTH, ids=["sweep", "comparison"])
def test_rows_are_objects_and_records_are_flat(found):
    assert found.rows[0].counts.mul == 2
    (record,) = found.records()
    assert (record["flops"], record["counts.float64.mul"]) == (2, 2)
    assert "seconds" not in record
    assert found.records(times=True)[0]["seconds"] == 0.25


@pytest.mark.parametrize("found", BOTH, ids=["sweep", "comparison"])
def test_nan_and_the_infinities_are_written_in_one_way(found):
    assert ",nan,-inf,0.5" in found.to_csv()
    written = json.loads(found.to_json(), parse_constant=pytest.fail)
    row = written[0]["value"] if isinstance(found, Sweep) else written["rows"][0]
    assert [row[name] for name in FIGURES] == [None, None, 0.5]


@pytest.mark.parametrize("found", BOTH, ids=["sweep", "comparison"])
def test_pandas(found):
    pandas = pytest.importorskip("pandas")
    assert isinstance(found.to_pandas(), pandas.DataFrame)
    assert found.to_pandas(times=True)["seconds"][0] == 0.25


def test_what_is_counted_most_is_the_cost_where_there_are_no_flops():
    counts = {n: mk.OpCounts({("float64", "compare"): n * n, ("float64", "loads"): 9 * n * n}) for n in range(2, 9)}
    found = Comparison(tuple(Run("sort", n, None, ops) for n, ops in counts.items()))
    assert found.main_cost == "compare"
    assert str(found).endswith("sort  n^2")
    assert found.typical("sort")[3] == 9
    assert found.growth("sort").exponent == pytest.approx(2.0)
    assert found.plot().get_ylabel() == "compare"


def test_ax_is_where_a_picture_is_drawn():
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    found = Comparison(tuple(Run("a", n, None, mk.OpCounts({("float64", "mul"): n})) for n in (2, 3, 4, 5)))
    assert found.plot(ax=ax) is ax
    assert ax.lines
