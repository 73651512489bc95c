"""Every hint holds a line that can be pasted: a command, or a statement of Python."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import jupyter_mvt
from jupyter_mvt.commands.command import VERBS
from jupyter_mvt.store.fs import _CAUSES

ROOT = Path(jupyter_mvt.__file__).parent
COMMAND = re.compile(rf"(?:^|: |= )(?:%{{0,2}}mvt (?:{'|'.join(VERBS)}|HOLE)\b)|^HOLE(?:$| --)")
SHELL = re.compile(r"(?:^|: )(?:pip install|python -m|export|chmod|mkdir|rm) \S")
WORDS = {
    "one of: HOLE": "names of a registry, which does not know in what line they will stand",
}
"""Hints of words alone → why no line can help."""


def hints() -> list[tuple[str, str]]:
    """Return place and text of every hint in the package; what is computed is ``HOLE``."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            values: list[ast.expr] = []
            if isinstance(node, ast.Call):
                values = [k.value for k in node.keywords if k.arg == "hint"]
            elif isinstance(node, ast.Assign):
                names = {t.id for t in node.targets if isinstance(t, ast.Name)}
                values = [node.value] if names & {"hint", "_HINT"} else []
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            found += [(place, text) for value in values for text in written(value)]
    return found


def written(value: ast.expr) -> list[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        return [value.value]
    if isinstance(value, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else "HOLE" for p in value.values]
        return ["".join(map(str, parts))]
    if isinstance(value, ast.IfExp):
        return written(value.body) + written(value.orelse)
    return []


def pasteable(text: str) -> bool:
    if COMMAND.search(text) or SHELL.search(text):
        return True
    return any(
        is_statement(code) for code in (text, text.partition(": ")[2], text.rpartition(": ")[2])
    )


def is_statement(code: str) -> bool:
    if code.startswith("@"):  # stands above a class
        code += "\nclass Model: ..."
    code = re.sub(r"= %mvt \w+.*", "= mvt()", code)
    try:
        (statement,) = ast.parse(code).body
    except (SyntaxError, ValueError):
        return False
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call | ast.Subscript)
    return isinstance(
        statement, ast.Assign | ast.Import | ast.With | ast.ClassDef | ast.FunctionDef
    )


def test_every_hint_can_be_pasted():
    found = hints()
    assert len(found) > 150
    bare = {text: place for place, text in found if not pasteable(text)}
    assert {text: place for text, place in bare.items() if text not in WORDS} == {}
    assert WORDS.keys() <= bare.keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mvt log", True),
        ("in a notebook: %mvt checkout v3", True),
        ("frame = lazy.collect()", True),
        ("once training has ended: mvt commit", True),
        ("pip install onnx", True),
        ("try again", False),
        ("one of: loss, accuracy", False),
        ("mvt knows", False),
    ],
)
def test_what_can_be_pasted(text, expected):
    assert pasteable(text) is expected


def test_hints_of_a_disk_can_be_pasted():
    assert [hint for _, _, hint in _CAUSES.values() if not pasteable(hint)] == []
