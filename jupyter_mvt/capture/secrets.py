"""Secrets stay out: what looks like one is replaced before anything is stored."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["REDACTED", "is_secret", "redact_text"]

REDACTED = "<redacted>"

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_STRONG = (
    "password", "passwd", "passphrase", "pwd", "secret", "secrets", "credential", "credentials",
    "apikey", "api key", "access key", "private key", "secret key", "auth token", "access token",
    "api token", "bearer token", "hf token", "github token", "refresh token", "session token",
    "account key", "connection string", "authorization", "signing key", "encryption key",
)  # fmt: skip
_STRONG_NAME = re.compile(r"(?:^| )(?:" + "|".join(_STRONG) + r")(?: |$)")
_WEAK_NAME = re.compile(r"(?:^| )(?:token|auth|bearer|pat)$")
_SPECIAL = re.compile(r"^(?:[\[<{|].*[\]>}|]|[A-Za-z ]{1,12}|\W+)$")

_VALUES = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{30,}"
    r"|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\bsk-[A-Za-z0-9_-]{20,}"
    r"|\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,}"
    r"|\bAIza[0-9A-Za-z_-]{35}"
    r"|\bhf_[A-Za-z0-9]{30,}"
    r"|\bnpm_[A-Za-z0-9]{36}"
    r"|\bpypi-[A-Za-z0-9_-]{40,}"
    r"|\bya29\.[A-Za-z0-9_-]{20,}"
    r"|\bdapi[a-f0-9]{32}"
    r"|\bAccountKey=[A-Za-z0-9+/=]{40,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
)
_URL = re.compile(
    r"(?P<head>\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:)(?!<redacted>@)(?P<word>[^\s/@'\"]+)(?=@)"
)
_MARKS = (
    "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-",
    "sk_live_", "sk_test_", "rk_live_", "rk_test_", "xox", "AIza", "hf_", "npm_", "pypi-", "ya29.",
    "dapi", "AccountKey=", "eyJ", "-----BEGIN ",
)  # fmt: skip
"""What the secrets in `_VALUES` begin with."""
_SCHEME = re.compile(r"\b[a-z]")
_SCHEME_REST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+.-")
_LOGIN = re.compile(r"://[^\s/:@'\"]*:(?!<redacted>@)[^\s/@'\"]+(?=@)")
_LONG = 4 << 10
"""From so many characters on, places to look at are searched for first: it is far quicker."""
_PIECE, _OVERLAP = 1 << 20, 64 << 10
_ASSIGNED = re.compile(
    r"(?P<name>[A-Za-z_][\w-]*)(?P<between>['\"]?\s*\]?\s*(?::\s*str\s*)?[=:,]\s*[rbuf]{0,2})"
    r"(?P<quote>['\"])(?P<value>[^'\"\n]+)(?P=quote)"
)


def is_secret(name: str, value: Any = None) -> bool:
    """Tell whether a value is, by its name or by itself, one that must not be stored.

    Numbers and flags are none (``max_tokens=512``, ``use_cls_token=True``), nor are special
    tokens of vocabularies (``pad_token="[PAD]"``).
    """
    if not isinstance(value, (str, bytes, bytearray)):
        return False
    texts = _texts(value)
    first = next(texts)
    return any(map(_shows_secret, chain([first], texts))) or _secret_name(name, first)


def _texts(value: str | bytes | bytearray) -> Iterator[str]:
    """Yield a value as text; of many bytes, a piece at a time, which the next one overlaps."""
    if isinstance(value, str):
        yield value
        return
    for at in range(0, len(value) or 1, _PIECE):
        yield bytes(value[at : at + _PIECE + _OVERLAP]).decode("utf-8", "replace")


def _shows_secret(text: str) -> bool:
    """Tell whether a secret is in a text by its own shape, or as a password in a URL."""
    if len(text) < _LONG:
        return bool(_VALUES.search(text) or _URL.search(text))
    found = (at for mark in _MARKS for at in _places(text, mark))
    return any(_VALUES.match(text, at) for at in found) or any(
        _has_login(text, at) for at in _places(text, "://")
    )


def _places(text: str, mark: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _has_login(text: str, at: int) -> bool:
    """Tell whether what is left of ``://`` names a scheme, and what is right of it a password."""
    first = at
    while first and text[first - 1] in _SCHEME_REST:
        first -= 1
    return bool(_SCHEME.search(text, first, at) and _LOGIN.match(text, at))


def _secret_name(name: str, value: str) -> bool:
    if not value or value == REDACTED:
        return False
    words = " ".join(word.lower() for word in _WORDS.split(name) if word)
    if _STRONG_NAME.search(words):
        return value.lower() not in {"none", "null", "true", "false"}
    return bool(_WEAK_NAME.search(words)) and len(value) >= 8 and not _SPECIAL.match(value)


def redact_text(text: str) -> tuple[str, int]:
    """Return `text` without secrets, and how many there were.

    Found by their own shape, as passwords in URLs, and as string literals that are assigned to
    or given for a name that says so.
    """
    clean, count = _VALUES.subn(REDACTED, text)
    clean, urls = _URL.subn(rf"\g<head>{REDACTED}", clean)
    found = 0

    def hide(match: re.Match[str]) -> str:
        nonlocal found
        if not _secret_name(match["name"], match["value"]):
            return match[0]
        found += 1
        return f"{match['name']}{match['between']}{match['quote']}{REDACTED}{match['quote']}"

    clean = _ASSIGNED.sub(hide, clean)
    return clean, count + urls + found
