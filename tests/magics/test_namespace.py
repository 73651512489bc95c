"""A version's values set in the live session: mine are kept, or stashed first."""

from __future__ import annotations

import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.errors import NotFoundError
from tests.shells import run, text

MAKE = """
from sklearn.linear_model import LinearRegression
import numpy as np
base = np.arange(6.0)
view = base[2:4]
notes = ["first"]
model = LinearRegression().fit(base[:, None], base)
"""


TRAIN = """
import random
draws = [random.random(), float(np.random.normal())]
net = LinearRegression().fit(base[:, None], base + draws[0])
"""


def test_random_numbers_are_drawn_again_as_they_were(shell):
    run(shell, MAKE)
    run(shell, TRAIN)
    first = shell.user_ns["draws"]
    run(shell, "%mvt commit net")
    run(shell, "random.seed(5); np.random.seed(6)")
    found = run(shell, "%mvt checkout v1 --rng")
    told = [line.split(maxsplit=1) for line in text(found).splitlines() if "random" in line]
    assert [name for name, _ in told][:2] == ["python", "numpy"]
    assert {role.split("    ")[-1].strip() for _, role in told} == {"set"}
    assert found.chance == dict.fromkeys((name for name, _ in told), True)
    run(shell, TRAIN)
    assert shell.user_ns["draws"] == first


def test_a_version_that_no_cell_made_has_no_random_numbers(tmp_path):
    repo = mvt.init(tmp_path)
    repo.commit(LinearRegression().fit([[1.0]], [2.0]))
    with pytest.raises(NotFoundError) as refused:
        repo.checkout("v1", rng=True)
    assert refused.value.code == "no-rng-state"
    assert refused.value.message == (
        "v1 keeps no random numbers: no cell was seen making its model."
    )


def test_all_variables_come_back_as_they_were(shell):
    run(shell, MAKE)
    made = run(shell, "%mvt commit --all-vars")
    assert [one.name for one in made.commit.content.variables] == ["base", "view", "notes"]
    old = run(shell, "old = %mvt checkout v1\nold")
    assert text(old).splitlines()[0] == "Restored from v1, beside your own"
    old.base[2] = -1
    assert old.view[0] == -1
    assert shell.user_ns["base"][2] == 2


def test_into_the_namespace_keeps_mine_and_sets_what_is_missing(shell):
    run(shell, MAKE)
    run(shell, "%mvt commit --all-vars")
    run(shell, "notes = ['mine']\ndel view, base")
    found = run(shell, "%mvt checkout v1 --into-namespace")
    assert (found.placed, found.kept) == (("base", "view"), ("model", "notes"))
    assert shell.user_ns["notes"] == ["mine"]
    shell.user_ns["base"][2] = 7
    assert shell.user_ns["view"][0] == 7
    shown = text(found)
    assert "Restored from v1, into your names" in shown
    assert "yours was kept" in shown
    assert "%mvt checkout v1 --into-namespace --overwrite" in shown


def test_tensors_come_back_into_the_namespace_over_one_memory(shell):
    run(shell, MAKE)
    run(shell, "import torch\nbatch = torch.from_numpy(base)\nstate = {'w': batch[:2]}")
    made = run(shell, "%mvt commit --all-vars")
    kinds = {one.name: one.state_kind for one in made.commit.content.variables}
    assert set(kinds.values()) == {"declarative"}
    run(shell, "batch = torch.zeros(1)\ndel state")
    found = run(shell, "%mvt checkout v1 --into-namespace")
    assert (found.placed, found.kept) == (("state",), ("model", "base", "view", "notes", "batch"))
    found = run(shell, "%mvt checkout v1 --into-namespace --overwrite")
    assert "batch" in found.stashed
    run(shell, "base[0] = 42")
    assert shell.user_ns["batch"][0] == shell.user_ns["state"]["w"][0] == 42
    run(shell, "%mvt stash pop")
    assert shell.user_ns["batch"].tolist() == [0]


def test_what_is_overwritten_is_stashed_and_can_be_taken_back(shell):
    run(shell, MAKE)
    run(shell, "%mvt commit --all-vars")
    run(shell, "notes = ['mine']")
    mine = dict(shell.user_ns)
    found = run(shell, "%mvt checkout v1 --into-namespace --overwrite")
    assert found.stashed == ("model", "base", "view", "notes")
    assert shell.user_ns["notes"] == ["first"]
    listed = run(shell, "%mvt stash")
    assert listed.to_dict() == {
        "stashes": [
            {
                "number": 1,
                "version": "v1",
                "values": {
                    "model": "LinearRegression",
                    "base": "ndarray",
                    "view": "ndarray",
                    "notes": "list",
                },
            }
        ]
    }
    assert "model, base, view, notes" in text(listed)
    back = run(shell, "%mvt stash pop")
    for name in ("model", "base", "view", "notes"):
        assert shell.user_ns[name] is mine[name]
    assert "Stash 1 is yours again: model, base, view, notes." in text(back)
    assert "Nothing is stashed." in text(run(shell, "%mvt stash list"))
    with pytest.raises(NotFoundError) as error:
        run(shell, "%mvt stash pop 3")
    assert error.value.code == "unknown-stash"


def test_a_version_never_sets_what_python_or_the_shell_relies_on(shell):
    run(shell, MAKE)
    run(shell, "_hidden = 1\nprint = 5")
    run(shell, "%mvt commit --vars notes,_hidden,print")
    run(shell, "del print, _hidden")
    found = run(shell, "%mvt checkout v1 --into-namespace")
    assert found.placed == ()
    assert "print" not in shell.user_ns


def test_a_model_that_an_object_held_is_set_under_a_name_of_its_own(shell):
    run(shell, MAKE.replace("model =", "class Exp: pass\nexp = Exp()\nexp.model ="))
    run(shell, "%mvt commit")
    run(shell, "mine = exp.model\ndel exp")
    found = run(shell, "%mvt checkout v1 --into-namespace")
    assert (found.placed, found.primary) == (("exp_model",), "exp_model")
    assert shell.user_ns["exp_model"].coef_ == shell.user_ns["mine"].coef_
    assert text(found).splitlines()[-1].split("  ")[-1] == "primary model, set"
