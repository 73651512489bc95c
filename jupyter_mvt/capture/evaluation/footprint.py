"""What one prediction takes: seconds alone, and memory beyond what was there before.

Python and numpy count what they hand out, and the operating system how much the process holds:
either misses some of it (memory of native libraries; memory that was free already), so the
larger counts. Memory of a graphics processor is not in it.
"""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_mvt.capture.evaluation.latency import alone, rows_of
from jupyter_mvt.capture.evaluation.predicting import predict

__all__ = ["Footprint", "footprint", "peak_bytes"]

_ROWS = 4096
_STATM = Path("/proc/self/statm")
_EVERY = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Median seconds of a prediction of one row, and peak bytes of one of `peak_rows` rows."""

    seconds: float
    peak_bytes: int
    peak_rows: int


def footprint(model: Any, X: Any) -> Footprint:
    """Measure predictions of a live model on rows of `X`."""
    many = rows_of(X, _ROWS)
    return Footprint(
        seconds=alone(partial(predict, model, rows_of(X, 1))),
        peak_bytes=peak_bytes(partial(predict, model, many)),
        peak_rows=min(_ROWS, len(many)),
    )


def peak_bytes(call: Callable[[], object]) -> int:
    """Return by how many bytes memory grew at most while `call` ran."""
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        if not tracing:
            tracemalloc.reset_peak()
        with _Watch() as watch:
            call()
        # The peak of a trace that somebody else began may be of long ago.
        counted = tracemalloc.get_traced_memory()[1] - before if not tracing else 0
    finally:
        if not tracing:
            tracemalloc.stop()
    return max(counted, watch.grown, 0)


class _Watch:
    """Looks every millisecond at how much memory the process holds, where Linux tells."""

    def __init__(self) -> None:
        self.grown = 0
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> _Watch:
        before = _resident()
        if before is not None:
            self._thread = threading.Thread(target=self._look, args=(before,), daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self, before: int) -> None:
        while True:
            self.grown = max(self.grown, (_resident() or 0) - before)
            if self._done.wait(_EVERY):
                return


def _resident() -> int | None:
    try:
        pages = int(_STATM.read_bytes().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    import resource

    return pages * resource.getpagesize()
