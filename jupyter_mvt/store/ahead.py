"""Reading the next contents while one is made into something."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future, ThreadPoolExecutor

    from jupyter_mvt.objects.manifest import Entry
    from jupyter_mvt.objects.progress import Progress

__all__ = ["Ahead"]

_SMALLEST = 64 << 10
_LARGEST = 16 << 20
_LARGEST_ENCODED = 32 << 20
"""Beyond it there are chunks enough for every core to be at work on one entry."""
_AHEAD = 3
_THREADS = 2


class Ahead:
    """Reads contents with `content`; those that follow in `entries` are begun with.

    Decoding an array keeps one core busy, so that of many arrays several are decoded at a time.
    Only few are ahead, and of large ones one: what is read and not yet asked for is memory. In
    another order than that of `entries` it is no quicker, but as right. What is not worth a thread
    is read with `here`; large ones are only where `is_encoded` says so, the others are mapped.
    """

    def __init__(
        self,
        content: Callable[[Entry], memoryview],
        entries: Iterable[Entry],
        told: Progress,
        here: Callable[[Entry], memoryview] | None = None,
        is_encoded: Callable[[Entry], bool] = lambda _: False,
    ) -> None:
        self._content = content
        self._told = told
        self._here = here or content
        self._next: dict[str, Entry | None] = {}
        self._flying: dict[str, Future[memoryview]] = {}
        self._pool: ThreadPoolExecutor | None = None
        following: Entry | None = None
        for entry in reversed(list(entries)):
            large = _LARGEST < entry.nbytes <= _LARGEST_ENCODED
            if _SMALLEST <= entry.nbytes <= _LARGEST or (large and is_encoded(entry)):
                self._next[entry.path] = following
                following = entry

    def __call__(self, entry: Entry) -> memoryview:
        """Return the content of one entry; see `ObjectReader.content`."""
        future = self._flying.pop(entry.path, None)
        self._begin(entry)
        found = self._here(entry) if future is None else future.result()
        self._told.advance(entry.nbytes)
        return found

    def _begin(self, entry: Entry) -> None:
        following = self._next.get(entry.path)
        for _ in range(_AHEAD):
            if following is None or len(self._flying) >= _AHEAD:
                return
            if self._flying and following.nbytes > _LARGEST:
                return
            if following.path not in self._flying:
                if self._pool is None:
                    from concurrent.futures import ThreadPoolExecutor

                    self._pool = ThreadPoolExecutor(_THREADS)
                self._flying[following.path] = self._pool.submit(self._content, following)
            following = self._next[following.path]
