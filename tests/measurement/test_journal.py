import errno
import json
import os
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mechkit as mk
from mechkit.counting.kinds import INDEX
from mechkit.measurement.sweeping.journal import FORMAT, Journal, JournalWarning, fingerprint
from mechkit.measurement.sweeping.task import Row, Task, decode_row, dumps, encode_row, qualified

FIGURES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(3000, 40_000).map(lambda bits: -(7**bits))
    | st.floats(width=64)
    | st.text(st.characters(codec=None))  # lone surrogates too
    | st.sampled_from(["nan", "inf", "-inf", "0x1", ""])
)
COUNTS = st.dictionaries(st.sampled_from(sorted(INDEX)), st.integers(0, 2**62)).map(mk.OpCounts)
VALUES = FIGURES | st.dictionaries(st.text(), FIGURES, max_size=4)
ERRORS = st.none() | st.text()


def power(base, exp):
    return base**exp


TASKS = [Task("power", power, {"base": 2, "exp": n}) for n in range(5)]


def row(n, value=None, error=None):
    return Row("power", {"base": 2, "exp": n}, mk.OpCounts({("float64", "mul"): n}), value, 0.25, error)


def same(a, b):
    """Equal and of the same type, NaN equal to NaN, 0.0 not equal to -0.0."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, float) and isinstance(b, float):
        return np.float64(a).tobytes() == np.float64(b).tobytes() or (np.isnan(a) and np.isnan(b))
    return type(a) is type(b) and a == b


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sweep.jsonl"


@pytest.fixture
def written(path):
    """A journal of the tasks 0, 1 and 2: its bytes."""
    with Journal(path, TASKS) as journal:
        for n in range(3):
            journal.append(n, row(n, {"é": 2.0**n}))
    return path.read_bytes()


# rows


@given(counts=COUNTS, value=VALUES, error=ERRORS, seconds=st.floats(0, 1e9))
def test_a_row_is_read_as_it_was_written(counts, value, error, seconds):
    task = TASKS[0]
    before = Row(task.name, task.arguments, counts, value, seconds, error)
    line = dumps(encode_row(before))
    assert "\n" not in line
    assert line.isascii()
    after = decode_row(task, json.loads(line, parse_constant=pytest.fail))
    assert same(after.value, before.value)
    assert (after.name, after.arguments, after.counts, after.error) == (task.name, task.arguments, counts, error)
    assert same(after.seconds, before.seconds)


@given(value=VALUES)
def test_a_row_is_written_the_same_after_it_was_read(value):
    once = encode_row(row(1, value))
    assert dumps(encode_row(decode_row(TASKS[1], json.loads(dumps(once))))) == dumps(once)


# opening


def test_rows_are_there_when_the_journal_is_opened_again(path, written):
    with Journal(path, TASKS) as journal:
        assert journal.rows == {n: row(n, {"é": 2.0**n}) for n in range(3)}
        journal.append(4, row(4, "inf"))
    assert path.read_bytes().startswith(written)
    with Journal(path, TASKS) as journal:
        assert journal.rows[4] == row(4, "inf")


def test_of_a_row_written_twice_the_later_counts(path):
    with Journal(path, TASKS) as journal:
        journal.append(1, row(1, error="OSError: no luck"))
        journal.append(1, row(1, 2))
    with Journal(path, TASKS) as journal:
        assert journal.rows == {1: row(1, 2)}


def test_each_row_is_in_the_file_before_the_next(path):
    with Journal(path, TASKS) as journal:
        sizes = [path.read_bytes().count(b"\n")]
        for n in range(3):
            journal.append(n, row(n))
            sizes.append(path.read_bytes().count(b"\n"))
    assert sizes == [1, 2, 3, 4]


def test_a_last_line_torn_anywhere_is_dropped_with_a_warning(path, written):
    last = written.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(last + 1, len(written)):
        path.write_bytes(written[:end])
        with pytest.warns(JournalWarning, match=r"the last line of the journal .* was not finished and is dropped"):
            journal = Journal(path, TASKS)
        with journal:
            assert sorted(journal.rows) == [0, 1]
            assert path.read_bytes() == written[:last]
            journal.append(2, row(2, {"é": 4.0}))
        assert path.read_bytes() == written


def test_a_header_torn_anywhere_is_written_anew(path, written):
    header = written[: written.find(b"\n") + 1]
    for end in range(len(header)):
        path.write_bytes(header[:end])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", JournalWarning)
            journal = Journal(path, TASKS)
        with journal:
            assert journal.rows == {}
        assert path.read_bytes() == header


def test_a_warning_made_an_error_leaves_the_journal_mended_and_free(path, written):
    path.write_bytes(written[:-5])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(JournalWarning):
            Journal(path, TASKS)
        with Journal(path, TASKS) as journal:
            assert sorted(journal.rows) == [0, 1]


# refusals: whatever is refused stays as it is


def changed_header(written, **changes):
    first, rest = written.split(b"\n", 1)
    return json.dumps({**json.loads(first), **changes}).encode() + b"\n" + rest


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        (TASKS[:4], r"is of another sweep: it has 5 task\(s\), this sweep 4"),
        ([Task("root", power, t.arguments) for t in TASKS], r"the names of its 5 task\(s\), or their order, differ"),
        ([Task("power", power, {**t.arguments, "base": 2.0}) for t in TASKS], r"the arguments of its 5 task\(s\)"),
        ([Task("power", pow, t.arguments) for t in TASKS], r"the functions of its 5 task\(s\)"),
        (TASKS[::-1], r"the arguments of its 5 task\(s\), or their order, differ"),
        ([Task("root", pow, t.arguments) for t in TASKS], r"the names and the functions of its 5 task\(s\)"),
    ],
)
def test_a_journal_of_other_tasks_is_refused_by_what_differs(path, written, tasks, message):
    with pytest.raises(ValueError, match=message):
        Journal(path, tasks)
    assert path.read_bytes() == written


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mechkit": "0.0.7"}, r"was begun with mechkit 0\.0\.7, and this is"),
        ({"mechkit-journal": FORMAT + 1}, rf"has format {FORMAT + 1}, this mechkit reads format {FORMAT}"),
    ],
)
def test_a_journal_of_another_version_is_refused(path, written, changes, message):
    other = changed_header(written, **changes)
    path.write_bytes(other)
    with pytest.raises(ValueError, match=message):
        Journal(path, TASKS)
    assert path.read_bytes() == other


@pytest.mark.parametrize(
    "content", [b"hello\n", b"a,b\n1,2\n", b"{}\n", b"[]\n", b"no newline", b'{"mechkit-journal": 1', b"\n", b"3\n"]
)
def test_another_file_is_refused_and_kept(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"is not the journal of (a|this) sweep"):
        Journal(path, TASKS)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[1]",
        b"null",
        b'{"task": 9, "counts": {}, "value": null, "error": null, "seconds": 0}',
        b'{"task": -1, "counts": {}, "value": null, "error": null, "seconds": 0}',
        b'{"task": 1, "counts": {"float64": {"mull": 1}}, "value": null, "error": null, "seconds": 0}',
        b'{"task": 1, "counts": {}, "value": ["nay"], "error": null, "seconds": 0}',
        b'{"task": 1, "counts": {}, "value": {"a": {}}, "error": null, "seconds": 0}',
        b'{"task": 1, "counts": {}, "value": null, "error": null}',
        b"\xff\xfe",
        b"\x00\x00\x00",
    ],
)
def test_a_damaged_line_is_refused_by_its_number(path, written, line):
    lines = written.split(b"\n")
    lines[2] = line
    damaged = b"\n".join(lines)
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match=r"line 3 of the journal .* is damaged \(.+\); remove that line"):
        Journal(path, TASKS)
    assert path.read_bytes() == damaged


def test_a_path_that_cannot_be_opened_is_refused(tmp_path):
    with pytest.raises(OSError, match=r"the journal .* cannot be opened: No such file.*; give a path in a folder"):
        Journal(tmp_path / "nowhere" / "sweep.jsonl", TASKS)
    with pytest.raises(OSError, match=r"cannot be opened: Is a directory"):
        Journal(tmp_path, TASKS)
    with pytest.raises(OSError, match=r"the journal /dev/null is not a file"):
        Journal("/dev/null", TASKS)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    tmp_path.chmod(0o555)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(OSError, match=r"cannot be opened: Permission denied; give a path in a folder"):
        Journal(tmp_path / "sweep.jsonl", TASKS)


# the lock


HOLD = """
import sys
sys.path.insert(0, {folder!r})
from test_journal import Journal, TASKS
with Journal({path!r}, TASKS):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(path):
    """Another process that has the journal open until its standard input ends, or it is killed."""
    code = HOLD.format(folder=str(Path(__file__).parent), path=str(path))
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_journal_that_another_process_has_open_is_refused_until_it_dies(path, written):
    with holder(path) as process:
        with pytest.raises(OSError, match=r"the journal .* is in use by another sweep; wait until it has ended"):
            Journal(path, TASKS)
        process.kill()
    with Journal(path, TASKS) as journal:
        assert sorted(journal.rows) == [0, 1, 2]


def test_a_journal_that_this_process_has_open_is_refused(path):
    with Journal(path, TASKS), pytest.raises(OSError, match="is in use by another sweep"):
        Journal(path, TASKS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_does_not_hold_the_lock_on(path):
    journal = Journal(path, TASKS)
    (wait, release), (ready, tell) = os.pipe(), os.pipe()
    child = os.fork()
    if not child:  # lives on, like the worker of a pool whose parent was killed, until it is released
        os.close(release)
        os.write(tell, b"!")
        os.read(wait, 1)
        os._exit(0)
    assert os.read(ready, 1) == b"!"
    journal.close()
    try:
        with Journal(path, TASKS) as again:
            assert again.rows == {}
    finally:
        os.close(release)
        assert os.waitpid(child, 0)[1] == 0
        for pipe_end in (wait, ready, tell):
            os.close(pipe_end)


# the full disk


def test_a_full_disk_is_told_in_a_sentence_and_leaves_whole_lines(path, written, monkeypatch):
    real = os.write

    def full(fd, data):
        if len(data) > 20:
            return real(fd, data[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    with Journal(path, TASKS) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            message = r"cannot be written: No space left on device; the rows in it are kept, .* make room, then run"
            with pytest.raises(OSError, match=message):
                journal.append(3, row(3))
        assert path.read_bytes() == written
        journal.append(3, row(3))  # there is room again
    with Journal(path, TASKS) as journal:
        assert sorted(journal.rows) == [0, 1, 2, 3]


LIMITED = """
import resource, sys
sys.path.insert(0, {folder!r})
from test_journal import Journal, TASKS, row
journal = Journal({path!r}, TASKS)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
for n in range(5):
    journal.append(n, row(n))
"""


def test_a_file_that_the_system_lets_grow_no_further_ends_in_a_whole_line(path):
    pytest.importorskip("resource")
    with Journal(path, TASKS):
        limit = path.stat().st_size + 200  # two rows and a part of the third
    code = LIMITED.format(folder=str(Path(__file__).parent), path=str(path), limit=limit)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "cannot be written: File too large; the rows in it are kept" in ran.stderr
    with Journal(path, TASKS) as journal:
        assert 0 < len(journal.rows) < 5
        assert journal.rows == {n: row(n) for n in range(len(journal.rows))}


def test_an_interrupt_within_a_row_leaves_whole_lines(path, written, monkeypatch):
    real = os.write

    def interrupted(fd, data):
        if data.startswith(b"{"):
            return real(fd, data[:20])
        raise KeyboardInterrupt

    with Journal(path, TASKS) as journal:
        monkeypatch.setattr(os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            journal.append(3, row(3))
    assert path.read_bytes() == written


# the fingerprint


@given(arguments=st.lists(st.dictionaries(st.sampled_from("abc"), FIGURES), min_size=1))
def test_the_fingerprint_does_not_depend_on_the_order_of_arguments(arguments):
    tasks = [Task("t", power, given) for given in arguments]
    turned = [Task("t", power, dict(reversed(given.items()))) for given in arguments]
    assert fingerprint(tasks) == fingerprint(turned)


def test_the_fingerprint_tells_numbers_of_different_types_apart():
    values = [1, 1.0, True, "1", None, "None", float("nan"), "nan", -0.0, 0.0, 2**20000, hex(2**20000)]
    digests = {fingerprint([Task("t", power, {"base": value})])["arguments"] for value in values}
    assert len(digests) == len(values)


def test_a_function_is_known_by_its_place_and_a_partial_by_its_arguments_too():
    assert qualified(power) == f"{__name__}.power"
    assert qualified(partial(power, 2)) != qualified(partial(power, 3))
    assert qualified(np.linalg.norm) == "numpy.linalg.norm"
