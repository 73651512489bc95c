"""Training goes on from a version: model, optimizer, schedule; the tokenizer comes along."""

from __future__ import annotations

import warnings

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.errors import NotFoundError

torch = pytest.importorskip("torch")


@pytest.fixture
def names():
    names = {}
    attach(Kernel(namespace=names, cells=CellLog(), interactive=False,
                  identity=Identity("ana", "test")))  # fmt: skip
    yield names
    attach(None)


def step(model, optimizer, plan):
    optimizer.zero_grad()
    model(torch.ones(4, 3)).square().mean().backward()
    optimizer.step()
    plan.step()


def test_training_goes_on_as_if_it_had_never_stopped(tmp_path, names):
    torch.manual_seed(0)
    net = torch.nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.1)
    plan = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    for _ in range(3):
        step(net, optimizer, plan)
    names.update(net=net, optimizer=optimizer, plan=plan)
    repo = mvt.init(tmp_path)
    repo.commit()
    resumed = repo["v1"].resume()
    for _ in range(4):
        step(net, optimizer, plan)
        step(resumed.model, resumed.optimizer, resumed.schedules["plan"])
    pairs = zip(net.parameters(), resumed.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    assert resumed.optimizer.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]


def test_without_an_optimizer_nothing_is_resumed(tmp_path, names):
    names["net"] = torch.nn.Linear(2, 2)
    repo = mvt.init(tmp_path)
    repo.commit()
    with pytest.raises(NotFoundError) as missing:
        repo["v1"].resume()
    assert missing.value.code == "no-optimizer"


@pytest.mark.frameworks
@pytest.mark.filterwarnings("ignore")
def test_a_tokenizer_comes_along_with_its_model(tmp_path, names):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer, models

    raw = Tokenizer(models.WordLevel({"[UNK]": 0, "hello": 1}, unk_token="[UNK]"))
    names["tok"] = transformers.PreTrainedTokenizerFast(tokenizer_object=raw, unk_token="[UNK]")
    names["net"] = transformers.BertForMaskedLM(transformers.BertConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        vocab_size=4))  # fmt: skip
    names["optimizer"] = torch.optim.SGD(names["net"].parameters(), lr=0.5)
    repo = mvt.init(tmp_path)
    repo.commit()
    version = repo["v1"]
    kept = {model.var: model for model in version.commit.content.models}
    assert {name: model.primary for name, model in kept.items()} == {"net": True, "tok": False}
    assert version.load("tok")("hello")["input_ids"] == [1]
    assert version.resume().optimizer.param_groups[0]["lr"] == 0.5
