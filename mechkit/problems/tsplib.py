"""Reader and writer of TSPLIB files: travelling salesman problems and tours, as they are published."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mechkit.files import write_file
from mechkit.problems.tsplib_text import Lines, header, matrix_of, points_of, tour_of

#: Rules of distance that are read: those of points in the plane or on the earth, and matrices.
RULES = ("EUC_2D", "CEIL_2D", "ATT", "GEO", "MAN_2D", "MAX_2D", "EXPLICIT")


@dataclass(frozen=True)
class TravelingSalesman:
    """A symmetric travelling salesman problem with its own rule of distance.

    name, comment : the file's; rule : its EDGE_WEIGHT_TYPE; points : (n, 2) coordinates as they stand in the file, or
    None; matrix : (n, n) distances of an EXPLICIT problem, or None.
    """

    name: str
    comment: str
    rule: str
    points: np.ndarray | None
    matrix: np.ndarray | None

    @property
    def size(self) -> int:
        """The number of cities."""
        return len(self.points if self.matrix is None else self.matrix)  # type: ignore[arg-type]


def read_tsplib(path: str | os.PathLike[str]) -> TravelingSalesman:
    """Read a problem of TSPLIB, plain or compressed by gzip.

    Parameters
    ----------
    path : a file such as ``berlin52.tsp`` or ``berlin52.tsp.gz``, of TYPE TSP. Its EDGE_WEIGHT_TYPE is EUC_2D, CEIL_2D,
        ATT, GEO, MAN_2D, MAX_2D or EXPLICIT. A matrix is full, or one of its triangles by rows or by columns.

    Returns
    -------
    TravelingSalesman

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        where there is no such file.
    ValueError
        where it is broken, naming the line; for an unsupported TYPE or EDGE_WEIGHT_TYPE, naming it.

    References
    ----------
    Reinelt, TSPLIB 95, Heidelberg (1995).

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "three.tsp")
    >>> _ = file.write_text('''NAME: three
    ... TYPE: TSP
    ... DIMENSION: 3
    ... EDGE_WEIGHT_TYPE: EUC_2D
    ... NODE_COORD_SECTION
    ... 1 0 0
    ... 2 3.0 0
    ... 3 3.0 4e0
    ... EOF
    ... ''')
    >>> three = read_tsplib(file)
    >>> three.name, three.rule, three.size, three.points[2]
    ('three', 'EUC_2D', 3, array([3., 4.]))
    >>> folder.cleanup()
    """
    return _read(path, "problem", _problem)


def read_tour(path: str | os.PathLike[str]) -> np.ndarray:
    """Read a tour of TSPLIB; its cities 1, ..., n become 0, ..., n - 1.

    Parameters
    ----------
    path : a file such as ``berlin52.opt.tour``, plain or compressed by gzip.

    Returns
    -------
    (n,) array of 64-bit integers, a permutation.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        where there is no such file.
    ValueError
        where it is broken, naming the line, or holds no permutation.

    References
    ----------
    Reinelt, TSPLIB 95, Heidelberg (1995).

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "three.tour")
    >>> write_tour(file, [2, 0, 1])
    >>> read_tour(file)
    array([2, 0, 1])
    >>> folder.cleanup()
    """
    return _read(path, "tour", _tour)


def write_tsplib(path: str | os.PathLike[str], problem: TravelingSalesman) -> None:
    """Write a problem as a TSPLIB file, from which `read_tsplib` reads the same problem.

    Parameters
    ----------
    path : the file, replaced as a whole where there is one.
    problem : its numbers are written with all their digits.

    Raises
    ------
    ValueError
        for numbers that are not finite, and an unsupported rule.
    OSError
        where the file cannot be written.

    References
    ----------
    Reinelt, TSPLIB 95, Heidelberg (1995).

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "two.tsp")
    >>> write_tsplib(file, TravelingSalesman("two", "", "EUC_2D", np.array([[0.0, 0.5], [3.0, 4.0]]), None))
    >>> read_tsplib(file).points
    array([[0. , 0.5],
           [3. , 4. ]])
    >>> folder.cleanup()
    """
    if problem.rule not in RULES:
        raise ValueError(f"the rule is {problem.rule!r}; it must be one of {', '.join(RULES)}")
    array = problem.matrix if problem.rule == "EXPLICIT" else problem.points
    if array is None:
        raise ValueError(f"a problem of the rule {problem.rule} needs {_needed(problem.rule)}")
    if not np.isfinite(array).all():
        raise ValueError("the problem holds a number that is not finite; only finite numbers can be written")
    lines = _preamble(problem.name, problem.comment, "TSP", len(array))
    lines.append(f"EDGE_WEIGHT_TYPE : {problem.rule}")
    if problem.rule == "EXPLICIT":
        lines += ["EDGE_WEIGHT_FORMAT : FULL_MATRIX", "EDGE_WEIGHT_SECTION"]
        lines += [" ".join(map(_shortest, row)) for row in array.tolist()]
    else:
        lines.append("NODE_COORD_SECTION")
        lines += [f"{k} {_shortest(x)} {_shortest(y)}" for k, (x, y) in enumerate(array.tolist(), 1)]
    write_file(path, "\n".join([*lines, "EOF", ""]))


def write_tour(path: str | os.PathLike[str], tour: Any, name: str = "", comment: str = "") -> None:
    """Write a tour as a TSPLIB file; its cities 0, ..., n - 1 become 1, ..., n.

    Parameters
    ----------
    path : the file, replaced as a whole where there is one.
    tour : (n,) a permutation of 0, ..., n - 1.
    name, comment : what the file says of itself; the name of the file where left out.

    Raises
    ------
    ValueError
        where it is no permutation.
    OSError
        where the file cannot be written.

    References
    ----------
    Reinelt, TSPLIB 95, Heidelberg (1995).

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> write_tour(Path(folder.name, "two.tour"), [1, 0])
    >>> print(Path(folder.name, "two.tour").read_text())
    NAME : two.tour
    TYPE : TOUR
    DIMENSION : 2
    TOUR_SECTION
    2
    1
    -1
    EOF
    <BLANKLINE>
    >>> folder.cleanup()
    """
    array = np.asarray(tour)
    if array.ndim != 1 or array.dtype.kind not in "iu" or not np.array_equal(np.sort(array), np.arange(array.size)):
        raise ValueError(f"tour is no permutation of 0 to {array.size - 1}; it must visit each city once")
    lines = _preamble(name or Path(path).name, comment, "TOUR", array.size)
    lines += ["TOUR_SECTION", *map(str, (array + 1).tolist()), "-1"]
    write_file(path, "\n".join([*lines, "EOF", ""]))


def _read(path: str | os.PathLike[str], kind: str, parse: Callable[[Lines], Any]) -> Any:
    """Read a file, and say which one it is where it is broken."""
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {str(path)!r}; give the path of a {kind} of TSPLIB")
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder; give the path of a {kind} of TSPLIB")
    raw = path.read_bytes()
    try:
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        return parse(Lines(text.decode("utf-8", "replace")))
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{str(path)!r} is not a readable {kind} of TSPLIB: {error}") from error


def _problem(lines: Lines) -> TravelingSalesman:
    """The problem that the lines of a file hold."""
    said = header(lines)
    kind = said.words("TYPE", "TSP").split()[0]
    if kind != "TSP":
        raise ValueError(f"{said.place('TYPE')} says TYPE {kind}; only TSP, the symmetric problem, is supported")
    n = said.size()
    rule = said.words("EDGE_WEIGHT_TYPE", "EXPLICIT" if "EDGE_WEIGHT_FORMAT" in said else None)
    if rule not in RULES:
        raise ValueError(
            f"{said.place('EDGE_WEIGHT_TYPE')} says EDGE_WEIGHT_TYPE {rule}; supported are {', '.join(RULES)}"
        )
    points = matrix = None
    while lines:
        section = lines.section()
        if section == "NODE_COORD_SECTION":
            points = points_of(lines, n)
        elif section == "EDGE_WEIGHT_SECTION":
            matrix = matrix_of(lines, n, said)
        elif section == "DISPLAY_DATA_SECTION":
            points_of(lines, n)
        else:
            raise ValueError(f"line {lines.number} begins {section}, which is not supported for a problem")
    if rule == "EXPLICIT":
        points = None
    else:
        matrix = None
    if points is None and matrix is None:
        raise ValueError(f"it holds no {_needed(rule)}, which the rule {rule} needs")
    return TravelingSalesman(said.words("NAME", ""), said.words("COMMENT", ""), rule, points, matrix)


def _tour(lines: Lines) -> np.ndarray:
    """The tour that the lines of a file hold."""
    said = header(lines)
    kind = said.words("TYPE", "TOUR").split()[0]
    if kind != "TOUR":
        raise ValueError(f"{said.place('TYPE')} says TYPE {kind}; a file of a tour says TOUR")
    n = said.size() if "DIMENSION" in said else None
    if not lines or lines.section() != "TOUR_SECTION":
        raise ValueError("it has no TOUR_SECTION")
    return tour_of(lines, n)


def _needed(rule: str) -> str:
    return "EDGE_WEIGHT_SECTION" if rule == "EXPLICIT" else "NODE_COORD_SECTION"


def _preamble(name: str, comment: str, kind: str, n: int) -> list[str]:
    """The first lines of a file; a line break in a name or a comment becomes a blank."""
    lines = [f"NAME : {' '.join(name.split())}"]
    if comment:
        lines.append(f"COMMENT : {' '.join(comment.split())}")
    return [*lines, f"TYPE : {kind}", f"DIMENSION : {n}"]


def _shortest(value: float) -> str:
    """A number with all its digits; a whole number without a point."""
    return str(int(value)) if value == math.floor(value) and abs(value) < 2**53 else repr(float(value))
