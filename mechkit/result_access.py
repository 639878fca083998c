"""The fields of a result by their names, as SciPy's results give them: result["x"] is result.x."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any


class ByName:
    """For a dataclass to derive from: its fields by name, as those of a dict.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Found(ByName):
    ...     x: float
    ...     success: bool = True
    >>> found = Found(2.0)
    >>> found["x"], "success" in found, list(found), found.get("jac", 0), dict(found)
    (2.0, True, ['x', 'success'], 0, {'x': 2.0, 'success': True})
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

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())
