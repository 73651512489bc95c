"""What a file's header may say, and what is refused of it."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.files.freeze import FRAME, FrozenFile, freeze_file, layout_of
from jupyter_mvt.capture.files.rebuild import stored_files
from jupyter_mvt.capture.files.source import BytesSource
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.manifest import Entry


def safetensors(header: Any, content: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


def npz(**arrays: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def archive(entries: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as out:
        for name, data in entries.items():
            out.writestr(name, data)
    return stream.getvalue()


def frozen(data: bytes, prefix: str = "") -> FrozenFile:
    return freeze_file(BytesSource("f", data), prefix)


def rebuilt(file: FrozenFile, **changed: Any) -> bytes:
    """Return what the recipe gives, from parts as a store would keep them."""
    content = {part.path: bytes(part.read()) for part in file.parts}
    entries = {
        path: Entry(path=path, dtype="bytes", shape=(len(data),), nbytes=len(data), chunks=())
        for path, data in content.items()
    }
    state = encode({"format": "file/1", "files": [file.recipe() | changed]})
    files = stored_files(state, entries, lambda entry: iter([memoryview(content[entry.path])]))
    return files["f"].read()


TWO = {
    "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
    "b": {"dtype": "BF16", "shape": [3], "data_offsets": [16, 22]},
}
NUMBERS = np.arange(3000, dtype=np.float32).reshape(3, 1000)
SAMPLES = {
    "empty": b"",
    "text": b"hello",
    "safetensors": safetensors({"__metadata__": {"format": "pt"}, **TWO}, bytes(range(22))),
    "safetensors with a gap": safetensors(TWO, bytes(range(22)) + b"tail"),
    "npz": npz(x=NUMBERS, y=np.asfortranarray(NUMBERS), z=np.array(["a", "bc"])),
    "compressed": archive({"a.npy": bytes(5000)}, zipfile.ZIP_DEFLATED),
    "keras": archive({"config.json": b"{}", "metadata.json": b"{}", "m.h5": bytes(5000)}),
    "zip": archive({"big": bytes(300_000), "small": b"x", "none": b""}),
}


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize("prefix", ["", "folder/f/"])
def test_the_recipe_gives_the_same_bytes(data: bytes, prefix: str) -> None:
    file = frozen(data, prefix)
    assert rebuilt(file) == data
    assert file.note == ""
    assert all(part.path.startswith(prefix) for part in file.parts)
    assert sum(part.nbytes for part in file.parts) == len(data)


def test_arrays_are_parts_of_their_own() -> None:
    names = {part.path: (part.dtype, part.shape) for part in frozen(SAMPLES["safetensors"]).parts}
    assert names == {"a": ("float32", (2, 2)), "b": ("bfloat16", (3,)), FRAME: ("bytes", (171,))}
    names = {part.path: (part.dtype, part.shape) for part in frozen(SAMPLES["npz"]).parts}
    del names[FRAME]
    # Another memory order is other bytes: its numbers, but not its shape.
    assert names == {"x": ("float32", (3, 1000)), "y": ("float32", (3000,)), "z": ("<U2", (2,))}
    by_path = {part.path: part for part in frozen(SAMPLES["npz"]).parts}
    assert bytes(by_path["x"].read()) == NUMBERS.tobytes()


def test_formats_are_told_by_content() -> None:
    found = {name: layout_of(BytesSource("f", data))[0].format for name, data in SAMPLES.items()}
    assert found == {
        "empty": "bytes",
        "text": "bytes",
        "safetensors": "safetensors",
        "safetensors with a gap": "safetensors",
        "npz": "npz",
        "compressed": "npz",
        "keras": "keras",
        "zip": "zip",
    }


def test_torch_save_tells_its_storages_without_being_loaded() -> None:
    torch = pytest.importorskip("torch")
    stream = io.BytesIO()
    weights = torch.arange(600.0)
    state = {
        "w": weights,
        "view": weights[10:20],
        "half": torch.ones(700, dtype=torch.bfloat16),
        "more": torch.zeros(3, 5),
        "flags": torch.ones(4, dtype=torch.bool),
    }
    torch.save(state, stream)
    file = frozen(stream.getvalue())
    assert (file.layout.format, file.layout.code) == ("torch.save", True)
    kinds = {
        part.path: (part.dtype, part.shape) for part in file.parts if part.path.startswith("data/")
    }
    assert kinds == {
        "data/0": ("float32", (600,)),
        "data/1": ("bfloat16", (700,)),
        "data/2": ("float32", (15,)),
        "data/3": ("bool", (4,)),
    }
    stored = next(part for part in file.parts if part.path == "data/0")
    assert bytes(stored.read()) == weights.numpy().tobytes()
    assert rebuilt(file) == stream.getvalue()


def item(dtype: Any = "F32", shape: Any = (1,), offsets: Any = (0, 4)) -> dict[str, Any]:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


HOSTILE = {
    "twice": (safetensors(b'{"a":1,"a":2}'), "its header names 'a' twice"),
    "no JSON": (safetensors(b"{nonsense}"), "its header is no JSON"),
    "deep": (safetensors(b'{"a":' + b"[" * 100_000), "its header is no JSON"),
    "no tensor": (safetensors({"a": 5}), "its header does not describe 'a'"),
    "outside": (safetensors(item()), "a range lies outside the file"),
    "backwards": (safetensors(item(offsets=[4, 0]), bytes(9)), "'a' is not as large"),
    "negative": (safetensors(item(offsets=[-4, 0]), bytes(9)), "the shape or place of 'a'"),
    "float": (safetensors(item(shape=[1.0]), bytes(9)), "the shape or place of 'a'"),
    "huge": (safetensors(item(shape=[1 << 62, 1 << 62]), bytes(9)), "'a' is not as large"),
    "too many axes": (safetensors(item(shape=[1] * 99), bytes(9)), "the shape or place of 'a'"),
    "overlap": (
        safetensors({"a": TWO["a"], "b": {**TWO["b"], "data_offsets": [8, 14]}}, bytes(22)),
        "two ranges overlap",
    ),
    "our names": (safetensors({"~frame": TWO["a"]}, bytes(16)), "a range has a name of ours"),
    "cut zip": (SAMPLES["zip"][:-30], "it has no directory"),
    "directory": (SAMPLES["zip"][:-6] + b"\xff" * 6, "its directory lies outside the file"),
    "no row": (SAMPLES["zip"].replace(b"PK\x01\x02", b"PK\x01\x01"), "its directory is malf"),
}


@pytest.mark.parametrize(("data", "why"), HOSTILE.values(), ids=HOSTILE)
def test_an_unsound_header_is_not_believed(data: bytes, why: str) -> None:
    file = frozen(data)
    assert file.layout.format == "bytes"
    assert file.note.startswith(f"f is kept as plain bytes: {why}")
    assert rebuilt(file) == data


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([data for data in SAMPLES.values() if data]), st.data())
def test_no_change_of_a_file_is_too_much(data: bytes, draw: st.DataObject) -> None:
    changed = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        changed[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    cut = bytes(changed[: draw.draw(st.integers(0, len(data)))])
    assert rebuilt(frozen(cut)) == cut


def test_a_recipe_must_add_up() -> None:
    file = frozen(SAMPLES["npz"])
    other = frozen(SAMPLES["text"])
    for changed in (
        {"size": file.size + 1},
        {"pieces": []},
        {"pieces": [[0, "nowhere"]]},
        {"pieces": [[-1, None]]},
        {"pieces": {"a": 1}},
        {"digest": other.digest},
        {"digest": "../../etc"},
        {"name": 7},
    ):
        with pytest.raises(CorruptionError):
            rebuilt(file, **changed)
