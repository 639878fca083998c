"""Reader of Matrix Market files: the format in which sparse matrices are published."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.io
import scipy.sparse


@dataclass(frozen=True)
class Matrix:
    """A sparse matrix with what decides how to solve it.

    name : the file's; array : CSR, (m, n); lower, upper : the bandwidths (l, u), how far nonzeros reach below and
    above the diagonal; symmetric : whether it equals its transpose exactly.
    """

    name: str
    array: scipy.sparse.csr_array
    lower: int
    upper: int
    symmetric: bool

    @classmethod
    def of(cls, name: str, array: scipy.sparse.sparray) -> Matrix:
        """Measure the structure of a sparse array.

        >>> from mechkit.problems import poisson_2d
        >>> m = Matrix.of("grid", poisson_2d(4))
        >>> m.lower, m.upper, m.symmetric, m.array.nnz
        (4, 4, True, 64)
        """
        csr = scipy.sparse.csr_array(array)
        csr.sum_duplicates()
        csr.eliminate_zeros()
        rows, columns = csr.nonzero()
        below = int(np.max(rows - columns, initial=0))
        above = int(np.max(columns - rows, initial=0))
        square = csr.shape[0] == csr.shape[1]
        return cls(name, csr, below, above, square and abs(csr - csr.T).nnz == 0)


def read_matrix_market(path: str | Path) -> Matrix:
    """Read a Matrix Market file, plain or gzipped, and report its bandwidths.

    path : a ``.mtx`` or ``.mtx.gz`` file with real (or integer, or pattern) entries.

    Returns
    -------
    Matrix
        The CSR array with its bandwidths and symmetry.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, PermissionError
        where the file cannot be opened.
    ValueError
        where it is broken, complex, not square, empty, or holds NaN or infinity.

    References: Boisvert, Pozo, Remington, The Matrix Market Exchange Formats, NISTIR 5935 (1996).

    Examples
    --------
    >>> import tempfile, scipy.io
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "line.mtx")
    >>> scipy.io.mmwrite(file, scipy.sparse.diags_array([np.ones(4), np.ones(5)], offsets=[-1, 0]))
    >>> m = read_matrix_market(file)
    >>> m.name, m.array.shape, m.lower, m.upper
    ('line', (5, 5), 1, 0)
    >>> folder.cleanup()
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {str(path)!r}; give the path of a Matrix Market file")
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder; give the path of a Matrix Market file")
    try:
        with path.open("rb") as probe:
            zipped = probe.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if zipped else path.open("rb") as stream:
            entries = scipy.io.mmread(stream, spmatrix=False)
    except (ValueError, EOFError, OverflowError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{str(path)!r} is not a readable Matrix Market file: {error}") from error
    except PermissionError as error:
        raise PermissionError(f"{str(path)!r} cannot be opened for reading: {error.strerror}") from error
    array = scipy.sparse.csr_array(entries)
    if array.dtype.kind == "c":
        raise ValueError(f"{str(path)!r} holds complex numbers; only real matrices are supported")
    array = scipy.sparse.csr_array(array, dtype=np.float64)
    if array.shape[0] != array.shape[1]:
        raise ValueError(f"{str(path)!r} holds a {array.shape[0]} x {array.shape[1]} matrix; it must be square")
    if array.nnz == 0:
        raise ValueError(f"{str(path)!r} holds no nonzero entry: shape {array.shape}")
    if not np.isfinite(array.data).all():
        raise ValueError(f"{str(path)!r} holds NaN or infinite entries; only finite numbers can be used")
    return Matrix.of(path.name.removesuffix(".gz").removesuffix(".mtx"), array)
