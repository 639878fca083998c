import json
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import mechkit as mk
from mechkit.measurement.sweeping import spread
from mechkit.measurement.sweeping.journal import Journal
from mechkit.measurement.sweeping.spread import SweepError
from mechkit.measurement.sweeping.sweep import Sweep, sweep
from mechkit.measurement.sweeping.task import Row, Task

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "sweeps.md"


@mk.kernel(cache=True)
def dot(x, y):
    s = x[0] * y[0]
    for i in range(1, x.size):
        s = s + x[i] * y[i]
    return s


def measure(n, seed):
    """n multiplications, n - 1 additions; figures of every kind."""
    rng = np.random.default_rng(seed)
    value = dot(rng.random(n), rng.random(n))
    special = [np.nan, np.inf, -np.inf, 0.0][(n + seed) % 4]
    return {"dot": np.float64(value), "special": special, "bytes": 16 * n, "big": 3**200, "é": "ü\n,", "small": n < 9}


def fail(n):
    """n multiplications, then an error for every third n."""
    dot(np.ones(n), np.ones(n))
    if n % 3 == 0:
        raise ValueError(f"n = {n}\n  is a multiple of 3")
    return n


def mixed(count=40):
    """Tasks of both kinds."""
    some = [Task("measure", measure, {"n": n, "seed": n % 5}) for n in range(1, count)]
    return some + [Task("fail", fail, {"n": n}) for n in range(1, 10)]


def pause(i, seconds):
    time.sleep(seconds)
    return i


def nap(i):
    time.sleep(0.0004)
    return dot(np.ones(1 + i % 9), np.ones(1 + i % 9))


def die_once(i, flag):
    """Kill the process that runs this, kill -9, unless the flag is there; it is afterwards."""
    if i == 5 and not os.path.exists(flag):
        Path(flag).touch()
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGKILL)
    dot(np.ones(i + 1), np.ones(i + 1))
    return i


def fail_until(i, flag):
    if i % 2 and not os.path.exists(flag):
        raise OSError("not yet")
    return i


def spawned(workers=2):
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


@pytest.fixture(scope="module")
def pool():
    with spawned() as executor:
        yield executor


def exports(table):
    return table.to_csv(), table.to_json()


# what a row is


def test_each_row_has_the_counts_of_its_own_call_and_its_value():
    with mk.count() as everything:
        table = sweep([Task("measure", measure, {"n": n, "seed": 1}) for n in (5, 3, 9)])
    assert [row.arguments["n"] for row in table] == [5, 3, 9]
    assert [(row.counts.mul, row.counts.add) for row in table] == [(5, 4), (3, 2), (9, 8)]
    assert sum(row.counts for row in table) == everything
    assert all(row.seconds > 0 and row.error is None for row in table)
    assert table[0].value["bytes"] == 80
    assert table[0].value["big"] == 3**200
    assert all(type(value) in (float, int, str, bool) for value in table[0].value.values())


def test_a_failing_task_has_its_error_in_one_line_and_its_counts_and_the_others_go_on():
    table = sweep([Task("fail", fail, {"n": n}) for n in range(1, 8)])
    assert [row.value for row in table] == [1, 2, None, 4, 5, None, 7]
    assert [row.error for row in table.failed] == [f"ValueError: n = {n} is a multiple of 3" for n in (3, 6)]
    assert [row.counts.mul for row in table] == [1, 2, 3, 4, 5, 6, 7]
    assert repr(table) == f"Sweep(7 rows, 2 failed; the first: {table.failed[0].error})"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros(2), r"TypeError: give\(x=1\) returned a value which is of type ndarray; return a number, a string"),
        ([1.0], "a value which is of type list"),
        (1j, "a value which is of type complex"),
        (np.longdouble(1), "a value which is of type longdouble"),
        ({"a": {"b": 1}}, "a mapping with 'a', which is of type dict"),
        ({1: 2}, "a mapping with the key 1"),
    ],
)
def test_a_value_that_is_no_figure_is_the_error_of_its_row(value, message):
    (row,) = sweep([Task("give", lambda x: value, {"x": 1})])
    assert re.search(message, row.error)
    assert row.value is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [(np.float32(0.5), 0.5), (np.int8(3), 3), (np.bool_(True), True), (np.str_("a"), "a"), (None, None), ({}, {})],
)
def test_values_become_pythons_own(given, kept):
    (row,) = sweep([Task("give", lambda: given)])
    assert row.value == kept
    assert type(row.value) is type(kept)


# order and executors


def test_every_executor_gives_the_same_bytes(pool, tmp_path):
    tasks = mixed()
    expected = exports(sweep(tasks))
    assert exports(sweep(tasks, pool)) == expected
    assert exports(sweep(tasks, pool, journal=tmp_path / "pool.jsonl")) == expected
    assert exports(sweep(tasks, journal=tmp_path / "pool.jsonl")) == expected  # as the journal has it
    with ThreadPoolExecutor(4) as threads:
        assert exports(sweep(tasks, threads)) == expected


class Backwards(Executor):
    """Runs the latest of what it was given first, when nothing more has been given to it for a while."""

    def __init__(self):
        self.given, self.changed, self.most = [], threading.Condition(), 0
        self.thread = threading.Thread(target=self.work)
        self.thread.start()
        self.over = False

    def submit(self, function, /, *args):
        future = Future()
        with self.changed:
            self.given.append((future, function, args))
            self.most = max(self.most, len(self.given))
            self.changed.notify()
        return future

    def work(self):
        while True:
            with self.changed:
                while self.changed.wait(0.01) and not self.over:
                    pass
                if self.over:
                    return
                if not self.given:
                    continue
                future, function, args = self.given.pop()
            future.set_result(function(*args))

    def shutdown(self, *_, **__):
        with self.changed:
            self.over = True
            self.changed.notify()
        self.thread.join()


def test_rows_are_in_the_order_of_the_tasks_whatever_is_done_first(tmp_path):
    tasks = [Task("fail", fail, {"n": n}) for n in range(1, 60)]
    with Backwards() as backwards:
        table = sweep(tasks, backwards, journal=tmp_path / "j")
    done = [json.loads(line)["task"] for line in (tmp_path / "j").read_text().splitlines()[1:]]
    assert done != sorted(done)
    assert [row.arguments["n"] for row in table] == list(range(1, 60))
    assert exports(table) == exports(sweep(tasks))


def test_not_everything_is_handed_out_at_once_and_small_tasks_go_in_chunks():
    handed = []

    class Watched(ThreadPoolExecutor):
        def submit(self, function, batch, ticket):
            handed.append(len(batch))
            assert self._work_queue.qsize() < 1000
            return super().submit(function, batch, ticket)

    with Watched(2) as threads:
        table = sweep([Task("abs", abs_of, {"i": i}) for i in range(20_000)], threads)
    assert [row.value for row in table] == list(range(20_000))
    assert sum(handed) >= 20_000
    assert len(handed) < 2000
    assert max(handed) <= spread.CHUNK_TASKS


def abs_of(i):
    return abs(i)


def test_a_chunk_gives_back_what_it_has_when_its_time_is_over():
    tasks = [Task("pause", pause, {"i": i, "seconds": seconds}) for i, seconds in enumerate([0.0, 0.0, 0.15, 0.0])]
    assert [row.value for row in spread.run_chunk(tasks, 0)] == [0, 1, 2]


def test_quick_tasks_before_slow_ones_do_not_bind_these_to_one_worker():
    times = [0.0] * 300 + [0.12] * 8
    with ThreadPoolExecutor(4) as threads:
        futures = []
        real = threads.submit
        threads.submit = lambda f, batch, ticket: (futures.append(real(f, batch, ticket)), futures[-1])[1]
        table = sweep([Task("pause", pause, {"i": i, "seconds": s}) for i, s in enumerate(times)], threads)
    assert [row.value for row in table] == list(range(308))
    slow = [sum(row.arguments["seconds"] > 0 for row in future.result()) for future in futures]
    assert max(slow) == 1
    assert sum(slow) == 8


# the journal in use


class Refuses(Executor):
    def submit(self, *args, **kwargs):
        raise AssertionError("there was nothing to run")


def test_a_journal_that_is_complete_runs_nothing(tmp_path):
    tasks = [Task("abs", abs_of, {"i": i}) for i in range(5)]
    first = sweep(tasks, journal=tmp_path / "j")
    written = (tmp_path / "j").read_bytes()
    again = sweep(tasks, Refuses(), journal=tmp_path / "j")
    assert again == first  # the seconds too
    assert (tmp_path / "j").read_bytes() == written


def test_failed_tasks_are_kept_or_run_again_as_asked(tmp_path):
    flag = str(tmp_path / "flag")
    tasks = [Task("fail_until", fail_until, {"i": i, "flag": flag}) for i in range(6)]
    assert len(sweep(tasks, journal=tmp_path / "j").failed) == 3
    Path(flag).touch()
    assert len(sweep(tasks, journal=tmp_path / "j").failed) == 3
    size = len((tmp_path / "j").read_text().splitlines())
    retried = sweep(tasks, journal=tmp_path / "j", retry_failed=True)
    assert [row.value for row in retried] == list(range(6))
    assert len((tmp_path / "j").read_text().splitlines()) == size + 3
    assert exports(sweep(tasks, journal=tmp_path / "j")) == exports(retried)


def test_a_journal_that_cannot_be_written_stops_the_sweep_and_the_next_goes_on(tmp_path, monkeypatch):
    tasks = mixed()
    real = os.write

    def full(fd, data):
        if b'"task":12,' in data:
            raise OSError(28, "No space left on device")
        return real(fd, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left on device; the rows in it are kept"):
            sweep(tasks, journal=tmp_path / "j")
        with ThreadPoolExecutor(2) as threads, pytest.raises(OSError, match="No space left on device"):
            sweep(tasks, threads, journal=tmp_path / "j")
    with Journal(tmp_path / "j", tasks) as journal:
        assert set(range(12)) <= set(journal.rows)
        assert 12 not in journal.rows
    assert exports(sweep(tasks, journal=tmp_path / "j")) == exports(sweep(tasks))


# death


KILLED = """
import os, random, signal, sys, time
sys.path.insert(0, {folder!r})
from test_sweep import Task, exports, nap, sweep

tasks = [Task("nap", nap, {{"i": i}}) for i in range(1500)]
path = {path!r}
start = time.perf_counter()
expected = exports(sweep(tasks))
alone = time.perf_counter() - start
random.seed({seed})
hit = 0
for _ in range(60):
    child = os.fork()
    if not child:
        try:
            sweep(tasks, journal=path)
        finally:
            os._exit(0)
    time.sleep(random.uniform(0, alone / 14))
    os.kill(child, signal.SIGKILL)
    hit += os.waitpid(child, 0)[1] == signal.SIGKILL
    lines = open(path, "rb").read().count(b"\\n") if os.path.exists(path) else 0
    print(lines, end=" ")
    if lines == 1501:
        break
print()
assert exports(sweep(tasks, journal=path)) == expected
print("hit", hit, lines)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kill_9_at_any_moment_and_the_rerun_ends_with_the_same_table(tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    code = KILLED.format(folder=str(HERE), path=str(tmp_path / "j"), seed=seed)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    print(f"seed {seed}\n{ran.stdout}\n{ran.stderr}")
    assert ran.returncode == 0
    kills = int(re.search(r"hit (\d+)", ran.stdout)[1])
    assert kills >= 5
    lines = [int(n) for n in ran.stdout.splitlines()[0].split()]
    assert lines == sorted(lines)
    assert len(set(lines)) >= 5  # it was hit at work, not only before and after


LONG = """
import sys
sys.path.insert(0, {folder!r})
from contextlib import ExitStack
from test_sweep import Task, pause, spawned, sweep

if __name__ == "__main__":
    tasks = [Task("pause", pause, {{"i": i, "seconds": 0.05}}) for i in range(200)]
    with ExitStack() as stack:
        pool = stack.enter_context(spawned()) if {pool} else None
        sweep(tasks, pool, journal={path!r})
"""
LONG_TASKS = [Task("pause", pause, {"i": i, "seconds": 0.05}) for i in range(200)]


def assert_resumes(path):
    with Journal(path, LONG_TASKS) as journal:
        before = journal.rows
    assert 5 <= len(before) < 200
    with ThreadPoolExecutor(20) as threads:
        table = sweep(LONG_TASKS, threads, journal=path)
    assert [row.value for row in table] == list(range(200))
    assert all(table[i] == row for i, row in before.items())  # the seconds too: they were not run again


def started(tmp_path, pool):
    """A sweep in a process group of its own, once it has done some tasks."""
    script, path = tmp_path / "long.py", tmp_path / "j"
    script.write_text(LONG.format(folder=str(HERE), path=str(path), pool=pool))
    process = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE, text=True, start_new_session=True)
    while process.poll() is None and not (path.exists() and path.read_bytes().count(b"\n") > 5):
        time.sleep(0.01)
    assert process.poll() is None, process.stderr.read()
    return process, path


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
@pytest.mark.parametrize("on_pool", [False, True])
def test_ctrl_c_stops_the_sweep_and_leaves_a_journal_to_resume_from(tmp_path, on_pool):
    process, path = started(tmp_path, on_pool)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the workers get it too
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert errors.rstrip().splitlines()[-1] == "KeyboardInterrupt"
    assert_resumes(path)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_kill_9_of_a_sweep_on_processes_leaves_a_journal_to_resume_from(tmp_path):
    process, path = started(tmp_path, True)
    process.kill()
    process.wait()
    try:
        with Journal(path, LONG_TASKS) as journal:  # though its workers may live on
            assert 5 <= len(journal.rows) < 200
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.stderr.close()
    assert_resumes(path)


def test_a_worker_killed_is_told_in_a_sentence_and_nothing_done_is_lost(tmp_path):
    tasks = [Task("die_once", die_once, {"i": i, "flag": str(tmp_path / "flag")}) for i in range(30)]
    message = (
        r"a worker of the executor died .*BrokenProcessPool.*; what was done is kept in .*j: run the same sweep again"
    )
    with spawned() as dying, pytest.raises(SweepError, match=message):
        sweep(tasks, dying, journal=tmp_path / "j")
    with Journal(tmp_path / "j", tasks) as journal:
        assert 0 < len(journal.rows) < 30
        assert 5 not in journal.rows
    with spawned() as fresh:
        resumed = sweep(tasks, fresh, journal=tmp_path / "j")
    assert exports(resumed) == exports(sweep(tasks))


def test_an_executor_that_was_shut_down_is_told_in_a_sentence():
    with ThreadPoolExecutor() as over:
        pass
    message = r"could not run pause\(i=0, seconds=0\) .*after shutdown\); what was done is lost: give sweep a journal"
    with pytest.raises(SweepError, match=message):
        sweep([Task("pause", pause, {"i": 0, "seconds": 0})], over)


def test_cancelled_tasks_are_told_in_a_sentence_and_what_was_done_is_kept(tmp_path):
    tasks = [Task("pause", pause, {"i": i, "seconds": 0.12}) for i in range(30)]
    with ThreadPoolExecutor(1) as threads:
        timer = threading.Timer(0.5, threads.shutdown, kwargs={"wait": False, "cancel_futures": True})
        timer.start()
        with pytest.raises(SweepError, match=r"what was done is kept in"):
            sweep(tasks, threads, journal=tmp_path / "j")
        timer.join()
    with Journal(tmp_path / "j", tasks) as journal:
        assert 0 < len(journal.rows) < 30


# refusals


def test_no_tasks_give_an_empty_table(tmp_path, pool):
    for table in (sweep([]), sweep([], pool), sweep([], journal=tmp_path / "j"), sweep([], journal=tmp_path / "j")):
        assert len(table) == 0
        assert exports(table) == ("", "[\n]\n")


@pytest.mark.parametrize("function", [lambda i: i, partial(pause, threading.Lock())], ids=["lambda", "partial"])
def test_a_function_that_cannot_be_sent_is_refused_in_a_sentence(pool, function):
    with pytest.raises(
        TypeError, match=r"the function of send\(i=1\), .*, cannot be sent to another process; define it"
    ):
        sweep([Task("send", function, {"i": 1})], pool)
    assert sweep([Task("abs", abs_of, {"i": -1})], pool)[0].value == 1  # the pool is as it was


def test_what_is_no_executor_is_refused():
    with pytest.raises(TypeError, match=r"4 is not a concurrent\.futures\.Executor; give one, such as ProcessPool"):
        sweep([], 4)

    class Client:
        def get_executor(self): ...

    with pytest.raises(TypeError, match=r"is not a concurrent\.futures\.Executor; give its get_executor\(\)"):
        sweep([], Client())


@pytest.mark.parametrize(
    ("tasks", "error", "message"),
    [
        (3, TypeError, "tasks is 3; give a list of Task objects"),
        ([("a", abs)], TypeError, r"tasks\[0\] is \('a', <built-in function abs>\); give a Task"),
        (
            [Task("a", abs_of, {"i": 1, "j": np.int64(2)}), Task("b", abs_of), Task("a", pause, {"j": 2, "i": 1})],
            ValueError,
            r"there are two tasks a\(j=2, i=1\); give one of them another name or another argument",
        ),
    ],
)
def test_what_are_no_tasks_is_refused(tasks, error, message):
    with pytest.raises(error, match=message):
        sweep(tasks)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, abs), "the name of a task is 1; give it a string"),
        (("a", 3), "the function of task 'a' is 3, which cannot be called"),
        (("a", abs, [1]), r"the arguments of task 'a' are \[1\]; give a mapping"),
        (("a", abs, {1: 2}), "task 'a' has an argument named 1; names are strings"),
        (("a", abs, {"x": np.ones(2)}), "task 'a' has the argument x, which is of type ndarray; give a number"),
        (("a", abs, {"h": np.float32(1)}), r"task 'a' has the argument h = np\.float32\(1\.0\); name the precision"),
    ],
)
def test_what_is_no_task_is_refused(arguments, message):
    with pytest.raises(TypeError, match=message):
        Task(*arguments)


def test_tasks_that_differ_only_in_the_type_of_an_argument_are_two():
    assert len(sweep([Task("a", str, {"object": value}) for value in (1, 1.0, True, "1")])) == 4


# the table


def test_times_are_exported_when_asked_for(tmp_path):
    table = Sweep(
        (Row("a", {"n": 1}, mk.OpCounts(), float("nan"), 0.25, "E: no"), Row("b", {}, mk.OpCounts(), None, 1.5))
    )
    assert table.to_csv() == "name,arguments.n,flops,value,error\na,1,0,nan,E: no\nb,,0,,\n"
    assert table.to_csv(times=True).splitlines()[0] == "name,arguments.n,flops,value,error,seconds"
    assert [row["seconds"] for row in json.loads(table.to_json(times=True))] == [0.25, 1.5]
    assert json.loads(table.to_json(), parse_constant=pytest.fail)[0]["value"] is None
    text = table.to_json(tmp_path / "t.json")
    assert (tmp_path / "t.json").read_bytes() == text.encode()
    table.to_csv(tmp_path / "t.json")
    assert (tmp_path / "t.json").read_text() == table.to_csv()
    assert [p.name for p in tmp_path.iterdir()] == ["t.json"]


def test_names_of_figures_do_not_clash_with_other_columns():
    value = {"name": 1, "error": 2, "flops": 3, "arguments.name": 4, "value": 5}
    (row,) = Sweep((Row("a", {"name": "b", "error": "c"}, mk.OpCounts(), value, 0.0, None),)).records()
    assert [row[f"value.{key}"] for key in value] == [1, 2, 3, 4, 5]
    assert (row["name"], row["arguments.name"], row["arguments.error"], row["error"]) == ("a", "b", "c", None)


def test_a_table_that_cannot_be_written_is_told_and_the_old_one_kept(tmp_path, monkeypatch):
    table = sweep([Task("abs", abs_of, {"i": 1})])
    with pytest.raises(OSError, match=r"the table cannot be written to .*: No such file or directory; give a path"):
        table.to_csv(tmp_path / "nowhere" / "t.csv")
    (tmp_path / "t.csv").write_text("old")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left on device"):
        table.to_csv(tmp_path / "t.csv")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


def test_a_name_that_is_no_unicode_is_exported(tmp_path):
    table = sweep([Task("\udcff", abs_of, {"i": 1})])
    table.to_csv(tmp_path / "t.csv")
    assert b"\\udcff" in (tmp_path / "t.csv").read_bytes()
    assert json.loads(table.to_json(tmp_path / "t.json"))[0]["name"] == "\udcff"


# the bar


def test_nothing_is_shown_where_standard_error_is_no_terminal(capfd):
    sweep(mixed(5))
    assert capfd.readouterr() == ("", "")


def test_rich_is_not_imported_where_nothing_is_shown():
    code = f"""
import sys
sys.path.insert(0, {str(HERE)!r})
from mechkit.measurement.sweeping.sweep import Task, sweep
sweep([Task("abs", abs, {{}})])
assert not [name for name in sys.modules if name.split(".")[0] == "rich"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


BAR = """
import sys
sys.path.insert(0, {folder!r})
from test_sweep import Task, abs_of, sweep
sweep([Task("abs", abs_of, {{"i": i}}) for i in range(7)], journal={path!r}, progress={progress})
"""


def on_terminal(code):
    """What a program writes to standard error where that is a terminal."""
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"}
    with subprocess.Popen([sys.executable, "-c", code], stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # how Linux says that the other side has closed it
                break
            if not part:
                break
            shown += part
    os.close(ours)
    assert process.returncode == 0, shown.decode()
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_a_bar_is_shown_that_begins_at_what_is_done(tmp_path):
    path = tmp_path / "j"
    code = BAR.format(folder=str(HERE), path=str(path), progress=True)
    shown = on_terminal(code)
    assert "0/7" in shown
    assert "7/7" in shown
    assert "left" in shown
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:4]))
    resumed = on_terminal(code)
    assert "0/7" not in resumed
    assert "3/7" in resumed
    assert "7/7" in resumed
    assert on_terminal(BAR.format(folder=str(HERE), path=str(path), progress=False)) == ""


# a cluster


@pytest.fixture(scope="module")
def cluster():
    """Three workers of dask, each a process."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as local:
        yield local


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # dask's own
def test_a_cluster_gives_the_same_bytes(cluster, tmp_path):
    distributed = pytest.importorskip("distributed")
    tasks = mixed()
    expected = exports(sweep(tasks))
    with distributed.Client(cluster) as client:
        for executor in (client.get_executor(), client.get_executor(pure=False)):
            assert exports(sweep(tasks, executor)) == expected
        assert exports(sweep(tasks, client.get_executor(), journal=tmp_path / "j")) == expected
        with pytest.raises(TypeError, match=r"give its get_executor\(\)"):
            sweep(tasks, client)
    assert exports(sweep(tasks, journal=tmp_path / "j")) == expected


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_cluster_goes_on_when_a_worker_is_killed(cluster, tmp_path):
    distributed = pytest.importorskip("distributed")
    tasks = [Task("die_once", die_once, {"i": i, "flag": str(tmp_path / "flag")}) for i in range(30)]
    with distributed.Client(cluster) as client:
        table = sweep(tasks, client.get_executor(pure=False), journal=tmp_path / "j")
    assert (tmp_path / "flag").exists()
    assert exports(table) == exports(sweep(tasks))


# the page


def scripts():
    """The Python of the page, by the file name in its first line."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    return dict(blocks)


NEEDS = {"lu_dask.py": "distributed", "lu_mpi.py": "mpi4py"}


@pytest.mark.slow
@pytest.mark.parametrize("name", scripts())
def test_the_page_runs(tmp_path, name):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    for file, code in scripts().items():
        (tmp_path / file).write_text(code, encoding="utf-8")
    ran = subprocess.run([sys.executable, name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    table = tmp_path / name.replace(".py", ".csv")
    if table.exists() and name != "lu.py":
        subprocess.run([sys.executable, "lu.py"], cwd=tmp_path, capture_output=True, check=True)
        assert table.read_bytes() == (tmp_path / "lu.csv").read_bytes()
    assert table.exists() or "0 failed" in ran.stdout
