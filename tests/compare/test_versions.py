import json
from dataclasses import dataclass

import numpy as np
import pytest

from jupyter_mvt.compare.aspect import ASPECTS
from jupyter_mvt.compare.diff import Diff, MetricsDiff
from jupyter_mvt.compare.side import Side
from jupyter_mvt.compare.versions import compare
from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.objects.cellrun import CellRun
from jupyter_mvt.objects.commit import Commit, Content, Param, tree_id
from jupyter_mvt.objects.encode import to_wire
from jupyter_mvt.objects.environment import Environment
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.snapshot import Bundle, ModelDraft, Snapshot
from jupyter_mvt.objects.version import VersionRef
from jupyter_mvt.store.open import memory_store
from jupyter_mvt.store.snapshot import write_snapshot
from jupyter_mvt.store.writer import begin


def test_every_aspect_is_registered_and_a_field():
    assert set(Diff.aspects()) <= set(ASPECTS.names())


def test_a_version_does_not_differ_from_itself(make):
    objects = make.Objects()
    content = Content(
        models=(make.model(objects, {"w": np.ones(2)}, params={"C": float("nan")}),),
        metrics=(Metric(name="m", value=float("nan")),),
        datasets=(make.dataset(objects, {"a": [1.0, 2.0]}),),
        code=make.code(objects, "x = 1", git="abc"),
        env_id=make.env(objects).env_id,
    )
    side = make.side(content, 1, objects)
    diff = compare(side, side)
    assert diff == Diff(base=side.ref, other=side.ref)
    assert not diff
    assert set(diff.to_dict()) == {"base", "other"}


def test_only(make):
    a = Content(metrics=(Metric(name="m", value=1),), params=(Param(name="p", value=1),))
    b = Content(metrics=(Metric(name="m", value=2),), params=(Param(name="p", value=2),))
    base, other = make.pair(a, b)
    diff = compare(base, other, only=["metrics"])
    assert isinstance(diff.metrics, MetricsDiff)
    assert diff.params is None
    with pytest.raises(NotFoundError, match="no diff aspect named 'colour'") as caught:
        compare(base, other, only=["colour"])
    assert caught.value.code == "unknown-diff-aspect"


def test_an_aspect_of_another_package(make, monkeypatch):
    @dataclass(frozen=True)
    class Authors:
        base: str
        other: str

    monkeypatch.setattr(ASPECTS, "_entries", dict(ASPECTS._entries))
    ASPECTS.register("authors", lambda a, b: Authors(a.commit.author, b.commit.author))
    diff = compare(*make.pair(Content(), Content()))
    assert diff
    assert diff.to_dict()["extra"] == {"authors": {"base": "ada", "other": "ada"}}


def test_through_a_real_store():
    store = memory_store()

    def version(number, weights, source, accuracy, cpus):
        content = weights.astype("f4")
        snapshot = Snapshot(
            models=(
                ModelDraft(
                    var="net", role="module", primary=True, adapter="torch/1",
                    framework="torch 2", cls="__main__.Net", params=(),
                    bundle=Bundle(parts=tuple(
                        Part(path=f"l.{i}", dtype="float32", shape=row.shape,
                             nbytes=row.nbytes, read=lambda row=row: memoryview(row).cast("B"))
                        for i, row in enumerate(content)
                    )),
                    state=b"{}", state_kind="tensors", state_identity=digest(b"{}"),
                    arch=digest(b"net"), n_weights=content.size,
                ),
            ),
            metrics=(Metric(name="accuracy", value=accuracy, higher_is_better=True),),
            cells=(CellRun(order=1, source="import torch"), CellRun(order=2, source=source)),
            environment=Environment(python="3.11", implementation="CPython", platform="Linux",
                                    machine="x86_64", cpus=cpus),
        )  # fmt: skip
        with begin(store) as pack:
            made = write_snapshot(pack, snapshot)
            pack.publish()
        commit = Commit(parents=(), tree_id=tree_id(made), branch="main", message="", author="a",
                        time_us=0, content=made)  # fmt: skip
        ref = VersionRef(id=made.env_id, number=number, message="", branch="main", author="a",
                         time_us=0)  # fmt: skip
        return Side(ref=ref, commit=commit, objects=store)

    rows = np.arange(1.0, 4_000_001.0).reshape(2, -1)
    moved = rows.copy()
    moved[1, 0] *= 2
    diff = compare(version(1, rows, "lr = 0.1", 0.9, 2), version(2, moved, "lr = 0.2", 0.8, 4))
    assert [(c.name, c.verdict) for c in diff.metrics.changes] == [("accuracy", "worse")]
    assert [(t.path, t.changed_share) for t in diff.weights.models[0].tensors] == [
        ("l.1", 1 / 2_000_000)
    ]
    assert diff.weights.models[0].equal == 1
    assert [(line.kind, line.text) for line in diff.code.cells[0].lines] == [
        ("removed", "lr = 0.1"),
        ("added", "lr = 0.2"),
    ]
    assert diff.environment.facts == (("Processors", "2", "4"),)
    assert diff.params is diff.data is None
    assert json.loads(json.dumps(to_wire(diff.to_dict())))["metrics"]["noise"] == "not tested"
