"""Make a repository, or find the nearest one."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from jupyter_mvt.api.kernel import attached, whoever
from jupyter_mvt.api.paths import folder
from jupyter_mvt.api.repo import Repo
from jupyter_mvt.errors import UNTOUCHED, RepositoryError, UsageError, if_interrupted
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.refs import MAIN
from jupyter_mvt.store.backend import Durability
from jupyter_mvt.store.fs import explained
from jupyter_mvt.store.open import init_store, mend_format, open_store

if TYPE_CHECKING:
    from jupyter_mvt.api.kernel import Identity, Kernel
    from jupyter_mvt.api.results import Initialised
    from jupyter_mvt.objects.progress import Progress
    from jupyter_mvt.store.trusted import TrustBook

__all__ = ["FOLDER", "find", "init", "initialise", "mend", "open_"]

FOLDER = ".mvt"


def find(start: Path) -> Path | None:
    """Return the nearest ``.mvt`` folder at or above `start`."""
    start = start.absolute()
    for above in (start, *start.parents):
        candidate = above / FOLDER
        with explained("look into", str(candidate)):
            if (candidate / "format").is_file() or _has_operations(candidate):
                return candidate
    return None


def _has_operations(root: Path) -> bool:
    """Tell whether a folder holds versions though its ``format`` file is lost."""
    try:
        return any(one.name.startswith("0") for one in (root / "ops").iterdir())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False


def init(path: str | Path = ".", *, durability: Durability = "full") -> Repo:
    """Make a repository in folder `path` and return it; `durability` as in `initialise`.

    Raises
    ------
    RepositoryError
        There is one already (code ``already-a-repository``).
    """
    initialise(path, durability=durability)
    return open_(path)


_MADE = "Interrupted, but the repository had been made by then."
_BEGUN = "Interrupted: there is no repository yet. The next mvt init goes on."


def initialise(path: str | Path = ".", *, durability: Durability = "full") -> Initialised:
    """Make a repository in folder `path` and tell where it is.

    Parameters
    ----------
    path
        An existing folder.
    durability
        With ``"full"`` every change that was answered survives a power cut. With ``"fast"``
        nothing waits for the disk: what was answered survives the end of the program, and a
        power cut may take the newest changes or damage them. It holds for this repository, for
        good, and its ``format`` file says so.

    Raises
    ------
    UsageError
        `durability` is neither (code ``bad-durability``), or `path` no path (``bad-path``).
    """
    from jupyter_mvt.api.results import Initialised

    if durability not in get_args(Durability):
        msg = f"There is no durability {str(durability)[:40]!r}."
        raise UsageError(msg, code="bad-durability", hint="mvt init --durability full, or fast")
    root = folder(path, hint="mvt.init('.')").absolute() / FOLDER
    if (root / "format").exists():
        msg = f"There is already a repository at {root}."
        raise RepositoryError(msg, hint="mvt status", code="already-a-repository")
    if not root.parent.is_dir():
        msg = f"There is no folder {root.parent}."
        hint = f"mkdir {shlex.quote(str(root.parent))}"
        raise RepositoryError(msg, hint=hint, code="no-folder")
    try:
        init_store(root, durability=durability)
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(_MADE if (root / "format").exists() else _BEGUN)
        raise
    return Initialised(path=str(root), branch=MAIN)


def mend(path: str | Path = ".", source: str | Path | None = None) -> None:
    """Make the repository at or above folder `path` one that can be opened: its ``format`` file.

    `source` is a folder with a copy of the repository; see `store.open.mend_format`.
    """
    root = find(Path(path))
    if root is None:
        raise _nothing_at(Path(path))
    mend_format(root, None if source is None else find(Path(source)))


def _nothing_at(start: Path) -> RepositoryError:
    msg = f"There is no repository at {start.absolute()} or above it."
    return RepositoryError(msg, hint="mvt init", code="not-a-repository")


def open_(
    path: str | Path = ".", *, identity: Identity | None = None, own_head: bool = True,
    clock: Clock | None = None, trust_folder: Path | None = None,
    progress: Progress | None = None,
) -> Repo:  # fmt: skip
    """Return the repository at or above folder `path`.

    Parameters
    ----------
    path
        Where to start looking, upwards.
    identity
        Who acts; the live session's person or the account by default.
    own_head
        Whether this session has a HEAD of its own, or follows the default branch.
    clock
        Time and chance, for tests.
    trust_folder
        Where the trust database is kept; the live session's by default, else nowhere.
    progress
        Is told how far long reading and writing is; the live session's by default, else nothing.

    Raises
    ------
    RepositoryError
        There is none (code ``not-a-repository``).
    UsageError
        `path` is no path (code ``bad-path``).
    """
    with if_interrupted(UNTOUCHED):
        return _opened(path, identity, own_head, clock, trust_folder, progress)


def _opened(
    path: str | Path, identity: Identity | None, own_head: bool, clock: Clock | None,
    trust_folder: Path | None, progress: Progress | None,
) -> Repo:  # fmt: skip
    start = folder(path, hint="mvt.open('.')")
    root = find(start)
    if root is None:
        raise _nothing_at(start)
    kernel = attached()
    clock = clock or Clock()
    who = identity or whoever()
    store = open_store(root)
    if kernel is not None:
        # What was verified or written a cell ago need not be read again to be relied on.
        store.verified = kernel.verified.setdefault(root.resolve(), store.verified)
        kernel.glance = store.glance = kernel.glance or store.glance
        store.progress = kernel.progress
    if progress is not None:
        store.progress = progress
    trusting = trust_folder or (None if kernel is None else kernel.trust_folder)
    handle = Handle(
        store=store,
        session=_session(kernel, root, clock, own_head),
        actor=who.actor,
        tool=who.tool,
        clock=clock,
        name=root.parent.name,
        book=None if trusting is None else _book(trusting),
    )
    return Repo(handle, kernel)


def _book(where: Path) -> TrustBook:
    from jupyter_mvt.store.trusted import TrustBook

    return TrustBook(where)


def _session(kernel: Kernel | None, root: Path, clock: Clock, own_head: bool) -> Session:
    if kernel is None:
        return Session(id=clock.token()[:16], own_head=own_head)
    resolved = root.resolve()
    if resolved not in kernel.sessions:
        kernel.sessions[resolved] = Session(id=clock.token()[:16])
    return kernel.sessions[resolved]
