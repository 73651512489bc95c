"""A long history without models: versions are made at the level of the operation log."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import jupyter_mvt as mvt
from jupyter_mvt.history.commit import Draft, commit
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.store.open import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.api.repo import Repo

__all__ = ["long_history"]

_WORDS = ("Class weights 1 : 2.5", "Cosine schedule", "Refresh training data", "Dropout 0.2",
          "Back to cross-entropy", "Reweight by region", "Label smoothing 0.05")  # fmt: skip
_HOUR_US = 3_600_000_000


def long_history(folder: Path, count: int) -> Repo:
    """Make a repository of `count` versions on several branches, two of them labelled."""
    repo = mvt.init(folder)
    store = open_store(folder / ".mvt")
    chance = random.Random(7)
    now = Clock().now_us() - count * _HOUR_US
    clock = Clock(now_us=lambda: now)
    handles = [
        Handle(store=store, session=Session(id=f"{i:016x}"), actor=actor, tool="test", clock=clock)
        for i, actor in enumerate(("ana", "ben"))
    ]
    for at in range(count):
        now += _HOUR_US
        one = handles[0] if chance.random() < 0.7 else handles[1]
        level = 0.7 + 0.2 * (1 - math.exp(-at / (count / 3))) + chance.gauss(0, 0.006)
        metrics = (
            Metric(name="accuracy", value=level, split="test", dataset_id="d" * 64, unit="share"),
            Metric(name="log_loss", value=1.2 - level, split="test", dataset_id="d" * 64),
        )
        commit(one, Draft(content=Content(metrics=metrics), message=_WORDS[at % len(_WORDS)]))
        if at == 20:
            repo.branches.create("exp/cosine")
            handles[1].session.branch = "exp/cosine"
    if count > 3:
        repo.labels.move("production", f"v{count // 2}")
        repo.labels.move("production", f"v{count - 3}")
        repo.labels.move("staging", f"v{count}")
        repo.tags.create("1.0.0", f"v{count // 2}")
    return repo
