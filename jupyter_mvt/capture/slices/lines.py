"""Lines of a cell that only IPython understands, as Python: line by line, at their own numbers."""

from __future__ import annotations

import ast
import re

__all__ = [
    "CAPTURE",
    "OURS",
    "OUR_MAGIC",
    "OUR_QUERY",
    "OUR_VALUE",
    "PLAIN_MAGIC",
    "RELOADS",
    "SHELL",
    "SHOWS_ONLY",
    "captured_name",
    "plain_lines",
]

SHELL, CAPTURE = "__mvt_shell__", "__mvt_captured__"
"""Names that run a shell's command, and stand for what ``%%capture`` binds."""

RELOADS = "__mvt_reloads__"
"""The name by which ``%autoreload`` is said."""

OURS = frozenset({SHELL, CAPTURE, RELOADS})

OUR_MAGIC = r"mvt\b(?!\s+checkout\b.*\s--into-namespace\b)"
"""Our own magic where it binds no name; a checkout into the namespace makes what follows."""

OUR_VALUE = re.compile(r"^\s*[\w., \t]+=\s*%mvt\b(?!\s+checkout\b)")
"""An answer of ours under a name: nothing else happens."""

OUR_QUERY = re.compile(r"\s*%%mvt\s+sql\b")
"""The first line of a cell in SQL."""

TIMED = "__mvt_timed__"
"""The class in whose body a timed statement runs: what it binds is its own."""

_BODY_MAGICS = frozenset({"time", "timeit", "capture", "prun", "mvt"})
_SHELLS = frozenset({"bash", "sh", "system", "sx", "script"})
_STATEMENT_MAGIC = re.compile(
    r"^(\s*)%(?:time|prun)\s+(?:-[qr]+\s+|-[DTls]\s+\S+\s+|--no-raise-error\s+)*(?=[^\s-])"
)
_FOREIGN_LINE = re.compile(r"^(\s*)(?:[%!?]|;\s*$|[\w.]+\?{1,2}\s*$)")
_FOREIGN_VALUE = re.compile(r"^(\s*[\w.,\s]+=\s*)[%!].*$")
_SHELL = re.compile(r"^(\s*)!!?\s*(.+)$")
_SHELL_VALUE = re.compile(r"^(\s*[\w.,\s]+=\s*)(?:!!?|%s[xc]\s)\s*(.+)$")
_CHECKOUT = re.compile(r"^(\s*\w+\s*=\s*)%mvt\s+checkout(?:\s+([\w.][^\s#]*))?\s*$")
_INTO_NAMES = re.compile(r"^(\s*)%mvt\s+checkout((?:\s+(?!#)\S+)+)\s*(?:#.*)?$")
"""A checkout without a value; what is done with it stands in its words."""
_AUTOMAGIC = re.compile(
    r"^(?=(?:cd|pip|conda|mamba|run|ls|cat|mkdir|rmdir|rm|cp|mv|load_ext|matplotlib|pylab)\s+"
    r"(?![=(\[,:;+*&|<>)]|(?:in|is|and|or|not|if|for)\b)\S)"
)
_ALIAS = re.compile(r"^%(?=(?:mkdir|rmdir|rm|cp|mv|ln|sx|sc|system)\s)(?:(?:sx|sc|system)\s+)?")
_INSTALLS = re.compile(r"(?:(?:sudo|python3?|-m|\S*/python3?|\{?sys\.executable\}?)\s+)*"
                       r"(?:pip3?|conda|mamba|uv|apt|apt-get)\b")  # fmt: skip
_LOOKS = re.compile(r"(?:ls|head|tail|cat|pwd|wc|du|df|nvidia-smi|which|whoami|echo|file|free|"
                    r"lscpu|date|uname|env|printenv|tree)\b[^>|;&`]*$")  # fmt: skip
_WRITEFILE = re.compile(r"^%%(?:writefile|file)\s+(-a\s+)?(\S+)\s*$")
_CAPTURED = re.compile(r"^%%capture\s+((?:--?\S+\s+)*)(\w+)((?:\s+--?\S+)*)\s*$")
_TIMED = re.compile(
    r"^(\s*)([\w.,\s]+=\s*)?%timeit((?:\s+-[nrp]\s*\d+|\s+-[qtco]+|\s+-v\s+\w+)*)\s+([^\s-].*)$"
)
_TIMES = re.compile(r"-([nr])\s*(\d+)")
_SETUP = re.compile(r"%%timeit(?:\s+-[nrp]\s*\d+|\s+-[qtco]+|\s+-v\s+\w+)*\s+([^\s-].*?)\s*$")
_REPEATS, _MOST_TIMES = 7, 1000
_CELL_MAGIC = re.compile(r"%%(\w*)")

PLAIN_MAGIC = re.compile(
    r"^\s*%(?:time|prun|matplotlib|config|load_ext|reload_ext|autoreload|precision|pprint|pdb|xmode|"
    r"colors|who|whos|history|pinfo|lsmagic|pylab|pip|conda|mamba|timeit|pwd|ls|"
    r"env\s*$|notebook|debug|logstop|alias|page|psource|pdoc|%time)\b"
    rf"|^\s*%{OUR_MAGIC}"
    r"|^\s*[\w.]+\?{1,2}\s*$|^\s*(?:\?|;\s*$)"
    rf"|^\s*!\s*(?:{_INSTALLS.pattern}|{_LOOKS.pattern})"
)
"""Magics that touch no file and no name behind the syntax."""

SHOWS_ONLY = re.compile(r"^\s*(?:%%(?:javascript|js|html|HTML|latex|markdown|svg|SVG)\b|$)")
"""Cells that are drawn, and do nothing else; empty ones too."""

_MEANING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^%pylab\b.*$"),
     "from pylab import *; import numpy as np, matplotlib, matplotlib.pyplot as plt"),
    (re.compile(r"^%cd\s+(?:-q\s+)?['\"]?([^'\"\n]+?)['\"]?\s*$"), "__import__('os').chdir({!r})"),
    (re.compile(r"^%run\s+(?:-[itne]\s+)*['\"]?([\w./\\ -]+?\.py)['\"]?\s*$"),
     "exec(compile(__import__('pathlib').Path({0!r}).read_text(), {0!r}, 'exec'))"),
    (re.compile(r"^%run\s+(?:-[itne]\s+)*['\"]?([\w./\\ -]+?\.ipynb)['\"]?\s*$"),
     "[get_ipython().run_cell(''.join(cell['source'])) for cell in __import__('json').loads("
     "__import__('pathlib').Path({!r}).read_text('utf-8'))['cells']"
     " if cell['cell_type'] == 'code']"),
    (re.compile(r"^%aimport\s+([\w.]+)\s*$"), f"import {{0}}; {RELOADS}.mark({{0!r}})"),
    (re.compile(r"^%autoreload\b\s*([^#]*?)\s*(?:#.*)?$"), f"{RELOADS}({{!r}})"),
    (re.compile(r"^%run\s+(?:-[itne]\s+)*([\w./]+)\s*$"),
     "exec(compile(__import__('pathlib').Path({0!r} + '.py').read_text(), {0!r}, 'exec'))"),
    (re.compile(r"^%run\s+(?:-[itne]\s+)*(\S+?\.py)\s+(\S.*?)\s*$"),
     "__import__('sys').argv[:] = {0!r}, *{1!r}.split(); "
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
    if OUR_QUERY.match(source):
        return [""] * len(lines)
    start = 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    before, within = [""] * start, ""
    while start < len(lines) and lines[start].startswith("%%"):
        name = _CELL_MAGIC.match(lines[start])
        if name is None or name[1] not in _BODY_MAGICS:
            whole = _said(lines[start], "\n".join(lines[start + 1 :]))
            return [*before, whole, *[""] * (len(lines) - start - 1)]
        within = "    " if name[1] == "timeit" else within
        before.append(_opening(lines[start]))
        start += 1
        inside = [number for number in range(start, len(lines)) if lines[number].strip()]
        if name[1] == "timeit" and len(inside) == 1:
            lines[inside[0]] = _turns(lines[start - 1], lines[inside[0]].strip())
    return before + [within + _plain(line) for line in lines[start:]]


def captured_name(source: str) -> str:
    """Return the name under which a cell's texts are kept, ``""`` if they are not."""
    for line in source.lstrip("\n").split("\n"):
        if not line.startswith("%%"):
            break
        found = _CAPTURED.match(line)
        if found is not None:
            return found[2]
    return ""


def _opening(line: str) -> str:
    """Return the first line of a cell that is Python besides it, as Python."""
    captured = _CAPTURED.match(line)
    if captured is not None:
        return f"{captured[2]} = {CAPTURE}{tuple((captured[1] + captured[3]).split())!r}"
    # What is timed runs in a function of its own, as the body of a class nearly does.
    return f"class {TIMED}:" if line.startswith("%%timeit") else ""


def _timed(found: re.Match[str]) -> str:
    """Return a timed statement as often as it was told to run, once if that is not told."""
    before, value, options, said = found.groups()
    turns = _turns(options, said.strip())
    if value:
        return (
            f"{before}{value}{turns} and None" if turns != said.strip() else f"{before}{value}None"
        )
    return f"{before}class {TIMED}: {turns}"


def _turns(options: str, said: str) -> str:
    """Return a statement as often as it is timed, with what is done before each repetition."""
    told = {key: int(number) for key, number in _TIMES.findall(options)}
    turns = told.get("n", 1)
    repeats = told.get("r", _REPEATS) if "n" in told else 1
    setup = _SETUP.match(options)
    if not _is_value(said) or (setup is not None and not _is_value(setup[1])):
        return said
    inner = f"[({said}) for __mvt_turn__ in range({min(turns, _MOST_TIMES)})]"
    inner = f"({setup[1]}, {inner})" if setup is not None else inner
    return f"[{inner} for __mvt_turn__ in range({min(repeats, _MOST_TIMES)})]"


def _is_value(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _said(first: str, body: str) -> str:
    """Return a cell in another language as one line of Python, empty if it has no meaning."""
    written = _WRITEFILE.match(first)
    if written is not None:
        file = f"__import__('pathlib').Path({written[2]!r})"
        before = f"{file}.read_text() + " if written[1] else ""
        return f"{file}.write_text({before}{body + chr(10)!r})"
    name = _CELL_MAGIC.match(first)
    return f"{SHELL}({body!r})" if name is not None and name[1] in _SHELLS else ""


def _shell(command: str) -> str:
    """Return the call that runs a command; names in braces, and after ``$``, are put in."""
    text = re.sub(r"(?<![\\$])\$([a-z_]\w*)", r"{\1}", command)
    parts = re.split(r"(\{[A-Za-z_][\w.\[\]'\"]*\})", text)
    inside = "".join(part if i % 2 else part.replace("{", "{{").replace("}", "}}")
                     for i, part in enumerate(parts))  # fmt: skip
    said = repr(inside)
    if len(parts) == 1 or "\\" in said or any(said[0] in part for part in parts[1::2]):
        return f"{SHELL}({command!r})"
    return f"{SHELL}(f{said})"


def _plain(line: str) -> str:
    timed = _TIMED.match(line)
    if timed is not None:
        return _timed(timed)
    line = _STATEMENT_MAGIC.sub(r"\1", line)
    line = _ALIAS.sub("!", _AUTOMAGIC.sub("%", line))
    value = _SHELL_VALUE.match(line)
    if value is not None:
        return value[1] + _shell(value[2].strip())
    found = _FOREIGN_LINE.match(line)
    if found is None:
        checkout = _CHECKOUT.match(line)
        return _FOREIGN_VALUE.sub(r"\1None", line) if checkout is None else _restored(checkout)
    shell = _SHELL.match(line)
    if shell is not None and not PLAIN_MAGIC.match(line):
        return shell[1] + _shell(shell[2].strip())
    placed = _INTO_NAMES.match(line)
    if placed is not None:
        return placed[1] + _placed(placed[2].split())
    for pattern, meaning in _MEANING:
        said = pattern.match(line.strip())
        if said is not None:
            return found[1] + meaning.format(*said.groups())
    return f"{found[1]}pass"


def _placed(words: list[str]) -> str:
    """Return what sets a version's values under their names; ``pass`` if it sets none."""
    options = {word for word in words if word.startswith("--")}
    revisions = [word.strip("'\"") for word in words if not word.startswith("--")] or ["HEAD"]
    if "--into-namespace" not in options or len(revisions) > 1:
        return "pass"
    found = f"__import__('jupyter_mvt').open().checkout({revisions[0]!r}).values.items()"
    mine = "" if "--overwrite" in options else " if name not in globals()"
    return f"globals().update([(name, value) for name, value in {found}{mine}])"


def _restored(line: re.Match[str]) -> str:
    """Return the call that checks a version out as ``old = %mvt checkout v3`` does."""
    return f"{line[1]}__import__('jupyter_mvt').open().checkout({line[2] or 'HEAD'!r})"
