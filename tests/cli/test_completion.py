"""A shell's Tab offers what fits: the verbs' own table, and the versions of the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.cli import main
from tests.cli.test_main import Model


@pytest.fixture
def repo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MVT_AUTHOR", "ana")
    repo = mvt.init()
    repo.commit(Model(1.0))
    return repo


def offered(capsys, line):
    assert main(["completion", "--line", line]) == 0
    return capsys.readouterr().out.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mvt che", ["checkout"]),
        ("mvt label mo", ["move"]),
        ("mvt show v", ["v1"]),
        ("mvt init --durability ", ["full", "fast"]),
        ("mvt help ch", ["checkout"]),
        ("mvt diff HEAD --onl", ["--only"]),
        ("mvt commit ../mo", []),
        ("mvt note v1 'half", []),
        ("mvt nothing ", []),
        ("mvt completion ", ["bash", "zsh", "fish", "--line"]),
        ("", []),
    ],
)
def test_what_may_end_a_line(repo, capsys, line, words):
    found = offered(capsys, line)
    assert sorted(found) == sorted(words) if line else "commit" in found


def test_without_a_repository_there_are_verbs_and_options(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "commit" in offered(capsys, "mvt ")
    assert offered(capsys, "mvt show v") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_ask_the_command_itself(capsys, shell):
    assert main(["completion", shell]) == 0
    assert "mvt completion --line" in capsys.readouterr().out


def test_a_shell_has_to_be_named(capsys):
    assert main(["completion"]) == 2
    assert capsys.readouterr().err == (
        "UsageError [usage]: mvt completion needs the name of a shell: bash, zsh or fish.\n"
        "Hint: mvt completion bash\n"
    )


def test_bash_completes(repo, tmp_path, capsys):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    main(["completion", "bash"])
    script = capsys.readouterr().out
    asked = f"""
mvt() {{ {sys.executable} -m jupyter_mvt.cli "$@"; }}
{script}
COMP_LINE='mvt checkout v'; COMP_POINT=${{#COMP_LINE}}; _mvt_complete; echo "${{COMPREPLY[@]}}"
"""
    done = subprocess.run([bash, "-c", asked], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("v1\n", "")
