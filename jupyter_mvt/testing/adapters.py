"""What every model adapter must do. Subclass `AdapterTests` and say what to train and to ask."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from msgspec import structs

from jupyter_mvt.capture.adapter import ADAPTERS, Frozen, ModelAdapter, Skeleton, adapter_for
from jupyter_mvt.capture.arrays import dtype_of
from jupyter_mvt.errors import CorruptionError, RestoreError, TrustError
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.manifest import Entry

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AdapterTests", "identity", "read_skeleton", "thaw", "write_frozen"]


def _contents(frozen: Frozen) -> dict[str, tuple[Entry, bytes]]:
    return {
        part.path: (
            Entry(path=part.path, dtype=part.dtype, shape=part.shape, nbytes=part.nbytes,
                  chunks=(), volatile=part.volatile),
            bytes(part.read()),
        )
        for part in frozen.bundle.parts
    }  # fmt: skip


def thaw(frozen: Frozen, **more: Any) -> Skeleton:
    """Return what a store would give back for `frozen`; `more` are fields of `Skeleton`."""
    contents = _contents(frozen)
    fields: dict[str, Any] = {
        "state": frozen.state,
        "state_kind": frozen.state_kind,
        "entries": {path: entry for path, (entry, _) in contents.items()},
        "ties": {tie.path: tie.target for tie in frozen.bundle.ties},
        "read": lambda entry: memoryview(bytearray(contents[entry.path][1])),
        "sources": dict(frozen.code_refs),
    }
    return Skeleton(**{**fields, **more})


def identity(frozen: Frozen) -> tuple[Any, ...]:
    """Return all that tells `frozen` from others, as a commit would."""
    contents = _contents(frozen)
    arrays = sorted(
        (path, entry.dtype, entry.shape, digest(data))
        for path, (entry, data) in contents.items()
        if not entry.volatile
    )
    return (frozen.state_identity, frozen.arch, tuple(arrays), frozen.bundle.ties)


def write_frozen(folder: Path, frozen: Frozen) -> None:
    """Write `frozen` below `folder`, for another process."""
    contents = _contents(frozen)
    index = []
    for number, (entry, data) in enumerate(contents.values()):
        (folder / f"{number}.bin").write_bytes(data)
        index.append([entry.path, entry.dtype, list(entry.shape), entry.nbytes])
    (folder / "state.bin").write_bytes(frozen.state)
    described = {
        "kind": frozen.state_kind,
        "entries": index,
        "ties": [[tie.path, tie.target] for tie in frozen.bundle.ties],
        "sources": dict(frozen.code_refs),
    }
    (folder / "index.json").write_text(json.dumps(described), "utf-8")


def read_skeleton(folder: Path, *, trusted: bool = False) -> Skeleton:
    """Return what `write_frozen` wrote."""
    described = json.loads((folder / "index.json").read_text("utf-8"))
    entries = {
        path: Entry(path=path, dtype=dtype, shape=tuple(shape), nbytes=nbytes,
                    chunks=(ObjectId(str(number)),))
        for number, (path, dtype, shape, nbytes) in enumerate(described["entries"])
    }  # fmt: skip
    return Skeleton(
        state=(folder / "state.bin").read_bytes(),
        state_kind=described["kind"],
        entries=entries,
        ties=dict(described["ties"]),
        read=lambda e: memoryview(bytearray((folder / f"{e.chunks[0]}.bin").read_bytes())),
        sources=described["sources"],
        trusted=trusted,
    )


_FRESH = """
import numpy, pickle, sys
from pathlib import Path
from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.testing.adapters import read_skeleton
folder = Path(sys.argv[1])
inputs = pickle.loads((folder / "inputs.pkl").read_bytes())
skeleton = read_skeleton(folder, trusted=sys.argv[3] == "1")
model = ADAPTERS.get(sys.argv[2]).restore(skeleton)
answer = eval(sys.argv[4], {"model": model, "inputs": inputs})
answers = answer if isinstance(answer, list) else [answer]
numpy.savez(folder / "answer.npz", *answers)
"""


class AdapterTests:
    """The laws of `jupyter_mvt.capture.adapter.ModelAdapter`.

    Attributes
    ----------
    adapter_name
        Its name in the registry.
    ask
        Expression over ``model`` and ``inputs`` that gives an array or a list of arrays.
    trusted
        Whether the model needs trust to be restored.
    """

    adapter_name: ClassVar[str]
    ask: ClassVar[str] = "model.predict(inputs)"
    trusted: ClassVar[bool] = False

    def train(self) -> Any:
        """Return a newly trained model, the same at each call."""
        pytest.fail("a subclass of AdapterTests must define 'train'")

    def inputs(self) -> Any:
        """Return what the model is asked about."""
        pytest.fail("a subclass of AdapterTests must define 'inputs'")

    def sources(self, obj: Any) -> str | None:
        """Return the source closure of a class or function of the notebook."""
        del obj
        return None

    @pytest.fixture
    def adapter(self) -> ModelAdapter:
        """Return the adapter from the registry."""
        return ADAPTERS.get(self.adapter_name)

    @pytest.fixture
    def model(self) -> Any:
        """Return a trained model."""
        return self.train()

    def answer(self, model: Any) -> list[np.ndarray[Any, Any]]:
        """Return what `model` says about the inputs."""
        found = eval(self.ask, {"model": model, "inputs": self.inputs()})
        return [np.asarray(item) for item in (found if isinstance(found, list) else [found])]

    def _same(self, one: list[Any], other: list[Any]) -> bool:
        return len(one) == len(other) and all(
            np.asarray(a).tobytes() == np.asarray(b).tobytes()
            for a, b in zip(one, other, strict=True)
        )

    def test_the_model_is_recognised(self, adapter: ModelAdapter, model: Any) -> None:
        """The registry finds this adapter for the model, and the model is fitted."""
        assert adapter_for(model) is adapter
        given = getattr(adapter, "detect_given", adapter.detect)
        assert (adapter.detect(model) or given(model)) is not None
        assert adapter.is_fitted(model)
        assert (adapter.detect(type(model)), given(type(model))) == (None, None)
        assert adapter.format.startswith(adapter.name + "/")

    def test_params_are_flat(self, adapter: ModelAdapter, model: Any) -> None:
        """Every name once, every value a scalar."""
        params = adapter.params(model)
        assert max(Counter(param.name for param in params).values(), default=1) == 1
        kinds = (bool, int, float, str, type(None))
        assert all(type(param.value) in kinds for param in params)

    def test_parts_are_what_they_promise(self, adapter: ModelAdapter, model: Any) -> None:
        """Sizes, dtypes and shapes agree; ties lead to parts."""
        frozen = adapter.freeze(model, self.sources)
        paths = Counter(part.path for part in frozen.bundle.parts)
        assert set(paths.values()) <= {1}
        for part in frozen.bundle.parts:
            assert prod(part.shape) * dtype_of(part.dtype).itemsize == part.nbytes
            assert memoryview(part.read()).nbytes == part.nbytes
        assert {tie.target for tie in frozen.bundle.ties} <= set(paths)
        assert not {tie.path for tie in frozen.bundle.ties} & set(paths)

    def test_a_restored_model_answers_alike(self, adapter: ModelAdapter, model: Any) -> None:
        """Bit for bit, and it freezes to the same identity."""
        frozen = adapter.freeze(model, self.sources)
        again = adapter.restore(thaw(frozen, trusted=self.trusted))
        assert self._same(self.answer(again), self.answer(model))
        if frozen.state_kind != "pickle":
            assert identity(adapter.freeze(again, self.sources)) == identity(frozen)

    def test_a_fresh_process_answers_alike(
        self, adapter: ModelAdapter, model: Any, tmp_path: Path
    ) -> None:
        """Nothing of this process is needed."""
        write_frozen(tmp_path, adapter.freeze(model, self.sources))
        (tmp_path / "inputs.pkl").write_bytes(pickle.dumps(self.inputs()))
        words = [str(tmp_path), adapter.name, "1" if self.trusted else "0", self.ask]
        done = subprocess.run(
            [sys.executable, "-c", _FRESH, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        with np.load(tmp_path / "answer.npz") as answers:
            assert self._same([answers[name] for name in answers.files], self.answer(model))

    def test_training_again_gives_the_same_identity(self, adapter: ModelAdapter) -> None:
        """Times, addresses and padding do not count."""
        one = adapter.freeze(self.train(), self.sources)
        other = adapter.freeze(self.train(), self.sources)
        assert identity(one) == identity(other)

    def test_looking_and_asking_change_nothing(self, adapter: ModelAdapter, model: Any) -> None:
        """Freezing twice, with questions in between, gives the same identity."""
        before = identity(adapter.freeze(model, self.sources))
        adapter.params(model)
        adapter.token(model)
        list(adapter.children(model))
        self.answer(model)
        assert identity(adapter.freeze(model, self.sources)) == before

    def test_damage_is_refused_in_words(self, adapter: ModelAdapter, model: Any) -> None:
        """A wrong byte in the state, or a shape that lies, raises errors of this package only."""
        skeleton = thaw(adapter.freeze(model, self.sources))
        generator = np.random.default_rng(0)
        for _ in range(150):
            state = bytearray(skeleton.state)
            state[generator.integers(len(state))] = generator.integers(32, 127)
            _attempt(adapter, replace(skeleton, state=bytes(state)))
        for path, entry in list(skeleton.entries.items())[:5]:
            huge = structs.replace(entry, shape=(1 << 40, *entry.shape))
            lying = {**skeleton.entries, path: huge}
            if skeleton.state_kind != "pickle" and entry.nbytes:
                with pytest.raises((CorruptionError, RestoreError)):
                    adapter.restore(replace(skeleton, entries=lying, trusted=self.trusted))

    def test_code_runs_only_when_trusted(self, adapter: ModelAdapter, model: Any) -> None:
        """Without trust, pickles, source texts and unverifiable binaries stay closed."""
        frozen = adapter.freeze(model, self.sources)
        if frozen.state_kind == "pickle" or frozen.code_refs or self.trusted:
            with pytest.raises(TrustError) as refused:
                adapter.restore(thaw(frozen))
            known = ("untrusted-pickle", "untrusted-code", "untrusted-native")
            assert refused.value.code in known
            assert refused.value.hint
        else:
            assert adapter.restore(thaw(frozen)) is not model


def _attempt(adapter: ModelAdapter, skeleton: Skeleton) -> None:
    # A changed number in a text may be harmless; any other error fails the test by itself.
    with suppress(RestoreError, CorruptionError):
        adapter.restore(skeleton)
