"""Lines of cells run as in a notebook, and arrays are compared one by one."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from jupyter_mvt.capture.rerun.guarding import guard, mirror, mirror_around
from jupyter_mvt.capture.rerun.judging import _distance, _numbers
from jupyter_mvt.capture.rerun.plan import Piece
from jupyter_mvt.capture.rerun.running import CellFailed, Session
from jupyter_mvt.capture.rerun.shell import _leaves


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    session = Session()
    yield session
    session.close()


def piece(source, *spans, order=1, failed_at=0):
    lines = source.count("\n") + 1
    return Piece(order=order, source=source, spans=spans or ((1, lines),), failed_at=failed_at)


def test_only_the_lines_of_a_slice_are_run(session):
    session.run(piece("a = 1\nb = 2\nc = 3\nd = a + c", (1, 1), (3, 4)))
    assert {"a": 1, "c": 3, "d": 4}.items() <= session.namespace.items()
    assert "b" not in session.namespace


def test_what_a_notebook_takes_for_granted_is_there(session):
    session.run(piece("import asyncio\ndisplay(1)\nget_ipython().run_line_magic('x', '')"))
    session.run(piece("x = await asyncio.sleep(0, 5)\nclass A:\n    pass\nm = A.__module__"))
    assert (session.namespace["x"], session.namespace["m"]) == (5, "__main__")


def test_magics_are_left_out_and_said(session):
    session.run(piece("%matplotlib inline\n!pip install x\nfiles = !ls\nx = 1"))
    assert session.namespace["x"] == 1
    assert list(session.skipped) == ["!ls"]


def test_magics_that_python_can_say_are_run(session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "lines.py").write_text("k = 5")
    monkeypatch.setenv("MVT_TEST_WORD", "before")
    session.run(piece("%cd sub"))
    session.run(piece("%run lines.py\nj = k + 1"))
    session.run(piece("%env MVT_TEST_WORD=after\nimport os\nword = os.environ['MVT_TEST_WORD']"))
    assert (session.namespace["j"], session.namespace["word"]) == (6, "after")
    assert list(session.skipped) == []


def test_cells_in_another_language_are_left_out(session):
    session.run(piece('%%javascript\nlet a = "3";\nif (a) { a = 4 }'))
    session.run(piece("%%bash\necho 5 > there\n"))
    assert list(session.skipped) == ["%%javascript", 'let a = "3";', "if (a) { a = 4 }",
                                     "!echo 5 > there"]  # fmt: skip


def test_texts_of_cells_have_the_names_that_a_notebook_gives_them():
    session = Session(inputs=("a = 3", "b = 4"))
    session.run(piece("found = [In[2], _i, _ii, _i1, _ih[-1]]", order=3))
    assert session.namespace["found"] == ["b = 4", "b = 4", "a = 3", "a = 3",
                                          "found = [In[2], _i, _ii, _i1, _ih[-1]]"]  # fmt: skip
    session.close()


def test_commands_run_in_a_mirror_and_spare_what_is_behind_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    for name in ("theirs", "mirror"):
        (tmp_path / name).mkdir()
    (tmp_path / "theirs" / "a.csv").write_text("1")
    mirror(tmp_path / "theirs", tmp_path / "mirror")
    monkeypatch.chdir(tmp_path / "mirror")
    session = Session(home=str(tmp_path / "mirror"))
    session.run(piece("word = 'b'\n!echo 2 > a.csv\n!echo 3 > {word}.csv\nfound = !ls *.csv"))
    session.run(piece("%%bash\ncat a.csv > c.csv"))
    session.run(piece("%%writefile m.py\nk = 5"))
    session.run(piece("!echo 4 > ../theirs/a.csv"))
    session.run(piece("out = get_ipython().getoutput('cat c.csv')"))
    assert session.namespace["found"] == ["a.csv", "b.csv"]
    assert session.namespace["out"].n == "2"
    assert (tmp_path / "mirror" / "m.py").read_text() == "k = 5\n"
    assert (tmp_path / "theirs" / "a.csv").read_text() == "1"
    assert list(session.skipped) == ["!echo 4 > ../theirs/a.csv"]
    session.close()


def test_what_a_cell_magic_binds_and_times(session):
    session.run(piece("%%capture out\nx = 1"))
    session.run(piece("%%timeit -n 1\nx = 2\nz = x"))
    assert (session.namespace["x"], session.namespace["out"].stdout) == (1, "")


def test_answers_have_the_names_that_a_notebook_gives_them(session):
    session.run(piece("x = 2\nx + 1", order=4))
    session.run(piece("x * 5;", order=5))
    session.run(piece("x * 4", order=6))
    session.run(piece("found = [_, __, _4, Out[6]]", order=7))
    assert session.namespace["found"] == [8, 3, 3, 8]


def test_a_cell_magic_runs_its_body(session):
    session.run(piece("%%time\nx = 1\ny = 2", (2, 2)))
    assert "x" in session.namespace
    assert "y" not in session.namespace


def test_a_decorator_that_raised_then_may_raise_again(session):
    session.run(piece("@missing\ndef f():\n    return 1", failed_at=1))
    session.run(piece("class A:\n    pass\n\n@A()\ndef g():\n    return 1", failed_at=4))
    with pytest.raises(CellFailed, match="missing"):
        session.run(piece("@missing\ndef f():\n    return 1"))


def test_what_raised_then_may_raise_again_and_nothing_else(session):
    session.run(piece("x = 1\n1 / 0", failed_at=2))
    with pytest.raises(CellFailed, match="ZeroDivisionError: division by zero") as failed:
        session.run(piece("x = 1\n1 / 0", order=7))
    assert failed.value.order == 7
    with pytest.raises(CellFailed, match="SyntaxError"):
        session.run(piece("x = = 1"))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [([1.0, 2.0], [1.0, 2.5], (0.5, 0.25)), ([np.nan, 1], [np.nan, 1], (0.0, 0.0)),
     ([np.inf, 1], [np.inf, 3], (2.0, 2.0)), ([1.0], [np.nan], (np.inf, np.inf)),
     ([0.0], [0.1], (0.1, 0.1))],
)  # fmt: skip
def test_distances(one, other, expected):
    assert _distance(np.array(one), np.array(other)) == pytest.approx(expected)


def test_every_dtype_has_numbers_or_none():
    assert _numbers(np.array([1.5, -2], "<f4").tobytes(), "float32").tolist() == [1.5, -2]
    bits = (np.array([1.5], "<f4").view("<u4") >> 16).astype("<u2").tobytes()
    assert _numbers(bits, "bfloat16").tolist() == [1.5]
    assert _numbers(b"abc", "bytes") is None
    assert _numbers(b"abc", "<U7") is None


def test_what_lies_around_the_folder_is_there_and_safe(tmp_path):
    home = tmp_path / "project" / "notebooks"
    data = tmp_path / "project" / "data" / "raw"
    home.mkdir(parents=True)
    data.mkdir(parents=True)
    (data / "train.csv").write_text("1")
    (home / "own.csv").write_text("2")
    place = tmp_path / "place"
    place.mkdir()
    inside = mirror_around(home, place)
    guard(place)
    above = inside / ".." / "data" / "raw"
    assert inside.relative_to(place).parts[-2:] == ("project", "notebooks")
    assert ((above / "train.csv").read_text(), (inside / "own.csv").read_text()) == ("1", "2")
    (above / "train.csv").write_text("3")
    (above / "new").mkdir()
    (inside / "own.csv").unlink()
    assert (above / "train.csv").read_text() == "3"
    assert sorted(item.name for item in data.iterdir()) == ["train.csv"]
    assert (data / "train.csv").read_text() == "1"
    assert (home / "own.csv").read_text() == "2"


def test_a_mirror_reads_everything_and_writes_nothing_back(tmp_path):
    home, copy = tmp_path / "home", tmp_path / "copy"
    (home / "deep").mkdir(parents=True)
    (home / ".mvt").mkdir()
    (home / "a.txt").write_text("a")
    (home / "deep" / "b.txt").write_text("b")
    copy.mkdir()
    mirror(home, copy)
    assert sorted(p.relative_to(copy).as_posix() for p in copy.rglob("*")) == [
        "a.txt", "deep", "deep/b.txt",
    ]  # fmt: skip
    guard(copy)  # an audit hook cannot be taken back: it looks at this folder only
    assert (copy / "deep" / "b.txt").read_text() == "b"
    assert (copy / "deep" / "b.txt").is_symlink()
    with open(copy / "deep" / "b.txt", "a") as file:
        file.write("more")
    (copy / "a.txt").write_text("new")
    assert (copy / "deep" / "b.txt").read_text() == "bmore"
    assert [(home / n).read_text() for n in ("a.txt", "deep/b.txt")] == ["a", "b"]


INSIDE = (
    "ls -la",
    "sed -i s/a/b/ x.csv",
    "cp /data/x.csv .",
    "cat /data/a.csv > b.csv",
    "make 2> /dev/null",
    "unzip -q /data/x.zip -d raw",
    "head -2 ~/x.csv | tail -1 > y.csv",
    "curl https://host/x -o x",
    "python train.py --lr=0.1",
    "mkdir -p a/b && mv x.csv a/b",
)
OUTSIDE = (
    "rm -rf /data", "echo 1 > /data/x", "cp x.csv /data/", "cp -t /data x.csv", "cat a >> ~/b",
    "unzip x.zip -d /data", "unzip x.zip -d/data", "touch ../x", "cd; rm x", "cd ~ && rm x",
    "rm $HOME/x", "rm `pwd`/x", "python -c \"open('/data/x', 'w')\"", "ls | xargs tee /data/x",
    "cat 'unclosed /data", "make -C /data", "true && rm /data/x",
)  # fmt: skip


@pytest.mark.parametrize("command", INSIDE)
def test_commands_that_stay_in_the_folder_are_run(command):
    assert not _leaves(command)


@pytest.mark.parametrize("command", OUTSIDE)
def test_commands_that_may_write_elsewhere_are_left_out(command):
    assert _leaves(command)
