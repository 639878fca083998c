"""What the experiments ran on."""

from __future__ import annotations

import platform
from importlib.metadata import version

from mechkit.version import __version__


def versions() -> dict[str, str]:
    """The versions that a result may depend on, by name."""
    return {
        "mechkit": __version__,
        "Python": platform.python_version(),
        **{name: version(name) for name in ("numba", "llvmlite", "numpy", "scipy")},
        "platform": platform.platform(),
    }
