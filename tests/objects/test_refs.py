"""Names: whatever is accepted is safe on every disk; everything else is refused."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_mvt.errors import NameInvalidError
from jupyter_mvt.objects.refs import check_name, fold, ref, split

GOOD = ["main", "exp/lr", "1.2.0", "production", "größe", "a_b-c+d", "2026-10-01", "x" * 200]
BAD = [
    "", "..", "a..b", "a/../b", "/a", "a/", "a//b", ".a", "-a", "_a", "a/.b", "a/-b", "a.lock",
    "a.lock/b", "a.", "a./b", "HEAD", "head", "v12", "V3", "con", "CON.txt", "a/nul", "COM1",
    "a b", "a\nb", "a\0b", "a\\b", "a:b", "a@{1}", "a~1", "a^", "a*", "a?", "a[", "$x", "{}",
    "<b>", "deadbeef", "0123456789" * 6, "a\u202eb", "\ud800", "x" * 201, "a" * 10_000, "//h/s",
    "C:/x", "a\u200db", "main\n",
]  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_good_names(name: str) -> None:
    assert check_name("branch", name) == name


@pytest.mark.parametrize("name", BAD)
def test_bad_names(name: str) -> None:
    with pytest.raises(NameInvalidError) as caught:
        check_name("label", name)
    assert caught.value.code == "name-invalid"
    assert caught.value.hint
    assert len(caught.value.message) < 200


hostile = st.text(st.characters(), max_size=20) | st.from_regex(
    r"[A-Za-z0-9./~^@{}:_+\-é\\ ]{0,20}", fullmatch=True
)


@given(hostile)
@example("e\u0301")
def test_what_is_accepted_is_safe(name: str) -> None:
    try:
        normal = check_name("tag", name)
    except NameInvalidError:
        return
    assert check_name("tag", normal) == normal
    assert unicodedata.is_normalized("NFC", normal)
    assert re.search(r"[\s\0-\x1f\\:*?\"<>|~^@{}\[\]$]", normal) is None
    for part in normal.split("/"):
        assert part not in ("", ".", "..")
        assert part[0].isalnum()
        assert not part.endswith((".", ".lock"))
    assert split(ref("tag", normal)) == ("tag", normal)
    assert normal.encode("utf-8")


@given(hostile)
def test_folding_is_stable(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert fold(unicodedata.normalize("NFD", name)) == fold(name)
