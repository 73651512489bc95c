"""Which objects a version consists of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from msgspec import UNSET

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.code import Cell
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.encode import decode_as
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.reader import ObjectReader

__all__ = ["Named", "Outline", "Reach", "cell_objects", "named", "reach", "without_payload"]


@dataclass(frozen=True, slots=True)
class Named:
    """Objects that a version names itself.

    Attributes
    ----------
    manifests, blobs
        Ids; those that are absent are left out.
    cells
        Id of the list of cells, which names further ones; empty if there is none.
    """

    manifests: tuple[ObjectId, ...]
    blobs: tuple[ObjectId, ...]
    cells: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a version is, without its content: where it was made and which objects it names.

    Attributes
    ----------
    whole, thin
        What it names with, and what without its models, variables and tables.
    """

    branch: str
    message: str
    whole: Named
    thin: Named


@dataclass(frozen=True, slots=True)
class Reach:
    """Objects of a version.

    Attributes
    ----------
    manifests, blobs, chunks
        Ids, each once, in the order in which they are named.
    broken
        Ids of those that could not be read to find further ones, with the reason.
    """

    manifests: tuple[ObjectId, ...]
    blobs: tuple[ObjectId, ...]
    chunks: tuple[ObjectId, ...]
    broken: tuple[tuple[ObjectId, CorruptionError], ...] = ()


def reach(reader: ObjectReader, content: Content, *, thin: bool = False) -> Reach:
    """Return all objects that `content` needs; reads manifests and the list of cells.

    A `thin` version has dropped its models and variables; what describes it stays.
    """
    if thin:
        content = without_payload(content)
    names = named(content)
    manifests, blobs = list(names.manifests), list(names.blobs)
    broken: list[tuple[ObjectId, CorruptionError]] = []
    chunks: list[ObjectId] = []
    for oid in manifests:
        try:
            for entry in reader.manifest(oid).entries:
                chunks += entry.chunks
        except CorruptionError as error:
            broken.append((oid, error))
    if names.cells:
        cells = ObjectId(names.cells)
        try:
            blobs += cell_objects(reader, cells)
        except CorruptionError as error:
            broken.append((cells, error))
    return Reach(
        manifests=tuple(dict.fromkeys(manifests)),
        blobs=tuple(dict.fromkeys(blobs)),
        chunks=tuple(dict.fromkeys(chunks)),
        broken=tuple(broken),
    )


def cell_objects(reader: ObjectReader, cells: ObjectId) -> list[ObjectId]:
    """Return what a list of cells names."""
    found: list[ObjectId] = []
    for cell in decode_as(reader.blob(cells), tuple[Cell, ...]):
        found += [cell.source, *(ObjectId(state) for _, state in cell.rng)]
    return found


def without_payload(content: Content) -> Content:
    """Return what stays of a version when it becomes thin: what describes it."""
    datasets = tuple(replace(one, stored=UNSET, stored_state=UNSET) for one in content.datasets)
    return replace(content, models=(), variables=(), datasets=datasets)


def named(content: Content) -> Named:
    """Return the objects that `content` names, without reading any."""
    manifests: list[str] = []
    blobs: list[str] = [content.code.cells_id, content.env_id]
    for model in content.models:
        manifests += [model.weights, model.optimizer]
        blobs += [model.state, model.optimizer_state, *(source for _, source in model.code_refs)]
    for variable in content.variables:
        manifests.append(variable.weights)
        blobs.append(variable.state)
    for dataset in content.datasets:
        manifests.append(dataset.stored or "")
        blobs += [dataset.schema_id, dataset.stored_state or ""]
    if content.curves is not UNSET:
        blobs.append(content.curves.table)
    if content.outputs is not UNSET:
        blobs += [output.body for output in content.outputs]
    return Named(
        manifests=tuple(ObjectId(oid) for oid in manifests if oid),
        blobs=tuple(ObjectId(oid) for oid in blobs if oid),
        cells=content.code.cells_id,
    )
