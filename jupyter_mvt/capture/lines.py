"""Lines of a cell that only IPython understands, as Python: line by line, at their own numbers."""

from __future__ import annotations

import re

__all__ = ["PLAIN_MAGIC", "SHOWS_ONLY", "plain_lines"]

_BODY_MAGICS = frozenset({"time", "timeit", "capture", "prun", "mvt"})
_STATEMENT_MAGIC = re.compile(r"^(\s*)%(?:time|prun)\s+(?=[^\s-])")
_FOREIGN_LINE = re.compile(r"^(\s*)(?:[%!?]|;\s*$|[\w.]+\?{1,2}\s*$)")
_FOREIGN_VALUE = re.compile(r"^(\s*[\w.,\s]+=\s*)[%!].*$")
_CELL_MAGIC = re.compile(r"%%(\w*)")

PLAIN_MAGIC = re.compile(
    r"^\s*%(?:time|prun|matplotlib|config|load_ext|reload_ext|autoreload|precision|pprint|pdb|xmode|"
    r"colors|who|whos|history|pinfo|lsmagic|pylab|mvt)\b|^\s*[\w.]+\?{1,2}\s*$|^\s*(?:\?|;\s*$)"
)
"""Magics that touch no file and no name behind the syntax."""

SHOWS_ONLY = re.compile(r"^\s*(?:%%(?:javascript|js|html|HTML|latex|markdown|svg|SVG)\b|$)")
"""Cells that are drawn, and do nothing else; empty ones too."""

_MEANING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^%pylab\b.*$"),
     "from pylab import *; import numpy as np, matplotlib, matplotlib.pyplot as plt"),
    (re.compile(r"^%cd\s+(?:-q\s+)?['\"]?([^'\"\n]+?)['\"]?\s*$"), "__import__('os').chdir({!r})"),
    (re.compile(r"^%run\s+(?:-i\s+)?['\"]?([\w./\\ -]+\.py)['\"]?\s*$"),
     "exec(compile(__import__('pathlib').Path({0!r}).read_text(), {0!r}, 'exec'))"),
    (re.compile(r"^%(?:set_)?env\s+(\w+)[=\s]\s*(.+?)\s*$"),
     "__import__('os').environ[{!r}] = {!r}"),
)  # fmt: skip
"""Magics that Python can say."""


def plain_lines(source: str) -> list[str]:
    """Return a cell's lines as Python, as many as it has.

    Magics that mean something for the models are said in Python; others, and shell lines, become
    ``pass`` or ``None``, and cells in another language blank.
    """
    lines = source.split("\n")
    start = 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    while start < len(lines) and lines[start].startswith("%%"):
        name = _CELL_MAGIC.match(lines[start])
        if name is None or name[1] not in _BODY_MAGICS:
            return [""] * len(lines)
        start += 1
    return [""] * start + [_plain(line) for line in lines[start:]]


def _plain(line: str) -> str:
    line = _STATEMENT_MAGIC.sub(r"\1", line)
    found = _FOREIGN_LINE.match(line)
    if found is None:
        return _FOREIGN_VALUE.sub(r"\1None", line)
    for pattern, meaning in _MEANING:
        said = pattern.match(line.strip())
        if said is not None:
            return found[1] + meaning.format(*said.groups())
    return f"{found[1]}pass"
