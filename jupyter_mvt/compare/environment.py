"""Software and hardware that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.compare.diff import EnvironmentDiff, PackageChange
from jupyter_mvt.compare.side import Side, environment

if TYPE_CHECKING:
    from jupyter_mvt.objects.environment import Environment

__all__ = ["diff_environment"]


def diff_environment(base: Side, other: Side) -> EnvironmentDiff | None:
    """Compare packages and facts; packages that were imported on either side come first."""
    if base.commit.content.env_id == other.commit.content.env_id:
        return None
    a, b = environment(base), environment(other)
    if a is None or b is None:
        return EnvironmentDiff(facts=(("Environment", _summary(base, a), _summary(other, b)),))
    facts = tuple(
        (what, before, after)
        for (what, before), (_, after) in zip(_facts(a), _facts(b), strict=True)
        if before != after
    )
    packages = _packages(a, b)
    return EnvironmentDiff(packages=packages, facts=facts) if packages or facts else None


def _summary(side: Side, env: Environment | None) -> str:
    return "not recorded" if env is None else side.commit.content.env_summary or "recorded"


def _facts(env: Environment) -> tuple[tuple[str, str], ...]:
    return (
        ("Python", f"{env.implementation} {env.python}".strip()),
        ("Platform", env.platform),
        ("Machine", env.machine),
        ("Processors", str(env.cpus)),
    )


def _packages(a: Environment, b: Environment) -> tuple[PackageChange, ...]:
    used = {*a.used, *b.used}
    changes = [
        PackageChange(
            name=name,
            base=a.packages.get(name, ""),
            other=b.packages.get(name, ""),
            used=name in used,
        )
        for name in a.packages.keys() | b.packages.keys()
        if a.packages.get(name) != b.packages.get(name)
    ]
    return tuple(sorted(changes, key=lambda change: (not change.used, change.name)))
