"""From stored parts to live objects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.capture.restore import load_tensor, restore_model, restore_optimizer
from jupyter_mvt.errors import NotFoundError, RestoreError, TrustError, UsageError
from jupyter_mvt.objects.commit import Model
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Entry, Manifest

CELL = """
from sklearn.base import BaseEstimator
import numpy as np
class Mean(BaseEstimator):
    def fit(self, X, y):
        self.mean_ = np.mean(y)
        self.rows_ = np.asarray(X, float)
        return self
    def predict(self, X):
        return np.full(len(X), self.mean_)
"""


class Shelf:
    """A store in memory that counts what is read."""

    def __init__(self):
        self.blobs = {}
        self.manifests = {}
        self.read = []

    def keep(self, data):
        self.blobs[digest(data)] = bytes(data)
        return digest(data)

    def blob(self, oid):
        return self.blobs[oid]

    def manifest(self, oid):
        return self.manifests[oid]

    def pieces(self, entry):
        return iter([self.content(entry)])

    def ahead(self, entries):
        return self.content

    def content(self, entry):
        self.read.append(entry.path)
        return memoryview(bytearray(self.blobs[entry.chunks[0]]))

    def put(self, bundle, name):
        entries = tuple(
            Entry(path=p.path, dtype=p.dtype, shape=p.shape, nbytes=p.nbytes,
                  chunks=(self.keep(p.read()),), volatile=p.volatile)
            for p in sorted(bundle.parts, key=lambda part: part.path)
        )  # fmt: skip
        oid = digest(name.encode())
        self.manifests[oid] = Manifest(entries=entries, ties=bundle.ties, identity=oid)
        return oid


def kept(shelf, adapter, obj, sources=lambda obj: None, **more):
    frozen = adapter.freeze(obj, sources)
    refs = tuple((name, shelf.keep(text.encode())) for name, text in frozen.code_refs)
    weights = shelf.put(frozen.bundle, "weights")
    return Model(
        var="model", role="predictor", primary=True, adapter=adapter.format,
        framework=adapter.framework(), cls="x", weights=weights, weights_id=weights,
        weights_bytes=0, n_weights=frozen.n_weights, state=shelf.keep(frozen.state),
        state_kind=frozen.state_kind, state_identity=frozen.state_identity, arch=frozen.arch,
        code_refs=refs, **more,
    )  # fmt: skip


X, Y = np.arange(12.0).reshape(6, 2), np.arange(6.0)


@pytest.fixture
def shelf():
    return Shelf()


def test_a_model_comes_back(shelf):
    live = LinearRegression().fit(X, Y)
    model = kept(shelf, ADAPTERS.get("sklearn"), live)
    assert np.array_equal(restore_model(shelf, model).predict(X), live.predict(X))


def test_one_array_is_read_alone(shelf):
    live = LinearRegression().fit(X, Y)
    model = kept(shelf, ADAPTERS.get("sklearn"), live)
    assert np.array_equal(load_tensor(shelf, model, "coef_"), live.coef_)
    assert shelf.read == ["coef_"]
    with pytest.raises(NotFoundError) as missing:
        load_tensor(shelf, model, "nothing")
    assert missing.value.code == "unknown-tensor"


LONG = "weight" * 10_000
ALL = (
    "head.bias, head.weight, layers.0.bias, layers.0.weight, layers.1.bias, layers.1.weight, "
    "layers.2.bias, layers.2.weight and 1 more"
)
PATHS = [
    ("layers.7.weight", "'model' has no array 'layers.7.weight'; the nearest are "
     "layers.2.weight, layers.1.weight, layers.0.weight, layers.2.bias, layers.1.bias, "
     "layers.0.bias, head.weight.", "layers.2.weight"),
    ("layers.1", "'layers.1' is no array of 'model': it holds 2 arrays, layers.1.bias, "
     "layers.1.weight.", "layers.1.bias"),
    ("layers.1.", "'layers.1.' is no array of 'model': it holds 2 arrays, layers.1.bias, "
     "layers.1.weight.", "layers.1.bias"),
    ("scale.", "'model' has no array 'scale.'; did you mean scale?", "scale"),
    ("", f"'model' has no array ''; it holds {ALL}.", "head.bias"),
    (".", f"'model' has no array '.'; it holds {ALL}.", "head.bias"),
    (LONG, f"'model' has no array {repr(LONG)[:79]}…; it holds {ALL}.", "head.bias"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "said", "near"), PATHS, ids=lambda value: str(value)[:20])
def test_a_path_of_no_array_is_told_with_those_that_there_are(shelf, path, said, near):
    with pytest.raises(NotFoundError) as missing:
        load_tensor(shelf, layers(shelf), path, version="v3")
    hint = f"Hint: repo['v3'].tensor({near!r})"
    assert missing.value.lines() == [f"NotFoundError [unknown-tensor]: {said}", hint]


@pytest.mark.parametrize(
    ("path", "said"),
    [(3, "3 (int)"), (None, "None (NoneType)"), (b"scale", "b'scale' (bytes)"),
     (["scale"], "['scale'] (list)"), (..., "Ellipsis (ellipsis)")],
)  # fmt: skip
def test_a_path_that_is_no_string(shelf, path, said):
    with pytest.raises(UsageError) as refused:
        load_tensor(shelf, layers(shelf), path, version="v3")
    assert refused.value.lines() == [
        f"UsageError [tensor-path]: An array is named by a string, not by {said}.",
        "Hint: repo['v3'].tensor('head.bias')",
    ]


def test_the_model_is_named_where_another_is_the_first(shelf):
    with pytest.raises(NotFoundError) as missing:
        load_tensor(shelf, replace(layers(shelf), var="other", primary=False), "head")
    assert missing.value.hint == "repo['HEAD'].tensor('head.bias', model='other')"


def test_a_model_without_arrays(shelf):
    adapter = ADAPTERS.get("sklearn")
    with pytest.raises(NotFoundError) as missing:
        load_tensor(shelf, kept(shelf, adapter, DummyClassifier()), "coef_", version="v2")
    assert missing.value.lines() == [
        "NotFoundError [unknown-tensor]: 'model' has no arrays.",
        "Hint: mvt show v2",
    ]


def layers(shelf):
    torch = pytest.importorskip("torch")
    module = torch.nn.Module()
    module.layers = torch.nn.ModuleList(torch.nn.Linear(2, 2) for _ in range(3))
    module.head = torch.nn.Linear(2, 1)
    module.scale = torch.nn.Parameter(torch.ones(1))
    return kept(shelf, ADAPTERS.get("torch"), module)


def test_bits_that_numpy_cannot_say(shelf):
    torch = pytest.importorskip("torch")
    module = torch.nn.Linear(2, 2).bfloat16()
    model = kept(shelf, ADAPTERS.get("torch"), module)
    bits = module.weight.detach().view(torch.int16).numpy().view(np.uint16)
    assert np.array_equal(load_tensor(shelf, model, "weight"), bits)


def cell_class():
    space = {"__name__": "__main__"}
    exec(CELL, space)
    return space["Mean"]


def test_a_class_of_a_cell_is_the_live_one_if_its_text_is_equal(shelf):
    cls = cell_class()

    def sources(obj):
        return CELL if obj.__module__ == "__main__" else None

    model = kept(shelf, ADAPTERS.get("sklearn"), cls().fit(X, Y), sources)
    names = {"Mean": cls}
    assert type(restore_model(shelf, model, namespace=names, sources=sources)) is cls
    for given in (None, lambda obj: "class Mean: ..."):
        with pytest.raises(TrustError) as refused:
            restore_model(shelf, model, namespace=names, sources=given)
        assert refused.value.code == "untrusted-code"
        again = restore_model(shelf, model, namespace=names, sources=given, trusted=True)
        assert type(again) is not cls
        assert again.predict(X).tolist() == [2.5] * 6


def test_formats_and_adapters_that_are_not_here_are_told(shelf):
    model = kept(shelf, ADAPTERS.get("sklearn"), LinearRegression().fit(X, Y))
    for name, code in (("sklearn/99", "adapter-format"), ("abacus/1", "adapter-missing")):
        other = Model(**{**{f: getattr(model, f) for f in model.__slots__}, "adapter": name})
        with pytest.raises(RestoreError) as refused:
            restore_model(shelf, other)
        assert refused.value.code == code


def test_an_optimizer_comes_back_with_its_model(shelf):
    torch = pytest.importorskip("torch")
    adapter, module = ADAPTERS.get("torch"), torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(module.parameters(), lr=0.5)
    module(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    frozen = adapter.freeze_optimizer(optimizer, module, lambda obj: None)
    model = kept(shelf, adapter, module, optimizer=shelf.put(frozen.bundle, "optimizer"),
                 optimizer_state=shelf.keep(frozen.state))  # fmt: skip
    again, _ = restore_optimizer(shelf, model, module)
    assert again.param_groups[0]["lr"] == 0.5
    assert torch.equal(again.state[module.weight]["exp_avg"],
                       optimizer.state[module.weight]["exp_avg"])  # fmt: skip
    without = kept(shelf, adapter, module)
    with pytest.raises(NotFoundError) as missing:
        restore_optimizer(shelf, without, module)
    assert missing.value.code == "no-optimizer"
