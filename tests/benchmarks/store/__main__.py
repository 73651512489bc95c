"""``make bench-store``: measure, write the table, and tell whether the bars held.

``--quick`` leaves out 2 GB and the slow peers; the table is then not written.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import warnings
from pathlib import Path

from tests.benchmarks.store.loads import measure_loads
from tests.benchmarks.store.models import load_encoder
from tests.benchmarks.store.sizes import measure_sizes
from tests.benchmarks.store.small import measure_small
from tests.benchmarks.store.speed import LEAST, measure_speed
from tests.benchmarks.store.table import bars, table

HERE = Path(__file__).parent
README = HERE.parents[2] / "README.md"
MARKS = "<!-- bench-store -->\n", "<!-- /bench-store -->"
ALL = {"cp", "torch", "safetensors", "joblib", "mlflow", "dvc", "lfs", "restic", "borg"}
PLAIN = {"cp", "torch"}
MB = 10**6
_SMALL_ROUNDS = 25


def main() -> int:
    """Run everything; the exit status tells whether every bar held."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.store")
    parser.add_argument("--tools", type=Path, default=Path(".make/peers"),
                        help="environment that holds DVC")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="no 2 GB, no slow peers")
    parser.add_argument("--rounds", type=int, default=5, help="how often slow ones are measured")
    chosen = parser.parse_args()
    rounds = chosen.rounds
    sizes = [(50 * MB, ALL, rounds), (500 * MB, ALL, rounds), (2000 * MB, PLAIN, rounds)]
    if chosen.quick:
        rounds, sizes = 1, [(50 * MB, PLAIN, 1), (200 * MB, PLAIN, 1)]
    tools = chosen.tools.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        speeds, smalls = [], []
        for size, peers, times in sizes:
            smalls.append(measure_small(folder / f"small{size}", _SMALL_ROUNDS))
            with tempfile.TemporaryDirectory(dir=folder) as place:
                speeds.append(measure_speed(Path(place), size, tools, peers, times))
        loads = []
        for size, _, times in sizes[1:]:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                loads.append(measure_loads(Path(place) / "loads", size, max(LEAST, times)))
        smalls.append(measure_small(folder / "small", _SMALL_ROUNDS))
        small = statistics.median(smalls)
        encoder = load_encoder(folder)
        copies = measure_sizes(folder / "sizes", encoder, tools)
    text = table(speeds, loads, copies, small, rounds)
    sys.stdout.write(text + "\n")
    if not chosen.quick:
        _write(text)
    missed = [f"{bar.name}: {bar.value:.2f}, at most {bar.most:.2f}"
              for bar in bars(speeds, loads, copies, small) if bar.value > bar.most]  # fmt: skip
    for line in missed:
        sys.stdout.write(f"bar missed: {line}\n")
    return 1 if missed else 0


def _write(text: str) -> None:
    (HERE.parent / "STORE.md").write_text(text + "\n", encoding="utf-8")
    readme = README.read_text(encoding="utf-8")
    before, _, rest = readme.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    README.write_text(f"{before}{MARKS[0]}{text}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
