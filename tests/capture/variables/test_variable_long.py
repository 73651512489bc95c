"""Long text and bytes come back as they were, kept as their bytes and not within JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.variables import long
from jupyter_mvt.capture.variables.kept import restore_variables, take_variables
from jupyter_mvt.errors import CaptureError, CorruptionError
from jupyter_mvt.objects.encode import decode
from jupyter_mvt.store.open import memory_store
from jupyter_mvt.store.writer import begin
from tests.capture.test_sharing import Reader, back, stored

TEXT = st.text(st.characters(), min_size=1, max_size=40)  # halves of characters among them
VALUES = st.one_of(TEXT, st.text("ab\r\n", min_size=1), st.binary(min_size=1),
                   st.binary(min_size=1).map(bytearray))  # fmt: skip


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a little be long, told in several stretches."""
    monkeypatch.setattr(long, "_LEAST", 1)
    monkeypatch.setattr(long, "_AT_ONCE", 3)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.data())
def test_it_comes_back_and_a_window_is_what_the_whole_has_there(value, data):
    found, (draft,), notes = back({"value": value})
    assert (type(found["value"]), found["value"], notes) == (type(value), value, ())
    assert decode(draft.state) == {"kind": type(value).__name__}
    (part,) = draft.bundle.parts
    content = bytes(part.read())
    raw = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else bytes(value)
    assert (content, part.nbytes) == (raw, len(raw))
    start = data.draw(st.integers(0, part.nbytes))
    stop = data.draw(st.integers(start, part.nbytes))
    assert part.window is not None
    assert bytes(part.window(start, stop)) == content[start:stop]


@settings(max_examples=200, deadline=None)
@given(TEXT, st.data())
def test_text_may_be_cut_anywhere(text, data):
    octets = text.encode("utf-8", "surrogatepass")
    places = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=5)))
    cuts = zip([0, *places], [*places, len(octets)], strict=True)
    pieces = [memoryview(octets)[first:last] for first, last in cuts]
    assert long.live_long("x", "str", pieces) == text
    assert long.live_long("x", "bytes", pieces) == octets
    assert long.live_long("x", "bytearray", pieces) == bytearray(octets)


def test_what_is_no_text_is_refused():
    (draft,) = back({"value": "text"})[1]
    (part,) = draft.bundle.parts
    other = replace(part, read=lambda: b"\xff" * 4, window=None)
    wrong = [replace(draft, bundle=replace(draft.bundle, parts=(other,)))]
    with pytest.raises(CorruptionError) as caught:
        restore_variables(Reader(wrong), stored(wrong))
    assert caught.value.message == "The stored variable 'value' is no text."


def test_bytes_that_change_meanwhile_are_told_and_stay_free_to_grow():
    value = bytearray(b"abc" * 9)
    (draft,) = take_variables({"value": value}, ["value"])[0]
    value += b"more"  # memory that is lent could not
    with begin(memory_store()) as writer:
        writer.bundle(draft.bundle)
        value[:5] = b"other"
        with pytest.raises(CaptureError) as caught:
            writer.publish()
    assert caught.value.code == "part-changed"


def test_short_ones_are_told_as_before(monkeypatch):
    monkeypatch.undo()
    values: dict[str, Any] = {"text": "a" * 100, "octets": b"b" * 100}
    drafts = take_variables(values, [*values])[0]
    assert [decode(draft.state)["kind"] for draft in drafts] == ["plain", "graph"]
