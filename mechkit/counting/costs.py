"""Cost models: tables that weigh the counted operations, each with its source.

A count says what was done; a cost model says what it is worth. `flops` stays the textbook's measure, one each;
anything else is a table here, or one of your own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from mechkit.counting.kinds import COLUMNS, FLOPS
from mechkit.counting.opcounts import OpCounts


@dataclass(frozen=True)
class CostModel:
    """Weights by column and kind; what is not in the table weighs nothing.

    name, unit : what the cost is called and what it is measured in; source : where the weights come from;
    weights : column -> kind -> weight.

    >>> mine = CostModel("mine", "cycles", "my processor's manual", {"float64": {"div": 13.0, "mul": 4.0}})
    >>> OpCounts({("float64", "div"): 2, ("float64", "mul"): 1}).cost(mine)
    30.0
    """

    name: str
    unit: str
    source: str
    weights: Mapping[str, Mapping[str, float]]


def _floats(weights: Mapping[str, float]) -> dict[str, Mapping[str, float]]:
    return {"float32": weights, "float64": weights}


_ONE_EACH = dict.fromkeys(FLOPS, 1.0)
_RAND = {**dict.fromkeys(("add", "sub", "mul", "div", "compare"), 1.0), "sqrt": 5.0}
_OTHERS = [kind for kind in FLOPS if kind not in _RAND]
_RAND_SOURCE = (
    "Price, Alkire and Ahmadi, Algorithmic Advancement in Artificial Intelligence, RAND RR-A3485-1 (2025), appendix A: "
    "add, subtract, multiply, divide, compare 1; square root about 5; trigonometric 15 to 20. "
    "The other elementary functions are put with the trigonometric ones here."
)

#: The cost models by name.
COST_MODELS = {
    model.name: model
    for model in (
        CostModel(
            "flops",
            "flops",
            "Golub and Van Loan, Matrix Computations, 4th ed., section 1.1.15; LAPACK Users' Guide",
            _floats(_ONE_EACH),
        ),
        CostModel("rand", "operations", _RAND_SOURCE, _floats({**dict.fromkeys(_OTHERS, 15.0), **_RAND})),
        CostModel("rand-high", "operations", _RAND_SOURCE, _floats({**dict.fromkeys(_OTHERS, 20.0), **_RAND})),
        CostModel(
            "bytes",
            "bytes",
            "every element read or written by the source, as if there were no cache",
            {column: {"bytes": 1.0} for column in COLUMNS},
        ),
        CostModel(
            "bits-squared",
            "float64 flops",
            "schoolbook multiplication of k-bit numbers costs k^2 (Knuth, TAOCP 2, 4.3.1): a float32 flop is 1/4",
            {"float32": dict.fromkeys(FLOPS, 0.25), "float64": _ONE_EACH},
        ),
    )
}


def cost(ops: OpCounts, model: CostModel | str) -> float:
    """The counted work weighed by a cost model, given itself or by name.

    >>> cost(OpCounts({("float32", "mul"): 4, ("float64", "mul"): 1}), "bits-squared")
    2.0
    """
    if isinstance(model, str):
        if model not in COST_MODELS:
            near = get_close_matches(model, COST_MODELS, n=1) or [", ".join(COST_MODELS)]
            raise ValueError(f"there is no cost model {model!r}; try {near[0]}")
        model = COST_MODELS[model]
    # Added up exactly: counts may be larger than a float holds, and NumPy's weights overflow.
    weights = ((c, k, Fraction(float(w))) for c, kinds in model.weights.items() for k, w in kinds.items())
    return float(sum(w * ops[c][k] for c, k, w in weights))
