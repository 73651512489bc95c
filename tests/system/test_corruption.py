"""One wrong byte in any file: named by fsck, never silently used, and work goes on."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mvt as mvt
from jupyter_mvt.cli.main import main
from jupyter_mvt.errors import CorruptionError, MvtError
from jupyter_mvt.metrics import index
from jupyter_mvt.store import layout

if TYPE_CHECKING:
    from pathlib import Path

X = np.arange(2000.0).reshape(1000, 2)
Y = np.arange(1000) % 2


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """A repository with every kind of file: packs, operations, checkpoints, segments, index."""
    folder = tmp_path_factory.mktemp("pristine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "WINDOW", 2)
        patch.setattr(index, "FOLD_COMMITS", 2)
        repo = mvt.init(folder)
        for i, strength in enumerate((1.0, 0.1, 0.01)):
            model = LogisticRegression(C=strength).fit(X[i:], Y[i:])
            repo.commit(model, message=f"take {i}", metrics={"accuracy": 0.5 + i / 10})
        repo.labels.move("production", "v1")
        assert len(repo.sql("select * from metrics")) == 3
        assert repo.fsck().problems == ()
    return folder


@pytest.fixture
def damaged(pristine, tmp_path, monkeypatch):
    """Return a function that flips one bit in the middle of the first file that fits."""
    monkeypatch.setattr(layout, "WINDOW", 2)
    monkeypatch.setattr(index, "FOLD_COMMITS", 2)
    shutil.copytree(pristine, tmp_path, dirs_exist_ok=True)

    def damage(pattern: str, at: float = 0.5) -> str:
        path = min((tmp_path / ".mvt").glob(pattern))
        data = bytearray(path.read_bytes())
        data[int(len(data) * at)] ^= 0x10
        path.chmod(0o644)
        path.write_bytes(data)
        return path.relative_to(tmp_path / ".mvt").as_posix()

    return damage


def everything(folder: Path) -> None:
    """Look at and restore all there is; raise what is wrong."""
    repo = mvt.open(folder)
    for i in (1, 2, 3):
        model = repo[f"v{i}"].load(trust=True)
        assert model.predict(X).shape == (1000,)
        repr(repo[f"v{i}"].details._repr_mimebundle_())
    repo.log()._repr_mimebundle_()
    repo.operations(None)._repr_mimebundle_()
    repo.diff("v1", "v3")._repr_mimebundle_()
    rows = repo.sql("select number, value from metrics join commits using (cid) order by number")
    assert [tuple(row) for row in rows.rows()] == [(1, 0.5), (2, 0.6), (3, 0.7)]


def fault(folder: Path) -> CorruptionError | None:
    try:
        everything(folder)
    except CorruptionError as error:
        return error
    return None


def kinds(folder: Path) -> set[tuple[str, str]]:
    return {(problem.kind, problem.key) for problem in mvt.open(folder).fsck().problems}


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [("README.md", "corrupt-readme"), ("checkpoints/*", "corrupt-derived"),
     ("segments/*", "corrupt-derived"), ("index/**/*.parquet", "corrupt-index"),
     ("index/*/manifest/*", "corrupt-index")],
)  # fmt: skip
def test_what_can_be_done_without_hurts_nobody(damaged, tmp_path, pattern, kind):
    key = damaged(pattern)
    assert kinds(tmp_path) == {(kind, key)}
    everything(tmp_path)
    repo = mvt.open(tmp_path)
    made = repo.commit(LogisticRegression(C=9).fit(X, Y), metrics={"accuracy": 0.9})
    assert made.version.name == "v4"
    assert repo.leaderboard("accuracy").rows[0].version.name == "v4"
    if kind == "corrupt-index":
        assert kinds(tmp_path) == set()


@pytest.mark.parametrize(
    "pattern",
    ["README.md", "format", "checkpoints/*", "segments/*", "ops/*1", "ops/*4", "index/**/*.parquet",
     "index/*/manifest/*"],
)  # fmt: skip
def test_the_line_that_fsck_tells_puts_it_right(damaged, tmp_path, monkeypatch, capsys, pattern):
    damaged(pattern)
    monkeypatch.chdir(tmp_path)
    assert main(["fsck"]) == 1
    told = capsys.readouterr()
    last = (told.out + told.err).rstrip().splitlines()[-1]
    command, *words = last.removeprefix("Hint:").split()
    assert command == "mvt"
    assert main(words) == 0
    capsys.readouterr()
    assert (main(["fsck"]), kinds(tmp_path)) == (0, set())
    everything(tmp_path)


@pytest.mark.parametrize("at", [0.0, 0.02, 0.5, 0.9])
def test_a_damaged_pack_is_named_with_what_it_touches(damaged, tmp_path, at):
    key = damaged("packs/*", at)
    problems = mvt.open(tmp_path).fsck().problems
    assert {problem.key for problem in problems} & {key, ""}
    error = fault(tmp_path)
    if error is not None:
        assert error.code in {"corrupt-object", "missing-object"}
        assert error.lines("mvt")[1:] == ["Hint: mvt fsck"]
        assert key in error.message
    # New versions can still be made, and committing the same content again heals it.
    repo = mvt.open(tmp_path)
    for i, strength in enumerate((1.0, 0.1, 0.01)):
        again = LogisticRegression(C=strength).fit(X[i:], Y[i:])
        try:
            repo.commit(again, allow_empty=True)
        except CorruptionError as told:
            # What was hit is not the model but what versions are compared by.
            assert told.message.startswith(f"v{4 + i} was made, but cannot be compared with v")
    assert [repo[f"v{i}"].load(trust=True).C for i in (1, 2, 3)] == [1.0, 0.1, 0.01]


@pytest.mark.parametrize(
    ("number", "outcome"),
    [(1, "v4 was made, but cannot be compared with v1: "), (2, "v4"), (3, ""), (4, "")],
    ids=["of-production", "of-neither", "of-the-parent", "newest"],
)
def test_a_damaged_operation_is_never_believed(damaged, tmp_path, number, outcome):
    key = damaged(f"ops/*{number}")
    assert key in {name for _, name in kinds(tmp_path)}
    with pytest.raises(CorruptionError) as error:
        everything(tmp_path)
    first, second = error.value.lines("mvt")
    assert key in first
    assert second == "Hint: mvt fsck"
    # A commit goes through unless it would have to stand on what is damaged.
    model = LogisticRegression(C=7).fit(X, Y)
    if outcome == "v4":
        assert mvt.open(tmp_path).commit(model).version.name == "v4"
    else:
        with pytest.raises(CorruptionError) as error:
            mvt.open(tmp_path).commit(model)
        assert error.value.message.startswith(outcome)
        assert key in error.value.message
    assert len(list((tmp_path / ".mvt" / "ops").iterdir())) == (5 if outcome else 4)


def test_a_damaged_format_says_which_file(damaged, tmp_path):
    damaged("format")
    with pytest.raises(CorruptionError) as error:
        mvt.open(tmp_path)
    assert error.value.lines("mvt") == [
        f"CorruptionError [corrupt-format]: The file 'format' of {tmp_path}/.mvt is corrupt.",
        "Hint: mvt fsck --repair",
    ]


@pytest.mark.parametrize("how", ["damaged", "lost", "from a copy"])
def test_a_repository_without_its_format_is_opened_by_a_repair(
    damaged, tmp_path, monkeypatch, capsys, how
):
    copy = tmp_path.parent / f"{tmp_path.name}-copy"
    shutil.copytree(tmp_path, copy)
    before = (tmp_path / ".mvt" / "format").read_bytes()
    if how == "lost":
        (tmp_path / ".mvt" / "format").unlink()
    else:
        damaged("format")
    monkeypatch.chdir(tmp_path)
    words = ["fsck", "--repair", *(["--from", str(copy)] if how == "from a copy" else [])]
    assert main(words) == 0
    assert capsys.readouterr().out == (
        "✓ Repaired; nothing is missing.\n  The file 'format' was written anew.\n"
    )
    assert ((tmp_path / ".mvt" / "format").read_bytes() == before) == (how == "from a copy")
    everything(tmp_path)
    assert kinds(tmp_path) == set()


def test_a_format_of_which_nothing_tells_is_not_guessed(damaged, tmp_path, monkeypatch, capsys):
    damaged("format")
    damaged("README.md")
    monkeypatch.chdir(tmp_path)
    assert main(["fsck", "--repair"]) == 1
    assert capsys.readouterr().err == (
        f"CorruptionError [corrupt-format]: The file 'format' of {tmp_path}/.mvt is corrupt, and "
        "the README beside it does not tell which format it was of.\n"
        "Hint: mvt fsck --repair --from FOLDER\n"
    )


def test_a_file_that_somebody_laid_among_the_packs_is_no_pack(damaged, tmp_path):
    (tmp_path / ".mvt" / "packs" / "notes.txt").write_text("mine")
    assert kinds(tmp_path) == {("unknown-file", "packs/notes.txt")}
    assert mvt.open(tmp_path).repair().packs == 0
    everything(tmp_path)


@pytest.mark.parametrize("pattern", ["ops/*1", "packs/*", "format"])
def test_a_lost_file_is_named(damaged, tmp_path, pattern):
    lost = min((tmp_path / ".mvt").glob(pattern))
    lost.unlink()
    with pytest.raises(MvtError) as error:
        everything(tmp_path)
    assert error.value.code in {"missing-operation", "missing-object", "corrupt-format"}
    assert len(error.value.lines("mvt")) == 2


@pytest.mark.parametrize("what", ["a folder is in its place", "a pipe or device is there"])
@pytest.mark.parametrize("name", ["README.md", "format", "ops/000000000001"])
def test_a_folder_or_a_pipe_in_the_place_of_a_file_is_named(damaged, tmp_path, name, what):
    path = tmp_path / ".mvt" / name
    path.unlink()
    path.mkdir() if what.startswith("a folder") else os.mkfifo(path)
    for check in (lambda: mvt.open(tmp_path).fsck(), lambda: mvt.open(tmp_path).repair()):
        with pytest.raises(MvtError) as refused:
            check()
        assert refused.value.lines() == [
            f"StorageError [not-a-file]: Cannot read {path}: {what}.",
            "Hint: once it is moved away: mvt fsck",
        ]


SINCE = "Nothing can be read of what was changed after operation"


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((4,), {4: f"{SINCE} 3, when main was at v3."}),
        ((3, 4), {3: f"{SINCE} 2, when main was at v2.", 4: ""}),
        ((1, 4), {1: "", 4: f"{SINCE} 3."}),
        ((1, 2, 3, 4), {1: "Nothing can be read of any change.", 2: "", 3: "", 4: ""}),
    ],
)
def test_fsck_tells_how_it_was_before_what_cannot_be_read(damaged, tmp_path, numbers, said):
    for folder in ("checkpoints", "segments"):
        shutil.rmtree(tmp_path / ".mvt" / folder)
    keys = {number: damaged(f"ops/*{number}") for number in numbers}
    found = {one.key: one.text for one in mvt.open(tmp_path).fsck().problems}
    assert found == {
        keys[number]: f"Operation {number}: The record {keys[number]} is corrupt: its bytes do "
        f"not match its digest. {text}".rstrip()
        for number, text in said.items()
    }


def test_a_damaged_newest_operation_is_told_and_taken_from_a_copy(
    damaged, tmp_path, monkeypatch, capsys
):
    mvt.open(tmp_path).labels.move("production", "v2")
    copy = tmp_path.parent / f"{tmp_path.name}-copy"
    shutil.copytree(tmp_path, copy)
    damaged("ops/*5")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["fsck"]) == 1
    assert capsys.readouterr().out.partition("\n\n")[2] == (
        "! corrupt-record: Operation 5: The record ops/000000000005 is corrupt: its bytes do not "
        "match its\n  digest. Nothing can be read of what was changed after operation 4, when main "
        "was at v3 and\n  production was at v1.\n"
        "  Touches what cannot be told.\n"
        "\n"
        "  mvt fsck --repair --from FOLDER\n"
    )
    for words in (["log"], ["status"], ["diff", "v1", "v2"], ["checkout", "v1"], ["oplog"],
                  ["undo"], ["label", "list"]):  # fmt: skip
        assert main(words) == 1
        assert capsys.readouterr().err == (
            "CorruptionError [corrupt-record]: The record ops/000000000005 is corrupt: its bytes "
            "do not match its digest.\nHint: mvt fsck\n"
        )
    assert main(["fsck", "--repair", "--from", str(copy)]) == 0
    assert mvt.open(tmp_path).labels["production"].name == "v2"
    everything(tmp_path)
