import gzip

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from mechkit.problems import Matrix, poisson_1d, poisson_2d, read_matrix_market, to_band


@pytest.mark.parametrize("n", [1, 2, 9])
def test_poisson_1d_has_its_eigenvalues(n):
    k = np.arange(1, n + 1)
    expected = 2 - 2 * np.cos(k * np.pi / (n + 1))
    np.testing.assert_allclose(np.linalg.eigvalsh(poisson_1d(n).toarray()), expected, atol=1e-13)


def test_poisson_2d_has_its_eigenvalues():
    one = [2 - 2 * np.cos(k * np.pi / (n + 1)) for n in (3, 4) for k in range(1, n + 1)]
    expected = sorted(a + b for a in one[:3] for b in one[3:])
    np.testing.assert_allclose(np.linalg.eigvalsh(poisson_2d(3, 4).toarray()), expected, atol=1e-13)
    assert Matrix.of("grid", poisson_2d(3, 4)).upper == 4


@pytest.mark.parametrize("call", [lambda: poisson_1d(0), lambda: poisson_2d(0), lambda: poisson_2d(2, -1)])
def test_grids_without_points(call):
    with pytest.raises(ValueError, match="at least 1"):
        call()


def test_to_band_keeps_every_entry():
    a = scipy.sparse.csr_array(np.triu(np.tril(np.arange(1.0, 26).reshape(5, 5), 1), -2))
    ab = to_band(a, 2, 1)
    assert ab.sum() == a.sum()
    assert ab[1 + 3 - 2, 2] == a[3, 2]
    with pytest.raises(ValueError, match="outside the band"):
        to_band(a, 1, 1)


@pytest.mark.parametrize("name", ["a.mtx", "a.mtx.gz"])
def test_matrix_market_plain_and_zipped(tmp_path, name):
    path = tmp_path / "a.mtx"
    scipy.io.mmwrite(path, poisson_2d(3))
    if name.endswith("gz"):
        (tmp_path / name).write_bytes(gzip.compress(path.read_bytes()))
    m = read_matrix_market(tmp_path / name)
    assert (m.name, m.array.shape, m.lower, m.upper, m.symmetric) == ("a", (9, 9), 3, 3, True)
    np.testing.assert_array_equal(m.array.toarray(), poisson_2d(3).toarray())


def test_a_published_dam(published):
    m = read_matrix_market(published("matrices") / "bcsstk16.mtx.gz")
    assert (m.array.shape, m.lower, m.upper, m.symmetric) == ((4884, 4884), 140, 140, True)


HEADER = "%%MatrixMarket matrix coordinate real general\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a readable Matrix Market file"),
        (b"hello\nworld\n", "not a readable Matrix Market file"),
        (HEADER.encode() + b"3 3 2\n1 1 1.0\n", "not a readable Matrix Market file"),
        (HEADER.encode() + b"2 2 1\n5 1 1.0\n", "not a readable Matrix Market file"),
        (HEADER.encode() + b"2 2 1\n1 1 x\n", "not a readable Matrix Market file"),
        (HEADER.encode() + b"2 3 1\n1 1 1.0\n", "must be square"),
        (HEADER.encode() + b"2 2 0\n", "no nonzero entry"),
        (HEADER.encode() + b"2 2 1\n1 1 nan\n", "NaN or infinite"),
        (HEADER.replace("real", "complex").encode() + b"1 1 1\n1 1 1.0 2.0\n", "complex"),
        (gzip.compress(HEADER.encode() + b"2 2 1\n1 1 1.0\n", mtime=0)[:40], "not a readable Matrix Market file"),
        (b"\x1f\x8b broken", "not a readable Matrix Market file"),
    ],
)
def test_broken_files(tmp_path, content, message):
    path = tmp_path / "broken.mtx"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_matrix_market(path)
    assert str(path) in str(caught.value)


def test_missing_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_matrix_market(tmp_path / "none.mtx")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_matrix_market(tmp_path)
