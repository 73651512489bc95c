"""What ten versions of a really fine-tuned model take on disk, in copies of one version."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.benchmarks.store.contenders import Ours, available
from tests.benchmarks.store.loads import coding, packed, packing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.benchmarks.store.contenders import Contender
    from tests.benchmarks.store.models import Encoder

__all__ = ["Sizes", "measure_sizes"]

VERSIONS = 10
STEPS = 4
"""AdamW steps from one version to the next."""
# Those that keep whole files are measured once: a file is a file, whatever changed in it.
WHOLE_FILES = ("mlflow", "dvc", "lfs")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on disk after ten versions of one case, over the bytes of one version.

    Attributes
    ----------
    case
        What changed from version to version.
    size
        Bytes of one version.
    copies
        Title of a contender → copies.
    packing, encoding, decoding
        Bytes a second at which one core packed ours, and at which it did nothing but encode or
        decode.
    """

    case: str
    size: int
    copies: dict[str, float]
    packing: float
    encoding: float
    decoding: float


def measure_sizes(folder: Path, encoder: Encoder, tools: Path) -> list[Sizes]:
    """Keep ten versions a case with everyone who shares anything between versions."""
    cases: dict[str, Callable[[Encoder], Iterator[Any]]] = {
        "new head each": _heads,
        "LoRA, merged": _lora,
        f"{STEPS} AdamW steps each, fp32": _adamw,
        f"{STEPS} AdamW steps each, bf16": _adamw_bf16,
    }
    return [
        _measure(folder / str(number), case, versions(encoder), tools, whole=number == 2)
        for number, (case, versions) in enumerate(cases.items())
    ]


def _measure(
    folder: Path, case: str, versions: Iterator[Any], tools: Path, *, whole: bool
) -> Sizes:
    import torch

    folder.mkdir(parents=True)
    saved, ours = folder / "saved.pt", Ours(folder / "ours")
    names = {"restic", "borg", *(WHOLE_FILES if whole else ())}
    everyone: dict[str, Contender] = {
        "ours": ours,
        **{n: c for n, c in available(folder, tools).items() if n in names},
    }
    size = 0
    kept = []
    for model in versions:
        torch.save(model.state_dict(), saved)
        size = size or sum(t.numel() * t.element_size() for t in model.state_dict().values())
        kept.append(_bytes(model))
        for contender in everyone.values():
            contender.ready(saved)
            contender.keep(model, saved)
    speed = packing(ours.folder, VERSIONS * size)
    packed(ours.folder)
    copies = {c.title: c.size() / size for c in everyone.values()}
    item = next(iter(model.parameters())).element_size()
    return Sizes(case, size, copies, speed, *coding(kept, item))


def _bytes(model: Any) -> memoryview:
    """Return all weights, one after the other."""
    import torch

    parts = [value.detach().reshape(-1) for value in model.parameters()]
    return memoryview(torch.cat(parts).view(torch.uint8).numpy())


def _heads(encoder: Encoder) -> Iterator[Any]:
    """A classifier on top is trained anew; the encoder stays."""
    import torch

    model = torch.nn.Sequential(encoder.copy(), torch.nn.Linear(384, 20))
    for seed in range(VERSIONS):
        torch.manual_seed(seed)
        model[1] = torch.nn.Linear(384, 20)
        yield model


def _lora(encoder: Encoder) -> Iterator[Any]:
    """Rank 8 on query and value, trained from the base each time with more steps, then merged."""
    import peft

    yield encoder.copy()
    for number in range(1, VERSIONS):
        config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=["query", "value"])
        tuned = peft.get_peft_model(encoder.copy(), config)
        for _ in encoder.steps(tuned, STEPS, seed=number, lr=1e-3):
            pass
        yield tuned.merge_and_unload()


def _adamw(encoder: Encoder) -> Iterator[Any]:
    """Every weight moves: full fine-tuning, a version every few steps."""
    model = encoder.copy()
    yield model
    steps = encoder.steps(model, STEPS * (VERSIONS - 1), seed=1)
    for number, _ in enumerate(steps, start=1):
        if number % STEPS == 0:
            yield model


def _adamw_bf16(encoder: Encoder) -> Iterator[Any]:
    """The same, kept as bf16 beside fp32 master weights, as mixed precision does."""
    import torch

    for model in _adamw(encoder):
        yield copy.deepcopy(model).to(torch.bfloat16)
