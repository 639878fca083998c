"""Exact operation counts: what a `count` block gives back."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mechkit.counting.kinds import COLUMNS, FLOPS, INDEX, KINDS, SIZE

if TYPE_CHECKING:
    from mechkit.counting.costs import CostModel


class Column(Mapping[str, int]):
    """The counts of one type, or of several added up: a read-only mapping from kind to count.

    Every kind is there, most of them 0; each is an attribute too.

    >>> from mechkit.counting.kinds import KINDS
    >>> c = Column({"mul": 3, "add": 2})
    >>> c.mul, c["add"], c.flops, c.sub
    (3, 2, 5, 0)
    """

    __slots__ = ("_counts",)

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = {kind: int(counts.get(kind, 0)) for kind in KINDS}

    def __getitem__(self, kind: str) -> int:
        return self._counts[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __getattr__(self, kind: str) -> int:
        if kind in KINDS:
            return self._counts[kind]
        near = get_close_matches(kind, [*KINDS, "flops"], n=1)
        hint = f", did you mean {near[0]!r}?" if near else f"; the kinds are {', '.join(KINDS)}"
        raise AttributeError(f"there is no kind of operation called {kind!r}{hint}")

    @property
    def flops(self) -> int:
        """Floating-point operations: add, sub, mul, div, sqrt and the elementary functions, one each."""
        return sum(self._counts[kind] for kind in FLOPS)

    def __repr__(self) -> str:
        spelled = [f"{kind}={n}" for kind, n in self._counts.items() if n]
        return f"Column({', '.join(spelled)})"


class OpCounts:
    """Operations counted by kind and by the type they ran in.

    The attributes (`add`, `mul`, `sqrt`, `compare`, ... , `loads`, `stores`, `bytes`, `flops`) are the
    floating-point totals; ``ops["float32"]``, ``ops["float64"]`` and ``ops["int"]`` are the columns, each a
    read-only mapping with the same attributes. Inside its `count` block an OpCounts is live; once the block
    is closed it never changes, and equal counts are equal and hash alike.

    Operation count: none, reading a count costs nothing that is counted.

    Examples
    --------
    >>> a = OpCounts({("float64", "mul"): 3, ("float64", "loads"): 2, ("float64", "bytes"): 16, ("int", "add"): 1})
    >>> a.mul, a.flops, a.bytes, a["int"].add
    (3, 3, 16, 1)
    >>> a
    OpCounts(flops=3; float64: mul=3 loads=2 bytes=16; int: add=1)
    >>> (a + a).mul, (a - a) == OpCounts(), sum([a, a, a]).mul
    (6, True, 9)
    """

    __slots__ = ("_read", "_table")

    def __init__(self, counts: Mapping[tuple[str, str], int] | None = None) -> None:
        table = [0] * SIZE
        for key, n in (counts or {}).items():
            if key not in INDEX:
                raise KeyError(f"{key!r} is not a (column, kind) of a count, such as ('float64', 'mul')")
            table[INDEX[key]] = int(n)
        self._table: tuple[int, ...] | None = tuple(table)
        self._read: Callable[[], Sequence[int]] | None = None

    @classmethod
    def _from_table(cls, table: Sequence[int]) -> OpCounts:
        self = cls.__new__(cls)
        self._table, self._read = tuple(int(n) for n in table), None
        return self

    @classmethod
    def _live(cls, read: Callable[[], Sequence[int]]) -> OpCounts:
        self = cls.__new__(cls)
        self._table, self._read = None, read
        return self

    def _close(self) -> None:
        self._table, self._read = self._values(), None

    def _values(self) -> tuple[int, ...]:
        if self._table is not None:
            return self._table
        assert self._read is not None
        return tuple(int(n) for n in self._read())

    def __getitem__(self, column: str) -> Column:
        if column not in COLUMNS:
            raise KeyError(f"there is no column {column!r}; the columns are {', '.join(COLUMNS)}")
        values = self._values()
        return Column({kind: values[INDEX[column, kind]] for kind in KINDS})

    @property
    def total(self) -> Column:
        """The floating-point totals: float32 and float64 added up."""
        values = self._values()
        return Column({k: values[INDEX["float32", k]] + values[INDEX["float64", k]] for k in KINDS})

    def __getattr__(self, kind: str) -> int:
        if kind.startswith("_"):
            raise AttributeError(kind)
        return getattr(self.total, kind)  # type: ignore[no-any-return]

    def to_dict(self) -> dict[str, dict[str, int]]:
        """The counts that are not zero, by column and kind; `from_dict` takes it back.

        >>> OpCounts({("float64", "mul"): 3}).to_dict()
        {'float64': {'mul': 3}}
        """
        columns: dict[str, dict[str, int]] = {}
        for (column, kind), n in zip(INDEX, self._values(), strict=True):
            if n:
                columns.setdefault(column, {})[kind] = n
        return columns

    @classmethod
    def from_dict(cls, columns: Mapping[str, Mapping[str, int]]) -> OpCounts:
        """The counts that `to_dict` wrote down.

        >>> OpCounts.from_dict({"float64": {"mul": 3}}).mul
        3
        """
        return cls({(c, k): n for c, kinds in columns.items() for k, n in kinds.items()})

    def cost(self, model: CostModel | str = "flops") -> float:
        """What the counted work costs under a cost model: one of `mechkit.costs`, or its name.

        >>> OpCounts({("float64", "sqrt"): 2, ("float64", "add"): 1}).cost("rand")
        11.0
        """
        from mechkit.counting.costs import cost

        return cost(self, model)

    def __add__(self, other: object) -> OpCounts:
        if not isinstance(other, OpCounts):
            return NotImplemented
        return OpCounts._from_table([a + b for a, b in zip(self._values(), other._values(), strict=True)])

    def __radd__(self, other: object) -> OpCounts:
        return self + OpCounts() if other == 0 else NotImplemented  # so that sum() works

    def __sub__(self, other: object) -> OpCounts:
        if not isinstance(other, OpCounts):
            return NotImplemented
        return OpCounts._from_table([a - b for a, b in zip(self._values(), other._values(), strict=True)])

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, OpCounts) else NotImplemented

    def __hash__(self) -> int:
        if self._table is None:
            raise TypeError("counts that are still running cannot be hashed; close the count block first")
        return hash(self._table)

    def __bool__(self) -> bool:
        return any(self._values())

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *KINDS, "flops"]

    def __reduce__(self) -> tuple[object, ...]:
        return OpCounts.from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        columns = [f"{c}: " + " ".join(f"{k}={n}" for k, n in kinds.items()) for c, kinds in self.to_dict().items()]
        return f"OpCounts({'; '.join([f'flops={self.flops}', *columns])})"

    def _repr_html_(self) -> str:
        columns = self.to_dict()
        kinds = [k for k in KINDS if any(k in counts for counts in columns.values())]
        head = "".join(f"<th>{html.escape(c)}</th>" for c in columns)
        rows = "".join(
            f"<tr><th>{k}</th>{''.join(f'<td>{counts.get(k, 0):,}</td>' for counts in columns.values())}</tr>"
            for k in kinds
        )
        flops = "".join(f"<td>{self[c].flops:,}</td>" for c in columns)
        return f"<table><tr><th></th>{head}</tr>{rows}<tr><th>flops</th>{flops}</tr></table>"
