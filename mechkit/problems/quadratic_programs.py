"""Reader of quadratic programs in MATLAB files: the form in which the set of Maros and Meszaros is published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.io
import scipy.sparse


@dataclass(frozen=True)
class QuadraticProgram:
    """Minimize x'Px/2 + q'x + r subject to l <= Ax <= u.

    name : the file's; P : (n, n) CSC; q : (n,); A : (m, n) CSC; l, u : (m,), infinite where there is no bound;
    r : number.
    """

    name: str
    P: scipy.sparse.csc_array
    q: np.ndarray
    A: scipy.sparse.csc_array
    l: np.ndarray
    u: np.ndarray
    r: float


def read_quadratic_program(path: str | Path) -> QuadraticProgram:
    """Read a quadratic program from a MATLAB file with P, q, A, l, u and, where it is not 0, r.

    path : a ``.mat`` file; bounds of 1e20 and more are none.

    Returns
    -------
    QuadraticProgram
        with float64 arrays.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        where there is no such file.
    ValueError
        where it is no MATLAB file, lacks a name, or its shapes do not fit each other.

    References: Maros and Meszaros, A repository of convex quadratic programming problems, Optim. Methods Softw. 11
    (1999); Stellato et al., OSQP, Math. Prog. Comp. 12 (2020).

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "small.mat")
    >>> scipy.io.savemat(file, {"P": [[2.0]], "q": [1], "A": [[1.0]], "l": [0.0], "u": [1e20]})
    >>> found = read_quadratic_program(file)
    >>> found.name, found.P.shape, found.l, found.u, found.r
    ('small', (1, 1), array([0.]), array([inf]), 0.0)
    >>> folder.cleanup()
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder; give the path of a MATLAB file")
    if not path.exists():
        raise FileNotFoundError(f"there is no file {str(path)!r}; give the path of a MATLAB file")
    try:
        with path.open("rb") as stream:
            found = scipy.io.loadmat(stream, spmatrix=False)
    except (ValueError, TypeError, NotImplementedError, EOFError, scipy.io.matlab.MatReadError) as error:
        raise ValueError(f"{str(path)!r} is not a readable MATLAB file: {error}") from error
    missing = {"P", "q", "A", "l", "u"} - found.keys()
    if missing:
        raise ValueError(f"{str(path)!r} does not hold {', '.join(sorted(missing))}")
    P, A = (scipy.sparse.csc_array(found[name], dtype=np.float64) for name in "PA")
    q, l, u = (np.asarray(found[name], np.float64).ravel() for name in "qlu")
    if P.shape != (q.size, q.size) or A.shape != (l.size, q.size) or u.shape != l.shape:
        raise ValueError(
            f"{str(path)!r} holds P, q, A, l, u of shapes {P.shape}, {q.shape}, {A.shape}, {l.shape}, {u.shape}; "
            "they do not fit each other"
        )
    r = float(np.asarray(found.get("r", 0.0)).ravel()[0])
    return QuadraticProgram(path.stem, P, q, A, np.where(l <= -1e20, -np.inf, l), np.where(u >= 1e20, np.inf, u), r)
