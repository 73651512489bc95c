"""Names: whatever is accepted is safe on every disk; everything else is refused."""

from __future__ import annotations

import ntpath
import posixpath
import random
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_mvt.errors import NameInvalidError
from jupyter_mvt.objects.refs import check_name, fold, ref, split

if TYPE_CHECKING:
    from collections.abc import Callable

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


PIECES = (
    "..", "/", "\\\\host\\share", "C:", "\0", "\n", ".lock", "CON", "nul.txt", "a", "A", "é",
    "e\u0301", "\u202e", "\ud800", "\u200d", "-", "@{1}", "~1", "x" * 10_000, "$(id)", " ", "v1",
    "HEAD", "deadbeef", "1.0", ".", "%2e%2e", "\uff0f", "Ⅷ", "İ", "ß",
)  # fmt: skip


def test_100_000_hostile_names_are_stored_exactly_or_refused(proved: Callable[..., None]) -> None:
    """Names become no file names anywhere, but should they, they could not leave a folder."""
    chance, accepted = random.Random(7), 0
    for _ in range(100_000):
        name = "".join(chance.choices(PIECES, k=chance.randrange(1, 5)))
        try:
            normal = check_name("label", name)
        except NameInvalidError as error:
            assert len(error.message) < 200
            continue
        accepted += 1
        assert normal == unicodedata.normalize("NFC", name)
        assert len(normal) <= 200
        place = posixpath.normpath(posixpath.join("/home/names", normal))
        assert place == f"/home/names/{normal}"
        assert ntpath.normpath(ntpath.join("D:\\names", normal)).startswith("D:\\names\\")
    assert 1_000 < accepted < 50_000
    proved("19", "hostile names: stored exactly or refused", 100_000, "names")


@given(hostile)
def test_folding_is_stable(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert fold(unicodedata.normalize("NFD", name)) == fold(name)
