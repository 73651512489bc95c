"""What of transformers and PEFT a stored model may name."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["TransformersAllowed"]

_HOMES = (
    "transformers.models.", "transformers.tokenization_", "transformers.activations",
    "transformers.modeling_", "transformers.pytorch_utils", "transformers.generation.",
    "transformers.image_processing_", "transformers.configuration_utils", "peft.tuners.",
    "peft.peft_model",
)  # fmt: skip
_BASES = (
    ("transformers.tokenization_utils_base", "PreTrainedTokenizerBase"),
    ("transformers.image_processing_base", "ImageProcessingMixin"),
    ("transformers.feature_extraction_utils", "FeatureExtractionMixin"),
    ("transformers.processing_utils", "ProcessorMixin"),
    ("transformers.configuration_utils", "PreTrainedConfig"),
    ("transformers.configuration_utils", "PretrainedConfig"),
    ("transformers.generation.configuration_utils", "GenerationConfig"),
    ("peft.config", "PeftConfig"),
    ("torch.nn", "Module"),
)


class TransformersAllowed:
    """Models, layers, configs, tokenizers and processors; nothing that loads by name."""

    def admits(self, module: str, qualname: str) -> bool:
        """Tell by the words alone whether a name may be looked up."""
        plain = "." not in qualname and not qualname.startswith("_")
        return plain and module.startswith(_HOMES) and ".auto." not in f"{module}."

    def confirms(self, value: Any) -> bool:
        """Tell whether what was found is a class of a model or of a part of one."""
        if not isinstance(value, type) or not self.admits(value.__module__, value.__qualname__):
            return False
        known = (getattr(sys.modules.get(module), name, None) for module, name in _BASES)
        return issubclass(value, tuple(base for base in known if base is not None))
