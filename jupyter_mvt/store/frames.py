"""zstd frames that say how long they are, unpacked within that bound."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping

from jupyter_mvt.objects.ids import Buffer

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["pack_frame", "pack_numbers", "unpack_frame"]

_LITERALS = 1002
"""zstd's ``ZSTD_c_literalCompressionMode``; 1: what is in no run goes to the entropy coder."""
_FEW_RUNS: dict[int, int] = {
    zstd.CompressionParameter.strategy: int(zstd.Strategy.fast),
    zstd.CompressionParameter.hash_log: 6,
    zstd.CompressionParameter.min_match: 7,
}
_HARDLY_ANY: dict[int, int] = {
    **_FEW_RUNS,
    zstd.CompressionParameter.target_length: 256,
    _LITERALS: 1,
}
_mine = threading.local()


def pack_frame(data: Buffer, level: int) -> bytes:
    """Return `data` as one frame; levels are zstd's, from 1."""
    options: dict[int, int] = {zstd.CompressionParameter.compression_level: level}
    return _packed(data, f"level {level}", options)


def pack_numbers(data: Buffer, *, runs: bool = False) -> bytes:
    """Return `data`, one byte of each of many numbers, as one frame.

    Such bytes hardly repeat in runs, they only are unevenly distributed. To look for runs in few
    places, and leave the rest to the entropy coder, is twice as fast, and smaller. With `runs`
    nearly all of them are the same.
    """
    return _packed(data, "runs", _FEW_RUNS) if runs else _packed(data, "numbers", _HARDLY_ANY)


def _packed(data: Buffer, name: str, options: Mapping[int, int]) -> bytes:
    """Return one frame, by a compressor that this thread made once: as costly as a small frame."""
    made: dict[str, zstd.ZstdCompressor] = _mine.__dict__
    if name not in made:
        made[name] = zstd.ZstdCompressor(options=options)
    return made[name].compress(data, made[name].FLUSH_FRAME)


def unpack_frame(data: Buffer, size: int) -> bytes:
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
        frame = zstd.ZstdDecompressor()
        found = frame.decompress(data, max_length=size)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error
    if len(found) != size or not frame.eof or frame.unused_data:
        msg = "a frame holds another length"
        raise ValueError(msg)
    return found
