"""Bytes as people say them: the same on the floors below the views as in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mvt.objects.sizes import size_text
from jupyter_mvt.views import format


@pytest.mark.parametrize(
    ("nbytes", "text"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (41_249_000, "41.2 MB"),
        (999_999, "1.0 MB"),
        (20 * 10**9, "20.0 GB"),
    ],
)
def test_bytes_have_their_unit(nbytes: int, text: str) -> None:
    assert size_text(nbytes) == text


@given(st.integers(0, 10**26))
def test_an_error_says_a_size_as_a_view_does(nbytes: int) -> None:
    assert size_text(nbytes) == format.size(nbytes).replace("\u00a0", " ")
