"""Readers beside writers and a collector; a program of its own, so that it forks early.

``python -m tests.history.readers FOLDER READS PAUSE``: so many reads by each of two readers, while
two writers and a collector rest for PAUSE seconds after each of their steps.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from pathlib import Path

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.history.settings import configure
from jupyter_mvt.objects.settings import Settings
from jupyter_mvt.store import oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.trash import is_thin
from tests.history.racers import collect, forked, handle, write


def read(root: Path, times: int) -> dict[str, int]:
    """Look at all tips, and all they hold, over and over; fail if something is there by half."""
    store, freed, longest = open_store(root), 0, 0
    for turn in range(times):
        if turn % 20 == 0:
            store = open_store(root)
        if turn % 500 == 499:
            found = [problem.text for problem in fsck(store).problems]
            assert found == [], found
        view = oplog.current(store)
        assert view.number >= longest
        longest = view.number
        assert len(set(view.branches.values()) - set(view.commits)) == 0
        names = sorted(view.branches)
        if not names:
            continue
        oid = view.branches[names[turn % len(names)]]
        try:
            whole(store, oid, thin=is_thin(view, oid))
        except CorruptionError:
            # Nobody stands there any more, and what it held was freed meanwhile: the log says so.
            if not is_thin(oplog.current(store), oid):
                raise
            freed += 1
    return {"reads": times, "freed": freed}


def whole(store: Store, oid: str, *, thin: bool) -> None:
    found = reach(store, oplog.commit_object(store, oid).content, thin=thin)
    for _, error in found.broken:
        raise error
    for name in (*found.blobs, *found.chunks):
        store.blob(name)


def write_until(root: Path, name: str, stop: Path, pause: float) -> dict[str, int]:
    commits = 0
    while not stop.exists():
        write(root, f"{name}-{commits}", 4)
        commits += 4
        time.sleep(4 * pause)
    return {"commits": commits}


def main() -> None:
    folder, times, pause = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    root, stop = folder / "r.mvt", folder / "stop"
    init_store(root, durability="fast")
    configure(handle(root, "main"), Settings(keep_last=2))
    told = [folder / f"{i}.json" for i in range(5)]
    readers = [forked(partial(read, root, times), told[i]) for i in range(2)]
    others = [
        forked(partial(write_until, root, "w0", stop, pause), told[2]),
        forked(partial(write_until, root, "w1", stop, pause), told[3]),
        forked(partial(collect, root, stop, pause), told[4]),
    ]
    failed = sum(os.waitpid(pid, 0)[1] != 0 for pid in readers)
    stop.touch()
    failed += sum(os.waitpid(pid, 0)[1] != 0 for pid in others)
    facts = [json.loads(path.read_text()) for path in told if path.exists()]
    json.dump({"failed": failed, "facts": facts}, sys.stdout)


if __name__ == "__main__":
    main()
