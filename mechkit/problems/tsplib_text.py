"""The text of a TSPLIB file: each line is held to the format before a number is taken from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import enough_memory
from mechkit.problems.numbers import number

#: Triangles as they are stored: whether the upper one, whether with its diagonal, whether by rows.
TRIANGLES = {
    f"{side}_{diagonal}{order}": (side == "UPPER", diagonal != "", order == "ROW")
    for side in ("UPPER", "LOWER")
    for diagonal in ("", "DIAG_")
    for order in ("ROW", "COL")
}
FORMATS = ("FULL_MATRIX", *TRIANGLES)
#: Bytes of memory for each distance of a matrix while it is read.
_PER_ENTRY = 100


class Lines:
    """The lines of a file that hold something, one after the other; false after the last one.

    >>> lines = Lines("A : 1\\n\\nEOF\\nB")
    >>> lines.peek(), lines.take(), lines.number, bool(lines)
    ('A : 1', 'A : 1', 1, False)
    """

    def __init__(self, text: str) -> None:
        numbered = [(k, line.strip()) for k, line in enumerate(text.splitlines(), 1)]
        self._all = [(k, line) for k, line in numbered if line]
        ends = (i for i, (_, line) in enumerate(self._all) if line.rstrip(" :").upper() == "EOF")
        self._all = self._all[: next(ends, len(self._all))]
        self._next = 0

    def __bool__(self) -> bool:
        return self._next < len(self._all)

    @property
    def number(self) -> int:
        """The number of the line that was taken last, in the file."""
        return self._all[self._next - 1][0] if self._next else 0

    def peek(self) -> str:
        """The next line."""
        return self._all[self._next][1]

    def take(self) -> str:
        """The next line, which is used up."""
        self._next += 1
        return self._all[self._next - 1][1]

    def section(self) -> str:
        """The name of the section that begins."""
        name = self.take().rstrip(" :").upper()
        if not name.endswith("_SECTION"):
            raise ValueError(f"line {self.number} is {shown(name)}; a section was expected there, or EOF")
        return name


class Header:
    """What a file says of itself, by keyword, with the numbers of the lines."""

    def __init__(self, said: dict[str, tuple[int, str]]) -> None:
        self._said = said

    def __contains__(self, keyword: str) -> bool:
        return keyword in self._said

    def words(self, keyword: str, default: str | None) -> str:
        """What a keyword is given; a default of None means that it must be there."""
        if keyword not in self._said and default is None:
            raise ValueError(f"it has no {keyword}")
        text = self._said.get(keyword, (0, default or ""))[1]
        return text or default or ""

    def place(self, keyword: str) -> str:
        """The line of a keyword, for a message."""
        return f"line {self._said[keyword][0]}"

    def size(self) -> int:
        """The number of cities."""
        text = self.words("DIMENSION", None)
        if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) < 1:
            raise ValueError(
                f"{self.place('DIMENSION')} says DIMENSION {text!r}; it must be a whole number, at least 1"
            )
        return int(text)


def header(lines: Lines) -> Header:
    """The lines up to the first section.

    >>> header(Lines("NAME: a\\nDIMENSION : 3\\nTOUR_SECTION\\n1 2 3 -1")).size()
    3
    """
    said: dict[str, tuple[int, str]] = {}
    while lines and not lines.peek().rstrip(" :").upper().endswith("_SECTION"):
        line = lines.take()
        keyword, colon, text = line.partition(":")
        if not colon:
            raise ValueError(f"line {lines.number} is {shown(line)}; it must be a keyword, a colon and its value")
        said[keyword.strip().upper()] = (lines.number, text.strip())
    return Header(said)


def points_of(lines: Lines, n: int) -> np.ndarray:
    """The n lines of a section of points: the number of a city, and its two coordinates.

    >>> points_of(Lines("2 5 6\\n1 3 4.5"), 2)
    array([[3. , 4.5],
           [5. , 6. ]])
    """
    enough_memory(f"the points of {n:,} cities", 16.0 * n)
    points = np.empty((n, 2))
    seen = np.zeros(n, bool)
    for k in range(n):
        if not lines:
            raise ValueError(f"it ends after line {lines.number} with {k} of {n} cities")
        line = lines.take()
        words = line.split()
        if len(words) != 3:
            raise ValueError(
                f"line {lines.number} is {shown(line)}, city {k + 1} of {n}; "
                "it must be a city's number and two coordinates"
            )
        city = city_of(words[0], n, lines.number)
        if seen[city]:
            raise ValueError(f"line {lines.number} gives city {city + 1} again")
        seen[city] = True
        points[city] = value_of(words[1], lines.number), value_of(words[2], lines.number)
    _at_the_end(lines, f"{n} cities")
    return points


def matrix_of(lines: Lines, n: int, said: Header) -> np.ndarray:
    """The distances of an EDGE_WEIGHT_SECTION, in any of the formats, as a full matrix.

    >>> lines = Lines("EDGE_WEIGHT_FORMAT: UPPER_ROW\\nEDGE_WEIGHT_SECTION\\n1 2\\n3")
    >>> said, _ = header(lines), lines.take()
    >>> matrix_of(lines, 3, said)
    array([[0., 1., 2.],
           [1., 0., 3.],
           [2., 3., 0.]])
    """
    form = said.words("EDGE_WEIGHT_FORMAT", None)
    if form not in FORMATS:
        raise ValueError(
            f"{said.place('EDGE_WEIGHT_FORMAT')} says EDGE_WEIGHT_FORMAT {form}; supported are {', '.join(FORMATS)}"
        )
    enough_memory(f"the distances of {n:,} cities", _PER_ENTRY * float(n) * n)
    if form == "FULL_MATRIX":
        D = np.array(_numbers(lines, n * n)).reshape(n, n)
        off = np.argwhere(D != D.T)
        if off.size:
            i, j = off[0]
            raise ValueError(
                f"the distance of cities {i + 1} and {j + 1} is {D[i, j]:g} one way and {D[j, i]:g} the other; only "
                "symmetric problems are supported"
            )
        return D
    upper, diagonal, by_rows = TRIANGLES[form]
    # The upper triangle by rows and the lower one by columns are the same sequence.
    places = np.triu_indices(n, 0 if diagonal else 1) if upper == by_rows else np.tril_indices(n, 0 if diagonal else -1)
    D = np.zeros((n, n))
    D[places] = _numbers(lines, len(places[0]))
    D.T[places] = D[places]
    return D


def tour_of(lines: Lines, n: int | None) -> np.ndarray:
    """The cities of a TOUR_SECTION, which ends with -1, counted from 0.

    >>> tour_of(Lines("3 1\\n2\\n-1"), None)
    array([2, 0, 1])
    """
    cities: list[int] = []
    where: dict[int, int] = {}
    ended = False
    while lines and not ended:
        for word in lines.take().split():
            if word == "-1":
                ended = True
                break
            city = city_of(word, n, lines.number)
            if city in where:
                raise ValueError(f"line {lines.number} visits city {city + 1} again, after line {where[city]}")
            where[city] = lines.number
            cities.append(city)
    size = len(cities) if n is None else n
    if len(cities) != size or not cities:
        raise ValueError(f"its tour ends at line {lines.number} after {len(cities)} of {size} cities")
    if max(cities) >= size:
        city = max(cities)
        raise ValueError(f"line {where[city]} visits city {city + 1}, and the tour has {size} cities")
    return np.array(cities, np.int64)


def city_of(word: str, n: int | None, line: int) -> int:
    """The city that a word numbers, counted from 0."""
    if not (word.isascii() and word.isdigit()) or len(word) > 18:
        raise ValueError(f"line {line} has {shown(word)} in the place of a city's number")
    if int(word) < 1 or (n is not None and int(word) > n):
        raise ValueError(f"line {line} names city {word}; the cities are 1 to {n or 'n'}")
    return int(word) - 1


def value_of(word: str, line: int) -> float:
    """The finite number that a word is."""
    try:
        return number(word)
    except ValueError as error:
        raise ValueError(f"line {line}: {error}") from None


def shown(text: Any) -> str:
    """A piece of a file for a message, not more than is readable."""
    return repr(text if len(text) <= 60 else text[:60] + "...")


def _numbers(lines: Lines, wanted: int) -> list[float]:
    """So many numbers, on any number of lines."""
    found: list[float] = []
    while len(found) < wanted:
        if not lines or lines.peek().rstrip(" :").upper().endswith("_SECTION"):
            raise ValueError(f"its matrix ends at line {lines.number} after {len(found)} of {wanted} distances")
        found += [value_of(word, lines.number) for word in lines.take().split()]
    if len(found) > wanted:
        raise ValueError(f"its matrix has more than {wanted} distances at line {lines.number}")
    _at_the_end(lines, f"{wanted} distances")
    return found


def _at_the_end(lines: Lines, what: str) -> None:
    """After what was promised there is another section, or nothing."""
    if lines and not lines.peek().rstrip(" :").upper().endswith("_SECTION"):
        line = lines.take()
        raise ValueError(
            f"line {lines.number} is {shown(line)}, after all {what}; a section was expected there, or EOF"
        )
