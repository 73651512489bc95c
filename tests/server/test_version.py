"""The first route, and the doors that every later one stands behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tornado.httpclient import HTTPClientError

import jupyter_mvt
from jupyter_mvt.server.extension import routes
from jupyter_mvt.server.handler import MvtHandler
from jupyter_mvt.store.layout import FORMAT_VERSION

if TYPE_CHECKING:
    from typing import Any

pytest_plugins = ("pytest_jupyter.jupyter_server",)

ROUTE = ("jupyter-mvt", "api", "version")


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    # The laxest setting that a server may have: our own handlers must hold by themselves.
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_mvt": True},
            "allow_unauthenticated_access": True,
        }
    }


async def test_version_and_disk_format_are_told(jp_fetch: Any) -> None:
    answer = await jp_fetch(*ROUTE)
    assert json.loads(answer.body) == {
        "version": jupyter_mvt.__version__,
        "disk_format": FORMAT_VERSION,
    }
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 403, id="no token"),
        pytest.param({"Authorization": "token wrong"}, 403, id="wrong token"),
        pytest.param({"Authorization": "token TOKEN", "Host": "evil.example"}, 403, id="host"),
        pytest.param({"Authorization": "token TOKEN"}, 200, id="the right token"),
    ],
)
async def test_the_door(
    http_server_client: Any, jp_base_url: str, jp_auth_header: Any, headers: Any, status: int
) -> None:
    token = jp_auth_header["Authorization"].removeprefix("token ")
    sent = {name: value.replace("TOKEN", token) for name, value in headers.items()}
    url = jp_base_url + "/".join(ROUTE)
    answer = await http_server_client.fetch(url, headers=sent, raise_error=False)
    assert answer.code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_authorizer_has_the_last_word(
    jp_fetch: Any, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(_handler: Any, _user: Any, action: str, resource: str) -> bool:
        asked.append((action, resource))
        return False

    monkeypatch.setattr(jp_serverapp.authorizer, "is_authorized", refuse)
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch(*ROUTE)
    assert refused.value.code == 403
    assert asked == [("read", "jupyter-mvt")]


async def test_nothing_but_get_is_answered(jp_fetch: Any) -> None:
    sent = {"Content-Type": "application/json"}
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch(*ROUTE, method="POST", body="{}", headers=sent)
    assert refused.value.code == 405


def test_every_route_stands_behind_the_base_handler() -> None:
    for path, handler in routes("/base/"):
        assert path.startswith("/base/jupyter-mvt/api/")
        assert issubclass(handler, MvtHandler)
        assert handler.prepare is MvtHandler.prepare
