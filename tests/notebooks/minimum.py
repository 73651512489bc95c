"""How small could a slice be? Cells, then statements, are taken away while the weights agree.

What is left is a slice from which no single cell or statement can be taken away: a measured bound
beside which the size of ours can be judged. It is no slice that anybody could have known before:
with other data, what was taken away here may matter.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import jupyter_mvt as mvt
from jupyter_mvt.api.reproduce import carried_out, plan_of
from jupyter_mvt.capture.rerun.guarding import mirror_around
from jupyter_mvt.capture.rerun.plan import Outcome, Piece, Plan
from jupyter_mvt.capture.slices.syntax import analyse
from jupyter_mvt.errors import MvtError
from jupyter_mvt.objects.encode import decode_as, encode

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Minimum:
    """What is left of a slice when all that can be taken away is gone.

    Attributes
    ----------
    cells, lines
        How many are left.
    needless
        Texts that were taken away, whole cells first; each begins with the number of its run.
    trials
        How often the rest was run again.
    whole
        Whether time sufficed to try everything; otherwise it is an upper bound.
    """

    cells: int
    lines: int
    needless: list[str] = field(default_factory=list)
    trials: int = 0
    whole: bool = True


def minimum(folder: Path, name: str, seconds: float) -> Minimum | None:
    """Return the least that makes the models of a version again, ``None`` if all of it does not.

    Parameters
    ----------
    folder
        Where the notebook was run.
    name
        The version.
    seconds
        After how long to stop.
    """
    version = mvt.open(folder)[name]
    plan = plan_of(version._handle, version, 1e-5)
    until = time.monotonic() + seconds
    with Trials(folder) as trials:
        started = time.monotonic()
        if not trials.agrees(plan, seconds):
            return None
        each = 5 + 3 * (time.monotonic() - started)

        def agrees(pieces: tuple[Piece, ...]) -> bool:
            return time.monotonic() < until and trials.agrees(replace(plan, pieces=pieces), each)

        pieces, gone = least(plan.pieces, agrees)
        done = time.monotonic() < until
        count = trials.count
    if not identical(fresh(replace(plan, pieces=pieces), folder, max(each, 60))):
        return None
    return Minimum(len(pieces), sum(map(lines_of, pieces)), gone, count, done)


def least(
    pieces: tuple[Piece, ...], agrees: Callable[[tuple[Piece, ...]], bool]
) -> tuple[tuple[Piece, ...], list[str]]:
    """Take away what leaves `agrees` true, the last first; return what is left and what is not."""
    gone = []
    for piece in reversed(pieces):
        left = tuple(one for one in pieces if one.order != piece.order)
        if left and agrees(left):
            pieces = left
            gone.append(f"[{piece.order}] whole: {text_of(piece)}")
    for piece in reversed(pieces):
        spans = statements(piece)
        for span in reversed(spans) if len(spans) > 1 else ():
            now = next(one for one in pieces if one.order == piece.order)
            fewer = replace(now, spans=tuple(one for one in statements(now) if one != span))
            left = tuple(fewer if one.order == piece.order else one for one in pieces)
            if fewer.spans and agrees(left):
                pieces = left
                gone.append(f"[{piece.order}] {text_of(replace(piece, spans=(span,)))}")
    return pieces, gone


def statements(piece: Piece) -> tuple[tuple[int, int], ...]:
    """Return first and last lines of each statement of a piece."""
    return tuple((unit.first, unit.last) for unit in analyse(piece.source).units
                 if any(a <= unit.first and unit.last <= b for a, b in piece.spans))  # fmt: skip


def lines_of(piece: Piece) -> int:
    """Return how many lines of a cell are run."""
    return sum(b - a + 1 for a, b in piece.spans)


def text_of(piece: Piece) -> str:
    """Return the lines of a cell that are run."""
    lines = piece.source.split("\n")
    return "\n".join("\n".join(lines[a - 1 : b]) for a, b in piece.spans)


def fresh(plan: Plan, folder: Path, seconds: float) -> Outcome:
    """Carry a plan out in a process that nothing was loaded into before."""
    try:
        return carried_out(plan, folder, seconds)
    except MvtError as error:
        return Outcome(failed_in=-1, error=error.message)


def identical(outcome: Outcome) -> bool:
    """Tell whether all models came out bit for bit as they were."""
    same = [verdict.same == "identical" for verdict in outcome.verdicts]
    return not outcome.failed_in and bool(same) and all(same)


class Trials:
    """Runs plans one after the other, in forks of a process that has loaded what takes long."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self._folder = folder

    def __enter__(self) -> Trials:
        self._place = TemporaryDirectory(prefix="mvt-minimum-")
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.notebooks.trials"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return self

    def __exit__(self, *error: object) -> None:
        self._server.communicate()  # it ends where its questions do
        self._place.cleanup()

    def agrees(self, plan: Plan, seconds: float) -> bool:
        """Tell whether a plan makes the models as they were."""
        self.count += 1
        place = Path(self._place.name) / str(self.count)
        home, given, answer = place / "home", place / "plan.json", place / "outcome.json"
        home.mkdir(parents=True)
        inside = mirror_around(self._folder, home)
        given.write_bytes(encode(plan))
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        words = [str(given), str(answer), str(home), str(inside), seconds]
        self._server.stdin.write(json.dumps(words) + "\n")
        self._server.stdin.flush()
        if not self._server.stdout.readline():
            raise RuntimeError(self._server.wait())
        with suppress(FileNotFoundError):
            return identical(decode_as(answer.read_bytes(), Outcome))
        return False
