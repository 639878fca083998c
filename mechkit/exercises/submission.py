"""What a student hands in: a text and where its lines stand. It is read here, and never run."""

from __future__ import annotations

import io
import json
import os
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: A file of this many bytes is no homework; a notebook may hold pictures.
MOST_BYTES = {".py": 1_000_000, ".ipynb": 50_000_000}
#: Magic commands that only measure or hide: the rest of their cell is Python. Cells of other magics are left out.
_AROUND_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun")


class Refused(Exception):
    """A submission that cannot be graded: one sentence, and the line of its text where there is one."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.line = sentence, line


@dataclass(frozen=True)
class Submission:
    """The text of a submission.

    label : what it is called, such as ``hw.py``
    text : Python, from one file, from the code cells of a notebook, or from functions
    places : where each line of the text stands, where that is not the line of a file
    notebook : whether statements that are not part of a solution are left out, since a notebook tries things out
    """

    label: str
    text: str
    places: tuple[str, ...] = ()
    notebook: bool = False

    def place(self, line: int | None) -> str:
        """Where a line of the text stands, for a reader.

        >>> Submission("hw.py", "x = 1").place(1)
        'line 1'
        >>> Submission("hw.ipynb", "x = 1", ("cell 2, line 1",)).place(1)
        'cell 2, line 1'
        """
        if line is None:
            return ""
        return self.places[line - 1] if 0 < line <= len(self.places) else f"line {line}"


def submission_of(value: Any) -> Submission:
    """A submission from a path, a function, or a kernel; one that is made already stays as it is.

    Raises Refused where there is nothing to grade.
    """
    if isinstance(value, Submission):
        return value
    if isinstance(value, str | os.PathLike):
        return read_file(Path(value))
    if callable(value):
        from mechkit.exercises.functions import from_function

        return from_function(value)
    raise TypeError(f"a submission is a function, a kernel or the path of a file, not {value!r}")


def read_file(path: Path) -> Submission:
    """The submission in a Python file or in a notebook. Raises Refused."""
    try:
        if path.is_symlink():
            raise Refused(f"{path.name} is a link; hand in the file itself")
        if not path.exists():
            raise Refused(f"there is no file {path}")
        if not path.is_file():
            raise Refused(f"{path.name} is no file; hand in a Python file or a notebook")
        if path.suffix.lower() not in MOST_BYTES:
            raise Refused(f"{path.name} is neither a Python file nor a notebook; its name must end in .py or .ipynb")
        if path.stat().st_size > MOST_BYTES[path.suffix.lower()]:
            raise Refused(f"{path.name} has {path.stat().st_size:,} bytes, which is too long for a solution")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Refused(f"{path.name} cannot be read: {reason}") from None
    if path.suffix.lower() == ".ipynb":
        return from_notebook(content, path.name)
    return from_bytes(content, path.name)


def from_bytes(content: bytes, label: str) -> Submission:
    """The submission in the bytes of a Python file.

    >>> from_bytes(b"x = 1\\r\\n", "hw.py")
    Submission(label='hw.py', text='x = 1\\n', places=(), notebook=False)
    """
    save = "save it as UTF-8 text"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"{label} is in UTF-16; {save}")
    if b"\0" in content:
        raise Refused(f"{label} is no text: it holds zero bytes; hand in the Python file itself")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise Refused(f"{label} is not in UTF-8, nor in an encoding that its first line names; {save}") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise Refused(f"{label} is empty")
    return Submission(label, text)


def from_notebook(content: bytes, label: str) -> Submission:
    """The code cells of a notebook, one below the other. Magic commands are blank lines."""
    try:
        cells = json.loads(content.decode("utf-8-sig"))["cells"]
        sources = [
            (number, "".join(cell["source"])) for number, cell in enumerate(cells, 1) if cell["cell_type"] == "code"
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused(f"{label} is no notebook: its cells cannot be read; save it again") from None
    lines: list[str] = []
    places: list[str] = []
    for number, source in sources:
        for line, text in enumerate(_without_magic(source.replace("\r\n", "\n").split("\n")), 1):
            lines.append(text)
            places.append(f"cell {number}, line {line}")
    if not any(line.strip() for line in lines):
        raise Refused(f"{label} has no code in it")
    return Submission(label, "\n".join(lines) + "\n", tuple(places), notebook=True)


def _without_magic(lines: list[str]) -> list[str]:
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not first.startswith(_AROUND_PYTHON):
        return [""] * len(lines)
    return ["" if line.lstrip().startswith(("%", "!", "?")) or line.rstrip().endswith("?") else line for line in lines]
