"""The software and hardware a version was made with."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Environment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Versions and hardware, never the values of environment variables.

    Attributes
    ----------
    packages
        Installed distribution → version.
    used
        Names of those distributions that were imported.
    """

    python: str
    implementation: str
    platform: str
    machine: str
    cpus: int
    memory_bytes: int = 0
    packages: dict[str, str] = field(default_factory=dict)
    used: tuple[str, ...] = ()
