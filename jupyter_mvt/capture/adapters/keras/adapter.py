"""What mvt asks of Keras, answered the same for PyTorch, TensorFlow and JAX beneath."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Frozen, Role, Skeleton, Sources, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter, Nothing, Writing
from jupyter_mvt.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary
    from jupyter_mvt.objects.commit import Param

__all__ = ["ADAPTER", "KerasAdapter"]

_MODEL = "keras.src.models.model.Model"
_LAYER = "keras.src.layers.layer.Layer"
_OPTIMIZER = "keras.src.optimizers.base_optimizer.BaseOptimizer"
_LOSS = "keras.src.losses.loss.Loss"


class KerasAdapter(DeclarativeAdapter):
    """Sequential, functional and subclassed models, and layers that stand alone."""

    name = "keras"
    package = "keras"
    format = "keras/1"
    # On the PyTorch backend every layer is a torch Module, too.
    priority = 40
    match: tuple[str, ...] = (_LAYER, _OPTIMIZER, _LOSS)

    def detect(self, obj: Any) -> Role | None:
        """Tell models, layers, optimizers and losses apart by the names in the MRO."""
        if isinstance(obj, type):
            return None
        names = mro_names(type(obj))
        roles: dict[str, Role] = {
            _MODEL: "module", _LAYER: "transformer", _OPTIMIZER: "optimizer", _LOSS: "loss"
        }  # fmt: skip
        return next((role for name, role in roles.items() if name in names), None)

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether it has its weights: a model that never saw a shape has none."""
        if self.detect(obj) in ("optimizer", "loss"):
            return bool(getattr(obj, "built", False))
        return bool(obj.built) and bool(obj.variables)

    def children(self, obj: Any) -> Iterable[Any]:
        """Return the layers of a model."""
        return tuple(getattr(obj, "layers", ()))

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return each layer's settings, and those of compiling; an optimizer's as torch's."""
        from jupyter_mvt.capture.adapters.keras.params import keras_params, optimizer_params

        return optimizer_params(obj) if self.detect(obj) == "optimizer" else keras_params(obj)

    def token(self, obj: Any) -> object:
        """Return the identities of all arrays, and how often the optimizer has stepped."""
        held = [getattr(variable, "_value", None) for variable in obj.variables]
        steps = getattr(getattr(obj, "optimizer", None), "iterations", None)
        count = 0 if steps is None else int(steps.numpy())
        return (count, tuple((id(value), getattr(value, "_version", 0)) for value in held))

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return config and arrays.

        Raises
        ------
        CaptureError
            It has no weights yet (code ``unfitted``), or a part of it does not tell its settings
            (``not-capturable``).
        """
        from jupyter_mvt.capture.adapters.keras.config import runs_code
        from jupyter_mvt.capture.declarative.policy import Undeclarable
        from jupyter_mvt.capture.declarative.vocabulary import freeze_with

        if not self.is_fitted(obj):
            msg = f"The {type(obj).__qualname__} has no weights yet: it has not seen a shape."
            hint = "model(batch)  # once, before the commit"
            raise CaptureError(msg, code="unfitted", hint=hint)
        try:
            frozen = freeze_with(self.vocabulary(), obj, sources)
        except Undeclarable as reason:
            msg = f"The {type(obj).__qualname__} cannot be kept: {reason}."
            hint = "put this above the class: @keras.saving.register_keras_serializable()"
            raise CaptureError(msg, code="not-capturable", hint=hint) from reason
        count = sum(prod(map(int, variable.shape)) for variable in obj.weights)
        frozen = replace(frozen, n_weights=count)
        if not runs_code(frozen.state):
            return frozen
        note = "it holds a lambda, kept as Python's byte code: only a trusted version runs it"
        return replace(frozen, state_kind="pickle", lost=(*frozen.lost, note))

    def restore(self, skeleton: Skeleton) -> Any:
        """Rebuild from Keras' own classes; a lambda, or a class of a cell, only if trusted."""
        from jupyter_mvt.errors import TrustError

        if skeleton.state_kind == "pickle":
            if not skeleton.trusted:
                msg = "This model holds a lambda, kept as byte code; this version is not trusted."
                hint = "if you know who made it: mvt trust v3"
                raise TrustError(msg, code="untrusted-code", hint=hint)
            skeleton = replace(skeleton, state_kind="declarative")
        return super().restore(skeleton)

    def resume(self, skeleton: Skeleton, live: Any) -> Any:
        """Return the optimizer that a compiled model carries, restored into `live`."""
        from jupyter_mvt.capture.adapters.keras.model import KIND
        from jupyter_mvt.capture.adapters.keras.resume import resumed
        from jupyter_mvt.capture.declarative.vocabulary import restore_with

        own = self.vocabulary()
        readers = {KIND: lambda decoder, node, _index: resumed(live, decoder, node)}
        return restore_with(replace(own, readers=readers), skeleton)

    def optimizer_matches(self, optimizer: Any, model: Any) -> bool:
        """Tell whether `optimizer`, made apart from `model`, updates variables of it."""
        from jupyter_mvt.capture.adapters.keras.optimizer import updates

        return updates(optimizer, model)

    def freeze_optimizer(
        self, optimizer: Any, model: Any, sources: Sources, beside: Mapping[str, Any] | None = None
    ) -> Frozen:
        """Return the optimizer's settings and arrays, its variables by their paths in `model`.

        Keras' schedules are settings: there is nothing `beside` it.

        Raises
        ------
        CaptureError
            It also updates variables of another model (code ``optimizer-shared``), or does not tell
            its settings (``not-capturable``).
        """
        from jupyter_mvt.capture.adapters.keras.optimizer import writer_for
        from jupyter_mvt.capture.declarative.policy import Undeclarable
        from jupyter_mvt.capture.declarative.vocabulary import freeze_with

        del beside
        words = replace(self.vocabulary(), dialect=Writing({_OPTIMIZER: writer_for(model)}))
        try:
            return freeze_with(words, optimizer, sources)
        except Undeclarable as reason:
            msg = f"The optimizer cannot be kept: {reason}."
            raise CaptureError(msg, code="not-capturable") from reason

    def reads_optimizer(self, state: bytes) -> bool:
        """Tell whether a stored optimizer is one of Keras'."""
        from jupyter_mvt.capture.adapters.keras.optimizer import KIND

        return f'"{KIND}"'.encode() in state

    def restore_optimizer(self, skeleton: Skeleton, model: Any) -> tuple[Any, dict[str, Any]]:
        """Return an optimizer of `model` that goes on where the stored one stopped."""
        from jupyter_mvt.capture.adapters.keras.optimizer import KIND, reader_for
        from jupyter_mvt.capture.declarative.vocabulary import restore_with

        words = replace(self.vocabulary(), readers={KIND: reader_for(model)})
        return restore_with(words, skeleton), {}

    def vocabulary(self) -> Vocabulary:
        """Return how models are written and read."""
        from jupyter_mvt.capture.adapters.keras.config import runs_code
        from jupyter_mvt.capture.adapters.keras.model import KIND, read_model, write_model
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="keras",
            allowed=Nothing(),
            dialect=Writing({_LAYER: write_model}),
            readers={KIND: read_model},
            runs_code=runs_code,
        )


ADAPTER = KerasAdapter()
