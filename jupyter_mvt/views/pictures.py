"""Figures small enough to be saved in a notebook's output."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["data_uri", "small"]

_AS_IT_IS = 4_000
"""Bytes up to which nothing is gained by making a figure smaller."""

_WIDTH, _COLOURS = 480, 32
_MOST_PIXELS = 16_000_000
_FORMATS = ("PNG", "JPEG")


def small(mime: str, body: bytes) -> tuple[str, str, bool] | None:
    """Return MIME type, base64 and whether it is a smaller copy, ``None`` if it cannot be small.

    A smaller copy has fewer pixels and colours; it needs Pillow, which matplotlib brings along.
    """
    if len(body) <= _AS_IT_IS:
        return mime, base64.b64encode(body).decode(), False
    if mime == "image/svg+xml":
        return None
    copy = _reduced(body)
    if copy is None or len(copy) >= len(body):
        return mime, base64.b64encode(body).decode(), False
    return "image/png", base64.b64encode(copy).decode(), True


def data_uri(mime: str, data: str) -> str:
    """Return the address of a figure that is its own content."""
    return f"data:{mime};base64,{data}"


def _reduced(body: bytes) -> bytes | None:
    try:
        from PIL import Image
    except ImportError:
        return None
    try:
        # The size is known before a pixel is decoded: a small file may hold a huge picture.
        with Image.open(io.BytesIO(body), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            return _written(picture)
    except (OSError, SyntaxError, ValueError, ArithmeticError, Image.DecompressionBombError):
        return None  # damaged in a way of its own: shown as it is


def _written(picture: Image) -> bytes:
    from PIL import Image

    seen = picture.convert("RGBA")
    plain = Image.new("RGBA", seen.size, "white")
    plain.alpha_composite(seen)
    copy = plain.convert("RGB")
    if copy.width > _WIDTH:
        high = max(round(copy.height * _WIDTH / copy.width), 1)
        copy = copy.resize((_WIDTH, high), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    copy.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()
