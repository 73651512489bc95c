"""Looking at a repository never runs what is in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jupyter_mvt as mvt
from tests.security.payloads import build

LOOK = Path(__file__).with_name("look.py")


class Trap:
    """Whatever unpickles this has run foreign code."""

    def __init__(self, proof: str) -> None:
        self.proof = proof
        self.weight = 1.0

    def predict(self, x: float) -> float:
        return x

    def __reduce__(self) -> tuple[object, ...]:
        return open, (self.proof, "w")


def test_no_way_of_looking_unpickles_runs_or_calls_out(tmp_path):
    proof = tmp_path / "sprung"
    repo = mvt.init(tmp_path)
    for i in range(3):
        made = repo.commit({"clf": Trap(str(proof))}, message=f"take {i}", allow_empty=True,
                           metrics={"accuracy": 0.5 + i / 10})  # fmt: skip
    assert made.commit.content.primary.state_kind == "pickle"
    repo.labels.move("production", "v1")
    repo.labels.move("production", "v2")
    proof.unlink(missing_ok=True)
    done = subprocess.run([sys.executable, str(LOOK), str(tmp_path), str(proof)],
                          capture_output=True, text=True, check=False, timeout=120)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    looked, error, hint, trusted = done.stdout.splitlines()
    assert looked == "looked: nothing ran"
    assert error.startswith("TrustError [untrusted-pickle]: This model is kept as a pickle (")
    assert hint.startswith("Hint: ")
    assert "trust" in hint
    # The trap works: it was the looking that left it alone.
    assert trusted == "trusted: the trap is sprung"


def test_no_way_of_looking_at_any_payload_runs_it(tmp_path):
    proof = tmp_path / "sprung"
    kinds = build(tmp_path, str(proof))
    assert len(kinds) >= 12
    done = subprocess.run([sys.executable, str(LOOK), str(tmp_path), str(proof)],
                          capture_output=True, text=True, check=False, timeout=200)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "looked: nothing ran"
    assert done.stdout.splitlines()[-1] == "trusted: the trap is sprung"
