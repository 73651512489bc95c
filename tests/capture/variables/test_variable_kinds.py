"""Every kind of value is kept as data, and comes back as it was where nobody trusts anybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.variables.kept import take_variables
from tests.capture.values import CASES, made

READ = """
import sys
from pathlib import Path
import jupyter_mvt as mvt

found = mvt.open(sys.argv[1], trust_folder=Path(sys.argv[1], "none"))["v1"].variables
from tests.capture.values import CASES, RANDOM, made, told

names = {name: "v%d" % number for number, name in enumerate(CASES)}
wrong = [name for name in CASES
         if name not in RANDOM and told(found[names[name]]) != told(made(name))]
print(len(found), wrong)
"""


@pytest.mark.parametrize("name", CASES)
def test_it_is_data(name):
    drafts, notes = take_variables({"v": made(name)}, ["v"])
    assert [draft.state_kind for draft in drafts] == ["declarative"]
    assert notes == ()


def test_all_come_back_in_another_process_without_trust(tmp_path):
    names = {f"v{number}": made(name) for number, name in enumerate(CASES)}
    attach(Kernel(namespace=names, cells=CellLog(), interactive=False,
                  identity=Identity(actor="a", tool="t")))  # fmt: skip
    repo = mvt.init(tmp_path)
    repo.commit(torch.nn.Linear(2, 1), variables=list(names))
    attach(None)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", READ, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (f"{len(CASES)} []\n", "")
