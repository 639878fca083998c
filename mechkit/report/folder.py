"""The folder that a report goes to: checked before the work starts, written without half-written files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from mechkit.files import write_file

#: The files of a report, and the folder of the pictures that report.md shows.
HTML, MARKDOWN, JSON, CSV, FIGURES = "report.html", "report.md", "report.json", "report.csv", "figures"


def prepare_folder(folder: Path) -> None:
    """Make the folder, with its parents, and see that a report can be written to it.

    Raises OSError, with a sentence that says what is wrong and what to do.
    """
    for path in (folder, folder / FIGURES):
        try:
            path.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=path):
                pass
        except OSError as error:
            raise _refusal(path, error) from error
    for name in (HTML, MARKDOWN, JSON, CSV):
        if (folder / name).is_dir():
            raise OSError(f"the report cannot be written to {folder / name}: it is a folder; remove it")


def write_atomically(path: Path, text: str) -> None:
    """Write a file as a whole or not at all: a reader never sees half of it, and a failure keeps the old one.

    Raises OSError, with a sentence that says what is wrong and what to do.
    """
    try:
        write_file(path, text)
    except OSError as error:
        raise _refusal(path, error) from error


def _refusal(path: Path, error: OSError) -> OSError:
    reason = "a file is in the way" if isinstance(error, FileExistsError | NotADirectoryError) else error.strerror
    return OSError(f"the report cannot be written to {path}: {reason}; name a folder that can be written")
