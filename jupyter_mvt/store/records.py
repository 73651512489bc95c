r"""Framed records: canonical JSON under a line with its digest, so that any flipped bit shows.

``<64 hex digits: BLAKE3 of the body>\n<body>\n``; the body is canonical JSON and thus holds no
newline. The id of an operation's record, which the next one carries as ``prev``, is the BLAKE3
of the whole frame.
"""

from __future__ import annotations

import msgspec

from jupyter_mvt.errors import CorruptionError, FormatError
from jupyter_mvt.objects.encode import decode, encode, from_data
from jupyter_mvt.objects.ids import Buffer, ObjectId, digest
from jupyter_mvt.objects.operation import Operation
from jupyter_mvt.store import layout

__all__ = [
    "frame",
    "inside",
    "lineage",
    "pack_operation",
    "previous",
    "read_operation",
    "record_id",
    "skim_operation",
    "split_frames",
    "unframe",
]

_HEAD = 65
FORMAT = 1


def frame(body: bytes) -> bytes:
    """Return `body` under its digest."""
    return b"%s\n%s\n" % (digest(body).encode(), body)


def unframe(data: Buffer, key: str) -> bytes:
    """Return the body of a frame that was read from `key`.

    Raises
    ------
    CorruptionError
        The frame is damaged (code ``corrupt-record``).
    """
    data = bytes(data)
    body = data[_HEAD:-1]
    if len(data) <= _HEAD or frame(body) != data:
        msg = f"The record {key} is corrupt: its bytes do not match its digest."
        raise CorruptionError(msg, code="corrupt-record", hint="mvt fsck")
    return body


def inside(data: bytes) -> memoryview:
    """Return the canonical JSON of a record whose bytes are known to be right."""
    return memoryview(data)[_HEAD:-1]


def record_id(data: bytes) -> ObjectId:
    """Return the id of a record's bytes."""
    return digest(data)


def pack_operation(operation: Operation) -> bytes:
    """Return the record of `operation`."""
    return frame(encode(operation))


def read_operation(data: bytes, number: int) -> Operation:
    """Return the operation in the record `data`, which was found as number `number`.

    Raises
    ------
    CorruptionError
        Digest, encoding or number are wrong.
    FormatError
        A newer version of this package wrote it.
    """
    key = layout.operation(number)
    fields = decode(unframe(data, key))
    if (
        isinstance(fields, dict)
        and isinstance(fields.get("format"), int)
        and fields["format"] > FORMAT
    ):
        msg = f"Operation {number} is of format {fields['format']}; this version reads {FORMAT}."
        raise FormatError(msg, code="newer-format", hint="pip install --upgrade jupyter-mvt")
    operation: Operation = from_data(fields, Operation)
    if operation.number != number:
        msg = f"The record {key} holds operation {operation.number}."
        raise CorruptionError(msg, code="corrupt-record", hint="mvt fsck")
    return operation


def skim_operation(data: bytes, number: int) -> Operation:
    """Return `read_operation` quickly, for folding: ``commit`` and ``detail`` are undecoded JSON.

    Opening a repository reads hundreds of records and needs their refs alone.
    """
    try:
        operation = msgspec.json.decode(unframe(data, layout.operation(number)), type=Operation)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return read_operation(data, number)  # lone surrogates, or an error that it explains
    if operation.format > FORMAT or operation.number != number:
        return read_operation(data, number)
    return operation


class _Prev(msgspec.Struct):
    prev: str


class _Made(msgspec.Struct):
    parents: list[str]


class _Lineage(msgspec.Struct):
    commit_id: str | None = None
    commit: _Made | None = None


def previous(data: bytes, number: int) -> str:
    """Return the id of the record before a record whose bytes are known to be right."""
    try:
        return msgspec.json.decode(inside(data), type=_Prev).prev
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return read_operation(data, number).prev


def lineage(data: bytes, number: int) -> tuple[ObjectId, tuple[ObjectId, ...]] | None:
    """Return the commit in a record whose bytes are known to be right, and its parents."""
    try:
        found = msgspec.json.decode(inside(data), type=_Lineage)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        whole = read_operation(data, number)
        found = msgspec.convert({"commit_id": whole.commit_id, "commit": whole.commit}, _Lineage)
    if found.commit_id is None or found.commit is None:
        return None
    return ObjectId(found.commit_id), tuple(map(ObjectId, found.commit.parents))


def split_frames(data: bytes) -> list[bytes]:
    """Return the frames that `data` is the concatenation of; each is still to be checked."""
    lines = data.split(b"\n")
    if len(lines) % 2 == 0 or lines[-1]:
        return []
    return [b"%s\n%s\n" % pair for pair in zip(lines[:-1:2], lines[1:-1:2], strict=True)]
