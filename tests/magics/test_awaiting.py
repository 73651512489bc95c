"""Cells that await are committed too."""

from __future__ import annotations

import pytest

from jupyter_mvt.magics.awaiting import awaiting

BODY = "import asyncio\nawait asyncio.sleep(0)\nx = 1"


def turned(cell: str) -> str:
    return "".join(awaiting(cell.splitlines(keepends=True)))


def test_the_commit_follows_the_cell():
    assert turned("%%mvt commit clf -m 'a b'\n" + BODY) == f"\n{BODY}\n%mvt commit clf -m 'a b'\n"


@pytest.mark.parametrize(
    "body",
    ["async with a as b:\n    pass\n", "async for x in y:\n    pass\n",
     "z = [x async for x in y]\n",
     "if 1:\n    await f()\n"],
)  # fmt: skip
def test_every_way_to_await_counts(body):
    assert turned("%%mvt commit\n" + body) == f"\n{body}%mvt commit\n"


@pytest.mark.parametrize(
    "cell",
    ["%%mvt commit\nx = 1\n", "%%mvt sql\nselect 'await'", BODY, "%%time\n" + BODY, "",
     "%%mvt commit\nasync def f():\n    await g()\n", "%%mvt commit\nawait (\n", "%%mvt commit",
     "%%mvt commit\n# await nothing\n"],
)  # fmt: skip
def test_all_others_stay(cell):
    assert turned(cell) == cell
