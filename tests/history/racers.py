"""Writers and a collector on one repository; a program of its own, so that it forks early.

``python -m tests.history.racers FOLDER ROUNDS TIMES PAUSE``: fresh repositories, in each of which
every writer commits so many times, resting for PAUSE seconds before each, until the collector has
made so many rounds.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from jupyter_mvt.errors import ConflictError
from jupyter_mvt.history import branch
from jupyter_mvt.history.commit import Draft, commit
from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.history.settings import configure
from jupyter_mvt.objects.commit import Content, Model, Param
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.settings import Settings
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.trash import is_thin
from jupyter_mvt.store.writer import begin
from tests.history.leash import wear

POOL = [digest(b"%d" % i).encode() * 400 for i in range(10)]


def handle(root: Path, name: str) -> Handle:
    return Handle(store=open_store(root), session=Session(id=name, branch=name), actor=name,
                  tool="t")  # fmt: skip


def keep(me: Handle, payloads: list[bytes], step: int) -> int:
    """Commit, as `api.commit.keep` does; return how often content was freed meanwhile."""
    for again in range(20):
        with begin(me.store) as pack:
            parts = tuple(
                Part(path=f"p{i}", dtype="bytes", shape=(len(data),), nbytes=len(data),
                     read=lambda data=data: data)
                for i, data in enumerate(payloads)
            )  # fmt: skip
            weights, manifest = pack.bundle(Bundle(parts=parts))
            state = pack.blob(b"state")
            receipt = pack.publish()
        model = Model(
            var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X",
            weights=weights, weights_id=manifest.identity, weights_bytes=1, n_weights=1,
            state=state, state_kind="declarative", state_identity=digest(b""), arch=digest(b""),
        )  # fmt: skip
        content = Content(models=(model,), params=(Param(name="step", value=step),))
        try:
            commit(me, Draft(content=content, message=str(step), packs=receipt.packs))
        except ConflictError as error:
            if error.code != "freed-meanwhile":
                raise
        else:
            return again
    sys.exit("content is freed again and again")


def write(root: Path, name: str, times: int, pause: float = 0) -> dict[str, int]:
    """Commit what others may hold too, and drop a branch now and then; rest between commits."""
    me, chance, retries = handle(root, name), random.Random(name), 0
    for step in range(times):
        time.sleep(pause)
        retries += keep(me, chance.sample(POOL, 3), step)
        if step % 4 == 3:
            side = f"{name}-{step}"
            branch.create(me, side, name)
            me.session.branch = side
            retries += keep(me, chance.sample(POOL, 2), step)
            me.session.branch = name
            branch.delete(me, side, force=True)
    return {"retries": retries}


def collect(root: Path, stop: Path, pause: float = 0) -> dict[str, int]:
    """Free what can be freed, at once, over and over."""
    me, rounds, deleted = handle(root, "main"), 0, 0
    while not stop.exists():
        deleted += gc(me, grace_days=0).deleted_bytes
        rounds += 1
        time.sleep(pause)
    return {"rounds": rounds, "deleted": deleted}


def broken(root: Path) -> list[str]:
    """Return what is wrong: a version that is not thin and not readable, or anything for fsck."""
    store = open_store(root)
    view = oplog.current(store)
    wrong = [f"{name} is thin" for name, oid in view.branches.items() if is_thin(view, oid)]
    for oid, where in view.commits.items():
        found = reach(store, oplog.commit_object(store, oid).content, thin=is_thin(view, oid))
        wrong += [f"v{where.number}: {error}" for _, error in found.broken]
        for name in (*found.blobs, *found.chunks):
            store.blob(name)
    return wrong + [problem.text for problem in fsck(store).problems]


def forked(work: Callable[[], dict[str, int]], told: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        wear()
        told.write_text(json.dumps(work()))
        status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def main() -> None:
    folder, rounds, times = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    pause = float(sys.argv[4])
    totals = {"retries": 0, "rounds": 0, "deleted": 0, "failed": 0, "wrong": []}
    turn = -1
    while totals["rounds"] < rounds and not totals["failed"]:
        turn += 1
        root, stop = folder / f"{turn}.mvt", folder / f"{turn}.stop"
        init_store(root, durability="fast")
        configure(handle(root, "main"), Settings(keep_last=2))
        told = [folder / f"{turn}.{i}.json" for i in range(5)]
        collector = forked(partial(collect, root, stop), told[4])
        writers = [forked(partial(write, root, f"w{i}", times, pause), told[i]) for i in range(4)]
        failed = sum(os.waitpid(pid, 0)[1] != 0 for pid in writers)
        stop.touch()
        failed += os.waitpid(collector, 0)[1] != 0
        totals["failed"] += failed
        totals["wrong"] += broken(root)
        for path in told:
            if path.exists():
                for key, value in json.loads(path.read_text()).items():
                    totals[key] += value
    json.dump(totals, sys.stdout)


if __name__ == "__main__":
    main()
