"""What belongs to a model without being part of it: its tokenizer, its schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.discovery import Candidate
from jupyter_mvt.capture.watch import models_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.known import Seen

__all__ = ["companions_of", "schedules_of"]


def companions_of(
    chosen: Iterable[Candidate], namespace: Mapping[str, Any]
) -> tuple[Candidate, ...]:
    """Return tokenizers and processors that prepare what the chosen models take.

    They become further, never primary models of the version: ``version.load("tokenizer")``.
    Of several of one kind the one loaded from where the model was is taken, else the newest.
    """
    taken = list(chosen)
    held = {id(candidate.obj) for candidate in taken}
    best: dict[tuple[int, str], Seen] = {}
    for seen in models_in(namespace):
        if id(seen.obj) in held or "[" in seen.name:
            continue
        accompanies: Any = getattr(seen.adapter, "accompanies", None)
        for number, candidate in enumerate(taken if accompanies is not None else ()):
            if not accompanies(seen.obj, candidate.obj):
                continue
            key = (number, _kind(seen.obj))
            better = _same_home(seen.obj, candidate.obj)
            if key not in best or better or not _same_home(best[key].obj, candidate.obj):
                best[key] = seen
    found = {id(seen.obj): seen for seen in best.values()}
    return tuple(
        Candidate(name=seen.name, obj=seen.obj, adapter=seen.adapter, role=seen.role)
        for seen in found.values()
    )


def _kind(obj: Any) -> str:
    return "tokenizer" if hasattr(obj, "tokenize") else "processor"


def _same_home(obj: Any, model: Any) -> bool:
    home = getattr(model, "name_or_path", "")
    return bool(home) and getattr(obj, "name_or_path", None) == home


def schedules_of(optimizer: Any, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return name → learning rate scheduler of this very optimizer, and gradient scalers."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    for item in models_in(namespace):
        own = getattr(item.obj, "optimizer", optimizer) is optimizer
        if item.role == "scheduler" and own and id(item.obj) not in seen and "[" not in item.name:
            seen.add(id(item.obj))
            found[item.name] = item.obj
    return found
