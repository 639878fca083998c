"""Results as SciPy's users know them: result["x"] is result.x, and what is printed is a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np


class ByName:
    """For a dataclass without a repr of its own: its fields by name, as those of a dict, and printed one a line.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, repr=False)
    ... class Found(ByName):
    ...     x: float
    ...     success: bool = True
    >>> found = Found(2.0)
    >>> found["x"], "success" in found, list(found), found.get("jac", 0), dict(found)
    (2.0, True, ['x', 'success'], 0, {'x': 2.0, 'success': True})
    >>> found
          x: 2.0
    success: True
    """

    def keys(self) -> list[str]:
        """The names of the fields."""
        return [field.name for field in fields(self)]  # type: ignore[arg-type]

    def values(self) -> list[Any]:
        """What the fields hold."""
        return [getattr(self, name) for name in self.keys()]

    def items(self) -> list[tuple[str, Any]]:
        """The names of the fields, each with what it holds."""
        return list(zip(self.keys(), self.values(), strict=True))

    def get(self, name: str, default: Any = None) -> Any:
        """The field of a name, or the default where there is none."""
        return getattr(self, name) if name in self else default

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(f"this result has no {name!r}; it has {', '.join(self.keys())}")
        return getattr(self, name)

    def __repr__(self) -> str:
        own = [field.name for field in fields(self)]  # type: ignore[arg-type]
        filled = {name: _in_short(getattr(self, name)) for name in own if getattr(self, name) is not None}
        width = max(map(len, filled), default=0)
        indented = {name: text.replace("\n", "\n" + " " * (width + 2)) for name, text in filled.items()}
        return "\n".join(f"{name:>{width}}: {text}" for name, text in indented.items())

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())


def _in_short(value: Any) -> str:
    """A field in one or a few lines: of a history its names, of a long array its ends.

    >>> _in_short({"fun": np.zeros(9)}), _in_short(np.arange(100.0))
    ('fun (9 entries)', '[ 0.  1.  2. ... 97. 98. 99.], 100 elements')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} ({len(entries)} entries)" for name, entries in value.items()) or "empty"
    if not isinstance(value, np.ndarray):
        return str(value)
    with np.printoptions(threshold=20, edgeitems=3):
        return f"{value}{f', {value.size} elements' if value.size > 20 else ''}"
