"""Look at a repository in every way, under an audit hook that notes what runs (PEP 578)."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from typing import TYPE_CHECKING

import jupyter_mvt as mvt
from jupyter_mvt.cli.main import main
from jupyter_mvt.errors import TrustError
from jupyter_mvt.objects.encode import to_wire

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER = ("pickle.find_class", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn",
         "os.fork", "socket.connect", "socket.bind", "socket.getaddrinfo")  # fmt: skip
# Modules that are imported on use are executed; the second time there is nothing to import.
NOT_AGAIN = ("exec", "compile", "import", "ctypes.dlopen")

VERBS = ("log", "show v1", "show production", "diff v1 v3", "status", "leaderboard",
         "label history production", "label", "branch", "tag", "oplog", "fsck",
         "help commit", "du", "gc --dry-run", "curves HEAD", "trust --list", "index", "show HEAD",
         "diff HEAD~1 HEAD")  # fmt: skip


def ways(root: str) -> list[Callable[[], object]]:
    """Return every way of looking: values in all their renderings, then the command line."""
    repo = mvt.open(root)
    values = [
        repo.log, repo.status, repo.diff, repo.operations, repo.leaderboard, repo.fsck,
        repo.branches.list, repo.tags.list, repo.labels.list,
        lambda: repo.labels.history("production"),
        lambda: repo.log(where="accuracy > 0.1"),
        lambda: repo.sql("select * from metrics join commits using (cid)"),
        lambda: repo["v2"], lambda: repo["v3"].details,
    ]  # fmt: skip

    def drawn(value: Callable[[], object]) -> None:
        result = value()
        json.dumps(result._repr_mimebundle_())
        json.dumps(to_wire(result.to_dict()))
        repr(result)

    def typed(line: str) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            assert main([*line.split(), "--json"]) == 0
            assert main(line.split()) == 0

    version = repo["v2"]
    looks = [lambda value=value: drawn(value) for value in values]
    looks += [lambda line=line: typed(line) for line in VERBS]
    looks += [lambda: (version.params, version.metrics, version.environment, version.cells)]
    every = [repo[row.version.id] for row in repo.log(limit=None).entries]
    looks += [lambda one=one: drawn(lambda: one.details) for one in every]
    looks += [lambda one=one: drawn(lambda: repo.diff(one, version)) for one in every]
    looks += [lambda one=one: (one.cells, one.params, one.metrics) for one in every]
    return looks


def look() -> None:
    root, proof = sys.argv[1:]
    os.chdir(root)
    noted: list[str] = []
    forbidden = set(NEVER)

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event in forbidden:
            noted.append(f"{event}: {str(args)[:200]}")

    sys.addaudithook(hook)
    for way in ways(root):
        way()
        forbidden.update(NOT_AGAIN)
        way()
        forbidden.difference_update(NOT_AGAIN)
    if os.path.exists(proof):
        noted.append("the trap is sprung")
    print("looked: " + ("; ".join(noted) or "nothing ran"))
    try:
        mvt.open(root)["v1"].load()
    except TrustError as error:
        print("\n".join(error.lines("mvt")))
    with contextlib.suppress(Exception):
        mvt.open(root)["v1"].load(trust=True)
    print("trusted: " + ("the trap is sprung" if os.path.exists(proof) else "nothing ran"))


if __name__ == "__main__":
    look()
