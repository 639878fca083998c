"""Compiled code that came with the package: made for a common processor, and used where nothing better was compiled.

A wheel may hold it; ``.ci/wheel`` builds one. The code is found by the same keys as the user's own. So it is used for
the sources and the versions of Python, Numba, llvmlite and NumPy that it was compiled from and with, and no others.
``MECHKIT_SHIPPED=0`` in the environment leaves it out, so that ``mechkit warm`` compiles for the very processor.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

#: Kind of machine, name and features, as LLVM spells them.
Processor = tuple[str, str, str]
FOLDER = Path(__file__).parents[1] / "compiled"
#: The file beside the code that says which processor it is for.
FOR = "processor.json"


@cache
def shipped(name: str, here: Processor) -> tuple[Path, Processor] | None:
    """The folder of the code that came with the package, and its processor; None where there is none for this one.

    name : of the folder, which depends on what compiles; here : the processor of this machine.
    """
    if os.environ.get("MECHKIT_SHIPPED") == "0":
        return None
    folder = FOLDER / name
    try:
        machine, processor, features = json.loads((folder / FOR).read_text())
    except (OSError, ValueError):
        return None
    made_for = machine, processor, features
    return (folder, made_for) if runs_on(here, made_for) else None


def label(folder: Path, processor: Processor) -> None:
    """Write beside compiled code which processor it is for."""
    (folder / FOR).write_text(json.dumps(processor) + "\n")


def runs_on(here: Processor, made_for: Processor) -> bool:
    """Whether code for one processor runs on another: the machine is the same, and has all its features.

    >>> runs_on(("x86_64", "skylake", "+avx,+avx2,-avx512f"), ("x86_64", "x86-64-v2", "+avx"))
    True
    >>> runs_on(("x86_64", "nehalem", "-avx"), ("x86_64", "x86-64-v2", "+avx"))
    False
    """
    return made_for[0] == here[0] and _present(made_for) <= _present(here)


def _present(processor: Processor) -> set[str]:
    return {feature for feature in processor[2].split(",") if feature.startswith("+")}
