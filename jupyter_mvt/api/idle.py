"""What is done to a repository when nobody waits for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mvt.api.discover import FOLDER
from jupyter_mvt.history import packing
from jupyter_mvt.history.gc import expire
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.settings import read_settings
from jupyter_mvt.store import oplog
from jupyter_mvt.store.claim import claimed
from jupyter_mvt.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.api.kernel import Identity
    from jupyter_mvt.store.packer import PackReport

__all__ = ["tidy"]

_CLAIM = "tmp/packing"


def tidy(folder: str, identity: Identity, stop: Callable[[], bool]) -> PackReport | None:
    """Pack old versions of the repository in `folder`, and delete what waited long enough.

    Nothing is done, and ``None`` returned, if the repository does not want it or another process
    is at it. `stop` is as in `store.packer.pack`. Nothing is told: what was done is in the log.
    """
    root = Path(folder) / FOLDER
    store = open_store(root)
    if not read_settings(oplog.current(store)).pack_when_idle:
        return None
    clock = Clock()
    handle = Handle(store=store, session=Session(id=clock.token()[:16]), actor=identity.actor,
                    tool=f"{identity.tool} idle", clock=clock, name=root.parent.name)  # fmt: skip
    with claimed(str(root / _CLAIM)) as is_mine:
        if not is_mine:
            return None
        report = packing.pack(handle, threads=0, stop=stop)
        if report.finished:
            expire(handle)
    return report
