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
    used = [name for name in packages if "." not in name and _module(name) in sys.modules]
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
            at = os.stat(folder or ".")
            own = _installed(folder, (at.st_dev, at.st_ino, at.st_mtime_ns))
        except OSError:
            continue  # zip files and folders that are gone may stand in sys.path
        for name, version in own:
            found.setdefault(name, version)
    return dict(sorted(found.items()))


@lru_cache(maxsize=64)
def _installed(folder: str, stamp: tuple[int, int, int]) -> tuple[tuple[str, str], ...]:
    """Return names and versions told by a folder, which is read again when `stamp` differs."""
    with os.scandir(folder or ".") as entries:
        names = [e.name for e in entries if e.name.endswith(("dist-info", "egg-info"))]
    parts = [found for found in map(_DIST.match, names) if found is not None]
    return tuple((part["name"].lower().replace("-", "_"), part["version"]) for part in parts)


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
