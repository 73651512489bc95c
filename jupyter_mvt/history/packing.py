"""Store old versions more tightly; see `store.packer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.store import packer

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.history.handle import Handle

__all__ = ["pack"]


def pack(
    handle: Handle, *, everything: bool = False, grace_us: int | None = None, threads: int = 2,
    stop: Callable[[], bool] = lambda: False,
) -> packer.PackReport:  # fmt: skip
    """Encode what is rarely read and join small packs; `store.packer.pack` tells the parameters.

    `grace_us` shortens how long the old packs stay; it never prolongs it.
    """
    grace = packer.GRACE_US if grace_us is None else min(grace_us, packer.GRACE_US)
    return packer.pack(
        handle.store, everything=everything, clock=handle.clock, actor=handle.actor,
        tool=handle.tool, session=handle.session.id, grace_us=grace, threads=threads, stop=stop,
    )  # fmt: skip
