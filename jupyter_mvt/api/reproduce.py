"""Make a version's models once more, from the lines that made them, and say whether they agree."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.trust import is_trusted, refusal
from jupyter_mvt.capture.environment import read_environment
from jupyter_mvt.capture.rerun.guarding import mirror, mirror_around, mirror_repository
from jupyter_mvt.capture.rerun.plan import Outcome, Piece, Plan
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import NotFoundError, RestoreError, TrustError, UsageError
from jupyter_mvt.history.refs import require_whole
from jupyter_mvt.objects.encode import decode_as, encode, to_data
from jupyter_mvt.store import oplog
from jupyter_mvt.store.fs import OsDisk

if TYPE_CHECKING:
    from jupyter_mvt.api.version import Version
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.environment import Environment
    from jupyter_mvt.objects.version import VersionRef

__all__ = ["Reproduction", "carried_out", "plan_of", "reproduce"]

_INPUTS = re.compile(r"\bIn\b|\b_i+\d*\b|\b_ih\b")
_USES = re.compile(r"^(?!\s*%(?:re)?load_ext\b).*\b(?:jupyter_mvt|mvt)\b", re.MULTILINE)
_PACKAGES = {"keras": "keras", "numpy": "numpy", "torch": "torch", "tensorflow": "tensorflow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction(Displayable):
    """What came of making a version once more.

    Attributes
    ----------
    version
        Which.
    outcome
        Verdicts, or which cell failed and how; see `Outcome`.
    cells, lines
        How many were run.
    all_cells
        How many runs the version knows.
    environment
        ``(name, then, now)`` of what differs: Python, and packages that were in use.
    """

    version: VersionRef
    outcome: Outcome
    cells: int
    lines: int
    all_cells: int
    environment: tuple[tuple[str, str, str], ...] = ()

    @property
    def verdict(self) -> str:
        """``"identical"``, ``"close"``, ``"differs"`` or ``"failed"``: the worst of all models."""
        if self.outcome.failed_in:
            return "failed"
        found = {verdict.same for verdict in self.outcome.verdicts}
        if found & {"differs", "missing"}:
            return "differs"
        return "close" if "close" in found else "identical"

    @property
    def exit_status(self) -> int:
        """0 when the models are the same, or close."""
        return 0 if self.verdict in ("identical", "close") else 1

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain builtins."""
        data: dict[str, Any] = {"verdict": self.verdict, **to_data(self)}
        return data


def reproduce(
    handle: Handle, version: Version, *, trust: bool = False, folder: Path | None = None,
    timeout: float | None = None, tolerance: float = 1e-5,
) -> Reproduction:  # fmt: skip
    """Run the lines that made `version` in a fresh process, and compare its models.

    They read the files of `folder` as these are now; nothing is written there, nor in the
    repository or the live session. Where what it was trained on is gone or differs, and the
    version kept its rows (``--store-data``), these are used.

    Parameters
    ----------
    trust
        Whether its code may run though nobody here made or trusted it.
    folder
        Where the notebook was run; the working folder by default.
    timeout
        Seconds until it is given up.
    tolerance
        Largest difference, relative to a tensor's largest element, that counts as close.

    Raises
    ------
    TrustError
        The version is not trusted (code ``untrusted-code``).
    NotFoundError
        It does not tell which lines made it (code ``no-slice``).
    RestoreError
        Time was up (code ``reproduce-timeout``), or the process died (``reproduce-died``).
    """
    require_whole(oplog.current(handle.store), version.id)
    if not trust and not is_trusted(handle, version.id):
        msg = f"Reproducing {version.name} would run its cells; this version is not trusted."
        raise refusal(handle, version.id, version.commit, TrustError(msg, code="untrusted-code"))
    plan = plan_of(handle, version, tolerance)
    outcome = carried_out(plan, folder or Path.cwd(), timeout, handle)
    return Reproduction(
        version=version.ref,
        outcome=outcome,
        cells=len(plan.pieces),
        lines=sum(b - a + 1 for piece in plan.pieces for a, b in piece.spans),
        all_cells=version.commit.content.code.n_cells,
        environment=_differences(version.environment),
    )


def plan_of(handle: Handle, version: Version, tolerance: float) -> Plan:
    """Return what is to be run to make `version` again."""
    pieces = []
    for cell, text in version.cells:
        lines = {n for spans in cell.made.values() for a, b in spans for n in range(a, b + 1)}
        if lines:
            pieces.append(Piece(order=cell.order, source=text, spans=_spans(lines),
                                rng=dict(cell.rng), failed_at=cell.failed_at))  # fmt: skip
    if not pieces:
        msg = f"{version.name} does not tell which lines made it: no cells were seen then."
        raise NotFoundError(msg, hint=f"mvt show {version.name}", code="no-slice")
    if handle.store.root is None:
        msg = "A repository in memory cannot be shown to another process."
        raise UsageError(msg, code="repository-in-memory")
    names = {name for piece in pieces for name in piece.rng}
    return Plan(
        store=str(handle.store.root.absolute()),
        commit=version.id,
        pieces=tuple(pieces),
        imports=tuple(_PACKAGES[name] for name in sorted(names & _PACKAGES.keys())),
        inputs=tuple(text for _, text in version.cells) if _asks(pieces) else (),
        tolerance=tolerance,
    )


def _asks(pieces: list[Piece]) -> bool:
    """Tell whether a piece may ask for the texts of others."""
    return any(_INPUTS.search(piece.source) for piece in pieces)


def _spans(lines: set[int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return tuple(found)


def carried_out(
    plan: Plan, folder: Path, timeout: float | None, handle: Handle | None = None
) -> Outcome:
    """Carry `plan` out in a process of its own, in a folder like `folder`.

    With `handle`, cells that open its repository find a mirror of it.
    """
    with TemporaryDirectory(prefix="mvt-reproduce-") as place:
        return _in_process(plan, Path(place), folder, timeout, handle)


def _in_process(
    plan: Plan, place: Path, folder: Path, timeout: float | None, handle: Handle | None
) -> Outcome:
    disk = OsDisk()
    home = place / "home"
    disk.mkdir(str(home))
    inside = mirror_around(folder, home)
    trust = _repository(plan, folder, inside, home, handle)
    given, answer = place / "plan.json", place / "outcome.json"
    opened = disk.create(str(given))
    disk.write(opened, encode(plan))
    disk.close(opened)
    words = [sys.executable, "-m", "jupyter_mvt.api.again", str(given), str(answer), str(home)]
    words.append(trust)
    process = subprocess.Popen(
        words, cwd=inside, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        msg = f"Reproducing was given up after {timeout:g} seconds."
        raise RestoreError(msg, hint="mvt reproduce --timeout 3600",
                           code="reproduce-timeout") from error  # fmt: skip
    finally:
        _end(process)
    try:
        return decode_as(disk.read(str(answer)), Outcome)
    except FileNotFoundError as error:
        msg = f"The process that reproduced it ended early, with status {process.returncode}."
        raise RestoreError(msg, code="reproduce-died") from error


def _repository(plan: Plan, folder: Path, inside: Path, home: Path, handle: Handle | None) -> str:
    """Mirror the repository and the trust database if cells use them; return the latter's place."""
    if handle is None or not any(_USES.search(piece.source) for piece in plan.pieces):
        return ""
    mirror_repository(Path(plan.store), folder, inside, home)
    if handle.book is None:
        return ""
    trust = home / ".trust"
    trust.mkdir(0o700)
    if handle.book.folder.is_dir():
        mirror(handle.book.folder, trust)
    return str(trust)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, and what it has started."""
    if process.poll() is not None:
        return
    if os.name == "nt":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _differences(then: Environment | None) -> tuple[tuple[str, str, str], ...]:
    if then is None:
        return ()
    now = read_environment()
    pairs = [("python", then.python, now.python), ("machine", then.machine, now.machine)]
    pairs += [(name, then.packages.get(name, ""), now.packages.get(name, "none"))
              for name in then.used]  # fmt: skip
    return tuple(pair for pair in pairs if pair[1] != pair[2])
