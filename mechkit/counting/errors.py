"""The two ways in which a kernel says no."""


class UncountedError(TypeError):
    """Work that would escape the count. The message names the place, the expression and the remedy."""


class KernelError(TypeError):
    """A function that cannot be compiled. The first line says what and where, the rest is Numba's own text."""
