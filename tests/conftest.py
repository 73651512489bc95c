"""What every test shares: nothing of the person who runs them is read or written."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _own_trust(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test, and the processes it starts, a trust database of its own."""
    monkeypatch.setenv("MVT_TRUST", str(tmp_path_factory.mktemp("trust") / "trust"))
