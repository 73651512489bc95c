"""Mistakes in what is typed into a shell: every answer, word by word, and its exit status."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.cli.main import main
from tests.cli.test_main import Model, at_home, said

__all__ = ["at_home"]


@pytest.fixture
def repo(at_home):
    """Return a repository with two versions and a label; v2 is a file."""
    repo = mvt.init()
    repo.commit(Model(1.0), metrics={"accuracy": 0.8}, message="first")
    Path("model.bin").write_bytes(bytes(range(256)))
    repo.commit(Path("model.bin"), message="a file")
    repo.labels.move("production", "v1")
    return repo


NO_SESSION = "mvt commit PATH keeps a file; in a program: jupyter_mvt.open().commit(model)"

MISTAKES = {
    "comit -m 'two words'": (
        2, "UsageError [unknown-command]: There is no command 'comit'; did you mean commit?",
        "mvt commit -m 'two words'",
    ),
    "label mov production v2": (
        2, "UsageError [unknown-command]: mvt label has no verb 'mov'; "
        "it has list, move, remove, history.",
        "mvt label move production v2",
    ),
    "label staging v1": (
        2, "UsageError [unknown-command]: mvt label has no verb 'staging'; "
        "it has list, move, remove, history.",
        "mvt label move staging v1",
    ),
    "branch exp/lr": (
        2, "UsageError [unknown-command]: mvt branch has no verb 'exp/lr'; "
        "it has list, create, delete, rename.",
        "mvt branch create exp/lr",
    ),
    "gc runn": (
        2, "UsageError [unknown-command]: mvt gc has no verb 'runn'; it has run, policy.",
        "mvt gc run",
    ),
    "du v3..v9": (
        2, "UsageError [unknown-command]: mvt du has no verb 'v3..v9'; it has show, quota.",
        "mvt help du",
    ),
    "index foo": (
        2, "UsageError [unknown-command]: mvt index has no verb 'foo'; it has show, rebuild.",
        "mvt help index",
    ),
    "cost foo": (
        2, "UsageError [unknown-command]: mvt cost has no verb 'foo'; it has show, set.",
        "mvt help cost",
    ),
    "cost set --hour -1": (
        2, "UsageError [bad-settings]: '-1' is not a number from 0.",
        "mvt cost set --hour 1.20 --requests 1000000",
    ),
    "log -n 0": (
        2, "UsageError [usage]: mvt log: Argument -n/--limit: '0' is not a whole number from 1.",
        "mvt help log",
    ),
    "oplog -n -1": (
        2, "UsageError [usage]: mvt oplog: Argument -n/--limit: '-1' is not a whole number "
        "from 1.",
        "mvt help oplog",
    ),
    "undo x": (
        2, "UsageError [usage]: mvt undo: Argument NUMBER: 'x' is not a whole number from 1.",
        "mvt help undo",
    ),
    "reproduce v1 --timeout nan": (
        2, "UsageError [usage]: mvt reproduce: Argument --timeout: 'nan' is not a number "
        "from 0.",
        "mvt help reproduce",
    ),
    "fsck --subset 200%": (
        2, "UsageError [bad-share]: '200%' is not a share of a whole.", "mvt fsck --subset 10%",
    ),
    "fsck --repair --from nowhere": (
        1, "RepositoryError [not-a-repository]: {home}/nowhere is not a repository.",
        "mvt fsck --repair --from FOLDER",
    ),
    "show production@{9}": (
        1, "NotFoundError [unknown-revision]: production has no entry @{{9}}: it has moved once.",
        "mvt label history production",
    ),
    "diff v1..v2": (
        1, "NotFoundError [unknown-revision]: 'v1..v2' is no version; two are compared by "
        "naming both.",
        "mvt diff v1 v2",
    ),
    "note 'looks good'": (
        1, "NotFoundError [unknown-revision]: There is no version 'looks good'.",
        "mvt note HEAD 'looks good'",
    ),
    "commit nofile.safetensors": (
        2, "UsageError [no-session]: There is no file 'nofile.safetensors', and no live session "
        "that has variables.",
        NO_SESSION,
    ),
    "commit": (
        2, "UsageError [no-session]: There is no live session here, so there is no model to "
        "commit.",
        NO_SESSION,
    ),
    "stash pop": (
        2, "UsageError [no-session]: There is no live session here whose names could be set.",
        "in a notebook: %mvt stash pop",
    ),
    "checkout v2 --into-namespace": (
        2, "UsageError [no-session]: There is no live session here whose names could be set.",
        "in a notebook: %mvt checkout v2 --into-namespace",
    ),
    "checkout v1 --trust --files out": (
        1, "NotFoundError [no-files]: v1 holds no files: its models are objects, restored beside "
        "your own.",
        "mvt checkout v1",
    ),
    "checkout v2 --files .": (
        1, "StorageError [file-exists]: There is a file '{home}/model.bin' already.",
        "mvt checkout v2 --files . --overwrite",
    ),
}  # fmt: skip


def test_a_mistake_is_answered_by_what_was_meant(repo, capsys, at_home):
    for line, (status, message, hint) in MISTAKES.items():
        told = f"{message.format(home=at_home)}\nHint: {hint}\n"
        assert said(capsys, *shlex.split(line)) == (status, "", told), line


def test_a_quota_is_told_in_units_that_people_read(repo, capsys):
    assert said(capsys, "du", "quota", "1")[1].startswith("✓ The repository may grow to 1 B.\n")
    Path("more.bin").write_bytes(os.urandom(20_000))
    status, _, err = said(capsys, "commit", "more.bin", "--json")
    assert (status, err) == (1, "")
    said(capsys, "du", "quota", "none")
    status, out, _ = said(capsys, "commit", "more.bin")
    assert (status, out.split("\n")[0]) == (0, "v3")


def test_a_file_has_no_weights_but_a_size_and_changes_that_can_be_counted(repo, capsys):
    Path("other.bin").write_bytes(bytes(1000))
    out = said(capsys, "commit", "other.bin")[1].replace("\N{NO-BREAK SPACE}", " ")
    assert "\nModel        ModelFile, 1.0 kB\n" in out
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=[7, 9])
    repo.commit(Model(2.0), data={"X_test": frame, "X": frame.reset_index(drop=True)})
    lines = said(capsys, "show")[1].replace("\N{NO-BREAK SPACE}", " ").split("\n")
    assert [line.split(maxsplit=1)[1] for line in lines if line.startswith("Data")] == [
        "X_test: 2 rows, 2 columns and the index", "X: 2 rows, 2 columns",
    ]  # fmt: skip


def test_status_in_a_shell_claims_nothing(repo, capsys):
    assert said(capsys, "status") == (
        0, "HEAD is v2\nmain · no live session here, so what changed since is not known\n", "",
    )  # fmt: skip


def test_what_people_wrote_is_shown_as_they_wrote_it(repo, capsys):
    repo.notes.add("v1", "made by %mvt commit -m it")
    status, out, _ = said(capsys, "note", "v1")
    assert status == 0
    assert "made by %mvt commit -m it" in out
    assert said(capsys, "tag") == (
        0, "No tags yet. A tag names a version for good.\n  mvt tag create 1.0.0\n", "",
    )  # fmt: skip


def test_help_of_a_group_and_of_checkout(capsys):
    assert said(capsys, "help", "stash")[1] == (
        "Tell what checkouts have replaced in this session, and take it back.\n\n"
        "stash list  Tell the stashes.\nstash pop   Give the values their names back.\n\n"
        "mvt help stash VERB tells its words.\n"
    )
    assert said(capsys, "checkout", "--help")[1].endswith("\n\nexample: mvt checkout v3\n")
    assert said(capsys, "help")[1].endswith(
        "\n\nmvt help VERB tells its words. With --json a verb answers programs; "
        "mvt --version tells the version.\n"
    )


def test_a_full_device_behind_the_answer(repo):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no device that is always full")
    with full.open("w") as device:
        done = subprocess.run([sys.executable, "-m", "jupyter_mvt.cli", "tag"], stdout=device,
                              stderr=subprocess.PIPE, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1, "StorageError [answer-refused]: It is done, but the answer cannot be written: "
        "No space left on device.\n",
    )  # fmt: skip


def test_errors_keep_their_hint_as_json(repo, capsys):
    assert main(["gc", "runn", "--json"]) == 2
    assert json.loads(capsys.readouterr().out) == {
        "error": {"code": "unknown-command", "hint": "mvt gc run",
                  "message": "mvt gc has no verb 'runn'; it has run, policy."}
    }  # fmt: skip
