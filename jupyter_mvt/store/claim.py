"""One process at a time, where the system can tell."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_mvt.store.fs import explained

__all__ = ["claimed"]


@contextmanager
def claimed(path: str) -> Iterator[bool]:
    """Tell whether no other process is inside such a block; the system ends it with the process.

    Only to save work that would be done twice: where there is no such lock, everyone may.
    """
    try:
        import fcntl
    except ImportError:
        yield True
        return
    with explained("open", path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            is_mine = error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
        else:
            is_mine = True
        yield is_mine
    finally:
        os.close(handle)
