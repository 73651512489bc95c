"""A pickle tells what it names without being loaded."""

from __future__ import annotations

import collections
import pickle

import pytest

from jupyter_mvt.capture.opcodes import pickled_names


class Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return exec, ("raise AssertionError('this ran')",)


@pytest.mark.parametrize("protocol", range(6))
def test_every_protocol_tells_its_names(protocol: int) -> None:
    program = pickle.dumps([Runs(), collections.OrderedDict(), Runs()], protocol)
    module = "__builtin__" if protocol < 3 else "builtins"
    assert set(pickled_names(program)) >= {f"{module}.exec", "collections.OrderedDict"}


def test_data_names_nothing() -> None:
    assert pickled_names(pickle.dumps({"a": [1, "os.system"]})) == ()


@pytest.mark.parametrize("program", [b"", b"junk", b"\x80\x05\x93.", b"cos\nsystem\n(S'x'\ntR"])
def test_hostile_bytes_are_a_question_mark(program: bytes) -> None:
    assert "?" in pickled_names(program) or "os.system" in pickled_names(program)


def test_the_list_ends() -> None:
    program = b"".join(b"cmodule%d\nname\n0" % number for number in range(500))
    assert len(pickled_names(program)) < 60
