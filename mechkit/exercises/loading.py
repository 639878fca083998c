"""The exercise in an instructor's file. The file is run: it is trusted, as submissions are not."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from numba import cloudpickle

from mechkit.exercises import library
from mechkit.exercises.exercise import Exercise
from mechkit.words import nearest, one_line


def load_exercise(spelled: str) -> Exercise:
    """The exercise of ``FILE.py``, or the one with a name, ``FILE.py:NAME``; or a ready one, by its name.

    Raises ValueError, in one sentence, where there is none, or where the file cannot be run.
    """
    path, name = place_of(spelled)
    if not path.is_file():
        raise ValueError(f"there is no file {path}; give the Python file that makes the exercise")
    names = _run(path)
    found = {key: value for key, value in names.items() if isinstance(value, Exercise)}
    if name:
        if name not in found:
            near = nearest(name, found)
            raise ValueError(f"there is no exercise {name} in {path}" + (f"; did you mean {near}?" if near else ""))
        return found[name]
    if not found:
        raise ValueError(f"{path} makes no exercise; write exercise = mechkit.Exercise(...)")
    if len({id(each) for each in found.values()}) > 1:
        if "exercise" in found:
            return found["exercise"]
        raise ValueError(f"{path} makes {len(found)} exercises; name one, {path}:{next(iter(found))}")
    return next(iter(found.values()))


def place_of(spelled: str) -> tuple[Path, str]:
    """The file that makes an exercise, and the name of the exercise in it, which may be empty.

    >>> place_of("week1.py:solve")[1], place_of("horner")[0].name
    ('solve', 'horner.py')
    """
    place, colon, name = spelled.rpartition(":")
    if colon and name.isidentifier() and place.endswith(".py"):
        return Path(place), name
    if spelled in library.names() and not Path(spelled).exists():
        return library.page_of(spelled), ""
    return Path(spelled), ""


def _run(path: Path) -> dict[str, Any]:
    """The names that a file defines. Its functions go to the children by value: no child imports the file."""
    content = path.read_bytes()
    module = ModuleType(f"exercise_{hashlib.sha256(content).hexdigest()[:12]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    cloudpickle.register_pickle_by_value(module)
    folder = str(path.absolute().parent)
    sys.path.append(folder)  # what lies beside it; last, so that nothing there hides a library
    try:
        exec(compile(content, str(path), "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        raise ValueError(f"the exercise {path} cannot be made: {one_line(error)}") from error
    finally:
        sys.path.remove(folder)
    return module.__dict__
