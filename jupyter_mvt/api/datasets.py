"""The datasets of a version: what is known of them, and their content where it was kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.restoring import restoring
from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.history.naming import name_of
from jupyter_mvt.store import oplog
from jupyter_mvt.store.fs import OsDisk, explained
from jupyter_mvt.store.replacing import replacing

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.dataset import Dataset
    from jupyter_mvt.objects.ids import ObjectId

__all__ = ["Datasets", "StoredDataset"]


class StoredDataset:
    """One dataset of a version.

    Attributes
    ----------
    info
        Its fingerprint: id, kind, rows, columns, source.
    """

    def __init__(self, handle: Handle, version: ObjectId, info: Dataset) -> None:
        self._handle = handle
        self._version = version
        self.info = info

    @property
    def stored(self) -> bool:
        """Whether its content was kept, by ``--store-data``."""
        return bool(self.info.stored)

    def load(self) -> Any:
        """Return the content as it was given: a frame, a table or an array.

        Raises
        ------
        NotFoundError
            Only its fingerprint was kept (code ``data-not-stored``).
        RestoreError
            It was dropped by a gc (code ``thin-version``).
        """
        from jupyter_mvt.capture.data.keeping import load_data

        view = oplog.current(self._handle.store)
        if not self.stored:
            raise self._not_stored(name_of(view, self._version))
        with restoring(self._handle, self._version):
            return load_data(self._handle.store, self.info)

    def _not_stored(self, name: str) -> NotFoundError:
        from jupyter_mvt.capture.data.keeping import NOT_PLAIN

        msg = f"{name} keeps the fingerprint of {self.info.var!r}, not its rows"
        hint = "mvt commit --store-data keeps rows, from then on"
        notes = oplog.commit_object(self._handle.store, self._version).notes
        about = [note for note in notes if note.about == self.info.var]
        if any(note.kind == "partial" or NOT_PLAIN in note.text for note in about):
            msg = f"{msg}, which {NOT_PLAIN}"
            hint = "as columns or an array of plain values: mvt commit --store-data"
        return NotFoundError(f"{msg}.", hint=hint, code="data-not-stored")

    def to_parquet(self, path: str | Path) -> Path:
        """Write the content as a Parquet file and return its path; see `load`."""
        from jupyter_mvt.capture.data.keeping import parquet_of

        target, content = Path(path), parquet_of(self.load())
        disk, half = OsDisk(), f"{target}.{secrets.token_hex(8)}.part"
        with explained("write", str(target)), replacing(disk, str(target), half) as handle:
            disk.write(handle, content)
            disk.fsync(handle)
        return target

    def __repr__(self) -> str:
        kept = "stored" if self.stored else "fingerprint only"
        return f"<Dataset {self.info.var}: {self.info.rows:,} rows, {self.info.kind}, {kept}>"


class Datasets(Mapping[str, StoredDataset]):
    """Datasets by their names in the notebook, or by their roles."""

    def __init__(self, handle: Handle, version: ObjectId, found: tuple[Dataset, ...]) -> None:
        self._named = {one.var: StoredDataset(handle, version, one) for one in found}
        self._roles = {one.role: self._named[one.var] for one in reversed(found) if one.role}

    def __getitem__(self, name: str) -> StoredDataset:
        if name in self._named or name in self._roles:
            return self._named.get(name) or self._roles[name]
        known = list(self._named)
        told = f"; there are {', '.join(known[:12])}" if known else ""
        msg = f"There is no dataset {name!r}{told}."
        hint = f"repo['HEAD'].datasets[{known[0]!r}]" if known else "mvt show"
        raise NotFoundError(msg, hint=hint, code="unknown-dataset")

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def __contains__(self, name: object) -> bool:
        return name in self._named or name in self._roles

    def __repr__(self) -> str:
        return f"<Datasets {', '.join(self._named) or 'none'}>"
