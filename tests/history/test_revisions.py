"""What a person may write for a version."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import MvtError, NotFoundError, UsageError
from jupyter_mvt.history import branch, label, tag
from jupyter_mvt.history.revisions import names, resolve
from jupyter_mvt.store import oplog


@pytest.fixture
def four(handle, keep):
    for i in range(4):
        keep(handle, f"m{i}", float(i))
    branch.create(handle, "exp/a", "v2")
    tag.create(handle, "1.0.0", "v3")
    label.move(handle, "production", "v1")
    return handle


def number(handle, text):
    view = oplog.current(handle.store)
    return view.commits[resolve(handle, view, text)].number


@pytest.mark.parametrize(
    ("text", "expected"),
    [("HEAD", 4), ("@", 4), ("HEAD~1", 3), ("HEAD~", 3), ("HEAD~3", 1), ("HEAD^", 3),
     ("HEAD^^", 2), ("HEAD~1^1", 2), ("main", 4), ("MAIN", 4), ("v2", 2), ("V2", 2),
     ("exp/a", 2), ("exp/a~1", 1), ("1.0.0", 3), ("production", 1), ("production@{0}", 1),
     (" v3 ", 3)],
)  # fmt: skip
def test_resolves(four, text, expected):
    assert number(four, text) == expected


def test_ids_and_prefixes_resolve(four):
    view = oplog.current(four.store)
    for oid in view.commits:
        assert resolve(four, view, oid) == oid
        assert resolve(four, view, oid[:12].upper()) == oid


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [("mian", "unknown-revision", "mvt show main"),
     ("v9", "unknown-revision", "mvt show v4"),
     ("HEAD~9", "unknown-revision", "mvt log"),
     ("production@{7}", "unknown-revision", "mvt label history production"),
     ("main@{1}", "unknown-revision", "mvt label list"),
     ("qqqq", "unknown-revision", "mvt log"),
     ("~~", "revision-syntax", "mvt log"),
     ("production@{soon}", "revision-syntax", "mvt label history production")],
)  # fmt: skip
def test_says_what_is_wrong(four, text, code, hint):
    with pytest.raises((NotFoundError, UsageError)) as error:
        number(four, text)
    assert error.value.code == code
    assert error.value.hint is not None
    if text != "v9":
        assert error.value.hint == hint


def test_a_date_means_the_end_of_that_day(four):
    assert number(four, "production@{2099-01-01}") == 1
    with pytest.raises(NotFoundError):
        number(four, "production@{2001-01-01}")


def test_an_empty_repository_says_so(handle):
    with pytest.raises(NotFoundError) as error:
        number(handle, "HEAD")
    assert error.value.lines("%mvt") == [
        "NotFoundError [no-versions]: There are no versions yet.",
        'Hint: %mvt commit -m "first"',
    ]


def test_an_ambiguous_prefix_names_what_fits(handle, keep):
    made = {}
    i = 0
    while True:
        oid = keep(handle, f"m{i}", float(i)).id
        if oid[:4] in made:
            break
        made[oid[:4]] = oid
        i += 1
        if i > 600:
            pytest.fail("no two ids share four digits in 600")
    with pytest.raises(MvtError) as error:
        number(handle, oid[:4])
    assert error.value.code == "ambiguous-revision"
    assert re.fullmatch(
        rf"'{oid[:4]}' fits 2 versions: v\d+ \({oid[:4]}\w+\), v\d+ \({oid[:4]}\w+\)\.",
        error.value.message,
    )


def test_completion_names_all(four):
    assert names(oplog.current(four.store)) == [
        "HEAD", "main", "exp/a", "production", "1.0.0", "v1", "v2", "v3", "v4",
    ]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=60))
def test_any_text_resolves_or_is_refused(four, text):
    try:
        found = number(four, text)
    except MvtError as error:
        found = error.code
    refusals = {"unknown-revision", "revision-syntax", "ambiguous-revision"}
    assert found in {1, 2, 3, 4} | refusals
