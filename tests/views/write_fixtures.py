"""``python -m tests.views.write_fixtures`` writes the payloads that the browser's tests draw."""

from __future__ import annotations

import json
from pathlib import Path

import jupyter_mvt.views.register  # noqa: F401  registers the renderers
from jupyter_mvt.display import MIME, bundle
from tests.views.courses import curves
from tests.views.samples import everything, long_log

FOLDER = Path(__file__).parents[2] / "js" / "src" / "views" / "__fixtures__"


def fixtures() -> dict[str, str]:
    """Return file names and their texts."""
    return {
        f"{name}.json": json.dumps(
            bundle(value)[MIME], indent=1, ensure_ascii=False, allow_nan=False
        )
        + "\n"
        for name, value in (everything() | {"log-long": long_log(), "curves": curves()}).items()
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in fixtures().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
