"""Packs that are cut off, flipped, swapped, foreign or gone: each message, whole."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.store.pack import DELTA, read_rows
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.api.repo import Repo


def model(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    made = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    start = np.random.default_rng(0).normal(size=(1, 20_000)).astype("f4")
    made.coef_ = (start + np.float32(1e-6 * seed)).astype("f4").astype("f8")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "repo"
    place.mkdir()
    repo = mvt.init(place)
    repo.commit(model(0))
    repo.labels.move("production", "v1")
    return place


def weights(repo: Repo) -> tuple[str, str]:
    """Return the id of the weights of v1, and their pack."""
    store = repo._handle.store
    manifest = store.manifest(repo["v1"].commit.content.models[0].weights)
    (entry,) = (entry for entry in manifest.entries if entry.nbytes > 100_000)
    store.index.refresh()
    oid = entry.chunks[0]
    return oid, store.index.find(bytes.fromhex(oid))[0].pack


def refused(folder: Path) -> list[str]:
    with pytest.raises(CorruptionError) as caught:
        mvt.open(folder)["v1"].load()
    return caught.value.lines("mvt")


def told(folder: Path, oid: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return what fsck says of an object: text, versions, labels."""
    repo = mvt.open(folder)
    (found,) = (problem for problem in repo.fsck().problems if problem.object == oid)
    return found.text, tuple(repo[commit].name for commit in found.commits), found.labels


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_a_flipped_bit(folder: Path) -> None:
    oid, pack = weights(mvt.open(folder))
    path = folder / ".mvt" / pack
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    rewrite(path, data)
    why = "its bytes do not match its id"
    assert refused(folder) == [
        f"CorruptionError [corrupt-object]: The object {oid} is corrupt in {pack}: {why}. "
        "Touches production, v1.",
        "Hint: mvt fsck",
    ]
    text = f"The object {oid} in {pack} is corrupt: {why}."
    assert told(folder, oid) == (text, ("v1",), ("production",))


@pytest.mark.parametrize("way", ["cut off", "empty", "swapped", "foreign"])
def test_a_pack_that_is_another_file(folder: Path, tmp_path: Path, way: str) -> None:
    _, pack = weights(mvt.open(folder))
    path = folder / ".mvt" / pack
    if way == "swapped":
        mvt.open(folder).commit(model(1))
        other = next(one for one in path.parent.iterdir() if one != path).read_bytes()
    elif way == "foreign":
        there = tmp_path / "there"
        there.mkdir()
        mvt.init(there).commit(model(9))
        other = next((there / ".mvt" / "packs").iterdir()).read_bytes()
    else:
        other = b"" if way == "empty" else path.read_bytes()[:-100]
    rewrite(path, other)
    first, hint = refused(folder)
    named = first.removeprefix("CorruptionError [missing-object]: The object ").split()[0]
    text, versions, labels = told(folder, named)
    assert first == (
        f"CorruptionError [missing-object]: The object {named} is missing from the repository."
        f" It may have been in the damaged {pack}. Touches production, {'–'.join(versions)}."
    )
    assert hint == "Hint: mvt fsck"
    assert text == f"The object {named} is missing."
    assert (versions[0], labels) == ("v1", ("production",))
    problems = {problem.key: problem.text for problem in mvt.open(folder).fsck().problems}
    why = "its index is damaged" if way in {"swapped", "foreign"} else "it is cut off"
    why = "its trailer is damaged" if way == "cut off" else why
    assert problems[pack] == f"The pack {pack} is corrupt: {why}."
    # What is committed again is written again, and whole.
    mvt.open(folder).commit(model(0), allow_empty=True)
    assert mvt.open(folder)["v1"].load().coef_.tobytes() == model(0).coef_.tobytes()


def no_file(path: Path, what: str) -> None:
    path.unlink()
    if what == "a folder":
        path.mkdir()
    elif what == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path.parent / "unmounted")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("a link", "The pack {pack} cannot be read: a link that leads nowhere has its name."),
        ("a folder", "Cannot read {path}: a folder is in its place."),
        ("a pipe", "Cannot read {path}: a pipe or device is there."),
    ],
)
def test_what_has_the_name_of_a_pack_and_is_no_file(
    folder: Path, tmp_path: Path, what: str, said: str
) -> None:
    shutil.copytree(folder, tmp_path / "good")
    _, pack = weights(mvt.open(folder))
    path = folder / ".mvt" / pack
    no_file(path, what)
    report = mvt.open(folder).fsck()
    taken, *absent = report.problems
    assert (taken.kind, taken.key) == ("not-a-file", pack)
    assert taken.text == said.format(pack=pack, path=path)
    assert {(one.kind, one.versions, one.labels) for one in absent} == {
        ("missing-object", ("v1",), ("production",))
    }
    shown = plain(report, Look(width=1000)).split("\n\n")
    assert shown[1] == f"! not-a-file: {taken.text}\n  Touches perhaps production, v1."
    assert refused(folder)[1] == "Hint: mvt fsck"
    mvt.open(folder).log()
    assert mvt.open(folder).repair(tmp_path / "good").lost == ()
    # A link is only removed; whose anything else is, nobody here knows.
    assert mvt.open(folder).fsck().problems == (() if what == "a link" else (taken,))
    assert mvt.open(folder).gc(grace_days=0).deleted_bytes == 0
    assert what == "a link" or stat.S_IMODE(path.stat().st_mode) & 0o200
    assert mvt.open(folder)["v1"].load().coef_.tobytes() == model(0).coef_.tobytes()


def test_one_array_of_a_damaged_version_names_what_it_touches(folder: Path) -> None:
    oid, pack = weights(mvt.open(folder))
    rewrite(folder / ".mvt" / pack, bytes((folder / ".mvt" / pack).stat().st_size))
    with pytest.raises(CorruptionError, match=r" Touches production, v1\.$") as caught:
        mvt.open(folder)["v1"].tensor("coef_")
    assert caught.value.about in {oid, mvt.open(folder)["v1"].commit.content.models[0].weights}


def test_a_lost_keyframe(folder: Path) -> None:
    repo = mvt.open(folder)
    for seed in range(1, 7):
        repo.commit(model(seed))
    repo.gc(pack="all", grace_days=0)
    store = mvt.open(folder)._handle.store
    rows = [(key, row) for key in store.backend.list("packs/")
            for row in read_rows(store.backend, key)]  # fmt: skip
    (key, delta) = next(found for found in rows if found[1].encoding == DELTA)
    frame = store.backend.get_range(key, delta.offset, 32)
    (where, base) = next(found for found in rows if found[1].oid == frame)
    path = folder / ".mvt" / where
    data = bytearray(path.read_bytes())
    data[base.offset : base.offset + base.stored] = bytes(base.stored)
    rewrite(path, data)
    found = {problem.object: problem for problem in mvt.open(folder).fsck().problems}
    assert found[delta.oid.hex()].text == (
        f"The object {delta.oid.hex()} in {key} is corrupt:"
        f" its keyframe {frame.hex()} is missing or corrupt."
    )
    assert frame.hex() in found
    # Every version that stands on the keyframe is named.
    named = {oid for problem in found.values() for oid in problem.commits}
    assert {repo[oid].name for oid in named} >= {"v1", "v2"}
    assert "production" in {label for problem in found.values() for label in problem.labels}
