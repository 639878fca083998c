"""What is known on the boundary: the value, the flux, or a sum of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Dirichlet:
    """u = value on the boundary: a number, or on a plane a function of x, y."""

    value: Any = 0.0


@dataclass(frozen=True)
class Neumann:
    """a du/dn = flux on the boundary, n the outward normal; nothing flows where the flux is 0."""

    flux: Any = 0.0


@dataclass(frozen=True)
class Robin:
    """a du/dn + beta u = value on the boundary, beta not negative: heat lost to the outside, in proportion to u."""

    beta: Any
    value: Any = 0.0


def condition(name: str, given: Any) -> Dirichlet | Neumann | Robin:
    """A condition as it is; a number or a function as the value of u. Raises TypeError for anything else.

    >>> condition("left", 2.0)
    Dirichlet(value=2.0)
    >>> condition("left", "insulated")
    Traceback (most recent call last):
    TypeError: left is 'insulated'; give a value of u, or Dirichlet, Neumann or Robin
    """
    if isinstance(given, Dirichlet | Neumann | Robin):
        return given
    if callable(given) or (hasattr(given, "__float__") and not isinstance(given, str | bytes)):
        return Dirichlet(given)
    raise TypeError(f"{name} is {given!r}; give a value of u, or Dirichlet, Neumann or Robin")
