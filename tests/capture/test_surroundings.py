"""Params, environment, git and lookup: what surrounds a model."""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
from time import thread_time

import numpy as np
import pytest

from jupyter_mvt.capture.environment import read_environment
from jupyter_mvt.capture.git import read_git
from jupyter_mvt.capture.lookup import look_up
from jupyter_mvt.capture.params import read_params
from jupyter_mvt.errors import CaptureError, UsageError
from jupyter_mvt.objects.code import Git


@dataclasses.dataclass
class Config:
    lr: float = 0.1
    layers: tuple = (1, 2)


@pytest.mark.parametrize(
    "given",
    [
        {"lr": 0.1, "layers": (1, 2)},
        Config(),
        argparse.Namespace(lr=np.float64(0.1), layers=(1, 2)),
    ],
)
def test_params_come_in_three_shapes(given):
    params, notes = read_params(given)
    assert [(p.name, p.value) for p in params] == [("lr", 0.1), ("layers", "(1, 2)")]
    assert notes == ()


def test_params_are_flat_and_checked():
    params, _ = read_params({"a": {"b": {"c": 1}, "d": None}, "e": {}})
    assert [(p.name, p.value) for p in params] == [("a.b.c", 1), ("a.d", None), ("e", "{}")]
    with pytest.raises(UsageError) as raised:
        read_params([1, 2])
    assert raised.value.lines("%mvt") == [
        "UsageError [params-invalid]: Parameters come as a mapping or a dataclass, not as a list.",
        "Hint: %mvt commit --params lr=0.1",
    ]


def test_the_environment_is_read_without_imports_or_variables(monkeypatch):
    monkeypatch.setenv("SOME_SECRET", "canary-value")
    before = set(sys.modules)
    found = read_environment()
    assert set(sys.modules) == before
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.packages["numpy"] == np.__version__
    assert {"numpy", "pytest"} <= set(found.used)
    assert "canary-value" not in repr(found)


def test_what_is_installed_or_removed_meanwhile_is_seen(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    assert "late_one" not in read_environment().packages
    (tmp_path / "Late-One-1.5.dist-info").mkdir()
    assert read_environment().packages["late_one"] == "1.5"
    (tmp_path / "Late-One-1.5.dist-info").rmdir()
    assert "late_one" not in read_environment().packages


def test_the_environment_costs_milliseconds():
    times = []
    for _ in range(5):
        started = thread_time()
        read_environment()
        times.append(thread_time() - started)
    assert min(times) < 1e-2


def git(folder, *words):
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_git_head_branch_and_dirtiness(tmp_path):
    assert read_git(tmp_path) == (None, "")
    git(tmp_path, "init", "-q", "-b", "topic/one")
    assert read_git(tmp_path) == (None, "")
    (tmp_path / "a.txt").write_text("one")
    git(tmp_path, "add", "a.txt")
    git(tmp_path, "commit", "-q", "-m", "first")
    words = ["git", "rev-parse", "HEAD"]
    head = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    sha = head.stdout.strip()
    inner = tmp_path / "deep" / "er"
    inner.mkdir(parents=True)
    assert read_git(inner) == (Git(head=sha, branch="topic/one", dirty=False), "")
    (tmp_path / "a.txt").write_text("two!")
    assert read_git(tmp_path) == (Git(head=sha, branch="topic/one", dirty=True), "")
    git(tmp_path, "checkout", "-q", "--detach")
    git(tmp_path, "pack-refs", "--all")
    assert read_git(tmp_path) == (Git(head=sha, branch="", dirty=True), "")
    git(tmp_path, "worktree", "add", "-q", str(tmp_path / "tree"), "topic/one")
    assert read_git(tmp_path / "tree") == (Git(head=sha, branch="topic/one", dirty=False), "")


def test_git_works_without_git_installed(tmp_path, monkeypatch):
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    monkeypatch.setenv("PATH", "")
    found, trouble = read_git(tmp_path)
    assert (found.branch, found.dirty) == ("main", False)
    assert trouble == "whether files differ from the git commit is not known"


def test_look_up_evaluates_nothing():
    holder = argparse.Namespace(inner={"k": [10, 20]})
    names = {"h": holder, "d": {"rf": 1, 3: "three"}, "a b": 0}
    assert look_up(names, "h.inner[k][1]") == 20
    assert look_up(names, "d[rf]") == look_up(names, "d['rf']") == 1
    assert look_up(names, "d[3]") == "three"
    for text in ("nope", "d[x]", "h.none", "d[rf]()", "1 + 1", "", "h.inner[k][9]", "a b"):
        with pytest.raises(CaptureError) as raised:
            look_up(names, text)
        assert raised.value.code == "unknown-variable"


def test_a_long_param_is_cut_with_a_note_and_a_change_behind_the_cut_is_one():
    (one,), notes = read_params({"prompt": "a" * 700})
    (two,), _ = read_params({"prompt": "a" * 699 + "b"})
    (short_,), none = read_params({"prompt": "a" * 500})
    assert len(one.value) == 500
    assert "… (700 characters, " in one.value
    assert one.value != two.value
    assert (short_.value, none) == ("a" * 500, ())
    assert [(note.kind, note.text) for note in notes] == [
        ("partial", "prompt: longer than 500 characters, of which the first are kept")]  # fmt: skip
