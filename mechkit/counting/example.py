"""Every kernel can bring an example of its own input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class WithExample:
    """A callable with an example: what tests, benchmarks and readers run it on."""

    __name__: str
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

    def example_arguments(self, n: int) -> tuple[Any, ...]:
        """Fresh arguments of size n. Raises ValueError where the kernel has no example."""
        if self._example is None:
            raise ValueError(f"kernel {self.__name__} has no example; give it one with @{self.__name__}.example")
        return self._example(n)
