"""What can be taken away from a slice, one thing after the other, is told as it is."""

from __future__ import annotations

from jupyter_mvt.capture.rerun.plan import Piece
from tests.notebooks.minimum import least, lines_of, minimum, text_of
from tests.shells import run, started

CELLS = (
    "%load_ext jupyter_mvt",
    "import numpy as np\nfrom sklearn.linear_model import LinearRegression",
    "X = np.arange(6.).reshape(3, 2)\ny = X.sum(1)",
    "y = np.sort(y)",  # in order already, which nobody could know
    "m = LinearRegression()\nm.set_params(fit_intercept=True)\nm.fit(X, y)",
    "%mvt commit -m made",
)


def piece(order: int, source: str) -> Piece:
    return Piece(order=order, source=source, spans=((1, source.count("\n") + 1),))


def test_only_what_is_needed_is_left():
    pieces = (piece(1, "a = 1\nb = 2"), piece(2, "c = 3"), piece(4, "d = a\ne = (a,\n     c)"))

    def agrees(left):
        made = {"b": 2}
        try:
            for one in left:
                exec(text_of(one), made)
        except NameError:
            return False
        return made.get("e") == (1, 3)

    left, gone = least(pieces, agrees)
    assert [(one.order, text_of(one)) for one in left] == [
        (1, "a = 1"), (2, "c = 3"), (4, "e = (a,\n     c)"),
    ]  # fmt: skip
    assert sum(map(lines_of, left)) == 4
    assert gone == ["[4] d = a", "[1] b = 2"]
    assert least(pieces, lambda left: False) == (pieces, [])


def test_the_slice_of_a_version_is_run_again_without_each_of_its_parts(tmp_path, monkeypatch):
    with started(tmp_path, monkeypatch) as shell:
        run(shell, *CELLS)
        found = minimum(tmp_path, "v1", 100)
    assert found is not None
    assert (found.cells, found.lines, found.whole) == (3, 6, True)
    assert found.needless == ["[4] whole: y = np.sort(y)", "[5] m.set_params(fit_intercept=True)"]
    assert found.trials > 6
