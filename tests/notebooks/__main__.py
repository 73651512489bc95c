"""``python -m tests.notebooks FOLDER``: does a commit take the right model of any notebook?

Every notebook below FOLDER runs cell by cell in a real kernel, at its own place in a copy of
FOLDER (of the part of it that it lies in, where FOLDER is large), so that files beside and above
it are found. After each cell that trained a model (by `oracle`, or by ``NAME.expect.json`` beside
it: number of the code cell, from 0 → name of the model, or null) a commit is made with no name
given. Cells that fail for want of a package, a file or a network are counted apart; a notebook is
*trained to its end* when none of them would have trained. The slices of the versions are then run
again in fresh processes, and their weights compared.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat

from tests.notebooks.kernel import KEPT_OUT, Kernel
from tests.notebooks.minimum import Minimum, minimum
from tests.notebooks.oracle import would_train
from tests.notebooks.soundness import Slice, check

IGNORED = (".git", ".mvt", ".ipynb_checkpoints", "node_modules", "__pycache__")
MOST_BYTES = 200_000_000


@dataclass
class Row:
    """What one notebook gave."""

    name: str
    cells: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    untrained: int = 0
    training: int = 0
    right: int = 0
    asks: int = 0
    ours: int = 0
    milliseconds: list[float] = field(default_factory=list)
    slices: list[Slice] = field(default_factory=list)
    least: Minimum | None = None
    remarks: list[str] = field(default_factory=list)


def main(argv: list[str] | None = None) -> int:
    """Run all notebooks of a folder and print the table; 0 if no exception was ours."""
    parser = argparse.ArgumentParser(prog="python -m tests.notebooks", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--timeout", type=float, default=120, help="seconds a cell may take")
    parser.add_argument("--slices", type=int, default=3, help="versions a notebook to run again")
    parser.add_argument(
        "--minimum",
        type=float,
        default=0,
        metavar="SECONDS",
        help="how long to take things away from the last slice of a notebook",
    )
    parser.add_argument("--json", type=Path, help="where to write all details")
    args = parser.parse_args(argv)
    os.environ.update(KEPT_OUT)  # slices are run again, too
    paths = [(folder, path) for folder in args.folder for path in sorted(folder.rglob("*.ipynb"))
             if ".ipynb_checkpoints" not in path.parts]  # fmt: skip
    rows = []
    print(line("notebook", "cells", "failed", "training", "untrained", "right", "asks", "ours",
               "slices", "size", "lines", "ms"))  # fmt: skip
    for folder, path in paths:
        rows.append(run(path, args.timeout, args.slices, folder, args.minimum))
        print(shown(rows[-1]), flush=True)
        for remark in rows[-1].remarks:
            print("   ", remark, flush=True)
        if args.json:
            args.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), "utf-8")
    print(shown(total(rows)))
    print(shares(total(rows)))
    return 1 if any(row.ours for row in rows) else 0


def run(path: Path, timeout: float, slices: int, top: Path, seconds: float = 0) -> Row:
    """Run one notebook."""
    row = Row((Path(top.name) / path.relative_to(top)).as_posix())
    with tempfile.TemporaryDirectory(prefix="mvt-notebook-") as place:
        home = home_of(path, top)
        shutil.copytree(home, Path(place) / "home", ignore=shutil.ignore_patterns(*IGNORED))
        folder = Path(place) / "home" / path.parent.relative_to(home)
        try:
            versions = walk(path, folder, timeout, row)
        except Exception as error:  # the harness goes on whatever one notebook does
            row.remarks.append(f"not finished: {type(error).__name__}: {str(error)[:300]}")
            versions = []
        if slices and (folder / ".mvt").exists():
            for name in versions[-slices:]:
                row.slices.append(check(folder, name, 10 * timeout))
            if seconds and row.slices and row.slices[-1].verdict == "sound":
                row.least = minimum(folder, row.slices[-1].version, seconds)
    row.remarks += [f"{found.version} {found.verdict}: {found.why}" for found in row.slices
                    if found.verdict != "sound"]  # fmt: skip
    return row


def home_of(path: Path, top: Path) -> Path:
    """Return the uppermost folder around a notebook, not above `top`, that is not too large."""
    around = [path.parent, *path.parent.parents]
    for folder in reversed(around[: around.index(top) + 1]):
        files = (file for file in folder.rglob("*") if not set(IGNORED) & set(file.parts))
        if sum(file.stat().st_size for file in files if file.is_file()) <= MOST_BYTES:
            return folder
    return path.parent


def walk(path: Path, folder: Path, timeout: float, row: Row) -> list[str]:
    """Run the cells, commit after those that trained; return the versions that were made."""
    book = nbformat.read(path, as_version=4)
    sidecar = path.with_suffix(".expect.json")
    expected = json.loads(sidecar.read_text("utf-8")) if sidecar.exists() else None
    kernel = Kernel(folder, timeout)
    versions: list[str] = []
    try:
        kernel.run("%load_ext jupyter_mvt")
        kernel.run("%mvt init")
        kernel.load_oracle()
        codes = [cell for cell in book.cells if cell.cell_type == "code"]
        for number, cell in enumerate(codes):
            if not cell.source.strip():
                continue
            row.cells += 1
            ran = kernel.run(cell.source, cell_id=cell.get("id") or f"cell-{number}")
            if ("jupyter_mvt" in ran.text and "Traceback" in ran.text) or "mvt: " in ran.text:
                row.ours += 1
                row.remarks.append(f"cell {number}: {ran.text[-300:]!r}")
            if kernel.dead:
                row.remarks.append(f"cell {number}: the kernel died or did not answer")
                break
            if ran.kind:
                row.failed[ran.kind] = row.failed.get(ran.kind, 0) + 1
                row.untrained += would_train(cell.source)
                if ran.kind == "code":
                    row.remarks.append(f"cell {number} failed: {ran.error}")
                continue
            wanted = wanted_in(kernel, number, cell.source, expected)
            if wanted:
                versions += judged(kernel, number, wanted, row)
    finally:
        kernel.close()
    return list(dict.fromkeys(versions))


def wanted_in(kernel: Kernel, number: int, source: str, expected: dict | None) -> list[str]:
    """Return the names that are right for a cell, none if it trained nothing."""
    if expected is not None:
        name = expected.get(str(number))
        return [] if name is None else [name]
    found = kernel.trained(source)
    return found[-1] if found else []


def judged(kernel: Kernel, number: int, wanted: list[str], row: Row) -> list[str]:
    """Commit, and compare what was taken with what is right."""
    row.training += 1
    answer = kernel.commit()
    row.asks += answer["asks"]
    if "ours" in answer:
        row.ours += 1
        row.remarks.append(f"cell {number}: {answer['ours']}")
    taken = [name.split("[")[0].split(".")[0] for name in answer["models"]]
    if set(taken) & {name.split("[")[0].split(".")[0] for name in wanted}:
        row.right += 1
    else:
        said = answer.get("refused") or answer["models"]
        row.remarks.append(f"cell {number}: {said} instead of {wanted}")
    if answer["ms"]:
        row.milliseconds.append(answer["ms"])
    return [answer["version"]] if "version" in answer else []


def total(rows: list[Row]) -> Row:
    """Return all rows as one."""
    failed: dict[str, int] = {}
    for row in rows:
        for kind, count in row.failed.items():
            failed[kind] = failed.get(kind, 0) + count
    return Row(
        f"{len(rows)} notebooks", sum(row.cells for row in rows), failed,
        sum(row.untrained for row in rows),
        sum(row.training for row in rows), sum(row.right for row in rows),
        sum(row.asks for row in rows), sum(row.ours for row in rows),
        [ms for row in rows for ms in row.milliseconds], [s for row in rows for s in row.slices],
    )  # fmt: skip


def shown(row: Row) -> str:
    """Return a row of the table."""
    judged_ = [s for s in row.slices if s.verdict in ("sound", "unsound")]
    sound = sum(s.verdict == "sound" for s in judged_)
    sizes = [s.cells / s.all_cells for s in judged_ if s.all_cells]
    lines = [s.lines / s.all_lines for s in judged_ if s.all_lines]
    failed = ",".join(f"{count} {kind}" for kind, count in sorted(row.failed.items()))
    return line(
        row.name, str(row.cells), failed or "0", str(row.training), str(row.untrained),
        f"{row.right} ({100 * row.right / row.training:.0f} %)" if row.training else "-",
        str(row.asks), str(row.ours), f"{sound}/{len(judged_)}" if row.slices else "-",
        f"{100 * statistics.mean(sizes):.0f} %" if sizes else "-",
        f"{100 * statistics.mean(lines):.0f} %" if lines else "-",
        f"{statistics.median(row.milliseconds):.0f}" if row.milliseconds else "-",
    )  # fmt: skip


def shares(row: Row) -> str:
    """Return how much of notebooks their slices are: by the notebook, and of all cells together."""
    judged_ = [s for s in row.slices if s.verdict in ("sound", "unsound") and s.all_cells]
    if not judged_:
        return "no slices"
    sizes = [100 * s.cells / s.all_cells for s in judged_]
    pooled = 100 * sum(s.cells for s in judged_) / sum(s.all_cells for s in judged_)
    mean, median = statistics.mean(sizes), statistics.median(sizes)
    return (f"{len(judged_)} slices: mean {mean:.1f} % of the cells, median {median:.1f} %, "
            f"of all cells together {pooled:.1f} %")  # fmt: skip


def line(*cells: str) -> str:
    """Return cells in columns."""
    widths = (64, 6, 22, 9, 10, 11, 5, 5, 7, 6, 6, 6)
    return " ".join(cell[:width].ljust(width) for cell, width in zip(cells, widths, strict=True))


if __name__ == "__main__":
    sys.exit(main())
