"""The last resort: a pickle with its arrays out of band, which only trust may load.

The identity is made of arrays and of what the pickle says, never of its bytes: those differ
between two pickles of equal objects.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapter import Frozen, Skeleton
from jupyter_mvt.capture.arrays import array_part
from jupyter_mvt.capture.declarative.freeze import count_weights
from jupyter_mvt.capture.declarative.graph import refuse
from jupyter_mvt.capture.declarative.policy import is_stamp
from jupyter_mvt.capture.opcodes import pickled_names
from jupyter_mvt.capture.pickles.identity import program_identity
from jupyter_mvt.capture.pickles.members import Members, entry_of
from jupyter_mvt.capture.pickles.memory import Memory
from jupyter_mvt.capture.pickles.pickler import plain_pickler, sharing_pickler
from jupyter_mvt.errors import CaptureError, MvtError, RestoreError, TrustError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.ids import digest, short
from jupyter_mvt.objects.snapshot import Bundle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.objects.commit import Param
    from jupyter_mvt.objects.manifest import Part

__all__ = ["freeze_pickled", "names_of", "restore_pickled"]

_MAGIC = b"mvt-pickle/1\n"
_DEPTH = 8
_MOST_VALUES = 10_000
_TABLES = ("_parameters", "_buffers", "_modules")
"""Where a module of torch keeps what are its attributes."""
_SCALARS = (bool, int, float, str, type(None))


def freeze_pickled(obj: Any, params: tuple[Param, ...], why: str = "") -> Frozen:
    """Return `obj` as a pickle of protocol 5, its arrays as parts.

    Raises
    ------
    CaptureError
        It cannot be pickled (code ``not-picklable``); the message names the attribute.
    """
    arrays = _arrays(obj)
    memory = Memory(lambda address: arrays.get(address, ""))
    buffers: list[pickle.PickleBuffer] = []
    program = _dump(obj, memory, buffers)
    memory.finish()
    loose = tuple(_parts(buffers))
    parts = (*loose, *memory.parts)
    header = encode({"buffers": [part.path for part in loose], "members": memory.rows})
    described = [(part.path, part.dtype, part.shape) for part in parts]
    cls = f"{type(obj).__module__}.{type(obj).__qualname__}"
    values = [(param.name, param.value) for param in params]
    note = f"kept as a pickle: restoring it elsewhere runs code and needs trust ({why})"
    return Frozen(
        bundle=Bundle(parts=parts),
        state=_MAGIC + len(header).to_bytes(8, "little") + header + program,
        state_kind="pickle",
        state_identity=digest(encode([cls, values, program_identity(program, memory.rows)])),
        arch=digest(encode([cls, described])),
        n_weights=count_weights(parts),
        lost=(*([note] if why else []), *memory.lost),
    )


def restore_pickled(skeleton: Skeleton) -> Any:
    """Return the unpickled object, if the version is trusted.

    Raises
    ------
    TrustError
        It is not (code ``untrusted-pickle``).
    RestoreError
        Unpickling fails here (code ``unpickling-fails``).
    """
    if not skeleton.trusted:
        size = len(skeleton.state)
        msg = (
            f"This model is kept as a pickle ({size} bytes, {short(digest(skeleton.state))}), "
            "which can run any code when loaded; this version is not trusted."
        )
        hint = "if you know who made it: mvt trust v3"
        raise TrustError(msg, code="untrusted-pickle", hint=hint)
    header, program = _split(skeleton.state)
    buffers = [skeleton.read(entry_of(skeleton, path)) for path in header["buffers"]]
    members = Members(header.get("members", []), skeleton)
    try:
        unpickler = pickle.Unpickler(io.BytesIO(program), buffers=buffers)
        unpickler.persistent_load = members.find  # type: ignore[method-assign]
        return unpickler.load()
    except MvtError:
        raise
    except Exception as error:
        msg = f"The pickle cannot be loaded here: {type(error).__name__}: {error}."
        raise RestoreError(msg, code="unpickling-fails") from error


def names_of(state: bytes) -> tuple[str, ...]:
    """Return what loading a stored pickle would import, as its opcodes say; loads nothing."""
    return pickled_names(_split(state)[1])


def _split(state: bytes) -> tuple[dict[str, Any], memoryview]:
    start = len(_MAGIC) + 8
    if not state.startswith(_MAGIC) or len(state) < start:
        refuse("it is not a pickle of ours")
    size = int.from_bytes(state[len(_MAGIC) : start], "little")
    header = decode(state[start : start + size])
    if not isinstance(header, dict) or not isinstance(header.get("buffers"), list):
        refuse("the list of arrays is missing")
    return header, memoryview(state)[start + size :]


def _dump(obj: Any, memory: Memory, buffers: list[pickle.PickleBuffer]) -> bytes:
    stream = io.BytesIO()
    try:
        sharing_pickler()(stream, memory, buffers.append).dump(obj)
    except Exception as error:
        deep = isinstance(error, RecursionError) or "recursion" in str(error)
        steps = _culprit(obj, _DEPTH if deep else 0)
        where = ".".join(name for name, _, _ in steps if name not in _TABLES)
        named = f"its attribute {where!r}" if where else "it"
        why = f"{type(error).__name__}: {str(error)[:120]}"
        msg = (
            f"The {type(obj).__qualname__} cannot be kept: {named} cannot be pickled "
            f"({'it is nested too deeply' if deep else why.rstrip('.')})."
        )
        hint = "once it is saved to a file in its own way: mvt commit PATH"
        if steps:
            hint = f"before the commit: model{_reached(steps)} = None"
        raise CaptureError(msg, code="not-picklable", hint=hint) from error
    return stream.getvalue()


def _culprit(obj: Any, depth: int = 0) -> list[tuple[str, str, bool]]:
    """Return the way to the deepest attribute that cannot be pickled.

    Each step is its name, how it is written in Python, and whether it can be assigned to.
    """
    for name, value in _members(obj):
        try:
            plain_pickler()(io.BytesIO(), protocol=5, buffer_callback=lambda _: None).dump(value)
        except Exception:  # noqa: BLE001, PERF203, RUF100
            inner = _culprit(value, depth + 1) if depth < _DEPTH else []
            return [(name, _written(obj, name), not isinstance(obj, tuple)), *inner]
    return []


def _written(holder: Any, name: str) -> str:
    if isinstance(holder, dict):
        key = next(key for key in holder if str(key) == name)
        return f"[{key!r}]"
    return f"[{name}]" if isinstance(holder, (list, tuple)) else f".{name}"


def _reached(steps: list[tuple[str, str, bool]]) -> str:
    """Return the part of the way that a person can assign to: no member of a tuple."""
    last = max(place for place, (_, _, assigned) in enumerate(steps) if assigned or not place)
    reached = ""
    for place, (name, written, _) in enumerate(steps[: last + 1]):
        # A module's own tables are read as its attributes.
        below = place and steps[place - 1][0] in _TABLES
        reached += "" if name in _TABLES else f".{name}" if below else written
    return reached


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((str(key), item) for key, item in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((str(number), item) for number, item in enumerate(value))
    elif not isinstance(value, (type, np.ndarray)):
        state = getattr(value, "__dict__", None)
        if isinstance(state, dict):
            yield from state.items()


def _arrays(obj: Any) -> dict[int, str]:
    """Return address → path of the arrays that attributes lead to."""
    arrays: dict[int, str] = {}
    seen: set[int] = set()
    queue: list[tuple[str, Any, int]] = [("", obj, 0)]
    while queue and len(seen) < _MOST_VALUES:
        path, value, depth = queue.pop()
        if isinstance(value, np.ndarray):
            arrays.setdefault(value.ctypes.data, path)
        elif not isinstance(value, _SCALARS) and id(value) not in seen and depth < _DEPTH:
            seen.add(id(value))
            below = [(f"{path}.{name}" if path else name, item, depth + 1)
                     for name, item in islice(_members(value), _MOST_VALUES)
                     if not is_stamp(name)]  # fmt: skip
            queue.extend(reversed(below))
    return arrays


def _parts(buffers: list[pickle.PickleBuffer]) -> Iterator[Part]:
    """Return what others left outside by themselves: buffers of Arrow, mostly."""
    for number, buffer in enumerate(buffers):
        part = array_part(_as_array(buffer), f"buffer.{number}")
        yield replace(part, shifts=len(part.shape) == 1)


def _as_array(buffer: pickle.PickleBuffer) -> np.ndarray[Any, Any]:
    try:
        array = np.asarray(memoryview(buffer))
    except (ValueError, TypeError):
        return np.frombuffer(buffer.raw(), np.uint8)
    # Only numbers of one byte order are told with their dtype: the content is what was given.
    plain = array.dtype.names is None and array.dtype == array.dtype.newbyteorder("<")
    return array if plain else np.frombuffer(buffer.raw(), np.uint8)
