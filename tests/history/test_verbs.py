"""Branches, tags, labels, switch, rollback, undo: what each answers and leaves behind."""

from __future__ import annotations

import pytest

from jupyter_mvt.errors import ConflictError, MvtError, NameInvalidError, NotFoundError, UsageError
from jupyter_mvt.history import branch, label, tag
from jupyter_mvt.history.handle import branch_of
from jupyter_mvt.history.log import log
from jupyter_mvt.history.operations import operations
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.history.rollback import rollback
from jupyter_mvt.history.switch import switch
from jupyter_mvt.history.undo import redo, undo
from jupyter_mvt.store import oplog


def told(error: MvtError) -> list[str]:
    return error.lines("%mvt")


def numbers(handle):
    return [entry.version.name for entry in log(handle).entries]


def test_commits_follow_each_other_on_the_default_branch(handle, keep):
    first, second = keep(handle, "one"), keep(handle, "two")
    view = oplog.current(handle.store)
    assert dict(view.branches) == {"main": second.id}
    assert first.commit.parents == ()
    assert second.commit.parents == (first.id,)
    assert second.commit.derived_from == ""
    assert numbers(handle) == ["v2", "v1"]


def test_a_slower_session_is_put_on_top_and_says_what_it_started_from(open_handle, keep):
    ana, ben = open_handle("s1", "ana"), open_handle("s2", "ben")
    base = keep(ana, "base")
    keep(ben, "ben starts here")
    mine = keep(ana, "ana was slower")
    assert mine.commit.derived_from == base.id
    assert [c.commit.author for c in (base, mine)] == ["ana", "ana"]
    assert mine.view.commits[mine.id].number == 3
    assert len(log(ana).entries) == 3


def test_branch_create_switch_and_listing(handle, keep):
    keep(handle, "one")
    made = branch.create(handle, "exp/lr", "v1")
    assert made.text == "Branch exp/lr starts at v1."
    assert switch(handle, "exp/lr").text == "HEAD is on exp/lr."
    keep(handle, "two", 1.0)
    rows = {row.name: (row.version.name, row.current) for row in branch.listing(handle).rows}
    assert rows == {"main": ("v1", False), "exp/lr": ("v2", True)}
    assert switch(handle, "main").old.name == "v2"


def test_switch_creates_a_branch_and_refuses_versions(handle, keep):
    keep(handle, "one")
    assert switch(handle, "exp/a", create=True).name == "exp/a"
    with pytest.raises(UsageError) as error:
        switch(handle, "v1")
    assert told(error.value) == [
        "UsageError [not-a-branch]: v1 is a version, not a branch; HEAD stands on branches.",
        "Hint: %mvt switch -c from-v1 v1",
    ]


def test_the_command_line_moves_the_default_branch(open_handle, keep):
    cli = open_handle("cli", own_head=False)
    keep(cli, "one")
    moved = switch(cli, "exp/a", create=True)
    assert moved.operation == 3
    assert branch_of(cli, oplog.current(cli.store)) == "exp/a"
    assert branch_of(open_handle("new"), oplog.current(cli.store)) == "exp/a"
    undo(cli)
    assert oplog.current(cli.store).default == "main"


def test_two_sessions_have_heads_of_their_own(open_handle, keep):
    one, two = open_handle("s1"), open_handle("s2")
    keep(one, "one")
    switch(one, "exp/a", create=True)
    keep(one, "on a", 1.0)
    keep(two, "on main", 2.0)
    view = oplog.current(one.store)
    assert (branch_of(one, view), branch_of(two, view)) == ("exp/a", "main")
    assert view.branches["exp/a"] != view.branches["main"]


def test_branch_delete_guards_what_nothing_else_reaches(handle, keep):
    keep(handle, "one")
    switch(handle, "exp/a", create=True)
    keep(handle, "two", 1.0)
    with pytest.raises(ConflictError) as in_use:
        branch.delete(handle, "exp/a")
    assert in_use.value.code == "branch-in-use"
    switch(handle, "main")
    with pytest.raises(ConflictError) as alone:
        branch.delete(handle, "exp/a")
    assert told(alone.value) == [
        "ConflictError [branch-not-merged]: exp/a holds versions that no other branch, tag or "
        "label reaches.",
        "Hint: %mvt branch delete exp/a --force",
    ]
    assert branch.delete(handle, "exp/a", force=True).text == "Branch exp/a is gone; it was at v2."
    assert undo(handle).text.endswith("exp/a is at v2 again.")


def test_branch_rename_takes_the_session_and_the_default_along(handle, keep):
    keep(handle, "one")
    renamed = branch.rename(handle, "main", "trunk")
    assert renamed.text == "Branch main is now called trunk."
    view = oplog.current(handle.store)
    assert (view.default, list(view.branches)) == ("trunk", ["trunk"])
    made = keep(handle, "two", 1.0)
    assert oplog.current(handle.store).branches["trunk"] == made.id


def test_tags_never_move(handle, keep):
    keep(handle, "one")
    keep(handle, "two", 1.0)
    assert tag.create(handle, "1.0.0", "v1").text == "v1 is tagged 1.0.0."
    with pytest.raises(ConflictError) as error:
        tag.create(handle, "1.0.0", "v2")
    assert told(error.value) == [
        "ConflictError [name-taken]: There is already a tag '1.0.0'.",
        "Hint: %mvt tag list",
    ]
    assert tag.delete(handle, "1.0.0").text == "Tag 1.0.0 is gone; it named v1."


def test_a_name_means_one_thing_in_any_spelling(handle, keep):
    keep(handle, "one")
    label.move(handle, "production")
    for make in (branch.create, tag.create):
        with pytest.raises(ConflictError) as error:
            make(handle, "Production")
        assert error.value.code == "name-taken"


def test_labels_remember_where_they_were(handle, keep):
    for i, message in enumerate(("one", "two", "three")):
        keep(handle, message, float(i))
    label.move(handle, "production", "v1", reason="first")
    label.move(handle, "production", "v3", reason="better")
    row = label.history(handle, "production")
    moves = [(m.old and m.old.name, m.new.name, m.actor, m.reason) for m in row.moves]
    assert moves == [("v1", "v3", "ana", "better"), (None, "v1", "ana", "first")]
    view = oplog.current(handle.store)
    assert view.commits[resolve(handle, view, "production@{1}")].number == 1
    assert view.commits[resolve(handle, view, "production@{0}")].number == 3
    assert view.commits[resolve(handle, view, "production~1")].number == 2


def test_a_label_move_states_its_expectation(handle, keep):
    keep(handle, "one")
    keep(handle, "two", 1.0)
    label.move(handle, "production", "v1")
    with pytest.raises(ConflictError) as error:
        label.move(handle, "production", "HEAD", expect="v2")
    assert told(error.value) == [
        "ConflictError [ref-moved]: production does not hold v2: it holds v1.",
        "Hint: %mvt label list",
    ]
    with pytest.raises(ConflictError) as same:
        label.move(handle, "production", "v1")
    assert same.value.code == "already-there"


def test_rolling_back_twice_goes_back_two_steps(handle, keep):
    for i, message in enumerate(("one", "two", "three")):
        keep(handle, message, float(i))
        label.move(handle, "production")
    assert rollback(handle, "production").text == "production is back on v2, from v3."
    assert rollback(handle, "production", reason="again").new.name == "v1"
    with pytest.raises(NotFoundError) as error:
        rollback(handle, "production")
    assert told(error.value) == [
        "NotFoundError [nothing-to-roll-back]: production never held another version.",
        "Hint: %mvt label history production",
    ]
    assert rollback(handle, "production", "v3").new.name == "v3"


def test_undo_goes_back_step_by_step_and_redo_comes_back(handle, keep):
    keep(handle, "one")
    before = oplog.current(handle.store).refs_id()
    label.move(handle, "production")
    keep(handle, "two", 1.0)
    after = oplog.current(handle.store).refs_id()
    assert undo(handle).text == "Undid operation 3 (commit). main is at v1 again."
    assert undo(handle).text == "Undid operation 2 (label move). production is gone again."
    assert oplog.current(handle.store).refs_id() == before
    redo(handle)
    redo(handle)
    assert oplog.current(handle.store).refs_id() == after
    with pytest.raises(NotFoundError):
        redo(handle)
    assert undo(handle).text == "Undid operation 3 (commit). main is at v1 again."


def test_undo_prefers_its_own_session_and_refuses_what_moved_on(open_handle, keep):
    ana, ben = open_handle("s1", "ana"), open_handle("s2", "ben")
    keep(ana, "one")
    label.move(ana, "staging", "v1")
    keep(ben, "two", 1.0)
    assert undo(ana).text == "Undid operation 2 (label move). staging is gone again."
    with pytest.raises(ConflictError) as error:
        undo(ana, 1)
    assert told(error.value) == [
        "ConflictError [undo-conflict]: main has moved on since operation 1.",
        "Hint: %mvt oplog",
    ]


def test_the_operation_log_tells_all(handle, keep):
    keep(handle, "one")
    label.move(handle, "production", reason="why not")
    undo(handle)
    rows = [(r.number, r.verb, r.reason, r.changes, r.undone_by) for r in operations(handle).rows]
    assert rows == [
        (3, "undo", "", (("label/production", "v1", ""),), 0),
        (2, "label move", "why not", (("label/production", "", "v1"),), 3),
        (1, "commit", "one", (("branch/main", "", "v1"),), 0),
    ]


@pytest.mark.parametrize("name", ["", "HEAD", "v12", "a b", "../x", "a..b", "x.lock", "deadbeef",
                                  "<b>", "a\nb", "con", "x" * 201, "-a", "a/"])  # fmt: skip
def test_hostile_names_are_refused(handle, keep, name):
    keep(handle, "one")
    with pytest.raises(NameInvalidError) as error:
        label.move(handle, name)
    assert error.value.code == "name-invalid"


def test_a_branch_that_is_there_is_a_line_away(handle, keep):
    keep(handle, "one")
    with pytest.raises(ConflictError) as error:
        branch.create(handle, "main")
    assert told(error.value) == [
        "ConflictError [name-taken]: There is already a branch 'main'.",
        "Hint: %mvt switch main",
    ]
