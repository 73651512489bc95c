"""A thousand small arrays in one commit beside one file that holds as many bytes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import jupyter_mvt as mvt
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store.writer import begin
from tests.benchmarks.timing import in_turn

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ARRAYS", "LENGTH", "measure_small"]

ARRAYS, LENGTH = 1000, 4096
_OURS, _FILE = "ours", "file"


def measure_small(folder: Path, rounds: int) -> float:
    """Return how many times as long the store takes for the arrays as one file with fsync.

    What is measured of a commit is the store's part: hashing, writing, syncing and publishing.
    """
    folder.mkdir(parents=True)
    store = mvt.init(folder)._handle.store
    contents: list[bytes] = []
    parts: list[Part] = []

    def keep() -> None:
        contents[:] = [os.urandom(LENGTH) for _ in range(ARRAYS)]
        parts[:] = [
            Part(path=f"{i}.weight", dtype="bytes", shape=(LENGTH,), nbytes=LENGTH,
                 read=lambda data=data: data)
            for i, data in enumerate(contents)
        ]  # fmt: skip
        os.sync()  # as in the rest of the table: nobody pays for what another left to write

    def ours() -> None:
        with begin(store) as writer:
            writer.bundle(Bundle(parts=tuple(parts)))
            writer.publish()

    def file() -> None:
        with (folder / os.urandom(8).hex()).open("wb") as out:
            out.write(b"".join(contents))
            out.flush()
            os.fsync(out.fileno())

    # Each has contents of its own: who came second would find them in the processor's cache.
    turns = {"contents": keep, _OURS: ours, "other contents": keep, _FILE: file}
    times = in_turn(turns, rounds)
    return times[_OURS] / times[_FILE]
