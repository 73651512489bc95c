"""What is logged while a model is trained, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.prints import glimpse
from jupyter_mvt.errors import CaptureError, StorageError

if TYPE_CHECKING:
    from jupyter_mvt.capture.points import Points
    from jupyter_mvt.objects.clock import Clock

__all__ = ["Recording"]

_EVERY_US = 1_000_000


class Recording:
    """A run that is being recorded; `Repo.recording` gives one.

    Parameters
    ----------
    run
        Random id.
    keep
        Called about once a second with the points since the last time; a refusal of the disk
        does not stop the training, the points then stay in memory.
    clock
        Tells the time.
    model
        What is trained, if that is known already.
    earlier
        Points of the part of the run that was cut off, when it is resumed.
    """

    def __init__(
        self,
        run: str,
        keep: Callable[[Points], None],
        clock: Clock,
        model: Any = None,
        earlier: Points | None = None,
    ) -> None:
        self.run = run
        self.model = model
        self.result: Any = None
        """The answer to the commit at the end."""
        self.troubles: list[str] = []
        """What the version that holds the run tells of what went wrong while it was logged."""
        self.held_in = 0
        """Number of the cell in which a version came to hold it."""
        self._weights = b""
        self._keep = keep
        self._now = clock.now_us
        self._kept: list[Points] = [] if earlier is None else [earlier]
        self._rows: list[tuple[int, int, Mapping[str, float]]] = []
        self._flushed = self._now()
        self._step = 0 if earlier is None or not len(earlier) else int(earlier.step.max()) + 1

    def log(
        self, values: Mapping[str, Any] | None = None, /, *, step: int | None = None, **more: Any
    ) -> None:
        """Log numbers at a step: ``run.log(step=i, loss=0.3)`` or ``run.log({"loss": 0.3})``.

        Steps are counted when none is given. Scalars of numpy, torch and others are turned into
        floats at once, so nothing of a computation is held.

        Raises
        ------
        CaptureError
            A value is no number (code ``not-a-number``), the step no whole one (code
            ``step-not-a-number``).
        """
        found = more if values is None else {**values, **more}
        for name, value in found.items():
            if value.__class__ is not float:
                found[name] = _float(name, value)
        if step is None:
            step = self._step
        elif step.__class__ is not int:
            step = _whole(step)
        self._step = step + 1
        now = self._now()
        self._rows.append((step, now, found))
        if now - self._flushed >= _EVERY_US:
            self.flush()

    def flush(self) -> None:
        """Make what was logged survive the end of this process."""
        from jupyter_mvt.capture.points import from_rows

        rows, self._rows = self._rows, []
        self._flushed = self._now()
        if not rows:
            return
        points = from_rows(rows)
        self._kept.append(points)
        try:
            self._keep(points)
        except StorageError as error:
            text = f"not safe while it was logged: {error.message}"
            if text not in self.troubles:
                self.troubles.append(text)

    def hold(self, cell: int) -> None:
        """Note that a version holds it now, made in the cell of that number."""
        if self.model is not None:
            self.held_in, self._weights = cell, glimpse(self.model)

    def is_of(self, model: Any, trained_in: int) -> bool:
        """Tell whether it is of the training that made `model` what it is.

        `trained_in` is the number of the cell in which the model changed last.
        """
        if self.model is not None and self.model is not model:
            return False
        return not self.held_in or (
            trained_in <= self.held_in and self._weights == glimpse(self.model)
        )

    def points(self) -> Points:
        """Return everything that was logged."""
        from jupyter_mvt.capture.points import gathered

        self.flush()
        self._kept = [gathered(self._kept)]
        return self._kept[0]

    # --- callbacks ----------------------------------------------------------------------

    def keras(self) -> Any:
        """Return a callback for ``model.fit(…, callbacks=[run.keras()])``."""
        return self._callback("keras")

    def lightning(self) -> Any:
        """Return a callback for ``Trainer(callbacks=[run.lightning()])``."""
        return self._callback("lightning")

    def transformers(self) -> Any:
        """Return a callback for ``Trainer(…, callbacks=[run.transformers()])``."""
        return self._callback("transformers")

    def xgboost(self) -> Any:
        """Return a callback for ``xgb.train(…, callbacks=[run.xgboost()])``."""
        return self._callback("xgboost")

    def lightgbm(self) -> Any:
        """Return a callback for ``lgb.train(…, callbacks=[run.lightgbm()])``."""
        return self._callback("lightgbm")

    def _callback(self, name: str) -> Any:
        from importlib import import_module

        return import_module(f"jupyter_mvt.capture.callbacks.{name}").callback(self)


def _float(name: str, value: Any) -> float:
    if isinstance(value, (bool, int, float)):
        return float(value)
    item = getattr(value, "item", None)
    plain = item() if callable(item) and getattr(value, "size", 1) in (1, ()) else None
    if plain is None and getattr(value, "shape", None) in ((), (1,)):
        plain = float(value)
    if not isinstance(plain, (bool, int, float)):
        msg = f"{name[:60]!r} is a {type(value).__qualname__}, not a number."
        raise CaptureError(msg, hint=f"run.log({name[:60]}=float(...))", code="not-a-number")
    return float(plain)


def _whole(step: Any) -> int:
    try:
        return int(step.__index__())
    except (AttributeError, TypeError):
        msg = f"A step is a whole number, not a {type(step).__qualname__}."
        hint = "run.log(step=i, loss=0.3)"
        raise CaptureError(msg, hint=hint, code="step-not-a-number") from None
