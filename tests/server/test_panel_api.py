"""What the panel asks and does: views as the magics give them, behind every door there is."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_server.auth import User
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.server.reading import READERS
from jupyter_mvt.server.writing import LONG, WRITERS
from jupyter_mvt.views.register import payload

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.api.repo import Repo

pytest_plugins = ("pytest_jupyter.jupyter_server",)

API = ("jupyter-mvt", "api")


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    # The laxest setting that a server may have: our own handlers must hold by themselves.
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_mvt": True},
            "allow_unauthenticated_access": True,
        }
    }


@pytest.fixture
def repo(jp_root_dir: Path) -> Repo:
    (jp_root_dir / "churn").mkdir()
    made = mvt.init(jp_root_dir / "churn")
    for share in (0.5, 0.75):
        model = LinearRegression().fit([[0.0], [1.0]], [0.0, share])
        made.commit(model, metrics={"accuracy": share}, message=f"Share {share}")
    made.labels.move("production", "v1")
    return made


class Client:
    """The server as a browser of this user asks it."""

    def __init__(self, fetch: Any) -> None:
        self._fetch = fetch

    async def ask(self, *path: str, **options: Any) -> tuple[int, Any, Any]:
        answer = await self._fetch(*API, *path, raise_error=False, **options)
        return answer.code, json.loads(answer.body) if answer.body else None, answer.headers

    async def key(self, path: str = "churn/notebook.ipynb") -> str:
        _, told, _ = await self.ask("repositories", params={"path": path})
        key: str = told["here"]
        return key

    async def post(self, key: str, action: str, **wish: Any) -> tuple[int, Any, Any]:
        headers = {"Content-Type": "application/json"}
        body = json.dumps(wish)
        return await self.ask("repositories", key, action, method="POST", body=body,
                              headers=headers)  # fmt: skip


@pytest.fixture
def client(jp_fetch: Any) -> Client:
    return Client(jp_fetch)


def image(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


async def test_the_notebooks_repository_is_the_nearest_above_it(
    client: Client, repo: Repo, jp_root_dir: Path
) -> None:
    mvt.init(jp_root_dir)
    code, told, _ = await client.ask("repositories", params={"path": "churn/deep/a.ipynb"})
    names = [(row["name"], row["folder"]) for row in told["repositories"]]
    assert (code, names) == (200, [(jp_root_dir.name, ""), ("churn", "churn")])
    assert told["here"] == told["repositories"][1]["id"]
    assert await client.key("elsewhere/a.ipynb") == told["repositories"][0]["id"]


async def test_a_repository_above_or_beside_the_root_is_not_seen(
    client: Client, jp_root_dir: Path
) -> None:
    mvt.init(jp_root_dir.parent)
    twin = jp_root_dir.with_name(jp_root_dir.name + "-twin")
    twin.mkdir()
    mvt.init(twin)
    (jp_root_dir / "linked").mkdir()
    (jp_root_dir / "linked" / ".mvt").symlink_to(twin / ".mvt")
    _, told, _ = await client.ask("repositories", params={"path": "linked/a.ipynb"})
    assert told == {"repositories": [], "here": None}


@pytest.mark.parametrize("path", ["../x.ipynb", "churn/../../x", "/../../etc/passwd"])
async def test_a_path_that_leads_out_is_refused(client: Client, path: str) -> None:
    code, told, _ = await client.ask("repositories", params={"path": path})
    assert code in {403, 404}
    assert set(told) == {"code", "message", "hint"}


async def test_views_are_those_of_the_magics(client: Client, repo: Repo) -> None:
    key = await client.key()

    async def view(name: str, **params: str) -> Any:
        code, told, _ = await client.ask("repositories", key, name, params=params)
        assert code == 200, told
        return told

    def drawn(value: object) -> Any:
        return json.loads(json.dumps(payload(value)))

    assert await view("log") == drawn(repo.log())
    assert await view("log", where="accuracy > 0.6") == drawn(repo.log(where="accuracy > 0.6"))
    assert await view("version", revision="v1") == drawn(repo["v1"].details)
    assert await view("curves", revision="v1") == drawn(repo["v1"].curves)
    assert await view("diff", base="v1", other="v2") == drawn(repo.diff("v1", "v2"))
    assert await view("labels") == drawn(repo.labels.list())
    assert await view("history", label="production") == drawn(repo.labels.history("production"))
    assert await view("branches") == drawn(repo.branches.list())
    assert await view("tags") == drawn(repo.tags.list())
    assert await view("leaderboard") == drawn(repo.leaderboard())
    assert await view("operations") == drawn(repo.operations())
    assert (await view("status"))["branch"] == "main"


async def test_the_log_comes_in_pages(client: Client, repo: Repo) -> None:
    key = await client.key()
    pages = [
        (await client.ask("repositories", key, "log", params={"limit": "1", "offset": str(at)}))[1]
        for at in (0, 1)
    ]
    assert [page["rows"][0]["version"]["name"] for page in pages] == ["v2", "v1"]
    assert [page["total"] for page in pages] == [2, 2]
    assert pages[0]["rows"][0]["points"]["accuracy"]["verdict"] == "better"
    code, told, _ = await client.ask("repositories", key, "log", params={"limit": "-1"})
    assert (code, told["code"]) == (400, "usage")


async def test_asking_again_is_cheap_until_something_happens(client: Client, repo: Repo) -> None:
    key = await client.key()
    _, _, headers = await client.ask("repositories", key, "log")
    same = {"If-None-Match": headers["ETag"]}
    code, told, _ = await client.ask("repositories", key, "log", headers=same)
    assert (code, told) == (304, None)
    # There and back: the refs are as before, and yet the label's history is longer.
    repo.labels.move("production", "v2")
    repo.rollback("production")
    code, _, _ = await client.ask("repositories", key, "log", headers=same)
    assert code == 200


async def test_looking_changes_no_byte(client: Client, repo: Repo, jp_root_dir: Path) -> None:
    key = await client.key()
    # The metric index is derived: asked for once here, so that it is there.
    await client.ask("repositories", key, "leaderboard")
    before = image(jp_root_dir)
    for name in READERS:
        code, told, _ = await client.ask("repositories", key, name)
        assert code == 200, (name, told)
    assert image(jp_root_dir) == before


async def test_labels_move_roll_back_and_undo(client: Client, repo: Repo) -> None:
    key = await client.key()
    code, told, _ = await client.post(key, "label", label="production", revision="v2", expect="v1")
    assert (code, told["notice"]["title"]) == (200, "production is now v2.")
    assert repo.labels["production"].name == "v2"
    code, told, _ = await client.post(key, "label", label="production", revision="v2", expect="v1")
    assert (code, told["code"]) == (409, "ref-moved")
    code, told, _ = await client.post(key, "rollback", label="production", to="v1")
    assert (code, repo.labels["production"].name) == (200, "v1")
    code, _, _ = await client.post(key, "undo", operation=told["operation"])
    assert (code, repo.labels["production"].name) == (200, "v2")


async def test_branches_and_tags_are_made(client: Client, repo: Repo) -> None:
    key = await client.key()
    for action, name in (("branch", "exp/lr"), ("tag", "1.0.0")):
        code, _, _ = await client.post(key, action, name=name, revision="v1")
        assert code == 200
    assert repo.branches["exp/lr"].name == repo.tags["1.0.0"].name == "v1"
    code, told, _ = await client.post(key, "tag", name="../x", revision="v1")
    assert (code, set(told)) == (400, {"code", "message", "hint"})


async def test_one_look_answers_all_that_the_panel_shows(client: Client, repo: Repo) -> None:
    key = await client.key()
    _, told, _ = await client.ask("repositories", key, "home")
    assert set(told) == {"told", "log", "labels", "branches"}
    for name in set(told) - {"told"}:
        assert told[name] == (await client.ask("repositories", key, name))[1]


async def test_it_tells_when_versions_that_were_there_are_told_differently(
    client: Client, repo: Repo
) -> None:
    key = await client.key()

    async def look() -> tuple[str, Any]:
        _, told, _ = await client.ask("repositories", key, "home")
        rows = [{**row, "version": {**row["version"], "labels": []}} for row in told["log"]["rows"]]
        return told["told"], [row for row in rows if row["version"]["number"] <= 2]

    seen = [await look()]
    changes = [
        lambda: repo.labels.remove("production"),
        lambda: repo.commit(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])),
        lambda: repo.gc(drop=["v1"], grace_days=1),
        repo.undo,
        lambda: repo.tags.create("1.0.0", "v1"),
        lambda: repo.notes.add("v2", "Better"),
        lambda: repo.evaluate("v1", [[0.0], [1.0], [2.0]], [0.0, 0.5, 1.0]),
        lambda: repo.branches.create("exp", "v1"),
    ]
    for change in changes:
        change()
        seen.append(await look())
    # The word is another one exactly when a row is, but for the labels that are told apart.
    same = [before[0] == after[0] for before, after in pairwise(seen)]
    assert same == [before[1] == after[1] for before, after in pairwise(seen)]
    assert same == [True, True, False, False, False, False, False, True]
    assert seen[4] == seen[0]


async def test_the_way_back_is_the_one_that_a_rollback_takes(client: Client, repo: Repo) -> None:
    key = await client.key()
    _, told, _ = await client.ask("repositories", key, "way-back", params={"label": "production"})
    assert told["to"] is None
    repo.labels.move("production", "v2")
    _, told, _ = await client.ask("repositories", key, "way-back", params={"label": "production"})
    assert (told["to"]["name"], told["alike"]) == ("v1", None)
    # Both are shown the same rows; one of three is predicted alike.
    for version in ("v1", "v2"):
        repo.evaluate(version, [[0.0], [1.0], [2.0]], [0.0, 0.5, 1.0])
    _, told, _ = await client.ask("repositories", key, "way-back", params={"label": "production"})
    assert told["alike"] == {"same": 1, "rows": 3}
    assert [row[0]["text"] for row in told["history"]["rows"]] == ["v2", "v1"]


async def test_head_moves_and_notes_are_written(client: Client, repo: Repo) -> None:
    key = await client.key()
    await client.post(key, "branch", name="exp", revision="v1")
    code, told, _ = await client.post(key, "switch", name="exp")
    assert (code, told["notice"]["title"]) == (200, "HEAD is on exp.")
    code, _, _ = await client.post(key, "undo", operation=told["operation"])
    assert (code, (await client.ask("repositories", key, "log"))[1]["head"]) == (200, "main")
    code, told, _ = await client.post(key, "note", revision="v1", text="The one <b>to keep</b>")
    assert (code, told["notice"]["title"]) == (200, "v1 has a note.")
    _, told, _ = await client.ask("repositories", key, "version", params={"revision": "v1"})
    assert [row["text"] for row in told["remarks"]] == ["The one <b>to keep</b>"]
    code, told, _ = await client.post(key, "note", revision="v1", text="x" * 4_001)
    assert (code, told["code"]) == (400, "usage")


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"label": 1, "revision": "v1"}', "{}"])
async def test_a_body_that_is_no_wish_is_refused(client: Client, repo: Repo, body: str) -> None:
    key = await client.key()
    code, told, _ = await client.ask(
        "repositories", key, "label", method="POST", body=body,
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert (code, told["code"]) == (400, "usage")


def doors(key: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return every route with its method; a new one must be added to a table to be answered."""
    read = [("GET", ("repositories", key, name)) for name in READERS]
    write = [("POST", ("repositories", key, name)) for name in (*WRITERS, *LONG)]
    return [("GET", ("version",)), ("GET", ("repositories",)), *read, *write]


@pytest.mark.parametrize(
    ("headers", "codes"),
    [
        pytest.param({}, {403}, id="no token"),
        pytest.param({"Authorization": "token wrong"}, {403}, id="wrong token"),
        pytest.param({"Authorization": "TOKEN", "Host": "evil.example"}, {403}, id="host"),
        pytest.param(
            {"Authorization": "TOKEN", "Content-Type": "text/plain"}, {415, 200}, id="type"
        ),
    ],
)
async def test_every_door_is_closed(
    http_server_client: Any, jp_base_url: str, jp_auth_header: Any, client: Client, repo: Repo,
    headers: dict[str, str], codes: set[int],
) -> None:  # fmt: skip
    before = repo.operations().total
    token = jp_auth_header["Authorization"]
    sent = {"Content-Type": "application/json"}
    sent |= {name: value.replace("TOKEN", token) for name, value in headers.items()}
    for method, path in doors(await client.key()):
        url = jp_base_url + "/".join((*API, *path))
        body = None if method == "GET" else "{}"
        answer = await http_server_client.fetch(
            url, method=method, body=body, headers=sent, raise_error=False
        )
        wanted = codes - {200} if method == "POST" or codes == {403} else {200}
        assert answer.code in wanted, (method, path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert repo.operations().total == before


async def test_a_cookie_alone_moves_nothing(
    http_server_client: Any, jp_base_url: str, jp_serverapp: Any, client: Client, repo: Repo,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    key = await client.key()
    provider = type(jp_serverapp.identity_provider)
    # Somebody who is logged in by a cookie, as any page's form would send it.
    monkeypatch.setattr(provider, "get_user", lambda _self, _handler: User("ana"))
    monkeypatch.setattr(provider, "is_token_authenticated", lambda _self, _handler: False)
    for action in (*WRITERS, *LONG):
        url = jp_base_url + "/".join((*API, "repositories", key, action))
        answer = await http_server_client.fetch(
            url, method="POST", body="{}", headers={"Content-Type": "application/json"},
            raise_error=False,
        )  # fmt: skip
        assert answer.code == 403, action


@pytest.mark.parametrize(
    "path", [("..", "..", "etc"), ("0" * 16, "log"), ("%2e%2e", "log"), ("churn", "log")]
)
async def test_only_ids_that_were_told_name_a_repository(
    jp_fetch: Any, repo: Repo, path: tuple[str, ...]
) -> None:
    answer = await jp_fetch(*API, "repositories", *path, raise_error=False)
    assert answer.code in {403, 404}


def test_a_server_starts_without_heavy_libraries() -> None:
    code = (
        "import sys, jupyter_mvt.server.extension;"
        "print(sorted({'torch', 'sklearn', 'pandas', 'duckdb', 'pyarrow'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
