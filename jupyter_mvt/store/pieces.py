"""Content chunk by chunk, for those who need not have it all at once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from jupyter_mvt.store.hot import memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from jupyter_mvt.objects.ids import ObjectId

__all__ = ["in_turn"]

_THREADS = 2


def in_turn(
    chunks: Sequence[ObjectId], sizes: Sequence[int], fill: Callable[[ObjectId, memoryview], None]
) -> Iterator[memoryview]:
    """Yield `chunks` in order, each until the next is asked for; `fill` reads one.

    The next are read meanwhile. Memory is taken once, for as many as are read at a time and one.
    """
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[tuple[Future[None], memoryview, int]] = deque()
    left = iter(zip(chunks, sizes, strict=True))
    with ThreadPoolExecutor(_THREADS) as pool:

        def begin(room: memoryview) -> None:
            for chunk, size in left:
                waiting.append((pool.submit(fill, chunk, room[:size]), room, size))
                return

        for _ in chunks[: _THREADS + 1]:
            begin(memory(max(sizes)))
        while waiting:
            filled, room, size = waiting.popleft()
            filled.result()
            yield room[:size]
            begin(room)
