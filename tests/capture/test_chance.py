"""Generators of graphics processors: read only once the driver runs, put back device by device."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from jupyter_mvt.capture import chance
from jupyter_mvt.errors import CorruptionError

torch = pytest.importorskip("torch")


class Cuda:
    """torch.cuda as it is on a machine with two devices."""

    def __init__(self, *, started: bool = True) -> None:
        self.started = started
        self.held = [torch.arange(16, dtype=torch.uint8) + device for device in range(2)]

    def is_initialized(self) -> bool:
        return self.started

    def is_available(self) -> bool:
        return True

    def device_count(self) -> int:
        return len(self.held)

    def get_rng_state_all(self) -> list[object]:
        assert self.started
        return self.held

    def set_rng_state_all(self, states: list[object]) -> None:
        self.held = states


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> Cuda:
    made = Cuda()
    monkeypatch.setitem(sys.modules, "torch.cuda", made)
    fake = SimpleNamespace(cuda=made, frombuffer=torch.frombuffer, uint8=torch.uint8)
    monkeypatch.setitem(sys.modules, "torch", fake)
    return made


def test_the_state_of_every_device_comes_back(cuda: Cuda) -> None:
    before = chance.states()
    cuda.held = [state + 1 for state in cuda.held]
    after = chance.states(before)
    assert chance.drew({"torch.cuda": before["torch.cuda"]}, {"torch.cuda": after["torch.cuda"]})
    assert chance.put_back("torch.cuda", chance.written("torch.cuda", before["torch.cuda"]))
    assert [state.tolist()[:2] for state in cuda.held] == [[0, 1], [1, 2]]
    assert chance.states()["torch.cuda"] == before["torch.cuda"]


def test_the_driver_is_not_started_by_looking(cuda: Cuda) -> None:
    cuda.started = False
    assert "torch.cuda" not in chance.states()


def test_other_devices_are_left_alone_and_damage_is_told(cuda: Cuda) -> None:
    data = chance.written("torch.cuda", chance.states()["torch.cuda"])
    with pytest.raises(CorruptionError):
        chance.put_back("torch.cuda", data[:-1])
    with pytest.raises(CorruptionError):
        chance.put_back("torch.cuda", b"\0" * 8)
    cuda.held = cuda.held[:1]
    assert not chance.put_back("torch.cuda", data)


class Generator:
    """A generator of TensorFlow: an algorithm and a variable of words."""

    def __init__(self, words: list[int], algorithm: int) -> None:
        self.words, self.algorithm = words, algorithm
        self.state = SimpleNamespace(numpy=lambda: self.words)

    @classmethod
    def from_state(cls, words: list[int], algorithm: int) -> Generator:
        return cls(words, algorithm)


@pytest.fixture
def ops(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """TensorFlow as far as its global generator goes."""
    made = SimpleNamespace(global_generator=None)
    place = "tensorflow.python.ops.stateful_random_ops"
    chosen = SimpleNamespace(
        Generator=Generator,
        set_global_generator=lambda generator: setattr(made, "global_generator", generator),
    )
    monkeypatch.setitem(sys.modules, place, made)
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(random=chosen))
    return made


def test_the_global_generator_of_tensorflow_comes_back(ops: SimpleNamespace) -> None:
    assert "tensorflow" not in chance.states()
    ops.global_generator = Generator([3, -(1 << 62)], 1)
    before = chance.states()
    ops.global_generator = Generator([4, -(1 << 62)], 1)
    assert chance.drew(before, chance.states(before))
    assert chance.put_back("tensorflow", chance.written("tensorflow", before["tensorflow"]))
    held = ops.global_generator
    assert (held.words, held.algorithm) == ([3, -(1 << 62)], 1)
    with pytest.raises(CorruptionError):
        chance.put_back("tensorflow", b"{}")


def test_a_generator_of_a_package_that_is_not_here_is_left(
    ops: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops.global_generator = Generator([3], 1)
    state = chance.states()["tensorflow"]
    monkeypatch.delitem(sys.modules, "tensorflow")
    assert not chance.put_back("tensorflow", state)
