"""A version is made again in a fresh process, from its lines alone, and told how it compares."""

from __future__ import annotations

from pathlib import Path

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import attach, attached
from jupyter_mvt.errors import NotFoundError, RestoreError, TrustError
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look
from tests.shells import run, started

CELLS = (
    "%load_ext jupyter_mvt",
    "import asyncio\nimport numpy as np, pandas as pd\n"
    "from sklearn.linear_model import SGDClassifier",
    "df = pd.read_csv('data.csv')\n!echo looked\ndf.describe()",
    "async def weights():\n    await asyncio.sleep(0)\n    return np.random.rand(len(df))\n"
    "w = await weights()",
    "unrelated = np.random.rand(1000)",
    "clf = SGDClassifier().fit(df[['a', 'b']], df.y, sample_weight=w)\ndf.to_csv('data.csv')",
    "%mvt commit -m made",
)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    rows = "\n".join(f"{i % 7},{i * 3 % 11},{i % 2}" for i in range(200))
    (tmp_path / "data.csv").write_text(f"a,b,y\n{rows}\n")
    with started(tmp_path, monkeypatch) as shell:
        yield shell


def test_the_same_lines_give_the_same_bits_and_other_data_do_not(shell, tmp_path):
    run(shell, *CELLS)
    saved = Path("data.csv").read_text()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    names = dict(shell.user_ns)
    found = run(shell, "%mvt reproduce v1")
    assert found.verdict == "identical", found.to_dict()
    assert found.exit_status == 0
    assert (found.cells, found.all_cells) == (4, 6)
    assert found.outcome.skipped == ()
    assert plain(found, Look()).startswith("✓ v1 was made again, bit for bit.\n")
    # Nothing of the user's has changed: no file, no name.
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before
    assert {key for key in shell.user_ns if key[0] != "_"} == {
        key for key in names if key[0] != "_"
    }
    Path("data.csv").write_text(saved.replace("3", "4"))
    other = mvt.open()["v1"]
    found = mvt.open().reproduce(other)
    assert (found.verdict, found.exit_status) == ("differs", 1)
    (verdict,) = found.outcome.verdicts
    assert verdict.tensor
    assert verdict.difference > 0
    assert f"clf differs first at {verdict.tensor}, by at most " in plain(found, Look(width=400))
    Path("data.csv").unlink()
    found = mvt.open().reproduce("v1")
    assert (found.verdict, found.outcome.failed_in) == ("failed", 3)
    assert found.outcome.error.startswith("FileNotFoundError: ")
    assert plain(found, Look()).startswith("! v1 cannot be made again: cell [3] failed.\n")


@pytest.mark.parametrize("changed", ["gone", "other"])
def test_kept_rows_stand_in_for_files_that_are_gone_or_differ(shell, changed):
    cells = (
        CELLS[0],
        "import pandas as pd\nfrom sklearn.linear_model import SGDClassifier",
        "df = pd.read_csv('data.csv')\ndf['a'] = df.a * 2\nX, y = df[['a', 'b']], df.y",
        "clf = SGDClassifier(random_state=0).fit(X, y)",
        "%mvt commit --store-data -m made",
    )
    run(shell, *cells)
    if changed == "gone":
        Path("data.csv").unlink()
    else:
        Path("data.csv").write_text("a,b,y\n1,2,0\n3,1,1\n")
    found = run(shell, "%mvt reproduce v1")
    assert found.verdict == "identical", found.to_dict()
    assert found.outcome.data == {"X": "stored", "y": "stored"}
    assert "The rows that v1 kept were used for: X, y." in plain(found, Look(width=400))


def test_what_rows_cannot_stand_in_for_is_told_as_it_failed(shell):
    cells = (
        CELLS[0],
        "import pandas as pd\nfrom sklearn.linear_model import SGDClassifier",
        "from pathlib import Path\ndepth = int(Path('depth.txt').read_text())\n"
        "X, y = [[0.0], [1.0]], pd.Series([0, 1])",
        "clf = SGDClassifier(random_state=0, max_iter=depth).fit(X, y)",
        "%mvt commit --store-data -m made",
    )
    Path("depth.txt").write_text("900")
    run(shell, *cells)
    Path("depth.txt").unlink()
    found = run(shell, "%mvt reproduce v1")
    assert (found.verdict, found.outcome.failed_in) == ("failed", 3)
    assert found.outcome.error.startswith("FileNotFoundError: ")


def test_code_of_others_is_not_run_without_trust(shell, tmp_path):
    run(shell, *CELLS)
    kernel = attached()
    attach(None)
    try:
        with pytest.raises(TrustError) as refused:
            mvt.open().reproduce("v1")
        assert refused.value.code == "untrusted-code"
        assert refused.value.message.startswith(
            "Reproducing v1 would run its cells; this version is not trusted. v1 ("
        )
    finally:
        attach(kernel)


def test_a_version_without_cells_says_so(tmp_path):
    from sklearn.linear_model import LinearRegression

    repo = mvt.init(tmp_path)
    repo.commit({"m": LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])}, metrics={"a": 1})
    with pytest.raises(NotFoundError) as refused:
        repo.reproduce("v1", trust=True)
    assert refused.value.code == "no-slice"


def test_it_is_given_up_and_nothing_is_left(shell, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path.parent))
    monkeypatch.setattr("tempfile.tempdir", None)
    run(shell, "%load_ext jupyter_mvt", "import time, os\nfrom sklearn.svm import SVC",
        "X = [[0.0], [1.0]]\nif os.path.exists('slow'):\n    time.sleep(600)\n    X = []",
        "m = SVC().fit(X, [0, 1])", "%mvt commit")  # fmt: skip
    Path("slow").touch()
    with pytest.raises(RestoreError) as refused:
        mvt.open().reproduce("v1", timeout=6)
    assert refused.value.code == "reproduce-timeout"
    assert not list(tmp_path.parent.glob("mvt-reproduce-*"))
