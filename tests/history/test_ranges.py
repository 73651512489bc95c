"""Versions named several at once, and that what du tells of them is what goes, to the byte."""

from __future__ import annotations

import random

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.cli.main import main
from jupyter_mvt.errors import MvtError
from jupyter_mvt.history import branch, label, tag
from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.packing import pack
from jupyter_mvt.history.ranges import named, parts
from jupyter_mvt.history.usage import usage
from jupyter_mvt.store import oplog
from jupyter_mvt.store.quota import used_bytes
from tests.history.test_gc import home, keep, payload, sound, thin, time
from tests.shells import started, text

__all__ = ["home", "time"]


@pytest.fixture
def nine(home):
    for seed in range(1, 10):
        keep(home, seed)
    branch.create(home, "exp-2", "v4")
    return home


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("v3..v6", {3, 4, 5, 6}), ("v3-v6", {3, 4, 5, 6}), ("v3–v6", {3, 4, 5, 6}),
        ("V3..v6", {3, 4, 5, 6}), ("v3 .. v6", {3, 4, 5, 6}), ("v3...v6", {3, 4, 5, 6}),
        ("v3..v3", {3}), ("v3", {3}), ("exp-2", {4}), ("HEAD~1", {8}),
        ("v1–v2, v5, v7–v8", {1, 2, 5, 7, 8}), (["v1..v2", "v7,v8"], {1, 2, 7, 8}),
        ([], set()),
    ],
    ids=str,
)  # fmt: skip
def test_ranges_hold_their_ends(nine, words, numbers):
    view = oplog.current(nine.store)
    found = named(nine, view, parts(words))
    assert {view.commits[oid].number for oid in found} == numbers


BACKWARDS = "'v6..v3' runs backwards, and so holds no version."
NO_RANGE = "is no range: it goes from one version to another, by their numbers."
WRONG = {
    "v6..v3": (f"UsageError [range-syntax]: {BACKWARDS}", "%mvt gc --drop v3..v6"),
    "v3..": (f"UsageError [range-syntax]: 'v3..' {NO_RANGE}", "%mvt gc --drop v3..v9"),
    "..v6": (f"UsageError [range-syntax]: '..v6' {NO_RANGE}", "%mvt gc --drop v1..v6"),
    "..": (f"UsageError [range-syntax]: '..' {NO_RANGE}", "%mvt gc --drop v1..v9"),
    "v3-": (f"UsageError [range-syntax]: 'v3-' {NO_RANGE}", "%mvt gc --drop v3..v9"),
    "main..v3": (f"UsageError [range-syntax]: 'main..v3' {NO_RANGE}", "%mvt gc --drop v1..v9"),
    "v3..v99": (
        "NotFoundError [unknown-revision]: There is no version 'v99'; did you mean v9?",
        "%mvt show v9",
    ),
    "v3..v9": (
        "ConflictError [version-needed]: v4 cannot be dropped: it is the newest of exp-2.",
        "%mvt du",
    ),
    "": ("UsageError [revision-syntax]: '' is not a revision such as HEAD~1, main, v3 or "
         "production@{1}.", "%mvt log"),
}  # fmt: skip


@pytest.mark.parametrize("words", WRONG)
def test_a_range_that_is_none_is_refused_before_anything_goes(nine, words):
    message, hint = WRONG[words]
    before = list(nine.store.backend.list(""))
    with pytest.raises(MvtError) as refused:
        gc(nine, drop=[words], grace_days=0)
    assert refused.value.lines("%mvt") == [message, f"Hint: {hint}"]
    assert (list(nine.store.backend.list("")), thin(nine)) == (before, set())


@pytest.mark.parametrize("seed", range(6))
def test_the_words_of_du_free_what_du_tells(home, time, seed):
    chance = random.Random(seed)
    for at in range(1, 13):
        keep(home, chance.randint(0, 8), shared=payload(chance.randint(90, 92), 40_000))
        if chance.random() < 0.2:
            tag.create(home, f"t{at}", f"v{chance.randint(1, at)}")
        if chance.random() < 0.2:
            branch.create(home, f"b{at}", f"v{chance.randint(1, at)}")
        if chance.random() < 0.2:
            pack(home)
        if at == 2:
            label.move(home, "production", "v2")
    told = usage(home)
    assert told.droppable.count("v") > 2
    before = used_bytes(home.store)
    foretold = gc(home, dry_run=True, drop=[told.droppable], grace_days=0)
    report = gc(home, drop=[told.droppable], grace_days=0)
    assert foretold.freed_bytes == report.freed_bytes == told.droppable_bytes
    assert before - used_bytes(home.store) == told.droppable_bytes
    assert (usage(home).droppable, sound(home)) == ("", True)


def test_ranges_are_taken_wherever_versions_to_drop_are_named(tmp_path, monkeypatch, capsys):
    with started(tmp_path, monkeypatch) as shell:
        repo = mvt.init(tmp_path)
        for number in range(8):
            (tmp_path / "model.bin").write_bytes(payload(number))
            repo.commit(tmp_path / "model.bin")
        freed = [repo.gc(drop=drop, pack="none") for drop in ("v1..v2", [repo["v3"]])]
        assert [[v.name for v in one.thin] for one in freed] == [["v1", "v2"], ["v3"]]
        assert main(["gc", "--drop", "v4..v5", "--pack", "none"]) == 0
        assert "v4–v5 are now thin" in capsys.readouterr().out
        shell.run_line_magic("load_ext", "jupyter_mvt")
        found = shell.run_line_magic("mvt", 'gc --dry-run --drop "v6–v6, v7"')
        assert text(found).endswith("\n    %mvt gc --drop 'v6–v6' --drop v7")
