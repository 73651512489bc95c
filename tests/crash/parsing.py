"""Remember what is a pure function of bytes, so that 100,000 disks can be judged in a minute.

States that a power cut leaves differ in a file or two; the rest need not be parsed again. What is
remembered is a function of the very bytes that were looked at, all of them. What else is
installed, and in which git commit the work stands, is the same for all commits of a run.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.capture import environment, git
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.store import (
    checkpoints,
    fsck,
    index,
    layout,
    logcheck,
    manifests,
    oplog,
    packcheck,
    store,
)
from jupyter_mvt.store import open as opening
from jupyter_mvt.store.faults import Findings
from jupyter_mvt.store.pack import DELTA
from tests.crash.judge import Still

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.backend import Backend

_MANY = 1 << 14


def _of_bytes(real: Callable[..., Any]) -> Callable[..., Any]:
    return lru_cache(_MANY)(real)


def _of_object(real: Callable[..., Any]) -> Callable[..., Any]:
    """Remember by identity; what is remembered stays alive, so that no identity is used twice."""
    known: dict[int, tuple[Any, Any]] = {}

    def remembered(thing: Any, *rest: Any) -> Any:
        if id(thing) not in known:
            known[id(thing)] = (thing, real(thing, *rest))
        return known[id(thing)][1]

    return remembered


def _of_view(real: Callable[[View, Any], bytes]) -> Callable[[View, Any], bytes]:
    known: dict[tuple[int, str], bytes] = {}

    def remembered(view: View, operations: Any) -> bytes:
        if (view.number, view.head) not in known:
            known[view.number, view.head] = real(view, operations)
        return known[view.number, view.head]

    return remembered


def _of_pack(real: Callable[[Backend, str], Any]) -> Callable[[Backend, str], Any]:
    known: dict[tuple[str, bytes], Any] = {}

    def remembered(backend: Backend, key: str) -> Any:
        data = backend.get(key)
        if (key, data) not in known:
            try:
                known[key, data] = real(backend, key)
            except CorruptionError as error:
                known[key, data] = error
        found = known[key, data]
        if isinstance(found, CorruptionError):
            raise found.with_traceback(None)
        return found

    return remembered


def _of_copy(real: Callable[..., str]) -> Callable[..., str]:
    known: dict[tuple[bytes, Any, int], str] = {}

    def remembered(self: store.Store, oid: bytes, place: Any, target: Any = None) -> str:
        if target is not None or not isinstance(self.backend, Still):
            return real(self, oid, place, target)
        key = (
            oid,
            place,
            self.backend.content(place.pack if place.encoding != DELTA else layout.PACKS),
        )
        if key not in known:
            known[key] = real(self, oid, place)
        return known[key]

    return remembered


LOG = (layout.CHECKPOINTS, layout.OPERATIONS)


def _of_log(real: Callable[[store.Store], View]) -> Callable[[store.Store], View]:
    known: dict[int, View | CorruptionError] = {}

    def remembered(opened: store.Store) -> View:
        if not isinstance(opened.backend, Still):
            return real(opened)
        key = opened.backend.content(*LOG)
        if key not in known:
            try:
                known[key] = real(opened)
            except CorruptionError as error:
                known[key] = error
        found = known[key]
        if isinstance(found, CorruptionError):
            raise found.with_traceback(None)
        return found

    return remembered


def _of_files(real: Callable[..., Any], *prefixes: str) -> Callable[..., Any]:
    """Remember what `fsck` finds in the files below some prefixes, and depends on no others."""
    known: dict[int, tuple[Any, Findings]] = {}

    def remembered(opened: store.Store, findings: Findings, *rest: Any) -> Any:
        if not isinstance(opened.backend, Still):
            return real(opened, findings, *rest)
        key = opened.backend.content(*prefixes)
        if key not in known:
            alone = Findings()
            known[key] = (real(opened, alone, *rest), alone)
        answer, alone = known[key]
        findings.operations += alone.operations
        findings.objects += alone.objects
        findings.problems += alone.problems
        return tuple(map(copy, answer))

    return remembered


def _of_content(real: Callable[..., Any]) -> Callable[..., Any]:
    """Remember what versions need, which depends on the packs that hold their manifests."""
    known: dict[tuple[int, bool, int], tuple[Any, Any]] = {}

    def remembered(opened: store.Store, content: Any, *, thin: bool = False) -> Any:
        if not isinstance(opened.backend, Still):
            return real(opened, content, thin=thin)
        key = (id(content), thin, opened.backend.content(layout.PACKS))
        if key not in known:
            known[key] = (content, real(opened, content, thin=thin))
        return known[key][1]

    return remembered


@contextmanager
def parsing_remembered() -> Iterator[None]:
    """Inside the block, bytes that were parsed before are not parsed again."""
    operation = _of_bytes(oplog.read_operation)
    with pytest.MonkeyPatch.context() as patch:
        for room in (oplog, checkpoints, logcheck):
            patch.setattr(room, "read_operation", operation)
        patch.setattr(oplog, "skim_operation", _of_bytes(oplog.skim_operation))
        patch.setattr(checkpoints, "decode_as", _of_bytes(checkpoints.decode_as))
        patch.setattr(opening, "decode", _of_bytes(opening.decode))
        patch.setattr(manifests, "decode_manifest", _of_bytes(manifests.decode_manifest))
        patch.setattr(logcheck, "from_data", _of_object(logcheck.from_data))
        patch.setattr(logcheck, "commit_id", _of_object(logcheck.commit_id))
        patch.setattr(checkpoints, "_checkpoint_bytes", _of_view(checkpoints._checkpoint_bytes))
        patch.setattr(packcheck, "read_rows", _of_pack(packcheck.read_rows))
        patch.setattr(index, "read_table", _of_pack(index.read_table))
        patch.setattr(oplog, "_open", _of_log(oplog._open))
        patch.setattr(fsck, "check_log", _of_files(fsck.check_log, *LOG, layout.SEGMENTS))
        patch.setattr(fsck, "check_packs", _of_files(fsck.check_packs, layout.PACKS))
        patch.setattr(fsck, "reach", _of_content(fsck.reach))
        patch.setattr(store.Store, "check", _of_copy(store.Store.check))
        patch.setattr(environment, "read_environment", cache(environment.read_environment))
        patch.setattr(git, "read_git", cache(git.read_git))
        yield
