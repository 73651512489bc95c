"""zstd frames that say how long they are, unpacked within that bound."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import Literal, TypeAlias

from jupyter_mvt.objects.ids import Buffer

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["Evenness", "holds", "pack_frame", "pack_numbers", "unpack_frame"]

Evenness: TypeAlias = Literal["runs", "sparse", "dense"]
"""How alike the bytes of a plane are: nearly all the same, many of them, hardly any in a row."""

_LITERALS = 1002
"""zstd's ``ZSTD_c_literalCompressionMode``; 1: what is in no run goes to the entropy coder."""
_FEW_RUNS: dict[int, int] = {
    zstd.CompressionParameter.strategy: int(zstd.Strategy.fast),
    zstd.CompressionParameter.hash_log: 6,
    zstd.CompressionParameter.min_match: 6,
}
_HARDLY_ANY: dict[int, int] = {
    **_FEW_RUNS,
    zstd.CompressionParameter.target_length: 256,
    _LITERALS: 1,
}
_PLACES: dict[Evenness, dict[int, int]] = {
    "runs": _FEW_RUNS,
    "sparse": _HARDLY_ANY,
    "dense": {**_HARDLY_ANY, zstd.CompressionParameter.target_length: 4096},
}
_PIECE = 32 << 10
"""Unpacked at a time: zstd's binding makes more than this of several parts, and joins them."""
_LARGE = 1 << 20
"""Bytes that are worth an import."""
_mine = threading.local()


def pack_frame(data: Buffer, level: int) -> bytes:
    """Return `data` as one frame; levels are zstd's, from 1."""
    options: dict[int, int] = {zstd.CompressionParameter.compression_level: level}
    return _packed(data, f"level {level}", options)


def pack_numbers(data: Buffer, evenness: Evenness) -> bytes:
    """Return `data`, one byte of each of many numbers, as one frame.

    Such bytes hardly repeat in runs, they only are unevenly distributed. To look for runs in few
    places, and leave the rest to the entropy coder, is twice as fast, and smaller.
    """
    return _packed(data, evenness, _PLACES[evenness])


def _packed(data: Buffer, name: str, options: Mapping[int, int]) -> bytes:
    """Return one frame, by a compressor that this thread made once: as costly as a small frame."""
    made: dict[str, zstd.ZstdCompressor] = _mine.__dict__
    if name not in made:
        made[name] = zstd.ZstdCompressor(options=options)
    return made[name].compress(data, made[name].FLUSH_FRAME)


def holds(frame: Buffer, data: memoryview) -> bool:
    """Tell whether `frame` unpacks to `data`; each piece is compared while it is in the cache."""
    try:
        if zstd.get_frame_info(frame).decompressed_size != len(data):
            return False
        decoder = zstd.ZstdDecompressor()
        at, rest = 0, frame
        while at < len(data):
            found = decoder.decompress(rest, max_length=min(_PIECE, len(data) - at))
            # `startswith` compares with memory as it is; `==` would need a copy of it.
            if not found or not found.startswith(data[at : at + len(found)]):
                return False
            at, rest = at + len(found), b""
    except (zstd.ZstdError, EOFError):
        return False
    return decoder.eof and not decoder.unused_data


def unpack_frame(data: Buffer, size: int) -> memoryview:
    """Return the `size` bytes that the frame `data` holds.

    Raises
    ------
    ValueError
        It holds another number of bytes, or is damaged.
    """
    try:
        # Asked first, for the decoder sets aside a window of up to what a frame declares.
        if zstd.get_frame_info(data).decompressed_size != size:
            msg = "a frame declares another length"
            raise ValueError(msg)
        if size >= _LARGE:
            return _unpack_large(data, size)
        frame = zstd.ZstdDecompressor()
        found = frame.decompress(data, max_length=size)
    except (zstd.ZstdError, EOFError) as error:
        raise ValueError(str(error)) from error
    if len(found) != size or not frame.eof or frame.unused_data:
        msg = "a frame holds another length"
        raise ValueError(msg)
    return memoryview(found)


def _unpack_large(data: Buffer, size: int) -> memoryview:
    """Unpack at once into memory that Arrow keeps for the next.

    The binding's comes in parts from the system, and the lock of the interpreter is taken for each
    of them, so that two threads are hardly faster than one.
    """
    import pyarrow as pa

    try:
        found = pa.Codec("zstd").decompress(pa.py_buffer(data), size)
    except OSError as error:
        raise ValueError(str(error)) from error
    return memoryview(found).cast("B")
