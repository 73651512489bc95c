"""Set a version's values in the live session, and take back what they replaced.

Nothing is lost: names that are taken are kept by default, and what `overwrite` replaces is
stashed in the session, as the very objects that they were.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.kernel import Stash
from jupyter_mvt.api.undivided import undivided
from jupyter_mvt.capture.watch import is_bare, is_public
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import UNCHANGED, NotFoundError, UsageError, if_interrupted

if TYPE_CHECKING:
    from jupyter_mvt.api.checkout import Checkout
    from jupyter_mvt.api.kernel import Kernel

__all__ = ["Popped", "StashList", "place", "pop", "stashes"]


@dataclass(frozen=True, slots=True)
class StashList(Displayable):
    """The stashes of this session, oldest first."""

    stashes: tuple[Stash, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return numbers, versions and names; live objects by the name of their class."""
        return {"stashes": [_plain(stash) for stash in self.stashes]}


@dataclass(frozen=True, slots=True)
class Popped(Displayable):
    """A stash whose values have their names again."""

    stash: Stash

    def to_dict(self) -> dict[str, Any]:
        """Return what was put back."""
        return _plain(self.stash)


def _plain(stash: Stash) -> dict[str, Any]:
    kinds = {name: type(value).__qualname__ for name, value in stash.values.items()}
    return {"number": stash.number, "version": stash.version, "values": kinds}


def place(found: Checkout, kernel: Kernel | None, *, overwrite: bool = False) -> Checkout:
    """Set what was restored under its names in the live session.

    A name that means something else already is kept as it is, unless `overwrite`: then its value
    is stashed first. `found` tells which names were set, kept and stashed. A model that another
    object held has a name of its own then: ``trainer.model`` becomes ``trainer_model``.

    Raises
    ------
    UsageError
        There is no live session (code ``no-session``).
    """
    names = _names(kernel, f"checkout {found.version.name} --into-namespace")
    _name_parts(found)
    settable = {name: value for name, value in found.values.items() if _settable(name)}
    taken = {
        name: names[name]
        for name, value in settable.items()
        if name in names and names[name] is not value
    }
    if taken and overwrite and kernel is not None:
        number = kernel.stashes[-1].number + 1 if kernel.stashes else 1
        kernel.stashes.append(Stash(number, found.version.name, taken))
        found.stash = number
    found.kept = () if overwrite else tuple(taken)
    found.stashed = tuple(taken) if overwrite else ()
    found.placed = tuple(name for name in settable if name not in found.kept)
    names.update((name, found.values[name]) for name in found.placed)
    return found


def _name_parts(found: Checkout) -> None:
    renamed = {name: re.sub(r"\W+", "_", name).strip("_") for name in found.values
               if not is_bare(name)}  # fmt: skip
    names = {name: new for name, new in renamed.items() if new not in found.values}
    found.values = {names.get(name, name): value for name, value in found.values.items()}
    found.names = tuple(found.values)
    found.primary = names.get(found.primary or "", found.primary)


def _settable(name: str) -> bool:
    """Tell whether a version may set `name`: not one that Python or the shell relies on."""
    plain = name.isidentifier() and not keyword.iskeyword(name) and is_public(name)
    return plain and not hasattr(builtins, name)


def stashes(kernel: Kernel | None) -> StashList:
    """Return the stashes of the live session."""
    with if_interrupted(UNCHANGED):
        return StashList(() if kernel is None else tuple(kernel.stashes))


def pop(kernel: Kernel | None, number: int | None = None) -> Popped:
    """Give a stash's values their names back: the newest, or `number`.

    Raises
    ------
    NotFoundError
        There is no such stash (code ``unknown-stash``).
    UsageError
        There is no live session (code ``no-session``).
    """
    names = _names(kernel, "stash pop")
    there = [] if kernel is None else kernel.stashes
    found = [stash for stash in there if number in (None, stash.number)]
    if not found:
        msg = "Nothing is stashed." if number is None else f"There is no stash {number}."
        raise NotFoundError(msg, hint="mvt stash", code="unknown-stash")
    stash = found[-1]
    before = {name: names.get(name, stash) for name in stash.values}
    try:
        with undivided():
            names.update(stash.values)
            there.remove(stash)
        return Popped(stash)
    except KeyboardInterrupt as interrupt:
        same = all(names.get(name, stash) is value for name, value in before.items())
        interrupt.add_note(_became(stash, is_there=stash in there, same=same))
        raise


def _became(stash: Stash, *, is_there: bool, same: bool) -> str:
    if not is_there:
        return f"Interrupted, but stash {stash.number} had been given back by then."
    if same:
        return UNCHANGED
    return f"Interrupted, but names had been set by then; stash {stash.number} is still there."


def _names(kernel: Kernel | None, line: str) -> MutableMapping[str, Any]:
    if kernel is None or not isinstance(kernel.namespace, MutableMapping):
        msg = "There is no live session here whose names could be set."
        raise UsageError(msg, hint=f"in a notebook: %mvt {line}", code="no-session")
    return kernel.namespace
