"""Which repositories this server shows: found below its root, named by id, kept open."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from hashlib import blake2b
from threading import Lock, get_ident
from typing import TYPE_CHECKING

from jupyter_mvt.errors import RepositoryError
from jupyter_mvt.store import oplog
from jupyter_mvt.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_mvt.api.kernel import Identity
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.objects.progress import Progress
    from jupyter_mvt.store.store import Store

__all__ = ["Entry", "Opened", "Repositories"]

_FOLDER = ".mvt"
_DEPTH = 3
_MOST_FOLDERS = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One repository: `id` stands for it in addresses, `folder` is told relative to the root."""

    id: str
    root: Path
    folder: str
    name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository that is kept open, and the store that tells whether it has moved on."""

    repo: Repo
    store: Store
    stamp: tuple[int, int]

    def state(self) -> str:
        """Return a word that is another one after every operation."""
        view = oplog.current(self.store)
        return f"{view.refs_id()[:16]}-{view.count}-{view.number}"


class Repositories:
    """The registry of one server. Nothing above or beside `top` is ever looked at.

    Parameters
    ----------
    top
        The folder that the server serves.
    """

    def __init__(self, top: Path) -> None:
        self._top = top.resolve()
        self._known: dict[str, Entry] = {}
        self._opened: dict[tuple[str, str, int], Opened] = {}
        self._lock = Lock()

    def near(self, path: str) -> Entry | None:
        """Return the nearest repository at or above a path that the server's root contains.

        Raises
        ------
        RepositoryError
            The path leads out of the served folder (code ``outside``).
        """
        start = self._confined(self._top / path.lstrip("/"))
        for folder in (start, *start.parents):
            if not folder.is_relative_to(self._top):
                break
            found = self._enter(folder)
            if found is not None:
                return found
        return None

    def below(self) -> list[Entry]:
        """Return the repositories of the served folder, as deep as a person would keep them."""
        entries = filter(None, map(self._enter, self._folders()))
        return sorted(entries, key=lambda entry: entry.folder)

    def entry(self, key: str) -> Entry:
        """Return the repository that was told under `key`.

        Raises
        ------
        RepositoryError
            None was, or it is gone (code ``unknown-repository``).
        """
        entry = self._known.get(key)
        if entry is None or self._enter(entry.root.parent) != entry:
            msg = "This server knows no such repository."
            raise RepositoryError(
                msg, hint="in a notebook beside it: mvt status", code="unknown-repository"
            )
        return entry

    def open(self, key: str, identity: Identity) -> Opened:
        """Return the repository `key` as `identity` works with it; opened once, not per request."""
        from jupyter_mvt.api.discover import open_

        entry = self.entry(key)
        found = os.stat(entry.root / "format")
        stamp = (found.st_ino, found.st_mtime_ns)
        # A store belongs to one thread; there are two of them, see `server.handler`.
        place = (key, identity.actor, get_ident())
        with self._lock:
            opened = self._opened.get(place)
            # Another repository may have been made in the same place since.
            if opened is None or opened.stamp != stamp:
                repo = open_(entry.root.parent, identity=identity, own_head=False)
                opened = self._opened[place] = Opened(repo, open_store(entry.root), stamp)
            return opened

    def apart(self, key: str, identity: Identity, progress: Progress) -> Repo:
        """Return the repository `key` opened anew, for work that tells how far it is."""
        from jupyter_mvt.api.discover import open_

        folder = self.entry(key).root.parent
        return open_(folder, identity=identity, own_head=False, progress=progress)

    def _enter(self, folder: Path) -> Entry | None:
        root = folder / _FOLDER
        if not (root / "format").is_file():
            return None
        real = root.resolve()
        if not real.is_relative_to(self._top):
            return None
        made = Entry(
            id=blake2b(os.fsencode(real), digest_size=8).hexdigest(),
            root=real,
            folder=real.parent.relative_to(self._top).as_posix(),
            name=real.parent.name,
        )
        if made.folder == ".":
            made = replace(made, folder="")
        self._known[made.id] = made
        return made

    def _folders(self) -> Iterator[Path]:
        level, seen = [self._top], 0
        for _ in range(_DEPTH + 1):
            below: list[Path] = []
            for folder in level:
                seen += 1
                if seen > _MOST_FOLDERS:
                    return
                yield folder
                below += _children(folder)
            level = below

    def _confined(self, path: Path) -> Path:
        msg = "This path is outside of the folder that the server serves."
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise RepositoryError(msg, code="outside") from error
        if not real.is_relative_to(self._top):
            raise RepositoryError(msg, code="outside")
        return real


def _children(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            names = [e.name for e in found if e.is_dir(follow_symlinks=False)]
    except OSError:
        # Not ours to read, or gone in between: then it shows nothing.
        return []
    return [
        folder / name for name in sorted(names) if name[0] not in "._" and name != "node_modules"
    ]
