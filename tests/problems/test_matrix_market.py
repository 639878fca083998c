"""The reader of Matrix Market files: what the format means is read right, and anything else is one sentence."""

import bz2
import gzip
import os
import random
import re
import subprocess
import sys
import threading
import zipfile

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from mechkit.problems import matrix_market_text as text_module
from mechkit.problems import poisson_2d, read_matrix_market

REAL = "%%MatrixMarket matrix coordinate real general\n"


def read(tmp_path, content, name="a.mtx"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_matrix_market(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (REAL + "2 2 2\n1 1 1.5D+03\n2 2 -.5d-1\n", [[1500, 0], [0, -0.05]]),
        (REAL + "2 2 2\n1 1 1.\n2 2 +2E0", [[1, 0], [0, 2]]),
        (REAL.replace("real", "integer") + "1 1 1\n1 1 -7\n", [[-7]]),
        (REAL.replace("real", "unsigned-integer") + "1 1 1\n1 1 7\n", [[7]]),
        (REAL.replace("real", "Double").upper() + "1 1 1\n1 1 7\n", [[7]]),
        (REAL.replace("real", "pattern") + "2 2 1\n2 1\n", [[0, 0], [1, 0]]),
        (REAL.replace("general", "symmetric") + "2 2 2\n1 1 4\n2 1 3\n", [[4, 3], [3, 0]]),
        (REAL.replace("general", "skew-symmetric") + "2 2 1\n2 1 3\n", [[0, -3], [3, 0]]),
        (REAL.replace("coordinate", "array") + "2 2\n1\n2\n3\n4\n", [[1, 3], [2, 4]]),
        ("%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n3\n", [[1, 2], [2, 3]]),
        ("%%MatrixMarket matrix array integer skew-symmetric\n3 3\n1\n2\n3\n", [[0, -1, -2], [1, 0, -3], [2, 3, 0]]),
        (REAL + "% a comment\n\n  \n2 2 1\n\n% in the middle\n 2\t1   3 \n\n", [[0, 0], [3, 0]]),
        ((REAL + "2 2 1\n2 1 3\n").replace("\n", "\r\n"), [[0, 0], [3, 0]]),
        ((REAL + "2 2 1\n2 1 3\n").replace("\n", "\r"), [[0, 0], [3, 0]]),
        ("\ufeff" + REAL + "2 2 1\n2 1 3\n", [[0, 0], [3, 0]]),
        (REAL + "2 2 3\n1 1 1\n1 1 2\n2 2 0\n", [[3, 0], [0, 0]]),
        (REAL + "1 1 1\n1 1 1e308\n", [[1e308]]),
    ],
)
def test_what_the_format_means(tmp_path, content, expected):
    np.testing.assert_array_equal(read(tmp_path, content).array.toarray(), expected)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (REAL + "1 1 1\n1 1 1,5\n", "line 3 is '1 1 1,5'; it must be row, column and a number"),
        (
            REAL.replace("real", "integer") + "1 1 1\n1 1 2.7\n",
            "line 3 is '1 1 2.7'; it must be row, column and an int",
        ),
        (
            REAL.replace("real", "integer") + "1 1 1\n1 1 1e3\n",
            "line 3 is '1 1 1e3'; it must be row, column and an int",
        ),
        (REAL.replace("real", "unsigned-integer") + "1 1 1\n1 1 -1\n", "line 3 is '1 1 -1'"),
        (REAL.replace("real", "pattern") + "1 1 1\n1 1 1\n", "line 3 is '1 1 1'; it must be row and column"),
        (REAL + "% x\n\n1 1 1\n% x\n1 1 1_000\n", "line 6 is '1 1 1_000'"),
        (REAL + "1 1 1\n1 1 0x1p3\n", "line 3 is '1 1 0x1p3'"),
        (REAL + "1 1 1\n1 1\n", "line 3 is '1 1'"),
        (REAL + "1 1 1\n1 1 1 1\n", "line 3 is '1 1 1 1'"),
        (REAL + "1 1 1\n1.0 1 1\n", "line 3 is '1.0 1 1'"),
        (REAL + "1 1 1\n1 1 2 % two\n", "line 3 is '1 1 2 % two'"),
        (REAL + "2 2 1\n0 1 1\n", "line 3 is '0 1 1'; rows and columns go from 1 to 2"),
        (REAL + "2 2 2\n1 1 1\n\n1 3 1\n", "line 5 is '1 3 1'; rows and columns go from 1 to 2"),
        (REAL + "2 2 2\n1 1 1\n", "it holds 1 entries, and its line of sizes says 2"),
        (REAL + "2 2 1\n1 1 1\n2 2 2\n", "it holds 2 entries, and its line of sizes says 1"),
        (REAL + "1 1 1\n1 1 1e400\n", "line 3 is '1 1 1e400', which is NaN or infinite as a number of 64 bits"),
        (REAL + "1 1 1\n1 1 -inf\n", "line 3 is '1 1 -inf', which is NaN or infinite"),
        (REAL + "1 1 2\n1 1 1e308\n1 1 1e308\n", "entries whose sum is infinite"),
        (REAL + "2 2 2\n1 1 0\n2 1 0.0\n", "holds no nonzero entry"),
        (REAL + "2 2 2\n1 1 1\n1 1 -1\n", "holds no nonzero entry"),
        (REAL + "0 0 0\n", "holds no nonzero entry"),
        (REAL.replace("general", "symmetric") + "2 2 1\n1 2 1\n", "line 3 is '1 2 1', which lies above the diagonal"),
        (
            REAL.replace("general", "skew-symmetric") + "2 2 1\n1 1 1\n",
            "the diagonal of a skew-symmetric matrix is zero",
        ),
        (REAL.replace("coordinate", "array") + "2 2\n1\n2\n3\n", "it holds 3 entries, and its line of sizes says 4"),
        (REAL.replace("coordinate", "array") + "2 2\n1 2\n3 4\n", "line 3 is '1 2'; it must be a number"),
        (REAL.replace(" matrix", " vector") + "3 1\n1 2\n", "it holds a vector, not a matrix"),
        (
            REAL.replace("coordinate", "diagonal") + "1 1 1\n",
            "line 1 says 'diagonal', which is none of coordinate, array",
        ),
        (REAL.replace("general", "hermitian") + "1 1 1\n1 1 1\n", "it holds complex numbers"),
        ("%%MatrixMarket matrix array pattern general\n1 1\n", "a pattern is kept by its coordinates"),
        ("%%MatrixMarket matrix coordinate real\n1 1 1\n1 1 1\n", "line 1 names 3 properties, not 4"),
        (REAL, "line 2 is ''; it must be the numbers of rows, columns and entries"),
        (REAL + "1 1\n1 1 1\n", "line 2 is '1 1'; it must be the numbers of rows, columns and entries"),
        (REAL + "-1 -1 1\n1 1 1\n", "line 2 is '-1 -1 1'"),
        (REAL + "9" * 5000 + " 1 1\n", "line 2 is '999"),
        ("%" * 10_000_000, "it does not begin with '%%MatrixMarket'"),
        (bytes(range(256)) * 9, "it does not begin with '%%MatrixMarket'"),
        ((REAL + "1 1 1\n1 1 1\n").encode("utf-16"), "it does not begin with '%%MatrixMarket'"),
    ],
)
def test_anything_else_is_one_sentence(tmp_path, content, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_huge_order_is_refused_before_memory_is_asked_for(tmp_path):
    for order in (10**12, 10**17):
        with pytest.raises(
            MemoryError, match=r"a matrix of order 1[0,]* with 1 entries would take [\d,]+ GB of memory"
        ):
            read(tmp_path, REAL + f"{order} {order} 1\n1 1 1.0\n")
    with pytest.raises(ValueError, match="its line of sizes says 100000000000000000"):
        read(tmp_path, REAL + f"9 9 {10**17}\n1 1 1.0\n")


@pytest.mark.parametrize(("name", "pack"), [("west.mtx.gz", gzip.compress), ("west.MTX.BZ2", bz2.compress)])
def test_compressed_files(tmp_path, name, pack):
    content = (REAL + "2 2 1\n2 1 3\n").encode()
    m = read(tmp_path, pack(content), name)
    assert (m.name, m.lower, m.upper) == ("west", 1, 0)
    for broken in (pack(content)[:-9], pack(content)[:4], pack(b"\x00" * 100)):
        with pytest.raises(ValueError, match="not a readable Matrix Market file"):
            read(tmp_path, broken, name)


def test_an_archive_is_refused(tmp_path):
    path = tmp_path / "a.mtx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.mtx", REAL + "1 1 1\n1 1 1\n")
    with pytest.raises(ValueError, match="does not begin with '%%MatrixMarket'"):
        read_matrix_market(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_pipe_is_read_once(tmp_path, pack):
    pipe = tmp_path / "pipe.mtx"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(pack((REAL + "2 2 1\n2 1 3\n").encode()),))
    writer.start()
    assert read_matrix_market(pipe).array.nnz == 1
    writer.join()


@pytest.mark.skipif(sys.platform == "win32", reason="no /dev/stdin")
def test_standard_input_is_read():
    code = "from mechkit.problems import read_matrix_market as r; print(r('/dev/stdin').array.toarray().tolist())"
    done = subprocess.run(
        [sys.executable, "-c", code], input=REAL + "1 1 1\n1 1 3\n", capture_output=True, text=True, check=True
    )
    assert done.stdout == "[[3.0]]\n"


def test_it_agrees_with_scipy(tmp_path):
    path = tmp_path / "a.mtx"
    rng = np.random.default_rng(0)
    random_one = scipy.sparse.coo_array(rng.standard_normal((9, 9)) * (rng.random((9, 9)) < 0.3))
    for array in (poisson_2d(5), random_one, random_one - random_one.T, rng.integers(-9, 9, (4, 4))):
        scipy.io.mmwrite(path, array)
        expected = scipy.sparse.csr_array(scipy.io.mmread(path)).toarray()
        np.testing.assert_array_equal(read_matrix_market(path).array.toarray(), expected)


def test_a_damaged_file_is_never_anything_but_a_value_error(tmp_path):
    draw = random.Random(0)
    whole = REAL + "% by rows\n3 3 4\n1 1 1.5D+03\n2 1 -1\n3 2 .5\n3 3 2e-1\n"
    refused = 0
    for _ in range(500):
        content = bytearray(whole.encode())
        for _ in range(draw.randint(1, 3)):
            place = draw.randrange(len(content))
            content[place : place + draw.randint(0, 2)] = draw.choice(
                [b"", b"\x00", b"9", b" ", b"\n", b"-", b",", b"%"]
            )
        try:
            found = read(tmp_path, bytes(content)).array
        except ValueError:
            refused += 1
        else:
            assert np.isfinite(found.data).all()
    assert 100 < refused < 500


def test_lines_are_checked_before_any_number_is_taken(monkeypatch):
    monkeypatch.setattr(np, "fromstring", None)
    with pytest.raises(ValueError, match="line 3 is '1 1 1,5'"):
        text_module.matrix_of((REAL + "1 1 1\n1 1 1,5\n").encode())
