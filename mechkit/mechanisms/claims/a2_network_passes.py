"""A2. An inner product costs 2m; a network's forward and backward pass cost 4 a parameter each, 8 in all."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from mechkit.measurement import law
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import ARITHMETIC, Check, Claim, Evidence, Figure, Headline, Table, between
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_bars
from mechkit.mechanisms.shared.network import backward, flops, forward, inner_product, parameters, update
from mechkit.mechanisms.shared.runs import counted

INNER = "an inner product of length m costs 2m flops"
FORWARD = "the forward pass costs 4 flops a parameter"
BACKWARD = "the backward pass costs 4 flops a parameter"
BOTH = "both passes cost 8 flops a parameter"
SIX = "both passes cost 6 flops a parameter, as the survey's footnote has it from theory"

#: Lengths of the inner products.
LENGTHS = (10, 100, 1000)
#: Units of a layer, and layers.
NETWORKS = ((8, 2), (32, 4), (128, 6))


def about(number: float) -> Any:
    """Within a tenth of a number."""
    return between(0.9 * number, 1.1 * number)


def measure() -> Evidence:
    """Flops of the passes of one sample through networks of several sizes, by the number of weights."""
    passes = {size: flops(*size) for size in NETWORKS}
    per = {size: {name: count / parameters(*size) for name, count in row.items()} for size, row in passes.items()}
    inner = {m: counted(inner_product, np.ones(m), np.ones(m))[1].flops for m in LENGTHS}
    largest = per[NETWORKS[-1]]
    uses = {
        "forward": largest["forward"],
        "backward": largest["backward"],
        "forward and backward": largest["forward"] + largest["backward"],
        "both, and a step for each sample": sum(largest.values()),
        "both, forward computed again to save memory": 2 * largest["forward"] + largest["backward"],
    }
    found = {k.__name__: law(k, w=range(1, 7)).flops for k in (forward, backward, update)}
    sides = {
        "8 flops a parameter, as stated": 8 * Polynomial.parse("2w^2", ("w",)),
        "as counted": found["forward"] + found["backward"],
    }
    return Evidence(
        checks=[
            *(Check(INNER, f"m = {m:,}", found / m, about(2)) for m, found in inner.items()),
            *(
                Check(part, f"{depth} layers of {w}", sum(per[w, depth][name] for name in names), about(wanted), judged)
                for part, names, wanted, judged in (
                    (FORWARD, ["forward"], 4, True),
                    (BACKWARD, ["backward"], 4, True),
                    (BOTH, ["forward", "backward"], 8, True),
                    (SIX, ["forward", "backward"], 6, False),
                )
                for w, depth in NETWORKS
            ),
        ],
        headline=Headline(
            "Both passes of a network take {:.1f} flops a parameter.", largest["forward"] + largest["backward"]
        ),
        gain=None,
        tables=[
            Table(
                "Flops of one sample, by pass",
                ("network", "parameters", "forward", "backward", "step"),
                [(f"{d} layers of {w}", parameters(w, d), *passes[w, d].values()) for w, d in NETWORKS],
            ),
            Table("What is 2, 4, 6 and 8 flops a parameter", ("work", "flops a parameter"), list(uses.items())),
            Table(
                "Exact laws of two layers of w units",
                ("pass", "flops"),
                [(name, str(polynomial)) for name, polynomial in found.items()],
            ),
        ],
        laws=[
            LawsBySize(
                "Both passes of one sample through two layers of w units.",
                sides,
                {"w": (1, 10_000, 128)},
            )
        ],
        figures=[
            Figure(
                "Flops a parameter of one sample, in the largest network. The forward pass uses each weight once, in a "
                "product and a sum; the backward pass uses it for two sums.",
                partial(_draw, uses),
            )
        ],
        notes=[
            "The network has full layers, each followed by max(0, z), which is a comparison and no flop. All of its "
            "units are switched on. A unit that is off costs nothing in the backward pass.",
            "A step for each sample adds 2 flops a parameter. For a batch of b samples it adds 2/b for each.",
        ],
    )


def _draw(uses: dict[str, float], axes: Any) -> None:
    draw_bars(list(uses), list(uses.values()), "flops a parameter", axes)


CLAIM = Claim(
    key="A2",
    mechanism=ARITHMETIC,
    statement="An inner product costs 2m; a network's forward and backward pass cost 4 a parameter each, 8 in all.",
    source="RAND RR-A3485-1, appendix A, with its footnote that theory gives 6",
    baseline="the survey's flops a parameter",
    improvement="the passes of a small network written out in loops, and counted",
    parts={
        INNER: "the flops of an inner product over its length",
        FORWARD: "the flops of the pass over the number of weights",
        BACKWARD: "the flops of the pass over the number of weights",
        BOTH: "the flops of both passes over the number of weights",
    },
    limits={SIX: "the flops of both passes over the number of weights"},
    measure=measure,
)
