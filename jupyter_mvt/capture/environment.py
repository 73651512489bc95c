"""Software and hardware, from names of folders: no package is imported, none is asked."""

from __future__ import annotations

import os
import platform
import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_mvt.objects.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["read_environment"]

_DIST = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.(?:dist-info|egg-info)\Z")

_MODULES = {
    "beautifulsoup4": "bs4", "opencv_python": "cv2", "opencv_python_headless": "cv2",
    "pillow": "PIL", "protobuf": "google", "pyarrow": "pyarrow", "python_dateutil": "dateutil",
    "pyyaml": "yaml", "scikit_image": "skimage", "scikit_learn": "sklearn",
    "tensorflow_cpu": "tensorflow", "xgboost_cpu": "xgboost", "pytorch_lightning":
    "pytorch_lightning", "umap_learn": "umap", "imbalanced_learn": "imblearn",
    "faiss_cpu": "faiss", "attrs": "attr", "ipython": "IPython", "msgpack_python": "msgpack",
}  # fmt: skip


def read_environment() -> Environment:
    """Return versions of everything installed, what of it was imported, and the machine.

    Values of environment variables are never read.
    """
    packages = _packages(tuple(sys.path))
    imported = {name.partition(".")[0] for name in tuple(sys.modules)}
    used = [name for name in packages if _module(name) in imported]
    return Environment(
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        platform=_platform(),
        machine=platform.machine(),
        cpus=os.cpu_count() or 1,
        memory_bytes=_memory(),
        packages=packages,
        used=tuple(sorted(used)),
    )


def _packages(folders: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in dict.fromkeys(folders):
        try:
            with os.scandir(folder or ".") as entries:
                names = [e.name for e in entries if e.name.endswith(("dist-info", "egg-info"))]
        except OSError:
            continue  # zip files and folders that are gone may stand in sys.path
        for name in names:
            parts = _DIST.match(name)
            if parts is not None:
                found.setdefault(parts["name"].lower().replace("-", "_"), parts["version"])
    return dict(sorted(found.items()))


def _module(distribution: str) -> str:
    return _MODULES.get(distribution, distribution)


@lru_cache(maxsize=1)
def _platform() -> str:
    return platform.platform(terse=True)


def _memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0
