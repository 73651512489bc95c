"""What the maps for people name is there: files and rooms, and the tests of each promise."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PLACE = re.compile(r"`((?:[a-z_]+/)+[a-z_]*(?:\.[a-z]+)?)`")
TEST = re.compile(r"`(?:((?:\w+/)+\w+\.py)(?:::(\w+)…?)?|…?(\w+)…?)`")


def test_the_map_of_the_code_names_what_exists() -> None:
    named = set(PLACE.findall((ROOT / "ARCHITECTURE.md").read_text()))
    homes = (ROOT / "jupyter_mvt", ROOT, TESTS, ROOT / "js/src", ROOT / "js/src/lab")
    assert len(named) > 60
    assert {place for place in named if not any((home / place).exists() for home in homes)} == set()


def test_every_promise_names_tests_that_exist() -> None:
    text = (TESTS / "crash/README.md").read_text()
    proofs = [row.split("|")[3] for row in text.splitlines() if re.match(r"\| \d", row)]
    assert len(proofs) == 16
    for proof in proofs:
        source = ""
        for file, test, more in TEST.findall(proof):
            source = (TESTS / file).read_text() if file else source
            assert f"def {test}" in source if test else more in source, (proof, test or more)
