"""Verify the packs: every stored copy of every object, and the bytes between them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, FormatError, NotFoundError
from jupyter_mvt.store import layout
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.pack import HEADER, ROW, TRAILER, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.store.faults import Findings
    from jupyter_mvt.store.pack import Row
    from jupyter_mvt.store.store import Store

__all__ = ["check_packs"]


def check_packs(
    store: Store, findings: Findings, keys: list[str], chosen: Callable[[], bool]
) -> tuple[set[bytes], dict[bytes, str]]:
    """Return the objects with a good copy, and those seen only damaged, with their pack."""
    good: set[bytes] = set()
    damaged: dict[bytes, str] = {}
    for key in keys:
        if not layout.is_pack(key):
            continue
        # A gc may delete it since it was listed; what is still needed of it is missed later.
        with suppress(NotFoundError):
            try:
                rows = read_rows(store.backend, key)
            except CorruptionError as error:
                findings.add(error.code, error.message, key=key)
                continue
            except NotFoundError:
                if key in set(store.backend.list(layout.PACKS)):
                    text = f"The pack {key} cannot be read: a link that leads nowhere has its name."
                    findings.add("not-a-file", text, key=key)
                continue
            found = _check_pack(store, findings, key, rows, chosen)
            good |= found[0]
            damaged |= dict.fromkeys(found[1], key)
    return good, damaged


def _check_pack(
    store: Store, findings: Findings, key: str, rows: list[Row], chosen: Callable[[], bool]
) -> tuple[set[bytes], set[bytes]]:
    """Return which objects of a pack are good, and which are damaged."""
    good, damaged = set[bytes](), set[bytes]()
    at = 0
    for row in sorted(rows, key=lambda row: row.offset):
        _check_gap(store, findings, key, at, row.offset)
        at = max(at, row.offset + row.stored)
        if not chosen():
            good.add(row.oid)
            findings.bytes -= row.stored
            continue
        findings.objects += 1
        store.progress.advance(row.stored)
        try:
            fault = store.check(row.oid, Place(key, *row[1:]))
        except FormatError as error:
            fault = error.message
        if not fault:
            good.add(row.oid)
            continue
        if store.backend.stat(key) is None:
            return good, damaged  # deleted meanwhile
        damaged.add(row.oid)
        text = f"The object {row.oid.hex()} in {key} is corrupt: {fault}."
        findings.add("corrupt-object", text, key=key, oid=row.oid.hex())
    stat = store.backend.stat(key)
    if stat is not None:
        _check_gap(store, findings, key, at, stat.size - TRAILER.size - ROW.size * len(rows))
    return good, damaged


def _check_gap(store: Store, findings: Findings, key: str, start: int, end: int) -> None:
    if start >= end:
        return
    gap = store.backend.get_range(key, start, end - start)
    expected = HEADER + bytes(end - len(HEADER)) if start == 0 else bytes(end - start)
    if gap != expected:
        text = f"The pack {key} is corrupt between its objects, which are not affected."
        findings.add("corrupt-pack", text, key=key)
