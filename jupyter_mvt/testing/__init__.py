"""Conformance kits: subclass one in your own tests and it checks your implementation."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["AdapterTests", "BackendTests", "DatasetKindTests"]

_HOMES = {
    "AdapterTests": "jupyter_mvt.testing.adapters",
    "BackendTests": "jupyter_mvt.testing.backends",
    "DatasetKindTests": "jupyter_mvt.testing.datasets",
}


def __getattr__(name: str) -> Any:
    # Kits import pytest, which users of the package need not have.
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name]), name)
