"""Runs inside the kernel: a commit, and what there is to tell of it."""

from __future__ import annotations

import time
import traceback
from typing import Any

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import attached
from jupyter_mvt.errors import AmbiguousError, MvtError


def commit(root: str) -> dict[str, Any]:
    """Return names of the models, whether somebody would be asked, errors and milliseconds."""
    del root
    started = time.perf_counter()
    try:
        made = mvt.open().commit()
    except AmbiguousError as error:
        return {"asks": True, "models": [], "refused": error.message, "ms": 0.0}
    except MvtError as error:
        return {"asks": False, "models": [], "refused": f"{error.code}: {error.message}",
                "ms": 0.0}  # fmt: skip
    except Exception:
        return {"asks": False, "models": [], "ours": traceback.format_exc()[-3000:], "ms": 0.0}
    spent = (time.perf_counter() - started) * 1000
    content = made.commit.content
    kernel = attached()
    disabled = kernel is not None and kernel.cells.disabled
    return {
        "asks": any("fit equally well" in note.text for note in made.notes),
        "models": [model.var for model in content.models if model.primary],
        "version": made.version.name,
        "created": made.created,
        "ms": spent,
        **({"ours": "the cell log stopped"} if disabled else {}),
    }
