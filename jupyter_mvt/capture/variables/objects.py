"""Variables of frameworks, as data: tensors, estimators, tokenizers, and containers of them.

Each framework's adapter lends its words, as it does for models. Kept is only what restores without
running code; anything else is left to a pickle, which is flagged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapter import Skeleton
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.kinds import WRITERS
from jupyter_mvt.capture.declarative.memories import share_memory
from jupyter_mvt.capture.declarative.policy import Undeclarable
from jupyter_mvt.capture.declarative.science import science_writer
from jupyter_mvt.capture.declarative.vocabulary import Vocabulary, freeze_with, restore_with
from jupyter_mvt.capture.declared import Nothing, Writing
from jupyter_mvt.capture.variables.arrow import ARROW_READERS, arrow_writer, inside, placed
from jupyter_mvt.capture.variables.frames import FRAME_READERS, frame_writer, write_frame
from jupyter_mvt.capture.variables.plans import PLAN_READERS, plan_writer
from jupyter_mvt.capture.variables.polars import POLARS_READERS, polars_writer, write_polars
from jupyter_mvt.capture.variables.scalars import SCALAR_READERS, write_scalars
from jupyter_mvt.capture.variables.tables import live_table, table_state
from jupyter_mvt.capture.variables.trees import TREE_READERS, tokens_of, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyter_mvt.capture.adapter import Frozen
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write
    from jupyter_mvt.capture.variables.tokens import Tokens
    from jupyter_mvt.objects.manifest import Entry

__all__ = ["FORMAT", "freeze_objects", "restore_objects"]

FORMAT = "graph/1"
"""What the stored state of such variables says of itself."""

_TABLE, _SAME = "table", "same"
_FINDERS = (frame_writer, plan_writer, arrow_writer, polars_writer, science_writer)
_BY_COLUMN: Mapping[str, Write] = {"pandas": write_frame, "polars": write_polars}


def freeze_objects(values: Mapping[str, Any], cut: Mapping[int, Tokens] | None = None) -> Frozen:
    """Return variables taken apart together; what they share stays shared.

    Parameters
    ----------
    values
        They, by name.
    cut
        The rows of those of them that were cut into rows already, by identity.

    Raises
    ------
    Undeclarable
        One of them has no form as data, or would need trust to be restored.
    CaptureError
        One of them has no content.
    """
    try:
        return freeze_with(_words(_Dialect(cut or {})), dict(values), None)
    except _HeldTwice:
        return freeze_with(_words(_Dialect({}, trees=False)), dict(values), None)


def restore_objects(
    state: bytes,
    entries: Mapping[str, Entry],
    read: Callable[[Entry], memoryview],
    stretches: Callable[[Entry], Iterator[memoryview]] | None = None,
    *,
    trusted: bool = False,
) -> dict[str, Any]:
    """Return the variables that `freeze_objects` took apart, by name.

    Raises
    ------
    RestoreError
        A class is refused or missing, or does not accept its state.
    CorruptionError
        What is stored is not sound.
    """
    skeleton = Skeleton(
        state=state, state_kind="declarative", entries=entries, ties={}, read=read,
        stretches=stretches, trusted=trusted
    )  # fmt: skip
    found = restore_with(_words(_Dialect({})), skeleton)
    if type(found) is not dict:
        refuse("it holds no variables")
    return found


class _HeldTwice(Exception):
    """Something else holds a container that is kept within another."""


def _words(dialect: _Dialect) -> Vocabulary:
    def finish(encoder: Encoder) -> None:
        dialect.check(encoder)
        share_memory(encoder)

    return Vocabulary(
        package="",
        allowed=Nothing(),
        dialect=dialect,
        readers={
            _TABLE: _read_table,
            _SAME: _read_same,
            **FRAME_READERS,
            **ARROW_READERS,
            **PLAN_READERS,
            **POLARS_READERS,
            **SCALAR_READERS,
            **TREE_READERS,
        },
        finish=finish,
    )


class _Dialect(Writing):
    """Tables by their columns, what Arrow, scipy and pandas have, tuples once; for one graph."""

    def __init__(self, cut: Mapping[int, Tokens], *, trees: bool = True) -> None:
        super().__init__({})
        several = (list, dict, set, np.ndarray)
        self.writers = {**dict.fromkeys(several, self._rows), tuple: self._once,
                        frozenset: self._once}  # fmt: skip
        self._known: dict[int, tuple[int, Any]] = {}
        self._open: set[int] = set()
        self._cut = cut
        self._trees = trees
        self._inner: list[np.ndarray[Any, Any]] = []

    def writer(self, value: Any) -> Write | None:
        """Return the writer of a table, or of what Arrow, scipy and pandas have."""
        root, name = type(value).__module__.partition(".")[0], type(value).__name__
        if name in ("DataFrame", "Series", "Table") and root in ("pandas", "polars", "pyarrow"):
            return _write_table
        found = (find(value) for find in _FINDERS)
        return next((write for write in found if write is not None), None)

    def _once(self, encoder: Encoder, value: Any, path: str) -> Node:
        # A model's equal tuples may be one object or two, which is no part of it; a notebook's
        # names may hold one in another a hundred deep.
        number, _ = self._known.setdefault(id(value), (len(encoder.graph.nodes) - 1, value))
        if number in self._open:
            raise Undeclarable(path, f"a {type(value).__name__} that holds itself")
        if number != len(encoder.graph.nodes) - 1:
            return [_SAME, [number]]
        self._open.add(number)
        node = self._rows(encoder, value, path)
        self._open.discard(number)
        return node

    def _rows(self, encoder: Encoder, value: Any, path: str) -> Node:
        if encoder.volatile or len(encoder.graph.nodes) == 1:  # the names
            return WRITERS[type(value)](encoder, value, path)
        node = None
        if type(value) in (list, np.ndarray):
            node = write_scalars(encoder, value, path)
        tokens = None
        if node is None and self._trees:
            tokens = self._cut.get(id(value)) or tokens_of(value)
        if tokens is not None:
            self._inner.append(tokens.inner)
            node = write_tree(encoder, value, tokens, path)
        return node or WRITERS[type(value)](encoder, value, path)

    def check(self, encoder: Encoder) -> None:
        """Refuse containers within others that are kept as rows and are held elsewhere, too.

        Raises
        ------
        _HeldTwice
            There is one.
        """
        if not sum(map(len, self._inner)):
            return
        alone = np.array([*self._known, *(id(value) for _, value, _ in encoder.met())], np.int64)
        every = np.sort(np.concatenate([*self._inner, np.unique(alone)]))
        if (every[1:] == every[:-1]).any():
            raise _HeldTwice


def _read_same(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    return decoder.value(node[1])


def _write_table(encoder: Encoder, value: Any, path: str) -> Node:
    found = table_state(value)
    if found is not None:
        return [_TABLE, placed(encoder, found[1], path), found[0]]
    root = type(value).__module__.partition(".")[0]
    if root in _BY_COLUMN:
        return _BY_COLUMN[root](encoder, value, path)
    raise Undeclarable(path, "a table that Arrow cannot say")


def _read_table(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, lead, state = node
    skeleton = decoder.skeleton
    return live_table(state, inside(decoder, lead), skeleton.read, skeleton.pieces)
