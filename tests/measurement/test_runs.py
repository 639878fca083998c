"""What is run: how it is called, what counts nothing, what ends the program, what can be sent to another process."""

import itertools
import pickle
import sys
from functools import partial

import numpy as np
import pytest

import mechkit as mk
from mechkit.measurement.comparing.plot import save_plot
from mechkit.measurement.laws.exact_law import LawError


@mk.kernel
def squares(x):
    s = 0.0
    for i in range(x.size):
        s += x[i] * x[i]
    return s


@mk.kernel
def triangle(n):
    k = 0
    for i in range(n):
        k = k + i * i
    return k


@mk.kernel
def copied(x, y):
    for i in range(x.size):
        y[i] = x[i]


def dot(n):
    return squares(np.ones(n))


def whole(n):
    return triangle(n)


def by_numpy(n):
    return np.linalg.solve(np.eye(n), np.ones(n))


# -- what counts nothing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "measure",
    [
        lambda run: mk.law(run, n=range(1, 6)),
        lambda run: mk.growth(run, n=range(1, 6)),
        lambda run: mk.compare({"by_numpy": run}, n=range(1, 6)),
    ],
    ids=["law", "growth", "compare"],
)
@pytest.mark.parametrize("run", [by_numpy, lambda n: np.linalg.solve(np.eye(n), np.ones(n)), partial(by_numpy)])
def test_what_runs_no_kernel_is_refused(measure, run):
    with pytest.raises(ValueError, match="is counted: it runs no kernel, or none that computes; decorate its loops"):
        measure(run)


def test_a_kernel_that_does_nothing_has_the_law_of_nothing():
    assert str(mk.law(lambda n: triangle(0), n=range(1, 6))) == "nothing is counted"


def test_integer_work_is_shown_where_there_are_no_flops():
    found = mk.law(whole, n=range(1, 6))
    assert str(found) == "no flops\nint add  n\nint mul  n"
    assert found.to_dict() == {"int add": "n", "int mul": "n"}
    assert found.flops == 0
    assert "\\text{flops} &= 0 \\\\\n\\text{int add} &= n" in found.latex()
    halves = mk.law(lambda n: triangle(n // 2), n=range(1, 14))
    assert str(halves).splitlines()[:3] == ["n even:", "  no flops", "  int add  n/2"]


def test_memory_traffic_is_shown_where_there_is_nothing_else():
    found = mk.law(lambda n: copied(np.ones(n), np.ones(n)), n=range(1, 6))
    assert str(found).splitlines() == ["no flops", "float64 loads   n", "float64 stores  n", "float64 bytes   16n"]


def test_laws_that_are_equal_differ_by_nothing():
    law = mk.law(dot, n=range(1, 6))
    assert str(law - law) == "0 of every kind"
    assert str(law - law + law) == str(law)


def test_a_law_with_flops_shows_no_integer_work():
    assert "int" not in str(mk.law(dot, n=range(1, 6)))


def test_a_comparison_says_what_is_counted_instead_of_flops():
    text = str(mk.compare({"whole": whole, "dot": dot}, n=range(1, 6)))
    assert text.splitlines()[-2:] == ["whole  no flops; int add n, int mul n", "dot    2n"]
    assert str(mk.compare({"whole": whole}, n=[5, 9])).splitlines()[-1] == "whole  no flops"


def test_growth_says_that_the_cost_weighs_nothing():
    with pytest.raises(ValueError, match=r"'whole' does work, but none that 'flops' weighs: at n = 5 it counts"):
        mk.growth(whole, n=range(1, 6))
    assert mk.growth(lambda n: copied(np.ones(n), np.ones(n)), n=[2, 4, 8], cost="bytes").exponent == pytest.approx(1)


# -- how a run is called ---------------------------------------------------------------------------------------------


def test_runs_may_take_their_arguments_by_name():
    def named(*, n, tolerance=1e-6):
        return dot(n)

    def with_options(n, tolerance=1e-6, seed=None, **options):
        assert (tolerance, options) == (1e-6, {})
        return dot(n + seed)

    def seed_by_name(n, *, seed):
        return dot(n + seed)

    def any_names(size, start):
        return dot(size + start)

    assert (
        mk.compare({"named": named, "partial": partial(named, tolerance=1.0)}, n=range(2, 7)).law("named").flops == "2n"
    )
    assert mk.law(named, n=range(1, 5)).flops == "2n"
    assert mk.growth(named, n=[1, 2, 4]).exponent == pytest.approx(1)
    found = mk.compare({"a": with_options, "b": seed_by_name, "c": any_names}, n=[2, 3], seeds=2)
    for name in "abc":
        assert found.costs(name) == {2: [4, 6], 3: [6, 8]}


def test_numpy_integers_are_sizes_and_seeds():
    found = mk.compare({"a": lambda n, seed: dot(n + seed)}, n=np.arange(2, 5), seeds=np.array(2))
    assert (found.sizes, found.seeds) == ((2, 3, 4), (0, 1))
    assert mk.law(dot, n=np.array([1, 2, 3, 4], dtype=np.uint8)).flops == "2n"
    assert mk.compare({"a": dot}, np.int64(3)).sizes == (3,)


@pytest.mark.parametrize("sizes", [range(10, 10**10), itertools.count(1)])
def test_more_sizes_than_can_be_run_are_refused(sizes):
    for measure in (
        lambda: mk.compare({"a": dot}, n=sizes),
        lambda: mk.growth(dot, n=sizes),
        lambda: mk.law(dot, n=sizes),
        lambda: mk.compare({"a": dot}, n=[1], seeds=sizes),
        lambda: mk.compare({"a": dot}, n=[1], seeds=10**10),
    ):
        with pytest.raises(ValueError, match=r"there are more than 1,000,000 (sizes|seeds); give fewer"):
            measure()


def test_more_combinations_than_can_be_run_are_refused():
    with pytest.raises(ValueError, match="1,000,000,000,000 combinations of sizes are too many to run"):
        mk.law(lambda n, p: dot(n), n=range(10**6), p=range(10**6))


# -- checks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [np.testing.assert_allclose, np.allclose, np.isclose, lambda a, b: None])
def test_a_check_may_be_true_or_return_nothing(check):
    assert mk.compare({"a": dot, "b": dot}, n=[2, 3], check=check).sizes == (2, 3)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (np.testing.assert_allclose, "Not equal to tolerance rtol=1e-07"),
        (np.allclose, "allclose is false of them"),
        (lambda a, b: np.array([True, False]), "is false of them"),
    ],
)
def test_results_that_disagree_are_told(check, words):
    with pytest.raises(ValueError, match=r"the results of 'a' and 'b' at n = 2 disagree: .*" + words) as caught:
        mk.compare({"a": dot, "b": lambda n: dot(n) + 1.0}, n=[2, 3], check=check)
    assert "\n" not in str(caught.value)


# -- what would end the program ----------------------------------------------------------------------------------------


def leave(n):
    if n == 2:
        sys.exit("enough")
    return n


def test_a_task_that_exits_is_one_failed_task():
    rows = mk.sweep(mk.Task("leave", leave, {"n": n}) for n in (1, 2, 3))
    assert [row.error for row in rows] == [None, "SystemExit: enough", None]

    class Odd(BaseException):
        pass

    def raise_odd():
        raise Odd("odd")

    assert mk.sweep([mk.Task("odd", raise_odd)])[0].error == "Odd: odd"


def test_ctrl_c_ends_a_sweep():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mk.sweep([mk.Task("stop", interrupted)])


def test_a_run_that_exits_is_an_error():
    with pytest.raises(ValueError, match="'a' at n = 2 raised SystemExit: enough"):
        mk.compare({"a": leave}, n=[1, 2])
    with pytest.raises(ValueError, match="'leave' at n = 2 raised SystemExit: enough"):
        mk.growth(leave, n=[1, 2, 3])
    with pytest.raises(ValueError, match=r"SystemExit\('enough'\) was raised by the run at n = 2"):
        mk.law(leave, n=[1, 2, 3])


# -- what comes as it is done ------------------------------------------------------------------------------------------


def test_rows_and_parts_come_one_by_one(tmp_path):
    rows, parts = [], []
    tasks = [mk.Task("abs", abs, {}) for _ in range(0)] or [mk.Task("leave", leave, {"n": n}) for n in (1, 3)]
    for _ in range(2):  # the second time from the journal
        mk.sweep(tasks, journal=tmp_path / "j.jsonl", each=rows.append)
    assert [row.value for row in rows] == [1, 3, 1, 3]
    found = mk.compare({"a": dot, "b": whole}, n=[2, 3], each=parts.append)
    assert tuple(run for part in parts for run in part.rows) == found.rows


# -- to another process ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_laws_and_comparisons_can_be_pickled_whatever_was_done_with_them(protocol):
    def again(value):
        return pickle.loads(pickle.dumps(value, protocol))

    laws = [
        mk.law(dot, n=range(1, 6)),
        mk.law(lambda n: dot(n // 2), n=range(1, 14)),
        mk.law(lambda n: dot(max(n, 3)), n=range(1, 12)),
    ]
    for law in [*laws, 2 * laws[0] - laws[0]]:
        str(law), law.latex(), law(n=6), hash(law), law.holds((3,))
        assert again(law) == law
        assert again(law)(n=6) == law(n=6)
    found = mk.compare({"a": lambda n, seed: dot(n + seed), "b": lambda n, seed: dot(2 * n)}, n=range(2, 9), seeds=2)
    str(found), found.plot(), found.table(), found.to_json(), found.growth("a"), found._repr_html_(), found.law("b")
    assert again(found) == found
    assert str(again(found)) == str(found)


# -- pictures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "magic"), [("a.PNG", b"\x89PNG"), ("a.Svg", b"<?xml"), ("a.PDF", b"%PDF"), ("a", b"\x89PNG")]
)
def test_the_suffix_of_a_picture_may_be_in_capitals(tmp_path, name, magic):
    found = mk.compare({"a": dot}, n=[2, 3, 4])
    for _ in range(2):
        save_plot(found, tmp_path / name)
        first = (tmp_path / name).read_bytes()
    assert first.startswith(magic)
    save_plot(found, str(tmp_path / name))
    assert (tmp_path / name).read_bytes() == first
    with pytest.raises(ValueError, match="xyz"):
        save_plot(found, tmp_path / "a.xyz")
    with pytest.raises(OSError, match=r"the picture cannot be written to .*: No such file or directory; give a path"):
        save_plot(found, tmp_path / "nowhere" / "a.png")


def test_a_law_that_is_left_open_is_told():
    law = mk.law(whole, n=range(1, 6)).with_unknown([("int", "mul")])
    assert str(law) == "no flops\nint add  n\nthe int mul follow no polynomial"
    with pytest.raises(LawError):
        law["int"]["mul"]
