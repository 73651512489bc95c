"""``python -m jupyter_mvt.capture.rerun PLAN OUTCOME HOME``: run a plan, write what came of it."""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from jupyter_mvt.capture.chance import put_back
from jupyter_mvt.capture.closures import sources_from
from jupyter_mvt.capture.rerun.guarding import guard
from jupyter_mvt.capture.rerun.judging import judge, same_data
from jupyter_mvt.capture.rerun.plan import Outcome, Plan
from jupyter_mvt.capture.rerun.running import CellFailed, Session
from jupyter_mvt.capture.rerun.standins import kept_rows
from jupyter_mvt.objects.encode import decode_as, encode
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.store import oplog
from jupyter_mvt.store.fs import OsDisk
from jupyter_mvt.store.open import open_store

__all__ = ["carry_out"]


def carry_out(plan: Plan, home: str = "") -> Outcome:
    """Run the pieces of `plan` in this process and judge every model of the version.

    Commands of the shell are run too, if `home` is a mirror that they may write to.
    """
    for name in plan.imports:
        with suppress(ImportError):
            importlib.import_module(name)
    if any("plt" in piece.source or "matplotlib" in piece.source for piece in plan.pieces):
        with suppress(ImportError):
            importlib.import_module("matplotlib").use("agg")  # a window would wait for somebody
    store = open_store(Path(plan.store))
    content = oplog.commit_object(store, ObjectId(plan.commit)).content
    stand_ins = kept_rows(store, content.datasets)
    session, unset = Session(stand_ins, plan.inputs, home), []
    started = perf_counter()
    try:
        for piece in plan.pieces:
            for name, state in piece.rng.items():
                if not put_back(name, store.blob(ObjectId(state))):
                    unset.append(name)
            session.run(piece)
        session.settle()
    except CellFailed as failure:
        return Outcome(failed_in=failure.order, error=str(failure)[:2000],
                       skipped=tuple(session.skipped), unset=tuple(dict.fromkeys(unset)),
                       seconds=perf_counter() - started)  # fmt: skip
    seconds = perf_counter() - started
    names = session.namespace
    sources = sources_from(session.definitions(plan.pieces).get, names)
    judged = [judge(store, model, names, sources, plan.tolerance) for model in content.models]
    data = {one.var: same_data(one, names) for one in content.datasets}
    data.update(dict.fromkeys(stand_ins.used, "stored"))
    session.close()
    return Outcome(verdicts=tuple(judged), skipped=tuple(session.skipped), data=data,
                   unset=tuple(dict.fromkeys(unset)), seconds=seconds)  # fmt: skip


def main() -> None:
    """Read the plan, carry it out, write the outcome where the parent looks for it."""
    source, target, home = sys.argv[1:]
    disk = OsDisk()
    plan = decode_as(disk.read(source), Plan)
    sys.argv[:] = [""]
    guard(Path(home))
    outcome = encode(carry_out(plan, home))
    handle = disk.create(target)
    disk.write(handle, outcome)
    disk.close(handle)


if __name__ == "__main__":
    main()
