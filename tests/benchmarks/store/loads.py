"""How long a version takes to come back, each time in a new process, and what packing costs."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from time import process_time
from typing import TYPE_CHECKING

from jupyter_mvt.store.chunking import CHUNK
from jupyter_mvt.store.codecs import Keyframe, decode, encode
from jupyter_mvt.store.pack import RAW
from tests.benchmarks.store.contenders import Ours
from tests.benchmarks.store.models import change_all, of_size
from tests.benchmarks.timing import fresh, printed

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Loads", "coding", "measure_loads", "packed", "packing"]

_CLOCK = "from time import perf_counter; t = perf_counter(); "
_DONE = "print(perf_counter() - t)"
# What a restore imports is imported before the clock starts, as torch is for `torch.load`.
_OPEN = (
    "import torch, jupyter_mvt as mvt; repo = mvt.open({folder!r}); "
    "import jupyter_mvt.api.restoring, jupyter_mvt.api.version, jupyter_mvt.capture.restore; "
    "import jupyter_mvt.capture.adapters.torch.adapter, jupyter_mvt.capture.adapters.torch.freeze; "
)
_PEAK = (
    "import re, pathlib; "
    "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', "
    "pathlib.Path('/proc/self/status').read_text())[1]) * 1024; "
)
_ONE_CORE = "import os; os.sched_setaffinity(0, {0}); "


@dataclass(frozen=True, slots=True)
class Loads:
    """Seconds and bytes for a model of one size.

    Attributes
    ----------
    size
        Bytes of the model.
    torch, hot, packed
        Seconds of `torch.load`, and of restoring a version as committed and as packed.
    packing
        Bytes a second, on one core.
    commit_extra, restore_extra
        Peak memory of a commit and of a restore beyond the model, in bytes.
    """

    size: int
    torch: float
    hot: float
    packed: float
    packing: float
    commit_extra: int
    restore_extra: int


def packed(folder: Path) -> None:
    """Encode every version, those that are in use too, and free what that replaced."""
    import jupyter_mvt as mvt

    mvt.open(folder).gc(pack="all", grace_days=0)


def measure_loads(folder: Path, size: int, rounds: int) -> Loads:
    """Measure two versions, a step of training apart."""
    import torch

    folder.mkdir(parents=True)
    model, saved, ours = of_size(size), folder / "saved.pt", Ours(folder / "ours")
    nbytes = sum(p.numel() * p.element_size() for p in model.parameters())
    ours.keep(model, saved)
    change_all(model)
    ours.keep(model, saved)
    torch.save(model.state_dict(), saved)
    twin = folder / "packed"
    shutil.copytree(ours.folder, twin)
    speed = packing(twin, 2 * nbytes)
    packed(twin)
    os.sync()
    hot, cold = (
        f"{_OPEN.format(folder=str(place))}{_CLOCK}net = repo['HEAD'].load(); {_DONE}"
        for place in (ours.folder, twin)
    )
    reading = f"import torch; {_CLOCK}s = torch.load({str(saved)!r}); {_DONE}"
    times = fresh({"torch": reading, "hot": hot, "packed": cold}, rounds)
    commit_extra = _commit_extra(folder / "memory", size)
    restore_extra = max(_restore_extra(folder / "memory", place) for place in (ours.folder, twin))
    return Loads(
        size=nbytes,
        torch=times["torch"],
        hot=times["hot"],
        packed=times["packed"],
        packing=speed,
        commit_extra=commit_extra,
        restore_extra=restore_extra,
    )


def packing(folder: Path, nbytes: int) -> float:
    """Return the bytes of versions of `nbytes` together that are packed in a second of a core.

    Reading, verifying, choosing, encoding, proving and writing are part of it.
    """
    statement = (
        _ONE_CORE + _OPEN.format(folder=str(folder)) + "from jupyter_mvt.store.packer import "
        "pack; from time import process_time; begun = process_time(); "
        "pack(repo._handle.store, everything=True, grace_us=0, threads=1); "
        "print(process_time() - begun)"
    )
    return nbytes / printed(statement)


def coding(versions: list[memoryview], item: int) -> tuple[float, float]:
    """Return the bytes a second at which one core encodes and decodes all but the first version.

    Choosing the encoding and proving that it can be undone are part of the one, and the keyframe is
    at hand for the other; reading, verifying and writing are not part of either.
    """
    first, *rest = versions
    places = [slice(at, at + CHUNK) for at in range(0, len(first), CHUNK)]
    frames = [Keyframe(bytes(32), first[place]) for place in places]
    target = memoryview(bytearray(CHUNK))
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    packing = unpacking = decoded = 0.0
    for version in rest:
        for place, frame in zip(places, frames, strict=True):
            begun = process_time()
            found = encode(version[place], item, [frame])
            packing += process_time() - begun
            data, room = memoryview(b"".join(found.pieces)), target[: len(version[place])]
            if found.encoding == RAW:
                continue
            begun = process_time()
            decode(found.encoding, data, room, frame.data)
            unpacking += process_time() - begun
            decoded += len(room)
            if room != version[place]:
                msg = "what was encoded does not come back"
                raise RuntimeError(msg)
    os.sched_setaffinity(0, cores)
    return sum(map(len, rest)) / packing, decoded / unpacking


def _commit_extra(memory: Path, size: int) -> int:
    """Return the peak extra bytes of a commit of every weight, in a new repository there."""
    memory.mkdir()
    return int(
        printed(
            f"import torch, jupyter_mvt as mvt; {_PEAK}"
            f"from tests.benchmarks.store.models import of_size; net = of_size({size}); "
            f"repo = mvt.init({str(memory)!r}); repo.commit(torch.nn.Linear(9, 9)); "
            "b = peak(); repo.commit(net); print(peak() - b)"
        )
    )


def _restore_extra(memory: Path, place: Path) -> int:
    """Return the peak extra bytes of a restore, after that of the small model at `memory`."""
    return int(
        printed(
            f"import torch, jupyter_mvt as mvt; {_PEAK}x = mvt.open({str(memory)!r})['v1'].load(); "
            f"repo = mvt.open({str(place)!r}); b = peak(); net = repo['HEAD'].load(); "
            "n = sum(p.numel() * p.element_size() for p in net.parameters()); "
            "print(peak() - b - n)"
        )
    )
