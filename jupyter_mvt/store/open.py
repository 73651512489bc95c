"""Making and opening repositories."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_mvt.errors import CorruptionError, FormatError, NotFoundError, RepositoryError
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.encode import decode, encode, from_data
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.store import layout, reserve
from jupyter_mvt.store.backend import Backend, Durability
from jupyter_mvt.store.fs import Disk, explained
from jupyter_mvt.store.local import LocalBackend
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.store.readme import README_TEXT
from jupyter_mvt.store.records import frame, unframe
from jupyter_mvt.store.store import Store

__all__ = ["Format", "init_store", "memory_store", "mend_format", "open_store", "read_format"]

_FOLDERS = (
    layout.TEMPORARY,
    layout.OPERATIONS,
    layout.PACKS,
    layout.CHECKPOINTS,
    layout.SEGMENTS,
    layout.RESERVE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What the ``format`` file says.

    Attributes
    ----------
    format
        Version of the disk format.
    repository
        Random id.
    readme
        Digest of the README that was written beside it.
    durability
        See `LocalBackend`.
    """

    format: int
    repository: str
    readme: ObjectId
    durability: Durability = "full"


def init_store(root: Path, *, durability: Durability = "full", disk: Disk | None = None) -> Store:
    """Make a repository in the folder `root` (the ``.mvt`` folder itself) and open it.

    A folder without the file ``format``, which is written last, is not a repository: whatever
    an interrupted attempt left is simply completed by the next.

    Raises
    ------
    RepositoryError
        There is one already (code ``already-a-repository``).
    """
    backend = LocalBackend(root, durability=durability, disk=disk)
    _make_folders(backend)
    _initialise(backend, durability)
    reserve.keep(backend)
    return Store(backend, root)


def open_store(root: Path, *, disk: Disk | None = None) -> Store:
    """Open the repository in the folder `root` (the ``.mvt`` folder itself).

    Raises
    ------
    RepositoryError
        It is none (code ``not-a-repository``).
    FormatError
        A newer version of this package made it (code ``newer-format``).
    CorruptionError
        Its ``format`` file is damaged or lost.
    """
    backend = LocalBackend(root, disk=disk)
    backend.durability = read_format(backend, str(root)).durability
    return Store(backend, root)


def memory_store() -> Store:
    """Return a fresh repository in memory."""
    backend = MemoryBackend()
    _initialise(backend, "full")
    return Store(backend)


def read_format(backend: Backend, where: str) -> Format:
    """Return what the ``format`` file of the repository at `where` says; see `open_store`."""
    try:
        data = backend.get(layout.FORMAT)
    except NotFoundError as error:
        if next(backend.list(layout.OPERATIONS), None) is not None:
            msg = f"The repository {where} has lost its file {layout.FORMAT!r}."
            raise CorruptionError(msg, code="corrupt-format", hint="mvt fsck --repair") from error
        msg = f"{where} is not a repository."
        raise RepositoryError(msg, code="not-a-repository", hint="mvt init") from error
    try:
        fields = decode(unframe(data, layout.FORMAT))
    except CorruptionError as error:
        msg = f"The file {layout.FORMAT!r} of {where} is corrupt."
        raise CorruptionError(msg, code="corrupt-format", hint="mvt fsck --repair") from error
    number = fields.get("format") if isinstance(fields, dict) else None
    if isinstance(number, int) and number > layout.FORMAT_VERSION:
        msg = (
            f"The repository {where} has format {number}; "
            f"this version of jupyter_mvt reads up to {layout.FORMAT_VERSION}."
        )
        raise FormatError(msg, code="newer-format", hint="pip install --upgrade jupyter-mvt")
    return from_data(fields, Format)


def mend_format(root: Path, source: Path | None = None, *, disk: Disk | None = None) -> None:
    """Write the file ``format`` of the repository at `root` anew, or take that of its copy.

    Only its random id and how durable it is cannot be told by anything else; the safer
    durability is taken.

    Raises
    ------
    CorruptionError
        The README beside it, which tells which format it has, is not that of this version
        either (code ``corrupt-format``).
    """
    backend = LocalBackend(root, disk=disk)
    if source is not None:
        there = LocalBackend(source, disk=disk)
        read_format(there, str(source))
        backend.put(layout.FORMAT, there.get(layout.FORMAT))
        return
    readme = README_TEXT.encode()
    if backend.stat(layout.README) is None or digest(backend.get(layout.README)) != digest(readme):
        msg = (
            f"The file {layout.FORMAT!r} of {root} is corrupt, and the README beside it does not "
            "tell which format it was of."
        )
        hint = "mvt fsck --repair --from FOLDER"
        raise CorruptionError(msg, code="corrupt-format", hint=hint)
    made = Format(format=layout.FORMAT_VERSION, repository=Clock().token(), readme=digest(readme))
    backend.put(layout.FORMAT, frame(encode(made)))


def _make_folders(backend: LocalBackend) -> None:
    disk, root = backend.disk, str(backend.root)
    with explained("make", root):
        disk.mkdir(root)
        for folder in _FOLDERS:
            disk.mkdir(f"{root}/{folder[:-1]}")
        if backend.durability == "full":
            disk.fsync_dir(str(backend.root.parent))
            disk.fsync_dir(root)


def _initialise(backend: Backend, durability: Durability) -> None:
    readme = README_TEXT.encode()
    made = Format(
        format=layout.FORMAT_VERSION,
        repository=Clock().token(),
        readme=digest(readme),
        durability=durability,
    )
    if backend.stat(layout.FORMAT) is None:
        if next(backend.list(layout.OPERATIONS), None) is not None:
            msg = f"This repository has lost its file {layout.FORMAT!r}."
            raise CorruptionError(msg, code="corrupt-format", hint="mvt fsck --repair")
        backend.put(layout.README, readme)
        if backend.put_if_absent(layout.FORMAT, frame(encode(made))):
            return
    msg = "There is a repository here already."
    raise RepositoryError(msg, code="already-a-repository", hint="mvt status")
