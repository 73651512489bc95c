"""Hugging Face's Trainer trains a model and is none: the model it trained is kept, and its data."""

from __future__ import annotations

import pytest

from tests.shells import run, started

pytestmark = pytest.mark.frameworks

CELLS = (
    "%load_ext jupyter_mvt",
    "import torch\n"
    "from datasets import Dataset\n"
    "from transformers import BertConfig, BertForSequenceClassification, Trainer\n"
    "from transformers import TrainingArguments",
    "ds = Dataset.from_dict({'input_ids': [[i % 20, 1] for i in range(16)],"
    " 'labels': [i % 2 for i in range(16)]}).train_test_split(0.25, seed=0)\n"
    "config = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1,"
    " num_attention_heads=2, intermediate_size=8, num_labels=2)\n"
    "model = BertForSequenceClassification(config)",
    "args = TrainingArguments('out', max_steps=2, logging_steps=1, report_to=[],"
    " save_strategy='no', use_cpu=True, disable_tqdm=True)\n"
    "trainer = Trainer(model, args, train_dataset=ds['train'], eval_dataset=ds['test'])\n"
    "done = trainer.train()\n"
    "eval_loss = trainer.evaluate()['eval_loss']",
)


def test_a_commit_after_a_trainer_keeps_the_model_and_what_it_was_given(tmp_path, monkeypatch):
    pytest.importorskip("transformers")
    pytest.importorskip("datasets")
    with started(tmp_path, monkeypatch) as shell:
        made = run(shell, *CELLS, "%mvt commit -m trained")
        content = made.commit.content
        assert [(model.var, model.state_kind) for model in content.models] == [("model", "tensors")]
        assert [(data.var, data.role, data.rows) for data in content.datasets] == [
            ("trainer.train_dataset", "train", 12),
            ("trainer.eval_dataset", "val", 4),
        ]
        assert [metric.name for metric in content.metrics] == ["eval_loss"]
