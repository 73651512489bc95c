"""Archives whose entries are stored as they are: torch.save, npz, Keras and others.

Only the central directory is read, within bounds; nothing is ever unpacked. Entries that are
compressed are kept compressed, as plain bytes.
"""

from __future__ import annotations

import pickletools
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.arrays import RAW_DTYPES, dtype_of
from jupyter_mvt.capture.files.npy import array_range
from jupyter_mvt.capture.files.ranges import Layout, Range, Unsound, checked

if TYPE_CHECKING:
    from jupyter_mvt.capture.files.source import Source

__all__ = ["read_zip"]

_LOCAL, _CENTRAL, _END, _END64, _FINDER = (
    b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07",
)  # fmt: skip
_ROW = struct.Struct("<4x4xHH4x4xIIHHH8xI")
_END_ROW = struct.Struct("<4x6xHII")
_MOST_ENTRIES = 100_000
_LONGEST_DIRECTORY = 32 << 20
_LONGEST_PROGRAM = 16 << 20
_SMALL = 1 << 10
_FULL = 0xFFFFFFFF
_STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    stored: bool
    start: int
    stop: int


def read_zip(source: Source) -> Layout | None:
    """Return the layout of a zip file, ``None`` if this is another format.

    Raises
    ------
    Unsound
        Its directory is malformed or too large.
    """
    if source.size < 22 or bytes(source.read(0, 4)) != _LOCAL:
        return None
    try:
        entries = _entries(source)
    except (struct.error, IndexError) as error:
        msg = "its directory is malformed"
        raise Unsound(msg) from error
    names = {entry.name for entry in entries}
    root = next(
        (name.removesuffix("data.pkl") for name in names if name.endswith("/data.pkl")), None
    )
    if root is not None:
        ranges, kind = _torch(source, entries, root), "torch.save"
    elif names and all(name.endswith(".npy") for name in names):
        ranges, kind = _npz(source, entries), "npz"
    else:
        keras = {"config.json", "metadata.json"} <= names
        ranges, kind = [_opaque(entry) for entry in entries], "keras" if keras else "zip"
    kept = [item for item in ranges if item.dtype != "bytes" or item.stop - item.start >= _SMALL]
    return Layout(format=kind, ranges=checked(kept, source.size), code=kind == "torch.save")


def _opaque(entry: _Entry) -> Range:
    size = entry.stop - entry.start
    return Range(path=entry.name, dtype="bytes", shape=(size,), start=entry.start, stop=entry.stop)


def _npz(source: Source, entries: list[_Entry]) -> list[Range]:
    found = []
    for entry in entries:
        name = entry.name.removesuffix(".npy")
        array = array_range(source, name, entry.start, entry.stop) if entry.stored else None
        found.append(array or _opaque(entry))
    return found


def _torch(source: Source, entries: list[_Entry], root: str) -> list[Range]:
    """Storages as numbers of their type, which the pickle names and nobody has to load it."""
    program = next(entry for entry in entries if entry.name == f"{root}data.pkl")
    kinds = {}
    if program.stored and program.stop - program.start <= _LONGEST_PROGRAM:
        kinds = _storage_types(bytes(source.read(program.start, program.stop)))
    found = []
    for entry in entries:
        inner = entry.name.removeprefix(root)
        dtype = kinds.get(inner.removeprefix("data/"), "") if entry.stored else ""
        found.append(_numbers(entry, inner, dtype) if dtype else _opaque(entry))
    return found


def _numbers(entry: _Entry, path: str, dtype: str) -> Range:
    size = RAW_DTYPES.get(dtype) or dtype_of(dtype).itemsize
    length = entry.stop - entry.start
    if length % size:
        return _opaque(entry)
    return Range(path=path, dtype=dtype, shape=(length // size,), start=entry.start,
                 stop=entry.stop)  # fmt: skip


def _storage_types(program: bytes) -> dict[str, str]:
    """Return storage → dtype from the opcodes; a program that is not torch's names none."""
    found: dict[str, str] = {}
    memo: dict[int, str] = {}
    kind = ""
    try:
        argument: Any
        for opcode, argument, _ in pickletools.genops(program):
            if opcode.name == "GLOBAL":
                module, _, name = argument.partition(" ")
                kind = _STORAGES.get(name, "") if module == "torch" else ""
            elif opcode.name.endswith("BINPUT"):
                memo[argument] = kind
            elif opcode.name.endswith("BINGET"):
                kind = memo.get(argument, "")
            elif opcode.name.endswith("UNICODE"):
                if kind:
                    found.setdefault(argument, kind)
                kind = ""
    except (ValueError, IndexError, KeyError, OverflowError, RecursionError):
        return {}
    return found


def _entries(source: Source) -> list[_Entry]:
    start, stop, count = _directory(source)
    if count > _MOST_ENTRIES or stop - start > _LONGEST_DIRECTORY:
        msg = f"it has more than {_MOST_ENTRIES} entries"
        raise Unsound(msg)
    table = bytes(source.read(start, stop))
    at, found = 0, []
    for _ in range(count):
        if table[at : at + 4] != _CENTRAL:
            msg = "its directory is malformed"
            raise Unsound(msg)
        flags, method, packed, full, named, extra, comment, local = _ROW.unpack_from(table, at)
        name = table[at + 46 : at + 46 + named].decode("utf-8", "replace")
        more = table[at + 46 + named : at + 46 + named + extra]
        packed, full, local = _wide(more, packed, full, local)
        at += 46 + named + extra + comment
        begin = _content(source, local)
        stored = method == 0 and packed == full and not flags & 1
        found.append(_Entry(name, stored, begin, begin + packed))
    return found


def _directory(source: Source) -> tuple[int, int, int]:
    """Return where the central directory is and how many entries it says it has."""
    tail_at = max(0, source.size - (64 << 10) - 42)
    tail = bytes(source.read(tail_at, source.size))
    at = tail.rfind(_END)
    if at < 0:
        msg = "it has no directory"
        raise Unsound(msg)
    count, size, start = _END_ROW.unpack_from(tail, at)
    finder = at - 20
    if finder >= 0 and tail[finder : finder + 4] == _FINDER:
        where = struct.unpack_from("<8xQ", tail, finder)[0]
        row = _read(source, where, 56)
        if row[:4] != _END64:
            msg = "its directory is malformed"
            raise Unsound(msg)
        count, size, start = struct.unpack_from("<32xQQQ", row)
    if start + size > source.size:
        msg = "its directory lies outside the file"
        raise Unsound(msg)
    return start, start + size, count


def _wide(extra: bytes, packed: int, full: int, local: int) -> tuple[int, int, int]:
    """Return sizes and place; those too large for 32 bits are in the extra field."""
    at = 0
    while at + 4 <= len(extra) and _FULL in (packed, full, local):
        tag, length = struct.unpack_from("<HH", extra, at)
        if tag == 1:
            numbers = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            full = next(numbers, full) if full == _FULL else full
            packed = next(numbers, packed) if packed == _FULL else packed
            local = next(numbers, local) if local == _FULL else local
        at += 4 + length
    return packed, full, local


def _content(source: Source, local: int) -> int:
    row = _read(source, local, 30)
    if row[:4] != _LOCAL:
        msg = "an entry is not where the directory says"
        raise Unsound(msg)
    named, extra = struct.unpack_from("<26xHH", row)
    return local + 30 + int(named) + int(extra)


def _read(source: Source, start: int, length: int) -> bytes:
    if start < 0 or start + length > source.size:
        msg = "it points outside the file"
        raise Unsound(msg)
    return bytes(source.read(start, start + length))
