"""Time and chance, injected: tests fix them, nothing else reads them directly."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Clock"]


def _now_us() -> int:
    return time.time_ns() // 1000


def _token() -> str:
    return os.urandom(16).hex()


@dataclass(frozen=True, slots=True)
class Clock:
    """A source of the present time and of random tokens.

    Attributes
    ----------
    now_us
        Returns microseconds since 1970-01-01 UTC.
    token
        Returns 32 hexadecimal digits, fresh at each call.
    """

    now_us: Callable[[], int] = field(default=_now_us)
    token: Callable[[], str] = field(default=_token)
