"""From a live object to `Frozen` and back, given a framework's list and dialect."""

from __future__ import annotations

from functools import cache
from math import prod
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Frozen, Skeleton, Sources
from jupyter_mvt.capture.declarative.decoder import Checks, Read, rebuild
from jupyter_mvt.capture.declarative.encoder import Dialect, Encoder, Write
from jupyter_mvt.capture.declarative.graph import Graph, plain_bytes
from jupyter_mvt.capture.declarative.kinds import READERS, WRITERS
from jupyter_mvt.capture.declarative.memories import KIND, read_view
from jupyter_mvt.capture.declarative.policy import Allowed, Namer, Resolver, Undeclarable
from jupyter_mvt.capture.declarative.science import SCIENCE_READERS, science_writers
from jupyter_mvt.capture.declarative.subarrays import ARRAY_READERS
from jupyter_mvt.capture.declarative.values import VALUE_READERS, value_writer
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.snapshot import Bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyter_mvt.objects.commit import StateKind
    from jupyter_mvt.objects.manifest import Part

__all__ = [
    "COMMON_KINDS",
    "TOO_DEEP",
    "count_weights",
    "encoder_for",
    "finish",
    "freeze_object",
    "restore_object",
]

TOO_DEEP = ("", "it is nested too deeply")
_ALL_READERS: Mapping[str, Read] = {
    **READERS, **ARRAY_READERS, **SCIENCE_READERS, **VALUE_READERS, KIND: read_view
}  # fmt: skip
COMMON_KINDS = _ALL_READERS.keys()
"""Kinds of nodes that need no framework."""


def encoder_for(allowed: Allowed, dialect: Dialect, sources: Sources | None) -> Encoder:
    """Return an encoder with all built-in writers."""
    return Encoder(Namer(allowed, sources), dialect, _writers(), value_writer)


@cache
def _writers() -> Mapping[type, Write]:
    return {**WRITERS, **science_writers()}


def freeze_object(
    value: Any,
    allowed: Allowed,
    dialect: Dialect,
    sources: Sources | None,
    kind: StateKind,
    steps: Iterable[Callable[[Encoder], None]] = (),
) -> Frozen:
    """Return `value` taken apart.

    Raises
    ------
    Undeclarable
        Something in it has no form as data.
    """
    encoder = encoder_for(allowed, dialect, sources)
    try:
        encoder.graph.root = encoder.value(value, "")
    except RecursionError as error:
        raise Undeclarable(*TOO_DEEP) from error
    for step in steps:
        step(encoder)
    return finish(encoder, kind)


def finish(encoder: Encoder, kind: StateKind) -> Frozen:
    """Return what an encoder has gathered."""
    parts = tuple(encoder.parts)
    return Frozen(
        bundle=Bundle(parts=parts, ties=encoder.ties()),
        state=encoder.graph.to_bytes(),
        state_kind=kind,
        state_identity=encoder.graph.identity(),
        arch=_architecture(encoder.graph, parts),
        n_weights=count_weights(parts),
        code_refs=tuple(sorted(encoder.namer.code.items())),
        lost=tuple(encoder.lost),
    )


def restore_object(
    graph: Graph, skeleton: Skeleton, allowed: Allowed, checks: Checks, readers: Mapping[str, Read]
) -> Any:
    """Return the live object that `graph`, of `skeleton`, describes, of listed classes only."""
    resolver = Resolver(allowed, skeleton)
    return rebuild(graph, skeleton, resolver, {**_ALL_READERS, **readers}, checks)


def _architecture(graph: Graph, parts: tuple[Part, ...]) -> ObjectId:
    classes = [graph.layouts[node[1]].cls for node in graph.nodes if node and node[0] == "new"]
    arrays = [(part.path, part.dtype, part.shape) for part in parts if not part.volatile]
    return digest(plain_bytes([classes, arrays]))


def count_weights(parts: tuple[Part, ...]) -> int:
    """Return the number of elements of all learned numeric arrays."""
    return sum(
        prod(part.shape)
        for part in parts
        if not part.volatile and not part.dtype.startswith(("<U", "|S", "bytes", "bool", "<M"))
    )
