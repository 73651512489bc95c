"""zstd frames that say how long they are, unpacked within that bound."""

from __future__ import annotations

import threading

import zstandard

from jupyter_mvt.objects.ids import Buffer

__all__ = ["pack_frame", "pack_numbers", "unpack_frame"]

_LARGEST_WINDOW = 64 << 20
_NUMBERS = 0
_mine = threading.local()


def pack_frame(data: Buffer, level: int) -> bytes:
    """Return `data` as one frame; levels are zstd's, from 1."""
    return _compressor(level).compress(data)


def pack_numbers(data: Buffer) -> bytes:
    """Return `data`, one byte of each of many numbers, as one frame.

    Such bytes hardly repeat in runs, they only are unevenly distributed. Not to look for runs
    of fewer than seven is three times as fast, and leaves more to the entropy coder: smaller.
    """
    return _compressor(_NUMBERS).compress(data)


def _compressor(level: int) -> zstandard.ZstdCompressor:
    made: dict[int, zstandard.ZstdCompressor] = _mine.__dict__.setdefault("compressors", {})
    if level not in made:
        made[level] = (
            zstandard.ZstdCompressor(level=level)
            if level != _NUMBERS
            else zstandard.ZstdCompressor(
                compression_params=zstandard.ZstdCompressionParameters.from_level(
                    1, hash_log=6, min_match=7, strategy=zstandard.STRATEGY_FAST
                )
            )
        )
    return made[level]


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
