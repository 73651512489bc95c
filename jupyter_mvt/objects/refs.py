"""Names of refs: their kinds and the small grammar that every disk and shell accepts.

A ref is ``branch/NAME``, ``tag/NAME``, ``label/NAME`` or ``default`` (whose value is the name
of the branch on which new sessions start). Names are unique under case folding and Unicode
normalisation, so that a repository means the same on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, TypeAlias

from jupyter_mvt.errors import NameInvalidError

__all__ = ["DEFAULT", "MAIN", "Kind", "check_name", "fold", "is_name", "ref", "split"]

Kind: TypeAlias = Literal["branch", "tag", "label"]

DEFAULT = "default"
MAIN = "main"

_MAX = 200
_NAME = re.compile(r"[^\W_][\w.+-]*(?:/[^\W_][\w.+-]*)*\Z")
_RESERVED = re.compile(r"(?:head|v\d+|con|prn|aux|nul|com\d|lpt\d)\Z", re.IGNORECASE)
_VERB: dict[Kind, str] = {
    "branch": "branch create {}", "tag": "tag create {}", "label": "label move {} HEAD",
}  # fmt: skip
_IDLIKE = re.compile(r"[0-9a-f]{6,64}\Z")


def check_name(kind: Kind, name: str) -> str:
    """Return `name` in its normal form (NFC) if it may name a branch, tag or label.

    Letters, digits and ``. _ + -``, in parts joined by ``/``, each starting with a letter or
    digit, at most 200 characters.

    Raises
    ------
    NameInvalidError
        The name is outside the grammar or reads like a revision (code ``name-invalid``).
    """
    normal = unicodedata.normalize("NFC", name)
    reason = _objection(normal)
    if reason is not None:
        shown = name if len(name) <= 40 else name[:37] + "..."
        msg = f"{shown!r} cannot name a {kind}: {reason}."
        raise NameInvalidError(msg, hint=f"mvt {_VERB[kind].format(_near(kind, normal))}")
    return normal


def is_name(name: str) -> bool:
    """Tell whether `name` may name a branch, tag or label."""
    return _objection(unicodedata.normalize("NFC", name)) is None


def _objection(name: str) -> str | None:
    if not name:
        return "it is empty"
    if len(name) > _MAX:
        return f"it is longer than {_MAX} characters"
    if not _NAME.match(name):
        return "it holds something else than letters, digits and . _ + - /, or starts with a sign"
    if ".." in name or any(part.endswith((".", ".lock")) for part in name.split("/")):
        return "a part ends with '.' or '.lock', or it holds '..'"
    if any(_RESERVED.match(part.split(".")[0]) for part in name.split("/")):
        return "it is reserved (HEAD, v12, or a device name)"
    if _IDLIKE.match(name):
        return "it reads like a version's id"
    return None


def _near(kind: Kind, name: str) -> str:
    """Return the allowed name that is nearest to `name`, for a hint."""
    parts = (re.sub(r"[^\w+-]+|\.{2,}", "-", part).strip("._+-") for part in name.split("/"))
    near = "/".join(part for part in parts if part)
    if near and len(near) <= 60 and _objection(near) is None:
        return near
    return {"branch": "exp/lr", "tag": "1.2.0", "label": "production"}[kind]


def fold(name: str) -> str:
    """Return the form under which names must be unique: NFC and case-folded."""
    return unicodedata.normalize("NFC", name.casefold())


def ref(kind: Kind, name: str) -> str:
    """Return the full ref of a checked name, such as ``"label/production"``."""
    return f"{kind}/{name}"


def split(full: str) -> tuple[str, str]:
    """Return kind and name of a full ref; ``("default", "")`` for the default branch."""
    kind, _, name = full.partition("/")
    return kind, name
