"""The seven mechanisms, and the arithmetic of effort: the survey's statements as claims, one file each in ``claims/``.

>>> print(*CLAIMS)
A1 A2 A3 C1 C2 C3 C4 C5 C6 C7 C8 C9 D1 D2 D3 D4 D5 F1 F2 F3 F4 O1 O2 O3 P1 P2 P3 S1 S2 S3 S4 T1 T2 T3 T4
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from mechkit.mechanisms import claims
from mechkit.mechanisms.claim import ARITHMETIC, MECHANISMS, Claim, Evidence, Figure, Result, Table, run
from mechkit.problems import Matrix

__all__ = [
    "CLAIMS",
    "Claim",
    "Evidence",
    "Figure",
    "Result",
    "Table",
    "in_survey_order",
    "on_matrix",
    "on_published",
    "run",
]


def _found() -> dict[str, Claim]:
    """The claim of each file in ``claims/``. Raises ValueError where two files hold the same key."""
    found: dict[str, Claim] = {}
    for module in iter_modules(claims.__path__):
        claim = import_module(f"{claims.__name__}.{module.name}").CLAIM
        if claim.key in found:
            raise ValueError(f"{claim.file.name} and {found[claim.key].file.name} both hold claim {claim.key}")
        found[claim.key] = claim
    return dict(sorted(found.items()))


#: Every claim by its key.
CLAIMS = _found()


def in_survey_order(found: Iterable[Claim]) -> list[Claim]:
    """Claims in the order of the survey: by mechanism, then by key.

    >>> [claim.key for claim in in_survey_order(CLAIMS.values())][:3]
    ['S1', 'S2', 'S3']
    """
    order = (*MECHANISMS, ARITHMETIC)
    return sorted(found, key=lambda claim: (order.index(claim.mechanism), claim.key))


def on_published(found: Iterable[Claim], folder: Path) -> list[Claim]:
    """The claims, to be measured on published problems of a folder as well, where a claim has a way to."""
    return [
        replace(claim, measure=partial(_with_published, claim, folder)) if claim.measure_published else claim
        for claim in found
    ]


def _with_published(claim: Claim, folder: Path) -> Evidence:
    """Both measurements in one. What a reader takes away is of the published problem."""
    generated, published = claim.measure(), claim.measure_published(folder)  # type: ignore[misc]
    both = {
        part.name: [*getattr(published, part.name), *getattr(generated, part.name)]
        for part in fields(Evidence)
        if part.name not in ("headline", "gain")
    }
    return Evidence(headline=published.headline, gain=published.gain, **both)


def on_matrix(found: Iterable[Claim], matrix: Matrix) -> list[Claim]:
    """Those claims that can be measured on a matrix of the reader's own, to be measured on it.

    Raises ValueError for a matrix without zeros: there is nothing to exploit.

    >>> import scipy.sparse
    >>> on_matrix(CLAIMS.values(), Matrix.of("ones", scipy.sparse.csr_array(np.ones((2, 2)))))
    Traceback (most recent call last):
    ValueError: ones holds 2 x 2 entries, and none of them is zero: there is nothing to exploit; give a sparse matrix
    """
    if matrix.array.nnz == matrix.array.shape[0] ** 2:
        shape = " x ".join(map(str, matrix.array.shape))
        raise ValueError(
            f"{matrix.name} holds {shape} entries, and none of them is zero: there is nothing to exploit; "
            "give a sparse matrix"
        )
    measured = [(claim, claim.measure_on) for claim in found if claim.measure_on is not None]
    return [replace(claim, measure=partial(measure, matrix)) for claim, measure in measured]
