"""The program against its model: a repository is three dicts, and undo is exact."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import jupyter_mvt as mvt
from jupyter_mvt.errors import MvtError

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = st.sampled_from(["alpha", "beta/x", "Gamma", "1.0"])
SESSIONS = st.sampled_from([0, 1])
Refs = dict[str, dict[str, str]]


class Weight:
    def __init__(self, weight: int) -> None:
        self.weight = weight

    def predict(self, x: float) -> float:
        return x


def refusal(act: Callable[[], object]) -> str:
    """Return the code with which `act` is refused, or nothing."""
    try:
        act()
    except MvtError as error:
        return error.code
    return ""


class Histories(RuleBasedStateMachine):
    """Two sessions on one folder; what refs there should be is kept beside it."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="mvt-")
        mvt.init(self.folder.name)
        self.sessions = [mvt.open(self.folder.name) for _ in range(2)]
        self.heads = ["main", "main"]
        self.refs: Refs = {"branches": {}, "tags": {}, "labels": {}}
        self.made: list[str] = []
        self.default = "main"

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            try:
                assert mvt.open(self.folder.name).fsck().problems == ()
                assert os.listdir(f"{self.folder.name}/.mvt/tmp") == []
            finally:
                self.folder.cleanup()

    def taken(self, name: str) -> bool:
        tables = (self.refs["branches"], self.refs["tags"], self.refs["labels"], [self.default])
        return any(name.casefold() == other.casefold() for table in tables for other in table)

    def ids(self) -> tuple[str, Refs]:
        """Return the id of all refs, and them as the store folds them."""
        repo = mvt.open(self.folder.name)
        found = {kind: {name: version.id for name, version in getattr(repo, kind).items()}
                 for kind in self.refs}  # fmt: skip
        return repr(sorted(found.items())), found

    @rule(who=SESSIONS)
    def commit(self, who: int) -> None:
        made = self.sessions[who].commit(Weight(len(self.made)))
        branch = self.heads[who]
        tip = self.refs["branches"].get(branch)
        assert made.created
        assert made.version.branch == branch
        assert [*made.version.parents] == ([tip] if tip else [])
        assert made.version.number == len(self.made) + 1
        self.made.append(made.version.id)
        self.refs["branches"][branch] = made.version.id

    @rule(who=SESSIONS)
    def commit_nothing_new(self, who: int) -> None:
        tip = self.refs["branches"].get(self.heads[who])
        if tip is None:
            return
        weight = self.sessions[who][tip].load(trust=True).weight
        again = self.sessions[who].commit(Weight(weight))
        assert (again.created, again.version.id) == (False, tip)

    @rule(who=SESSIONS, kind=st.sampled_from(["branches", "tags", "labels"]), name=NAMES,
          pick=st.integers(0, 99))  # fmt: skip
    @precondition(lambda self: self.made)
    def name(self, who: int, kind: str, name: str, pick: int) -> None:
        oid = self.made[pick % len(self.made)]
        table = getattr(self.sessions[who], kind)
        make = table.move if kind == "labels" else table.create
        moves = kind == "labels" and name in self.refs["labels"]
        refused = self.refs["labels"][name] == oid if moves else self.taken(name)
        code = refusal(lambda: make(name, oid))
        assert code in ({"name-taken", "already-there"} if refused else {""})
        if not refused:
            self.refs[kind][name] = oid

    @rule(who=SESSIONS, kind=st.sampled_from(["branches", "tags", "labels"]), name=NAMES)
    def remove(self, who: int, kind: str, name: str) -> None:
        table = getattr(self.sessions[who], kind)
        in_use = kind == "branches" and name in {self.heads[who], self.default}
        forms = {"labels": lambda: table.remove(name), "tags": lambda: table.delete(name),
                 "branches": lambda: table.delete(name, force=True)}  # fmt: skip
        code = refusal(forms[kind])
        if name not in self.refs[kind]:
            assert code == f"unknown-{kind.rstrip('s').removesuffix('e')}"
        elif in_use:
            assert code == "branch-in-use"
        else:
            assert code == ""
            del self.refs[kind][name]

    @rule(who=SESSIONS, old=NAMES, new=NAMES)
    def rename(self, who: int, old: str, new: str) -> None:
        code = refusal(lambda: self.sessions[who].branches.rename(old, new))
        if old not in self.refs["branches"] or self.taken(new):
            assert code in {"unknown-branch", "name-taken"}
            return
        assert code == ""
        self.refs["branches"][new] = self.refs["branches"].pop(old)
        if self.heads[who] == old:
            self.heads[who] = new

    @rule(who=SESSIONS, name=st.one_of(st.just("main"), NAMES))
    def switch(self, who: int, name: str) -> None:
        code = refusal(lambda: self.sessions[who].switch(name))
        if name == self.default or name in self.refs["branches"]:
            assert code == ""
            self.heads[who] = name
        else:
            assert code in {"unknown-branch", "unknown-revision", "not-a-branch", "no-versions"}

    @rule(who=SESSIONS)
    def roll_back(self, who: int) -> None:
        for name in self.refs["labels"]:
            code = refusal(lambda name=name: self.sessions[who].rollback(name))
            now = mvt.open(self.folder.name).labels[name].id
            assert code == ("nothing-to-roll-back" if now == self.refs["labels"][name] else "")
            self.refs["labels"][name] = now

    @rule(who=SESSIONS, change=st.sampled_from(["commit", "label", "tag", "branch", "rename"]))
    @precondition(lambda self: self.made)
    def undo_is_exact_and_redo_too(self, who: int, change: str) -> None:
        repo, before = self.sessions[who], self.ids()
        if change == "commit":
            self.commit(who)
        elif change == "label":
            repo.labels.move("passing", self.made[0])
        elif change == "rename":
            if self.heads[who] not in {*self.refs["branches"]} - {self.default}:
                return
            repo.branches.rename(self.heads[who], "passing")
            assert repo.head == "passing"
        else:
            (repo.tags if change == "tag" else repo.branches).create("passing", self.made[0])
        after = self.ids()
        repo.undo()
        assert self.ids() == before
        repo.redo()
        assert self.ids() == after
        repo.undo()
        self.refs = before[1]

    @rule(who=SESSIONS)
    def open_again(self, who: int) -> None:
        self.sessions[who] = mvt.open(self.folder.name)
        self.heads[who] = self.default

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        if not hasattr(self, "folder"):
            return
        assert self.ids()[1] == self.refs
        for repo, head in zip(self.sessions, self.heads, strict=True):
            assert repo.head == head
            assert {name: v.id for name, v in repo.labels.items()} == self.refs["labels"]
        log = self.sessions[0].log(limit=None)
        numbers = [entry.version.number for entry in log.entries]
        assert numbers == sorted(set(numbers), reverse=True)


SOAK = "MVT_SOAK" in os.environ
"""Set it (``MVT_SOAK=1 pytest tests/stateful``) for the long run before a release."""

TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=500 if SOAK else 30,
    stateful_step_count=40 if SOAK else 20,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=list(HealthCheck),
)
