"""The remembered line of history is the walked one, whatever happened in between."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import ConflictError
from jupyter_mvt.history import branch, label
from jupyter_mvt.history.commit import Draft, commit
from jupyter_mvt.history.graph import ancestors, line, tips
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.store import oplog
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.store.store import Store

STEP = st.tuples(st.sampled_from(["commit", "branch", "switch", "delete", "label", "main", "all"]),
                 st.integers(0, 30))  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(STEP, max_size=20))
def test_a_remembered_line_is_the_walked_one(steps):
    store = Store(MemoryBackend())
    home = Handle(store=store, session=Session(id="s"), actor="a", tool="t", clock=Clock())
    made = 0

    def keep():
        nonlocal made
        made += 1
        metrics = (Metric(name="accuracy", value=float(made)),)
        commit(home, Draft(content=Content(metrics=metrics), message=str(made)))

    keep()
    for at, (what, number) in enumerate(steps):
        view = oplog.current(store)
        names = list(view.branches)
        name = names[number % len(names)]
        with suppress(ConflictError):  # HEAD's branch stays, a label is there already
            if what == "commit":
                keep()
            elif what == "branch":
                branch.create(home, f"b{at}", f"v{number % made + 1}")
            elif what == "switch":
                home.session.branch = name
            elif what == "delete":
                branch.delete(home, name, force=True)
            elif what == "label":
                label.move(home, "production", f"v{number % made + 1}", reason=str(at))
        view = oplog.current(store)
        alone = what == "main" and "main" in view.branches
        starts = [view.branches["main"]] if alone else tips(view)
        assert line(store, view, starts) == list(ancestors(store, view, starts))
