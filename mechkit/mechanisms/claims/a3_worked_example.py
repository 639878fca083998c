"""A3. The worked example: 4.2e23 operations take about 31 days on 1,024 devices, and its exchange of data 3.8 days."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from mechkit.mechanisms.claim import ARITHMETIC, Check, Claim, Evidence, Figure, Headline, Table, between
from mechkit.mechanisms.shared.charts import draw_bars
from mechkit.mechanisms.shared.network import flops, parameters

EFFORT = "the run takes 4.2e23 operations"
DAYS = "the run takes about 31 days"
EXCHANGE = "the exchange of data takes 3.8 days"
INSENSITIVE = "it is still about 31 days with another input"

#: As printed: tokens, parameters, flops for each of both, devices, and flops of a device in a second.
TOKENS = 300e9
PARAMETERS = 174.6e9
EACH = 8.0
DEVICES = 1024
RATE = 152e12
#: As printed: the seconds of the exchange, N_B N_U S (N_n - 1) / R.
SECONDS_OF_EXCHANGE = 327_535.0
#: The highest rate of the device in the maker's data sheet (NVIDIA A100, bfloat16, dense).
PEAK = 312e12
DAY = 86_400.0
#: The network that is counted: units of a layer, and layers. Large enough that its size does not matter.
COUNTED = (128, 6)


def measure() -> Evidence:
    """Each printed figure from the printed inputs, and what another input would make of it."""
    passes = flops(*COUNTED)
    of_both = (passes["forward"] + passes["backward"]) / parameters(*COUNTED)
    others = {
        "6 flops a parameter, as counted": days(each=of_both),
        "the highest rate of the device": days(rate=PEAK),
        "half of the devices": days(devices=DEVICES / 2),
        "a tenth more tokens": days(tokens=1.1 * TOKENS),
        "a tenth more parameters": days(parameters=1.1 * PARAMETERS),
    }
    as_printed = days()
    exchange = SECONDS_OF_EXCHANGE / DAY
    return Evidence(
        checks=[
            Check(EFFORT, "300e9 tokens, 174.6e9 parameters, 8 flops", operations(), between(4.15e23, 4.25e23)),
            Check(DAYS, "1,024 devices of 152e12 flops a second", as_printed, between(30.5, 31.5)),
            Check(EXCHANGE, "327,535 seconds", exchange, between(3.75, 3.85)),
            *(Check(INSENSITIVE, name, found, between(30.5, 31.5), within=False) for name, found in others.items()),
        ],
        headline=Headline(
            "With the flops that a network is counted to take, the example needs {:.0f} days, not 31.",
            others["6 flops a parameter, as counted"],
        ),
        gain=None,
        tables=[
            Table(
                "The printed figures, recomputed",
                ("figure", "printed", "recomputed"),
                [
                    ("operations", "4.2e23", operations()),
                    ("days of computing", "about 31", as_printed),
                    ("days of exchange", "3.8", exchange),
                    ("exchange as a share of computing", None, exchange / as_printed),
                ],
            ),
            Table(
                "Days of computing with another input", ("input", "days"), [("as printed", as_printed), *others.items()]
            ),
            Table(
                "Days of exchange by the number of nodes N_n: they grow with N_n - 1, all else equal",
                ("nodes", "days, if the printed figure is for 1,024", "days, if it is for 128"),
                [(n, exchange * (n - 1) / 1023, exchange * (n - 1) / 127) for n in (8, 64, 128, 1024)],
            ),
        ],
        figures=[
            Figure(
                "Days of the worked example, as printed and with one input changed. Each input changes the days in "
                "proportion; the flops a parameter and the rate change them most.",
                partial(_draw, {"as printed": as_printed, **others}),
            )
        ],
        notes=[
            "The exchange N_B N_U S (N_n - 1) / R is proportional to the batches N_B, the updates N_U, the size S and "
            "1/R. So the printed seconds fix only their product: "
            f"N_B N_U S / R is {SECONDS_OF_EXCHANGE / 1023:.1f} s for 1,024 nodes, and "
            f"{SECONDS_OF_EXCHANGE / 127:,.0f} s for 128. The seconds themselves are taken as printed.",
            "A device computes at its rate all the time here: no waiting, and no exchange beside the computing.",
        ],
    )


def operations(tokens: float = TOKENS, parameters: float = PARAMETERS, each: float = EACH) -> float:
    """The operations of the run."""
    return each * tokens * parameters


def days(
    tokens: float = TOKENS,
    parameters: float = PARAMETERS,
    each: float = EACH,
    devices: float = DEVICES,
    rate: float = RATE,
) -> float:
    """The days of computing."""
    return operations(tokens, parameters, each) / (devices * rate) / DAY


def _draw(found: Mapping[str, float], axes: Any) -> None:
    draw_bars(list(found), [round(value, 1) for value in found.values()], "days", axes)


CLAIM = Claim(
    key="A3",
    mechanism=ARITHMETIC,
    statement="300e9 tokens and 174.6e9 parameters take 4.2e23 operations, about 31 days; the exchange 3.8 days.",
    source="RAND RR-A3485-1, appendix A, the worked example",
    baseline="the printed figures",
    improvement="the same from the printed inputs, and from the flops of a network that is counted",
    parts={
        EFFORT: "8 flops for each token and parameter",
        DAYS: "the operations over the rate of all devices, in days",
        EXCHANGE: "the printed seconds in days",
    },
    limits={INSENSITIVE: "the days with that input"},
    measure=measure,
)
