"""The store against its model with power cuts, packing, gc, undo and a second handle as rules."""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jupyter_mvt.errors import ConflictError, NotFoundError
from jupyter_mvt.history import branch, label, tag
from jupyter_mvt.history.commit import Draft
from jupyter_mvt.history.commit import commit as publish
from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.history.undo import redo, undo
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.commit import Content, Model, Param
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.settings import DAY_US
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import layout, oplog, packer
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.packer import pack
from jupyter_mvt.store.trash import is_thin
from jupyter_mvt.store.writer import begin
from jupyter_mvt.testing.crash import power_cuts
from jupyter_mvt.testing.disks import MemoryDisk

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT_FOLDER = "/home"
TEMPORARY = "/home/.mvt/tmp/"
WHO = st.sampled_from([0, 1])
NAMES = st.sampled_from(["alpha", "beta", "gamma"])
SEEDS = st.integers(0, 3)
Refs = dict[str, dict[str, str]]
RUNS = 500
EXAMPLES = int(float(os.environ.get("MVT_SOAK", "1")) * 3000)


def payload(seed: int) -> bytes:
    return digest(b"%d" % seed).encode() * 40


class Cuts(RuleBasedStateMachine):
    """Two handles on one disk; what the refs and contents should be is kept beside it."""

    @initialize()
    def begin(self) -> None:
        self.root = PurePosixPath(ROOT_FOLDER, ".mvt")
        self.disk, self.ticks, self.days = MemoryDisk(ROOT_FOLDER), 0, 0
        init_store(self.root, disk=self.disk)
        self.refs: Refs = {"branches": {}, "tags": {}, "labels": {}}
        self.made: dict[str, int] = {}
        self.past: list[Refs] = []
        self.undone: tuple[Refs, Refs] | None = None
        self.settle()

    def settle(self) -> None:
        """Take the disk as it is for what a cut leaves of the past; open it twice."""
        self.base = self.disk.copy()
        self.disk.events.clear()
        self.handles = [self.opened() for _ in range(2)]

    def opened(self) -> Handle:
        clock = Clock(now_us=self.now, token=lambda: f"{self.tick():032x}")
        store = open_store(self.root, disk=self.disk)
        return Handle(store=store, session=Session(id="s"), actor="a", tool="t", clock=clock)

    def tick(self) -> int:
        self.ticks += 1
        return self.ticks

    def now(self) -> int:
        return 10**15 + self.days * DAY_US + self.tick()

    def change(self, act: Callable[[], object]) -> None:
        """Do what the model has been told already, or nothing where it is refused."""
        before = self.found()
        act()
        self.past.append(before)
        self.undone = None

    def found(self) -> Refs:
        view = oplog.current(self.handles[0].store)
        return {"branches": dict(view.branches), "tags": dict(view.tags),
                "labels": dict(view.labels)}  # fmt: skip

    @rule(who=WHO, seed=SEEDS)
    def commit(self, who: int, seed: int) -> None:
        handle = self.handles[who]
        part = Part(path="w", dtype="bytes", shape=(2560,), nbytes=2560,
                    read=lambda: payload(seed))  # fmt: skip
        with begin(handle.store) as writing:
            weights, manifest = writing.bundle(Bundle(parts=(part,)))
            state = writing.blob(b"state")
            receipt = writing.publish()
        nothing = digest(b"")
        model = Model(
            var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X",
            weights=weights, weights_id=manifest.identity, weights_bytes=1, n_weights=1,
            state=state, state_kind="declarative", state_identity=nothing, arch=nothing,
        )  # fmt: skip
        content = Content(models=(model,), params=(Param(name="n", value=self.tick()),))
        draft = Draft(content=content, message="m", packs=receipt.packs)
        made: list[str] = []
        self.change(lambda: made.append(publish(handle, draft).id))
        self.refs["branches"]["main"] = made[0]
        self.made[made[0]] = seed

    @rule(who=WHO, kind=st.sampled_from(["branches", "tags", "labels"]), name=NAMES, pick=SEEDS)
    @precondition(lambda self: self.made)
    def name(self, who: int, kind: str, name: str, pick: int) -> None:
        view = oplog.current(self.handles[who].store)
        whole = [oid for oid in self.made if not is_thin(view, oid)]  # type: ignore[arg-type]
        if not whole:
            return  # a gc has thinned what nothing named
        oid = whole[pick % len(whole)]
        verb = {"branches": branch.create, "tags": tag.create, "labels": label.move}[kind]
        try:
            self.change(lambda: verb(self.handles[who], name, oid))
        except ConflictError:
            taken = any(name in table for table in self.refs.values())
            assert taken
        else:
            self.refs[kind][name] = oid

    @rule(who=WHO, kind=st.sampled_from(["branches", "tags", "labels"]), name=NAMES)
    def remove(self, who: int, kind: str, name: str) -> None:
        verb = {"branches": lambda *a: branch.delete(*a, force=True), "tags": tag.delete,
                "labels": label.remove}[kind]  # fmt: skip
        try:
            self.change(lambda: verb(self.handles[who], name))
        except NotFoundError:
            assert name not in self.refs[kind]
        else:
            del self.refs[kind][name]

    @rule(who=WHO)
    @precondition(lambda self: self.past)
    def undo(self, who: int) -> None:
        before = deepcopy(self.refs)
        undo(self.handles[who])
        self.refs = self.past.pop()
        self.undone = (before, deepcopy(self.refs))

    @rule(who=WHO)
    @precondition(lambda self: self.undone)
    def redo(self, who: int) -> None:
        assert self.undone is not None
        redo(self.handles[who])
        self.past.append(self.undone[1])
        self.refs, self.undone = self.undone[0], None

    @rule(who=WHO, days=st.sampled_from([0, 15]))
    @precondition(lambda self: self.made)
    def collect(self, who: int, days: int) -> None:
        self.days += days
        if gc(self.handles[who], grace_days=0).operation:
            # What was thinned for good: undo would find the gc itself, and refuse.
            self.past.clear()
        self.undone = None

    @rule(who=WHO)
    @precondition(lambda self: self.made)
    def pack(self, who: int) -> None:
        handle = self.handles[who]
        pack(handle.store, everything=True, clock=handle.clock, threads=1)
        self.undone = None

    @rule(who=WHO)
    def reopen(self, who: int) -> None:
        self.handles[who] = self.opened()

    @rule(pick=st.integers(0, 7))
    def cut(self, pick: int) -> None:
        """Cut the power when everything is acknowledged."""
        events = self.disk.events
        states = [disk for _, disk in power_cuts(self.base, events, samples=8, start=len(events),
                                                 ignored=TEMPORARY)]  # fmt: skip
        self.disk = states[pick % len(states)]
        self.settle()

    @rule(who=WHO, seed=SEEDS, pick=st.integers(0, 199))
    def cut_in_a_commit(self, who: int, seed: int, pick: int) -> None:
        """Cut the power while a commit runs: afterwards it is there, or it is not."""
        before, past = deepcopy(self.refs), list(self.past)
        start = len(self.disk.events)
        self.commit(who, seed)
        states = [disk for _, disk in power_cuts(self.base, self.disk.events, samples=24,
                                                 start=start, ignored=TEMPORARY)]  # fmt: skip
        self.disk = states[pick % len(states)]
        self.settle()
        if self.found() != self.refs:
            assert self.found() == before
            self.made.pop(self.refs["branches"]["main"])
            self.refs, self.past = before, past

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        if hasattr(self, "handles"):
            for handle in self.handles:
                view = oplog.current(handle.store)
                assert dict(view.branches) == self.refs["branches"]
                assert dict(view.tags) == self.refs["tags"]
                assert dict(view.labels) == self.refs["labels"]
                assert set(view.commits) >= set(self.made)

    def teardown(self) -> None:
        if not hasattr(self, "handles"):
            return
        store = open_store(self.root, disk=self.disk)
        assert [p for p in fsck(store).problems if p.kind != "corrupt-derived"] == []
        view = oplog.current(store)
        for oid, seed in self.made.items():
            if not is_thin(view, oid):  # type: ignore[arg-type]
                content = oplog.commit_object(store, oid).content  # type: ignore[arg-type]
                (entry,) = store.manifest(content.models[0].weights).entries
                assert bytes(store.content(entry)) == payload(seed)
        named = {oid for table in self.refs.values() for oid in table.values()}
        assert not any(is_thin(view, oid) for oid in named)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "WINDOW", 4)
    monkeypatch.setattr(packer, "_TARGET", 3000)


def run(examples: int, *, derandomize: bool) -> None:
    run_state_machine_as_test(
        Cuts,
        settings=settings(
            max_examples=examples, stateful_step_count=30, deadline=None, database=None,
            derandomize=derandomize, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.timeout(900)
def test_the_store_equals_its_model(proved: Callable[..., None]) -> None:
    run(RUNS, derandomize=True)
    proved("13", "the store against its model, up to 30 steps", RUNS, "runs")


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_the_store_equals_its_model_at_length(proved: Callable[..., None]) -> None:
    run(EXAMPLES, derandomize=False)
    proved("13", "the store against its model, up to 30 steps", EXAMPLES, "runs")
