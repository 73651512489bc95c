"""Versions tuned on one base, as users have them: a local folder, LoRA, a repository on disk."""

from __future__ import annotations

import warnings

import pytest
from msgspec import UNSET

import jupyter_mvt as mvt
from jupyter_mvt.objects.encode import encode

torch = pytest.importorskip("torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    transformers = pytest.importorskip("transformers")
    peft = pytest.importorskip("peft")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
IDS = torch.arange(14).reshape(2, 7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A pretrained model as a download leaves it, 1.3 MB of weights."""
    torch.manual_seed(0)
    config = transformers.BertConfig(
        hidden_size=128, intermediate_size=256, num_hidden_layers=2, num_attention_heads=2,
        vocab_size=500, num_labels=3,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("hub") / "small-bert"
    transformers.BertForSequenceClassification(config).save_pretrained(path)
    return path


def loaded(folder):
    return transformers.AutoModelForSequenceClassification.from_pretrained(folder)


def tuned(base, seed):
    torch.manual_seed(seed)
    config = peft.LoraConfig(r=2, task_type="SEQ_CLS", target_modules=["query", "value"])
    model = peft.get_peft_model(base, config)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter)
    return model.eval()


@pytest.fixture
def repo(tmp_path):
    return mvt.init(tmp_path)


def kept(made):
    (model,) = made.commit.content.models
    return model


def test_three_versions_store_their_base_once(repo, folder):
    alone = repo.commit(loaded(folder), message="base")
    models = [tuned(loaded(folder), seed) for seed in (1, 2, 3)]
    made = [repo.commit(model, message=f"seed {n}") for n, model in enumerate(models)]
    bases = [kept(one).base for one in made]
    assert {base.id for base in bases} == {kept(alone).weights_id}
    assert bases[0].cls == "transformers.models.bert.modeling_bert.BertForSequenceClassification"
    assert bases[0].nbytes == kept(alone).weights_bytes > 1_000_000
    # Two layers, two matrices each, of rank 2, and the head with its trained copy.
    added = 4 * (2 * 128 * 2) * 4 + (128 * 3 + 3) * 4
    for one in made:
        assert kept(one).weights_bytes - kept(alone).weights_bytes == added
        assert one.commit.new_bytes < added + 20_000
    for model, one in zip(models, made, strict=True):
        again = repo[one.version.name].load()
        assert torch.equal(again(input_ids=IDS).logits, model(input_ids=IDS).logits)


def test_the_base_is_shown_and_compared(repo, folder):
    one = repo.commit(tuned(loaded(folder), 1), message="one")
    other = loaded(folder)
    with torch.no_grad():
        other.bert.embeddings.word_embeddings.weight[0] += 1
    two = repo.commit(tuned(other, 1), message="two")
    first, second = (kept(made).base for made in (one, two))
    shown = " ".join(repo["v1"]._repr_mimebundle_()["text/plain"].split())
    size = f"{first.nbytes / 1e6:.1f} MB"
    assert f"BertForSequenceClassification {first.id[:10]}, {size}" in shown
    (change,) = repo.diff("v1", "v2").weights.models
    assert change.structure == (
        f"base BertForSequenceClassification {first.id[:10]} → "
        f"BertForSequenceClassification {second.id[:10]}",
    )


def test_a_model_that_was_not_tuned_has_no_base(repo, folder):
    plain = repo.commit(loaded(folder), message="base")
    merged = repo.commit(tuned(loaded(folder), 1).merge_and_unload(), message="merged")
    assert [kept(made).base for made in (plain, merged)] == [UNSET, UNSET]
    assert b'"base"' not in encode(kept(plain))
