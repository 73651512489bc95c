"""Canaries are caught; look-alikes are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture import secrets
from jupyter_mvt.capture.secrets import is_secret, redact_text

CANARIES = [
    ("password", "hunter2"), ("db_password", "x"), ("API_KEY", "abc123"), ("apiKey", "abc123"),
    ("aws_secret_access_key", "wJalrXUtnFEMI/K7MDENG"), ("secret", "s3cr3t"),
    ("hf_token", "abcdefgh12345678"), ("auth_token", "abcdefgh1234"), ("token", "abcd1234efgh5678"),
    ("x", "AKIAIOSFODNN7EXAMPLE"), ("x", "ghp_" + "a" * 36), ("x", "sk-" + "a1" * 16),
    ("x", "hf_" + "A1" * 17), ("x", "postgresql://user:pa55@host/db"),
    ("x", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"),
    ("x", b"xoxb-123456789012-abcdef"),
]  # fmt: skip
LOOKALIKES = [
    ("use_cls_token", True), ("max_tokens", 512), ("n_tokens", 3), ("pad_token", "[PAD]"),
    ("eos_token", "</s>"), ("eos_token", "<|endoftext|>"), ("tokenizer", "bert-base-uncased"),
    ("token_pattern", r"(?u)\b\w\w+\b"), ("token", "word"), ("password_length", 12),
    ("key", "value"), ("monkey", "banana"), ("author", "Ada Lovelace"), ("secretary", "Ada"),
    ("url", "https://example.org/path:8080"), ("password", None), ("password", ""),
    ("skip", "sk-learn"), ("api_key", 7),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), CANARIES)
def test_canaries_are_secrets(name, value):
    assert is_secret(name, value)


@pytest.mark.parametrize(("name", "value"), LOOKALIKES)
def test_lookalikes_are_none(name, value):
    assert not is_secret(name, value)


@pytest.mark.parametrize("around", ["the words of a long text. ", "a://b:c/d\n", "é — \U0001f600 "])
@pytest.mark.parametrize(("name", "value"), [one for one in CANARIES if one[0] == "x"])
def test_canaries_are_found_in_long_text_and_bytes(name, value, around):
    lead = around * 70_000  # more than one piece of bytes
    text = value.decode() if isinstance(value, bytes) else value
    for long in (f"{lead}{text} {around}", f"{text} {lead}", f"{lead}{text}"):
        assert is_secret(name, long)
        assert is_secret(name, long.encode())
    assert not is_secret(name, lead)
    assert not is_secret(name, lead.encode())


BITS = st.sampled_from([
    *(value for name, value in CANARIES if name == "x" and isinstance(value, str)),
    *secrets._MARKS, "://", "user:pa55@", ":", "@", "a", "Z", "_", "0", "+", " ", "\n", "é", "/",
    "http", "postgresql://", "<redacted>@", "x" * 30,
])  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(BITS, max_size=8).map("".join))
def test_a_long_text_is_judged_as_a_short_one(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "_LONG", 0)
        quick = secrets._shows_secret(text)
    assert quick == bool(secrets._VALUES.search(text) or secrets._URL.search(text))


@pytest.mark.parametrize(
    ("source", "clean", "count"),
    [
        ("api_key = 'abc123'", "api_key = '<redacted>'", 1),
        ('login(password="p w", user="ada")', 'login(password="<redacted>", user="ada")', 1),
        ("d = {'secret': 'x', 'lr': 'y'}", "d = {'secret': '<redacted>', 'lr': 'y'}", 1),
        ("env['HF_TOKEN'] = 'abcd1234x'", "env['HF_TOKEN'] = '<redacted>'", 1),
        ("e = connect('pg://u:pw@h/d')", "e = connect('pg://u:<redacted>@h/d')", 1),
        ("max_tokens = 512\npad_token = '[PAD]'", "max_tokens = 512\npad_token = '[PAD]'", 0),
        ("password = getpass()", "password = getpass()", 0),
    ],
)
def test_sources_are_cleaned(source, clean, count):
    assert redact_text(source) == (clean, count)
    assert redact_text(clean) == (clean, 0)
