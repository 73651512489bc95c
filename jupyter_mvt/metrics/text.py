r"""Text that Parquet can hold, and back.

Names and messages are kept exactly as given, and may hold lone surrogates, which UTF-8 cannot
say. Such a text is written as U+FFFD followed by the text with backslashes doubled and
surrogates as ``\udXXX``; a text that itself starts with U+FFFD is written the same way, so that
no two texts become one.
"""

from __future__ import annotations

import re

__all__ = ["stored", "told"]

_MARK = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(\\|u(d[89a-f][0-9a-f]{2}))")


def stored(text: str) -> str:
    """Return `text` as it is in the index."""
    if text.isascii() or not (text.startswith(_MARK) or _SURROGATE.search(text)):
        return text
    doubled = text.replace("\\", "\\\\")
    return _MARK + doubled.encode("utf-8", "backslashreplace").decode()


def told(text: str) -> str:
    """Return the text that is in the index as `text`; inverse of `stored`."""
    if not text.startswith(_MARK):
        return text
    return _ESCAPE.sub(_unescape, text[1:])


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[2], 16)) if match[2] else "\\"
