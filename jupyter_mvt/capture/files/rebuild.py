"""Stored files: read from the store, byte for byte, and written where the person says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.files.freeze import FRAME
from jupyter_mvt.errors import CorruptionError, NotFoundError, if_interrupted
from jupyter_mvt.objects.encode import decode
from jupyter_mvt.objects.ids import digest_many, is_id
from jupyter_mvt.store.export import export

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mvt.objects.ids import Buffer
    from jupyter_mvt.objects.manifest import Entry

__all__ = ["FORMAT", "StoredFile", "StoredFiles", "gathered", "stored_files"]

FORMAT = "file/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file of a version.

    Attributes
    ----------
    name
        Relative, ``/`` between folders.
    size
        In bytes.
    digest
        BLAKE3-256 of its bytes.
    format
        ``"safetensors"``, ``"torch.save"``, ``"npz"``, ``"keras"``, ``"zip"``, ``"bytes"`` ….
    """

    name: str
    size: int
    digest: str
    format: str
    pieces: Callable[[], Iterator[Buffer]]
    """Each piece is there until the next is asked for."""

    def read(self) -> bytes:
        """Return its bytes.

        Raises
        ------
        CorruptionError
            They are not what was stored.
        """
        held = BytesIO()
        for piece in self.pieces():
            held.write(piece)
        data = held.getvalue()
        if len(data) != self.size or digest_many([data]) != self.digest:
            raise _corrupt(self.name, why="its bytes are not those that were kept")
        return data

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write it into `folder` under its own name, and return where it is.

        Raises
        ------
        RestoreError
            Its name leads elsewhere (code ``unsafe-name``).
        StorageError
            There is one already (code ``file-exists``), or the disk refused.
        """
        return export(folder, self.name, self.pieces(), self.size, self.digest,
                      overwrite=overwrite)  # fmt: skip

    def __repr__(self) -> str:
        return f"<StoredFile {self.name!r}, {self.size} bytes, {self.format}>"


class StoredFiles(Mapping[str, StoredFile]):
    """The files of a version by name."""

    def __init__(self, files: Mapping[str, StoredFile]) -> None:
        self._files = dict(files)

    def __getitem__(self, name: str) -> StoredFile:
        if name not in self._files:
            known = [one[:80] for one in self._files]
            told = f" in this version; it holds {', '.join(known[:8])}" if known else ""
            msg = f"There is no file {name[:80]!r}{told}."
            hint = f"repo['HEAD'].files[{known[0]!r}]" if known else "mvt log"
            raise NotFoundError(msg, code="unknown-file", hint=hint)
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write all of them into `folder`, which is made if need be; never outside of it."""
        with if_interrupted("Interrupted: not all files were written; what is there is whole."):
            return tuple(file.save(folder, overwrite=overwrite) for file in self._files.values())

    def __repr__(self) -> str:
        return f"<StoredFiles: {', '.join(self._files) or 'none'}>"


def gathered(values: Mapping[str, Any]) -> StoredFiles:
    """Return the files among restored models as one mapping.

    Of two of one name, each keeps its own in its path: it is written into a folder called as
    the variable was.
    """
    kept = {name: value for name, value in values.items() if isinstance(value, StoredFiles)}
    names = [name for files in kept.values() for name in files]
    if len(set(names)) == len(names):
        return StoredFiles({name: file for files in kept.values() for name, file in files.items()})
    return StoredFiles(
        {
            f"{var}/{name}": replace(file, name=f"{var}/{name}")
            for var, files in kept.items()
            for name, file in files.items()
        }
    )


def stored_files(
    state: bytes, entries: Mapping[str, Entry], pieces: Callable[[Entry], Iterator[memoryview]]
) -> StoredFiles:
    """Return the files that a stored recipe describes; their bytes are read when asked for.

    `pieces` yields the content of an entry in order, each piece until the next is asked for.

    Raises
    ------
    CorruptionError
        The recipe is not sound (code ``corrupt-state``).
    """
    data = decode(state)
    files = data.get("files") if isinstance(data, dict) else None
    if not isinstance(files, list) or data.get("format") != FORMAT:
        raise _corrupt(why="its recipe is missing")
    found = [_file(item, entries, pieces) for item in files]
    return StoredFiles({file.name: file for file in found})


def _file(
    item: Any, entries: Mapping[str, Entry], pieces: Callable[[Entry], Iterator[memoryview]]
) -> StoredFile:
    keys = ("name", "size", "digest", "format", "prefix", "pieces")
    if not isinstance(item, dict) or any(key not in item for key in keys):
        raise _corrupt(why="its recipe is malformed")
    name, size, prefix = item["name"], item["size"], item["prefix"]
    words = all(isinstance(item[key], str) for key in keys if key not in ("size", "pieces"))
    if not words or type(size) is not int or not is_id(item["digest"]):
        raise _corrupt(why="its recipe is malformed")
    frame = entries.get(prefix + FRAME)
    recipe = _checked(name, item["pieces"], size, frame, entries)

    def content() -> Iterator[Buffer]:
        rest = memoryview(b"" if frame is None else b"".join(map(bytes, pieces(frame))))
        for length, entry in recipe:
            if length:
                yield rest[:length]
                rest = rest[length:]
            if entry is not None:
                yield from pieces(entry)

    return StoredFile(name=name, size=size, digest=item["digest"], format=item["format"],
                      pieces=content)  # fmt: skip


def _checked(
    name: str, pieces: Any, size: int, frame: Entry | None, entries: Mapping[str, Entry]
) -> list[tuple[int, Entry | None]]:
    """Return the recipe with its entries, once it adds up; nothing has been read."""
    if not isinstance(pieces, list):
        raise _corrupt(name, why="its recipe is malformed")
    found: list[tuple[int, Entry | None]] = []
    framed = 0
    for piece in pieces:
        length, path = piece if isinstance(piece, list) and len(piece) == 2 else (-1, None)
        entry = None if path is None else entries.get(path) if isinstance(path, str) else None
        if type(length) is not int or length < 0 or (path is not None and entry is None):
            raise _corrupt(name, why="its recipe is malformed")
        framed += length
        found.append((length, entry))
    total = framed + sum(entry.nbytes for _, entry in found if entry is not None)
    if total != size or framed != (0 if frame is None else frame.nbytes):
        raise _corrupt(name, why="its recipe does not add up to its size")
    return found


def _corrupt(name: str = "", *, why: str) -> CorruptionError:
    named = f" {name[:80]!r}" if name else ""
    msg = f"The stored file{named} is not sound: {why}."
    return CorruptionError(msg, code="corrupt-state", hint="mvt fsck")
