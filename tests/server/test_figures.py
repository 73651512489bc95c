"""A figure by its address: the right bytes, and nothing that a browser would run."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.cells.outputs import OutputLog
from tests.server.test_panel_api import API, jp_server_config

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ("pytest_jupyter.jupyter_server",)
__all__ = ["jp_server_config"]

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


@pytest.fixture
def repo(jp_root_dir: Path) -> Any:
    """One version that keeps an SVG and a table."""
    (jp_root_dir / "churn").mkdir()
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 0.5])
    cells = CellLog()
    names = {"model": model}
    kernel = Kernel(namespace=names, cells=cells, interactive=False, outputs=OutputLog(cells),
                    identity=Identity(actor="ana", tool="test"))  # fmt: skip
    info = SimpleNamespace(raw_cell="plot()", cell_id="a", silent=False)
    cells.before_cell(info, names)
    kernel.outputs.show({"image/svg+xml": SVG}, {})
    kernel.outputs.show({"text/html": "<table><tr><td>1</td></tr></table>"}, {})
    attach(kernel)
    try:
        made = mvt.init(jp_root_dir / "churn")
        made.commit(model, metrics={"accuracy": 0.5})
    finally:
        attach(None)
    return made


async def test_an_svg_arrives_whole_and_can_do_nothing(repo: Any, jp_fetch: Any) -> None:
    found = await jp_fetch(*API, "repositories")
    key = json.loads(found.body)["repositories"][0]["id"]
    place = (*API, "repositories", key, "output")
    answer = await jp_fetch(*place, params={"revision": "v1", "number": "0"})
    assert answer.body.decode() == SVG
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = await jp_fetch(*place, params={"revision": "v1", "number": "0"}, raise_error=False,
                           headers={"If-None-Match": answer.headers["ETag"]})  # fmt: skip
    assert (again.code, again.body) == (304, b"")
    for number, code, status in (("1", "unknown-output", 404), ("7", "unknown-output", 404),
                                 ("-1", "usage", 400), ("x", "usage", 400)):  # fmt: skip
        refused = await jp_fetch(*place, params={"number": number}, raise_error=False)
        assert (refused.code, json.loads(refused.body)["code"]) == (status, code)
        assert refused.headers["Content-Type"] == "application/json"
    lost = await jp_fetch(*place, params={"revision": "v9"}, raise_error=False)
    assert lost.code == 404


async def test_whoever_may_not_read_gets_no_figure(
    repo: Any, jp_fetch: Any, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = json.loads((await jp_fetch(*API, "repositories")).body)["repositories"][0]["id"]

    def nobody(self: Any, handler: Any, user: Any, action: str, resource: str) -> bool:
        return False

    monkeypatch.setattr(type(jp_serverapp.authorizer), "is_authorized", nobody)
    answer = await jp_fetch(*API, "repositories", key, "output", raise_error=False)
    assert answer.code == 403
