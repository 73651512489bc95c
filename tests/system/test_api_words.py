"""What a program passes that makes no sense is refused in words, and nothing is made of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.errors import MvtError

NAMED = 'repo.commit(model, variables={"vocabulary": vocabulary})'


@pytest.mark.parametrize(
    ("call", "code", "told", "hint"),
    [
        (lambda repo, model: repo.commit(model, message=None), "bad-message",
         "A message is text, not None.", 'repo.commit(model, message="tuned lr")'),
        (lambda repo, model: repo.commit(model, variables=3), "bad-variables",
         "Variables are names, or values by name, not 3.", NAMED),
        (lambda repo, model: repo.commit(model, variables=[3]), "bad-variables",
         "Variables are names, or values by name, not [3].", NAMED),
        (lambda repo, model: repo.commit(model, variables={3: 4}), "bad-variables",
         "Variables are names, or values by name, not {3: 4}.", NAMED),
        (lambda repo, model: repo.commit(model, variables="df"), "unknown-variable",
         "There is no variable 'df'.", "mvt status"),
        (lambda repo, model: repo.commit({}), "no-model",
         "No model was named: the mapping of names to models is empty.", "repo.commit(model)"),
        (lambda repo, model: repo.repair(3), "bad-path",
         "A folder is named by text or a path, not by 3.", "mvt fsck --repair --from FOLDER"),
        (lambda repo, model: mvt.open(None), "bad-path",
         "A folder is named by text or a path, not by None.", "mvt.open('.')"),
        (lambda repo, model: mvt.init(b"here"), "bad-path",
         "A folder is named by text or a path, not by b'here'.", "mvt.init('.')"),
        (lambda repo, model: repo.fsck(subset="10%"), "bad-share",
         "'10%' is not a share of a whole.", "mvt fsck --subset 10%"),
        (lambda repo, model: repo.gc(drop=3), "unknown-revision",
         "There is no version '3'.", "mvt log"),
        (lambda repo, model: repo.gc(grace_days=float("nan")), "bad-settings",
         "Days are a number from 0 to 99,999.", "mvt gc policy --last 10 --best 3 --by accuracy"),
        (lambda repo, model: repo.configure(quota_bytes="20GB"), "bad-settings",
         "quota_bytes cannot be '20GB'.", "mvt du quota 20GB"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(tmp_path, weight, call, code, told, hint):
    repo = mvt.init(tmp_path)
    repo.commit(weight(1.0))
    with pytest.raises(MvtError) as refused:
        call(repo, weight(2.0))
    assert (refused.value.code, refused.value.message, refused.value.hint) == (code, told, hint)
    assert repo.operations().rows[0].number == 1


def test_variables_are_kept_by_name_also_without_a_session(tmp_path, weight):
    repo = mvt.init(tmp_path)
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", "y"]})
    repo.commit(weight(1.0), variables={"frame": frame, "weights": np.arange(5)})
    found = mvt.open(tmp_path)["HEAD"].variables
    assert sorted(found) == ["frame", "weights"]
    pd.testing.assert_frame_equal(found["frame"], frame)
    np.testing.assert_array_equal(found["weights"], np.arange(5))


def test_a_gc_may_be_told_to_drop_nothing_or_one_version(tmp_path, weight):
    repo = mvt.init(tmp_path)
    for value in (1.0, 2.0):
        repo.commit(weight(value))
    assert repo.gc(drop=None, pack="none").thin == ()
    assert [one.name for one in repo.gc(drop=repo["v1"], pack="none").thin] == ["v1"]
