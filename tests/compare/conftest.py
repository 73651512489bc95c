"""Versions made of plain values, over a store that is a dict."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from jupyter_mvt.capture.arrays import dtype_name
from jupyter_mvt.compare.side import Side
from jupyter_mvt.objects.code import Cell, Code, Git
from jupyter_mvt.objects.commit import Commit, Content, Model, Param, tree_id
from jupyter_mvt.objects.dataset import Column, Dataset, Schema
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.environment import Environment
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.manifest import Entry, Manifest, Tie
from jupyter_mvt.objects.version import VersionRef


@pytest.fixture(scope="session")
def make() -> Any:
    """The functions of this file, which build sides."""
    return sys.modules[__name__]


@dataclass
class Objects:
    """An `ObjectReader` that remembers what was read."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    def put(self, data: bytes) -> ObjectId:
        oid = digest(data)
        self.blobs[oid] = data
        return oid

    def blob(self, oid: ObjectId) -> bytes:
        self.read.append(oid)
        return self.blobs[oid]

    def manifest(self, oid: ObjectId) -> Manifest:
        self.read.append(oid)
        return self.manifests[oid]

    def pieces(self, entry: Entry) -> Any:
        return iter([self.content(entry)])

    def ahead(self, entries: Any) -> Any:
        return self.content

    def content(self, entry: Entry) -> memoryview:
        self.read.append(entry.path)
        return memoryview(bytearray(b"".join(self.blobs[chunk] for chunk in entry.chunks)))


def side(content: Content, number: int, objects: Objects) -> Side:
    commit = Commit(
        parents=(),
        tree_id=tree_id(content),
        branch="main",
        message="",
        author="ada",
        time_us=number,
        content=content,
    )
    ref = VersionRef(
        id=digest(encode(commit)),
        number=number,
        message="",
        branch="main",
        author="ada",
        time_us=number,
    )
    return Side(ref=ref, commit=commit, objects=objects)


def pair(base: Content, other: Content, objects: Objects | None = None) -> tuple[Side, Side]:
    objects = objects or Objects()
    return side(base, 1, objects), side(other, 2, objects)


def code(objects: Objects, *texts: str | dict[str, Any], git: str = "") -> Code:
    cells = []
    for order, item in enumerate(texts, 1):
        given: dict[str, Any] = {"source": item} if isinstance(item, str) else dict(item)
        source = objects.put(given.pop("source").encode())
        cells.append(Cell(order=order, source=source, **given))
    return Code(
        cells_id=objects.put(encode(tuple(cells))),
        n_cells=len(cells),
        git=Git(head=git) if git else None,
    )


def env(objects: Objects, **given: Any) -> Content:
    facts: dict[str, Any] = {
        "python": "3.11.4",
        "implementation": "CPython",
        "platform": "Linux",
        "machine": "x86_64",
        "cpus": 2,
    }
    environment = Environment(**{**facts, **given})
    return Content(env_id=objects.put(encode(environment)), env_summary="Python 3.11")


def dataset(
    objects: Objects,
    columns: dict[str, list[float]],
    var: str = "train",
    *,
    prefixes: tuple[int, ...] = (),
    **given: Any,
) -> Dataset:
    rows = len(next(iter(columns.values())))

    def identity(count: int) -> ObjectId:
        return digest(encode([count, [[name, data[:count]] for name, data in columns.items()]]))

    described = Schema(
        columns=tuple(
            Column(
                name=name,
                type="float64",
                digest=digest(encode(data)),
                profile={"n": rows, "nulls": 0, "quantiles": sorted(data)},
            )
            for name, data in columns.items()
        ),
        prefixes=tuple((count, identity(count)) for count in prefixes),
    )
    rows_sorted = sorted(zip(*columns.values(), strict=True))
    shuffle_proof = digest(encode([list(columns), rows_sorted]))
    facts: dict[str, Any] = {"multiset_id": shuffle_proof, "kind": "pandas"}
    return Dataset(
        var=var,
        id=identity(rows),
        rows=rows,
        columns=len(columns),
        schema_id=objects.put(encode(described)),
        **{**facts, **given},
    )


Tensor = np.ndarray[Any, Any]


def model(
    objects: Objects,
    tensors: dict[str, Tensor] | None = None,
    *,
    state: Any = None,
    ties: tuple[Tie, ...] = (),
    dtypes: dict[str, str] | None = None,
    chunk: int = 1 << 20,
    params: dict[str, Any] | None = None,
    **given: Any,
) -> Model:
    entries = []
    for path, array in sorted((tensors or {}).items()):
        raw = np.ascontiguousarray(array).tobytes()
        pieces = [raw[at : at + chunk] for at in range(0, len(raw), chunk)]
        entries.append(
            Entry(
                path=path,
                dtype=(dtypes or {}).get(path) or dtype_name(array.dtype),
                shape=array.shape,
                nbytes=len(raw),
                chunks=tuple(objects.put(piece) for piece in pieces),
            )
        )
    identity = digest(encode([entries, ties]))
    manifest = Manifest(entries=tuple(entries), ties=ties, identity=identity)
    objects.manifests[identity] = manifest
    skeleton = objects.put(encode(state or {}))
    facts: dict[str, Any] = {
        "var": "clf",
        "role": "predictor",
        "primary": True,
        "adapter": "sklearn/1",
        "framework": "scikit-learn 1.7",
        "cls": "sklearn.svm.SVC",
        "state_kind": "declarative",
        "arch": digest(b"arch"),
        "params": tuple(Param(name=k, value=v) for k, v in (params or {}).items()),
    }
    return Model(
        weights=identity,
        weights_id=identity,
        weights_bytes=manifest.nbytes,
        n_weights=sum(array.size for array in (tensors or {}).values()),
        state=skeleton,
        state_identity=skeleton,
        **{**facts, **given},
    )
