import csv
import io
import json
import math
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
import pytest
from cycler import cycler
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import rc_context
from matplotlib.figure import Figure
from rich.console import Console

import mechkit as mk
from mechkit.measurement import Polynomial
from mechkit.measurement.comparing.compare import compare
from mechkit.measurement.comparing.comparison import Comparison, Run
from mechkit.measurement.comparing.crossover import law_of_counts, signs
from mechkit.measurement.laws.exact_law import LawError


@mk.kernel(cache=True)
def repeat_add(times):
    s = 0.0
    for _ in range(times):
        s += 1.0
    return s


def linear(n):
    return repeat_add(100 * n)


def square(n):
    return repeat_add(n * n)


def scattered(n, seed):
    return repeat_add(n * n + int(np.random.default_rng(seed).integers(n)))


def half(n, seed):
    return repeat_add(n // 2 + 0 * seed)


def figures(result, n):
    return {"error": 1.0 / n, "bytes": 8 * n}


@pytest.fixture(scope="module")
def two():
    return compare({"linear": linear, "square": square}, n=[40, 10, 20, 10], measure=figures)


@pytest.fixture(scope="module")
def seeded():
    return compare({"scattered": scattered, "half": half}, [8, 16, 32, 64], seeds=3)


def counted(**values):
    """A comparison with given additions: name -> function of n, or of (n, seed)."""
    seeds = values.pop("seeds", (None,))
    sizes = values.pop("sizes")
    return Comparison(
        tuple(
            Run(name, n, s, mk.OpCounts({("float64", "add"): f(n) if s is None else f(n, s)}))
            for n in sizes
            for s in seeds
            for name, f in values.items()
        )
    )


# -- what is run -------------------------------------------------------------------------------------------------


def test_sizes_are_sorted_and_run_once(two):
    assert [(run.n, run.algorithm, run.counts.add) for run in two.rows] == [
        (10, "linear", 1000),
        (10, "square", 100),
        (20, "linear", 2000),
        (20, "square", 400),
        (40, "linear", 4000),
        (40, "square", 1600),
    ]
    assert (two.algorithms, two.sizes, two.seeds) == (("linear", "square"), (10, 20, 40), ())
    assert two.rows[0].figures == {"error": 0.1, "bytes": 80}
    assert all(run.seconds > 0 for run in two.rows)
    assert two == compare({"linear": linear, "square": square}, sizes=(10, 20, 40), measure=figures)


def test_seeds_are_the_second_argument(seeded):
    assert [(run.algorithm, run.n, run.seed, run.counts.add) for run in seeded.rows[:4]] == [
        ("scattered", 8, 0, 64 + int(np.random.default_rng(0).integers(8))),
        ("half", 8, 0, 4),
        ("scattered", 8, 1, 64 + int(np.random.default_rng(1).integers(8))),
        ("half", 8, 1, 4),
    ]
    assert seeded.seeds == (0, 1, 2)


def test_what_is_measured_is_not_counted():
    found = compare({"a": linear}, n=[3], measure=lambda x, n: {"again": square(n)})
    assert (found.rows[0].counts.add, found.rows[0].figures) == (300, {"again": 9.0})


def test_an_outer_count_sees_the_runs():
    with mk.count() as ops:
        compare({"square": square}, n=[3], repeats=1)
    assert ops.add == 9


def test_processes_and_a_journal_give_the_same(two, seeded, tmp_path):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        again = compare({"linear": linear, "square": square}, n=[10, 20, 40], measure=figures, executor=executor)
        assert again == two
        journal = tmp_path / "journal.jsonl"
        assert compare({"scattered": scattered, "half": half}, [8, 16, 32, 64], 3, executor=executor, journal=journal)
    # What is in the journal is not run again: here it could not be.
    executor.shutdown()
    resumed = compare({"scattered": scattered, "half": half}, [8, 16, 32, 64], 3, executor=executor, journal=journal)
    assert resumed == seeded
    with pytest.raises(ValueError, match="is of another sweep"):
        compare({"scattered": scattered}, [8, 16, 32, 64], 3, journal=journal)


def test_an_error_is_the_same_sentence_here_and_in_a_sweep(tmp_path):
    sentence = "'bad' at n = 2 raised ZeroDivisionError: integer division or modulo by zero"
    for journal in (None, tmp_path / "journal.jsonl"):
        with pytest.raises(ValueError, match=sentence) as caught:
            compare({"good": linear, "bad": lambda n: 1 // (n - 2)}, n=[1, 2, 3], journal=journal)
        assert str(caught.value).startswith("'bad'")
        assert type(caught.value).__name__ == "RunError"


def test_results_are_checked_against_the_first():
    algorithms = {"a": lambda n: repeat_add(n), "b": lambda n: repeat_add(n) + (n == 4)}
    assert compare(algorithms, n=[2, 3], check=np.allclose).sizes == (2, 3)
    with pytest.raises(ValueError, match="results of 'a' and 'b' at n = 4 disagree: allclose is false of them"):
        compare(algorithms, n=[3, 4], check=np.allclose)
    nan = {"a": linear, "b": lambda n: linear(n) * float("nan")}
    with pytest.raises(ValueError, match="disagree"):
        compare(nan, n=[3], check=np.allclose)
    with pytest.raises(ValueError, match="checking 'b' at n = 3 against 'a' raised TypeError"):
        compare(nan, n=[3], check=lambda x: True)


def test_counts_that_vary_are_said_to_vary():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"two runs of 'r' at n = 5 count differently .*default_rng\(seed\)"):
        compare({"r": lambda n: repeat_add(int(rng.integers(10**6)))}, n=[5])
    with pytest.raises(ValueError, match="'r' at n = 5, seed = 1 count differently"):
        compare({"r": lambda n, seed: repeat_add(int(rng.integers(1, 10**6)) * seed)}, n=[5], seeds=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "there are no sizes"),
        ({"sizes": [1], "n": [1]}, "give the sizes once"),
        ({"n": []}, "there are no sizes; give a few"),
        ({"n": [0, 1]}, "0 is no size; a size is at least 1"),
        ({"n": [1.5]}, "1.5 is no size; a size is a whole number"),
        ({"n": [float("nan")]}, "nan is no size"),
        ({"n": ["10"]}, "'10' is no size"),
        ({"n": [1], "seeds": []}, "there are no seeds"),
        ({"n": [1], "seeds": 0}, "there are no seeds"),
        ({"n": [1], "seeds": [-1]}, "-1 is no seed"),
        ({"n": [1], "repeats": 0}, "repeats is 0"),
        ({"n": [1], "measure": lambda x, n: 3.2}, "measuring 'a' at n = 1 gave 3.2; give figures by name"),
        ({"n": [1], "measure": lambda x, n: {"n": 1}}, "gave a figure named 'n'; give it a name besides"),
        ({"n": [1], "measure": lambda x, n: {"x": [1]}}, "gave 'x', TypeError: which is of type list"),
        ({"n": [1], "measure": lambda x, n: 1 / 0}, "measuring 'a' at n = 1 raised ZeroDivisionError"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(ValueError, match=message):
        compare({"a": linear}, **options)


@pytest.mark.parametrize("algorithms", [{}, [linear], {"a": 3}, {1: linear}, {"": linear}])
def test_what_are_no_algorithms(algorithms):
    with pytest.raises(TypeError, match="give a mapping|takes a mapping"):
        compare(algorithms, n=[1])


def test_what_runs_no_kernel_is_no_comparison():
    with pytest.raises(ValueError, match="nothing of what 'numpy' does is counted: it runs no kernel"):
        compare({"linear": linear, "numpy": lambda n: np.ones(n) @ np.ones(n)}, n=[3])
    found = compare({"numpy": lambda n: np.ones(n) @ np.ones(n)}, n=[3], measure=lambda x, n: {"x": x})
    assert found.rows[0].figures == {"x": 3.0}


# -- what it says ------------------------------------------------------------------------------------------------


def test_costs(two, seeded):
    assert two.costs("linear") == {10: [1000], 20: [2000], 40: [4000]}
    assert two.typical("square", "add") == {10: 100, 20: 400, 40: 1600}
    assert two.typical("square", "rand") == {10: 100.0, 20: 400.0, 40: 1600.0}
    assert two.typical("square", "bytes") == {10: 80, 20: 160, 40: 320}  # the figure, not what was moved
    assert set(two.typical("square", "seconds")) == {10, 20, 40}
    adds = seeded.costs("scattered")[8]
    assert len(adds) == 3
    assert seeded.typical("scattered")[8] == sorted(adds)[1]
    with pytest.raises(ValueError, match="the cost 'flop' is unknown; did you mean 'flops'"):
        two.costs("linear", "flop")
    with pytest.raises(ValueError, match="the algorithm 'cubic' is not here; there are linear, square"):
        two.costs("cubic")


def test_ratio(two):
    assert two.ratio("linear", "square") == {10: 10.0, 20: 5.0, 40: 2.5}
    free = counted(a=lambda n: n, none=lambda n: 0, sizes=[1, 2])
    assert free.ratio("a", "none") == {1: float("inf"), 2: float("inf")}
    assert np.isnan(list(free.ratio("none", "none").values())).all()


def test_the_median_ratio_pairs_the_seeds():
    found = counted(a=lambda n, s: 10 ** (2 - s), b=lambda n, s: 10 ** (2 - s) * (s + 1), sizes=[1], seeds=(0, 1, 2))
    assert found.ratio("b", "a") == {1: 2.0}


def test_laws():
    found = counted(cube=lambda n: n**3 + n, late=lambda n: max(n, 4), odd=lambda n: n // 2, sizes=range(1, 13))
    assert found.law("cube").flops == "n^3 + n"
    assert (found.law("late").add, found.law("late").condition) == ("n", "n >= 4")
    assert [case.add for case in found.law("odd").cases] == ["n/2", "n/2 - 1/2"]


def test_a_law_is_checked_on_all_sizes_though_found_on_few():
    sizes = range(1, 101)
    assert counted(a=lambda n: n * n + (n < 40), sizes=sizes).law("a").condition == "n >= 40"
    with pytest.raises(ValueError, match="more than the 20 largest of 100 sizes"):
        counted(a=lambda n: n * n + (n <= 80), sizes=sizes).law("a")
    with pytest.raises(ValueError, match="no polynomial fits"):
        counted(a=lambda n: 2 ** (n % 30) + n, sizes=sizes).law("a")


def test_counts_that_depend_on_the_seed_have_no_law(seeded):
    assert seeded.law("half").cases == ()
    assert seeded.law("half").add == "n/2"
    with pytest.raises(ValueError, match="the counts of 'scattered' depend on the seed"):
        seeded.law("scattered")
    assert seeded.growth("scattered").exponent == pytest.approx(2, abs=0.1)


def test_crossover_beyond_the_sizes_that_were_run():
    small = compare({"linear": linear, "square": square}, n=range(2, 8))
    found = small.crossover("linear", "square")
    assert (found.n, found.before, found.after) == (101, None, "linear")
    assert found.pieces == ((2, "square"), (100, None), (101, "linear"))
    assert str(found) == (
        "square costs fewer flops up to n = 99, they cost the same at n = 100, linear costs fewer flops from n = 101 on"
    )
    assert small.crossover("square", "linear").pieces == found.pieces
    assert small.crossover("linear", "square", "rand").n == 101
    assert small.crossover("linear", "square", "mul").after is None


def test_no_crossover():
    found = counted(a=lambda n: n, b=lambda n: 2 * n, sizes=range(3, 8)).crossover("a", "b")
    assert (found.n, found.before, found.after) == (None, "a", "a")
    assert str(found) == "a costs fewer flops at every size from 3 on"
    same = counted(a=lambda n: n, b=lambda n: n, sizes=range(3, 8)).crossover("a", "b")
    assert (same.n, same.after, str(same)) == (None, None, "a and b cost the same flops at every size from 3 on")


def test_crossovers_far_out_and_several():
    found = counted(a=lambda n: n**3, b=lambda n: 10**9 * n**2 + n, sizes=range(1, 8)).crossover("a", "b")
    assert (found.n, found.before, found.after) == (10**9 + 1, "a", "b")
    found = counted(a=lambda n: n**2 + 99, b=lambda n: 20 * n, sizes=range(1, 8)).crossover("a", "b")
    assert found.pieces == ((1, "b"), (9, None), (10, "a"), (11, None), (12, "b"))


def test_crossovers_that_cannot_be_told(two, seeded):
    with pytest.raises(ValueError, match="error is measured, not counted"):
        two.crossover("linear", "square", "error")
    with pytest.raises(ValueError, match="depend on the seed"):
        seeded.crossover("scattered", "half")
    with pytest.raises(ValueError, match="differs for n even and for n odd"):
        counted(a=lambda n: n // 2, b=lambda n: n, sizes=range(1, 13)).crossover("a", "b")


@given(
    roots=st.lists(st.fractions(-20, 60, max_denominator=3), max_size=4),
    factor=st.sampled_from([-3, Fraction(1, 7), 2]),
    start=st.integers(1, 5),
)
def test_signs_are_those_at_every_whole_number(roots, factor, start):
    polynomial = Polynomial(("n",), {(0,): Fraction(factor)})
    for root in roots:
        polynomial = polynomial * Polynomial(("n",), {(1,): Fraction(1), **({(0,): -root} if root else {})})
    pieces = signs(polynomial, start)
    for n in range(start, 100):
        value = polynomial(n)
        assert [sign for low, sign in pieces if low <= n][-1] == (value > 0) - (value < 0)
    assert all(a[1] != b[1] for a, b in pairwise(pieces))


def test_roots_between_neighbours_are_no_change_of_sign():
    p = Polynomial.parse("(3n - 10)(3n - 11)", ("n",))  # negative only between 3 and 4
    assert signs(p, 1) == [(1, 1)]


# -- how it looks ------------------------------------------------------------------------------------------------


def test_text(two):
    assert str(two) == (
        "flops\n\n"
        " n  linear  square  linear / square\n"
        "10   1,000     100               10\n"
        "20   2,000     400                5\n"
        "40   4,000   1,600              2.5\n\n"
        "error\n\n"
        " n  linear  square\n"
        "10     0.1     0.1\n"
        "20    0.05    0.05\n"
        "40   0.025   0.025\n\n"
        "bytes\n\n"
        " n  linear  square\n"
        "10      80      80\n"
        "20     160     160\n"
        "40     320     320\n\n"
        "linear  ~ n^1.00 (95 %: 1.00 to 1.00)\n"
        "square  ~ n^2.00 (95 %: 2.00 to 2.00)"
    )
    assert repr(two) == str(two)


def test_text_of_laws_cases_and_too_few_sizes(seeded):
    found = counted(odd=lambda n: n // 2, late=lambda n: max(n, 4), sizes=range(1, 13))
    assert str(found).splitlines()[-2:] == ["odd   n/2 for n even, n/2 - 1/2 for n odd", "late  n for n >= 4"]
    assert str(counted(a=lambda n: n, sizes=[1, 2])).endswith(
        "a  no law: two sizes tell no growth; give at least 3, such as n=[10, 20, 40]"
    )
    assert str(seeded).startswith("flops, median of 3 seeds\n")


def test_the_table_of_a_terminal(two):
    console = Console(file=io.StringIO(), width=60, force_terminal=True)
    console.print(two.table("error"))
    written = console.file.getvalue()
    assert "\x1b[" in written
    assert "0.025" in written
    assert "linear / square" not in written


def test_html_escapes_names():
    found = counted(**{"<b>": lambda n: n}, sizes=[1, 2, 3, 4])
    html = found._repr_html_()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert html.startswith("<table><caption>flops</caption><tr><th>n</th>")


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_plot_shows_runs_and_laws():
    found = counted(cube=lambda n: n**3 + n, late=lambda n: 2 ** (n % 5) + n, sizes=range(1, 21))
    axes = found.plot()
    assert (axes.get_xscale(), axes.get_yscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log", "log", "n", "flops")
    assert legend(axes) == ["cube: $n^{3} + n$", f"late: ~ $n^{{{found.growth('late').exponent:.2f}}}$"]
    runs, law, *_ = axes.lines
    assert list(runs.get_ydata()) == [n**3 + n for n in range(1, 21)]
    assert (list(law.get_xdata()), list(law.get_ydata())) == (list(range(1, 21)), [n**3 + n for n in range(1, 21)])
    styles = [(line.get_color(), line.get_marker(), line.get_linestyle()) for line in axes.get_legend().get_lines()]
    assert all(len(set(each)) == 2 for each in zip(*styles, strict=True))


def test_the_legend_covers_nothing_and_all_is_inside(two):
    seven = counted(**{f"{i}": lambda n, i=i: n**2 + i for i in range(7)}, sizes=[10, 20, 30, 40, 50])
    for axes in (two.plot(), two.plot_work_precision(), seven.plot()):
        figure = axes.figure
        figure.draw_without_rendering()
        legend_box, axes_box = axes.get_legend().get_window_extent(), axes.get_window_extent()
        assert legend_box.y0 >= axes_box.y1
        assert figure.bbox.y1 >= legend_box.y1
        assert figure.bbox.x1 >= legend_box.x1
        labels = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
        assert len(labels) >= 2
        assert not any(a.overlaps(b) for a, b in pairwise(labels))


def test_plots_on_given_axes_of_other_costs(two, seeded):
    left, right = Figure().subplots(1, 2)
    assert two.plot(left, cost="bytes") is left
    assert left.get_ylabel() == "bytes"
    assert legend(left) == ["linear", "square"]
    assert seeded.plot(right, cost="rand") is right
    assert right.get_ylabel() == "operations (rand)"
    (bars,) = [c for c in right.collections if len(c.get_segments()) == 1 and c.get_segments()[0][0][0] == 64]
    costs = seeded.costs("scattered", "rand")[64]
    assert bars.get_segments()[0].tolist() == [[64, min(costs)], [64, max(costs)]]
    mine = mk.CostModel("mine", "cycles", "", {"float64": {"add": 2.0}})
    assert seeded.plot(cost=mine).get_ylabel() == "cycles (mine)"


def test_a_law_with_cases_is_drawn_through_all_runs():
    axes = counted(odd=lambda n: n // 2, sizes=range(2, 15)).plot()
    assert axes.lines[1].get_ydata().tolist() == [n // 2 for n in range(2, 15)]


def test_what_cannot_be_drawn(two):
    with pytest.raises(ValueError, match="nothing to draw: no value of mul is positive"):
        two.plot(cost="mul")
    with pytest.raises(ValueError, match="no figure called 'err' was measured; there are error, bytes"):
        two.plot_work_precision(error="err")
    with pytest.raises(ValueError, match="there are none"):
        counted(a=lambda n: n, sizes=[1]).plot_work_precision()
    nothing = Comparison((Run("a", 1, None, mk.OpCounts({("float64", "add"): 1}), {"error": float("nan")}),))
    with pytest.raises(ValueError, match="no value of error is positive"):
        nothing.plot_work_precision()


def test_work_precision_draws_exact_answers_below_all_others_and_leaves_out_what_is_no_number():
    errors = {10: 0.5, 20: 0.0, 40: float("nan"), 80: -0.125}
    runs = [Run("a", n, None, mk.OpCounts({("float64", "add"): n}), {"error": e}) for n, e in errors.items()]
    axes = Comparison(tuple(runs)).plot_work_precision()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("flops", "error (hollow: error 0)")
    line, hollow = axes.lines[:2]
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([10, 20, 80], [0.5, 0.0125, 0.125])
    assert (list(hollow.get_xdata()), list(hollow.get_ydata())) == ([20], [0.0125])


def test_the_readers_own_style_is_kept(two):
    with rc_context({"axes.labelsize": 30, "figure.figsize": (4, 3), "axes.prop_cycle": cycler(color=["red", "blue"])}):
        axes = two.plot()
    assert axes.xaxis.label.get_size() == 30
    assert axes.figure.get_size_inches().tolist() == [4, 3]
    assert axes.lines[0].get_color() == "red"
    assert two.plot().xaxis.label.get_size() == 16


def test_seconds_are_called_noisy(two):
    assert two.plot(cost="seconds").get_ylabel() == "seconds (of this run, noise and all)"


# -- where it goes -----------------------------------------------------------------------------------------------


def test_csv(two, seeded, tmp_path):
    text = two.to_csv(tmp_path / "two.csv")
    assert (tmp_path / "two.csv").read_bytes() == text.encode()
    lines = list(csv.DictReader(io.StringIO(text)))
    assert list(lines[0]) == [*("algorithm", "n", "flops"), "counts.float64.add", "error", "bytes"]
    assert lines[-1] == {
        **{"algorithm": "square", "n": "40", "flops": "1600"},
        **{"counts.float64.add": "1600", "error": "0.025", "bytes": "320"},
    }
    assert "seconds" in two.to_csv(times=True).splitlines()[0].split(",")
    assert seeded.to_csv().startswith("algorithm,n,seed,flops,")
    with pytest.raises(OSError, match="cannot be written"):
        two.to_csv(tmp_path / "no" / "two.csv")


def test_json(two, seeded, tmp_path):
    text = two.to_json(tmp_path / "two.json")
    assert (tmp_path / "two.json").read_text("utf-8") == text
    found = json.loads(text)
    assert (found["sizes"], found["seeds"]) == ([10, 20, 40], None)
    assert found["rows"] == [{k: v for k, v in row.items() if k != "seconds"} for row in two.records()]
    assert found["algorithms"]["square"]["growth"]["exponent"] == pytest.approx(2)
    found = json.loads(seeded.to_json(times=True))
    assert found["seeds"] == [0, 1, 2]
    assert found["algorithms"]["half"] == {
        "law": {"condition": "", "counts": {"add": "n/2", "flops": "n/2"}},
        "growth": None,
    }
    assert found["rows"][0]["seconds"] > 0


def test_exports_are_the_same_each_time(two):
    again = compare({"linear": linear, "square": square}, n=[10, 20, 40], measure=figures)
    assert again.to_csv() == two.to_csv()
    assert again.to_json() == two.to_json()


def test_nan_in_exports():
    found = compare({"a": linear}, n=[3], measure=lambda x, n: {"error": float("nan"), "gap": float("inf")})
    assert found.to_csv().splitlines()[1].endswith(",nan,inf")
    row = json.loads(found.to_json())["rows"][0]
    assert (row["error"], row["gap"]) == (None, None)
    assert "nan" in str(found)


def test_figures_that_some_runs_lack():
    found = compare({"a": linear}, n=[1, 2], measure=lambda x, n: {"even": n} if n % 2 == 0 else {})
    assert [row["even"] for row in found.records()] == [None, 2]
    assert found.typical("a", "even") == {1: None, 2: 2}


def test_pandas(two):
    pandas = pytest.importorskip("pandas")
    frame = two.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.groupby("algorithm").flops.sum().to_dict() == {"linear": 7000, "square": 2100}


def test_without_pandas(two, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="to_pandas needs pandas, which is not installed: pip install pandas"):
        two.to_pandas()


def test_a_law_of_known_counts_needs_sizes():
    with pytest.raises(ValueError, match="too few"):
        law_of_counts({2: mk.OpCounts({("float64", "add"): 1}), 3: mk.OpCounts({("float64", "add"): 2})})


def test_sorting_is_shown_by_its_comparisons():
    runs = [
        (name, n, f(n)) for n in (10, 20) for name, f in (("a", lambda n: n * (n - 1) // 2), ("b", lambda n: 2 * n))
    ]
    both = Comparison(tuple(Run(a, n, None, mk.OpCounts({("float64", "compare"): k})) for a, n, k in runs))
    assert str(both).startswith("compare\n\n n    a   b  a / b\n10   45  20   2.25\n")
    assert "<caption>compare</caption>" in both._repr_html_()


def test_a_table_can_be_printed(two):
    assert "object at 0x" not in str(two.table())
    assert "flops" in str(two.table())


def test_a_law_error_does_not_grow_when_it_is_raised_again():
    none = counted(a=lambda n: n**0.5 // 1, sizes=[1, 2, 3, 5, 9, 17, 26, 50])
    lengths = set()
    for _ in range(3):
        with pytest.raises(LawError) as caught:
            none.law("a")
        lengths.add(len(traceback.extract_tb(caught.value.__traceback__)))
    assert len(lengths) == 1


DOUBLINGS = (10, 20, 40, 80, 160)


def test_five_doublings_tell_a_cubic():
    assert str(counted(a=lambda n: (2 * n**3 + 3 * n**2 - 5 * n) // 6, sizes=DOUBLINGS).law("a").flops) == (
        "n^3/3 + n^2/2 - 5n/6"
    )


@pytest.mark.parametrize(
    "count_of",
    [lambda n: n * n.bit_length(), lambda n: math.isqrt(n), lambda n: n * math.isqrt(n), lambda n: round(n**2.5)],
    ids=["n log n", "sqrt n", "n sqrt n", "n^2.5"],
)
def test_five_doublings_tell_no_law_where_there_is_none(count_of):
    with pytest.raises(LawError):
        counted(a=count_of, sizes=DOUBLINGS).law("a")
