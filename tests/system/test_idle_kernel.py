"""In a real kernel: progress is seen, and a line says what was done; idle, it packs."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

import jupyter_mvt as mvt

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

SETUP = """
import numpy as np
from jupyter_mvt.magics import idle
from jupyter_mvt.views import progress
progress._PATIENCE, progress._PAUSE = 0.0, 0.0
idle.Idle.__init__.__defaults__ = (0.3,)
%load_ext jupyter_mvt
from sklearn.linear_model import LogisticRegression
clf = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
rng = np.random.default_rng(0)
value = rng.normal(0, 0.02, (1, 300_000))
"""
STEP = """
value = value + rng.normal(0, 2e-6, value.shape)
clf.coef_ = value.astype("f4").astype("f8")
print("trained")
"""


class Client(NotebookClient):
    """Notes what a front end is shown."""

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in ("display_data", "update_display_data"):
            self.notes.append((msg["msg_type"], msg["content"]["data"]))
        return super().process_message(msg, cell, cell_index)


def test_progress_is_shown_until_it_is_done_and_an_idle_kernel_packs(tmp_path: Path) -> None:
    steps = [text for n in range(6) for text in (STEP, f"%mvt commit -m step{n}")]
    cells = [nbformat.v4.new_code_cell(text) for text in (SETUP, *steps)]
    made = nbformat.v4.new_notebook(cells=cells)
    client = Client(made, timeout=120, kernel_name="python3",
                    resources={"metadata": {"path": str(tmp_path)}})  # fmt: skip
    client.notes = []
    with client.setup_kernel():
        for number, cell in enumerate(made.cells):
            client.execute_cell(cell, number)
        assert _packs_within(tmp_path, 60)
    shown = [data["text/plain"] for _, data in client.notes if " of " in data.get("text/plain", "")]
    assert any(line.startswith("Committing: ") for line in shown), client.notes
    # An output cannot be taken back: what stays of it says something, and is not empty.
    assert re.fullmatch(
        r"Committing: [\d.]+\xa0MB in [\d.]+\xa0s", client.notes[-1][1]["text/plain"]
    )
    saved = json.dumps(nbformat.from_dict(made))
    assert "trained" in saved
    assert not [line for line in shown if line in saved]


def _packs_within(folder: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if any(row.verb == "pack" for row in mvt.open(folder).operations().rows):
            return True
        time.sleep(0.2)
    return False
