"""What is about to be read: a live dataset, and its part in a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A live dataset, not yet read.

    Attributes
    ----------
    var
        The name that people know it by.
    role
        What it is for: ``train``, ``test``, ``train-target`` and so on.
    obj
        The data.
    arg_of
        The call that it was an argument of, if it was found by that.
    """

    var: str
    role: str
    obj: Any
    arg_of: str = ""
