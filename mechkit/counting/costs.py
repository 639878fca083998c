"""Cost models: tables that weigh the counted operations, each with its source.

A count says what was done; a cost model says what it is worth. `flops` stays the textbook's measure, one each;
anything else is a table here, or one of your own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mechkit.counting.kinds import COLUMNS, FLOPS
from mechkit.words import nearest


@dataclass(frozen=True)
class CostModel:
    """Weights by column and kind; what is not in the table weighs nothing.

    Parameters
    ----------
    name : what the cost is called
    unit : what it is measured in
    source : where the weights come from
    weights : column -> kind -> weight

    >>> from mechkit import OpCounts
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


def cost_model(model: CostModel | str) -> CostModel:
    """A cost model as it is, or by its name. Raises ValueError for an unknown name.

    >>> cost_model("rand").unit
    'operations'
    """
    if isinstance(model, CostModel):
        return model
    if model not in COST_MODELS:
        raise ValueError(
            f"the cost model {model!r} is unknown; try {nearest(model, COST_MODELS) or ', '.join(COST_MODELS)}"
        )
    return COST_MODELS[model]
