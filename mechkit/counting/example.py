"""Every kernel brings an example of its own input, and is found by it."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any


class WithExample:
    """A callable with an example: what tests, benchmarks and readers run it on."""

    __name__: str
    #: Whether its compiled code is kept between processes.
    cached = False
    _example: Callable[[int], tuple[Any, ...]] | None = None

    def example(self, make: Callable[[int], tuple[Any, ...]]) -> Callable[[int], tuple[Any, ...]]:
        """Register ``make(n)``, which returns fresh arguments of size n, the same each time. A decorator.

        >>> from mechkit import kernel
        >>> @kernel
        ... def scale(a, x):
        ...     for i in range(x.size):
        ...         x[i] = a * x[i]
        >>> @scale.example
        ... def _(n):
        ...     return 2.0, np.ones(n)
        >>> scale.example_arguments(3)
        (2.0, array([1., 1., 1.]))
        """
        self._example = make
        return make

    @property
    def has_example(self) -> bool:
        """Whether an example is registered."""
        return self._example is not None

    def example_arguments(self, n: int) -> tuple[Any, ...]:
        """Fresh arguments of size n. Raises ValueError where the kernel has no example."""
        if self._example is None:
            raise ValueError(f"kernel {self.__name__} has no example; give it one with @{self.__name__}.example")
        return self._example(n)


def kernels_of(package: ModuleType) -> dict[str, WithExample]:
    """Every kernel of a package at the top level of its modules, by full name, in the order of the names.

    >>> import mechkit.linear_systems
    >>> list(kernels_of(mechkit.linear_systems))[0]
    'mechkit.linear_systems.banded.eliminate_band'
    """
    names = [m.name for m in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    modules = [import_module(name) for name in names if not name.endswith("__main__")]
    kernels = [value for module in modules for value in vars(module).values() if isinstance(value, WithExample)]
    return {f"{k.__module__}.{k.__name__}": k for k in sorted(kernels, key=lambda k: (k.__module__, k.__name__))}
