"""The step of the build that adds compiled kernels to a wheel, where MECHKIT_COMPILED names their folder.

Without it the wheel is the sources alone, for every machine. With it the wheel's tag names the Python and the kind of
machine that the kernels are for. ``.ci/wheel`` compiles them, and builds such a wheel.
"""

import os
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledKernels(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        folder = os.environ.get("MECHKIT_COMPILED")
        if folder and self.target_name == "wheel" and version == "standard":
            build_data["force_include"][folder] = "mechkit/compiled"
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
