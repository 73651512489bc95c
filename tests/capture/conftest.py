"""A tiny framework and its adapter, so that tests of capture need no real one."""

from __future__ import annotations

import decimal
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyter_mvt.capture import known
from jupyter_mvt.capture.adapter import ADAPTERS, Frozen
from jupyter_mvt.capture.arrays import array_part
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.slices import ownmodules
from jupyter_mvt.objects.commit import Param
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.snapshot import Bundle

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _settings_of_libraries() -> Iterator[None]:
    """Put back what cells under test set for the whole process: the next test is another one."""
    errors, context = np.geterr(), decimal.getcontext().copy()
    sklearn = sys.modules.get("sklearn")
    config = {} if sklearn is None else sklearn.get_config()
    yield
    np.seterr(**errors)
    decimal.setcontext(context)
    if (sklearn := sys.modules.get("sklearn")) is not None:
        sklearn.set_config(**(config or {"transform_output": "default"}))


@pytest.fixture(autouse=True)
def _tests_are_libraries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let what tests define for cells count as installed, and not as the notebook's own files."""
    monkeypatch.setattr(ownmodules, "_PACKAGES", (*ownmodules._PACKAGES, "/tests/"))
    ownmodules._is_installed.cache_clear()
    yield
    ownmodules._is_installed.cache_clear()


class Toy:
    """A model; `role` says as what the adapter shall see it."""

    role = "predictor"

    def __init__(self, *parts, depth=3, api_key=None):
        self.parts = parts
        self.depth = depth
        self.api_key = api_key
        self.weights = None
        self.steps = 0

    def fit(self, X, y=None):
        self.weights = np.asarray(X, float).sum(axis=0)
        self.steps += 1
        for part in self.parts:
            part.fit(X, y)
        return self

    def score(self, X, y):
        return 0.5


class ToyScaler(Toy):
    role = "transformer"


class ToyLoss(Toy):
    role = "loss"


class ToyOptimizer(Toy):
    role = "optimizer"

    def __init__(self, model):
        super().__init__()
        self.model = model


class ToyAdapter:
    name = "toy"
    format = "toy/1"
    priority = 100
    match = (f"{Toy.__module__}.{Toy.__qualname__}",)

    def detect(self, obj):
        return obj.role

    def is_fitted(self, obj):
        return obj.weights is not None

    def children(self, obj):
        return obj.parts

    def params(self, obj):
        return (
            Param(name="api_key", value=obj.api_key, default=obj.api_key is None),
            Param(name="depth", value=obj.depth, default=obj.depth == 3),
        )

    def framework(self):
        return "toy 1.0"

    def token(self, obj):
        return (obj.steps, id(obj.weights), obj.depth)

    def optimizer_matches(self, optimizer, model):
        return optimizer.model is model

    def freeze_optimizer(self, optimizer, model, sources, beside=None):
        return self.freeze(optimizer, sources)

    def freeze(self, obj, sources):
        weights = np.zeros(1) if obj.weights is None else obj.weights
        return Frozen(
            bundle=Bundle(parts=(array_part(weights, "weights"),)),
            state=b"{}",
            state_kind="declarative",
            state_identity=digest(b"{}"),
            arch=digest(b"toy"),
            n_weights=weights.size,
        )

    def restore(self, skeleton):
        raise AssertionError(skeleton)


class Kernel:
    """Runs cells as IPython would: two events around each, failures recorded."""

    def __init__(self, **names):
        self.namespace = dict(names)
        self.log = CellLog()

    def run(self, source, cell_id=None, fails=False):
        info = SimpleNamespace(raw_cell=source, silent=False, cell_id=cell_id)
        assert self.log.before_cell(info, self.namespace) is None
        error = None
        try:
            exec(compile(source, "<cell>", "exec", dont_inherit=True), self.namespace)
        except Exception as raised:
            error = raised
        assert (error is not None) == fails, error
        result = SimpleNamespace(info=info, success=error is None, error_in_exec=error)
        assert self.log.after_cell(result, self.namespace) is None
        return self


@pytest.fixture
def toy(monkeypatch):
    """Return the toy framework, its adapter the only one for the time of the test."""
    monkeypatch.setattr(ADAPTERS, "_entries", {"toy": ToyAdapter()})
    monkeypatch.setattr(ADAPTERS, "_outsiders_seen", True)
    monkeypatch.setattr(known, "BROKEN", {})
    monkeypatch.setattr(known, "_by_type", {})
    return SimpleNamespace(
        Toy=Toy, Scaler=ToyScaler, Loss=ToyLoss, Optimizer=ToyOptimizer, adapter=ToyAdapter
    )


@pytest.fixture
def kernel(toy):
    """Return a session in which the toy framework and numpy are imported."""
    return Kernel(Toy=Toy, ToyScaler=ToyScaler, ToyLoss=ToyLoss, ToyOptimizer=ToyOptimizer, np=np)
