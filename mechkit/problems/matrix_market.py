"""Reader of Matrix Market files: the format in which sparse matrices are published."""

from __future__ import annotations

import bz2
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import scipy.sparse

from mechkit.problems.matrix_market_text import LONGEST, is_banner, matrix_of


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
    """Read a Matrix Market file, plain or compressed, and report its bandwidths.

    Parameters
    ----------
    path : a file with real, integer or pattern entries, such as ``west.mtx``, ``west.mtx.gz`` or ``west.mtx.bz2``. It
        may be one that can be read only once, such as ``/dev/stdin``

    Fortran's ``1.5D+03`` is 1500; where a place is given twice, the entries are added up.

    Returns
    -------
    Matrix
        The CSR array with its bandwidths and symmetry.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, PermissionError
        where the file cannot be opened.
    ValueError
        where it is broken, naming the line; where it is complex, not square, empty, or holds NaN or infinity.
    MemoryError
        where the matrix would not fit in memory.

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
        with path.open("rb") as stream:
            text = _text(stream)
        array = matrix_of(text)
    except MemoryError as error:
        raise MemoryError(f"{str(path)!r} cannot be read: {error or 'it does not fit in memory'}") from error
    except (ValueError, EOFError, OverflowError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{str(path)!r} is not a readable Matrix Market file: {error}") from error
    except PermissionError as error:
        raise PermissionError(f"{str(path)!r} cannot be opened for reading: {error.strerror}") from error
    except OSError as error:
        raise ValueError(f"{str(path)!r} is not a readable Matrix Market file: {error.strerror or error}") from error
    matrix = Matrix.of(re.sub(r"(\.mtx)?(\.gz|\.bz2)?$", "", path.name, flags=re.IGNORECASE), array)
    if matrix.array.nnz == 0:
        raise ValueError(f"{str(path)!r} holds no nonzero entry: shape {matrix.array.shape}")
    if not np.isfinite(matrix.array.data).all():
        raise ValueError(f"{str(path)!r} holds entries whose sum is infinite; only finite numbers can be used")
    return matrix


def _text(stream: BinaryIO) -> bytes:
    """The text of the file, unpacked; the file is read once, and no further than it is a Matrix Market file."""
    magic = stream.read(3)
    unpacked: Any
    if magic[:2] == b"\x1f\x8b":
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(magic + stream.read()))
        begin = b""
    elif magic == b"BZh":
        unpacked = bz2.BZ2File(io.BytesIO(magic + stream.read()))
        begin = b""
    else:
        unpacked = stream
        begin = magic
    begin += unpacked.readline(LONGEST)
    if not is_banner(begin):
        raise ValueError("it does not begin with '%%MatrixMarket'")
    return begin + unpacked.read()
