"""The text of a Matrix Market file: each line is held to the format before a number is taken from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from mechkit.checking import enough_memory
from mechkit.problems.numbers import NUMBER

#: What the first line may say: format, field, symmetry.
FORMATS = ("coordinate", "array")
FIELDS = ("real", "double", "integer", "unsigned-integer", "pattern", "complex")
SYMMETRIES = ("general", "symmetric", "skew-symmetric", "hermitian")
#: The longest line that the format allows.
LONGEST = 1024

_BANNER = re.compile(rb"%%?MatrixMarket(?=[ \t])(.*)", re.IGNORECASE)
_NOT_FINITE = r"[-+]?(?:[Nn][Aa][Nn]|[Ii][Nn][Ff](?:[Ii][Nn][Ii][Tt][Yy])?+)"
_VALUES = {
    "real": rf"(?:{NUMBER}|{_NOT_FINITE})",
    "integer": r"[-+]?\d++",
    "unsigned-integer": r"\+?\d++",
}
#: Bytes of memory for each unknown and each stored entry while a matrix is read.
_PER_ROW, _PER_ENTRY = 64, 128


@dataclass(frozen=True)
class Banner:
    """What the first line says."""

    format: str
    field: str
    symmetry: str


def is_banner(line: bytes) -> bool:
    """Whether a file that begins so is a Matrix Market file at all.

    >>> is_banner(b"%%MatrixMarket matrix array real general"), is_banner(b"PK")
    (True, False)
    """
    return _BANNER.match(line.removeprefix(b"\xef\xbb\xbf")) is not None


def matrix_of(text: bytes) -> scipy.sparse.csr_array:
    """The square matrix that the text of a file holds, its entries as they stand: zeros too, equal places added up.

    Raises ValueError, naming the line, where the text is not in the format, and for complex numbers; MemoryError where
    the matrix would not fit.

    >>> matrix_of(b"%%MatrixMarket matrix coordinate real symmetric\\n2 2 2\\n1 1 1.5D+01\\n2 1 -1\\n").toarray()
    array([[15., -1.],
           [-1.,  0.]])
    """
    text = text.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    first, _, rest = text.partition(b"\n")
    banner = _banner(first)
    header = re.match(rb"(?:[ \t]*(?:%[^\n]*)?\n)*+", rest)
    start = header.end() if header else 0
    sizes, _, body = rest[start:].partition(b"\n")
    line = 2 + rest.count(b"\n", 0, start)
    n, entries = _sizes(banner, sizes, line)
    rows, columns, values = _entries(banner, n, entries, _Body(body, line + 1))
    if banner.symmetry != "general":
        off = rows != columns
        sign = -1.0 if banner.symmetry == "skew-symmetric" else 1.0
        rows, columns, values = (
            np.concatenate([rows, columns[off]]),
            np.concatenate([columns, rows[off]]),
            np.concatenate([values, sign * values[off]]),
        )
    index = scipy.sparse.get_index_dtype(maxval=max(n, values.size))  # of 32 bits, where they are enough
    return scipy.sparse.csr_array((values, (rows.astype(index), columns.astype(index))), shape=(n, n))


def _banner(line: bytes) -> Banner:
    match = _BANNER.match(line)
    if match is None:
        raise ValueError("it does not begin with '%%MatrixMarket'")
    words = match[1].decode("latin-1").lower().split()
    if len(words) != 4:
        raise ValueError(
            f"line 1 names {len(words)} properties, not 4; write '%%MatrixMarket matrix coordinate real general'"
        )
    if words[0] != "matrix":
        raise ValueError(f"it holds a {words[0]}, not a matrix")
    for word, known in zip(words[1:], (FORMATS, FIELDS, SYMMETRIES), strict=True):
        if word not in known:
            raise ValueError(f"line 1 says {word!r}, which is none of {', '.join(known)}")
    banner = Banner(*words[1:])
    if banner.field == "complex" or banner.symmetry == "hermitian":
        raise ValueError("it holds complex numbers; only real matrices are supported")
    if banner.format == "array" and banner.field == "pattern":
        raise ValueError("line 1 says 'array' and 'pattern'; a pattern is kept by its coordinates")
    if banner.field == "pattern" and banner.symmetry == "skew-symmetric":
        raise ValueError("line 1 says 'pattern' and 'skew-symmetric'; a pattern has no signs")
    return banner


def _sizes(banner: Banner, line: bytes, number: int) -> tuple[int, int]:
    """The order, and how many entries are to follow."""
    names = "rows, columns and entries" if banner.format == "coordinate" else "rows and columns"
    words = line.split()
    wanted = 3 if banner.format == "coordinate" else 2
    if len(words) != wanted or not all(re.fullmatch(rb"\d{1,18}", word) for word in words):
        raise ValueError(f"line {number} is {_shown(line)}; it must be the numbers of {names}")
    rows, columns, *entries = map(int, words)
    if rows != columns:
        raise ValueError(f"it holds a {rows} x {columns} matrix; it must be square")
    if rows == 0:
        raise ValueError("it holds no nonzero entry: its order is 0")
    if entries:
        return rows, entries[0]
    stored = {"general": rows * rows, "symmetric": rows * (rows + 1) // 2, "skew-symmetric": rows * (rows - 1) // 2}
    return rows, stored[banner.symmetry]


class _Body:
    """The lines after the sizes."""

    def __init__(self, text: bytes, first: int) -> None:
        self.text = text + b"\n"
        self.first = first

    def require(self, entry: str, wanted: str) -> None:
        """Each line must hold an entry or nothing."""
        good = re.match(rf"(?:[ \t]*+(?:%[^\n]*+|{entry}[ \t]*+)?+\n)*+".encode(), self.text)
        assert good is not None  # of nothing, at least
        if good.end() < len(self.text):
            line = self.first + self.text.count(b"\n", 0, good.end())
            said = self.text[good.end() :].partition(b"\n")[0]
            raise ValueError(f"line {line} is {_shown(said)}; it must be {wanted}")

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines that hold an entry, numbered."""
        for number, line in enumerate(self.text.split(b"\n"), self.first):
            if line.strip() and not line.lstrip().startswith(b"%"):
                yield number, line

    def entry(self, k: int) -> str:
        """Where the k-th entry stands, and what it says."""
        number, line = next(pair for i, pair in enumerate(self.lines()) if i == k)
        return f"line {number} is {_shown(line)}"

    def numbers(self) -> np.ndarray:
        """All numbers, one after the other."""
        text = re.sub(rb"%[^\n]*", b"", self.text) if b"%" in self.text else self.text
        if not text.strip():  # NumPy makes one number of it
            return np.empty(0)
        return np.fromstring(text.translate(bytes.maketrans(b"Dd", b"EE")).decode("ascii"), sep=" ")


def _entries(banner: Banner, n: int, promised: int, body: _Body) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and values as they are stored."""
    coordinate = banner.format == "coordinate"
    value = _VALUES.get(banner.field.replace("double", "real"), "")
    words = []
    named = []
    if coordinate:
        words += [r"\d++", r"\d++"]
        named += ["row", "column"]
    if value:
        words.append(value)
        named.append("an integer" if banner.field == "integer" else "a number")
    body.require(r"[ \t]++".join(words), _listed(named))
    numbers = body.numbers().reshape(-1, len(words))
    if len(numbers) != promised:
        raise ValueError(f"it holds {len(numbers)} entries, and its line of sizes says {promised}")
    enough_memory(f"a matrix of order {n:,} with {promised:,} entries", _PER_ROW * n + _PER_ENTRY * promised)
    values = numbers[:, -1] if value else np.ones(promised)
    if not np.isfinite(values).all():
        where = body.entry(int(np.argmin(np.isfinite(values))))
        raise ValueError(f"{where}, which is NaN or infinite as a number of 64 bits; only finite numbers can be used")
    if not coordinate:
        return (*_places(banner, n), values)
    rows, columns = numbers[:, 0], numbers[:, 1]
    outside = (rows < 1) | (rows > n) | (columns < 1) | (columns > n)
    if outside.any():
        raise ValueError(f"{body.entry(int(np.argmax(outside)))}; rows and columns go from 1 to {n}")
    if banner.symmetry != "general":
        above = columns > rows
        if above.any():
            raise ValueError(
                f"{body.entry(int(np.argmax(above)))}, which lies above the diagonal; a {banner.symmetry} file holds "
                "the lower triangle alone"
            )
    if banner.symmetry == "skew-symmetric":
        on = (columns == rows) & (values != 0)
        if on.any():
            raise ValueError(f"{body.entry(int(np.argmax(on)))}; the diagonal of a skew-symmetric matrix is zero")
    return rows.astype(np.int64) - 1, columns.astype(np.int64) - 1, values


def _places(banner: Banner, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows and columns of an array's entries, which stand column by column."""
    if banner.symmetry == "general":
        columns, rows = np.divmod(np.arange(n * n), n)
        return rows, columns
    columns, rows = np.triu_indices(n, 1 if banner.symmetry == "skew-symmetric" else 0)
    return rows, columns


def _listed(words: list[str]) -> str:
    """Words for a message: a, b and c."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _shown(line: bytes) -> str:
    """A line for a message, not more than is readable."""
    text = line.decode("utf-8", "replace").strip()
    return repr(text if len(text) <= 60 else text[:60] + "...")
