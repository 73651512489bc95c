"""In a real kernel: what matplotlib and pandas show is kept, compared, drawn, and verified."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

import jupyter_mvt as mvt
from jupyter_mvt.display import MIME, bundle
from jupyter_mvt.errors import CorruptionError, NotFoundError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
pytest.importorskip("matplotlib")

START = """
%load_ext jupyter_mvt
%matplotlib inline
import matplotlib.pyplot as plt, pandas as pd
from IPython.display import HTML, SVG, clear_output, display
from sklearn.linear_model import LinearRegression
share = 0.5
"""
FIT = "model = LinearRegression().fit([[0.0], [1.0]], [0.0, share])\nmodel"
INLINE = "plt.plot([0, share]); plt.title('left to the end of the cell');"
SHOWN = (
    "plt.bar([1, 2], [3, 4]); plt.show()\npd.DataFrame({'share': [share, 1.0]}, index=['a', 'b'])"
)
LOOP = "for i in range(3):\n    clear_output(wait=True); plt.plot([i]); plt.show()"
EVIL = """
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
            '<script>alert(1)</script><rect width="9" height="%d"/></svg>' % (10 * share)))
HTML('<table><tr><td>&lt;script&gt;alert(%s)&lt;/script&gt;</td></tr></table>' % share)
"""
BROKEN = "plt.plot([9]); plt.show()\n1 / 0"
CELLS = {"start": START, "fit": FIT, "inline": INLINE, "shown": SHOWN, "loop": LOOP, "evil": EVIL,
         "broken": BROKEN}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a study twice, committing after each run, the second with other figures."""
    folder = tmp_path_factory.mktemp("study")
    steps = [(name, CELLS[name]) for name in CELLS]
    steps += [("c1", "%mvt commit -m one"), ("more", "share = 0.75")]
    steps += [(name, CELLS[name]) for name in ("fit", "inline", "shown", "evil")]
    steps += [("c2", "%mvt commit -m two"), ("nothing", "%mvt commit -m none")]
    steps += [("d", "%mvt diff"), ("off", "%mvt gc policy --outputs off")]
    steps += [("more", "share = 0.8"), ("fit", FIT), ("shown", SHOWN), ("c3", "%mvt commit")]
    cells = [nbformat.v4.new_code_cell(source) for _, source in steps]
    for cell, (name, _) in zip(cells, steps, strict=True):
        cell.metadata["name"] = name
        cell.metadata["tags"] = ["raises-exception"] if name == "broken" else []
    client = _Client(nbformat.v4.new_notebook(cells=cells), timeout=120, kernel_name="python3",
                     resources={"metadata": {"path": str(folder)}})  # fmt: skip
    client.execute()
    return folder


class _Client(NotebookClient):
    """Tells the kernel the ids of cells, as JupyterLab does."""

    async def async_execute_cell(self, cell: Any, cell_index: int, **more: Any) -> Any:
        session = self.kc.session
        inner = type(session).msg.__get__(session)

        def msg(kind: str, *args: Any, **given: Any) -> Any:
            made = inner(kind, *args, **given)
            if kind == "execute_request":
                made["metadata"]["cellId"] = cell.metadata["name"]
            return made

        object.__setattr__(session, "msg", msg)
        return await super().async_execute_cell(cell, cell_index, **more)


def kept(folder: Path, version: str) -> list[tuple[str, str, str, tuple[int, int]]]:
    found = mvt.open(folder)[version].outputs
    return [(one.kept.cell_id, one.kind, one.mime.rpartition("/")[2],
             one.size if one.kind == "table" else (0, 0)) for one in found]  # fmt: skip


def test_versions_keep_what_their_cells_showed(folder: Path) -> None:
    table = "vnd.jupyter-mvt-table+json"
    redrawn = [
        ("inline", "figure", "png", (0, 0)),
        ("shown", "figure", "png", (0, 0)),
        ("shown", "table", table, (1, 2)),
    ]
    evil = [("evil", "figure", "svg+xml", (0, 0)), ("evil", "table", table, (1, 1))]
    assert kept(folder, "v1") == [*redrawn, ("loop", "figure", "png", (0, 0)), *evil]
    assert kept(folder, "v2") == [*redrawn, *evil]
    assert kept(folder, "v3") == []


def test_they_are_read_back(folder: Path) -> None:
    found = mvt.open(folder)["v2"].outputs
    assert found[0].read()[:4] == b"\x89PNG"
    assert found[0].size[0] > 300
    assert found[2].frame().to_dict() == {"share": {"a": "0.75", "b": "1.00"}}
    assert "<script>" in found[4].frame().iloc[0, 0]
    data, metadata = found[3]._repr_mimebundle_()
    assert data["text/html"].startswith('<img src="data:image/svg+xml;base64,')
    assert metadata == {"jupyter_mvt": True}
    with pytest.raises(UsageError) as error:
        found[0].frame()
    assert error.value.code == "no-table"


def test_the_difference_tells_and_shows_them(folder: Path) -> None:
    repo = mvt.open(folder)
    found = repo.diff("v1", "v2")
    assert found.outputs is not None
    assert [(c.kind, c.presence) for c in found.outputs.changes] == [
        ("figure", "changed"), ("table", "changed"), ("figure", "changed"), ("table", "changed"),
        ("figure", "removed"),
    ]  # fmt: skip
    assert [one.kind for one in found.outputs.equal] == ["figure"]
    assert repo.diff("v2", "v2").outputs is None
    shown = bundle(found)
    lines = {k: v.splitlines(keepends=True) if isinstance(v, str) else v for k, v in shown.items()}
    assert len(json.dumps(lines, indent=1, ensure_ascii=False).encode()) < 50_000
    assert (
        "Table of cell [12] changed, 2 rows × 1 column\n    a, share: 0.5 → 0.75"
        in (shown["text/plain"])
    )
    view = shown[MIME]
    rows = json.loads(view["packed"] if "packed" in view else json.dumps(view))["outputs"]["rows"]
    pictures = [row["base"]["picture"] for row in rows if "picture" in row["base"]]
    assert pictures[0]["mime"] == "image/png"
    assert base64.b64decode(pictures[0]["data"])[:4] == b"\x89PNG"
    assert "<script" not in shown["text/html"]
    assert 'src="data:image/svg+xml;base64,' in shown["text/html"]


def test_a_saved_notebook_holds_them(folder: Path) -> None:
    text = mvt.open(folder)["v2"].details
    shown = bundle(text)["text/plain"]
    assert "  3  Figure of cell [" in shown
    assert "Outputs      3 figures, 2 tables" in shown


def test_they_belong_to_what_is_verified_freed_and_counted(folder: Path) -> None:
    repo = mvt.open(folder)
    store = repo._handle.store
    from jupyter_mvt.store.needs import Marker

    version = repo["v1"]
    bodies = {bytes.fromhex(one.kept.body) for one in version.outputs}
    assert bodies <= Marker(store).objects(version.id)
    assert bodies <= Marker(store).objects(version.id, thin=True)
    # The one figure that only the first version has.
    (alone,) = [one.kept.body for one in version.outputs if one.kept.cell_id == "loop"]
    assert repo.fsck().ok
    place = store.index.find(bytes.fromhex(alone))[0]
    path = folder / ".mvt" / place.pack
    whole = path.read_bytes()
    at = place.offset + place.stored // 2
    path.chmod(0o644)
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    try:
        report = mvt.open(folder).fsck()
        assert {"v1"} <= {mvt.open(folder)[str(c)].name for p in report.problems for c in p.commits}
        damaged = next(one for one in mvt.open(folder)["v1"].outputs if one.kept.body == alone)
        with pytest.raises(CorruptionError):
            damaged.read()
        # The difference is told all the same: what cannot be read is left out.
        assert bundle(mvt.open(folder).diff("v1", "v2", only=["outputs"]))["text/html"]
    finally:
        path.write_bytes(whole)


def test_a_widget_answers_with_figures_only(folder: Path) -> None:
    from jupyter_mvt.api.outputs import figure

    version = mvt.open(folder)["v2"]
    assert figure(version.outputs, 3).mime == "image/svg+xml"
    for number in (2, 5, -1):
        with pytest.raises(NotFoundError) as error:
            figure(version.outputs, number)
        assert error.value.code == "unknown-output"
