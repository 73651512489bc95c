"""What every backend must do. Subclass `BackendTests` and give the fixture ``backend``."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.store.backend import Backend

__all__ = ["BackendTests"]

_BAD_KEYS = (
    "",
    "/a",
    "a/",
    "a//b",
    "../a",
    "a/../b",
    "a/.b",
    ".a",
    "a\\b",
    "a\0b",
    "ä",
    "a b",
    "a\n",
)


class BackendTests:
    """The laws of `jupyter_mvt.store.backend.Backend`."""

    @pytest.fixture
    def backend(self) -> Backend:
        """Return a fresh, empty backend; subclasses say which."""
        pytest.fail("a subclass of BackendTests must define the fixture 'backend'")

    def test_a_value_comes_back(self, backend: Backend) -> None:
        """Put and get, for sizes around buffers and pages."""
        for size in (0, 1, 4095, 4096, 1 << 20, (1 << 20) + 1):
            data = bytes(i % 251 for i in range(size))
            backend.put(f"a/{size}", data)
            assert backend.get(f"a/{size}") == data

    def test_put_replaces(self, backend: Backend) -> None:
        """The second value wins, and its version differs."""
        backend.put("a", b"one")
        before = backend.stat("a")
        backend.put("a", b"three", durable=False)
        after = backend.stat("a")
        assert backend.get("a") == b"three"
        assert before is not None
        assert after is not None
        assert (before.size, after.size) == (3, 5)
        assert before.version != after.version

    def test_any_buffer_is_accepted(self, backend: Backend) -> None:
        """bytes, bytearray and memoryview."""
        for data in (b"abc", bytearray(b"abc"), memoryview(b"xabc")[1:]):
            backend.put("a", data)
            assert backend.get("a") == b"abc"

    def test_ranges(self, backend: Backend) -> None:
        """Ranges end where the value ends."""
        backend.put("a", b"0123456789")
        assert backend.get_range("a", 2, 3) == b"234"
        assert backend.get_range("a", 8, 5) == b"89"
        assert backend.get_range("a", 12, 5) == b""
        assert backend.get_range("a", 0, 0) == b""

    def test_read_into(self, backend: Backend) -> None:
        """The count says how much there was."""
        backend.put("a", b"0123456789")
        target = bytearray(b"------")
        assert backend.read_into("a", 3, memoryview(target)) == 6
        assert target == b"345678"
        assert backend.read_into("a", 8, memoryview(target)) == 2
        assert target[:2] == b"89"

    def test_missing_keys(self, backend: Backend) -> None:
        """Reading what is not there says so; deleting it is no error."""
        backend.put("a/b", b"x")
        reads: tuple[Callable[[str], object], ...] = (
            backend.get,
            lambda key: backend.get_range(key, 0, 1),
            lambda key: backend.read_into(key, 0, memoryview(bytearray(1))),
        )
        for key in ("c", "a/c", "c/d", "a/b/c"):
            assert backend.stat(key) is None
            for read in reads:
                with pytest.raises(NotFoundError) as caught:
                    read(key)
                assert caught.value.code == "missing-key"
        backend.delete("c")

    def test_put_if_absent(self, backend: Backend) -> None:
        """The first one wins, the value stays."""
        assert backend.put_if_absent("a/b", b"first")
        assert not backend.put_if_absent("a/b", b"second")
        assert backend.get("a/b") == b"first"

    def test_put_if_absent_has_one_winner(self, backend: Backend) -> None:
        """Of many threads exactly one wins each key, and it is its value that stays."""
        start = threading.Barrier(6)

        def race(me: int) -> list[int]:
            start.wait()
            return [n for n in range(25) if backend.put_if_absent(f"ops/{n:03}", b"%d" % me)]

        with ThreadPoolExecutor(6) as pool:
            won = list(pool.map(race, range(6)))
        assert sorted(n for wins in won for n in wins) == list(range(25))
        for me, wins in enumerate(won):
            assert all(backend.get(f"ops/{n:03}") == b"%d" % me for n in wins)

    def test_list_is_sorted_and_by_prefix(self, backend: Backend) -> None:
        """Prefixes need not end at a slash; the order is that of the keys."""
        keys = ["a-b/c", "a.d", "a/b", "a/b2/c", "a/ba", "b/x/y/z", "b/x2"]
        for key in reversed(keys):
            backend.put(key, b"")
        assert list(backend.list("")) == sorted(keys)
        for prefix in ("a", "a/", "a/b", "b/x", "b/x/", "c", "b/x/y/z", "b/x/y/z/"):
            assert list(backend.list(prefix)) == sorted(k for k in keys if k.startswith(prefix))

    def test_delete(self, backend: Backend) -> None:
        """What is deleted is gone, and can be put again."""
        backend.put("a/b", b"x")
        backend.delete("a/b")
        assert backend.stat("a/b") is None
        assert list(backend.list("")) == []
        assert backend.put_if_absent("a/b", b"y")

    def test_writer(self, backend: Backend) -> None:
        """A stream is invisible until committed, and whole then."""
        writer = backend.writer()
        pieces = [b"a" * 10, b"b" * (1 << 20), b"", b"c" * (3 << 20), b"d"]
        for piece in pieces:
            writer.write(piece)
        assert list(backend.list("")) == []
        writer.commit("packs/x")
        writer.abort()
        assert backend.get("packs/x") == b"".join(pieces)

    def test_writer_may_reuse_its_buffer(self, backend: Backend) -> None:
        """The caller may overwrite the buffer after the call."""
        writer = backend.writer()
        buffer = bytearray(b"abc")
        writer.write(buffer)
        buffer[:] = b"xyz"
        writer.write(buffer)
        writer.commit("a")
        assert backend.get("a") == b"abcxyz"

    def test_aborted_writer_leaves_nothing(self, backend: Backend) -> None:
        """No key, and what was there before stays."""
        backend.put("a", b"before")
        writer = backend.writer()
        writer.write(b"x" * (2 << 20))
        writer.abort()
        writer.abort()
        assert list(backend.list("")) == ["a"]
        assert backend.get("a") == b"before"

    def test_settled(self, backend: Backend) -> None:
        """What was published durably is settled, and settling is harmless."""
        backend.put("a", b"x", durable=False)
        backend.settle("a")
        assert backend.put_if_absent("b", b"x")
        assert [stat.settled for key in "ab" if (stat := backend.stat(key))] == [True, True]
        assert backend.get("a") == b"x"

    @pytest.mark.parametrize("key", _BAD_KEYS)
    def test_keys_cannot_escape(self, backend: Backend, key: str) -> None:
        """Whatever is no key is refused by every verb."""
        verbs: tuple[Callable[[], object], ...] = (
            lambda: backend.get(key),
            lambda: backend.get_range(key, 0, 1),
            lambda: backend.put(key, b""),
            lambda: backend.put_if_absent(key, b""),
            lambda: backend.delete(key),
            lambda: backend.stat(key),
        )
        for verb in verbs:
            with pytest.raises(UsageError) as caught:
                verb()
            assert caught.value.code == "invalid-key"
        assert list(backend.list("")) == []
