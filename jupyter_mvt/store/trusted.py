"""The trust database: which versions this person made or vouched for, outside every repository.

One small file a version, named by its id and authenticated with a key that never leaves the
folder: a record that somebody else wrote, or that was copied from another account, counts for
nothing. A record is written atomically but not flushed: one that a power cut takes costs a
question, never a version.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from blake3 import blake3

from jupyter_mvt.errors import CorruptionError, StorageError
from jupyter_mvt.objects.encode import decode, encode, from_data, to_wire
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.store.fs import Disk, OsDisk, discard, explained

__all__ = ["TrustBook", "Trusted"]

_KEY_BYTES = 32
_MOST_BYTES = 65_536
_ELSEWHERE = "where there are permissions: export MVT_TRUST=~/.mvt-trust"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """A version whose code may run.

    Attributes
    ----------
    id
        The commit's id: it covers every byte of the version.
    how
        ``"made"`` here, or ``"told"`` to be trusted.
    author, message, repository
        What it was when that was recorded, to be shown.
    time_us
        When it was recorded, microseconds since 1970 UTC.
    """

    id: ObjectId
    how: Literal["made", "told"]
    author: str = ""
    message: str = ""
    repository: str = ""
    time_us: int = 0


@dataclass(frozen=True, slots=True)
class TrustBook:
    """The records in one folder, readable by their owner only."""

    folder: Path
    disk: Disk = field(default_factory=OsDisk)

    def has(self, oid: ObjectId) -> bool:
        """Tell whether `oid` is trusted; whatever is wrong with the record means no."""
        try:
            key = self._key(quiet=True)
            return key is not None and self._read(key, oid) is not None
        except (OSError, StorageError):
            return False

    def add(self, record: Trusted) -> None:
        """Trust `record.id` from now on.

        Raises
        ------
        StorageError
            The folder cannot be written, or others could use it (code ``trust-exposed``).
        """
        with explained("write", str(self.folder)):
            key = self._key() or self._make_key()
            body = to_wire(record)
            text = encode({"record": body, "mac": _mac(key, body)})
            self._put(self._path(record.id), text, self.disk.rename)

    def remove(self, oid: ObjectId) -> bool:
        """Trust `oid` no longer; tell whether it was."""
        with explained("write", str(self.folder)):
            try:
                self.disk.unlink(self._path(oid))
            except FileNotFoundError:
                return False
            return True

    def all(self) -> tuple[Trusted, ...]:
        """Return all records, newest first."""
        with explained("read", str(self.folder)):
            key = self._key()
            if key is None:
                return ()
            names = [name for name, folder in self.disk.list(str(self.folder)) if not folder]
            found = [self._read(key, ObjectId(name)) for name in names if len(name) == 64]
        rows = [record for record in found if record is not None]
        return tuple(sorted(rows, key=lambda record: (-record.time_us, record.id)))

    def _path(self, oid: str) -> str:
        return str(self.folder / oid)

    def _read(self, key: bytes, oid: ObjectId) -> Trusted | None:
        from hmac import compare_digest  # brings OpenSSL: not to open a repository

        try:
            data = decode(self.disk.read(self._path(oid), 0, _MOST_BYTES))
            body, mac = data["record"], data["mac"]
            if not compare_digest(_mac(key, body), str(mac)):
                return None
            record = from_data(body, Trusted)
        except (FileNotFoundError, CorruptionError, TypeError, KeyError, ValueError):
            return None
        return record if record.id == oid else None

    def _key(self, *, quiet: bool = False) -> bytes | None:
        path = self._path("key")
        try:
            found = self.disk.stat(path)
            key = self.disk.read(path, 0, _KEY_BYTES + 1)
        except FileNotFoundError:
            return None
        if _others_may(found.mode):
            if quiet:
                return None
            raise self._exposed(path)
        if len(key) != _KEY_BYTES:
            msg = f"The key of the trust database is damaged: {path}."
            raise StorageError(msg, code="trust-damaged", hint=f"rm {path}")
        return key

    def _exposed(self, path: str) -> StorageError:
        msg, hint = "The key of the trust database can be read by others", f"chmod 600 {path}"
        if not self._has_permissions():
            msg, hint = f"{msg}, and its permissions cannot be set", _ELSEWHERE
        return StorageError(f"{msg}: {path}.", code="trust-exposed", hint=hint)

    def _has_permissions(self) -> bool:
        """Tell whether a file made here is private; a refusal to make one tells nothing."""
        temporary = self._path(f"tmp-{os.urandom(8).hex()}")
        try:
            self.disk.close(self.disk.create(temporary))
            return not _others_may(self.disk.stat(temporary).mode)
        except OSError:
            return True
        finally:
            discard(self.disk, temporary)

    def _make_key(self) -> bytes:
        for folder in reversed([self.folder, *self.folder.parents]):
            self.disk.mkdir(str(folder))
        self.disk.chmod(str(self.folder), stat.S_IRWXU)
        if _others_may(self.disk.stat(str(self.folder)).mode):
            msg = (
                "Others may use the folder of the trust database, and its permissions cannot be "
                f"set: {self.folder}."
            )
            raise StorageError(msg, code="trust-exposed", hint=_ELSEWHERE)
        with suppress(FileExistsError):  # another process was faster: its key is the key
            self._put(self._path("key"), os.urandom(_KEY_BYTES), self.disk.link)
        key = self._key()
        assert key is not None
        return key

    def _put(self, path: str, data: bytes, name: Callable[[str, str], None]) -> None:
        temporary = self._path(f"tmp-{os.urandom(8).hex()}")
        try:
            handle = self.disk.create(temporary)
            try:
                self.disk.write(handle, data)
            finally:
                self.disk.close(handle)
            name(temporary, path)
        finally:
            discard(self.disk, temporary)


def _mac(key: bytes, body: object) -> str:
    return blake3(encode(body), key=key).hexdigest()


def _others_may(mode: int) -> bool:
    return os.name != "nt" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
