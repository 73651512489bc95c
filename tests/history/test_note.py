"""Notes: written beside a commit, told with it, taken back like any operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.errors import NotFoundError, UsageError
from jupyter_mvt.history import note
from jupyter_mvt.history.log import log
from jupyter_mvt.history.operations import operations
from jupyter_mvt.history.undo import redo, undo

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.history.commit import Published
    from jupyter_mvt.history.handle import Handle


def texts(handle: Handle, revision: str = "v1") -> list[str]:
    return [remark.text for remark in note.listing(handle, revision).rows.values()]


def test_notes_stay_with_their_version(handle: Handle, keep: Callable[..., Published]) -> None:
    first, second = keep(handle, "a"), keep(handle, "b", 1.0)
    note.add(handle, "v1", "  trained on clean labels\n")
    told = note.add(handle, "v1", "line one\nline two")
    assert (told.text, told.undo) == ("v1 has a note.", "mvt undo 4")
    assert texts(handle) == ["trained on clean labels", "line one\nline two"]
    assert texts(handle, "v2") == []
    counts = {entry.version.id: entry.remarks for entry in log(handle).entries}
    assert counts == {second.id: 0, first.id: 2}


def test_a_note_is_taken_away_and_back(handle: Handle, keep: Callable[..., Published]) -> None:
    keep(handle, "a")
    note.add(handle, "v1", "one")
    note.add(handle, "v1", "two")
    assert note.delete(handle, "v1", 1).text == "Note 1 on v1 is gone."
    assert texts(handle) == ["two"]
    assert undo(handle).text == "Undid operation 4 (note delete). The note on v1 is there again."
    assert texts(handle) == ["one", "two"]
    assert redo(handle).text == "Did operation 4 again. The note on v1 is gone again."
    row = operations(handle).rows[-2]
    assert (row.verb, row.changes) == ("note", (("note 1 of v1", "", "there"),))


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4_001])
def test_a_note_says_something_short(
    handle: Handle, keep: Callable[..., Published], text: str
) -> None:
    keep(handle, "a")
    with pytest.raises(UsageError) as refused:
        note.add(handle, "v1", text)
    assert refused.value.code == "bad-note"
    assert texts(handle) == []


def test_a_note_that_is_not_there(handle: Handle, keep: Callable[..., Published]) -> None:
    keep(handle, "a")
    with pytest.raises(NotFoundError) as refused:
        note.delete(handle, "v1", 7)
    assert (refused.value.message, refused.value.hint) == ("v1 has no note 7.", "mvt note v1")


def test_pages_of_the_log_tell_their_parents(
    handle: Handle, keep: Callable[..., Published]
) -> None:
    made = [keep(handle, f"m{value}", float(value)) for value in range(5)]
    page = log(handle, limit=2, skip=1)
    assert [entry.version.id for entry in page.entries] == [made[3].id, made[2].id]
    assert [entry.version.id for entry in page.parents] == [made[1].id]
    assert page.total == 5
    # What came since is found without reading the rest again.
    newest = keep(handle, "new", 9.0)
    assert log(handle, limit=1).entries[0].version.id == newest.id
