"""Published problems as claims need them, from a folder with one folder for each collection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

#: Linear programs of the Netlib collection with x >= 0. Other bounds lie in archives as pickled objects, and reading
#: these would run code of the file.
NETLIB = ("AFIRO", "SC50A", "SC50B", "ADLITTLE", "BLEND", "SHARE2B")


def linear_program(folder: Path, name: str) -> dict[str, Any]:
    """One of `NETLIB`, as the arguments of ``linprog``."""
    with np.load(folder / "netlib_lp" / f"{name}.npz") as data:
        return {key: data[key] for key in ("c", "A_ub", "b_ub", "A_eq", "b_eq") if data[key].size}
