"""A LightningModule of a cell: trained, kept, and back in a fresh process without its trainer."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.testing.adapters import AdapterTests, thaw

torch = pytest.importorskip("torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    lightning = pytest.importorskip("lightning.pytorch")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore"),
]
ADAPTER = ADAPTERS.get("torch")
X = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
CELL = """
import torch
import lightning.pytorch as pl
class Net(pl.LightningModule):
    def __init__(self, width=8, rate=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(4, width), torch.nn.ReLU(), torch.nn.Linear(width, 1)
        )
    def forward(self, x):
        return self.layers(x)
    def training_step(self, batch, index):
        loss = self(batch[0]).square().mean()
        self.log("loss", loss)
        return loss
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.rate)
"""
SPACE = {"__name__": "__main__"}
exec(CELL, SPACE)


class TestLightning(AdapterTests):
    adapter_name = "torch"
    ask = "model.eval()(__import__('torch').from_numpy(inputs)).detach().numpy()"
    trusted = True

    def train(self):
        torch.manual_seed(0)
        net = SPACE["Net"](width=6)
        trainer = lightning.Trainer(
            max_epochs=1, logger=False, enable_checkpointing=False, accelerator="cpu",
            enable_progress_bar=False, enable_model_summary=False,
        )  # fmt: skip
        data = torch.utils.data.TensorDataset(torch.from_numpy(X))
        trainer.fit(net, torch.utils.data.DataLoader(data, batch_size=8))
        return net

    def inputs(self):
        return X

    def sources(self, obj):
        return CELL if obj.__module__ == "__main__" else None


def test_hyperparameters_come_back_and_the_trainer_does_not():
    kit = TestLightning()
    kept = ADAPTER.freeze(kit.train(), kit.sources)
    assert kept.state_kind == "tensors"
    again = ADAPTER.restore(thaw(kept, trusted=True))
    assert dict(again.hparams) == {"width": 6, "rate": 0.01}
    assert again._trainer is None
