"""What mvt asks of transformers and PEFT, answered."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Frozen, Role, Sources, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter, Writing
from jupyter_mvt.objects.commit import Param
from jupyter_mvt.objects.snapshot import Tuned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "TransformersAdapter"]

_MODEL = "transformers.modeling_utils.PreTrainedModel"
_PEFT = "peft.peft_model.PeftModel"
_TUNED = "peft.tuners.tuners_utils.BaseTunerLayer"
_SWAPPED = "peft.utils.other.AuxiliaryTrainingWrapper"
_TOKENIZER = "transformers.tokenization_utils_base.PreTrainedTokenizerBase"
_PROCESSORS = (
    "transformers.image_processing_base.ImageProcessingMixin",
    "transformers.feature_extraction_utils.FeatureExtractionMixin",
    "transformers.processing_utils.ProcessorMixin",
)
_SCALARS = (bool, int, float, str)
_NOISE = frozenset({"transformers_version", "architectures", "model_type", "id2label", "label2id"})


class TransformersAdapter(DeclarativeAdapter):
    """``PreTrainedModel``, ``PeftModel``, tokenizers and processors."""

    name = "transformers"
    package = "transformers"
    format = "transformers/1"
    # Their models are torch Modules, too.
    priority = 30
    match: tuple[str, ...] = (_MODEL, _PEFT, _TOKENIZER, *_PROCESSORS)

    def detect(self, obj: Any) -> Role | None:
        """Return ``"module"`` for models, ``"transformer"`` for what prepares their input."""
        if isinstance(obj, type):
            return None
        names = mro_names(type(obj))
        if _MODEL in names or _PEFT in names:
            return "module"
        return "transformer" if any(name in names for name in self.match) else None

    def is_fitted(self, obj: Any) -> bool:
        """Say yes: models are born with weights, tokenizers with their vocabulary."""
        del obj
        return True

    def accompanies(self, obj: Any, model: Any) -> bool:
        """Tell whether `obj`, a tokenizer or processor, prepares what `model` takes."""
        if self.detect(obj) != "transformer" or self.detect(model) != "module":
            return False
        names = mro_names(type(obj))
        takes = str(getattr(model, "main_input_name", "input_ids"))
        if _TOKENIZER not in names:
            return _PROCESSORS[2] in names or takes != "input_ids"
        size = getattr(getattr(model, "config", None), "vocab_size", None)
        return size is None or len(obj) <= size

    def children(self, obj: Any) -> Iterable[Any]:
        """Return the base of a tuned model, and the modules inside a model."""
        if self.detect(obj) != "module":
            return ()
        if _PEFT in mro_names(type(obj)):
            return (obj.get_base_model(),)
        return tuple(obj.children())

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return the config, and each tuner's settings as ``lora.r``."""
        if self.detect(obj) != "module":
            return (Param(name="class", value=type(obj).__name__),)
        total = sum(parameter.numel() for parameter in obj.parameters())
        learning = sum(p.numel() for p in obj.parameters() if p.requires_grad)
        found = [Param(name="n_parameters", value=total)]
        if learning != total:
            found.append(Param(name="n_trainable", value=learning))
        config = getattr(obj, "config", None)
        found += _plain(config.to_diff_dict() if config is not None else {})
        for name, config in getattr(obj, "peft_config", {}).items():
            kind = str(getattr(config.peft_type, "value", config.peft_type)).lower()
            lead = kind if name == "default" else f"{kind}.{name}"
            found += _plain(config.to_dict(), f"{lead}.")
        return tuple({item.name: item for item in reversed(found)}.values())[::-1]

    def framework(self) -> str:
        """Return name and version, of PEFT too where it is in use."""
        peft = getattr(sys.modules.get("peft"), "__version__", None)
        return super().framework() + (f" · peft {peft}" if peft else "")

    def token(self, obj: Any) -> object:
        """Return addresses and version counters of all tensors."""
        from jupyter_mvt.capture.sharing import tokens_of

        if self.detect(obj) != "module":
            return (id(obj), len(obj) if hasattr(obj, "__len__") else 0)
        return tokens_of((*obj.parameters(), *obj.buffers()))

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return config and tensors; of a tuned model its base, and what was tuned."""
        frozen = super().freeze(obj, sources)
        if self.detect(obj) != "module":
            return replace(frozen, n_weights=0)
        count = sum(parameter.numel() for parameter in obj.parameters())
        if frozen.state_kind != "declarative":
            return replace(frozen, n_weights=count)
        return replace(frozen, n_weights=count, state_kind="tensors", tuned=_tuned(obj))

    def optimizer_matches(self, optimizer: Any, module: Any) -> bool:
        """Tell whether `optimizer` updates parameters of `module`, by identity."""
        own = {id(parameter) for parameter in module.parameters()}
        groups = getattr(optimizer, "param_groups", ())
        return any(id(parameter) in own for group in groups for parameter in group["params"])

    def vocabulary(self) -> Vocabulary:
        """Return how models, tuners and tokenizers are written and read."""
        from jupyter_mvt.capture.adapters.transformers import files, model, peft
        from jupyter_mvt.capture.adapters.transformers.classes import TransformersAllowed
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        writers = {_PEFT: peft.write_peft, _TUNED: peft.write_base, _SWAPPED: peft.write_original}
        writers |= dict.fromkeys((_TOKENIZER, *_PROCESSORS), files.write_files)
        return Vocabulary(
            package="transformers",
            allowed=TransformersAllowed(),
            dialect=_Dialect({_MODEL: model.write_model, **writers}),
            readers={model.KIND: model.read_model, peft.KIND: peft.read_peft,
                     peft.SAME: peft.read_same, files.KIND: files.read_files},
        )  # fmt: skip


def _tuned(obj: Any) -> Tuned | None:
    from jupyter_mvt.capture.adapters.transformers.peft import ADDED

    if _PEFT not in mro_names(type(obj)):
        return None
    cls = type(obj.get_base_model())
    return Tuned(cls=f"{cls.__module__}.{cls.__qualname__}", added=ADDED)


class _Dialect(Writing):
    """Models whose layers were exchanged by hand are no longer what their config says."""

    def writer(self, value: Any) -> Any:
        """Return the writer of a model, unless it has to be taken apart layer by layer."""
        from jupyter_mvt.capture.adapters.transformers import model

        found = super().writer(value)
        return None if found is model.write_model and not model.fits(value) else found

    def state(self, value: Any, state: Any) -> Any:
        """Return the state without the note that PEFT leaves on the base."""
        if isinstance(state, dict) and "peft_config" in state:
            return {key: item for key, item in state.items() if key != "peft_config"}
        return state


def _plain(settings: dict[str, Any], lead: str = "") -> list[Param]:
    found = []
    for name, value in settings.items():
        if isinstance(value, (list, tuple, set)) and len(value) <= 16:
            value = ", ".join(sorted(str(item) for item in value))
        value = getattr(value, "value", value)
        if name not in _NOISE and not name.startswith("_") and isinstance(value, _SCALARS):
            found.append(Param(name=lead + name, value=value))
    return found


ADAPTER = TransformersAdapter()
