"""Text from a repository stays text on every surface.

Names, messages and values were written by somebody else. Control characters (terminal escape
sequences among them), line breaks in one-line places, lone surrogates and characters that turn
the direction of reading are made visible before anything else looks at the text; HTML is
escaped on top of that (see `views.html`).
"""

from __future__ import annotations

import unicodedata

__all__ = ["block", "clip", "line"]

_JOINERS = "\u200c\u200d"
"""Zero-width joiners: needed by emoji and several scripts, and harmless."""

_TAB = "    "


def line(text: object, limit: int = 200) -> str:
    """Return `text` on one line, harmless, of at most `limit` characters."""
    whole = str(text)
    # Clip first: a 10 kB name should not cost 10 kB of work, and visible forms only grow.
    near = whole[: limit + 1]
    if not near.isprintable():
        near = near.replace("\r\n", "\n").replace("\n", " ⏎ ").replace("\t", " ")
        near = "".join(map(_visible, near))
    return clip(near, limit)


def block(text: object, limit: int = 10_000) -> str:
    """Return `text` harmless with its line breaks kept, of at most `limit` characters."""
    whole = str(text)[: limit + 1].replace("\r\n", "\n").replace("\t", _TAB)
    return clip("\n".join("".join(map(_visible, row)) for row in whole.split("\n")), limit)


def clip(text: str, limit: int) -> str:
    """Return `text`, or its beginning and an ellipsis when it is longer than `limit`."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def _visible(char: str) -> str:
    if char.isprintable() or char == "\u00a0":
        return char
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    category = unicodedata.category(char)
    if category == "Zs" or char in _JOINERS:
        return char
    if category in {"Cs", "Cn", "Co"}:
        return "\ufffd" if category == "Cs" else char
    return "⏎" if category in {"Zl", "Zp"} else f"⟨U+{code:04X}⟩"
