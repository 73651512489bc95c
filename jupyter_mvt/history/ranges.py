"""Several versions in a few words: ``v3``, ``v3..v9``, ``v3–v9, v11`` as du tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from jupyter_mvt.errors import UsageError
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.store.needs import versions

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["named", "parts"]

_RANGE = re.compile(r"(v\d+)? *(?:\.{2,}|[-–]) *(v\d+)?\Z", re.IGNORECASE)


def parts(words: object) -> tuple[str, ...]:
    """Return each revision and each range of `words`, a comma-separated list of them or one."""
    if words is None:
        return ()
    given: Iterable[object] = (
        words if isinstance(words, Iterable) and not isinstance(words, str) else [words]
    )
    return tuple(part.strip() for word in given for part in str(word).split(","))


def named(handle: Handle, view: View, words: Iterable[str]) -> set[ObjectId]:
    """Return the versions that `words` name, each a revision or a range.

    Raises
    ------
    UsageError
        A range lacks an end, runs backwards, or its ends are not numbers of versions (code
        ``range-syntax``).
    NotFoundError
        There is no such version.
    """
    found: set[ObjectId] = set()
    for word in words:
        match = _RANGE.match(word)
        if match is None and ".." not in word:
            found.add(resolve(handle, view, word))
        else:
            found |= _between(handle, view, word, match)
    return found


def _between(handle: Handle, view: View, word: str, match: re.Match[str] | None) -> set[ObjectId]:
    """Return the versions of a range: those whose numbers lie in it, its ends among them."""
    if match is None or None in match.groups():
        msg = f"{word[:60]!r} is no range: it goes from one version to another, by their numbers."
        raise UsageError(msg, code="range-syntax", hint=f"mvt gc --drop {_example(view, match)}")
    low, high = (view.commits[resolve(handle, view, end)].number for end in match.groups())
    if low > high:
        msg = f"{word!r} runs backwards, and so holds no version."
        raise UsageError(msg, code="range-syntax", hint=f"mvt gc --drop v{high}..v{low}")
    return {oid for oid in versions(view) if low <= view.commits[oid].number <= high}


def _example(view: View, match: re.Match[str] | None) -> str:
    """Return a range from and to what was named, as far as it was."""
    first, last = (None, None) if match is None else match.groups()
    return f"{first or 'v1'}..{last or f'v{max(view.count, 1)}'}"
