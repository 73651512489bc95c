"""zstd frames that say how long they are, unpacked within that bound."""

from __future__ import annotations

import threading

import zstandard

from jupyter_mvt.objects.ids import Buffer

__all__ = ["pack_frame", "unpack_frame"]

_LARGEST_WINDOW = 64 << 20
_mine = threading.local()


def pack_frame(data: Buffer, level: int) -> bytes:
    """Return `data` as one frame."""
    made: dict[int, zstandard.ZstdCompressor] = _mine.__dict__.setdefault("compressors", {})
    if level not in made:
        made[level] = zstandard.ZstdCompressor(level=level)
    return made[level].compress(data)


def unpack_frame(data: Buffer, size: int) -> bytes:
    """Return the `size` bytes that the frame `data` holds.

    Raises
    ------
    ValueError
        It holds another number of bytes, or is damaged.
    """
    try:
        # The size is asked first: the decoder would set aside whatever a frame declares.
        if zstandard.get_frame_parameters(data).content_size != size:
            msg = "a frame declares another length"
            raise ValueError(msg)
        if not hasattr(_mine, "decompressor"):
            _mine.decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
        found: bytes = _mine.decompressor.decompress(data, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
    if len(found) != size:
        msg = "a frame holds another length"
        raise ValueError(msg)
    return found
