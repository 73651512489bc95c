"""What changes without its name being said: answers of cells, and the context of decimals."""

from __future__ import annotations

import decimal

import pytest

from tests.capture.conftest import Kernel
from tests.capture.slices.test_soundness import made


@pytest.mark.parametrize("change", ["_.append(2)", "_[0] = 2", "_2 += [2]", "Out[2].insert(0, 2)"])
def test_what_is_changed_by_the_name_of_an_answer_is_kept(change):
    session = Kernel(__name__="__main__")
    session.run("x = [1]").run("x")
    session.namespace.update(_=session.namespace["x"], _2=session.namespace["x"])
    session.namespace["Out"] = {2: session.namespace["x"]}
    session.run(change).run("other = 5").run("y = sum(x)")
    assert made(session, "y") == ["x = [1]", "x", change, "y = sum(x)"]


def test_answers_that_are_only_read_change_nothing():
    session = Kernel(__name__="__main__", _=3)
    session.run("x = [1]").run("print(_, len(str(_)))").run("y = sum(x)")
    assert made(session, "y") == ["x = [1]", "y = sum(x)"]


@pytest.mark.parametrize(
    "change",
    [
        ["decimal.getcontext().prec = 3"],
        ["context = decimal.getcontext()", "context.prec = 3"],
        ["decimal.setcontext(decimal.Context(prec=3))"],
    ],
)
def test_the_context_of_decimals_is_kept(change):
    session = Kernel(__name__="__main__")
    with decimal.localcontext():
        session.run("import decimal")
        for cell in change:
            session.run(cell)
        session.run("other = 5").run("y = decimal.Decimal(1) / decimal.Decimal(3)")
    assert made(session, "y") == [
        "import decimal", *change, "y = decimal.Decimal(1) / decimal.Decimal(3)",
    ]  # fmt: skip
