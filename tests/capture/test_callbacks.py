"""Each framework's own training loop feeds a recording."""

from __future__ import annotations

import os

import numpy as np
import pytest

import jupyter_mvt as mvt

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("default")]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int64)


@pytest.fixture
def repo(tmp_path):
    return mvt.init(tmp_path)


def test_keras(repo, monkeypatch):
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    net = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    net.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    with repo.recording() as run:
        net.fit(X, Y, epochs=3, validation_split=0.25, verbose=0, callbacks=[run.keras()])
    curves = repo["HEAD"].curves
    assert list(curves) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert curves["loss"]["step"].tolist() == [1, 2, 3]
    assert curves["loss"]["value"].tolist() == net.history.history["loss"]


def test_lightgbm(repo):
    lgb = pytest.importorskip("lightgbm")
    heard: dict = {}
    with repo.recording() as run:
        run.model = lgb.train(
            {"objective": "binary", "verbose": -1},
            lgb.Dataset(X, Y),
            5,
            valid_sets=[lgb.Dataset(X, Y)],
            callbacks=[run.lightgbm(), lgb.record_evaluation(heard)],
        )
    curves = repo["HEAD"].curves
    assert {name: curves[name]["value"].tolist() for name in curves} == {
        "valid_0_binary_logloss": heard["valid_0"]["binary_logloss"]
    }


def test_xgboost(repo):
    xgb = pytest.importorskip("xgboost")
    heard: dict = {}
    train = xgb.DMatrix(X, Y)
    with repo.recording() as run:
        run.model = xgb.train(
            {"objective": "binary:logistic"},
            train,
            5,
            evals=[(train, "train")],
            evals_result=heard,
            verbose_eval=False,
            callbacks=[run.xgboost()],
        )
    curves = repo["HEAD"].curves
    assert {name: curves[name]["value"].tolist() for name in curves} == {
        "train_logloss": heard["train"]["logloss"]
    }
    assert curves["train_logloss"]["step"].tolist() == [1, 2, 3, 4, 5]


def test_transformers(repo, tmp_path):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    config = transformers.BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=8, num_labels=2,
    )  # fmt: skip
    net = transformers.BertForSequenceClassification(config)
    rows = [{"input_ids": torch.tensor([i % 20, 1]), "labels": torch.tensor(i % 2)}
            for i in range(8)]  # fmt: skip
    args = transformers.TrainingArguments(
        str(tmp_path / "out"), max_steps=4, logging_steps=1, report_to=[], save_strategy="no",
        use_cpu=True, disable_tqdm=True,
    )  # fmt: skip
    with repo.recording() as run:
        trainer = transformers.Trainer(
            net, args, train_dataset=rows, callbacks=[run.transformers()]
        )
        trainer.train()
    heard = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert repo["HEAD"].curves["loss"]["value"].tolist() == heard
    assert repo["HEAD"].curves["loss"]["step"].tolist() == [1, 2, 3, 4]


def test_lightning(repo, tmp_path):
    torch = pytest.importorskip("torch")
    lightning = pytest.importorskip("lightning.pytorch")

    class Net(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def training_step(self, batch, index):
            loss = ((self.layer(batch[0]) - batch[1]) ** 2).mean()
            self.log("loss", loss, on_epoch=True, on_step=False)
            return loss

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.01)

    data = torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y[:, None] * 1.0))
    net = Net()
    with repo.recording() as run:
        trainer = lightning.Trainer(
            max_epochs=2, logger=False, enable_checkpointing=False, accelerator="cpu",
            enable_progress_bar=False, enable_model_summary=False, callbacks=[run.lightning()],
            default_root_dir=tmp_path,
        )  # fmt: skip
        trainer.fit(net, torch.utils.data.DataLoader(data, batch_size=16))
        run.model = net.layer
    assert repo["HEAD"].curves["loss"]["step"].tolist() == [4, 8]
    assert np.isfinite(repo["HEAD"].curves["loss"]["value"]).all()
