"""Exact operation counts: what a `count` block gives back."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from mechkit.counting.costs import CostModel, cost_model
from mechkit.counting.kinds import CALLS, COLUMNS, FLOATS, FLOPS, INDEX, KINDS
from mechkit.words import nearest

Key = tuple[str, str]


def unknown_kind(kind: str) -> str:
    """The sentence for an attribute that is no kind of operation.

    >>> unknown_kind("flop"), unknown_kind("int")
    ("the kind 'flop' is unknown: did you mean 'flops'?", "int is a column, not a kind: write ['int'] for it")
    """
    if kind in COLUMNS:
        return f"{kind} is a column, not a kind: write [{kind!r}] for it"
    near = nearest(kind, [*KINDS, "flops"])
    return f"the kind {kind!r} is unknown: " + (f"did you mean {near!r}?" if near else f"there are {', '.join(KINDS)}")


def unknown_column(column: object) -> str:
    """The sentence for a name in square brackets that is no column.

    >>> unknown_column("mul")
    'mul is a kind, not a column: write .mul for it'
    """
    if column in (*KINDS, "flops"):
        return f"{column} is a kind, not a column: write .{column} for it"
    return f"the column {column!r} is unknown: there are {', '.join(COLUMNS)}"


def _place(item: tuple[Key, int]) -> int:
    return INDEX[item[0]]


class Column(Mapping[str, int]):
    """The counts of one type, or of several added up: a read-only mapping from kind to count.

    Every kind is there, most of them 0; each is an attribute too.

    >>> from mechkit.counting.kinds import KINDS
    >>> c = Column({"mul": 3, "add": 2})
    >>> c.mul, c["add"], c.flops, c.sub
    (3, 2, 5, 0)
    """

    __slots__ = ("_counts", "_flops")

    def __init__(self, counts: Mapping[str, int], unknown: Iterable[str] = (), flops: Iterable[str] = FLOPS) -> None:
        self._counts = {kind: int(counts.get(kind, 0)) for kind in KINDS if kind not in unknown}
        self._flops = flops

    def __getitem__(self, kind: str) -> int:
        if kind in KINDS and kind not in self._counts:
            raise LookupError(f"the {kind} are not known: they follow no law; run the computation and count them")
        return self._counts[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __getattr__(self, kind: str) -> int:
        if kind in KINDS:
            return self[kind]
        raise AttributeError(unknown_kind(kind))

    @property
    def flops(self) -> int:
        """Floating-point operations: add, sub, mul, div, sqrt and the elementary functions, one each; 0 of integers."""
        return sum(self._counts[kind] for kind in self._flops)

    def __repr__(self) -> str:
        spelled = [f"{kind}={n}" for kind, n in self._counts.items() if n]
        return f"Column({', '.join(spelled)})"


class OpCounts:
    """Operations counted by kind and by the type they ran in.

    The attributes (`add`, `mul`, `sqrt`, `compare`, ... , `loads`, `stores`, `bytes`, `flops`) are the
    floating-point totals. The columns are ``ops["float32"]``, ``ops["float64"]`` and ``ops["int"]``, each a
    read-only mapping with the same attributes. Inside its `count` block an OpCounts is live; once the block
    is closed it never changes, and equal counts are equal and hash alike.

    Operation count: none, reading a count costs nothing that is counted.

    Examples
    --------
    >>> a = OpCounts({("float64", "mul"): 3, ("float64", "loads"): 2, ("float64", "bytes"): 16, ("int", "add"): 1})
    >>> a.mul, a.flops, a.bytes, a["int"].add, a["int"].flops
    (3, 3, 16, 1, 0)
    >>> a
    OpCounts(flops=3; float64: mul=3 loads=2 bytes=16; int: add=1)
    >>> (a + a).mul, (a - a) == OpCounts(), sum([a, a, a]).mul
    (6, True, 9)
    """

    __slots__ = ("_counts", "_read", "unknown")

    def __init__(self, counts: Mapping[Key, int] | None = None, unknown: Iterable[Key] = ()) -> None:
        for key in counts or ():
            if key not in INDEX:
                raise KeyError(f"{key!r} is not a (column, kind) of a count, such as ('float64', 'mul')")
        # Only what is not zero is held.
        self._counts: dict[Key, int] | None = {key: int(n) for key, n in (counts or {}).items() if n}
        self._read: Callable[[], Sequence[int]] | None = None
        #: The kinds that a prediction leaves open, by (column, kind); asking for one is an error.
        self.unknown = frozenset(unknown)

    @classmethod
    def _from_table(cls, table: Sequence[int]) -> OpCounts:
        return cls({key: n for key, n in zip(INDEX, table, strict=True) if n})

    @classmethod
    def _live(cls, read: Callable[[], Sequence[int]]) -> OpCounts:
        self = cls()
        self._counts, self._read = None, read
        return self

    def _close(self) -> None:
        self._counts, self._read = dict(self.nonzero()), None

    def nonzero(self) -> Mapping[Key, int]:
        """The counts that are not zero, by (column, kind).

        >>> OpCounts({("float64", "mul"): 3, ("int", "add"): 0}).nonzero()
        mappingproxy({('float64', 'mul'): 3})
        """
        if self._counts is not None:
            return MappingProxyType(self._counts)
        assert self._read is not None
        return OpCounts._from_table(self._read()).nonzero()

    def __getitem__(self, column: str) -> Column:
        if column not in COLUMNS:
            raise KeyError(unknown_column(column))
        return Column(
            {k: n for (c, k), n in self.nonzero().items() if c == column},
            {k for c, k in self.unknown if c == column},
            FLOPS if column in FLOATS else (),
        )

    @property
    def total(self) -> Column:
        """The floating-point totals: float32 and float64 added up."""
        counts = dict.fromkeys(KINDS, 0)
        for (column, kind), n in self.nonzero().items():
            if column in FLOATS:
                counts[kind] += n
        return Column(counts, {kind for column, kind in self.unknown if column in FLOATS})

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls of functions that were given a role, by role: "f", "jac", "hess"; see `by_address`.

        >>> OpCounts({("calls", "f"): 9, ("float64", "mul"): 18}).calls
        mappingproxy({'f': 9, 'jac': 0, 'hess': 0})
        """
        counts = self.nonzero()
        return MappingProxyType({role: counts.get(("calls", role), 0) for role in CALLS})

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
        for (column, kind), n in sorted(self.nonzero().items(), key=_place):
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
        """What the counted work costs under a cost model: one of `mechkit.COST_MODELS`, its name, or one of your own.

        >>> OpCounts({("float64", "sqrt"): 2, ("float64", "add"): 1}).cost("rand")
        11.0
        >>> OpCounts({("float32", "mul"): 4, ("float64", "mul"): 1}).cost("bits-squared")
        2.0
        """
        # Added up exactly: counts may be larger than a float holds, and NumPy's weights overflow.
        weights = (
            (c, k, Fraction(float(w))) for c, kinds in cost_model(model).weights.items() for k, w in kinds.items()
        )
        return float(sum(w * self[c][k] for c, k, w in weights))

    def __add__(self, other: object) -> OpCounts:
        if not isinstance(other, OpCounts):
            return NotImplemented
        return self._combined(other, 1)

    def __radd__(self, other: object) -> OpCounts:
        return self + OpCounts() if other == 0 else NotImplemented  # so that sum() works

    def __sub__(self, other: object) -> OpCounts:
        if not isinstance(other, OpCounts):
            return NotImplemented
        return self._combined(other, -1)

    def _combined(self, other: OpCounts, sign: int) -> OpCounts:
        mine, theirs = self.nonzero(), other.nonzero()
        counts = {key: mine.get(key, 0) + sign * theirs.get(key, 0) for key in {**mine, **theirs}}
        return OpCounts(counts, self.unknown | other.unknown)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OpCounts):
            return NotImplemented
        return self.nonzero() == other.nonzero() and self.unknown == other.unknown

    def __hash__(self) -> int:
        if self._counts is None:
            raise TypeError("counts that are still running cannot be hashed; close the count block first")
        return hash(frozenset(self._counts.items()))

    def __bool__(self) -> bool:
        return bool(self.nonzero())

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *KINDS, "flops"]

    def __reduce__(self) -> tuple[object, ...]:
        return OpCounts, (dict(self.nonzero()), self.unknown)

    def __repr__(self) -> str:
        columns = [f"{c}: " + " ".join(f"{k}={n}" for k, n in kinds.items()) for c, kinds in self.to_dict().items()]
        unknown = " ".join(sorted({kind for _, kind in self.unknown}))
        return f"OpCounts({'; '.join([f'flops={self.flops}', *columns, *[f'not known: {unknown}'] * bool(unknown)])})"

    def _repr_html_(self) -> str:
        columns = self.to_dict()
        if not columns:
            return html.escape(repr(self))
        kinds = [k for k in KINDS if any(k in counts for counts in columns.values())]
        head = "".join(f"<th>{html.escape(c)}</th>" for c in columns)
        rows = "".join(
            f"<tr><th>{k}</th>{''.join(f'<td>{counts.get(k, 0):,}</td>' for counts in columns.values())}</tr>"
            for k in kinds
        )
        flops = "".join(f"<td>{self[c].flops:,}</td>" for c in columns)
        return f"<table><tr><th></th>{head}</tr>{rows}<tr><th>flops</th>{flops}</tr></table>"
