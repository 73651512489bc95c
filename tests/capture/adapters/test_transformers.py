"""Hugging Face models, adapters on a frozen base, tokenizers: back from data."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS, adapter_for
from jupyter_mvt.errors import MvtError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

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
ADAPTER = ADAPTERS.get("transformers")
IDS = np.random.default_rng(0).integers(0, 40, (3, 7))
SMALL = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2,
         "num_attention_heads": 2, "vocab_size": 40}  # fmt: skip
ASK = (
    "model.eval()(input_ids=__import__('torch').from_numpy(inputs)).logits.detach().float().numpy()"
)


def no_source(obj):
    return None


def step(model):
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    model.train()
    for _ in range(2):
        optimizer.zero_grad()
        model(input_ids=torch.from_numpy(IDS)).logits.square().mean().backward()
        optimizer.step()
    return model


def bert():
    torch.manual_seed(0)
    return transformers.BertForSequenceClassification(
        transformers.BertConfig(**SMALL, num_labels=3)
    )


def gpt():
    torch.manual_seed(0)
    return transformers.GPT2LMHeadModel(
        transformers.GPT2Config(n_layer=2, n_head=2, n_embd=16, vocab_size=40,
                                bos_token_id=1, eos_token_id=2)
    )  # fmt: skip


def tuned(seed=0, base=bert, **more):
    model = base()
    torch.manual_seed(seed)
    names = ["query", "value"] if base is bert else ["c_attn"]
    kind = peft.TaskType.SEQ_CLS if base is bert else peft.TaskType.CAUSAL_LM
    config = peft.LoraConfig(r=2, task_type=kind, target_modules=names, **more)
    return step(peft.get_peft_model(model, config))


class TestBert(AdapterTests):
    adapter_name = "transformers"
    ask = ASK

    def train(self):
        return step(bert())

    def inputs(self):
        return IDS


class TestTiedWeights(AdapterTests):
    adapter_name = "transformers"
    ask = ASK

    def train(self):
        return step(gpt())

    def inputs(self):
        return IDS


class TestLora(AdapterTests):
    adapter_name = "transformers"
    ask = ASK

    def train(self):
        return tuned()

    def inputs(self):
        return IDS


def logits(model):
    return model.eval()(input_ids=torch.from_numpy(IDS)).logits.detach()


MODELS = {
    "llama": lambda: transformers.LlamaForCausalLM(transformers.LlamaConfig(
        **{**SMALL, "num_attention_heads": 2})),
    "half": lambda: bert().to(torch.bfloat16),
    "eager": lambda: transformers.BertForSequenceClassification._from_config(
        transformers.BertConfig(**SMALL), attn_implementation="eager"),
    "resized": lambda: _resized(),
    "other head": lambda: _other_head(),
}  # fmt: skip


def _resized():
    model = bert()
    model.resize_token_embeddings(44)
    return model


def _other_head():
    model = bert()
    model.classifier = torch.nn.Sequential(torch.nn.Linear(16, 8), torch.nn.Linear(8, 5))
    return model


@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_back(name):
    model = MODELS[name]()
    frozen = ADAPTER.freeze(model, no_source)
    assert (frozen.state_kind, frozen.lost, frozen.code_refs) == ("tensors", (), ())
    again = ADAPTER.restore(thaw(frozen))
    assert type(again) is type(model)
    assert torch.equal(logits(again), logits(model))
    assert again.config._attn_implementation == model.config._attn_implementation
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)


def test_ties_and_generation_come_back():
    model = gpt().eval()
    model.generation_config.max_new_tokens = 5
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen))
    assert again.lm_head.weight is again.transformer.wte.weight
    assert [(tie.path, tie.target) for tie in frozen.bundle.ties] == [
        ("lm_head.weight", "transformer.wte.weight")
    ]
    assert again.generation_config.max_new_tokens == 5
    ids = torch.from_numpy(IDS[:1])
    assert torch.equal(again.generate(ids, do_sample=False), model.generate(ids, do_sample=False))


def contents(frozen):
    return {digest(bytes(part.read())) for part in frozen.bundle.parts}


def test_three_adapters_share_their_frozen_base():
    base = contents(ADAPTER.freeze(bert(), no_source))
    kept = [contents(ADAPTER.freeze(tuned(seed), no_source)) for seed in (1, 2, 3)]
    assert all(base - one == set() for one in kept)
    assert all(len(one - base) <= 2 * 4 + 2 for one in kept)
    paths = {part.path for part in ADAPTER.freeze(tuned(), no_source).bundle.parts}
    assert "bert.encoder.layer.0.attention.self.query.weight" in paths
    assert "adapter.bert.encoder.layer.0.attention.self.query.lora_A.default.weight" in paths


TUNED = {
    "rslora": lambda: tuned(use_rslora=True, lora_dropout=0.1),
    "dora": lambda: tuned(use_dora=True),
    "gpt": lambda: tuned(base=gpt, fan_in_fan_out=True),
    "pissa": lambda: tuned(init_lora_weights="pissa"),
    "merged": lambda: _merged(),
    "two": lambda: _two(),
    "prompt": lambda: step(peft.get_peft_model(gpt(), peft.PromptTuningConfig(
        task_type="CAUSAL_LM", num_virtual_tokens=3))),
    "ia3": lambda: step(peft.get_peft_model(bert(), peft.IA3Config(
        task_type="SEQ_CLS", target_modules=["query"], feedforward_modules=[]))),
}  # fmt: skip


def _merged():
    model = tuned()
    model.merge_adapter()
    return model


def _two():
    model = tuned()
    model.add_adapter("other", peft.LoraConfig(r=3, task_type="SEQ_CLS",
                                               target_modules=["key"]))  # fmt: skip
    model.set_adapter("other")
    return step(model)


@pytest.mark.parametrize("name", TUNED)
def test_a_tuned_model_comes_back(name):
    model = TUNED[name]()
    frozen = ADAPTER.freeze(model, no_source)
    assert (frozen.state_kind, frozen.lost) == ("tensors", ())
    again = ADAPTER.restore(thaw(frozen))
    assert type(again) is type(model)
    assert torch.equal(logits(again), logits(model))
    assert again.active_adapter == model.active_adapter
    flags = [{n: p.requires_grad for n, p in one.named_parameters()} for one in (model, again)]
    assert flags[0] == flags[1]
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)


def test_a_tuned_network_of_ones_own_comes_back():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    model = peft.get_peft_model(net, peft.LoraConfig(r=2, target_modules=["0"],
                                                     modules_to_save=["2"]))  # fmt: skip
    torch.nn.init.normal_(model.base_model.model[0].lora_B["default"].weight)
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    data = torch.randn(3, 4)
    assert torch.equal(again(data), model(data))


def test_merged_for_good_is_a_plain_model():
    model = tuned().merge_and_unload()
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert torch.equal(logits(again), logits(model))


def test_params_tell_config_and_tuner():
    params = {param.name: param.value for param in ADAPTER.params(tuned())}
    assert (params["lora.r"], params["lora.target_modules"]) == (2, "query, value")
    assert params["hidden_size"] == 16
    assert params["n_trainable"] < params["n_parameters"]


def tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "hello", "world", "a", "time", "machine"]
    raw = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, unk_token="[UNK]", pad_token="[PAD]", model_max_length=32
    )


class TestTokenizer(AdapterTests):
    adapter_name = "transformers"
    ask = "__import__('numpy').array(model(inputs)['input_ids'])"

    def train(self):
        return tokenizer()

    def inputs(self):
        return "hello time world"


def test_an_image_processor_comes_back():
    model = transformers.CLIPImageProcessor(size={"shortest_edge": 8}, crop_size=8)
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert again.to_dict() == model.to_dict()


def test_companions_are_told_by_what_the_model_takes():
    assert adapter_for(tokenizer()) is ADAPTER
    assert ADAPTER.accompanies(tokenizer(), bert())
    assert ADAPTER.accompanies(tokenizer(), tuned())
    small = transformers.BertForMaskedLM(transformers.BertConfig(**{**SMALL, "vocab_size": 8}))
    assert not ADAPTER.accompanies(tokenizer(), small)
    assert not ADAPTER.accompanies(bert(), bert())


@pytest.mark.parametrize(
    ("key", "value"),
    [("auto_map", {"AutoModel": "evil--code"}), ("_attn_implementation", "evil/kernel"),
     ("attn_implementation", "evil/kernel"), ("num_hidden_layers", 10**9),
     ("hidden_size", 1 << 40), ("vocab_size", 1 << 50), ("use_pretrained_backbone", True)],
)  # fmt: skip
def test_a_config_that_lies_is_refused(key, value):
    frozen = ADAPTER.freeze(bert(), no_source)
    data = decode(frozen.state)
    node = next(node for node in data["nodes"] if node[0] == "transformers:model")
    node[2] = json.dumps({**json.loads(node[2]), key: value})
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(thaw(replace(frozen, state=encode(data))))
    assert refused.value.code in ("corrupt-state", "state-refused")


@pytest.mark.parametrize(
    "name",
    ["transformers.models.auto.modeling_auto:AutoModel", "transformers.pipelines:pipeline",
     "transformers.dynamic_module_utils:get_class_from_dynamic_module", "peft.auto:AutoPeftModel",
     "transformers.modeling_utils:load_state_dict", "transformers.utils.hub:cached_file"],
)  # fmt: skip
def test_names_that_load_are_refused(name):
    frozen = ADAPTER.freeze(bert(), no_source)
    data = decode(frozen.state)
    data["nodes"].append(["name", name])
    data["root"] = [len(data["nodes"]) - 1]
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(thaw(replace(frozen, state=encode(data))))
    assert refused.value.code == "class-refused"
