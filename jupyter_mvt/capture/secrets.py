"""Secrets stay out: what looks like one is replaced before anything is stored."""

from __future__ import annotations

import re
from typing import Any

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
_ASSIGNED = re.compile(
    r"(?P<name>[A-Za-z_][\w-]*)(?P<between>['\"]?\s*\]?\s*(?::\s*str\s*)?[=:,]\s*[rbuf]{0,2})"
    r"(?P<quote>['\"])(?P<value>[^'\"\n]+)(?P=quote)"
)


def is_secret(name: str, value: Any = None) -> bool:
    """Tell whether a value is, by its name or by itself, one that must not be stored.

    Numbers and flags are none (``max_tokens=512``, ``use_cls_token=True``), nor are special
    tokens of vocabularies (``pad_token="[PAD]"``).
    """
    if isinstance(value, (bytes, bytearray)):
        value = bytes(value).decode("utf-8", "replace")
    if not isinstance(value, str):
        return False
    if _VALUES.search(value) or _URL.search(value):
        return True
    return _secret_name(name, value)


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
